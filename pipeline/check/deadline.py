"""The last day to file the next appeal, with what a reviewer must know to file it and to track it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from pipeline.check import rights
from pipeline.check.clocks import decision_clocks
from pipeline.check.rules import Rule, levels
from pipeline.check.windows import Dates, Notice, expedited_dates, letter_dates, plan_dates, rule_dates
from schemas.coverage import (
    Deadline,
    DeadlineCandidate,
    DeadlineStatus,
    DecisionClock,
    Expedited,
    Filing,
    Warning,
)
from schemas.denial import Denial, PlanType
from schemas.span import Span


def plan_type(denial: Denial) -> PlanType:
    """The plan type that the letter shows, else unknown."""
    return denial.plan_type.value if denial.plan_type else PlanType.UNKNOWN


def deadline(
    denial: Denial, level: int, today: date, received: date | None = None, filed: date | None = None
) -> Deadline:
    """The deadline of a level of appeal (1 the first, internal one), with its question where something is missing.

    `received` is when the notice came, `filed` when the appeal reached the payer, where a person knows them.
    """
    found = notice_deadline(_notice(denial, received, filed), level, today)
    return found.model_copy(update={"spans": _spans(denial)})


def notice_deadline(notice: Notice, level: int, today: date) -> Deadline:
    """The deadline of a level of appeal for a notice, without a letter to cite."""
    by_rule = rule_dates(notice, level)
    found = _both(letter_dates(notice, by_rule), by_rule)
    row = levels().level(notice.plan, level)
    rows = row.rows(notice.kind) if row else ()
    rule = next((rule for rule in rows if by_rule is None or rule.id == by_rule.rule), None)
    clocks = decision_clocks(rows, notice.filed, today)
    about = Deadline(
        basis="Neither the letter nor a rule for this plan gives a last day.",
        rule=rule.id if rule else None,
        verified=rule.verified if rule else None,
        candidates=_candidates(notice, level),
        question=" ".join(_questions(notice, level)),
        level=level,
        received=notice.received,
        filed=notice.filed,
        filing_counts=rights.filing_counts(rule) if rule else None,
        who_may_appeal=rights.who_may_appeal(notice.plan),
        consent=rights.consent(notice.plan),
        amount_in_controversy=rights.amount_in_controversy(rule, notice.filed or today) if rule else None,
        expedited=_expedited(notice, level, rows, clocks),
        decision_clocks=clocks,
        silence=rights.silence(notice.plan, level, notice.filed),
    )
    return about.model_copy(update=_told(found, notice, today)) if found else about


def _told(found: Dates, notice: Notice, today: date) -> dict[str, object]:
    return {
        "date": found.day,
        "safe": found.safe,
        "outer": found.outer,
        "status": _status(found, today),
        "basis": found.basis,
        "source": found.source,
        "trigger": found.trigger,
        "receipt_presumed_days": found.presumed,
        "filing": _filing(found, notice.filed),
    }


def _notice(denial: Denial, received: date | None = None, filed: date | None = None) -> Notice:
    return Notice(
        plan=plan_type(denial),
        day=denial.letter_date.value if denial.letter_date else None,
        window=denial.appeal.window.value if denial.appeal.window else None,
        printed=denial.appeal.deadline.value if denial.appeal.deadline else None,
        received=received,
        filed=filed,
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
        presumed=rule.presumed,
    )


def _status(found: Dates, today: date) -> DeadlineStatus:
    if today > found.outer:
        return DeadlineStatus.PAST
    if today > found.safe:
        return DeadlineStatus.PAST_SAFE
    soon = found.safe - today <= timedelta(days=levels().due_soon_days)
    return DeadlineStatus.DUE_SOON if soon else DeadlineStatus.OPEN


def _filing(found: Dates, filed: date | None) -> Filing | None:
    if filed is None:
        return None
    if filed <= found.safe:
        return "in_time"
    return "arguable" if filed <= found.outer else "late"


def _expedited(notice: Notice, level: int, rows: Iterable[Rule], clocks: Iterable[DecisionClock]) -> Expedited | None:
    """When a faster decision may be asked for, where the rows have a clock or a window for one."""
    note = rights.eligible(notice.plan, level)
    for rule in rows:
        filing = rule.expedited_filing
        if filing and notice.day and (own := expedited_dates(filing, notice.day, notice.came)):
            return own.model_copy(update={"eligible": note})
    if note or any(clock.expedited for clock in clocks):
        return Expedited(eligible=note)
    return None


def below_rule(denial: Denial, level: int) -> Warning | None:
    """A warning where the letter gives less time than the rule's floor, with both dates."""
    message = conflict(_notice(denial), level)
    return Warning(code="window_below_rule", message=message, spans=_spans(denial)) if message else None


def conflict(notice: Notice, level: int) -> str | None:
    """What to say where the letter gives less time than the rule's floor."""
    rule = rule_dates(notice, level)
    letter = letter_dates(notice, rule)
    if letter is None or rule is None or letter.day >= rule.day:
        return None
    unstated = notice.printed is None and notice.window is not None and notice.window.trigger == "unstated"
    if unstated and letter.safe == rule.safe:
        return None
    return (
        f"The letter's last day, {letter.day}, is earlier than the rule's, {rule.day}: {rule.basis} "
        "Work to the letter's day, and cite the rule if it has passed."
    )


def _candidates(notice: Notice, level: int) -> tuple[DeadlineCandidate, ...]:
    """What each plan type would give, the earliest first, where the plan type is not known."""
    if notice.plan != PlanType.UNKNOWN or notice.day is None:
        return ()
    found = [
        DeadlineCandidate(
            plan_type=plan,
            date=dates.day,
            safe=dates.safe,
            outer=dates.outer,
            basis=dates.basis,
            source=dates.source,
        )
        for plan in levels().plans
        if (dates := plan_dates(plan, notice.day, level, notice.came))
    ]
    return tuple(sorted(found, key=lambda candidate: (candidate.date, candidate.plan_type)))


def _questions(notice: Notice, level: int) -> Iterator[str]:
    """What a person must find out before the deadline can be relied on."""
    if notice.day is None and notice.printed is None:
        yield "What is the date on the notice?"
        return
    if notice.received != notice.came:
        yield f"The day of receipt, {notice.received}, is before the date of the notice, {notice.day}: which is right?"
    plan = levels().plan(notice.plan)
    if plan is None:
        names = ", ".join(known.name for known in levels().plans.values())
        yield f"What kind of plan is it? The rule depends on it: {names}."
        return
    row = plan.levels.get(level)
    if row is None:
        yield f"There is no reviewed rule for level {level} of {plan.name}: what does the letter say?"
    elif row.question:
        yield row.question


def _spans(denial: Denial) -> tuple[Span, ...]:
    cited = (denial.letter_date, denial.appeal.deadline or denial.appeal.window)
    return tuple(span for value in cited if value for span in value.spans)
