"""Outlook messages (.msg, [MS-OXMSG]): the text of a message, what is attached, and messages within it."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.parser import HeaderParser
from email.utils import format_datetime
from functools import cached_property
from typing import Final

from olefile import STGTY_STORAGE, STGTY_STREAM, OleFileIO
from olefile.olefile import OleDirectoryEntry
from oxmsg.domain import constants as pid
from oxmsg.domain.encodings import encoding_from_codepage
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError

from pipeline.errors import AppealwrightError
from pipeline.ingest.mail.body import CHIEF, Piece, better, body_file, decoded, header_text, is_logo, shown_in
from pipeline.ingest.mail.lzfu import decompress
from pipeline.ingest.mail.members import Member, Room, held, label, lost, reading, told_apart
from schemas.case import Category

_DAMAGED: Final = "the Outlook message is damaged or cut short"

START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PROPERTIES: Final = "__properties_version1.0"
_ATTACHMENT: Final = "__attach_version1.0_#"
_ROOT_HEADER, _EMBEDDED_HEADER, _ATTACHMENT_HEADER = 32, 24, 8  # bytes before the properties, MS-OXMSG 2.4.1
_PROPERTY: Final = struct.Struct("<HHI8s")  # type, id, flags, value
_UNICODE, _EIGHT_BIT, _BINARY = pid.PTYP_STRING, pid.PTYP_STRING8, pid.PTYP_BINARY
_EMBEDDED: Final = f"__substg1.0_{pid.PID_ATTACH_DATA_BINARY:04X}000D"
_FILETIME: Final = datetime(1601, 1, 1, tzinfo=UTC)
_DEEPEST: Final = 20  # messages one in another
_MOST_ENTRIES: Final = 10_000  # of the directory; looking them up takes time by their square
_SECTORS: Final = (9, 12)  # MS-CFB 2.2: powers of two, of 512 and 4096 bytes


@dataclass(frozen=True)
class _Storage:
    """A folder of the compound file that has properties: a message or an attachment."""

    ole: OleFileIO
    node: OleDirectoryEntry
    path: tuple[str, ...]
    header: int

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream of the folder; null where there is none."""
        entry = self.node.kids_dict.get(name.lower())
        if entry is None or entry.entry_type != STGTY_STREAM:
            return None
        return bytes(self.ole.openstream([*self.path, name]).read())

    def folder(self, name: str, header: int) -> _Storage | None:
        """A folder in the folder; null where there is none."""
        entry = self.node.kids_dict.get(name.lower())
        if entry is None or entry.entry_type != STGTY_STORAGE:
            return None
        return _Storage(self.ole, entry, (*self.path, name), header)

    def binary(self, number: int) -> bytes | None:
        """The binary property of that number."""
        return self.stream(f"__substg1.0_{number:04X}{_BINARY:04X}")

    def text(self, number: int) -> str:
        """The string property of that number; empty where there is none."""
        wide = self.stream(f"__substg1.0_{number:04X}{_UNICODE:04X}")
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self.stream(f"__substg1.0_{number:04X}{_EIGHT_BIT:04X}")
        return decoded(narrow, self.charset(pid.PID_MESSAGE_CODEPAGE)).rstrip("\0") if narrow else ""

    def charset(self, number: int) -> str | None:
        """The character set of a code page property; null where it is unknown or not told."""
        try:
            return encoding_from_codepage(int.from_bytes(self.fixed[number][:4], "little"))
        except (KeyError, UnrecognizedCodePageError, UnsupportedEncodingError):
            return None

    @cached_property
    def fixed(self) -> dict[int, bytes]:
        """The eight bytes of each property by its number: the value of those that have a fixed length."""
        data = (self.stream(_PROPERTIES) or b"")[self.header :]
        return {number: value for _, number, _, value in _PROPERTY.iter_unpack(data[: len(data) // 16 * 16])}

    @property
    def attachments(self) -> list[_Storage]:
        """The attachments, in their order."""
        names = sorted(kid.name for kid in self.node.kids if kid.name.startswith(_ATTACHMENT))
        found = (self.folder(name, _ATTACHMENT_HEADER) for name in names)
        return [storage for storage in found if storage]

    @property
    def embedded(self) -> _Storage | None:
        """The message that is this attachment."""
        inner = self.folder(_EMBEDDED, _EMBEDDED_HEADER)
        return inner if inner and _PROPERTIES in inner.node.kids_dict else None


def outlook_members(place: str, data: bytes) -> tuple[Member, ...] | None:
    """The message's own text, then what is attached, messages within it taken apart in their place.

    Null where the compound file is no message. AppealwrightError where it is damaged.
    """
    if _PROPERTIES.encode("utf-16-le") not in data:
        return None
    return reading(place, _DAMAGED, lambda: _opened(place, data))


def _opened(place: str, data: bytes) -> tuple[Member, ...] | None:
    _check(data)
    ole = OleFileIO(io.BytesIO(data))
    entries = [entry for entry in ole.direntries if entry is not None]
    # Each stream has room of its own in the file, the small ones within that of the root.
    stated = sum(entry.size for entry in entries if entry.entry_type == STGTY_STREAM)
    if len(entries) > _MOST_ENTRIES or max(stated, ole.root.size) > len(data):
        raise ValueError("directory")
    root = _Storage(ole, ole.root, (), _ROOT_HEADER)
    return tuple(_message(place, root, 0)) if _PROPERTIES in ole.root.kids_dict else None


def _check(data: bytes) -> None:
    """Sizes that olefile believes. ValueError where they cannot be true of a file of that length."""
    (power, mini), (fat,), (mini_fat,) = (
        struct.unpack_from("<HH", data, 30),
        struct.unpack_from("<I", data, 44),
        struct.unpack_from("<I", data, 64),
    )
    if power not in _SECTORS or mini != 6:
        raise ValueError("sector size")
    sectors = len(data) >> power
    if fat > sectors // (1 << power >> 2) + 2 or mini_fat > sectors:
        raise ValueError("table size")


def _message(place: str, message: _Storage, depth: int) -> list[Member]:
    if depth > _DEEPEST:
        return [lost(place, Category.TOO_LARGE, f"it lies more than {_DEEPEST} messages deep")]
    attachments = message.attachments
    names = told_apart(f"{place}/{_name(item, number)}" for number, item in enumerate(attachments, start=1))
    plain, web = _bodies(message)
    shown = shown_in(web)
    members = [_body(place, message, better(plain, web))]
    rtf = None if plain or web else decompress(message.binary(pid.PID_RTF_COMPRESSED) or b"")
    if rtf:
        members.append(held(f"{place}/body.rtf", rtf))
    for name, item in zip(names, attachments, strict=True):
        inner = item.embedded
        if inner is not None:
            members += _message(name, inner, depth + 1)
        elif not _is_decoration(item, shown):
            members.append(_attachment(name, item))
    return members


def _bodies(message: _Storage) -> tuple[list[Piece], list[Piece]]:
    """The plain version and the web version, each empty where there is none."""
    plain = message.text(pid.PID_BODY)
    raw = message.binary(pid.PID_HTML)
    page = decoded(raw, message.charset(pid.PID_INTERNET_CODEPAGE)) if raw else message.text(pid.PID_BODY_HTML)
    return (
        [Piece(plain.replace("\r\n", "\n"))] if plain.strip() else [],
        [Piece(page.replace("\r\n", "\n"), is_html=True)] if page.strip() else [],
    )


def _body(place: str, message: _Storage, pieces: list[Piece]) -> Member:
    sent = HeaderParser().parsestr(message.text(pid.PID_TRANSPORT_MESSAGE_HEADERS))
    stated = {name: header_text(str(sent.get(name, ""))) for name in CHIEF}
    headers = [
        ("From", stated["From"] or _sender(message)),
        ("To", stated["To"] or header_text(message.text(pid.PID_DISPLAY_TO))),
        ("Date", stated["Date"] or _date(message)),
        ("Subject", header_text(message.text(pid.PID_SUBJECT)) or stated["Subject"]),
    ]

    def read(room: Room) -> bytes:
        return held(place, reading(place, _DAMAGED, lambda: body_file(place, headers, pieces))).read(room)

    return Member(place, read, own=True)


def _sender(message: _Storage) -> str:
    name = header_text(message.text(pid.PID_SENDER_NAME) or message.text(pid.PID_SENT_REPRESENTING_NAME))
    address = message.text(pid.PID_SENDER_SMTP_ADDRESS) or message.text(pid.PID_SENDER_EMAIL_ADDRESS)
    return header_text(f"{name} <{address}>" if "@" in address else name)


def _date(message: _Storage) -> str:
    """When it was sent, else when it came; empty where neither is told or likely."""
    for number in (pid.PID_CLIENT_SUBMIT_TIME, pid.PID_MESSAGE_DELIVERY_TIME):
        ticks = int.from_bytes(message.fixed.get(number, b""), "little")  # of 100 nanoseconds
        try:
            sent = _FILETIME + timedelta(microseconds=ticks // 10)
        except OverflowError:
            continue
        if ticks:
            return format_datetime(sent.replace(microsecond=0))
    return ""


def _attachment(name: str, item: _Storage) -> Member:
    def read(room: Room) -> bytes:
        data = reading(name, _DAMAGED, lambda: item.binary(pid.PID_ATTACH_DATA_BINARY))
        if data is None:
            message = "the message holds a link to it, or an object of another program, and no file"
            raise AppealwrightError(Category.UNSUPPORTED, name, message)
        return held(name, data).read(room)

    return Member(name, read)


def _is_decoration(item: _Storage, shown: frozenset[str]) -> bool:
    """Whether it is a small picture that the message shows in its text."""
    hidden = item.fixed.get(pid.PID_ATTACHMENT_HIDDEN, b"\0")[0] == 1
    if not hidden and item.text(pid.PID_ATTACH_CONTENT_ID).strip("<> ") not in shown:
        return False
    return is_logo(item.binary(pid.PID_ATTACH_DATA_BINARY) or b"")


def _name(item: _Storage, number: int) -> str:
    """The file name that the sender gave, without folders, or a number."""
    given = item.text(pid.PID_ATTACH_LONG_FILENAME) or item.text(pid.PID_ATTACH_FILENAME)
    return label(given).rpartition("/")[2] or f"attachment {number}.{'msg' if item.embedded else 'bin'}"
