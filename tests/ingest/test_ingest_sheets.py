"""Two pages on one sheet are taken apart; columns, tables and single pages are not."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.ingest.scan.sheets import halves
from schemas.document import Box

Grey = npt.NDArray[np.uint8]
DPI = (150.0, 150.0)
PROSE = (
    "The member completed twelve visits of physical therapy",
    "between the first and the last day of the period without",
    "lasting relief. The plan asks for documents that show it,",
    "and the clinician has supplied each of them with dates.",
)


def _sheet(draw: Callable[[ImageDraw.ImageDraw], None], size: tuple[int, int] = (1650, 1275)) -> Grey:
    image = Image.new("L", size, 250)
    draw(ImageDraw.Draw(image))
    return np.asarray(image)


def _column(draw: ImageDraw.ImageDraw, left: int, top: int, lines: int, pitch: int = 27, size: int = 19) -> None:
    font = ImageFont.load_default(size)
    for i in range(lines):
        draw.text((left, top + pitch * i + 10 * (i // 6)), PROSE[i % 4], font=font, fill=20)


def _two_pages(draw: ImageDraw.ImageDraw) -> None:
    font = ImageFont.load_default(19)
    draw.text((110, 80), "Juniper Ridge Benefit Administrators", font=font, fill=20)
    _column(draw, 110, 180, 30)
    _column(draw, 960, 94, 24)
    draw.text((400, 1190), "1", font=font, fill=20)
    draw.text((1220, 1190), "Page 2", font=font, fill=20)


def test_two_pages_side_by_side_are_taken_apart_in_the_gutter() -> None:
    found = halves(_sheet(_two_pages), DPI)
    assert found is not None
    left, right = found
    assert (left.left, left.top, left.bottom, right.right) == (0, 0, 1, 1)
    assert left.right == right.left == pytest.approx(0.5, abs=0.04)


def test_an_open_book_with_its_fold_and_a_coarse_fax_are_taken_apart() -> None:
    def book(draw: ImageDraw.ImageDraw) -> None:
        _column(draw, 110, 100, 30)
        _column(draw, 960, 100, 30)
        draw.line((825, 0, 827, 1275), fill=60, width=4)

    assert halves(_sheet(book), DPI) is not None
    coarse = cv2.resize(_sheet(_two_pages), (2244, 833), interpolation=cv2.INTER_AREA)
    assert halves(coarse, (204, 98)) is not None


def _brochure(draw: ImageDraw.ImageDraw) -> None:
    _column(draw, 150, 180, 34, size=22)
    _column(draw, 870, 193, 34, size=22)


def _headed(draw: ImageDraw.ImageDraw) -> None:
    _two_pages(draw)
    draw.text((520, 20), "Comparison of the plan's criteria and the record", font=ImageFont.load_default(24), fill=0)


def _table(draw: ImageDraw.ImageDraw) -> None:
    font = ImageFont.load_default(19)
    for row in range(36):
        for x, text in (
            (110, "Hemoglobin"),
            (350, "12.4 g/dL"),
            (560, "03/04/2025"),
            (960, "13.5 to 17.5"),
            (1300, "low"),
        ):
            draw.text((x, 100 + 29 * row), text, font=font, fill=20)


def _comparison(draw: ImageDraw.ImageDraw) -> None:
    _column(draw, 110, 100, 36)
    _column(draw, 960, 100, 36)


def _half_empty(draw: ImageDraw.ImageDraw) -> None:
    _column(draw, 110, 100, 36)


@pytest.mark.parametrize("draw", [_brochure, _headed, _table, _comparison, _half_empty])
def test_columns_tables_and_doubtful_sheets_stay_one_page(draw: Callable[[ImageDraw.ImageDraw], None]) -> None:
    assert halves(_sheet(draw), DPI) is None


def test_an_upright_page_is_one_page_whatever_is_on_it() -> None:
    assert halves(_sheet(_two_pages, (1650, 2134)), DPI) is None
    assert halves(np.zeros((1, 1), dtype=np.uint8), DPI) is None


def test_the_halves_make_up_the_sheet() -> None:
    found = halves(_sheet(_two_pages), DPI)
    assert found == (Box(0.0, 0.0, found[0].right, 1.0), Box(found[0].right, 0.0, 1.0, 1.0)) if found else False
