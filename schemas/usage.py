"""What a case cost with a language model."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from schemas.base import Frozen


class Usage(Frozen):
    """Requests, tokens and money of one case.

    Tokens are as the server counts them; where it does not, an estimate that is rather too high.
    """

    calls: int = Field(default=0, ge=0, description="Requests sent, repeated ones included.")
    cached: int = Field(default=0, ge=0, description="Answers kept of earlier runs; they cost nothing.")
    retries: int = Field(default=0, ge=0, description="Requests sent again, after a fault or for a faulty reply.")
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    failed: dict[str, int] = Field(default_factory=dict, description="What was given up, counted by kind of fault.")
    cost: Decimal | None = Field(default=None, description="By the prices in the settings; null: none stated.")
    currency: str = "USD"
