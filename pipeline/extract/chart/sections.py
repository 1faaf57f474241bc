"""A clinical document as statements: sentences, headings and table rows, each with its section and its note's date."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.extract.chart.charted import CELL, HEADING_WORDS, LONGEST, Line, Shape, Statement, heading_key, words
from pipeline.extract.chart.note_dates import noted
from pipeline.extract.chart.running import running_notes
from pipeline.extract.lines import Stretch, own_lines
from pipeline.extract.splitting import sentence_ranges
from pipeline.extract.vocabulary import terms
from pipeline.notation import dates
from schemas.document import Document
from schemas.fact import FactKind

_GAP = r"(?: {3,}|\t+| ?\| ?)"
_ROW = re.compile(rf"\S{_GAP}\S")
_RULE = re.compile(r"[-=_*.~\u2013\u2014 \t|+]{3,}")
_MARKER = re.compile(r"(?:[\u2022\u25aa\u25cf\u25e6\u00b7*\u2013-]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
_LABEL = re.compile(r"([A-Z][A-Za-z0-9/&,()' -]{0,48}):(?:\s+|$)")
_SPOKEN_LABEL = re.compile(r"([A-Z][A-Za-z]+(?:\s(?:and|of|[A-Za-z]+)){0,3})\.\s+(?=\S)")
_SECTION = re.compile(r"([A-Z][A-Za-z]+(?:(?:\s(?:and|of|&)\s|[/ ])[A-Za-z]+){0,2})(?::\s+|\.\Z)")
_ITEMS = (FactKind.MEDICATION, FactKind.TREATMENT, FactKind.DIAGNOSIS)
_WRAPPED = 90  # characters; a line as long may have been wrapped anywhere
_TITLE = 120  # characters; a title and its date stand within them
_BESIDE = 6  # characters between a title and its date, where it is not in capitals
_FULL_LINE = 60  # characters; a shorter line was not wrapped by its paragraph's width


def _lines(document: Document) -> Iterator[Line]:
    """The author's lines that hold words; blocks are parted by empty lines, rules and page ends."""
    number = block = 0
    for page in document.pages:
        block += 1
        whole = [tuple(pieces) for pieces in own_lines(page)]
        for index, pieces in enumerate(whole):
            block += not pieces
            for piece in pieces:
                text = piece.text
                if not _RULE.fullmatch(text):
                    yield Line(page, piece.start, text, number, block)
                elif " " not in text and not _underlines(whole, index):
                    block += 1
            number += 1


def _underlines(lines: list[tuple[Stretch, ...]], at: int) -> bool:
    """Whether a solid rule stands under a table's head: between two rows of about as many cells, three and more."""
    around = [lines[index] for index in (at - 1, at + 1) if 0 <= index < len(lines)]
    counts = [len(CELL.findall(one[0].text)) if len(one) == 1 else 0 for one in around]
    return len(counts) == 2 and min(counts) > 2 and max(counts) - min(counts) < 2


def statements(document: Document) -> tuple[Statement, ...]:
    """The document's statements in order."""
    lines = list(_lines(document))
    alone = _lines_alone(lines)
    running = running_notes(lines)
    found: list[Statement] = []
    state = _State()
    run: list[Line] = []
    for line in lines:
        begins = line.number in running
        opens = begins or _opens_note(line)
        if run and (opens or not _continues(run, line, alone)):
            found += _paragraph(run, state)
            run = []
        if begins:
            state.begin(line)
        elif opens:
            state.head(line)
        if _is_heading(line, alone):
            state.head(line)
            found.append(_statement(line, line.start, line.end, Shape.HEADING, state))
        elif len(line.text) <= LONGEST and _ROW.search(line.text):
            state.enter_block(line)
            found.append(_statement(line, line.start, line.end, Shape.ROW, state))
        else:
            run.append(line)
    found += _paragraph(run, state)
    return tuple(noted(found, lines, running))


def _opens_note(line: Line) -> bool:
    """Whether a line titles a dated note, so that no section of the one before goes on."""
    text = line.text[:LONGEST].lstrip("=*#~- ")
    titled = next((hit for hit in words().titles.find(text[:_TITLE]) if hit.start == 0), None)
    days = dates(text[:_TITLE]) if titled else []
    return titled is not None and bool(days) and (days[0].start - titled.end < _BESIDE or text[:4].isupper())


def _lines_alone(lines: list[Line]) -> frozenset[int]:
    """The numbers of the lines that are a block by themselves."""
    count: dict[int, int] = {}
    for line in lines:
        count[line.block] = count.get(line.block, 0) + 1
    return frozenset(line.number for line in lines if count[line.block] == 1)


def _is_heading(line: Line, alone: frozenset[int]) -> bool:
    text = line.text
    if text.rstrip(":").lower().strip() in words().section_of:
        return True
    if len(text.split()) > HEADING_WORDS or text[-1] in ".;,?!" or _ROW.search(text):
        return False
    letters = [c for c in text if c.isalpha()]
    if len(letters) > 3 and all(c.isupper() for c in letters) and not re.search(r"\d", text):
        return True
    titled = any(hit.start == 0 for hit in words().titles.find(text))
    if titled and (line.number in alone or dates(text)):
        return True
    plain = text[0].isupper() and not re.search(r"[\d:]", text)
    return line.number in alone and plain and len(text.split()) <= HEADING_WORDS - 3


_OF_TREATMENTS = re.compile(
    r"\b(?:prior|previous|past|tried|failed|to date|history|trials?)\b.{0,40}"
    r"\b(?:treatments?|therap(?:y|ies)|medications?|drugs)\b|"
    r"\b(?:treatments?|therap(?:y|ies)|medications?|drugs)\b.{0,20}\b(?:to date|tried|failed|history|trials?)\b",
    re.IGNORECASE,
)


def _section_headed(text: str) -> str | None:
    """The section that a heading opens: by the field's names for it, or as it speaks of what was tried so far."""
    named = words().section_of.get(heading_key(text))
    return named or ("treatment history" if _OF_TREATMENTS.search(text[:LONGEST]) else None)


_ASIDE = re.compile(r"\s?\([^()]*\)\s*$")


class _State:
    """The section that holds while the lines are read."""

    def __init__(self) -> None:
        self.section: str | None = None
        self.label = ""
        self._headed: str | None = None
        self._block = -1

    def head(self, line: Line) -> None:
        """A heading opens a section; an unknown one closes the last."""
        self._headed = self.section = _section_headed(line.text)
        self.label = ""
        self._block = line.block

    def begin(self, line: Line) -> None:
        """A note that only its day begins is of no section."""
        self._headed = self.section = None
        self.label = ""
        self._block = line.block

    def enter_block(self, line: Line) -> None:
        """A section opened by a label in its line ends with the paragraph, unless a list goes on."""
        if line.block != self._block and not _MARKER.match(line.text):
            self.section = self._headed
            self.label = ""
        self._block = line.block

    def go_on(self, line: Line) -> None:
        """A paragraph that goes on past a page's end is the same one there."""
        self._block = line.block

    def lead_in(self, label: str) -> bool:
        """A label that opens a line: whether it names a section, and not only what the line is about."""
        named = words().section_of.get(heading_key(label)) or words().section_of.get(heading_key(_ASIDE.sub("", label)))
        self.section = named or self._headed
        self.label = label
        return named is not None

    def within(self, label: str) -> None:
        """A label behind that of a section says what its sentences are about: "EXAM: Left knee: no effusion."."""
        if heading_key(label) not in words().section_of:
            self.label = label


def _continues(run: list[Line], line: Line, alone: frozenset[int]) -> bool:
    """Whether a line goes on with the paragraph, rather than beginning a sentence or row of its own."""
    last = run[-1]
    turned = line.page is not last.page
    if (not turned and line.block != last.block) or _ROW.search(line.text):
        return False
    if _MARKER.match(line.text) or _label_at(line.text) or _is_heading(line, alone):
        return False
    if _lists(last.text, line.text):
        return False
    if last.text.endswith(":") or (last.text[-1] in ".!?" and _LABEL.match(run[0].text)):
        return False  # a labelled line is over with its sentence
    if turned:
        return _is_open(last.text) and line.text[0].islower() and line.page.number == last.page.number + 1
    return line.text[0].islower() or line.text[0].isdigit() or len(last.text) >= _FULL_LINE


_JOINS = re.compile(
    r"(?:[,(/&+-]|\b(?:and|or|with|of|on|the|a|an|to|for|in|by|at|from|than|no|not|plus|her|his|took|takes))$",
    re.IGNORECASE,
)


def _lists(above: str, line: str) -> bool:
    """Whether a line is an item of a list without marks: it begins with a drug or treatment, as the one above does."""
    if _JOINS.search(above) or len(above) >= _WRAPPED:
        return False
    return all(
        any(hit.start == 0 and hit.term.kind in _ITEMS for hit in terms(text[:_WRAPPED])) for text in (above, line)
    )


def _paragraph(run: list[Line], state: _State) -> Iterator[Statement]:
    """The sentences of wrapped lines; the list marker and the label stand outside the first."""
    if not run:
        return
    first, *others = _unbroken(run)
    state.enter_block(run[0])
    page, start, end = run[0].page, run[0].start, first[-1].end
    if marker := _MARKER.match(run[0].text):
        start += marker.end()
    elif not _label_at(run[0].text):
        state.label = ""
    if label := _label_at(page.text, start, end):
        start = label.end() if state.lead_in(label[1]) else start
        if start == label.end() and (inner := _label_at(page.text, start, end)):
            state.within(inner[1])
    found = list(_told(run[0], _sentences(page.text, start, end), state))
    for part in others:
        more = [_statement(part[0], a, b, Shape.SENTENCE, state) for a, b in _sentences(*_range(part))]
        if found and _is_open(found[-1].text):
            found[-1] = _joined(found[-1], more.pop(0))
        found += more
    state.go_on(run[-1])
    yield from found


def _told(line: Line, ranges: Iterable[tuple[int, int]], state: _State) -> Iterator[Statement]:
    """Sentences, of which one may begin with the name of a section, or be it: "Assessment. Gout. Plan. Colchicine."."""
    for index, (start, end) in enumerate(ranges):
        label = _SECTION.match(line.page.text, start, end) if index else None
        if label and heading_key(label[1]) in words().section_of:
            state.lead_in(label[1])
            start = label.end()
        if start < end:
            yield _statement(line, start, end, Shape.SENTENCE, state)


def _label_at(text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """The label that opens a line: before a colon, or, as dictation writes it, a section's name and a full stop."""
    stop = len(text) if end is None else end
    if found := _LABEL.match(text, start, stop):
        return found
    spoken = _SPOKEN_LABEL.match(text, start, stop)
    return spoken if spoken and heading_key(spoken[1]) in words().section_of else None


def _unbroken(run: list[Line]) -> list[list[Line]]:
    """The lines of a paragraph, parted where a page ends, or where something stands between that is not its own."""
    parts: list[list[Line]] = []
    for line in run:
        before = parts[-1][-1] if parts else None
        if before is None or before.page is not line.page or line.page.text[before.end : line.start].strip():
            parts.append([])
        parts[-1].append(line)
    return parts


def _range(part: list[Line]) -> tuple[str, int, int]:
    return part[0].page.text, part[0].start, part[-1].end


def _is_open(text: str) -> bool:
    """Whether a sentence does not end here."""
    return text[-1] not in ".!?:;" and len(text.split()) > 1


def _joined(statement: Statement, on: Statement) -> Statement:
    """A sentence with its words from another place."""
    return replace(statement, text=f"{statement.text}\n{on.text}", rest=(*statement.rest, *on.places))


def _statement(line: Line, start: int, end: int, shape: Shape, state: _State) -> Statement:
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
        stop = end if end - start <= LONGEST else text.rfind(" ", start, start + LONGEST) + 1 or start + LONGEST
        if inner := text[start:stop].strip(" \t\n\u2022"):
            a = text.index(inner, start)
            yield a, a + len(inner)
        start = stop
