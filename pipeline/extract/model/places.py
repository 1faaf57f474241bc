"""Where a quote stands in a chart: its whole sentences, and the places in them that name a thing."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.charted import Shape, Statement
from pipeline.extract.chart.measurements import Measured, measurements
from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.treatments import Piece, mentions, pieces
from pipeline.extract.model.sent import LineNumber, shown
from pipeline.extract.vocabulary import Term, by_name, terms
from pipeline.folding import fold, folded
from schemas.document import Document
from schemas.fact import Fact, FactKind
from schemas.span import Span

TREATED = (FactKind.TREATMENT, FactKind.MEDICATION)
_COLUMNS = 2  # a row with more cells is read by its head


@dataclass(frozen=True)
class Place:
    """A sentence or row, and the range of it that names the thing; `term` is the vocabulary's, where it has one."""

    line: Line
    start: int
    end: int
    term: Term | None

    @cached_property
    def piece(self) -> Piece | None:
        """The part of the sentence that speaks of this treatment, where the sentence names treatments."""
        return next((one for one in pieces(self.line) if one.hit.start <= self.start < one.end), None)


class Record:
    """One document of a chart, read once for all that is proposed of it; `facts` are the rules'."""

    def __init__(self, document: Document, facts: Sequence[Fact] = ()) -> None:
        self.chart = Chart(document)
        own = (fact for fact in facts if fact.spans and fact.spans[0].document == document.id)
        self._facts: dict[str, list[Fact]] = {}
        for fact in own:
            self._facts.setdefault(fact.name, []).append(fact)
        self._document = document
        self._sent = shown(document).lines
        self._readable = {id(line) for line in self.chart.readable}

    @cached_property
    def _mentions(self) -> dict[tuple[int, int], list[Mention]]:
        found: dict[tuple[int, int], list[Mention]] = {}
        for mention in mentions(self.chart):
            found.setdefault(_key(mention.statements[-1]), []).append(mention)
        return found

    @cached_property
    def _measured(self) -> dict[tuple[int, int], list[Measured]]:
        found: dict[tuple[int, int], list[Measured]] = {}
        for measured in measurements(self.chart):
            found.setdefault(_key(measured.statement), []).append(measured)
        return found

    def mentions_of(self, term: Term, line: Line) -> list[Mention]:
        """What the rules read of a treatment in a sentence."""
        return [one for one in self._mentions.get(_key(line.statement), ()) if one.term.name == term.name]

    def measured(self, name: str, line: Line) -> list[Measured]:
        """What the rules read of a measure in a sentence."""
        return [one for one in self._measured.get(_key(line.statement), ()) if one.term.name == name]

    def facts_at(self, name: str, line: Line) -> list[Fact]:
        """The rules' facts of that name in a sentence."""
        named = self._facts.get(name, ())
        return [fact for fact in named if any(list(_covered(line.statement, span)) for span in fact.spans)]

    def was_sent(self, span: Span) -> bool:
        """Whether every line of the citation is one that a model is shown."""
        return was_sent(self._document, self._sent, span)

    def states(self, line: Line) -> bool:
        """Whether a line states things: no heading, no signature, no row of a table that its head explains."""
        wide = line.statement.shape is Shape.ROW and len(self.chart.cells(line.statement)) > _COLUMNS
        return id(line) in self._readable and not wide

    def lines_at(self, span: Span) -> list[tuple[Line, int, int]]:
        """The sentences and rows that a citation touches, each with the range of its text that it covers."""
        found = []
        for line in self.chart.lines:
            ranges = list(_covered(line.statement, span))
            if ranges:
                found.append((line, min(a for a, _ in ranges), max(b for _, b in ranges)))
        return found

    def position(self, line: Line) -> int:
        """The place of a line among those of the chart."""
        return next(at for at, other in enumerate(self.chart.lines) if other is line)


def _key(statement: Statement) -> tuple[int, int]:
    return statement.page, statement.start


def _covered(statement: Statement, span: Span) -> Iterator[tuple[int, int]]:
    """The ranges of a statement's text that a citation covers."""
    offset = 0
    for place in statement.places:
        start, end = max(place.start, span.start), min(place.end, span.end)
        if place.page == span.page and start < end:
            yield offset + start - place.start, offset + end - place.start
        offset += place.end - place.start + 1


def was_sent(document: Document, sent: Collection[LineNumber], span: Span) -> bool:
    """Whether every line of a citation that holds words is among those that a model is shown."""
    text = document.page(span.page).text
    first, last = text.count("\n", 0, span.start), text.count("\n", 0, span.end)
    lines = text.split("\n")
    return all(LineNumber(span.page, at + 1) in sent for at in range(first, last + 1) if lines[at].strip())


def known_term(name: str) -> Term | None:
    """The vocabulary's term of that name."""
    try:
        return by_name(name)
    except KeyError:
        return None


def canonical(name: str) -> str:
    """The vocabulary's name of a thing, where the whole name given is a form of it ("PT"); else the name itself."""
    hits = terms(name)
    return hits[0].term.name if len(hits) == 1 and (hits[0].start, hits[0].end) == (0, len(name)) else name


def named(line: Line, start: int, end: int, name: str) -> list[Place]:
    """Where the range of a sentence names the thing: by a form of the vocabulary's, else by the name's own words.

    A form that only says what was looked at names no result.
    """
    if term := known_term(name):
        hits = [hit for hit in line.hits if hit.term.name == term.name and start <= hit.start and hit.end <= end]
        return [Place(line, hit.start, hit.end, hit.term) for hit in hits if not hit.neutral]
    text, wanted = fold(line.text), folded(name)
    if not wanted:
        return []
    found = re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text.text)
    ranges = [text.original(*match.span()) for match in found]
    return [Place(line, a, b, None) for a, b in ranges if start <= a and b <= end]


def others_between(lines: Sequence[Line], name: str) -> bool:
    """Whether any of the lines speaks of another treatment than the one named."""
    return any(hit.term.kind in TREATED and hit.term.name != name for line in lines for hit in line.hits)
