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
from schemas.coverage import Verified
from schemas.denial import PlanType
from schemas.fact import Length, Unit


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
    filed_when: str | None = None
    filed_when_verified: Verified | None = None

    @property
    def from_receipt(self) -> bool:
        """Whether the window runs from receipt of the notice."""
        return bool(self.trigger and self.trigger.startswith("receipt"))

    @property
    def length(self) -> Length | None:
        """The window, or None where the plan or contract sets it; the least where a state sets it."""
        if self.n is None or self.unit is None:
            return None
        return Length.model_validate({"n": self.n if self.min_n is None else self.min_n, "unit": self.unit})

    @property
    def longest(self) -> Length | None:
        """The most that a state may set, elsewhere the window."""
        if self.length is None or self.max_n is None:
            return self.length
        return self.length.model_copy(update={"n": Decimal(self.max_n)})


class ExpeditedFiling(Filing):
    """The window to ask for a faster decision, where it differs; `scope` is what may be asked."""

    presumption: int = Field(alias="receipt_presumption_days")
    scope: str
    cite: str


class Clock(_Row):
    """The time the decider has. `type` and `starts` are codes told in rights.yaml; no clock before `effective`."""

    type: str
    n: int
    unit: Literal["hours", "days", "business_days", "working_days"]
    starts: str = Field(alias="from")
    extension_days: int = 0
    effective: date | None = None
    cite: str = ""


class Rollover(_Row):
    """What moves a last day: a day number the month lacks, a weekend or a federal holiday."""

    no_corresponding_date: str | None = None
    weekend_or_federal_holiday: str | None = None


class Rule(_Row):
    """A row of appeal_rules.yaml. `presumption` is the days after its date that a notice is taken to be received.

    `amounts` is the least amount in controversy in US dollars, by the calendar year of filing.
    """

    id: str
    filing: Filing | None
    presumption: int = Field(alias="receipt_presumption_days")
    rollover: Rollover | str
    source: tuple[str, ...]
    verified: Verified
    applies_to: tuple[str, ...]
    clocks: tuple[Clock, ...] = Field(alias="decision_clocks")
    alternative_filing: Filing | None = None
    expedited_filing: ExpeditedFiling | None = None
    amounts: dict[int, Decimal] | None = Field(default=None, alias="amount_in_controversy_usd")


class _Rules(_Row):
    rules: tuple[Rule, ...]


class Level(Frozen):
    """The rows for one level of appeal; the fields are told at the head of levels.yaml."""

    rules: tuple[str, ...]
    presumption_from: date | None = None
    printed_only: bool = False
    question: str = ""

    def rows(self, kind: str | None) -> tuple[Rule, ...]:
        """The rows of the table, of those that name the kind of plan where any does."""
        found = tuple(rules()[name] for name in self.rules)
        return tuple(rule for rule in found if kind in rule.applies_to) or found


class Party(Frozen):
    """What to warn of who may appeal, and which of the two it says."""

    code: str
    about: Literal["consent", "who_may_appeal"]
    source: str
    verified: Verified
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
    others: dict[str, Plan]

    def plan(self, name: str) -> Plan | None:
        """The plan of that plan type, or of that other name."""
        return next((plan for key, plan in (*self.plans.items(), *self.others.items()) if key == name), None)

    def level(self, name: str, level: int) -> Level | None:
        """A level of that plan; None where it has no reviewed rule."""
        plan = self.plan(name)
        return plan.levels.get(level) if plan else None


@cache
def levels() -> Levels:
    """Plan types and their levels."""
    return table("levels", Levels)


@cache
def rules() -> Mapping[str, Rule]:
    """The rows of appeal_rules.yaml by id."""
    return {rule.id: rule for rule in table("appeal_rules", _Rules).rules}
