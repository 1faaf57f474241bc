"""What every kind of file gives once it is open: pages, each either read already or a scan still to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from schemas.document import Box, Mark, Origin, PageEvent, Table, Word


@dataclass(frozen=True)
class Note:
    """Something a reviewer must see about a page: a warning before its page has a name. Ranges index the text."""

    code: str
    message: str
    ranges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Reading:
    """The content of one page; fields as in `schemas.document.Page`."""

    text: str
    words: tuple[Word, ...]
    width: float = 0
    height: float = 0
    origin: Origin = Origin.TEXT
    confidence: float = 1.0
    rotation: int = 0
    notes: tuple[Note, ...] = ()
    sheet: Box | None = None
    events: tuple[PageEvent, ...] = ()
    marks: tuple[Mark, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Scan:
    """A page that is a picture: mode L or 1, its resolution across and down in dots per inch.

    `notes` and `marks` are known of it before it is read.
    """

    image: Image.Image
    dpi: tuple[float, float]
    notes: tuple[Note, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the paper in points."""
        return self.image.width / self.dpi[0] * 72, self.image.height / self.dpi[1] * 72


class Opened(Protocol):
    """An open file. Pages are numbered from 1. Methods may be called from several threads.

    They raise AppealwrightError where the page cannot be had; `place` names the file.
    """

    place: str
    count: int

    def read(self, number: int) -> Reading | Scan:
        """The page's content, or the picture of it."""
        ...

    def picture(self, number: int, dpi: int) -> Image.Image | None:
        """The page as displayed; null for pages without paper."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Sections:
    """Pages without paper, read when the file was opened."""

    def __init__(self, place: str, readings: tuple[Reading, ...]) -> None:
        self.place = place
        self.readings = readings
        self.count = len(readings)

    def read(self, number: int) -> Reading:
        """The section's content."""
        return self.readings[number - 1]

    def picture(self, number: int, dpi: int) -> None:
        """There is no paper."""

    def close(self) -> None:
        """There is nothing to let go of."""
