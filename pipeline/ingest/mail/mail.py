"""Internet mail (.eml, RFC 5322 and MIME) and mailboxes (mbox): the text of a message and what is attached."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64LengthDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.generator import BytesGenerator
from email.message import Message
from typing import Final

from pipeline.errors import AppealwrightError
from pipeline.ingest.mail.body import (
    CHIEF,
    Piece,
    better,
    body_file,
    decoded,
    eight_bit,
    header_text,
    is_logo,
    shown_in,
)
from pipeline.ingest.mail.members import Member, Room, held, label, lost, reading, told_apart
from schemas.case import Category

_DAMAGED: Final = "the mail is damaged"

HEAD: Final = 1 << 16  # bytes in which a mail's headers say that it is one
_HEADER: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,70}:[ \t\r\n]")
# Written by mail programs alone: a letter may begin with To, From, Date and Subject too.
_MACHINE: Final = re.compile(rb"(?im)^(mime-version|message-id|content-transfer-encoding|content-type|received):")
_BLANK: Final = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_ENVELOPE: Final = re.compile(rb"From [^\r\n]{3,200}\d\d:\d\d[^\r\n]{0,40}\r?\n(?=[A-Za-z][A-Za-z0-9-]{0,70}:)")
_NEXT: Final = re.compile(rb"(?:\r?\n){2}(?=From [^\r\n]{3,200}\d\d:\d\d[^\r\n]{0,40}\r?\n[A-Za-z][A-Za-z0-9-]{0,70}:)")
_QUOTED_FROM: Final = re.compile(rb"(?m)^>(?=>*From )")
_PARAMETRIC: Final = re.compile(rb"(?im)^content-(?:type|disposition):(?:[^\r\n]|(?:\r\n|\r|\n)[ \t])*")
_PARAMETERS: Final = 10_000  # bytes; parting them takes time by the square of their length
_MOST_PARTS: Final = 20_000  # each costs a twelfth of a millisecond before any limit is asked
_BOUNDARY: Final = re.compile(rb"(?m)^--([A-Za-z0-9'()+_,./:=?-]{1,70})\r?$")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]")
_SIGNATURES: Final = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_WRAPPING: Final = (*_SIGNATURES, "application/pgp-encrypted", "application/pgp-keys", "application/applefile")
_EXTENSIONS: Final = {"rfc822": "eml", "plain": "txt", "octet-stream": "bin"}


@dataclass(slots=True)
class _Content:
    """What a message holds, in its order."""

    web: list[Piece] = field(default_factory=list)  # every web version, chosen or not: they name inline pictures
    attached: list[Message] = field(default_factory=list)


def is_mail(data: bytes) -> bool:
    """Whether the bytes begin with headers, and among them one that only mail programs write."""
    head = _start(data[:HEAD])
    return bool(_HEADER.match(head)) and bool(_MACHINE.search(_BLANK.split(head, maxsplit=1)[0]))


def is_mailbox(data: bytes) -> bool:
    """Whether the bytes begin with the envelope line of a mailbox and a header."""
    return bool(_ENVELOPE.match(data[:HEAD]))


def _start(data: bytes) -> bytes:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")


def mailbox_members(place: str, data: bytes) -> tuple[Member, ...]:
    """The messages of a mailbox, in its order; of a single message what that holds."""
    messages = [_ENVELOPE.sub(b"", part, count=1) for part in _NEXT.split(data)]
    if len(messages) == 1:
        return mail_members(place, messages[0])
    return tuple(
        held(f"{place}/message {number}.eml", _QUOTED_FROM.sub(b"", message))
        for number, message in enumerate(messages, start=1)
    )


def mail_members(place: str, data: bytes) -> tuple[Member, ...]:
    """The message's own text under its own name, then what is attached, in its order."""
    if any(len(header[0]) > _PARAMETERS for header in _PARAMETRIC.finditer(data)):
        raise AppealwrightError(Category.UNREADABLE, place, _DAMAGED)
    if data.count(b"\n--") > _MOST_PARTS:
        raise AppealwrightError(Category.TOO_LARGE, place, f"the mail has more than {_MOST_PARTS} parts")
    return reading(place, _DAMAGED, lambda: _members(place, message_from_bytes(_start(data), policy=policy.compat32)))


def _members(place: str, message: Message) -> tuple[Member, ...]:
    content = _Content()
    pieces = _read(message, content)
    shown = shown_in(content.web)
    attached = [part for part in content.attached if not _is_wrapping(part) and not _is_decoration(part, shown)]
    names = told_apart(f"{place}/{_name(part, number)}" for number, part in enumerate(attached, start=1))
    members = [_attachment(name, part) for name, part in zip(names, attached, strict=True)]
    if _is_damaged(message):
        members.append(lost(place, Category.UNREADABLE, "the mail is damaged or cut short; what is there was read"))
    headers = [(name, _header(message, name)) for name in CHIEF]

    def body(room: Room) -> bytes:
        return held(place, reading(place, _DAMAGED, lambda: body_file(place, headers, pieces))).read(room)

    says = bool(pieces) or any(value for _, value in headers) or not members
    return (*([Member(place, body, own=True)] if says else ()), *members)


def _read(part: Message, content: _Content) -> list[Piece]:
    """What the part says in place; what it attaches is added to the content."""
    if part.get_content_maintype() == "multipart":
        if not part.is_multipart():
            return _unparted(part, content)
        if part.get_content_subtype() == "alternative":
            return _alternative(part, content)
        return [piece for child in _parts(part) for piece in _read(child, content)]
    kind = part.get_content_type()
    if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment" or _given_name(part):
        content.attached.append(part)
        return []
    piece = Piece(decoded(_payload(part), _charset(part)).replace("\r\n", "\n"), kind == "text/html")
    if piece.is_html:
        content.web.append(piece)
    return [piece] if piece.text.strip() else []


def _unparted(part: Message, content: _Content) -> list[Piece]:
    """What a multipart says that states no boundary, or a wrong one: its first line of that form is taken for one."""
    data = _payload(part)
    line = _BOUNDARY.search(data)
    if line:
        head = b'Content-Type: multipart/mixed; boundary="%s"\n\n' % line[1]
        again = message_from_bytes(head + data, policy=policy.compat32)
        if again.is_multipart():
            return _read(again, content)
    text = decoded(data, None).replace("\r\n", "\n")
    return [Piece(text)] if text.strip() else []


def _alternative(part: Message, content: _Content) -> list[Piece]:
    """One version of several; a version in a form of its own (a calendar entry) only where there is no other."""
    versions: list[list[Piece]] = []
    apart: list[Message] = []
    for child in _parts(part):
        before = len(content.attached)
        versions.append(_read(child, content))
        if child.get_content_maintype() == "text" and not _given_name(child):
            apart += content.attached[before:]
            del content.attached[before:]
    plain = [version for version in versions if version and not any(piece.is_html for piece in version)]
    web = [version for version in versions if any(piece.is_html for piece in version)]
    if not plain and not web:
        content.attached += apart
    return better(plain[0] if plain else [], web[-1] if web else [])


def _parts(part: Message) -> list[Message]:
    return [child for child in part.get_payload() if isinstance(child, Message)]


def _attachment(name: str, part: Message) -> Member:
    def read(room: Room) -> bytes:
        data = reading(name, _DAMAGED, lambda: _flat(part) if part.is_multipart() else _payload(part))
        return held(name, data).read(room)

    return Member(name, read)


def _payload(part: Message) -> bytes:
    """The part's bytes; of base64 that ends too early, as far as it goes."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    if any(isinstance(defect, InvalidBase64LengthDefect) for defect in part.defects):
        digits = _NOT_BASE64.sub(b"", data)
        return base64.b64decode(digits[: len(digits) // 4 * 4])
    return data


def _flat(part: Message) -> bytes:
    """The bytes of a mail within the mail, or of another part that the parser took apart."""
    data = b"".join(_flattened(child) for child in _parts(part))
    wrapped = str(part.get("content-transfer-encoding", "")).strip().lower() == "base64"  # forbidden, and seen
    return base64.b64decode(_NOT_BASE64.sub(b"", data) + b"==") if wrapped else data


def _flattened(message: Message) -> bytes:
    for part in message.walk():
        if part.get_content_maintype() == "multipart" and not part.is_multipart():
            part.set_type("text/plain")  # or its 8-bit characters would be lost in writing
    out = io.BytesIO()
    BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(message)
    return out.getvalue()


def _is_wrapping(part: Message) -> bool:
    return part.get_content_type() in _WRAPPING or _given_name(part).lower() == "smime.p7s"


def _is_decoration(part: Message, shown: frozenset[str]) -> bool:
    """Whether the part is a small picture that the web version shows in its text."""
    if part.get_content_maintype() != "image" or header_text(_raw(part, "content-id")).strip("<> ") not in shown:
        return False
    return is_logo(_payload(part))


def _is_damaged(message: Message) -> bool:
    found = (CloseBoundaryNotFoundDefect, NoBoundaryInMultipartDefect, StartBoundaryNotFoundDefect)
    return any(isinstance(defect, found) for part in message.walk() for defect in part.defects)


def _name(part: Message, number: int) -> str:
    kind = part.get_content_subtype()
    extension = _EXTENSIONS.get(kind, kind if kind.isalnum() else "bin")
    return _given_name(part) or f"attachment {number}.{extension}"


def _given_name(part: Message) -> str:
    """The file name that the sender gave, without folders; empty where there is none."""
    named = Message()
    for header in ("Content-Disposition", "Content-Type"):
        named[header] = eight_bit(_raw(part, header))
    return label(header_text(named.get_filename("") or "")).rpartition("/")[2]


def _charset(part: Message) -> str | None:
    """The character set that the part states; null where it states none, or in a way that cannot be read."""
    try:
        return header_text(str(part.get_content_charset() or "")) or None
    except (LookupError, ValueError):
        return None


def _header(message: Message, name: str) -> str:
    return header_text(_raw(message, name))


def _raw(message: Message, name: str) -> str:
    """The header as it stands in the mail, which `Message.get` replaces where it has 8-bit characters."""
    return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
