"""The log shows whatever was done to it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.batch import audit
from pipeline.batch.register import AUDIT, Register, sqlite_url
from pipeline.errors import AppealwrightError


def log(folder: Path, *events: str) -> Register:
    register = Register(sqlite_url(folder / "desk.sqlite"))
    with register.change() as do:
        for event in events:
            audit.enter(do, what=event, subject="case-1", who="kim")
    return register


def tamper(register: Register, statement: sa.Executable) -> None:
    with register.change() as do:
        for act in ("UPDATE", "DELETE"):
            do.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_{act}"))
        do.execute(statement)


def test_an_untouched_log_is_whole(tmp_path: Path) -> None:
    found = audit.verify(log(tmp_path, "opened", "approved"))
    assert (found.entries, found.broken) == (2, None)


def test_entries_cannot_be_changed_or_removed_through_the_database(tmp_path: Path) -> None:
    register = log(tmp_path, "opened")
    for statement in (sa.update(AUDIT).values(who="lee"), sa.delete(AUDIT)):
        with pytest.raises((AppealwrightError, sa.exc.IntegrityError)), register.change() as do:
            do.execute(statement)
    assert audit.verify(register).broken is None


def test_a_changed_entry_is_found(tmp_path: Path) -> None:
    register = log(tmp_path, "opened", "approved", "submitted")
    tamper(register, sa.update(AUDIT).where(AUDIT.c.n == 2).values(who="lee"))
    assert audit.verify(register).broken == 2


def test_a_removed_entry_is_found(tmp_path: Path) -> None:
    register = log(tmp_path, "opened", "approved", "submitted")
    tamper(register, sa.delete(AUDIT).where(AUDIT.c.n == 2))
    assert audit.verify(register).broken == 2


def test_a_log_cut_off_at_its_end_lacks_the_head_that_was_noted(tmp_path: Path) -> None:
    register = log(tmp_path, "opened", "approved")
    head = audit.verify(register).head
    assert audit.verify(register, head).broken is None
    tamper(register, sa.delete(AUDIT).where(AUDIT.c.n == 2))
    assert audit.verify(register).broken is None
    assert audit.verify(register, head).broken == 2


def test_an_event_is_entered_once(tmp_path: Path) -> None:
    register = log(tmp_path)
    for _ in range(2):
        with register.change() as do:
            audit.enter(do, what="read", subject="file", key="read 1")
    assert audit.verify(register).entries == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(st.integers(1, 4), st.sampled_from(["at", "who", "what", "subject", "why", "key"]), st.text(min_size=1))
def test_whatever_is_changed_in_whichever_entry_is_found(
    tmp_path_factory: pytest.TempPathFactory, n: int, column: str, value: str
) -> None:
    register = log(tmp_path_factory.mktemp("desk"), "opened", "working", "ready", "approved")
    before = next(entry for entry in audit.entries(register) if entry.n == n)
    if getattr(before, column) != value and "\x00" not in value and value.isprintable():
        tamper(register, sa.update(AUDIT).where(AUDIT.c.n == n).values({column: value}))
        assert audit.verify(register).broken == n
    register.close()
