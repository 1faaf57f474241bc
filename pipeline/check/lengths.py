"""Lengths of time on the calendar: exact days, floored weeks, months by day number."""

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Final

from dateutil.relativedelta import relativedelta

from schemas.fact import Length

_DAYS: Final = {"days": 1, "weeks": 7}
_MONTHS: Final = {"months": 1, "years": 12}
_LONGEST_MONTH: Final = 31
_SLACK: Final = {"days": 1, "weeks": 3, "months": 15, "years": 182}  # half a unit: "6 weeks" of 40 days is rounded


def later(day: date, length: Length) -> date:
    """The day `length` after `day`; the last day of the month where the day number does not exist.

    A part of a day or month counts up (half a month is 16 days), so that a length is never taken too short.
    """
    months, days = _parts(length.n, length.unit)
    return (_months_later(day, months) if months else day) + timedelta(days=days)


@lru_cache(maxsize=16384)
def _months_later(day: date, months: int) -> date:
    return day + relativedelta(months=months)


def earlier(day: date, length: Length) -> date:
    """The day `length` before `day`, as `later` counts."""
    months, days = _parts(length.n, length.unit)
    before = day - timedelta(days=days)
    return _months_later(before, -months) if months else before


@lru_cache(maxsize=1024)
def _parts(n: Decimal, unit: str) -> tuple[int, int]:
    """Months, and days beside them."""
    if unit in _DAYS:
        return 0, _ceiling(n * _DAYS[unit])
    months = n * _MONTHS[unit]
    return int(months), _ceiling(months % 1 * _LONGEST_MONTH)


def _ceiling(number: Decimal) -> int:
    return int(number.to_integral_value(rounding=ROUND_CEILING))


def in_days(length: Length) -> tuple[int, int]:
    """The fewest and the most days it can be: months and years differ with the season."""
    return _fewest_and_most_days(*_parts(length.n, length.unit))


@lru_cache(maxsize=1024)
def _fewest_and_most_days(months: int, days: int) -> tuple[int, int]:
    firsts = [date(2023 + m // 12, m % 12 + 1, 1) for m in range(48)] if months else [date(2023, 1, 1)]
    spans = [(_months_later(first, months) - first).days + days for first in firsts]
    return min(spans), max(spans)


def comparable(length: Length, other: Length) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    """Both lengths as ranges of one unit: exact within days and weeks, or months and years; else in days."""
    for factors in (_DAYS, _MONTHS):
        if length.unit in factors and other.unit in factors:
            one, two = length.n * factors[length.unit], other.n * factors[other.unit]
            return (one, one), (two, two)
    (low, high), (other_low, other_high) = in_days(length), in_days(other)
    return (Decimal(low), Decimal(high)), (Decimal(other_low), Decimal(other_high))


def agrees(start: date, end: date, stated: Length) -> bool:
    """Whether a stated length is what the days come to: whole units gone by, or the nearest number of them."""
    more = stated.model_copy(update={"n": stated.n + 1})
    return later(start, stated) - timedelta(days=_SLACK[stated.unit]) <= end < later(start, more)


def words(length: Length) -> str:
    """The length as written: "6 weeks", "1 month"."""
    return counted(length.n, length.unit)


def counted(n: Decimal | int, unit: str) -> str:
    """A number with its unit, the unit's plural s dropped for one."""
    return f"{n.normalize():f} {_unit(n, unit)}" if isinstance(n, Decimal) else f"{n} {_unit(n, unit)}"


def _unit(n: Decimal | int, unit: str) -> str:
    return unit.removesuffix("s") if n == 1 else unit


def elapsed_words(start: date, end: date, unit: str) -> str:
    """The days between: "44 days = 6 weeks 2 days", or in months and days where the unit is months or years."""
    days = (end - start).days
    if unit in _MONTHS:
        gone = relativedelta(end, start)
        return f"{counted(days, 'days')} = {_pair(gone.years * 12 + gone.months, 'months', gone.days)}"
    return days_words(days, unit)


def days_words(days: int, unit: str) -> str:
    """A number of days, and in weeks and days where the criterion speaks of weeks."""
    weeks = f" = {_pair(days // 7, 'weeks', days % 7)}" if unit == "weeks" else ""
    return counted(days, "days") + weeks


def _pair(n: int, unit: str, days: int) -> str:
    return counted(n, unit) + (f" {counted(days, 'days')}" if days else "")
