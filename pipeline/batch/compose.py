"""What was read of many files, and of them the pages of one case: as if those had been given alone."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import ingest
from schemas.coverage import Warning
from schemas.document import Document

_HERE: Final = Path()


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one arrival, where its file is now, and the pages wanted of each file in it, by its hash."""

    batch: ingest.Batch
    file: Path
    wanted: Mapping[str, Set[int]]


def packed(batch: ingest.Batch) -> bytes:
    """What was read, to be stored: the same reading gives the same bytes, wherever the file was."""
    results = tuple(
        result.model_copy(update={"source": result.source.model_copy(update={"path": _HERE})})
        for result in batch.results
    )
    told = batch.model_copy(update={"results": results})
    return gzip.compress(told.model_dump_json().encode(), compresslevel=1, mtime=0)


def unpacked(content: bytes) -> ingest.Batch:
    """What was stored."""
    return ingest.Batch.model_validate_json(gzip.decompress(content))


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
