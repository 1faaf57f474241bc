"""Memory of a process and all below it, from /proc (Linux)."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self


def resident(pid: int) -> int:
    """Bytes of resident memory of a process and all below it; zero for one that has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident(int(child)) for child in children)


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []


class Peak:
    """The most memory that the processes below one hold together while the block runs, looked at 20 times a second.

    Memory that processes share, the program's own libraries above all, counts once for each.
    """

    def __init__(self, pid: int, *, without: bool = False) -> None:
        self.bytes = 0
        self._pid = pid
        self._own = resident(pid) if without else 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.bytes = max(self.bytes, resident(self._pid) - self._own)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
