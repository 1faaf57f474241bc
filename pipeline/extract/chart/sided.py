"""What is measured on each side, by the letters beside a figure or over a column: "ABI R 1.38, L 0.64", "OD"."""

import re
from collections.abc import Iterator

from pipeline.extract.chart.chart import Line, one_side
from pipeline.extract.chart.figures import Value, table, value_right_at
from pipeline.extract.vocabulary import Term, TermHit
from schemas.fact import Side

LATERAL = "lateral"  # the class of measures of one side
_LETTERS = {"od": Side.RIGHT, "os": Side.LEFT, "ou": Side.BILATERAL, "r": Side.RIGHT, "l": Side.LEFT, "rt": Side.RIGHT}
_LETTERS |= {"lt": Side.LEFT, "right": Side.RIGHT, "left": Side.LEFT}
_LETTER = r"(?P<side>OD|OS|R|L|RT|LT|Rt|Lt|[Rr]ight|[Ll]eft)"
_LED = re.compile(rf"\s?[:=,(]?\s?(?:(?:was|is|of)\s)?(?:the\s)?{_LETTER}(?:\s(?:eye|side|leg|foot))?\s?[:=]?\s?(?=\d)")
_NEXT = re.compile(
    rf"(?:\s?\([^()\d]{{1,40}}\))?\s?[,;/]?\s?(?:and\s)?(?:the\s)?{_LETTER}(?:\s(?:eye|side|leg|foot))?\s?[:=]?\s?(?=\d)"
)
_EYE = re.compile(r"\b(?:OD|OS|OU)\b", re.IGNORECASE)
_BEFORE = re.compile(r"(?<!\w)(?P<side>OD|OS|OU|R|L|RT|LT|Rt|Lt)\s?:?\s?\Z")


def side_of_title(title: str) -> Side | None:
    """The side that the title of a column names: "Left", "OD", "R"."""
    eye = _EYE.search(title)
    return _LETTERS.get((eye[0] if eye else title).lower().strip(" :.()")) or one_side(title)


_EYES = re.compile(r"\b(?:(?P<right>OD|RE|right)|(?P<left>OS|LE|left)|(?P<bilateral>OU|both))\b")


def eye_in(text: str) -> Side | None:
    """The eye that a text names first, where eyes are what is spoken of."""
    match = _EYES.search(text)
    return Side(match.lastgroup) if match and match.lastgroup else None


def is_of_side(term: Term) -> bool:
    """Whether a measure is taken on each side."""
    return LATERAL in term.classes


def is_acuity(term: Term) -> bool:
    """Whether a measure is the acuity of an eye."""
    return table().acuity_name in (term.name, *term.classes)


def side_before(line: Line, hit: TermHit) -> Side | None:
    """The side whose letters stand right before a measure of one side: "OD Kmax 49.2 D"."""
    led = _BEFORE.search(line.text, 0, hit.start) if is_of_side(hit.term) else None
    return _LETTERS[led["side"].lower()] if led else None


def of_each_side(masked: str, hit: TermHit, limit: int) -> Iterator[tuple[Side, Value]]:
    """The figures of a measure that follow each a side: "ABI R 1.38 (noncompressible), L 0.64"."""
    if not is_of_side(hit.term):
        return
    led = _LED.match(masked, hit.end, limit)
    while led:
        value = value_right_at(masked, led.end(), hit.term, limit)
        if value is None:
            return
        yield _LETTERS[led["side"].lower()], value
        led = _NEXT.match(masked, value.end, limit)
