"""Abbreviations that mean one thing in one clinic and another in the next, told apart by what stands beside them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipeline.extract.tables import load
from pipeline.extract.vocabulary import TermHit, by_name
from schemas.base import Frozen


class Row(Frozen):
    """What an abbreviation means where one of the words stands beside it, no further than `near` characters off.

    `behind`: a pattern that must end right before it instead. `means` is empty where it names nothing then.
    """

    form: str
    beside: tuple[str, ...] = ()
    behind: str = ""
    near: int
    means: str


class Table(Frozen):
    """ambiguous.yaml."""

    source: str
    meanings: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Meaning:
    beside: re.Pattern[str]
    behind: re.Pattern[str] | None
    near: int
    means: str

    def applies(self, page: str, start: int) -> bool:
        """Whether the form at `start` of a page means that."""
        if self.behind is not None:
            return self.behind.search(page, max(0, start - self.near), start) is not None
        return self.beside.search(page, max(0, start - self.near), start + self.near) is not None


@cache
def _meanings() -> dict[str, _Meaning]:
    rows = Table.model_validate(load("chart/ambiguous.yaml")).meanings
    return {
        row.form: _Meaning(
            beside=re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, row.beside))})(?!\w)"),
            behind=re.compile(rf"(?:{row.behind})\Z", re.IGNORECASE) if row.behind else None,
            near=row.near,
            means=row.means,
        )
        for row in rows
    }


def meant(text: str, hits: list[TermHit], page: str, at: int) -> Iterator[TermHit]:
    """The hits in a text that stands at `at` of a page, each abbreviation as what stands beside it makes it mean."""
    known = _meanings()
    for hit in hits:
        meaning = known.get(text[hit.start : hit.end])
        start = at + hit.start
        if meaning is None or not meaning.applies(page, start):
            yield hit
        elif meaning.means:
            yield replace(hit, term=by_name(meaning.means))
