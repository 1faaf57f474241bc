"""The three dates of a window to appeal, by the rule of its plan and by the letter's own words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import holidays

from pipeline.check.lengths import later, words
from pipeline.check.rules import ExpeditedFiling, Filing, Level, Rollover, Rule, levels
from schemas.coverage import Expedited, Trigger
from schemas.denial import AppealWindow
from schemas.fact import Length

LETTER = "the letter"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a deadline is worked from. `plan` is a plan type or another name of levels.yaml; `kind` is a narrower one.

    `day` is the notice's date, `received` when it came, `filed` when the appeal was filed. The letter's own words are
    a `printed` last day or a `window`.
    """

    plan: str
    day: date | None
    window: AppealWindow | None = None
    printed: date | None = None
    received: date | None = None
    filed: date | None = None
    kind: str | None = None

    @property
    def came(self) -> date | None:
        """The day of receipt, unless it is before the notice itself and so cannot be."""
        return None if self.received and self.day and self.received < self.day else self.received


@dataclass(frozen=True, slots=True)
class Dates:
    """The three dates by one authority (`day` is the deadline's own date), and how they came about."""

    day: date
    safe: date
    outer: date
    basis: str
    source: str
    trigger: Trigger
    rule: str | None = None
    presumed: int = 0


@dataclass(frozen=True, slots=True)
class _Start:
    """The day a window is counted from, and the latest that can be argued."""

    day: date
    latest: date
    trigger: Trigger
    words: str
    presumed: int = 0


def rule_dates(notice: Notice, level: int) -> Dates | None:
    """The dates by the rule of the plan; None where that, the level or the notice's date is not known."""
    return plan_dates(notice.plan, notice.day, level, notice.came, notice.kind) if notice.day else None


def plan_dates(
    plan: str, notice: date, level: int, received: date | None = None, kind: str | None = None
) -> Dates | None:
    """The dates that a plan gives a notice of that date, received on that day if known.

    None where no rule gives a window.
    """
    row = levels().level(plan, level)
    if row is None or row.printed_only:
        return None
    found = [dates for rule in row.rows(kind) if (dates := _by_rule(rule, row, notice, received))]
    if not found:
        return None
    first = min(found, key=lambda dates: dates.day)
    return replace(
        first,
        safe=min(dates.safe for dates in found),
        outer=max(dates.outer for dates in found),
        source="; ".join(dict.fromkeys(dates.source for dates in found)),
    )


def _by_rule(rule: Rule, row: Level, notice: date, received: date | None) -> Dates | None:
    filing = rule.filing
    if filing is None or filing.length is None or filing.longest is None:
        return None
    in_force = not row.presumption_from or notice >= row.presumption_from
    start = _start(filing, rule.presumption, notice, received, in_force=in_force)
    return Dates(
        day=_last_day(start.day, filing.length, rule.rollover),
        safe=later(notice, filing.length),
        outer=_last_day(start.latest, filing.longest, rule.rollover),
        basis=f"{words(filing.length)} {start.words} ({rule.source[0]}).",
        source="; ".join(rule.source),
        trigger=start.trigger,
        rule=rule.id,
        presumed=start.presumed,
    )


def _start(filing: Filing, presumption: int, notice: date, received: date | None, *, in_force: bool = True) -> _Start:
    """Where the window starts. A known day of receipt displaces the presumed one, which can still be argued.

    `in_force`: whether the rule counts from receipt yet on the notice's date; before, it counted from that date.
    """
    if not filing.from_receipt or not in_force:
        return _Start(notice, notice, "notice_date", f"from the date of the notice, {notice}")
    presumed = notice + timedelta(days=presumption)
    if received:
        told = f"from receipt on {received}"
        return _Start(received, max(received, presumed), "receipt_known", told, presumption)
    if presumption:
        told = f"from receipt, presumed {presumption} days after the date of the notice, {notice}"
        return _Start(presumed, presumed, "receipt_presumed", told, presumption)
    told = f"from receipt; that day is not known, so the date of the notice, {notice}, stands in"
    return _Start(notice, notice, "receipt_unknown", told)


def expedited_dates(filing: ExpeditedFiling, notice: date, received: date | None) -> Expedited | None:
    """The window to ask for a faster decision, where the rule gives it one of its own."""
    if filing.length is None:
        return None
    start = _start(filing, filing.presumption, notice, received)
    return Expedited(
        scope=filing.scope,
        date=later(start.day, filing.length),
        safe=later(notice, filing.length),
        outer=later(start.latest, filing.length),
        source=filing.cite,
    )


def _last_day(start: date, length: Length, rollover: Rollover | str) -> date:
    """`length` after `start`, moved on as the rule says where that is no date, no working day or a holiday."""
    last = later(start, length)
    if isinstance(rollover, str):
        return last
    if rollover.no_corresponding_date and length.unit == "months" and last.day != start.day:
        last += timedelta(days=1)
    if rollover.weekend_or_federal_holiday:
        while not is_working_day(last):
            last += timedelta(days=1)
    return last


def is_working_day(day: date) -> bool:
    """Neither a weekend nor a holiday of 5 USC 6103(a); its observed day, 6103(b), is for pay and leave only."""
    return day.weekday() < 5 and day not in holidays.country_holidays("US", years=day.year, observed=False)


def letter_dates(notice: Notice, by_rule: Dates | None) -> Dates | None:
    """The dates by the letter's own words: a printed last day, or its window from the day it names."""
    if notice.printed:
        day = notice.printed
        return Dates(day, day, day, f"The letter prints {day} as the last day.", LETTER, "printed_date")
    if notice.window is None or notice.day is None:
        return None
    window = notice.window
    length = Length.model_validate({"n": window.n, "unit": window.unit})
    safe = later(notice.day, length)
    start = _letters_start(window, notice.day, notice.came)
    day = later(start.day, length)
    if window.trigger == "receipt" and by_rule and by_rule.trigger != "notice_date" and by_rule.safe == safe:
        # a letter that repeats the rule's own window from receipt brings the rule's presumption of receipt with it
        told = _presumed(notice.day) if by_rule.trigger == "receipt_presumed" else start.words
        start = replace(start, trigger=by_rule.trigger, words=told, presumed=by_rule.presumed)
        day = by_rule.day
    basis = f"The letter gives {words(length)} {start.words}."
    return Dates(day, safe, day, basis, LETTER, start.trigger, presumed=start.presumed)


def _presumed(notice: date) -> str:
    return f"from receipt, which the rule presumes some days after the date of the notice, {notice}"


def _letters_start(window: AppealWindow, notice: date, received: date | None) -> _Start:
    """The day the letter counts from, and what stands in for it."""
    if window.trigger == "notice_date":
        return _Start(notice, notice, "notice_date", f"from the date of the notice, {notice}")
    if window.trigger == "unstated":
        told = f"without saying from when; counted from the date of the notice, {notice}"
        return _Start(notice, notice, "notice_date", told)
    if received:
        return _Start(received, received, "receipt_known", f"from receipt on {received}")
    told = f"from receipt; that day is not known, so the date of the notice, {notice}, stands in"
    return _Start(notice, notice, "receipt_unknown", told)
