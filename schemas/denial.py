"""The denial: what was decided, why, by which criteria, and where and until when it can be appealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import Field

from schemas.base import Frozen
from schemas.fact import Unit
from schemas.requirement import Requirement
from schemas.span import Cited

M = TypeVar("M", bound=Frozen)


class PlanType(StrEnum):
    """The legal regime of the plan, which decides windows and law."""

    COMMERCIAL_ERISA = "commercial_erisa"
    COMMERCIAL_ACA = "commercial_aca"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICARE_ORIGINAL = "medicare_original"
    PART_D = "part_d"
    MEDICAID_MCO = "medicaid_mco"
    FEHB = "fehb"
    TRICARE = "tricare"
    UNKNOWN = "unknown"


class CriteriaSource(Frozen):
    """The policy, guideline or plan section that the payer names."""

    name: Cited[str] | None = None
    identifier: Cited[str] | None = None
    version: Cited[str] | None = None


class Criterion(Frozen):
    """One criterion in the payer's words, with its translation, or null where it does not translate.

    Criteria that share a `group` satisfy it together as `combine` says; without a group each stands alone. `at_least`
    is how many of them must hold where `combine` says so, and 1 where it is `any`.
    """

    id: str
    text: Cited[str]
    requirement: Requirement | None = None
    group: str | None = None
    combine: Literal["all", "any", "at_least"] = "all"
    at_least: int = Field(default=1, ge=1)


def spared(criteria: Sequence[Criterion], met: Collection[str]) -> frozenset[str]:
    """The criteria, by id, that are not met and need not be: as many others of their group are as it takes."""
    holding = Counter(row.group for row in criteria if row.group and row.id in met)
    return frozenset(
        row.id
        for row in criteria
        if row.group and row.id not in met and row.combine != "all" and holding[row.group] >= row.at_least
    )


class AppealWindow(Frozen):
    """A window to appeal, in the letter's own unit; `trigger` is the event the letter counts from."""

    n: int = Field(gt=0)
    unit: Unit
    trigger: Literal["notice_date", "receipt", "unstated"] = "unstated"


class AppealChannel(Frozen):
    """How and until when the plan-level appeal can be filed, as the letter says.

    `peer_to_peer` is the sentence that offers a talk with a reviewer; `used_up` the words by which no appeal to the
    plan is left.
    """

    window: Cited[AppealWindow] | None = None
    deadline: Cited[date] | None = Field(default=None, description="A last day printed in the letter.")
    address: Cited[str] | None = None
    fax: Cited[str] | None = None
    phone: Cited[str] | None = None
    peer_to_peer: Cited[str] | None = None
    used_up: Cited[str] | None = None


class Denial(Frozen):
    """The grounded content of the denial letter. A field is null where the letter does not state it."""

    payer: Cited[str] | None = None
    plan_type: Cited[PlanType] | None = None
    patient_name: Cited[str] | None = None
    birth_date: Cited[date] | None = None
    member_id: Cited[str] | None = None
    group_number: Cited[str] | None = None
    claim_number: Cited[str] | None = None
    reference_number: Cited[str] | None = None
    letter_date: Cited[date] | None = None
    received_date: Cited[date] | None = Field(default=None, description="When the payer received the request.")
    service: Cited[str] | None = None
    provider: Cited[str] | None = None
    denied_amount: Cited[Decimal] | None = None
    reason: Cited[str] | None = None
    criteria_source: CriteriaSource = CriteriaSource()
    procedure_codes: tuple[Cited[str], ...] = ()
    diagnosis_codes: tuple[Cited[str], ...] = ()
    service_dates: tuple[Cited[date], ...] = ()
    reason_codes: tuple[Cited[str], ...] = ()
    criteria: tuple[Criterion, ...] = ()
    appeal: AppealChannel = AppealChannel()

    @property
    def standing(self) -> Denial:
        """The denial without what a reviewer rejected: what the checker and the letter go by."""
        return _standing(self)


def _standing(model: M) -> M:
    kept: dict[str, object] = {}
    for name in type(model).model_fields:
        match getattr(model, name):
            case Cited() as cited if not cited.stands:
                kept[name] = None
            case tuple() as items:
                kept[name] = tuple(item for item in items if _stands(item))
            case CriteriaSource() | AppealChannel() as nested:
                kept[name] = _standing(nested)
    return model.model_copy(update=kept)


def _stands(item: object) -> bool:
    cited = item.text if isinstance(item, Criterion) else item
    return not isinstance(cited, Cited) or cited.stands
