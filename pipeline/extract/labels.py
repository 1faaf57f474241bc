"""Values that stand beside a label: "Member ID: W102074778", in columns, tables and RE: blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.extract.lines import Line, Stretch
from pipeline.extract.tables import load

_WORD = re.compile(r"[^\W_]+|#")
_SAME_WORD = {"#": "number", "no": "number", "nbr": "number", "num": "number", "nos": "number", "s": ""}
_LONGEST = 8  # words of a label


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value with its label and the line it was read from."""

    field: str
    label: str
    value: Stretch
    line: Line

    @property
    def context(self) -> Stretch:
        """The words from the label to the value, which tell this value from its like elsewhere."""
        page, value, line = self.value.page, self.value, self.line
        return Stretch(page, min(line.start, value.start), max(line.end, value.end))


@cache
def table() -> dict[str, Any]:
    """The label and wording table, letter_fields.yaml."""
    return load("letter_fields.yaml")


def _words(text: str) -> tuple[str, ...]:
    plain = re.sub(r"\([^()]{0,30}\)", " ", text.lower())
    return tuple(word for w in _WORD.findall(plain) if (word := _SAME_WORD.get(w, w)))


@cache
def _labels() -> dict[tuple[str, ...], tuple[str, int]]:
    """Each label's words to its field and its rank: a field's labels are listed best first."""
    return {
        _words(label): (name, rank)
        for name, row in table()["fields"].items()
        for rank, label in enumerate(row["labels"])
    }


def field_of(text: str) -> str | None:
    """The field that a text is a label of, taken whole; None where it is none."""
    words = _words(text)
    return known[0] if (known := _labels().get(words)) else _composed(words, text)


def rank(label: str) -> tuple[int, str]:
    """How good a label is for its field, the least the best; those that no list has come last, each by its words."""
    words = _words(label)
    return (_labels()[words][1], "") if words in _labels() else (_UNLISTED, " ".join(words))


_UNLISTED = 1000
_PROGRAMME = re.compile(r"[A-Z][A-Za-z]*[A-Z]{2}[A-Za-z]*(?=\s)")  # "AHCCCS ID": the plan's or programme's own


@dataclass(frozen=True, slots=True)
class _Composition:
    """A field whose labels are composed: one word of each of `needs`, the rest of `may`."""

    field: str
    needs: tuple[frozenset[str], ...]
    may: frozenset[str]

    def fits(self, words: frozenset[str]) -> bool:
        """Whether the words make up a label of the field."""
        return words <= self.may and all(words & need for need in self.needs)


@cache
def _compositions() -> tuple[_Composition, ...]:
    grammar = load("label_grammar.yaml")
    fillers = frozenset(grammar["fillers"])
    return tuple(
        _Composition(row["field"], needs, frozenset(row.get("may", ())).union(fillers, *needs))
        for row in grammar["labels"]
        for needs in [tuple(frozenset(group) for group in row["needs"])]
    )


@cache
def _composed(words: tuple[str, ...], text: str) -> str | None:
    """The field of a label that is made of known words: "Date this notice was mailed"."""
    if not 0 < len(words) <= _LONGEST or text[:1].islower():
        return None
    own = words[1:] if _PROGRAMME.match(text) and len(words) > 1 else ()
    for said in (words, (_OF_PLAN, *own)) if own else (words,):
        whole = frozenset(said)
        if (fit := next((row.field for row in _compositions() if row.fits(whole)), None)) is not None:
            return fit
    return None


_OF_PLAN = "member"  # what a programme's own name before "ID" amounts to


def _label_before(text: str) -> tuple[int, str] | None:
    """The longest label that ends a text: where it starts and its field."""
    starts = [match.start() for match in _WORD.finditer(text)][-_LONGEST - 2 :]
    for start in starts:
        # a label begins a cell, or follows the end of another value
        if (name := field_of(text[start:])) is not None:
            return start, name
    return None


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label found in a cell: its own range and where its value begins, as offsets into the cell's text."""

    start: int
    value: int
    field: str


def _marks(cell: Stretch) -> list[_Mark]:
    marks: list[_Mark] = []
    for match in re.finditer(r":(?!\d)|#(?!\s?:)", cell.text):
        begin = marks[-1].value if marks else 0
        end = match.end() if match[0] == "#" else match.start()
        if (label := _label_before(cell.text[begin:end])) is not None:
            marks.append(_Mark(begin + label[0], match.end(), label[1]))
    if not marks and (name := field_of(cell.text)) is not None:
        marks.append(_Mark(0, len(cell.text), name))
    return marks or _bare_mark(cell)


_SHORT = 60  # characters: a longer cell is prose


def _bare_mark(cell: Stretch) -> list[_Mark]:
    """A label of several words that begins a short cell without a colon: "Notice Date 10/01/2026"."""
    if (patient := _PATIENT.fullmatch(cell.text)) is not None:
        return [_Mark(0, patient.end(1), "patient_name")]
    if len(cell.text) > _SHORT or cell.text[-1] in ".,;":
        return []
    ends = [match.end() for match in _WORD.finditer(cell.text)][1:_LONGEST]
    for end in reversed(ends):
        value = re.match(r"\.?\s+(?=[A-Z0-9])", cell.text[end:])
        if value is not None and (name := field_of(cell.text[:end])) is not None:
            return [_Mark(0, end + value.end(), name)]
    return []


_PATIENT = re.compile(r"(Patient|Member|Beneficiary|Enrollee)\s+[A-Z][a-z]+(?:\s[A-Z][\w.'\u2019-]*){1,3}")


def labelled(page_lines: Sequence[Line]) -> Iterator[Labelled]:
    """Every labelled value in a run of lines, in reading order."""
    for number, line in enumerate(page_lines):
        for column, cell in enumerate(line.cells):
            marks = _marks(cell)
            for at, mark in enumerate(marks):
                end = marks[at + 1].start if at + 1 < len(marks) else len(cell.text)
                value = cell.part(mark.value, end)
                if not value.text:
                    found = _value_elsewhere(page_lines, number, column)
                elif at + 1 == len(marks) and column + 1 == len(line.cells):
                    found = _continued(value, page_lines[number + 1 :])
                elif value.text.endswith(",") and at + 1 == len(marks) and not _marks(line.cells[column + 1]):
                    found = Stretch(value.page, value.start, line.cells[column + 1].end)  # "Ana Lopez,   MD"
                else:
                    found = value
                if found is not None:
                    yield Labelled(mark.field, cell.text[mark.start : mark.value], found, line)


def _value_elsewhere(page_lines: Sequence[Line], number: int, column: int) -> Stretch | None:
    """The value of a label that stands alone in its cell: in the next cell, else in the cell below."""
    cells = page_lines[number].cells
    if column + 1 < len(cells):
        beside = cells[column + 1]
        first = next(iter(_marks(beside)), None)
        if first is None:
            return beside
        if first.start:  # "AGH440071285 02  PRODUCT:"
            return beside.part(0, first.start)
    below = page_lines[number + 1].cells if number + 1 < len(page_lines) else ()
    if len(below) > column and not _marks(below[column]):
        return _continued(below[column], page_lines[number + 2 :]) if len(below) == 1 else below[column]
    return None


_OPEN = re.compile(r"(?:[,(/&-]|\b(?:and|or|of|with|for|the|to|in|by|at|without))$", re.IGNORECASE)


def _continued(value: Stretch, following: Sequence[Line]) -> Stretch:
    """The value with the lines that carry it on: it ends open, or they begin in lower case."""
    for line in following:
        gap = value.page.text[value.end : line.start]
        carries_on = _OPEN.search(value.text) or re.match(r"[a-z(]", line.text)
        if gap.count("\n") != 1 or len(line.cells) != 1 or _marks(line.cells[0]) or not carries_on:
            break
        value = Stretch(value.page, value.start, line.end)
    return value
