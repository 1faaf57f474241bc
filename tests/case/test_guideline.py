"""A guideline among the files of a case, from text files to the letter."""

from datetime import date
from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.case import LETTER, REVIEW, Order, Worked, files_of, work
from pipeline.draft.citations import cite
from schemas.document import Role
from schemas.letter import Part, Sentence, SentenceKind

TODAY = date(2026, 3, 2)
NOTICE = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   Claim #: CLM-2026-201887
Service requested: MRI of the lumbar spine

We are unable to approve this request because the records do not show at least 6 weeks of physical therapy for
radiculopathy.

You may appeal within 180 days of the date of this notice.
"""
NOTE = """Progress Note
Patient: Elena Rivera
Date of visit: 01/20/2026

She attended physical therapy from 11/03/2025 to 01/05/2026 without improvement.
"""
GUIDELINE = """Clinical Practice Guideline

Recommendation 1

We suggest physical therapy for acute low back pain. MRI of the lumbar spine is recommended for radiculopathy
that persists after six weeks of physical therapy. MRI should not be performed in the first week.
"""


def worked(folder: Path, guideline: str) -> Worked:
    for name, text in (("letter.txt", NOTICE), ("note.txt", NOTE), ("guideline.txt", guideline)):
        (folder / name).write_text(text, encoding="utf-8")
    return work(ingest.find_files([folder]), Order(today=TODAY))


def guideline_part(case: Worked) -> tuple[Sentence, ...]:
    return next(s.sentences for s in case.case.letter.sections if s.part is Part.GUIDELINE)


def test_the_letter_quotes_the_recommendation_with_its_exhibit_and_page(tmp_path: Path) -> None:
    case = worked(tmp_path, GUIDELINE)
    (sentence,) = guideline_part(case)
    assert f"{sentence.text} {cite(sentence.citations, case.case.exhibits)}" == (
        "The enclosed guideline states: \u201cMRI of the lumbar spine is recommended for radiculopathy that persists "
        "after six weeks of physical therapy.\u201d [Ex. B, p. 1]"
    )
    (document,) = [d.id for d in case.documents if d.role is Role.GUIDELINE]
    assert {exhibit.label: exhibit.document for exhibit in case.case.exhibits}["B"] == document
    files = files_of(case, TODAY)
    assert files[LETTER]
    assert "The enclosed guideline states" in files[REVIEW].decode()


@pytest.mark.parametrize("against", ["is recommended against", "should not be performed"])
def test_a_guideline_that_only_speaks_against_leaves_a_blank(tmp_path: Path, against: str) -> None:
    text = f"Clinical Practice Guideline\n\nMRI of the lumbar spine {against} for radiculopathy.\n"
    (blank,) = guideline_part(worked(tmp_path, text))
    assert blank.kind is SentenceKind.PLACEHOLDER
