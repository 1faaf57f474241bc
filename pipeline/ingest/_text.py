"""Plain text files, and what they share with DOCX: pages of running text without paper."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import charset_normalizer

from pipeline.errors import AppealwrightError
from pipeline.ingest._charset import clean
from pipeline.ingest._opened import Note, Reading, Sections
from pipeline.ingest.layout.order import columns
from pipeline.ingest.layout.page import COLUMN_GAP
from pipeline.ingest.layout.rows import Row, Token
from pipeline.ingest.sources import Limits
from schemas.case import Category
from schemas.document import Word

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN: Final = ["cp1252", "mac_roman", "cp437", "utf_16_le", "utf_16_be"]  # what US offices write, beside UTF-8
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_MANY: Final = 0.01  # share of control characters from which the bytes are no text
_GAP: Final = re.compile(r"\t[ \t]*|  [ \t]+| \t[ \t]*")  # a tab, or three spaces and more, separates columns
_GUTTER: Final = re.compile(r"\S {2,}\S")
_FEWEST_BESIDE: Final = 5  # lines with something beside them, for columns to be looked for
_LONG_COLUMN: Final = 12  # lines: what is shorter is a block beside a letterhead, read across
_WORD: Final = re.compile(r"\S+")


def open_text(place: str, data: bytes, limits: Limits) -> Sections:
    """The file's pages, parted by form feeds. AppealwrightError where the bytes are no text, or nothing but space."""
    text = decode(data)
    if text is None:
        raise AppealwrightError(Category.UNSUPPORTED, place, "the file is of no kind that we read")
    sheets = text.replace("\r\n", "\n").replace("\r", "\n").split("\f")
    if not any(sheet.strip() for sheet in sheets):
        raise AppealwrightError(Category.EMPTY, place, "the file holds nothing but white space")
    while not sheets[-1].strip():  # printers end a file with a form feed
        sheets.pop()
    if len(sheets) > limits.max_pages:
        raise AppealwrightError(
            Category.TOO_LARGE, place, f"it has more than {limits.max_pages} pages (APPEALWRIGHT_MAX_PAGES)"
        )
    return Sections(place, tuple(reading(tidy(down_columns(sheet))) for sheet in sheets))


def decode(data: bytes) -> str | None:
    """The text of the bytes; null where they are not text."""
    text = _decoded(data)
    if text is None or len(_CONTROLS.findall(text)) > _MANY * len(text):
        return None
    return text


def _decoded(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    text = _strictly(data, "utf-8")
    if text is not None and "\0" not in text:
        return text
    best = charset_normalizer.from_bytes(data, cp_isolation=_WESTERN).best()
    return None if best is None else str(best)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def down_columns(sheet: str) -> str:
    """The sheet with prose that was set in columns read down each, as on printed pages; any other as it is."""
    lines = sheet.expandtabs().split("\n")
    if sum(bool(_GUTTER.search(line)) for line in lines) < _FEWEST_BESIDE:
        return sheet
    rows = [
        Row([Token(word[0], word.start(), at, word.end(), at + 1) for word in _WORD.finditer(line)])
        for at, line in enumerate(lines)
        if line.strip()
    ]
    parts = columns(rows)
    if not any(_beside(one, other) for one, other in pairwise(parts)):
        return sheet
    return "\n\n".join("\n".join(_lines_of(part, lines)) for part in parts)


def _beside(one: list[Row], other: list[Row]) -> bool:
    """Whether two parts of a sheet are long columns of the same lines."""
    return other[0].bottom <= one[-1].bottom and min(len(one), len(other)) >= _LONG_COLUMN


def _lines_of(part: list[Row], lines: list[str]) -> Iterator[str]:
    """The lines of one column as they stand, the empty ones between them too."""
    at = int(part[0].tokens[0].top)
    for row in part:
        number = int(row.tokens[0].top)
        if number > at:
            yield ""
        yield lines[number][int(row.left) : int(row.right)]
        at = number + 1


def tidy(text: str) -> str:
    """Lines without indents, gaps of columns three spaces, one empty line at most, none at either end."""
    lines: list[str] = []
    for raw in text.split("\n"):
        printed = "\t".join(clean(part) for part in raw.split("\t"))
        line = _GAP.sub(COLUMN_GAP, printed.strip())
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip("\n")


def reading(tidied: str, notes: tuple[Note, ...] = ()) -> Reading:
    """A page of running text that is tidy already."""
    stored = tidied + "\n" if tidied else ""
    words = tuple(Word(start=match.start(), end=match.end()) for match in _WORD.finditer(stored))
    return Reading(stored, words, notes=notes)
