"""The clocks after filing: until when each kind of request must be decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from pipeline.check.rights import rights
from pipeline.check.rules import Clock, Rule
from pipeline.check.windows import is_working_day
from schemas.coverage import DecisionClock

_HOURS_A_DAY = 24


def decision_clocks(rules: Iterable[Rule], filed: date | None, today: date) -> tuple[DecisionClock, ...]:
    """The clocks of the rows, each once. `filed` is the day the decider received the request.

    `today` stands in for it only to tell which clocks are in force.
    """
    told: dict[tuple[str, int, str, str], DecisionClock] = {}
    for clock in _all(rules, filed, filed or today):
        told.setdefault((clock.name, clock.n, clock.unit, clock.starts), clock)
    return tuple(told.values())


def _all(rules: Iterable[Rule], filed: date | None, day: date) -> Iterator[DecisionClock]:
    for rule in rules:
        for clock in rule.clocks:
            if clock.effective is None or clock.effective <= day:
                yield _told(clock, rule, filed)


def _told(clock: Clock, rule: Rule, filed: date | None) -> DecisionClock:
    kind, start = rights().clocks[clock.type], rights().starts[clock.starts]
    due = _due(clock, filed) if filed and start.at_filing else None
    extended = due + timedelta(days=clock.extension_days) if due and clock.extension_days else None
    return DecisionClock(
        name=kind.name,
        n=clock.n,
        unit="business_days" if clock.unit == "working_days" else clock.unit,
        starts=start.text,
        expedited=kind.expedited,
        due=due,
        extension_days=clock.extension_days,
        extended=extended,
        source=clock.cite or "; ".join(rule.source),
        verified=rule.verified,
    )


def _due(clock: Clock, filed: date) -> date:
    """The last day; of hours, the day on which the same hour comes."""
    if clock.unit == "hours":
        return filed + timedelta(days=-(-clock.n // _HOURS_A_DAY))
    if clock.unit == "days":
        return filed + timedelta(days=clock.n)
    day = filed
    for _ in range(clock.n):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day
