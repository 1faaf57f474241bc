"""Documents as the pipeline holds them: pages of text whose words know their place on the paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field, model_validator

from schemas.base import Frozen
from schemas.span import Span


class Role(StrEnum):
    """What a document is for, found by its content or set by the user."""

    DENIAL_LETTER = "denial_letter"
    CLINICAL_NOTE = "clinical_note"
    POLICY = "policy"
    GUIDELINE = "guideline"
    REMITTANCE = "remittance"
    COVER_SHEET = "cover_sheet"
    OTHER = "other"


class Whose(StrEnum):
    """Whether a document is about the patient of the case."""

    OURS = "ours"
    OTHER = "other"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """How a page's text was obtained."""

    TEXT = "text"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in fractions of its displayed width and height, origin at the top left.

    Boxes and words are dataclasses: a long chart has a million of them.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __reduce__(self) -> tuple[type[Box], tuple[float, ...]]:  # from process to process thrice as fast as by default
        return Box, (self.left, self.top, self.right, self.bottom)


@dataclass(frozen=True, slots=True)
class Word:
    """A printed word: its range in the page's text, its box (none in pages without paper) and confidence 0 to 1.

    `other` is what a second reader read where the two differ. ValueError where the confidence is no share.
    """

    start: int
    end: int
    box: Box | None = None
    confidence: float = 1.0
    other: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError("confidence is a share from 0 to 1")

    def __reduce__(self) -> tuple[type[Word], tuple[object, ...]]:
        return Word, (self.start, self.end, self.box, self.confidence, self.other)


class MarkKind(StrEnum):
    """What a mark is."""

    FAX_HEADER = "fax_header"
    STAMP = "stamp"
    RUNNING_HEADER = "running_header"
    RUNNING_FOOTER = "running_footer"
    PAGE_NUMBER = "page_number"
    HANDWRITING = "handwriting"
    BARCODE = "barcode"
    HIDDEN = "hidden"
    COMMENT = "comment"
    PICTURE = "picture"


class Mark(Frozen):
    """Something on a page that is not its author's running text.

    `start` and `end` are its range in the page's text: empty for what is kept out of the text, or was not read. What is
    kept out has a `value` instead: a barcode's content, hidden words, a comment.
    """

    kind: MarkKind
    start: int = 0
    end: int = 0
    box: Box | None = None
    value: str = ""


class Table(Frozen):
    """A table of a page: rows of cells, each cell a range of the page's text; (0, 0) is an empty cell."""

    rows: tuple[tuple[tuple[int, int], ...], ...]


class PageEvent(StrEnum):
    """Something a reviewer may want to know about a whole page.

    `HALF_SHEET`: two pages lay on its sheet. `DOCUMENT_START`: by its file's own structure a document begins on it.
    """

    BLANK = "blank"
    UPSIDE_DOWN = "upside_down"
    SIDEWAYS = "sideways"
    DUPLICATE = "duplicate"
    HALF_SHEET = "half_sheet"
    DOCUMENT_START = "document_start"


class Page(Frozen):
    """One page of a document.

    `text` is what spans index: lines end in newline, a gap between columns is three spaces, paragraphs are separated
    by an empty line. `number` counts within the document, `file_page` within the file it came from, both from 1; two
    pages on one sheet have the same, and `sheet` says where on the sheet, upright, each lies. `width` and `height` are
    points (1/72 inch) of the page as displayed, zero where there is no paper. `rotation` is the clockwise turn, in
    degrees, that was applied to read it upright. A cell of `tables` and a mark in the text index `text`.
    """

    document: str
    number: int = Field(ge=1)
    file_page: int = Field(ge=1)
    origin: Origin
    text: str
    words: tuple[Word, ...] = ()
    width: float = 0
    height: float = 0
    confidence: float = Field(default=1.0, ge=0, le=1)
    rotation: int = 0
    sheet: Box | None = None
    events: tuple[PageEvent, ...] = ()
    marks: tuple[Mark, ...] = ()
    tables: tuple[Table, ...] = ()

    @model_validator(mode="after")
    def _words_lie_inside_the_text(self) -> Page:
        end = 0
        for word in self.words:
            if not end <= word.start < word.end <= len(self.text):
                raise ValueError("words must lie in the text, in order, without overlap")
            end = word.end
        for start, end in ((mark.start, mark.end) for mark in self.marks):
            if not 0 <= start <= end <= len(self.text):
                raise ValueError("marks must lie in the text")
        for start, end in (cell for table in self.tables for row in table.rows for cell in row):
            if not 0 <= start <= end <= len(self.text):
                raise ValueError("cells must lie in the text")
        return self

    def span(self, start: int, end: int) -> Span:
        """The citation of `text[start:end]`; ValueError where that is empty or outside the page."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no text at {start}:{end} of a page of {len(self.text)} characters")
        return Span(document=self.document, page=self.number, start=start, end=end, quote=self.text[start:end])

    def words_in(self, span: Span) -> tuple[Word, ...]:
        """The words that a citation of this page touches."""
        return tuple(word for word in self.words if word.start < span.end and span.start < word.end)


class Document(Frozen):
    """One document: a file, or a part of a file, with its pages in order."""

    id: str
    file: str = Field(description="Name as given; inside mail or an archive: outer/inner.")
    sha256: str
    role: Role = Role.OTHER
    role_reason: str = ""
    patient: Whose = Whose.UNKNOWN
    pages: tuple[Page, ...]

    def page(self, number: int) -> Page:
        """The page with that number; KeyError where there is none."""
        for page in self.pages:
            if page.number == number:
                return page
        raise KeyError(number)
