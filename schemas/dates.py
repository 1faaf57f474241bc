"""Dates as records state them: to the day, the month or the year."""

from __future__ import annotations

import calendar
import re
from datetime import date

from pydantic import ConfigDict, RootModel, field_validator

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


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
    def earliest(self) -> date:
        """The first day it may mean."""
        return date.fromisoformat((self.root + "-01-01")[:10])

    @property
    def latest(self) -> date:
        """The last day it may mean."""
        first = self.earliest
        if self.precision == "day":
            return first
        month = 12 if self.precision == "year" else first.month
        return date(first.year, month, calendar.monthrange(first.year, month)[1])

    @property
    def day(self) -> date | None:
        """The day, where it is stated to the day."""
        return self.earliest if self.precision == "day" else None

    def __str__(self) -> str:
        return self.root
