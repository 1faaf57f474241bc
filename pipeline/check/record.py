"""The facts of a case, found by what they are about: looked up once, asked by every criterion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from schemas.fact import Fact, FactKind


@dataclass(frozen=True, slots=True)
class Record:
    """Facts in order of id, so that their given order is of no account, and their places by name and class."""

    facts: tuple[Fact, ...]
    places: Mapping[str, Sequence[int]] = field(repr=False)

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Record:
        """The facts with their index."""
        ordered = tuple(sorted(facts, key=attrgetter("id")))
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, fact in enumerate(ordered):
            for term in {fact.name, *fact.classes} if fact.classes else (fact.name,):
                places[term].append(place)
        return cls(ordered, dict(places))

    def about(self, terms: Sequence[str]) -> Sequence[Fact]:
        """The facts of which one of the terms is the name or a class, as `Fact.is_a` tells, in order."""
        if len(terms) == 1:
            return [self.facts[place] for place in self.places.get(terms[0], ())]
        found = {place for term in terms for place in self.places.get(term, ())}
        return [self.facts[place] for place in sorted(found)]

    @property
    def coded(self) -> tuple[Fact, ...]:
        """The diagnoses that are given with a code."""
        return tuple(fact for fact in self.facts if fact.kind is FactKind.DIAGNOSIS and fact.value)
