"""The desk: where a team's cases are kept, and what people do with them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from pipeline.batch import audit
from pipeline.batch.arrivals import forget_original
from pipeline.batch.register import ARRIVALS, CASES, EDITS, JOINED, PAPERS, Register, sqlite_file, sqlite_url
from pipeline.batch.stages import Made, points_of
from pipeline.batch.states import OUTCOMES, State, may_become
from pipeline.batch.store import Store
from pipeline.batch.worklist import Held, Row, Shown, not_to_be_sent, ordered
from pipeline.case import CASE
from pipeline.errors import AppealwrightError
from pipeline.outputs import save
from pipeline.settings import Settings
from schemas.case import Category
from schemas.edit import Kept as KeptEdit

_CASES: Final = "cases"
_OF_A_ROW: Final = (CASES.c.id, CASES.c.state, CASES.c.why, CASES.c.row, CASES.c.told, CASES.c.at)  # not its files
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A case as it is kept: its state, its files by name and hash, its row, and what people told of it."""

    state: State
    files: Mapping[str, str]
    row: Row
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed of a case, and why; `edit` where it is to be done again if the case is worked anew."""

    who: str
    what: str
    why: str
    edit: object | None = None


class Desk:
    """A folder with the register, the store and the cases' folders; the first two may be elsewhere, for many machines.

    AppealwrightError (output) from any method where register or store cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.desk
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise AppealwrightError(Category.OUTPUT, str(self.folder), f"cannot be made ({reason})") from error
        self.store_url = settings.store or str(self.folder / "store")
        self.store = Store(self.store_url)
        elsewhere = settings.database_url.get_secret_value()
        self.database = _with_driver(elsewhere) if elsewhere else sqlite_url(self.folder / "desk.sqlite")
        self.register = Register(self.database)
        self.work_database = self.database if elsewhere else sqlite_file(self.folder / "work.sqlite")

    def case_folder(self, case: str) -> Path:
        """Where the files of a case are."""
        return self.folder / _CASES / case

    def rows(self, today: date) -> list[Shown]:
        """Every case, the most urgent first."""
        with self.register.look() as do:
            return ordered(_shown(row._mapping, today) for row in do.execute(sa.select(*_OF_A_ROW)))

    def row(self, case: str, today: date) -> Shown:
        """One case. AppealwrightError (not found) where there is none of that id."""
        with self.register.look() as do:
            return _shown(_case(do, case), today)

    def papers(self, case: str) -> list[Held]:
        """The papers of a case, in the order in which they came."""
        query = (
            sa.select(PAPERS.c.record, JOINED.c.reason)
            .join(JOINED, JOINED.c.paper == PAPERS.c.id)
            .join(ARRIVALS, ARRIVALS.c.id == PAPERS.c.arrival)
            .where(JOINED.c.case == case)
            .order_by(ARRIVALS.c.n, PAPERS.c.n)
        )
        with self.register.look() as do:
            return [
                Held(file=row.record["file"], role=row.record["role"], pages=row.record["pages"], reason=row.reason)
                for row in do.execute(query)
            ]

    def kept(self, case: str) -> Kept:
        """What is kept of a case. AppealwrightError (not found) where there is none of that id."""
        with self.register.look() as do:
            return _kept(_case(do, case))

    def kept_and_shown(self, case: str, today: date) -> tuple[Kept, Shown]:
        """A case as it is kept, and as the worklist shows it, of one moment. AppealwrightError as of `kept`."""
        with self.register.look() as do:
            row = _case(do, case)
        return _kept(row), _shown(row, today)

    def outcomes(self) -> dict[str, str]:
        """What the payers decided, by case."""
        with self.register.look() as do:
            rows = do.execute(sa.select(CASES.c.id, CASES.c.told)).all()
        return {row.id: row.told["outcome"] for row in rows if "outcome" in row.told}

    def waiting(self) -> list[tuple[str, str]]:
        """The papers that wait for a person, by the file they lie in, with the reason."""
        query = (
            sa.select(PAPERS.c.record, PAPERS.c.waiting)
            .where(PAPERS.c.waiting != "")
            .order_by(PAPERS.c.arrival, PAPERS.c.n)
        )
        with self.register.look() as do:
            return [(f"{row.record['file']} page {row.record['pages'][0]}", row.waiting) for row in do.execute(query)]

    def write(self, case: str, out: Path) -> None:
        """Put the files of a case in a folder, from the store."""
        with self.register.look() as do:
            files = _case(do, case)["files"]
        save(out, {name: self.store.get(digest) for name, digest in files.items()})

    # What people do.

    def approve(self, case: str, who: str, why: str = "", seen: str | None = None) -> None:
        """The letter may go out: its reviewer says so, and why, where it leaves something open.

        `seen` is as of `replace`, where he looked at a version. AppealwrightError (refused) where the letter leaves
        something open and no reason is given, or somebody changed the case meanwhile.
        """
        with self.register.change() as do:
            row = _case(do, case)
            if seen is not None:
                unless_changed(case, row["files"], seen)
            left = not_to_be_sent(_kept(row).row)
            if left and not why:
                message = f"its letter has {' and '.join(left)}"
                advice = "Settle them, or approve with a reason (--why)."
                raise AppealwrightError(Category.REFUSED, case, message, advice)
            _become(do, row, State.APPROVED, who, f"{why} ({', '.join(left)})" if left else why, reviewer=who)

    def take(self, case: str, who: str) -> None:
        """A reviewer takes the case on."""
        with self.register.change() as do:
            row = _case(do, case)
            do.execute(sa.update(CASES).where(CASES.c.id == case).values(told={**row["told"], "reviewer": who}))
            audit.enter(do, what="taken", subject=case, who=who)

    def replace(self, case: str, seen: str, made: Made, change: Change) -> None:
        """Put what a person's change made of a case in place of what he saw, of which `seen` is the hash of case.json.

        An approval is taken back by it. AppealwrightError (refused) where somebody changed the case meanwhile, it is
        being worked, or its appeal was sent.
        """
        with self.register.change() as do:
            row = _case(do, case)
            now = State(row["state"])
            if now not in (State.NEEDS_REVIEW, State.READY, State.APPROVED):
                message = f"it is {now.value.replace('_', ' ')}, and cannot be changed"
                raise AppealwrightError(Category.REFUSED, case, message, "Reopen it, or wait until it was worked.")
            unless_changed(case, row["files"], seen)
            why = "; ".join(points_of(made))
            state = State.NEEDS_REVIEW if why else State.READY
            values = {"state": state.value, "why": why, "files": made["files"], "row": made["row"], "at": audit.now()}
            do.execute(sa.update(CASES).where(CASES.c.id == case).values(values))
            if change.edit is not None:
                n = do.execute(sa.select(sa.func.count()).where(EDITS.c.case == case)).scalar_one() + 1
                do.execute(sa.insert(EDITS).values(case=case, n=n, edit=change.edit, unfit=""))
            audit.enter(do, what=change.what, subject=case, why=change.why, who=change.who)
            if now is not state:
                audit.enter(do, what=state.value, subject=case, why=why, who=change.who)
            save(self.case_folder(case), {name: self.store.get(digest) for name, digest in made["files"].items()})

    def edits(self, case: str) -> list[object]:
        """What reviewers changed of a case, in order."""
        with self.register.look() as do:
            return list(do.execute(sa.select(EDITS.c.edit).where(EDITS.c.case == case).order_by(EDITS.c.n)).scalars())

    def unfit(self, case: str) -> list[tuple[str, str, str]]:
        """The corrections of a case that could not be made again: what was done, by whom, and why not."""
        query = sa.select(EDITS).where(EDITS.c.case == case, EDITS.c.unfit != "").order_by(EDITS.c.n)
        with self.register.look() as do:
            found = [(KeptEdit.model_validate(row.edit).signed, row.unfit) for row in do.execute(query)]
        return [(signed.told, signed.by, why) for signed, why in found]

    def submit(self, case: str, who: str, method: str, proof: str, on: date) -> None:
        """The appeal was sent: how, with what proof, and when."""
        self._set(case, State.SUBMITTED, who, f"{method}, {on}", method=method, proof=proof, submitted=on.isoformat())

    def decide(self, case: str, who: str, outcome: str, on: date) -> None:
        """The payer decided. AppealwrightError (refused) where the outcome is none of those that are counted."""
        if outcome not in OUTCOMES:
            advice = f"Say one of {', '.join(OUTCOMES)}."
            raise AppealwrightError(Category.REFUSED, case, "there is no such outcome", advice)
        self._set(case, State.DECIDED, who, f"{outcome}, {on}", outcome=outcome, decided=on.isoformat())

    def close(self, case: str, who: str, why: str) -> None:
        """Nothing is left to do."""
        self._set(case, State.CLOSED, who, why)

    def reopen(self, case: str, who: str, why: str) -> None:
        """A person looks again."""
        self._set(case, State.NEEDS_REVIEW, who, why)

    def _set(self, case: str, then: State, who: str, why: str, **told: str) -> None:
        with self.register.change() as do:
            _become(do, _case(do, case), then, who, why, **told)

    # What is forgotten.

    def purge(self, before: date, forget_work: Callable[[list[str]], None], *, originals: bool = True) -> list[str]:
        """Remove the decided and closed cases that last changed before a day, everywhere they were written.

        With `originals` the files that were moved to done/ go too, where no other case needs them.

        A file that another case uses, or that still waits, stays; what nothing names any more, such as the drafts of
        earlier work, goes too, an hour after it was stored. `forget_work` removes what the work engine kept.
        The audit log keeps that they were, and that they are gone.
        """
        with self.register.change() as do:
            old = sa.select(CASES.c.id).where(
                CASES.c.state.in_([State.DECIDED.value, State.CLOSED.value]), CASES.c.at < before.isoformat()
            )
            gone = list(do.execute(old).scalars())
            lost = _forget(do, gone) if gone else _Lost(set(), [], [])
            for case in gone:
                audit.enter(do, what="purged", subject=case)
            named = set(_named(do))
        hashes = lost.hashes | {name for name, at in self.store.names() if time.time() - at > _HOUR}
        forget_work(lost.works)
        for digest in hashes - named:
            self.store.forget(digest)
        for inbox, path, digest in lost.originals if originals else ():
            forget_original(Path(inbox), path, digest)
        for case in gone:
            shutil.rmtree(self.case_folder(case), ignore_errors=True)
        return gone

    def close_down(self) -> None:
        """Let the database go."""
        self.register.close()


def _with_driver(url: str) -> str:
    """The address with the driver that is installed, where it names none."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return f"postgresql+psycopg://{url.removeprefix(plain)}"
    return url


def _case(do: sa.Connection, case: str) -> sa.RowMapping:
    row = do.execute(sa.select(CASES).where(CASES.c.id == case)).first()
    if row is None:
        raise AppealwrightError(Category.NOT_FOUND, case, "there is no such case", "See `appealwright worklist`.")
    return row._mapping


def unless_changed(case: str, files: Mapping[str, str], seen: str) -> None:
    """AppealwrightError (refused) where the case.json among the files is not the one that was seen, by its hash."""
    if files.get(CASE) != seen:
        message = "somebody changed it meanwhile"
        raise AppealwrightError(Category.REFUSED, case, message, "Look at it again, and then change it.")


def _become(do: sa.Connection, row: sa.RowMapping, then: State, who: str, why: str, **told: str) -> None:
    """Set a case to another state, within a transaction. AppealwrightError (refused) where it may not follow."""
    case, now = row["id"], State(row["state"])
    if not may_become(now, then):
        message = f"it is {now.value.replace('_', ' ')}, and cannot become {then.value.replace('_', ' ')}"
        raise AppealwrightError(Category.REFUSED, case, message, "See `appealwright show` for what it needs.")
    values = {"state": then.value, "why": why, "told": {**row["told"], **told}, "at": audit.now()}
    if then is State.NEEDS_REVIEW:
        values["inputs"] = ""  # it is worked again, with whatever came meanwhile
    do.execute(sa.update(CASES).where(CASES.c.id == case).values(values))
    audit.enter(do, what=then.value, subject=case, why=why, who=who)


def _kept(row: sa.RowMapping) -> Kept:
    shown = Row.model_validate(row["row"] or {"case": row["id"]})
    return Kept(State(row["state"]), row["files"], shown, row["told"])


def _shown(case: sa.RowMapping, today: date) -> Shown:
    row: Mapping[str, object] = case["row"] or {"case": case["id"]}
    safe = row.get("safe")
    days = (date.fromisoformat(str(safe)) - today).days if safe else None
    told = {"state": case["state"], "why": case["why"], "reviewer": case["told"].get("reviewer", ""), "days": days}
    return Shown.model_validate({**row, **told, "since": case["at"]})


@dataclass(frozen=True, slots=True)
class _Lost:
    """What cases that are removed leave behind: hashes in the store, work done, and originals as inbox, path, hash."""

    hashes: set[str]
    works: list[str]
    originals: list[tuple[str, str, str]]


def _forget(do: sa.Connection, gone: list[str]) -> _Lost:
    """Remove cases from the register."""
    cases = do.execute(sa.select(CASES.c.files, CASES.c.work).where(CASES.c.id.in_(gone))).all()
    of_papers = list(do.execute(sa.select(JOINED.c.paper).where(JOINED.c.case.in_(gone))).scalars())
    do.execute(sa.delete(JOINED).where(JOINED.c.case.in_(gone)))
    do.execute(sa.delete(EDITS).where(EDITS.c.case.in_(gone)))
    do.execute(sa.delete(CASES).where(CASES.c.id.in_(gone)))
    used = set(do.execute(sa.select(JOINED.c.paper)).scalars())
    dead = [paper for paper in of_papers if paper not in used]
    twins = list(do.execute(sa.select(PAPERS.c.id).where(PAPERS.c.same_as.in_(dead))).scalars())
    touched = set(do.execute(sa.select(PAPERS.c.arrival).where(PAPERS.c.id.in_([*dead, *twins]))).scalars())
    do.execute(sa.delete(PAPERS).where(PAPERS.c.id.in_([*dead, *twins])))
    kept = set(do.execute(sa.select(PAPERS.c.arrival)).scalars())
    empty = do.execute(sa.select(ARRIVALS).where(ARRIVALS.c.id.in_(touched - kept))).all()
    hashes = {digest for row in empty for digest in (row.sha256, row.read, row.contents) if digest}
    those = ARRIVALS.c.sha256.in_([row.sha256 for row in empty])
    moved = do.execute(sa.select(ARRIVALS.c.inbox, ARRIVALS.c.path, ARRIVALS.c.sha256).where(those)).all()
    do.execute(sa.delete(ARRIVALS).where(those))
    hashes |= {digest for case in cases for digest in case.files.values()}
    works = [*(case.work for case in cases), *(f"read-{row.id}" for row in empty)]
    return _Lost(hashes, works, [(row.inbox, row.path, row.sha256) for row in moved])


def _named(do: sa.Connection) -> Iterator[str]:
    """Every hash that the register names."""
    for row in do.execute(sa.select(ARRIVALS.c.sha256, ARRIVALS.c.read, ARRIVALS.c.contents)):
        yield from (row.sha256, row.read or "", row.contents or "")
    for files in do.execute(sa.select(CASES.c.files)).scalars():
        yield from files.values()
