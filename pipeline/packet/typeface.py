"""Bitstream Vera, which reportlab brings: the one typeface of what the packet adds, the same on every machine."""

from __future__ import annotations

import io
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.packet.words import words

PLAIN: Final = "Vera"
BOLD: Final = "VeraBd"
_PIECES: Final = re.compile(r"^\s+|\S+\s*")  # words with the space after them


def canvas(out: io.BytesIO) -> Canvas:
    """A canvas whose bytes depend on what is drawn alone, with both faces ready."""
    _glyphs()
    return Canvas(out, pagesize=(612, 792), invariant=1, pageCompression=1)


def width(text: str, face: str, size: float) -> float:
    """How wide the text is, in points."""
    return float(pdfmetrics.stringWidth(text, face, size))


def wrapped(text: str, face: str, size: float, most: float) -> list[str]:
    """The text in lines no wider than `most` points, with its spaces; a word that is wider is broken."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and width(lines[-1] + piece.rstrip(), face, size) > most:
            lines.append("")
        lines[-1] += piece
        while (fits := _fitting(lines[-1].rstrip(), face, size, most)) < len(lines[-1].rstrip()):
            lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
    return [line.rstrip() for line in lines]


def _fitting(line: str, face: str, size: float, most: float) -> int:
    """How many characters of a line fit, one at least."""
    if width(line, face, size) <= most:
        return len(line)
    wide, n = 0.0, 0
    while wide <= most:
        wide += width(line[n], face, size)
        n += 1
    return max(1, n - 1)


def set_in(text: str) -> str:
    """The text in characters that the typeface has; others are spelled out, and control characters left out."""
    return "".join(_set(character) for character in unicodedata.normalize("NFC", text.replace("\t", "   ")))


@cache
def _set(character: str) -> str:
    if character in _glyphs():
        return character
    if spelled := words().spelled.get(character):
        return spelled
    if unicodedata.category(character) in ("Cc", "Cf"):
        return ""
    return f"[U+{ord(character):04X}]"


@cache
def _glyphs() -> frozenset[str]:
    """The characters that both faces have; they are made known to reportlab on the way."""
    found = []
    for face in (PLAIN, BOLD):
        font = TTFont(face, Path(reportlab.__file__).parent / "fonts" / f"{face}.ttf")
        pdfmetrics.registerFont(font)
        found.append({chr(code) for code in font.face.charToGlyph if code >= ord(" ")})
    return frozenset(found[0] & found[1])
