"""Asking a model for the facts that speak to a criterion: the form of its reply, and the proposals made of it."""

from typing import Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.fact import Assertion, FactKind, Outcome, Side
from schemas.proposal import FactProposal, Quote

# Papers are told by their titles and signatures, which the rules read: a sentence that names one does not show it.
Kind = Literal[
    FactKind.TREATMENT,
    FactKind.MEDICATION,
    FactKind.MEASUREMENT,
    FactKind.FINDING,
    FactKind.IMAGING,
    FactKind.DIAGNOSIS,
    FactKind.FUNCTIONAL_LIMIT,
    FactKind.RISK,
]


class FoundFact(Frozen):
    """One thing the record states. Dates are ISO 8601 as far as stated, numbers as printed, `duration` "8 weeks"."""

    document: str
    page: int
    quotes: tuple[str, ...] = Field(min_length=1, max_length=3)
    kind: Kind
    name: str = Field(min_length=1)
    value: str | None = None
    value_high: str | None = None
    unit: str | None = None
    side: Side | None = None
    body_part: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    duration: str | None = None
    visits: int | None = None
    dose: str | None = None
    outcome: Outcome | None = None
    assertion: Assertion


class FoundFacts(Frozen):
    """The facts that speak to one criterion, for it or against it."""

    facts: tuple[FoundFact, ...] = ()


def proposals(reply: FoundFacts) -> tuple[FactProposal, ...]:
    """The reply as an engine proposes it. What is worked out or goes on, a model cannot say: code reads that."""
    return tuple(
        FactProposal(
            **found.model_dump(exclude={"document", "page", "quotes"}),
            quotes=tuple(
                Quote(text=text, document=found.document, page=found.page if at == 0 else None)
                for at, text in enumerate(found.quotes)
            ),
        )
        for found in reply.facts
    )
