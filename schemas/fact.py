"""Clinical facts: what the record says was done, measured, found or suffered."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, model_validator
from pydantic.dataclasses import dataclass

from schemas.base import Frozen
from schemas.dates import PartialDate
from schemas.span import Correction, Span


@lru_cache(maxsize=4096)  # a case asks for the same figures many times
def _number(stated: str) -> Decimal | None:
    try:
        return Decimal(stated)
    except ArithmeticError:
        return None


class FactKind(StrEnum):
    """The nine kinds of clinical fact."""

    TREATMENT = "treatment"
    MEASUREMENT = "measurement"
    FINDING = "finding"
    IMAGING = "imaging"
    MEDICATION = "medication"
    DIAGNOSIS = "diagnosis"
    FUNCTIONAL_LIMIT = "functional_limit"
    RISK = "risk"
    DOCUMENTATION = "documentation"


class Assertion(StrEnum):
    """What the sentence and its section say of the thing. Only the first two can meet a criterion."""

    PRESENT = "present"
    HISTORICAL = "historical"
    ABSENT = "absent"
    POSSIBLE = "possible"
    HYPOTHETICAL = "hypothetical"
    FAMILY = "family"
    OTHER_PATIENT = "other_patient"

    @property
    def holds(self) -> bool:
        """Whether the thing is, or was, true of this patient."""
        return self in (Assertion.PRESENT, Assertion.HISTORICAL)

    def agrees(self, other: Assertion) -> bool:
        """Whether the two are one, or both hold: a criterion takes what is and what was alike."""
        return self is other or (self.holds and other.holds)


class Outcome(StrEnum):
    """How a treatment ended, as the record states it."""

    FAILED = "failed"
    PARTIAL = "partial"
    EFFECTIVE = "effective"
    INTOLERANT = "intolerant"
    CONTRAINDICATED = "contraindicated"
    DECLINED = "declined"
    INCOMPLETE = "incomplete"
    ONGOING = "ongoing"


class Side(StrEnum):
    """The side of the body."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"


Unit = Literal["days", "weeks", "months", "years"]


class Length(Frozen):
    """A length of time in the unit it was stated in; months are not weeks."""

    n: Decimal = Field(ge=0)
    unit: Unit


class Quantity(Frozen):
    """A number with its unit, such as a dose: 15 `mg/week`."""

    n: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Fact:
    """One thing the record states of a patient, with the places that state it.

    `name` is the vocabulary's term (`physical therapy`, `methotrexate`, `ODI`, `Kellgren-Lawrence`), `classes` the
    groups it counts for (`conservative`, `active`, `csdmard`). `value` is a decimal string where the thing is a
    number, else the words; `value_high` is the other end of a range ("KL 2-3"). `scale_max` is the top of a score's
    scale where the record states it. `date` is when it was observed or written down; `start` and `end` when a
    treatment ran; `ongoing` says it had not ended at `date`. `date_resolved` marks a date worked out from a relative
    one ("3 weeks ago"). `unread` says that a figure of it stands there that was not read: it can meet nothing, and no
    earlier figure may answer for it. `correction` marks a fact that a reviewer added, edited or rejected. `read_as`
    holds, where two readers differ on the assertion, that of each, the rules' first: by neither's word alone is a
    criterion met.
    """

    id: str
    kind: FactKind
    name: str
    classes: tuple[str, ...] = ()
    value: str | None = None
    value_high: str | None = None
    unit: str | None = None
    scale_max: Decimal | None = None
    side: Side | None = None
    body_part: str | None = None
    date: PartialDate | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    ongoing: bool = False
    duration: Length | None = None
    visits: Annotated[int | None, Field(ge=0)] = None
    dose: Quantity | None = None
    outcome: Outcome | None = None
    outcome_reason: str | None = None
    assertion: Assertion = Assertion.PRESENT
    read_as: tuple[Assertion, Assertion] | None = None
    date_resolved: bool = False
    unread: bool = False
    spans: tuple[Span, ...] = ()
    date_spans: tuple[Span, ...] = ()
    correction: Correction | None = None

    @model_validator(mode="after")
    def _has_a_place_or_a_correction(self) -> Fact:
        if not self.spans and self.correction is None:
            raise ValueError("a fact needs a place that states it, or a reviewer's correction")
        return self

    @property
    def stands(self) -> bool:
        """Whether no reviewer rejected it."""
        return self.correction is None or not self.correction.rejects

    @property
    def in_doubt(self) -> bool:
        """Whether two readers differ on its assertion, and no reviewer has settled it."""
        return self.read_as is not None and self.correction is None

    @property
    def barred(self) -> bool:
        """Whether the record states that it must not be had; `absent` then says that it was not, or not any more."""
        said = self.assertion.holds or self.assertion is Assertion.ABSENT
        return self.outcome is Outcome.CONTRAINDICATED and said

    @property
    def number(self) -> Decimal | None:
        """`value` as a number, where it is one."""
        return None if self.value is None else _number(self.value)

    @property
    def number_high(self) -> Decimal | None:
        """`value_high` as a number, where it is one."""
        return None if self.value_high is None else _number(self.value_high)

    def is_a(self, terms: tuple[str, ...]) -> bool:
        """Whether its name or one of its classes is among the terms."""
        return self.name in terms or any(term in terms for term in self.classes)


FACT = TypeAdapter(Fact)  # how a fact is dumped by itself
