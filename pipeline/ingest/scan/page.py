"""A scanned page -> its words: prepared, read, turned where it stands on its head, and laid out as text."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
import numpy.typing as npt

from pipeline.errors import AppealwrightError
from pipeline.ingest._charset import clean
from pipeline.ingest._opened import Note, Reading, Scan
from pipeline.ingest.layout.page import Token, lay_out
from pipeline.ingest.scan import rapid, tesseract
from pipeline.ingest.scan.barcodes import barcodes
from pipeline.ingest.scan.blank import is_blank
from pipeline.ingest.scan.handwriting import handwriting, print_words
from pipeline.ingest.scan.second import read_twice
from pipeline.ingest.scan.sheets import halves
from pipeline.ingest.scan.spots import box_before, outside, pixels_of
from pipeline.ingest.scan.straighten import Straight, straighten
from pipeline.ingest.scan.tesseract import ReadWord
from pipeline.ingest.scan.unread import unread_letters
from pipeline.ingest.sources import Limits
from schemas.case import Category
from schemas.document import Box, Mark, MarkKind, Origin, PageEvent

_NOISE = 0.4  # confidence below which a word of no letters or digits is none
_SPECK = 0.25  # of a word's usual height: smaller marks by themselves are dust; a dash is wider
_RULES = frozenset("|_¦")
_LONG = 4  # characters: a word so long is wider than high
_POOR = 0.6  # mean confidence below which the page may stand on its head
_WORTHLESS = 0.3  # mean confidence below which the words are not what the page says
_ORIENTATION_DPI = 150  # Tesseract tells which way is up better from a smaller picture
_COARSE = 150  # dpi along the worse axis: faxes of the standard kind have 98
_WHOLE = Box(0.0, 0.0, 1.0, 1.0)

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Try:
    """One reading of a page."""

    turn: int
    words: tuple[ReadWord, ...]
    straight: Straight

    @property
    def picture(self) -> Grey:
        """The straightened page."""
        return np.asarray(self.straight.image.convert("L"))

    @property
    def confidence(self) -> float:
        """Mean confidence of the words."""
        return sum(word.confidence for word in self.words) / len(self.words) if self.words else 0.0

    @property
    def lies(self) -> bool:
        """Whether the lines run up or down the page: Tesseract reads such lines too, but nobody can lay them out."""
        long = [word for word in self.words if len(word.text) >= _LONG]
        return sum(word.height > word.width for word in long) > len(long) / 2

    @property
    def worth(self) -> float:
        """Letters and digits read, each by its confidence squared; nothing where the lines do not lie level."""
        return (
            0.0 if self.lies else sum(word.confidence**2 * sum(c.isalnum() for c in word.text) for word in self.words)
        )


def read_scan(scan: Scan, limits: Limits, place: str) -> tuple[Reading, ...]:
    """The words of a scanned page, or of the two that lie on it. A page without ink is a page with no text.

    AppealwrightError where Tesseract fails, or where there is ink and no words, or none that can be believed.
    """
    best = _upright(scan, limits, place)
    width, height = scan.size
    if best is None:
        blank = Reading("", (), width, height, Origin.OCR, notes=scan.notes, marks=scan.marks)
        return (replace(blank, events=(PageEvent.BLANK,)),)
    if best.turn % 180:
        width, height = height, width
    best, marks = _without_what_is_no_print(scan, best)
    notes = (*scan.notes, *_notes(best, marks))
    if not best.words and not marks:
        raise AppealwrightError(Category.OCR, place, "there is something on the page, but no words could be read")
    if best.words and best.confidence < _WORTHLESS:
        raise AppealwrightError(Category.OCR, place, "hardly a word could be read with confidence")
    confidence = round(best.confidence, 4)
    if rapid.tool().present:
        best = replace(best, words=read_twice(best.picture, best.words, every=min(scan.dpi) < _COARSE))
    events = {0: (), 180: (PageEvent.UPSIDE_DOWN,)}.get(best.turn, (PageEvent.SIDEWAYS,))
    marks = (*scan.marks, *marks)
    whole = Reading("", (), width, height, Origin.OCR, confidence, best.turn, notes, events=events, marks=marks)
    sheet = halves(best.picture, (best.straight.dpi, best.straight.dpi))
    return tuple(_laid_out(whole, best, part) for part in sheet) if sheet else (_laid_out(whole, best, _WHOLE),)


def _upright(scan: Scan, limits: Limits, place: str) -> _Try | None:
    """The page read the way it makes most sense; null where it holds no ink."""
    until = time.monotonic() + limits.page_timeout
    best = _try(scan, 0, limits, until, place)
    if best.confidence >= _POOR and not best.lies:
        return best
    if is_blank(np.asarray(scan.image.convert("L")), scan.dpi):
        return None
    for turn in _turns(scan, until, place):
        best = max(best, _try(scan, turn, limits, until, place), key=lambda attempt: attempt.worth)
        if best.confidence >= _POOR and not best.lies:
            break
    return best


def _try(scan: Scan, turn: int, limits: Limits, until: float, place: str) -> _Try:
    straight = straighten(scan, turn, limits.max_pixels)
    words = tesseract.read_words(straight.image, straight.dpi, _left(until), place)
    usual = median(word.height for word in words) if words else 0
    return _Try(turn, tuple(word for word in words if not _is_noise(word, usual)), straight)


def _left(until: float) -> float:
    """Seconds left; a program that is given none would run for ever."""
    return max(0.01, until - time.monotonic())


def _is_noise(word: ReadWord, usual: float) -> bool:
    """Whether it is no word: a speck, the rule of a table, or marks read with little confidence."""
    if any(c.isalnum() for c in word.text):
        return False
    return word.confidence < _NOISE or max(word.width, word.height) < _SPECK * usual or set(word.text) <= _RULES


def _turns(scan: Scan, until: float, place: str) -> tuple[int, ...]:
    """The turns to try: the one that Tesseract tells from the picture, or all where it cannot tell."""
    width, height = (max(1, round(points / 72 * _ORIENTATION_DPI)) for points in scan.size)
    small = scan.image.convert("L").resize((width, height))
    turn = tesseract.clockwise_to_upright(small, _ORIENTATION_DPI, _left(until), place)
    return (180, 90, 270) if turn is None else (turn,) if turn else ()


def _without_what_is_no_print(scan: Scan, best: _Try) -> tuple[_Try, tuple[Mark, ...]]:
    """The words without those made of bars and of handwriting, and marks where these are."""
    raw = np.asarray(scan.image.convert("L").rotate(-best.turn, expand=True))
    codes = barcodes(raw, scan.dpi[::-1] if best.turn % 180 else scan.dpi)
    matrix = best.straight.matrix
    words = outside(best.words, [mark.box for mark in codes if mark.box], matrix)
    pens = handwriting(best.picture, best.straight.dpi, words)
    boxes = [box_before(matrix, pen.left, pen.top, pen.right, pen.bottom) for pen in pens]
    marks = (*codes, *(Mark(kind=MarkKind.HANDWRITING, box=box) for box in boxes))
    return replace(best, words=print_words(words, pens)), marks


def _notes(best: _Try, marks: Sequence[Mark]) -> list[Note]:
    """What of the page was not read."""
    notes = []
    if pens := sum(mark.kind is MarkKind.HANDWRITING for mark in marks):
        notes.append(Note("handwriting_not_read", f"{pens} place{'s' if pens > 1 else ''} with handwriting, not read"))
    known = [pixels_of(mark.box, best.straight.matrix) for mark in marks if mark.box]
    if count := unread_letters(best.picture, best.words, known):
        message = f"about {count} marks of a letter's size were not read; compare it with the text"
        notes.append(Note("part_not_read", message))
    return notes


def _laid_out(whole: Reading, best: _Try, part: Box) -> Reading:
    """The page, or one of the two that lie on its sheet, with its text."""
    back = _box_before(best.straight)
    tokens = [token for token in _tokens(best.words) if _lies_in(back(token), part)]
    layout = lay_out(tokens, lambda token: _within(back(token), part))
    marks = [
        mark.model_copy(update={"box": mark.box and _within(mark.box, part)})
        for mark in whole.marks
        if mark.box is None or _lies_in(mark.box, part)
    ]
    page = replace(whole, text=layout.text, words=layout.words, tables=layout.tables, marks=tuple(marks))
    if part == _WHOLE:
        return page
    across, down = part.right - part.left, part.bottom - part.top
    events = (*whole.events, PageEvent.HALF_SHEET)
    return replace(page, width=whole.width * across, height=whole.height * down, sheet=part, events=events)


def _lies_in(box: Box, part: Box) -> bool:
    across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return part.left <= across < part.right + (part.right == 1) and part.top <= down < part.bottom + (part.bottom == 1)


def _within(box: Box, part: Box) -> Box:
    """The box in fractions of the part."""
    if part == _WHOLE:
        return box
    across, down = part.right - part.left, part.bottom - part.top
    edges = (
        (box.left - part.left) / across,
        (box.top - part.top) / down,
        (box.right - part.left) / across,
        (box.bottom - part.top) / down,
    )
    return Box(*(round(min(max(edge, 0.0), 1.0), 5) for edge in edges))


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
    return lambda token: box_before(straight.matrix, token.left, token.top, token.right, token.bottom)
