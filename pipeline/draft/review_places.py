"""Where a citation stands on its page: the boxes of its words, the part of the page to show, the text around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.document import Box, Document, Origin, Page, Word
from schemas.span import Span

DOUBTFUL = 0.8  # of OCR confidence: below it a person reads the word on the page
_CROP_WIDTH = 0.8  # of the page: a letter's lines between their margins
_CROP_MARGIN = 0.02  # of the page: about a line above and below
_HAIR = 0.004  # of the page: keeps a letter off the edge of a crop
_TALL = 0.04  # of the page height: a "word" as tall is no print, and does not stretch a crop


@dataclass(frozen=True, slots=True)
class Area:
    """A region of a page `width` by `height` points, and boxes in fractions of the region."""

    region: Box
    boxes: tuple[Box, ...]
    width: float
    height: float

    @property
    def style(self) -> str:
        """CSS that shows the region of a page image set as the background."""
        across, down = _size(self.region)
        left = self.region.left / (1 - across) if across < 1 else 0.0
        top = self.region.top / (1 - down) if down < 1 else 0.0
        ratio = f"aspect-ratio:{across * self.width:.2f}/{down * self.height:.2f}"
        size = f"background-size:{1 / across:.3%} {1 / down:.3%}"
        return f"{ratio};{size};background-position:{left:.3%} {top:.3%}"


@dataclass(frozen=True, slots=True)
class Context:
    """The lines around a citation in a page's text."""

    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """One citation, ready to show. `anchor` is the words on their page; `page_anchor` the page."""

    span: Span
    document: Document
    page: Page

    @property
    def page_anchor(self) -> str:
        """The id of the page in the review page."""
        return page_anchor(self.page)

    @property
    def anchor(self) -> str:
        """The id of the cited words in the review page."""
        return f"{self.page_anchor}-{self.span.start}-{self.span.end}"

    @property
    def confidence(self) -> float:
        """That of the words read least surely; the page's where it has no words."""
        return min((word.confidence for word in self.page.words_in(self.span)), default=self.page.confidence)

    @property
    def others(self) -> tuple[str, ...]:
        """What a second reader read where it differs from the text."""
        return tuple(word.other for word in self.page.words_in(self.span) if word.other)

    @property
    def doubtful(self) -> bool:
        """Whether a person must compare the words with the paper."""
        return self.page.origin is Origin.OCR and self.confidence < DOUBTFUL

    @property
    def boxes(self) -> tuple[Box, ...]:
        """One rectangle for each line of the cited words; none on a page without paper."""
        return tuple(_lines(self.page.words_in(self.span)))

    @property
    def extent(self) -> Area | None:
        """The part of the page that the words take up, or None where there is no paper."""
        return self._area(_join(self.boxes)) if self._on_paper else None

    @property
    def crop(self) -> Area | None:
        """The part of the page to show, or None where there is no paper."""
        return self._area(_around(self.boxes, self.page.words)) if self._on_paper else None

    @property
    def _on_paper(self) -> bool:
        return bool(self.boxes and self.page.width and self.page.height)

    def _area(self, region: Box) -> Area:
        across, down = _size(region)
        inside = tuple(
            Box(
                left=(box.left - region.left) / across,
                top=(box.top - region.top) / down,
                right=(box.right - region.left) / across,
                bottom=(box.bottom - region.top) / down,
            )
            for box in self.boxes
        )
        return Area(region, inside, self.page.width, self.page.height)

    @property
    def context(self) -> Context:
        """The cited words with their lines, and one line more on each side."""
        text, span = self.page.text, self.span
        start = text.rfind("\n", 0, max(text.rfind("\n", 0, span.start), 0)) + 1
        line_end = text.find("\n", span.end)
        end = text.find("\n", line_end + 1) if line_end >= 0 else -1
        return Context(text[start : span.start], span.quote, text[span.end : end if end >= 0 else len(text)].rstrip())


def page_anchor(page: Page) -> str:
    """The id of a page in the review page."""
    return f"{page.document}-p{page.number}"


def css_box(box: Box) -> str:
    """CSS that lays a box over the picture it is measured on."""
    across, down = _size(box)
    return f"left:{box.left:.3%};top:{box.top:.3%};width:{across:.3%};height:{down:.3%}"


def _size(box: Box) -> tuple[float, float]:
    """Width and height; never zero, so that what is inside can be measured by it."""
    return max(box.right - box.left, _HAIR), max(box.bottom - box.top, _HAIR)


def _lines(words: Sequence[Word]) -> Iterator[Box]:
    """The words' boxes, those that follow each other on one line joined."""
    line: Box | None = None
    for box in (word.box for word in words if word.box is not None):
        if line is not None and _follows(line, box):
            line = _join((line, box))
            continue
        if line is not None:
            yield line
        line = box
    if line is not None:
        yield line


def _follows(line: Box, box: Box) -> bool:
    middle = (box.top + box.bottom) / 2
    return line.top <= middle <= line.bottom and box.left >= line.left


def _join(boxes: Sequence[Box]) -> Box:
    return Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


def _around(boxes: Sequence[Box], words: Sequence[Word]) -> Box:
    """The part of the page around the boxes: from the left edge of the print where it fits, and no line cut in half."""
    whole, printed = _join(boxes), [word.box for word in words if word.box is not None]
    width = min(max(_CROP_WIDTH, whole.right - whole.left + 2 * _CROP_MARGIN), 1.0)
    print_left = min(box.left for box in printed) - _CROP_MARGIN
    left = min(max(print_left, whole.right + _CROP_MARGIN - width, 0.0), 1.0 - width)
    top, bottom = whole.top - _CROP_MARGIN, whole.bottom + _CROP_MARGIN
    lines = [box for box in printed if box.bottom - box.top < _TALL]
    return Box(
        left=left,
        top=max(min([top, *(box.top - _HAIR for box in lines if box.top < top < box.bottom)]), 0.0),
        right=left + width,
        bottom=min(max([bottom, *(box.bottom + _HAIR for box in lines if box.top < bottom < box.bottom)]), 1.0),
    )
