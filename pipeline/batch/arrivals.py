"""The inbox folder: which files are there, when one is whole, and how it is taken in and moved away.

The order is copy, commit, move: whatever ends the program, a file is in the inbox or in the register, or both.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from pipeline import ingest
from pipeline.batch import audit
from pipeline.batch.register import ARRIVALS, Register, next_n
from pipeline.batch.store import Store
from pipeline.errors import AppealwrightError
from pipeline.outputs import write_private
from schemas.case import Category, Failure

DONE: Final = "done"
QUARANTINE: Final = "quarantine"
_REASON: Final = ".reason.txt"
_HEAD: Final = 1 << 16  # bytes of a mail that hold its headers


@dataclass(frozen=True, slots=True)
class Found:
    """A file in the inbox; `path` is below it. `ignored` says why nothing is made of it, and is empty otherwise."""

    inbox: Path
    path: str
    ignored: str = ""

    @property
    def file(self) -> Path:
        """Where it is."""
        return self.inbox / self.path


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that was taken in, as the register has it."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it is at one moment."""

    size: int
    changed: int  # nanoseconds


def look_around(inbox: Path) -> Iterator[Found]:
    """Every file in the folder and below it, but for what was moved away, by name.

    AppealwrightError (not found) where there is no such folder.
    """
    if not inbox.is_dir():
        raise AppealwrightError(Category.NOT_FOUND, str(inbox), "there is no such folder")
    for folder, below, names in os.walk(inbox):
        top = Path(folder) == inbox
        below[:] = sorted(name for name in below if not (top and name in (DONE, QUARANTINE)))
        for name in sorted(names):
            path = (Path(folder) / name).relative_to(inbox).as_posix()
            if ingest.is_litter(path):
                yield Found(inbox, path, "hidden, or what a program leaves in folders")
            elif not (Path(folder) / name).is_file():
                yield Found(inbox, path, "no file: a link to nothing, or a pipe")
            else:
                yield Found(inbox, path)


def look(file: Path) -> Look | None:
    """The file's size and time; null where it is gone."""
    try:
        status = file.stat()
    except OSError:
        return None
    return Look(status.st_size, status.st_mtime_ns)


def whole(found: list[Found], settle: float) -> Iterator[tuple[Found, bool]]:
    """Each file with whether it has kept its size and time for `settle` seconds: waits no longer than that."""
    before = {one: look(one.file) for one in found}
    newest = max((seen.changed for seen in before.values() if seen), default=0)
    still = settle - (time.time() - newest / 1e9)
    if still > 0:
        time.sleep(min(still, settle))
    for one in found:
        yield one, before[one] is not None and look(one.file) == before[one]


def take_in(found: Found, register: Register, store: Store, limits: ingest.Limits) -> Arrival | Failure:
    """Copy the file into the store and enter it; a file that cannot be copied stays, and the failure says why.

    The same file, not yet moved away, is the same arrival: it is entered once.
    """
    seen = look(found.file)
    if seen is None or seen.size > limits.max_file_bytes:
        message = f"the file has more than {limits.max_file_bytes} bytes (APPEALWRIGHT_MAX_FILE_MB)" if seen else "gone"
        return AppealwrightError(Category.TOO_LARGE if seen else Category.UNREADABLE, found.path, message).failure
    try:
        content = found.file.read_bytes()
    except OSError as error:
        return AppealwrightError(Category.UNREADABLE, found.path, f"it cannot be opened ({error.strerror})").failure
    digest = store.put(content)
    inbox = str(found.inbox.resolve())
    with register.change() as do:
        came = sa.select(sa.func.count()).where(
            ARRIVALS.c.inbox == inbox, ARRIVALS.c.path == found.path, ARRIVALS.c.sha256 == digest, ARRIVALS.c.away
        )
        earlier = do.execute(came).scalar_one()
        name = hashlib.sha256(repr((inbox, found.path, digest, seen.changed, earlier)).encode()).hexdigest()[:16]
        row = {"id": name, "n": next_n(do, ARRIVALS), "inbox": inbox, "path": found.path, "sha256": digest}
        row |= {"thread": thread_of(content), "away": False, "reported": False, "at": audit.now()}
        register.put(do, ARRIVALS, row)
        audit.enter(do, what="arrived", subject=digest, key=f"arrived {name}")
    return Arrival(name, digest)


def notice_moves(inbox: Path, register: Register) -> None:
    """Enter as away what is no longer in the inbox: the program was ended after it moved the file."""
    of_here = (ARRIVALS.c.inbox == str(inbox.resolve())) & ~ARRIVALS.c.away
    with register.change() as do:
        for row in do.execute(sa.select(ARRIVALS.c.id, ARRIVALS.c.path).where(of_here)).all():
            if not (inbox / row.path).exists():
                do.execute(sa.update(ARRIVALS).where(ARRIVALS.c.id == row.id).values(away=True))


def thread_of(content: bytes) -> str:
    """The mail thread that a file is of, by the first message it answers or its own id; empty if it is no mail."""
    head = message_from_bytes(content[:_HEAD], policy=default) if b"essage-" in content[:_HEAD] else None
    if head is None or not head.get("Message-ID"):
        return ""
    earlier = str(head.get("References") or head.get("In-Reply-To") or "").split()
    return earlier[0] if earlier else str(head["Message-ID"]).strip()


def move_away(found: Found, arrival: Arrival, register: Register, reason: str = "") -> None:
    """Move the file to done/, or with a `reason` to quarantine/ with the reason beside it, and enter that it is away.

    A file that has changed since it was taken in stays: it is a new one. Names that are taken get a number.
    """
    if digest_of(found.file) == arrival.sha256:
        _move(found, QUARANTINE if reason else DONE, reason)
    with register.change() as do:
        do.execute(sa.update(ARRIVALS).where(ARRIVALS.c.id == arrival.id).values(away=True))


def set_aside(found: Found, reason: str) -> None:
    """Move a file that could not be taken in to quarantine/, with the reason beside it."""
    with contextlib.suppress(OSError):  # one that cannot be moved stays, and is reported again
        _move(found, QUARANTINE, reason)


def _move(found: Found, folder: str, reason: str) -> None:
    target = _free(found.inbox / folder / found.path)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if reason:
        write_private(target.with_name(target.name + _REASON), f"{reason}\n".encode())
    found.file.rename(target)


def forget_original(inbox: Path, path: str, digest: str) -> None:
    """Remove a file that was moved to done/, if it is there and is still what came."""
    came = inbox / DONE / path
    alike = came.parent.glob(f"{glob.escape(came.stem)}*{glob.escape(came.suffix)}")
    for file in alike if came.parent.is_dir() else ():
        if digest_of(file) == digest:
            file.unlink(missing_ok=True)


def digest_of(file: Path) -> str:
    """The hash of a file's bytes; empty where they cannot be had."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _free(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free
