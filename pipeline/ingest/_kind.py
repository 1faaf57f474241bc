"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Final

from pipeline.errors import AppealwrightError
from pipeline.ingest._docx import open_docx
from pipeline.ingest._image import ImageFile
from pipeline.ingest._opened import Opened
from pipeline.ingest._pdf import PdfFile
from pipeline.ingest._text import open_text
from pipeline.ingest.sources import Limits
from schemas.case import Category

_HEAD: Final = 1024  # bytes: a PDF may begin with so much of something else
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
# Text to a machine, not to a reader: opened as plain text it would be read with its markup.
_MARKED_UP: Final = (
    (re.compile(rb"\{\\rtf"), "an RTF file"),
    (re.compile(rb"(?i)<(!doctype html|html|head|body)\b"), "a web page"),
    (re.compile(rb"<\?xml|<[A-Za-z]+ xmlns"), "an XML file"),
)
_HEADER: Final = re.compile(rb"[A-Za-z-]+:[ \t]")
_MAIL: Final = re.compile(rb"(?im)^(mime-version|message-id|content-transfer-encoding):")


def open_file(place: str, data: bytes, limits: Limits) -> Opened:
    """The file, open. AppealwrightError where it is of no kind that we read, damaged, locked, empty or too large."""
    opened = _opener(place, data)(place, data, limits)
    if opened.count > limits.max_pages:
        opened.close()
        raise AppealwrightError(
            Category.TOO_LARGE, place, f"it has more than {limits.max_pages} pages (APPEALWRIGHT_MAX_PAGES)"
        )
    return opened


def _opener(place: str, data: bytes) -> Callable[[str, bytes, Limits], Opened]:
    if b"%PDF-" in data[:_HEAD]:
        return PdfFile
    if data.startswith(_PICTURES):
        return ImageFile
    if data.startswith(_ZIP):
        return _zipped(place, data)
    if data.startswith(_OLE):
        if _OLE_ENCRYPTED in data:
            raise AppealwrightError(Category.ENCRYPTED, place, "the Office file needs a password")
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an old Office file or an Outlook message")
    head = data[: 16 * _HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    for pattern, name in _MARKED_UP:
        if pattern.match(head):
            raise AppealwrightError(Category.UNSUPPORTED, place, f"it is {name}")
    if _HEADER.match(head) and _MAIL.search(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]):
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an e-mail")
    return open_text


def _zipped(place: str, data: bytes) -> Callable[[str, bytes, Limits], Opened]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise AppealwrightError(Category.UNREADABLE, place, "the archive is damaged or cut short") from error
    if "[Content_Types].xml" not in names:
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an archive, and no Word file")
    if not any(name.startswith("word/") for name in names):
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an Office file, but no Word file")
    return open_docx
