"""Each way in which a fact of the chart must not meet a criterion, from the words of a note to the verdict."""

from datetime import date
from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.case import Order, work

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Right total knee arthroplasty

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. At least 6 weeks of physical therapy within the last 12 months
2. Kellgren-Lawrence grade of at least 3
3. Failure of naproxen
4. Hemoglobin A1c below 8.0%

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
NOTE = """Progress Note
Patient: {patient}
Date of visit: 01/20/2026
{signature}

{sentence}
"""
ELENA = "Elena Rivera   DOB: 05/06/1971"
THERAPY, GRADE, NAPROXEN, SUGAR = range(4)


def verdict(folder: Path, criterion: int, *notes: str) -> str:
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    for n, note in enumerate(notes):
        (folder / f"note-{n}.txt").write_text(note, encoding="utf-8")
    case = work(ingest.find_files([folder]), Order(today=date(2026, 3, 2))).case
    return case.coverage.criteria[criterion].verdict.value


def note(sentence: str, patient: str = ELENA, signature: str = "Electronically signed by A. Okafor, MD") -> str:
    return NOTE.format(sentence=sentence, patient=patient, signature=signature)


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (THERAPY, "She attended physical therapy for the right knee from 11/03/2025 to 01/05/2026."),
        (GRADE, "Right knee radiograph: Kellgren-Lawrence grade 4."),
        (NAPROXEN, "Naproxen 500 mg was tried from 09/01/2025 to 11/01/2025 and failed."),
        (SUGAR, "Hemoglobin A1c on 01/12/2026 was 7.1%."),
    ],
)
def test_what_fits_is_met(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, criterion, note(sentence)) == "met"


@pytest.mark.parametrize(
    ("criterion", "sentence", "expected"),
    [
        pytest.param(THERAPY, "No physical therapy was tried.", "not_met", id="negated"),
        pytest.param(THERAPY, "She did not attend physical therapy.", "not_documented", id="not attended"),
        pytest.param(THERAPY, "She declined physical therapy.", "not_met", id="declined"),
        pytest.param(NAPROXEN, "She may have failed naproxen.", "not_documented", id="possible"),
        pytest.param(
            THERAPY,
            "If pain persists, physical therapy from 11/03/2025 to 01/05/2026.",
            "not_documented",
            id="conditional",
        ),
        pytest.param(
            THERAPY,
            "Her mother attended physical therapy from 11/03/2025 to 01/05/2026.",
            "not_documented",
            id="family",
        ),
        pytest.param(THERAPY, "Plan: physical therapy for 8 weeks.", "not_documented", id="planned"),
        pytest.param(
            THERAPY, "Referred to physical therapy twice a week for 8 weeks.", "not_documented", id="referred"
        ),
        pytest.param(GRADE, "Left knee radiograph: Kellgren-Lawrence grade 4.", "not_documented", id="other side"),
        pytest.param(GRADE, "Right knee radiograph: Kellgren-Lawrence grade 2-3.", "needs_review", id="straddling"),
        pytest.param(
            THERAPY,
            "She attended physical therapy from 09/03/2024 to 12/05/2024.",
            "not_documented",
            id="before the window",
        ),
        pytest.param(
            THERAPY,
            "She attended physical therapy for the left shoulder from 11/03/2025 to 01/05/2026.",
            "not_documented",
            id="other part",
        ),
        pytest.param(
            NAPROXEN, "She took naproxen 500 mg from 09/01/2025 to 11/01/2025.", "not_documented", id="no outcome"
        ),
        pytest.param(NAPROXEN, "Meloxicam 15 mg was tried and failed.", "not_documented", id="other drug of the class"),
        pytest.param(NAPROXEN, "Naproxen was tried and works well.", "not_met", id="it worked"),
        pytest.param(SUGAR, "The goal is a hemoglobin A1c of 7.1%.", "not_documented", id="goal"),
        pytest.param(SUGAR, "Hemoglobin A1c on 01/12/2025 was 7.1%.", "needs_review", id="a year old"),
        pytest.param(SUGAR, "Hemoglobin A1c on 01/12/2026 was 8.4%.", "not_met", id="too high"),
    ],
)
def test_what_does_not_fit_is_not_met(tmp_path: Path, criterion: int, sentence: str, expected: str) -> None:
    assert verdict(tmp_path, criterion, note(sentence)) == expected


def test_another_patient_meets_nothing(tmp_path: Path) -> None:
    other = note("She attended physical therapy from 11/03/2025 to 01/05/2026.", "Maria Lopez   DOB: 01/02/1960")
    assert verdict(tmp_path, THERAPY, note("She has knee pain."), other) == "not_documented"


SEEN = """She was seen today for pain of the right knee. The pain is worse on stairs and at night.
She walks with a limp and uses a cane outdoors. The knee is swollen and warm to the touch.
Hemoglobin A1c on 01/12/2026 was {}. She will return to the clinic in one month."""


def test_a_draft_that_the_signed_note_corrects_meets_nothing(tmp_path: Path) -> None:
    draft = note(SEEN.format("7.1%"), signature="DRAFT - not yet signed")
    assert verdict(tmp_path, SUGAR, draft, note(SEEN.format("8.4%"))) == "not_met"
