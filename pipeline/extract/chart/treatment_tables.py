"""Treatments as tables, visit logs and the notes of one treatment state them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.chart.assertion import judge
from pipeline.extract.chart.barred import stands
from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.charted import Cell, NoteDate, Shape
from pipeline.extract.chart.grids import Grid, grids
from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.outcomes import Told, adverse, begins_with_outcome, read
from pipeline.extract.chart.regimens import dose, duration, missed, moments, period, table, visits, words
from pipeline.extract.chart.topics import TREATMENTS, Topics, treatments
from pipeline.extract.vocabulary import Term
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Outcome


def tabled(chart: Chart) -> list[Mention]:
    """The treatments of tables with a head that names drug or treatment, and of visit logs."""
    found: list[Mention] = []
    topics = Topics(chart)
    for grid in grids(chart):
        roles = [_role(title) for title in grid.titles]
        rows = [mention for row in grid.rows for mention in _row(grid, roles, row)] if "name" in roles else []
        if "dates" in roles[:2] and _is_log(grid) and (log := list(_log(topics, grid))):
            found += log
        elif rows and len({role for role in roles if role}) > 1:
            found += rows
        elif _is_log(grid):
            found += _log(topics, grid)
        elif "name" not in roles:
            found += [mention for row in (grid.head, *grid.rows) for mention in _listed(row)]
    return found


def _listed(row: Line) -> Iterator[Mention]:
    """A row of a list that has no head: drug, dose, how often, what became of it; of what was tried, any treatment."""
    first = row.statement.cells[0]
    kinds = TREATMENTS if row.statement.section == "treatment history" else (FactKind.MEDICATION,)
    hits = [hit for hit in row.hits if hit.term.kind in kinds and hit.start <= first.start]
    if row.statement.section not in _LISTS or not hits or len(row.statement.cells) < 3:
        return
    mention = Mention(term=hits[0].term, statements=(row.statement,), note=row.statement.dated)
    rest = row.text[hits[0].end :]
    amount = _dose(mention.term, " ".join(row.text.split()), 0)
    if words().not_had.find(rest):
        yield replace(mention, assertion=Assertion.ABSENT)
        return
    told, stopped = _told(rest), _STOPPED.search(rest) is not None
    start, end, resolved = period(rest, row.statement.dated)
    days = [day for _, _, day in row.dates]
    drug = mention.term.kind is FactKind.MEDICATION
    yield replace(
        mention,
        dose=amount,
        visits=None if drug else visits(rest),
        ongoing=not stopped and end is None and (drug or _ONGOING.search(rest) is not None),
        start=start,
        end=end or (days[-1] if stopped and days and start is None else None),
        resolved=resolved,
        outcome=told.outcome if told else None,
        reason=told.reason if told else None,
    )


_LISTS = ("medications", "treatment history")


def _role(title: str) -> str | None:
    return next((role for role, titles in table().columns.items() if title in titles), None)


def _row(grid: Grid, roles: list[str | None], row: Line) -> Iterator[Mention]:
    """One row of a table of treatments."""
    hits = [hit for hit in row.hits if hit.term.kind in TREATMENTS]
    cells = grid.columns(row)
    if not hits or hits[0].start >= row.statement.cells[0].start + 40:
        return
    statement = row.statement
    mention = Mention(term=hits[0].term, statements=(statement,), note=statement.dated)
    if words().not_had.find(row.text[hits[0].end :]):
        told = _told(row.text[hits[0].end :])
        out = told.outcome if told and told.outcome in _NOT_HAD else None
        if out is Outcome.CONTRAINDICATED and not stands(row.text, hits[0].end):
            out = None
        yield replace(mention, assertion=Assertion.ABSENT, outcome=out, reason=told.reason if told and out else None)
        return
    if cells is None:
        yield _unplaced(mention, row)
        return
    by_role = {role: cell for role, cell in zip(roles, cells, strict=True) if role and cell}
    if "name" in by_role and not any(_inside(hit.start, by_role["name"]) for hit in hits):
        return
    yield _filled(mention, by_role, row)


_NOT_HAD = (Outcome.DECLINED, Outcome.CONTRAINDICATED)


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


_ONGOING = re.compile(r"\b(?:ongoing|current|present|continu\w+|active|taking)\b", re.IGNORECASE)
_STOPPED = re.compile(r"\b(?:stop\w*|discontinu\w+|ended|d/?c\b|dc'd|last|until|quit|completed)", re.IGNORECASE)
_LAST_PART = re.compile(r"[\s\d/]*(?:[-\u2013\u2014:;(]|\b(?:due to|because of|for|secondary to)\b)\s*([^()]+?)\)?\s*")


def _told(text: str) -> Told | None:
    """What a cell says of the outcome; the name of an adverse effect alone is the reason for a stop."""
    told = read(text)
    if told is None and adverse(text):
        stop = _STOPPED.search(text)
        reason = _LAST_PART.fullmatch(text, stop.end()) if stop else None
        return Told(Outcome.INTOLERANT, 0, len(text), " ".join((reason[1] if reason else text).split()))
    return None if told is None or told.outcome is Outcome.ONGOING else told


def _inside(at: int, cell: Cell) -> bool:
    return cell.start <= at < cell.start + len(cell.text)


def _filled(mention: Mention, cells: dict[str, Cell], row: Line) -> Mention:
    """The mention with what each column says; a word for "still taken" in a column of dates makes it ongoing."""
    start, end = _day(cells.get("start")), _day(cells.get("end"))
    resolved = False
    if "dates" in cells:
        both = moments(cells["dates"].text, mention.note)
        start, end = (both[0].value if both else None), (both[1].value if len(both) == 2 else None)
        resolved = any(one.resolved for one in both)
    if start and end and start.earliest > end.latest:
        start = end = None
    when = " ".join(cells[role].text for role in ("end", "dates", "outcome") if role in cells)
    told = _told(cells["outcome"].text) if "outcome" in cells else None
    if end is None and "outcome" in cells and _STOPPED.search(cells["outcome"].text):
        end = _day(cells["outcome"])
    ongoing = end is None and _ONGOING.search(when) is not None and _STOPPED.search(when) is None
    name = cells.get("name")
    amount = cells["dose"].text if "dose" in cells else (name.text if name else "")
    amount = f"{amount} {cells['frequency'].text}" if "frequency" in cells else amount
    n = visits(f"{cells['visits'].text} visits") if "visits" in cells else None
    if n is None and mention.term.kind is FactKind.TREATMENT:
        n = visits(row.text)
    lasted = duration(f"for {cells['duration'].text}", (0, 0)) if "duration" in cells else None
    planned = judge(row.text, row.hits[0].start, row.hits[0].end, row.statement.section)
    return replace(
        mention,
        start=start,
        end=end,
        resolved=resolved,
        ongoing=ongoing,
        duration=lasted,
        visits=n,
        dose=_dose(mention.term, amount, 0),
        outcome=told.outcome if told else None,
        reason=told.reason if told else None,
        assertion=Assertion.HYPOTHETICAL if planned is Assertion.HYPOTHETICAL else Assertion.PRESENT,
    )


def _day(cell: Cell | None) -> PartialDate | None:
    found = [one for one in moments(cell.text, None) if not one.resolved] if cell else []
    return found[0].value if len(found) == 1 else None


def _dose(term: Term, text: str, at: int) -> str | None:
    return dose(text, at) if term.kind is FactKind.MEDICATION else None


def _is_log(grid: Grid) -> bool:
    titles = grid.titles
    dated = any(title in table().visit_columns for title in titles)
    return dated and any(title in table().visit_words for title in titles)


def _log(topics: Topics, grid: Grid) -> Iterator[Mention]:
    """A list of dated visits of the treatment that the document or section is about: their number, first and last."""
    term = topics.of(grid.head.statement)
    attended = [row for row in grid.rows if row.dates and not missed().search(row.text)]
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


_SPEAKS_OF_VISITS = re.compile(
    r"\b(?:(?:first|last|final|initial|total) (?:visits?|sessions?|treatments?|class|evaluation|appointment"
    r"|day)|start of (?:care|treatment|services)|"
    r"(?:visits?|sessions?|treatments?|classes|days) (?:attended|completed|given|received|over|to date|kept)|attended"
    r"|attendance|soc|intake|enrolled|"
    r"admit(?:ted)?|admission date|date of (?:admission|discharge)|discharged?|completed \d+|"
    r"(?:therapy|services|treatment|care|program(?:me)?) (?:began|started|start|ended|stopped))\b"
    r"|\b\d+ of \d+ (?:\w+ )?(?:visits|sessions)",
    re.IGNORECASE,
)


_AHEAD = ("plan", "goals", "recommendations", "orders", "instructions", "requested service")

# Parts of a note where its author sums up how the treatment went.
_SUMMING_UP = ("assessment", "impression", "assessment and plan")


def of_topic(chart: Chart) -> list[Mention]:
    """Dates, visits and outcome that sentences of a therapist's note give without naming the therapy."""
    found: list[Mention] = []
    topics = Topics(chart)
    for line in chart.readable:
        sums_up = line.statement.section in _SUMMING_UP or begins_with_outcome(line.text)
        if not (sums_up or _SPEAKS_OF_VISITS.search(line.text)):
            continue
        term = topics.of(line.statement)
        if term is None or term.kind is not FactKind.TREATMENT or any(hit.term.kind in TREATMENTS for hit in line.hits):
            continue
        if _holds(line) and line.statement.section not in _AHEAD:
            found += _summed_up(term, line) if sums_up else _told_of(term, line, line.statement.dated)
    return found


def _holds(line: Line) -> bool:
    """Whether what a line tells of visits is so; of a row the cell that does: "Visits attended: 11   Cancelled: 2"."""
    cells = line.statement.cells if line.statement.shape is Shape.ROW else ()
    said = next((cell.text for cell in cells if _SPEAKS_OF_VISITS.search(cell.text)), None)
    return judge(said, 0, 1, line.statement.section).holds if said else line.judgement.of(0, 1).holds


def _summed_up(term: Term, line: Line) -> Iterator[Mention]:
    """The outcome of the therapy that a note is of."""
    told = read(line.text)
    if told and told.outcome in (Outcome.FAILED, Outcome.PARTIAL, Outcome.EFFECTIVE):
        statement = line.statement
        yield Mention(term, (statement,), outcome=told.outcome, reason=told.reason, note=statement.dated)


def by_notes(chart: Chart) -> list[Mention]:
    """A treatment whose every visit has a dated note of its own, by the titles of the notes."""
    notes: dict[str, dict[int, tuple[Term, Line]]] = {}
    for line in chart.lines:
        statement = line.statement
        if statement.dated and statement.title:
            for term in treatments(statement.title):
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
    start, end, resolved = period(line.text, note)
    mention = Mention(
        term=term,
        statements=(line.statement,),
        start=start,
        end=end,
        visits=visits(line.text),
        duration=duration(line.text, (0, 0)),
        resolved=resolved,
        note=note,
    )
    if not mention.bare:
        yield mention
