"""Which facts bear on the denied service and serve the patient: on its side and body part, true, and enclosed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.draft.criterion_terms import questions
from pipeline.draft.evidence import Evidence
from pipeline.draft.phrases import TREATMENTS
from pipeline.draft.tables import tables
from pipeline.draft.verify_words import sides_in
from pipeline.folding import folded
from schemas.coverage import Verdict
from schemas.fact import Assertion, Fact, FactKind, Outcome, Side

_SERVE = (Outcome.FAILED, Outcome.PARTIAL, Outcome.INTOLERANT, Outcome.CONTRAINDICATED)


@dataclass(frozen=True)
class Scope:
    """The side and the words of the body part that the denial is about; empty where it names none."""

    side: Side | None
    words: frozenset[str]

    @classmethod
    def of(cls, evidence: Evidence) -> Scope:
        """Read from the service; from the criteria where the service says nothing."""
        service = evidence.denial.service.value if evidence.denial.service else ""
        asked = [part for criterion in evidence.denial.criteria for part in questions(criterion.requirement)]
        named = sides_in(service) or {side for part in asked if (side := getattr(part, "side", None)) is not None}
        wanted = [site for part in asked if (site := getattr(part, "body_part", None))]
        known = {fact.body_part for fact in evidence.facts.values() if fact.body_part}
        wanted += [part for part in known if _words(part) & _words(service)]
        return cls(named.pop() if len(named) == 1 else None, frozenset(w for part in wanted for w in _words(part)))

    @property
    def against(self) -> frozenset[Side]:
        """The sides that are not in question."""
        other = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
        return frozenset({other[self.side]}) if self.side in other else frozenset()

    def holds(self, fact: Fact) -> bool:
        """Whether the fact is about that side and part, or about neither."""
        if fact.side in self.against:
            return False
        return not (self.words and fact.body_part) or bool(_words(fact.body_part) & self.words)

    def is_exactly(self, fact: Fact) -> bool:
        """Whether the fact names that very side and part."""
        return self.side is not None and fact.side is self.side and bool(_words(fact.body_part) & self.words)


def _words(text: str | None) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in re.findall(r"[a-z]{3,}", folded(text or "")))


def citable(fact: Fact, evidence: Evidence) -> bool:
    """Whether it has happened and every place that states it is enclosed; what a reviewer added may have no place."""
    return not evidence.is_to_come(fact) and bool(fact.spans) and all(evidence.enclosed(span) for span in fact.spans)


def used(evidence: Evidence, *verdicts: Verdict) -> frozenset[str]:
    """The facts behind the criteria with one of those verdicts."""
    results = evidence.coverage.criteria
    return frozenset(name for result in results if result.verdict in verdicts for name in result.facts)


def serving(evidence: Evidence, scope: Scope) -> tuple[Fact, ...]:
    """The facts that the clinical summary may state, in the order of their days.

    A fact that no met criterion rests on must serve by its own nature: a treatment that did not suffice, a diagnosis
    or a limit of this body part. One that the checker set aside, or left to a person, is not raised.
    """
    met = used(evidence, Verdict.MET)
    doubtful = used(evidence, Verdict.NEEDS_REVIEW, Verdict.NOT_DOCUMENTED)
    set_aside = {entry.fact for result in evidence.coverage.criteria for entry in result.rejected}
    chosen = [
        fact
        for fact in evidence.facts.values()
        if (fact.assertion.holds or fact.barred)
        and citable(fact, evidence)
        and scope.holds(fact)
        and not _names_author(fact)
        if fact.id in met or (fact.id not in set_aside | doubtful and _serves_by_nature(fact, scope, evidence))
    ]
    return tuple(sorted(chosen, key=chronological))


def _serves_by_nature(fact: Fact, scope: Scope, evidence: Evidence) -> bool:
    if fact.kind in TREATMENTS:
        return fact.outcome in _SERVE
    if fact.kind is FactKind.DIAGNOSIS:
        codes = [code.value for code in evidence.denial.diagnosis_codes]
        return fact.value in codes or any(folded(code) in folded(span.quote) for code in codes for span in fact.spans)
    if fact.assertion is not Assertion.PRESENT:
        return False
    if fact.kind is FactKind.FINDING:
        shown = (evidence.facts[name] for name in used(evidence, Verdict.MET) if name in evidence.facts)
        alike = any(set(fact.classes) & set(other.classes) for other in shown if other.kind is FactKind.FINDING)
        return alike or scope.is_exactly(fact)
    return fact.kind is FactKind.FUNCTIONAL_LIMIT


def _names_author(fact: Fact) -> bool:
    return fact.is_a(tables().authors)


def chronological(fact: Fact) -> tuple[str, str]:
    """By the first day it is known for; undated facts last."""
    first = fact.start or fact.date or fact.end
    return (first.iso if first else "9999", fact.id)


def merged(facts: Sequence[Fact]) -> tuple[tuple[Fact, ...], ...]:
    """Facts that say the same thing, told once: the fullest and latest of them first in each group."""
    outcomes: dict[tuple[object, ...], set[Outcome | None]] = {}
    for fact in facts:
        outcomes.setdefault(_sameness(fact), set()).add(fact.outcome)
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts:
        known = outcomes[_sameness(fact)] - {None}
        agreed = next(iter(known)) if len(known) == 1 else fact.outcome  # where they differ each is told for itself
        groups.setdefault((*_sameness(fact), agreed), []).append(fact)
    return tuple(tuple(sorted(group, key=_fullness, reverse=True)) for group in groups.values())


def _sameness(fact: Fact) -> tuple[object, ...]:
    """What two facts share that are told in one sentence: for those told by quotation the passage."""
    if fact.kind in TREATMENTS:
        return (fact.kind, fact.name, fact.side, *((fact.start, fact.end) if fact.start else (fact.date,)))
    if fact.kind in (FactKind.MEASUREMENT, FactKind.IMAGING):
        return fact.kind, fact.name, fact.side, fact.value, fact.date
    if fact.kind in (FactKind.DOCUMENTATION, FactKind.DIAGNOSIS):
        return fact.kind, fact.name, fact.side, fact.assertion
    return (fact.spans[0].place, fact.assertion)


def _fullness(fact: Fact) -> tuple[int, str]:
    told = (fact.visits, fact.outcome_reason, fact.outcome, fact.body_part, fact.side, fact.dose, fact.scale_max)
    return sum(value is not None for value in told), fact.date.iso if fact.date else ""
