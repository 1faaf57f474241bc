"""The second reading: words that decide a case are read again by another reader, and the two are weighed.

Read again are words with a digit and words of little confidence. Where both readers agree they are hardly ever wrong.
Where they differ on a word with a digit, one reading is kept in the text, the other beside it, and the word is doubtful
all the way to the reviewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline import notation
from pipeline.ingest._rapid import read_line
from pipeline.ingest._tesseract import ReadWord

_WEAK = 0.6  # confidence below which a word without digits is read again
_AGREED = 0.98  # confidence of a word on which both readers agree
_DOUBTFUL = 0.5  # most confidence of a word with a digit on which they differ
_SURE = 0.9  # the second reader's own score from which its reading is preferred
_NEAR = 1.6  # of a word's height: words so close are read together, since a reader needs some width

Grey = npt.NDArray[np.uint8]
Run = tuple[ReadWord, ...]


def read_twice(image: Grey, words: Sequence[ReadWord]) -> tuple[ReadWord, ...]:
    """The words, those that matter read again in the same picture and weighed."""
    weighed: list[ReadWord] = []
    for run in _runs(words):
        if not _matters(run[0]):
            weighed += run
            continue
        text, score = read_line(_crop(image, run))
        weighed += _weighed(run, text, score)
    return tuple(weighed)


def _matters(word: ReadWord) -> bool:
    return _has_digit(word.text) or (word.confidence < _WEAK and any(c.isalpha() for c in word.text))


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _runs(words: Sequence[ReadWord]) -> Iterator[Run]:
    """The words in order: those that matter and stand side by side together, all others alone."""
    run: list[ReadWord] = []
    for word in words:
        if run and not (_matters(run[-1]) and _matters(word) and _beside(run[-1], word)):
            yield tuple(run)
            run = []
        run.append(word)
    if run:
        yield tuple(run)


def _beside(one: ReadWord, other: ReadWord) -> bool:
    level = abs((one.top + one.height / 2) - (other.top + other.height / 2)) < 0.6 * one.height
    return level and 0 <= other.left - (one.left + one.width) < _NEAR * max(one.height, other.height)


def _crop(image: Grey, run: Run) -> Grey:
    """The picture of the words with a margin, as the reader was taught lines."""
    top, bottom = min(word.top for word in run), max(word.top + word.height for word in run)
    left, right = min(word.left for word in run), max(word.left + word.width for word in run)
    margin = max(2, (bottom - top) // 4)
    return image[max(0, top - margin) : bottom + margin, max(0, left - 2 * margin) : right + 2 * margin]


def _weighed(run: Run, text: str, score: float) -> Iterator[ReadWord]:
    """Each word of a run with what the second reader made of it."""
    parts = text.split()
    if "".join(parts) == "".join(word.text for word in run):
        yield from map(_agreed, _joined(run, parts))
    elif len(parts) == len(run):
        yield from (_weigh(word, part, score) for word, part in zip(run, parts, strict=True))
    elif len(run) == 1:
        yield _weigh(run[0], "".join(parts), score)
    else:  # which word is which cannot be told
        yield from (_doubt(word, text) if _has_digit(word.text) else word for word in run)


def _weigh(word: ReadWord, other: str, score: float) -> ReadWord:
    if _bare(word.text) == _bare(other):
        return _agreed(word)
    if not _has_digit(word.text + other):
        return word
    if _preferred(word.text, other, score) == other:
        return _doubt(replace(word, text=other), word.text)
    return _doubt(word, other)


def _agreed(word: ReadWord) -> ReadWord:
    """A word that both read alike; an amount that has not the shape of one stays doubtful all the same."""
    if word.text.startswith("$") and not _has_shape(_bare(word.text)):
        return replace(word, confidence=min(word.confidence, _DOUBTFUL))
    return replace(word, confidence=max(word.confidence, _AGREED))


def _joined(run: Run, parts: Sequence[str]) -> Iterator[ReadWord]:
    """The words of a run, two made one where the second reader saw one and only as one it has a shape: "G08. 1"."""
    at = 0
    while at < len(run):
        one, two = run[at], run[at + 1] if at + 1 < len(run) else None
        if two and _is_one(one.text, two.text, parts):
            yield _both(one, two)
            at += 2
        else:
            yield one
            at += 1


def _is_one(one: str, two: str, parts: Sequence[str]) -> bool:
    """Whether two words are one code or amount: the second reader saw one, or the first ends as no amount does."""
    broken = one.startswith("$") and one.endswith(".") and two.isdigit()
    return (one + two in map(_bare, parts) or broken) and _has_shape(one + two)


def _both(one: ReadWord, two: ReadWord) -> ReadWord:
    top = min(one.top, two.top)
    height = max(one.top + one.height, two.top + two.height) - top
    width = two.left + two.width - one.left
    return ReadWord(one.text + two.text, one.left, top, width, height, min(one.confidence, two.confidence))


def _doubt(word: ReadWord, other: str) -> ReadWord:
    return replace(word, confidence=min(word.confidence, _DOUBTFUL), other=other)


def _bare(text: str) -> str:
    """A word without the marks round it, on which readers differ to no effect."""
    return text.strip(".,;:'\"|_~-\u2018\u2019\u201c\u201d\u2014")


_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?",  # ICD-10-CM
        r"[A-V]\d{4}|\d{4}[0-9FTU]",  # HCPCS, CPT
        r"\$?\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\$?\d+\.\d\d",
        r"\(?\d{3}\)?[-. ]?\d{3}[-.]\d{4}|\d{3}-\d{4}",
        r"\d{1,4}(?:\.\d{1,2})?%?|\d{1,3}/\d{1,3}",
    )
)


def _preferred(one: str, other: str, score: float) -> str:
    """The reading with a known shape where only one has it, else the second reader's where that is sure."""
    shaped = [text for text in (one, other) if _has_shape(_bare(text))]
    if len(shaped) == 1:
        return shaped[0]
    return other if score >= _SURE else one


def _has_shape(text: str) -> bool:
    dates = notation.days(text)
    if len(dates) == 1 and dates[0].end - dates[0].start == len(text):
        return True
    return any(shape.fullmatch(text) for shape in _SHAPES)
