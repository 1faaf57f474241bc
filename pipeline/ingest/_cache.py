"""Scanned pages that were read before: OCR is slow, and a case is worked more than once.

A page is known by its pixels and by everything that has a say in how they are read. What is kept is text of charts, so
the folder and its files are their owner's alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from pipeline import kept
from pipeline.ingest._opened import Reading, Scan
from pipeline.ingest._tools import tools
from pipeline.outputs import write_private

_Readings: Final = TypeAdapter(tuple[Reading, ...])


class PageCache:
    """Readings in a folder, a file for each page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, scan: Scan, work: Callable[[], tuple[Reading, ...]]) -> tuple[Reading, ...]:
        """What was read of the scan before; else what the work reads now, which is kept."""
        path = self._folder / f"{_name(scan)}.json"
        try:
            found = _Readings.validate_json(path.read_bytes())
            os.utime(path)  # used now: the last to be forgotten
            return found
        except (OSError, ValidationError):
            found = work()
        with contextlib.suppress(OSError):  # a full disk costs time, not the case
            write_private(path, _Readings.dump_json(found))
        return found

    def prune(self, most_bytes: int, most_days: float) -> None:
        """Forget pages not used for so many days, and then those used longest ago until the rest is small enough."""
        kept.prune(self._folder, most_bytes, most_days)

    def clear(self) -> int:
        """Forget every page; how many there were."""
        return kept.clear(self._folder)


def _name(scan: Scan) -> str:
    picture = scan.image
    digest = hashlib.sha256(f"{picture.mode} {picture.size} {scan.dpi} {scan.notes} {_readers()}".encode())
    digest.update(picture.tobytes())
    return digest.hexdigest()


@cache
def _readers() -> str:
    """What reads: our own code, and the programs it calls. Another version of either may read otherwise."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return " ".join([digest.hexdigest(), *(f"{tool.name} {tool.version}" for tool in tools())])
