"""The second reading: agreement gives confidence, disagreement keeps both readings and marks the word."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import ingest
from pipeline.ingest._second import read_twice
from pipeline.ingest._tesseract import ReadWord

FONT = ImageFont.load_default(40)


def picture(*texts: str) -> tuple[Image.Image, list[ReadWord]]:
    """Words drawn on one line, and where they stand."""
    image = Image.new("L", (1600, 120), 255)
    draw = ImageDraw.Draw(image)
    words, left = [], 40
    for text in texts:
        box = draw.textbbox((left, 30), text, font=FONT)
        draw.text((left, 30), text, fill=0, font=FONT)
        words.append(ReadWord(text, *(round(x) for x in box[:2]), round(box[2] - box[0]), round(box[3] - box[1]), 0.7))
        left = round(box[2]) + 24
    return image, words


def again(image: Image.Image, words: list[ReadWord]) -> list[tuple[str, str, float]]:
    return [(word.text, word.other, word.confidence) for word in read_twice(np.asarray(image), words)]


def test_agreement_of_both_readers_gives_confidence() -> None:
    image, words = picture("03/11/2026", "M54.16", "$1,234.56")
    assert [(text, other) for text, other, _ in again(image, words)] == [(word.text, "") for word in words]
    assert all(confidence > 0.95 for _, _, confidence in again(image, words))


@pytest.mark.parametrize(
    ("drawn", "first_reading"), [("03/11/2026", "03/17/2026"), ("M54.16", "M54.I6"), ("72148", "7214B")]
)
def test_where_they_differ_both_readings_are_kept_and_the_word_is_doubtful(drawn: str, first_reading: str) -> None:
    image, (word,) = picture(drawn)
    misread = ReadWord(first_reading, word.left, word.top, word.width, word.height, 0.93)
    ((text, other, confidence),) = again(image, [misread])
    assert {text, other} == {drawn, first_reading}
    assert confidence <= 0.5


def test_of_two_readings_the_one_with_the_shape_of_a_code_stands() -> None:
    image, (word,) = picture("M54.16")
    misread = ReadWord("M5A.I6", word.left, word.top, word.width, word.height, 0.93)
    assert again(image, [misread])[0][:2] == ("M54.16", "M5A.I6")


def test_words_without_digits_are_left_as_they_were_read() -> None:
    image, words = picture("Denied", "March")
    assert again(image, words) == [("Denied", "", 0.7), ("March", "", 0.7)]


def test_a_code_that_was_read_in_two_is_made_one() -> None:
    image, (word,) = picture("G08.1")
    half = word.width * 2 // 3
    first = ReadWord("G08.", word.left, word.top, half, word.height, 0.6)
    second = ReadWord("1", word.left + half, word.top, word.width - half, word.height, 0.6)
    assert [text for text, _, _ in again(image, [first, second])] == ["G08.1"]


def test_the_darker_half_of_a_photo_is_read_too(tmp_path: Path) -> None:
    image = Image.new("L", (1700, 700), 255)
    draw = ImageDraw.Draw(image)
    for row in range(10):
        draw.text((60, 30 + 60 * row), f"left {row + 100}", fill=0, font=FONT)
        draw.text((1400, 30 + 60 * row), f"right {row + 200}", fill=0, font=FONT)
    light = np.linspace(0.55, 1.0, 1700)[None, :]
    photo = cv2.GaussianBlur((np.asarray(image) * light).astype(np.uint8), (0, 0), 0.8)
    Image.fromarray(photo).save(tmp_path / "photo.jpg", dpi=(200, 200), quality=85)
    (source,) = ingest.find_files([tmp_path / "photo.jpg"])
    document = ingest.read(source, "d1", ingest.Limits()).document
    assert document is not None
    read = document.pages[0].text
    assert [n for n in (*range(100, 110), *range(200, 210)) if str(n) not in read] == []
