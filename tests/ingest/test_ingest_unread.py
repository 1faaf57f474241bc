"""Print that no word covers is said, and what is read in full is not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import ingest
from pipeline.ingest.scan.tesseract import read_words
from pipeline.ingest.scan.unread import unread_letters

FONT = ImageFont.load_default(36)


@pytest.fixture(scope="module")
def page() -> Image.Image:
    image = Image.new("L", (1500, 900), 255)
    draw = ImageDraw.Draw(image)
    for row in range(12):
        draw.text(
            (60, 40 + 64 * row), f"The record of therapy was received in the year {2010 + row}.", fill=0, font=FONT
        )
    draw.rectangle((40, 20, 1460, 880), outline=0, width=3)
    return image


def test_a_page_read_in_full_has_nothing_unread(page: Image.Image) -> None:
    assert unread_letters(np.asarray(page), read_words(page, 300, 60, "page")) == 0


def test_a_half_that_was_not_read_is_counted(page: Image.Image) -> None:
    words = read_words(page, 300, 60, "page")
    assert unread_letters(np.asarray(page), [word for word in words if word.top < 400]) > 150


def test_a_logo_and_a_signature_are_not_taken_for_text(page: Image.Image) -> None:
    image = page.copy()
    draw = ImageDraw.Draw(image)
    draw.ellipse((1300, 700, 1420, 820), outline=0, width=6)
    draw.line([(900 + 8 * n, 840 + 25 * (n % 3)) for n in range(40)], fill=0, width=4)
    assert unread_letters(np.asarray(image), read_words(page, 300, 60, "page")) == 0


def test_a_scan_with_text_as_pale_as_its_paper_is_warned_of_or_read(tmp_path: Path, page: Image.Image) -> None:
    image = page.copy()
    ImageDraw.Draw(image).rectangle((50, 420, 1450, 870), fill=0)  # a black box over the lower half, text in dark grey
    for row in range(6):
        ImageDraw.Draw(image).text(
            (60, 430 + 64 * row), f"Denied on 0{row + 1}/11/2026 by the plan", fill=255, font=FONT
        )
    image.save(tmp_path / "scan.png", dpi=(300, 300))
    (source,) = ingest.find_files([tmp_path / "scan.png"])
    result = ingest.read(source, "d1", ingest.Limits())
    assert result.document is not None
    lost = [n for n in range(1, 7) if f"0{n}/11/2026" not in result.document.pages[0].text]
    assert not lost or [warning.code for warning in result.warnings] == ["part_not_read"]
