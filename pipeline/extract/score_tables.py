"""Scores and measured values, from tables."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.chart import Chart, Line, one_side
from pipeline.extract.grids import Grid, grids
from pipeline.extract.measurements import Measured, pain_name, value_at
from pipeline.extract.sections import Cell
from pipeline.extract.vocabulary import Term, by_name, terms
from pipeline.notation import dates
from schemas.dates import PartialDate
from schemas.fact import FactKind, Side

_PAIN = re.compile(r"pain\b.*\b10\b", re.IGNORECASE)
_TOP = re.compile(r"\b0\s?(?:to|-|\u2013)\s?(\d{1,3})\b")  # "Pain, 0 to 10"


def tabled_measurements(chart: Chart) -> Iterator[Measured]:
    """The measurements of every table: measures down and columns across, or dates down and measures across."""
    for grid in grids(chart):
        across = [_measure(title) for title in (cell.text for cell in grid.head.statement.cells)]
        if any(across[1:]) and not across[0]:
            yield from _dates_down(grid, across)
        else:
            for row in (grid.head, *grid.rows) if _measure(grid.head.statement.cells[0].text) else grid.rows:
                yield from _measures_down(grid, row)


def _measure(words: str) -> Term | None:
    """The measure that a cell names and nothing else of the kind."""
    if _PAIN.match(words):
        return by_name(pain_name())
    named = {hit.term.name: hit.term for hit in terms(words) if hit.term.kind is FactKind.MEASUREMENT}
    return next(iter(named.values())) if len(named) == 1 else None


def _dates_down(grid: Grid, across: list[Term | None]) -> Iterator[Measured]:
    for row in grid.rows:
        cells = grid.columns(row)
        days = dates(cells[0].text) if cells else []
        if cells is None or len(days) != 1:
            continue
        for term, cell in zip(across, cells, strict=True):
            if term:
                yield from _cell(row, term, cell, days[0].value)


def _measures_down(grid: Grid, row: Line) -> Iterator[Measured]:
    """A row that begins with a measure; each column is dated, or is of a side, as its head says."""
    cells = row.statement.cells
    term = _measure(cells[0].text)
    if term is None or len(cells) < 2:
        return
    placed = grid.columns(row)
    if placed is None or row is grid.head:
        if len(cells) == 2:
            yield from _cell(row, term, cells[1], None)
        return
    for title, cell in list(zip(grid.head.statement.cells, placed, strict=True))[1:]:
        day = _day(title.text)
        relative = day is None and len(placed) > 2 and one_side(title.text) is None
        side = one_side(title.text) or one_side(cells[0].text)
        for found in _cell(row, term, cell, day, grid.head if day else None, side):
            if not relative:
                yield found


def _day(title: str) -> PartialDate | None:
    found = dates(title)
    return found[0].value if len(found) == 1 else None


def _cell(
    row: Line, term: Term, cell: Cell, day: PartialDate | None, head: Line | None = None, side: Side | None = None
) -> Iterator[Measured]:
    """The value that a cell holds, if it begins with one."""
    value = value_at(row.text, cell.start, term, cell.start + len(cell.text))
    if value and value.start == cell.start:
        top = _TOP.search(row.statement.cells[0].text)
        value = replace(value, scale=top[1]) if top and not value.scale else value
        yield Measured(
            term=term,
            statement=row.statement,
            value=value,
            on=day,
            head=head.statement if head else None,
            side=side,
        )
