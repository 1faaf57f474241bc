"""Barcodes are kept as values with their place, and what a reader makes of their bars is dropped."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from pipeline.ingest.scan.barcodes import barcodes
from pipeline.ingest.scan.spots import box_before, outside
from pipeline.ingest.scan.tesseract import ReadWord
from schemas.document import Box, MarkKind

Grey = npt.NDArray[np.uint8]
FORMATS = zxingcpp.BarcodeFormat
LINEAR = (FORMATS.Code128, FORMATS.Code39, FORMATS.ITF)
PLACE = (300, 220)  # pixels at 300 dpi


def _page(kind: zxingcpp.BarcodeFormat, value: str, module: int = 4) -> tuple[Grey, Box]:
    """A page of 5 by 2.5 inches at 300 dpi with a barcode and its caption, and the barcode's box."""
    bars = np.asarray(zxingcpp.create_barcode(value, kind).to_image(scale=module))
    if kind in LINEAR:
        bars = np.repeat(bars[bars.shape[0] // 2][None], 130, axis=0)
    sheet = np.full((750, 1500), 255, dtype=np.uint8)
    (left, top), (high, wide) = PLACE, bars.shape
    sheet[top : top + high, left : left + wide] = bars
    image = Image.fromarray(sheet)
    ImageDraw.Draw(image).text((left, 60), f"Claim {value}", font=ImageFont.load_default(40), fill=0)
    return np.asarray(image), Box(left / 1500, top / 750, (left + wide) / 1500, (top + high) / 750)


def _fax(page: Grey, across: int, down: int) -> Grey:
    small = cv2.resize(page, (page.shape[1] * across // 300, page.shape[0] * down // 300), interpolation=cv2.INTER_AREA)
    noisy = small + np.random.default_rng(1).normal(0, 20, small.shape)
    return np.asarray(np.where(noisy < 150, 0, 255), dtype=np.uint8)


def _values(page: Grey, dpi: tuple[float, float] = (300, 300)) -> list[str]:
    return [mark.value for mark in barcodes(page, dpi)]


CODES = [
    (FORMATS.Code128, "CLM-2026-000123"),
    (FORMATS.Code39, "ABC123456"),
    (FORMATS.ITF, "1234567890"),
    (FORMATS.PDF417, "Juniper Ridge claim 000123"),
    (FORMATS.QRCode, "https://example.org/appeal?c=123"),
    (FORMATS.DataMatrix, "DOC0012345"),
]


@pytest.mark.parametrize(("kind", "value"), CODES)
def test_a_barcode_is_kept_with_its_value_and_its_box(kind: zxingcpp.BarcodeFormat, value: str) -> None:
    page, place = _page(kind, value)
    (mark,) = barcodes(page, (300, 300))
    assert (mark.kind, mark.value, mark.start, mark.end) == (MarkKind.BARCODE, value, 0, 0)
    assert mark.box is not None
    found = (mark.box.left, mark.box.top, mark.box.right, mark.box.bottom)
    assert found == pytest.approx((place.left, place.top, place.right, place.bottom), abs=0.07)


@pytest.mark.parametrize(("kind", "value"), CODES)
def test_barcodes_are_read_crooked_and_on_faxes(kind: zxingcpp.BarcodeFormat, value: str) -> None:
    page, _ = _page(kind, value, 5)
    turn = cv2.getRotationMatrix2D((750, 375), 3, 1)
    crooked = cv2.warpAffine(page, turn, (1500, 750), borderValue=(255,))
    assert _values(np.asarray(crooked, dtype=np.uint8)) == [value]
    assert _values(_fax(page, 204, 196), (204, 196)) == [value]
    assert _values(_fax(page, 204, 98), (204, 98)) == [value]
    assert _values(np.rot90(_page(kind, value, 3)[0])) == [value]


def test_print_tables_and_noise_hold_no_barcodes() -> None:
    image = Image.new("L", (1500, 1500), 255)
    draw = ImageDraw.Draw(image)
    for i in range(12):
        draw.text(
            (60, 40 + 50 * i), "CLM-2026-000123   99213   $1,250.00   CO-50", font=ImageFont.load_default(36), fill=0
        )
        draw.line((60, 700 + 40 * i, 1400, 700 + 40 * i), fill=0, width=3)
        draw.line((60 + 120 * i, 700, 60 + 120 * i, 1140), fill=0, width=3)
    noise = np.random.default_rng(3).integers(0, 2, (300, 1500)) * 255
    page = np.vstack([np.asarray(image), noise]).astype(np.uint8)
    assert _values(page) == []
    assert _values(np.zeros((0, 0), dtype=np.uint8)) == _values(np.zeros((1, 9), dtype=np.uint8)) == []


def test_any_bytes_in_a_barcode_become_text() -> None:
    code = zxingcpp.create_barcode(bytes([0, 1, 0xED, 0xA0, 0x80, 0xFF, *b"abcd"]), FORMATS.QRCode)
    page = np.pad(np.asarray(code.to_image(scale=6)), 60, constant_values=255)
    (mark,) = barcodes(page, (300, 300))
    assert mark.value.endswith("abcd")
    assert mark.model_dump_json().encode()


def test_words_made_of_bars_are_dropped_and_the_caption_stays() -> None:
    box = Box(0.2, 0.3, 0.6, 0.45)
    scaled = np.array([[1 / 1500, 0, 0], [0, 1 / 750, 0]])
    bars, caption = ReadWord("|II|l1", 320, 240, 300, 80, 0.3), ReadWord("CLM-2026", 320, 345, 200, 30, 0.9)
    assert outside((bars, caption), (box,), scaled) == (caption,)
    assert outside((bars, caption), (), scaled) == (bars, caption)


def test_a_spot_of_the_straightened_picture_is_found_on_the_page_as_it_lay() -> None:
    quarter = np.array([[0, 1 / 750, 0], [-1 / 1500, 0, 1]])
    assert box_before(quarter, 150, 75, 300, 150) == Box(0.1, 0.8, 0.2, 0.9)
