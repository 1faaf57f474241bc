"""Dates written as eight digits, which only a label or a column makes dates: 20260311; and days that a hyphen joins."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.notation import Found

_COMPACT = re.compile(r"(?<![\w.,/-])(20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?![\w.,/-])")


def compact_days(text: str) -> list[Found[date]]:
    """The dates of eight digits in a text, year first. Impossible dates are not dates."""
    found = []
    for match in _COMPACT.finditer(text):
        try:
            found.append(Found(*match.span(), date(*map(int, match.groups()))))
        except ValueError:
            continue
    return found


_JOINED = re.compile(r"[-\u2013\u2014]")


def with_range(text: str, days: Sequence[Found[date]]) -> Iterator[Found[date]]:
    """The days, each with the other end of its range where a hyphen alone joins them: neither is a word by itself."""
    for at, day in enumerate(days):
        start, end = day.start, day.end
        if at + 1 < len(days) and _JOINED.fullmatch(text[end : days[at + 1].start]):
            end = days[at + 1].end
        if at and _JOINED.fullmatch(text[days[at - 1].end : start]):
            start = days[at - 1].start
        yield Found(start, end, day.value)
