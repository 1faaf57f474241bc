"""The facts of a case, found by what they are about: looked up once, asked by every criterion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from schemas.fact import Fact, FactKind


@dataclass(frozen=True, slots=True)
class Record:
    """Facts in order of id, so that their given order is of no account, and what is about each name and class."""

    facts: tuple[Fact, ...]
    by_term: Mapping[str, Sequence[Fact]] = field(repr=False)

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Record:
        """The facts with their index."""
        ordered = tuple(sorted(facts, key=attrgetter("id")))
        by_term: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in ordered:
            by_term[fact.name].append(fact)
            for term in fact.classes:
                if term != fact.name:
                    by_term[term].append(fact)
        return cls(ordered, by_term)

    def about(self, terms: Sequence[str]) -> Sequence[Fact]:
        """The facts of which one of the terms is the name or a class, as `Fact.is_a` tells, in order."""
        if len(terms) == 1:
            return self.by_term.get(terms[0], ())
        found = {fact.id: fact for term in terms for fact in self.by_term.get(term, ())}
        return [found[name] for name in sorted(found)]

    @property
    def coded(self) -> tuple[Fact, ...]:
        """The diagnoses that are given with a code."""
        return tuple(fact for fact in self.facts if fact.kind is FactKind.DIAGNOSIS and fact.value)
