"""Whether a sentence says that a treatment must not be had: the contraindication itself must be stated, and stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.extract.chart.assertion import Judgement
from pipeline.extract.chart.outcomes import bars, has_barrier
from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from schemas.base import Frozen
from schemas.fact import Assertion


class Table(Frozen):
    """barred.yaml."""

    source: str
    not_had: tuple[str, ...]
    taken_back: tuple[str, ...]
    open: tuple[str, ...]
    lifted: tuple[str, ...]
    in_part: tuple[str, ...]
    for_whom: tuple[str, ...]
    this_patient: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    not_had: Phrases[bool]
    taken_back: Phrases[bool]
    lifted: Phrases[bool]
    for_whom: Phrases[bool]
    this_patient: Phrases[bool]


@cache
def _words() -> _Words:
    table = Table.model_validate(load("chart/barred.yaml"))

    def phrases(rows: tuple[str, ...]) -> Phrases[bool]:
        return Phrases((row, True) for row in rows)

    return _Words(
        not_had=phrases(table.not_had),
        taken_back=phrases((*table.taken_back, *table.open)),
        lifted=phrases((*table.lifted, *table.in_part, *table.open)),
        for_whom=phrases(table.for_whom),
        this_patient=phrases(table.this_patient),
    )


_CLAUSE = re.compile(
    r"[;:(\u2013\u2014]|[.!?]\s|\b(?:but|because|since|which|as|so|and so|given that)\b", re.IGNORECASE
)
_SAID = re.compile(r"\bcontra-?indicat", re.IGNORECASE)
_DOUBTED = (Assertion.POSSIBLE, Assertion.HYPOTHETICAL, Assertion.FAMILY, Assertion.OTHER_PATIENT)
_AFTER = 60  # characters behind the statement that speak of it
_FOR = 24  # characters within which "in" tells for whom
_SENTENCE = re.compile(r"[.!?;]\s")


def stands(text: str, start: int = 0, end: int | None = None, section: str | None = None) -> bool:
    """Whether `start:end` of a sentence calls a treatment barred, and nothing takes it back or doubts it.

    "Never taken" denies the taking and not the contraindication; "no contraindication" denies the contraindication.
    """
    end = len(text) if end is None else end
    found = [(a, b) for a, b in bars(text) if start <= a and b <= end]
    return bool(found) and all(_stands(text, a, b, section) for a, b in found)


def spoken_of(text: str) -> bool:
    """Whether a text speaks of a contraindication, be it that there is none."""
    return _SAID.search(text) is not None or bool(bars(text))


def says_not_had(text: str) -> bool:
    """Whether a text says, in words that are not those of a contraindication, that something was not had."""
    return bool(_words().not_had.find(text))


def _stands(text: str, start: int, end: int, section: str | None) -> bool:
    plain = "".join(_without_not_had(text, start, end))
    plain = plain[:start] + "x" * (end - start) + plain[end:]  # its own words ("never an option") are no cue
    judged = Judgement(plain, section).of(start, end)
    if judged is Assertion.ABSENT or judged in _DOUBTED:
        return False
    begins = max((cut.end() for cut in _CLAUSE.finditer(plain, 0, start)), default=0)
    if _words().taken_back.find(plain[begins:start]):
        return False
    stop = _SENTENCE.search(plain, end)
    after = plain[end : min(stop.start() if stop else len(plain), end + _AFTER)]
    return not _words().lifted.find(after) and not has_barrier(after) and not _is_of_all(after)


def _is_of_all(after: str) -> bool:
    """Whether what follows only tells for whom, in general: "contraindicated in pregnancy"."""
    led = _words().for_whom.find(after[:_FOR])
    said = re.match(r"[\s,]*", after)
    general = bool(led) and led[0].start == (said.end() if said else 0)
    return general and not _words().this_patient.find(after)


def _without_not_had(text: str, start: int, end: int) -> Iterator[str]:
    """The text with the words that only say that it was not had made to say nothing, at the same places."""
    at = 0
    for hit in _words().not_had.find(text):
        if hit.end <= start or end <= hit.start:
            yield text[at : hit.start]
            yield "_" * (hit.end - hit.start)
            at = hit.end
    yield text[at:]
