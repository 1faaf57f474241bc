"""Where a treatment was had: the parts of the body that its line names, and the words that are still of it."""

import re

from pipeline.extract.chart.chart import Line, body_parts
from pipeline.extract.vocabulary import TermHit, terms
from schemas.fact import FactKind


def parts_named(line: Line) -> list[TermHit]:
    """The parts of the body that a line names, those inside the names of diseases with them: "hip fracture"."""
    found = body_parts(line.hits)
    for hit in line.hits:
        if hit.term.kind is FactKind.DIAGNOSIS:
            words = line.text[hit.start : hit.end].split()
            inner = [part for word in words for part in body_parts(terms(word))]
            found += [TermHit(hit.start, hit.end, part.term) for part in inner]
    return sorted(found, key=lambda hit: hit.start)


_ANEW = re.compile(
    r"\band\s(?:(?:then|now|later|since)\s)?(?:had|has|have|developed|noted|she|he|they)\b", re.IGNORECASE
)


def own_clause(text: str, start: int, at: int, end: int) -> str:
    """The words of a range to where, behind what ends `at`, something else is told: "had it removed and had ..."."""
    stop = _ANEW.search(text, at, end)
    return text[start : stop.start() if stop else end]
