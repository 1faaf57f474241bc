"""Pages that a record holds twice: the same words, read alike but for what a scanner may misread.

Forms are alike but for a date. So a page with any other figure is another page, and so is one with a word more or less.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import ne
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Hamming

from pipeline.folding import folded
from schemas.document import MarkKind, Origin, Page

_LEAST: Final = 40  # characters: fewer are a divider or a line that says there is nothing
_LONG: Final = 200  # characters from which pages may be alike without being the same
_ALIKE: Final = 0.97
_MISREAD: Final = 5  # letters from which a word that differs in one may be the same word misread
_SHINGLE: Final = 4  # words that make a run
_MARKED: Final = 7  # letters of a word at which a run begins
_TRACES: Final = 6  # of a page: pages alike share one of them
_COMPARED: Final = 4  # pages with a trace in common that are compared at most
_ADDED: Final = (MarkKind.FAX_HEADER, MarkKind.STAMP)  # on the way: they differ on two copies of a page
_LOST: Final = frozenset(".,;:'\"|_~")  # ticks, boxes and signs are words

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w(?:[\w.,/:'%$#&-]*\w)?%?|[^\w\s]")


@dataclass(frozen=True, slots=True)
class _Content:
    """What a page says: `plain` are the words without the marks that a scan loses and gains."""

    words: tuple[str, ...]
    plain: tuple[str, ...]
    figures: tuple[str, ...]
    scanned: bool

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(self.words)


def repeats(pages: Sequence[Page]) -> Mapping[int, int]:
    """For the index of each page that repeats an earlier one, the index of the first of its like."""
    found: dict[int, int] = {}
    same: dict[tuple[str, ...], int] = {}
    near: dict[tuple[int, tuple[str, ...]], list[int]] = defaultdict(list)
    contents: dict[int, _Content] = {}
    for i, page in enumerate(pages):
        content = _content(page)
        if len(content.text) < _LEAST:
            continue
        first = same.setdefault(content.words, i)
        if first != i:
            found[i] = first
            continue
        traces = _traces(content.plain) if len(content.text) >= _LONG else []
        keys = [(trace, content.figures) for trace in traces]
        candidates = sorted({other for key in keys for other in near[key][-_COMPARED:]})
        like = next((other for other in candidates if _is_alike(contents[other], content)), None)
        if like is not None:
            found[i] = same[content.words] = like
            continue
        contents[i] = content
        for key in keys:
            near[key].append(i)
    return found


def _content(page: Page) -> _Content:
    """The words of a page, folded, without what was added on the way."""
    text, at = [], 0
    for mark in sorted((mark for mark in page.marks if mark.kind in _ADDED), key=lambda mark: mark.start):
        text.append(page.text[at : mark.start])
        at = max(at, mark.end)
    text.append(page.text[at:])
    words = tuple(_WORD.findall(folded(" ".join(text))))
    plain = tuple(word for word in words if word not in _LOST)
    figures = tuple(word for word in words if _DIGIT.search(word))
    return _Content(words, plain, figures, page.origin is Origin.OCR)


def _traces(words: Sequence[str]) -> list[int]:
    """The smallest sums of the page's runs of words: a page with a few words misread keeps most of them."""
    begins = (i for i, word in enumerate(words) if len(word) >= _MARKED)
    runs = {zlib.crc32(" ".join(words[i : i + _SHINGLE]).encode()) for i in begins}
    return sorted(runs)[:_TRACES]


def _is_alike(one: _Content, other: _Content) -> bool:
    """Whether the two say the same: the same figures, and each other word the same or misread."""
    if not (one.scanned or other.scanned) or one.figures != other.figures:
        return False
    if len(one.plain) != len(other.plain):
        return False
    differing = compress(zip(one.plain, other.plain, strict=True), map(ne, one.plain, other.plain))
    if not all(_is_misread(a, b) for a, b in differing):
        return False
    return fuzz.ratio(one.text, other.text, score_cutoff=100 * _ALIKE) > 0


def _is_misread(one: str, other: str) -> bool:
    """Whether two words of some length differ in one letter."""
    return len(one) == len(other) >= _MISREAD and Hamming.distance(one, other) == 1
