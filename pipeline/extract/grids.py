"""Tables in the text of a page: rows of columns that stand together."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.chart import Chart, Line
from pipeline.extract.sections import Cell, Shape


@dataclass(frozen=True, slots=True)
class Grid:
    """A head and its rows. `columns` gives, for each row, the cells in the order of the head, None where empty."""

    head: Line
    rows: tuple[Line, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """The words of the head's columns, lower case."""
        return tuple(cell.text.lower().strip(" :") for cell in self.head.statement.cells)

    def columns(self, row: Line) -> tuple[Cell, ...] | None:
        """The cells of a row where each column has one; an empty cell leaves no trace, so fewer cannot be placed."""
        cells = row.statement.cells
        return cells if len(cells) == len(self.head.statement.cells) else None


def grids(chart: Chart) -> Iterator[Grid]:
    """Every run of adjacent rows of two columns and more, its first row taken as the head."""
    run: list[Line] = []
    for line in [*chart.lines, None]:
        row = line is not None and line.statement.shape is Shape.ROW
        if run and (not row or line is None or not _adjacent(run[-1], line)):
            if len(run) > 1:
                yield Grid(run[0], tuple(run[1:]))
            run = []
        if row and line is not None:
            run.append(line)


def _adjacent(one: Line, other: Line) -> bool:
    """The rule under a table's head may stand between two rows."""
    a, b = one.statement, other.statement
    return a.page == b.page and a.block == b.block and 0 < b.line - a.line <= 2
