"""Names and dates as HL7 writes them, in the words of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

# CDA: 20050329171504-0500; FHIR: 2005-03-29T17:15:04-05:00; both may end early.
_TIME: Final = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:T?(\d\d):?(\d\d)\S*)?)?)?")


def shown_time(value: str) -> str:
    """A point in time as 03/29/2005 17:15, 03/29/2005, 03/2005 or 2005; what is none of these as it is written."""
    found = _TIME.fullmatch(value.strip())
    if found is None:
        return value.strip()
    year, month, day, hour, minute = found.groups()
    try:
        date(max(int(year), 1), int(month or 1), int(day or 1))
    except ValueError:
        return value.strip()
    shown = "/".join(part for part in (month, day, year) if part)
    return f"{shown} {hour}:{minute}" if hour and (hour, minute) != ("00", "00") else shown


def shown_period(low: str, high: str) -> str:
    """From one point in time to another; one of them where they are the same or one is not known."""
    first, last = shown_time(low), shown_time(high)
    if first and last and first != last:
        return f"{first} - {last}"
    return first or last


def listed(parts: Iterable[str], by: str = ", ") -> str:
    """The parts that are there."""
    return by.join(part for part in (" ".join(part.split()) for part in parts) if part)
