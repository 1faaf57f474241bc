"""Denial, facts and today to Coverage: every criterion answered by arithmetic, the deadline, and what to warn of.

Pure: no clock, no files but the tables of this package, no network, no chance.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.check.actions import actions
from pipeline.check.classify import case_type, patterns
from pipeline.check.context import Context
from pipeline.check.deadline import deadline, plan_type
from pipeline.check.evaluate import evaluate
from pipeline.check.law import legal_basis
from pipeline.check.proof import proof_kit, reviewer_five
from pipeline.check.routes import routes
from pipeline.check.talk import talk
from pipeline.check.warnings import warnings
from schemas.coverage import Coverage, CriterionResult
from schemas.denial import Denial
from schemas.fact import Fact

__all__ = ["check", "deadline", "legal_basis"]


def check(
    denial: Denial,
    facts: Sequence[Fact],
    today: date,
    level: int = 1,
    *,
    received: date | None = None,
    filed: date | None = None,
    decided: Mapping[str, CriterionResult] | None = None,
) -> Coverage:
    """What the record says of each criterion of the denial, and until when level `level` of appeal is open.

    `received` is when the notice came, `filed` when the appeal reached the payer, where a person knows them; `decided`
    holds, by criterion, what a reviewer decided.
    """
    context = Context.of(denial, today)
    due = deadline(denial, level, today, received, filed)
    kind, kind_spans = case_type(denial)
    shown = patterns(denial)
    results = evaluate(denial.criteria, facts, context, decided or {})
    ways = routes(denial, level)
    offered = talk(denial, today)
    kit = proof_kit(kind, denial, facts, results, context)
    return Coverage(
        criteria=results,
        deadline=due,
        case_type=kind,
        case_type_spans=kind_spans,
        patterns=tuple(shown),
        pattern_spans=shown,
        routes=ways,
        proof_kit=kit,
        reviewer_five=reviewer_five(denial, facts, results, context),
        peer_to_peer=offered,
        actions=actions(denial, facts, results, kit, ways, due, offered),
        legal_basis=legal_basis(plan_type(denial), level),
        warnings=warnings(denial, facts, context, due, level),
    )
