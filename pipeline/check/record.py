"""The facts of a case, found by what they are about: looked up once, asked by every criterion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from schemas.fact import Fact, FactKind


@dataclass(frozen=True, slots=True)
class Record:
    """Facts in order of id, so that their given order is of no account, and their places by name and class."""

    facts: tuple[Fact, ...]
    places: dict[str, tuple[int, ...]] = field(repr=False)
    coded: tuple[Fact, ...] = field(repr=False)

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Record:
        """The facts with their index."""
        ordered = tuple(sorted(facts, key=lambda fact: fact.id))
        places: dict[str, list[int]] = {}
        for place, fact in enumerate(ordered):
            for term in {fact.name, *fact.classes}:
                places.setdefault(term, []).append(place)
        coded = tuple(fact for fact in ordered if fact.kind is FactKind.DIAGNOSIS and fact.value)
        return cls(ordered, {term: tuple(found) for term, found in places.items()}, coded)

    def about(self, terms: Sequence[str]) -> Sequence[Fact]:
        """The facts of which one of the terms is the name or a class, as `Fact.is_a` tells, in order."""
        if len(terms) == 1:
            return [self.facts[place] for place in self.places.get(terms[0], ())]
        found = {place for term in terms for place in self.places.get(term, ())}
        return [self.facts[place] for place in sorted(found)]
