"""Figures of the record that nobody read: no earlier figure answers for a later one of its kind."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import placed, sorted_out, window_days
from pipeline.check.record import Record
from pipeline.check.suppliers import named
from schemas.coverage import Verdict
from schemas.fact import Fact
from schemas.requirement import Change, Frequency, Measure, Score

_SETTLED = (Verdict.MET, Verdict.NOT_MET)


def unless_unread(
    found: Answer, need: Score | Measure | Frequency | Change, record: Record, context: Context
) -> Answer:
    """What was found; for a person where it rests on figures after which one stands that was not read.

    Where any figure of the past will do, a later one takes nothing from it.
    """
    any_will_do = isinstance(need, Score | Measure) and need.use == "any" and found.verdict is Verdict.MET
    if found.verdict not in _SETTLED or any_will_do:
        return found
    about = record.about(need.terms)
    unread = [fact for fact in about if fact.unread]
    if not unread:
        return found
    days = window_days(need.within, context)
    used = [fact for fact in about if fact.id in found.facts and not fact.unread and fact.number is not None]
    here = sorted_out(unread, need, context).unread
    later = [fact for fact in here if placed(fact, days) != "outside" and _is_later(fact, used)]
    if not later:
        return found
    told = ", ".join(
        sorted({f"{fact.name}{f' of {fact.date}' if fact.date else ''}: {_place(fact)}" for fact in later})
    )
    return found._replace(
        verdict=Verdict.NEEDS_REVIEW,
        explanation=f"{found.explanation} But a later figure stands in the record that was not read ({told}).",
        facts=tuple(sorted({*found.facts, *answer.ids(later)})),
        rejected=tuple(entry for entry in found.rejected if entry.fact not in answer.ids(later)),
        gap=f"Read the later figure of {named(need.terms)} in the record, and enter it.",
        gap_kind="documentation",
    )


def _is_later(fact: Fact, used: Sequence[Fact]) -> bool:
    """Whether it may be later than the last figure used of its kind and side."""
    alike = [one for one in used if one.name == fact.name and (None in (one.side, fact.side) or one.side is fact.side)]
    days = [one.date.earliest for one in alike if one.date]
    return bool(alike) and (fact.date is None or not days or fact.date.latest > max(days))


def _place(fact: Fact) -> str:
    span = fact.spans[0] if fact.spans else None
    return f"document {span.document}, page {span.page}" if span else "no place"
