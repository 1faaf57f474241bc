"""Units of measures and doses: which spellings are one unit. Nothing is converted."""

from functools import cache, lru_cache

from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.coverage import Pattern


class Instrument(Frozen):
    """A score's scales; the fields are told at the head of quantities.yaml."""

    names: tuple[str, ...]
    scales: tuple[int, ...]
    bare: str
    threshold: int | None = None
    shows: Pattern
    source: str


class Quantities(Frozen):
    """quantities.yaml."""

    sources: dict[str, str]
    instruments: tuple[Instrument, ...]
    stale_days: int
    hourly: frozenset[str]
    percent: tuple[str, ...]
    units: tuple[tuple[str, ...], ...]
    implied: dict[str, str]


@cache
def _quantities() -> Quantities:
    return table("quantities", Quantities)


def instrument(name: str) -> Instrument | None:
    """The instrument of that name, or None where its scale is not known."""
    folded = name.casefold()
    return next((row for row in _quantities().instruments if folded in row.names), None)


def stale_days() -> int:
    """The age in days from which a figure may have changed, where the criterion gives no window."""
    return _quantities().stale_days


def is_hourly(name: str) -> bool:
    """Whether two different figures of one day may both be so."""
    return name.casefold() in _quantities().hourly


def is_percent(unit: str | None) -> bool:
    """Whether the unit is a spelling of per cent."""
    return unit is not None and unit.strip().casefold() in _quantities().percent


def implied_unit(name: str) -> str | None:
    """The unit that a bare figure of an analyte is in."""
    return _quantities().implied.get(name.casefold())


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings mean one unit."""
    return _name(one) == _name(other)


@lru_cache(maxsize=1024)  # a case compares the same few units many times
def _name(unit: str) -> str:
    folded = " ".join(unit.casefold().split())
    for spellings in _quantities().units:
        if any(folded == spelling.casefold() for spelling in spellings):
            return spellings[0]
    return folded.replace(" ", "")
