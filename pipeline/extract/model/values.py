"""What a sentence's own words give a fact that was proposed of it: figures, dates, doses, sides, outcomes. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pipeline import notation
from pipeline.extract.chart.assertion import Judgement, judge_measured
from pipeline.extract.chart.chart import PARTS, body_parts, part_near, side_near, sides
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.figures import Value, phrases
from pipeline.extract.chart.measurements import Measured
from pipeline.extract.chart.studies import study_date
from pipeline.extract.ground import UngroundedError
from pipeline.extract.model.courses import Told, canonical_dose, canonical_length, told_behind, told_in
from pipeline.extract.model.places import TREATED, Place, Record
from pipeline.extract.vocabulary import terms
from pipeline.folding import folded
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Outcome, Side
from schemas.proposal import FactProposal

_FIGURE = re.compile(r"[<>]?-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Bearing:
    """A proposal with what its place gives it, and whether its outcome had to be left out."""

    proposal: FactProposal
    outcome_left_out: bool = False


def assertions(proposal: FactProposal, kind: FactKind, record: Record, place: Place) -> list[Assertion]:
    """What the whole sentence and its section say of the thing; of a treatment, what the chart's reader makes of it."""
    line = place.line
    if kind in TREATED and place.term is not None:
        if not (told := record.mentions_of(place.term, line)):
            raise UngroundedError("the sentence does not tell that it was had")
        return [one.assertion for one in told]
    if _is_figure(proposal.value):
        if proposal.assertion is Assertion.ABSENT:
            raise UngroundedError("what has a figure was measured")
        return [judge_measured(line.text, place.start, place.end, line.statement.section)]
    read = [fact.assertion for fact in record.facts_at(proposal.name, line)]
    if kind in _TOLD_BY_MORE and place.term is not None:  # "walking" is no limit, "MRI" no study that was done
        if not read:
            raise UngroundedError("the sentence names it and does not tell that it is so")
        return read
    said = line.judgement.of(place.start, place.end)
    if kind is FactKind.DIAGNOSIS and said is Assertion.HYPOTHETICAL:  # a plan is headed by what the patient has
        said = Judgement(line.text).of(place.start, place.end)
    return [*read, said]


_TOLD_BY_MORE = (FactKind.FUNCTIONAL_LIMIT, FactKind.IMAGING)  # a name alone says less than the words around it


def borne(proposal: FactProposal, kind: FactKind, record: Record, place: Place, behind: Sequence[Place]) -> Bearing:
    """The proposal as this place bears it out, whole sentences quoted; UngroundedError where it does not."""
    if kind in TREATED:
        return _treated(proposal, kind, record, place, behind)
    if any((proposal.start, proposal.end, proposal.duration, proposal.dose, proposal.visits is not None)):
        raise UngroundedError("only a treatment runs, and has a dose or visits")
    measures = place.term is not None and place.term.kind is FactKind.MEASUREMENT
    if measures or kind is FactKind.MEASUREMENT or _is_figure(proposal.value):
        found = _measured(proposal, record, place)
    else:
        found = _stated(proposal, kind, place)
    term = place.term
    proposal = found.model_copy(
        update={
            "kind": kind,
            "classes": term.classes if term else (),
            "quotes": record.chart.quotes([place.line.statement]),
            "outcome": None,
        }
    )
    return Bearing(_dated(proposal, record, place), proposal.outcome is not None)


def _is_figure(value: str | None) -> bool:
    return value is not None and _FIGURE.fullmatch(value) is not None


# --- treatments


def _treated(proposal: FactProposal, kind: FactKind, record: Record, place: Place, behind: Sequence[Place]) -> Bearing:
    """A course as one clause tells it, with what the sentences behind it add; two courses are never mixed."""
    if proposal.value is not None or proposal.value_high is not None or proposal.unit is not None:
        raise UngroundedError("a treatment has no figure but its dose, its length and its visits")
    clauses = told_in(record, place)
    if behind and len(clauses) > 1:
        raise UngroundedError("of which course the further quote tells cannot be read")
    more = [told_behind(one) for one in behind]
    side, part = _where(proposal, place, clauses[0].side, clauses[0].body_part)
    refusal = UngroundedError("the sentence does not tell that it was had")
    for clause in clauses:
        try:
            found = _course(proposal, (clause, *more))
        except UngroundedError as error:
            refusal = error
            continue
        note = place.line.statement.dated
        by_note = note is not None and (found.resolved or found.date == str(note.value))
        update = {
            "kind": kind,
            "classes": place.term.classes if place.term else (),
            "quotes": record.chart.quotes([one.line.statement for one in (place, *behind)]),
            "date_quotes": record.chart.dating(note) if by_note else (),
            "side": clause.side if place.term else side,
            "body_part": clause.body_part if place.term else part,
        }
        left_out = proposal.outcome is not None and found.outcome is None and not found.ongoing
        return Bearing(found.model_copy(update=update), outcome_left_out=left_out)
    raise refusal


def _course(proposal: FactProposal, told: Sequence[Told]) -> FactProposal:
    start = _among("start", proposal.start, {str(one.start) for one in told if one.start})
    end = _among("end", proposal.end, {str(one.end) for one in told if one.end})
    if start and end and PartialDate(start).earliest > PartialDate(end).latest:
        raise UngroundedError("the treatment would end before it began")
    visits = None if proposal.visits is None else str(proposal.visits)
    _among("count of visits", visits, {str(one.visits) for one in told if one.visits is not None})
    length, dose = canonical_length(proposal.duration), canonical_dose(proposal.dose)
    day = _among("date", proposal.date, {str(told[0].on)} - {"None"})
    given = {day, start, end} - {None}
    outcome, ongoing, reason = _outcome(proposal.outcome, told)
    return proposal.model_copy(
        update={
            "start": start,
            "end": end,
            "duration": _among("duration", length, {one.duration for one in told if one.duration}),
            "dose": _among("dose", dose, {one.dose for one in told if one.dose}),
            "date": day,
            "resolved": any(one.resolved and {str(one.start), str(one.end), str(one.on)} & given for one in told),
            "outcome": outcome,
            "outcome_reason": reason,
            "ongoing": ongoing,
        }
    )


def _among(field: str, value: str | None, told: set[str]) -> str | None:
    if value is not None and value not in told:
        raise UngroundedError(f"the {field} is not the one the sentence gives it")
    return value


def _outcome(proposed: Outcome | None, told: Sequence[Told]) -> tuple[Outcome | None, bool, str | None]:
    """The outcome, whether it goes on, and why it ended so: only what every sentence that tells one tells alike."""
    if proposed is Outcome.ONGOING:
        return None, any(one.ongoing for one in told), None
    read = [one for one in told if one.outcome is not None]
    if proposed is None or {one.outcome for one in read} != {proposed}:
        return None, False, None
    return proposed, False, read[0].reason


# --- measures


def _measured(proposal: FactProposal, record: Record, place: Place) -> FactProposal:
    if not _is_figure(proposal.value):
        raise UngroundedError("a measure without its figure states nothing")
    read = record.measured(proposal.name, place.line)
    if not read:
        _only_figure(proposal, place)
        side, part = _where(proposal, place, None, None)
        return proposal.model_copy(update={"side": side, "body_part": part})
    fitting = [one for one in read if _is_value(proposal, one.value)]
    if not fitting:
        raise UngroundedError("the figure, its range or its unit is not the one the sentence gives it")
    dated = [one for one in fitting if proposal.date in (None, *_days_of(one, place))]
    if not dated:
        raise UngroundedError("the date is not the one the sentence gives it")
    found = dated[0]
    side, part = _where(proposal, place, found.side, found.body_part)
    return proposal.model_copy(
        update={"unit": found.value.unit, "scale_max": found.value.scale, "side": side, "body_part": part}
    )


def _days_of(found: Measured, place: Place) -> list[str]:
    note = place.line.statement.dated
    day = found.on or (None if found.undated or note is None else note.value)
    return [str(day)] if day else []


def _is_value(proposal: FactProposal, value: Value) -> bool:
    unit = proposal.unit is None or folded(proposal.unit) == folded(value.unit or "")
    return unit and _same(proposal.value, value.low) and _same(proposal.value_high, value.high)


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return one == other


_COMPARED = re.compile("[<>\u2264\u2265]")


def _only_figure(proposal: FactProposal, place: Place) -> None:
    """A figure that no reader of the chart's binds to the name: the only one of its sentence, of the only measure."""
    line = place.line
    others = [hit for hit in line.hits if hit.term.kind is FactKind.MEASUREMENT and hit.term != place.term]
    ranges = [(start, end) for start, end, _ in line.days]
    ranges += [(found.start, found.end) for found in notation.lengths(line.text)]
    ranges += [(hit.start, hit.end) for hit in line.hits] + [(place.start, place.end)]
    rest = line.text
    for start, end in ranges:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    figures = notation.numbers(rest)
    plain = line.statement.shape is Shape.SENTENCE and not others and not phrases("bounds").find(line.text)
    if not plain or _COMPARED.search(line.text) or len(re.findall(r"\d+(?:[.,]\d+)*", rest)) != 1:
        raise UngroundedError("which figure is meant the sentence does not tell")
    alone = proposal.value_high is None and len(figures) == 1 and figures[0].start >= place.end
    if not alone or str(figures[0].value) != proposal.value:
        raise UngroundedError("the figure is not the one the sentence gives it")
    behind = _UNIT.match(line.text, figures[0].end)
    if folded(behind[1] if behind else "") != folded(proposal.unit or ""):
        raise UngroundedError("the unit is not the one the sentence gives it")


_UNIT = re.compile(r"\s?(%|[^\W\d_]+(?:/[^\W\d_]+)?)(?=[\s.,;)]|$)")


# --- findings, diagnoses, limits and studies


def _stated(proposal: FactProposal, kind: FactKind, place: Place) -> FactProposal:
    if proposal.value_high is not None or proposal.unit is not None:
        raise UngroundedError("only a measure has a range or a unit")
    text = place.line.text
    if proposal.value is not None:
        start, end = own_clause(place)
        codes = [found.value for found in notation.diagnosis_codes(text)]
        coded = kind is FactKind.DIAGNOSIS and codes == [proposal.value]
        if not coded and not _stands(proposal.value, text[start:end]):
            raise UngroundedError("the value is not in the thing's own part of the sentence")
    side, part = _where(proposal, place, None, None)
    return proposal.model_copy(update={"side": side, "body_part": part})


def _stands(words: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(folded(words))}(?!\w)", folded(text)) is not None


def own_clause(place: Place) -> tuple[int, int]:
    """The part of the sentence around the thing, as commas and conjunctions part it."""
    text = place.line.text
    left = max([0, *(part.end() for part in PARTS.finditer(text, 0, place.start))])
    return left, min([len(text), *(part.start() for part in PARTS.finditer(text, place.end))])


# --- where and when


def _where(proposal: FactProposal, place: Place, side: Side | None, part: str | None) -> tuple[Side | None, str | None]:
    """The side and the part of the body that the words give it; a proposal may leave them out, not change them."""
    line = place.line
    side = side or side_near(line, place.start, place.end)
    named_sides = {found.side for found in sides(line.text)}
    if side is None and len(named_sides) == 1:
        side = next(iter(named_sides))
    if proposal.side is not side and (proposal.side is not None or (side is None and named_sides)):
        raise UngroundedError("the side is not the one the sentence gives it")
    if side is None and named_sides:
        raise UngroundedError("which side is meant the sentence does not tell")
    part = part or part_near(line, place.start, place.end)
    named_parts = {hit.term.name for hit in body_parts(line.hits)}
    if part is None and len(named_parts) == 1:
        part = next(iter(named_parts))
    if proposal.body_part is not None and not _is_part(proposal.body_part, part):
        raise UngroundedError("the part of the body is not the one the sentence gives it")
    return side, part


def _is_part(words: str, part: str | None) -> bool:
    """Whether the words name that part, a side beside it or not: "right knee"."""
    return part is not None and {hit.term.name for hit in body_parts(terms(words))} == {part}


def _dated(proposal: FactProposal, record: Record, place: Place) -> FactProposal:
    """The proposal with the line that dates it, where that is its note's; the words say which day is meant, or none."""
    note = place.line.statement.dated
    read = record.measured(proposal.name, place.line) if _is_figure(proposal.value) else []
    own = {str(day) for _, _, day in place.line.dates}
    if read:
        by_note = proposal.date is not None and proposal.date not in own
        quotes = record.chart.dating(note) if by_note else ()
        heads = [one.head for one in read if one.head and proposal.date == str(one.on)]
        quotes = record.chart.quotes(heads[:1]) if heads else quotes
        return proposal.model_copy(update={"date_quotes": quotes, "resolved": any(r.resolved for r in read)})
    if proposal.date is None:
        return proposal.model_copy(update={"date_quotes": ()})
    if proposal.date in own:
        start, end = own_clause(place)
        beside = {str(day) for at, to, day in place.line.dates if start <= at and to <= end}
        shown = study_date(place.line, place.start)
        if proposal.date == str(shown) or (shown is None and beside == {proposal.date}):
            return proposal.model_copy(update={"date_quotes": ()})
    elif not own and note is not None and proposal.date == str(note.value):
        return proposal.model_copy(update={"date_quotes": record.chart.dating(note)})
    raise UngroundedError("the date is not the one the sentence gives it")
