"""What the papers themselves call things: the notice's label of a value, and the text that stands with a code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import dropwhile

from pydantic import Field

from pipeline.draft.review_places import DOUBTFUL
from pipeline.folding import folded
from pipeline.tables import load
from schemas.base import Frozen
from schemas.denial import Denial
from schemas.document import Document, Origin, Page, Role, Whose
from schemas.letter import Exhibit
from schemas.span import Cited, Span

_LABEL = re.compile(r"[ \t]*([A-Z][A-Za-z/'. -]{1,40}(?:\([A-Za-z# ]{1,15}\)|#)?)(?:(?<=#)|[ \t]*:)[ \t]*")
_WORDS = 9  # of a text that stands with a code, beyond which it is prose
_GAP = re.compile(r"[ \t]{3,}|\t|\|")


class PapersTable(Frozen):
    """papers.yaml."""

    no_labels: frozenset[str]
    no_names: frozenset[str]
    labelled: tuple[str, ...]
    systems: tuple[str, ...]


class CodeText(Frozen):
    """What a document calls a code, and where."""

    text: str
    span: Span


class Papers(Frozen):
    """The labels of the notice by field of the denial, and the texts of codes by code."""

    labels: Mapping[str, str] = Field(default_factory=dict)
    codes: Mapping[str, CodeText] = Field(default_factory=dict)

    @classmethod
    def of(cls, denial: Denial, documents: Sequence[Document], exhibits: Sequence[Exhibit]) -> Papers:
        """Read from the pages that are enclosed; a word that OCR is unsure of is no label and no text."""
        listed = {(exhibit.document, number) for exhibit in exhibits for number in exhibit.pages}
        pages = {
            (document.id, page.number): page
            for document in sorted(documents, key=lambda one: (one.role is not Role.DENIAL_LETTER, one.id))
            for page in document.pages
            if (document.id, page.number) in listed and document.patient is not Whose.OTHER
        }
        patient = frozenset(folded(denial.patient_name.value).split()) if denial.patient_name else frozenset()
        named = {name: _label(getattr(denial, name), pages, patient) for name in _table().labelled}
        labels = {name: label for name, label in named.items() if label}
        codes = (*denial.procedure_codes, *denial.diagnosis_codes)
        told = {code.value: text for code in codes if (text := _code_text(code.value, pages.values()))}
        return cls(labels=labels, codes=told)

    def of_notice(self, denial: Denial) -> Papers:
        """The same with the texts of codes that the notice itself gives, and no other."""
        noticed = {span.document for span in denial.letter_date.spans} if denial.letter_date else set()
        codes = {code: text for code, text in self.codes.items() if text.span.document in noticed}
        return self.model_copy(update={"codes": codes})


@cache
def _table() -> PapersTable:
    return PapersTable(**load("draft", "papers.yaml"))


def _label(value: object, pages: Mapping[tuple[str, int], Page], patient: frozenset[str]) -> str:
    """The label before a value on its line, less the patient's name before it; "" where none can be read."""
    first = value[0] if isinstance(value, tuple) and value else value
    for span in first.spans if isinstance(first, Cited) else ():
        page = pages.get((span.document, span.page))
        if page is None:
            continue
        line = page.text.rfind("\n", 0, span.start) + 1
        cell = max(
            (gap.end() for gap in _GAP.finditer(page.text, line, span.start) if gap.end() < span.start), default=line
        )
        before = page.text[cell : span.start]
        match = _LABEL.fullmatch(before)
        label = " ".join(dropwhile(lambda word: folded(word) in patient, match[1].split())) if match else ""
        if (
            match
            and folded(label) not in _table().no_labels
            and _is_sure(page, cell + match.start(1), cell + match.end(1))
        ):
            return label
    return ""


def _is_sure(page: Page, start: int, end: int) -> bool:
    if page.origin is not Origin.OCR:
        return True
    return all(word.confidence >= DOUBTFUL for word in page.words_in(page.span(start, end)))


def _code_text(code: str, pages: Iterable[Page]) -> CodeText | None:
    """What the first page that says so calls a code: "Adalimumab (HCPCS J0139)", "M17.11 Unilateral ..."."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.]{2,9}", code):
        return None
    for page in pages:
        for start, end in _places(code, page.text):
            if _is_sure(page, start, end):
                span = page.span(start, end)
                return CodeText(text=" ".join(span.quote.split()), span=span)
    return None


def _places(code: str, text: str) -> Iterator[tuple[int, int]]:
    """The ranges of a page that stand with the code as its name: before it in brackets, or after it on its line."""
    systems = "|".join(map(re.escape, _table().systems))
    for match in re.finditer(rf"\((?:(?:{systems})[: ]*)?{re.escape(code)}\)", text):
        line = text.rfind("\n", 0, match.start()) + 1
        before = text[line : match.start()]
        cut = max((gap.end() for gap in re.finditer(r"[ \t]{3,}|[:;|.]\s", before)), default=0)
        yield from _named(text, line + cut, match.start())
    for match in re.finditer(rf"(?<![\w.]){re.escape(code)}(?![\w.]\w)[ \t]*[:,\u2013-]?[ \t]+(?=[A-Z])", text):
        end = text.find("\n", match.end())
        rest = text[match.end() : end if end >= 0 else len(text)]
        gap = _GAP.search(rest)
        yield from _named(text, match.end(), match.end() + (gap.start() if gap else len(rest)))


def _named(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The range without loose ends, where it reads as a name and not as prose, a label or another code."""
    words = text[start:end]
    start += len(words) - len(words.lstrip(" \t,"))
    end -= len(words) - len(words.rstrip(" \t,.;"))
    named = text[start:end] if start < end else ""
    first = folded(named.partition(" ")[0])
    is_name = named[:1].isupper() and first not in _table().no_names and not re.search(r"[:()\n]|\d{4}|\.\s", named)
    if is_name and len(named.split()) <= _WORDS and re.search(r"[A-Za-z]{3}", named):
        yield start, end
