"""Dates as records state them: to the day, the month or the year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_ISO = re.compile(r"^\d{4}(?:-\d{2}(?:-\d{2})?)?$", re.ASCII)


@lru_cache(maxsize=16384)  # a chart states the same dates many times
def _ends(stated: str) -> tuple[date, date]:
    """The first and the last day that a stated date may mean. ValueError where it is no date."""
    if _ISO.fullmatch(stated) is None:
        raise ValueError("a date is YYYY-MM-DD, YYYY-MM or YYYY")
    first = date.fromisoformat((stated + "-01-01")[:10])
    if len(stated) == 10:
        return first, first
    month = 12 if len(stated) == 4 else first.month
    return first, date(first.year, month, calendar.monthrange(first.year, month)[1])


@dataclass(frozen=True, slots=True)
class PartialDate:
    """An ISO 8601 date of stated precision: `2026-03-14`, `2026-03` or `2026`.

    It stands for every day from `earliest` to `latest`, both included. Nothing is rounded: a test that depends on
    the part that is not stated is for a person to decide. ValueError where it is no date. In JSON it is its text.
    """

    iso: str
    earliest: date = field(init=False, repr=False, compare=False)
    latest: date = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        earliest, latest = _ends(self.iso)
        object.__setattr__(self, "earliest", earliest)
        object.__setattr__(self, "latest", latest)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: type[object], _handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.no_info_after_validator_function(cls, core_schema.str_schema(pattern=_ISO.pattern))
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), text]),
            serialization=core_schema.to_string_ser_schema(when_used="always"),
        )

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The date to the day."""
        return cls(day.isoformat())

    @property
    def precision(self) -> str:
        """`day`, `month` or `year`."""
        return {10: "day", 7: "month", 4: "year"}[len(self.iso)]

    @property
    def ends(self) -> tuple[date, date]:
        """The first and the last day it may mean."""
        return self.earliest, self.latest

    @property
    def day(self) -> date | None:
        """The day, where it is stated to the day."""
        return self.earliest if len(self.iso) == 10 else None

    def __str__(self) -> str:
        return self.iso
