"""The table of appeal rules, and which of its rows govern a level of appeal of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.denial import PlanType
from schemas.fact import Length, Unit

Grade = Literal["primary", "secondary", "memory"]


class _Row(BaseModel):
    """A row with notes for people beside what is computed with."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Filing(_Row):
    """The time to file, and the event it runs from. `min_n` and `max_n` bound a number that a state sets."""

    n: int | None
    unit: Unit | None
    trigger: str | None = Field(alias="from")
    min_n: int | None = None
    max_n: int | None = None


class Rollover(_Row):
    """What moves a last day: a day number the month lacks, a weekend or a federal holiday."""

    no_corresponding_date: str | None = None
    weekend_or_federal_holiday: str | None = None


class Rule(_Row):
    """A row of appeal_rules.yaml. `presumption` is the days after its date that a notice is taken to be received."""

    id: str
    filing: Filing | None
    presumption: int = Field(alias="receipt_presumption_days")
    rollover: Rollover | str
    source: tuple[str, ...]
    verified: Grade

    @property
    def from_receipt(self) -> bool:
        """Whether the window runs from receipt of the notice."""
        return bool(self.filing and self.filing.trigger and self.filing.trigger.startswith("receipt"))

    @property
    def length(self) -> Length | None:
        """The window, or None where the plan or contract sets it; the least where a state sets it."""
        filing = self.filing
        if filing is None or filing.n is None or filing.unit is None:
            return None
        return Length.model_validate({"n": filing.min_n or filing.n, "unit": filing.unit})

    @property
    def longest(self) -> Length | None:
        """The most that a state may set, elsewhere the window."""
        if self.length is None or self.filing is None or self.filing.max_n is None:
            return self.length
        return self.length.model_copy(update={"n": Decimal(self.filing.max_n)})


class _Rules(_Row):
    rules: tuple[Rule, ...]


class Level(Frozen):
    """The rows for one level of appeal; the fields are told at the head of levels.yaml."""

    rules: tuple[str, ...]
    presumption_from: date | None = None
    question: str = ""


class Party(Frozen):
    """What to warn of who may appeal."""

    code: str
    message: str


class Plan(Frozen):
    """A plan type's levels of appeal."""

    name: str
    levels: dict[int, Level]
    party: Party | None = None


class Levels(Frozen):
    """levels.yaml."""

    due_soon_days: int
    plans: dict[PlanType, Plan]


@cache
def levels() -> Levels:
    """Plan types and their levels."""
    return table("levels", Levels)


@cache
def rules() -> Mapping[str, Rule]:
    """The rows of appeal_rules.yaml by id."""
    return {rule.id: rule for rule in table("appeal_rules", _Rules).rules}
