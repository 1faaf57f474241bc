"""Whose chart: the name and birth date on a document against those of the denial."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.extract.letter import read_letter
from pipeline.extract.values import identity_values
from pipeline.folding import folded
from schemas.denial import Denial
from schemas.document import Document, Role, Whose
from schemas.proposal import ProposedValue

_SAME_NAME = 88  # rapidfuzz token ratio at which OCR noise or a middle initial explains the difference
_ABOUT_A_PATIENT = (Role.CLINICAL_NOTE, Role.OTHER, Role.REMITTANCE, Role.DENIAL_LETTER)


def whose(document: Document, denial: Denial) -> Whose:
    """Whether a document is about the patient of the denial.

    Another birth date makes it another patient's whatever the name; another name does unless the birth date agrees.
    Without a name or a birth date it is unknown.
    """
    if not _is_about_somebody(document):
        return Whose.UNKNOWN
    found = list(identity_values(read_letter(document)))
    birth_dates = {value.value for value in found if value.field == "birth_date"}
    names = [value for value in found if value.field == "patient_name"]
    if denial.birth_date is not None and birth_dates:
        return Whose.OURS if denial.birth_date.value.isoformat() in birth_dates else Whose.OTHER
    if denial.patient_name is None:
        return Whose.UNKNOWN
    if not names:
        return Whose.OURS if _is_named(document, denial.patient_name.value) else Whose.UNKNOWN
    return Whose.OURS if _same(names, denial.patient_name.value) else Whose.OTHER


def tell_whose(documents: Sequence[Document], letter: Document, denial: Denial) -> tuple[Document, ...]:
    """The documents with whether each is about the patient of the denial.

    A birth date that the patient's own documents give decides for those that name nobody.
    """
    told = {d.id: Whose.OURS if d is letter else whose(d, denial) for d in documents}
    ours = {day for d in documents if told[d.id] is Whose.OURS for day in birth_dates(d)}
    for document in documents:
        days = birth_dates(document) if told[document.id] is Whose.UNKNOWN and _is_about_somebody(document) else set()
        if ours and days:
            told[document.id] = Whose.OURS if ours & days else Whose.OTHER
    return tuple(document.model_copy(update={"patient": told[document.id]}) for document in documents)


def contradicting(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Documents of nobody known that give different birth dates: whose each is must be told before it can serve."""
    days = {d.id: birth_dates(d) for d in documents if d.patient is Whose.UNKNOWN and _is_about_somebody(d)}
    dated = {name: found for name, found in days.items() if found}
    one = set.intersection(*dated.values()) if dated else {""}
    return () if one else tuple(document for document in documents if document.id in dated)


def birth_dates(document: Document) -> set[str]:
    """The birth dates that a document states, ISO 8601."""
    return {v.value for v in identity_values(read_letter(document)) if v.field == "birth_date"}


def _is_about_somebody(document: Document) -> bool:
    return document.role in _ABOUT_A_PATIENT


def _same(names: Sequence[ProposedValue], ours: str) -> bool:
    return any(same_name(name.value, ours) for name in names)


def same_name(one: str, other: str) -> bool:
    """Whether two names are one person's: first and last alike, middle names and titles aside."""
    a, b = _words(one), _words(other)
    if not a or not b:
        return False
    ends = {a[0], a[-1]}, {b[0], b[-1]}
    return ends[0] == ends[1] or (_alike(a, b) and fuzz.token_set_ratio(" ".join(a), " ".join(b)) >= _SAME_NAME)


def _alike(a: Sequence[str], b: Sequence[str]) -> bool:
    """First names must agree too: father and son share the rest."""
    return any(fuzz.ratio(x, y) >= _SAME_NAME for x in a[:1] for y in b)


def _words(name: str) -> list[str]:
    titles = {"mr", "mrs", "ms", "dr", "md", "jr", "sr", "ii", "iii"}
    return [word for word in re.findall(r"[^\W\d_]{2,}", folded(name)) if word not in titles]


def _is_named(document: Document, name: str) -> bool:
    """Whether the patient's first and last name stand side by side anywhere."""
    words = _words(name)
    if len(words) < 2:
        return False
    gap = r"[\s,.]+(?:\w\.?\s+|\w+\s+)?"
    either = rf"\b{words[0]}{gap}{words[-1]}\b|\b{words[-1]}{gap}{words[0]}\b"
    return any(re.search(either, folded(page.text)) for page in document.pages)
