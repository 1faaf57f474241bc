"""A measure followed by nothing but values, each with its own day: "PHQ-9:  10/14/2025  19   03/30/2026  22"."""

import re

from pipeline.extract.chart.chart import Line
from pipeline.extract.chart.figures import Value, value_right_at
from pipeline.extract.vocabulary import Term, TermHit
from schemas.dates import PartialDate
from schemas.fact import FactKind

_BETWEEN = re.compile(r"[\s,;:|()=\u2013\u2014-]*+")
_LEAD = re.compile(r"(?:\s?\([^()]{1,40}\)|\s(?:scores?|totals?|levels?|results?|trend|history))?[\s:|\u2013\u2014-]*+")


def dated_values(line: Line) -> list[tuple[TermHit, Value, PartialDate]]:
    """The values of a line that begins with a measure and goes on with days and values in turn; else none."""
    hit = next((hit for hit in line.hits if hit.start == 0 and hit.term.kind is FactKind.MEASUREMENT), None)
    if hit is None:
        return []
    days = [one for one in line.days if one[0] >= hit.end and one[2].precision == "day"]
    lead = _LEAD.match(line.text, hit.end)
    if not days or lead is None:
        return []
    stops = [*(start for start, _, _ in days[1:]), len(line.text)]
    if lead.end() == days[0][0]:  # the day, then its value
        parts = [(end, stop) for (_, end, _), stop in zip(days, stops, strict=True)]
    else:
        firsts = [lead.end(), *(end for _, end, _ in days[:-1])]
        parts = [(first, start) for first, (start, _, _) in zip(firsts, days, strict=True)]
        if _BETWEEN.fullmatch(line.text, days[-1][1]) is None:
            return []
    values = [_alone(line.text, hit.term, start, end) for start, end in parts]
    found = [(hit, value, day) for value, (_, _, day) in zip(values, days, strict=True) if value]
    return found if len(found) == len(days) else []


def _alone(text: str, term: Term, start: int, end: int) -> Value | None:
    """The value between two offsets where nothing else stands there."""
    lead = _BETWEEN.match(text, start, end)
    value = value_right_at(text, lead.end(), term, end) if lead else None
    return value if value and _BETWEEN.fullmatch(text, value.end, end) else None
