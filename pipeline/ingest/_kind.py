"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from functools import partial
from typing import Final

from pipeline.errors import AppealwrightError
from pipeline.ingest._joined import Opener
from pipeline.ingest._opened import Opened
from pipeline.ingest._text import open_text
from pipeline.ingest.markup.ccda import open_ccda
from pipeline.ingest.markup.fhir import open_fhir
from pipeline.ingest.markup.html import open_html
from pipeline.ingest.pdf.file import PdfFile
from pipeline.ingest.rtf.file import open_rtf
from pipeline.ingest.scan.image import ImageFile, is_picture
from pipeline.ingest.sources import Limits
from pipeline.ingest.word.docx import open_docx
from pipeline.ingest.x12.file import open_x12
from pipeline.ingest.x12.interchange import is_x12
from schemas.case import Category

_HEAD: Final = 1024  # bytes: a PDF may begin with so much of something else
_START: Final = 64 * _HEAD  # bytes in which marked-up text shows what it is
_WITHIN: Final = 3  # files within files within files
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_RESOURCE: Final = re.compile(rb'"resourceType"\s{0,9}:\s{0,9}"[A-Z]')
_TAG: Final = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})([^<>]{0,4000})")
_PROLOG: Final = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
_FHIR: Final = "http://hl7.org/fhir"
_PAGE_TAGS: Final = frozenset(
    {
        *("html", "head", "body", "meta", "title", "style", "script", "link", "base", "div", "p", "table", "span"),
        *("font", "center", "br", "b", "i", "u", "strong", "em", "a", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("pre", "img", "section", "article", "main", "header", "blockquote", "form", "hr"),
    }
)
_HEADER: Final = re.compile(rb"[A-Za-z-]+:[ \t]")
_MAIL: Final = re.compile(rb"(?im)^(mime-version|message-id|content-transfer-encoding):")


def open_file(place: str, data: bytes, limits: Limits, depth: int = 0) -> Opened:
    """The file, open; `depth` counts the files it lies within.

    AppealwrightError where it is of no kind that we read, damaged, locked, empty or too large.
    """
    if depth > _WITHIN:
        raise AppealwrightError(Category.TOO_LARGE, place, f"it lies more than {_WITHIN} files deep")
    opened = _opener(place, data, partial(open_file, depth=depth + 1))(place, data, limits)
    if opened.count > limits.max_pages:
        opened.close()
        raise AppealwrightError(
            Category.TOO_LARGE, place, f"it has more than {limits.max_pages} pages (APPEALWRIGHT_MAX_PAGES)"
        )
    return opened


def _opener(place: str, data: bytes, inner: Opener) -> Opener:
    if b"%PDF-" in data[:_HEAD]:
        return PdfFile
    if is_picture(data):
        return ImageFile
    if data.startswith(_ZIP):
        return _zipped(place, data)
    if data.startswith(_OLE):
        if _OLE_ENCRYPTED in data:
            raise AppealwrightError(Category.ENCRYPTED, place, "the Office file needs a password")
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an old Office file or an Outlook message")
    head = data[: 16 * _HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{\\rtf"):
        return open_rtf
    if head.startswith((b"{", b"[")) and _RESOURCE.search(data):
        return partial(open_fhir, inner=inner)
    if _HEADER.match(head) and _MAIL.search(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]):
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an e-mail")
    start = _start(data)
    if is_x12(start):
        return open_x12
    return _marked_up(place, start, inner) or open_text


def _marked_up(place: str, start: str, inner: Opener) -> Opener | None:
    """What opens a web page or a clinical document; null where the text is not marked up."""
    declared = start.startswith("<?xml") or start[:9].upper() == "<!DOCTYPE"
    if start[:14].lower() == "<!doctype html":
        return _page
    found = _TAG.match(_after_prolog(start))
    name, attributes = (found[1], found[2]) if found else ("", "")
    if name == "ClinicalDocument":
        return partial(open_ccda, inner=inner)
    if f'"{_FHIR}"' in attributes or f"'{_FHIR}'" in attributes:
        return partial(open_fhir, inner=inner)
    if name.lower() == "html" or (name.lower() in _PAGE_TAGS and not declared):
        return _page
    if declared or "xmlns" in attributes:
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an XML file of a kind that we do not read")
    return None


def _page(place: str, data: bytes, _: Limits) -> Opened:
    return open_html(place, data)


def _start(data: bytes) -> str:
    """The first of the text, as far as its marks-up can be told."""
    head = data[:_START]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    elif head[1:2] == b"\0" or head[:1] == b"\0":
        text = head.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    return text.lstrip()


def _after_prolog(text: str) -> str:
    """The text without the declarations, comments and document type before its first element."""
    at = 0
    while True:
        end = next(
            (end for begin, end in (("<?", "?>"), ("<!--", "-->"), ("<!", ">")) if text.startswith(begin, at)), ""
        )
        if not end:
            return text[at:]
        close = text.find(end, at)
        subset = text.find("[", at)
        if end == ">" and 0 <= subset < close:
            close = text.find(">", max(text.find("]", subset), at))
        if close < 0:
            return ""
        at = close + len(end)
        while text[at : at + 1].isspace():
            at += 1


def _zipped(place: str, data: bytes) -> Opener:
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
