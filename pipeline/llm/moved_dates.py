"""Dates moved in the form in which they are written."""

import re
from calendar import month_abbr, month_name
from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.notation import MONTHS, dates
from schemas.dates import PartialDate

_MIDDLE = 15  # the day that stands for a month
_PART = re.compile(r"[A-Za-z]{3,}|\d+")


def moved(written: str, by: timedelta) -> str | None:
    """A date as `pipeline.notation` reads it, moved; a month moves with its middle. None where it cannot be written.

    What is given back reads as the moved date: a year of two digits that would be another century's is not given.
    """
    read = dates(written)
    stated = read[0].value if len(read) == 1 and (read[0].start, read[0].end) == (0, len(written)) else None
    if stated is None or stated.precision == "year":
        return None
    try:
        to = (stated.day or stated.earliest.replace(day=_MIDDLE)) + by
    except OverflowError:
        return None
    found = _written(written, stated, to)
    meant = PartialDate(to.isoformat() if stated.day else f"{to:%Y-%m}")
    again = dates(found)
    return found if len(again) == 1 and again[0].end == len(found) and again[0].value == meant else None


def _written(written: str, stated: PartialDate, to: date) -> str:
    """The parts of a written date, each with its new value."""
    parts = _PART.findall(written)
    if any(part.lower() in MONTHS for part in parts):
        figures = iter((to.day, to.year) if stated.day else (to.year,))
        return _PART.sub(lambda part: _named(part[0], figures, to), written)
    if len(parts[0]) == 4:
        order = [to.year, to.month, to.day]
    elif not stated.day:
        order = [to.month, to.year]
    else:  # the day may stand first only where it is over twelve
        order = [to.day, to.month, to.year] if int(parts[0]) > 12 and to.day > 12 else [to.month, to.day, to.year]
    values = iter(order)
    return _PART.sub(lambda part: _figure(part[0], next(values)), written)


def _named(part: str, figures: Iterator[int], to: date) -> str:
    """A part of a date whose month is a word."""
    if part.isdigit():
        return _figure(part, next(figures))
    if part.lower() not in MONTHS:
        return part
    whole = part.lower() == month_name[MONTHS[part.lower()]].lower()
    name = (month_name if whole else month_abbr)[to.month]
    return name.upper() if part.isupper() else name.lower() if part.islower() else name


def _figure(part: str, value: int) -> str:
    """A figure as wide as the one it stands for, where it can be; a year of two digits of the years alone."""
    return f"{value % 100:02}" if len(part) == 2 and value > 31 else f"{value:0{len(part)}}"
