"""Scores and measured values, from sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.extract.chart import Chart, Line, body_parts, one_side, sides
from pipeline.extract.charted import Shape, Statement
from pipeline.extract.phrases import Phrases
from pipeline.extract.studies import study_date
from pipeline.extract.tables import load
from pipeline.extract.vocabulary import Term, TermHit, by_name, terms
from schemas.base import Frozen
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Side


class Table(Frozen):
    """measurements.yaml."""

    source: str
    fillers: tuple[str, ...]
    bounds: tuple[str, ...]
    earlier: tuple[str, ...]
    earlier_before: tuple[str, ...]
    pain_name: str
    pressure_name: str
    systolic_name: str
    diastolic_name: str
    roman: tuple[str, ...]
    of_a_part: tuple[str, ...]
    named_by_part: str
    columns: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Words:
    table: Table
    fillers: frozenset[str]
    bounds: Phrases[bool]
    earlier: Phrases[bool]
    earlier_before: Phrases[bool]


@cache
def _words() -> _Words:
    table = Table.model_validate(load("measurements.yaml"))
    return _Words(
        table,
        fillers=frozenset(word for filler in table.fillers for word in filler.lower().split()),
        bounds=Phrases((word, True) for word in table.bounds if word[0].isalpha()),
        earlier=Phrases((word, True) for word in table.earlier),
        earlier_before=Phrases((word, True) for word in table.earlier_before),
    )


def column_role(title: str) -> str | None:
    """What a column of a table of results holds, by its title: the result, its unit, or its day."""
    return next((role for role, titles in _words().table.columns.items() if title in titles), None)


def is_pressure(term: Term) -> bool:
    """Whether the measure is blood pressure, which is two."""
    return term.name == _words().table.pressure_name


def pain_name() -> str:
    """The name of the pain scale where a record names none."""
    return _words().table.pain_name


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as printed: its range in the text, its other end where it is a range, its scale and unit."""

    start: int
    end: int
    low: str
    high: str | None = None
    scale: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement as a statement or table cell gives it. `undated`: it was not taken on the note's day."""

    term: Term
    statement: Statement
    value: Value
    on: PartialDate | None = None
    head: Statement | None = None
    undated: bool = False
    side: Side | None = None
    body_part: str | None = None
    assertion: Assertion = Assertion.PRESENT


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_VALUE = re.compile(
    rf"(?<![\w.,/$-])(?P<low>{_NUMBER})(?:(?P<pct>\s?%)?\s?(?:-|\u2013|to)\s?(?P<high>{_NUMBER}))?"
    rf"(?:\s?(?:/|out of|of)\s?(?P<scale>{_NUMBER}))?(?![\d/]|\.\d|,\d{{3}})",
    re.IGNORECASE,
)
_SCALE_AFTER = re.compile(rf"\s?\(\s?(?P<low>{_NUMBER})\s?(?:/|out of|of)\s?(?P<scale>{_NUMBER})\s?\)")
_ROMAN = re.compile(r"(?<!\w)(?P<low>IV|I{1,3})(?:\s?(?:-|\u2013|/|to)\s?(?P<high>IV|I{1,3}))?(?!\w)")
_ROMAN_VALUES = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_NOT_A_VALUE_AFTER = re.compile(
    r"\s?['\u2019\u2032\"]|\s?-?\s?(?:ft\b|feet\b|foot\b|point|month|week|year|day(?!s?\s?(?:/|per|a)\s?(?:month|mo))|hour|visit|times|degrees|mg\b|mcg\b|views?\b|"
    r"st\b|nd\b|rd\b|th\b|joints\b|or\b\s\w+\s\bon\b)",
    re.IGNORECASE,
)


def value_at(text: str, at: int, term: Term, limit: int) -> Value | None:
    """The value of a measure that begins at or after `at`, with nothing but fillers before it; None where none does."""
    if term.name in _words().table.roman:
        roman = _ROMAN.search(text, at, limit)
        if roman and _only_fillers(text[at : roman.start()]):
            high = roman["high"]
            return Value(*roman.span(), _ROMAN_VALUES[roman["low"]], _ROMAN_VALUES[high] if high else None)
    match = _VALUE.search(text, at, limit)
    if match is None or not _only_fillers(text[at : match.start()]):
        return None
    return _checked(text, match, term)


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
    if scale and (Decimal(scale) < Decimal(low) or _words().table.named_by_part in term.classes):
        return None  # "hip flexion 4/5" grades strength
    return Value(match.start(), end, low, high, scale, unit)


def unit_at(text: str, at: int, term: Term) -> str:
    """The words right after a figure that state a unit the measure has, the space before them included."""
    rest = text[at : at + 24]
    words = rest.lstrip(" \n")
    gap = rest[: len(rest) - len(words)]
    for option in sorted({*term.units, "%"}, key=len, reverse=True):
        following = words[len(option) : len(option) + 1]
        glued = option[-1].isalnum() and following.isalnum()
        if len(gap) < 2 and words.lower().startswith(option.lower()) and not glued:
            return gap + words[: len(option)]
    return ""


def _possible(term: Term, number: str) -> bool:
    """Whether a record can mean this figure by the measure."""
    n = float(number)
    return (term.low is None or term.low <= n) and (term.high is None or n <= term.high)


_BRACKETS = re.compile(r"\([^()]{0,40}\)|\[[^\[\]]{0,40}\]")
_WORD = re.compile(r"[^\s,:;]+")


def _only_fillers(between: str) -> bool:
    """Whether the words between a measure and a figure leave no doubt that they belong together."""
    if len(between) > 60 or ";" in between or re.search(r"\.\s", between):
        return False
    plain = _BRACKETS.sub(" ", between)
    return all(word.lower().strip("=()-\u2013.~") in (*_words().fillers, "") for word in _WORD.findall(plain))


def measurements(chart: Chart) -> Iterator[Measured]:
    """The measurements that the chart's sentences state."""
    for line in chart.readable:
        if line.statement.shape is Shape.ROW and len(line.statement.cells) > 1 and not _spaced(line):
            continue
        for found in [*_named(line), *_pain(line), *_pressures(line)]:
            if found.assertion.holds:
                yield found


def _spaced(line: Line) -> bool:
    """Whether a row is a line of measures side by side ("BP 128/76   HR 80"), each with its value in its own cell."""
    cells = line.statement.cells
    return all(any(c.isdigit() for c in cell.text) and cell.text[0].isalpha() for cell in cells)


def _named(line: Line) -> Iterator[Measured]:
    """A measure's name followed by its value, and by further values with their own dates."""
    hits = [hit for hit in line.hits if hit.term.kind is FactKind.MEASUREMENT]
    taken = 0
    for index, hit in enumerate(hits):
        if hit.start < taken or hit.term.name == _words().table.pressure_name:
            continue
        limit = hits[index + 1].start if index + 1 < len(hits) and hits[index + 1].term != hit.term else len(line.text)
        value = _after(line, hit, limit)
        while value is not None:
            taken = value.end
            on, end = _own_date(line, value.end)
            yield _measured(line, hit, value, on)
            value = _next(line, hit, max(value.end, end), value, limit)


def _after(line: Line, hit: TermHit, limit: int) -> Value | None:
    """The first value after a measure's name; not one that is a part of a date or a bound."""
    value = value_at(_masked(line), hit.end, hit.term, limit)
    if value is None:
        return None
    between = line.text[hit.end : value.start]
    bounded = _words().bounds.find(line.text[max(0, hit.start - 25) : hit.start] + "\n" + between)
    return None if bounded or re.search("[<>\u2264\u2265]", between) else value


def _masked(line: Line) -> str:
    """The text with its dates blanked out, so that no part of one is read as a value."""
    text = line.text
    for start, end, _ in line.dates:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


_THEN = re.compile(
    r"\s*(?:(?:,|;|and|to|then|->|\u2192)+\s*)?(?:and|to)?(?:\s(?:is|was|it|still|now|again|fell|rose)\b){0,4}(?:\sto)?\s*",
    re.IGNORECASE,
)
_ON = re.compile(
    r"\s*\(?(?:on|at|dated|in|of|by|from|per)?(?:\s[a-z]+)?\s*"
    r"|\s(?:on|by|at|per)(?:\s[a-z-]+){1,6}\s(?:of|from|dated|on|in)\s",
    re.IGNORECASE,
)
_TODAY = re.compile(r"\s(?:today|now|this visit)\b", re.IGNORECASE)


def _own_date(line: Line, at: int) -> tuple[PartialDate | None, int]:
    """The date that stands right after a value: "60 of 96 on 05/04/2026"."""
    for start, end, day in line.dates:
        if at <= start <= at + 45 and _ON.fullmatch(line.text[at:start]):
            return day, end
    today = _TODAY.match(line.text, at)
    if today and line.statement.dated:
        return line.statement.dated.value, today.end()
    return None, at


def _next(line: Line, hit: TermHit, at: int, previous: Value, limit: int) -> Value | None:
    """A further value of the same measure: like the first in scale or unit, with a date of its own."""
    joint = _THEN.match(line.text, at)
    if joint is None or not joint[0].strip():
        return None
    match = _VALUE.match(_masked(line), joint.end(), limit)
    value = _checked(_masked(line), match, hit.term) if match else None
    if value is None or (value.scale, value.unit) != (previous.scale, previous.unit):
        return None
    return value if _own_date(line, value.end)[0] else None


def _measured(line: Line, hit: TermHit, value: Value, on: PartialDate | None) -> Measured:
    note = line.statement.dated
    today = on is not None and note is not None and on == note.value  # the note's own line shows that day
    day = None if today else on or _leading_date(line, hit.start)
    placed = bool({*_words().table.of_a_part} & {*hit.term.classes})
    part = _part(line) if placed else None
    named = f"{part} {hit.term.name}" if part and _words().table.named_by_part in hit.term.classes else hit.term.name
    return Measured(
        term=hit.term if named == hit.term.name else hit.term.model_copy(update={"name": named}),
        statement=line.statement,
        value=value,
        on=day,
        undated=day is None and not today and _taken_earlier(line.text, hit.start, value.end),
        side=_side(line, hit.start, value.end) if placed else None,
        body_part=part,
        assertion=_assertion(line, hit),
    )


def _taken_earlier(text: str, start: int, end: int) -> bool:
    """Whether the words around a measurement put it on another day than the note's."""
    after = text[end : end + 45]
    cue = _words().earlier.find(after)
    if cue and not re.search(r"\d", after[: cue[0].start]):
        return True
    return bool(_words().earlier_before.find(text[max(0, start - 60) : start]))


def _leading_date(line: Line, at: int) -> PartialDate | None:
    """The one date of the clause before a measure: "On 06/12/2026 her BMI was 41.2", "06/12/2026: PHQ-9 18"."""
    if study := study_date(line, at):
        return study
    clause = max(line.text.rfind(mark, 0, at) for mark in (";", ". "))
    days = [(start, day) for start, _, day in line.dates if clause < start < at]
    if len(days) != 1:
        return None
    before = line.text[clause + 1 : days[0][0]].strip().lower()
    return days[0][1] if before in ("", "on", "as of", "dated", "from", "labs", "labs from", "labs on", "in") else None


def _assertion(line: Line, hit: TermHit) -> Assertion:
    """A measured value stands as measured, save where it is another's or only wished for."""
    judged = line.judgement.of(hit.start, hit.end)
    others = (Assertion.FAMILY, Assertion.OTHER_PATIENT, Assertion.HYPOTHETICAL)
    if judged is Assertion.HYPOTHETICAL and line.statement.section not in ("goals", "requested service"):
        return Assertion.PRESENT if line.statement.section in ("plan", "recommendations") else judged
    return judged if judged in others else Assertion.PRESENT


def _side(line: Line, start: int, end: int) -> Side | None:
    """The side that the measurement's clause names; else the one that its line is about."""
    named = sides(line.text)
    if len({found.side for found in named}) == 1:
        return named[0].side
    left = max(line.text.rfind(mark, 0, start) for mark in (",", ";"))
    stops = [at for at in (line.text.find(mark, end) for mark in (",", ";")) if at >= 0]
    clause = one_side(line.text[left + 1 : min(stops, default=len(line.text))])
    return clause or (one_side(line.statement.label) if not named else None)


def _part(line: Line) -> str | None:
    """The one part of the body that the sentence or its label names."""
    names = {hit.term.name for hit in body_parts(line.hits) or body_parts(terms(line.statement.label))}
    return names.pop() if len(names) == 1 else None


_PAIN = re.compile(
    r"\bpain\b[^.;\d]{0,60}?(?P<value>(?P<low>\d{1,2}(?:\.\d)?)(?:\s?(?:-|\u2013|to)\s?(?P<high>\d{1,2}))?\s?"
    r"(?:/|out of|of)\s?(?P<scale>10)(?![\d/]))",
    re.IGNORECASE,
)


def _pain(line: Line) -> Iterator[Measured]:
    """A figure out of ten said of pain, where no scale is named."""
    if any(hit.term.kind is FactKind.MEASUREMENT and "pain_scale" in hit.term.classes for hit in line.hits):
        return
    match = _PAIN.search(line.text)
    if match is None or _words().bounds.find(match[0]):
        return
    hit = TermHit(match.start(), match.start() + 4, by_name(_words().table.pain_name))
    value = Value(match.start("value"), match.end(), match["low"], match["high"], match["scale"])
    if _possible(hit.term, value.low):
        yield _measured(line, hit, value, _own_date(line, value.end)[0])


_PRESSURE = re.compile(r"(?<![\d/.-])(\d{2,3})\s?/\s?(\d{2,3})(?![\d/])")


def pressures_at(text: str, at: int, limit: int) -> Iterator[tuple[Term, Value]]:
    """The two values of the blood pressure that follows `at` with nothing but fillers before it."""
    match = _PRESSURE.search(text, at, limit)
    if match is None or not _only_fillers(text[at : match.start()]):
        return
    table = _words().table
    for group, name in ((1, table.systolic_name), (2, table.diastolic_name)):
        term = by_name(name)
        if _possible(term, match[group]):
            unit = unit_at(text, match.end(), term)
            yield term, Value(match.start(), match.end() + len(unit), match[group], unit=unit.strip() or None)


def _pressures(line: Line) -> Iterator[Measured]:
    """The blood pressures of a sentence."""
    for hit in line.hits:
        if is_pressure(hit.term):
            for term, value in pressures_at(_masked(line), hit.end, len(line.text)):
                yield _measured(line, TermHit(hit.start, hit.end, term), value, _own_date(line, value.end)[0])
