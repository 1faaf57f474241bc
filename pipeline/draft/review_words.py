"""How the review page words things: names of the schemas, dates, amounts and what a fact measured."""

from datetime import date
from decimal import Decimal

from pipeline.tables import load
from schemas.dates import PartialDate
from schemas.denial import AppealWindow, PlanType
from schemas.fact import Fact, Length, Quantity

WORDS: dict[str, dict[str, str]] = load("draft", "review.yaml")


def shown(value: object) -> str:
    """A value as a person writes it."""
    match value:
        case date():
            return f"{value:%B} {value.day}, {value.year}"
        case PartialDate():
            return {"day": shown(value.earliest), "month": f"{value.earliest:%B %Y}"}.get(value.precision, str(value))
        case Decimal():
            return f"${value:,.2f}"
        case AppealWindow():
            return f"{_length(value.n, value.unit)} {WORDS['trigger'][value.trigger]}"
        case Length():
            return _length(value.n, value.unit)
        case Quantity():
            return f"{value.n} {value.unit}"
        case PlanType():
            return WORDS["plan_type"][value]
        case _:
            return str(value)


def _length(n: int | Decimal, unit: str) -> str:
    return f"{n} {unit.removesuffix('s') if n == 1 else unit}"


def measured(fact: Fact) -> str:
    """The value of a fact with its range, scale and unit: "2-3", "48/100", "15 mg/week"."""
    if fact.value is None:
        return ""
    high = f"\N{EN DASH}{fact.value_high}" if fact.value_high else ""
    scale = f"/{fact.scale_max}" if fact.scale_max is not None else ""
    unit = "" if not fact.unit else fact.unit if fact.unit == "%" else f" {fact.unit}"
    return f"{fact.value}{high}{scale}{unit}"


def when(fact: Fact) -> str:
    """When it ran, else when it was observed; how exact that is stays as the record states it."""
    noted = shown(fact.date) if fact.date else ""
    start = shown(fact.start) if fact.start else ""
    end = shown(fact.end) if fact.end else ""
    if start and end:
        return f"{start} to {end}"
    if start:
        return f"from {start}" + (f", ongoing on {noted}" if fact.ongoing and noted else "")
    return f"until {end}" if end else noted
