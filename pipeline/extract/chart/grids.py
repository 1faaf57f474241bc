"""Tables in the text of a page: rows of columns that stand together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.charted import Cell, Shape
from pipeline.extract.chart.figures import column_role
from pipeline.extract.chart.page_heads import PATIENT_CELL
from pipeline.extract.chart.regimens import table
from pipeline.extract.chart.sided import side_of_title
from pipeline.extract.vocabulary import terms
from pipeline.notation import dates
from schemas.fact import FactKind

_SLACK = 0.01  # of the page's width
_LETTERHEAD = 4  # rows that may stand right above a table's head


@dataclass(frozen=True)
class Grid:
    """A head and its rows. Above a head of nothing but dates stands `upper`, which says of what each group is."""

    chart: Chart
    head: Line
    rows: tuple[Line, ...]
    upper: Line | None = None

    @cached_property
    def heads(self) -> tuple[Cell | None, ...]:
        """The cells of the head; the first is None where the rows begin with a column that has no title."""
        own = self.chart.cells(self.head.statement)
        begins = self._extent(self.head, self.head.statement.cells[0])
        firsts = [self._extent(row, row.statement.cells[0]) for row in self.rows]
        placed = begins and firsts and all(first and first[1] < begins[0] for first in firsts)
        counts = [len(_unremarked(_finer(row), len(own) + 1)) for row in self.rows]
        whole = counts.count(len(own) + 1)
        longer = not begins and max(counts) == len(own) + 1 and 2 * whole > len(counts)
        return (None, *own) if placed or longer else own

    @property
    def titles(self) -> tuple[str, ...]:
        """The words of the head's columns, lower case, what the row above the head says of them put first."""
        own = [cell.text.lower().strip(" :") if cell else "" for cell in self.heads]
        return tuple(f"{above} {title}".strip() for above, title in zip(self.above, own, strict=True))

    @cached_property
    def above(self) -> tuple[str, ...]:
        """What the row above the head says of each column, lower case."""
        groups = [(self._extent(self.upper, cell), cell) for cell in self.upper.statement.cells] if self.upper else []
        found = []
        for head in self.heads:
            place = self._extent(self.head, head) if head else None
            left = [cell.text.lower() for at, cell in groups if at and place and at[0] <= place[0] + _SLACK]
            found.append(left[-1] if left else "")
        return tuple(found)

    def columns(self, row: Line) -> tuple[Cell | None, ...] | None:
        """The cells of a row in the order of the head, None for an empty one; None where they cannot be placed."""
        cells = self.chart.cells(row.statement)
        if len(cells) == len(self.heads):
            return cells
        if len(finer := _unremarked(_finer(row), len(self.heads))) == len(self.heads):
            return finer
        given = [cell for cell in cells if cell]
        return self._by_place(row, given) or self._without_remarks(given)

    def _extent(self, line: Line, cell: Cell) -> tuple[float, float] | None:
        return self.chart.extent(line.statement, cell)

    def _by_place(self, row: Line, cells: Sequence[Cell]) -> tuple[Cell | None, ...] | None:
        """Each cell under the title that it overlaps most on the paper; None where there is no paper, or a doubt."""
        heads = [self._extent(self.head, head) if head else (0.0, 0.0) for head in self.heads]
        placed: list[Cell | None] = [None] * len(heads)
        for cell in cells:
            place = self._extent(row, cell)
            if place is None or None in heads:
                return None
            shared = [min(place[1], head[1]) - max(place[0], head[0]) for head in heads if head]
            best = max(range(len(shared)), key=lambda index: shared[index])
            last = heads[-1]
            if shared[best] <= 0 and last and place[0] > last[1] and all(placed[-1:]):
                continue  # a remark behind the last column, under no title
            if shared[best] <= 0 and cell is cells[0] and self.heads[0] is None:
                best = 0
            elif shared[best] <= 0:
                return None
            if any(placed[best:]):
                return None
            placed[best] = cell
        return tuple(placed)

    def _without_remarks(self, cells: Sequence[Cell]) -> tuple[Cell | None, ...] | None:
        """A row without the remarks of its last columns. What a measure's column holds must be a figure, or nothing."""
        missing = len(self.heads) - len(cells)
        if missing < 1 or not all(title in table().remarks for title in self.titles[len(cells) :]):
            return None
        for head, cell in zip(self.heads, cells, strict=False):
            measured = head is not None and _names_a_measure(head.text)
            if measured and not (cell.text[0].isdigit() or set(cell.text) <= set("-\u2013\u2014")):
                return None
        return (*cells, *[None] * missing)


_COLUMN = re.compile(r"[^\s|](?:[^\t| ]| (?! ))*(?<! )")


def _finer(row: Line) -> tuple[Cell, ...]:
    """The cells of a row where two spaces part them already, as after the longest word of a column."""
    return tuple(Cell(match.start(), match[0]) for match in _COLUMN.finditer(row.text))


def _unremarked(cells: tuple[Cell, ...], count: int) -> tuple[Cell, ...]:
    """The cells without one of words behind the last column, under no title: "Not met"."""
    over = len(cells) == count + 1 and count > 2 and cells[-1].text[:2].strip("([*")[:1].isalpha()
    return cells[:-1] if over else cells


def grids(chart: Chart) -> Iterator[Grid]:
    """Every run of adjacent rows of two columns and more, its first row taken as the head."""
    run: list[Line] = []
    for line in [*chart.lines, None]:
        row = line is not None and line.statement.shape is Shape.ROW
        if run and (not row or line is None or not _adjacent(run[-1], line)):
            if len(run) > 1:
                yield _grid(chart, run)
            run = []
        if row and line is not None:
            run.append(line)


def _grid(chart: Chart, run: Sequence[Line]) -> Grid:
    """The rows under their head: the first row that titles columns, else the first; a letterhead may stand above."""
    at = next((index for index, line in enumerate(run[:_LETTERHEAD]) if _is_head(line)), None)
    at = _below_patient(run) if at is None else at
    at = at if at < len(run) - 1 else 0
    run = run[at:]
    dated = len(run) > 2 and not run[0].dates and all(dates(cell.text) for cell in run[1].statement.cells)
    if dated and len(run[2].statement.cells) > len(run[1].statement.cells):
        return Grid(chart, run[1], tuple(run[2:]), run[0])
    return Grid(chart, run[0], tuple(run[1:]))


def _below_patient(run: Sequence[Line]) -> int:
    """Where a table begins whose first row is the patient with the birth date: the next, which may be of days."""
    for index, line in enumerate(run[:_LETTERHEAD]):
        cells = line.statement.cells
        if sum(_is_day(cell.text) for cell in cells[1:]) > 1 and not dates(cells[0].text):
            return index if any(dates(above.text) for above in run[:index]) else 0
    first = run[0].statement.cells
    return int(PATIENT_CELL.fullmatch(first[0].text) is not None and _is_day(first[1].text))


def _is_day(text: str) -> bool:
    found = dates(text)
    return len(found) == 1 and (found[0].start, found[0].end) == (0, len(text))


def _is_head(line: Line) -> bool:
    """Whether two of the cells title columns: with the field's words for one, or with nothing but a measure's name."""
    cells = [cell.text.strip(" :") for cell in line.statement.cells]
    titles = [cell.lower() for cell in cells]
    figures = any(cell[:1].isdigit() for cell in cells)  # "WBC   17.4   Hgb   13.6" titles nothing
    known = [title for cell, title in zip(cells, titles, strict=True) if _is_title(title) or _is_short(cell, figures)]
    return len(known) > 1 and not any(":" in title for title in titles)


def _is_short(cell: str, figures: bool) -> bool:
    """Whether a cell is the abbreviation of a measure, among cells without figures: "PHQ-9"."""
    return not figures and cell.isupper() and _names_a_measure(cell)


def _is_title(title: str) -> bool:
    """Whether the words title a column: in the field's words, by a side, or with nothing but a measure's name."""
    return (
        column_role(title) is not None
        or title in table().titles
        or side_of_title(title) is not None
        or _names_a_measure(title)
    )


def _names_a_measure(title: str) -> bool:
    if any(c.isdigit() for c in title.split()[-1][:1]):
        return False
    return any(hit.term.kind is FactKind.MEASUREMENT and hit.start < 4 for hit in terms(title))


def _adjacent(one: Line, other: Line) -> bool:
    """The rule under a table's head may stand between two rows."""
    a, b = one.statement, other.statement
    return a.page == b.page and a.block == b.block and 0 < b.line - a.line <= 2
