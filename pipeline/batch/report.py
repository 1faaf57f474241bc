"""What a team learns of its cases: counts, amounts, time and outcomes by payer, service, reason and criterion."""

from __future__ import annotations

import csv
import io
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import Field
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.batch.audit import Entry
from pipeline.batch.states import State
from pipeline.batch.worklist import Shown, plain
from schemas.base import Frozen
from schemas.coverage import Verdict

_UNKNOWN: Final = "not stated"
_AGAIN: Final = 3  # denials of a service by a payer from which it recurs


class Line(Frozen):
    """One payer, service or reason: its cases, what is at stake, and how they went. Amounts in dollars."""

    name: str
    cases: int
    amount: Decimal
    decided: int = 0
    overturned: int = 0


class Missing(Frozen):
    """A criterion, in the payers' words: how often it was asked, and how often the record said nothing of it."""

    criterion: str
    asked: int
    undocumented: int


class Recurring(Frozen):
    """A service that a payer keeps denying."""

    payer: str
    service: str
    cases: int


class Report(Frozen):
    """The report of one day. `time_in_state` has the median days that cases spent in each state they have left."""

    on: date
    cases: int
    amount: Decimal
    states: dict[str, int]
    outcomes: dict[str, int]
    time_in_state: dict[str, float]
    payers: tuple[Line, ...]
    services: tuple[Line, ...]
    reasons: tuple[Line, ...] = Field(description="By reason code, where the letter gives one.")
    undocumented: tuple[Missing, ...] = Field(description="Most often undocumented first: what to fix at the desk.")
    recurring: tuple[Recurring, ...]


def report(rows: Sequence[Shown], entries: Sequence[Entry], outcomes: Mapping[str, str], on: date) -> Report:
    """The report of the cases and of what was done with them."""
    return Report(
        on=on,
        cases=len(rows),
        amount=sum((row.amount or Decimal(0) for row in rows), Decimal(0)),
        states=dict(Counter(row.state for row in rows)),
        outcomes=dict(Counter(outcomes.values())),
        time_in_state=_times(entries),
        payers=_lines(((row.payer, row) for row in rows), outcomes),
        services=_lines(((row.service, row) for row in rows), outcomes),
        reasons=_lines(((code, row) for row in rows for code in row.reason_codes or ("",)), outcomes),
        undocumented=_missing(rows),
        recurring=_recurring(rows),
    )


def _lines(named: Iterable[tuple[str, Shown]], outcomes: Mapping[str, str]) -> tuple[Line, ...]:
    groups: defaultdict[str, list[Shown]] = defaultdict(list)
    for name, row in named:
        groups[" ".join(name.split()) or _UNKNOWN].append(row)
    lines = (
        Line(
            name=name,
            cases=len(rows),
            amount=sum((row.amount or Decimal(0) for row in rows), Decimal(0)),
            decided=sum(row.case in outcomes for row in rows),
            overturned=sum(outcomes.get(row.case) == "overturned" for row in rows),
        )
        for name, rows in groups.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.cases, -line.amount, line.name)))


def _missing(rows: Iterable[Shown]) -> tuple[Missing, ...]:
    asked: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for row in rows:
        for criterion in row.criteria:
            words = " ".join(criterion.text.split()).casefold()
            asked[words] += 1
            silent[words] += criterion.verdict is Verdict.NOT_DOCUMENTED
    found = (Missing(criterion=words, asked=asked[words], undocumented=n) for words, n in silent.items() if n)
    return tuple(sorted(found, key=lambda one: (-one.undocumented, -one.asked, one.criterion)))


def _recurring(rows: Iterable[Shown]) -> tuple[Recurring, ...]:
    pairs = Counter((row.payer, row.service) for row in rows if row.payer and row.service)
    return tuple(
        Recurring(payer=payer, service=service, cases=n) for (payer, service), n in pairs.most_common() if n >= _AGAIN
    )


def _times(entries: Iterable[Entry]) -> dict[str, float]:
    states = {state.value for state in State}
    since: dict[str, Entry] = {}
    spent: defaultdict[str, list[float]] = defaultdict(list)
    for entry in entries:
        if entry.what not in states:
            continue
        before = since.get(entry.subject)
        if before is not None:
            time = datetime.fromisoformat(entry.at) - datetime.fromisoformat(before.at)
            spent[before.what].append(time.total_seconds() / 86400)
        since[entry.subject] = entry
    return {state: round(statistics.median(days), 2) for state, days in spent.items()}


TABLES: Final = (("payers", "Payer"), ("services", "Service"), ("reasons", "Reason code"))


def show(found: Report) -> None:
    """Print the report."""
    console = Console(highlight=False)
    console.print(f"{found.cases} cases, {found.amount:,.2f} dollars, on {found.on}.")
    for name, heading in TABLES:
        table = Table(heading, "Cases", "Dollars", "Decided", "Overturned", show_edge=False, pad_edge=False)
        for line in getattr(found, name):
            told = (line.name, str(line.cases), f"{line.amount:,.2f}", str(line.decided), str(line.overturned))
            table.add_row(*map(Text, told))
        console.print(table)
    for one in found.undocumented[:10]:
        console.print(Text(f"Undocumented {one.undocumented} of {one.asked} times: {one.criterion}"))
    for again in found.recurring:
        console.print(Text(f"Recurs {again.cases} times: {again.payer}: {again.service}"))


def as_csv(found: Report) -> str:
    """All tables of the report in one: the kind of row, its name, and its counts."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(("kind", "name", "cases", "amount", "decided", "overturned", "undocumented"))
    for table, _ in TABLES:
        for line in getattr(found, table):
            write.writerow((table, plain(line.name), line.cases, line.amount, line.decided, line.overturned, ""))
    for one in found.undocumented:
        write.writerow(("criterion", plain(one.criterion), one.asked, "", "", "", one.undocumented))
    for again in found.recurring:
        write.writerow(("recurring", plain(f"{again.payer}: {again.service}"), again.cases, "", "", "", ""))
    return out.getvalue()


def as_html(found: Report) -> str:
    """The report as one page, with bars as charts and no script."""
    environment = Environment(
        loader=PackageLoader("pipeline.batch", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html.jinja").render(
        report=found, tables=[(heading, getattr(found, name)) for name, heading in TABLES]
    )
