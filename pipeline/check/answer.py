"""The answer to a requirement before it is bound to its criterion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Literal, NamedTuple

from schemas.coverage import Computed, CriterionResult, Rejected, Verdict
from schemas.fact import Fact

_FACT = attrgetter("fact")
GapKind = Literal["documentation", "criteria_difference"]


class Answer(NamedTuple):
    """The fields of `CriterionResult`.

    A `not_met` whose `gap_kind` is `documentation` rests on a count that other records could raise; any other
    `not_met` rests on a contrary statement or a complete measure.
    """

    verdict: Verdict
    explanation: str
    facts: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    computed: Computed | None = None
    gap: str = ""
    gap_kind: GapKind | None = None

    def rejecting(self, rejected: Iterable[Rejected]) -> Answer:
        """The answer with further facts that could not serve, one reason each."""
        entries = (*rejected, *self.rejected)
        reasons = dict(zip(map(_FACT, entries), entries, strict=True))
        for used in self.facts:
            reasons.pop(used, None)
        ordered = tuple(sorted(reasons.values(), key=_FACT))
        return Answer(self.verdict, self.explanation, self.facts, ordered, self.computed, self.gap, self.gap_kind)

    def result(self, criterion: str) -> CriterionResult:
        """The answer as the result of a criterion."""
        return CriterionResult(
            criterion=criterion,
            verdict=self.verdict,
            facts=self.facts,
            rejected=self.rejected,
            computed=self.computed,
            explanation=self.explanation,
            gap=self.gap,
            gap_kind=self.gap_kind,
        )


def ids(facts: Iterable[Fact]) -> tuple[str, ...]:
    """The facts' ids, each once, in order."""
    return tuple(sorted({fact.id for fact in facts}))


def met(explanation: str, facts: Iterable[Fact], computed: Computed | None = None) -> Answer:
    """The record shows it."""
    return Answer(Verdict.MET, explanation, ids(facts), computed=computed)


def not_met(explanation: str, facts: Iterable[Fact], gap: str = "", computed: Computed | None = None) -> Answer:
    """The record shows the opposite, or too little of a thing it measures."""
    return Answer(Verdict.NOT_MET, explanation, ids(facts), computed=computed, gap=gap, gap_kind="criteria_difference")


def not_documented(explanation: str, gap: str, facts: Iterable[Fact] = (), computed: Computed | None = None) -> Answer:
    """The record is silent, or too vague to measure."""
    return Answer(Verdict.NOT_DOCUMENTED, explanation, ids(facts), computed=computed, gap=gap, gap_kind="documentation")


def unless_denied(found: Answer, facts: Iterable[Fact], denials: Sequence[Fact]) -> Answer:
    """What was found, or a dispute where facts are denied by their own name or class.

    What is met stands against a denial before its first fact began: what was denied then may well have come since.
    """
    if not denials or found.verdict in (Verdict.NOT_MET, Verdict.NEEDS_REVIEW):
        return found
    used = [fact for fact in facts if found.verdict is not Verdict.MET or fact.id in found.facts]
    stated = {name for fact in used for name in (fact.name, *fact.classes)}
    against = [denial for denial in denials if denial.name in stated]
    if found.verdict is Verdict.MET:
        begun = [first.earliest for fact in used if (first := fact.start or fact.end or fact.date)]
        against = [denial for denial in against if not (begun and denial.date and denial.date.latest < min(begun))]
    return in_dispute(found, against) if against else found


def in_dispute(found: Answer, denials: Sequence[Fact]) -> Answer:
    """What was found, for a person: the record denies the same thing elsewhere."""
    listed = ", ".join(sorted({f"{fact.name} ({fact.date})" if fact.date else fact.name for fact in denials}))
    denying = ids(denials)
    return found._replace(
        verdict=Verdict.NEEDS_REVIEW,
        explanation=f"{found.explanation} But the record also denies it: {listed}.",
        facts=tuple(sorted({*found.facts, *denying})),
        rejected=tuple(entry for entry in found.rejected if entry.fact not in denying),
        gap_kind="documentation" if found.gap else None,
    )


def needs_review(
    explanation: str, facts: Iterable[Fact] = (), gap: str = "", computed: Computed | None = None
) -> Answer:
    """Something is there that a person must read."""
    kind: GapKind | None = "documentation" if gap else None
    return Answer(Verdict.NEEDS_REVIEW, explanation, ids(facts), computed=computed, gap=gap, gap_kind=kind)
