"""A model that gives authored replies and records what it was asked: no server, no network."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from pipeline.llm import Ask, Failed, FaultKind, Reply
from schemas.usage import Usage

T = TypeVar("T", bound=BaseModel)


class Replayed:
    """Answers each ask with the next authored reply of its prompt, as JSON; with nothing found once they are used up.

    A `FaultKind` among the replies is a failure.
    """

    name = "replayed"

    def __init__(self, replies: Mapping[str, Sequence[BaseModel | FaultKind]] | None = None) -> None:
        self._replies = {prompt: list(given) for prompt, given in (replies or {}).items()}
        self.asked: list[tuple[str, str]] = []

    def ask(self, asks: Sequence[Ask[T]]) -> tuple[Reply[T] | Failed, ...]:
        return tuple(self._answer(ask) for ask in asks)

    def _answer(self, ask: Ask[T]) -> Reply[T] | Failed:
        self.asked.append((ask.prompt.name, ask.data))
        waiting = self._replies.get(ask.prompt.name, [])
        if not waiting:
            return Reply(ask.reply(), cached=False)
        given = waiting.pop(0)
        if isinstance(given, FaultKind):
            return Failed(given, "as authored")
        return Reply(ask.reply.model_validate_json(given.model_dump_json()), cached=False)

    @property
    def usage(self) -> Usage:
        return Usage()
