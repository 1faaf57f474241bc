"""Tables among the rows of a page: cells of consecutive rows that line up in columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from schemas.document import Table

_ROWS = 3  # of two cells and more
_LINED_UP = 0.75  # of a column's cells have an edge, or their middle, in line
_COLUMNS_LINED_UP = 0.6
_SLACK = 1.5  # characters: edges no further apart are in line
_FAR = 2.2  # times the least distance of rows, and
_FARTHEST = 6.0  # characters, some three lines: what is further below is no part of the table
_MOST_COLUMNS = 40
_LABELLED = 0.6  # of the cells hold a label and its value
_PROSE_WORDS = 4
_ITEM = re.compile(r"\W{1,2}|\(?\w{1,3}[.)]")  # the mark of a list's item
_LABEL_AND_VALUE = re.compile(r"[^:]*[^\d:]:\s*\S")


class Cell(NamedTuple):
    """A cell as printed: its words, its range in the page's text, its edges, base line and average letter's width."""

    text: str
    start: int
    end: int
    left: float
    right: float
    bottom: float
    character: float


Line = Sequence[Cell]


class _Column:
    """Where the cells of a column stand, by the number of their row."""

    def __init__(self, row: int, cell: Cell) -> None:
        self.left, self.right = cell.left, cell.right
        self.cells = {row: cell}

    def put(self, row: int, cell: Cell) -> None:
        """Adds a cell."""
        self.left, self.right = min(self.left, cell.left), max(self.right, cell.right)
        self.cells[row] = cell

    @property
    def is_in_line(self) -> bool:
        """Whether most of its cells are set from its left, from its right or about its middle."""
        cells = self.cells.values()
        slack = _SLACK * median(cell.character for cell in cells)
        return any(
            _in_line(places, slack) >= _LINED_UP * len(places)
            for places in (
                [cell.left for cell in cells],
                [cell.right for cell in cells],
                [(cell.left + cell.right) / 2 for cell in cells],
            )
        )


def _in_line(places: list[float], slack: float) -> int:
    """How many places are where most are."""
    usual = sorted(places)[len(places) // 2]
    return sum(abs(place - usual) <= slack for place in places)


def tables_in(lines: Sequence[Line]) -> Iterator[Table]:
    """The tables among the rows of a page, or of one column of its prose, the cells of each from left to right.

    A second line of a cell is part of it where no other cell's words stand between the two; else it is a row, as it
    is printed, whose other cells are empty.
    """
    grid: _Grid | None = None
    for line in lines:
        if grid is not None and grid.add(line):
            continue
        if grid is not None and (table := grid.table()):
            yield table
        grid = _Grid(line) if len(line) > 1 else None
    if grid is not None and (table := grid.table()):
        yield table


class _Grid:
    """Rows that may be a table, as they come."""

    def __init__(self, line: Line) -> None:
        self._lines = [line]
        self._columns = [_Column(0, cell) for cell in line]
        self._least = 0.0  # distance of two rows

    def add(self, line: Line) -> bool:
        """Takes the row in where it goes on with the table: each of its cells has a column to itself."""
        distance = line[0].bottom - self._lines[-1][0].bottom
        if distance > max(_FAR * self._least, _FARTHEST * line[0].character):
            return False
        held = [
            [column for column in self._columns if cell.left < column.right and column.left < cell.right]
            for cell in line
        ]
        taken = [columns[0] for columns in held if columns]
        if any(len(columns) > 1 for columns in held) or len({id(column) for column in taken}) < len(taken):
            return False
        if not taken or (len(line) > len(taken) and len(line) - len(taken) + len(self._columns) > _MOST_COLUMNS):
            return False
        for cell, columns in zip(line, held, strict=True):
            if columns:
                columns[0].put(len(self._lines), cell)
            else:
                self._columns.append(_Column(len(self._lines), cell))
        self._lines.append(line)
        self._least = min(self._least or distance, distance)
        return True

    def table(self) -> Table | None:
        """The rows as a table, if they are one."""
        while len(self._lines[-1]) == 1 and not self._is_wrapped(len(self._lines) - 1):
            self._drop_last()
        columns = self._merged()
        if sum(len(line) > 1 for line in self._lines) < _ROWS or not _is_table(columns):
            return None
        rows: list[list[tuple[int, int]]] = []
        for number, line in enumerate(self._lines):
            row = [(cell.start, cell.end) if (cell := column.cells.get(number)) else (0, 0) for column in columns]
            above = rows[-1][-1] if rows else (0, 0)
            at = row.index((line[0].start, line[0].end))
            if len(line) == 1 and at == len(rows[-1]) - 1 and above != (0, 0) and self._is_wrapped(number):
                rows[-1][-1] = above[0], line[0].end
            else:
                rows.append(row)
        return Table(rows=tuple(tuple(row) for row in rows))

    def _is_wrapped(self, number: int) -> bool:
        """Whether the only cell of a row is the second line of the one above it: this goes on, or that was full.

        What stands under a full cell of the first column may as well come after the table.
        """
        (cell,) = self._lines[number]
        column = next(column for column in self._columns if column.cells.get(number) is cell)
        above = column.cells.get(number - 1)
        if above is None or cell.text[0].islower():
            return above is not None
        first = len(cell.text.split()[0]) * cell.character
        return above.right + first > column.right and column.left > min(other.left for other in self._columns)

    def _drop_last(self) -> None:
        self._lines.pop()
        for column in self._columns:
            column.cells.pop(len(self._lines), None)

    def _merged(self) -> list[_Column]:
        """The columns from left to right; a title that stands beside the figures it is of is set over them."""
        merged: list[_Column] = []
        for column in sorted((column for column in self._columns if column.cells), key=lambda column: column.left):
            last = merged[-1] if merged else column
            if merged and {0} in (set(last.cells), set(column.cells)) and not set(last.cells) & set(column.cells):
                for number, cell in column.cells.items():
                    last.put(number, cell)
            else:
                merged.append(column)
        return merged


def _is_table(columns: list[_Column]) -> bool:
    """Whether the columns are in line, and are no prose, no list, and no labels each with its value."""
    if len(columns) < 2:
        return False
    several = [column for column in columns if len(column.cells) > 1]
    in_line = sum(column.is_in_line for column in several)
    if in_line < (len(several) if len(columns) == 2 else _COLUMNS_LINED_UP * len(several)):
        return False
    texts = [[cell.text for cell in column.cells.values()] for column in columns]
    if all(median(len(text.split()) for text in column) >= _PROSE_WORDS for column in texts) and _runs_on(texts):
        return False
    if len(columns) > 2:
        return True
    cells = [text for column in texts for text in column]
    labelled = sum(_LABEL_AND_VALUE.match(text) is not None for text in cells)
    return labelled < _LABELLED * len(cells) and not all(_ITEM.fullmatch(text) for text in texts[0])


def _runs_on(columns: list[list[str]]) -> bool:
    """Whether lines of columns go on in the next."""
    later = [text for column in columns for text in column[1:]]
    return sum(text[0].islower() for text in later) > 0.4 * len(later)
