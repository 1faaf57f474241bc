"""Asking a model what a denial letter states: the form of its reply, and the proposal made of it."""

from typing import Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.document import Document
from schemas.proposal import DenialProposal, ProposedCriterion, ProposedValue, Quote

Field_ = Literal[
    "payer",
    "plan_type",
    "patient_name",
    "birth_date",
    "member_id",
    "group_number",
    "claim_number",
    "reference_number",
    "letter_date",
    "received_date",
    "service",
    "provider",
    "denied_amount",
    "reason",
    "criteria_source.name",
    "criteria_source.identifier",
    "criteria_source.version",
    "appeal.window",
    "appeal.deadline",
    "appeal.address",
    "appeal.fax",
    "appeal.phone",
    "appeal.peer_to_peer",
    "appeal.used_up",
    "procedure_codes",
    "diagnosis_codes",
    "service_dates",
    "reason_codes",
]


class StatedValue(Frozen):
    """One value of the letter: dates as YYYY-MM-DD, amounts and windows as figures, all else as printed."""

    field: Field_
    value: str = Field(min_length=1)
    page: int
    quote: str = Field(min_length=1)


class StatedCriterion(Frozen):
    """One criterion in the payer's words, a list of alternatives whole; several quotes where a page ends within it."""

    page: int
    quotes: tuple[str, ...] = Field(min_length=1, max_length=4)


class StatedDenial(Frozen):
    """What one document states of the denial: a letter its values and criteria, a policy its criteria alone."""

    values: tuple[StatedValue, ...] = ()
    criteria: tuple[StatedCriterion, ...] = ()


def proposal(reply: StatedDenial, document: Document) -> DenialProposal:
    """The reply about a document, as an engine proposes it. A quote is looked for in that document alone.

    A criterion that goes on past its page is looked for in the whole document.
    """
    return DenialProposal(
        values=tuple(
            ProposedValue(
                field=one.field,
                value=one.value,
                quotes=(Quote(text=one.quote, document=document.id, page=one.page),),
            )
            for one in reply.values
        ),
        criteria=tuple(
            ProposedCriterion(
                quotes=tuple(
                    Quote(text=quote, document=document.id, page=one.page if at == 0 else None)
                    for at, quote in enumerate(one.quotes)
                )
            )
            for one in reply.criteria
        ),
    )
