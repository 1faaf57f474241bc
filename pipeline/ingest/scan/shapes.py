"""The shapes of codes, dates and amounts: which reading of a word can be right, and the one that must be meant."""

from __future__ import annotations

import re
from typing import Final

from pipeline import notation

_ICD: Final = re.compile(r"[A-TV-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4})?")
_AMOUNT: Final = re.compile(r"\$?\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\$?\d+\.\d\d")
_SHAPES: Final = (
    _ICD,
    re.compile(r"[A-V]\d{4}|\d{4}[0-9FTU]"),  # HCPCS, CPT
    _AMOUNT,
    re.compile(r"\(?\d{3}\)?[-. ]?\d{3}[-.]\d{4}|\d{3}-\d{4}"),
    re.compile(r"(?:0|[1-9]\d{0,3})(?:\.\d{1,2})?%?|\d{1,3}/\d{1,3}"),
)
_BROKEN_AMOUNT: Final = re.compile(r"\$\d{1,3}(?:[.,;:]\d{3})+\.\d\d")
# An ICD-10-CM code whose letter was read as the digit that looks like it. A measured value has no three decimals.
_DIGIT_FOR_LETTER: Final = re.compile(r"([1258])(\d[0-9AB]\.[0-9A-Z]{3,4})")
_LABELLED: Final = re.compile(r"([1258])(\d[0-9AB]\.[0-9A-Z]{1,4})")
_DIAGNOSIS: Final = re.compile(r"\b(?:diagnos[ei]s|dx|icd(?:-?10)?(?:-?cm)?)(?: codes?)?\W*$", re.IGNORECASE)
_LETTERS: Final = {"1": "I", "2": "Z", "5": "S", "8": "B"}


def has_shape(text: str) -> bool:
    """Whether a word without the marks round it is a date, a code, an amount, a phone number or a plain number."""
    dates = notation.days(text)
    if len(dates) == 1 and dates[0].end - dates[0].start == len(text):
        return True
    return any(shape.fullmatch(text) for shape in _SHAPES)


def is_icd(text: str) -> bool:
    """Whether a word has the shape of an ICD-10-CM code."""
    return _ICD.fullmatch(text) is not None


def names_a_diagnosis(words: str) -> bool:
    """Whether the words before a code say that it is a diagnosis."""
    return _DIAGNOSIS.search(words) is not None


def meant(text: str, *, diagnosis: bool = False) -> str:
    """The word as it must be meant where its shape leaves no choice: "$36,405.33" for "$36.405.33"; else as it is.

    `diagnosis`: the words before it say that it is one, and no diagnosis code begins with a digit.
    """
    if _BROKEN_AMOUNT.fullmatch(text):
        whole, cents = text[:-3], text[-3:]
        return re.sub(r"[.;:]", ",", whole) + cents
    if found := (_LABELLED if diagnosis else _DIGIT_FOR_LETTER).fullmatch(text):
        return _LETTERS[found[1]] + found[2]
    return text


def one_glyph_apart(one: str, other: str) -> bool:
    """Whether two words differ in a single character."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
