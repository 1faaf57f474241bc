"""A mail's own text as a file: its chief headers, then what it says, plain where it can be had plain."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final

from lxml import etree
from PIL import Image

from pipeline.errors import AppealwrightError
from schemas.case import Category

CHIEF: Final = ("From", "To", "Date", "Subject")
PGP: Final = "-----BEGIN PGP MESSAGE"

_HEADER_LENGTH: Final = 4000  # characters; the search for encoded words is quadratic
_QUADRATIC: Final = ("idna", "punycode")  # codecs of domain names, slow on long text
_BODY_TAG: Final = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_CID: Final = re.compile(r"cid:([^\"'\s<>)]+)", re.IGNORECASE)
_UNSPOKEN: Final = ("head", "style", "script", "title")
_STUB: Final = 0.5  # share of the web version's words below which a plain version is "your program cannot show this"
_LOGO_BYTES, _LOGO_SIDE, _PAGE_SIDE = 10_000, 150, 600  # pixels of the shorter side


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of what a mail says."""

    text: str
    is_html: bool = False


def body_file(place: str, headers: Sequence[tuple[str, str]], pieces: Sequence[Piece]) -> bytes:
    """Headers and pieces as a text file, or a web page where a piece is one. AppealwrightError where it is cipher."""
    if any(piece.text.lstrip().startswith(PGP) for piece in pieces):
        raise AppealwrightError(Category.ENCRYPTED, place, "the mail is encrypted with PGP")
    lines = [f"{name}: {value}" for name, value in headers if value]
    if not any(piece.is_html for piece in pieces):
        return "\n".join([*lines, "", *(piece.text for piece in pieces)]).encode("utf-8", "replace")
    top = f"<p>{'<br>'.join(map(html.escape, lines))}</p>\n"
    page = "\n".join(p.text if p.is_html else f"<pre>{html.escape(p.text, quote=False)}</pre>" for p in pieces)
    inside = _BODY_TAG.search(page)
    at = inside.end() if inside else 0
    # All in ASCII: the page may state a character set that was true of its bytes in the mail.
    return f"<!doctype html>\n{page[:at]}{top}{page[at:]}".encode("ascii", "xmlcharrefreplace")


def better(plain: list[Piece], web: list[Piece]) -> list[Piece]:
    """Of two versions the plain one, unless it leaves out most of what the web version says."""
    said = len(" ".join(piece.text for piece in plain).split())
    shown = sum(_words(piece.text) for piece in web)
    return plain if said and said >= _STUB * shown else web or plain


def _words(page: str) -> int:
    """Words that a reader of the web page sees; zero where it is none."""
    try:
        root = etree.fromstring(page, etree.HTMLParser(recover=True, no_network=True))
    except (etree.LxmlError, ValueError):
        return 0
    if root is None:
        return 0
    etree.strip_elements(root, *_UNSPOKEN, etree.Comment, with_tail=False)
    return sum(len(str(text).split()) for text in root.itertext())


def shown_in(pieces: Sequence[Piece]) -> frozenset[str]:
    """The ids of the pictures that a mail's web version shows in its text."""
    return frozenset(cid for piece in pieces if piece.is_html for cid in _CID.findall(piece.text))


def is_logo(data: bytes) -> bool:
    """Whether a picture is too small to be a page: a logo, a line, a tracking dot."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                side = min(image.size)
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, Image.DecompressionBombError):
        return False
    return side < _LOGO_SIDE or (len(data) < _LOGO_BYTES and side < _PAGE_SIDE)


def header_text(raw: str) -> str:
    """A header's value on one line, with its encoded words (RFC 2047) and stray 8-bit characters read."""
    line = " ".join(eight_bit(raw[:_HEADER_LENGTH]).split())
    try:
        chunks = decode_header(line)
    except (HeaderParseError, ValueError):
        return line
    read = (_chunk(chunk, charset) for chunk, charset in chunks)
    return " ".join("".join(read).split())


def _chunk(chunk: bytes | str, charset: str | None) -> str:
    if isinstance(chunk, str):  # as it is where the header has no encoded word, else as Python escapes it
        return chunk
    return decoded(chunk, charset) if charset else chunk.decode("raw-unicode-escape", "replace")


def eight_bit(raw: str) -> str:
    """A header with what the email parser could not tell read as UTF-8 or, failing that, Windows Western."""
    data = raw.encode("utf-8", "surrogateescape")
    return decoded(data, None)


def decoded(data: bytes, charset: str | None) -> str:
    """The text of the bytes by the character set named, else UTF-8, else Windows Western, whatever of it is wrong."""
    named = (charset or "utf-8").partition("*")[0].strip().lower()  # RFC 2231 adds a language: utf-8*en
    if named in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"):
        named = "utf-8" if "ascii" in named else "cp1252"
    for encoding in ("utf-8" if named in _QUADRATIC else named, "utf-8"):
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):  # an unknown name, or not these bytes
            continue
    return data.decode("cp1252", "replace")
