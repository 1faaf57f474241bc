"""Treatments as tables, visit logs and the notes of one treatment state them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.assertion import judge
from pipeline.extract.chart import Chart, Line
from pipeline.extract.grids import Grid, grids
from pipeline.extract.mentions import Mention
from pipeline.extract.outcomes import Told, adverse, read
from pipeline.extract.regimens import dose, duration, period, table, visits
from pipeline.extract.sections import Cell, NoteDate, Shape, Statement
from pipeline.extract.treatments import TREATMENTS
from pipeline.extract.vocabulary import Term, terms
from pipeline.notation import dates
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Outcome


def tabled(chart: Chart) -> list[Mention]:
    """The treatments of tables with a head that names drug or treatment, and of visit logs."""
    found: list[Mention] = []
    for grid in grids(chart):
        roles = [_role(title) for title in grid.titles]
        rows = [mention for row in grid.rows for mention in _row(grid, roles, row)] if "name" in roles else []
        if rows and len({role for role in roles if role}) > 1:
            found += rows
        elif _is_log(grid):
            found += _log(chart, grid)
    return found


def _role(title: str) -> str | None:
    return next((role for role, titles in table().columns.items() if title in titles), None)


def _row(grid: Grid, roles: list[str | None], row: Line) -> Iterator[Mention]:
    """One row of a table of treatments."""
    hits = [hit for hit in row.hits if hit.term.kind in TREATMENTS]
    cells = grid.columns(row)
    if not hits or hits[0].start >= (cells or row.statement.cells)[0].start + 40:
        return
    statement = row.statement
    mention = Mention(term=hits[0].term, statements=(statement,), note=statement.dated)
    if cells is None:
        yield _unplaced(mention, row)
        return
    by_role = {role: cell for role, cell in zip(roles, cells, strict=True) if role}
    if "name" in by_role and not any(_inside(hit.start, by_role["name"]) for hit in hits):
        return
    yield _filled(mention, by_role, row)


def _unplaced(mention: Mention, row: Line) -> Mention:
    """A row with an empty column: what its words say, and its dates where they are in no doubt."""
    days = [day for _, _, day in row.dates]
    ongoing = _ONGOING.search(row.text) is not None
    told = read(row.text)
    told = None if told and told.outcome is Outcome.ONGOING else told
    ordered = len(days) == 2 and days[0].earliest <= days[1].latest
    return replace(
        mention,
        start=days[0] if ordered or (ongoing and len(days) == 1) else None,
        end=days[1] if ordered else None,
        ongoing=ongoing and len(days) == 1,
        outcome=told.outcome if told else None,
        reason=told.reason if told else None,
        dose=_dose(mention.term, row.text, row.hits[0].end),
    )


_ONGOING = re.compile(r"\b(?:ongoing|current|present|continu\w+)\b", re.IGNORECASE)


def _told(text: str) -> Told | None:
    """What a cell says of the outcome; the name of an adverse effect alone is the reason for a stop."""
    told = read(text)
    if told is None and adverse(text):
        return Told(Outcome.INTOLERANT, 0, len(text), " ".join(text.split()))
    return None if told is None or told.outcome is Outcome.ONGOING else told


def _inside(at: int, cell: Cell) -> bool:
    return cell.start <= at < cell.start + len(cell.text)


def _filled(mention: Mention, cells: dict[str, Cell], row: Line) -> Mention:
    """The mention with what each column says; a word for "still taken" in a column of dates makes it ongoing."""
    start, end = _day(cells.get("start")), _day(cells.get("end"))
    if "dates" in cells:
        both = [found.value for found in dates(cells["dates"].text)]
        start, end = (both[0] if both else None), (both[1] if len(both) == 2 else None)
    if start and end and start.earliest > end.latest:
        start = end = None
    when = " ".join(cells[role].text for role in ("end", "dates", "outcome") if role in cells)
    told = _told(cells["outcome"].text) if "outcome" in cells else None
    ongoing = end is None and _ONGOING.search(when) is not None
    name = cells.get("name")
    amount = cells["dose"].text if "dose" in cells else (name.text if name else "")
    n = visits(f"{cells['visits'].text} visits") if "visits" in cells else None
    lasted = duration(f"for {cells['duration'].text}", (0, 0)) if "duration" in cells else None
    planned = judge(row.text, row.hits[0].start, row.hits[0].end, row.statement.section)
    return replace(
        mention,
        start=start,
        end=end,
        ongoing=ongoing,
        duration=lasted,
        visits=n,
        dose=_dose(mention.term, amount, 0),
        outcome=told.outcome if told else None,
        reason=told.reason if told else None,
        assertion=Assertion.HYPOTHETICAL if planned is Assertion.HYPOTHETICAL else Assertion.PRESENT,
    )


def _day(cell: Cell | None) -> PartialDate | None:
    found = dates(cell.text) if cell else []
    return found[0].value if len(found) == 1 else None


def _dose(term: Term, text: str, at: int) -> str | None:
    return dose(text, at) if term.kind is FactKind.MEDICATION else None


def _is_log(grid: Grid) -> bool:
    titles = grid.titles
    dated = any(title in table().visit_columns for title in titles)
    return dated and any(title in table().visit_words for title in titles)


def _log(chart: Chart, grid: Grid) -> Iterator[Mention]:
    """A list of dated visits of the treatment that the document or section is about: their number, first and last."""
    term = topic(chart, grid.head.statement)
    missed = re.compile("|".join(re.escape(word) for word in table().not_attended), re.IGNORECASE)
    attended = [row for row in grid.rows if row.dates and not missed.search(row.text)]
    days = sorted({row.dates[0][2] for row in attended if row.dates[0][2].day}, key=str)
    if term is None or len(days) < 2 or len(attended) != len(days):
        return
    yield Mention(
        term=term,
        statements=tuple(row.statement for row in attended),
        start=days[0],
        end=days[-1],
        visits=len(days),
        note=grid.head.statement.dated,
    )


def topic(chart: Chart, statement: Statement) -> Term | None:
    """The one treatment that the headings above a statement are about: the nearest heading that names any."""
    for line in reversed(chart.lines):
        above = line.statement
        if (above.page, above.start) < (statement.page, statement.start) and above.shape is Shape.HEADING:
            named = {term.name: term for term in _treatments(above.text)}
            if named:
                return next(iter(named.values())) if len(named) == 1 else None
            if above.note != statement.note:
                return None
    return None


def _treatments(title: str) -> Iterator[Term]:
    """The treatments a title names, within the name of a document too ("Physical therapy discharge summary")."""
    for hit in terms(title):
        if hit.term.kind in TREATMENTS:
            yield hit.term
        elif hit.term.kind is FactKind.DOCUMENTATION:
            words = title[hit.start : hit.end].split()
            yield from (inner.term for inner in terms(" ".join(words[:2])) if inner.term.kind in TREATMENTS)


_SPEAKS_OF_VISITS = re.compile(
    r"\b(?:first visit|last visit|start of care|initial evaluation|attended|visits (?:attended|completed)|sessions|"
    r"date of discharge|discharged on|completed \d+ visits|visits over)\b",
    re.IGNORECASE,
)


def of_topic(chart: Chart) -> list[Mention]:
    """Dates and visits that sentences of a therapist's note give without naming the therapy."""
    found: list[Mention] = []
    for line in chart.readable:
        statement = line.statement
        if not _SPEAKS_OF_VISITS.search(line.text) or any(hit.term.kind in TREATMENTS for hit in line.hits):
            continue
        term = topic(chart, statement)
        if term is None or term.kind is not FactKind.TREATMENT or not line.judgement.of(0, 1).holds:
            continue
        found += _told_of(term, line, statement.dated)
    return found


def by_notes(chart: Chart) -> list[Mention]:
    """A treatment whose every visit has a dated note of its own, by the titles of the notes."""
    notes: dict[str, dict[int, tuple[Term, Line]]] = {}
    for line in chart.lines:
        statement = line.statement
        if statement.dated and statement.title:
            for term in _treatments(statement.title):
                if line.dates and line.dates[0][2] == statement.dated.value:
                    notes.setdefault(term.name, {}).setdefault(statement.note, (term, line))
    found = []
    for visited in notes.values():
        lines = [line for _, line in visited.values()]
        days = sorted({line.statement.dated.value for line in lines if line.statement.dated}, key=str)
        if len(days) > 1 and len(days) == len(lines):
            term = next(iter(visited.values()))[0]
            statements = tuple(line.statement for line in lines)
            found.append(
                Mention(term, statements, start=days[0], end=days[-1], visits=len(days), note=statements[-1].dated)
            )
    return found


def _told_of(term: Term, line: Line, note: NoteDate | None) -> Iterator[Mention]:
    start, end, _ = period(line.text, None)
    mention = Mention(
        term=term,
        statements=(line.statement,),
        start=start,
        end=end,
        visits=visits(line.text),
        duration=duration(line.text, (0, 0)),
        note=note,
    )
    if not mention.bare:
        yield mention
