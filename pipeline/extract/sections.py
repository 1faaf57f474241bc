"""A clinical document as statements: sentences, headings and table rows, each with its section and its note's date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from pipeline.extract.lines import own_lines
from pipeline.extract.phrases import Phrases
from pipeline.extract.splitting import sentence_ranges
from pipeline.extract.tables import load
from pipeline.notation import dates
from schemas.base import Frozen
from schemas.dates import PartialDate
from schemas.document import Document, Page


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
        return tuple(Cell(m.start(), m[0]) for m in _CELL.finditer(self.text))


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
class _Words:
    section_of: dict[str, str]
    visit_dates: frozenset[str]
    weak_dates: frozenset[str]
    list_columns: frozenset[str]
    titles: Phrases[bool]
    other_dates: Phrases[bool]


@cache
def _words() -> _Words:
    table = Table.model_validate(load("sections.yaml"))
    return _Words(
        section_of={form: name for name, forms in table.sections.items() for form in forms},
        visit_dates=frozenset(table.visit_dates),
        weak_dates=frozenset(table.weak_dates),
        list_columns=frozenset(table.list_columns),
        titles=Phrases((title, True) for title in table.titles),
        other_dates=Phrases((label, True) for label in table.other_dates),
    )


_GAP = r"(?: {3,}|\t+| ?\| ?)"
_CELL = re.compile(r"[^\s|](?:[^\t| ]| (?!  )| {2}(?! ))*(?<! )")
_ROW = re.compile(rf"\S{_GAP}\S")
_RULE = re.compile(r"[-=_*.~\u2013\u2014 \t|+]{3,}")
_MARKER = re.compile(r"(?:[\u2022\u25aa\u25cf\u25e6\u00b7*\u2013-]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
_LABEL = re.compile(r"([A-Z][A-Za-z0-9/&,()' -]{0,48}):(?:\s+|$)")
_LONGEST = 1200  # characters of a statement; what is longer is no sentence, and would make reading slow
_FULL_LINE = 60  # characters; a shorter line was not wrapped by its paragraph's width
_HEADING_WORDS = 9


@dataclass(frozen=True, slots=True)
class _Line:
    page: Page
    start: int
    text: str
    number: int
    block: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def _lines(document: Document) -> Iterator[_Line]:
    """The author's lines that hold words; blocks are parted by empty lines, rules and page ends."""
    number = block = 0
    for page in document.pages:
        block += 1
        for pieces in own_lines(page):
            block += not pieces
            for piece in pieces:
                text = piece.text
                if not _RULE.fullmatch(text):
                    yield _Line(page, piece.start, text, number, block)
                elif " " not in text:  # with gaps it underlines a table's head
                    block += 1
            number += 1


def statements(document: Document) -> tuple[Statement, ...]:
    """The document's statements in order."""
    lines = list(_lines(document))
    alone = _lines_alone(lines)
    found: list[Statement] = []
    state = _State()
    run: list[_Line] = []
    for line in lines:
        if run and not _continues(run, line, alone):
            found += _paragraph(run, state)
            run = []
        if _is_heading(line, alone):
            state.head(line)
            found.append(_statement(line, line.start, line.end, Shape.HEADING, state))
        elif len(line.text) <= _LONGEST and _ROW.search(line.text):
            state.enter_block(line)
            found.append(_statement(line, line.start, line.end, Shape.ROW, state))
        else:
            run.append(line)
    found += _paragraph(run, state)
    return tuple(_noted(found, lines))


def _lines_alone(lines: list[_Line]) -> frozenset[int]:
    """The numbers of the lines that are a block by themselves."""
    count: dict[int, int] = {}
    for line in lines:
        count[line.block] = count.get(line.block, 0) + 1
    return frozenset(line.number for line in lines if count[line.block] == 1)


def _heading_key(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" :.-").lower()


def _is_heading(line: _Line, alone: frozenset[int]) -> bool:
    text = line.text
    if text.rstrip(":").lower().strip() in _words().section_of:
        return True
    if len(text.split()) > _HEADING_WORDS or text[-1] in ".;,?!" or _ROW.search(text):
        return False
    letters = [c for c in text if c.isalpha()]
    if len(letters) > 3 and all(c.isupper() for c in letters) and not re.search(r"\d", text):
        return True
    titled = any(hit.start == 0 for hit in _words().titles.find(text))
    if titled and (line.number in alone or dates(text)):
        return True
    plain = text[0].isupper() and not re.search(r"[\d:]", text)
    return line.number in alone and plain and len(text.split()) <= _HEADING_WORDS - 3


class _State:
    """The section that holds while the lines are read."""

    def __init__(self) -> None:
        self.section: str | None = None
        self.label = ""
        self._headed: str | None = None
        self._block = -1

    def head(self, line: _Line) -> None:
        """A heading opens a section; an unknown one closes the last."""
        self._headed = self.section = _words().section_of.get(_heading_key(line.text))
        self.label = ""
        self._block = line.block

    def enter_block(self, line: _Line) -> None:
        """A section opened by a label in its line ends with the paragraph, unless a list goes on."""
        if line.block != self._block and not _MARKER.match(line.text):
            self.section = self._headed
            self.label = ""
        self._block = line.block

    def go_on(self, line: _Line) -> None:
        """A paragraph that goes on past a page's end is the same one there."""
        self._block = line.block

    def lead_in(self, label: str) -> bool:
        """A label that opens a line: whether it names a section, and not only what the line is about."""
        named = _words().section_of.get(_heading_key(label))
        self.section = named or self._headed
        self.label = label
        return named is not None


def _continues(run: list[_Line], line: _Line, alone: frozenset[int]) -> bool:
    """Whether a line goes on with the paragraph, rather than beginning a sentence or row of its own."""
    last = run[-1]
    turned = line.page is not last.page
    if (not turned and line.block != last.block) or _ROW.search(line.text):
        return False
    if _MARKER.match(line.text) or _LABEL.match(line.text) or _is_heading(line, alone):
        return False
    if last.text.endswith(":") or (last.text[-1] in ".!?" and _LABEL.match(run[0].text)):
        return False  # a labelled line is over with its sentence
    if turned:
        return _is_open(last.text) and line.text[0].islower() and line.page.number == last.page.number + 1
    return line.text[0].islower() or line.text[0].isdigit() or len(last.text) >= _FULL_LINE


def _paragraph(run: list[_Line], state: _State) -> Iterator[Statement]:
    """The sentences of wrapped lines; the list marker and the label stand outside the first."""
    if not run:
        return
    first, *others = _unbroken(run)
    state.enter_block(run[0])
    page, start, end = run[0].page, run[0].start, first[-1].end
    if marker := _MARKER.match(run[0].text):
        start += marker.end()
    elif not _LABEL.match(run[0].text):
        state.label = ""
    if label := _LABEL.match(page.text, start, end):
        start = label.end() if state.lead_in(label[1]) else start
    found = [_statement(run[0], a, b, Shape.SENTENCE, state) for a, b in _sentences(page.text, start, end)]
    for part in others:
        more = [_statement(part[0], a, b, Shape.SENTENCE, state) for a, b in _sentences(*_range(part))]
        if found and _is_open(found[-1].text):
            found[-1] = _joined(found[-1], more.pop(0))
        found += more
    state.go_on(run[-1])
    yield from found


def _unbroken(run: list[_Line]) -> list[list[_Line]]:
    """The lines of a paragraph, parted where a page ends, or where something stands between that is not its own."""
    parts: list[list[_Line]] = []
    for line in run:
        before = parts[-1][-1] if parts else None
        if before is None or before.page is not line.page or line.page.text[before.end : line.start].strip():
            parts.append([])
        parts[-1].append(line)
    return parts


def _range(part: list[_Line]) -> tuple[str, int, int]:
    return part[0].page.text, part[0].start, part[-1].end


def _is_open(text: str) -> bool:
    """Whether a sentence does not end here."""
    return text[-1] not in ".!?:;" and len(text.split()) > 1


def _joined(statement: Statement, on: Statement) -> Statement:
    """A sentence with its words from another place."""
    return replace(statement, text=f"{statement.text}\n{on.text}", rest=(*statement.rest, *on.places))


def _statement(line: _Line, start: int, end: int, shape: Shape, state: _State) -> Statement:
    return Statement(
        page=line.page.number,
        start=start,
        end=end,
        text=line.page.text[start:end],
        shape=shape,
        block=line.block,
        line=line.number + line.page.text.count("\n", line.start, start),
        section=state.section,
        label=state.label,
    )


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Ranges of the sentences of a paragraph, without the space around them."""
    for first, last in sentence_ranges(text, start, end):
        yield from _trimmed(text, first, last)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The range without the space around it, in pieces where it is too long."""
    while start < end:
        stop = end if end - start <= _LONGEST else text.rfind(" ", start, start + _LONGEST) + 1 or start + _LONGEST
        if inner := text[start:stop].strip(" \t\n\u2022"):
            a = text.index(inner, start)
            yield a, a + len(inner)
        start = stop


@dataclass(frozen=True, slots=True)
class _Mark:
    """A line that dates a note, and the line where that note begins."""

    begins: int
    dated: NoteDate
    title: str


def _noted(found: list[Statement], lines: list[_Line]) -> Iterator[Statement]:
    """The statements with their notes' dates; what stands before the first dated line belongs to its note."""
    marks = _marks(lines)
    at = 0
    for statement in found:
        while at + 1 < len(marks) and marks[at + 1].begins <= statement.line:
            at += 1
        if marks:
            yield replace(statement, note=at, dated=marks[at].dated, title=marks[at].title)
        else:
            yield statement


def _marks(lines: list[_Line]) -> list[_Mark]:
    """Where notes begin. A repeated date, as on every page's head, begins none."""
    strong: list[_Mark] = []
    weak: list[_Mark] = []
    for index in range(len(lines)):
        for dated, is_weak in _dating(lines, index):
            begins, title = _beginning(lines, index)
            (weak if is_weak else strong).append(_Mark(begins, dated, title))
    marks = strong or weak
    if not marks:
        marks = [_Mark(0, dated, "") for dated in _letter_date(lines)]
    kept: list[_Mark] = []
    for mark in marks:
        if not kept or kept[-1].dated.value != mark.dated.value:
            kept.append(mark)
    return kept


def _beginning(lines: list[_Line], index: int) -> tuple[int, str]:
    """The title above a dated line, within its head, begins the note."""
    for back in range(index, max(-1, index - 5), -1):
        if _is_title(lines[back].text):
            return lines[back].number, lines[back].text
    return lines[index].number, ""


def _dating(lines: list[_Line], index: int) -> Iterator[tuple[NoteDate, bool]]:
    """The date a line gives its note, if any, and whether its label is a weak one."""
    line = lines[index]
    if len(line.text) > _LONGEST:
        return
    found = [date for date in dates(line.text) if date.value.day]
    for date in found:
        label = _label_before(line.text, date.start)
        if label in _words().visit_dates:
            yield NoteDate(date.value, line.page.number, line.text), label in _words().weak_dates
            return
    if found and _is_title(line.text[: found[0].start]) and not _words().other_dates.find(line.text):
        yield NoteDate(found[0].value, line.page.number, line.text), False
    elif not found and index + 1 < len(lines):
        yield from _dated_by_column(line, lines[index + 1])


def _is_title(text: str) -> bool:
    """Whether a line is the title of a note, a few words before its name allowed ("Neurology follow-up visit")."""
    if len(text.split()) > _HEADING_WORDS:
        return False
    return any(
        len(text[: hit.start].split()) < 3 and len(text[hit.end :].split()) < 4 for hit in _words().titles.find(text)
    )


def _label_before(text: str, at: int) -> str:
    """The label that stands right before an offset: what follows the last column gap, comma or semicolon."""
    before = re.split(r" {3,}|\t|\||;|,", text[:at])[-1]
    return re.sub(r"\s+", " ", before).strip(" :#-\u2013\u2014(").lower()


def _dated_by_column(head: _Line, below: _Line) -> Iterator[tuple[NoteDate, bool]]:
    """A date under its label in a table of the note's particulars."""
    labels, values = _CELL.findall(head.text), _CELL.findall(below.text)
    if len(labels) < 2 or len(labels) != len(values):
        return
    for label, value in zip(labels, values, strict=True):
        found = dates(value)
        if _heading_key(label) in _words().visit_dates and len(labels) > 1 and found and found[0].value.day:
            if _heading_key(label) in _words().list_columns:
                continue
            yield NoteDate(found[0].value, below.page.number, below.text), _heading_key(label) in _words().weak_dates
            return


def _letter_date(lines: list[_Line]) -> Iterator[NoteDate]:
    """A line near the top that is nothing but a date, as in a letter."""
    for line in lines[:15]:
        found = dates(line.text)
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(line.text)) and found[0].value.day:
            yield NoteDate(found[0].value, line.page.number, line.text)
            return
