"""A page's text as a reader sees it: lines of cells, and paragraphs of lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.splitting import sentence_ranges
from schemas.document import MarkKind, Page
from schemas.proposal import Quote

COLUMN_GAP = "   "
_CELL = re.compile(r"\S+(?: {1,2}\S+)*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of a page's text."""

    page: Page
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words of the range, as stored."""
        return self.page.text[self.start : self.end]

    def part(self, start: int, end: int) -> "Stretch":
        """A range within this one, by offsets into its text, without the white space at its ends."""
        text = self.text[start:end]
        lead = len(text) - len(text.lstrip())
        return Stretch(self.page, self.start + start + lead, self.start + start + len(text.rstrip()))

    def quote(self, context: "Stretch | None" = None) -> Quote:
        """The range as an engine quotes it."""
        return Quote(
            text=self.text,
            document=self.page.document,
            page=self.page.number,
            context=context.text if context else "",
        )


@dataclass(frozen=True, slots=True)
class Line(Stretch):
    """One line with its cells: what stands between column gaps."""

    cells: tuple[Stretch, ...] = ()

    @property
    def margin(self) -> int:
        """The characters before it on its line of the page."""
        return self.start - self.page.text.rfind("\n", 0, self.start) - 1


# What a page carries beside its author's words.
_ASIDE = frozenset(
    {MarkKind.FAX_HEADER, MarkKind.STAMP, MarkKind.RUNNING_HEADER, MarkKind.RUNNING_FOOTER, MarkKind.PAGE_NUMBER}
)


def own_lines(page: Page) -> Iterator[tuple[Stretch, ...]]:
    """The author's lines, without the white space at their ends: each what is left of it beside marks.

    An empty line has nothing; a line that is a stamp, a page number and the like is left out. A running header is
    read on a document's first page: it may be the only place that names payer or patient.
    """
    marks = sorted(
        (mark.start, mark.end)
        for mark in page.marks
        if mark.kind in _ASIDE and mark.end and not (mark.kind is MarkKind.RUNNING_HEADER and page.number == 1)
    )
    at = 0
    for line in page.text.removesuffix("\n").split("\n"):
        pieces = _beside(at, at + len(line), marks)
        own = tuple(piece for a, b in pieces if (piece := Stretch(page, a, b).part(0, b - a)).text)
        if own or not line.strip():
            yield own
        at += len(line) + 1


def _beside(start: int, end: int, marks: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The parts of a range that no mark covers."""
    for first, last in marks:
        if first < end and start < last:
            if start < first:
                yield start, first
            start = last
    if start < end:
        yield start, end


def lines(page: Page) -> list[Line]:
    """The lines of a page that hold text of its author's."""
    return [line for group in paragraphs(page) for line in group]


def paragraphs(page: Page) -> list[list[Line]]:
    """The lines of a page, grouped by the empty lines between them, and by what is not the author's."""
    groups: list[list[Line]] = [[]]
    for pieces in own_lines(page):
        if not pieces:
            groups.append([])
        for piece in pieces:
            if groups[-1] and page.text[groups[-1][-1].end : piece.start].strip():
                groups.append([])
            groups[-1].append(Line(page, piece.start, piece.end, tuple(_cells(piece))))
    return [group for group in groups if group]


_LEADER = re.compile(r"(?<=\s)\.(?: \.)+(?=\s)|(?<![^\s])[.\u2026]{3,}(?![^\s])|[.\u2026]{4,}")


def _cells(line: Stretch) -> Iterator[Stretch]:
    """What column gaps and dot leaders part: "Member number ........ W102"."""
    text = _LEADER.sub(lambda match: "   ".ljust(len(match[0])), line.text)
    return (line.part(*match.span()) for match in _CELL.finditer(text))


def sentences(stretch: Stretch) -> Iterator[Stretch]:
    """The sentences of a range of prose."""
    text = stretch.text
    return (found for first, last in sentence_ranges(text, 0, len(text)) if (found := stretch.part(first, last)).text)
