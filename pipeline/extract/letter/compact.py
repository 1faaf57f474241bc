"""Dates written as eight digits, as systems print them: 20260311. Only a label or a column makes them dates."""

import re
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
