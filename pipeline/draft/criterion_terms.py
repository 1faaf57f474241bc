"""What a criterion asks for: the terms of its predicates, and whether other words speak of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.folding import folded
from schemas.denial import Criterion
from schemas.requirement import Requirement


def questions(requirement: Requirement | None) -> Iterator[Requirement]:
    """Every question in a requirement, the inner ones first."""
    if requirement is None:
        return
    inner = getattr(requirement, "of", ())
    for part in inner if isinstance(inner, tuple) else () if isinstance(inner, str) else (inner,):
        yield from questions(part)
    yield requirement


def terms(criterion: Criterion) -> tuple[str, ...]:
    """The terms of its questions, each once."""
    asked = (term for part in questions(criterion.requirement) for term in getattr(part, "terms", ()))
    return tuple(dict.fromkeys(asked))


def names_criterion(text: str, criterion: Criterion) -> bool:
    """Whether the text names a term that the criterion asks for."""
    page = folded(text)
    said = (folded(term.replace("_", " ")) for term in terms(criterion))
    return any(re.search(rf"(?<!\w){re.escape(term)}s?(?!\w)", page) for term in said if len(term) > 2)
