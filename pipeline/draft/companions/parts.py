"""Parts of a companion's plan: with the heading of its table of words, plain, as a list or as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.draft.companions.words import companion_words
from pipeline.draft.points import PartPlan, Point
from schemas.letter import Part

Cells = Sequence[Iterable[Point]]


def part(name: str, of: Part, points: Iterable[Point], listed: bool = False) -> PartPlan:
    """A part under the heading that goes by the name, its points numbered by it."""
    heading = companion_words().headings[name]
    return PartPlan(part=of, heading=heading, points=tuple(points), listed=listed).numbered(name)


def table(name: str, of: Part, columns: str, rows: Iterable[Cells]) -> PartPlan:
    """A part as a table: for each row the points of its cells."""
    words = companion_words()
    points = tuple(_placed(rows))
    plan = PartPlan(
        part=of,
        heading=words.headings[name],
        points=points,
        titles=words.columns[columns] if points else (),
        widths=words.widths[columns],
    )
    return plan.numbered(name)


def _placed(rows: Iterable[Cells]) -> Iterator[Point]:
    for n, cells in enumerate(rows):
        for column, points in enumerate(cells):
            yield from (point.model_copy(update={"cell": (n, column)}) for point in points)
