"""Settings that not every server and model takes; they say so when asked, and the rest of the case is asked without.

Sources: the OpenAI reference (max_tokens is deprecated for max_completion_tokens, and reasoning models take neither it
nor a temperature); Mistral's reference (random_seed for seed, unknown fields refused).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

# Each setting that can be left out, and what stands in for it. A reply without a limit could cost anything.
PARAMETERS: Final[dict[str, str | None]] = {
    "temperature": None,
    "seed": None,
    "max_tokens": "max_completion_tokens",
}


class Dialect:
    """Requests as one server takes them, as far as is known."""

    def __init__(self) -> None:
        self._refused: set[str] = set()
        self._lock = threading.Lock()

    def spoken(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The request without the settings that the server has refused."""
        said = dict(request)
        with self._lock:
            for name in [name for name in PARAMETERS if name in self._refused]:
                value, other = said.pop(name, None), PARAMETERS[name]
                if other is not None and value is not None:
                    said[other] = value
        return said

    def learned(self, parameter: str | None, said: Mapping[str, Any]) -> bool:
        """Whether the same can be said again without the setting that the server refused."""
        if parameter not in PARAMETERS or parameter not in said:
            return False
        with self._lock:
            self._refused.add(parameter)
        return True
