"""The audit log: who did what to which case, when and why. Each entry's hash holds the hash of the one before.

It holds ids and what people wrote as reasons; no text of a document.
"""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from pipeline.batch.register import AUDIT, Register

PROGRAM: Final = "appealwright"
_FIRST: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `subject` is a case, or the hash of a file."""

    n: int
    at: str
    who: str
    what: str
    subject: str
    why: str
    key: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the log found: how many entries, the last hash, and the first entry that does not fit."""

    entries: int
    head: str
    broken: int | None


def enter(
    do: sa.Connection, *, what: str, subject: str, why: str = "", who: str = PROGRAM, key: str = "", at: str = ""
) -> None:
    """Add an event within a transaction of `Register.change`. One whose `key` is there already is not added again."""
    if key and do.execute(sa.select(AUDIT.c.n).where(AUDIT.c.key == key)).first():
        return
    last = do.execute(sa.select(AUDIT.c.n, AUDIT.c.hash).order_by(AUDIT.c.n.desc()).limit(1)).first()
    n, before = (last.n + 1, last.hash) if last else (1, _FIRST)
    row = {"n": n, "at": at or now(), "who": who, "what": what, "subject": subject, "why": why, "key": key or f"#{n}"}
    do.execute(sa.insert(AUDIT).values(**row, hash=_hash(before, row)))


def entries(register: Register, subject: str | None = None) -> Iterator[Entry]:
    """The events in order, of one subject or of all."""
    query = sa.select(AUDIT).order_by(AUDIT.c.n)
    with register.look() as do:
        for row in do.execute(query if subject is None else query.where(AUDIT.c.subject == subject)):
            yield Entry(**row._mapping)


def verify(register: Register, head: str | None = None) -> Verified:
    """Whether every entry follows from the one before, and where `head` is a hash noted earlier, whether it is there.

    A log that was cut off at its end fits in itself: that a `head` is missing shows it.
    """
    before, count, seen = _FIRST, 0, head is None
    for entry in entries(register):
        row = {name: getattr(entry, name) for name in ("n", "at", "who", "what", "subject", "why", "key")}
        count += 1
        if entry.n != count or entry.hash != _hash(before, row):
            return Verified(count, before, broken=count)
        before = entry.hash
        seen = seen or entry.hash == head
    return Verified(count, before, broken=None if seen else count + 1)


def now() -> str:
    """The moment, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def person() -> str:
    """Who uses the program on this machine."""
    return getpass.getuser()


def _hash(before: str, row: dict[str, object]) -> str:
    return hashlib.sha256((before + json.dumps(row, sort_keys=True, ensure_ascii=False)).encode()).hexdigest()
