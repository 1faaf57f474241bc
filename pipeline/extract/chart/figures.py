"""Figures as charts print them: a measure's value with its range, its scale and its unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from pipeline.extract.vocabulary import Term, TermHit, by_name, terms
from schemas.base import Frozen


class Table(Frozen):
    """measurements.yaml."""

    source: str
    fillers: tuple[str, ...]
    bounds: tuple[str, ...]
    wished: tuple[str, ...]
    earlier: tuple[str, ...]
    earlier_before: tuple[str, ...]
    then: tuple[str, ...]
    before_joint: tuple[str, ...]
    conditions: tuple[str, ...]
    phases: tuple[str, ...]
    dated_by: tuple[str, ...]
    panels: tuple[str, ...]
    units: tuple[str, ...]
    percent: tuple[str, ...]
    instruments: tuple[str, ...]
    no_instruments: tuple[str, ...]
    sized: tuple[str, ...]
    pain_name: str
    relief_name: str
    pressure_name: str
    systolic_name: str
    diastolic_name: str
    acuity_name: str
    roman: tuple[str, ...]
    of_a_part: tuple[str, ...]
    named_by_part: str
    measured_findings: dict[str, str]
    columns: dict[str, tuple[str, ...]]


@cache
def table() -> Table:
    """How charts write scores and measured values."""
    return Table.model_validate(load("chart/measurements.yaml"))


@cache
def phrases(name: str) -> Phrases[bool]:
    """The words of a row of the table, those of signs alone left out."""
    rows: tuple[str, ...] = getattr(table(), name)
    return Phrases((word, True) for word in rows if any(c.isalpha() for c in word))


@cache
def _fillers() -> frozenset[str]:
    return frozenset(word for filler in table().fillers for word in filler.lower().split()) | {""}


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as printed: its range in the text, its other end where it is a range, its scale and unit."""

    start: int
    end: int
    low: str
    high: str | None = None
    scale: str | None = None
    unit: str | None = None


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_VALUE = re.compile(
    rf"(?<![\w.,/$-])(?<!\d:)(?P<low>{_NUMBER})(?:(?P<pct>\s?%)?\s?(?:-|\u2013|to)\s?(?P<high>{_NUMBER}))?"
    rf"(?:\s?(?:/|out of|of)\s?(?P<scale>{_NUMBER}))?"
    r"(?!\d|/(?!(?:hr?|hour|month|mo|week|wk|day|night)\b)|[.:]\d|,\d{3})",
    re.IGNORECASE,
)
_MINUS = re.compile(rf"(?<![\w.)])[-\u2212\u2013](?P<low>{_NUMBER})(?![\d/]|\.\d)")
_SCALE_AFTER = re.compile(rf"\s?\(\s?(?P<low>{_NUMBER})\s?(?:/|out of|of)\s?(?P<scale>{_NUMBER})\s?\)")
_ROMAN = re.compile(r"(?<!\w)(?P<low>IV|I{1,3})(?:\s?(?:-|\u2013|/|to)\s?(?P<high>IV|I{1,3}))?(?!\w)")
_ROMAN_VALUES = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_NOT_A_VALUE_AFTER = re.compile(
    r"\s?['\u2019\u2032\"]|\s?-?\s?(?:ft\b|feet\b|foot\b|point|month|week|year|day(?!s?\s?(?:/|per|a)\s?(?:month|mo))|"
    r"hours?\b|hrs?\b|minutes?\b|visit|times|degrees|mg\b|mcg\b|views?\b|units\b|items?\b|cm\s?x|"
    r"st\b|nd\b|rd\b|th\b|joints\b|or\b\s\w+\s\bon\b)",
    re.IGNORECASE,
)


# Between a score and its value: how long after something it was taken ("NRS (30 min) 1/10").
_WHEN_ASIDE = re.compile(
    r"\s?(?:\((?:at\s)?\d{1,3}\s?(?:min|minutes?|hrs?|hours?|h|weeks?|wks?|months?|mos?|days?)\b[^()\d]{0,20}\)|"
    r"(?:at\s)?\d{1,3}\s(?:min|minutes?|hrs?|hours?)\b(?:\s(?:after|post|later)\b)?)(?=[\s:,])",
    re.IGNORECASE,
)


def value_at(text: str, at: int, term: Term, limit: int) -> Value | None:
    """The value of a measure that begins at or after `at`, with nothing but fillers before it; None where none does."""
    if term.name in table().roman:
        roman = _ROMAN.search(text, at, limit)
        if roman and _bridges(text[at : roman.start()], term):
            high = roman["high"]
            return Value(*roman.span(), _ROMAN_VALUES[roman["low"]], _ROMAN_VALUES[high] if high else None)
    if term.low is not None and term.low < 0:
        minus = _MINUS.search(text, at, limit)
        if minus and _bridges(text[at : minus.start()], term) and _possible(term, f"-{minus['low']}"):
            return Value(minus.start(), minus.end(), f"-{minus['low']}")
    aside = _WHEN_ASIDE.match(text, at, limit)
    match = _VALUE.search(text, aside.end() if aside else at, limit)
    if match is None or not _bridges(text[at : match.start()], term) or _CHANGE.search(text, at, match.start()):
        return None
    if match["high"] and text[at : match.start()].rstrip().lower().endswith("from"):  # "fell from 9.1 to 8.2"
        return value_right_at(text, match.start("high"), term, limit)
    return _checked(text, match, term)


def value_right_at(text: str, at: int, term: Term, limit: int) -> Value | None:
    """The value of a measure that stands at `at`."""
    match = _VALUE.match(text, at, limit)
    return _checked(text, match, term) if match else None


def in_other_unit(text: str, value: Value, term: Term, limit: int) -> Value | None:
    """The same result told again in another unit of the measure: "FEV1 0.94 L (41% predicted)"."""
    joint = re.compile(r"\s?[,(]?\s?\(?").match(text, value.end, limit)
    again = value_right_at(text, joint.end(), term, limit) if joint else None
    known = {*term.units}
    return again if again and value.unit in known and again.unit in known and again.unit != value.unit else None


def _checked(text: str, match: re.Match[str], term: Term) -> Value | None:
    """The value with its unit and scale, where the measure can have it."""
    low, high, scale = (match[name].replace(",", "") if match[name] else None for name in ("low", "high", "scale"))
    words = unit_at(text, match.end(), term)
    unit = words.strip() or ("%" if match["pct"] else None)
    end = match.end() + len(words)
    if unit is None and (text[end : end + 1].isalpha() or _NOT_A_VALUE_AFTER.match(text, end)):
        return None
    if (again := _SCALE_AFTER.match(text, end)) and again["low"] == low:
        scale, end = again["scale"], again.end()
    if low is None or not _possible(term, low) or (high and not _possible(term, high)):
        return None
    if high and float(high) < float(low) and table().named_by_part not in term.classes:
        return None  # "BSA 9% to 8%" tells two values, and not when the second was taken
    if low == "0" and high and float(high) == term.high and table().named_by_part not in term.classes:
        return None  # "pain scale, 0-10"
    if _MORE.match(text, end) or (unit in ("h", "hours", "hr", "hrs") and _MINUTES.match(text, end)):
        return None  # "20 or more" is a bound; of "5 h 10 min" neither figure is the value
    if unit and unit not in term.units and table().named_by_part in term.classes:
        return None  # "7 mm in flexion"
    if scale and (Decimal(scale) < Decimal(low) or table().named_by_part in term.classes):
        return None  # "hip flexion 4/5" grades strength
    return Value(match.start(), end, low, high, scale, "%" if (unit or "").lower() in table().percent else unit)


def unit_at(text: str, at: int, term: Term) -> str:
    """The words right after a figure that state a unit, the space before them included."""
    rest = text[at : at + 28]
    words = rest.lstrip(" \n")
    gap = rest[: len(rest) - len(words)]
    for option in _units(term):
        following = words[len(option) : len(option) + 1]
        glued = option[-1].isalnum() and (following.isalnum() or following == "/")
        if len(gap) < 2 and words.lower().startswith(option.lower()) and not glued:
            return gap + words[: len(option)]
    return ""


@cache
def _unit_options(own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*own, *table().units, *table().percent}, key=lambda unit: (-len(unit), unit)))


def _units(term: Term) -> tuple[str, ...]:
    return _unit_options(term.units)


def _possible(term: Term, number: str) -> bool:
    """Whether a record can mean this figure by the measure."""
    n = float(number)
    return (term.low is None or term.low <= n) and (term.high is None or n <= term.high)


_BRACKETS = re.compile(r"\([^()]{0,40}\)|\[[^\[\]]{0,40}\]")
_LEADERS = re.compile(r"\.{3,}|(?:\s\.){3,}|_{3,}")
_WORD = re.compile(r"[^\s,:;]+")


def _bridges(between: str, term: Term) -> bool:
    """Whether the words between a measure and a figure leave no doubt that they belong together."""
    plain = _LEADERS.sub(" ", between)
    if len(" ".join(plain.split())) > 60 or ";" in plain or re.search(r"\.\s", plain):
        return False
    plain = _BRACKETS.sub(" ", plain)
    words = [word.lower().strip("=()-\u2013.~") for word in _WORD.findall(plain)]
    if not {*table().of_a_part} & {*term.classes}:
        return all(word in _fillers() for word in words)
    return all(word in _fillers() or _locates(word) for word in words)


def _locates(word: str) -> bool:
    """Whether a word says of which part or side a score is: "VAS left arm 7/10"."""
    return word in ("left", "right", "l", "r") or any("body_part" in hit.term.classes for hit in terms(word))


_MORE = re.compile(
    r"\s(?:points?\s)?(?:or|and)\s(?:more|higher|greater|above|over|less|lower|below|fewer|under)\b", re.IGNORECASE
)
_CHANGE = re.compile(r"\b(?:by|down|up|lost|gained|loss|gain)\s*$", re.IGNORECASE)  # "weight down 9 lb"
_MINUTES = re.compile(r"\s?\d{1,2}\s?m")
_PRESSURE = re.compile(r"(?<![\d/.-])(\d{2,3})\s?/\s?(\d{2,3})(?![\d/])")


def pressures_at(text: str, at: int, limit: int) -> Iterator[tuple[Term, Value]]:
    """The two values of the blood pressure that follows `at` with nothing but fillers before it."""
    match = _PRESSURE.search(text, at, limit)
    pressure = by_name(table().pressure_name)
    if match is None or not _bridges(text[at : match.start()], pressure):
        return
    for group, name in ((1, table().systolic_name), (2, table().diastolic_name)):
        term = by_name(name)
        if _possible(term, match[group]):
            unit = unit_at(text, match.end(), term)
            yield term, Value(match.start(), match.end() + len(unit), match[group], unit=unit.strip() or None)


_SNELLEN = re.compile(r"(?<![\d/])20\s?/\s?\d{2,4}(?![\d/])")


def acuities(text: str, at: int, limit: int) -> Iterator[Value]:
    """The acuities of vision after `at`, as fractions of twenty."""
    for match in _SNELLEN.finditer(text, at, limit):
        yield Value(*match.span(), match[0])


def is_pressure(term: Term) -> bool:
    """Whether the measure is blood pressure, which is two."""
    return term.name == table().pressure_name


def column_role(title: str) -> str | None:
    """What a column of a table of results holds, by its title: the result, its unit, its day, or when it was taken."""
    return next((role for role, titles in table().columns.items() if title in titles), None)


def with_unit(value: Value, unit: str | None) -> Value:
    """The value, with this unit where it states none."""
    return value if value.unit or not unit else replace(value, unit=unit)


def figure_before(text: str, hit: TermHit, taken: int) -> Value | None:
    """The figure that stands before what it is of: a count, a share, or a measure that is its own unit."""
    return _count_before(text, hit, taken) or _share_before(text, hit, taken)


def _count_before(text: str, hit: TermHit, taken: int) -> Value | None:
    """The figure right before a thing that is counted: "9 tender joints", "14 migraine days a month"."""
    if "count" not in hit.term.classes:
        return None
    match = re.search(r"(?<![\d/.,-])(\d{1,3}(?:\.\d)?)[\s-]$", text[: hit.start])
    if match and phrases("bounds").find(text[max(0, match.start() - 20) : match.start()]):
        return None  # "less than 10 pack-years"
    return Value(match.start(1), match.end(1), match[1]) if match and match.start(1) >= taken else None


_SHARE = re.compile(r"(?<![\d/.,-])(\d{1,3}(?:\.\d)?)\s?$")


def _share_before(text: str, hit: TermHit, taken: int) -> Value | None:
    """The figure of a measure whose name begins with its sign or is its unit: "79% of median BMI", "3.5 METs"."""
    is_unit = hit.term.name in hit.term.units
    if not is_unit and not re.match(r"%|percent\b", text[hit.start : hit.end], re.IGNORECASE):
        return None
    match = _SHARE.search(text, taken, hit.start)
    if match is None or (is_unit and _NOT_REACHED.search(text[: match.start()])):
        return None
    return Value(match.start(1), match.end(1), match[1], unit=hit.term.name if is_unit else "%")


_NOT_REACHED = re.compile(
    r"(?:[<>~\u2264\u2265]|\b(?:unable|cannot|can(?:no|')t|not|never|without|below|under|than|least|over|up|goal|target|if)\b)"
    r"[^,;:]{0,40}$",
    re.IGNORECASE,
)
