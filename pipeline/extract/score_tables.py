"""Scores and measured values, from tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.chart import Chart, Line, one_side
from pipeline.extract.charted import Cell
from pipeline.extract.grades import grade_in, speaks_of_strength, strength
from pipeline.extract.grids import Grid, grids
from pipeline.extract.measurements import (
    Measured,
    Value,
    column_role,
    is_pressure,
    pain_name,
    pressures_at,
    unit_at,
    value_at,
)
from pipeline.extract.vocabulary import Term, by_name, terms
from pipeline.notation import dates
from schemas.dates import PartialDate
from schemas.fact import FactKind, Side

_PAIN = re.compile(r"pain\b.*\b10\b", re.IGNORECASE)
_TOP = re.compile(r"\b0\s?(?:to|-|\u2013)\s?(\d{1,3})\b")  # "Pain, 0 to 10"


def tabled_measurements(chart: Chart) -> Iterator[Measured]:
    """The measurements of every table: measures down and columns across, or dates down and measures across."""
    for grid in grids(chart):
        across = [_measure(cell.text if cell else "") for cell in grid.heads]
        roles = [column_role(title) for title in grid.titles]
        if any(across[1:]) and not across[0]:
            yield from _dates_down(grid, across)
        elif "result" in roles:
            for row in grid.rows:
                yield from _result(grid, roles, row)
        else:
            first = grid.head.statement.cells[0].text
            for row in (grid.head, *grid.rows) if _measure(first) else grid.rows:
                yield from _measures_down(grid, row)


def _measure(words: str) -> Term | None:
    """The measure that a cell names and nothing else of the kind."""
    if _PAIN.match(words):
        return by_name(pain_name())
    named = {hit.term.name: hit.term for hit in terms(words) if hit.term.kind is FactKind.MEASUREMENT}
    return next(iter(named.values())) if len(named) == 1 else None


def _dates_down(grid: Grid, across: Sequence[Term | None]) -> Iterator[Measured]:
    """A row for each day, or one row under a head of measures."""
    for row in grid.rows:
        cells = grid.columns(row)
        days = dates(cells[0].text) if cells and cells[0] else []
        if cells is None or len(days) != 1:
            continue
        for term, title, cell in zip(across, grid.titles, cells, strict=True):
            if term and cell:
                for found in _cell(row, term, cell, days[0].value):
                    unit = found.value.unit or _unit_in(title, term)
                    yield replace(found, value=replace(found.value, unit=unit))


def _unit_in(title: str, term: Term) -> str | None:
    """The unit that a column's title states: "Weight (lb)", "Temp F"."""
    words = re.split(r"[\s(),]+", title)
    return next((unit for unit in term.units if unit.lower() in words), None)


def _result(grid: Grid, roles: Sequence[str | None], row: Line) -> Iterator[Measured]:
    """A row of a laboratory report: the test, its result, and its unit, range and day in columns of their own.

    Where an empty cell hides which column is which, the result is what follows the test.
    """
    given = row.statement.cells
    term = _measure(given[0].text)
    cells = grid.columns(row)
    if term is None or len(given) < 2:
        return
    if cells is None:
        column = roles.index("result")
        by_role = {"result": given[column]} if column == 1 else {}
    else:
        by_role = {role: cell for role, cell in zip(roles, cells, strict=True) if role and cell}
    if "result" not in by_role:
        return
    day = _day(by_role["day"].text) if "day" in by_role else None
    unit = by_role["unit"].text if "unit" in by_role else next((c.text for c in given if c.text in term.units), "")
    for found in _cell(row, term, by_role["result"], day):
        if cells is None and found.value.high:
            continue  # the result may be what is missing, and this its reference range
        stated = found.value.unit or unit_at(unit, 0, term).strip() or None
        yield replace(found, value=replace(found.value, unit=stated))


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
    for title, cell in list(zip(grid.titles, placed, strict=True))[1:]:
        day = _day(title)
        relative = day is None and len(placed) > 2 and one_side(title) is None
        side = one_side(title) or one_side(cells[0].text)
        if cell and not relative:
            yield from _cell(row, term, cell, day, grid.head if day else None, side)
            yield from _strength(row, title, cell, day, grid.head if day else None, side)


def _strength(
    row: Line, title: str, cell: Cell, day: PartialDate | None, head: Line | None, side: Side | None
) -> Iterator[Measured]:
    """A grade of muscle strength in a column of such."""
    grade = grade_in(cell.text) if speaks_of_strength(title) else None
    if grade:
        statement = head.statement if head else None
        yield Measured(strength(), row.statement, grade, on=day, head=statement, side=side)


def _day(title: str) -> PartialDate | None:
    found = dates(title)
    return found[0].value if len(found) == 1 else None


def _cell(
    row: Line, term: Term, cell: Cell, day: PartialDate | None, head: Line | None = None, side: Side | None = None
) -> Iterator[Measured]:
    """The values that a cell begins with: one, or the two of a blood pressure."""
    for part, value in _values(row, term, cell):
        yield Measured(
            term=part,
            statement=row.statement,
            value=value,
            on=day,
            head=head.statement if head else None,
            side=side,
        )


def _values(row: Line, term: Term, cell: Cell) -> Iterator[tuple[Term, Value]]:
    limit = cell.start + len(cell.text)
    if is_pressure(term):
        yield from pressures_at(row.text, cell.start, limit)
        return
    value = value_at(row.text, cell.start, term, limit)
    if value and value.start == cell.start:
        top = _TOP.search(row.statement.cells[0].text)
        yield term, replace(value, scale=top[1]) if top and not value.scale else value
