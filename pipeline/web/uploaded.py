"""The folder of uploads: a record of each, the bytes of those that are not whole, and the inbox of those that are.

`records/ID.json` says whose an upload is and what became of it, `partial/ID/NAME` holds its bytes until it is whole,
and `inbox/` is an inbox like any other, to which the folder of a whole one is moved at once. Whatever ends the program,
an upload is in one of the two.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from pipeline.batch.account import Outcome
from pipeline.errors import AppealwrightError
from pipeline.ingest import is_litter
from pipeline.ingest.mail.members import label
from pipeline.outputs import write_private
from schemas.base import Frozen
from schemas.case import Category

THE_FILE: Final = "the file"  # what an error calls an upload, whose name may say who it is about
_LONGEST_NAME: Final = 120  # bytes: a file system takes 255, and names grow where they are taken
_LONGEST_ENDING: Final = 12
_UNNAMED: Final = "file"


class Upload(Frozen):
    """An upload as it is kept. `outcome` and what follows it are as in the report of a round."""

    id: str
    user: str
    name: str = Field(description="As the browser gave it, of printable parts: what people are shown.")
    file: str = Field(description="Its name at the desk.")
    size: int = Field(description="In bytes, as announced.")
    at: float = Field(description="When it last changed, in seconds since 1970.")
    stage: Literal["uploading", "received", "done"] = "uploading"
    outcome: Outcome | Literal["refused"] | None = None
    cases: tuple[str, ...] = ()
    reason: str = ""

    @property
    def path(self) -> str:
        """Where it is below the inbox: in a folder of its own, so that a name may come twice."""
        return f"{self.id}/{self.file}"


class Shelf:
    """The folder, opened. AppealwrightError (output) from any method where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self._partial, self._records = (folder / name for name in ("inbox", "partial", "records"))
        with _written():
            for one in (folder, self.inbox, self._partial, self._records):
                one.mkdir(mode=0o700, exist_ok=True)

    def load(self) -> Iterator[Upload]:
        """Every upload on record; what no record names, or is no record, is removed.

        One that was moved to the inbox before that was entered is told as received.
        """
        unfinished = set()
        with _written():
            for record in sorted(self._records.glob("*.json")):
                try:
                    upload = Upload.model_validate_json(record.read_bytes())
                except ValidationError:
                    record.unlink()
                    continue
                if upload.stage == "uploading" and self.partial(upload).exists():
                    unfinished.add(upload.id)
                    upload = upload.model_copy(update={"at": self.partial(upload).stat().st_mtime})
                elif upload.stage == "uploading":
                    upload = upload.model_copy(update={"stage": "received"})
                yield upload
            for folder in self._partial.iterdir():
                if folder.name not in unfinished:
                    shutil.rmtree(folder)

    def partial(self, upload: Upload) -> Path:
        """Where its bytes are until it is whole."""
        return self._partial / upload.path

    def offset(self, upload: Upload) -> int:
        """How many of its bytes have come."""
        return self.partial(upload).stat().st_size if upload.stage == "uploading" else upload.size

    def begin(self, upload: Upload) -> None:
        """Make room for it. Its record is the last of it to be written."""
        with _written():
            self.partial(upload).parent.mkdir(mode=0o700)
            os.close(os.open(self.partial(upload), os.O_CREAT | os.O_EXCL, 0o600))
        self.enter(upload)

    def enter(self, upload: Upload) -> None:
        """Write its record."""
        with _written():
            write_private(self._record(upload.id), upload.model_dump_json().encode())

    def add(self, upload: Upload, content: bytes) -> None:
        """Add to its bytes, so that they outlast a loss of power."""
        with _written(), self.partial(upload).open("ab") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def hand_over(self, upload: Upload) -> None:
        """Move a whole one to the inbox."""
        with _written():
            self.partial(upload).parent.rename(self.inbox / upload.id)

    def drop(self, upload: Upload) -> None:
        """Remove the bytes of one that is not in the inbox."""
        shutil.rmtree(self.partial(upload).parent, ignore_errors=True)

    def forget(self, upload: Upload) -> None:
        """Remove its record and then, where it is not in the inbox, its bytes: what no record names is removed."""
        with _written():
            self._record(upload.id).unlink(missing_ok=True)
        self.drop(upload)

    def clear(self, upload: Upload) -> bool:
        """Remove the folder in the inbox that its file was moved away from; whether there is none left."""
        folder = self.inbox / upload.id
        with suppress(OSError):
            folder.rmdir()
        return not folder.exists()

    def _record(self, name: str) -> Path:
        return self._records / f"{name}.json"


def shown_name(name: str) -> str:
    """A browser's name for a file, fit to be shown; of a folder's file, with the folder."""
    return label(name) or _UNNAMED


def safe_name(name: str) -> str:
    """A name to write a file under: the last part of the browser's, not too long, and one that no inbox passes over."""
    plain = label(name).rpartition("/")[2].lstrip(".~$ ").rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not stem or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = plain, "", ""
    room = _LONGEST_NAME - len(f"{dot}{ending}".encode())
    short = stem.encode()[:room].decode(errors="ignore") + dot + ending
    return f"{_UNNAMED}-{short}" if is_litter(short) else short or _UNNAMED


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"the folder of uploads cannot be written ({reason})"
        raise AppealwrightError(Category.OUTPUT, "the desk", message) from error
