"""Text without paper: paragraphs and table rows, parted into pages, with what is kept apart and what must be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from pipeline.ingest._opened import Note, Reading
from pipeline.ingest._text import reading, tidy
from pipeline.ingest.layout.page import COLUMN_GAP
from schemas.document import Mark, MarkKind, Table

PAGE_BREAK: Final = "\f"
_CELLS: Final = 100_000  # a row with more, counted by its lines, is no table that a reader could follow
_RAISED: Final = str.maketrans("0123456789+-\u2212()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")


class Seen(StrEnum):
    """What a reviewer must know of a block; the code of its warning."""

    TRACKED = "tracked_changes"
    HIDDEN = "hidden_text"
    STRUCK = "struck_text"
    COMMENT = "comments"
    PICTURE = "picture_not_read"
    EMBEDDED = "embedded_not_read"
    FRAME = "frame_not_read"
    CODED = "coded_only"
    NO_INFORMATION = "no_information"
    CUT = "cut_short"
    UNKNOWN = "unknown_characters"


_MESSAGES: Final = {
    Seen.TRACKED: "tracked changes were read as accepted",
    Seen.HIDDEN: "text that does not show was kept apart",
    Seen.STRUCK: "text struck through was kept apart",
    Seen.COMMENT: "{} kept apart",
    Seen.PICTURE: "a large picture was not read",
    Seen.EMBEDDED: "a document set into this one was not read; supply it by itself",
    Seen.FRAME: "a frame of the web page is a page of its own and was not read",
    Seen.CODED: "coded entries without a narrative were not read",
    Seen.NO_INFORMATION: "a section states that it has no information",
    Seen.CUT: "the file ends before its text does; ask for a whole copy",
    Seen.UNKNOWN: "some characters are not of the file's character set and were replaced",
}


@dataclass(frozen=True)
class Block:
    """A paragraph, or a row of a table: then `cells` holds its columns and `text` is empty or a page break.

    `tight`: it follows the block before it without space, as a line of the same, or as a row of the same table. The
    ranges of `marks` are of no account: what is kept apart is noted where the block ends. `after` are the footnotes of
    the block, for the end of its page.
    """

    text: str = ""
    cells: tuple[str, ...] = ()
    tight: bool = False
    seen: frozenset[Seen] = frozenset()
    marks: tuple[Mark, ...] = ()
    after: tuple[Block, ...] = ()


def raised(text: str) -> str:
    """Superscript figures as such, for 10² is not 102; other text as it is."""
    return text.translate(_RAISED) if text.strip("0123456789+-\u2212()") == "" else text


def kept_apart(kind: MarkKind, text: str) -> tuple[Mark, ...]:
    """The mark of what is kept out of the text, or none where it is white space."""
    value = tidy(text.replace(PAGE_BREAK, "\n"))
    return (Mark(kind=kind, value=value),) if value else ()


def row_of(cells: Iterable[tuple[int, Iterable[Block]]], tight: bool, seen: frozenset[Seen] = frozenset()) -> Block:
    """A table row of its cells' blocks; with each cell, how many columns it takes."""
    columns: list[str] = []
    every: list[Block] = []
    for span, blocks in cells:
        inside = list(blocks)
        every += inside
        columns += ["\n".join(flat(block) for block in inside), *[""] * (span - 1)]
    return Block(
        PAGE_BREAK if any(PAGE_BREAK in column for column in columns) else "",
        tuple(columns) or ("",),
        tight,
        seen.union(*(block.seen for block in every)),
        tuple(mark for block in every for mark in block.marks),
        tuple(note for block in every for note in block.after),
    )


def flat(block: Block) -> str:
    """The block as plain lines."""
    if not block.cells:
        return block.text
    return block.text + "\n".join(COLUMN_GAP.join(filter(None, line)) for line in _lines(block.cells))


def readings(blocks: Iterable[Block]) -> tuple[Reading, ...]:
    """The pages; none where no block holds text."""
    return tuple(_Page(page).reading() for page in _paged(blocks))


def _paged(blocks: Iterable[Block]) -> list[list[Block]]:
    """The blocks by page. A break on a page without text is none: Word marks one break twice."""
    pages: list[list[Block]] = [[]]
    for block in blocks:
        for i, piece in enumerate(_pieces(block)):
            if i and _has_text(pages[-1]):
                pages.append([])
            pages[-1].append(piece)
    if not _has_text(pages[-1]):  # what it says of changes belongs to the page before
        rest = pages.pop()
        if pages:
            pages[-1] += rest
    return [[*page, *(note for block in page for note in block.after)] for page in pages]


def _pieces(block: Block) -> Iterator[Block]:
    """The block cut at its page breaks, tidied; marks and footnotes belong to the last piece."""
    if block.cells:
        if PAGE_BREAK in block.text:
            yield Block()
        yield replace(block, text="", cells=tuple(tidy(cell.replace(PAGE_BREAK, "\n")) for cell in block.cells))
        return
    *before, last = block.text.split(PAGE_BREAK)
    for piece in before:
        yield replace(block, text=tidy(piece), marks=(), after=())
    yield replace(block, text=tidy(last))


def _has_text(page: list[Block]) -> bool:
    return any(block.text or any(block.cells) for block in page)


class _Page:
    """One page, put together block by block."""

    def __init__(self, blocks: list[Block]) -> None:
        self._text = ""
        self._parts: list[str] = []
        self._length = 0
        self._ranges: dict[Seen, list[tuple[int, int]]] = {}
        self._marks: list[Mark] = []
        self._tables: list[list[tuple[tuple[int, int], ...]]] = []
        self._in_table = False
        for block in blocks:
            self._add(block)

    def reading(self) -> Reading:
        """The page as it is read."""
        page = reading("".join(self._parts), self._notes())
        tables = tuple(Table(rows=tuple(rows)) for rows in self._tables if any(len(row) > 1 for row in rows))
        return replace(page, marks=tuple(self._marks), tables=tables)

    def _notes(self) -> tuple[Note, ...]:
        comments = sum(mark.kind is MarkKind.COMMENT for mark in self._marks)
        counted = f"{comments} comments were" if comments > 1 else "a comment was"
        return tuple(
            Note(seen.value, _MESSAGES[seen].format(counted), tuple(self._ranges[seen]))
            for seen in Seen
            if seen in self._ranges
        )

    def _add(self, block: Block) -> None:
        lines = _lines(block.cells) if block.cells else []
        text = flat(block)
        start = self._length
        if text:
            separator = "" if not self._length else "\n" if block.tight else "\n\n"
            start += len(separator)
            self._parts += [separator, text]
            self._length = start + len(text)
        self._rows(block, lines, start)
        for seen in block.seen:
            self._ranges.setdefault(seen, []).extend([(start, self._length)] if text else [])
        self._marks += [mark.model_copy(update={"start": start, "end": start}) for mark in block.marks]

    def _rows(self, block: Block, lines: list[tuple[str, ...]], start: int) -> None:
        if lines and not (block.tight and self._in_table):
            self._tables.append([])
        if lines or block.text:
            self._in_table = bool(lines)
        for line in lines:
            row: list[tuple[int, int]] = []
            at = start
            for cell in line:
                row.append((at, at + len(cell)) if cell else (0, 0))
                at += len(cell) + len(COLUMN_GAP) if cell else 0
            self._tables[-1].append(tuple(row))
            start = at - len(COLUMN_GAP) + 1


def _lines(cells: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A row's cells as on paper: the first lines beside each other, then the second; each a row of its own."""
    columns = [[line for line in cell.split("\n") if line] for cell in cells]
    if len(columns) * max(map(len, columns), default=0) > _CELLS:
        return [(line,) for column in columns for line in column]
    return list(zip_longest(*columns, fillvalue=""))
