"""Where the notes of a document begin, and of what day each is: by its header, else as its author signed it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pipeline.extract.chart.charted import (
    CELL,
    HEADING_WORDS,
    LONGEST,
    Line,
    NoteDate,
    Shape,
    Statement,
    heading_key,
    words,
)
from pipeline.extract.chart.page_heads import page_heads, study_heads
from pipeline.notation import Found, dates
from schemas.dates import PartialDate


@dataclass(frozen=True, slots=True)
class _Mark:
    """A line that dates a note, and the line where that note begins; `tops`: the first line of its page, if near."""

    begins: int
    dated: NoteDate
    title: str
    tops: int | None = None


def noted(found: list[Statement], lines: list[Line], running: Mapping[int, NoteDate]) -> Iterator[Statement]:
    """The statements with their notes' dates; what stands before the first dated line belongs to its note.

    `running`: the lines that begin notes under each other, by `running_notes`.
    """
    marks = _marks(lines, running)
    at = 0
    first: dict[str, NoteDate] = {}
    for statement in found:
        while at + 1 < len(marks) and marks[at + 1].begins <= statement.line:
            at += 1
        if marks and not _on_page_before(statement, marks[0]):
            statement = replace(statement, note=at, dated=marks[at].dated, title=marks[at].title)
        yield _of_first_day(_copied(statement), first)


def _on_page_before(statement: Statement, first: _Mark) -> bool:
    """Whether a statement stands on a page before the first that is dated, which is by its own head."""
    return first.tops == first.begins and statement.page < first.dated.page


_TELLS_TIME = re.compile(r"\d|\b(?:ago|today|yesterday|last|this|started|began|since|weeks?|months?)\b", re.IGNORECASE)
_LEAST_REPEATED = 8  # words; a shorter sentence can be written twice


def _of_first_day(statement: Statement, first: dict[str, NoteDate]) -> Statement:
    """A sentence with figures or times that an earlier note holds word for word is of that note's day."""
    if (
        statement.shape is not Shape.SENTENCE
        or statement.dated is None
        or len(statement.text.split()) < _LEAST_REPEATED
    ):
        return statement
    if not _TELLS_TIME.search(statement.text):
        return statement
    key = " ".join(statement.text.split())
    known = first.setdefault(key, statement.dated)
    if known.value.earliest < statement.dated.value.earliest:
        return replace(statement, dated=known)
    first[key] = statement.dated
    return statement


_COPIED = re.compile(r"\b(?:copied|carried|brought|pulled|imported)(?:\sforward)?\sfrom\b", re.IGNORECASE)


def _copied(statement: Statement) -> Statement:
    """A statement under a label that says it was copied from an earlier note is of that note's day."""
    if not _COPIED.search(statement.label):
        return statement
    found = [date for date in dates(statement.label) if date.value.day]
    dated = NoteDate(found[0].value, statement.page, statement.label) if found else None
    return replace(statement, dated=dated)


def _marks(lines: list[Line], running: Mapping[int, NoteDate]) -> list[_Mark]:
    """Where notes begin. A repeated date, as on every page's head, begins none."""
    strong: list[_Mark] = []
    weak: list[_Mark] = []
    first = 0
    days = [[found for found in dates(line.text) if found.value.day] for line in lines]
    for index in range(len(lines)):
        first = index if lines[index].page is not lines[first].page else first
        for dated, is_weak in _dating(lines, index, days[index]):
            begins, title = _beginning(lines, index)
            (weak if is_weak else strong).append(_Mark(begins, dated, title, tops=_top(lines, first, index)))
    strong += _in_heads(lines, strong, max((day.value.latest for own in days for day in own), default=None))
    own = {dated.line for dated in running.values()}
    strong = [mark for mark in strong if mark.dated.line not in own]
    weak = [mark for mark in weak if mark.dated.line not in own]
    marks = [*strong, *_of_other_pages(strong, weak)] if strong else weak or _headed(lines)
    if not marks:
        marks = [_Mark(0, dated, "") for dated in (*_seen(lines), *_letter_date(lines))][:1]
    marks = marks or [_Mark(number, dated, "") for number, dated in running.items()]
    marks = [*marks, *_signed(lines, marks)]
    marks.sort(key=lambda mark: mark.begins)
    kept: list[_Mark] = []
    for mark in marks:
        if not kept or kept[-1].dated.value != mark.dated.value:
            kept.append(mark)
    return kept


def _in_heads(lines: list[Line], strong: list[_Mark], latest: date | None) -> list[_Mark]:
    """The days in the heads of studies, and of the pages that begin with nothing better; `latest` of the document."""
    begun = {(mark.dated.page, mark.tops) for mark in strong if mark.tops is not None}
    found = [_Mark(line.number, dated, line.text) for line, dated in study_heads(lines)]
    for line, dated in page_heads(lines, latest):
        if (dated.page, line.number) not in begun:
            found.append(_Mark(line.number, dated, line.text if _is_title(line.text) else "", tops=line.number))
    return found


def _top(lines: list[Line], first: int, at: int) -> int | None:
    return lines[first].number if at - first < _TOP else None


_OF_STAY = re.compile(r"\b(?:admi|discharg)", re.IGNORECASE)
_TOP = 6  # lines of a page; a weak label counts there beside the strong ones of other pages


def _of_other_pages(strong: list[_Mark], weak: list[_Mark]) -> Iterator[_Mark]:
    """The dates under a weak label at the top of a page without a better one: a file may hold the notes of several."""
    pages = {mark.dated.page for mark in strong}
    for mark in weak:
        if mark.tops is not None and mark.dated.page not in pages and not _OF_STAY.search(mark.dated.line):
            yield replace(mark, begins=mark.tops)


_SIGNED = re.compile(
    r"(?:\b(?:e-?|electronically |digitally )?(?:signed|authenticated|attested)\b|/e?s/|"
    r",\s?(?:MD|DO|PA-C|NP|PT|DPT|RN|PhD|LCSW|DC|RRT|RD|RDN|AuD|LPN|DPM|OTR(?:/L)?|SLP|PA|APRN|FNP|PMHNP|PsyD|LMFT|LPC|PharmD)\b)",
    re.IGNORECASE,
)
_BY_HAND = re.compile(r"\b(?:signed|signature|authenticated|attested)\b|/e?s/", re.IGNORECASE)
_HEAD = 4  # lines
_BORN = re.compile(r"\b(?:DOB|D\.O\.B\.?|birth(?:\s?date)?|born)[\s:(]*\Z", re.IGNORECASE)
_ADDED = re.compile(r"\W{0,3}(?:late entry|addend|correct|amend)", re.IGNORECASE)
_SHORT_NOTE = 3  # lines; what is shorter between two signatures is the second signature alone


def _signed(lines: list[Line], marks: list[_Mark]) -> Iterator[_Mark]:
    """What nothing else dates: the lines from one signature to the next are of the day they were signed."""
    begun = sorted(mark.begins for mark in marks)
    heads = {mark.dated.line for mark in marks}
    first = 0
    for index, line in enumerate(lines):
        if len(line.text) > LONGEST or line.text in heads or not _SIGNED.search(line.text) or _ADDED.match(line.text):
            continue
        found = [date for date in dates(line.text) if date.value.day and not _BORN.search(line.text[: date.start])]
        if not found:
            continue
        start, end = lines[first].number, line.number
        if not _BY_HAND.search(line.text) and bisect_right(begun, end) > bisect_left(begun, end - _HEAD):
            continue  # "Dictated by: A. Roe, MD   Transcribed: 03/04/2026" in the head of a dated note
        first = min(index + 1, len(lines) - 1)
        dated = bisect_right(begun, end) > bisect_left(begun, start)
        if not dated and end - start >= _SHORT_NOTE:
            yield _Mark(start, NoteDate(found[-1].value, line.page.number, line.text), "")


def _beginning(lines: list[Line], index: int) -> tuple[int, str]:
    """The title above a dated line, within its head, begins the note."""
    for back in range(index, max(-1, index - 5), -1):
        if _is_title(lines[back].text):
            return lines[back].number, lines[back].text
    return lines[index].number, ""


def _dating(lines: list[Line], index: int, found: list[Found[PartialDate]]) -> Iterator[tuple[NoteDate, bool]]:
    """The date of those found in a line that it gives its note, if any, and whether its label is a weak one."""
    line = lines[index]
    if len(line.text) > LONGEST:
        return
    for at, day in enumerate(found):
        label = _label_before(line.text, day.start)
        if label not in words().visit_dates:
            label = _label_in_run(line.text, found[at - 1].end if at else 0, day.start)
        if label in words().visit_dates:
            yield NoteDate(day.value, line.page.number, line.text), label in words().weak_dates
            return
    if found and _heads(line.text, found[0]) and not words().other_dates.find(line.text):
        yield NoteDate(found[0].value, line.page.number, line.text), False
    elif not found and index + 1 < len(lines):
        yield from _dated_by_column(line, lines[index + 1])


def _is_title(text: str) -> bool:
    """Whether a line is the title of a note, a few words before its name allowed ("Neurology follow-up visit")."""
    if len(text.split()) > HEADING_WORDS:
        return False
    return any(
        len(text[: hit.start].split()) < 3 and len(text[hit.end :].split()) < 4 for hit in words().titles.find(text)
    )


_SPOKEN_OF = re.compile(r"\s(?:for comparison|and|to|was|were|is|show(?:s|ed)|compared|versus)\b", re.IGNORECASE)
_FEW = 8  # words; a line that tells more behind its date, to a full stop, speaks of a visit and heads none


def _heads(text: str, day: Found[PartialDate]) -> bool:
    """Whether a date belongs to the title before it: not in "Face-to-face visit: 09/02/2026, copy in the chart."."""
    told = text[day.end :].rstrip()
    if _SPOKEN_OF.match(told):
        return False
    return _titled(text[: day.start]) and not (told.endswith(".") and len(told.split()) > _FEW)


def _titled(before: str) -> bool:
    """Whether the title of a note stands before its date, in a cell of its own where the line has cells."""
    return any(_is_title(cell) for cell in CELL.findall(before))


def _label_before(text: str, at: int) -> str:
    """The label that stands right before an offset: what follows the last column gap, comma or semicolon."""
    before = re.split(r" {3,}|\t|\||;|,", text[:at])[-1]
    return re.sub(r"\s+", " ", before).strip(" :#-\u2013\u2014(").lower()


_ANOTHER = re.compile(r"\b(?:next|last|first|prior|previous|return|future|scheduled)\s\Z", re.IGNORECASE)


def _label_in_run(text: str, start: int, end: int) -> str:
    """The label of several words that ends right before a date, where particulars run on in one line.

    "Name: A. Roe DOB: 03/31/1950 Test date: 10/06/2026", "Date of birth: ... . Date of consultation: June 18".
    """
    before = text[start:end]
    stop = before.rstrip(" :#")
    if stop == before.rstrip():
        return ""
    starts = [match.start() for match in re.finditer(r"(?<![\w-])[A-Za-z]", stop)][-5:]
    for at in starts:
        label = heading_key(stop[at:])
        if " " in label and label in words().visit_dates and not _ANOTHER.search(before[:at]):
            return label
    return ""


_SHOUTED = re.compile(r"[A-Z][A-Z&.,'/() -]{5,70}")
_PATIENT = re.compile(r"\b(?:DOB|D\.O\.B\.|Date of birth|born|MRN|Patient|Pt|Name)\b", re.IGNORECASE)


def _headed(lines: list[Line]) -> list[_Mark]:
    """Notes whose head is a row of the clinic or the report, the day alone in its cell, and the patient."""
    found = []
    for index, line in enumerate(lines):
        cells = CELL.findall(line.text)
        opens = index == 0 or lines[index - 1].block != line.block
        if not opens or not 2 <= len(cells) <= 4 or not _SHOUTED.fullmatch(cells[0]):
            continue
        head = " ".join(one.text for one in lines[index : index + 2])
        days = [cell for cell in cells[1:] if _is_day(cell)]
        if len(days) == 1 and _PATIENT.search(head):
            found.append(_Mark(line.number, NoteDate(dates(days[0])[0].value, line.page.number, line.text), cells[0]))
    return found


def _is_day(text: str) -> bool:
    """Whether a text is nothing but one day."""
    found = dates(text)
    return len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)) and bool(found[0].value.day)


_SEEN = re.compile(
    r"\b(?:(?:I|we)\s(?:saw|met|examined|evaluated|reviewed)|(?:was|were)\s(?:seen|examined|evaluated)|"
    r"(?:visit|consultation|clinic|attended|came|appointment|seen))\b[^;\d]{0,60}\bon\s(?:the\s)?\Z",
    re.IGNORECASE,
)
_OPENING = 15  # lines; a letter says near its top when the patient was seen


def _seen(lines: list[Line]) -> Iterator[NoteDate]:
    """The day on which a letter's writer saw the patient: "I saw Mr. Roe on 10 September 2026"."""
    if not any(_is_day(line.text) for line in lines[:_OPENING]):
        return
    for line in lines[:_OPENING]:
        for found in dates(line.text):
            if found.value.day and _SEEN.search(line.text[: found.start]):
                yield NoteDate(found.value, line.page.number, line.text)
                return


def _dated_by_column(head: Line, below: Line) -> Iterator[tuple[NoteDate, bool]]:
    """A date under its label in a table of the note's particulars."""
    labels, values = CELL.findall(head.text), CELL.findall(below.text)
    if len(labels) < 2 or len(labels) != len(values):
        return
    for label, value in zip(labels, values, strict=True):
        found = dates(value)
        if heading_key(label) in words().visit_dates and len(labels) > 1 and found and found[0].value.day:
            if heading_key(label) in words().list_columns:
                continue
            yield NoteDate(found[0].value, below.page.number, below.text), heading_key(label) in words().weak_dates
            return


def _letter_date(lines: list[Line]) -> Iterator[NoteDate]:
    """A line near the top that is nothing but a date, as in a letter."""
    for line in lines[:_OPENING]:
        if _is_day(line.text):
            yield NoteDate(dates(line.text)[0].value, line.page.number, line.text)
            return
