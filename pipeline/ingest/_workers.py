"""The processes that open and read files, each piece of work under a time limit.

A hostile file costs itself: a parser that hangs is killed, one that dies is replaced, and the others read on.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import cv2
from pebble import ProcessExpired, ProcessPool

from pipeline.errors import AppealwrightError
from pipeline.ingest._cache import PageCache
from pipeline.ingest._kind import open_file
from pipeline.ingest._opened import Opened, Reading, Scan, Sections
from pipeline.ingest.layout.fax_lines import fax_lines
from pipeline.ingest.scan.page import read_scan
from pipeline.ingest.sources import Limits, SourceFile, read_bytes
from pipeline.ingest.unpack import Unpacked, unpack
from pipeline.processes import forking, limited, scheduled
from schemas.case import Category, Failure
from schemas.document import MarkKind, PageEvent

T = TypeVar("T")
_GRACE: Final = 10.0  # seconds: what keeps to its own time limit gets to say so before it is killed
_log = logging.getLogger(__name__)


class Workers:
    """A pool of processes; leaving it ends them. Results are futures of what was read, or of its failure."""

    def __init__(self, count: int | None, limits: Limits, cache: Path | None) -> None:
        self.count = count or os.cpu_count() or 1
        self._limits = limits
        self._cache = cache
        is_windows = sys.platform == "win32"
        context = multiprocessing.get_context("spawn") if is_windows else forking(__name__, f"{__package__}._silence")
        self._pool = ProcessPool(
            self.count, initializer=_settle_in, initargs=(dict(os.environ), limits.worker_bytes), context=context
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
            self._pool.join()
        else:
            self.stop()

    def stop(self) -> None:
        """End the processes, whatever they are at."""
        self._pool.stop()
        self._pool.join()

    def unpack(self, source: SourceFile) -> Future[Unpacked | Failure]:
        """What a mail or an archive holds; of any other file, itself."""
        return self._schedule(_unpack, source, self._limits)

    def survey(self, source: SourceFile) -> Future[int | tuple[Reading, ...] | Failure]:
        """How many pages the file has; of a file without paper, the pages."""
        return self._schedule(_survey, source, self._limits)

    def read(self, source: SourceFile, number: int) -> Future[tuple[Reading, ...] | Failure]:
        """A page of the file, as the one or two pages that lie on it."""
        return self._schedule(_read, source, number, self._limits, self._cache)

    def _schedule(self, work: Callable[..., T], *args: object) -> Future[T]:
        return scheduled(self._pool, work, args, self._limits.page_timeout + _GRACE)


def outcome(work: Future[T], place: str) -> T | Failure:
    """What came of the work: its result, or why there is none."""
    try:
        return work.result()
    except TimeoutError:
        return AppealwrightError(
            Category.TIMEOUT, place, "reading it took too long (APPEALWRIGHT_PAGE_TIMEOUT)"
        ).failure
    except ProcessExpired:
        return AppealwrightError(Category.UNREADABLE, place, "the process that read it came to an end").failure


# What follows runs in a worker.


def _settle_in(environment: dict[str, str], most_bytes: int) -> None:
    """Take on the environment of who asks: the server that workers are forked from keeps that of its first day.

    A file that takes more memory than it may fails alone.

    What libraries print of a damaged file is dropped; our own messages are not.
    """
    limited(most_bytes)
    sys.stderr = os.fdopen(os.dup(2), "w")
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    cv2.setNumThreads(1)  # pages are read side by side already


_OPEN: dict[str, Opened] = {}  # the file that was read last: its next page is likely to come here too


def _unpack(source: SourceFile, limits: Limits) -> Unpacked | Failure:
    return _or_failure(source.name, lambda: unpack(source, limits))


def _survey(source: SourceFile, limits: Limits) -> int | tuple[Reading, ...] | Failure:
    opened = _or_failure(source.name, lambda: _opened(source, limits))
    if isinstance(opened, Sections):
        return tuple(map(_with_fax_lines, opened.readings))
    return opened if isinstance(opened, Failure) else opened.count


def _read(source: SourceFile, number: int, limits: Limits, cache: Path | None) -> tuple[Reading, ...] | Failure:
    place = f"{source.name} page {number}"

    def reading() -> tuple[Reading, ...]:
        found = _opened(source, limits).read(number)
        if not isinstance(found, Scan):
            return (found,)
        if cache is None:
            return read_scan(found, limits, place)
        return PageCache(cache).read(found, lambda: read_scan(found, limits, place))

    return _or_failure(place, lambda: tuple(map(_with_fax_lines, reading())))


def _with_fax_lines(page: Reading) -> Reading:
    """The page with marks on what was printed on it on its way; where that is all there is on it, it is blank."""
    marks = fax_lines(page)
    headers = [mark for mark in marks if mark.kind is MarkKind.FAX_HEADER]
    own = [word for word in page.words if not any(mark.start <= word.start < mark.end for mark in headers)]
    events = (*page.events, PageEvent.BLANK) if page.words and not own else page.events
    return replace(page, marks=(*page.marks, *marks), events=events)


def _opened(source: SourceFile, limits: Limits) -> Opened:
    key = f"{source.sha256} {source.path} {source.inside}"
    if key not in _OPEN:
        while _OPEN:
            _OPEN.popitem()[1].close()
        _OPEN[key] = open_file(source.name, read_bytes(source, limits), limits)
    return _OPEN[key]


def _or_failure(place: str, work: Callable[[], T]) -> T | Failure:
    """What the work gives, or its failure. A fault of ours costs one page or file, and is reported as such."""
    try:
        return work()
    except AppealwrightError as error:
        return error.failure
    except MemoryError:
        message = "reading it takes more memory than it may (APPEALWRIGHT_WORKER_MB)"
        return AppealwrightError(Category.TOO_LARGE, place, message).failure
    except Exception as error:
        _log.error("a fault of the program in reading: %s", type(error).__name__)  # its message may hold text
        message = f"the program failed in reading it ({type(error).__name__})"
        return AppealwrightError(Category.INTERNAL, place, message).failure
