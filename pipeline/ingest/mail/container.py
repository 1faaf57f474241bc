"""What holds other files: told by its bytes, opened to its members, or refused because it is locked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pipeline.errors import AppealwrightError
from pipeline.ingest.mail import archive, outlook
from pipeline.ingest.mail.archive import zip_members
from pipeline.ingest.mail.body import PGP
from pipeline.ingest.mail.mail import HEAD, is_mail, is_mailbox, mail_members, mailbox_members
from pipeline.ingest.mail.members import Member, Room
from pipeline.ingest.mail.outlook import outlook_members
from schemas.case import Category

_TNEF: Final = b"\x78\x9f\x3e\x22"  # MS-OXTNEF 2.1.3.1
_RIGHTS: Final = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86"  # MS-OXORMMS: message.rpmsg
_PKCS7: Final = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # object identifiers of RFC 5652: CMS
_PKCS7_HEAD: Final = 40  # bytes
_ASK_PLAIN: Final = "Open it in the mail program it came in; save its text and its attachments as files of their own."


def may_hold(head: bytes) -> bool:
    """Whether a file that begins so, by its first HEAD bytes, is worth a look into."""
    return _opener(head) is not None or _locked(head) is not None


def members_of(place: str, data: bytes) -> Sequence[Member] | None:
    """What the bytes hold, in a fixed order, named "place/inner"; null where they hold nothing.

    AppealwrightError where they are locked, wrapped in a way that we do not read, damaged or empty.
    """
    if locked := _locked(data[:HEAD]):
        raise AppealwrightError(locked[0], place, locked[1], _ASK_PLAIN)
    opener = _opener(data[:HEAD])
    return None if opener is None else opener(place, data)


def find_member(place: str, data: bytes, inside: Sequence[int], room: Room) -> bytes:
    """The bytes of the member at the end of a chain of positions. AppealwrightError where it leads nowhere."""
    for number in inside:
        members = members_of(place, data)
        if members is None or number >= len(members):
            raise AppealwrightError(Category.UNREADABLE, place, "its container has changed; run again")
        data = members[number].read(room)
    return data


def _opener(head: bytes) -> Callable[[str, bytes], Sequence[Member] | None] | None:
    if head.startswith(archive.STARTS):
        return zip_members
    if head.startswith(outlook.START):
        return outlook_members
    if is_mailbox(head):
        return mailbox_members
    return mail_members if is_mail(head) else None


def _locked(head: bytes) -> tuple[Category, str] | None:
    if head.startswith(_TNEF):
        return Category.UNSUPPORTED, "it is winmail.dat, in which Outlook hides attachments from other programs"
    if head.startswith(_RIGHTS):
        return Category.ENCRYPTED, "the mail is protected by rights management"
    if head.startswith(b"0") and _PKCS7 in head[:_PKCS7_HEAD]:
        return Category.ENCRYPTED, "the mail is encrypted, or sealed in its signature (S/MIME)"
    if head.lstrip().startswith(PGP.encode()):
        return Category.ENCRYPTED, "the mail is encrypted with PGP"
    return None
