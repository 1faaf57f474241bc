"""Items within a paragraph: "One, ... Two, ...", "(i) ...; (ii) ...", or rows with a column of numbers beside them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.extract.criteria.criteria_leads import words
from pipeline.extract.criteria.itemized import begins, follows, shape_of
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import Line, Stretch, sentences

_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_KIND = r"(?:criterion|requirement|condition|point|item|rule|element|standard|number|no\.)\s"
_TOLD = re.compile(  # what begins a clause and counts it
    rf"(?:^|(?<=[.;:?!\"\u201c]\s)|(?<=[;,]\sand\s)|(?<=\n))(?:{_KIND})?"
    rf"(?P<word>{'|'.join((*_CARDINALS, *_ORDINALS))})(?:ly)?(?:[,:]|\s[-\u2013\u2014])\s+(?=\S)"
    rf"|(?:^|(?<=[.;:?!\"\u201c]\s)){_KIND}\(?(?P<figure>\d{{1,2}})\)?(?:[,:.]|\s[-\u2013\u2014])\s+(?=\S)",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"(?:(?<=[;,.]\s)|(?<=\band\s)|(?<=\bor\s))(\((?:\d{1,2}|[a-z]|[ivx]{1,4})\))\s+(?=\S)", re.IGNORECASE
)
_SENTENCES = re.compile(r"(?<=[.:]\s)(\((?:\d{1,2}|[a-z]|[ivx]{1,4})\)|(?:\d{1,2}|[a-z])\))\s+(?=\S)", re.IGNORECASE)
_BULLET = re.compile(r"(?:(?<=\s)|^)[\u2022\u25cf\u25aa\u25a0\u2023]\s+(?=\S)")  # within a line
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[A-Za-z]|[A-Z]\d{1,2}|[ivx]{1,4}|[IVX]{1,4})[.)]?")


def in_a_row(paragraph: Paragraph) -> Iterator[Paragraph]:
    """A paragraph as its lead and its items, where it holds such a list; else itself."""
    if paragraph.item:
        yield from _from_mark(paragraph)
    elif rows := _columns(paragraph):
        yield from rows
    else:
        yield from _counted(paragraph)


def _piece(paragraph: Paragraph, start: int, end: int, item: str) -> Paragraph:
    """A part of a paragraph by offsets into its text, as one line."""
    return _stretch(paragraph, paragraph.start + start, paragraph.start + end, item)


def _stretch(paragraph: Paragraph, start: int, end: int, item: str) -> Paragraph:
    """A part of a paragraph's page as one line; a mark may be the white space before it."""
    text = paragraph.page.text[start:end]
    start += 0 if item else len(text) - len(text.lstrip())
    part = Stretch(paragraph.page, start, end - (len(text) - len(text.rstrip())))
    line = Line(part.page, part.start, part.end, cells=(part,))
    return replace(paragraph, start=part.start, end=part.end, lines=(line,), item=item, goes_on=False)


def _from_mark(item: Paragraph) -> Iterator[Paragraph]:
    """An item and those that go on from its mark in its own lines: "(i) ...; (ii) ...; and (iii) ..."."""
    mark = item.item.strip()
    marks: list[re.Match[str]] = []
    for found in _MARKED.finditer(item.text, len(item.item)):
        before = marks[-1][1] if marks else mark
        if shape_of(found[1]) == shape_of(mark) and follows(found[1], before):
            marks.append(found)
    if not marks:
        yield item
        return
    starts = [0, *(found.start() for found in marks)]
    ends = [*starts[1:], len(item.text)]
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        yield _piece(item, start, end, marks[at - 1][0] if at else item.item)


def _counted(paragraph: Paragraph) -> Iterator[Paragraph]:
    """A paragraph's lead, and the clauses that it counts: "First, ...; second, ...". The last ends its sentence."""
    marks = _told(paragraph.text) or _sentences_marked(paragraph.text) or list(_BULLET.finditer(paragraph.text))
    if len(marks) < 2:
        yield paragraph
        return
    if paragraph.text[: marks[0].start()].strip():
        yield replace(_piece(paragraph, 0, marks[0].start(), ""), goes_on=paragraph.goes_on)
    last = next(sentences(paragraph.part(marks[-1].end(), len(paragraph.text))))
    until = last.end - paragraph.start
    for found, end in zip(marks, [*(after.start() for after in marks[1:]), until], strict=True):
        yield _piece(paragraph, found.start(), end, found[0])
    if paragraph.text[until:].strip(' \n"\u201d'):
        yield _piece(paragraph, until, len(paragraph.text), "")


def _told(text: str) -> list[re.Match[str]]:
    """The words that count clauses, in order."""
    marks: list[re.Match[str]] = []
    for found in _TOLD.finditer(text):
        if _value(found) == len(marks) + 1 and (not marks or _is_like(found, marks[0])):
            marks.append(found)
    return marks if len(marks) > 1 else []


def _sentences_marked(text: str) -> list[re.Match[str]]:
    """The marks of sentences in order: "These: (1) The member is 18. (2) ..."."""
    marks: list[re.Match[str]] = []
    for found in _SENTENCES.finditer(text):
        if follows(found[1], marks[-1][1]) if marks else begins(found[1]):
            marks.append(found)
    return marks


def _value(found: re.Match[str]) -> int:
    if found["figure"]:
        return int(found["figure"])
    word = found["word"].lower()
    return (_CARDINALS if word in _CARDINALS else _ORDINALS).index(word) + 1


def _is_like(found: re.Match[str], first: re.Match[str]) -> bool:
    """Whether two count in the same kind of words."""
    kinds = [one["word"] and one["word"].lower() in _ORDINALS for one in (found, first)]
    return kinds[0] == kinds[1]


def _columns(paragraph: Paragraph) -> list[Paragraph]:
    """The rows of a table without lines of marks: each with its number, or what was found of it, in a column beside.

    What stands over the column of the criteria leads to them.
    """
    rows: list[_Row] = []
    above: list[Line] = []
    for line in paragraph.lines:
        row = _row(line, rows[-1].number if rows else "")
        if row is not None:
            rows.append(row)
        elif rows and len(line.cells) == 1 and line.margin >= rows[-1].margin:
            rows[-1].end = line.end
        elif rows:
            return []
        elif re.search(r"\w", line.text):
            above.append(line)
    if len(rows) < 2:
        return []
    items = [_stretch(paragraph, row.start, row.end, row.mark) for row in rows]
    return [*_over(paragraph, above, rows[0].column), *items]


@dataclass(slots=True)
class _Row:
    """A row of such a table: its number, from where on it is the criterion, and how that is marked."""

    number: str
    column: int
    start: int
    end: int
    mark: str
    margin: int


def _row(line: Line, before: str) -> _Row | None:
    """A line of two cells or three as a row: a number that follows the last, or what was found, and the criterion."""
    cells = _cells(line)
    if len(cells) not in (2, 3):
        return None
    number = cells[0].text if _NUMBER.fullmatch(cells[0].text) else ""
    if number and not (follows(number, before) if before.strip() else begins(number)):
        return None
    found = [n for n, cell in enumerate(cells) if n != (0 if number else -1) and _says_found(cell.text)]
    own = [n for n in range(len(cells)) if n not in found and not (number and n == 0)]
    if len(own) != 1 or not (number or found) or (before.strip() and not number):
        return None
    cell = cells[own[0]]
    text = line.page.text
    start = line.start if number else max(cell.start - 1, 0)
    margin = cell.start - text.rfind("\n", 0, cell.start) - 1
    return _Row(number, own[0], start, cell.end, text[start : cell.start], margin)


def _cells(line: Line) -> tuple[Stretch, ...]:
    """The cells of a line, which bars may part."""
    if line.text.count("|") < _BARS:
        return line.cells
    found = (line.part(*match.span()) for match in re.finditer(r"[^|]+", line.text))
    return tuple(cell for cell in found if cell.text)


_BARS = 2


def _says_found(text: str) -> bool:
    return words("cell_found").match(text) is not None and len(text.split()) <= _FEW


_FEW = 4  # words


def _over(paragraph: Paragraph, above: Sequence[Line], column: int) -> Iterator[Paragraph]:
    """What stands above the rows: of the last line's cells that over the column of the criteria."""
    for line in above[:-1]:
        yield _stretch(paragraph, line.start, line.end, "")
    for line in above[-1:]:
        cells = _cells(line)
        cell = cells[min(column, len(cells) - 1)]
        yield _stretch(paragraph, cell.start, cell.end, "")
