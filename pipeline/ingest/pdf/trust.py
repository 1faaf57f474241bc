"""Whether a PDF page's text layer says what the page shows.

Why it is not needed to read a sample of words on every page:
A layer is made of codes, like the picture: the font's map turns a code into a letter, the font's outline turns it into
ink. The two can part in these ways only, and each is looked for where it happens.
- The font: its map names another letter than its outline shows. Each font is tested once for a file, code by code, so
  that one changed digit is found wherever it stands (`_fonts`). Letters that prove nothing (rare faces, ligatures) are
  read on paper by the second reader, twice each; where several codes claim one letter and not all look like it, each
  word with that letter is read.
- The file gives other words for what it prints (/ActualText): these are read on paper.
- The codes are not what is seen: words hidden, covered or replaced by other ink (`_shown`). Words that something covers
  in part, and ink where a hidden word stands, are read on paper.
Where a reading contradicts the layer, the whole page is read from its picture. Caller holds the PDFium lock.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pypdfium2 as pdfium
from rapidfuzz.distance import Levenshtein

from pipeline.ingest.pdf.fonts import CHECKED, Fonts
from pipeline.ingest.pdf.glyphs import Printed
from pipeline.ingest.pdf.shown import Shown, cut, picture
from pipeline.ingest.scan.rapid import read_line, tool

_DPI = 200
_SURE = 0.85  # the second reader's score from which it contradicts
_TWICE = 2  # readings that prove or refute a letter
_MOST = 60  # words of a page that are read: more in doubt, and the page is read from its picture
_MOST_REPLACED = 6
_FAR = 0.5  # of a word's letters: so many others are another word
_SAME = {"0": "o", "1": "l", "i": "l", "|": "l"}


@dataclass
class _Doubts:
    """Words to read: each of `all`, and of each (font, letter) of `letters` as many as it takes."""

    all: list[Printed] = field(default_factory=list)
    letters: dict[tuple[int, str], list[Printed]] = field(default_factory=dict)


def is_trusted(page: pdfium.PdfPage, seen: Shown, fonts: Fonts) -> bool:
    """Whether what the layer says of the words that show is what the page shows, as far as can be told."""
    doubts = _doubts(seen, fonts)
    if not (doubts.all or doubts.letters or seen.replaced):
        return True
    if not tool().present:
        return not (doubts.all or seen.replaced)
    if len(doubts.all) > _MOST:
        return False
    reader = _Reader(page)
    return (
        not any(reader.contradicts(word) for word in doubts.all)
        and all(_is_proven(reader, words, *key, fonts) for key, words in sorted(doubts.letters.items()))
        and not any(reader.sees_text(word) for word in _sample(seen.replaced))
    )


def _doubts(seen: Shown, fonts: Fonts) -> _Doubts:
    doubts = _Doubts(list(seen.doubtful))
    doubts.all += [word for word in seen.words if any(piece.replaced for piece in word.pieces)]
    by_font: dict[int, list[Printed]] = {}
    for word in seen.words:
        for font in {piece.font for piece in word.pieces}:
            by_font.setdefault(font, []).append(word)
    for font, words in by_font.items():
        if not font:
            continue
        letters = CHECKED.intersection(*[set().union(*(word.token.text for word in words))])
        odd, mixed = fonts.unproven(font, letters)
        for letter in odd:
            doubts.letters[font, letter] = [word for word in words if letter in word.token.text]
        doubts.all += [word for word in words if not mixed.isdisjoint(word.token.text)]
    return doubts


def _is_proven(reader: _Reader, words: Sequence[Printed], font: int, letter: str, fonts: Fonts) -> bool:
    """Whether a font's letter is not refuted; where it is read as itself it is proven for the rest of the file."""
    if not letter.isalnum():
        return True
    right = wrong = 0
    for word in _spread(words, 2 * _TWICE + 1):
        verdict = reader.judge(word)
        right += verdict is True
        wrong += verdict is False
        if right == _TWICE or wrong == _TWICE:
            break
    if right > wrong:
        fonts.prove(font, {letter})
    return right > wrong or (wrong == 0 and not letter.isdigit())  # a figure that cannot be read is not believed


def _spread(words: Sequence[Printed], most: int) -> list[Printed]:
    """Some of the words, all different, the longer first."""
    different = {word.token.text: word for word in words}
    return sorted(different.values(), key=lambda word: (-min(len(word.token.text), 12), word.token.text))[:most]


def _sample(words: Sequence[Printed]) -> list[Printed]:
    step = max(1, len(words) // _MOST_REPLACED)
    return list(words[::step])[:_MOST_REPLACED]


class _Reader:
    """The second reader on the words of a page; each is read once."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._picture = picture(page, _DPI)
        self._scale = self._picture.shape[1] / page.get_width()
        self._read: dict[int, tuple[str, float]] = {}

    def judge(self, word: Printed) -> bool | None:
        """Whether the word is read as the layer has it; null where that cannot be told."""
        said, (read, score) = _bare(word.token.text), self._reading(word)
        read = _bare(read)
        if said == read:
            return True
        return False if said and read and score >= _SURE else None

    def contradicts(self, word: Printed) -> bool:
        """Whether another word or another figure is read."""
        if self.judge(word) is not False:
            return False
        said, read = _bare(word.token.text), _bare(self._reading(word)[0])
        figures = any(c.isdigit() for c in said + read)
        return figures or Levenshtein.distance(said, read) >= max(1, _FAR * len(said))

    def sees_text(self, word: Printed) -> bool:
        """Whether any words are read in the word's place."""
        read, score = self._reading(word)
        return score >= _SURE and sum(c.isalnum() for c in read) > 1

    def _reading(self, word: Printed) -> tuple[str, float]:
        found = self._read.get(id(word))
        if found is None:
            token = word.token
            margin = 0.15 * min(token.bottom - token.top, token.right - token.left)
            part = cut(self._picture, (token.left, token.top, token.right, token.bottom), self._scale, margin)
            part = np.ascontiguousarray(np.rot90(part, k=-(max(word.turn, 0) // 90)))
            guess = read_line(part) if min(part.shape) > 1 else None
            found = self._read[id(word)] = (guess.text, guess.score) if guess else ("", 0.0)
        return found


def _bare(text: str) -> str:
    """Letters and figures alone, those that readers take for one another made one."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_SAME.get(c, c) for c in plain if c.isalnum() or c == "|")
