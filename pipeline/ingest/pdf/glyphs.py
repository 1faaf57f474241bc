"""The text layer of a PDF page: characters gathered into words with boxes, and whether their codes are text at all.

PDFium's calls cost more than its work, so as few as can be are made: one for all characters, two for the boxes of a
word, and what belongs to a text object is asked once for each object.
"""

from __future__ import annotations

import ctypes
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.ingest._charset import LINE_END_HYPHENS, character, is_meaningless
from pipeline.ingest.layout.page import Token
from pipeline.ingest.pdf import calls

_NOTHING = 0x200B
_WORD_GAP = 0.5  # of a letter's larger side: a wider gap ends a word even where no space stands
_LONG = 0.6  # of a word's letters times its height: a longer word may hold such a gap
_ASLANT = -1  # neither upright nor a quarter turn: a watermark
_FAR_OFF = 1e7  # points: no paper reaches so far
_GARBLED_SHARE = 0.15
_VOWELS = frozenset("aeiouyAEIOUY")
_LEAST_VOWELS = 0.2  # English has 0.4; a text whose letters are shifted codes has 0.14
_ENOUGH_LETTERS = 200

Corners = tuple[float, float, float, float]


@dataclass(slots=True)
class Piece:
    """A text object: how its words are painted.

    `light` is its fill's luminance and `alpha` its cover, 0 to 255; `replaced`: the file gives other words for it.
    """

    handle: int
    font: int
    mode: int
    light: float
    alpha: int
    replaced: bool
    turn: int


@dataclass(slots=True)
class Printed:
    """A word of the layer, in points of the page as displayed, with the text objects that paint it.

    Its piece's turn, clockwise in degrees, sets it upright (-1: aslant).
    """

    token: Token
    pieces: tuple[Piece, ...]

    @property
    def turn(self) -> int:
        """The turn that sets it upright."""
        return self.pieces[0].turn if self.pieces else 0


@dataclass(frozen=True)
class Layer:
    """A page's text layer. `garbled`: the codes are plainly not what the page shows."""

    words: tuple[Printed, ...]
    garbled: bool


def read_layer(page: pdfium.PdfPage) -> Layer:
    """The page's text layer, shown or not. The caller holds the PDFium lock."""
    textpage = page.get_textpage()
    try:
        handle = calls.address(textpage.raw)
        codes = character_codes(handle, textpage.count_chars())
        pieces = _Pieces(handle, page.get_rotation())
        found = list(_words(handle, codes))
        boxes = placed(page, [box for _, _, _, box in found])
        words = tuple(
            Printed(Token(text, left, top, right, bottom), pieces.of(first, last))
            for (first, last, text, _), (left, top, right, bottom) in zip(found, boxes, strict=True)
        )
        firsts = [first for first, _, _, _ in found]
        garbled = _is_garbled(codes) or _is_unmapped(handle, codes, words, firsts)
        return Layer(words, garbled)
    finally:
        textpage.close()


def character_codes(textpage: int, length: int) -> list[int]:
    """The code point of each character; the second half of a surrogate pair becomes one that does not print."""
    room = (ctypes.c_ushort * (length + 1))()
    written = calls.text_of(textpage, 0, length, ctypes.addressof(room)) if length > 0 else 1
    if written == length + 1:
        codes = list(room)[:length]
    else:  # characters without a code are missing from the text
        codes = [min(calls.unicode_of(textpage, i), sys.maxunicode) for i in range(length)]
    if max(codes, default=0) >= 0xD800:
        for i, (high, low) in enumerate(pairwise(codes)):
            if 0xD800 <= high < 0xDC00 <= low < 0xE000:
                codes[i], codes[i + 1] = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), _NOTHING
    return codes


class _Characters(dict[int, str]):
    """For `str.translate`: each code as `character` gives it, one for one."""

    def __missing__(self, code: int) -> str:
        text = "\x01" if code in LINE_END_HYPHENS else character(code) or "\x00"
        self[code] = text
        return text


_CHARACTERS = _Characters()
_SPLIT = re.compile("[^ \x01]*\x01|[^ \x01]+")  # PDFium joins a word broken at the end of a line: on paper it is two


def _words(textpage: int, codes: Sequence[int]) -> Iterator[tuple[int, int, str, Corners]]:
    """First and last character, text and corners of each word."""
    box = raw.FS_RECTF()
    where = ctypes.addressof(box)

    def corners(index: int) -> Corners:
        calls.loose_box(textpage, index, where)
        return box.left, box.bottom, box.right, box.top

    text = "".join(map(chr, codes)).translate(_CHARACTERS)
    for match in _SPLIT.finditer(text):
        first, end = match.span()
        while first < end and text[first] == "\x00":
            first += 1
        while end > first and text[end - 1] == "\x00":
            end -= 1
        if first == end:
            continue
        one, two = corners(first), corners(end - 1)
        whole = _union(one, two)
        if end - first > 1 and _is_long(whole, one, end - first):
            boxes = {i: corners(i) for i in range(first, end) if text[i] != "\x00"}
            yield from _parted(text, boxes)
        else:
            yield first, end - 1, _plain(text[first:end]), whole


def _plain(text: str) -> str:
    return text.replace("\x00", "").replace("\x01", "-")


def _is_long(whole: Corners, one: Corners, letters: int) -> bool:
    """Whether a gap may hide in a word, or its ends stand on two lines."""
    across, along = whole[2] - whole[0], whole[3] - whole[1]
    size = max(one[2] - one[0], one[3] - one[1])
    return max(across, along) > _LONG * letters * size or min(across, along) > 1.5 * size


def _parted(text: str, boxes: dict[int, Corners]) -> Iterator[tuple[int, int, str, Corners]]:
    """A run of characters cut where they stand apart."""
    run: list[int] = []
    whole = last = (0.0, 0.0, 0.0, 0.0)
    for i, here in boxes.items():
        if run and _apart(last, here):
            yield run[0], run[-1], _plain("".join(text[k] for k in run)), whole
            run = []
        whole = _union(whole, here) if run else here
        run.append(i)
        last = here
    yield run[0], run[-1], _plain("".join(text[k] for k in run)), whole


def _union(one: Corners, two: Corners) -> Corners:
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])


def _apart(one: Corners, two: Corners) -> bool:
    across = max(two[0] - one[2], one[0] - two[2])
    along = max(two[1] - one[3], one[1] - two[3])
    size = max(one[2] - one[0], one[3] - one[1])
    return max(across, along) > _WORD_GAP * size


class _Pieces:
    """The text objects of a page, each asked once."""

    def __init__(self, textpage: int, rotation: int) -> None:
        self._textpage = textpage
        self._rotation = rotation
        self._colour = calls.Colour()
        self._known: dict[int, Piece] = {}

    def of(self, first: int, last: int) -> tuple[Piece, ...]:
        """The objects that paint the characters `first` to `last`; an object's characters follow one another."""
        start = calls.text_object(self._textpage, first)
        if first == last or calls.text_object(self._textpage, last) == start:
            return (self._piece(start, first),) if start else ()
        found: dict[int, Piece] = {}
        for i in range(first, last + 1):
            handle = calls.text_object(self._textpage, i)
            if handle and handle not in found:
                found[handle] = self._piece(handle, i)
        return tuple(found.values())

    def _piece(self, handle: int, index: int) -> Piece:
        piece = self._known.get(handle)
        if piece is None:
            light, alpha = self._colour.fill(handle) or (0.0, 255)
            clockwise = math.degrees(calls.char_angle(self._textpage, index)) + self._rotation
            quarter = round(clockwise / 90) * 90
            turn = _ASLANT if abs(clockwise - quarter) > 10 else -quarter % 360
            font, mode = calls.font_of(handle) or 0, calls.render_mode(handle)
            piece = Piece(handle, font, mode, light, alpha, _is_replaced(handle), turn)
            self._known[handle] = piece
        return piece


def _is_replaced(handle: int) -> bool:
    marks = (calls.mark_at(handle, i) for i in range(max(calls.count_marks(handle), 0)))
    return any(mark and calls.mark_value_type(mark, b"ActualText") > 0 for mark in marks)


def placed(page: pdfium.PdfPage, boxes: Sequence[Corners]) -> list[Corners]:
    """Boxes in points of the PDF's page as left, top, right, bottom on the page as displayed: cropped and turned."""
    width, height = page.get_size()
    fine = 1_000_000

    def at(x: float, y: float) -> npt.NDArray[np.float64]:
        right, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, fine, fine, 0, x, y, right, down)
        return np.array([right.value / fine * width, down.value / fine * height])

    reach = 100.0
    origin = at(0, 0)
    turn = np.stack([at(reach, 0) - origin, at(0, reach) - origin]) / reach
    held = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    held = np.nan_to_num(held, nan=-_FAR_OFF, posinf=_FAR_OFF, neginf=-_FAR_OFF).clip(-_FAR_OFF, _FAR_OFF)
    one, two = held[:, :2] @ turn + origin, held[:, 2:] @ turn + origin
    return list(map(tuple, np.hstack([np.minimum(one, two), np.maximum(one, two)]).tolist()))


def _is_unmapped(textpage: int, codes: Sequence[int], words: Sequence[Printed], firsts: Sequence[int]) -> bool:
    """Whether too many words begin with a code that its font does not explain: asked once for a font and a code."""
    known: dict[tuple[int, int], bool] = {}
    found = 0
    for word, first in zip(words, firsts, strict=True):
        key = (word.pieces[0].font if word.pieces else 0), codes[first]
        if key not in known:
            known[key] = calls.unmapped(textpage, first) == 1
        found += known[key]
    return found > _GARBLED_SHARE * len(words)


def _is_garbled(codes: Sequence[int]) -> bool:
    """Whether the codes are no text: no meaning, "(cid:12)", or letters with next to no vowels."""
    counts = Counter(codes)
    for space in (0x0A, 0x0D, 0x20):
        counts.pop(space, None)
    shown = sum(counts.values())
    meaningless = sum(n for code, n in counts.items() if is_meaningless(code))
    numbered = len("(cid:1)") * "".join(map(chr, codes)).count("(cid:")
    letters = {chr(code): n for code, n in counts.items() if chr(code).isalpha()}
    vowels = sum(n for letter, n in letters.items() if letter in _VOWELS or not letter.isascii())
    return max(meaningless, numbered) > _GARBLED_SHARE * shown or (
        sum(letters.values()) >= _ENOUGH_LETTERS and vowels < _LEAST_VOWELS * sum(letters.values())
    )
