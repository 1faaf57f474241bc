"""The desk's register: what arrived, what papers it held, which case each joined, and how each case stands.

One SQLite file, or a Postgres database that many machines share. Whatever changes several rows is one transaction.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.errors import AppealwrightError
from schemas.case import Category

_meta: Final = sa.MetaData()

ARRIVALS: Final = sa.Table(
    "arrivals",
    _meta,
    sa.Column("id", sa.Text, primary_key=True, doc="The inbox, path, hash and time of a file as it came."),
    sa.Column("n", sa.Integer, nullable=False, doc="The order of arrival, from 1."),
    sa.Column("inbox", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False, doc="Below the inbox."),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("thread", sa.Text, nullable=False, doc="The mail thread it belongs to, or empty."),
    sa.Column("read", sa.Text, doc="Hash of the batch that was read of it; null until it is."),
    sa.Column("contents", sa.Text, doc="Hash of its Contents; null until they are told."),
    sa.Column("failed", sa.Text, doc="Why nothing can be made of it; null where something can."),
    sa.Column("away", sa.Boolean, nullable=False, doc="It was moved out of the inbox."),
    sa.Column("reported", sa.Boolean, nullable=False, doc="A finished round has accounted for it."),
    sa.Column("at", sa.Text, nullable=False),
)

PAPERS: Final = sa.Table(
    "papers",
    _meta,
    sa.Column("id", sa.Text, primary_key=True, doc="Hash of the file it lies in, and its place there."),
    sa.Column("n", sa.Integer, nullable=False, doc="Its place in its arrival, from 1."),
    sa.Column("arrival", sa.Text, sa.ForeignKey("arrivals.id"), nullable=False, index=True),
    sa.Column("record", sa.JSON, nullable=False, doc="The Paper."),
    sa.Column("same_as", sa.Text, doc="The paper that it is another scan of."),
    sa.Column("waiting", sa.Text, nullable=False, doc="Why no case has it; empty where one has."),
    sa.Column("aside", sa.Text, nullable=False, doc="Why nobody needs it; empty where somebody may."),
)

CASES: Final = sa.Table(
    "cases",
    _meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False, doc="Hash of the papers of the newest work on it."),
    sa.Column("work", sa.Text, nullable=False, doc="Id of that work."),
    sa.Column("row", sa.JSON, doc="What the worklist shows of it; null until it was worked."),
    sa.Column("files", sa.JSON, nullable=False, doc="Name to hash of what was written for it."),
    sa.Column("told", sa.JSON, nullable=False, doc="What people told of it: reviewer, method, proof, outcome."),
    sa.Column("at", sa.Text, nullable=False, doc="When its state last changed."),
)

JOINED: Final = sa.Table(
    "joined",
    _meta,
    sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("paper", sa.Text, sa.ForeignKey("papers.id"), primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
)

EDITS: Final = sa.Table(
    "edits",
    _meta,
    sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, doc="The order in which they were made, from 1."),
    sa.Column("edit", sa.JSON, nullable=False, doc="What a reviewer changed of what was read, to be done again."),
    sa.Column("unfit", sa.Text, nullable=False, doc="Why it no longer fits what was read since; empty where it does."),
)

USERS: Final = sa.Table(
    "users",
    _meta,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False, doc="Argon2; empty for who comes from an identity provider."),
    sa.Column("at", sa.Text, nullable=False),
)

SESSIONS: Final = sa.Table(
    "sessions",
    _meta,
    sa.Column("hash", sa.Text, primary_key=True, doc="SHA-256 of the secret that the browser or the script holds."),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("csrf", sa.Text, nullable=False, doc="What a change from a browser must carry; empty for a script's."),
    sa.Column("made", sa.Float, nullable=False, doc="Seconds since 1970."),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("note", sa.Text, nullable=False, doc="What a script's token is for."),
)

WORKERS: Final = sa.Table(
    "workers",
    _meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seen", sa.Float, nullable=False, doc="Seconds since 1970."),
)

AUDIT: Final = sa.Table(
    "audit",
    _meta,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True, doc="What makes it one event: it is entered once."),
    sa.Column("hash", sa.Text, nullable=False),
)

_LOCK: Final = 4_026_531  # any number that nobody else takes for an advisory lock
_NEVER: Final = {  # the log is only ever added to
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS audit_{0} BEFORE {0} ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
        "CREATE OR REPLACE TRIGGER audit_{0} BEFORE {0} ON audit EXECUTE FUNCTION audit_is_append_only()",
    ),
}


class Register:
    """The database, opened. Its tables are made where they are missing."""

    def __init__(self, url: str) -> None:
        """AppealwrightError (output) where the database cannot be reached."""
        self.url = url
        self._engine = sa.create_engine(url, pool_pre_ping=True)
        self._kind = self._engine.dialect.name
        if self._kind == "sqlite":
            sa.event.listen(self._engine, "connect", _settle_sqlite)
        with self.change() as do:
            _meta.create_all(do)
            for statement in (row.format(act) for row in _NEVER[self._kind] for act in ("UPDATE", "DELETE")):
                do.execute(sa.text(statement))

    @contextlib.contextmanager
    def change(self) -> Iterator[sa.Connection]:
        """A transaction that nobody else's comes between; all of it happens, or nothing."""
        with _reached(), self._engine.begin() as do:
            if self._kind == "sqlite":
                do.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                do.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield do

    @contextlib.contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """A view of one moment, to read from."""
        with _reached(), self._engine.connect() as do:
            if self._kind == "sqlite":
                do.exec_driver_sql("BEGIN")
            yield do

    def put(self, do: sa.Connection, table: sa.Table, row: Mapping[str, object]) -> None:
        """Enter a row; one of the same key that is there already stays."""
        insert = sqlite.insert if self._kind == "sqlite" else postgresql.insert
        do.execute(insert(table).values(dict(row)).on_conflict_do_nothing())

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()


def next_n(do: sa.Connection, table: sa.Table) -> int:
    """The number of the next row of a table that is numbered."""
    return int(do.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.n), 0))).scalar_one()) + 1


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def sqlite_file(path: Path) -> str:
    """The address of a SQLite file that is there, and keeps its changes in a log, which readers need not wait for."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return sqlite_url(path)


def _settle_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where `change` says, not where the driver guesses
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


@contextlib.contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        message = f"it cannot be used ({type(error.orig).__name__})"
        raise AppealwrightError(Category.OUTPUT, "the register", message, ADVICE) from error


ADVICE: Final = "Check that the database runs and has room (`appealwright doctor`), and run again: nothing is lost."
