"""Duration requirements: how long a treatment or symptom lasted, by arithmetic on dates."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import Eligible, eligible, placed, sift, window_days, windowed
from pipeline.check.logic import UPPER_BOUNDS
from pipeline.check.record import Record
from pipeline.check.runs import Method, habits
from pipeline.check.suppliers import ask, named
from pipeline.check.timing import Asked, Timed, Timing, time_treatments
from pipeline.check.trials import Doubted, screen
from schemas.coverage import Rejected, Verdict
from schemas.fact import Fact
from schemas.requirement import Duration


def duration(need: Duration, record: Record, context: Context) -> Answer:
    """Whether a treatment lasted as long as asked, at the dose and with the outcome asked."""
    found = eligible(need, record, context)
    pool, passive = _active(found.facts) if need.active else (found.facts, ())
    sure, doubted, short = screen(pool, need.outcomes, need.dose)
    asked = Asked(need.op, need.length, window_days(need.within, context), context.today)
    timed = _timed(sure, need, asked)
    with_doubts = _timed((*sure, *(fact for fact, _ in doubted)), need, asked) if doubted else timed
    _, _, outside = windowed(with_doubts.vague, asked.days)
    rejected = (*found.rejected, *passive, *short, *with_doubts.rejected, *outside)
    stands = _stands(timed.verdict, with_doubts.verdict, need)
    best = (timed if stands and timed.way else with_doubts).best
    if best is None:
        result = _untimed(need, found, with_doubts, asked, rejected)
    elif stands:
        result = _answer(best, need)
    else:
        result = _doubtful(best, doubted, need)
    return _unless_denied(result.rejecting(rejected), found, asked)


def _unless_denied(result: Answer, found: Eligible, asked: Asked) -> Answer:
    """What rests on the length of a treatment, or on its absence, does not stand where the record says both."""
    inside = (fact for fact in found.facts if placed(fact, asked.days) != "outside")
    return answer.unless_denied(result, inside, found.denials)


def _active(facts: Sequence[Fact]) -> tuple[tuple[Fact, ...], tuple[Rejected, ...]]:
    """The active treatments, and the others."""
    wanted, passive = habits().active_class, "It is not an active treatment; the criterion asks for an active one."
    return sift(facts, lambda fact: None if wanted in fact.classes else passive)


def _timed(facts: Sequence[Fact], need: Duration, asked: Asked) -> Timed:
    """Treatments asked for as a class count together; treatments asked for by name each stand alone.

    A fact that names the class itself ("failed conservative care") leaves it a class.
    """
    named = {fact.name for fact in facts}.intersection(need.terms)
    classes = {name for fact in facts for name in fact.classes} if named else named
    return time_treatments(facts, asked, together=named <= classes)


def _stands(sure: Verdict | None, full: Verdict | None, need: Duration) -> bool:
    """Whether the facts in doubt make no difference to the verdict."""
    if sure is None:
        return full is not Verdict.MET
    if sure is Verdict.MET and need.op not in UPPER_BOUNDS:
        return True
    return sure is full


def _answer(timing: Timing, need: Duration) -> Answer:
    computed = timing.computed
    lasted = f"{_capital(timing.subject)} lasted {computed.figure} ({computed.formula})"
    text = f"{lasted}; the criterion asks for {computed.needed}. {timing.note}".strip()
    gap = ask(timing.missing, need.terms, timing.facts) if timing.missing else ""
    if timing.verdict is Verdict.MET:
        return answer.met(text, timing.facts, computed)._replace(gap=gap, gap_kind="documentation" if gap else None)
    if timing.verdict is Verdict.NEEDS_REVIEW:
        return answer.needs_review(f"{text} That does not decide it.", timing.facts, gap, computed)
    result = answer.not_met(text, timing.facts, gap, computed)
    return result._replace(gap_kind="documentation") if timing.method is Method.ONGOING else result


def _doubtful(timing: Timing, doubted: Sequence[Doubted], need: Duration) -> Answer:
    """The length would do, but something else about the treatment is open."""
    timed = {fact.id for fact in timing.facts}
    open_points = [doubt for fact, doubt in doubted if fact.id in timed] or [doubt for _, doubt in doubted]
    computed = timing.computed
    because = "; ".join(dict.fromkeys(doubt.because for doubt in open_points))
    text = f"{_capital(timing.subject)} lasted {computed.figure} ({computed.formula}), but {because}."
    gap = ask(" and ".join(dict.fromkeys(doubt.missing for doubt in open_points)), need.terms, timing.facts)
    if all(doubt.silent for doubt in open_points):
        return answer.not_documented(text, gap, timing.facts, computed)
    return answer.needs_review(text, timing.facts, gap, computed)


def _untimed(need: Duration, found: Eligible, timed: Timed, asked: Asked, rejected: Sequence[Rejected]) -> Answer:
    """No fact gives a length: denied, too vague, or not there."""
    subject = named(need.terms)
    inside = [fact for fact in found.facts if placed(fact, asked.days) != "outside"]
    vague = [fact for fact in timed.vague if placed(fact, asked.days) != "outside"]
    if vague:
        names = " and ".join(sorted({fact.name for fact in vague}))
        text = f"The record names {names}, but is too vague to measure: {_lacks(vague)}."
        return answer.not_documented(text, ask(f"the first and last day of {names}", need.terms, vague), vague)
    denials = found.denial_of_all(need.terms, asked.days)
    if denials and not inside and need.op not in UPPER_BOUNDS:
        return answer.not_met(f"The record says that there was no {subject}.", denials)
    others = " What it holds on it cannot serve; the reasons are listed." if rejected else ""
    active = "active " if need.active else ""
    text = f"The record holds nothing {active}that counts as {subject} and can be timed.{others}"
    return answer.not_documented(text, ask(f"the record, with dates, of what counts as {subject}", need.terms))


def _lacks(facts: Sequence[Fact]) -> str:
    if any(fact.duration for fact in facts):
        return "the length is stated without dates, so it cannot be placed in the window"
    if all(fact.start for fact in facts):
        return "it gives no last day"
    if all(fact.end for fact in facts):
        return "it gives no first day"
    return "it gives no first and last day and no length"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
