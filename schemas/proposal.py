"""What an engine proposes: values with the words that state them, and no offsets.

Engines do not cite: they quote. `pipeline.extract.ground` finds each quote in the documents, or refuses the value.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.fact import Assertion, FactKind, Outcome, Side


class Quote(Frozen):
    """Words claimed to stand in a document.

    `context` is the line, sentence or block around them: it chooses between several places that hold the same words.
    """

    text: str
    document: str
    page: int | None = None
    context: str = ""


class ProposedValue(Frozen):
    """One value and the words that state it. How it must re-parse from them is up to the field, not the engine."""

    field: str = Field(description="The field of Denial it is for; `appeal.window` for a nested one.")
    value: str
    quotes: tuple[Quote, ...] = Field(min_length=1)


class ProposedCriterion(Frozen):
    """One criterion in the payer's words, which the grammar translates.

    A criterion over several pages has several quotes. Criteria that share a group satisfy it as `combine` says.
    """

    quotes: tuple[Quote, ...] = Field(min_length=1)
    group: str | None = None
    combine: Literal["all", "any", "at_least"] = "all"
    at_least: int = Field(default=1, ge=1)


class DenialProposal(Frozen):
    """Everything one engine found in the denial letter and the policies."""

    values: tuple[ProposedValue, ...] = ()
    criteria: tuple[ProposedCriterion, ...] = ()


class FactProposal(Frozen):
    """One clinical fact as an engine states it. Grounding re-reads dates and numbers from the quotes.

    `quotes` are the words that show the fact itself; `date_quotes` those that date it where they stand elsewhere (the
    note's header). Dates are ISO 8601 of any precision, numbers decimal strings.
    """

    kind: FactKind
    name: str
    quotes: tuple[Quote, ...] = Field(min_length=1)
    date_quotes: tuple[Quote, ...] = ()
    classes: tuple[str, ...] = ()
    value: str | None = None
    value_high: str | None = None
    unit: str | None = None
    scale_max: str | None = None
    side: Side | None = None
    body_part: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    ongoing: bool = False
    duration: str | None = Field(default=None, description='Stated length, as "8 weeks".')
    visits: int | None = None
    dose: str | None = Field(default=None, description='A figure and its unit, as "15 mg/week".')
    outcome: Outcome | None = None
    outcome_reason: str | None = None
    assertion: Assertion = Assertion.PRESENT
    resolved: bool = Field(default=False, description="A date was worked out from the note's date.")
    unread: bool = Field(default=False, description="A figure of it stands there that was not read.")
