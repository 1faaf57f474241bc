"""When a request is sent again, and when a server is left alone. tenacity alone retries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from pipeline.llm.asks import FaultKind
from pipeline.llm.faults import DOWN, PASSING, AttemptError

_BACKOFF: Final = wait_random_exponential(multiplier=0.5, max=20)  # full jitter, in seconds


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the retries know it: seconds of a clock that only goes forward, and how to let them pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Breaker:
    """Leaves a server alone after so many failures in a row, and then lets one request through to see.

    The cases of a process share one (`shared_breaker`), so that a dead server is not tried again for every case.
    """

    def __init__(self, most: int = 5, rest: float = 60, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._rest, self._now = most, rest, now
        self._failures = 0
        self._opened: float | None = None
        self._lock = threading.Lock()

    @property
    def open(self) -> bool:
        """Whether requests are held back now."""
        with self._lock:
            return self._opened is not None and self._now() - self._opened < self._rest

    def admit(self) -> None:
        """Let a request through, or AttemptError (circuit open)."""
        with self._lock:
            if self._opened is None:
                return
            if self._now() - self._opened < self._rest:
                raise AttemptError(FaultKind.CIRCUIT_OPEN)
            self._opened = self._now()  # this one sees whether the server is back; the others wait for it

    def heard(self, *, down: bool) -> None:
        """How a request ended."""
        with self._lock:
            if not down:
                self._failures, self._opened = 0, None
                return
            self._failures += 1
            if self._failures >= self._most:
                self._opened = self._now()


_SHARED: Final[dict[str, Breaker]] = {}


def shared_breaker(base_url: str) -> Breaker:
    """The one breaker of this process for the server at that address."""
    return _SHARED.setdefault(base_url, Breaker())  # one step: two threads get the same


@dataclass(frozen=True, slots=True)
class Retries:
    """How one case sends: attempts for each request, and seconds for one and until its time is over."""

    attempts: int
    timeout: float
    deadline: float
    breaker: Breaker
    clock: Clock

    def send(self, once: Callable[[float], bytes], again: Callable[[], None]) -> bytes:
        """What `once` gives within the seconds it is told; `again` hears of each repetition. The last AttemptError."""

        def attempt() -> bytes:
            left = self.deadline - self.clock.now()
            if left <= 0:
                raise AttemptError(FaultKind.BUDGET, "time")
            self.breaker.admit()
            try:
                answer = once(min(self.timeout, left))
            except AttemptError as fault:
                self.breaker.heard(down=fault.kind in DOWN)
                raise
            self.breaker.heard(down=False)
            return answer

        retrying = Retrying(
            retry=retry_if_exception(self._worth_another),
            wait=_wait,
            stop=self._enough,
            sleep=self.clock.sleep,
            before_sleep=lambda _: again(),
            reraise=True,
        )
        return retrying(attempt)

    def _worth_another(self, error: BaseException) -> bool:
        return isinstance(error, AttemptError) and error.kind in PASSING and not self.breaker.open

    def _enough(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self.attempts or self.clock.now() + state.upcoming_sleep >= self.deadline


def _wait(state: RetryCallState) -> float:
    """As long as the server asks for, and the jittered backoff on top, so that many do not come back at once."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, AttemptError) else None
    return (asked or 0.0) + _BACKOFF(state)
