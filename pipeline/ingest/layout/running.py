"""Running headers, running footers and page numbers: lines at the edge of a page that its neighbours repeat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from rapidfuzz import fuzz

from schemas.document import Mark, MarkKind, Origin, Page, PageEvent

_HEAD = 0.14  # of the page's height: a header stands above
_FOOT = 0.87  # of the page's height: a footer stands below
_MOST_LINES = 8  # at one edge
_UNPLACED_LINES = 3  # at either end of a page without boxes
_LEAST = 3  # letters and digits of a line that can be told from others
_ALIKE = 88  # per cent of two lines' letters, where a reader may have erred
_NEARLY = 80  # where the page before and the page after agree
_NUMBER = re.compile(r"\b(?:page|pg\.?|p\.)\s{0,3}(\d{1,4})(?:\s{0,3}(?:of|/)\s{0,3}\d{1,4})?(?!\d)", re.IGNORECASE)
_LONE = re.compile(r"(?:[-\u2013\u2014(\[]\s?)?(\d{1,4})(?:\s?[-\u2013\u2014)\]])?|(\d{1,4})\s?(?:of|/)\s?\d{1,4}")
_DRESSED = re.compile(r"[-\u2013\u2014(\[]\s?\d{1,4}\s?[-\u2013\u2014)\]]")  # "- 2 -" is nothing else
_IN_WORDS = re.compile(rf"\W*{_NUMBER.pattern}\W*", re.IGNORECASE)
_CELL = re.compile(r"\S+(?: {1,2}\S+)*")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line at a page's edge. `words` are its words without the page number in it, which is `number`.

    `sure`: the number says that it is a page's; else it must count up with the pages. `numbers` are cells that hold
    nothing else. A line of a table has the place `to`, where the table ends: 0 for others.
    """

    start: int
    end: int
    kind: MarkKind
    text: str
    words: str
    number: int | None = None
    sure: bool = False
    numbers: tuple[tuple[int, int], ...] = ()
    to: int = 0

    @property
    def digits(self) -> str:
        """The figures in its words."""
        return "".join(filter(str.isdigit, self.words))

    @property
    def is_number(self) -> bool:
        """Whether it holds nothing but a page number."""
        return self.number is not None and not self.words


def with_running(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """The pages of one file in order, with marks on the lines that run through them.

    A line runs where the page before or after repeats it at the same edge, but for the page's number and for what a
    reader got wrong. A header is marked from its second page on: what it says must be read once. A page that is a
    copy of its neighbour tells nothing of either, and one on which a document begins has a head of its own.
    """
    edges = [[] if PageEvent.DOCUMENT_START in page.events else _edge_lines(page) for page in pages]
    marked = []
    for at, page in enumerate(pages):
        around = [edges[i] if 0 <= i < len(pages) else [] for i in range(at - 2, at + 3)]
        if at and _copies(pages[at - 1], page):
            around[:2] = [], []
        if at + 1 < len(pages) and _copies(page, pages[at + 1]):
            around[3:] = [], []
        marks = tuple(_marks(page, around))
        marked.append(page.model_copy(update={"marks": page.marks + marks}) if marks else page)
    return tuple(marked)


def _copies(page: Page, following: Page) -> bool:
    return PageEvent.DUPLICATE in following.events or page.text == following.text


def _marks(page: Page, edges: list[list[_Line]]) -> Iterator[Mark]:
    """The marks of a page: what runs, from its edge inwards, and page numbers.

    `edges` are the lines at the edges of the two pages before it, its own, and of the two after.
    """
    lines, read = edges[2], page.origin is Origin.OCR
    again = {line for line in lines if _runs(line, edges[1], edges[0], -1, read=read)}
    once = {line for line in lines if _runs(line, edges[3], edges[4], 1, read=read)}
    if read:
        again |= {line for line in lines if _is_between(line, edges[1], edges[3])}
    running = {line for line in lines if line in again or line in once or (line.is_number and line.sure)}
    outside = {line for kind in _EDGES for line in _apart(page, lines[:: _EDGES[kind]], kind, running)}
    for line in lines:
        if line.is_number:
            if line in running:
                yield Mark(kind=MarkKind.PAGE_NUMBER, start=line.start, end=line.end)
        elif line in outside and _is_whole(line, running) and (line in again or _needs_no_reading(line)):
            yield Mark(kind=line.kind, start=line.start, end=line.end)
        else:
            for start, end in line.numbers:
                yield Mark(kind=MarkKind.PAGE_NUMBER, start=start, end=end)


_EDGES = {MarkKind.RUNNING_HEADER: 1, MarkKind.RUNNING_FOOTER: -1}  # which way its lines are read from the edge


def _apart(page: Page, lines: list[_Line], kind: MarkKind, running: set[_Line]) -> list[_Line]:
    """The lines at an edge, from the edge on, that run and are no part of the body.

    Without boxes that takes an empty line after them, or a page number.
    """
    found = list(takewhile(running.__contains__, (line for line in lines if line.kind is kind)))
    while found and not _is_placed(page) and found[-1].number is None:
        header = kind is MarkKind.RUNNING_HEADER
        end, start = found[-1].end, found[-1].start
        inside = page.text[end : end + 2] if header else page.text[max(0, start - 2) : start]
        if inside == "\n\n":
            break
        found.pop()
    return found


def _is_placed(page: Page) -> bool:
    return bool(page.words) and page.words[0].box is not None


def _needs_no_reading(line: _Line) -> bool:
    """Whether a line is no header's first appearance: a footer, or a header that is not on the first page."""
    return line.kind is MarkKind.RUNNING_FOOTER or (line.sure and line.number is not None and line.number > 1)


def _is_whole(line: _Line, running: set[_Line]) -> bool:
    """Whether a line is not the head of a table that goes on below what is repeated."""
    return not line.to or any(other.start < line.to <= other.end for other in running)


def _runs(line: _Line, near: list[_Line], far: list[_Line], way: int, *, read: bool) -> bool:
    """Whether the page before (`way` -1) or after has the line; or, where that was misread, the page beyond it."""
    if any(_repeats(line, other, way, read=read) for other in near):
        return True
    return (
        read
        and any(_is_nearly(line, other) for other in near)
        and any(_repeats(line, other, 2 * way, read=read) for other in far)
    )


def _repeats(line: _Line, other: _Line, pages_on: int, *, read: bool) -> bool:
    """Whether another page, so many pages on, has the line at the same edge.

    Figures must agree, whatever the reader did: a date tells one visit's page from another's.
    """
    if line.kind is not other.kind:
        return False
    if line.words and line.text == other.text:
        return True
    if line.digits != other.digits or (line.number is None) != (other.number is None):
        return False
    counts = line.number is None or other.number == line.number + pages_on
    if not counts and not (line.sure and other.sure):
        return False
    return line.words == other.words or (read and fuzz.ratio(line.words, other.words) >= _ALIKE)


def _is_between(line: _Line, before: list[_Line], after: list[_Line]) -> bool:
    """Whether the pages on either side have the same line, and this page nearly so: then it was misread."""
    return any(_is_nearly(line, one) and any(_repeats(one, other, 2, read=True) for other in after) for one in before)


def _is_nearly(line: _Line, other: _Line) -> bool:
    alike = line.kind is other.kind and bool(line.words and other.words)
    return alike and fuzz.ratio(line.words, other.words) >= _NEARLY


def _edge_lines(page: Page) -> list[_Line]:
    """The lines at the top and at the bottom of a page that no mark holds yet."""
    held = [(mark.start, mark.end) for mark in page.marks if mark.end]
    return [
        line
        for kind, places in _edges(page)
        for start, end in places
        if not any(first <= start and end <= last for first, last in held)
        if (line := _read(page, start, end, kind)) is not None
    ]


def _edges(page: Page) -> list[tuple[MarkKind, list[tuple[int, int]]]]:
    """Where the lines at either edge stand in the text."""
    head, foot = MarkKind.RUNNING_HEADER, MarkKind.RUNNING_FOOTER
    if _is_placed(page):
        high = [word.start for word in page.words if word.box and word.box.bottom <= _HEAD]
        low = [word.start for word in page.words if word.box and word.box.top >= _FOOT]
        return [(head, _lines_at(page.text, high)[:_MOST_LINES]), (foot, _lines_at(page.text, low)[-_MOST_LINES:])]
    lines = [match.span() for match in re.finditer(r"\S[^\n]*", page.text)]
    return [(head, lines[:_UNPLACED_LINES]), (foot, lines[_UNPLACED_LINES:][-_UNPLACED_LINES:])]


def _lines_at(text: str, places: list[int]) -> list[tuple[int, int]]:
    """The lines that words begin in, which are given in order."""
    found: list[tuple[int, int]] = []
    for place in places:
        if not found or place >= found[-1][1]:
            end = text.find("\n", place)
            found.append((text.rfind("\n", 0, place) + 1, end if end >= 0 else len(text)))
    return found


def _read(page: Page, start: int, end: int, kind: MarkKind) -> _Line | None:
    text = page.text[start:end]
    cells = [(match.start(), match.end()) for match in _CELL.finditer(text)]
    numbers = [(a, b) for a, b in cells if _says_page(text[a:b])]
    number, words = _number(text, [text[a:b] for a, b in cells])
    words = " ".join(words.casefold().split()).strip("-\u2013\u2014|\u00b7\u2022,;:. ")
    if sum(map(str.isalnum, words)) < _LEAST and (words or number is None):
        return None
    return _Line(
        start=start,
        end=end,
        kind=kind,
        text=text,
        words=words,
        number=number,
        sure=bool(numbers) or _NUMBER.search(text) is not None,
        numbers=tuple((start + a, start + b) for a, b in numbers),
        to=_table_end(page, start, end),
    )


def _says_page(cell: str) -> bool:
    return _IN_WORDS.fullmatch(cell) is not None or _DRESSED.fullmatch(cell) is not None


def _number(line: str, cells: list[str]) -> tuple[int | None, str]:
    """The page number of a line, in words or alone in its first or last cell, and the rest of the line."""
    if match := _NUMBER.search(line):
        return int(match[1]), line[: match.start()] + line[match.end() :]
    for at in (-1, 0):
        if match := _LONE.fullmatch(cells[at]):
            return int(match[1] or match[2]), " ".join(cells[:-1] if at else cells[1:])
    return None, line


def _table_end(page: Page, start: int, end: int) -> int:
    """Where the table that a line is in ends; on a page whose tables are not known, the next row of as many cells."""
    for table in page.tables:
        cells = [cell for row in table.rows for cell in row if cell != (0, 0)]
        if any(start <= cell[0] < end for cell in cells):
            return cells[-1][1]
    below = page.text[end + 1 : (page.text.find("\n", end + 1) + 1 or len(page.text) + 1) - 1]
    cells_below = len(_CELL.findall(below))
    if not page.tables and cells_below > 2 and len(_CELL.findall(page.text[start:end])) > 2:
        return end + 1 + len(below)
    return 0
