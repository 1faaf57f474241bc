"""The worklist: a row for each case, ordered by deadline, as a table, CSV or JSON, and its deadlines as a calendar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from pydantic import Field
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.batch.audit import Entry
from schemas.base import Frozen
from schemas.coverage import Verdict

_SOON: Final = 7  # days
_STYLES: Final = {"past": "bold red", "soon": "bold", "unknown": "bold", "open": ""}


class Answered(Frozen):
    """A criterion as the report counts it: the payer's words, and what the record says of it."""

    text: str
    verdict: Verdict


class Row(Frozen):
    """What the worklist shows of a case that was worked. Amounts in dollars, as the letter states them."""

    case: str
    payer: str = ""
    patient: str = ""
    service: str = ""
    reason: str = ""
    reason_codes: tuple[str, ...] = ()
    amount: Decimal | None = None
    deadline: date | None = None
    safe: date | None = None
    met: int = 0
    not_met: int = 0
    undocumented: int = 0
    to_review: int = 0
    missing: tuple[str, ...] = Field(default=(), description="What the record does not show, and who can supply it.")
    criteria: tuple[Answered, ...] = ()
    blanks: int = Field(default=0, description="Places in the letter that are still to be filled.")
    unsupported: int = Field(default=0, description="Statements of the edited letter that the record does not carry.")
    edited: bool = Field(default=False, description="The letter to send is one that was edited in Word.")
    points: tuple[str, ...] = Field(default=(), description="Why a person must look; none: it is ready.")


class Shown(Row):
    """A row with how its case stands today. `days` are those until the safe day, below zero once it is past."""

    state: str
    why: str = ""
    reviewer: str = ""
    days: int | None = None
    since: str = Field(default="", description="When the state last changed.")


def not_to_be_sent(row: Row) -> tuple[str, ...]:
    """Why the letter of a case is not to go out as it is, in plain words; none where it may."""
    counted = (
        (row.unsupported, "statement that the record does not carry", "statements that the record does not carry"),
        (row.blanks, "place still to be filled", "places still to be filled"),
    )
    return tuple(f"{n} {one if n == 1 else many}" for n, one, many in counted if n)


def ordered(rows: Iterable[Shown]) -> list[Shown]:
    """The most urgent first: by the safe day; those without one before all, since nobody knows how urgent they are."""
    return sorted(rows, key=lambda row: (row.safe is not None, row.safe or date.min, row.case))


_COLUMNS = ("case", "state", "days", "safe", "deadline", "payer", "patient", "service", "amount")
_COUNTED = ("met", "not_met", "undocumented", "to_review", "missing", "reviewer", "why")


def as_csv(rows: Sequence[Shown]) -> str:
    """The rows as CSV with a heading; what is missing is joined by semicolons."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow((*_COLUMNS, *_COUNTED))
    for row in rows:
        values = row.model_dump(mode="json")
        values["missing"] = "; ".join(row.missing)
        write.writerow([plain(values[name]) for name in (*_COLUMNS, *_COUNTED)])
    return out.getvalue()


def plain(value: object) -> str:
    """A cell; one that a spreadsheet would take for a formula is marked as text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def at_stake(rows: Iterable[Shown]) -> Decimal:
    """The amounts of the cases together, in dollars."""
    return sum((row.amount for row in rows if row.amount is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are asked for; what is empty asks for none."""

    states: tuple[str, ...] = ()
    payer: str = ""
    service: str = ""
    within: int | None = None
    reviewer: str = ""

    def holds(self, row: Shown) -> bool:
        """Whether the row is asked for. One without a deadline is within any number of days."""
        return (
            (not self.states or row.state in self.states)
            and self.payer.casefold() in row.payer.casefold()
            and self.service.casefold() in row.service.casefold()
            and (self.within is None or row.days is None or row.days <= self.within)
            and (not self.reviewer or self.reviewer == row.reviewer)
        )


class Held(Frozen):
    """A paper of a case: the file it lies in, what it is, its pages there, and why it is in the case."""

    file: str
    role: str
    pages: tuple[int, ...]
    reason: str


def show(rows: Sequence[Shown], waiting: Sequence[tuple[str, str]]) -> None:
    """Print the worklist, and below it the papers that wait for a person."""
    console = Console(highlight=False)
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("Days", "Case", "State", "Payer", "Service", "Amount", "Met", "Missing", "Reviewer"):
        side: Literal["left", "right"] = "right" if heading in ("Days", "Amount") else "left"
        table.add_column(heading, justify=side, overflow="fold", no_wrap=heading in ("Days", "Case", "Amount"))
    for row in rows:
        answered = f"{row.met} of {len(row.criteria)}" if row.criteria else "none stated"
        amount = f"{row.amount:,.2f}" if row.amount is not None else ""
        days, state = "?" if row.days is None else str(row.days), row.state.replace("_", " ")
        cells = (days, row.case, state, row.payer, row.service, amount, answered, str(len(row.missing)), row.reviewer)
        table.add_row(*map(Text, cells), style=_STYLES[urgency(row)])
    console.print(table)
    console.print(f"{len(rows)} case{'s' if len(rows) != 1 else ''}, {at_stake(rows):,.2f} dollars at stake.")
    for paper, why in waiting:
        console.print(Text(f"Waits for a person: {paper}: {why}"))


def urgency(row: Shown) -> Literal["past", "soon", "open", "unknown"]:
    """How urgent a case is: by the day on which it can safely be filed last."""
    if row.days is None:
        return "unknown"
    return "past" if row.days < 0 else "soon" if row.days <= _SOON else "open"


def show_case(row: Shown, papers: Sequence[Held], entries: Sequence[Entry], folder: Path) -> None:
    """Print all that is known of a case."""
    console = Console(highlight=False, soft_wrap=True)
    due = f"{row.safe} ({row.days} days)" if row.safe else "not known"
    state = row.state.replace("_", " ") + (f": {row.why}" if row.why else "")
    told = (("State", state), ("Due", due), ("Payer", row.payer), ("Patient", row.patient), ("Service", row.service))
    for label, value in (*told, ("Reason", row.reason), *(("Missing", gap) for gap in row.missing)):
        console.print(Text(f"{label:<10}", style="bold"), Text(value), sep="")
    for paper in papers:
        pages = ", ".join(map(str, paper.pages))
        console.print(Text(f"Paper     {paper.file} (page {pages}): {paper.role.replace('_', ' ')}; {paper.reason}"))
    for entry in entries:
        console.print(Text(f"{entry.at}  {entry.who}: {entry.what}{f' ({entry.why})' if entry.why else ''}"))
    console.print(Text(f"{'Files':<10}", style="bold"), Text(str(folder)), sep="")
