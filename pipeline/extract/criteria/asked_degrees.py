"""A diagnosis of a degree that its code tells by itself: "severe major depressive disorder" is F32.2 or F33.2."""

import re
from collections.abc import Callable
from functools import cache

from pipeline.extract.criteria.asked import with_person
from pipeline.extract.tables import load, pattern
from schemas.requirement import Any, Code, Finding, Requirement


@cache
def _degrees() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    rows = load("criteria/requirements.yaml")["coded_degrees"]
    return tuple((pattern(rf"(?<!\w){row['said']}"), tuple(row["codes"])) for row in rows)


def of_degree(text: str, statement: Callable[[str], Requirement | None]) -> Requirement | None:
    """The diagnosis by a code of that degree, or the diagnosis with its degree for a person; else None."""
    for said, codes in _degrees():
        if (found := said.search(text)) is None:
            continue
        named = statement(f"{text[: found.start()]}{text[found.end() :]}")
        if isinstance(named, Finding) and named.judged is None and not named.absent and len(named.terms) == 1:
            coded = Code(terms=codes, within=named.within)
            return Any(of=(coded, with_person(named, text)))
    return None
