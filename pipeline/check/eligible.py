"""Which facts may answer a requirement, and why the others may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.check.context import Context, referred, regions
from pipeline.check.lengths import earlier, words
from schemas.coverage import Rejected
from schemas.dates import PartialDate
from schemas.fact import Assertion, Fact, FactKind, Side
from schemas.requirement import (
    Subject,
    Window,
)

_UNFIT: dict[Assertion, str] = {
    Assertion.ABSENT: "The record says it is absent or was not done.",
    Assertion.POSSIBLE: "The record calls it possible, not certain.",
    Assertion.HYPOTHETICAL: "It was planned, advised or conditional; the record does not say it was done.",
    Assertion.FAMILY: "It is about a relative of the patient.",
    Assertion.OTHER_PATIENT: "It is about another patient.",
}

_SIGNS = frozenset({FactKind.FINDING, FactKind.FUNCTIONAL_LIMIT, FactKind.RISK, FactKind.DIAGNOSIS})
_TREATED = frozenset({FactKind.TREATMENT, FactKind.MEDICATION})


@dataclass(frozen=True, slots=True)
class Eligible:
    """The facts on a subject: those that may answer, those that deny it, and those that cannot serve."""

    facts: tuple[Fact, ...]
    denials: tuple[Fact, ...]
    rejected: tuple[Rejected, ...]

    def denies_all(self, terms: Sequence[str]) -> bool:
        """Whether every term is denied by name. To deny one member of a class does not deny the class."""
        return set(terms) <= {fact.name for fact in self.denials}


def eligible(subject: Subject, facts: Iterable[Fact], context: Context) -> Eligible:
    """The facts on the subject's terms, sorted out by assertion, side, part of the body and today; not by window."""
    fit: list[Fact] = []
    denials: list[Fact] = []
    rejected: list[Rejected] = []
    for fact in facts:
        if not fact.is_a(subject.terms):
            continue
        elsewhere = _elsewhere(fact, subject, context)
        if elsewhere is None and fact.assertion.holds:
            fit.append(fact)
            continue
        if elsewhere is None and fact.assertion is Assertion.ABSENT:
            denials.append(fact)
        rejected.append(Rejected(fact=fact.id, reason=elsewhere or _UNFIT[fact.assertion]))
    return Eligible(tuple(fit), tuple(denials), tuple(rejected))


def _elsewhere(fact: Fact, subject: Subject, context: Context) -> str | None:
    """Why the fact is not about this place or not of the past, or None."""
    if when := _after(fact, context.today):
        return f"It is dated {when}, after today."
    side = subject.side or context.side
    if side and fact.side and fact.side not in (side, Side.BILATERAL):
        return f"It is about the {fact.side} side; {side} is asked."
    return _other_part(fact, subject, context)


def _after(fact: Fact, today: date) -> PartialDate | None:
    """The day the fact begins, where that is yet to come."""
    first = fact.start or fact.date or fact.end
    return first if first and first.earliest > today else None


def _other_part(fact: Fact, subject: Subject, context: Context) -> str | None:
    """Signs of a spine may be found in the limbs; treatment and imaging of a limb are not those of the spine."""
    asked = regions(subject.body_part) or context.regions
    if fact.kind in _SIGNS:
        asked = referred(asked)
    found = regions(fact.body_part)
    if asked and found and not asked & found:
        return f"It is about the {fact.body_part}, another part of the body."
    return None


def sift(facts: Iterable[Fact], reason: Callable[[Fact], str | None]) -> tuple[tuple[Fact, ...], tuple[Rejected, ...]]:
    """The facts without a reason against them, and the others with theirs."""
    reasons = [(fact, reason(fact)) for fact in facts]
    kept = tuple(fact for fact, why in reasons if why is None)
    return kept, tuple(Rejected(fact=fact.id, reason=why) for fact, why in reasons if why is not None)


@dataclass(frozen=True, slots=True)
class Days:
    """The window of a requirement on the calendar, both days included."""

    first: date
    last: date
    window: Window

    def __str__(self) -> str:
        return f"the {words(self.window.length)} from {self.first} to {self.last}"


def window_days(window: Window | None, context: Context) -> Days | None:
    """The days of the window, or None where there is none or the day it ends on is not known."""
    anchor = context.anchor(window) if window else None
    if window is None or anchor is None:
        return None
    return Days(earlier(anchor, window.length), min(anchor, context.today), window)


Place = Literal["inside", "outside", "straddles", "undated"]


def placed(fact: Fact, days: Days | None) -> Place:
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
    inside, rejected = sift(facts, lambda fact: f"It is outside {days}." if placed(fact, days) == "outside" else None)
    sure = tuple(fact for fact in inside if placed(fact, days) == "inside")
    return sure, tuple(fact for fact in inside if fact not in sure), rejected
