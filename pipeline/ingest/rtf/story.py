"""One story of an RTF file, the body or a footnote, say: its paragraphs and table rows as they are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from pipeline.ingest._flow import PAGE_BREAK, Block, Seen, flat, kept_apart, row_of
from schemas.document import Mark, MarkKind

_SPACE: Final = 60  # twentieths of a point: less between two paragraphs makes them lines of one
_LEVELS: Final = 50  # tables within tables


class Story:
    """Takes text as it comes; `level` is how deep in tables it stands, 0 outside."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text: dict[int, list[str]] = defaultdict(list)  # by level: the paragraph or the cell being written
        self._cells: dict[int, list[str]] = defaultdict(list)  # by level: the row being written
        self._apart: dict[Seen, list[str]] = {}
        self._marks: list[Mark] = []
        self._seen: set[Seen] = set()
        self._after: list[Block] = []  # footnotes of the paragraph
        self._boxes: list[Block] = []  # text boxes that hang on the paragraph
        self._below = _SPACE  # space under the paragraph before
        self._in_rows = False

    def add(self, text: str, level: int) -> None:
        """Text of the current paragraph."""
        self._text[min(level, _LEVELS)].append(text)

    def keep_apart(self, text: str, seen: Seen) -> None:
        """Text that stands in the paragraph and is not read with it."""
        self._apart.setdefault(seen, []).append(text)

    def comment(self, blocks: Iterable[Block]) -> None:
        """A comment on the paragraph."""
        self._marks += kept_apart(MarkKind.COMMENT, "\n".join(flat(block) for block in blocks))
        self._seen.add(Seen.COMMENT)

    def note(self, blocks: Iterable[Block]) -> None:
        """A footnote or endnote of the paragraph."""
        self._after += blocks

    def box(self, blocks: Iterable[Block]) -> None:
        """A text box that hangs on the paragraph."""
        self._boxes += blocks

    def see(self, seen: Seen) -> None:
        """What a reviewer must know of the paragraph."""
        self._seen.add(seen)

    def paragraph(self, level: int, above: int = 0, below: int = 0) -> None:
        """Ends the paragraph, which has so much space around it, in twentieths of a point."""
        if level:
            self.add("\n", level)
            return
        self._end_rows()
        text = "".join(self._text.pop(0, ()))
        blank = not text.replace(PAGE_BREAK, "").strip()
        tight = not blank and self._below + above < _SPACE
        self._in_rows = False
        self._emit(Block(text, (), tight))
        self._below = _SPACE if blank else below

    def cell(self, level: int) -> None:
        """Ends a cell."""
        level = min(max(level, 1), _LEVELS)
        self._cells[level].append("".join(self._text.pop(level, ())).strip("\n"))

    def row(self, level: int) -> None:
        """Ends a row; one of a table in a cell becomes lines of the cell."""
        level = min(max(level, 1), _LEVELS)
        if self._text.get(level):
            self.cell(level)
        cells = self._cells.pop(level, [])
        row = row_of([(1, [Block(cell)]) for cell in cells], self._in_rows and level == 1)
        if level > 1:
            self.add(f"\n{flat(row)}\n", level - 1)
        elif cells:
            self._emit(row)
            self._in_rows, self._below = True, _SPACE

    def end(self) -> list[Block]:
        """Ends the story and gives its blocks."""
        self.finish()
        return self.blocks

    def finish(self) -> None:
        """Ends what is open."""
        self._end_rows()
        if self._text or self._apart or self._seen or self._marks or self._after or self._boxes:
            self.paragraph(0)

    def _end_rows(self) -> None:
        for level in sorted({*self._cells, *self._text} - {0}, reverse=True):
            self.row(level)

    def _emit(self, block: Block) -> None:
        marks = [mark for words in self._apart.values() for mark in kept_apart(MarkKind.HIDDEN, "".join(words))]
        apart = {seen for seen, words in self._apart.items() if "".join(words).strip()}
        self.blocks.append(
            Block(
                block.text,
                block.cells,
                block.tight,
                frozenset(self._seen | apart),
                (*marks, *self._marks),
                tuple(self._after),
            )
        )
        self.blocks += self._boxes
        self._apart.clear()
        for held in (self._marks, self._after, self._boxes):
            held.clear()
        self._seen.clear()
