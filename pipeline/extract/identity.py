"""Whose chart: the name and birth date on a document against those of the denial."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from pipeline.extract.chart.page_heads import GENERATION
from pipeline.extract.letter.letter import read_letter
from pipeline.extract.letter.values import identity_values
from pipeline.extract.tables import load
from pipeline.folding import folded
from pipeline.notation import days
from schemas.denial import Denial
from schemas.document import Document, Page, Role, Whose
from schemas.proposal import ProposedValue

_SAME_NAME = 88  # rapidfuzz token ratio at which OCR noise or a middle initial explains the difference
_MISREAD = 70  # the same of one given name
_ABOUT_A_PATIENT = (Role.CLINICAL_NOTE, Role.OTHER, Role.REMITTANCE, Role.DENIAL_LETTER)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a text says it is about: nobody where it says nothing."""

    names: tuple[str, ...] = ()
    birth_dates: frozenset[str] = frozenset()

    def is_another_than(self, other: Person) -> bool:
        """Whether the two are surely not one person: by their birth dates, or by their names where one has none."""
        if self.birth_dates and other.birth_dates:
            return not self.birth_dates & other.birth_dates or _are_twins(self.names, other.names)
        return bool(self.names and other.names) and not any(same_name(a, b) for a in self.names for b in other.names)

    def joined(self, other: Person) -> Person:
        """Both taken for one person."""
        return Person((*self.names, *other.names), self.birth_dates | other.birth_dates)


def person_of(page: Page) -> Person:
    """Whom a page says it is about."""
    return _person([*identity_values(read_letter(Document(id=page.document, file="", sha256="", pages=(page,))))])


def whose(document: Document, denial: Denial) -> Whose:
    """Whether a document is about the patient of the denial.

    Another birth date makes it another patient's whatever the name; another name does unless the birth date agrees,
    and then too where the given names are clearly two people's. Without a name or a birth date it is unknown.
    """
    return _whose(document, person_in(document), denial)


def person_in(document: Document) -> Person:
    """Whom a document is about; nobody where it is of a kind that is about nobody."""
    if document.role not in _ABOUT_A_PATIENT:
        return Person()
    return _person([*identity_values(read_letter(document))])


def _person(found: Sequence[ProposedValue]) -> Person:
    return Person(
        names=tuple(value.value for value in found if value.field == "patient_name"),
        birth_dates=frozenset(value.value for value in found if value.field == "birth_date"),
    )


def _whose(document: Document, stated: Person, denial: Denial) -> Whose:
    if document.role not in _ABOUT_A_PATIENT:
        return Whose.UNKNOWN
    if denial.birth_date is not None and stated.birth_dates:
        names = (denial.patient_name.value,) if denial.patient_name is not None else ()
        days = frozenset({denial.birth_date.value.isoformat()})
        return Whose.OTHER if stated.is_another_than(Person(names, days)) else Whose.OURS
    if denial.patient_name is None:
        return Whose.UNKNOWN
    ours = denial.patient_name.value
    if denial.birth_date is not None and (told := _by_name_and_day(document, ours, denial.birth_date.value)):
        return told
    if not stated.names:
        return Whose.OURS if _is_named(document, ours) else Whose.UNKNOWN
    return Whose.OURS if any(same_name(name, ours) for name in stated.names) else Whose.OTHER


def tell_whose(documents: Sequence[Document], letter: Document, denial: Denial) -> tuple[Document, ...]:
    """The documents with whether each is about the patient of the denial.

    A birth date that the patient's own documents give decides for those that name nobody.
    """
    stated = {d.id: person_in(d) for d in documents}
    told = {d.id: Whose.OURS if d is letter else _whose(d, stated[d.id], denial) for d in documents}
    ours = {day for name in told if told[name] is Whose.OURS for day in stated[name].birth_dates}
    for name, person in stated.items():
        if ours and person.birth_dates and told[name] is Whose.UNKNOWN:
            told[name] = Whose.OURS if ours & person.birth_dates else Whose.OTHER
    return tuple(document.model_copy(update={"patient": told[document.id]}) for document in documents)


def contradicting(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Documents of nobody known that give different birth dates: whose each is must be told before it can serve."""
    days = {d.id: person_in(d).birth_dates for d in documents if d.patient is Whose.UNKNOWN}
    dated = {name: found for name, found in days.items() if found}
    agree = not dated or frozenset.intersection(*dated.values())
    return () if agree else tuple(document for document in documents if document.id in dated)


def same_name(one: str, other: str) -> bool:
    """Whether two names are one person's: first and last alike, middle names and titles aside."""
    a, b = _words(one), _words(other)
    if not a or not b:
        return False
    ends = {a[0], a[-1]}, {b[0], b[-1]}
    return ends[0] == ends[1] or (_alike(a, b) and fuzz.token_set_ratio(" ".join(a), " ".join(b)) >= _SAME_NAME)


def _are_twins(ours: Sequence[str], others: Sequence[str]) -> bool:
    """Whether names that go with one birth date are surely of two people: of one family, with unlike given names.

    A changed family name, a short form, a middle name used alone and noise of OCR are no sign of it; nor is a name
    unlike in all its parts, which is a heading taken for one more often than a stranger of that very day.
    """
    return bool(ours and others) and all(_unlike(a, b) for a in ours for b in others)


def _unlike(one: str, other: str) -> bool:
    a, b = _in_order(one), _in_order(other)
    if len(a) < 2 or len(b) < 2 or fuzz.ratio(a[-1], b[-1]) < _SAME_NAME:
        return False
    return not any(_one_given_name(x, y) for x in a[:-1] for y in b) and not any(
        _one_given_name(x, y) for x in a for y in b[:-1]
    )


def _in_order(name: str) -> list[str]:
    """The words of a name, the family name last: "Ruiz, Ana" is turned."""
    family, comma, given = name.partition(",")
    return [*_words(given), *_words(family)] if comma and _words(given) else _words(name)


def _one_given_name(x: str, y: str) -> bool:
    short = load("nicknames.yaml")["short_forms"]
    forms = {x, *short.get(x, ())}, {y, *short.get(y, ())}
    return bool(forms[0] & forms[1]) or x[:3] == y[:3] or fuzz.ratio(x, y) >= _MISREAD


def _alike(a: Sequence[str], b: Sequence[str]) -> bool:
    """First names must agree too: father and son share the rest."""
    return any(fuzz.ratio(x, y) >= _SAME_NAME for x in a[:1] for y in b)


def _words(name: str) -> list[str]:
    titles = {"mr", "mrs", "ms", "dr", "md", "jr", "sr", "ii", "iii"}
    return [word for word in re.findall(r"[^\W\d_]{2,}", folded(name)) if word not in titles]


_NAME_ENDS = re.compile(
    r"[\s,(|;:-]{1,40}(?:(?:dob|d\.o\.b\.?|born|b\.|birth ?date|date of birth)[\s:]{0,4})?", re.IGNORECASE
)
_GIVEN_BEFORE = re.compile(r"(?:[^\W\d_][\w'\u2019]*\.?\s){1,3}\Z")
_GIVEN_AFTER = re.compile(r"(?:,\s?|\s)(?P<given>[^\W\d_][\w'\u2019]*\.?(?:\s[^\W\d_]\.?(?!\w))?)")
_HEAD = 6  # lines


def _by_name_and_day(document: Document, name: str, born: date) -> Whose | None:
    """Whose a document is by its first lines, where the family name and a day stand side by side without a label.

    "E. Saarinen-Doyle   9/2/59" is the patient's with that birth date, and another's with any other.
    """
    given, _, family = name.rpartition(" ")
    if not given:
        return None
    named = re.compile(rf"(?<![\w-]){re.escape(family)}(?![\w-])", re.IGNORECASE)
    latest = max((day.value for page in document.pages for day in days(page.text)), default=born)
    for line in document.pages[0].text.split("\n")[:_HEAD]:
        for found in named.finditer(line):
            after = _GIVEN_AFTER.match(line, found.end())
            ends = _NAME_ENDS.match(line, after.end() if after else found.end())
            beside = [day.value for day in days(line) if ends and day.start == ends.end()]
            before = _GIVEN_BEFORE.search(line[: found.start()])
            words = (after["given"] if after else before[0] if before else "").lower().split()
            if beside == [born] and _fits(words, given.lower().split()):
                return Whose.OURS
            if beside and beside != [born] and latest.year - beside[0].year >= GENERATION:
                return Whose.OTHER
    return None


def _fits(words: Sequence[str], given: Sequence[str]) -> bool:
    """Whether the words beside a family name are of the given name, its initial, or no name at all."""
    plain = [word.strip(".'\u2019") for word in words]
    own = [word for word in plain if word not in _NO_GIVEN]
    return not own or any(x == y[0] if len(x) == 1 else _one_given_name(x, y) for x in own for y in given)


_NO_GIVEN = ("mr", "mrs", "ms", "miss", "mx", "pt", "re", "name", "patient", "log", "visit", "note", "treated", "saw")


def _is_named(document: Document, name: str) -> bool:
    """Whether the patient's first and last name stand side by side anywhere."""
    words = _words(name)
    if len(words) < 2:
        return False
    gap = r"[\s,.]+(?:\w\.?\s+|\w+[\s-]+)?"
    either = rf"\b{words[0]}{gap}{words[-1]}\b|\b{words[-1]}{gap}{words[0]}\b"
    return any(re.search(either, folded(page.text)) for page in document.pages)
