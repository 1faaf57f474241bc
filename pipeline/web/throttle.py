"""How often sign-in may be tried: who fails often waits, twice as long each time, up to a minute.

A minute, so that nobody is locked out for long by somebody else's tries: sixty an hour of one name are fewer than
OWASP's ASVS 4.0.3 (2.2.1) allows. It is kept in memory: a restart forgets it.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_FREE: Final = {"name": 5, "address": 20}  # failures before one must wait; many people share an office's address
_LONGEST: Final = 60.0  # seconds
_FORGOTTEN: Final = 3600.0
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Tries:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """The tries of late, by name and by address; no more than so many are remembered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str, address: str) -> float:
        """Count a try, as failed until it has `passed`; the seconds to wait instead where there were too many."""
        with self._lock:
            now = self._clock()
            wait = max(self._of(key, now).until - now for key in _keys(name, address))
            if wait > 0:
                return wait
            for key in _keys(name, address):
                count = self._of(key, now).count + 1
                self._keep(key, _Tries(count, now, now + _pause(count - _FREE[key[0]])))
            return 0.0

    def passed(self, name: str, address: str) -> None:
        """The try went well: the name's failures are forgotten, and it does not count for the address."""
        of_name, of_address = _keys(name, address)
        with self._lock:
            self._tries.pop(of_name, None)
            if kept := self._tries.pop(of_address, None):
                self._keep(of_address, _Tries(kept.count - 1, kept.last))

    def _of(self, key: tuple[str, str], now: float) -> _Tries:
        kept = self._tries.get(key, _Tries())
        return kept if now - kept.last < _FORGOTTEN else _Tries()

    def _keep(self, key: tuple[str, str], tries: _Tries) -> None:
        self._tries[key] = tries
        self._tries.move_to_end(key)
        if len(self._tries) > _MOST:
            self._tries.popitem(last=False)


def _pause(over: int) -> float:
    """1, 2, 4 ... seconds for each failure from the last free one on."""
    return min(2.0 ** min(over, 6), _LONGEST) if over >= 0 else 0.0


def _keys(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", name.lower()[:100]), ("address", _network(address))


def _network(address: str) -> str:
    """Of an IPv6 address the network: one machine has all the others in it."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if version == 6 else address
