"""Frequency and limit requirements: what must recur so often, and what must not be given too often."""

from __future__ import annotations

from math import ceil

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.counts import counted
from pipeline.check.eligible import eligible, window_days
from pipeline.check.lengths import comparable, in_days, words
from pipeline.check.logic import UPPER_BOUNDS, compare
from pipeline.check.quantities import quantity
from pipeline.check.record import Record
from pipeline.check.suppliers import ask, named
from schemas.coverage import Verdict
from schemas.fact import Fact, Length
from schemas.requirement import Count, Frequency, Limit, Measure, Op, Window


def frequency(need: Frequency, record: Record, context: Context) -> Answer:
    """How often by the figure that the record gives, where it counts it so; else a person must count."""
    if need.unit is None:
        return _told(need, record, context)
    asked = Measure(
        terms=need.terms,
        side=need.side,
        body_part=need.body_part,
        within=need.within,
        op=need.op,
        value=need.n,
        unit=need.unit,
    )
    if need.over is None:
        return quantity(asked, record, context)
    return _throughout(need, need.over, asked, record, context)


def _throughout(need: Frequency, over: Length, asked: Measure, record: Record, context: Context) -> Answer:
    """Whether it was so for as long as asked: by a figure of each stretch, or one that is of the whole of it."""
    within = need.within or Window(length=over)
    every = asked.model_copy(update={"within": within, "use": "every"})
    found = quantity(every, record, context)
    if found.verdict is not Verdict.MET:
        return found
    facts = [fact for fact in record.about(need.terms) if fact.id in found.facts]
    days = {fact.date for fact in facts if fact.date}
    if len(days) >= ceil(in_days(over)[0] / in_days(need.per)[1]) or any(_is_of(fact, over) for fact in facts):
        return found
    text = f"{found.explanation} That it was so for {words(over)}, {len(days)} dated figures do not show."
    gap = ask(f"the figures of {named(need.terms)} over {words(over)}, each with its date", need.terms, facts)
    return answer.needs_review(text, facts, gap, found.computed)._replace(rejected=found.rejected)


def _is_of(fact: Fact, over: Length) -> bool:
    return fact.duration is not None and compare(Op.AT_LEAST, *comparable(fact.duration, over)) is Verdict.MET


def _told(need: Frequency, record: Record, context: Context) -> Answer:
    """What the record holds on it, which a person must count; a denial of all of it tells that there was none."""
    found = eligible(need, record, context)
    denials = found.denial_of_all(need.terms, window_days(need.within, context))
    if denials and not found.facts and need.op not in UPPER_BOUNDS:
        return answer.not_met(f"The record says that there was no {named(need.terms)}.", denials)
    gap = ask(f"a count of {named(need.terms)} by date", need.terms, found.facts)
    if not found.facts:
        text = f"The record does not tell how often there was {named(need.terms)}."
        return answer.not_documented(text, gap).rejecting(found.rejected)
    text = f"The record names {named(need.terms)}; how often, a person must count."
    return answer.needs_review(text, found.facts, gap).rejecting(found.rejected)


def limit(need: Limit, record: Record, context: Context) -> Answer:
    """Whether what was given leaves room for what is asked for: one more comes on top of what the record counts."""
    if need.n is None or need.rolling is None or need.n != int(need.n):
        return _unstated(need, record, context)
    most = Count(
        terms=need.terms,
        side=need.side,
        body_part=need.body_part,
        op=Op.AT_MOST,
        n=int(need.n),
        of="event",
        within=Window(length=need.rolling),
    )
    given, number = counted(most, record, context)
    if given.verdict is not Verdict.MET or number < most.n:
        return given
    text = f"{given.explanation} One more would pass it; whether the one that is asked for counts, a person must judge."
    return given._replace(verdict=Verdict.NEEDS_REVIEW, explanation=text)


def _unstated(need: Limit, record: Record, context: Context) -> Answer:
    found = eligible(need, record, context)
    text = "How many are allowed in what time is not put into figures; a person must compare it with the record."
    return answer.needs_review(text, found.facts).rejecting(found.rejected)
