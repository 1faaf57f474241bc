"""Asking a model to read criteria: the form of its reply, and the requirements made of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline import notation
from pipeline.extract.ground import UngroundedError
from pipeline.extract.model.places import canonical
from schemas.base import Frozen
from schemas.denial import Criterion
from schemas.fact import Length, Outcome, Quantity
from schemas.requirement import (
    Age,
    All,
    Any,
    AtLeast,
    Count,
    Duration,
    Finding,
    Measure,
    Not,
    Op,
    Requirement,
    Score,
    Tolerance,
    Window,
)


class AskedPart(Frozen):
    """One thing that a criterion asks, with the words of it that do. `n` is a figure as printed or its numeral."""

    words: str = Field(min_length=1)
    kind: Literal["duration", "count", "score", "measure", "finding", "tolerance", "age"]
    terms: tuple[str, ...] = ()
    op: Op = Op.AT_LEAST
    n: str | None = None
    unit: str | None = None
    within: str | None = None
    dose: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    negated: bool = False


class ReadCriterion(Frozen):
    """A criterion by its number: its parts, and how many of them must hold."""

    criterion: str
    combine: Literal["all", "any", "at_least"] = "all"
    at_least: int = Field(default=1, ge=1)
    parts: tuple[AskedPart, ...] = Field(min_length=1, max_length=12)


class ReadCriteria(Frozen):
    """The criteria that a model could read; those it could not are left out."""

    criteria: tuple[ReadCriterion, ...] = ()


def shown_criteria(criteria: Sequence[Criterion]) -> str:
    """Criteria as a model is shown them: a block of data for each, headed by its id."""
    return "\n\n".join(f"[{one.id}]\n" + "\n".join(f"| {line}" for line in _lines(one)) for one in criteria)


def _lines(criterion: Criterion) -> list[str]:
    return [line.strip() for span in criterion.text.spans for line in span.quote.split("\n") if line.strip()]


@dataclass(frozen=True, slots=True)
class Read:
    """A requirement as a model proposes it, each leaf with the words it was read from."""

    requirement: Requirement
    parts: tuple[tuple[AskedPart, Requirement], ...]
    combine: Literal["all", "any", "at_least"]
    at_least: int


def requirement(read: ReadCriterion) -> Read:
    """The predicate language's form of a reading. UngroundedError where a part lacks what its kind needs."""
    named = (part.model_copy(update={"terms": tuple(map(canonical, part.terms))}) for part in read.parts)
    parts = tuple((part, _leaf(part)) for part in named)
    of = tuple(Not(of=leaf) if part.negated else leaf for part, leaf in parts)
    whole: Requirement = of[0]
    if len(of) > 1:
        combined: dict[str, Requirement] = {
            "all": All(of=of),
            "any": Any(of=of),
            "at_least": AtLeast(n=read.at_least, of=of),
        }
        whole = combined[read.combine]
    return Read(whole, parts, read.combine, read.at_least)


_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,6})?")


def _leaf(part: AskedPart) -> Requirement:
    if part.kind == "age":
        return Age(op=part.op, years=int(_figure(part)))
    if not part.terms:
        raise UngroundedError("the part names nothing")
    within = Window(length=_length(part.within)) if part.within else None
    match part.kind:
        case "duration":
            length = _length(f"{part.n} {part.unit}")
            return Duration(
                terms=part.terms, op=part.op, length=length, outcomes=part.outcomes, dose=_dose(part), within=within
            )
        case "count":
            n = _figure(part)
            if n != n.to_integral_value():
                raise UngroundedError("the count is no whole number")
            of: Literal["visits", "agent"] = "visits" if part.unit == "visits" else "agent"
            return Count(
                terms=part.terms, op=part.op, n=int(n), of=of, outcomes=part.outcomes, dose=_dose(part), within=within
            )
        case "score":
            return Score(terms=part.terms, op=part.op, value=_figure(part), unit=part.unit, within=within)
        case "measure":
            return Measure(terms=part.terms, op=part.op, value=_figure(part), unit=part.unit, within=within)
        case "tolerance":
            return Tolerance(terms=part.terms, within=within, **({"outcomes": part.outcomes} if part.outcomes else {}))
        case "finding":
            return Finding(terms=part.terms, within=within)


def _figure(part: AskedPart) -> Decimal:
    if part.n is None:
        raise UngroundedError("the part has no figure")
    if _NUMBER.fullmatch(part.n):
        return Decimal(part.n)
    if (spelled := notation.spelled(part.n)) is None or not part.n.strip():
        raise UngroundedError("the figure is not a number")
    return Decimal(spelled)


def _length(text: str) -> Length:
    found = notation.lengths(text)
    if len(found) != 1:
        raise UngroundedError("the length of time cannot be read")
    return found[0].value


def _dose(part: AskedPart) -> Quantity | None:
    if part.dose is None:
        return None
    figure, _, unit = part.dose.partition(" ")
    if not _NUMBER.fullmatch(figure) or not unit:
        raise UngroundedError("the dose is not a figure with a unit")
    return Quantity(n=Decimal(figure), unit=unit)
