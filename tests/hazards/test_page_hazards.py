"""What must never happen between the paper and the case: words that do not show, and dates that nobody wrote."""

import io
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline import ingest
from pipeline.case import Order, work
from schemas.case import Case

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Lumbar MRI

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. At least 6 weeks of physical therapy

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
HEAD = ("Progress Note", "Patient: Elena Rivera   DOB: 05/06/1971", "Date of visit: 01/20/2026")
SAYING = "She attended physical therapy from 11/03/2025 to 01/05/2026."
SHOWING = "She attended physical therapy from 12/03/2025 to 01/05/2026."


def worked(folder: Path, note: bytes, letter: str = LETTER) -> Case:
    (folder / "letter.txt").write_text(letter, encoding="utf-8")
    (folder / "note.pdf").write_bytes(note)
    return work(ingest.find_files([folder]), Order(today=date(2026, 3, 2))).case


def pdf(*, hidden: str = "", picture: Image.Image | None = None) -> bytes:
    """A note with a line in white, and with a picture over its first lines."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for i, line in enumerate((*HEAD, "" if picture else SHOWING)):
        canvas.drawString(72, 700 - 18 * i, line)
    canvas.setFillGray(1)
    canvas.drawString(72, 600, hidden)
    if picture:
        canvas.drawImage(ImageReader(picture), 60, 590, 500, 60)
    canvas.save()
    return out.getvalue()


def test_words_in_white_are_no_evidence(tmp_path: Path) -> None:
    case = worked(tmp_path, pdf(hidden=SAYING))
    assert [result.verdict.value for result in case.coverage.criteria] == ["not_met"]
    assert "hidden_text" in [warning.code for warning in case.coverage.warnings]
    assert not any("11/03/2025" in span.quote for fact in case.facts for span in fact.spans)


def test_words_under_a_picture_are_no_evidence_and_those_in_it_are(tmp_path: Path) -> None:
    picture = Image.new("L", (2083, 250), 255)
    ImageDraw.Draw(picture).text((60, 90), SHOWING, font=ImageFont.load_default(54), fill=0)
    case = worked(tmp_path, pdf(hidden=SAYING, picture=picture))
    assert "met" not in [result.verdict.value for result in case.coverage.criteria]
    assert not any("11/03/2025" in span.quote for fact in case.facts for span in fact.spans)


@pytest.mark.parametrize(
    "line",
    [
        "03/19/2026 10:22 AM  FROM: 503-555-0142  TO: 503-555-0177  PAGE 002/007\n\n",
        "RECEIVED MAR 19 2026\n\n",
    ],
)
def test_the_date_of_a_fax_header_or_a_stamp_is_not_the_letters(tmp_path: Path, line: str) -> None:
    undated = LETTER.replace("Date of Notice: 02/14/2026   ", "")
    assert worked(tmp_path, pdf(), line + LETTER).denial.letter_date.value == date(2026, 2, 14)
    assert worked(tmp_path, pdf(), line + undated).denial.letter_date is None


def test_a_page_of_another_patient_within_a_packet_is_set_aside(tmp_path: Path) -> None:
    other = "Progress Note\nPatient: Nora Quist   DOB: 07/08/1966\nDate of visit: 01/20/2026\n\n" + SAYING
    own = "\n".join((*HEAD, "", "She has back pain."))
    (tmp_path / "packet.txt").write_text(f"{own}\n\f{other}\n", encoding="utf-8")
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    case = work(ingest.find_files([tmp_path]), Order(today=date(2026, 3, 2))).case
    assert [result.verdict.value for result in case.coverage.criteria] == ["not_documented"]
    assert "other_patient" in [warning.code for warning in case.coverage.warnings]
    assert [d.patient.value for d in case.documents if d.file == "packet.txt"] == ["ours", "other"]
