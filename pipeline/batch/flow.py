"""The durable work: reading an arrival, and working a case, each resumed at its last finished stage if it is ended.

dbos keeps which stage is done, in the desk's SQLite file or in Postgres. What it keeps of a stage is hashes; documents
are in the store. A stage that is run again, since the program ended before it was entered as done, gives the same.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Final, Self, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from pebble import ProcessExpired, ProcessPool

from pipeline import ingest
from pipeline.batch import audit, stages
from pipeline.batch.desk import Desk
from pipeline.batch.papers import Contents
from pipeline.batch.register import ADVICE, ARRIVALS, CASES, EDITS, PAPERS, WORKERS
from pipeline.batch.states import WORKED, State
from pipeline.case import Order
from pipeline.errors import AppealwrightError
from pipeline.outputs import save
from pipeline.processes import forking, scheduled
from schemas.case import Category

T = TypeVar("T")
_READ: Final = "read"
_WORK: Final = "work"
_POLL: Final = 0.1  # seconds
_FEW: Final = 20  # pieces of work that are asked for so often
_AHEAD: Final = 4  # cases taken for each process, so that none waits for the next look at the queue
_BEAT: Final = 10.0
_DEAD: Final = 60.0  # without a beat
_FAILED: Final = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_EPOCH: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a worker works: what a case is worked with, how many at a time, and how long one may take.

    `cases_a_minute` are those that all workers of the desk together begin; 0: no limit.
    """

    engine: str
    order: Callable[[date], Order]
    limits: ingest.Limits
    readers: int
    cases: int
    timeout: float
    cache: Path | None
    cases_a_minute: int = 0


class Flow:
    """A worker, at work while it is entered. There is one in a process."""

    _now: ClassVar[Flow]

    def __init__(self, desk: Desk, plan: Plan) -> None:
        self.desk = desk
        self.plan = plan
        self.stopping = threading.Event()
        self.errors: dict[str, AppealwrightError] = {}

    @classmethod
    def now(cls) -> Flow:
        """The worker of this process."""
        return cls._now

    def __enter__(self) -> Self:
        context = forking(__name__)
        self.readers = ingest.Workers(self.plan.readers, self.plan.limits, self.plan.cache)
        self.hands = ProcessPool(self.plan.cases, initializer=_settle_in, context=context)
        self._seat, self.name = _seat(self.desk.folder)
        Flow._now = self
        DBOS(
            config={
                "name": "appealwright",
                "system_database_url": self.desk.work_database,
                "application_version": "1",  # of these workflows: another release goes on with what one left
                "executor_id": self.name,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "CRITICAL",
            }
        )
        try:
            DBOS.launch()
        except Exception as error:
            self._leave()
            message = f"the work engine cannot use its database ({type(error).__name__})"
            raise AppealwrightError(Category.OUTPUT, "the register", message, ADVICE) from error
        ahead = 1 if self.plan.engine == "model" else _AHEAD  # a case that asks a model needs no process, and counts
        files = self.readers.count + 1  # they are long: another worker may take the next
        DBOS.register_queue(_READ, worker_concurrency=files, polling_interval_sec=_POLL)
        most = self.plan.cases_a_minute
        DBOS.register_queue(
            _WORK,
            worker_concurrency=ahead * self.plan.cases,
            limiter={"limit": most, "period": 60.0} if most else None,
            polling_interval_sec=_POLL,
        )
        self._heart = threading.Thread(target=self._beat, daemon=True)
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._leave()
        self._heart.join()

    def _leave(self) -> None:
        """End the processes. The engine first: a stage that is cut short is not to be noted as one that failed."""
        DBOS.destroy()
        self.hands.stop()
        self.hands.join()
        self.readers.stop()
        os.close(self._seat)
        del Flow._now

    def start_reading(self, arrival: str, name: str, digest: str, today: date) -> str:
        """Have an arrival read and its papers told; the id of that work."""
        work = f"read-{arrival}"
        _start(_READ, work, _read_arrival, arrival, name, digest, today.isoformat())
        return work

    def start_working(
        self, case: str, work: str, inputs: Sequence[stages.Input], today: date, due: date | None
    ) -> None:
        """Have a case worked, those with the earliest deadline first; one without is taken for urgent."""
        urgency = max(1, ((due or today) - _EPOCH).days)
        _start(_WORK, work, _work_case, case, work, list(inputs), today.isoformat(), priority=urgency)

    def wait(self, works: Iterable[str], tick: Callable[[int], None] = lambda _: None) -> None:
        """Wait until all of it is done or failed, or the worker is stopped. `tick` is told how much is done.

        AppealwrightError where some of it failed for want of a place to write or of a database; the rest is done.
        """
        left = set(works)
        count = len(left)
        failed: list[str] = []
        while left and not self.stopping.is_set():
            for status in DBOS.list_workflows(
                workflow_ids=sorted(left)[:500], status=["SUCCESS", *_FAILED], load_input=False, load_output=False
            ):
                left.discard(status.workflow_id)
                if status.status != "SUCCESS":
                    failed.append(status.workflow_id)
            tick(count - len(left))
            if left:
                self.stopping.wait(_POLL if len(left) < _FEW else _FEW * _POLL / 4)
        if failed:
            unknown = AppealwrightError(Category.OUTPUT, "the desk", f"{len(failed)} pieces of work failed")
            raise next((self.errors[work] for work in failed if work in self.errors), unknown)

    def is_idle(self) -> bool:
        """Whether no work is left at this desk, of any worker."""
        return not DBOS.list_workflows(
            status=["ENQUEUED", "PENDING", "DELAYED"], limit=1, load_input=False, load_output=False
        )

    def in_a_process(self, work: Callable[..., T], *args: object) -> T:
        """Run a stage in a process of its own, within the time that a case may take; again if that was ended."""
        return scheduled(self.hands, work, args, self.plan.timeout).result()

    def _beat(self) -> None:
        """Tell the others that this worker lives, and take on the work of those that no longer do."""
        while not self.stopping.is_set():
            with suppress(AppealwrightError):
                self._take_on(self._of_the_dead())
            self.stopping.wait(_BEAT)

    def _of_the_dead(self) -> list[str]:
        now = time.time()
        with self.desk.register.change() as do:
            old = sa.select(WORKERS.c.id).where(WORKERS.c.seen < now - _DEAD, WORKERS.c.id != self.name)
            dead = list(do.execute(old).scalars())
            do.execute(sa.delete(WORKERS).where(WORKERS.c.id.in_([*dead, self.name])))
            do.execute(sa.insert(WORKERS).values(id=self.name, seen=now))
        return dead

    def _take_on(self, dead: list[str]) -> None:
        if dead:
            DBOS._recover_pending_workflows(dead)


def _settle_in() -> None:
    """In a process of stages: who asks is interrupted, and ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def forget(desk: Desk, works: Sequence[str]) -> None:
    """Remove what dbos kept of the works."""
    if works:
        client = DBOSClient(system_database_url=desk.work_database, serializer=DBOSPortableJSONSerializer())
        client.delete_workflows(list(works))
        client.destroy()


def _start(queue: str, work: str, flow: Callable[..., Any], *args: object, priority: int = 1) -> None:
    """Enqueue the work, once; if it failed before, again."""
    before = DBOS.get_workflow_status(work)
    if before is not None and before.status in _FAILED:
        DBOS.delete_workflow(work)
    with SetWorkflowID(work), SetEnqueueOptions(priority=priority):
        DBOS.enqueue_workflow(queue, flow, *args)


def _seat(folder: Path) -> tuple[int, str]:
    """The first seat at the desk that no living process of this machine has: a lock that ends with it, and its name.

    Who takes a seat again goes on with what was left there.
    """
    number = 0
    while True:
        seat = os.open(folder / f"worker-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(seat)
            number += 1
        else:
            return seat, f"{socket.gethostname()}-{number}"


# Reading an arrival.


@DBOS.workflow()
def _read_arrival(arrival: str, name: str, digest: str, today: str) -> None:
    with _told():
        batch = _read(name, digest)
        _enter_papers(arrival, digest, _sort(batch, today))


@DBOS.step()
def _read(name: str, digest: str) -> str:
    flow = Flow.now()
    return stages.read(flow.readers, flow.desk.store, name, digest)


@DBOS.step()
def _sort(batch: str, today: str) -> stages.Reading:
    flow = Flow.now()
    try:
        return flow.in_a_process(stages.sort, flow.desk.store_url, batch, date.fromisoformat(today))
    except (AppealwrightError, KeyboardInterrupt):
        raise
    except Exception as error:
        return stages.Reading(batch=batch, contents="", failed=_failed(error))


@DBOS.step()
def _enter_papers(arrival: str, digest: str, reading: stages.Reading) -> None:
    desk = Flow.now().desk
    name = reading["contents"]
    papers = Contents.model_validate_json(desk.store.get(name)).papers if name else ()
    failed = reading["failed"]["message"] if reading["failed"] else None
    with desk.register.change() as do:
        for number, paper in enumerate(papers, start=1):
            row = {"id": paper.id, "n": number, "arrival": arrival, "record": paper.model_dump(mode="json")}
            desk.register.put(do, PAPERS, row | {"waiting": "", "aside": ""})
        values = {"read": reading["batch"], "contents": name or None, "failed": failed}
        do.execute(sa.update(ARRIVALS).where(ARRIVALS.c.id == arrival).values(values))
        why = reading["failed"]["category"] if reading["failed"] else f"{len(papers)} papers"
        audit.enter(do, what="read", subject=digest, why=why, key=f"read {arrival}")


# Working a case.


@DBOS.workflow()
def _work_case(case: str, work: str, inputs: list[stages.Input], today: str) -> None:
    with _told():
        _publish(case, work, _work(case, inputs, today))


@DBOS.step()
def _work(case: str, inputs: list[stages.Input], today: str) -> stages.Made:
    flow = Flow.now()
    order = flow.plan.order(date.fromisoformat(today))
    job = stages.Job(flow.desk.store_url, order)
    of_people = flow.desk.edits(case), flow.desk.kept(case).files.get(stages.EDITED, "")
    try:
        if order.model is not None:  # it waits for its server most of the time, and shares a breaker with the others
            return stages.work(job, case, inputs, *of_people)
        return flow.in_a_process(stages.work, job, case, inputs, *of_people)
    except (AppealwrightError, KeyboardInterrupt):
        raise
    except Exception as error:
        return stages.Made(files={}, row=None, failed=_failed(error))


@DBOS.step()
def _publish(case: str, work: str, made: stages.Made) -> None:
    desk = Flow.now().desk
    if made["files"]:
        save(desk.case_folder(case), {name: desk.store.get(digest) for name, digest in made["files"].items()})
    with desk.register.change() as do:
        row = do.execute(sa.select(CASES.c.state, CASES.c.work, CASES.c.files).where(CASES.c.id == case)).first()
        if row is None or row.work != work:  # purged, or newer papers have come: that work publishes
            return
        points = made["failed"]["message"] if made["failed"] else "; ".join(stages.points_of(made))
        state = State(row.state)
        if state in WORKED:
            state = State.NEEDS_REVIEW if points else State.READY
        for n, why in enumerate(made.get("unfit", []), start=1):
            do.execute(sa.update(EDITS).where(EDITS.c.case == case, EDITS.c.n == n).values(unfit=why))
        letter = {name: digest for name, digest in row.files.items() if name == stages.EDITED}  # made by nobody again
        files = made["files"] or letter
        values = {"state": state.value, "why": points, "files": files, "row": made["row"], "at": audit.now()}
        do.execute(sa.update(CASES).where(CASES.c.id == case).values(values))
        audit.enter(do, what=state.value, subject=case, why=points, key=f"worked {work}")


# Failures.


@contextmanager
def _told() -> Iterator[None]:
    """What fails for want of a place to write is told to who waits for it, in this process, and fails the work."""
    try:
        yield
    except AppealwrightError as error:
        Flow.now().errors[str(DBOS.workflow_id)] = error
        raise


def _failed(error: Exception) -> stages.Failed:
    """Why a stage came to nothing, without a word of what it was about."""
    if isinstance(error, TimeoutError):
        return stages.Failed(category=Category.TIMEOUT.value, message="It took too long (APPEALWRIGHT_CASE_TIMEOUT).")
    if isinstance(error, ProcessExpired):
        return stages.Failed(category=Category.INTERNAL.value, message="The process that worked it came to an end.")
    message = f"The program failed in working it ({type(error).__name__})."
    return stages.Failed(category=Category.INTERNAL.value, message=message)
