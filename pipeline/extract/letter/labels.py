"""Values that stand beside a label: "Member ID: W102074778", in columns, tables and RE: blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pipeline import notation
from pipeline.extract.lines import Line, Stretch
from pipeline.extract.tables import load

_WORD = re.compile(r"[^\W_]+|#")
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
    return load("letter/letter_fields.yaml")


@cache
def _same_word() -> dict[str, str]:
    return {**load("letter/label_grammar.yaml")["same"], "s": ""}


def _words(text: str) -> tuple[str, ...]:
    plain = re.sub(r"\([^()]{0,30}\)", " ", re.sub(r"(?<=rec)['\u2019](?=d\b)", "", text.lower()))
    return tuple(word for w in _WORD.findall(plain) if (word := _same_word().get(w, w)))


@cache
def _labels() -> dict[tuple[str, ...], tuple[str, int]]:
    """Each label's words to its field and its rank: listed best first, and after those that no list has, `last`."""
    return {
        _words(label): (name, rank)
        for name, row in table()["fields"].items()
        for rank, label in (*enumerate(row["labels"]), *enumerate(row.get("last", ()), _UNLISTED + 1))
    }


def field_of(text: str) -> str | None:
    """The field that a text is a label of, taken whole; None where it is none."""
    if text.endswith(")"):  # "Request (EPA key)"
        whole = _composed(_words(re.sub(r"[()]", " ", text)), text)
        if whole is not None and whole.field in _IDENTIFIERS:
            return whole.field
    words = _words(text)
    known = _labels().get(words)
    made = None if known else _composed(words, text)
    field = known[0] if known else made.field if made else None
    return "other" if field and _OF_OTHERS.search(text) else field


_OF_OTHERS = re.compile(r"\((?:hospital|provider|facility|clinic|pharmacy|office)(?:'s)?\)", re.IGNORECASE)


def rank(label: str) -> tuple[int, str]:
    """How good a label is for its field, the least the best; those that no list has differ by their words alone."""
    words = _words(label)
    if (known := _labels().get(words)) is not None:
        return known[1], ""
    made = _composed(words, label.strip())
    return _LAST if made and made.last else _UNLISTED, " ".join(words)


def is_last(label: str) -> bool:
    """Whether a label serves only where no other does, as "Facility" for the provider."""
    return rank(label)[0] > _UNLISTED


_IDENTIFIERS = ("member_id", "reference_number", "claim_number")
_UNLISTED = 1000
_LAST = 2000
_PROGRAMME = re.compile(r"[A-Z][A-Za-z]{3,}+(?=\s)")  # "AHCCCS ID", "Harborline ID": the plan's or programme's own
_OWN_NAME = re.compile(r"[A-Z]{2,6}(?=\s)")  # "PRO file no.": the sender's initials


@dataclass(frozen=True, slots=True)
class _Composition:
    """A field whose labels are composed: one word of each of `needs`, the rest of `may`."""

    field: str
    needs: tuple[frozenset[str], ...]
    may: frozenset[str]
    last: bool = False

    def fits(self, words: frozenset[str]) -> bool:
        """Whether the words make up a label of the field."""
        return words <= self.may and all(words & need for need in self.needs)


@cache
def _compositions() -> tuple[_Composition, ...]:
    grammar = load("letter/label_grammar.yaml")
    fillers = frozenset(grammar["fillers"])
    return tuple(
        _Composition(row["field"], needs, frozenset(row.get("may", ())).union(fillers, *needs), row.get("last", False))
        for row in grammar["labels"]
        for needs in [tuple(frozenset(group) for group in row["needs"])]
    )


@lru_cache(maxsize=4096)
def _composed(words: tuple[str, ...], text: str) -> _Composition | None:
    """The row for a label that is made of known words: "Date this notice was mailed"."""
    if not 0 < len(words) <= _LONGEST or (text[:1].islower() and words[-1] not in _OF_NUMBERS):
        return None
    of_programme = _PROGRAMME.match(text) and words[1:] in _NUMBERS and words[0] not in _known_words()
    own = words[1:] if len(words) > 2 and _OWN_NAME.match(text) and words[0] not in _known_words() else ()
    if words[1:] in _CASES and _PROGRAMME.match(text) and words[0] not in _known_words():  # "Tesserae case"
        own = (words[1], "number")
    for said in filter(None, (words, (_OF_PLAN, *words[1:]) if of_programme else (), own)):
        whole = frozenset(said)
        if (fit := next((row for row in _compositions() if row.fits(whole)), None)) is not None:
            return fit
    return None


_OF_NUMBERS = ("number", "id")
_NUMBERS = {("id",), ("id", "number"), ("member", "id"), ("member", "number")}
_CASES = {("case",), ("reference",), ("authorization",), ("request",), ("file",), ("claim",)}
_OF_PLAN = "member"  # what a programme's own name before "ID" amounts to


@cache
def _known_words() -> frozenset[str]:
    """The words that labels are made of, and those that name firms and things: none is a plan's own name."""
    made = frozenset().union(*(row.may.union(*row.needs) for row in _compositions()))
    listed = (word for label in _labels() for word in label)
    return made.union(listed, table()["no_person"], load("letter/label_grammar.yaml")["of_others"])


def _label_before(text: str) -> tuple[int, str] | None:
    """The longest label that ends a text: where it starts and its field."""
    if text.rstrip().endswith("]"):  # the blank of a form: "requested by you or your doctor [provider]:"
        return None
    starts = [match.start() for match in _WORD.finditer(text)][-_LONGEST - 2 :]
    for start in starts:
        # a label begins a cell, or follows the end of another value
        if (name := field_of(text[start:])) is not None:
            return None if _is_tail(text, start) else (start, name)
    return None


_PLAIN_WORD = re.compile(r"(?:^|[^\w:])(?:of|[A-Z][a-z]+|[A-Z]+) $")
_IN_SENTENCE = re.compile(r"\w\s+\w+\s+\w+\s+(?:the|an?|your|our|this|that|each|any)\s+$|\b[A-Za-z]{2,}+\s[a-z]++\s$")
_HALVED = re.compile(r"(?:\w\s?[/&]\s?|\w-|\b(?:Dear|Hello|Hi)(?: \w+)?\s)$")


def _is_tail(text: str, start: int) -> bool:
    """Whether a label is the end of a longer one that is not known: "Group name", "of service", "Set/Control no."."""
    if _HALVED.search(text[:start]) or (text[start].islower() and _IN_SENTENCE.search(text[:start])):
        return True
    return len(_WORD.findall(text[start:])) == 1 and len(text) < _SHORT and bool(_PLAIN_WORD.search(text[:start]))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label found in a cell: its own range and where its value begins, as offsets into the cell's text."""

    start: int
    value: int
    field: str


_RE = re.compile(r"(?:Re|Regarding|Subject):", re.IGNORECASE)


def _marks(cell: Stretch, *, column_follows: bool = False) -> list[_Mark]:
    """The labels in a cell. Where a column follows, what stands after "Re:" may be a label whose value is there."""
    marks: list[_Mark] = []
    for match in re.finditer(r":(?!\d)|#(?!\s?[:/])", cell.text):
        begin = marks[-1].value if marks else 0
        end = match.end() if match[0] == "#" else match.start()
        if (label := _label_before(cell.text[begin:end])) is not None:
            marks.append(_Mark(begin + label[0], match.end(), label[1]))
    if not marks and (name := field_of(cell.text)) is not None:
        marks.append(_Mark(0, len(cell.text), name))
    last = cell.part(marks[-1].value, len(cell.text)) if marks else cell
    shift = last.start - cell.start  # "Re: Member ID W102074778"
    if marks and column_follows and _RE.fullmatch(cell.text[:shift].strip()) and (name := field_of(last.text)):
        return [*marks, _Mark(shift, len(cell.text), name)]
    return marks + [_Mark(one.start + shift, one.value + shift, one.field) for one in _bare_mark(last)]


_SHORT = 60  # characters: a longer cell is prose


def _bare_mark(cell: Stretch) -> list[_Mark]:
    """A label that begins a short cell without a colon: "Notice Date 10/01/2026", of one word before figures alone."""
    if (patient := _PATIENT.fullmatch(cell.text)) is not None:
        return [_Mark(0, patient.end(1), "patient_name")]
    if (carer := _CARER.match(cell.text)) is not None and field_of(carer[1]) == "provider":
        return [_Mark(0, carer.end(1), "provider")]
    dashed = _DASHED.match(cell.text)
    if dashed and dashed["single"] and (" " not in dashed[1] or len(cell.text) > _SHORT):  # "Treatment - Child"
        dashed = None
    if dashed is not None and (name := field_of(dashed[1])) is not None:
        return [_Mark(0, dashed.end(), name)]
    if not cell.text or len(cell.text) > _SHORT or cell.text.startswith(("A ", "An ")) or _GOES_ON.search(cell.text):
        return []
    if cell.text[-1] in ".,;" and not any(day.end >= len(cell.text) - 1 for day in notation.days(cell.text)):
        return []
    ends = [match.end() for match in _WORD.finditer(cell.text)][:_LONGEST]
    for end in reversed(ends):
        value = (_FIGURES if end == ends[0] else _ANYTHING).match(cell.text, end) or _APART.match(cell.text, end)
        if value is not None and (name := field_of(cell.text[:end])) is not None:
            return [] if _OFFICE.fullmatch(cell.text, value.end()) else [_Mark(0, value.end(), name)]
    return []


_GOES_ON = re.compile(r"^[a-z].*\d\W? [a-z]+ [a-z]+", re.DOTALL)  # prose: "sent on 22-Oct-2026 and do not agree"
_CLINICIAN = re.compile(r"[A-Z][\w.'\u2019 -]{2,50},\s(?:M\.?D|D\.?O|N\.?P|PA-C|DPM|DDS|DMD|PhD|PsyD)\b\.?")
_CARER = re.compile(rf"([A-Z][a-z]+)\s{_CLINICIAN.pattern}")
_OFFICE = re.compile(r"(?:Department|Unit|Team|Office|Center|Committee|Division|Services|Program|Board|Desk)")
_DASHED = re.compile(
    r"([A-Z][\w/'\u2019.# ]{1,40}?)\s+(?:--{1,2}|[\u2013\u2014=]|(?P<single>(?<=[A-Za-z]\s)-))\s+(?=\S)"
)
_OF_WHOM = re.compile(r"^parents?\b.*\bof$", re.IGNORECASE)  # an address: the name stands below
_ANYTHING = re.compile(r"(?:\.?|\s\.{1,2})\s+(?=[A-Z0-9$])")
_APART = re.compile(r"\s\s+(?=[A-Z0-9])")
_FIGURES = re.compile(r"(?:\s\.{1,2})?\s+(?=(?:[A-Z]{1,5}[ -])?[A-Z0-9/-]*\d[A-Z0-9/ -]{3,24}$)")
_PATIENT = re.compile(r"(Patient|Member|Beneficiary|Enrollee)\s+[A-Z][a-z]+(?:\s[A-Z][\w.'\u2019-]*){1,3}")


def labelled(page_lines: Sequence[Line]) -> Iterator[Labelled]:
    """Every labelled value in a run of lines, in reading order."""
    boxes = [boxed(line) for line in page_lines]
    in_table = frozenset[int]()
    for number, line in enumerate(boxes):
        if number in in_table:
            continue
        if headed := _headed(boxes, number) or _ruled(boxes, number):
            in_table = in_table | {
                at for at in range(number + 1, len(boxes)) if boxes[at].start <= headed[0].value.start
            }
            yield from headed
            continue
        for column in range(len(line.cells)):
            yield from _paired(line.cells[column], line) or _in_cell(boxes, number, column)


def _in_cell(boxes: Sequence[Line], number: int, column: int) -> Iterator[Labelled]:
    """The values of the labels in one cell, wherever they stand."""
    line = boxes[number]
    cell = line.cells[column]
    marks = _marks(cell, column_follows=column + 1 < len(line.cells))
    for at, mark in enumerate(marks):
        end = marks[at + 1].start if at + 1 < len(marks) else len(cell.text)
        value = cell.part(mark.value, end)
        if not value.text:
            found = _value_elsewhere(boxes, number, column)
        elif at + 1 == len(marks) and column + 1 == len(line.cells):
            found = _continued(value, boxes[number + 1 :])
        elif value.text.endswith(",") and at + 1 == len(marks) and not _marks(line.cells[column + 1]):
            found = Stretch(value.page, value.start, line.cells[column + 1].end)  # "Ana Lopez,   MD"
        else:
            found = value
        if found is not None:
            label = cell.text[mark.start : mark.value]
            yield Labelled(_by_value(mark.field, label, found.text), label, found, line)


_MEMBER = re.compile(
    r"(?:Member|Subscriber|Enrollee|Insured|Beneficiary|Cardholder|Participant|Recipient)\W*", re.IGNORECASE
)
_MONEY = re.compile(r"\$\s?[\d,]+(?:\.\d\d)?")
_REFUSED = re.compile(r"\b(?:denied|not covered|disallowed)\b", re.IGNORECASE)
_FIGURES_OF_ID = re.compile(r"(?=(?:\D*\d){5})[A-Z0-9]+(?:[ -][A-Z0-9]+)*")


def _by_value(field: str, label: str, value: str) -> str:
    """The field of a label by what stands beside it: "Member: 5501-887-20" is his number."""
    if _CLINICIAN.fullmatch(value) and (field == "service" or label.strip(" :") == "Name"):  # "Ordered: Ana Roe, MD"
        return "provider"
    if field == "service" and _MONEY.fullmatch(value):  # "Denied: $4,210.00"
        return "denied_amount" if _REFUSED.search(label) else "other"
    numbered = field == "patient_name" and _MEMBER.fullmatch(label) and _FIGURES_OF_ID.fullmatch(value)
    return "member_id" if numbered and not notation.days(value) else field


_PAIR = re.compile(r"([^:/]{2,40}) / ([^:/]{2,40}):\s+(\S.*?) / (\S.*)")


def _paired(cell: Stretch, line: Line) -> list[Labelled]:
    """The values of two labels in one: "Member / DOB: Ana Lopez / 04-02-1970"."""
    if (pair := _PAIR.fullmatch(cell.text)) is None:
        return []
    fields = {field: at for at in (1, 2) if (field := field_of(pair[at])) is not None}
    if len(fields) < 2:  # or both name one thing: "Patient / Member"
        return []
    return [Labelled(field, pair[at], cell.part(*pair.span(at + 2)), line) for field, at in fields.items()]


_RULE = re.compile(r"\s*[|\u2502\u2503\u2551]\s*")
_STROKE = re.compile(r"\s(?:/|\u00b7|\u2022)\s")
_PIECE = re.compile(r"\S+(?: \S+)*")


def boxed(line: Line) -> Line:
    """A line of a box drawn in characters, or of labels between strokes, with its cells; any other as it is."""
    rule = next((rule for rule in (_RULE, _STROKE) if len(rule.findall(line.text)) >= 2), None)
    if rule is None or (rule is _STROKE and not all(_marks(cell) for cell in _between(line, rule))):
        return line
    cells = _between(line, rule)
    inner = cells[not cells[0].text : len(cells) - (not cells[-1].text)]
    return Line(line.page, line.start, line.end, tuple(inner))


def _between(line: Line, rule: re.Pattern[str]) -> list[Stretch]:
    ends = [match.span() for match in rule.finditer(line.text)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(line.text)]
    return [line.part(a, b) for a, b in zip(starts, stops, strict=True)]


def _headed(page_lines: Sequence[Line], number: int) -> list[Labelled]:
    """The values below a row of labels, one below each, as reading keeps no columns; none where it is no such row."""
    line = page_lines[number]
    heads = [line.part(*match.span()) for match in _PIECE.finditer(line.text)]
    fields = [field_of(head.text) for head in heads]
    below = page_lines[number + 1] if number + 1 < len(page_lines) else None
    if below is None or len(heads) < _FEWEST or sum(map(bool, fields)) * 3 < len(heads) * 2:
        return []
    if any(re.search(r"\d|:", head.text) for head in heads) or below.page.text[line.end : below.start].count("\n") != 1:
        return []
    places = [below.part(*match.span()) for match in _PIECE.finditer(below.text)]
    if len(places) != len(heads) or any(field_of(place.text) for place in places):
        return []
    return [
        Labelled(field, head.text, place, line)
        for field, head, place in zip(fields, heads, places, strict=True)
        if field is not None
    ]


_FEWEST = 3  # labels in a row of them
_RULER = re.compile(r"[\s|+=:_\u2500-\u257f-]+")  # a row of a drawn table that holds nothing


def _ruled(boxes: Sequence[Line], number: int) -> list[Labelled]:
    """The values below a row of labels of a table drawn with bars, where it has one row of them."""
    line = boxes[number]
    fields = [field_of(cell.text) for cell in line.cells] if _RULE.search(line.text) else []
    if len(fields) < _FEWEST or sum(map(bool, fields)) * 3 < len(fields) * 2 or re.search(r"\d|:", line.text):
        return []
    rows = [row for row in boxes[number + 1 :] if not _RULER.fullmatch(row.text)]
    if not rows or not _RULE.search(rows[0].text) or len(rows[0].cells) != len(fields):
        return []
    several = len(rows) > 1 and _RULE.search(rows[1].text) and len(rows[1].cells) == len(fields)
    if several or any(field_of(cell.text) for cell in rows[0].cells):
        return []
    return [
        Labelled(field, head.text, place, line)
        for field, head, place in zip(fields, line.cells, rows[0].cells, strict=True)
        if field is not None and place.text
    ]


def _value_elsewhere(page_lines: Sequence[Line], number: int, column: int) -> Stretch | None:
    """The value of a label that stands alone in its cell: in the next cell, else in the cell below."""
    cells = page_lines[number].cells
    if column + 1 < len(cells) and not (_OF_WHOM.search(cells[column].text) and number + 1 < len(page_lines)):
        beside = cells[column + 1]
        first = next(iter(_marks(beside)), None)
        if first is None and not beside.text.endswith(":"):  # a label that we do not know has its value below too
            return None if _goes_on_below(page_lines, number, column + 1) else _after_sign(beside)
        if first is not None and first.start:  # "AGH440071285 02  PRODUCT:"
            return beside.part(0, first.start)
    below = page_lines[number + 1].cells if number + 1 < len(page_lines) else ()
    if len(below) > column and not _marks(below[column]):
        return _continued(below[column], page_lines[number + 2 :]) if len(below) == 1 else below[column]
    return None


def _after_sign(beside: Stretch) -> Stretch:
    """A cell without the colon that it begins with, where the colons of a block stand in a column of their own."""
    return beside.part(len(beside.text) - len(beside.text.lstrip(":= ")), len(beside.text))


def _goes_on_below(page_lines: Sequence[Line], number: int, column: int) -> bool:
    """Whether a cell of a drawn box goes on in the next row, where no one stretch of the page holds it whole."""
    cells = page_lines[number + 1].cells if number + 1 < len(page_lines) else ()
    return len(cells) > column and bool(cells[column].text) and not cells[column - 1].text


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
