"""Finding, document and tolerance requirements: what the record must state, and may deny."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import Days, Eligible, eligible, sift, window_days, windowed
from pipeline.check.suppliers import ask, named
from pipeline.check.trials import Doubt, by_name, outcome_of
from schemas.coverage import Rejected
from schemas.fact import Fact, Side
from schemas.requirement import Finding, Present, Tolerance


def finding(need: Finding | Present, facts: Iterable[Fact], context: Context) -> Answer:
    """Whether the record states it as present. Only a denial of each term by name is `not_met`; silence is not."""
    found = eligible(need, facts, context)
    days = window_days(need.within, context)
    if isinstance(need, Finding) and need.absent:
        return _negative(need, found, days)
    kinds = need.sources if isinstance(need, Finding) else ()
    sourced, unsourced = sift(
        found.facts, lambda fact: None if not kinds or fact.kind in kinds else f"It comes from a {fact.kind}."
    )
    sure, unplaced, outside = windowed(sourced, days)
    rejected = (*found.rejected, *unsourced, *outside)
    standing, disputed, denied = _weigh(sure, found.denials)
    if standing:
        listed = ", ".join(sorted({_told(fact) for fact in standing}))
        return answer.met(f"The record states {listed}.", standing).rejecting(rejected)
    if disputed:
        return _conflict(need, disputed).rejecting(rejected)
    if unplaced:
        return _unplaced(need, unplaced, days).rejecting(rejected)
    if set(need.terms) <= denied:
        text = f"The record denies {named(need.terms)}."
        return answer.not_met(text, found.denials).rejecting(rejected)
    return _silent(need, found, rejected).rejecting(rejected)


def _negative(need: Finding, found: Eligible, days: Days | None) -> Answer:
    """Whether a test came back negative: by a denial that is surely in the window, and nothing that says otherwise."""
    sure, unplaced, outside = windowed(found.denials, days)
    listed = ", ".join(sorted({f"{_told(fact)}: {fact.assertion}" for fact in (*sure, *unplaced, *found.facts)}))
    if set(need.terms) <= {fact.name for fact in sure} and not found.facts:
        return answer.met(f"The record states {listed}.", sure)
    if found.facts or sure or unplaced:
        gap = ask(f"the dated result of {named(need.terms)}", need.terms, found.facts)
        return answer.needs_review(
            f"The record holds {listed}; a person must read the result.", found.facts or found.denials, gap
        )
    return _silent(need, found, outside)


def _told(fact: Fact) -> str:
    return fact.name + (f" ({fact.date})" if fact.date else "")


def _weigh(facts: Sequence[Fact], denials: Sequence[Fact]) -> tuple[list[Fact], list[Fact], set[str]]:
    """Facts that stand, facts in dispute with their denials, and names denied.

    Of one thing both stated and denied, the later statement stands where it is surely later; else it is in dispute.
    """
    standing: list[Fact] = []
    disputed: list[Fact] = []
    denied = {fact.name for fact in denials}
    against = by_name(denials)
    for name, group in by_name(facts).items():
        others = [denial for denial in against.get(name, ()) if any(_same_side(denial, fact) for fact in group)]
        if _all_later(group, others):
            standing += group
            denied.discard(name)
        elif not _all_later(others, group):
            disputed += [*group, *others]
            denied.discard(name)
    return standing, disputed, denied


def _same_side(one: Fact, other: Fact) -> bool:
    """Whether two facts may be of the same side: a sign on the left is not denied by its absence on the right."""
    return None in (one.side, other.side) or Side.BILATERAL in (one.side, other.side) or one.side is other.side


def _all_later(facts: Sequence[Fact], others: Sequence[Fact]) -> bool:
    """Whether one of the facts is surely later than all the others."""
    ends = [fact.date.latest if fact.date else None for fact in others]
    starts = [fact.date.earliest for fact in facts if fact.date]
    return all(end is not None and starts and max(starts) > end for end in ends)


def _conflict(need: Finding | Present, facts: Sequence[Fact]) -> Answer:
    listed = ", ".join(f"{_told(fact)}: {fact.assertion}" for fact in facts)
    gap = ask(f"a dated statement that settles {named(need.terms)}", need.terms, facts)
    return answer.needs_review(f"The record both states and denies it ({listed}).", facts, gap)


def _unplaced(need: Finding | Present, facts: Sequence[Fact], days: Days | None) -> Answer:
    listed = ", ".join(sorted({_told(fact) for fact in facts}))
    gap = ask(f"the date of {named(need.terms)}", need.terms, facts)
    if any(fact.date for fact in facts):
        text = f"The record states {listed}; its date does not tell whether it lies in {days}."
        return answer.needs_review(text, facts, gap)
    return answer.not_documented(f"The record states {listed}, but not when; {days} is asked.", gap, facts)


def _silent(need: Finding | Present, found: Eligible, rejected: Sequence[Rejected]) -> Answer:
    subject = named(need.terms)
    denied = " or ".join(sorted({fact.name for fact in found.denials}))
    partly = f" It denies {denied}, which does not speak to the rest." if denied else ""
    others = " What it holds on it cannot serve; the reasons are listed." if rejected and not denied else ""
    text = f"The record does not state {subject}.{partly}{others}"
    return answer.not_documented(
        text, ask(f"the record that shows {subject}, if there is one,", need.terms, found.facts)
    )


def tolerance(need: Tolerance, facts: Iterable[Fact], context: Context) -> Answer:
    """Whether a treatment could not be taken. Intolerance counts when dated."""
    found = eligible(need, facts, context)
    sure, unplaced, outside = windowed(found.facts, window_days(need.within, context))
    rejected = [*found.rejected, *outside]
    suffered: list[Fact] = []
    doubts: list[Doubt] = []
    for group in by_name(sure).values():
        against = outcome_of(group, need.outcomes)
        fitting = [fact for fact in group if fact.outcome in need.outcomes]
        if against is None:
            suffered += fitting
        elif isinstance(against, Doubt) and fitting:
            doubts.append(against)
        rejected += [
            Rejected(fact=fact.id, reason=f"It does not say that {fact.name} was not tolerated or is contraindicated.")
            for fact in group
            if fact not in fitting
        ]
    if suffered:
        listed = ", ".join(sorted({f"{_told(fact)}: {fact.outcome}" for fact in suffered}))
        return answer.met(f"The record states {listed}.", suffered).rejecting(rejected)
    fitting = [fact for fact in (*sure, *unplaced) if fact.outcome in need.outcomes]
    return _not_shown(need, fitting, doubts).rejecting(rejected)


def _not_shown(need: Tolerance, facts: Sequence[Fact], doubts: Sequence[Doubt]) -> Answer:
    subject = named(need.terms)
    gap = ask(f"the record of why {subject} could not be taken, with the reaction and its date", need.terms, facts)
    if not facts:
        return answer.not_documented(f"The record does not say that {subject} could not be taken.", gap)
    because = "; ".join(doubt.because for doubt in doubts) or "its date does not tell whether it is in the window"
    text = f"The record says that {facts[0].name} could not be taken, but {because}."
    if doubts and all(doubt.silent for doubt in doubts):
        return answer.not_documented(text, gap, facts)
    return answer.needs_review(text, facts, gap)
