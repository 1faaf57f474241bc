"""What a reviewer must see before the appeal goes out. Codes are stable; the messages hold no more than their spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pipeline.check.context import Context
from pipeline.check.crosschecks import cross_checks
from pipeline.check.deadline import below_rule, plan_type
from pipeline.check.lengths import agrees, elapsed_words, words
from pipeline.check.routes import route_warnings
from pipeline.check.rules import levels
from pipeline.check.runs import runs_of
from pipeline.check.trials import by_name
from pipeline.check.units import is_hourly
from schemas.coverage import Deadline, DeadlineStatus, Warning
from schemas.dates import PartialDate
from schemas.denial import Denial, PlanType
from schemas.fact import Assertion, Fact, FactKind, Side


def warnings(
    denial: Denial, facts: Sequence[Fact], context: Context, deadline: Deadline, level: int
) -> tuple[Warning, ...]:
    """All warnings, the deadline's first."""
    ordered = sorted(facts, key=lambda fact: fact.id)
    return (
        *_of_deadline(deadline),
        *filter(None, [below_rule(denial, level)]),
        *_of_plan(denial),
        *route_warnings(denial, level),
        *_missing(denial),
        *_future(denial, ordered, context.today),
        *_other_side(ordered, context),
        *_conflicts(ordered),
        *_durations(ordered),
        *cross_checks(denial, ordered, context),
    )


def _of_deadline(deadline: Deadline) -> Iterator[Warning]:
    status, day = deadline.status, deadline.safe
    if status is DeadlineStatus.PAST:
        message = (
            f"Every reading of the deadline has passed; the latest was {deadline.outer}. Good cause must be shown."
        )
        yield Warning(code="deadline_past", message=message, spans=deadline.spans)
    elif status is DeadlineStatus.PAST_SAFE:
        message = (
            f"The earliest reading of the deadline, {day}, has passed; the latest is {deadline.outer}. File today."
        )
        yield Warning(code="deadline_past_safe", message=message, spans=deadline.spans)
    elif status is DeadlineStatus.DUE_SOON:
        yield Warning(code="deadline_due_soon", message=f"The appeal is due by {day}.", spans=deadline.spans)
    elif status is DeadlineStatus.UNKNOWN:
        yield Warning(code="deadline_unknown", message=f"{deadline.basis} {deadline.question}", spans=deadline.spans)


def _of_plan(denial: Denial) -> Iterator[Warning]:
    """An unknown plan type, or who may appeal under a known one."""
    plan = plan_type(denial)
    if plan is PlanType.UNKNOWN:
        message = "The letter does not show what kind of plan it is; the deadline and the law to cite depend on it."
        yield Warning(code="plan_type_unknown", message=message)
        return
    party = levels().plans[plan].party
    if party:
        spans = denial.plan_type.spans if denial.plan_type else ()
        yield Warning(code=party.code, message=party.message, spans=spans)


def _missing(denial: Denial) -> Iterator[Warning]:
    """What an appeal needs and the letter does not give."""
    number = denial.claim_number or denial.reference_number
    needed = {
        "payer": ("the payer", denial.payer),
        "patient_name": ("the patient's name", denial.patient_name),
        "member_id": ("the member number", denial.member_id),
        "claim_or_reference_number": ("a claim or reference number", number),
        "letter_date": ("the date of the letter", denial.letter_date),
        "service": ("the denied service", denial.service),
        "reason": ("the reason for the denial", denial.reason),
        "appeal_address": ("an address or fax number for the appeal", denial.appeal.address or denial.appeal.fax),
    }
    for field, (what, value) in needed.items():
        if value is None:
            yield Warning(code=f"missing_{field}", message=f"The letter does not give {what}. Find it before filing.")
    source = denial.criteria_source.name or denial.criteria_source.identifier
    if denial.criteria:
        return
    if source is None:
        yield Warning(code="no_criteria", message="The letter names no criteria. Ask the payer which it applied.")
    else:
        message = "The letter names its criteria but does not state them. Ask the payer for a copy."
        yield Warning(code="criteria_not_supplied", message=message, spans=source.spans)


def _future(denial: Denial, facts: Iterable[Fact], today: date) -> Iterator[Warning]:
    letter = denial.letter_date
    if letter and letter.value > today:
        message = f"The letter is dated {letter.value}, after today, {today}."
        yield Warning(code="letter_date_future", message=message, spans=letter.spans)
    for fact in facts:
        days = [when for when in (fact.date, fact.start, fact.end) if when and when.earliest > today]
        if days and fact.assertion.holds:
            message = f"The record dates {fact.name} {days[0]}, after today, {today}."
            yield Warning(code="future_date", message=message, spans=fact.date_spans or fact.spans)


def _other_side(facts: Iterable[Fact], context: Context) -> Iterator[Warning]:
    """A record that speaks of one side where the other was denied."""
    sided = [fact for fact in facts if fact.side and fact.assertion.holds]
    if context.side and sided and not any(fact.side in (context.side, Side.BILATERAL) for fact in sided):
        found = sided[0].side
        message = f"The denied service is for the {context.side} side; the record speaks only of the {found} side."
        yield Warning(code="side_mismatch", message=message, spans=tuple(span for fact in sided for span in fact.spans))


def _conflicts(facts: Iterable[Fact]) -> Iterator[Warning]:
    """Facts of one thing on one day that differ, and treatments with two beginnings or ends."""
    for name, group in by_name(facts).items():
        for same in _of_one_day(group):
            alike = len({(fact.assertion, fact.value, fact.value_high) for fact in same}) == 1
            torn = [] if alike else [fact for fact in same if any(_contradict(fact, other) for other in same)]
            if torn and not _is_series(torn):
                spans = tuple(span for fact in torn for span in fact.spans)
                told = " and ".join(dict.fromkeys(_said(fact) for fact in torn))
                message = f"The record contradicts itself on {name} on {torn[0].date}: {told}."
                yield Warning(code="conflicting_facts", message=message, spans=spans)
        runs, _ = runs_of([fact for fact in group if fact.assertion.holds])
        for run in runs:
            if run.disputed:
                spans = tuple(span for fact in run.facts for span in fact.spans)
                message = f"The record gives {name} two different beginnings or ends."
                yield Warning(code="conflicting_dates", message=message, spans=spans)


def _said(fact: Fact) -> str:
    if fact.number is None or not fact.assertion.holds:
        return fact.assertion.value
    return f"{fact.value}{f' to {fact.value_high}' if fact.value_high else ''}{f' {fact.unit}' if fact.unit else ''}"


def _of_one_day(facts: Sequence[Fact]) -> Iterable[Sequence[Fact]]:
    """The facts of each date and place, in order; a long chart has too many pairs to look at each."""
    days: dict[tuple[PartialDate, Side | None, str | None], list[Fact]] = {}
    for fact in facts:
        if fact.date:
            days.setdefault((fact.date, fact.side, fact.body_part), []).append(fact)
    return days.values()


def _is_series(facts: Sequence[Fact]) -> bool:
    """Whether figures that differ are a series that one document gives of a day: a pain log by the hour."""
    figures = {(fact.value, fact.value_high) for fact in facts}
    of_one = len({span.document for fact in facts for span in fact.spans}) == 1
    return of_one and len(figures) >= _SERIES and all(fact.assertion.holds for fact in facts)


_FIGURES = (FactKind.MEASUREMENT, FactKind.IMAGING)
_SERIES = 3  # different figures; two may be a slip of the pen


def _contradict(one: Fact, other: Fact) -> bool:
    if one.assertion.holds and other.assertion.holds:
        if (one.value, one.value_high) == (other.value, other.value_high) or one.spans == other.spans:
            return False  # one statement tells two figures apart: "270 lb at intake, 261 lb at exit"
        figures = one.kind is other.kind and one.kind in _FIGURES and one.unit == other.unit and not is_hourly(one.name)
        known = None not in (one.number, other.number)
        return figures and known and (one.number, one.value_high) != (other.number, other.value_high)
    return {one.assertion.holds, other.assertion.holds} == {True, False} and Assertion.ABSENT in (
        one.assertion,
        other.assertion,
    )


def _durations(facts: Iterable[Fact]) -> Iterator[Warning]:
    """Stated lengths that are not what the dates beside them give."""
    for fact in facts:
        start, end = fact.start and fact.start.day, fact.end and fact.end.day
        if start and end and fact.duration and not agrees(start, end, fact.duration):
            message = (
                f"The record states {words(fact.duration)} of {fact.name}, but {start} to {end} "
                f"is {elapsed_words(start, end, fact.duration.unit)}."
            )
            yield Warning(code="stated_duration_conflict", message=message, spans=(*fact.spans, *fact.date_spans))
