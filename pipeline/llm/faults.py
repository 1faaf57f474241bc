"""Every way in which a request fails: what it is called, what is said of it, and whether it is tried again."""

from __future__ import annotations

from typing import Final

from pipeline.llm.asks import Failed, FaultKind

SAID: Final[dict[FaultKind, str]] = {
    FaultKind.RATE_LIMITED: "the model server had too many requests",
    FaultKind.SERVER: "the model server failed",
    FaultKind.TIMEOUT: "the model server did not answer in time",
    FaultKind.CONNECTION: "the model server could not be reached, or broke off",
    FaultKind.REJECTED: "the model server does not take the request",
    FaultKind.TRUNCATED: "the reply was cut off at its greatest length",
    FaultKind.REFUSED: "the model refused to answer",
    FaultKind.EMPTY: "the reply was empty",
    FaultKind.NOT_JSON: "the reply was not JSON",
    FaultKind.WRONG_SCHEMA: "the reply did not have the form asked for",
    FaultKind.TOO_LARGE: "the reply was larger than any that was asked for",
    FaultKind.BUDGET: "the time or the tokens of this case are used up",
    FaultKind.CIRCUIT_OPEN: "the model server failed too often and is left alone for a while",
}

# The server, not the question, is at fault: the same request may be answered later.
PASSING: Final = frozenset({FaultKind.RATE_LIMITED, FaultKind.SERVER, FaultKind.TIMEOUT, FaultKind.CONNECTION})
# A server that does this to every request is down.
DOWN: Final = PASSING - {FaultKind.RATE_LIMITED}


class AttemptError(Exception):
    """One failed attempt.

    `retry_after` is in seconds, as the server asked. `correction` is what to tell the model about its faulty reply;
    without one the reply is not asked for again. `parameter` is the setting of the request that the server names as
    one it does not take.
    """

    def __init__(
        self,
        kind: FaultKind,
        detail: str = "",
        *,
        retry_after: float | None = None,
        correction: str | None = None,
        parameter: str | None = None,
    ) -> None:
        self.kind = kind
        self.message = f"{SAID[kind]} ({detail})" if detail else SAID[kind]
        self.retry_after = retry_after
        self.correction = correction
        self.parameter = parameter
        super().__init__(self.message)

    @property
    def failed(self) -> Failed:
        """The fault as the answer to an ask."""
        return Failed(self.kind, self.message)
