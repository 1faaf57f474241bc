"""A page's text as a reader sees it: lines of cells, and paragraphs of lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.document import Page
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


def lines(page: Page) -> list[Line]:
    """The lines of a page that hold text."""
    found = []
    for match in re.finditer(r"[^\n]+", page.text):
        cells = tuple(
            Stretch(page, match.start() + c.start(), match.start() + c.end()) for c in _CELL.finditer(match[0])
        )
        if cells:
            found.append(Line(page, cells[0].start, cells[-1].end, cells))
    return found


def paragraphs(page: Page) -> list[list[Line]]:
    """The lines of a page, grouped by the empty lines between them."""
    groups: list[list[Line]] = []
    for line in lines(page):
        if not groups or "\n" in page.text[groups[-1][-1].end : line.start].replace("\n", "", 1):
            groups.append([])
        groups[-1].append(line)
    return groups


_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|No|Nos|St|Ave|Blvd|Inc|vs|Ex|Fig|Sec|Jr|Sr|Attn|Dept|approx|ed|cf|al|Rev|Ste|Co|Corp)"
    r"|\b(?:[A-Z]|[ei]\.[eg]|[ap]\.m|U\.S|P\.O|M\.D|D\.O|R\.N|Ph\.D))\.$"
)
_STOP = re.compile(r"[.?!:][\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c(\[]?[A-Z0-9\u2022])")


def sentences(stretch: Stretch) -> Iterator[Stretch]:
    """The sentences of a range of prose. A colon ends one only before a line break."""
    text, start = stretch.text, 0
    for match in _STOP.finditer(text):
        mark = match[0][0]
        if mark == "." and _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start() + 1]):
            continue
        if mark == ":" and "\n" not in match[0]:
            continue
        yield stretch.part(start, match.end())
        start = match.end()
    if text[start:].strip():
        yield stretch.part(start, len(text))
