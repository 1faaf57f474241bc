"""What was given: files found in the paths or inside one of them, each known by the hash of its bytes."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import Field

from pipeline.errors import AppealwrightError
from pipeline.ingest.mail.container import find_member
from pipeline.ingest.mail.members import LITTER, Room
from schemas.base import Frozen
from schemas.case import Category

CASE_FILE: Final = "case.json"
_BLOCK: Final = 1 << 20


class Limits(Frozen):
    """How much of one file is read before it is refused as too large."""

    max_file_bytes: int = 200_000_000
    max_unpacked_bytes: int = Field(
        default=500_000_000, description="Of a DOCX, or of a mail or archive with all that is in it, unpacked."
    )
    max_nesting: int = Field(default=6, ge=0, description="Mails and archives one in another; 0: none is opened.")
    max_members: int = Field(default=2000, ge=0, description="Of one file given, at any depth.")
    max_ratio: int = Field(default=500, ge=1, description="Of a member's unpacked size to its packed size, past 10 MB.")
    max_pages: int = 2000
    max_pixels: int = Field(default=120_000_000, description="Of one page image; A3 at 600 dpi has 70 million.")
    page_timeout: float = Field(default=120, gt=0, description="Seconds for one page.")
    worker_bytes: int = Field(default=6_000_000_000, description="Address space of a process that reads.")


class SourceFile(Frozen):
    """A file as given, or found inside one.

    `sha256` is empty and `size` zero where its bytes could not be had: `read` then says why.
    `name` is the file's own name, or its path below the folder that was given; where two would be alike, the path as
    given. `copies` are the names under which the same bytes were given again.

    Inside mail or an archive: `path` is the file given, `name` "outer/inner" (a mail's own text has the mail's name),
    and `inside` the position in each container on the way from the file given to this one, from 0.
    """

    path: Path
    name: str
    sha256: str
    size: int
    copies: tuple[str, ...] = ()
    inside: tuple[int, ...] = ()


def find_files(paths: Sequence[Path]) -> tuple[SourceFile, ...]:
    """The files named and those in the folders named, in the order given and by name within a folder.

    Left out: hidden files, Word's lock files, and folders that hold a case.json (our own output). Links are followed,
    once to each folder. AppealwrightError (not found) where a path does not exist or is itself our output.
    """
    found: dict[Path, tuple[Path, str]] = {}
    for path, name in (item for given in paths for item in _named(given)):
        found.setdefault(path.absolute(), (path, name))
    names = Counter(name for _, name in found.values())
    by_hash: dict[str, SourceFile] = {}
    for path, name in found.values():
        shown = name if names[name] == 1 else path.as_posix()
        source = _source(path, shown)
        first = by_hash.get(source.sha256 or shown)
        if first is None:
            by_hash[source.sha256 or shown] = source
        else:
            by_hash[source.sha256 or shown] = first.model_copy(update={"copies": (*first.copies, shown)})
    return tuple(by_hash.values())


def _named(path: Path) -> list[tuple[Path, str]]:
    if not os.path.lexists(path):
        raise AppealwrightError(Category.NOT_FOUND, str(path), "there is no such file or folder")
    if not path.is_dir():
        return [(path, path.name)]
    if (path / CASE_FILE).exists():
        raise AppealwrightError(Category.NOT_FOUND, str(path), "the folder is an output folder of ours (case.json)")
    return [(file, file.relative_to(path).as_posix()) for file in _walk(path, frozenset())]


def _walk(folder: Path, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    """Files below the folder; a folder that cannot be listed stands for itself, so that it is reported."""
    try:
        status = folder.stat()
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    here = (status.st_dev, status.st_ino)
    if here in above:
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")) or entry.name.lower() in LITTER:
            continue
        if not entry.is_dir():
            yield entry
        elif not (entry / CASE_FILE).exists():
            yield from _walk(entry, above | {here})


def _source(path: Path, name: str) -> SourceFile:
    if not path.is_file():  # a folder we may not list, a pipe, a link to nothing
        return SourceFile(path=path, name=name, sha256="", size=0)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except OSError:
        return SourceFile(path=path, name=name, sha256="", size=0)
    return SourceFile(path=path, name=name, sha256=digest.hexdigest(), size=size)


def read_bytes(source: SourceFile, limits: Limits) -> bytes:
    """The bytes that were hashed. AppealwrightError where they cannot be had, are none, too many, or have changed."""
    if source.size > limits.max_file_bytes:
        message = f"the file has more than {limits.max_file_bytes} bytes (APPEALWRIGHT_MAX_FILE_MB)"
        raise AppealwrightError(Category.TOO_LARGE, source.name, message)
    data = _member(source, limits) if source.inside else _from_disk(source, limits)
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise AppealwrightError(Category.UNREADABLE, source.name, "it changed while it was being read; run again")
    if not data:
        raise AppealwrightError(Category.EMPTY, source.name, "the file holds nothing")
    return data


def _from_disk(source: SourceFile, limits: Limits) -> bytes:
    """The bytes of the source's path: of a file given one more than were hashed, at most."""
    if not source.path.is_file():
        raise AppealwrightError(Category.UNREADABLE, source.name, "it is no file, or leads nowhere")
    try:
        with source.path.open("rb") as file:
            most = min(os.fstat(file.fileno()).st_size, limits.max_file_bytes) if source.inside else source.size
            return file.read(most + 1)
    except OSError as error:
        message = f"it cannot be opened ({error.strerror})"
        raise AppealwrightError(Category.UNREADABLE, source.name, message) from error


@lru_cache(maxsize=1)  # the pages of a document are shown one after the other, and each asks for its file
def _member(source: SourceFile, limits: Limits) -> bytes:
    most = limits.max_unpacked_bytes
    return find_member(source.name, _from_disk(source, limits), source.inside, Room(most, most, most))
