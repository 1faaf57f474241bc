"""Which facts may answer a requirement, and why the others may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from pipeline.check.context import Context, referred, regions
from pipeline.check.lengths import earlier, words
from pipeline.check.record import Record
from schemas.coverage import Rejected
from schemas.fact import Assertion, Fact, FactKind, Outcome, Side
from schemas.requirement import Count, Subject, Tolerance, Window

_UNFIT: dict[Assertion, str] = {
    Assertion.ABSENT: "The record says it is absent or was not done.",
    Assertion.POSSIBLE: "The record calls it possible, not certain.",
    Assertion.HYPOTHETICAL: "It was planned, advised or conditional; the record does not say it was done.",
    Assertion.FAMILY: "It is about a relative of the patient.",
    Assertion.OTHER_PATIENT: "It is about another patient.",
}

_UNREAD = "A figure of it stands there that was not read."
_SIGNS = frozenset({FactKind.FINDING, FactKind.FUNCTIONAL_LIMIT, FactKind.RISK, FactKind.DIAGNOSIS})
_TREATED = frozenset({FactKind.TREATMENT, FactKind.MEDICATION})


class Eligible(NamedTuple):
    """The facts on a subject: those that may answer, those that deny it, and those that cannot serve.

    `unread` are those of the last that are about the subject, but hold a figure that was not read.
    """

    facts: tuple[Fact, ...]
    denials: tuple[Fact, ...]
    rejected: tuple[Rejected, ...]
    unread: tuple[Fact, ...]

    def denial_of_all(self, terms: Sequence[str], days: Days | None = None) -> tuple[Fact, ...]:
        """The denials, surely in the window, of every term by name; none where one is not denied.

        To deny one member of a class does not deny the class, and what was denied before the window may have come.
        """
        sure = tuple(fact for fact in self.denials if placed(fact, days) == "inside")
        return sure if set(terms) <= {fact.name for fact in sure} else ()


def eligible(subject: Subject, record: Record, context: Context) -> Eligible:
    """The facts on the subject's terms, sorted out by assertion, side, part of the body and today; not by window."""
    return sorted_out(record.about(subject.terms), subject, context)


def sorted_out(facts: Iterable[Fact], subject: Subject, context: Context) -> Eligible:
    """Facts on a subject by what speaks against each."""
    today, absent = context.today, Assertion.ABSENT
    misplaced = _misplaced(subject, context)
    barred_serve = _asks_for_barred(subject)
    fit: list[Fact] = []
    denials: list[Fact] = []
    rejected: list[Rejected] = []
    unread: list[Fact] = []
    for fact in facts:
        first = fact.start or fact.date or fact.end
        if first and first.earliest > today:
            elsewhere: str | None = f"It is dated {first}, after today."
        else:
            elsewhere = misplaced(fact) if misplaced else None
        against = elsewhere or (_UNREAD if fact.unread else _UNFIT.get(fact.assertion))
        if against is None or (barred_serve and fact.barred and not elsewhere and not fact.unread):
            fit.append(fact)
            continue
        rejected.append(Rejected(fact.id, against))
        if not elsewhere:
            if fact.unread:
                unread.append(fact)
            if fact.assertion is absent:
                denials.append(fact)
    return Eligible(tuple(fit), tuple(denials), tuple(rejected), tuple(unread))


def _asks_for_barred(subject: Subject) -> bool:
    """Whether a treatment that must not be had is what is asked for, whether it ever was had or not."""
    return isinstance(subject, (Count, Tolerance)) and Outcome.CONTRAINDICATED in subject.outcomes


def _misplaced(subject: Subject, context: Context) -> Callable[[Fact], str | None] | None:
    """What tells why a fact is about another side or part than is asked; None where neither is asked."""
    side = subject.side or context.side
    sites = regions(subject.body_part) or context.regions
    signs = referred(sites)  # what is found on examination may be found elsewhere of it

    def against(fact: Fact) -> str | None:
        if side and fact.side and fact.side not in (side, Side.BILATERAL):
            return f"It is about the {fact.side} side; {side} is asked."
        if not sites or fact.body_part is None:
            return None
        found = regions(fact.body_part)
        if found and not found & (signs if fact.kind in _SIGNS else sites):
            return f"It is about the {fact.body_part}, another part of the body."
        return None

    return against if side or sites else None


def sift(facts: Iterable[Fact], reason: Callable[[Fact], str | None]) -> tuple[tuple[Fact, ...], tuple[Rejected, ...]]:
    """The facts without a reason against them, and the others with theirs."""
    kept: list[Fact] = []
    rejected: list[Rejected] = []
    for fact in facts:
        why = reason(fact)
        if why is None:
            kept.append(fact)
        else:
            rejected.append(Rejected(fact.id, why))
    return tuple(kept), tuple(rejected)


@dataclass(frozen=True, slots=True)
class Days:
    """The window of a requirement on the calendar, both days included."""

    first: date
    last: date
    told: str

    def __str__(self) -> str:
        return self.told


def window_days(window: Window | None, context: Context) -> Days | None:
    """The days of the window, or None where there is none or the day it ends on is not known."""
    anchor = context.anchor(window.before) if window else None
    if window is None or anchor is None:
        return None
    first, last = earlier(anchor, window.length), min(anchor, context.today)
    return Days(first, last, f"the {words(window.length)} from {first} to {last}")


Placed = Literal["inside", "outside", "straddles", "undated"]


def placed(fact: Fact, days: Days | None) -> Placed:
    """Where a fact lies against the window, which it need only touch; everything is inside where there is none.

    A treatment that is not said to have ended or to go on is sure of its first day only: the note may be later.
    """
    if days is None:
        return "inside"
    first, last = fact.start or fact.end or fact.date, fact.end or fact.date or fact.start
    if first is None or last is None:
        return "undated"
    if last.latest < days.first or first.earliest > days.last:
        return "outside"
    seen = first if fact.start and not fact.end and not fact.ongoing and fact.kind in _TREATED else last
    return "inside" if first.latest <= days.last and days.first <= seen.earliest else "straddles"


def windowed(
    facts: Iterable[Fact], days: Days | None
) -> tuple[tuple[Fact, ...], tuple[Fact, ...], tuple[Rejected, ...]]:
    """The facts surely inside the window, those whose dates do not tell, and those outside it."""
    if days is None:
        return tuple(facts), (), ()
    sure: list[Fact] = []
    unplaced: list[Fact] = []
    rejected: list[Rejected] = []
    reason = f"It is outside {days}."
    for fact in facts:
        match placed(fact, days):
            case "inside":
                sure.append(fact)
            case "outside":
                rejected.append(Rejected(fact.id, reason))
            case _:
                unplaced.append(fact)
    return tuple(sure), tuple(unplaced), tuple(rejected)
