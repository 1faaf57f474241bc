"""What must not have been within a window, where the record dates it before: whether it tells that to be the last."""

from __future__ import annotations

import re
from datetime import date

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import Days, eligible, placed, window_days
from pipeline.check.record import Record
from pipeline.check.runs import habits
from schemas.coverage import Verdict
from schemas.fact import Fact, FactKind
from schemas.requirement import Count, Finding, Not, Present


def none_since(found: Answer, need: Not, record: Record, context: Context) -> Answer:
    """The answer; where the record only dates the thing before the window, that there was none since, or a person.

    A note of the last days before the request that calls it the last, or the only one, tells that there was none.
    """
    asked = need.of
    if found.verdict is not Verdict.NOT_DOCUMENTED or not isinstance(asked, Finding | Present | Count):
        return found
    if (days := window_days(asked.within, context)) is None:
        return found
    before = [fact for fact in eligible(asked, record, context).facts if _is_before(fact, days)]
    if not before:
        return found
    last = max(before, key=lambda fact: str(fact.end or fact.date))
    told = f"{last.name} ({last.end or last.date})"
    noted = _noted(last, record) if len(asked.terms) == 1 and _is_the_last(last) else None
    if noted and (days.last - noted).days <= habits().last_told_days:
        text = f"The note of {noted} tells of {told} as the last, which is before {days}."
        return answer.met(text, [last]).rejecting(found.rejected)
    text = f"The record dates {told}, before {days}. That there was none since, a person must see."
    return answer.needs_review(text, [last], found.gap).rejecting(found.rejected)


def _is_before(fact: Fact, days: Days) -> bool:
    last = fact.end or fact.date
    return placed(fact, days) == "outside" and last is not None and last.latest < days.first


def _is_the_last(fact: Fact) -> bool:
    """Whether the words that state it call it the last or the only one: "PET/CT was done once, on May 14, 2024"."""
    name = re.escape(fact.name)
    said = re.compile(
        rf"\b(?:last|most recent|latest|only)\s{name}\b|\b{name}(?:/CT|\sscan)?s?,?\s(?:(?:was|were)\s)?"
        r"(?:last\s(?:done|performed|obtained|taken)|(?:done|performed|obtained|taken)\s(?:only\s)?once)\b",
        re.IGNORECASE,
    )
    quotes = [" ".join(span.quote.split()) for span in fact.spans]
    return any(said.search(quote) for quote in quotes) and not any(map(_OF_ONE_PLACE.search, quotes))


_OF_ONE_PLACE = re.compile(r"\b(?:available|on file|here|at our|in (?:our|the) (?:system|records?))\b", re.IGNORECASE)


def _noted(fact: Fact, record: Record) -> date | None:
    """The day of the note that states it, where its document is one note."""
    own = {span.document for span in fact.spans}
    papers = [one for one in record.facts if one.kind is FactKind.DOCUMENTATION]
    days = {one.date.day for one in papers if one.date and any(span.document in own for span in one.spans)}
    return days.pop() if len(days) == 1 else None
