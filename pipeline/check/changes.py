"""Change and elapsed requirements: how far a figure moved between readings, and how long ago a thing ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import Days, Eligible, eligible, window_days, windowed
from pipeline.check.lengths import elapsed_words, later, words
from pipeline.check.logic import OPS, compare
from pipeline.check.record import Record
from pipeline.check.suppliers import ask, named
from pipeline.check.trials import by_name
from pipeline.check.units import is_percent, same_unit
from schemas.coverage import Computed, Verdict
from schemas.fact import Assertion, Fact, FactKind
from schemas.requirement import Change, ElapsedSince, Op


class Series(NamedTuple):
    """The readings of one instrument: plain figures on known days, in order, and figures that these do not place.

    `before`: told to be of an earlier day than another ("1.6 from 1.2"), which is not said.
    """

    readings: tuple[Fact, ...]
    loose: tuple[Fact, ...]
    before: tuple[Fact, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which there are readings."""
        return tuple(sorted({day for fact in self.readings if (day := _day(fact))}))

    def pairs(self) -> list[tuple[Fact, Fact]]:
        """Each reading of the first day with every later one, and every earlier one with each of the last day."""
        days = self.days
        first, between, last = (
            [fact for fact in self.readings if _day(fact) in on] for on in (days[:1], days[1:-1], days[-1:])
        )
        return [*product(first, [*between, *last]), *product([*between, *self.before], last)]


class Moved(NamedTuple):
    """How far one instrument moved, with what leaves it open."""

    verdict: Verdict
    facts: tuple[Fact, ...]
    computed: Computed
    open: str


def change(need: Change, record: Record, context: Context) -> Answer:
    """Whether the figure moved so far; of several instruments, one will do.

    The record does not say which reading is the baseline, so the first is held against every later one and every
    earlier one against the latest: they must all agree.
    """
    found = eligible(need, record, context)
    sure, unplaced, outside = windowed(found.facts, window_days(need.within, context))
    rejected = (*found.rejected, *outside)
    value, direction = need.value, need.direction
    series = [_series(group, unplaced) for group in by_name((*sure, *unplaced)).values()]
    measured = [one for one in series if len(one.days) > 1]
    if not measured or value is None or direction is None:
        return _unmeasured(need, found.facts).rejecting(rejected)
    best = min((_moved(need, one, value) for one in measured), key=lambda moved: _BEST.index(moved.verdict))
    text = f"{best.facts[0].name} moved from {best.computed.formula}; the criterion asks for {best.computed.needed}."
    if best.verdict is Verdict.MET:
        return answer.met(text, best.facts, best.computed).rejecting(rejected)
    if best.verdict is Verdict.NOT_MET:
        return answer.not_met(text, best.facts, computed=best.computed).rejecting(rejected)
    gap = ask(
        f"the reading of {named(need.terms)} to count from and the latest, with their dates and scale", need.terms
    )
    return answer.needs_review(f"{text} Open: {best.open}.", best.facts, gap, best.computed).rejecting(rejected)


_BEST = (Verdict.MET, Verdict.NEEDS_REVIEW, Verdict.NOT_MET)


def _series(facts: Sequence[Fact], unplaced: Sequence[Fact]) -> Series:
    open_days = {fact.id for fact in unplaced}
    readings: list[Fact] = []
    loose: list[Fact] = []
    before: list[Fact] = []
    for fact in facts:
        plain = fact.value_high is None and fact.id not in open_days
        past = plain and fact.date is None and fact.assertion is Assertion.HISTORICAL
        if fact.number is not None:
            (before if past else readings if plain and _day(fact) else loose).append(fact)
    ordered = tuple(sorted(readings, key=lambda fact: (str(fact.date), fact.id)))
    return Series(_once(ordered), tuple(loose), tuple(before))


def _once(readings: Sequence[Fact]) -> tuple[Fact, ...]:
    """Without a figure that a later note tells again, without the unit that it was read in."""
    kept: list[Fact] = []
    for fact in readings:
        last = kept[-1] if kept else None
        if last is None or not last.unit or fact.unit or last.number != fact.number:
            kept.append(fact)
    return tuple(kept)


def _day(fact: Fact) -> date | None:
    return fact.date.day if fact.date else None


def _moved(need: Change, series: Series, value: Decimal) -> Moved:
    pairs = series.pairs()
    moves = [_move(need, first, last) for first, last in pairs]
    verdicts = {
        Verdict.NEEDS_REVIEW if move is None else compare(need.op, (move, move), (value, value)) for move in moves
    }
    unit = "%" if need.percent else f" {need.unit}" if need.unit else ""
    first, last = series.readings[0], series.readings[-1]
    whole = _move(need, first, last)
    figure = "not known" if whole is None else f"{_rounded(whole)}{unit} {need.direction}"
    needed = f"{OPS[need.op]} {value:f}{unit} {need.direction}"
    computed = Computed(figure=figure, formula=f"{_told(first)} to {_told(last)}", needed=needed)
    why = _open(need, series, agreed=len(verdicts) == 1 and None not in moves)
    verdict = Verdict.NEEDS_REVIEW if why else verdicts.pop()
    return Moved(verdict, (*series.readings, *series.before, *series.loose), computed, why)


def _rounded(move: Decimal) -> str:
    return f"{move.quantize(Decimal('0.01')).normalize():f}"


def _open(need: Change, series: Series, *, agreed: bool) -> str:
    """What leaves it open how far the figure moved; empty where nothing does."""
    units = {fact.unit for fact in series.readings if fact.unit}
    if not _one_scale(series.readings):
        return "the readings are on different scales"
    if need.unit and not need.percent and not (units and all(same_unit(unit, need.unit) for unit in units)):
        return f"the readings are in {' and '.join(sorted(units)) or 'no stated unit'}, not {need.unit}"
    if series.loose:
        return f"when {', '.join(_told(fact) for fact in series.loose)} was read, or what it was, is not clear"
    return "" if agreed else "it depends on which reading is the baseline"


def _one_scale(series: Sequence[Fact]) -> bool:
    """Whether no two readings state different scales or units: one that states none is on that of the others."""
    units = [fact.unit for fact in series if fact.unit]
    tops = {fact.scale_max for fact in series if fact.scale_max}
    figures = [abs(fact.number) for fact in series if fact.number]
    alike = len(units) in (0, len(series)) or max(figures, default=Decimal(0)) <= 5 * min(figures, default=Decimal(0))
    return len(tops) < 2 and alike and all(same_unit(unit, units[0]) for unit in units)


def _move(need: Change, first: Fact, last: Fact) -> Decimal | None:
    """How far it went the way that is asked, in per cent of the first reading where that is asked; of none, unknown."""
    low, high = first.number or Decimal(0), last.number or Decimal(0)
    gone = high - low if need.direction == "up" else low - high
    if not need.percent or (is_percent(first.unit) and not low):
        return gone
    return gone * 100 / low if low else None


def _told(fact: Fact) -> str:
    figure = f"{fact.value} to {fact.value_high}" if fact.value_high else f"{fact.value}"
    return f"{figure} ({fact.date or 'no date'})"


def _unmeasured(need: Change, facts: Sequence[Fact]) -> Answer:
    subject = named(need.terms)
    gap = ask(f"the earlier and the latest figure of {subject}, each with its date", need.terms, facts)
    if facts:
        text = f"What the record holds on {subject} does not tell by itself how far it moved; a person must compare it."
        return answer.needs_review(text, facts, gap)
    return answer.not_documented(f"The record does not give two dated figures of {subject}.", gap)


def elapsed(need: ElapsedSince, record: Record, context: Context) -> Answer:
    """Whether so long has gone by since the last day that the record gives it.

    Only a day on which it ended will do: the date of a note is no such day.
    """
    found = _told_with_its_end(_ended_in_window(eligible(need, record, context), window_days(need.within, context)))
    subject = named(need.terms)
    gap = ask(f"the day on which {subject} last took place or ended", need.terms, found.facts)
    if not found.facts:
        if found.denials:
            text = f"The record denies {subject}; since when, a person must read."
            return answer.needs_review(text, found.denials, gap).rejecting(found.rejected)
        return answer.not_documented(f"The record does not say when {subject} ended.", gap).rejecting(found.rejected)
    ends = [end for fact in found.facts if (end := fact.end or (fact.start if fact.visits == 1 else None))]
    day = context.anchor(need.before)
    if day is None:
        return _without_the_day(need, found.facts).rejecting(found.rejected)
    if len(ends) < len(found.facts) or any(_goes_on(fact) for fact in found.facts):
        text = f"The record names {subject}, but not every last day of it; a person must reckon the time since."
        return answer.needs_review(text, found.facts, gap).rejecting(found.rejected)
    last = max(ends, key=lambda end: (end.latest, end.earliest))
    verdicts = {_passed(need, end, day) for end in (last.earliest, last.latest)}
    computed = Computed(
        figure=elapsed_words(min(last.latest, day), day, need.length.unit),
        formula=f"{last} to {day}",
        needed=f"{OPS[need.op]} {words(need.length)}",
    )
    text = f"Since {last}, {computed.figure} had gone by on {day}; the criterion asks for {computed.needed}."
    if last.earliest > day:
        text = f"The last day of {subject}, {last}, is after {day}; {computed.needed} before it is asked."
    if verdicts == {Verdict.MET}:
        return answer.met(text, found.facts, computed).rejecting(found.rejected)
    if verdicts == {Verdict.NOT_MET} and need.before != "service_date":
        return answer.not_met(text, found.facts, computed=computed).rejecting(found.rejected)
    return answer.needs_review(text, found.facts, gap, computed).rejecting(found.rejected)  # the service can be put off


def _without_the_day(need: ElapsedSince, facts: Sequence[Fact]) -> Answer:
    day = need.before.replace("_", " ")
    text = f"The time since {named(need.terms)} is reckoned to the {day}, which the letter does not give."
    return answer.needs_review(text, facts, f"Find the {day} and read the criterion again.")


def _ended_in_window(found: Eligible, days: Days | None) -> Eligible:
    sure, unplaced, outside = windowed(found.facts, days)
    return found._replace(facts=(*sure, *unplaced), rejected=(*found.rejected, *outside))


def _told_with_its_end(found: Eligible) -> Eligible:
    """Without what is only past, where a statement of the same day gives the last day of the same thing."""
    ended = {(fact.name, fact.date) for fact in found.facts if fact.end and fact.date}
    past = {
        fact.id
        for fact in found.facts
        if fact.assertion is Assertion.HISTORICAL and not (fact.start or fact.end) and (fact.name, fact.date) in ended
    }
    return found._replace(facts=tuple(fact for fact in found.facts if fact.id not in past))


def _goes_on(fact: Fact) -> bool:
    return fact.ongoing or (fact.kind is FactKind.DIAGNOSIS and fact.end is None)


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
