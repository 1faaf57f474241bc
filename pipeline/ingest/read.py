"""The story of this stage: files are opened, their pages are read, and what could not be read is said."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Event

from pipeline.ingest._kind import open_file
from pipeline.ingest._opened import Reading
from pipeline.ingest._workers import Workers, outcome
from pipeline.ingest.layout.duplicates import repeats
from pipeline.ingest.layout.running import with_running
from pipeline.ingest.scan import rapid
from pipeline.ingest.sources import Limits, SourceFile, read_bytes
from pipeline.ingest.unpack import Unpacked, merged
from schemas.base import Frozen
from schemas.case import Failure
from schemas.coverage import Warning
from schemas.document import Document, Origin, Page, PageEvent

_READ_BEFORE = Limits(max_file_bytes=2**40, max_unpacked_bytes=2**40, max_pages=2**31, max_pixels=2**40)
_FILES_AHEAD = 2  # for each worker: so that a long chart does not stand on a short letter's pages


class ReadResult(Frozen):
    """One file, read. `document` is null where no page could be read; a page that failed is missing from it.

    `failures` and `warnings` name the file, and the page where it is one page.
    """

    source: SourceFile
    document: Document | None = None
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Warning, ...] = ()


class Batch(Frozen):
    """All that was given, read: mails and archives replaced by what they hold, in order.

    `failures` and `warnings` are those of every file, and of mails and archives themselves.
    """

    results: tuple[ReadResult, ...]
    failures: tuple[Failure, ...]
    warnings: tuple[Warning, ...]

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """The files, those inside mails and archives too."""
        return tuple(result.source for result in self.results)

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every file of which at least a page could be read."""
        return tuple(result.document for result in self.results if result.document is not None)


def read(source: SourceFile, document_id: str, limits: Limits) -> ReadResult:
    """The file as a document. Does not raise: what cannot be read is among the failures."""
    with Workers(1, limits, None) as workers:
        return _settled([_Job(workers, source, document_id).result()])[0]


def read_all(
    sources: Sequence[SourceFile], limits: Limits, workers: int | None = None, cache: Path | None = None
) -> Batch:
    """The files in order, as documents D1, D2 and so on, a file that fails keeping its number.

    Up to `workers` pages (as many as there are processors) are read side by side, each in a process of its own.
    `cache` is the folder in which the readings of scanned pages are kept; without one they are not.
    """
    with Workers(workers, limits, cache) as pool:
        return read_with(pool, sources)


def read_with(pool: Workers, sources: Sequence[SourceFile]) -> Batch:
    """As `read_all`, by processes that several batches may share."""
    results: list[ReadResult] = []
    waiting: deque[_Job] = deque()
    unpacked = _unpacked(pool, sources)
    for number, source in enumerate(unpacked.sources, start=1):
        waiting.append(_Job(pool, source, f"D{number}"))
        if len(waiting) > _FILES_AHEAD * pool.count:
            results.append(waiting.popleft().result())
    results += [job.result() for job in waiting]
    results = _settled(results)
    return Batch(
        results=tuple(results),
        failures=(*unpacked.failures, *(failure for result in results for failure in result.failures)),
        warnings=(*unpacked.warnings, *(warning for result in results for warning in result.warnings)),
    )


def _unpacked(workers: Workers, sources: Sequence[SourceFile]) -> Unpacked:
    parts = [outcome(work, source.name) for source, work in [(source, workers.unpack(source)) for source in sources]]
    return merged([Unpacked(sources=(), failures=(part,)) if isinstance(part, Failure) else part for part in parts])


def _settled(results: Sequence[ReadResult]) -> list[ReadResult]:
    """The files once all are read: pages that repeat others are known, and so are the lines that run through pages."""
    pages = [page for result in results if result.document for page in result.document.pages]
    first = {id(pages[i]): pages[j] for i, j in repeats(pages).items()}
    files = {result.document.id: result.source.name for result in results if result.document}
    settled = []
    for result in results:
        if result.document is None:
            settled.append(result)
            continue
        own = [_repeating(page) if id(page) in first else page for page in result.document.pages]
        warnings = [
            _duplicate(page, result.source.name, first[id(page)], files)
            for page in result.document.pages
            if id(page) in first
        ]
        document = result.document.model_copy(update={"pages": with_running(tuple(own))})
        settled.append(result.model_copy(update={"document": document, "warnings": (*result.warnings, *warnings)}))
    return settled


def _repeating(page: Page) -> Page:
    return page.model_copy(update={"events": (*page.events, PageEvent.DUPLICATE)})


def _duplicate(page: Page, name: str, first: Page, files: Mapping[str, str]) -> Warning:
    message = f"{name} page {page.file_page} repeats {files[first.document]} page {first.file_page}"
    return Warning(code="duplicate_page", message=message)


class _Job:
    """One file being read: surveyed at once, its pages as soon as it is known how many there are."""

    def __init__(self, workers: Workers, source: SourceFile, document_id: str) -> None:
        self._workers = workers
        self._source = source
        self._id = document_id
        self._pages: list[Future[tuple[Reading, ...] | Failure]] = []
        self._begun = Event()
        self._survey = workers.survey(source)
        self._survey.add_done_callback(self._begin)

    def _begin(self, survey: Future[int | tuple[Reading, ...] | Failure]) -> None:
        found = outcome(survey, self._source.name)
        if isinstance(found, int):
            self._pages = [self._workers.read(self._source, number) for number in range(1, found + 1)]
        self._begun.set()

    def result(self) -> ReadResult:
        """What was read, once every page is."""
        found = outcome(self._survey, self._source.name)
        if isinstance(found, Failure):
            return ReadResult(source=self._source, failures=(found,))
        pages: list[Page] = []
        failures: list[Failure] = []
        warnings: list[Warning] = []
        number = 0
        for file_page, readings in enumerate(self._readings(found), start=1):
            if isinstance(readings, Failure):
                failures.append(readings)
                number += 1  # a page that failed keeps its number
                continue
            for reading in readings:
                number += 1
                page = _page(reading, self._id, number, file_page)
                pages.append(page)
                warnings += _warnings(reading, page, self._source.name)
        warnings += _single_reader(pages, self._source.name)
        document = Document(id=self._id, file=self._source.name, sha256=self._source.sha256, pages=tuple(pages))
        return ReadResult(
            source=self._source,
            document=document if pages else None,
            failures=tuple(failures),
            warnings=tuple(warnings),
        )

    def _readings(self, found: int | tuple[Reading, ...]) -> Iterator[tuple[Reading, ...] | Failure]:
        """Of each page of the file in order, the pages that lie on it."""
        if isinstance(found, tuple):
            yield from ((reading,) for reading in found)
            return
        self._begun.wait()
        for number, page in enumerate(self._pages, start=1):
            yield outcome(page, f"{self._source.name} page {number}")


def _page(reading: Reading, document_id: str, number: int, file_page: int) -> Page:
    return Page(
        document=document_id,
        number=number,
        file_page=file_page,
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


def _single_reader(pages: Sequence[Page], name: str) -> Iterator[Warning]:
    if not rapid.tool().present and any(page.origin is Origin.OCR for page in pages):
        message = f"{name}: its scanned pages were read by one reader alone, since the second is not installed"
        yield Warning(code="single_reader", message=message)


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
    if sheet := page.sheet:
        across, down = image.size
        image = image.crop(
            (
                round(sheet.left * across),
                round(sheet.top * down),
                round(sheet.right * across),
                round(sheet.bottom * down),
            )
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
