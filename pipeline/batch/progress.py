"""How a round goes: bars on a terminal, else a line of JSON for each event, to standard error."""

from __future__ import annotations

import json
import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from pipeline.errors import AppealwrightError

_EVERY = 1.0  # seconds between two lines of a stage


class Progress:
    """Called with a stage, how much of it is done and how much there is. Says nothing of what the files hold."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bars = Bars(*columns, console=Console(stderr=True)) if sys.stderr.isatty() else None
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, tuple[int, float]] = {}

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, stage: str, done: int, of: int) -> None:
        """Show it; not more often than each second, but for the last."""
        if not of:
            return
        if self._bars is not None:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(stage, total=of)
            self._bars.update(self._tasks[stage], completed=done, total=of)
        elif self._is_news(stage, done, of):
            self._said[stage] = (done, time.monotonic())
            sys.stderr.write(json.dumps({"event": stage.replace(" ", "_"), "done": done, "of": of}) + "\n")

    def trouble(self, error: AppealwrightError) -> None:
        """Say what went wrong, where the work goes on."""
        failure = error.failure
        told = {"event": "trouble", "place": failure.place, "message": failure.message, "advice": failure.advice}
        sys.stderr.write(json.dumps(told) + "\n")

    def _is_news(self, stage: str, done: int, of: int) -> bool:
        before, at = self._said.get(stage, (-1, -_EVERY))
        return done != before and (done == of or time.monotonic() - at >= _EVERY)
