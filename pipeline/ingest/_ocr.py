"""A scanned page -> its words: prepared, read, turned where it stands on its head, and laid out as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from pipeline.errors import AppealwrightError
from pipeline.ingest import _rapid, _tesseract
from pipeline.ingest._charset import clean
from pipeline.ingest._opened import Note, Reading, Scan
from pipeline.ingest._second import read_twice
from pipeline.ingest._straighten import Straight, has_ink, straighten
from pipeline.ingest._tesseract import ReadWord
from pipeline.ingest._unread import unread_letters
from pipeline.ingest.layout import Token, box_on, compose
from pipeline.ingest.sources import Limits
from schemas.case import Category
from schemas.document import Box, Origin, PageEvent

_NOISE = 0.4  # confidence below which a word of no letters or digits is none
_SPECK = 0.25  # of a word's usual height: smaller marks by themselves are dust; a dash is wider
_RULES = frozenset("|_¦")
_POOR = 0.6  # mean confidence below which the page may stand on its head
_WORTHLESS = 0.3  # mean confidence below which the words are not what the page says
_ORIENTATION_DPI = 150  # Tesseract tells which way is up better from a smaller picture
_COARSE = 150  # dpi along the worse axis: faxes of the standard kind have 98


@dataclass(frozen=True)
class _Try:
    """One reading of a page."""

    turn: int
    words: tuple[ReadWord, ...]
    straight: Straight

    @property
    def confidence(self) -> float:
        """Mean confidence of the words."""
        return sum(word.confidence for word in self.words) / len(self.words) if self.words else 0.0

    @property
    def worth(self) -> float:
        """Letters and digits read, each by its confidence squared."""
        return sum(word.confidence**2 * sum(c.isalnum() for c in word.text) for word in self.words)


def read_scan(scan: Scan, limits: Limits, place: str) -> Reading:
    """The words of a scanned page. A page without ink is a page with no text.

    AppealwrightError where Tesseract fails, or where there is ink and no words, or none that can be believed.
    """
    best = _try(scan, 0, limits, place)
    if best.confidence < _POOR and not has_ink(scan.image):
        best = replace(best, words=())
    elif best.confidence < _POOR:
        for turn in _turns(scan, limits, place):
            best = max(best, _try(scan, turn, limits, place), key=lambda attempt: attempt.worth)
            if best.confidence >= _POOR:
                break
        if not best.words:
            raise AppealwrightError(Category.OCR, place, "there is something on the page, but no words could be read")
        if best.confidence < _WORTHLESS:
            raise AppealwrightError(Category.OCR, place, "hardly a word could be read with confidence")
    notes = (*scan.notes, *_unread(best))
    best = replace(best, words=_read_again(best, every=min(scan.dpi) < _COARSE))
    width, height = scan.size
    if best.turn % 180:
        width, height = height, width
    text, words = compose(_tokens(best.words), _box_before(best.straight))
    confidence = round(best.confidence, 4) if words else 1.0
    return Reading(
        text, words, width, height, Origin.OCR, confidence, best.turn, notes, events=_events(best.turn, blank=not words)
    )


def _events(turn: int, *, blank: bool) -> tuple[PageEvent, ...]:
    if blank:
        return (PageEvent.BLANK,)
    return {0: (), 180: (PageEvent.UPSIDE_DOWN,)}.get(turn, (PageEvent.SIDEWAYS,))


def _try(scan: Scan, turn: int, limits: Limits, place: str) -> _Try:
    straight = straighten(scan, turn, limits.max_pixels)
    words = _tesseract.read_words(straight.image, straight.dpi, limits.page_timeout, place)
    usual = median(word.height for word in words) if words else 0
    return _Try(turn, tuple(word for word in words if not _is_noise(word, usual)), straight)


def _unread(best: _Try) -> Iterator[Note]:
    """A note where there is print that no word covers."""
    if count := unread_letters(np.asarray(best.straight.image.convert("L")), best.words):
        yield Note("part_not_read", f"about {count} marks of a letter's size were not read; compare it with the text")


def _read_again(best: _Try, *, every: bool) -> tuple[ReadWord, ...]:
    """The words weighed against a second reading, where there is a second reader."""
    if not best.words or not _rapid.tool().present:
        return best.words
    return read_twice(np.asarray(best.straight.image.convert("L")), best.words, every=every)


def _is_noise(word: ReadWord, usual: float) -> bool:
    """Whether it is no word: a speck, the rule of a table, or marks read with little confidence."""
    if any(c.isalnum() for c in word.text):
        return False
    return word.confidence < _NOISE or max(word.width, word.height) < _SPECK * usual or set(word.text) <= _RULES


def _turns(scan: Scan, limits: Limits, place: str) -> tuple[int, ...]:
    """The turns to try: the one that Tesseract tells from the picture, or all where it cannot tell."""
    width, height = (max(1, round(points / 72 * _ORIENTATION_DPI)) for points in scan.size)
    small = scan.image.convert("L").resize((width, height))
    turn = _tesseract.clockwise_to_upright(small, _ORIENTATION_DPI, limits.page_timeout, place)
    return (180, 90, 270) if turn is None else (turn,) if turn else ()


def _tokens(words: tuple[ReadWord, ...]) -> list[Token]:
    """The words in pixels of the straightened picture."""
    tokens = []
    for word in words:
        if text := "".join(clean(word.text).split()):
            right, bottom = word.left + word.width, word.top + word.height
            tokens.append(Token(text, word.left, word.top, right, bottom, word.confidence, word.other))
    return tokens


def _box_before(straight: Straight) -> Callable[[Token], Box]:
    """Where a word stands on the page as displayed, before it was straightened."""
    matrix = straight.matrix
    box = box_on(1, 1)

    def back(token: Token) -> Box:
        corners = ((x, y) for x in (token.left, token.right) for y in (token.top, token.bottom))
        across, down = zip(*(matrix @ np.array([x, y, 1.0]) for x, y in corners), strict=True)
        return box(replace(token, left=min(across), top=min(down), right=max(across), bottom=max(down)))

    return back
