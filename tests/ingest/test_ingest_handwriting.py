"""Handwriting is found and not read; print of any kind is never taken for it."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.ingest.scan.handwriting import Region, handwriting, print_words
from pipeline.ingest.scan.tesseract import ReadWord

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
DPI = 300
LABELS = ("Patient name:", "Date: 03/14/2026", "Reason for request:", "Signature:")
# The strokes of a cursive letter in units of its height: across, up.
LETTERS = (
    ((0.5, 0.5), (0.75, 1.0), (0.45, 0.95), (0.4, 0.3), (0.7, 0.0)),
    ((0.6, 1.0), (0.2, 0.8), (0.2, 0.1), (0.6, 0.1), (0.8, 0.9), (0.85, 0.05)),
    ((0.3, 1.0), (0.35, 0.0), (0.6, 0.9), (0.75, 0.0)),
    ((0.4, 1.1), (0.6, 2.2), (0.35, 2.1), (0.35, 0.3), (0.7, 0.0)),
    ((0.5, 1.0), (0.55, -1.1), (0.25, -0.9), (0.7, 0.1)),
)


def _smooth(points: Points) -> Points:
    """A Catmull-Rom curve through the points."""
    held = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(held, held[1:], held[2:], held[3:], strict=False)
    ]
    return np.vstack(pieces)


def _draw(sheet: Grey, points: Points, thick: int) -> None:
    fixed = np.round(_smooth(points) * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(sheet, [fixed], False, (0,), thick, cv2.LINE_AA, 4)


def _write(sheet: Grey, at: tuple[float, float], words: int, size: float, seed: int, thick: int = 4) -> None:
    """Words of joined, slanted letters on a base line that wanders."""
    rng = np.random.default_rng(seed)
    x, y = at
    for _ in range(words):
        points = [(x, y)]
        for letter in rng.integers(0, len(LETTERS), rng.integers(4, 8)):
            wide, high = size * rng.uniform(0.6, 1.1), size * rng.uniform(0.8, 1.2)
            for across, up in LETTERS[letter]:
                jitter = rng.normal(0, 0.06 * size, 2)
                points.append((x + across * wide + 0.35 * up * high + jitter[0], y - up * high + jitter[1]))
            x += wide
        _draw(sheet, np.array(points), thick)
        x += 1.2 * size
        y += rng.normal(0, 0.1 * size)


def _sign(sheet: Grey, at: tuple[float, float], size: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = [(0, 0), (0.3, -2.4), (0.9, -2.8), (0.5, 0.4), (-0.2, -0.3), (1.2, -1.0)]
    across = 1.2
    for _ in range(7):
        across += rng.uniform(0.3, 0.6)
        shape += [(across, -rng.uniform(0.4, 1.1)), (across + 0.1, rng.normal(0, 0.1))]
    shape += [(across + x, y) for x, y in ((1, -2), (1.3, -2.2), (0.8, 0.3), (2, -0.5), (4, -0.9), (-2, 0.6))]
    _draw(sheet, np.array(shape) * size + np.array(at), 4)


def _form() -> tuple[Grey, list[ReadWord]]:
    """Labels with rules to write on, 6 by 4 inches, and the words that are read of it."""
    image = Image.new("L", (1800, 1200), 250)
    draw, font, words = ImageDraw.Draw(image), ImageFont.load_default(42), []
    for i, label in enumerate(LABELS):
        y = 150 + 260 * i
        draw.text((90, y), label, font=font, fill=10)
        draw.line((560, y + 50, 1700, y + 50), fill=10, width=3)
        left, top, right, bottom = draw.textbbox((90, y), label, font=font)
        words.append(ReadWord(label, round(left), round(top), round(right - left), round(bottom - top), 0.95))
    return np.asarray(image).copy(), words


def _fax(sheet: Grey, down: int) -> Grey:
    """The sheet after a fax of 204 dots across and back at 300, as `straighten` leaves it."""
    high, wide = sheet.shape
    small = cv2.resize(sheet, (wide * 204 // 300, high * down // 300), interpolation=cv2.INTER_AREA)
    noisy = small + np.random.default_rng(4).normal(0, 20, small.shape)
    black = np.asarray(np.where(noisy < 150, 0, 255), dtype=np.uint8)
    return np.asarray(cv2.GaussianBlur(cv2.resize(black, (wide, high), interpolation=cv2.INTER_CUBIC), (0, 0), 1.5))


def _covers(region: Region, x: float, y: float) -> bool:
    return region.left <= x <= region.right and region.top <= y <= region.bottom


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("down", [300, 196, 98])
def test_a_note_and_a_signature_on_a_form_are_found(seed: int, down: int) -> None:
    sheet, words = _form()
    _write(sheet, (600, 190), 3, 34, seed)
    _sign(sheet, (700, 960), 42, seed)
    found = handwriting(sheet if down == 300 else _fax(sheet, down), DPI, words)
    assert any(_covers(region, 760, 180) or _covers(region, 900, 180) for region in found)
    assert any(_covers(region, 800, 930) for region in found)
    assert len(found) <= 3
    assert not any(_covers(region, 150, 150 + 260 * i) for region in found for i in range(len(LABELS)))


def test_words_made_of_handwriting_are_dropped_and_figures_and_print_stay() -> None:
    region = Region(600, 100, 1100, 220)
    guess, sure = ReadWord("peonla", 610, 120, 120, 60, 0.3), ReadWord("Alvarez", 750, 120, 120, 60, 0.9)
    figure, elsewhere = ReadWord("3/14/26", 900, 120, 150, 60, 0.55), ReadWord("smudge", 90, 120, 150, 60, 0.2)
    words = (guess, sure, figure, elsewhere)
    assert print_words(words, (region,)) == (sure, figure, elsewhere)
    assert print_words(words, ()) == words


@pytest.mark.parametrize("down", [300, 196, 98])
def test_a_plain_form_holds_no_handwriting(down: int) -> None:
    sheet, words = _form()
    assert handwriting(sheet if down == 300 else _fax(sheet, down), DPI, words) == ()


@pytest.mark.parametrize("down", [300, 196, 98])
def test_print_that_was_not_read_is_not_handwriting(down: int) -> None:
    sheet, words = _form()
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    for i, size in enumerate((34, 42, 60, 90)):
        draw.text((560, 120 + 260 * i), "denied 12 visits illumination", font=ImageFont.load_default(size), fill=10)
    found = np.asarray(image)
    assert handwriting(found if down == 300 else _fax(found, down), DPI, words) == ()


def test_logos_tables_ticks_stamps_and_graphs_are_not_handwriting() -> None:
    sheet, words = _form()
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    draw.ellipse((1300, 500, 1480, 680), outline=0, width=8)
    draw.ellipse((1330, 530, 1450, 650), outline=0, width=8)
    draw.arc((1500, 480, 1700, 680), 20, 200, fill=0, width=22)
    for i in range(6):
        draw.rectangle((600 + 110 * i, 300, 650 + 110 * i, 350), outline=0, width=5)
        draw.line([(605 + 110 * i, 320), (622 + 110 * i, 345), (660 + 110 * i, 290)], fill=0, width=7)
        draw.line((600, 750 + 30 * i, 1300, 750 + 30 * i), fill=0, width=3)
        draw.line((600 + 140 * i, 750, 600 + 140 * i, 900), fill=0, width=3)
    draw.line([(100 + 8 * i, 620 - 60 * (i % 25 == 5) + round(6 * np.sin(i / 2))) for i in range(140)], fill=0, width=4)
    stamp = Image.new("L", (420, 130), 250)
    ImageDraw.Draw(stamp).rectangle((4, 4, 415, 125), outline=0, width=8)
    ImageDraw.Draw(stamp).text((30, 30), "RECEIVED", font=ImageFont.load_default(70), fill=0)
    image.paste(stamp.rotate(10, expand=True, fillcolor=250), (1300, 900))
    assert handwriting(np.asarray(image), DPI, words) == ()


def test_a_page_without_words_or_without_size_is_no_trouble() -> None:
    assert handwriting(np.full((600, 600), 255, dtype=np.uint8), DPI, ()) == ()
    assert handwriting(np.zeros((600, 600), dtype=np.uint8), DPI, ()) == ()
    assert handwriting(np.zeros((0, 0), dtype=np.uint8), DPI, ()) == ()
