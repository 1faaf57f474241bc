"""Printed words side by side: the rows of a page, and the cells that wide gaps part a row into."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

_WIDE = 2.5  # average characters: a wider gap between two words of a row separates columns
_WIDE_AMONG_SPACES = 1.75  # average characters, where it is also so many times the row's usual space:
_SPACES = 3.0
_SAME_ROW = 0.5  # share of the lower word's height that two words of one row have in common
_MOST_STRIPS = 2000  # of a page, whatever its words' heights


@dataclass(frozen=True, slots=True)
class Token:
    """A printed word on upright paper; any length unit, the same along both axes, origin at the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0
    other: str = ""

    @property
    def height(self) -> float:
        """Height of the box."""
        return self.bottom - self.top


class Row:
    """Words of one line, left to right, of a page or of a column."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.left = tokens[0].left
        self.right = max([token.right for token in tokens])

    @cached_property
    def bottom(self) -> float:
        """Where most of its words stand."""
        return median([token.bottom for token in self.tokens])

    @cached_property
    def height(self) -> float:
        """Height of its highest word."""
        return max([token.bottom - token.top for token in self.tokens])

    @cached_property
    def character(self) -> float:
        """Average width of a character."""
        letters = sum([len(token.text) for token in self.tokens])
        return sum([token.right - token.left for token in self.tokens]) / letters

    @cached_property
    def gaps(self) -> list[tuple[float, float]]:
        """Left and right edges of the gaps wider than a character."""
        gaps = []
        right = self.tokens[0].right
        for token in self.tokens:
            if token.left - right > self.character:
                gaps.append((right, token.left))
            if token.right > right:
                right = token.right
        return gaps

    @cached_property
    def cells(self) -> list[list[Token]]:
        """Its words, cut where a gap is wide: less of it will do where the row shows how wide its spaces are."""
        if not self.gaps:
            return [self.tokens]
        gaps = [after.left - before.right for before, after in pairwise(self.tokens)]
        spaces = max(median(gaps), 0)
        wide = min(_WIDE * self.character, max(_WIDE_AMONG_SPACES * self.character, _SPACES * spaces))
        cells = [[self.tokens[0]]]
        for gap, token in zip(gaps, self.tokens[1:], strict=True):
            if gap > wide:
                cells.append([])
            cells[-1].append(token)
        return cells

    def is_clear_of(self, x: float) -> bool:
        """Whether no word crosses x, and the words on either side of it stand well apart."""
        if x <= self.left or x >= self.right:
            return True
        return any(left <= x <= right for left, right in self.gaps)

    def before(self, x: float) -> Row | None:
        """The words to the left of x."""
        if self.right <= x:
            return self
        part = [token for token in self.tokens if token.right <= x]
        return Row(part) if part else None

    def after(self, x: float) -> Row | None:
        """The words to the right of x."""
        if self.left >= x:
            return self
        part = [token for token in self.tokens if token.left >= x]
        return Row(part) if part else None


def rows_of(tokens: list[Token]) -> list[Row]:
    """Words side by side, top to bottom.

    Each word, from left to right, joins the row whose last word stands beside it: so a row may slope a little.
    """
    least = 0.5 * median(token.height for token in tokens)
    extent = max(token.bottom for token in tokens) - min(token.top for token in tokens)
    strip = max(4 * least, extent / _MOST_STRIPS, 1e-6)
    rows: list[list[Token]] = []
    bands: list[_Band] = []  # where each row's last word stands
    shelves: dict[int, list[int]] = {}  # rows by the strip their last word lies in, to look at few of them
    for token in sorted(tokens, key=lambda t: (t.left, t.top, t.right, t.text)):
        top, bottom = _extent(token, least)
        first, last = int(top // strip), int(bottom // strip)
        near = (
            shelves.get(first, []) if first == last else [i for s in range(first, last + 1) for i in shelves.get(s, ())]
        )
        i = _row_beside(near, bands, top, bottom, token.left)
        band = (top, bottom, token.right, first, last)
        if i is None:
            i = len(rows)
            rows.append([token])
            bands.append(band)
        else:
            rows[i].append(token)
            before, bands[i] = bands[i], band
            if before[3:] == (first, last):
                continue
            for shelf in range(before[3], before[4] + 1):
                shelves[shelf].remove(i)
        for shelf in range(first, last + 1):
            shelves.setdefault(shelf, []).append(i)
    return [Row(row) for row in sorted(rows, key=lambda row: (median(t.top + t.bottom for t in row), row[0].left))]


_Band = tuple[float, float, float, int, int]  # top, bottom and right edge; first and last strip


def _extent(token: Token, least: float) -> tuple[float, float]:
    """Vertical extent for comparison: a dash or a dot is taken to be as high as a small letter."""
    if token.bottom - token.top >= least:
        return token.top, token.bottom
    middle = (token.top + token.bottom) / 2
    return middle - least / 2, middle + least / 2


def _row_beside(near: list[int], bands: list[_Band], top: float, bottom: float, left: float) -> int | None:
    """The row whose last word stands best beside a word."""
    found = None
    nearest = 0.0
    for i in near:
        row_top, row_bottom, row_right, _, _ = bands[i]
        if row_bottom <= top or bottom <= row_top:  # most of them: min and max are where the time goes
            continue
        lower = min(row_bottom - row_top, bottom - top)
        common = min(row_bottom, bottom) - max(row_top, top)
        if common < _SAME_ROW * lower or left < row_right - lower:
            continue
        off = abs(row_top + row_bottom - top - bottom)
        if found is None or (off, i) < (nearest, found):
            found, nearest = i, off
    return found
