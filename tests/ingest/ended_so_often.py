"""Work that ends its own process, so often; it is imported there, and so stands in a module of its own."""

import os
import signal
from pathlib import Path


def ended(marks: str, times: int) -> str:
    """The word, once the process was ended so often before; each time leaves a mark in the file."""
    path = Path(marks)
    before = len(path.read_text()) if path.exists() else 0
    if before < times:
        path.write_text("x" * (before + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return "read"
