"""Whether a treatment was tried as a criterion asks: at the dose, and with the outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.check.units import same_unit
from schemas.coverage import Rejected
from schemas.fact import Fact, Outcome, Quantity

_EXEMPT = frozenset({Outcome.INTOLERANT, Outcome.CONTRAINDICATED})


class Doubt(NamedTuple):
    """What the record leaves open of a treatment: the clause that tells it, and what to obtain.

    `silent`: it says nothing on the point. Else it says something that a person must read.
    """

    because: str
    missing: str
    silent: bool = False


class Contrary(NamedTuple):
    """A stated fact against a treatment counting, as a sentence."""

    reason: str


Doubted = tuple[Fact, Doubt]


def dose_of(fact: Fact, least: Quantity | None) -> Doubt | Contrary | None:
    """What speaks against the fact's dose; None where it is enough or none is asked."""
    if least is None:
        return None
    asked = f"{least.n:f} {least.unit}"
    if fact.dose is None:
        return Doubt(f"the dose of {fact.name} is not stated (at least {asked} is asked)", f"the dose of {fact.name}")
    stated = f"{fact.dose.n:f} {fact.dose.unit}"
    if not same_unit(fact.dose.unit, least.unit):
        return Doubt(f"the dose of {fact.name}, {stated}, cannot be compared with {asked}", f"the dose of {fact.name}")
    return Contrary(f"The dose, {stated}, is below {asked}.") if fact.dose.n < least.n else None


def outcome_of(facts: Sequence[Fact], asked: Sequence[Outcome]) -> Doubt | Contrary | None:
    """What speaks against the outcome of one treatment, all its facts taken together; None where it is one asked for.

    Failure needs an outcome, and intolerance a date.
    """
    stated = {fact.outcome for fact in facts if fact.outcome}
    wanted = stated & set(asked)
    name = facts[0].name
    if not asked:
        return _not_tried(facts, stated)
    if not stated:
        return Doubt(f"the outcome of {name} is not stated", f"the outcome of {name}", silent=True)
    if wanted and Outcome.EFFECTIVE in stated - wanted:
        return Doubt(f"the record calls {name} both {' and '.join(sorted(stated))}", f"the outcome of {name}")
    if not wanted:
        return Contrary(f"Its outcome is {' and '.join(sorted(stated))}, which is not one the criterion asks for.")
    if wanted == {Outcome.INTOLERANT} and not any(_dated(fact) for fact in facts if fact.outcome in wanted):
        return Doubt(f"the intolerance of {name} is not dated", f"the date of the intolerance of {name}", silent=True)
    return None


def _not_tried(facts: Sequence[Fact], stated: set[Outcome]) -> Doubt | Contrary | None:
    """What speaks against a treatment having been taken at all, where no outcome is asked."""
    if stated and stated <= {Outcome.DECLINED, Outcome.CONTRAINDICATED}:
        return Contrary(f"It was {' and '.join(sorted(stated))}, not taken.")
    taken = any(fact.start or fact.end or fact.visits or fact.duration or fact.ongoing for fact in facts)
    if stated == {Outcome.INCOMPLETE} and not taken:
        name = facts[0].name
        return Doubt(f"{name} was not completed, and whether it was begun is not stated", f"the dates of {name}")
    return None


def _dated(fact: Fact) -> bool:
    return bool(fact.date or fact.end or fact.start)


def exempt(facts: Iterable[Fact], asked: Sequence[Outcome]) -> bool:
    """Whether the treatment need not have lasted or reached its dose: it was not tolerated, and that is allowed for."""
    return any(fact.outcome in _EXEMPT and fact.outcome in asked for fact in facts)


def by_name(facts: Iterable[Fact]) -> dict[str, tuple[Fact, ...]]:
    """The facts of each treatment, the treatments in order of name."""
    groups: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=attrgetter("id")):
        groups[fact.name].append(fact)
    return {name: tuple(groups[name]) for name in sorted(groups)}


def screen(
    facts: Iterable[Fact], outcomes: Sequence[Outcome], dose: Quantity | None
) -> tuple[tuple[Fact, ...], tuple[Doubted, ...], tuple[Rejected, ...]]:
    """The facts at the dose and of treatments with the outcome, those left in doubt, and those that fall short."""
    kept: list[Fact] = []
    doubted: list[Doubted] = []
    rejected: list[Rejected] = []
    for group in by_name(facts).values():
        of_outcome = outcome_of(group, outcomes)
        if of_outcome is None and dose is None:
            kept += group
            continue
        for fact in group:
            of_dose = dose_of(fact, dose)
            against = of_dose if isinstance(of_dose, Contrary) else of_outcome or of_dose
            if against is None:
                kept.append(fact)
            elif isinstance(against, Contrary):
                rejected.append(Rejected(fact.id, against.reason))
            else:
                doubted.append((fact, against))
    return tuple(kept), tuple(doubted), tuple(rejected)
