"""The desk's commands, one after the other, as a biller uses them."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.cli_desk import plan_of
from pipeline.settings import Settings
from schemas.letter import LetterKind
from tests.batch.papers import TODAY, at_work, letter, note, one_round, settings


def said(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    told = settings(tmp_path)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "letter.txt").write_text(letter("Ana Ruiz", "CLM-4001", "01/02/1960"))
    (inbox / "note.txt").write_text(note("Ana Ruiz", "01/02/1960"))
    (inbox / "stranger.txt").write_text(note("Benjamin Ode", "05/06/1971"))
    with at_work(told) as flow:
        (case,) = one_round(flow, inbox).cases
    monkeypatch.setenv("APPEALWRIGHT_DESK", str(told.desk))
    return case


def test_a_case_goes_from_the_worklist_to_its_decision(case: str, tmp_path: Path) -> None:
    (row,) = json.loads(said("worklist", "--json", "--today", "2026-03-02").stdout)
    assert (row["case"], row["amount"], row["met"]) == (case, "1200.00", 1)
    listed = said("worklist").stdout
    assert "1,200.00 dollars at stake" in listed
    assert json.loads(said("worklist", "--waiting", "--json").stdout) == [
        {"paper": "stranger.txt page 1", "why": "no denial of this patient has come"}
    ]
    assert "stranger.txt page 1" in listed
    assert said("worklist", "--within", "1", "--today", "2026-03-02", "--csv").stdout.count("\n") == 1
    (line,) = csv.DictReader(io.StringIO(said("worklist", "--csv").stdout))
    assert line["payer"] == "Orchard Valley Health Plan"

    assert said("submit", case, "--method", "fax").exception.failure.category == "refused"  # type: ignore[union-attr]
    assert said("approve", case, "--by", "kim").exit_code == 0
    assert said("submit", case, "--method", "fax", "--proof", "17", "--on", "2026-03-03").exit_code == 0
    assert said("decide", case, "--outcome", "maybe").exit_code == 2
    assert said("decide", case, "--outcome", "overturned").exit_code == 0

    shown = json.loads(said("show", case, "-o", str(tmp_path / "out"), "--json").stdout)
    assert shown["state"] == "decided"
    assert shown["reviewer"] == "kim"
    assert [paper["reason"] for paper in shown["papers"]] == ["a denial; it opened the case", "name and birth date"]
    assert (tmp_path / "out" / "appeal-letter.docx").exists()
    assert case in said("show", case).stdout

    told = json.loads(said("report", "-o", str(tmp_path / "report"), "--json").stdout)
    assert told["payers"][0]["overturned"] == 1
    assert "Orchard Valley" in (tmp_path / "report" / "report.html").read_text()
    assert "unbroken" in said("audit", "verify").stdout
    assert said("audit", "verify", "--head", "0" * 63).exit_code == 1
    assert '"who": "kim"' in said("audit", "list", case).stdout
    assert said("purge", "--older-than", "30").stdout == "0 cases removed\n"
    assert said("purge", "--older-than", "-1").stdout == "1 case removed\n"
    assert json.loads(said("worklist", "--json").stdout) == []
    assert said("show", case).exception.failure.category == "not_found"  # type: ignore[union-attr]


def test_the_calendar_and_the_list_are_written_where_they_are_asked(case: str, tmp_path: Path) -> None:
    assert case in said("worklist", "--today", "2026-03-02", "--ics", str(tmp_path / "due.ics")).stdout
    assert (tmp_path / "due.ics").read_text().count(case) == 2
    assert (tmp_path / "due.ics").stat().st_mode & 0o077 == 0


def test_a_mailbox_whose_address_gives_its_password_away_is_wrong_usage() -> None:
    found = said("inbox", "imaps://kim:secret@mail.example/Denials")
    assert found.exit_code == 2
    assert "APPEALWRIGHT_IMAP_PASSWORD" in found.output


def test_the_letters_of_the_settings_are_drafted_for_each_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "letter.txt").write_text(letter("Ana Ruiz", "CLM-4002", "01/02/1960"))
    monkeypatch.setenv("APPEALWRIGHT_DESK", str(tmp_path / "desk"))
    monkeypatch.setenv("APPEALWRIGHT_SETTLE", "0")
    monkeypatch.setenv("APPEALWRIGHT_LETTERS", "poem")
    assert said("inbox", str(inbox)).exit_code == 2
    plan = plan_of(Settings(letters="appeal, lmn"), None)
    assert plan.order(TODAY).wanted.companions == (LetterKind.APPEAL, LetterKind.NECESSITY)
