"""What is asked of a model, and what comes back: a typed value, or a typed fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from schemas.usage import Usage

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example: what was sent, and the JSON that answers it."""

    data: str
    reply: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The words of one task. `sha256` is of the file they come from, in hexadecimal."""

    name: str
    version: str
    sha256: str
    system: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One question: a task, the data it is about, and the model (frozen, no unknown fields) its reply must fit."""

    prompt: Prompt
    data: str
    reply: type[T]


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """A reply that fits; `cached`: kept of an earlier run."""

    value: T
    cached: bool


class FaultKind(StrEnum):
    """Why there is no reply. docs/MODEL.md says what becomes of each."""

    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    REJECTED = "rejected"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    EMPTY = "empty"
    NOT_JSON = "not_json"
    WRONG_SCHEMA = "wrong_schema"
    TOO_LARGE = "too_large"
    BUDGET = "budget"
    CIRCUIT_OPEN = "circuit_open"


@dataclass(frozen=True, slots=True)
class Failed:
    """An ask given up. The message never holds text of a document or of a reply."""

    kind: FaultKind
    message: str


class Model(Protocol):
    """Something that answers asks. It is never trusted: what it says is grounded, or refused."""

    name: str

    def ask(self, asks: Sequence[Ask[T]]) -> tuple[Reply[T] | Failed, ...]:
        """One answer for each, in their order. A fault of the server is an answer, not an exception."""
        ...

    @property
    def usage(self) -> Usage:
        """What was used so far."""
        ...
