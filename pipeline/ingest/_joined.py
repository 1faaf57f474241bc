"""A file with files inside: their pages one after the other; one that cannot be opened is a page that fails."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from PIL import Image

from pipeline.errors import AppealwrightError
from pipeline.ingest._opened import Opened, Reading, Scan
from pipeline.ingest.sources import Limits
from schemas.case import Category

Opener = Callable[[str, bytes, Limits], Opened]


class Refused:
    """One page that stands for a file that cannot be had."""

    count = 1

    def __init__(self, error: AppealwrightError) -> None:
        self.place = error.failure.place
        self._error = error

    def read(self, number: int) -> Reading:
        """Raises why."""
        if number != self.count:
            raise IndexError(number)
        raise self._error

    def picture(self, number: int, dpi: int) -> None:
        """There is none."""

    def close(self) -> None:
        """There is nothing to let go of."""


class Joined:
    """Open files as one."""

    def __init__(self, place: str, parts: Sequence[Opened]) -> None:
        self.place = place
        self._parts = tuple(parts)
        self._ends = list(accumulate(part.count for part in self._parts))
        self.count = self._ends[-1]

    def read(self, number: int) -> Reading | Scan:
        """The page's content, or the picture of it."""
        part, inside = self._at(number)
        return part.read(inside)

    def picture(self, number: int, dpi: int) -> Image.Image | None:
        """The page as displayed; null for pages without paper."""
        part, inside = self._at(number)
        return part.picture(inside, dpi)

    def close(self) -> None:
        """Let go of the files."""
        for part in self._parts:
            part.close()

    def _at(self, number: int) -> tuple[Opened, int]:
        i = bisect_right(self._ends, number - 1)
        return self._parts[i], number - (self._ends[i - 1] if i else 0)


def or_refused(opening: Callable[[], Opened]) -> Opened:
    """The file, open, or the page that says why it is not."""
    try:
        return opening()
    except AppealwrightError as error:
        return Refused(error)


def unpacked(place: str, text: str) -> bytes:
    """The bytes written in base 64. AppealwrightError where they are none, or the text is none."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AppealwrightError(Category.UNREADABLE, place, "its base 64 is damaged or cut short") from error
    if not data:
        raise AppealwrightError(Category.EMPTY, place, "the file inside holds nothing")
    return data
