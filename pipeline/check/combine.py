"""Answers of parts made one: all, any, at least so many, not."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.check import logic
from pipeline.check.answer import Answer, GapKind
from schemas.coverage import Computed, Verdict
from schemas.requirement import All, Any, AtLeast, Tolerance


def combined(need: All | Any | AtLeast, parts: Sequence[Answer]) -> Answer:
    """The parts by the tables of `logic`. What is unmet is told before what is met; a met answer tells that alone."""
    n = need.n if isinstance(need, AtLeast) else 1 if isinstance(need, Any) else len(parts)
    verdict = Verdict.NOT_MET if _not_excused(need, parts) else logic.at_least(n, [part.verdict for part in parts])
    holding = [part for part in parts if part.verdict is Verdict.MET]
    lacking = sorted(
        (part for part in parts if part.verdict is not Verdict.MET), key=lambda part: part.verdict is not verdict
    )
    told = holding if verdict is Verdict.MET else [*lacking, *holding]
    gaps = [part.gap for part in told if part.gap]
    gap = (" " if isinstance(need, All) else " Or: ").join(dict.fromkeys(gaps))
    answer = Answer(
        verdict=verdict,
        explanation=" ".join(dict.fromkeys(part.explanation for part in told)),
        facts=tuple(sorted({fact for part in told for fact in part.facts})),
        computed=_joined([part.computed for part in told if part.computed]),
        gap=gap,
        gap_kind=_gap_kind(verdict, gap, parts, n),
    )
    return answer.rejecting(entry for part in parts for entry in part.rejected)


def _not_excused(need: All | Any | AtLeast, parts: Sequence[Answer]) -> bool:
    """Whether a rule is not met, and nothing in the record speaks of the exception by which it would not be asked."""
    if not isinstance(need, Any) or len(parts) != 2 or not isinstance(need.of[1], Tolerance):
        return False
    return parts[0].verdict is Verdict.NOT_MET and parts[1].verdict is Verdict.NOT_DOCUMENTED and not parts[1].facts


def _joined(figures: Sequence[Computed]) -> Computed | None:
    """The arithmetic of several parts, in their order."""
    if len(figures) < 2:
        return figures[0] if figures else None
    return Computed(
        figure="; ".join(one.figure for one in figures),
        formula="; ".join(one.formula for one in figures if one.formula),
        needed="; ".join(one.needed for one in figures if one.needed),
    )


def _gap_kind(verdict: Verdict, gap: str, parts: Sequence[Answer], n: int) -> GapKind | None:
    """A criteria difference only where no further record could turn it."""
    if verdict is not Verdict.NOT_MET:
        return "documentation" if gap else None
    final = sum(part.verdict is Verdict.NOT_MET and part.gap_kind == "criteria_difference" for part in parts)
    return "criteria_difference" if len(parts) - final < n else "documentation"


def negated(part: Answer) -> Answer:
    """The opposite. A count that other records could raise does not show that there are no more."""
    if part.verdict is Verdict.NOT_MET and part.gap_kind == "documentation":
        text = f"{part.explanation} Whether other records show more, a person must find out."
        return part._replace(verdict=Verdict.NEEDS_REVIEW, explanation=text)
    verdict = logic.negate(part.verdict)
    if verdict is part.verdict:
        return part
    text = f"The criterion asks that this not be so. {part.explanation}"
    kind: GapKind | None = "criteria_difference" if verdict is Verdict.NOT_MET else None
    return part._replace(verdict=verdict, explanation=text, gap="", gap_kind=kind)
