"""What `appealwright deadlines` says: the dates of one notice, for a person who has the letter in hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.check.deadline import conflict
from pipeline.check.rules import levels, rules
from pipeline.check.windows import Notice
from schemas.coverage import Deadline, DeadlineStatus, DecisionClock, RuleNote, Verified
from schemas.denial import AppealWindow, PlanType

_WINDOW = re.compile(
    r"(\d{1,3}) ?(day|week|month|year)s?(?: (?:from|after|of) (?:the )?(notice|receipt))?", re.IGNORECASE
)
_YEARS: Final = range(1990, 2101)  # of notices that can be meant; the oldest rule in force is of 1996
_TRIGGER: Final = {"notice": "notice_date", "receipt": "receipt", "": "unstated"}
_STATUS: Final = {
    DeadlineStatus.OPEN: "open",
    DeadlineStatus.DUE_SOON: "due soon",
    DeadlineStatus.PAST_SAFE: "the safe date has passed; file today",
    DeadlineStatus.PAST: "every reading has passed; good cause must be shown",
    DeadlineStatus.UNKNOWN: "unknown",
}
_FILING: Final = {
    "in_time": "in time by every reading",
    "arguable": "after the safe date: in time by the latest reading only",
    "late": "late by every reading",
}


class NotUnderstoodError(ValueError):
    """An option that says nothing the rule table knows, with the option's name and what it may say."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


def asked(
    plan: str,
    day: date,
    *,
    received: date | None = None,
    filed: date | None = None,
    words: str | None = None,
    kind: str | None = None,
) -> Notice:
    """The notice that the options describe; `words` is what the letter prints. NotUnderstoodError as it says."""
    if day.year not in _YEARS:
        raise NotUnderstoodError("--notice-date", f"not between {_YEARS[0]} and {_YEARS[-1]}")
    shown = _printed(words) if words else None
    return Notice(
        plan=_plan(plan),
        day=day,
        window=shown if isinstance(shown, AppealWindow) else None,
        printed=shown if isinstance(shown, date) else None,
        received=received,
        filed=filed,
        kind=_kind(kind) if kind else None,
    )


def _plan(text: str) -> str:
    known = (*levels().plans, *levels().others, PlanType.UNKNOWN)
    return _one_of(text, known, "--plan")


def _kind(text: str) -> str:
    return _one_of(text, sorted({kind for rule in rules().values() for kind in rule.applies_to}), "--kind")


def _one_of(text: str, known: Sequence[str], option: str) -> str:
    name = "_".join(re.split(r"[\s_-]+", text.strip().lower()))
    if name not in known:
        raise NotUnderstoodError(option, f"not one of: {', '.join(known)}")
    return name


def _printed(text: str) -> date | AppealWindow:
    """A last day (2026-09-01), or a window ("60 days", "60 days from receipt")."""
    match = _WINDOW.fullmatch(text.strip())
    try:
        if match is None:
            return date.fromisoformat(text.strip())
        trigger = _TRIGGER[(match[3] or "").lower()]
        return AppealWindow.model_validate({"n": int(match[1]), "unit": f"{match[2].lower()}s", "trigger": trigger})
    except ValueError as error:
        raise NotUnderstoodError("--printed", "neither a date (2026-09-01) nor a time ('60 days')") from error


def show(notice: Notice, found: Deadline, today: date) -> None:
    """Print the dates of a notice to standard output."""
    console = Console(highlight=False)
    plan = levels().plan(notice.plan)
    console.print(Text(f"{plan.name if plan else 'Unknown plan'}, level {found.level}", style="bold"))
    if short := conflict(notice, found.level):
        console.print(Text(f"Conflict: {short}", style="red"))
    table = Table(show_edge=False, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, words in _rows(found, today):
        table.add_row(label, Text(words))
    console.print(table)
    if found.candidates:
        console.print(_candidates(found))
    if found.question:
        console.print(Text(f"Find out: {found.question}", style="yellow"))


def _rows(found: Deadline, today: date) -> Iterator[tuple[str, str]]:
    yield from _dates(found, today)
    if found.rule:
        yield "Rule", f"{found.rule}{_grade(found.verified)}"
    if found.filed:
        judged = f": {_FILING[found.filing]}" if found.filing else ""
        yield "Filed", f"{_day(found.filed)}{judged}"
    for label, note in (
        ("Filing counts", found.filing_counts),
        ("Who may appeal", found.who_may_appeal),
        ("Consent", found.consent),
        ("Amount", found.amount_in_controversy),
    ):
        if note:
            yield label, _note(note)
    yield from _faster(found)
    for clock in found.decision_clocks:
        yield "Decision due", _clock(clock)
    if found.silence:
        until = f" Last day for that: {_day(found.silence.next_by)}." if found.silence.next_by else ""
        yield "If silent", f"{_note(found.silence)}{until}"


def _dates(found: Deadline, today: date) -> Iterator[tuple[str, str]]:
    if not (found.date and found.safe and found.outer):
        yield "Last day", f"unknown. {found.basis}"
        return
    left = (found.safe - today).days
    when = f"{left} day{'' if left == 1 else 's'} to the safe date" if left >= 0 else ""
    yield "Safe date", f"{_day(found.safe)}: the earliest reading; file by then"
    yield "Last day", f"{_day(found.date)}. {found.basis}"
    yield "Latest", f"{_day(found.outer)}: the latest that can be argued"
    yield "Status", "; ".join(filter(None, (_STATUS[found.status], when)))
    yield "Source", found.source


def _faster(found: Deadline) -> Iterator[tuple[str, str]]:
    faster = found.expedited
    if faster is None:
        return
    if faster.eligible:
        yield "Expedited", _note(faster.eligible)
    if faster.date and faster.safe:
        later = f" (last day {_day(faster.date)})" if faster.date != faster.safe else ""
        yield "Expedited by", f"{_day(faster.safe)}{later}, for {faster.scope} ({faster.source})"


def _clock(clock: DecisionClock) -> str:
    length = f"{clock.n} {clock.unit.replace('_', ' ')}"
    words = f"{clock.name}: {length} from {clock.starts}"
    if clock.due:
        words += f", by {_day(clock.due)}"
    if clock.extended:
        words += f" ({_day(clock.extended)} if extended by {clock.extension_days} days)"
    elif clock.extension_days:
        words += f", {clock.extension_days} days more if extended"
    return f"{words} ({clock.source}){_grade(clock.verified)}"


def _candidates(found: Deadline) -> Table:
    """What each plan type would give, the earliest first."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("If the plan is", "Safe date", "Last day", "Latest", "Source"):
        table.add_column(heading, overflow="fold")
    for row in found.candidates:
        days = (str(day) if day else "" for day in (row.safe, row.date, row.outer))
        table.add_row(row.plan_type, *days, row.source.partition(";")[0])
    return table


def _note(note: RuleNote) -> str:
    source = "" if note.source in note.text else f" ({note.source})"
    return f"{note.text}{source}{_grade(note.verified)}"


def _grade(verified: Verified | None) -> str:
    return " [unverified: nobody has opened the section]" if verified == "memory" else ""


def _day(day: date) -> str:
    return f"{day:%A, %B} {day.day}, {day.year}"
