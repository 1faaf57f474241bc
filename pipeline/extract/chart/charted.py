"""What a clinical document is read as: lines, statements, cells and the days of notes."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from schemas.base import Frozen
from schemas.dates import PartialDate
from schemas.document import Page

CELL = re.compile(r"[^\s|](?:[^\t| ]| (?!  )| {2}(?! ))*(?<! )")
LONGEST = 1200  # characters of a statement; what is longer is no sentence, and would make reading slow
HEADING_WORDS = 9


class Shape(StrEnum):
    """What a statement is on the page."""

    SENTENCE = "sentence"
    ROW = "row"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class NoteDate:
    """The day a note was written for, with the line that says so."""

    value: PartialDate
    page: int
    line: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row: its text, with the offset in the row."""

    start: int
    text: str


class Place(NamedTuple):
    """A range of a page's text."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, row or heading. `page_text[start:end] == text`, line breaks inside included.

    A sentence that goes on past a page's end, or past a stamp, has the other places of its words in `rest`, and in
    `text` their words, each from a new line.

    `label` is the lead-in of its line ("Right knee" in "Right knee: Large effusion."), part of the first sentence
    unless it names a section; `section` is the canonical name of the section. `block` counts paragraphs, `line` the
    lines of the document, `note` the notes.
    """

    page: int
    start: int
    end: int
    text: str
    shape: Shape
    block: int
    line: int
    section: str | None = None
    label: str = ""
    note: int = 0
    dated: NoteDate | None = None
    title: str = ""
    rest: tuple[Place, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Where its words stand."""
        return (Place(self.page, self.start, self.end), *self.rest)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The columns of a row."""
        return tuple(Cell(m.start(), m[0]) for m in CELL.finditer(self.text))


class Table(Frozen):
    """sections.yaml."""

    source: str
    sections: dict[str, tuple[str, ...]]
    visit_dates: tuple[str, ...]
    weak_dates: tuple[str, ...]
    list_columns: tuple[str, ...]
    titles: tuple[str, ...]
    other_dates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The table's words, ready to be looked up."""

    section_of: dict[str, str]
    visit_dates: frozenset[str]
    weak_dates: frozenset[str]
    list_columns: frozenset[str]
    titles: Phrases[bool]
    other_dates: Phrases[bool]


@cache
def words() -> Words:
    """How charts head their parts and date their notes."""
    table = Table.model_validate(load("chart/sections.yaml"))
    return Words(
        section_of={form: name for name, forms in table.sections.items() for form in forms},
        visit_dates=frozenset(table.visit_dates),
        weak_dates=frozenset(table.weak_dates),
        list_columns=frozenset(table.list_columns),
        titles=Phrases((title, True) for title in table.titles),
        other_dates=Phrases((label, True) for label in table.other_dates),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the author's that holds words, with its number and block in the document."""

    page: Page
    start: int
    text: str
    number: int
    block: int

    @property
    def end(self) -> int:
        """Where it ends in the page's text."""
        return self.start + len(self.text)


def heading_key(text: str) -> str:
    """The words of a heading or label as the table writes them."""
    return re.sub(r"\s+", " ", text).strip(" :.-").lower()
