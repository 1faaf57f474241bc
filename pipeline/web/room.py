"""The review room: a desk's cases as people at their browsers look at them and change them.

Whatever opens a document runs in processes of its own, which a time limit ends. What was read and drawn last is kept
in memory, never on disk, so that turning a page back costs nothing.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass
from datetime import date
from itertools import islice
from types import TracebackType
from typing import Annotated, Final, Generic, Self, TypeVar

from fastapi import Depends
from pebble import ProcessExpired, ProcessPool
from starlette.requests import Request

from pipeline.batch import anew, audit
from pipeline.batch.anew import Look, Shelf
from pipeline.batch.compose import Leaf
from pipeline.batch.desk import Change, Desk, Kept, unless_changed
from pipeline.batch.inbox import inputs_of
from pipeline.batch.report import Report, report
from pipeline.batch.stages import EDITED, REPORT
from pipeline.batch.states import State
from pipeline.batch.worklist import Held, Shown
from pipeline.case import CASE
from pipeline.draft.review import Review
from pipeline.edited import EditedReport
from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits
from pipeline.packet import PacketOrder
from pipeline.processes import forking, limited, scheduled
from pipeline.reopen import reopen_from
from schemas.case import Case, Category
from schemas.document import Document
from schemas.edit import Signed

T = TypeVar("T")
_PROCESSES: Final = 2
_CASES: Final = 16  # that are kept in memory
_PICTURES: Final = 200
_LOOKS: Final = 400
_VIEWERS: Final = 1000  # of a case
_HOUR: Final = 3600.0
_SMALL, _LARGE = 18, 110  # dots per inch
_FOUND: Final = 200  # places of a search that are shown
_AROUND: Final = 40  # characters shown on each side of such a place


@dataclass(frozen=True, slots=True)
class Found:
    """A place where the words of a search stand."""

    document: str
    page: int
    start: int
    end: int
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as it is now. `version` is the hash of its case.json: who changes it says what he saw."""

    id: str
    shown: Shown
    kept: Kept
    version: str
    review: Review | None

    @property
    def case(self) -> Case:
        """The case. AppealwrightError (not found) where it was not worked."""
        return self.worked.case

    @property
    def worked(self) -> Review:
        """The case with its documents. AppealwrightError (not found) where it was not worked."""
        if self.review is None:
            raise AppealwrightError(Category.NOT_FOUND, self.id, "it was not worked yet")
        return self.review

    @property
    def edited(self) -> bool:
        """Whether a letter that was edited in Word is there."""
        return EDITED in self.kept.files

    @property
    def may_change(self) -> bool:
        """Whether its state lets people correct it."""
        return self.review is not None and self.kept.state in (State.NEEDS_REVIEW, State.READY, State.APPROVED)


class Room:
    """The room of one server. `wake` has its worker look for cases to be worked.

    AppealwrightError from any method where a case, a page or a file is not there.
    """

    def __init__(
        self,
        desk: Desk,
        limits: Limits,
        timeout: float,
        today: Callable[[], date],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.desk = desk
        self.today = today
        self._wake = wake
        self._limits = limits
        self._timeout = timeout
        self._lock = threading.Lock()
        self._reviews: _Recent[Review] = _Recent(_CASES)
        self._pictures: _Recent[bytes] = _Recent(_PICTURES)
        self._looks: _Recent[Look] = _Recent(_LOOKS)
        self._viewers: _Recent[None] = _Recent(_VIEWERS)

    def __enter__(self) -> Self:
        self._hands = self._new_hands()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hands.stop()
        self._hands.join()

    def _new_hands(self) -> ProcessPool:
        hands = ProcessPool(
            _PROCESSES, initializer=limited, initargs=(self._limits.worker_bytes,), context=forking(anew.__name__)
        )
        for _ in range(_PROCESSES):  # the first to turn a page does not wait until they have begun
            hands.schedule(anew.ready)
        return hands

    # Looking.

    def rows(self) -> list[Shown]:
        """The worklist, the most urgent first."""
        return self.desk.rows(self.today())

    def report(self) -> Report:
        """Counts, amounts, times and outcomes."""
        return report(self.rows(), list(audit.entries(self.desk.register)), self.desk.outcomes(), self.today())

    def opened(self, case: str) -> Opened:
        """A case."""
        kept, shown = self.desk.kept_and_shown(case, self.today())
        version = kept.files.get(CASE, "")
        shelf = Shelf(self.desk.store_url, kept.files)
        review = self._reviews.get(_texts(version, kept), lambda: _review(shelf)) if version else None
        return Opened(case, shown, kept, version, review)

    def papers(self, case: str) -> list[Held]:
        """The papers that the case was worked from."""
        return self.desk.papers(case)

    def history(self, case: str) -> list[audit.Entry]:
        """Who did what to the case, when and why."""
        return list(audit.entries(self.desk.register, case))

    def words(self, case: str, document: str, page: int) -> dict[str, object]:
        """A page's text, its size in points (zero without paper), and of each word its range and its box."""
        shelf, where = self._where(case, document, page)
        look = self._looks.get(f"{case} {where}", lambda: self._run(anew.look, shelf, where))
        text = self.desk.store.get(where.text).decode()
        return {"text": text, "width": look.width, "height": look.height, "words": look.words}

    def picture(self, case: str, document: str, page: int, *, small: bool = False) -> bytes:
        """A page as a JPEG. AppealwrightError (not found) where there is no paper."""
        shelf, where = self._where(case, document, page)
        dpi = _SMALL if small else _LARGE
        drawn = self._pictures.get(f"{case} {where} {dpi}", lambda: self._run(anew.picture, shelf, where, dpi) or b"")
        if not drawn:
            raise AppealwrightError(Category.NOT_FOUND, f"{document} page {page}", "it has no picture")
        return drawn

    def _where(self, case: str, document: str, page: int) -> tuple[Shelf, Leaf]:
        """The page, if it is one of the case: of a file with other papers no other page is shown."""
        opened = self.opened(case)
        for record in opened.case.documents:
            for told in record.pages if record.id == document else ():
                if told.number == page:
                    text = opened.kept.files[told.text_file]
                    return self._shelf(case, opened.kept), Leaf(
                        sha256=record.sha256, file_page=told.file_page, text=text
                    )
        raise AppealwrightError(Category.NOT_FOUND, f"{document} page {page}", "the case has no such page")

    def _shelf(self, case: str, kept: Kept) -> Shelf:
        with self.desk.register.look() as do:
            inputs, _ = inputs_of(do, case)
        return Shelf(self.desk.store_url, kept.files, tuple(inputs))

    def search(self, case: str, words: str) -> list[Found]:
        """Where words stand in the documents of the case, whatever their case and the breaks of lines between them."""
        return list(islice(_search(self.opened(case).worked.documents, words), _FOUND))

    def file(self, case: str, digest: str) -> tuple[str, bytes]:
        """A file of the case by its hash: its name and content."""
        for name, one in self.desk.kept(case).files.items():
            if one == digest:
                return name, self.desk.store.get(digest)
        raise AppealwrightError(Category.NOT_FOUND, case, "it has no such file")

    def letter_report(self, files: Mapping[str, str]) -> EditedReport | None:
        """What was found of the letter that was edited in Word, where there is one among the files of a case."""
        return self._report(files[REPORT]) if REPORT in files else None

    def _report(self, digest: str) -> EditedReport:
        return EditedReport.model_validate_json(self.desk.store.get(digest))

    def note(self, case: str, who: str, what: str, why: str = "") -> None:
        """Enter in the log what somebody looked at."""
        with self.desk.register.change() as do:
            audit.enter(do, what=what, subject=case, who=who, why=why)

    def viewed(self, case: str, who: str) -> None:
        """Enter in the log that somebody opened a case."""
        self.note(case, who, "viewed")
        self._viewers.get(_in_this_hour(case, who), lambda: None)

    def looked(self, case: str, who: str) -> None:
        """Enter in the log that somebody looks at a part of a case, if they neither opened it nor looked this hour."""
        self._viewers.get(_in_this_hour(case, who), lambda: self.note(case, who, "viewed"))

    # Changing.

    def approve(self, case: str, seen: str, who: str, why: str) -> None:
        """The letter that was seen may go out."""
        self.desk.approve(case, who, why, seen)

    def correct(self, case: str, seen: str, signed: Signed) -> list[str]:
        """Change what was read; what is then not as it was, a line each."""
        kept = self._as_seen(case, seen)
        changed = self._run(anew.correct, Shelf(self.desk.store_url, kept.files), signed, self.today())
        change = Change(signed.by, "corrected", f"{signed.told}: {signed.reason}", changed["kept"])
        self.desk.replace(case, seen, changed["made"], change)
        return changed["changes"]

    def reopen(self, case: str, who: str, why: str) -> None:
        """A person looks again; it is worked anew with what came meanwhile."""
        self.desk.reopen(case, who, why)
        self._wake()

    def take_letter(self, case: str, seen: str, who: str, content: bytes) -> EditedReport:
        """Take a letter that was edited in Word for the one to send, and say what the record carries of it."""
        kept = self._as_seen(case, seen)
        digest = self.desk.store.put(content)
        shelf = Shelf(self.desk.store_url, kept.files)
        most = self._limits.max_unpacked_bytes
        made = self._run(anew.check_edited, shelf, digest, most)
        self.desk.replace(case, seen, made, Change(who, "letter edited", digest[:12]))
        return self._report(made["files"][REPORT])

    def drop_letter(self, case: str, seen: str, who: str) -> None:
        """Send the drafted letter, not the edited one."""
        kept = self._as_seen(case, seen)
        made = self._run(anew.without_letter, Shelf(self.desk.store_url, kept.files))
        self.desk.replace(case, seen, made, Change(who, "edited letter dropped", ""))

    def packet(self, case: str, *, fax: bool = False) -> dict[str, bytes]:
        """The letter and its exhibits bound as PDF, and beside it what its sender must look at, if anything."""
        shelf = self._shelf(case, self.desk.kept(case))
        files, remarks = self._run(anew.packet, shelf, PacketOrder(fax=fax, limits=self._limits))
        return files | ({"look-first.txt": "\n".join(remarks).encode()} if remarks else {})

    def _as_seen(self, case: str, seen: str) -> Kept:
        kept = self.desk.kept(case)
        unless_changed(case, kept.files, seen)
        return kept

    def _run(self, work: Callable[..., T], *args: object) -> T:
        try:
            with self._lock:
                if not self._hands.active:  # it broke: a process ended while it had something of the pool's
                    self._hands = self._new_hands()
            return scheduled(self._hands, work, args, self._timeout).result()
        except TimeoutError as error:
            raise AppealwrightError(Category.TIMEOUT, "the case", "it took too long") from error
        except ProcessExpired as error:
            raise AppealwrightError(
                Category.INTERNAL, "the case", "the process that opened it came to an end"
            ) from error


def room_of(request: Request) -> Room:
    """The room of the app that is asked."""
    room: Room = request.app.state.room
    return room


Here = Annotated[Room, Depends(room_of)]


class _Recent(Generic[T]):
    """What was made last, by a name that stands for exactly one content; who asks meanwhile waits for it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Future[T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str, make: Callable[[], T]) -> T:
        """What has that name, made where it is not there; what could not be made is tried anew by who asks next."""
        with self._lock:
            known = self._kept.get(name)
            kept: Future[T] = known or Future()
            self._kept[name] = kept
            self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if known is None:
            self._make(name, kept, make)
        return kept.result()

    def _make(self, name: str, kept: Future[T], make: Callable[[], T]) -> None:
        try:
            kept.set_result(make())
        except BaseException as error:
            with self._lock:
                if self._kept.get(name) is kept:
                    del self._kept[name]
            kept.set_exception(error)


def _texts(version: str, kept: Kept) -> str:
    """A name for a case with the text of its pages, which case.json does not hold."""
    pages = sorted(item for item in kept.files.items() if item[0].startswith("pages/"))
    return f"{version} {hashlib.sha256(repr(pages).encode()).hexdigest()}"


def _in_this_hour(case: str, who: str) -> str:
    return f"{case} {who} {time.time() // _HOUR}"


def _review(shelf: Shelf) -> Review:
    return Review(*reopen_from(CASE, shelf.read), lambda *_: None)


def _search(documents: tuple[Document, ...], words: str) -> Iterator[Found]:
    pattern = r"\s+".join(map(re.escape, words.split()))
    for document in documents if pattern else ():
        for page in document.pages:
            for match in re.finditer(pattern, page.text, re.IGNORECASE):
                start, end = match.span()
                before = page.text[max(start - _AROUND, 0) : start]
                yield Found(document.id, page.number, start, end, before, match.group(), page.text[end : end + _AROUND])
