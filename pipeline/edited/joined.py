"""Statements that join facts which no plan joined: each figure and outcome must be that of every thing it is said of.

Verification of a planned sentence may let its facts share their figures, for the plan chose them to be told together.
What an editor joins was not chosen so: "naproxen and physical therapy from May 4" dates both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.draft.evidence import Support
from pipeline.draft.verify_facts import outcome_reasons
from pipeline.draft.verify_figures import figure_reasons
from pipeline.draft.verify_tokens import Token, blanked, places_of, tokens
from pipeline.draft.verify_words import parts
from schemas.fact import Fact

_CUT = re.compile(r"[;,]|\b(?:and|or|with|then)\b", re.IGNORECASE)


def named(text: str, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts that a text names outside its quotations."""
    own = parts(text).own
    return tuple(fact for fact in facts if any(True for _ in places_of(fact.name, own)))


def joined_reasons(text: str, facts: Sequence[Fact]) -> Iterator[str]:
    """Why facts of several names may not be told together as the text tells them; none where they have one name."""
    groups = {fact.name: tuple(one for one in facts if one.name == fact.name) for fact in facts}
    if len(groups) < 2:
        return
    own = parts(text).own
    for group in groups.values():
        yield from outcome_reasons(own, group)
    bare: list[str] = []  # names since the last figure
    last: list[str] = []
    for names, found in _segments(own, groups):
        bare += names
        if found:
            last = bare or last
            for name in last:
                yield from figure_reasons(own, found, _support(groups[name]))
            bare = []


def _segments(own: str, groups: Mapping[str, Sequence[Fact]]) -> Iterator[tuple[list[str], list[Token]]]:
    """The names and figures of each part of a text between the words and marks that join."""
    places = {name: [*places_of(name, own)] for name in groups}
    unnamed = own
    for ranges in places.values():
        unnamed = blanked(unnamed, tuple(ranges))
    found = tokens(unnamed)
    cuts = [cut.start() for cut in _CUT.finditer(unnamed) if not any(t.start <= cut.start() < t.end for t in found)]
    for start, end in zip((0, *cuts), (*cuts, len(own)), strict=True):
        names = [name for name, ranges in places.items() if any(start <= at < end for at, _ in ranges)]
        yield names, [token for token in found if start <= token.start < end]


def _support(facts: Sequence[Fact]) -> Support:
    texts = tuple(span.quote for fact in facts for span in (*fact.spans, *fact.date_spans))
    return Support(facts=tuple(facts), texts=texts)
