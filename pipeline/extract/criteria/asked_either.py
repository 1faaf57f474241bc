"""Alternatives of which one is told by more words than we know: the other is asked as it stands."""

import re
from collections.abc import Callable
from itertools import pairwise

from pipeline.extract.criteria.asked import is_partial, with_person
from pipeline.extract.criteria.clauses import words
from pipeline.extract.vocabulary import terms as find_terms
from schemas.requirement import Any, Attest, Requirement

_OR = re.compile(r",?\s+or\s+(?:[a-z]+(?:-[a-z]+)?\s+){1,3}", re.IGNORECASE)


def either(text: str, leaf: Callable[[str], Requirement | None]) -> Requirement | None:
    """One alternative read whole, or the other with its own words for a person; None where that is not so.

    "6 weeks of massage or coached stretching": what is told of stretching takes nothing from massage.
    """
    for one, other in pairwise(find_terms(text)):
        between = text[one.end : other.start]
        denied = words("contrary").search(text[: one.start]) or words("contrary").search(between)
        if denied or not _OR.fullmatch(between):
            continue
        first = leaf(f"{text[: one.end]}{text[other.end :]}")
        if first is None or is_partial(first):
            continue
        second = leaf(f"{text[: one.start]}{text[other.start :]}") or Attest(terms=(other.term.name,))
        return Any(of=(first, with_person(second, text[one.end : other.end])))
    return None
