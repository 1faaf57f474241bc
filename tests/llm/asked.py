"""One small task to try a model server with, and time that passes without waiting."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.llm import Ask, Client, Clock, Connection, Failed, Reply, load
from schemas.base import Frozen
from tests.loopback.answers import Answer, says
from tests.loopback.server import Server

PROMPTS = Path(__file__).with_name("prompts")
PROMPT = load("colours", PROMPTS)
SENTENCE = "A green door stands beside a Blue one."
SOUND = says({"colours": ["green", "blue"]})


class Colours(Frozen):
    colours: tuple[str, ...]


FOUND = Reply(Colours(colours=("green", "blue")), cached=False)


def ask(data: str = SENTENCE) -> Ask[Colours]:
    return Ask(PROMPT, data, Colours)


@dataclass
class Hours:
    """A clock that only sleeping moves; `slept` are the waits, in seconds."""

    time: float = 0.0
    slept: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.time += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)


def connected(server: Server, **changes: Any) -> Connection:
    """A connection to the server: two attempts, unless it is said otherwise."""
    plain = Connection(base_url=server.base_url, model="tiny", api_key="sk-secret", attempts=2, timeout=20)
    return replace(plain, **changes)


def answer_of(server: Server, **changes: Any) -> Reply[Colours] | Failed:
    """What becomes of one ask, without waiting between attempts."""
    (answer,) = Client(connected(server, **changes), clock=Hours().clock).ask([ask()])
    return answer


def named(first: str) -> Answer:
    return says(json.dumps({"colours": [first]}))
