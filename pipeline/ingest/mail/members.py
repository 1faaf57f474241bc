"""What mail and archives have in common: members by name, and room for what they unpack to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NoReturn, TypeVar

from pipeline.errors import AppealwrightError
from schemas.case import Category

LITTER: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx"})  # what Windows and macOS leave beside files

_RATIO_FROM: Final = 10_000_000  # bytes: below, a blank page in a raw bitmap packs as well as a bomb
_NAME_LENGTH: Final = 200
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_SEPARATORS: Final = re.compile(r"[/\\]+")


@dataclass(slots=True)
class Room:
    """How much may still be unpacked from one file given: bytes in all, bytes of one member, bytes made of one."""

    left: int
    member: int
    ratio: int

    def take(self, place: str, block: int, made: int, packed: int) -> None:
        """Count a block of a member that now has `made` bytes of `packed` ones. AppealwrightError where too much."""
        self.left -= block
        if self.left < 0:
            _too_large(place, "with it, the file given unpacks to too much (APPEALWRIGHT_MAX_UNPACKED_MB)")
        if made > self.member:
            _too_large(place, f"it has more than {self.member} bytes (APPEALWRIGHT_MAX_FILE_MB)")
        if made > max(_RATIO_FROM, self.ratio * packed):
            _too_large(place, f"it unpacks to more than {self.ratio} times its size, as no document does")


def _too_large(place: str, message: str) -> NoReturn:
    raise AppealwrightError(Category.TOO_LARGE, place, message)


@dataclass(frozen=True, slots=True)
class Member:
    """One thing in a container.

    `name` is "outer/inner", or the container's own where `own` says that this is its own text, not to be looked into.
    `read` makes its bytes within the room; AppealwrightError where they cannot be had.
    """

    name: str
    read: Callable[[Room], bytes]
    own: bool = False


T = TypeVar("T")


def reading(place: str, damaged: str, work: Callable[[], T]) -> T:
    """What the work gives. Parsers of mail meet broken files with exceptions of any kind; to a user they are one."""
    try:
        return work()
    except AppealwrightError:
        raise
    except Exception as error:
        raise AppealwrightError(Category.UNREADABLE, place, damaged) from error


def lost(name: str, category: Category, message: str, advice: str = "") -> Member:
    """A member of which there is only to say why it cannot be had."""

    def refuse(_: Room) -> bytes:
        raise AppealwrightError(category, name, message, advice)

    return Member(name, refuse)


def held(name: str, data: bytes, own: bool = False) -> Member:
    """A member whose bytes are at hand."""

    def give(room: Room) -> bytes:
        room.take(name, len(data), len(data), len(data))
        return data

    return Member(name, give, own)


def label(name: str) -> str:
    """A sender's name for a file, fit to be shown: a relative path of printable parts, empty where nothing is left.

    Nothing is ever written under it.
    """
    printable = "".join(" " if c.isspace() else c for c in name if unicodedata.category(c)[0] != "C" or c.isspace())
    parts = [part.strip() for part in _SEPARATORS.split(_DRIVE.sub("", printable, count=1))]
    return "/".join(part for part in parts if part.strip(". "))[-_NAME_LENGTH:].lstrip("/")


def is_litter(name: str) -> bool:
    """Whether a path of an archive is passed over: hidden, Word's lock file, or what a system leaves in folders."""
    return any(part.startswith((".", "~$")) or part.lower() in LITTER for part in _SEPARATORS.split(name))


def told_apart(names: Iterable[str]) -> list[str]:
    """The names, a second one of a kind with a number: scan.pdf, scan (2).pdf."""
    seen: set[str] = set()
    apart: list[str] = []
    for name in names:
        stem, dot, extension = name.rpartition(".")
        if not dot or "/" in extension:
            stem, dot, extension = name, "", ""
        shown, count = name, 1
        while shown in seen:
            count += 1
            shown = f"{stem} ({count}){dot}{extension}"
        seen.add(shown)
        apart.append(shown)
    return apart
