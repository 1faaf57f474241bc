"""The register in Postgres: the same desk, for many workers, that survives a database that goes and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.batch import audit
from pipeline.batch.desk import Desk
from pipeline.errors import AppealwrightError
from tests.batch.papers import TODAY, at_work, letter, note, one_round, settings
from tests.batch.postgres import Postgres, postgres


@pytest.fixture
def server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


def test_a_case_is_worked_with_its_register_in_postgres(server: Postgres, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "letter.txt").write_text(letter("Ana Ruiz", "CLM-3001", "01/02/1960"))
    (inbox / "note.txt").write_text(note("Ana Ruiz", "01/02/1960"))
    with at_work(settings(tmp_path, database_url=server.url)) as flow:
        done = one_round(flow, inbox)
        assert [row.outcome for row in done.files] == ["case", "case"]
        (row,) = flow.desk.rows(TODAY)
        assert row.met == 1
        assert audit.verify(flow.desk.register).broken is None


def test_a_database_that_is_gone_is_said_and_nothing_is_lost(server: Postgres, tmp_path: Path) -> None:
    told = settings(tmp_path, database_url=server.url)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "letter.txt").write_text(letter("Ana Ruiz", "CLM-3002", "01/02/1960"))
    desk = Desk(told)
    server.stop()
    with pytest.raises(AppealwrightError, match="register") as caught:
        desk.rows(TODAY)
    assert "nothing is lost" in caught.value.failure.advice
    with pytest.raises(AppealwrightError, match="register"):
        Desk(told)
    assert (inbox / "letter.txt").exists()
    server.start()
    assert desk.rows(TODAY) == []
    desk.close_down()
    with at_work(told) as flow:
        assert [row.outcome for row in one_round(flow, inbox).files] == ["case"]
