"""What the server is asked, and what it answers: authored words, or a fault."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """Everything that can go wrong at the other end of the wire, as the server plays it."""

    RATE_LIMITED = "rate_limited"  # 429
    NO_QUOTA = "no_quota"  # 429 that no waiting helps
    SERVER_ERROR = "server_error"  # 500
    OVERLOADED = "overloaded"  # 503
    NOT_AUTHORIZED = "not_authorized"  # 401
    NOT_FOUND = "not_found"  # 404
    UNSUPPORTED_FORM = "unsupported_form"  # 400: it knows no such response_format
    REDIRECT = "redirect"  # 307 to another host
    DROP = "drop"  # closes without a word
    DROP_MIDWAY = "drop_midway"  # closes in the middle of the body
    HANG = "hang"  # never answers
    SLOW_HEADERS = "slow_headers"  # a byte now and then, never ending
    SLOW_BODY = "slow_body"
    OVERSIZED = "oversized"  # a body without end
    COMPRESSED = "compressed"  # a small body that unpacks to a large one
    TRUNCATED = "truncated"  # finish_reason length
    REFUSED = "refused"  # a refusal of the model
    FILTERED = "filtered"  # finish_reason content_filter
    EMPTY = "empty"
    NO_CHOICES = "no_choices"
    NOT_JSON = "not_json"  # the model writes prose
    NOT_A_COMPLETION = "not_a_completion"  # a web page with status 200
    WRONG_SCHEMA = "wrong_schema"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came in. Header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def system(self) -> str:
        """The instructions, with what the client put below them."""
        return str(self.body["messages"][0]["content"])

    @property
    def data(self) -> str:
        """What is asked about: the last turn."""
        return str(self.body["messages"][-1]["content"])

    @property
    def mode(self) -> str:
        """How the reply is to be held to its form."""
        if "tools" in self.body:
            return "tool"
        return str(self.body.get("response_format", {}).get("type", "prompt"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, or which fault to play. `counted`: the tokens are told, as most servers do.

    With `raw` these bytes are the whole body, sent with this status.
    """

    text: str = ""
    raw: tuple[int, bytes] | None = None
    fault: Fault | None = None
    retry_after: str | None = None
    counted: bool = True


Player = Callable[[Call], Answer]


def says(value: object, *, counted: bool = True) -> Answer:
    """An answer in these words, or in the JSON of this value."""
    return Answer(value if isinstance(value, str) else json.dumps(value), counted=counted)


def fails(fault: Fault, retry_after: str | None = None) -> Answer:
    """An answer that is a fault."""
    return Answer(fault=fault, retry_after=retry_after)


class Script:
    """Plays answers one after the other, whatever is asked; after the last one the last again."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self._lock = threading.Lock()

    def __call__(self, _call: Call) -> Answer:
        with self._lock:
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
