"""Dates as records state them: to the day, the month or the year."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache

from pydantic import ConfigDict, RootModel, field_validator

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@lru_cache(maxsize=16384)  # a case asks the same dates for their days thousands of times
def _ends(stated: str) -> tuple[date, date]:
    """The first and the last day that a stated date may mean."""
    first = date.fromisoformat((stated + "-01-01")[:10])
    if len(stated) == 10:
        return first, first
    month = 12 if len(stated) == 4 else first.month
    return first, date(first.year, month, calendar.monthrange(first.year, month)[1])


class PartialDate(RootModel[str]):
    """An ISO 8601 date of stated precision: `2026-03-14`, `2026-03` or `2026`.

    It stands for every day from `earliest` to `latest`, both included. Nothing is rounded: a test that depends on
    the part that is not stated is for a person to decide.
    """

    model_config = ConfigDict(frozen=True)

    @field_validator("root")
    @classmethod
    def _is_a_real_date(cls, value: str) -> str:
        match = _ISO.fullmatch(value)
        if match is None:
            raise ValueError("a date is YYYY-MM-DD, YYYY-MM or YYYY")
        year, month, day = match.groups(default="01")
        date(int(year), int(month), int(day))
        return value

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The date to the day."""
        return cls(day.isoformat())

    @property
    def precision(self) -> str:
        """`day`, `month` or `year`."""
        return {10: "day", 7: "month", 4: "year"}[len(self.root)]

    @property
    def ends(self) -> tuple[date, date]:
        """The first and the last day it may mean."""
        return _ends(self.root)

    @property
    def earliest(self) -> date:
        """The first day it may mean."""
        return _ends(self.root)[0]

    @property
    def latest(self) -> date:
        """The last day it may mean."""
        return _ends(self.root)[1]

    @property
    def day(self) -> date | None:
        """The day, where it is stated to the day."""
        return _ends(self.root)[0] if len(self.root) == 10 else None

    def __str__(self) -> str:
        return self.root
