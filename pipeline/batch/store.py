"""What was taken in and what was made of it, by the hash of its bytes: a folder, or any place that fsspec can reach."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import fsspec
from fsspec.implementations.local import LocalFileSystem

from pipeline.errors import AppealwrightError
from pipeline.outputs import write_private
from schemas.case import Category

_PLACE: Final = "the store"


class Store:
    """Bytes by their SHA-256. What is stored never changes, so storing it again does nothing.

    `url` is a folder, or an address such as s3://bucket/prefix (with the fsspec package for it installed).
    AppealwrightError (output) where the place cannot be reached or has no room.
    """

    def __init__(self, url: str) -> None:
        files, root = fsspec.url_to_fs(url)
        self._files: Any = files
        self._root = str(root).rstrip("/")
        self._is_folder = isinstance(files, LocalFileSystem)

    def put(self, content: bytes) -> str:
        """Keep the content; its hash, by which it is had again."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        with _reached("be written"):
            if self._is_folder:
                if not Path(path).exists():
                    write_private(Path(path), content)
            elif not self._files.exists(path):
                self._files.pipe_file(path, content)
        return name

    def get(self, name: str) -> bytes:
        """The content of that hash. AppealwrightError where it is not there, or is not what was stored."""
        with _reached("be read"):
            content: bytes = self._files.cat_file(self._path(name))
        if hashlib.sha256(content).hexdigest() != name:
            raise AppealwrightError(Category.OUTPUT, _PLACE, f"{name[:12]} is not what was stored")
        return content

    @contextlib.contextmanager
    def file(self, name: str) -> Iterator[Path]:
        """The content as a file to be read; it may be gone afterwards."""
        if self._is_folder:
            yield Path(self._path(name))
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write_private(path, self.get(name))
            yield path

    def forget(self, name: str) -> None:
        """Remove the content of that hash, if it is there."""
        with _reached("be emptied"), contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def names(self) -> Iterator[tuple[str, float]]:
        """Every hash that is kept, with when it was stored, in seconds since 1970."""
        with _reached("be listed"):
            for path in self._files.find(self._root):
                yield path.rsplit("/", 1)[-1], self._files.modified(path).timestamp()

    def check(self) -> None:
        """Write, read and remove a few bytes. AppealwrightError where that does not work."""
        name = self.put(b"appealwright")
        self.get(name)
        self.forget(name)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"


@contextlib.contextmanager
def _reached(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AppealwrightError(Category.OUTPUT, _PLACE, f"it cannot {what} ({reason})") from error
