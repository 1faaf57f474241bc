"""Folders in which results are kept for the next run: how they are kept small, and how they are emptied."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_DAY: Final = 86400.0


def prune(folder: Path, most_bytes: int, most_days: float) -> None:
    """Forget what was not used for so many days, and then what was used longest ago until the rest is small enough.

    A file is used when it is written, and when its time is set (`os.utime`).
    """
    now = time.time()
    kept = 0
    for used, size, path in sorted(((s.st_mtime, s.st_size, p) for p, s in _files(folder)), reverse=True):
        kept += size
        if kept > most_bytes or now - used > most_days * _DAY:
            path.unlink(missing_ok=True)


def clear(folder: Path) -> int:
    """Forget everything; how many files there were."""
    files = [path for path, _ in _files(folder)]
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.glob("*.json") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # another run has just forgotten it
            yield path, path.stat()
