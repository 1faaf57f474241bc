"""The only door to the Tesseract program: whether it is there, and what it reads in a picture."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytesseract
from PIL import Image

from pipeline.errors import ADVICE, AppealwrightError
from schemas.base import Frozen
from schemas.case import Category

_LANGUAGE: Final = "eng"
_ORIENTATION: Final = "osd"
_NO_DATA: Final = ("data file", "Failed loading language", "couldn't load any languages")
_COLUMNS: Final = "level page_num block_num par_num line_num word_num left top width height conf text"
_WORD_LEVEL: Final = "5"


class ToolStatus(Frozen):
    """Whether something the program calls is there; `advice` says what to do where it is not."""

    name: str
    present: bool
    version: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word as read: its box in pixels of the picture, confidence 0 to 1; `other` is a reading that differs."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float
    other: str = ""


def tools() -> tuple[ToolStatus, ...]:
    """Tesseract and the language data it needs."""
    version, languages = _version(), _languages()
    needed = [
        ("tesseract", bool(version)),
        *((f"tesseract data: {x}", x in languages) for x in (_LANGUAGE, _ORIENTATION)),
    ]
    return tuple(
        ToolStatus(
            name=name,
            present=present,
            version=version if present else "",
            advice="" if present else ADVICE[Category.MISSING_TOOL],
        )
        for name, present in needed
    )


def _version() -> str:
    """The version; empty where the program is missing or does not answer as Tesseract would."""
    try:
        return str(pytesseract.get_tesseract_version())
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError, SystemExit):
        return ""


def _languages() -> tuple[str, ...]:
    try:
        return tuple(pytesseract.get_languages())
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ()


def read_words(image: Image.Image, dpi: int, timeout: float, place: str) -> tuple[ReadWord, ...]:
    """The words of the picture in Tesseract's order, psm 3: it keeps columns in order, where psm 6 destroys tables.

    AppealwrightError (missing tool, timeout, OCR) where Tesseract is missing, hangs, fails or answers no table.
    """
    with _failing_as_ours(place), _written(image) as path:
        table = pytesseract.image_to_data(path, lang=_LANGUAGE, config=f"--psm 3 --dpi {dpi}", timeout=timeout)
    header, *rows = str(table).split("\n")
    if header.replace("\t", " ") != _COLUMNS:
        raise AppealwrightError(Category.OCR, place, "Tesseract gave no table of words")
    try:
        return tuple(word for row in rows if (word := _word(row)) is not None)
    except ValueError as error:
        raise AppealwrightError(Category.OCR, place, "Tesseract gave a table that cannot be read") from error


def _word(row: str) -> ReadWord | None:
    level, _, _, _, _, _, left, top, width, height, confidence, text = (row.split("\t", 11) + [""] * 12)[:12]
    if level != _WORD_LEVEL or not text.strip():
        return None
    share = min(max(float(confidence) / 100, 0.0), 1.0)
    return ReadWord(text.strip(), int(left), int(top), int(width), int(height), share)


def clockwise_to_upright(image: Image.Image, dpi: int, timeout: float, place: str) -> int | None:
    """Degrees by which to turn the picture clockwise to set it upright; null where Tesseract cannot tell."""
    try:
        with _failing_as_ours(place), _written(image) as path:
            found = pytesseract.image_to_osd(
                path, config=f"--psm 0 --dpi {dpi}", timeout=timeout, output_type=pytesseract.Output.DICT
            )
    except AppealwrightError as error:
        if error.failure.category in (Category.OCR, Category.MISSING_TOOL):  # too few letters; no data for it
            return None
        raise
    turn = found.get("rotate")
    return turn if turn in (0, 90, 180, 270) else None


@contextmanager
def _written(image: Image.Image) -> Iterator[str]:
    """The picture as a file: plain PGM, which costs no compression."""
    with tempfile.TemporaryDirectory(prefix="appealwright-") as folder:
        path = Path(folder) / "page.pgm"
        image.convert("L").save(path)
        yield str(path)


@contextmanager
def _failing_as_ours(place: str) -> Iterator[None]:
    """Every way the program fails, as an AppealwrightError. What it printed is not repeated: it may hold text."""
    # Pages run side by side, one process each: threads within a process only get in each other's way.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    try:
        yield
    except pytesseract.TesseractNotFoundError as error:
        raise AppealwrightError(Category.MISSING_TOOL, place, "Tesseract is not installed") from error
    except pytesseract.TesseractError as error:
        if any(sign in error.message for sign in _NO_DATA):
            raise AppealwrightError(Category.MISSING_TOOL, place, "Tesseract has no language data") from error
        raise AppealwrightError(Category.OCR, place, f"Tesseract failed (exit {error.status})") from error
    except RuntimeError as error:  # the way pytesseract says that the time was up
        raise AppealwrightError(Category.TIMEOUT, place, "Tesseract took too long over the page") from error
    except (OSError, UnicodeDecodeError, ValueError, KeyError, subprocess.SubprocessError, SystemExit) as error:
        # SystemExit is how pytesseract takes a version that it cannot read.
        raise AppealwrightError(Category.OCR, place, "Tesseract gave nothing that can be read") from error
