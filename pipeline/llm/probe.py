"""Finds out what a model server takes: `appealwright doctor` shows it, a person sets the mode."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from pipeline.llm.asks import Ask, Failed, FaultKind, Prompt
from pipeline.llm.client import Client
from pipeline.llm.connection import MODES, Connection, Mode
from pipeline.llm.retries import Clock
from schemas.base import Frozen

_SECONDS: Final = 30.0
_SYSTEM: Final = "You are asked for the number of letters of a word. Reply with JSON."
_PROMPT: Final = Prompt("probe", "1", hashlib.sha256(_SYSTEM.encode()).hexdigest(), _SYSTEM)
_AWAY: Final = frozenset({FaultKind.CONNECTION, FaultKind.TIMEOUT})


class _Letters(Frozen):
    tally: int


@dataclass(frozen=True, slots=True)
class Probed:
    """What a server answered to each mode: None where it took it, else why not. No mode: it was not reached."""

    reachable: bool
    modes: dict[Mode, Failed | None]

    @property
    def taken(self) -> tuple[Mode, ...]:
        """The modes it takes, strictest first."""
        return tuple(mode for mode, failed in self.modes.items() if failed is None)


def probe(connection: Connection, clock: Clock | None = None) -> Probed:
    """Ask the server one small question in each mode, of no document. Costs a few hundred tokens.

    The question does not say what its answer is called: a server that passes over the form does not guess it.
    """
    modes: dict[Mode, Failed | None] = {}
    for mode in MODES:
        seconds = min(connection.timeout, _SECONDS)
        limits = replace(connection, timeout=seconds, case_seconds=seconds, attempts=1, correct=False, cache=None)
        (answer,) = Client(replace(limits, mode=mode), clock=clock).ask([Ask(_PROMPT, "appeal", _Letters)])
        modes[mode] = answer if isinstance(answer, Failed) else None
        if isinstance(answer, Failed) and answer.kind in _AWAY:
            return Probed(reachable=len(modes) > 1, modes=modes)
    return Probed(reachable=True, modes=modes)
