"""The sentences of law that a plan type allows in the letter, from the reviewed table."""

from functools import cache

from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.coverage import LegalBasis
from schemas.denial import PlanType


class Laws(Frozen):
    """legal_basis.yaml: plan type, then level, then sentences."""

    source: str
    plans: dict[PlanType, dict[int, tuple[LegalBasis, ...]]]


@cache
def _laws() -> Laws:
    return table("legal_basis", Laws)


def legal_basis(plan_type: PlanType, level: int) -> tuple[LegalBasis, ...]:
    """What may be cited for a level of appeal; nothing where the plan type is unknown."""
    return _laws().plans.get(plan_type, {}).get(level, ())
