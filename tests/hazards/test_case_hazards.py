"""What must never happen to a whole case: from files to verdicts, with one small thing changed."""

from datetime import date
from pathlib import Path

import pytest
from docx import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from pipeline import ingest
from pipeline.case import Order, work
from schemas.case import Case

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Lumbar MRI

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. At least 6 weeks of physical therapy
2. Failure of physical therapy

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
NOTE = """Progress Note
Patient: Elena Rivera   DOB: 05/06/1971
Date of visit: 01/20/2026

{}
"""
GOOD = "She attended physical therapy from 11/03/2025 to 01/05/2026 and it failed."


def worked(folder: Path, *notes: str) -> Case:
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    for n, note in enumerate(notes):
        (folder / f"note-{n}.txt").write_text(note, encoding="utf-8")
    return work(ingest.find_files([folder]), Order(today=date(2026, 3, 2))).case


def verdicts(case: Case) -> list[str]:
    return [result.verdict.value for result in case.coverage.criteria]


def test_the_case_unchanged_is_met(tmp_path: Path) -> None:
    assert verdicts(worked(tmp_path, NOTE.format(GOOD))) == ["met", "met"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("She attended physical therapy from 12/03/2025 to 01/05/2026 and it failed.", ["not_met", "met"]),  # one digit
        ("She will attend physical therapy from 02/03/2026 to 04/05/2026.", ["not_documented", "not_documented"]),
        ("Referred to physical therapy for 8 weeks.", ["not_documented", "not_documented"]),
        ("Her brother attended physical therapy from 11/03/2025 to 01/05/2026 and it failed.", ["not_documented"] * 2),
        ("She has not attended physical therapy.", ["not_documented", "not_documented"]),
        ("She attended physical therapy.", ["not_documented", "not_documented"]),
    ],
)
def test_one_small_change_takes_the_verdict_away(tmp_path: Path, sentence: str, expected: list[str]) -> None:
    found = verdicts(worked(tmp_path, NOTE.format(sentence)))
    assert "met" not in [f for f, e in zip(found, expected, strict=True) if e != "met"]
    assert [f for f, e in zip(found, expected, strict=True) if e == "not_met"] == ["not_met"] * expected.count(
        "not_met"
    )


def test_a_note_of_another_birth_date_is_another_patients(tmp_path: Path) -> None:
    case = worked(tmp_path, NOTE.format(GOOD).replace("05/06/1971", "05/06/1977"))
    assert verdicts(case) == ["not_documented", "not_documented"]
    assert case.facts == ()


@pytest.mark.parametrize(("change", "failed"), [("ins", True), ("del", False)])
def test_a_tracked_not_is_read_as_accepted_and_flagged(tmp_path: Path, change: str, failed: bool) -> None:
    word = WordDocument()
    for line in NOTE.split("\n")[:3]:
        word.add_paragraph(line)
    paragraph = word.add_paragraph("She attended physical therapy from 11/03/2025 to 01/05/2026. Physical therapy did ")
    tracked = OxmlElement(f"w:{change}")
    tracked.set(qn("w:id"), "1")
    tracked.set(qn("w:author"), "A. Writer")
    run = paragraph.add_run("not ")._r
    if change == "del":
        run.text = ""
        gone = OxmlElement("w:delText")
        gone.text = "not "
        run.append(gone)
    run.addprevious(tracked)
    tracked.append(run)
    paragraph.add_run("help.")
    word.save(str(tmp_path / "note.docx"))
    case = worked(tmp_path)
    assert ("failed" in [fact.outcome for fact in case.facts]) is failed
    assert "tracked_changes" in [warning.code for warning in case.coverage.warnings]
    assert (verdicts(case)[1] == "met") is failed


def test_a_twins_note_of_the_same_birth_date_meets_nothing(tmp_path: Path) -> None:
    case = worked(tmp_path, NOTE.format(GOOD).replace("Elena Rivera", "Esteban Rivera"))
    assert verdicts(case) == ["not_documented", "not_documented"]
    assert "other_patient" in {warning.code for warning in case.coverage.warnings}
