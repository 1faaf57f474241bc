"""The story of a round: what is in the inbox is taken in, read, put to its cases and worked, and accounted for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from rapidfuzz import fuzz

from pipeline.batch import arrivals, audit, grouping, mailbox
from pipeline.batch.account import File, account
from pipeline.batch.arrivals import Arrival, Found
from pipeline.batch.compose import unpacked
from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow
from pipeline.batch.papers import Paper, first_of
from pipeline.batch.register import ARRIVALS, CASES, JOINED, PAPERS, next_n
from pipeline.batch.stages import Input
from pipeline.batch.states import WORKED, State
from pipeline.case import program
from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits
from pipeline.tables import versions
from schemas.case import Failure


class Progress(Protocol):
    """Who is told how a round goes: a stage, how much of it is done, and how much there is."""

    def __call__(self, stage: str, done: int, of: int) -> None:
        """Take note."""


@dataclass(slots=True)
class Round:
    """What a round did: a row for every file found, and the cases it opened or worked again."""

    files: list[File] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    lost: AppealwrightError | None = None  # the mailbox failed on the way; what came before was worked


def work_inbox(flow: Flow, inbox: Path, limits: Limits, settle: float, today: date, tell: Progress) -> Round:
    """One round. Ended at any moment, the next goes on from there; nothing is lost, and nothing done twice."""
    desk, done = flow.desk, Round()
    arrivals.notice_moves(inbox, desk.register)
    came: dict[str, tuple[Found, Arrival]] = {}
    found = list(arrivals.look_around(inbox))
    for number, (one, is_whole) in enumerate(arrivals.whole(found, settle), start=1):
        tell("taken in", number, len(found))
        taken = _take(one, is_whole, desk, limits)
        if isinstance(taken, File):
            done.files.append(taken)
        else:
            came[taken.id] = (one, taken)
        if flow.stopping.is_set():
            return done
    unread = _unread(desk)
    works = [flow.start_reading(arrival, Path(path).name, digest, today) for arrival, path, digest in unread]
    flow.wait(works, lambda count: tell("read", count, len(works)))
    done.cases = work_cases(flow, today, tell)
    failed = _failures(desk, came)
    for one, arrival in came.values():
        if not flow.stopping.is_set():
            arrivals.move_away(one, arrival, desk.register, failed.get(arrival.id, ""))
    unreported = _unreported(desk, inbox, came)
    done.files = sorted([*done.files, *account(desk, unreported)], key=lambda row: row.file)
    if not flow.stopping.is_set():
        with desk.register.change() as do:
            do.execute(sa.update(ARRIVALS).where(ARRIVALS.c.id.in_(unreported)).values(reported=True))
    return done


def work_mailbox(flow: Flow, address: mailbox.Address, limits: Limits, today: date, tell: Progress) -> Round:
    """A round of a mailbox: its messages are files of the desk, and are marked or moved once these are on record."""
    spool = flow.desk.folder / "mail" / address.spool
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    lost: AppealwrightError | None = None
    try:
        for number, _ in enumerate(mailbox.fetch(address, spool, _on_record(flow.desk, spool)), start=1):
            tell("fetched", number, number)
    except AppealwrightError as error:
        lost = error
    done = work_inbox(flow, spool, limits, 0, today, tell)
    if lost is None:
        try:
            mailbox.mark(address, _on_record(flow.desk, spool))
        except AppealwrightError as error:
            lost = error
    done.lost = lost
    return done


def _on_record(desk: Desk, spool: Path) -> set[str]:
    with desk.register.look() as do:
        here = ARRIVALS.c.inbox == str(spool.resolve())
        return set(do.execute(sa.select(ARRIVALS.c.path).where(here)).scalars())


def _take(found: Found, is_whole: bool, desk: Desk, limits: Limits) -> Arrival | File:
    """The file taken in; or the row that says why it was not."""
    if found.ignored or not is_whole:
        reason = found.ignored or "it is still being written: the next round takes it"
        return File(file=found.path, sha256=arrivals.digest_of(found.file), outcome="ignored", reason=reason)
    taken = arrivals.take_in(found, desk.register, desk.store, limits)
    if isinstance(taken, Failure):
        digest = arrivals.digest_of(found.file)
        arrivals.set_aside(found, taken.said)
        return File(file=found.path, sha256=digest, outcome="quarantined", reason=taken.said)
    return taken


def _unread(desk: Desk) -> list[tuple[str, str, str]]:
    """What was taken in and not yet read, but for copies of what was: id, path and hash."""
    first = sa.select(sa.func.min(ARRIVALS.c.n)).group_by(ARRIVALS.c.sha256)
    unread = sa.select(ARRIVALS).where(ARRIVALS.c.read.is_(None), ARRIVALS.c.n.in_(first)).order_by(ARRIVALS.c.n)
    with desk.register.look() as do:
        return [(row.id, row.path, row.sha256) for row in do.execute(unread)]


def _unreported(desk: Desk, inbox: Path, came: Iterable[str]) -> list[str]:
    """What this round has to account for: what it found, and what an earlier one took in and did not live to report."""
    here = (ARRIVALS.c.inbox == str(inbox.resolve())) & ~ARRIVALS.c.reported
    with desk.register.look() as do:
        rows = do.execute(sa.select(ARRIVALS.c.id).where(here | ARRIVALS.c.id.in_(list(came))).order_by(ARRIVALS.c.n))
        return [row.id for row in rows]


def _failures(desk: Desk, came: Iterable[str]) -> dict[str, str]:
    """Why nothing can be made of an arrival, for those of which that is so."""
    failed = sa.select(ARRIVALS.c.id, ARRIVALS.c.failed).where(ARRIVALS.c.id.in_(list(came)), ARRIVALS.c.failed != "")
    with desk.register.look() as do:
        return {row.id: row.failed for row in do.execute(failed)}


def work_cases(flow: Flow, today: date, tell: Progress) -> list[str]:
    """Put the papers that no case has to their cases, and work every case that has papers it was not worked with."""
    desk = flow.desk
    with desk.register.change() as do:
        _renew(do, flow.plan.engine, _place(do, desk) if _has_new(do) else set())
        todo = do.execute(sa.select(CASES).where(CASES.c.state == State.WORKING.value).order_by(CASES.c.n)).all()
        jobs = [(row.id, row.work, *inputs_of(do, row.id)) for row in todo]
    for case, work, inputs, papers in jobs:
        flow.start_working(case, work, inputs, today, first_of(papers))
    flow.wait([work for _, work, _, _ in jobs], lambda count: tell("worked", count, len(jobs)))
    return [case for case, *_ in jobs]


def _has_new(do: sa.Connection) -> bool:
    """Whether there are papers that nobody tried to place."""
    untried = (PAPERS.c.waiting == "") & (PAPERS.c.aside == "") & PAPERS.c.same_as.is_(None)
    return (
        do.execute(sa.select(PAPERS.c.id).where(untried, ~PAPERS.c.id.in_(sa.select(JOINED.c.paper)))).first()
        is not None
    )


def _place(do: sa.Connection, desk: Desk) -> set[str]:
    """Group, within a transaction: two processes never place a paper twice. The cases that papers joined."""
    papers = do.execute(
        sa.select(PAPERS, ARRIVALS.c.thread)
        .join(ARRIVALS, ARRIVALS.c.id == PAPERS.c.arrival)
        .order_by(ARRIVALS.c.n, PAPERS.c.n)
    ).all()
    placed = {row.id: grouping.Placed(Paper.model_validate(row.record), row.arrival, row.thread) for row in papers}
    held: dict[str, list[grouping.Placed]] = {}
    for row in do.execute(sa.select(JOINED)):
        held.setdefault(row.case, []).append(placed[row.paper])
    cases = do.execute(sa.select(CASES.c.id).order_by(CASES.c.n)).scalars().all()
    charts = [grouping.Chart(case, held.get(case, [])) for case in cases]
    mine = {paper.paper.id for chart in charts for paper in chart.papers}
    free = [placed[row.id] for row in papers if row.id not in mine and not row.same_as and not row.aside]
    reads = {row.id: row.read for row in do.execute(sa.select(ARRIVALS.c.id, ARRIVALS.c.read))}

    def similar(one: Paper, other: Paper) -> float:
        texts = [_text(desk, paper, reads[placed[paper.id].arrival]) for paper in (one, other)]
        return fuzz.ratio(*texts) / 100

    found = grouping.group(charts, free, similar)
    _enter(do, found)
    return {case for case, *_ in found.joined}


def _text(desk: Desk, paper: Paper, read: str | None) -> str:
    """The words of a paper, to be compared with another scan's."""
    batch = unpacked(desk.store.get(read or ""))
    pages = [page for document in batch.documents if document.sha256 == paper.sha256 for page in document.pages]
    return " ".join(" ".join(page.text.split()) for page in pages if page.number in paper.pages).casefold()


def _enter(do: sa.Connection, found: grouping.Grouped) -> None:
    for case in found.opened.values():
        row: dict[str, Any] = {"id": case, "n": next_n(do, CASES), "state": State.NEW.value, "files": {}, "told": {}}
        do.execute(sa.insert(CASES).values(**row, why="", work="", inputs="", row=None, at=audit.now()))
        audit.enter(do, what="opened", subject=case, key=f"opened {case}")
    for case, paper, reason in found.joined:
        do.execute(sa.insert(JOINED).values(case=case, paper=paper, reason=reason))
        audit.enter(do, what="joined", subject=case, why=f"{paper}: {reason}", key=f"joined {case} {paper}")
        do.execute(sa.update(PAPERS).where(PAPERS.c.id == paper).values(waiting=""))
    for column in ("same_as", "waiting", "aside"):
        for paper, value in getattr(found, column).items():
            do.execute(sa.update(PAPERS).where(PAPERS.c.id == paper).values({column: value}))


def _renew(do: sa.Connection, engine: str, joined: set[str]) -> None:
    """Name the work of the cases that papers joined or that were reopened; what was sent stays as it was."""
    for row in do.execute(sa.select(CASES).where(CASES.c.id.in_(joined) | (CASES.c.inputs == ""))).all():
        inputs, _ = inputs_of(do, row.id)
        digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
        if digest == row.inputs:
            continue
        state, work = State(row.state), _name_of(row.id, digest, engine)
        values: dict[str, str] = {}
        if state not in WORKED and state is not State.APPROVED:
            values = {"why": f"records came after it was {state.value}: reopen it to use them"}
            audit.enter(do, what="late records", subject=row.id, key=f"late {row.id} {digest}")
        elif work != row.work:  # a case that was reopened with nothing new has been worked
            values = {"work": work, "state": State.WORKING.value, "why": "", "at": audit.now()}
            audit.enter(do, what=State.WORKING.value, subject=row.id, key=f"working {work}")
        do.execute(sa.update(CASES).where(CASES.c.id == row.id).values(**values, inputs=digest))


def inputs_of(do: sa.Connection, case: str) -> tuple[list[Input], list[Paper]]:
    """What a case is worked from, and its papers."""
    rows = do.execute(
        sa.select(PAPERS.c.record, ARRIVALS.c.sha256, ARRIVALS.c.read)
        .join(JOINED, JOINED.c.paper == PAPERS.c.id)
        .join(ARRIVALS, ARRIVALS.c.id == PAPERS.c.arrival)
        .where(JOINED.c.case == case)
        .order_by(ARRIVALS.c.path, ARRIVALS.c.sha256, PAPERS.c.n)  # whatever order they came in
    ).all()
    papers = [Paper.model_validate(row.record) for row in rows]
    inputs: dict[str, Input] = {}
    for row, paper in zip(rows, papers, strict=True):
        one = inputs.setdefault(row.sha256, Input(file=row.sha256, batch=row.read, wanted={}))
        pages = one["wanted"].setdefault(paper.sha256, [])
        pages += [page for page in paper.pages if page not in pages]
    return list(inputs.values()), papers


def _name_of(case: str, inputs: str, engine: str) -> str:
    """The work on a case by all that it depends on: the same is never done twice."""
    tables = versions("ingest.layout", "extract", "check", "draft")
    told = json.dumps([inputs, engine, program(), tables], sort_keys=True)
    return f"{case}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
