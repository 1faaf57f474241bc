"""The documents themselves: what they are, who signed them, and the acts that they record."""

import re
from collections.abc import Iterator

from pipeline.extract.chart import Chart, Line
from pipeline.extract.sections import Shape
from pipeline.extract.stated import Stated
from pipeline.extract.vocabulary import terms
from schemas.fact import FactKind

_AUTHOR = re.compile(
    r"(?:signed|authenticated|dictated|provider|author|prescriber|attending|physician)\b", re.IGNORECASE
)
_TITLE_WORDS = 8


def papers(chart: Chart) -> Iterator[Stated]:
    """The kinds of document by their titles, and the specialties of those who signed."""
    seen: set[tuple[str, int]] = set()
    for line in chart.lines:
        for stated in (*_titled(line), *_authors(line)):
            key = (stated.term.name, stated.statement.note)
            if key not in seen:
                seen.add(key)
                yield stated


def _titled(line: Line) -> Iterator[Stated]:
    """A document by its title: a heading that begins with the name of a kind of document."""
    if line.statement.shape is not Shape.HEADING or len(line.text.split()) > _TITLE_WORDS:
        return
    for hit in terms(line.text):
        if hit.term.kind is FactKind.DOCUMENTATION and not hit.term.classes and hit.start == 0:
            yield Stated(hit.term, line.statement)


def _authors(line: Line) -> Iterator[Stated]:
    """The specialty in a signature: "Electronically signed by Anselm Brandt, MD, Rheumatology, 05/18/2026"."""
    if not line.signature or not (_AUTHOR.search(line.text[:40]) or _AUTHOR.search(line.statement.label)):
        return
    for hit in line.hits:
        if "author_specialty" in hit.term.classes:
            days = [day for _, _, day in line.dates]
            yield Stated(hit.term, line.statement, on=days[0] if len(days) == 1 else None)
