"""A clinical document made ready for the fact readers: its statements, the terms in them, and how to quote them."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.extract.chart.ambiguous import meant
from pipeline.extract.chart.assertion import Judgement
from pipeline.extract.chart.charted import Cell, NoteDate, Shape, Statement
from pipeline.extract.chart.compounds import standing_alone
from pipeline.extract.chart.regimens import moments
from pipeline.extract.chart.sections import statements
from pipeline.extract.vocabulary import TermHit, terms
from pipeline.notation import dates
from schemas.dates import PartialDate
from schemas.document import Document, Word
from schemas.fact import FactKind, Side
from schemas.proposal import Quote

# A capital alone is a side only before what has sides: "R EHL 4/5", "L knee".
_SIDED = (
    r"(?=\s(?:knee|hip|shoulder|leg|arm|foot|ankle|wrist|elbow|hand|thigh|calf|heel|toe|thumb|eye|ear|breast|forearm|"
    r"quad\w*|hamstring|deltoid|biceps|triceps|grip|pinch|flexion|extension|abduction|adduction|external|internal|rotation|"
    r"dorsiflexion|plantarflexion|motor|lateral|EHL|APB|FDI|LE|UE|LLE|TKA|THA|SLR|[0-5][+-]?\s?/\s?5)\b)"
)
_SIDE = re.compile(
    rf"(?<!\w)(?:(?P<both>bilateral(?:ly)?|both(?!\s(?:were|was|are|have|had|wore|gave|failed|helped|did|ended|stopped|of\s(?:these|which)|times|drugs|medications|agents|with|without|for|at|on)\b)|b/l)|(?P<left>left|lt|(?-i:L){_SIDED})|(?P<right>right|rt|(?-i:R){_SIDED}))"
    r"(?:-sided)?(?!\w)"
    r"(?!-handed|\shanded|-hand\b|\shand\sdominant|\saway|\safter|\sto\s(?:the|his|her|their)\s|\snow|\supper\squadrant)",
    re.IGNORECASE,
)
_MOST_AROUND = 12  # lines on each side; what a longer context does not tell apart is a copied note
_SIGNED = re.compile(
    r"(?:electronically\s|digitally\s)?(?:signed|authenticated|dictated)\b|/s/|e-signed", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"[A-Z][a-z]+,\s(?:MD|DO|PT|DPT|OT|NP|PA-C|RN|PhD|PsyD|LCSW|DC|FNP|APRN|CRNP)\b")


_GAVE = re.compile(r"\s(?:with|by|from|under)\s(?:Dr\.?\s|Ms\.?\s|Mr\.?\s)?(?:[A-Z][\w.'-]*\s){0,2}\Z")
_GIVEN = (FactKind.TREATMENT, FactKind.MEDICATION)


@dataclass(frozen=True, slots=True)
class Sided:
    """A mention of a side of the body."""

    start: int
    end: int
    side: Side


def sides(text: str) -> list[Sided]:
    """The sides of the body a text names, in order."""
    by_group = {"both": Side.BILATERAL, "left": Side.LEFT, "right": Side.RIGHT}
    return [Sided(m.start(), m.end(), by_group[m.lastgroup or ""]) for m in _SIDE.finditer(text)]


def one_side(text: str) -> Side | None:
    """The side a text names, if it names one; left and right together are bilateral only where it says so."""
    named = {found.side for found in sides(text)}
    return named.pop() if len(named) == 1 else None


def body_parts(hits: list[TermHit]) -> list[TermHit]:
    """Those of the hits that name a part of the body."""
    return [hit for hit in hits if "body_part" in hit.term.classes]


_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.?\s(?:[A-Z][\w.]*\s)?\Z")
_FIRST_NAME = re.compile(r"(?:\A|[.:,]\s)[A-Z][a-z]+\s(?:[A-Z]\.?\s)?\Z")
_OF_PERSON = re.compile(
    r"(?:'s)?\s(?:is|was|has|had|presents|presented|states|reports|returns|denies|comes|did|does|who)\b|,\s(?:an?|age|DOB|MD)\b"
)


def _is_surname(text: str, hit: TermHit) -> bool:
    """Whether the name of a treatment stands as a person's: after a title, or after a first name and before a verb."""
    if hit.term.kind is not FactKind.TREATMENT or not text[hit.start : hit.end].istitle():
        return False
    before = text[max(0, hit.start - 40) : hit.start]
    if _TITLE.search(before):
        return True
    return _FIRST_NAME.search(before) is not None and _OF_PERSON.match(text, hit.end) is not None


_HOUSE = re.compile(
    r"\b(?:cent(?:er|re)s?|clinics?|institute|hospital|associates|group|practice|partners|specialists|physicians"
    r"|laboratory|P?LLC|PLLC|P\.?C\.|Inc\.?)\b",
    re.IGNORECASE,
)
_LETTERHEAD = 2  # lines of a page
_ASSERTED = (*_GIVEN, FactKind.DIAGNOSIS, FactKind.FINDING, FactKind.RISK)


def _names_the_house(line: "Line", hit: TermHit) -> bool:
    """Whether a term stands in the name of a clinic at the head of a page: "CENTER FOR METABOLIC SURGERY"."""
    if hit.term.kind not in _ASSERTED or not line.is_among_first(_LETTERHEAD):
        return False
    cells = [cell for cell in line.statement.cells if cell.start <= hit.start < cell.start + len(cell.text)]
    text = cells[0].text if cells else ""
    return text[:1].isupper() and not text.endswith(".") and _HOUSE.search(text) is not None


@dataclass(frozen=True)
class Line:
    """A statement with what is found in it, and the text of its page."""

    statement: Statement
    page: str = ""

    @property
    def text(self) -> str:
        """The statement's text."""
        return self.statement.text

    @cached_property
    def hits(self) -> list[TermHit]:
        """The terms in it, in order, but for a surname that is one ("Mr. Walker") and parts of other names."""
        found = [hit for hit in terms(self.text) if not (_is_surname(self.text, hit) or _names_the_house(self, hit))]
        known = meant(self.text, found, self.page or self.text, self.statement.start if self.page else 0)
        return list(standing_alone(self.text, list(known)))

    def is_among_first(self, lines: int) -> bool:
        """Whether it begins within so many lines of its page."""
        end = -1
        for _ in range(lines):
            end = self.page.find("\n", end + 1)
            if end < 0 or self.statement.start <= end:
                return True
        return False

    @cached_property
    def judgement(self) -> Judgement:
        """What it asserts of the things in it."""
        return Judgement(self.text, self.statement.section)

    @cached_property
    def signature(self) -> bool:
        """Whether it only signs or names a clinician: credentials look like treatments ("PT, DPT")."""
        if _SIGNED.match(self.text) or _SIGNED.match(self.statement.label):
            return True
        named = _CREDENTIALS.search(self.text)
        return named is not None and not self._treated_by(named.start())

    def _treated_by(self, at: int) -> bool:
        """Whether the clinician named at an offset is told to have treated: "CBT with N. Roe, LCSW, ten sessions"."""
        gave = _GAVE.search(self.text[:at])
        return gave is not None and any(hit.term.kind in _GIVEN and hit.end <= gave.start() for hit in self.hits)

    @cached_property
    def dates(self) -> list[tuple[int, int, PartialDate]]:
        """The dates in it."""
        return [(found.start, found.end, found.value) for found in dates(self.text)]

    @cached_property
    def days(self) -> list[tuple[int, int, PartialDate]]:
        """The dates in it, days without a year among them: each the last one not after the note."""
        found = moments(self.text, self.statement.dated)
        return [(one.start, one.end, one.value) for one in found if one.value.precision != "year"]


class Chart:
    """One clinical document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._pages = {page.number: page.text for page in document.pages}
        self.lines = [Line(statement, self._pages[statement.page]) for statement in statements(document)]
        self._words: dict[int, tuple[tuple[Word, ...], list[int]]] = {}
        self._rows = {
            (page.number, next(start for start, end in row if end)): row
            for page in document.pages
            for table in page.tables
            for row in table.rows
            if any(end for _, end in row)
        }

    @cached_property
    def readable(self) -> list[Line]:
        """The sentences and rows that state things: headings and signatures do not."""
        return [line for line in self.lines if line.statement.shape is not Shape.HEADING and not line.signature]

    def cells(self, statement: Statement) -> tuple[Cell | None, ...]:
        """The columns of a row: as the page's own table gives them, None for an empty one; else as gaps part it."""
        row = self._rows.get((statement.page, statement.start))
        if row is None or any(end > statement.end for _, end in row):
            return statement.cells
        text, base = statement.text, statement.start
        return tuple(Cell(start - base, text[start - base : end - base]) if end else None for start, end in row)

    def extent(self, statement: Statement, cell: Cell) -> tuple[float, float] | None:
        """The left and right end of a cell on the paper, as shares of its width; None where there is no paper."""
        words, starts = self._words_of(statement.page)
        first = bisect_left(starts, statement.start + cell.start)
        last = bisect_left(starts, statement.start + cell.start + len(cell.text)) - 1
        if last < first or last >= len(words):
            return None
        left, right = words[first].box, words[last].box
        return (left.left, right.right) if left and right else None

    def _words_of(self, number: int) -> tuple[tuple[Word, ...], list[int]]:
        if number not in self._words:
            words = next((page.words for page in self.document.pages if page.number == number), ())
            self._words[number] = words, [word.start for word in words]
        return self._words[number]

    def quotes(self, statements: Sequence[Statement]) -> tuple[Quote, ...]:
        """The whole statements, in the order given; those that follow on each other are one quote."""
        ranges: list[tuple[int, int, int]] = []
        for place in (place for one in statements for place in one.places):
            page, start, end = ranges[-1] if ranges else (0, 0, 0)
            if place.page == page and end <= place.start and not self._pages[page][end : place.start].strip():
                ranges[-1] = (page, start, place.end)
            else:
                ranges.append(place)
        return tuple(self._quote(*whole) for whole in ranges)

    def _quote(self, number: int, start: int, end: int) -> Quote:
        """The words, with as many lines around them as tell them from their like on the page."""
        page = self._pages[number]
        left, right = start, end
        for _ in range(_MOST_AROUND):
            if page.find(page[left:right]) == page.rfind(page[left:right]):
                break
            left = page.rfind("\n", 0, max(0, left - 1)) + 1
            stop = page.find("\n", right + 1)
            right = len(page) if stop < 0 else stop
        context = "" if (left, right) == (start, end) else page[left:right].strip()
        return Quote(text=page[start:end], document=self.document.id, page=number, context=context)

    def dating(self, dated: NoteDate | None) -> tuple[Quote, ...]:
        """The line that dates a note."""
        if dated is None:
            return ()
        return (Quote(text=dated.line, document=self.document.id, page=dated.page),)


_ALLERGY_LABEL = re.compile(r"(?:drug |medication |food )?(?:allerg(?:y|ies)|intolerances?)\b", re.IGNORECASE)
_ALLERGY_HEAD = re.compile(r"(?:drug |medication |food )?allerg(?:y|ies)(?:\s?[:\u2013-]|\s{2,}|\t)", re.IGNORECASE)


def listed_allergies(line: Line) -> bool:
    """Whether the line is of a list of allergies: what it names was not given, and must not be."""
    labels = (_ALLERGY_LABEL.match(line.statement.label), _ALLERGY_HEAD.match(line.text))
    return any(labels) or line.statement.section == "allergies"


PARTS = re.compile(r"[,;]|\b(?:and|but|while|whereas|except)\b|\n\u2022|\.\s")


def _own(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a sentence around `start:end`, as commas and conjunctions part it."""
    left = max([0, *(part.end() for part in PARTS.finditer(text, 0, start))])
    return left, min([len(text), *(part.start() for part in PARTS.finditer(text, end))])


def side_near(line: Line, start: int, end: int) -> Side | None:
    """The side named in the thing's own part of the sentence; else before it; else by the label of its line."""
    left, right = _own(line.text, start, end)
    own = one_side(line.text[left:right])
    if own or sides(line.text[:left]):
        return own or one_side(line.text[:left])
    return one_side(line.statement.label)


_ELSEWHEN = re.compile(
    r"\b(?:before|until|while|when|though|although|whereas|because|but)\s(?:she|he|they|the patient|patient)\b",
    re.IGNORECASE,
)


def part_near(line: Line, start: int, end: int) -> str | None:
    """The part of the body named in the thing's own part of the sentence; else before it; else by its line's label."""
    begins = max([0, *(stop.end() for stop in _ELSEWHEN.finditer(line.text, 0, start))])
    left, right = _own(line.text, start, end)
    hits = [hit for hit in body_parts(line.hits) if begins <= hit.start]
    near = [hit for hit in hits if left <= hit.start and hit.end <= right]
    near = near or [hit for hit in hits if hit.end <= start] or body_parts(terms(line.statement.label))
    names = {hit.term.name for hit in near}
    return names.pop() if len(names) == 1 else None
