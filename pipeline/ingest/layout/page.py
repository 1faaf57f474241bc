"""From printed words with boxes to the text of a page: rows, columns, paragraphs, tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.ingest.layout.order import columns
from pipeline.ingest.layout.rows import Row, Token, rows_of
from pipeline.ingest.layout.tables import Cell, tables_in
from schemas.document import Box, Table, Word

__all__ = ["COLUMN_GAP", "Layout", "Token", "box_on", "lay_out", "turned"]

COLUMN_GAP = "   "
_LOOSE_LINES = 1.35  # a line distance so many times the usual one ends a paragraph


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of a page, its words and its tables, as in `schemas.document.Page`."""

    text: str = ""
    words: tuple[Word, ...] = ()
    tables: tuple[Table, ...] = ()


def turned(token: Token, turn: int, width: float, height: float) -> Token:
    """The token after the page `width` x `height` it stands on is turned clockwise by a multiple of 90 degrees."""
    if turn % 360 == 0:
        return token
    left, top, right, bottom = token.left, token.top, token.right, token.bottom
    for _ in range(turn // 90 % 4):
        left, top, right, bottom = height - bottom, left, height - top, right
        width, height = height, width
    return replace(token, left=left, top=top, right=right, bottom=bottom)


def lay_out(tokens: list[Token], box: Callable[[Token], Box]) -> Layout:
    """The text of a page, its words and tables; `box` says where on the page as displayed a word stands."""
    if not tokens:
        return Layout()
    setting = _Setting(box)
    tables: list[Table] = []
    for column in columns(rows_of(tokens)):
        if setting.pieces:
            setting.put("\n")
        lines = []
        for row, ends_paragraph in zip(column, _paragraph_ends(column), strict=True):
            lines.append(setting.line(row))
            setting.put("\n\n" if ends_paragraph else "\n")
        tables += tables_in(lines)
    return Layout("".join(setting.pieces), tuple(setting.words), tuple(tables))


class _Setting:
    """The text as it grows, with its words."""

    def __init__(self, box: Callable[[Token], Box]) -> None:
        self.pieces: list[str] = []
        self.words: list[Word] = []
        self._at = 0
        self._box = box

    def put(self, piece: str) -> None:
        """Adds what is no word."""
        self.pieces.append(piece)
        self._at += len(piece)

    def line(self, row: Row) -> list[Cell]:
        """Adds a row; gives its cells."""
        cells = []
        for number, tokens in enumerate(row.cells):
            if number:
                self.put(COLUMN_GAP)
            text = " ".join([token.text for token in tokens])
            right = max([token.right for token in tokens])
            end = self._at + len(text)
            cells.append(Cell(text, self._at, end, tokens[0].left, right, row.bottom, row.character))
            self._add(tokens)
            self.put(text)
        return cells

    def _add(self, tokens: list[Token]) -> None:
        at = self._at
        for token in tokens:
            end = at + len(token.text)
            self.words.append(Word(at, end, self._box(token), round(token.confidence, 4), token.other))
            at = end + 1  # a space


def _paragraph_ends(column: list[Row]) -> list[bool]:
    """For each row, whether a paragraph ends after it. The last row of a column ends none."""
    pitches = [(below.bottom - above.bottom) / max(below.height, 1e-6) for above, below in pairwise(column)]
    if not pitches:
        return [False] * len(column)
    usual = min(max(sorted(pitches)[int(0.3 * len(pitches))], 0.8), 2.6)
    return [pitch > _LOOSE_LINES * usual for pitch in pitches] + [False]


def box_on(width: float, height: float) -> Callable[[Token], Box]:
    """Where a token stands on a page of that size in the token's own unit."""

    def box(token: Token) -> Box:
        left, top, right, bottom = token.left / width, token.top / height, token.right / width, token.bottom / height
        if left < 0 or top < 0 or right > 1 or bottom > 1:
            left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in (left, top, right, bottom))
        return Box(round(left, 5), round(top, 5), round(right, 5), round(bottom, 5))

    return box
