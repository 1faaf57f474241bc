"""Scores and measured values, from tables."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from pipeline.extract.chart.ambiguous import meant
from pipeline.extract.chart.chart import Chart, Line, one_side
from pipeline.extract.chart.charted import Cell, Shape
from pipeline.extract.chart.dated_rows import dated_values
from pipeline.extract.chart.figures import (
    Value,
    acuities,
    column_role,
    is_pressure,
    phrases,
    pressures_at,
    table,
    unit_at,
    value_at,
    with_unit,
)
from pipeline.extract.chart.grades import grade_in, speaks_of_strength, strength
from pipeline.extract.chart.grids import Grid, grids
from pipeline.extract.chart.instruments import term_named
from pipeline.extract.chart.measurements import Measured
from pipeline.extract.chart.sided import is_acuity, side_of_title
from pipeline.extract.vocabulary import Term, by_name, terms
from pipeline.notation import dates
from schemas.dates import PartialDate
from schemas.fact import FactKind, Side

_PAIN = re.compile(r"pain\b.*\b10\b", re.IGNORECASE)
_TOP = re.compile(r"\b0\s?(?:to|-|\u2013)\s?(\d{1,3})\b")  # "Pain, 0 to 10"
_WITH_UNIT = re.compile(r"[\d.]+\s?(?:ms|msec|m/s|mV|uV|\u00b5V|mm|cm|deg|degrees|lbs?|kg|sec)")
_OF_TEN = re.compile(r"\d{1,2}(?:\.\d)?\s?/\s?10")
_CLOCK = re.compile(r"\d{1,2}:?\d{2}\s?(?:[AaPp][Mm])?$")


@dataclass(frozen=True, slots=True)
class _Column:
    """When and of which side the cells under a head are. `told`: the head says either."""

    day: PartialDate | None = None
    undated: bool = False
    side: Side | None = None
    told: bool = True


def tabled_measurements(chart: Chart) -> Iterator[Measured]:
    """The measurements of every table: measures down and columns across, or days or conditions down.

    A row that is in no table can still be of pairs: a measure in one cell and its value in the next.
    """
    seen: set[int] = set()
    for grid in grids(chart):
        seen |= {row.statement.start for row in (grid.head, *grid.rows)}
        across = [_measure(cell.text if cell else "") for cell in grid.heads]
        roles = [column_role(title) for title in grid.titles]
        if any(across[1:]) and (not across[0] or _only_figures(grid)) and not _is_pairs(grid.head):
            yield from _conditions_down(grid, across, roles)
        elif "result" in roles[1:]:
            for row in grid.rows:
                yield from _result(grid, roles, row)
        else:
            for row in (grid.head, *grid.rows):
                yield from _measures_down(grid, row) if not dated_values(row) else ()
    for line in chart.readable:
        if line.statement.shape is Shape.ROW and line.statement.start not in seen and not dated_values(line):
            yield from _pairs(line)


def _only_figures(grid: Grid) -> bool:
    """Whether the first column, too, is of values."""
    return all(row.statement.cells[0].text[0].isdigit() for row in grid.rows)


def _measure(words: str) -> Term | None:
    """The measure that a cell names and nothing else of the kind."""
    if _PAIN.match(words):
        return by_name(table().pain_name)
    hits = meant(words, terms(words), words, 0)
    named = {hit.term.name: hit.term for hit in hits if hit.term.kind is FactKind.MEASUREMENT}
    return next(iter(named.values())) if len(named) == 1 else None


def _conditions_down(grid: Grid, across: Sequence[Term | None], roles: Sequence[str | None]) -> Iterator[Measured]:
    """A row for each day, or for each time, effort or part of the day of the note, under a head of measures."""
    at = roles.index("day") if "day" in roles else 0
    for row in grid.rows:
        cells = grid.columns(row) or _fitting(row, across)
        if cells is None:
            continue
        lead = cells[at]
        when = _when(lead.text if lead else "")
        if when is None:
            continue
        for index, (term, title, cell) in enumerate(zip(across, grid.titles, cells, strict=True)):
            if term and cell and (index or cell.text[0].isdigit()):
                for found in _cell(row, term, cell, when, grid.head if one_side(title) else None):
                    yield replace(found, value=with_unit(found.value, _unit_in(title, term)))


def _fitting(row: Line, across: Sequence[Term | None]) -> tuple[Cell | None, ...] | None:
    """The cells of a row under the only measures, in their order, that can have such values; None where in doubt."""
    lead, *given = row.statement.cells
    fits = [[at for at in range(1, len(across)) if _can_be(row, across[at], cell)] for cell in given]
    leftmost = _in_order(fits, -len(across))
    rightmost = _in_order([[-at for at in reversed(places)] for places in reversed(fits)], -len(across))
    if leftmost is None or rightmost is None or leftmost != [-at for at in reversed(rightmost)]:
        return None
    placed = dict(zip(leftmost, given, strict=True))
    return (lead, *(placed.get(at) for at in range(1, len(across))))


def _in_order(fits: Iterable[Sequence[int]], before: int) -> list[int] | None:
    """For each in turn the least place that fits it, behind the one before; None where one has none."""
    places: list[int] = []
    for own in fits:
        place = next((at for at in own if at > (places[-1] if places else before)), None)
        if place is None:
            return None
        places.append(place)
    return places


def _can_be(row: Line, term: Term | None, cell: Cell) -> bool:
    found = [value for _, value in _values(row, term, cell)] if term else []
    return bool(found and term and all(value.unit in (None, *term.units) for value in found))


def _when(lead: str) -> _Column | None:
    """The day of a row by its first cell; of the note's day is what has a clock's time or a condition there."""
    days = dates(lead)
    role = column_role(lead.lower().strip(" :"))
    if len(days) == 1:
        return _Column(days[0].value)
    if role in ("bound", "unit") or re.search("[<>\u2264\u2265]", lead):
        return None
    same_day = not lead or role == "now" or _CLOCK.match(lead) or phrases("phases").find(lead) or _figure(lead)
    return _Column(undated=not same_day)


def _figure(text: str) -> bool:
    return re.fullmatch(r"[\d./]+\s?[%A-Za-z/]{0,6}", text) is not None


def _unit_in(title: str, term: Term) -> str | None:
    """The unit that a title states: "Weight (lb)", "Temp F", "MEP (cm H2O)"."""
    return next(
        (unit for unit in term.units if re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", title, re.IGNORECASE)), None
    )


def _result(grid: Grid, roles: Sequence[str | None], row: Line) -> Iterator[Measured]:
    """A row of a laboratory report: the test, its result, and its unit, range and day in columns of their own.

    Where an empty cell hides which column is which, the result is what follows the test. A test that the vocabulary
    does not know counts under the name it has there, where its result has a unit.
    """
    given = row.statement.cells
    known = _measure(given[0].text)
    term = known or term_named(given[0].text)
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
    when = _Column(_day(by_role["day"].text) if "day" in by_role else None)
    unit = by_role["unit"].text if "unit" in by_role else next((c.text for c in given if c.text in term.units), "")
    for found in _cell(row, term, by_role["result"], when):
        if cells is None and found.value.high:
            continue  # the result may be what is missing, and this its reference range
        stated = with_unit(found.value, unit_at(unit, 0, term).strip())
        if known or stated.unit:
            yield replace(found, value=stated)


def _measures_down(grid: Grid, row: Line) -> Iterator[Measured]:
    """A row that begins with a measure, or muscles; each column is dated, or is of a side, as its head says."""
    cells = row.statement.cells
    placed = grid.columns(row) if row is not grid.head else None
    columns = [_column(title) for title in grid.titles]
    if placed is None and (figures := _by_figures(grid, row)):
        yield from figures
        return
    if placed is None or _is_pairs(row) or not any(column.told for column in columns[1:]):
        yield from _pairs(row)
        return
    term = _measure(cells[0].text) or (term_named(cells[0].text) if any(c.side for c in columns[1:]) else None)
    if term is None and re.match(r"pain\b", cells[0].text, re.IGNORECASE) and _OF_TEN.fullmatch(cells[1].text):
        term = by_name(table().pain_name)
    litres = term is not None and "L" in term.units
    own_side = None if litres else _side(cells[0].text)
    upper = grid.upper.text if grid.upper else ""
    for title, column, cell in list(zip(grid.titles, columns, placed, strict=True))[1 : _before_second(grid.titles)]:
        if cell is None or not column.told or column_role(title) == "bound":
            continue
        column = replace(column, side=column.side or own_side)
        head = grid.head if column.day or side_of_title(title) else None
        if grade_in(cell.text) and _muscular(grid, row, title):
            yield from _strength(row, cell, column, head)
        elif term and _known_or_plain(term, cell):
            for found in _cell(row, term, cell, column, head):
                unit = _unit_in(title, term) or _unit_in(f"{cells[0].text} {upper}", term) or _only_unit(row, term)
                yield replace(found, value=with_unit(found.value, unit))


_PLAIN = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?\(?[HL]{1,2}\)?|\s?\*)?")


def _by_figures(grid: Grid, row: Line) -> list[Measured]:
    """A row of a report of several days whose columns of units and ranges have no title, or are left out.

    Its plain figures are of the dated columns where there are as many of them; else it is not read.
    """
    term = _measure(row.statement.cells[0].text) if row is not grid.head else None
    told = [column for column in map(_column, grid.titles) if column.told]
    given = [cell for cell in row.statement.cells[1:] if _PLAIN.fullmatch(cell.text)]
    if term is None or len(told) != len(given) or not all(column.day for column in told) or of_another_unit(row, term):
        return []
    unit = _only_unit(row, term)
    return [
        replace(found, value=with_unit(found.value, unit))
        for column, cell in zip(told, given, strict=True)
        for found in _cell(row, term, cell, column, grid.head)
    ]


def _only_unit(row: Line, term: Term) -> str | None:
    """The unit that a row states beside its figures, as with its range: "<100 mg/dL"."""
    words = row.text.lower().split()
    found = {unit.lower(): unit for unit in reversed(term.units) if unit.lower() in words}
    return next(iter(found.values())) if len(found) == 1 else None


def of_another_unit(row: Line, term: Term) -> bool:
    """Whether a cell of a row is a unit that the measure is not told in: the share of a cell is not its count."""
    known = {unit.lower() for unit in (*table().units, "%")}
    own = {unit.lower() for unit in term.units}
    return any(cell.text.lower() in known - own for cell in row.statement.cells[1:])


def _before_second(titles: Sequence[str]) -> int:
    """Where the columns of the second state begin, in a table of before and after an inhaler or a treatment."""
    posts = [index for index, title in enumerate(titles) if re.match(r"post\b", title)]
    before = any(re.match(r"pre\b", title) for title in titles[: posts[0]]) if posts else False
    return posts[0] if before else len(titles)


_LETTER = re.compile(r"(?:^|[\s,(-])([RL])\)?$")


def _side(words: str) -> Side | None:
    """The side that the name of a row states, also by a letter at its end: "Cervical rotation L"."""
    letter = _LETTER.search(words)
    return one_side(words) or ((Side.RIGHT if letter[1] == "R" else Side.LEFT) if letter else None)


def _known_or_plain(term: Term, cell: Cell) -> bool:
    """Whether a cell's figure can be of the measure: of one that the vocabulary does not know, only with a unit."""
    unknown = term.low is None and not term.units and not is_pressure(term) and not is_acuity(term)
    return (
        not unknown
        or re.fullmatch(r"[\d.]+\s?(?:ms|msec|m/s|mV|uV|\u00b5V|mm|cm|deg|degrees|lbs?|kg|sec)", cell.text) is not None
    )


def _column(title: str) -> _Column:
    day, side, role = _day(title), side_of_title(title), column_role(title)
    words = re.split(r"[\s(,]+", title)
    role = role or next((found for word in words if (found := column_role(word)) in ("now", "undated", "bound")), None)
    undated = day is None and role == "undated"
    told = bool(day or side or role in ("now", "undated", "result"))
    return _Column(day, undated, side, told and role != "bound")


def _muscular(grid: Grid, row: Line, title: str) -> bool:
    """Whether a row or a column is of the strength of muscles; a figure out of five for a motion is."""
    upper = grid.upper.text if grid.upper else ""
    return any(speaks_of_strength(text) for text in (title, row.statement.cells[0].text, grid.titles[0], upper))


def _strength(row: Line, cell: Cell, column: _Column, head: Line | None) -> Iterator[Measured]:
    """A grade of muscle strength."""
    if grade := grade_in(cell.text):
        yield _measured(row, strength(), grade, column, head)


def _is_pairs(row: Line) -> bool:
    """Whether a row is of measures each with its value in the next cell."""
    cells = row.statement.cells
    names, values = cells[::2], cells[1::2]
    if len(names) != len(values) or not any(_measure(cell.text) for cell in names):
        return False
    figures = [cell.text[0].isdigit() for cell in values]
    return all(cell.text[0].isalpha() for cell in names) and (all(figures) or (len(cells) > 2 and any(figures)))


_TODAY = re.compile(r"(?:today|now|currently|this visit)\W{1,3}(?=\d)", re.IGNORECASE)
_FORMER = re.compile(r"\W?(?:was|were|prior|previous|previously|prev|formerly|last)\b", re.IGNORECASE)


def _pairs(row: Line) -> Iterator[Measured]:
    """The values of a row that stand each in the cell after its measure, without those of before ("was 28%")."""
    cells = tuple(takewhile(lambda cell: not _FORMER.match(cell.text), row.statement.cells))
    if len(cells) == 2 or _is_pairs(row):
        for name, cell in zip(cells[::2], cells[1::2], strict=False):
            term = _measure(name.text)
            bounded = phrases("bounds").find(name.text) or re.search("[<>\u2264\u2265]", name.text)
            if term and not bounded:
                side = _side(name.text)
                now = _TODAY.match(cell.text)
                cell = Cell(cell.start + now.end(), cell.text[now.end() :]) if now else cell
                for found in _cell(row, term, cell, _Column(side=side)):
                    yield replace(found, value=with_unit(found.value, _unit_in(name.text, term)))


_BIRTH = re.compile(r"\b(?:dob|d\.o\.b|birth|born)\b", re.IGNORECASE)


def _day(title: str) -> PartialDate | None:
    found = [] if _BIRTH.search(title) else dates(title)
    return found[0].value if len(found) == 1 else None


def _cell(row: Line, term: Term, cell: Cell, column: _Column, head: Line | None = None) -> Iterator[Measured]:
    """The values that a cell begins with: one, or the two of a blood pressure."""
    for part, value in _values(row, term, cell):
        yield _measured(row, part, value, column, head)


def _measured(row: Line, term: Term, value: Value, column: _Column, head: Line | None) -> Measured:
    return Measured(
        term=term,
        statement=row.statement,
        value=value,
        on=column.day,
        head=head.statement if head else None,
        undated=column.undated,
        side=column.side,
    )


def _values(row: Line, term: Term, cell: Cell) -> Iterator[tuple[Term, Value]]:
    limit = cell.start + len(cell.text)
    if is_pressure(term):
        yield from pressures_at(row.text, cell.start, limit)
        return
    if is_acuity(term):
        yield from ((term, value) for value in acuities(row.text, cell.start, limit))
        return
    if units := _two_units(row.statement.cells[0].text, term):
        yield from ((term, value) for value in _in_both(cell, units))
        return
    value = value_at(row.text, cell.start, term, limit)
    if value and value.start == cell.start:
        top = _TOP.search(row.statement.cells[0].text)
        yield term, replace(value, scale=top[1]) if top and not value.scale else value


def _two_units(name: str, term: Term) -> tuple[str, str] | None:
    """The units of a row whose cells hold two figures each: "FEV1 (L / % pred)"."""
    told = _BOTH.search(name)
    known = {unit.lower(): unit for unit in term.units}
    first, second = (known.get(unit.lower()) for unit in told.groups()) if told else (None, None)
    return (first, second) if first and second else None


def _in_both(cell: Cell, units: tuple[str, str]) -> Iterator[Value]:
    """The figures of a cell in the two units of its row; none where it does not hold two."""
    if found := _TWO_FIGURES.match(cell.text):
        for group, unit in enumerate(units, 1):
            start, end = (cell.start + place for place in found.span(group))
            yield Value(start, end, found[group], unit=unit)


_BOTH = re.compile(r"(?<!\w)([A-Za-z]{1,3}|%)\s?[/,]\s?(%|[A-Za-z]{1,3})(?!\w)")
_TWO_FIGURES = re.compile(r"(\d{1,4}(?:\.\d+)?)\s?[/(]\s?(\d{1,4}(?:\.\d+)?)\s?%?\)?$")
