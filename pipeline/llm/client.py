"""Asks a model server, in parallel and within a budget, and takes only replies of the form asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Generic

from pipeline.llm.asks import Ask, Failed, FaultKind, Reply, T
from pipeline.llm.connection import Connection
from pipeline.llm.dialect import Dialect
from pipeline.llm.faults import AttemptError
from pipeline.llm.ledger import Ledger
from pipeline.llm.replies import Replies
from pipeline.llm.retries import Breaker, Clock, Retries
from pipeline.llm.structured import Tokens, request, text_of, tokens, value_of
from schemas.usage import Usage

_BYTES_PER_TOKEN: Final = 3  # of English and JSON, rather too few: where nobody counts, the estimate is too high


class Client:
    """A model server, for one case: budget and usage are the case's own. Cases may share the circuit breaker."""

    def __init__(self, connection: Connection, breaker: Breaker | None = None, clock: Clock | None = None) -> None:
        self.name = connection.model
        self._connection = connection
        self._clock = clock or Clock()
        self._breaker = breaker or Breaker(now=self._clock.now)
        self._ledger = Ledger(connection)
        self._replies = Replies(connection)
        from pipeline.llm.wire import Wire  # half a second, for whoever asks a server alone

        self._wire = Wire(connection)
        self._dialect = Dialect()
        self._deadline: float | None = None

    @property
    def usage(self) -> Usage:
        """What the case has used so far."""
        return self._ledger.usage

    def ask(self, asks: Sequence[Ask[T]]) -> tuple[Reply[T] | Failed, ...]:
        """One answer for each ask, in their order; several are sent at once. The case's time starts with its first."""
        if self._deadline is None:
            self._deadline = self._clock.now() + self._connection.case_seconds
        retries = Retries(
            self._connection.attempts, self._connection.timeout, self._deadline, self._breaker, self._clock
        )
        questions = [_Question(ask, self._connection) for ask in asks]
        known = [self._known(question) for question in questions]  # before any is sent: see Ledger
        with ThreadPoolExecutor(self._connection.concurrency, thread_name_prefix="model") as pool:
            sent = {
                place: pool.submit(self._answer, question, retries)
                for place, (question, answer) in enumerate(zip(questions, known, strict=True))
                if answer is None
            }
        answers = tuple(answer or sent[place].result() for place, answer in enumerate(known))
        for answer in answers:
            if isinstance(answer, Failed):
                self._ledger.failed(answer.kind)
        return answers

    def _known(self, question: _Question[T]) -> Reply[T] | Failed | None:
        """What needs no request. None: tokens are set aside for one, to be released by whoever sends it."""
        kept = self._kept(question)
        if kept is None and not self._ledger.set_aside(question.most_tokens):
            return AttemptError(FaultKind.BUDGET, "tokens").failed
        return kept

    def _kept(self, question: _Question[T]) -> Reply[T] | None:
        text = self._replies.find(question.body)
        if text is None:
            return None
        try:
            value = value_of(text, question.ask.reply)
        except AttemptError:  # damaged: it is asked for again
            return None
        self._ledger.cached()
        return Reply(value, cached=True)

    def _answer(self, question: _Question[T], retries: Retries) -> Reply[T] | Failed:
        """The reply to the question, or to the question with what was wrong with the first."""
        found = self._tried(question, None, retries)
        if isinstance(found, AttemptError) and self._may_be_put_right(found, question):
            self._ledger.retried()
            found = self._tried(question, found.correction, retries)
        return found.failed if isinstance(found, AttemptError) else found

    def _may_be_put_right(self, fault: AttemptError, question: _Question[T]) -> bool:
        wanted = fault.correction is not None and self._connection.correct
        return wanted and self._ledger.set_aside(question.most_tokens)

    def _tried(self, question: _Question[T], correction: str | None, retries: Retries) -> Reply[T] | AttemptError:
        try:
            return self._reply(question, question.request(correction), retries)
        except AttemptError as fault:
            return fault
        finally:
            self._ledger.release(question.most_tokens)

    def _reply(self, question: _Question[T], body: dict[str, Any], retries: Retries) -> Reply[T]:
        """One exchange, however often it has to be sent. AttemptError where there is no reply of the form asked for."""
        answer = retries.send(lambda seconds: self._exchange(body, seconds), self._ledger.retried)
        self._ledger.spent(tokens(answer) or Tokens(_estimate(_bytes(body)), _estimate(answer)))
        text = text_of(answer)
        value = value_of(text, question.ask.reply)
        self._replies.keep(question.body, text)
        return Reply(value, cached=False)

    def _exchange(self, body: dict[str, Any], seconds: float) -> bytes:
        while True:
            said = self._dialect.spoken(body)
            self._ledger.called()
            try:
                return self._wire.send(said, seconds)
            except AttemptError as fault:
                if not self._dialect.learned(fault.parameter, said):
                    raise


class _Question(Generic[T]):
    """An ask with its request, and the most tokens that request can use."""

    def __init__(self, ask: Ask[T], connection: Connection) -> None:
        self.ask = ask
        self._connection = connection
        self.body = self.request(None)
        self.most_tokens = _estimate(_bytes(self.body)) + connection.max_reply_tokens

    def request(self, correction: str | None) -> dict[str, Any]:
        return request(self.ask, self._connection, correction)


def _bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _estimate(text: bytes) -> int:
    return len(text) // _BYTES_PER_TOKEN + 1
