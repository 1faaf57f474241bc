"""What follows where two readers differ on whether a thing is so: nothing is met by the word of one of them alone.

A fact in doubt stands as its stricter reading, which alone would not do: a finding that falls away can let a denial
stand that it was in dispute with. So each criterion is asked of what either reader holds too.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter

from schemas.coverage import CriterionResult, Verdict
from schemas.fact import Fact

Answering = Callable[[Sequence[Fact]], tuple[CriterionResult, ...]]


def by_every_reading(facts: Sequence[Fact], answered: Answering) -> tuple[CriterionResult, ...]:
    """The results of `answered`. Where facts are in doubt the first reader's verdict stands, but met needs both."""
    doubted = {fact.id: fact for fact in filter(attrgetter("read_as"), facts) if fact.in_doubt}
    standing = answered(facts)
    if not doubted:
        return standing
    first, second = (answered([_as_read(fact, reader) for fact in facts]) for reader in (0, 1))
    return tuple(_strictest(*results, doubted) for results in zip(standing, first, second, strict=True))


def _as_read(fact: Fact, reader: int) -> Fact:
    if fact.read_as is None or not fact.in_doubt:
        return fact
    return replace(fact, assertion=fact.read_as[reader])


def _strictest(
    standing: CriterionResult, first: CriterionResult, second: CriterionResult, doubted: dict[str, Fact]
) -> CriterionResult:
    verdict = first.verdict
    if verdict is Verdict.MET and not standing.verdict is second.verdict is Verdict.MET:
        verdict = Verdict.NEEDS_REVIEW
    if verdict is standing.verdict:
        return standing
    asked = {
        name for result in (standing, first, second) for name in (*result.facts, *(r.fact for r in result.rejected))
    }
    names = ", ".join(sorted({fact.name for name, fact in doubted.items() if name in asked}))
    return standing.model_copy(
        update={
            "verdict": verdict,
            "explanation": f"{first.explanation} Two readers of the record differ on {names}; a person must read it.",
            "computed": None,
            "gap": first.gap or standing.gap,
            "gap_kind": first.gap_kind,
        }
    )
