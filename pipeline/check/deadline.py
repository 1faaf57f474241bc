"""The last day to file the next appeal, by the letter's words and by the rule of its plan type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import holidays

from pipeline.check.lengths import later, words
from pipeline.check.rules import Level, Rollover, Rule, levels, rules
from schemas.coverage import Deadline, DeadlineCandidate, DeadlineStatus, Warning
from schemas.denial import AppealWindow, Denial, PlanType
from schemas.fact import Length
from schemas.span import Span

LETTER = "the letter"


@dataclass(frozen=True, slots=True)
class Dates:
    """The three dates by one authority (`day` is the deadline's own date), and how they came about."""

    day: date
    safe: date
    outer: date
    basis: str
    source: str
    rule: str | None = None


def plan_type(denial: Denial) -> PlanType:
    """The plan type that the letter shows, else unknown."""
    return denial.plan_type.value if denial.plan_type else PlanType.UNKNOWN


def deadline(denial: Denial, level: int, today: date) -> Deadline:
    """The deadline of a level of appeal (1 the first, internal one), with its question where something is missing."""
    by_rule = rule_dates(denial, level)
    by_letter = letter_dates(denial, by_rule)
    spans = _spans(denial)
    question = _question(denial, level)
    candidates = _candidates(denial, level)
    found = _both(by_letter, by_rule)
    if found is None:
        basis = "Neither the letter nor a rule for this plan gives a last day."
        return Deadline(basis=basis, spans=spans, candidates=candidates, question=question)
    return Deadline(
        date=found.day,
        safe=found.safe,
        outer=found.outer,
        status=_status(found, today),
        basis=found.basis,
        source=found.source,
        rule=found.rule,
        spans=spans,
        candidates=candidates,
        question=question,
    )


def _both(letter: Dates | None, rule: Dates | None) -> Dates | None:
    """The letter's date is worked to; the rule widens what is safe and what can still be argued."""
    if letter is None or rule is None:
        return letter or rule
    return replace(
        letter,
        safe=min(letter.safe, rule.safe),
        outer=max(letter.outer, rule.outer),
        rule=rule.rule,
        source=f"{letter.source}; {rule.source}",
    )


def _status(found: Dates, today: date) -> DeadlineStatus:
    if today > found.outer:
        return DeadlineStatus.PAST
    if today > found.safe:
        return DeadlineStatus.PAST_SAFE
    soon = found.safe - today <= timedelta(days=levels().due_soon_days)
    return DeadlineStatus.DUE_SOON if soon else DeadlineStatus.OPEN


def rule_dates(denial: Denial, level: int) -> Dates | None:
    """The dates by the rule of the plan type; None where that, the level or the letter's date is not known."""
    return plan_dates(plan_type(denial), denial.letter_date.value, level) if denial.letter_date else None


def plan_dates(plan: PlanType, notice: date, level: int) -> Dates | None:
    """The dates that a plan type gives a notice of that date."""
    row = _level(plan, level)
    found = [dates for name in row.rules if (dates := _by_rule(rules()[name], row, notice))] if row else []
    if not found:
        return None
    first = min(found, key=lambda dates: dates.day)
    return replace(
        first,
        safe=min(dates.safe for dates in found),
        outer=max(dates.outer for dates in found),
        source="; ".join(dict.fromkeys(dates.source for dates in found)),
    )


def _level(plan: PlanType, level: int) -> Level | None:
    known = levels().plans.get(plan)
    return known.levels.get(level) if known else None


def _presumption(rule: Rule, row: Level, notice: date) -> int:
    """Days after its date that the notice is taken to be received; none before the rule had them."""
    return 0 if row.presumption_from and notice < row.presumption_from else rule.presumption


def _by_rule(rule: Rule, row: Level, notice: date) -> Dates | None:
    if rule.length is None or rule.longest is None:
        return None
    presumed = _presumption(rule, row, notice)
    received = notice + timedelta(days=presumed)
    trigger = f"from the date of the notice, {notice}"
    if presumed:
        trigger = f"from receipt, presumed {presumed} days after the date of the notice, {notice}"
    elif rule.from_receipt:
        trigger = f"from receipt; that day is not known, so the date of the notice, {notice}, stands in"
    return Dates(
        day=_last_day(received, rule.length, rule.rollover),
        safe=later(notice, rule.length),
        outer=_last_day(received, rule.longest, rule.rollover),
        basis=f"{words(rule.length)} {trigger} ({rule.source[0]}).",
        source="; ".join(rule.source),
        rule=rule.id,
    )


def _last_day(start: date, length: Length, rollover: Rollover | str) -> date:
    """`length` after `start`, moved on as the rule says where that is no date, no working day or a holiday."""
    last = later(start, length)
    if isinstance(rollover, str):
        return last
    if rollover.no_corresponding_date and length.unit == "months" and last.day != start.day:
        last += timedelta(days=1)
    if rollover.weekend_or_federal_holiday:
        while last.weekday() >= 5 or _is_federal_holiday(last):
            last += timedelta(days=1)
    return last


def _is_federal_holiday(day: date) -> bool:
    """A holiday of 5 USC 6103(a) on its own date; the observed day of 6103(b) is worded for pay and leave only."""
    return day in holidays.country_holidays("US", years=day.year, observed=False)


def letter_dates(denial: Denial, by_rule: Dates | None) -> Dates | None:
    """The dates by the letter's own words: a printed last day, or its window from the day it names."""
    if denial.appeal.deadline:
        day = denial.appeal.deadline.value
        return Dates(day, day, day, f"The letter prints {day} as the last day.", LETTER)
    if denial.appeal.window is None or denial.letter_date is None:
        return None
    window, notice = denial.appeal.window.value, denial.letter_date.value
    length = Length.model_validate({"n": window.n, "unit": window.unit})
    safe = later(notice, length)
    # a letter that repeats the rule's own window from receipt brings the rule's presumption of receipt with it
    day = by_rule.day if by_rule and window.trigger == "receipt" and by_rule.safe == safe else safe
    return Dates(day, safe, day, f"The letter gives {words(length)} {_from(window, notice, day != safe)}.", LETTER)


def _from(window: AppealWindow, notice: date, presumed: bool) -> str:
    """The day the letter counts from, and what stands in for it."""
    if window.trigger == "notice_date":
        return f"from the date of the notice, {notice}"
    if window.trigger == "unstated":
        return f"without saying from when; counted from the date of the notice, {notice}"
    if presumed:
        return f"from receipt, which the rule presumes some days after the date of the notice, {notice}"
    return f"from receipt; that day is not known, so the date of the notice, {notice}, stands in"


def below_rule(denial: Denial, level: int) -> Warning | None:
    """A warning where the letter gives less time than the rule's floor, with both dates."""
    rule = rule_dates(denial, level)
    letter = letter_dates(denial, rule)
    if letter is None or rule is None or letter.day >= rule.day:
        return None
    window = denial.appeal.window.value if denial.appeal.window and not denial.appeal.deadline else None
    if window and window.trigger == "unstated" and letter.safe == rule.safe:
        return None
    message = (
        f"The letter's last day, {letter.day}, is earlier than the rule's, {rule.day}: {rule.basis} "
        "Work to the letter's day, and cite the rule if it has passed."
    )
    return Warning(code="window_below_rule", message=message, spans=_spans(denial))


def _candidates(denial: Denial, level: int) -> tuple[DeadlineCandidate, ...]:
    """What each plan type would give, the earliest first, where the plan type is not known."""
    if plan_type(denial) is not PlanType.UNKNOWN or denial.letter_date is None:
        return ()
    found = [
        DeadlineCandidate(plan_type=plan, date=dates.day, basis=dates.basis, source=dates.source)
        for plan in levels().plans
        if (dates := plan_dates(plan, denial.letter_date.value, level))
    ]
    return tuple(sorted(found, key=lambda candidate: (candidate.date, candidate.plan_type)))


def _question(denial: Denial, level: int) -> str:
    """What a person must find out before the deadline can be relied on."""
    if denial.letter_date is None and denial.appeal.deadline is None:
        return "What is the date on the notice?"
    plan = plan_type(denial)
    if plan is PlanType.UNKNOWN:
        names = ", ".join(known.name for known in levels().plans.values())
        return f"What kind of plan is it? The rule depends on it: {names}."
    row = _level(plan, level)
    if row is None:
        return f"There is no reviewed rule for level {level} of {levels().plans[plan].name}: what does the letter say?"
    return row.question


def _spans(denial: Denial) -> tuple[Span, ...]:
    cited = (denial.letter_date, denial.appeal.deadline or denial.appeal.window)
    return tuple(span for value in cited if value for span in value.spans)
