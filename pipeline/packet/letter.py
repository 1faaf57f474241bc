"""The letter of the packet: a PDF as given, or the PDF of a Word file that is fit to go out."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from pipeline.errors import AppealwrightError
from pipeline.packet.words import words
from schemas.case import Category

Convert = Callable[[str, bytes], bytes]

_DAMAGE: Final = (
    OpcError, KeyError, ValueError, AttributeError, OSError, SyntaxError, RuntimeError, zipfile.BadZipFile, zlib.error,
    NotImplementedError,
)  # fmt: skip
_TRACKED: Final = tuple(qn(name) for name in ("w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:rPrChange"))
_ACCEPT: Final = "Accept or reject every change in Word, run `appealwright verify`, and make the packet again."


@dataclass(frozen=True, slots=True)
class LetterFile:
    """The letter as PDF, under the name of its file, with what its sender must look at."""

    name: str
    pdf: bytes
    remarks: tuple[str, ...] = ()


def read_letter(path: Path, convert: Convert) -> LetterFile:
    """The letter of a file, PDF or Word; `convert` makes a PDF of a Word file.

    AppealwrightError: not_found, unreadable or unsupported where the file is not one; refused where it holds tracked
    changes, which would be printed.
    """
    name, data = path.name, _bytes(path)
    if b"%PDF-" in data[:1024]:
        return LetterFile(name, data)
    if not data.startswith(b"PK\x03\x04"):
        raise AppealwrightError(Category.UNSUPPORTED, name, "the letter is neither PDF nor a Word file")
    try:
        body = docx.Document(io.BytesIO(data)).element
    except _DAMAGE as error:
        raise AppealwrightError(Category.UNREADABLE, name, "the Word file is damaged or of an unknown kind") from error
    if next(body.iter(*_TRACKED), None) is not None:
        raise AppealwrightError(Category.REFUSED, name, "it holds tracked changes, which would be printed", _ACCEPT)
    highlighted = sum(
        any(run.findtext(qn("w:t")) or "" for run in paragraph.iter(qn("w:r")) if _is_highlighted(run))
        for paragraph in body.iter(qn("w:p"))
    )
    told = words().remarks["highlighted_one" if highlighted == 1 else "highlighted"].format(n=highlighted)
    return LetterFile(name, convert(name, data), (told,) if highlighted else ())


def _is_highlighted(run: BaseOxmlElement) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:highlight')}")
    return mark is not None and mark.get(qn("w:val")) != "none"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AppealwrightError(Category.NOT_FOUND, path.name, "the letter is not there") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AppealwrightError(Category.UNREADABLE, path.name, f"it cannot be read ({reason})") from None
