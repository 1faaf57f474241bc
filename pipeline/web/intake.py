"""Uploads on their way: taken in piece by piece, refused if of no kind that is read, worked in rounds, told of."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from types import TracebackType
from typing import Final, Literal, Self

import sqlalchemy as sa
from pebble import ProcessExpired
from pydantic import Field

from pipeline import ingest
from pipeline.batch import arrivals, audit
from pipeline.batch.account import File, Outcome, account
from pipeline.batch.flow import Flow
from pipeline.batch.inbox import Round, work_inbox
from pipeline.batch.register import ARRIVALS
from pipeline.errors import AppealwrightError, ending
from pipeline.web.uploaded import THE_FILE, Shelf, Upload, safe_name, shown_name
from schemas.base import Frozen
from schemas.case import Category, Failure

Stage = Literal["uploading", "received", "read", "worked", "done"]
_STAGES: Final[dict[str, Stage]] = {"taken in": "received", "read": "read", "worked": "worked"}
_DAY: Final = 86400.0
_HOUR: Final = 3600.0
_PAUSE: Final = 30.0  # seconds after a round that failed
_PATIENCE: Final = 10.0  # seconds for the kind of a file to be told while its sender waits; else the round tells it
_MEMBERS: Final = 5  # files of an archive whose reasons are told
_FOLDER: Final = re.compile(r"\b[0-9a-f]{32}/")  # that an upload has to itself
_AT_ONCE: Final = (Category.UNSUPPORTED, Category.EMPTY)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may be under way: uploads of one person, and bytes of everybody's, as announced."""

    uploads: int = 100
    size: int = 50_000_000_000


class Standing(Frozen):
    """How an upload stands: what people are told of it. `done` of `of` says how far its round is at the stage."""

    id: str
    name: str
    size: int
    offset: int = Field(description="How many of its bytes have come.")
    at: float = Field(description="When it last changed, in seconds since 1970.")
    stage: Stage
    done: int = 0
    of: int = 0
    outcome: Outcome | Literal["refused"] | None = Field(
        default=None, description="As in the report of `inbox`; refused: it was not kept."
    )
    cases: tuple[str, ...] = Field(default=(), description="Ids of the cases that have its papers.")
    reason: str = Field(default="", description="Why it came out so; before that, what keeps it.")


class WrongOffsetError(Exception):
    """The piece sent does not follow the bytes that have come, of which there are `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__("the piece does not follow what has come")
        self.offset = offset


@dataclass(slots=True)
class _Held:
    """An upload at hand. Who changes it has its lock."""

    upload: Upload
    offset: int
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_whole(self) -> bool:
        return self.upload.stage == "uploading" and self.offset == self.upload.size


@dataclass(frozen=True, slots=True)
class _Going:
    """The round that is going on: the uploads in it, and how far it is."""

    uploads: frozenset[str] = frozenset()
    stage: Stage = "received"
    done: int = 0
    of: int = 0


class Intake:
    """What was uploaded to a desk, at work on it while it is entered. There is one at a desk on a machine.

    Leaving it stops the worker, after the stage at hand; the next start goes on with what was uploaded.
    """

    def __init__(
        self, flow: Flow, limits: ingest.Limits, today: Callable[[], date], bounds: Bounds | None = None
    ) -> None:
        self._flow = flow
        self._limits = limits
        self._today = today
        self._bounds = bounds or Bounds()
        self._shelf = Shelf(flow.desk.folder / "uploads")
        self._held = {one.id: _Held(one, self._shelf.offset(one)) for one in self._shelf.load()}
        self._lock = threading.Lock()  # of what is held
        self._due = threading.Event()
        self._going = _Going()
        self._trouble = ""
        self._thread = threading.Thread(target=self._work, name="intake", daemon=True)

    def __enter__(self) -> Self:
        self._teller = ingest.Workers(1, self._limits.model_copy(update={"page_timeout": _PATIENCE}), None)
        self._teller.unpack(ingest.SourceFile(path=self._shelf.inbox, name="", sha256="", size=0))  # it starts now
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flow.stopping.set()
        self._due.set()
        self._thread.join()
        self._teller.stop()

    @property
    def is_stopping(self) -> bool:
        """Whether the worker was told to stop."""
        return self._flow.stopping.is_set()

    # What people do.

    def begin(self, user: str, name: str, size: int) -> Standing:
        """Announce a file. AppealwrightError where it is empty or too large, or too much is under way."""
        self._check_size(size)
        with self._lock:
            under_way = [one.upload for one in self._held.values() if one.upload.stage == "uploading"]
            if sum(upload.user == user for upload in under_way) >= self._bounds.uploads:
                message = f"{self._bounds.uploads} of your uploads are not finished"
                raise AppealwrightError(Category.REFUSED, THE_FILE, message, "Finish or remove some of them first.")
            if size + sum(upload.size for upload in under_way) > self._bounds.size:
                message = "the uploads under way at this desk are as many as it can hold"
                raise AppealwrightError(Category.REFUSED, THE_FILE, message, "Try again when some are finished.")
            upload = Upload(
                id=secrets.token_hex(16),
                user=user,
                name=shown_name(name),
                file=safe_name(name),
                size=size,
                at=time.time(),
            )
            self._shelf.begin(upload)
            self._held[upload.id] = held = _Held(upload, 0)
        return self._standing(held)

    def add(self, user: str, name: str, offset: int, content: bytes) -> Standing:
        """Add a piece to the upload of that id; the last one hands it to the inbox.

        WrongOffsetError where the piece does not follow what has come. AppealwrightError where there is no such
        upload, it becomes larger than announced, cannot be written, or is of no kind that is read.
        """
        with self._one(user, name) as held:
            self._check_size(held.upload.size)
            if offset != held.offset:
                raise WrongOffsetError(held.offset)
            if offset + len(content) > held.upload.size:
                advice = "Choose the file again: it has changed since its upload began."
                raise AppealwrightError(Category.TOO_LARGE, THE_FILE, "it has more bytes than announced", advice)
            if content:
                self._shelf.add(held.upload, content)
                held.offset = self._shelf.offset(held.upload)
                held.upload = held.upload.model_copy(update={"at": time.time()})
            if held.is_whole:
                self._receive(held)
        return self._standing(held)

    def end(self, user: str, name: str) -> None:
        """Remove an unfinished upload. AppealwrightError where there is none of that id, or it was received."""
        with self._one(user, name) as held:
            if held.upload.stage != "uploading":
                message = "it was received whole, and cannot be taken back"
                raise AppealwrightError(Category.REFUSED, THE_FILE, message, "Its cases show what became of it.")
            self._forget(held)

    def one(self, user: str, name: str) -> Standing:
        """How an upload stands. AppealwrightError where this person has none of that id."""
        return self._standing(self._find(user, name))

    def of(self, user: str) -> list[Standing]:
        """Those of a person: of the last day, and all that are under way; the newest first."""
        with self._lock:
            own = [one for one in self._held.values() if one.upload.user == user]
        return sorted(map(self._standing, own), key=lambda one: (-one.at, one.id))

    def wake(self) -> None:
        """Have a round run soon."""
        self._due.set()

    # How it is kept.

    def _check_size(self, size: int) -> None:
        if size == 0:
            raise AppealwrightError(Category.EMPTY, THE_FILE, "it holds nothing")
        if size > self._limits.max_file_bytes:
            most = f"{self._limits.max_file_bytes / 1_000_000:g} MB"
            advice = "Split it, or ask who runs the desk to raise APPEALWRIGHT_MAX_FILE_MB."
            raise AppealwrightError(Category.TOO_LARGE, THE_FILE, f"it has more than {most}", advice)

    def _find(self, user: str, name: str) -> _Held:
        with self._lock:
            held = self._held.get(name)
        if held is None or held.upload.user != user:
            raise AppealwrightError(Category.NOT_FOUND, THE_FILE, "there is no such upload", "Choose the file again.")
        return held

    @contextmanager
    def _one(self, user: str, name: str) -> Iterator[_Held]:
        """An upload to change, while nobody else does."""
        with self._find(user, name).lock:
            yield self._find(user, name)

    def _standing(self, held: _Held) -> Standing:
        upload, going = held.upload, self._going
        told = upload.model_dump(include={"id", "name", "size", "at", "stage", "outcome", "cases", "reason"})
        if upload.stage == "received" or held.is_whole:
            told["reason"] = self._trouble
        if upload.stage == "received" and upload.id in going.uploads:
            told |= {"stage": going.stage, "done": going.done, "of": going.of}
        return Standing(**told, offset=held.offset)

    def _change(self, held: _Held, **values: object) -> None:
        changed = held.upload.model_copy(update=values)
        if changed != held.upload:
            changed = changed.model_copy(update={"at": time.time()})
            self._shelf.enter(changed)
            held.upload = changed

    def _forget(self, held: _Held) -> None:
        self._shelf.forget(held.upload)
        with self._lock:
            self._held.pop(held.upload.id, None)

    def _all(self) -> list[_Held]:
        with self._lock:
            return list(self._held.values())

    # How it is worked.

    def _receive(self, held: _Held) -> None:
        """Hand a whole upload to the inbox. AppealwrightError where it is of no kind that is read: it is not kept."""
        upload = held.upload
        digest = arrivals.digest_of(self._shelf.partial(upload))
        refusal = self._refusal(upload, digest)
        with self._flow.desk.register.change() as do:
            what, why = ("upload refused", refusal.category.value) if refusal else ("uploaded", "")
            audit.enter(do, what=what, subject=digest, why=why, who=upload.user, key=f"uploaded {upload.id}")
        if refusal is not None:
            self._change(held, stage="done", outcome="refused", reason=refusal.said)
            self._shelf.drop(upload)
            raise AppealwrightError(refusal.category, refusal.place, refusal.message, refusal.advice)
        self._shelf.hand_over(upload)
        self._change(held, stage="received")
        self.wake()

    def _refusal(self, upload: Upload, digest: str) -> Failure | None:
        """Why a file is not to be taken at all: its bytes are of no kind that is read. Told as a round tells it."""
        source = ingest.SourceFile(path=self._shelf.partial(upload), name=THE_FILE, sha256=digest, size=upload.size)
        try:
            held = self._teller.unpack(source).result(_PATIENCE)
            if isinstance(held, Failure) or held.sources != (source,):
                return None
            found = self._teller.survey(source).result(_PATIENCE)
        except (TimeoutError, ProcessExpired):
            return None
        return found if isinstance(found, Failure) and found.category in _AT_ONCE else None

    def _work(self) -> None:
        """Rounds, until the worker is told to stop."""
        while not self.is_stopping:
            self._due.clear()
            try:
                self._tidy()
                self._round()
                self._trouble = ""
            except Exception as error:  # whatever it is, it is told, and the uploads wait for the next round
                self._trouble = f"{ending(error)[0]} It is tried again."
            self._going = _Going()
            self._rest(_PAUSE if self._trouble else _HOUR)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.is_stopping and time.monotonic() < until and not self._due.wait(1.0):
            pass

    def _tidy(self) -> None:
        """Forget what was over or left unfinished a day ago."""
        for held in self._all():
            with held.lock:
                over = held.upload.stage != "received" and not held.is_whole
                if over and time.time() - held.upload.at > _DAY:
                    self._forget(held)

    def _round(self) -> None:
        for held in self._all():
            with held.lock:
                if held.is_whole:  # the program was ended, or failed, before it could be handed over
                    self._receive_late(held)
        within = frozenset(one.upload.id for one in self._all() if one.upload.stage == "received")
        self._going = _Going(within)
        done = work_inbox(self._flow, self._shelf.inbox, self._limits, 0, self._today(), self._tell)
        if not self.is_stopping:
            self._settle(done)

    def _receive_late(self, held: _Held) -> None:
        try:
            self._receive(held)
        except AppealwrightError:
            if held.upload.outcome != "refused":
                raise

    def _tell(self, stage: str, done: int, of: int) -> None:
        self._going = replace(self._going, stage=_STAGES[stage], done=done, of=of)

    def _settle(self, done: Round) -> None:
        """Enter what became of each upload; one that waited for a person may have come to a case since."""
        asked = [one for one in self._all() if one.upload.stage == "received" or one.upload.outcome == "unassigned"]
        rows = {row.file: row for row in (*done.files, *self._on_record([one.upload.path for one in asked]))}
        for held in asked:
            row = rows.get(held.upload.path)
            with held.lock:
                if row is not None:
                    self._change(held, stage="done", outcome=row.outcome, cases=row.cases, reason=_reason(row))
                if self._shelf.clear(held.upload) and held.upload.stage == "received":
                    gone = "It is no longer in the inbox of uploads. Upload it again."
                    self._change(held, stage="done", outcome="quarantined", reason=gone)

    def _on_record(self, paths: list[str]) -> list[File]:
        """The rows of files that were read and moved away, by this round or an earlier one."""
        desk = self._flow.desk
        here = (ARRIVALS.c.inbox == str(self._shelf.inbox.resolve())) & ARRIVALS.c.away & ARRIVALS.c.path.in_(paths)
        with desk.register.look() as do:
            names = list(do.execute(sa.select(ARRIVALS.c.id).where(here).order_by(ARRIVALS.c.n)).scalars())
        return account(desk, names)


def _reason(row: File) -> str:
    """Why, in words for who uploaded it: of an archive, with the reasons of what did not come to a case."""
    left = [one for one in row.members if one.outcome in ("unassigned", "quarantined")]
    told = [f"{one.file}: {one.reason}" for one in left[:_MEMBERS]]
    if len(left) > _MEMBERS:
        told.append(f"and {len(left) - _MEMBERS} more")
    return _FOLDER.sub("", "; ".join((row.reason, *told)))
