"""A mailbox as an inbox: its messages become files, and are marked once these are on record. None is deleted.

The address is imaps://user@host[:port]/Folder; the password is a setting. What was taken from it is known by the
folder's UIDVALIDITY and the message's UID, so that neither a lost connection nor a colleague who reads mail loses one.
"""

from __future__ import annotations

import hashlib
import imaplib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted

from pipeline.errors import AppealwrightError
from pipeline.outputs import write_private
from schemas.case import Category

_TIMEOUT: Final = 60.0  # seconds
_SEEN: Final = "\\Seen"
_HERE: Final = ("localhost", "127.0.0.1", "::1")
_ADVICE: Final = "Check the address, APPEALWRIGHT_IMAP_PASSWORD and the connection, and run again: nothing is lost."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mailbox is. `moved_to` is the folder for messages that are on record; none: they are marked as read."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    encrypted: bool
    moved_to: str = ""

    @property
    def spool(self) -> str:
        """A name for what came from here, without the address in it."""
        told = f"{self.user}@{self.host}:{self.port}/{self.folder}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def is_mailbox(source: str) -> bool:
    """Whether a source is the address of a mailbox."""
    return source.startswith(("imaps://", "imap://"))


def address_of(url: str, password: str, moved_to: str = "") -> Address:
    """The address in a URL. ValueError where it is none, or would send the password over the network unencrypted."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "imaps"
    if not parts.hostname or not parts.username:
        raise ValueError("it is imaps://user@host/Folder")
    if not encrypted and parts.hostname not in _HERE:
        raise ValueError("imap:// is for this machine alone; use imaps://")
    if parts.password:
        raise ValueError("the password belongs into APPEALWRIGHT_IMAP_PASSWORD")
    return Address(
        host=parts.hostname,
        port=parts.port or (993 if encrypted else 143),
        user=unquote(parts.username),
        password=password,
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        encrypted=encrypted,
        moved_to=moved_to,
    )


def fetch(address: Address, spool: Path, known: Collection[str]) -> Iterator[str]:
    """Write each message that is not `known` to the spool, unread as it was; the names of the files, as they are there.

    AppealwrightError (unreadable) where the connection fails; what came before it is there.
    """
    with _opened(address) as box:
        prefix = _validity(box, address)
        present = {f"{prefix}-{uid}.eml": uid for uid in box.uids()}
        for name, uid in present.items():
            if name not in known and not (spool / name).exists():
                for message in box.fetch(uid_list=[uid], mark_seen=False):
                    write_private(spool / name, message.obj.as_bytes())
                    yield name


def count(address: Address) -> int:
    """How many messages are in the folder. AppealwrightError (unreadable) where it cannot be opened."""
    with _opened(address) as box:
        return len(box.uids())


def mark(address: Address, names: Collection[str]) -> int:
    """Mark as read, or move, the messages of the files, as far as they are there; how many that were."""
    with _opened(address) as box:
        prefix = _validity(box, address)
        asked = {name.removesuffix(".eml") for name in names}
        present = [uid for uid in box.uids() if f"{prefix}-{uid}" in asked]
        if present and address.moved_to:
            box.move(present, address.moved_to)
        elif present:
            box.flag(present, _SEEN, value=True)
        return len(present)


def _validity(box: BaseMailBox, address: Address) -> str:
    return str(box.folder.status(address.folder, ["UIDVALIDITY"])["UIDVALIDITY"])


@contextmanager
def _opened(address: Address) -> Iterator[BaseMailBox]:
    kind = MailBox if address.encrypted else MailBoxUnencrypted
    try:
        box = kind(address.host, address.port, timeout=_TIMEOUT)
        try:
            yield box.login(address.user, address.password, initial_folder=address.folder)
            box.logout()
        finally:
            with suppress(OSError):  # a lost connection is closed too
                box.client.shutdown()
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        message = f"it cannot be used, or the connection was lost ({type(error).__name__})"
        raise AppealwrightError(Category.UNREADABLE, "the mailbox", message, _ADVICE) from error
