"""The companions from the command line: which are written, kept at a check, and replaced at the next run."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.recheck import Anew, recheck
from schemas.case import Case
from tests.makers import LETTER, NOTE

ALL = {
    "appeal-letter-clean.docx",
    "appeal-letter.docx",
    "appeal-one-page.docx",
    "documentation-map.docx",
    "medical-necessity-letter.docx",
    "peer-to-peer-sheet.docx",
    "records-request.docx",
}
APPEAL = {"appeal-letter-clean.docx", "appeal-letter.docx"}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "chart"
    folder.mkdir()
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    return folder


def run(chart: Path, *arguments: str) -> tuple[int, set[str]]:
    out = chart.parent / "out"
    result = CliRunner().invoke(app, ["run", str(chart), "-o", str(out), "--today", "2026-03-02", *arguments])
    return result.exit_code, {path.name for path in out.glob("*.docx")}


def test_by_default_only_the_appeal_is_written_and_a_later_run_takes_the_rest_away(chart: Path) -> None:
    assert run(chart, "--letters", "all", "--one-page")[1] == ALL
    assert run(chart)[1] == APPEAL


def test_some_are_written_by_name(chart: Path) -> None:
    assert run(chart, "--letters", "appeal, map")[1] == {*APPEAL, "documentation-map.docx"}


@pytest.mark.parametrize("wrong", [("--letters", "lnm"), ("--appellant", "nobody")])
def test_an_unknown_letter_or_appellant_is_wrong_usage(chart: Path, wrong: tuple[str, str]) -> None:
    assert run(chart, *wrong) == (2, set())


def test_a_check_drafts_the_same_letters_for_the_same_appellant(chart: Path) -> None:
    run(chart, "--letters", "all", "--appellant", "patient")
    path = chart.parent / "out" / "case.json"
    first = Case.model_validate_json(path.read_text(encoding="utf-8"))
    again = recheck(path, chart.parent / "again", Anew(date(2026, 3, 2))).case
    assert again.appellant == "patient"
    assert (again.letter, again.companions) == (first.letter, first.companions)
    assert {p.name for p in (chart.parent / "again").glob("*.docx")} == ALL - {"appeal-one-page.docx"}
    assert json.loads(path.read_text(encoding="utf-8"))["letter"]["kind"] == "appeal"
