"""Replies that fitted, kept for the next run: the same question is paid for once.

A reply is known by everything that has a say in it: the server and the whole request, which holds the model, the words
of the prompt, the data, the form asked for and the mode. What is kept may be text of charts, so the folder and its
files are their owner's alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from pipeline.kept import prune
from pipeline.llm.connection import Connection
from pipeline.outputs import write_private


class Replies:
    """A folder with a file for each reply; without a folder nothing is kept."""

    def __init__(self, connection: Connection) -> None:
        self._folder = connection.cache
        self._server = connection.base_url
        if self._folder is not None:
            with contextlib.suppress(OSError):  # what cannot be forgotten now is forgotten by a later run
                prune(self._folder, connection.cache_mb * 1_000_000, connection.cache_days)

    def find(self, request: dict[str, Any]) -> str | None:
        """What was answered to the request before."""
        path = self._path(request)
        if path is None:
            return None
        try:
            found = path.read_text(encoding="utf-8")
            os.utime(path)  # used now: the last to be forgotten
        except (OSError, UnicodeDecodeError):
            return None
        return found

    def keep(self, request: dict[str, Any], text: str) -> None:
        """Keep the answer to the request."""
        path = self._path(request)
        if path is not None:
            with contextlib.suppress(OSError):  # a full disk costs money, not the case
                write_private(path, text.encode("utf-8"))

    def _path(self, request: dict[str, Any]) -> Path | None:
        if self._folder is None:
            return None
        known_by = json.dumps([self._server, request], sort_keys=True)
        return self._folder / f"{hashlib.sha256(known_by.encode()).hexdigest()}.json"
