"""A list of days, each with its value, under a line that names the one measure: "PSA history (ng/mL)"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.figures import Value, value_at, with_unit
from pipeline.extract.vocabulary import Term
from schemas.dates import PartialDate
from schemas.fact import FactKind

_HEAD_WORDS = 6
_LED = re.compile(r"(?:[\s,]*(?:at\s)?\d{1,2}:\d{2}(?:\s?[AaPp]\.?[Mm]\b\.?|\s?h(?:rs)?\b)?)?[\s:|=\u2013\u2014-]*")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of such a list, with the line that names the measure."""

    line: Line
    head: Line
    term: Term
    value: Value
    day: PartialDate


def listed_values(chart: Chart) -> Iterator[Listed]:
    """The values of lines that begin with a day, in order; a line of another shape ends a list."""
    head: tuple[Line, Term] | None = None
    for line in chart.lines:
        begins = bool(line.days) and line.days[0][0] == 0 and line.days[0][2].precision == "day"
        if not begins:
            term = _measure(line)
            head = (line, term) if term else None
        elif head and line.statement.page == head[0].statement.page:
            end, day = line.days[0][1], line.days[0][2]
            lead = _LED.match(line.text, end)
            value = value_at(line.text, lead.end(), head[1], len(line.text)) if lead else None
            if lead and value and value.start == lead.end():
                units = [unit for unit in head[1].units if f"({unit})" in head[0].text]
                yield Listed(line, head[0], head[1], with_unit(value, units[0] if units else None), day)


def _measure(line: Line) -> Term | None:
    """The one measure that a line of a few words is about, where it gives no value itself."""
    plain = line.statement.shape is not Shape.ROW and len(line.text.split()) <= _HEAD_WORDS
    named = {hit.term.name: hit.term for hit in line.hits if hit.term.kind is FactKind.MEASUREMENT}
    if not plain or len(named) != 1 or any(c.isdigit() for c in re.sub(r"\([^()]*\)|[A-Za-z][\w-]*", "", line.text)):
        return None
    return next(iter(named.values()))
