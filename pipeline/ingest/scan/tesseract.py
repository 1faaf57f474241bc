"""The only door to Tesseract: whether it is there, what it reads in a picture, and which way up the picture is.

Pages are read by the library (tesserocr): it loads its data once, and is built to be a quarter faster than the program.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytesseract
import tesserocr
from PIL import Image

from pipeline.errors import ADVICE, AppealwrightError
from schemas.base import Frozen
from schemas.case import Category

_LANGUAGE: Final = "eng"
_ORIENTATION: Final = "osd"
_NO_DATA: Final = ("data file", "Failed loading language", "couldn't load any languages")
_WORD_LEVEL: Final = "5"
_FOLDER: Final = re.compile(r'"(.+)"')
_ASKING: Final = 10  # seconds within which a program that works says what it has
_IS_INK: Final = [grey < 200 for grey in range(256)]
_MARGIN: Final = 0.2  # inches of paper left round the ink


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
    library = tesserocr.tesseract_version().split()[1]
    needed = [
        ("tesseract", bool(version)),
        *((f"tesseract data: {x}", x in languages) for x in (_LANGUAGE, _ORIENTATION)),
    ]
    return tuple(
        ToolStatus(
            name=name,
            present=present,
            version=f"{library}, data of {version}" if present else "",
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

    AppealwrightError (missing tool, timeout, OCR) where Tesseract is missing, takes too long or fails.
    """
    grey = image.convert("L")
    engine = _engine(place)
    until = time.monotonic() + timeout
    try:
        engine.SetImageBytes(grey.tobytes(), grey.width, grey.height, 1, grey.width)
        engine.SetSourceResolution(dpi)
        engine.SetRectangle(*_printed(grey, dpi))
        if not engine.Recognize(max(1, round(1000 * timeout))):
            if time.monotonic() >= until:
                raise AppealwrightError(Category.TIMEOUT, place, "Tesseract took too long over the page")
            raise AppealwrightError(Category.OCR, place, "Tesseract failed")
        return tuple(word for row in engine.GetTSVText(0).split("\n") if (word := _word(row)) is not None)
    finally:
        engine.Clear()


def _engine(place: str) -> tesserocr.PyTessBaseAPI:
    """Tesseract as a library, or AppealwrightError (missing tool) where it or its data are not there."""
    try:
        return _loaded(_data_folder())
    except (OSError, subprocess.SubprocessError) as error:
        raise AppealwrightError(Category.MISSING_TOOL, place, "Tesseract is not installed") from error
    except RuntimeError as error:
        raise AppealwrightError(Category.MISSING_TOOL, place, "Tesseract has no language data") from error


@cache
def _loaded(folder: str) -> tesserocr.PyTessBaseAPI:
    """Loaded once a process: what it reads does not depend on what it read before."""
    return tesserocr.PyTessBaseAPI(folder, _LANGUAGE, psm=tesserocr.PSM.AUTO)


@cache
def _data_folder() -> str:
    """Where the installed Tesseract keeps its languages: the library comes without any."""
    command = [pytesseract.pytesseract.tesseract_cmd, "--list-langs"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_ASKING)
    found = _FOLDER.search(said.stdout)
    if found is None:
        raise FileNotFoundError(command[0])
    return found[1]


def _printed(grey: Image.Image, dpi: int) -> tuple[int, int, int, int]:
    """Left, top, width, height of what holds all ink, with a margin: an empty border is work for Tesseract too."""
    ink = grey.point(_IS_INK).getbbox() or (0, 0, *grey.size)
    margin = round(_MARGIN * dpi)
    left, top = max(0, ink[0] - margin), max(0, ink[1] - margin)
    return left, top, min(grey.width, ink[2] + margin) - left, min(grey.height, ink[3] + margin) - top


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
    """The picture as a file: plain TIFF, not packed, which is read at one go, unlike PGM."""
    with tempfile.TemporaryDirectory(prefix="appealwright-") as folder:
        path = Path(folder) / "page.tif"
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
