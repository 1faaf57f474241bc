"""Names, addresses, numbers, days and amounts of X12 segments in the words of a page."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from pipeline import tables
from pipeline.ingest.markup.clinical import listed, shown_period, shown_time
from pipeline.ingest.x12.interchange import Segment
from pipeline.ingest.x12.remittance import Bag

_PHONE = re.compile(r"(\d{3})(\d{3})(\d{4})")
_ZIP = re.compile(r"(\d{5})(\d{4})")


@cache
def table() -> dict[str, Any]:
    """x12.yaml."""
    return tables.load("ingest.x12", "x12.yaml")


def labelled(label: str, value: str) -> str:
    """A line of the page; empty where there is no value."""
    return f"{label}: {value}" if value else ""


def glossed(code: str, kind: str) -> str:
    """A code, with our words for it in brackets where we have any."""
    words = table()[kind].get(code, "")
    return f"{code} ({words})" if words else code


def person(segment: Segment) -> str:
    """The name of a person or a firm (NM1): first, middle, last, suffix."""
    return listed((segment.at(4), segment.at(5), segment.at(3), segment.at(7)), " ")


def member_id(segment: Segment) -> str:
    """The number that a plan gave a person (NM1); empty where it is of another kind."""
    return segment.at(9) if segment.at(8) in table()["member"] else ""


def address(bag: Bag) -> str:
    """Street, town, state and postal code (N3, N4)."""
    street, town = bag.first("N3"), bag.first("N4")
    code = _ZIP.sub(r"\1-\2", town.at(3)) if _ZIP.fullmatch(town.at(3)) else town.at(3)
    return listed((street.at(1), street.at(2), town.at(1), listed((town.at(2), code), " ")))


def contact(segment: Segment) -> str:
    """The name, and the numbers by which it can be reached (PER)."""
    ways = [(segment.at(n), segment.at(n + 1)) for n in (3, 5, 7)]
    words = {"TE": "telephone", "FX": "fax", "EX": "extension"}
    told = (f"{words[kind]} {_phone(number)}" for kind, number in ways if kind in words and number)
    return listed((segment.at(2), *told))


def _phone(number: str) -> str:
    return _PHONE.sub(r"(\1) \2-\3", number) if _PHONE.fullmatch(number) else number


def shown(value: Decimal | None) -> str:
    """An amount with two places, or as many as it has; empty where there is none."""
    if value is None:
        return ""
    exponent = value.as_tuple().exponent
    return f"{value:,}" if isinstance(exponent, int) and exponent < -2 else f"{value:,.2f}"


def period(first: str, last: str = "") -> str:
    """A day or a period, as in 01/31/2026 - 02/02/2026; "20260131-20260202" is a period too."""
    if not last and re.fullmatch(r"\d{8}-\d{8}", first):
        first, last = first.split("-")
    return shown_period(first, last)


def day(text: str) -> str:
    """A day as 01/31/2026."""
    return shown_time(text)
