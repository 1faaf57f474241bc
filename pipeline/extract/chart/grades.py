"""Grades of muscle strength, from 0 to 5, as sentences and cells give them."""

import re
from collections.abc import Iterator

from pipeline.extract.chart.chart import Chart, Line, part_near, side_near
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.figures import Value
from pipeline.extract.chart.measurements import Measured
from pipeline.extract.chart.stated import table
from pipeline.extract.vocabulary import Term, TermHit, by_name, terms
from schemas.fact import Assertion

_GRADE = re.compile(r"(?<![\w/.+-])(?P<grade>[0-5][+-]?)\s?/\s?5(?![\d/]|\.\d)")


def strength() -> Term:
    """The measure that a grade is of."""
    return by_name(table().strength_name)


def speaks_of_strength(text: str) -> bool:
    """Whether words are about the strength of muscles."""
    return any(_is_muscular(hit) for hit in terms(text))


def _is_muscular(hit: TermHit) -> bool:
    return bool({hit.term.name, *hit.term.classes} & {*table().muscular})


def grade_in(text: str) -> Value | None:
    """The grade that a cell is."""
    match = _GRADE.match(text)
    return _value(match) if match else None


def _value(match: re.Match[str]) -> Value:
    return Value(match.start(), match.end(), match["grade"], scale="5")


def grades(chart: Chart) -> Iterator[Measured]:
    """The grades of the chart's sentences, each of the muscles and side that stand with it."""
    for line in chart.readable:
        if line.statement.shape is Shape.ROW and len(line.statement.cells) > 2:
            continue
        if _GRADE.search(line.text):
            yield from _graded(line)


def _graded(line: Line) -> Iterator[Measured]:
    named = [hit for hit in line.hits if _is_muscular(hit)]
    if not named and not speaks_of_strength(line.statement.label):
        return
    at = (named[0].start, named[0].end) if named else (0, 1)
    if line.judgement.of(*at) in (Assertion.HYPOTHETICAL, Assertion.FAMILY, Assertion.OTHER_PATIENT):
        return
    for match in _GRADE.finditer(line.text):
        if not named or named[0].start < match.start() or named[0].start - match.end() < 20:
            yield Measured(
                term=strength(),
                statement=line.statement,
                value=_value(match),
                side=side_near(line, *match.span()),
                body_part=part_near(line, *match.span()),
            )
