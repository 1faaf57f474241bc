"""What each document is for, by its content, and where one file holds several documents."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extract.identity import Person, person_of
from pipeline.extract.tables import load, pattern
from pipeline.extract.vocabulary import terms
from schemas.coverage import Warning
from schemas.document import Document, Page, PageEvent, Role


@dataclass(frozen=True, slots=True)
class _Score:
    """How strongly a page speaks for each role, and by which words."""

    weights: dict[Role, int]
    words: dict[Role, tuple[str, ...]]
    headed: frozenset[Role]  # those with words that head such a document

    @property
    def best(self) -> Role:
        return max(self.weights, key=lambda role: self.weights[role])


_FIRST_LETTERS = re.compile(r"(?:\\b)?([A-Za-z]*)(?![?*{])")
_OR = re.compile(r"\|(?![^()]*\))")  # between brackets it parts less than the whole


def _first_letters(cue: str) -> tuple[str, ...]:
    """What each alternative of a cue begins with, in lower case: a text without any of them cannot hold the cue."""
    found = (_FIRST_LETTERS.match(part) for part in _OR.split(cue))
    return tuple(first[1].lower() if first else "" for first in found)


@dataclass(frozen=True, slots=True)
class _Cues:
    """Words that speak for a role, each found counting `weight`, all of them together `most`."""

    role: Role
    weight: int
    most: int
    cues: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]


@cache
def _cues() -> tuple[_Cues, ...]:
    return tuple(
        _Cues(
            Role(role),
            row["weight"],
            row.get("most", row["weight"] * len(row["cues"])),
            tuple((_first_letters(cue), _whole(cue)) for cue in row["cues"]),
        )
        for role, rows in load("roles.yaml")["roles"].items()
        for row in rows
    )


def _whole(cue: str) -> re.Pattern[str]:
    return pattern(rf"(?<!\w)(?:{cue})")


@cache
def _acts(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(_whole, load("roles.yaml")["acts"][name]))


@cache
def _looked_at() -> re.Pattern[str]:
    return re.compile(load("roles.yaml")["looked_at"], re.IGNORECASE)


def _score(text: str) -> _Score:
    weights: dict[Role, int] = dict.fromkeys(Role, 0)
    words: dict[Role, list[str]] = {role: [] for role in Role}
    headed = set()
    own = _looked_at().sub("\n", text)
    lowered = text.lower()
    for row in _cues():
        searched = own if row.role is Role.CLINICAL_NOTE else text
        found = [
            " ".join(match[0].lower().split())
            for first_letters, cue in row.cues
            if any(first in lowered for first in first_letters) and (match := cue.search(searched)) is not None
        ]
        weights[row.role] += min(row.weight * len(found), row.most)
        words[row.role] += found
        if found and row.weight >= load("roles.yaml")["heads"]:
            headed.add(row.role)
    acts = _denying(own)
    weights[Role.DENIAL_LETTER] += sum(load("roles.yaml")["acts"]["weights"].get(act, 0) for act in acts)
    words[Role.DENIAL_LETTER] += acts.values()
    return _Score(weights, {role: tuple(found) for role, found in words.items()}, frozenset(headed))


def _denying(text: str) -> dict[str, str]:
    """What of a denial's acts a text does, by its words; nothing where it refuses nothing."""
    found = {
        name: " ".join(match[0].lower().split())
        for name in ("refuses", "of_a_plan", "recourse")
        if (match := next(filter(None, (act.search(text) for act in _acts(name))), None)) is not None
    }
    return found if "refuses" in found and not any(answer.search(text) for answer in _acts("never")) else {}


@dataclass(frozen=True, slots=True)
class Sorted:
    """The documents of a case, and what was warned of them, in terms of their own ids and page numbers."""

    documents: tuple[Document, ...]
    warnings: tuple[Warning, ...]


def sort_documents(
    files: Sequence[Document], warnings: Sequence[Warning], roles: Mapping[str, Role] | None = None
) -> Sorted:
    """Split files into documents, number them d1, d2, ... in the order given, and say what each is for.

    `roles` holds the user's word for a file by its name; a cover sheet in front of it stays a cover sheet.
    """
    documents: list[Document] = []
    place: dict[tuple[str, int], tuple[str, int]] = {}
    for file in files:
        for pages in _split(file):
            document = _document(file, pages, f"d{len(documents) + 1}", (roles or {}).get(file.file))
            moved = zip(pages, document.pages, strict=True)
            place |= {(old.document, old.number): (new.document, new.number) for old, new in moved}
            documents.append(document)
    return Sorted(tuple(documents), tuple(_moved(warning, place) for warning in warnings))


def _moved(warning: Warning, place: Mapping[tuple[str, int], tuple[str, int]]) -> Warning:
    spans = []
    for span in warning.spans:
        document, page = place[span.document, span.page]
        spans.append(span.model_copy(update={"document": document, "page": page}))
    return warning.model_copy(update={"spans": tuple(spans)})


def _split(file: Document) -> list[list[Page]]:
    """The pages of each document in a file.

    A new one begins where the file itself says so, at a cover sheet, after one, where a page's role clearly differs
    from that of those before, and where a page of a chart is about another person than they are.
    """
    parts: list[list[Page]] = []
    current: Role | None = None
    person = Person()
    for page in file.pages:
        score = _score(page.text)
        role = score.best if score.weights[score.best] >= load("roles.yaml")["least"] else None
        named = person_of(page) if role not in _OF_A_NOTICE and len(file.pages) > 1 else Person()
        begins = not parts or (_begins(score, role, current) and not _continues(page, parts[-1][-1], role, current))
        if begins or PageEvent.DOCUMENT_START in page.events or named.is_another_than(person):
            parts.append([])
            current, person = role, Person()
        parts[-1].append(page)
        current, person = current or role, person.joined(named)
    return parts


def _begins(score: _Score, role: Role | None, current: Role | None) -> bool:
    if Role.COVER_SHEET in (role, current):
        return role != current
    if role is None or current is None or role is current:
        return False
    return score.weights[role] - score.weights[current] >= load("roles.yaml")["decisive"] and _opens(role, score)


_NUMBERED = re.compile(r"\bpage\s+(\d{1,3})\s*(?:of|/)\s*(\d{1,3})\b", re.IGNORECASE)
_OF_A_NOTICE = {Role.DENIAL_LETTER, Role.REMITTANCE}
_EDGE = 3  # lines at the head and the foot of a page where its running lines stand


def _continues(page: Page, before: Page, role: Role | None, current: Role | None) -> bool:
    """Whether a page is the next of a notice, by its number and what the two share.

    They are a notice's amounts and its rights, or have a running line in common. Numbers alone prove nothing: a packet
    may be numbered through.
    """
    here, there = _NUMBERED.search(page.text), _NUMBERED.search(before.text)
    if current not in _OF_A_NOTICE or here is None:
        return False
    if there is not None and (int(here[1]), here[2]) != (int(there[1]) + 1, there[2]):
        return False
    return ({role, current} == _OF_A_NOTICE and int(here[1]) > 1) or bool(_running(page) & _running(before))


def _running(page: Page) -> set[str]:
    """The lines at a page's edges without their numbers, but for those that hold little else."""
    rows = [row.strip() for row in page.text.splitlines() if row.strip()]
    plain = {re.sub(r"\W+", " ", _NUMBERED.sub("", row)).strip() for row in (*rows[:_EDGE], *rows[-_EDGE:])}
    return {row for row in plain if sum(c.isalpha() for c in row) > 5 and not re.search(r"\bFROM\b|\bFAX\b", row)}


def _opens(role: Role, score: _Score) -> bool:
    """Whether a page could be the first of its document; letters and policies quote notes, and notes policies.

    It has a heading of its kind, or very many of its words.
    """
    twice: int = 2 * load("roles.yaml")["decisive"]
    if role is Role.DENIAL_LETTER:
        return score.weights[role] >= twice
    return role in score.headed or score.weights[role] > twice


def _document(file: Document, pages: Sequence[Page], name: str, told: Role | None) -> Document:
    role, reason = role_of(pages)
    if told is not None and role is not Role.COVER_SHEET:
        role, reason = told, "named so by the user"
    numbered = (page.model_copy(update={"document": name, "number": n}) for n, page in enumerate(pages, start=1))
    return file.model_copy(update={"id": name, "pages": tuple(numbered), "role": role, "role_reason": reason})


def role_of(pages: Sequence[Page]) -> tuple[Role, str]:
    """The role that the pages together speak for most, with the words that decided."""
    text = "\n".join(page.text for page in pages)
    score = _score(text)
    role = score.best
    if score.weights[role] >= load("roles.yaml")["least"]:
        return role, "found: " + ", ".join(f'"{word}"' for word in score.words[role][:5])
    clinical = {hit.term.name for page in pages for hit in terms(page.text)}
    if len(clinical) >= load("roles.yaml")["clinical_terms"]:
        return Role.CLINICAL_NOTE, f"names {len(clinical)} clinical terms and has no other mark"
    return Role.OTHER, "no words of a known kind of document"


def denial_strength(document: Document) -> int:
    """How strongly a document speaks as a denial letter: to choose between several."""
    return _score("\n".join(page.text for page in document.pages)).weights[Role.DENIAL_LETTER]
