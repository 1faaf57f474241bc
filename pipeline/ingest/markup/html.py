"""Web pages and the bodies of mails: what shows of them, without network, scripts or entities of their own."""

from __future__ import annotations

import codecs
import re
from typing import Final

from lxml import etree

from pipeline.errors import AppealwrightError
from pipeline.ingest._flow import readings
from pipeline.ingest._opened import Sections
from pipeline.ingest._text import decode
from pipeline.ingest.markup.css import Styles
from pipeline.ingest.markup.narrative import Element, Narrative
from schemas.case import Category

_HEAD: Final = 4096  # bytes: browsers look for the character set in the first 1024
_DECLARED: Final = re.compile(rb"(?i)(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})")
_TAKEN_AS: Final = {"iso8859-1": "cp1252", "ascii": "cp1252"}  # as browsers do: encoding.spec.whatwg.org, 4.2
_NO_CHARSETS: Final = ("unicode-escape", "raw-unicode-escape", "punycode", "idna", "utf-7")  # of Python, not of pages
_DATA: Final = re.compile(rb"(?i)([\"'(=]\s{0,9})data:[\w/+.-]{0,80}(?:;[\w=.-]{1,80}){0,4};base64,[A-Za-z0-9+/=%\s]*")


def open_html(place: str, data: bytes, charset: str = "") -> Sections:
    """The page, or pages where its styles part them; `charset` as a mail states it.

    AppealwrightError where it shows no text, is no text at all, or too large or nested too deep for its parser.
    """
    text = _decoded(_DATA.sub(rb"\1data:", data), charset)
    if text is None:
        raise AppealwrightError(Category.UNSUPPORTED, place, "the web page is of no character set that we know")
    root = html_root(place, text)
    if root is None:
        raise AppealwrightError(Category.EMPTY, place, "the web page shows no text")
    narrative = Narrative(place, Styles(sheet.text or "" for sheet in root.iter("style")))
    narrative.read(root)
    pages = readings(narrative.blocks)
    if not pages:
        if narrative.pictures:
            raise AppealwrightError(Category.UNSUPPORTED, place, "the web page holds pictures and no text")
        raise AppealwrightError(Category.EMPTY, place, "the web page shows no text")
    return Sections(place, pages)


def html_root(place: str, text: str) -> Element | None:
    """The tree of a page or of a piece of one; null where nothing is in it. AppealwrightError where it is too large."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise AppealwrightError(Category.TOO_LARGE, place, "the page is nested too deep or has too large a piece")
    return root


def _decoded(data: bytes, charset: str) -> str | None:
    """As text: by its mark, as UTF-8 where it is, as stated, or by its looks."""
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _stated(data, "utf-8-sig")
        if text is not None:
            return text
    stated = [charset, *(found.decode("ascii") for found in _DECLARED.findall(data[:_HEAD]))]
    for name in filter(None, stated):
        text = _stated(data, name)
        if text is not None:
            return text
    return decode(data)


def _stated(data: bytes, charset: str) -> str | None:
    """The bytes as text of the character set; null where they are none, or it is unknown."""
    try:
        name = codecs.lookup(charset).name
        text = data.decode(_TAKEN_AS.get(name, name)) if name not in _NO_CHARSETS else "\0"
    except (LookupError, ValueError):
        return None
    return text if "\0" not in text else None
