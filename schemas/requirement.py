"""The predicate language a criterion is translated into.

A predicate asks a question of the facts that arithmetic can answer. `terms` name what it is about: vocabulary names
or classes (see `Fact.is_a`); several terms are alternatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.fact import Length, Outcome, Quantity, Side

SNELLEN = "Snellen denominator"  # the unit of the acuity of an eye: 40 of "20/40"


class Op(StrEnum):
    """A comparison, written as it is read."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    EQUAL = "="


Anchor = Literal["request_date", "service_date", "denial_date", "order_date"]


class Window(Frozen):
    """Within `length` before the anchor day: "in the last 12 months" before the request."""

    length: Length
    before: Anchor = "request_date"


class _Asked(Frozen):
    """What is asked. `judged`: the criterion says more than this holds, and a person must judge it before it is met.

    It names what the rest is about, for passages; None where nothing is left.
    """

    judged: tuple[str, ...] | None = None


class About(_Asked):
    """What is asked of the things that the terms name, by name or class; of that side, part of the body and time."""

    terms: tuple[str, ...] = Field(min_length=1)
    side: Side | None = None
    body_part: str | None = None
    within: Window | None = None


class Duration(About):
    """A treatment (or symptom) that lasted so long. `active` asks for an active modality among conservative care.

    `outcomes` lists the outcomes of which the treatment must have had one; empty: the length alone is asked.
    `dose` is the least dose that counts.
    """

    kind: Literal["duration"] = "duration"
    op: Op = Op.AT_LEAST
    length: Length
    active: bool = False
    outcomes: tuple[Outcome, ...] = ()
    dose: Quantity | None = None


class Count(About):
    """So many treatments, trials, visits or events.

    `of` says what is counted: distinct treatments by name (`agent`), by class, or attended `visits`. An agent whose
    outcome is `intolerant` or `contraindicated` is exempt from `each` where those are among `outcomes`.
    """

    kind: Literal["count"] = "count"
    op: Op = Op.AT_LEAST
    n: int
    of: Literal["agent", "class", "visits", "event"] = "agent"
    outcomes: tuple[Outcome, ...] = ()
    each: Length | None = None
    dose: Quantity | None = None


class Score(About):
    """A score on a named instrument. `scale_max` and `unit` are the threshold's own scale ("41%", "20/52").

    `value_high` is the other end of a range ("class II or III"), which counts.
    """

    kind: Literal["score"] = "score"
    op: Op = Op.AT_LEAST
    value: Decimal
    value_high: Decimal | None = None
    scale_max: Decimal | None = None
    unit: str | None = None
    use: Literal["latest", "any"] = "latest"


class Measure(About):
    """A measured quantity with its unit. `value_high` is the other end of a range, which counts.

    `use` says which figures must pass: the latest, any one, or every one in the window.
    """

    kind: Literal["measure"] = "measure"
    op: Op = Op.AT_LEAST
    value: Decimal
    value_high: Decimal | None = None
    unit: str | None = None
    use: Literal["latest", "any", "every"] = "latest"


class Finding(About):
    """An exam, imaging or history finding, diagnosis, risk or functional limit that must be stated as present.

    `sources` narrows where it may come from, by fact kind. `absent`: a test for it that was negative is asked.
    """

    kind: Literal["finding"] = "finding"
    sources: tuple[str, ...] = ()
    absent: bool = False


class Code(About):
    """A diagnosis that the chart gives by code. `terms` are ICD-10-CM codes; "M17" is every code that begins so."""

    kind: Literal["code"] = "code"


class Tolerance(About):
    """The patient could not take a treatment: `intolerant` (tried and stopped) or `contraindicated`."""

    kind: Literal["tolerance"] = "tolerance"
    outcomes: tuple[Outcome, ...] = (Outcome.INTOLERANT, Outcome.CONTRAINDICATED)


class Present(About):
    """A document or report that must be in the record ("standing radiographs", "a letter of medical necessity")."""

    kind: Literal["document"] = "document"


class Change(About):
    """A score or a measure that moved by so much, up or down, between an earlier reading and the latest.

    `percent`: `value` is a share of the earlier reading; else it is in the reading's own `unit`. None: by any amount.
    """

    kind: Literal["change"] = "change"
    op: Op = Op.AT_LEAST
    value: Decimal | None = None
    percent: bool = False
    unit: str | None = None
    direction: Literal["up", "down"] | None = None


class ElapsedSince(About):
    """So long since the last of an event, until `before`: "at least 6 weeks without tobacco", "8 weeks after it"."""

    kind: Literal["elapsed_since"] = "elapsed_since"
    op: Op = Op.AT_LEAST
    length: Length
    before: Anchor = "request_date"


class Frequency(About):
    """So many in each `per`: "4 migraine days per month", "weekly". `over` is how long it must have been so.

    `unit` is that of a measured figure ("days/month"), where the record counts it so.
    """

    kind: Literal["frequency"] = "frequency"
    op: Op = Op.AT_LEAST
    n: Decimal = Decimal(1)
    per: Length
    over: Length | None = None
    unit: str | None = None


class Limit(About):
    """No more than so many, in any `rolling` stretch: what the payer caps. `n` is None where no figure is given."""

    kind: Literal["limit"] = "limit"
    n: Decimal | None = None
    rolling: Length | None = None


class Concordant(About):
    """Two things of the record that must agree: imaging with the level treated, the side asked with that examined."""

    kind: Literal["concordant"] = "concordant"


class Age(_Asked):
    """The patient's age in full years on the day of the request."""

    kind: Literal["age"] = "age"
    op: Op = Op.AT_LEAST
    years: int


class Attest(Frozen):
    """A statement that arithmetic cannot decide: always for a person. `terms` help to find passages on it."""

    kind: Literal["attest"] = "attest"
    terms: tuple[str, ...] = ()


class All(_Asked):
    """Every part must hold."""

    kind: Literal["all"] = "all"
    of: tuple[Requirement, ...] = Field(min_length=1)


class Any(_Asked):
    """One part must hold. "Unless" is `any` of the rule and its exception."""

    kind: Literal["any"] = "any"
    of: tuple[Requirement, ...] = Field(min_length=1)


class AtLeast(_Asked):
    """So many of the parts must hold."""

    kind: Literal["at_least"] = "at_least"
    n: int = Field(ge=1)
    of: tuple[Requirement, ...] = Field(min_length=1)


class Not(_Asked):
    """The part must be shown not to hold: silence does not meet it."""

    kind: Literal["not"] = "not"
    of: Requirement


Subject = (
    Duration
    | Count
    | Score
    | Measure
    | Change
    | Frequency
    | ElapsedSince
    | Limit
    | Concordant
    | Finding
    | Code
    | Tolerance
    | Present
)
"""What asks for facts on its terms."""

Requirement = Annotated[Subject | Age | Attest | All | Any | AtLeast | Not, Field(discriminator="kind")]

for _model in (All, Any, AtLeast, Not):
    _model.model_rebuild()


def leaves(need: Requirement | None) -> Iterator[Requirement]:
    """The predicates that a requirement is made of, in order, what is negated among them; none of None."""
    match need:
        case None:
            return
        case All() | Any() | AtLeast():
            for part in need.of:
                yield from leaves(part)
        case Not():
            yield from leaves(need.of)
        case _:
            yield need
