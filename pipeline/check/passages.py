"""The facts that best bear on the words of a criterion that arithmetic cannot decide: lexical retrieval."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.fact import Fact

_WORD = re.compile(r"[^\W\d_]{3,}|\d+(?:\.\d+)?")


class Common(Frozen):
    """passages.yaml."""

    source: str
    most: int
    least: int
    stem: int
    words: frozenset[str]


@cache
def _common() -> Common:
    return table("passages", Common)


def passages(text: str, facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The few facts whose names, classes and quotes share most with the text, rarer words first.

    Only what the record holds to be true of this patient serves. A thing told twice is given once.
    """
    asked = _words(text)
    found = [(fact, _told(fact)) for fact in facts if fact.assertion.holds]
    spread = Counter(word for _, told in found for word in told)
    ranked = sorted(
        ((sum(1 / spread[word] for word in told & asked), len(told & asked), fact) for fact, told in found),
        key=lambda one: (-one[1], -one[0], one[2].id),
    )
    kept: dict[tuple[object, ...], Fact] = {}
    for _, shared, fact in ranked:
        if shared >= _common().least:
            kept.setdefault((fact.kind, fact.name, fact.value, str(fact.date)), fact)
    return tuple(kept.values())[: _common().most]


def _told(fact: Fact) -> frozenset[str]:
    named: Sequence[str] = (fact.name, *fact.classes, *(span.quote for span in fact.spans))
    return _words(" ".join(named).replace("_", " "))


def _words(text: str) -> frozenset[str]:
    """The words that tell something, by their beginnings: "injections" is "injection"."""
    rows = _common()
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[: rows.stem] for word in words if word not in rows.words)
