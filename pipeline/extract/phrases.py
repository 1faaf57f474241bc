"""Finding many phrases in a text at once: by whole words, longest first, in time linear in the text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import ahocorasick

T = TypeVar("T")

_GAP = "\x1f"  # stands where words do not belong together: an empty line, or the gap between two columns
_RUN = re.compile(r"[\s\-\u2010-\u2015]+")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010][ \t]*\n[ \t]*(?=[^\W\d_])")
_APOSTROPHES = str.maketrans("\u2019\u2018", "''")


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase's meaning and the half-open range of the text where it stands."""

    start: int
    end: int
    value: T


class Phrases(Generic[T]):
    """Phrases with their meanings. White space and hyphens are alike; "don't" and its curly spelling too.

    A phrase without a lower-case letter is an abbreviation and is matched as written, all others in any case; what
    is written as an abbreviation is meant as one ("PSA" is not "PsA").
    ValueError where a phrase is given two meanings.
    """

    def __init__(self, phrases: Iterable[tuple[str, T]], *, plurals: bool = False) -> None:
        choices: dict[str, dict[str, T]] = {}
        for phrase, value in phrases:
            for spelling in _plurals(phrase) if plurals else (phrase,):
                folded, _ = _fold(spelling.strip())
                slot = choices.setdefault(_lower(folded), {})
                known = slot.setdefault(folded if _is_abbreviation(phrase) else "", value)
                if known != value and spelling == phrase:
                    raise ValueError(f"{phrase!r} has two meanings")
        self._automaton = ahocorasick.Automaton()
        for key, slot in choices.items():
            self._automaton.add_word(key, (len(key), tuple(slot.items())))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit[T]]:
        """The phrases of a text in order, without overlap: the leftmost, and of those the longest."""
        found = self._hits(*_fold(text))
        if _BROKEN_WORD.search(text):
            found += self._hits(*_fold(text, join=True))
        found.sort(key=lambda hit: (hit.start, -hit.end))
        return list(_apart(found))

    def _hits(self, folded: str, offsets: list[int]) -> list[Hit[T]]:
        found: list[Hit[T]] = []
        for last, (length, slot) in self._automaton.iter(_lower(folded)):
            start, end = last + 1 - length, last + 1
            if _bounded(folded, start, end):
                written = folded[start:end]
                whole = offsets[start], offsets[end - 1] + 1
                spelled = [value for exact, value in slot if exact == written]
                found.extend(Hit(*whole, value) for value in spelled or [v for exact, v in slot if not exact])
        return found


@lru_cache(maxsize=256)  # many sets of phrases are looked for in one sentence
def _fold(text: str, *, join: bool = False) -> tuple[str, list[int]]:
    """The text with white space and hyphens as single spaces, and for each of its characters the original offset.

    With `join`, a hyphen that breaks a word at a line's end is nothing: the page does not say which it is.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for run in _RUN.finditer(text):
        pieces.append(text[at : run.start()])
        if join and _BROKEN_WORD.match(text, run.start()):
            offsets.extend(range(at, run.start()))
        else:
            offsets.extend(range(at, run.start() + 1))
            parted = "   " in run[0] or "\t" in run[0] or run[0].count("\n") > 1
            pieces.append(_GAP if parted else " ")
        at = run.end()
    pieces.append(text[at:])
    offsets.extend(range(at, len(text)))
    return "".join(pieces).translate(_APOSTROPHES), offsets


def _lower(text: str) -> str:
    """Lower case of the same length: a few letters would grow."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _is_abbreviation(form: str) -> bool:
    return not any(c.islower() for c in form) and any(c.isupper() for c in form)


def _plurals(form: str) -> Iterator[str]:
    """The form and its regular plural; an abbreviation takes a small s."""
    yield form
    if not form[-1].isalpha() or form[-1] in "sS":
        return
    if form[-1] == "y" and form[-2:-1] not in "aeiou":
        yield form[:-1] + "ies"
    else:
        yield form + "s"


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether the range begins and ends where words do."""
    return not any(0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum() for at in (start, end))


def _apart(found: list[Hit[T]]) -> Iterator[Hit[T]]:
    taken = 0
    for hit in found:
        if hit.start >= taken:
            taken = hit.end
            yield hit
