"""The text layer of a PDF page: characters gathered into words with boxes, and whether they can be trusted."""

from __future__ import annotations

import ctypes
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.ingest._charset import LINE_END_HYPHENS, character, is_meaningless
from pipeline.ingest.layout import Token

_UNSEEN = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})
_NOTHING = 0x200B
_WORD_GAP = 0.5  # of a letter's larger side: a wider gap ends a word even where no space stands
_ASLANT = -1  # neither upright nor a quarter turn: a watermark
_GARBLED_SHARE = 0.15
_VOWELS = frozenset("aeiouyAEIOUY")
_LEAST_VOWELS = 0.2  # English has 0.4; a text whose letters are shifted codes has 0.14
_ENOUGH_LETTERS = 200


@dataclass(slots=True)
class _Word:
    """Characters of one word; the box is in points of the page as the PDF holds it, origin at the bottom left."""

    first: int
    text: list[str] = field(default_factory=list)
    left: float = math.inf
    bottom: float = math.inf
    right: float = -math.inf
    top: float = -math.inf

    def add(self, character: str, left: float, bottom: float, right: float, top: float) -> None:
        # Without min and max: this runs once for each character.
        self.text.append(character)
        if left < self.left:
            self.left = left
        if bottom < self.bottom:
            self.bottom = bottom
        if right > self.right:
            self.right = right
        if top > self.top:
            self.top = top


@dataclass(frozen=True)
class Layer:
    """A page's text layer, in points of the page as displayed.

    `words` print, each with the clockwise turn in degrees that sets it upright (-1: aslant); `unseen` counts those
    that do not print: invisible, or off the paper. `garbled`: the characters are plainly not what the page shows.
    """

    words: tuple[tuple[Token, int], ...]
    unseen: int
    garbled: bool

    @property
    def length(self) -> int:
        """Characters that print."""
        return sum(len(token.text) for token, _ in self.words)

    @property
    def turn(self) -> int:
        """The turn of most characters."""
        votes: Counter[int] = Counter()
        for token, turn in self.words:
            votes[turn] += len(token.text)
        votes.pop(_ASLANT, None)
        return max(votes, key=lambda turn: (votes[turn], -turn), default=0)


def read_layer(page: pdfium.PdfPage) -> Layer:
    """The page's text layer. The caller holds the PDFium lock."""
    textpage = page.get_textpage()
    try:
        codes = _codes(textpage)
        place = _placing(page)
        width, height = page.get_size()
        rotation = page.get_rotation()
        words: dict[tuple[str, int, int], tuple[Token, int]] = {}
        unseen = unmapped = 0
        for word in _words(textpage, codes):
            token = place(word)
            unmapped += raw.FPDFText_HasUnicodeMapError(textpage, word.first) == 1
            if _invisible(textpage, word.first) or not _on_paper(token, width, height):
                unseen += 1
                continue
            # Bold text is often printed twice, a hair apart: the second is the same word.
            where = token.text, round(token.left), round(token.top)
            words.setdefault(where, (token, _turn(textpage, word.first, rotation)))
        found = len(words) + unseen
        garbled = _is_garbled(codes) or (found > 0 and unmapped > _GARBLED_SHARE * found)
        return Layer(tuple(words.values()), unseen, garbled)
    finally:
        textpage.close()


def _codes(textpage: pdfium.PdfTextPage) -> list[int]:
    """The code point of each character; the second half of a surrogate pair becomes one that does not print."""
    codes = [min(raw.FPDFText_GetUnicode(textpage, i), sys.maxunicode) for i in range(textpage.count_chars())]
    for i, (high, low) in enumerate(pairwise(codes)):
        if 0xD800 <= high < 0xDC00 <= low < 0xE000:
            codes[i], codes[i + 1] = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), _NOTHING
    return codes


def _words(textpage: pdfium.PdfTextPage, codes: list[int]) -> Iterator[_Word]:
    box = raw.FS_RECTF()
    last = (0.0, 0.0, 0.0, 0.0)
    word: _Word | None = None
    for i, code in enumerate(codes):
        text = character(code)
        if not text:
            continue
        if text == " ":
            if word is not None:
                yield word
            word = None
            continue
        raw.FPDFText_GetLooseCharBox(textpage, i, box)
        here = (box.left, box.bottom, box.right, box.top)
        if word is not None and _apart(last, here):
            yield word
            word = None
        if word is None:
            word = _Word(i)
        word.add(text, *here)
        last = here
        if code in LINE_END_HYPHENS:  # PDFium joins the two halves; on paper they are on two lines
            yield word
            word = None
    if word is not None:
        yield word


def _apart(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    across = max(two[0] - one[2], one[0] - two[2])
    along = max(two[1] - one[3], one[1] - two[3])
    size = max(one[2] - one[0], one[3] - one[1])
    return max(across, along) > _WORD_GAP * size


def _placing(page: pdfium.PdfPage) -> Callable[[_Word], Token]:
    """How points of the PDF's page fall on the page as displayed: cropped, turned by /Rotate, from the top left."""
    width, height = page.get_size()
    fine = 1_000_000

    def at(x: float, y: float) -> tuple[float, float]:
        right, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, fine, fine, 0, x, y, right, down)
        return right.value / fine * width, down.value / fine * height

    reach = 100.0
    x0, y0 = at(0, 0)
    xx, xy = ((value - origin) / reach for value, origin in zip(at(reach, 0), (x0, y0), strict=True))
    yx, yy = ((value - origin) / reach for value, origin in zip(at(0, reach), (x0, y0), strict=True))

    def place(word: _Word) -> Token:
        ends = [
            (x0 + x * xx + y * yx, y0 + x * xy + y * yy) for x, y in ((word.left, word.bottom), (word.right, word.top))
        ]
        (ax, ay), (bx, by) = ends
        return Token("".join(word.text), min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    return place


def _on_paper(token: Token, width: float, height: float) -> bool:
    across, down = (token.left + token.right) / 2, (token.top + token.bottom) / 2
    return 0 <= across <= width and 0 <= down <= height


def _invisible(textpage: pdfium.PdfTextPage, index: int) -> bool:
    piece = raw.FPDFText_GetTextObject(textpage, index)
    return bool(piece) and raw.FPDFTextObj_GetTextRenderMode(piece) in _UNSEEN


def _turn(textpage: pdfium.PdfTextPage, index: int, rotation: int) -> int:
    clockwise = math.degrees(raw.FPDFText_GetCharAngle(textpage, index)) + rotation
    quarter = round(clockwise / 90) * 90
    return _ASLANT if abs(clockwise - quarter) > 10 else -quarter % 360


def _is_garbled(codes: list[int]) -> bool:
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
