"""The companions from the command line: which are written, kept at a check, and replaced at the next run."""

import json
from datetime import date
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.recheck import Anew, recheck
from schemas.case import Case
from tests.makers import LETTER, NOTE

ALL = {
    "appeal-letter-clean.docx",
    "appeal-letter.docx",
    "appeal-one-page-clean.docx",
    "appeal-one-page.docx",
    "documentation-map.docx",
    "medical-necessity-letter-clean.docx",
    "medical-necessity-letter.docx",
    "peer-to-peer-sheet.docx",
    "records-request-clean.docx",
    "records-request.docx",
}
APPEAL = {"appeal-letter-clean.docx", "appeal-letter.docx"}
ONE_PAGE = {"appeal-one-page-clean.docx", "appeal-one-page.docx"}


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


def test_what_is_sent_has_a_copy_without_comments_beside_the_one_to_review(chart: Path) -> None:
    run(chart, "--letters", "all", "--one-page")
    out = chart.parent / "out"
    clean = [out / name for name in sorted(ALL) if name.endswith("-clean.docx")]
    assert len(clean) == 4
    for path in clean:
        review = docx.Document(str(path.with_name(path.name.replace("-clean", ""))))
        bare = docx.Document(str(path))
        assert "".join(bare.element.itertext()) == "".join(review.element.itertext())
        assert (len(list(review.comments)) > 0, len(list(bare.comments))) == (True, 0)


def test_the_summary_names_every_file_that_was_written(chart: Path) -> None:
    out = chart.parent / "out"
    arguments = ["run", str(chart), "-o", str(out), "--today", "2026-03-02", "--letters", "all", "--one-page"]
    said = CliRunner().invoke(app, arguments).stdout.split()
    assert {Path(word).name for word in said if word.startswith(str(out))} == ALL | {"review.html", "case.json"}


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
    assert {p.name for p in (chart.parent / "again").glob("*.docx")} == ALL - ONE_PAGE
    assert json.loads(path.read_text(encoding="utf-8"))["letter"]["kind"] == "appeal"
