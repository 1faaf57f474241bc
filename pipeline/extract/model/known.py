"""Whether a model only repeats what the rules read in the same words: nothing to add, and nothing to refuse. Pure."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from pipeline.extract.ground import UngroundedError
from pipeline.extract.model.courses import canonical_dose, canonical_length
from pipeline.folding import folded
from schemas.fact import Fact
from schemas.proposal import FactProposal
from schemas.span import Span


def repeats(proposal: FactProposal, spans: Sequence[Span], facts: Sequence[Fact]) -> bool:
    """Whether one of the facts has that name, stands in all these words, and says all that the proposal does."""
    return any(
        fact.name == proposal.name
        and all(any(_meet(span, own) for own in fact.spans) for span in spans)
        and fact.assertion is proposal.assertion
        and _says(proposal, fact)
        for fact in facts
    )


def _meet(one: Span, other: Span) -> bool:
    same_page = (one.document, one.page) == (other.document, other.page)
    return same_page and one.start < other.end and other.start < one.end


def _says(proposal: FactProposal, fact: Fact) -> bool:
    asked = {
        "value": _figure(proposal.value),
        "value_high": _figure(proposal.value_high),
        "unit": None if proposal.unit is None else folded(proposal.unit),
        "side": proposal.side,
        "body_part": None if proposal.body_part is None else folded(proposal.body_part),
        "date": proposal.date,
        "start": proposal.start,
        "end": proposal.end,
        "visits": proposal.visits,
        "outcome": proposal.outcome,
    }
    told = {
        "value": _figure(fact.value),
        "value_high": _figure(fact.value_high),
        "unit": folded(fact.unit or ""),
        "side": fact.side,
        "body_part": folded(fact.body_part or ""),
        "date": str(fact.date),
        "start": str(fact.start),
        "end": str(fact.end),
        "visits": fact.visits,
        "outcome": fact.outcome,
    }
    return all(value is None or value == told[name] for name, value in asked.items()) and _runs_alike(proposal, fact)


def _runs_alike(proposal: FactProposal, fact: Fact) -> bool:
    length = f"{fact.duration.n:f} {fact.duration.unit}" if fact.duration else None
    dose = f"{fact.dose.n} {fact.dose.unit}" if fact.dose else None
    try:
        alike = canonical_length(proposal.duration) in (None, length)
        return alike and canonical_dose(proposal.dose) in (None, dose)
    except UngroundedError:
        return False


def _figure(value: str | None) -> Decimal | str | None:
    try:
        return None if value is None else Decimal(value)
    except InvalidOperation:
        return folded(value or "")
