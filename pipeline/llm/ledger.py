"""What one case has used at the model server, and whether it may use more."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Final

from pipeline.llm.asks import FaultKind
from pipeline.llm.connection import Connection
from pipeline.llm.structured import Tokens
from schemas.usage import Usage

_MILLION: Final = 1_000_000


class Ledger:
    """Counts, for several threads. Tokens are set aside before a request is sent, at the most that it can use.

    They are set aside in the order of the asks, so that which ask the budget ends at is not left to the threads.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._set_aside = 0
        self._tokens = Tokens(0, 0)
        self._counted: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()

    def set_aside(self, most: int) -> bool:
        """Set so many tokens aside; whether there are as many left."""
        with self._lock:
            fits = sum(self._tokens) + self._set_aside + most <= self._connection.case_tokens
            if fits:
                self._set_aside += most
            return fits

    def release(self, most: int) -> None:
        """The request these tokens were set aside for is done with; what it used was told to `spent`."""
        with self._lock:
            self._set_aside -= most

    def spent(self, tokens: Tokens) -> None:
        """Tokens used by one exchange."""
        with self._lock:
            self._tokens = Tokens(self._tokens.sent + tokens.sent, self._tokens.received + tokens.received)

    def called(self) -> None:
        """A request goes out."""
        self._count("calls")

    def retried(self) -> None:
        """A request goes out again."""
        self._count("retries")

    def cached(self) -> None:
        """An answer was kept of an earlier run."""
        self._count("cached")

    def failed(self, kind: FaultKind) -> None:
        """An ask was given up."""
        with self._lock:
            self._failed[kind.value] += 1

    def _count(self, what: str) -> None:
        with self._lock:
            self._counted[what] += 1

    @property
    def usage(self) -> Usage:
        """Everything so far, and what it cost."""
        with self._lock:
            return Usage(
                **self._counted,
                tokens_in=self._tokens.sent,
                tokens_out=self._tokens.received,
                failed=dict(sorted(self._failed.items())),
                cost=self._cost(),
                currency=self._connection.currency,
            )

    def _cost(self) -> Decimal | None:
        if self._connection.prices is None:
            return None
        sent, received = self._connection.prices
        return (sent * self._tokens.sent + received * self._tokens.received) / _MILLION
