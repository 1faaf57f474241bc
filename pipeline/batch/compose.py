"""What was read of many files, and of them the pages of one case: as if those had been given alone."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pipeline import ingest
from schemas.base import Frozen
from schemas.coverage import Warning
from schemas.document import Document, Page

_HERE: Final = Path()
_ONE_LINE: Final = b'{"results":'  # as earlier releases stored it


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one arrival, where its file is now, and the pages wanted of each file in it, by its hash."""

    batch: ingest.Batch
    file: Path
    wanted: Mapping[str, Set[int]]


class Leaf(Frozen):
    """A page: the file it is in, by its hash, its number there, and the hash of its text."""

    sha256: str
    file_page: int
    text: str


class _Head(Frozen):
    """The first line of what is stored: all but the pages, and those of each result, which follow, a line each."""

    batch: ingest.Batch
    leaves: tuple[tuple[Leaf, ...], ...]


def packed(batch: ingest.Batch) -> bytes:
    """What was read, to be stored: the same reading gives the same bytes, wherever the file was."""
    return gzip.compress("\n".join(_lines(batch)).encode(), compresslevel=1, mtime=0)


def _lines(batch: ingest.Batch) -> Iterator[str]:
    leaves = []
    results = []
    for result in batch.results:
        source = result.source.model_copy(update={"path": _HERE})
        results.append(_with(result.model_copy(update={"source": source}), ()))
        pages = _pages(result)
        leaves.append(tuple(Leaf(sha256=source.sha256, file_page=one.file_page, text=_hash(one)) for one in pages))
    bare = batch.model_copy(update={"results": tuple(results)})
    yield _Head(batch=bare, leaves=tuple(leaves)).model_dump_json()
    yield from (page.model_dump_json() for result in batch.results for page in _pages(result))


class Packed:
    """What was stored of a batch. A page can be had without the others."""

    def __init__(self, content: bytes) -> None:
        lines = gzip.decompress(content).split(b"\n")
        if lines[0].startswith(_ONE_LINE):
            lines = [line.encode() for line in _lines(ingest.Batch.model_validate_json(lines[0]))]
        self._head = _Head.model_validate_json(lines[0])
        self._pages = lines[1:]

    @property
    def batch(self) -> ingest.Batch:
        """All of it."""
        lines = iter(self._pages)
        results = tuple(
            _with(result, tuple(Page.model_validate_json(next(lines)) for _ in leaves))
            for result, leaves in zip(self._head.batch.results, self._head.leaves, strict=True)
        )
        return self._head.batch.model_copy(update={"results": results})

    def page(self, leaf: Leaf) -> tuple[ingest.ReadResult, Page] | None:
        """A page, and what was read of its file but for the pages; None where there is none such."""
        found = self._by_leaf.get(leaf)
        return found and (found[0], Page.model_validate_json(found[1]))

    @cached_property
    def _by_leaf(self) -> dict[Leaf, tuple[ingest.ReadResult, bytes]]:
        """The line of each page; of two that are alike the first."""
        lines = iter(self._pages)
        found: dict[Leaf, tuple[ingest.ReadResult, bytes]] = {}
        for result, leaves in zip(self._head.batch.results, self._head.leaves, strict=True):
            for leaf in leaves:
                found.setdefault(leaf, (result, next(lines)))
        return found


def unpacked(content: bytes) -> ingest.Batch:
    """What was stored."""
    return Packed(content).batch


def _pages(result: ingest.ReadResult) -> tuple[Page, ...]:
    return result.document.pages if result.document else ()


def _with(result: ingest.ReadResult, pages: tuple[Page, ...]) -> ingest.ReadResult:
    document = result.document and result.document.model_copy(update={"pages": pages})
    return result.model_copy(update={"document": document})


def _hash(page: Page) -> str:
    """The hash by which the store has the page's text."""
    return hashlib.sha256(page.text.encode()).hexdigest()


def compose(parts: Sequence[Part]) -> ingest.Batch:
    """The wanted pages of all parts, documents numbered D1, D2 and so on, with what was said of them.

    A failure of a file that is used belongs to every case that uses it: nobody knows whose page was lost.
    """
    results: list[ingest.ReadResult] = []
    for part in parts:
        for result in part.batch.results:
            wanted = part.wanted.get(result.source.sha256)
            if wanted and result.document is not None:
                source = result.source.model_copy(update={"path": part.file})
                here = result.model_copy(update={"source": source})
                results.append(_only(here, result.document, wanted, f"D{len(results) + 1}"))
    return ingest.Batch(
        results=tuple(results),
        failures=tuple(failure for result in results for failure in result.failures),
        warnings=tuple(warning for result in results for warning in result.warnings),
    )


def _only(result: ingest.ReadResult, document: Document, wanted: Set[int], name: str) -> ingest.ReadResult:
    """The result with the wanted pages of its document, which gets another name."""
    pages = [page for page in document.pages if page.number in wanted]
    warnings = [warning for warning in result.warnings if _is_of(warning, document, wanted)]
    renamed = document.model_copy(
        update={"id": name, "pages": tuple(page.model_copy(update={"document": name}) for page in pages)}
    )
    told = tuple(_renamed(warning, name) for warning in warnings)
    return result.model_copy(update={"document": renamed, "warnings": told})


def _is_of(warning: Warning, document: Document, wanted: Set[int]) -> bool:
    """Whether a warning is about wanted pages; one that cites none is about the file."""
    return all(span.document == document.id and span.page in wanted for span in warning.spans)


def _renamed(warning: Warning, name: str) -> Warning:
    spans = tuple(span.model_copy(update={"document": name}) for span in warning.spans)
    return warning.model_copy(update={"spans": spans})
