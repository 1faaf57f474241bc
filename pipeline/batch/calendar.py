"""The deadlines of the worklist as a calendar (iCalendar, RFC 5545): an event of a day for each, with an alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from pipeline.batch.states import State
from pipeline.batch.worklist import Shown

_OPEN: Final = {State.NEW, State.WORKING, State.NEEDS_REVIEW, State.READY, State.APPROVED}
_LINE: Final = 75  # octets


def as_ics(rows: Sequence[Shown], today: date) -> str:
    """A calendar with the safe day of every case that is not yet submitted. It names the payer, and no patient."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//appealwright//worklist//EN"]
    for row in rows:
        if row.safe is not None and State(row.state) in _OPEN:
            lines += _event(row, row.safe, today)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(row: Shown, day: date, today: date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{row.case}@appealwright"
    yield f"DTSTAMP:{today:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    payer, state = row.payer or "payer not named", row.state.replace("_", " ")
    yield f"SUMMARY:{_text(f'Appeal due: {payer} ({row.case})')}"
    yield f"DESCRIPTION:{_text(f'State: {state}. Last day by the letter or rule: {row.deadline}.')}"
    yield from ("TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Appeal due", "TRIGGER:-P7D")
    yield from ("END:VALARM", "END:VEVENT")


def _text(words: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        words = words.replace(plain, written)
    return words


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, each but the first beginning with a space; no letter is torn."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > _LINE:
            yield part
            part = " "
        part += letter
    yield part
