"""The second reading: agreement gives confidence, disagreement keeps both readings and marks the word."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import ingest
from pipeline.ingest.scan.second import read_twice
from pipeline.ingest.scan.tesseract import ReadWord

FONT = ImageFont.load_default(40)


def picture(*texts: str) -> tuple[Image.Image, list[ReadWord]]:
    """Words drawn on one line, and where they stand."""
    image = Image.new("L", (max(1600, 200 * len(texts)), 120), 255)
    draw = ImageDraw.Draw(image)
    words, left = [], 40
    for text in texts:
        box = draw.textbbox((left, 30), text, font=FONT)
        draw.text((left, 30), text, fill=0, font=FONT)
        words.append(ReadWord(text, *(round(x) for x in box[:2]), round(box[2] - box[0]), round(box[3] - box[1]), 0.7))
        left = round(box[2]) + 24
    return image, words


def again(image: Image.Image, words: list[ReadWord], *, every: bool = True) -> list[tuple[str, str, float]]:
    return [(word.text, word.other, word.confidence) for word in read_twice(np.asarray(image), words, every=every)]


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


def test_a_date_that_was_read_in_two_is_made_one_and_doubtful() -> None:
    image, (word,) = picture("10/11/2025")
    half = word.width // 3
    first = ReadWord("10/", word.left, word.top, half, word.height, 0.4)
    second = ReadWord("1/2025", word.left + half, word.top, word.width - half, word.height, 0.4)
    ((text, other, confidence),) = again(image, [first, second])
    assert (text, other) == ("10/11/2025", "10/ 1/2025")
    assert confidence <= 0.5


def test_a_score_whose_last_noughts_were_cut_off_is_read_again_however_sure_its_parts() -> None:
    texts = [f"{n}.5" for n in range(10, 40)]
    image, words = picture(*(text for number in texts for text in (number, "and")), "27/100")
    last = words.pop()
    half = last.width * 2 // 3
    parts = [
        ReadWord("27/1", last.left, last.top, half, last.height, 0.97),
        ReadWord("00", last.left + half, last.top, last.width - half, last.height, 0.97),
    ]
    sure = [*(replace(word, confidence=0.96) for word in words), *parts]
    assert read_twice(np.asarray(image), sure, every=False)[-1].text == "27/100"


def test_a_word_and_a_value_read_as_one_come_apart() -> None:
    image, (word,) = picture("DOB:08/05/1958")
    assert [text for text, _, _ in again(image, [word])] == ["DOB:", "08/05/1958"]


@pytest.mark.parametrize(("read", "meant"), [("$36.405.33", "$36,405.33"), ("169.345", "I69.345")])
def test_a_reading_that_cannot_be_meant_is_repaired_and_kept_beside(read: str, meant: str) -> None:
    image, (word,) = picture(read)
    ((text, other, confidence),) = again(image, [word])
    assert (text, other) == (meant, read)
    assert confidence <= 0.5


def test_words_that_seem_sure_are_read_again_until_a_handful_hold_no_surprise() -> None:
    image, words = picture(*(text for n in range(10, 40) for text in (f"{n}.5", "and")))
    sure = [replace(word, confidence=0.96) for word in words]
    untouched = [word for word in read_twice(np.asarray(image), sure, every=False) if word.confidence == 0.96]
    assert 30 < len(untouched) < 60
    left = [word.text for word in read_twice(np.asarray(image), sure, every=True) if word.confidence == 0.96]
    assert set(left) == {"and"}


def test_a_word_that_seems_sure_and_is_wrong_sets_off_a_reading_of_the_others() -> None:
    image, words = picture(*(text for n in range(12) for text in (f"721{n + 30}", "and")))
    sure = [replace(word, confidence=0.95 + 0.001 * n) for n, word in enumerate(words)]
    wrong = [replace(word, text="72199") if word.text in ("72135", "72141") else word for word in sure]
    assert [word.text for word in read_twice(np.asarray(image), wrong, every=False) if word.other] == ["72135", "72141"]


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
