"""The story of this stage: a file is opened, its pages are read, and what could not be read is said."""

from __future__ import annotations

import io
import logging
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from pipeline.errors import AppealwrightError
from pipeline.ingest._kind import open_file
from pipeline.ingest._ocr import read_scan
from pipeline.ingest._opened import Opened, Reading, Scan
from pipeline.ingest.sources import Limits, SourceFile, read_bytes
from schemas.base import Frozen
from schemas.case import Category, Failure
from schemas.coverage import Warning
from schemas.document import Document, Page

T = TypeVar("T")
_READ_BEFORE = Limits(max_file_bytes=2**40, max_unpacked_bytes=2**40, max_pages=2**31, max_pixels=2**40)
_log = logging.getLogger(__name__)


class ReadResult(Frozen):
    """One file, read. `document` is null where no page could be read; a page that failed is missing from it.

    `failures` and `warnings` name the file, and the page where it is one page.
    """

    source: SourceFile
    document: Document | None = None
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Warning, ...] = ()


def read(source: SourceFile, document_id: str, limits: Limits) -> ReadResult:
    """The file as a document. Does not raise: what cannot be read is among the failures."""
    with ThreadPoolExecutor(1) as pool:
        return _Job(pool, source, document_id, limits).result()


def read_all(sources: Sequence[SourceFile], limits: Limits, workers: int | None = None) -> tuple[ReadResult, ...]:
    """The files in order, as documents D1, D2 and so on, a file that fails keeping its number.

    Up to `workers` pages (as many as there are processors) are read side by side: OCR runs in processes of its own.
    """
    workers = workers or os.cpu_count() or 1
    results: list[ReadResult] = []
    waiting: deque[_Job] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for number, source in enumerate(sources, start=1):
            waiting.append(_Job(pool, source, f"D{number}", limits))
            if len(waiting) > workers:  # so that only a few files are open at a time
                results.append(waiting.popleft().result())
        results += [job.result() for job in waiting]
    return tuple(results)


class _Job:
    """One file being read: opened at once, its pages read by the pool."""

    def __init__(self, pool: ThreadPoolExecutor, source: SourceFile, document_id: str, limits: Limits) -> None:
        self._source = source
        self._id = document_id
        self._opened: Opened | None = None
        self._pages: list[Future[Reading | Failure]] = []
        opened = _or_failure(source.name, lambda: open_file(source.name, read_bytes(source, limits), limits))
        if isinstance(opened, Failure):
            self._failure: Failure | None = opened
            return
        self._failure = None
        self._opened = opened
        self._pages = [pool.submit(_read_page, opened, number, limits) for number in range(1, opened.count + 1)]

    def result(self) -> ReadResult:
        """What was read, once every page is."""
        if self._opened is None or self._failure is not None:
            return ReadResult(source=self._source, failures=(self._failure,) if self._failure else ())
        pages: list[Page] = []
        failures: list[Failure] = []
        warnings: list[Warning] = []
        for number, future in enumerate(self._pages, start=1):
            reading = future.result()
            if isinstance(reading, Failure):
                failures.append(reading)
                continue
            page = _page(reading, self._id, number)
            pages.append(page)
            warnings += _warnings(reading, page, self._source.name)
        self._opened.close()
        document = Document(id=self._id, file=self._source.name, sha256=self._source.sha256, pages=tuple(pages))
        return ReadResult(
            source=self._source,
            document=document if pages else None,
            failures=tuple(failures),
            warnings=tuple(warnings),
        )


def _read_page(opened: Opened, number: int, limits: Limits) -> Reading | Failure:
    place = f"{opened.place} page {number}"

    def reading() -> Reading:
        found = opened.read(number)
        return read_scan(found, limits, place) if isinstance(found, Scan) else found

    return _or_failure(place, reading)


def _or_failure(place: str, work: Callable[[], T]) -> T | Failure:
    """What the work gives, or its failure. A fault of ours costs one page or file, and is reported as such."""
    try:
        return work()
    except AppealwrightError as error:
        return error.failure
    except Exception as error:
        _log.error("a fault of the program in reading: %s", type(error).__name__)  # its message may hold text
        message = f"the program failed in reading it ({type(error).__name__})"
        return AppealwrightError(Category.INTERNAL, place, message).failure


def _page(reading: Reading, document_id: str, number: int) -> Page:
    return Page(
        document=document_id,
        number=number,
        file_page=number,
        origin=reading.origin,
        text=reading.text,
        words=reading.words,
        width=reading.width,
        height=reading.height,
        confidence=reading.confidence,
        rotation=reading.rotation,
        sheet=reading.sheet,
        events=reading.events,
        marks=reading.marks,
        tables=reading.tables,
    )


def _warnings(reading: Reading, page: Page, name: str) -> list[Warning]:
    return [
        Warning(
            code=note.code,
            message=f"{name} page {page.file_page}: {note.message}",
            spans=tuple(page.span(start, end) for start, end in note.ranges),
        )
        for note in reading.notes
    ]


def page_image(source: SourceFile, document: Document, page: Page, dpi: int = 100) -> bytes | None:
    """The page as a JPEG, upright as its boxes are; null for pages without paper.

    ValueError where the document is not of this file; AppealwrightError where the file can no longer be read.
    """
    if document.sha256 != source.sha256:
        raise ValueError("the document was read from another file")
    opened = open_file(source.name, read_bytes(source, _READ_BEFORE), _READ_BEFORE)
    try:
        image = opened.picture(page.file_page, dpi)
    finally:
        opened.close()
    if image is None:
        return None
    if page.rotation:
        image = image.rotate(-page.rotation, expand=True)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
