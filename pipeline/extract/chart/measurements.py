"""Scores and measured values, from sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.extract.chart.assertion import Judgement, judge_measured
from pipeline.extract.chart.chart import Chart, Line, body_parts, one_side, sides
from pipeline.extract.chart.charted import Shape, Statement
from pipeline.extract.chart.dated_lists import listed_values
from pipeline.extract.chart.dated_rows import dated_values
from pipeline.extract.chart.figures import (
    Value,
    acuities,
    figure_before,
    in_other_unit,
    is_pressure,
    phrases,
    pressures_at,
    table,
    value_at,
    value_right_at,
)
from pipeline.extract.chart.instruments import scores_under_unknown_names, sizes
from pipeline.extract.chart.measured_dates import (
    ASIDE,
    WORDS,
    date_of_label,
    is_of_today,
    leading_date,
    own_date,
    taken_earlier,
)
from pipeline.extract.chart.sided import eye_in, is_acuity, of_each_side, side_before
from pipeline.extract.vocabulary import Term, TermHit, by_name, terms
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Side


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement as a statement or table cell gives it. `undated`: it was not taken on the note's day.

    `resolved`: its date was worked out from the note's.
    """

    term: Term
    statement: Statement
    value: Value
    on: PartialDate | None = None
    head: Statement | None = None
    undated: bool = False
    resolved: bool = False
    side: Side | None = None
    body_part: str | None = None
    assertion: Assertion = Assertion.PRESENT


def measurements(chart: Chart) -> Iterator[Measured]:
    """The measurements that the chart's sentences state, and those that a cell of a row states by itself."""
    headed: tuple[Line, PartialDate] | None = None
    before: Measured | None = None
    for row in listed_values(chart):
        found = measured(row.line, TermHit(0, 1, row.term), row.value, row.day)
        yield replace(found, on=row.day, head=row.head.statement)
    for line in chart.lines:
        headed = _heading(line, headed)
        if line.statement.shape is Shape.HEADING or line.signature:
            continue
        told = [replace(measured(line, hit, value, day), on=day) for hit, value, day in dated_values(line)]
        told = told or [found for start, end in _stretches(line) for found in _within(line, start, end)]
        told = told or list(_again(line, before))
        before = told[-1] if len({found.term for found in told}) == 1 else None
        yield from (_under(found, headed) for found in told if found.assertion.holds)


def _within(line: Line, start: int, end: int) -> Iterator[Measured]:
    hits = [hit for hit in line.hits if start <= hit.start and hit.end <= end]
    measures = [hit for hit in hits if hit.term.kind is FactKind.MEASUREMENT]
    yield from _named(line, measures, end)
    yield from _pain(line, hits, start, end)
    yield from _relief(line, start, end)
    yield from _of_findings(line, hits, end)
    for hit, value in (*scores_under_unknown_names(line, start, end), *sizes(line, start, end)):
        led = next((day for start, end, day in line.days if _LED_BY_DAY.fullmatch(line.text, end, value.start)), None)
        yield measured(line, hit, value, led or own_date(line, value.end)[0])


_LED_BY_DAY = re.compile(r"\s?:\s?")
_AGAIN = re.compile(
    r"(?:(?:It|This|(?:That|The|Her|His) (?:score|value|result|level|number))\s"
    r"(?P<verb>was|is|had been|has been|rose|fell|dropped|increased|decreased|improved|worsened)"
    r"(?:\s(?:at|to|now|then|still|only|again|down|up|about)){0,3}"
    r"|(?:Prior|Previous|Previously|Earlier|Before that)(?:\s(?:value|result|level|one))?(?::|\swas)?)\s(?=\d)"
)


def _again(line: Line, before: Measured | None) -> Iterator[Measured]:
    """A value of the measure that the sentence before is about: "MIDAS today is 58. It was 64 in March 2025."."""
    match = _AGAIN.match(line.text) if before and before.statement.block == line.statement.block else None
    if before is None or match is None:
        return
    value = value_right_at(_masked(line), match.end(), before.term, len(line.text))
    if value and value.unit in (before.value.unit, None) and value.scale in (before.value.scale, None):
        found = measured(line, TermHit(0, match.end(), before.term), value, own_date(line, value.end)[0])
        past = match["verb"] in ("was", "had been", None)
        yield replace(found, undated=past and found.on is None, side=before.side, body_part=before.body_part)


def _heading(line: Line, before: tuple[Line, PartialDate] | None) -> tuple[Line, PartialDate] | None:
    """The line whose dated heading or label still holds: "Labs 06/12/2026: A1c 7. LDL 90."."""
    statement = line.statement
    if statement.shape is Shape.HEADING:
        day = line.days[0][2] if len(line.days) == 1 else None
        return (line, day) if day and not (statement.dated and statement.dated.value == day) else None
    if statement.label and (day := date_of_label(line, len(line.text))):
        return line, day
    if before and before[0].statement.shape is Shape.HEADING:
        return before if before[0].statement.note == statement.note else None
    kept = before and before[0].statement.label == statement.label and before[0].statement.block == statement.block
    return before if kept else None


def _under(found: Measured, headed: tuple[Line, PartialDate] | None) -> Measured:
    """The measurement, with the date of its heading where it has none of its own."""
    if headed is None or found.on or found.undated or headed[0].statement is found.statement:
        return found
    return replace(found, on=headed[1], head=headed[0].statement)


def _stretches(line: Line) -> Iterator[tuple[int, int]]:
    """A sentence as a whole; of a row each cell, since what stands in another column belongs to its head."""
    if line.statement.shape is Shape.ROW and len(line.statement.cells) > 1:
        yield from ((cell.start, cell.start + len(cell.text)) for cell in line.statement.cells)
    else:
        yield 0, len(line.text)


def _named(line: Line, hits: list[TermHit], end: int) -> Iterator[Measured]:
    """A measure's name followed by its value, and by further values with their own dates."""
    taken = 0
    for index, hit in enumerate(hits):
        if hit.start < taken:
            continue
        others = (
            other for other in hits[index + 1 :] if other.term != hit.term and not _is_condition(line.text, other)
        )
        limit = next((other.start for other in others), end)
        if count := figure_before(line.text, hit, taken):
            found = [measured(line, hit, count, None)]
        else:
            found = list(_special(line, hit, end) or _of_sides(line, hit, limit) or _series(line, hit, limit))
            found = found or list(_beyond(line, hit, limit))
            found = found or list(_whole_of_parts(line, hit, end))
        yield from found
        taken = max([taken, *(one.value.end for one in found)])


def _is_condition(text: str, hit: TermHit) -> bool:
    """Whether the name of a motion only tells how another measure was taken: "slip 4 mm in extension"."""
    before = text[: hit.start].rstrip()
    return before.lower().endswith(" in") and f"in {text[hit.start : hit.end]}".lower() in table().conditions


def _special(line: Line, hit: TermHit, end: int) -> list[Measured] | None:
    """The two pressures of the blood, or the acuities of the eyes; None for another measure."""
    if is_pressure(hit.term):
        pairs = pressures_at(_masked(line), hit.end, end)
        return [measured(line, replace(hit, term=term), v, own_date(line, v.end)[0]) for term, v in pairs]
    if not is_acuity(hit.term):
        return None
    found = list(acuities(line.text, hit.end, end))
    if found and eye_in(line.text[hit.end : found[0].start]):  # "OD 20/80, OS 20/30": the eye leads
        begins = [hit.end, *(value.end for value in found)]
        eyes = [eye_in(line.text[begin : v.start]) for begin, v in zip(begins, found, strict=False)]
        return [replace(measured(line, hit, v, None), side=eye) for v, eye in zip(found, eyes, strict=True)]
    stops = [*(value.start for value in found[1:]), end][: len(found)]
    eyes = [eye_in(line.text[v.end : stop]) for v, stop in zip(found, stops, strict=True)]
    return [replace(measured(line, hit, v, None), side=eye) for v, eye in zip(found, eyes, strict=True)]


def _of_sides(line: Line, hit: TermHit, limit: int) -> list[Measured]:
    """The figures of a measure that are told each with its side."""
    if phrases("bounds").find(line.text[max(0, hit.start - 25) : hit.start]):
        return []
    told = of_each_side(_masked(line), hit, limit)
    return [replace(measured(line, hit, value, own_date(line, value.end)[0]), side=side) for side, value in told]


def _series(line: Line, hit: TermHit, limit: int) -> Iterator[Measured]:
    value, on = _first(line, hit, limit)
    earlier = False
    while value is not None:
        again = in_other_unit(line.text, value, hit.term, limit)
        day, end = own_date(line, again.end if again else value.end)
        for one in (value, again) if again else (value,):
            found = measured(line, hit, one, on or day)
            # "1.6 from 1.2": when is not told, but before the other
            past = replace(found, on=None, undated=True, assertion=_past(found.assertion))
            yield past if earlier and not (on or day) else found
        value, on, earlier = _next(line, hit, max(end, again.end if again else 0), value, limit)


def _past(assertion: Assertion) -> Assertion:
    return Assertion.HISTORICAL if assertion is Assertion.PRESENT else assertion


_BEYOND = re.compile(r"\s{0,3}(?:(?:level|was|is|of|result|:)\s?){0,3}(?P<sign>[<>])\s?(?=[\d.])")
_WISHES = ("goals", "plan", "recommendations", "requested service", "assessment and plan", "instructions")


def _beyond(line: Line, hit: TermHit, limit: int) -> Iterator[Measured]:
    """A result beyond what the test can tell, with its sign: "cotinine <3 ng/mL". Without a unit it is a wish."""
    if line.statement.section in _WISHES or phrases("bounds").find(line.text[:limit]):
        return
    masked = _masked(line)
    led = next(((end, day) for start, end, day in line.days if hit.end <= start <= hit.end + 3), None)
    match = _BEYOND.match(masked, led[0] if led else hit.end, limit)
    value = value_right_at(masked, match.end(), hit.term, limit) if match else None
    if match and value and value.unit in hit.term.units and value.unit != "%" and value.high is None:
        signed = replace(value, start=match.start("sign"), low=line.text[match.start("sign") : value.start] + value.low)
        yield measured(line, hit, signed, led[1] if led else own_date(line, value.end)[0])


_BEFORE_DATE = re.compile(r"(?:,(?=\son\s))?\s*+\(?(?:[a-z]++(?:\s[a-z]++){0,4})?\s*+", re.IGNORECASE)


def _first(line: Line, hit: TermHit, limit: int) -> tuple[Value | None, PartialDate | None]:
    """The first value after a measure's name, and the date between; not one that is a part of a date or a bound."""
    masked, on = _masked(line), None
    for start, end, day in line.days:
        if hit.end <= start < min(hit.end + 45, limit) and _BEFORE_DATE.fullmatch(line.text[hit.end : start]):
            masked, on = masked[: hit.end] + " " * (end - hit.end) + masked[end:], day
            break
    value = value_at(masked, hit.end, hit.term, limit)
    if value is None or (on is not None and any(value.end <= start < value.end + 3 for start, _, _ in line.days)):
        return None, None
    if line.text[value.start - 1 : value.end + 2] in (f"({value.low})", f"({value.low}) ") and value.end + 1 == limit:
        return None, None  # "Tender joints (28)" in a column of names
    scale = _SCALE_ASIDE.fullmatch(line.text, hit.end, value.end + 1)
    if scale and (behind := _behind_scale(masked, hit, scale.end(), limit)):
        return behind, on
    between = line.text[hit.end : value.start]
    before = "" if _told_again(line, hit, value.end) else line.text[max(0, hit.start - 25) : hit.start]
    bounded = phrases("bounds").find(before + "\n" + between)
    return (None, None) if bounded or re.search("[<>\u2264\u2265]", between) else (value, on)


_SCALE_ASIDE = re.compile(r"\s?\(\d{1,3}\s?%?\)")


def _behind_scale(masked: str, hit: TermHit, at: int, limit: int) -> Value | None:
    """The value behind what defines it in brackets: "Tender joints (28): 9", "AHI (4%) 34.6"; None where none is."""
    colon = re.compile(r"\s?[:=]?\s*").match(masked, at, limit)
    return value_right_at(masked, colon.end(), hit.term, limit) if colon else None


def _told_again(line: Line, hit: TermHit, end: int) -> bool:
    """Whether a measure stands in brackets with its value behind its own name: "if ESR stays up (ESR 58)"."""
    named = any(other.term == hit.term and other.end < hit.start for other in line.hits)
    return named and line.text[hit.start - 1 : hit.start] == "(" and line.text[end : end + 1] == ")"


_WHOLE = re.compile(
    r"\b(?:global|total|overall|composite)(?:\s(?:score|scale))?\s?[:=,]?\s?(?:(?:is|was|of)\s)?(?=\d)", re.IGNORECASE
)


def _whole_of_parts(line: Line, hit: TermHit, end: int) -> Iterator[Measured]:
    """The score behind those of its parts: "EDE-Q: restraint 5.2, shape concern 5.0; global 4.6"."""
    if "severity_score" not in hit.term.classes:
        return
    others = (other.start for other in line.hits if other.start > hit.end and "severity_score" in other.term.classes)
    match = _WHOLE.search(line.text, hit.end, min([end, *others]))
    if match and not re.search(r"\.\s", line.text[hit.end : match.start()]):
        value = value_right_at(_masked(line), match.end(), hit.term, end)
        yield from [measured(line, hit, value, own_date(line, value.end)[0])] if value else ()


def _masked(line: Line) -> str:
    """The text with its dates blanked out, so that no part of one is read as a value."""
    text = line.text
    for start, end, _ in line.days:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


_JOINT = re.compile(r"(?:\s(?:on|with)\s\d(?:\.\d)?\s?L(?:PM|/min)?\b)?(?P<words>[^\d]{1,40})(?=\d)", re.IGNORECASE)


def _next(
    line: Line, hit: TermHit, at: int, previous: Value, limit: int
) -> tuple[Value | None, PartialDate | None, bool]:
    """A further value of the same measure, its own date, and whether it is of an earlier day.

    It is like the first in scale or unit, and told apart by a date, a condition, or a word like "was".
    """
    masked = _masked(line)
    figure = _JOINT.match(masked, at, limit)
    if figure is None or not _goes_on(figure["words"]):
        return None, None, False
    value = value_right_at(masked, figure.end(), hit.term, limit)
    if value is None or value.scale not in (previous.scale, None) or value.unit not in (previous.unit, None):
        return None, None, False
    led = next((day for start, end, day in line.days if at <= start and end <= value.start), None)
    after = line.text[value.end : value.end + 30]
    told = phrases("conditions").find(after) or phrases("earlier").find(after)
    earlier = bool({*WORDS.findall(figure["words"].lower())} & {*table().before_joint})
    if not (led or earlier or own_date(line, value.end)[0] or (told and told[0].start < 4)):
        return None, None, False
    return replace(value, unit=value.unit or previous.unit, scale=value.scale or previous.scale), led, earlier


def _goes_on(joint: str) -> bool:
    """Whether the words between two values say that the second is of the same measure."""
    words = [word.lower() for word in WORDS.findall(ASIDE.sub(" ", joint))]
    known = {word for phrase in (*table().then, *table().conditions) for word in phrase.split()}
    return len(words) < 7 and all(word in known for word in words) and not re.search(r"\.\s", joint)


def measured(line: Line, hit: TermHit, value: Value, on: PartialDate | None) -> Measured:
    """The value of a measure that a line names, with its own day, side and part as its words tell them."""
    note = line.statement.dated
    said = on is None and is_of_today(line, hit.end)
    today = note is not None and (said or on == note.value)  # the note's own line shows that day
    day = (note.value if said and note else None) if today else on or leading_date(line, hit.start)
    placed = bool({*table().of_a_part} & {*hit.term.classes})
    part = _part(line) if placed else None
    named = f"{part} {hit.term.name}" if part and table().named_by_part in hit.term.classes else hit.term.name
    return Measured(
        term=hit.term if named == hit.term.name else hit.term.model_copy(update={"name": named}),
        statement=line.statement,
        value=value,
        on=day,
        resolved=day is not None and all(day != stated for _, _, stated in line.dates),
        undated=day is None and not today and taken_earlier(line, hit.start, value.end),
        side=side_before(line, hit) or _side(line, hit.start, value.end) if placed else None,
        body_part=part,
        assertion=_assertion(line, hit, value.end),
    )


def _assertion(line: Line, hit: TermHit, end: int) -> Assertion:
    """A measured value stands as measured, save where it is another's, or only wished for by what leads up to it."""
    judged = line.judgement.of(hit.start, hit.end)
    if judged is Assertion.HYPOTHETICAL:
        judged = judge_measured(line.text, hit.start, hit.end, line.statement.section)
    if judged is Assertion.HYPOTHETICAL and end < len(line.text):
        judged = Judgement(line.text[:end], line.statement.section).of(hit.start, hit.end)
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


def _of_findings(line: Line, hits: list[TermHit], end: int) -> Iterator[Measured]:
    """The figure of a finding that is measured: "ROM 0-118", "flexion contracture of 8 degrees"."""
    for hit in hits:
        if name := table().measured_findings.get(hit.term.name):
            measure = by_name(name).model_copy(update={"name": name, "kind": FactKind.MEASUREMENT})
            value = value_at(_masked(line), hit.end, measure, min(end, hit.end + 40))
            plain = value and (value.high or value.unit in ("degrees", "deg", "\u00b0", "mm", "cm"))
            if value and plain and value.scale is None:
                found = measured(line, replace(hit, term=measure), value, None)
                yield replace(found, side=_side(line, hit.start, value.end), body_part=_part(line))


_PAIN = re.compile(
    r"\bpain\b[^.;\d]{0,60}?(?P<value>(?P<low>\d{1,2}(?:\.\d)?)(?:\s?(?:-|\u2013|to)\s?(?P<high>\d{1,2}))?\s?"
    r"(?:/|out of|of)\s?(?P<scale>10)(?![\d/]))",
    re.IGNORECASE,
)


def _pain(line: Line, hits: list[TermHit], start: int, end: int) -> Iterator[Measured]:
    """A figure out of ten said of pain, where no scale is named."""
    if any(hit.term.kind is FactKind.MEASUREMENT and "pain_scale" in hit.term.classes for hit in hits):
        return
    match = _PAIN.search(line.text, start, end)
    if match is None or phrases("bounds").find(match[0]):
        return
    hit = TermHit(match.start(), match.start() + 4, by_name(table().pain_name))
    value = Value(match.start("value"), match.end(), match["low"], match["high"], match["scale"])
    if float(value.low) <= float(match["scale"]):
        yield measured(line, hit, value, own_date(line, value.end)[0])


_RELIEF = re.compile(
    r"(?<![\w.<>/-])(?:(?:<|>|~)\s?)?(?P<low>\d{1,3})(?:\s?%?\s?(?:-|\u2013|to)\s?(?P<high>\d{1,3}))?\s?(?:%|percent)\s"
    r"(?:(?:pain|symptom|symptomatic|overall|sustained|concordant|subjective|reported)\s){0,2}"
    r"(?P<noun>relief|pain reduction|(?:reduction (?:in|of)|improvement in) (?:her |his |the )?pain)\b",
    re.IGNORECASE,
)


def _relief(line: Line, start: int, end: int) -> Iterator[Measured]:
    """How much of the pain went: "second block 71% relief"; not a bound, such as "more than 80% relief"."""
    for match in _RELIEF.finditer(line.text, start, end):
        before = line.text[max(start, match.start() - 25) : match.start()]
        if (
            match[0][0] in "<>"
            or phrases("bounds").find(before)
            or not 0 <= int(match["low"]) <= int(match["high"] or 100) <= 100
        ):
            continue
        hit = TermHit(match.start("noun"), match.end("noun"), by_name(table().relief_name))
        value = Value(match.start("low"), match.end(), match["low"], match["high"], unit="%")
        yield measured(line, hit, value, own_date(line, match.end())[0])
