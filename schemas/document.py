"""Documents as the pipeline holds them: pages of text whose words know their place on the paper."""

from __future__ import annotations

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


class Box(Frozen):
    """A rectangle on a page, in fractions of its displayed width and height, origin at the top left."""

    left: float
    top: float
    right: float
    bottom: float


class Word(Frozen):
    """A printed word: its range in the page's text, its box (none in pages without paper) and confidence 0 to 1.

    `other` is what a second reader read where the two differ.
    """

    start: int
    end: int
    box: Box | None = None
    confidence: float = Field(default=1.0, ge=0, le=1)
    other: str = ""


class Page(Frozen):
    """One page of a document.

    `text` is what spans index: lines end in newline, a gap between columns is three spaces, paragraphs are separated
    by an empty line. `number` counts within the document, `file_page` within the file it came from, both from 1.
    `width` and `height` are points (1/72 inch) of the page as displayed, zero where there is no paper. `rotation` is
    the clockwise turn, in degrees, that was applied to read it upright.
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

    @model_validator(mode="after")
    def _words_lie_inside_the_text(self) -> Page:
        end = 0
        for word in self.words:
            if not end <= word.start < word.end <= len(self.text):
                raise ValueError("words must lie in the text, in order, without overlap")
            end = word.end
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
