"""Runs of treatment: when each began and ended, as far as the record states it.

A date of month or year stands for all its days, so a run has readings: the shortest and the longest it may have been.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from pipeline.check.lengths import comparable, earlier, later
from pipeline.check.logic import agree, compare
from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.coverage import Verdict
from schemas.dates import PartialDate
from schemas.fact import Fact, Length
from schemas.requirement import Op

Reading = tuple[date, date]
_DAY = timedelta(days=1)


class Habits(Frozen):
    """durations.yaml."""

    active_class: str
    visit_gap_days: int
    last_told_days: int


@cache
def habits() -> Habits:
    """How treatment is timed."""
    return table("durations", Habits)


class Method(StrEnum):
    """How a run is known."""

    DATES = "dates"
    ONGOING = "ongoing"
    VISITS = "visits"
    STATED = "stated"


@dataclass(slots=True)  # not frozen: that takes twice as long to make, and a chart has thousands
class Run:
    """One run of one treatment.

    `readings` are (first day, last day): shortest, and longest where that is another; none where only a length is
    stated. `disputed`: the record gives it two beginnings or two ends. `clipped`: only the part inside a window is
    left.
    """

    facts: tuple[Fact, ...]
    method: Method
    readings: tuple[Reading, ...]
    stated: tuple[Length, ...] = ()
    disputed: bool = False
    clipped: bool = False

    @property
    def name(self) -> str:
        """The treatment."""
        return self.facts[0].name

    @property
    def by_length(self) -> bool:
        """Whether the stated length, not the dates, is what is compared."""
        return self.method is Method.STATED and not self.clipped

    @property
    def days(self) -> tuple[int, int]:
        """The fewest and most days of the readings; zero where there are none."""
        if not self.readings:
            return 0, 0
        short = long = _days_of(self.readings[0])
        if len(self.readings) > 1:
            long = _days_of(self.readings[-1])
        return (short, long) if short <= long else (long, short)

    def verdict(self, op: Op, length: Length) -> Verdict:
        """The run against a length; undecided where its readings, or its dates and its stated length, disagree."""
        found = [] if self.clipped else [compare(op, *comparable(one, length)) for one in self.stated]
        if not self.by_length:
            start, end = self.readings[-1]
            if end < start:
                return Verdict.NEEDS_REVIEW
            found += [against(reading, op, length) for reading in self.readings]
        return agree(found)

    def within(self, first: date | None, last: date) -> Run | None:
        """The part of the run from `first` to `last`; None where no reading has one."""
        if len(self.readings) == 1:  # as most are: there is nothing to clip where it lies inside whole
            start, end = self.readings[0]
            if start <= end <= last and (first is None or first <= start):
                return self
        if not any(start <= last and (first is None or end >= first) for start, end in self.readings):
            return None
        readings = distinct(_clip(self.readings[0], first, last), _clip(self.readings[-1], first, last))
        return self if readings == self.readings else replace(self, readings=readings, clipped=True)


def distinct(shortest: Reading, longest: Reading) -> tuple[Reading, ...]:
    """The readings of a run: one where both are the same."""
    return (longest,) if shortest == longest else (shortest, longest)


def against(reading: Reading, op: Op, length: Length) -> Verdict:
    """The last day against the day on which the length from the first day is over."""
    last, due = max(reading).toordinal(), later(reading[0], length).toordinal()
    return compare(op, (last, last), (due, due))


def _days_of(reading: Reading) -> int:
    return max(0, (reading[1] - reading[0]).days)


def _clip(reading: Reading, first: date | None, last: date) -> Reading:
    start, end = max(reading[0], first or reading[0]), min(reading[1], last)
    return (start, end) if start <= end or reading[1] < reading[0] else (end, end)


def runs_of(facts: Sequence[Fact]) -> tuple[tuple[Run, ...], tuple[Fact, ...]]:
    """The runs of one treatment, and the facts too vague to time it (a lone visit is one)."""
    visits: list[Visit] = []
    dated: list[Run] = []
    stated: list[Run] = []
    vague: list[Fact] = []
    for fact in facts:
        if day := _visit_day(fact):
            visits.append((day, fact))
        elif run := _dated(fact):
            dated.append(run)
        elif fact.duration:
            stated.append(_stated(fact, fact.duration))
        else:
            vague.append(fact)
    for course in _courses(visits):
        if len(course) > 1:
            dated.append(_course(course))
        else:
            vague.append(course[0][1])
    return (*_merged(dated), *stated), tuple(vague)


def _dated(fact: Fact) -> Run | None:
    """The run of a fact that states both its ends."""
    start, end = fact.start, _end(fact)
    if start is None or end is None:
        return None
    readings = distinct((start.latest, end.earliest), (start.earliest, end.latest))
    stated = (fact.duration,) if fact.duration else ()
    return Run((fact,), Method.DATES if fact.end else Method.ONGOING, readings, stated)


def _end(fact: Fact) -> PartialDate | None:
    return fact.end or (fact.date if fact.ongoing else None)


def _stated(fact: Fact, length: Length) -> Run:
    """The run of a fact that states its length: on the calendar, where one of its ends is dated."""
    readings: tuple[Reading, ...] = ()
    if fact.start:
        readings = distinct(*((day, later(day, length)) for day in fact.start.ends))
    elif end := _end(fact):
        readings = distinct(*((earlier(day, length), day) for day in end.ends))
    return Run((fact,), Method.STATED, readings, (length,))


def _visit_day(fact: Fact) -> date | None:
    """The day of a single attended visit."""
    if fact.duration or fact.ongoing:
        return None
    if fact.start or fact.end:
        return fact.start.day if fact.start and fact.end and fact.start.iso == fact.end.iso else None
    return fact.date.day if fact.date and fact.visits == 1 else None


Visit = tuple[date, Fact]


def _courses(visits: Iterable[Visit]) -> list[list[Visit]]:
    """The visits in order, parted where two are too far apart to be one course."""
    courses: list[list[Visit]] = []
    last: date | None = None
    for day, fact in sorted(visits, key=lambda visit: (visit[0], visit[1].id)):
        if last is None or (day - last).days > habits().visit_gap_days:
            courses.append([])
        courses[-1].append((day, fact))
        last = day
    return courses


def _course(visits: Sequence[Visit]) -> Run:
    """First visit to last."""
    reading = visits[0][0], visits[-1][0]
    return Run(tuple(fact for _, fact in visits), Method.VISITS, (reading,))


def _merged(runs: Iterable[Run]) -> list[Run]:
    """The runs with those that surely overlap or follow on the next day made one.

    Runs told twice are made one first: a raised dose told in two notes is no dispute on the beginning.
    """
    told: dict[tuple[Reading, ...], Run] = {}
    for run in runs:
        same = told.get(run.readings)
        told[run.readings] = _joined(same, run) if same else run
    merged: list[Run] = []
    for run in sorted(told.values(), key=lambda run: (run.readings[-1], run.readings[0])):
        if merged and run.readings[0][0] - merged[-1].readings[0][1] <= _DAY:
            merged[-1] = _joined(merged[-1], run)
        else:
            merged.append(run)
    return merged


def _joined(one: Run, other: Run) -> Run:
    """Two runs as one; where both state their ends and agree on only one of them, the other end is in dispute.

    A stated length stays with the run that it was stated of.
    """
    short, long, other_short, other_long = one.readings[0], one.readings[-1], other.readings[0], other.readings[-1]
    same_start = long[0] <= other_short[0] and other_long[0] <= short[0]
    same_end = short[1] <= other_long[1] and other_short[1] <= long[1]
    disputed = one.method is other.method is Method.DATES and same_start != same_end
    first, last = (max, min) if disputed else (min, max)
    shortest = first(short[0], other_short[0]), last(short[1], other_short[1])
    longest = min(long[0], other_long[0]), max(long[1], other_long[1])
    readings = distinct(shortest, longest)
    return Run(
        facts=(*one.facts, *other.facts),
        method=one.method if one.method is other.method else Method.DATES,
        readings=readings,
        stated=tuple(length for run in (one, other) for length in run.stated if run.readings == readings),
        disputed=disputed or one.disputed or other.disputed,
    )
