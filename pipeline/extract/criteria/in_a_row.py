"""Items within a paragraph: "One, ... Two, ...", "(i) ...; (ii) ...", or rows with a column of numbers beside them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

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
    part = paragraph.part(start, end)
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
    marks = _told(paragraph.text) or _sentences_marked(paragraph.text)
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
    """The rows of a table of two columns whose first one numbers them; what stands over the second leads to them."""
    rows: list[list[Line]] = []
    above: list[Line] = []
    for line in paragraph.lines:
        number = _number_of(line)
        if number and (follows(number, rows[-1][0].cells[0].text) if rows else begins(number)):
            rows.append([line])
        elif rows and len(line.cells) == 1 and line.margin >= rows[-1][0].cells[1].start - _row_start(rows[-1][0]):
            rows[-1].append(line)
        elif rows:
            return []
        elif re.search(r"\w", line.text):
            above.append(line)
    if len(rows) < 2:
        return []
    items = [_row(paragraph, row) for row in rows]
    return [*_over(paragraph, above), *items]


def _number_of(line: Line) -> str:
    """The number in the first of two cells."""
    return line.cells[0].text if len(line.cells) == 2 and _NUMBER.fullmatch(line.cells[0].text) else ""


def _row_start(line: Line) -> int:
    return line.page.text.rfind("\n", 0, line.start) + 1


def _row(paragraph: Paragraph, row: Sequence[Line]) -> Paragraph:
    start, end = row[0].start, row[-1].end
    return _piece(
        paragraph, start - paragraph.start, end - paragraph.start, row[0].page.text[start : row[0].cells[1].start]
    )


def _over(paragraph: Paragraph, above: Sequence[Line]) -> Iterator[Paragraph]:
    """What stands above the rows: of the last line's cells that over the second column."""
    for line in above[:-1]:
        yield _piece(paragraph, line.start - paragraph.start, line.end - paragraph.start, "")
    for line in above[-1:]:
        cell: Stretch = line.cells[-1]
        yield _piece(paragraph, cell.start - paragraph.start, cell.end - paragraph.start, "")
