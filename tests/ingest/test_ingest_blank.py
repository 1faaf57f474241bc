"""A sheet with nothing on it is blank whatever the machines add; one short line is enough that it is not."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.ingest.scan.blank import is_blank

Grey = npt.NDArray[np.uint8]
DPI = (150.0, 150.0)
SHAPE = (1650, 1275)


def _paper() -> Grey:
    noise = np.random.default_rng(1).normal(240, 4, SHAPE)
    return np.clip(noise, 0, 255).astype(np.uint8)


def _lines(*lines: str, size: int = 20, at: tuple[int, int] = (150, 500)) -> Grey:
    sheet = Image.fromarray(_paper())
    font = ImageFont.load_default(size)
    for i, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((at[0], at[1] + 40 * i), line, font=font, fill=20)
    return np.asarray(sheet)


def _holes() -> Grey:
    sheet = _paper()
    for y in (350, 825, 1300):
        cv2.circle(sheet, (55, y), 21, (30,), -1)
    for x in (450, 825):
        cv2.circle(sheet, (x, 60), 21, (30,), 2)
    return sheet


def _shadows() -> Grey:
    sheet = _paper()
    sheet[:, :30] = 40
    sheet[:20] = 20
    cv2.line(sheet, (0, 825), (1274, 820), (110,), 2)
    return sheet


def _through() -> Grey:
    print_ = cv2.GaussianBlur(_lines(*["The member completed twelve visits."] * 20)[:, ::-1], (0, 0), 1.5)
    return np.asarray(255 - (255 - print_.astype(np.float32)) * 0.3, dtype=np.uint8)


def _specks() -> Grey:
    rng = np.random.default_rng(2)
    sheet = np.full(SHAPE, 255, dtype=np.uint8)
    for row, column in rng.integers(0, 1270, (2000, 2)):
        sheet[row : row + 3, column : column + 3] = 0
    sheet[:, 600:602] = 0
    return sheet


@pytest.mark.parametrize("made", [_paper, _holes, _shadows, _through, _specks])
def test_an_empty_sheet_is_blank(made: object) -> None:
    assert callable(made)
    assert is_blank(made(), DPI)


@pytest.mark.parametrize("line", ["Page 2", "See next page", "This page intentionally left blank", "2/7"])
def test_one_short_line_is_something(line: str) -> None:
    assert not is_blank(_lines(line), DPI)
    assert not is_blank(_lines(line, at=(1150, 1590)), DPI)
    coarse = cv2.resize(_lines(line), (1734, 1078))
    assert not is_blank(coarse, (204, 98))


def test_a_signature_or_a_picture_alone_is_something() -> None:
    signed = _paper()
    cv2.ellipse(signed, (600, 900), (90, 30), 10, 0, 360, (40,), 3)
    assert not is_blank(signed, DPI)
    photo = _paper()
    photo[300:900, 300:900] = 60
    assert not is_blank(photo, DPI)


def test_a_picture_of_no_size_is_blank() -> None:
    assert is_blank(np.zeros((0, 0), dtype=np.uint8), DPI)
    assert is_blank(np.zeros((1, 1), dtype=np.uint8), DPI)
