"""Finding, document, code, tolerance and concordance requirements: what the record must state, and may deny."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context, names
from pipeline.check.eligible import Days, Eligible, eligible, placed, sift, sorted_out, window_days, windowed
from pipeline.check.record import Record
from pipeline.check.suppliers import ask, named, supplier
from pipeline.check.trials import Doubt, by_name, outcome_of
from schemas.coverage import Rejected
from schemas.fact import Assertion, Fact, Side
from schemas.requirement import Code, Concordant, Finding, Present, Tolerance


def finding(need: Finding | Present, record: Record, context: Context) -> Answer:
    """Whether the record states it as present. Only a denial of each term by name is `not_met`; silence is not."""
    found = eligible(need, record, context)
    days = window_days(need.within, context)
    if isinstance(need, Finding) and need.absent:
        return _negative(need, found, days)
    sourced, unsourced = _of_kinds(found.facts, need.sources if isinstance(need, Finding) else ())
    sure, unplaced, outside = windowed(sourced, days)
    rejected = (*found.rejected, *unsourced, *outside)
    standing, disputed = _weigh(sure, [fact for fact in found.denials if placed(fact, days) != "outside"])
    if standing:
        listed = ", ".join(sorted({_told(fact) for fact in standing}))
        return answer.met(f"The record states {listed}.", standing).rejecting(rejected)
    if disputed:
        return _conflict(need, disputed).rejecting(rejected)
    if unplaced:
        result = _unplaced(need, unplaced, days).rejecting(rejected)
        return answer.unless_denied(result, unplaced, found.denials)
    if denials := found.denial_of_all(need.terms, days):
        text = f"The record denies {', '.join(sorted({_told(fact) for fact in denials}))}."
        return answer.not_met(text, denials).rejecting(rejected)
    result = _silent(need, found, days, rejected).rejecting(rejected)
    return answer.in_dispute(result, found.denials) if sure else result  # one of several things, stated and then denied


def _of_kinds(facts: tuple[Fact, ...], kinds: Sequence[str]) -> tuple[tuple[Fact, ...], tuple[Rejected, ...]]:
    if not kinds:
        return facts, ()
    return sift(facts, lambda fact: None if fact.kind in kinds else f"It comes from a {fact.kind}.")


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
    return _silent(need, found, days, outside)


def _told(fact: Fact) -> str:
    return fact.name + (f" ({fact.date})" if fact.date else "")


def _weigh(facts: Sequence[Fact], denials: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Facts that stand, and facts in dispute with their denials.

    Of one thing both stated and denied, the later statement stands where it is surely later; else it is in dispute.
    """
    standing: list[Fact] = []
    disputed: list[Fact] = []
    against = by_name(denials)
    for name, group in by_name(facts).items():
        others = [denial for denial in against.get(name, ()) if any(_same_side(denial, fact) for fact in group)]
        if _all_later(group, others):
            standing += group
        elif not _all_later(others, group):
            disputed += [*group, *others]
    return standing, disputed


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


def _silent(need: Finding | Present, found: Eligible, days: Days | None, rejected: Sequence[Rejected]) -> Answer:
    subject = named(need.terms)
    denied = " or ".join(sorted({_told(fact) for fact in found.denials}))
    partly = f" It denies {denied}, which does not speak to {'the rest' if days is None else f'all of {days}'}."
    others = "" if denied or not rejected else " What it holds on it cannot serve; the reasons are listed."
    text = f"The record does not state {subject}.{partly if denied else others}"
    return answer.not_documented(
        text, ask(f"the record that shows {subject}, if there is one,", need.terms, found.facts)
    )


def code(need: Code, record: Record, context: Context) -> Answer:
    """Whether the chart gives a diagnosis by one of the codes. One that only the letter gives is the claim's."""
    found = sorted_out([fact for fact in record.coded if _is_coded(fact.value or "", need.terms)], need, context)
    sure, unplaced, outside = windowed(found.facts, window_days(need.within, context))
    rejected = (*found.rejected, *outside)
    asked = " or ".join(need.terms)
    if sure:
        listed = ", ".join(sorted({f"{fact.value} ({fact.name})" for fact in sure}))
        return answer.met(f"The chart gives {listed}; the criterion asks for {asked}.", sure).rejecting(rejected)
    gap = f"Obtain a dated note that gives the diagnosis with its code from {supplier((), unplaced)}."
    if unplaced:
        text = f"The chart gives {asked}, but its date does not tell whether it is in the window."
        return answer.needs_review(text, unplaced, gap).rejecting(rejected)
    claimed = [printed for printed in context.diagnosis_codes if _is_coded(printed, need.terms)]
    if claimed:
        text = f"The chart gives no code {asked}; the letter gives {', '.join(claimed)}."
        return answer.needs_review(text, (), gap).rejecting(rejected)
    others = ", ".join(sorted({fact.value for fact in record.coded if fact.value and fact.assertion.holds}))
    text = f"The chart gives no code {asked}.{f' It gives {others}.' if others else ''}"
    return answer.not_documented(text, gap).rejecting(rejected)


def _is_coded(printed: str, codes: Sequence[str]) -> bool:
    """Whether a code is one of those, or begins with one."""
    bare = _bare(printed)
    return any(bare.startswith(_bare(code)) for code in codes)


def _bare(printed: str) -> str:
    return printed.upper().replace(".", "").strip()


def concordant(need: Concordant, record: Record, context: Context) -> Answer:
    """The sides and parts that the record gives the things that must agree; whether they do is for a person."""
    found = eligible(need, record, context)
    subject = named(need.terms)
    gap = ask(f"the records that show whether {subject} agree", need.terms, found.facts)
    if not found.facts:
        text = f"The record holds nothing on {subject} that can be compared."
        return answer.not_documented(text, gap).rejecting(found.rejected)
    silent = tuple(term for term in need.terms if not any(fact.is_a((term,)) for fact in found.facts))
    told = [f"The record gives {'; '.join(dict.fromkeys(_placed_words(fact) for fact in found.facts))}."]
    if len({fact.side for fact in found.facts if fact.side}) > 1:
        told.append("They are on different sides.")
    if silent:
        told.append(f"It holds nothing on {named(silent)} that can be compared.")
    told.append("Whether they agree, a person must judge.")
    return answer.needs_review(" ".join(told), found.facts, gap).rejecting(found.rejected)


def _placed_words(fact: Fact) -> str:
    place = ", ".join(filter(None, [fact.side, fact.body_part]))
    return f"{_told(fact)}: {place or 'no side or part stated'}"


def tolerance(need: Tolerance, record: Record, context: Context) -> Answer:
    """Whether a treatment could not be taken. Intolerance counts when dated."""
    found, asked = eligible(need, record, context), frozenset(need.outcomes)
    sure, unplaced, outside = windowed(found.facts, window_days(need.within, context))
    rejected = [*found.rejected, *outside]
    suffered: list[Fact] = []
    doubts: list[Doubt] = []
    for group in by_name(sure).values():
        against = outcome_of(group, need.outcomes)
        fitting = [fact for fact in group if fact.outcome in asked]
        if against is None:
            suffered += fitting
        elif isinstance(against, Doubt) and fitting:
            doubts.append(against)
        reason = f"It does not say that {group[0].name} was not tolerated or is contraindicated."
        rejected += [Rejected(fact.id, reason) for fact in group if fact.outcome not in asked]
    if suffered:
        listed = ", ".join(sorted({f"{_told(fact)}: {fact.outcome}" for fact in suffered}))
        if contrary := _against_bar(suffered, record):
            text = f"The record states {listed}, and also what speaks against it."
            return answer.needs_review(text, (*suffered, *contrary)).rejecting(rejected)
        return answer.met(f"The record states {listed}.", suffered).rejecting(rejected)
    fitting = [fact for fact in (*sure, *unplaced) if fact.outcome in asked]
    return _not_shown(need, fitting, doubts).rejecting(rejected)


_BAR = "contraindication"  # the vocabulary's name for one that a sentence speaks of


def _against_bar(suffered: Sequence[Fact], record: Record) -> tuple[Fact, ...]:
    """What speaks against drugs being contraindicated that were never had: no contraindication, or a course since.

    Nothing where one of those that could not be taken was tried.
    """
    if not all(fact.assertion is Assertion.ABSENT for fact in suffered):
        return ()
    names_of = {fact.name for fact in suffered}
    free = [fact for fact in record.about((_BAR,)) if fact.assertion is Assertion.ABSENT and _speaks_of(fact, suffered)]
    taken = [
        fact for name in sorted(names_of) for fact in record.about((name,)) if fact.assertion.holds and _goes_on(fact)
    ]
    return tuple(fact for fact in (*free, *taken) if not _all_later(suffered, [fact]))


def _speaks_of(denial: Fact, drugs: Sequence[Fact]) -> bool:
    """Whether a sentence that finds no contraindication names one of the drugs, or names none."""
    return any(names(span.quote, (fact.name,)) for span in denial.spans for fact in drugs) or not denial.spans


def _goes_on(fact: Fact) -> bool:
    return bool(fact.ongoing or fact.start or fact.visits or fact.duration)


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
