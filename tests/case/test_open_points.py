"""What is left for a person, in a case whose criteria are alternatives."""

from datetime import date
from pathlib import Path

from pipeline import ingest
from pipeline.case import Order, open_points, work

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Lumbar MRI

We are unable to approve this request because the criteria are not met. Any one of the following must be met:
1. At least 6 weeks of physical therapy
2. At least 6 weeks of chiropractic care

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
NOTE = """Progress Note
Patient: Elena Rivera   DOB: 05/06/1971
Date of visit: 01/20/2026

She attended {} from 11/03/2025 to 01/05/2026.
"""


def points(folder: Path, treatment: str) -> str:
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    (folder / "note.txt").write_text(NOTE.format(treatment), encoding="utf-8")
    return " ".join(open_points(work(ingest.find_files([folder]), Order(today=date(2026, 3, 2))).case))


def test_of_alternatives_one_that_is_met_leaves_the_other_aside(tmp_path: Path) -> None:
    assert "not documented" not in points(tmp_path, "physical therapy")


def test_of_alternatives_none_of_which_is_met_each_is_left(tmp_path: Path) -> None:
    assert "2 criteria not documented" in points(tmp_path, "yoga classes")
