"""What the clinician states of the case: what a result decides, what delay or discharge risks, how long a stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.stated import Stated
from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from pipeline.extract.vocabulary import by_name
from schemas.base import Frozen
from schemas.fact import Assertion

_LONGEST = 400  # characters of a sentence; what is longer is no sentence


class Way(Frozen):
    """One way of making a statement: the words, one of each list, that a sentence must hold."""

    of: tuple[str, ...]
    says: tuple[str, ...]
    what: tuple[str, ...] = ()
    in_order: bool = False


class Table(Frozen):
    """reasoning.yaml."""

    source: str
    statements: dict[str, tuple[Way, ...]]
    hidden: tuple[str, ...]
    taken_back: tuple[str, ...]
    of_others: tuple[str, ...]
    doubted: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A way, ready to be looked for."""

    parts: tuple[Phrases[bool], ...]  # in their order in a sentence, where they have one
    in_order: bool


@dataclass(frozen=True, slots=True)
class _Grammar:
    ways: tuple[tuple[str, _Pattern], ...]
    any_of: Phrases[bool]  # what some way says: a sentence without is none
    hidden: Phrases[bool]
    taken_back: Phrases[bool]
    of_others: Phrases[bool]
    sections: frozenset[str]


def _phrases(words: tuple[str, ...]) -> Phrases[bool]:
    return Phrases((word, True) for word in words)


@cache
def _grammar() -> _Grammar:
    table = Table.model_validate(load("chart/reasoning.yaml"))
    ways = [(name, way) for name, group in table.statements.items() for way in group]
    return _Grammar(
        ways=tuple(
            (name, _Pattern(tuple(_phrases(part) for part in (way.of, way.says, way.what) if part), way.in_order))
            for name, way in ways
        ),
        any_of=_phrases(tuple({word for _, way in ways for word in way.says})),
        hidden=_phrases(table.hidden),
        taken_back=_phrases((*table.taken_back, *table.doubted)),
        of_others=_phrases(table.of_others),
        sections=frozenset(table.sections),
    )


def reasoning(chart: Chart) -> Iterator[Stated]:
    """The clinician's statements, each with its sentence; each once in a note."""
    seen: set[tuple[str, int]] = set()
    for line in chart.readable:
        for name in stated(line):
            if (name, line.statement.note) not in seen:
                seen.add((name, line.statement.note))
                yield Stated(by_name(name), line.statement)


def stated(line: Line) -> Iterator[str]:
    """The names of what one sentence states; nothing of what it denies, doubts or tells as another's view."""
    text, grammar = line.text, _grammar()
    if len(text) > _LONGEST or line.statement.section in grammar.sections or text.rstrip().endswith("?"):
        return
    if not grammar.any_of.find(text) or grammar.of_others.find(text):
        return
    for hit in grammar.hidden.find(text):
        text = text[: hit.start] + "_" * (hit.end - hit.start) + text[hit.end :]
    for name in dict.fromkeys(name for name, _ in grammar.ways):
        places = [found for other, way in grammar.ways if other == name and (found := _places(way, text))]
        if any(_stands(line, text, found) for found in places):
            yield name


Place = tuple[int, int]


def _places(way: _Pattern, text: str) -> tuple[Place, ...]:
    """Where the parts of a way stand, one place of each; none where one is missing or stands out of order."""
    found: list[Place] = []
    at = 0
    for part in way.parts:
        hits = [(hit.start, hit.end) for hit in part.find(text) if hit.start >= at]
        fresh = [place for place in hits if not any(a < place[1] and place[0] < b for a, b in found)]
        if not (fresh or (hits and not way.in_order)):
            return ()
        found.append((fresh or hits)[0])
        at = found[-1][1] if way.in_order else 0
    return tuple(found)


def _stands(line: Line, text: str, places: tuple[Place, ...]) -> bool:
    """Whether nothing in the sentence's text takes it back, and it is of this patient."""
    for hit in _grammar().taken_back.find(text):
        if not any(a <= hit.start and hit.end <= b for a, b in places):
            return False
    judged = line.judgement.of(*places[0])
    return judged not in (Assertion.FAMILY, Assertion.OTHER_PATIENT)
