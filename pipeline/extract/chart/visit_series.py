"""Visits that a therapist notes one under another, each begun by its day: "7/16/26  Visit 2.  Pain 6/10. ..."."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.regimens import missed
from pipeline.extract.chart.topics import Topics
from schemas.dates import PartialDate
from schemas.fact import FactKind

_VISIT = re.compile(
    r"\b(?:visit|session|treatment|tx|class)\b\s?(?:#|no\.?)?\s?(?P<n>\d{1,3})?(?![\d/])", re.IGNORECASE
)
_EVALUATED = re.compile(r"\b(?:initial\s)?(?:eval(?:uation)?|intake)\b", re.IGNORECASE)
_NEAR = 30  # characters behind the day that say what kind of day it was
_FEWEST = 3  # visits


@dataclass(frozen=True, slots=True)
class _Visit:
    line: Line
    day: PartialDate
    number: int | None


def visit_series(chart: Chart) -> Iterator[Mention]:
    """The treatment that a document is about, from its first visit to its last, where every day of it is told."""
    topics = Topics(chart)
    visits: list[_Visit] = []
    for line in chart.lines:
        dated = line.statement.dated
        if dated is None or not line.dates or line.dates[0][0] or not dated.line.startswith(line.text[:_NEAR]):
            continue
        _, end, day = line.dates[0]
        near = line.text[end : end + _NEAR]
        visit, evaluated = _VISIT.search(near), _EVALUATED.search(near)
        if not (visit or evaluated) and missed().search(near):
            continue
        if not (visit or evaluated) or missed().search(near[: visit.start() if visit else _NEAR]):
            return
        number = int(visit["n"]) if visit and visit["n"] else 1 if evaluated and not visits else None
        visits.append(_Visit(line, day, number))
    days = [visit.day for visit in visits]
    term = topics.of(visits[0].line.statement) if visits else None
    if term is None or term.kind is not FactKind.TREATMENT or len(visits) < _FEWEST or len({*days}) < len(days):
        return
    if any(a.earliest >= b.earliest for a, b in pairwise(days)):
        return
    numbers = [visit.number for visit in visits]
    yield Mention(
        term=term,
        statements=tuple(visit.line.statement for visit in visits),
        start=days[0] if numbers[0] in (1, None) else None,
        end=days[-1],
        visits=_count(numbers),
        note=visits[-1].line.statement.dated,
    )


def _count(numbers: list[int | None]) -> int | None:
    """How many visits there were: as they are numbered, else as they are told; None where the numbers leave gaps."""
    first = numbers[0] or 1
    told = all(number in (None, first + index) for index, number in enumerate(numbers))
    return first + len(numbers) - 1 if told else None
