"""Change and elapsed requirements: how far a figure moved between readings, and how long ago a thing ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import eligible, window_days, windowed
from pipeline.check.lengths import elapsed_words, later, words
from pipeline.check.logic import OPS, compare
from pipeline.check.suppliers import ask, named
from pipeline.check.trials import by_name
from pipeline.check.units import is_percent, same_unit
from schemas.coverage import Computed, Verdict
from schemas.fact import Fact, FactKind
from schemas.requirement import Change, ElapsedSince, Op


def change(need: Change, facts: Iterable[Fact], context: Context) -> Answer:
    """Whether the figure moved so far.

    The record does not say which reading is the baseline, so the first is held against every later one and every
    earlier one against the latest: they must all agree.
    """
    found = eligible(need, facts, context)
    sure, unplaced, outside = windowed(found.facts, window_days(need.within, context))
    rejected = (*found.rejected, *outside)
    groups = [_dated(group) for group in by_name((*sure, *unplaced)).values()]
    series = next((group for group in groups if len(group) > 1), None)
    if series is None or need.value is None or need.direction is None:
        return _unmeasured(need, found.facts).rejecting(rejected)
    if not _one_scale(series):
        text = f"The readings of {named(need.terms)} are on different scales, so their change is not known."
        return answer.needs_review(text, series).rejecting(rejected)
    moves = [_move(need, first, last) for first, last in _pairs(series)]
    verdicts = {compare(need.op, (move, move), (need.value, need.value)) for move in moves}
    unit = "%" if need.percent else f" {need.unit}" if need.unit else ""
    computed = Computed(
        figure=f"{moves[-1].normalize():f}{unit} {need.direction}",
        formula=f"{_told(series[0])} to {_told(series[-1])}",
        needed=f"{OPS[need.op]} {need.value:f}{unit} {need.direction}",
    )
    text = f"{named(need.terms)} moved from {computed.formula}; the criterion asks for {computed.needed}."
    if verdicts == {Verdict.MET} and not unplaced:
        return answer.met(text, series, computed).rejecting(rejected)
    if verdicts == {Verdict.NOT_MET} and not unplaced:
        return answer.not_met(text, series, computed=computed).rejecting(rejected)
    text = f"{text} It depends on which reading is the baseline."
    return answer.needs_review(text, series, computed=computed).rejecting(rejected)


def _dated(facts: Sequence[Fact]) -> list[Fact]:
    """The plain figures on known days, in order; one of each day."""
    plain = [fact for fact in facts if fact.number is not None and fact.value_high is None and fact.date]
    by_day = {fact.date.day: fact for fact in plain if fact.date and fact.date.day}
    return [by_day[day] for day in sorted(by_day)]


def _one_scale(series: Sequence[Fact]) -> bool:
    """Whether no two readings state different scales or units: one that states none is on that of the others."""
    units = [fact.unit for fact in series if fact.unit]
    tops = {fact.scale_max for fact in series if fact.scale_max}
    figures = [abs(fact.number) for fact in series if fact.number]
    alike = len(units) in (0, len(series)) or max(figures, default=Decimal(0)) <= 5 * min(figures, default=Decimal(0))
    return len(tops) < 2 and alike and all(same_unit(unit, units[0]) for unit in units)


def _pairs(series: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    first, last = series[0], series[-1]
    return [*((first, other) for other in series[1:-1]), *((other, last) for other in series[1:-1]), (first, last)]


def _move(need: Change, first: Fact, last: Fact) -> Decimal:
    """How far it went the way that is asked, in per cent of the first reading where that is asked."""
    low, high = first.number or Decimal(0), last.number or Decimal(0)
    gone = high - low if need.direction == "up" else low - high
    if not need.percent or (is_percent(first.unit) and not low):
        return gone
    return (gone * 100 / low).quantize(Decimal("0.1")) if low else Decimal(0)


def _told(fact: Fact) -> str:
    return f"{fact.number} ({fact.date})"


def _unmeasured(need: Change, facts: Sequence[Fact]) -> Answer:
    subject = named(need.terms)
    gap = ask(f"the earlier and the latest figure of {subject}, each with its date", need.terms, facts)
    if facts:
        text = f"What the record holds on {subject} does not tell by itself how far it moved; a person must compare it."
        return answer.needs_review(text, facts, gap)
    return answer.not_documented(f"The record does not give two dated figures of {subject}.", gap)


def elapsed(need: ElapsedSince, facts: Iterable[Fact], context: Context) -> Answer:
    """Whether so long has gone by since the last day that the record gives it.

    Only a day on which it ended will do: the date of a note is no such day.
    """
    found = eligible(need, facts, context)
    subject = named(need.terms)
    gap = ask(f"the day on which {subject} last took place or ended", need.terms, found.facts)
    if not found.facts:
        if found.denials:
            text = f"The record denies {subject}; since when, a person must read."
            return answer.needs_review(text, found.denials, gap).rejecting(found.rejected)
        return answer.not_documented(f"The record does not say when {subject} ended.", gap).rejecting(found.rejected)
    ends = [end for fact in found.facts if (end := fact.end or (fact.start if fact.visits == 1 else None))]
    day = context.service_date if need.before == "service_date" else context.request_date
    if day is None or len(ends) < len(found.facts) or any(_goes_on(fact) for fact in found.facts):
        text = f"The record names {subject}, but not every last day of it; a person must reckon the time since."
        return answer.needs_review(text, found.facts, gap).rejecting(found.rejected)
    last = max(ends, key=lambda end: (end.latest, end.earliest))
    verdicts = {_passed(need, end, day) for end in (last.earliest, last.latest)}
    computed = Computed(
        figure=elapsed_words(last.latest, day, need.length.unit),
        formula=f"{last} to {day}",
        needed=f"{OPS[need.op]} {words(need.length)}",
    )
    text = f"Since {last}, {computed.figure} had gone by on {day}; the criterion asks for {computed.needed}."
    if verdicts == {Verdict.MET}:
        return answer.met(text, found.facts, computed).rejecting(found.rejected)
    if verdicts == {Verdict.NOT_MET} and need.before != "service_date":
        return answer.not_met(text, found.facts, computed=computed).rejecting(found.rejected)
    return answer.needs_review(text, found.facts, gap, computed).rejecting(found.rejected)  # the service can be put off


def _goes_on(fact: Fact) -> bool:
    return fact.ongoing or fact.kind is FactKind.DIAGNOSIS


def _passed(need: ElapsedSince, end: date, day: date) -> Verdict:
    due = later(end, need.length)
    holds = {
        Op.AT_LEAST: day >= due,
        Op.MORE_THAN: day > due,
        Op.AT_MOST: end <= day <= due,
        Op.LESS_THAN: end <= day < due,
        Op.EQUAL: day == due,
    }[need.op]
    return Verdict.MET if holds else Verdict.NOT_MET
