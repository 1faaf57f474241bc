"""Figures that stand beside a measure and were not read: where a later one stands, no earlier one may answer for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.figures import Value, phrases, table
from pipeline.extract.chart.measured_dates import WORDS, own_date
from pipeline.extract.chart.measurements import Measured, measured
from pipeline.extract.chart.score_tables import of_another_unit
from pipeline.extract.vocabulary import TermHit
from schemas.fact import FactKind

_NUMBER = re.compile(r"(?<![\w.,/$#+:-])(?:\d{1,3}(?:,\d{3})+|\d{1,5})(?:\.\d+)?(?![\d:]|\.\d|,\d{3})")
_ROMAN = re.compile(r"(?<![\w/-])(?:IV|I{1,3})(?![\w/-])")
_BEFORE = re.compile(
    r"(?<![\w.,/$#+:-])\d{1,4}(?:\.\d+)?\s?(?:%|percent)?\s?(?:(?:on|for|as)\s(?:the\s|her\s|his\s)?)?\Z"
)
_ANOTHER_THING = re.compile(
    r"\s?-?\s?(?:point|pt\b|min(?:ute)?s?\b|h(?:ou)?rs?\b|day|week|wk|month|mo\b|year|yr|y/?o\b|visit|session|time|dose|"
    r"mg|mcg|ml\b|units?\b|tab|cap|puff|item|view|x\b|st\b|nd\b|rd\b|th\b|[ap]\.?m\b)|\s?[x\u00d7]\s?\d",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s?\([^()]*+\)")
_MOVED = re.compile(
    r"\b(?:by|down|up|lost|gained|loss|gain|from)\s*\Z", re.IGNORECASE
)  # "down 9 lb", "from 9.1 to 8.2"
_BOUND = re.compile(r"\s?%?\s?(?:points?\s)?or\s(?:more|higher|greater|above|over|less|lower|below|fewer|under)\b")
_ON_OXYGEN = re.compile(r"[\s(]{1,2}(?:on|with)\s\d(?:\.\d)?\s?(?:L\b|LPM|liter)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_IN_A_YEAR = re.compile(r"\b(?:in|since|until|before|after|during|of|year)\s\Z", re.IGNORECASE)
_FAR = 60  # characters between a measure and its figure
_BEHIND = 25  # characters before a figure in which a wish stands
_ENDS = re.compile(r"[;?!]|\.\s|\n\u2022")
_NO_RESULTS = ("goals", "plan", "recommendations", "requested service", "instructions", "orders", "technique")


def unread(chart: Chart, read: Sequence[Measured]) -> Iterator[Measured]:
    """The measures beside whose name a figure stands that none of the readings has, each with that figure.

    Not a figure that is wished for, planned, a relative's or told to be of before, nor one of another thing: a time,
    a dose, a bound of what is normal.
    """
    known: dict[tuple[int, int], list[Measured]] = {}
    for found in read:
        known.setdefault((found.statement.page, found.statement.start), []).append(found)
    for line in chart.readable:
        if line.statement.section in _NO_RESULTS or not any(c.isdigit() for c in line.text):
            continue
        own = known.get((line.statement.page, line.statement.start), [])
        for hit in _measures(line):
            figure = _Stretch.of(line, hit, own).figure()
            if figure and not (found := measured(line, hit, figure, own_date(line, figure.end)[0])).undated:
                yield from [found] if found.assertion.holds else ()
    yield from _under_heads(chart, known)


def _measures(line: Line) -> list[TermHit]:
    return [hit for hit in line.hits if hit.term.kind is FactKind.MEASUREMENT and not hit.neutral]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The words behind a measure's name as far as a figure of it may stand, and the readings of its statement."""

    line: Line
    hit: TermHit
    end: int
    own: Sequence[Measured]

    @classmethod
    def of(cls, line: Line, hit: TermHit, own: Sequence[Measured]) -> "_Stretch":
        others = (other.start for other in _measures(line) if other.start > hit.start and other.term != hit.term)
        aside = _ASIDE.match(line.text, hit.end)
        begins = aside.end() if aside else hit.end
        stop = _ENDS.search(line.text, begins)
        far = len(line.text) if line.statement.shape is Shape.ROW else begins + _FAR
        return cls(line, hit, min([far, len(line.text), *others, *([stop.start()] if stop else [])]), own)

    def figure(self) -> Value | None:
        """The first figure of the measure that was not read; None where the first was, and nothing goes on from it."""
        in_row = self.line.statement.shape is Shape.ROW
        if in_row and (self._is_read() or of_another_unit(self.line, self.hit.term)):
            return None
        at = self.hit.end
        while figure := self._next(at):
            reading = self._reading(figure.start)
            if reading is None:
                return figure
            at = max(reading.value.end, own_date(self.line, reading.value.end)[1])
            following = self._next(at)
            if following is None or _ON_OXYGEN.match(self.line.text, at):
                return None
            if not _goes_on(self.line.text[at : following.start]):
                return None
        return self._before()

    def _is_read(self) -> bool:
        return any(one.term.name.endswith(self.hit.term.name) for one in self.own)

    def _next(self, at: int) -> Value | None:
        for match in _NUMBER.finditer(self.line.text, at, self.end):
            if self._counts(match):
                return Value(*match.span(), match[0].replace(",", ""))
        if self.hit.term.name not in table().roman:
            return None
        roman = _ROMAN.search(self.line.text, at, self.end)
        return Value(*roman.span(), roman[0]) if roman and self._counts(roman) else None

    def _before(self) -> Value | None:
        """A figure right before the name: "an 18 on the PHQ-9"."""
        match = _BEFORE.search(self.line.text, max(0, self.hit.start - 20), self.hit.start)
        if match is None or not self._counts(match) or self._reading(match.start()):
            return None
        return Value(match.start(), match.end(), match[0].split()[0])

    def _counts(self, match: re.Match[str]) -> bool:
        """Whether a number may be the measure's: no part of a date, no time or dose, and not wished for."""
        text = self.line.text
        dated = any(start <= match.start() < end for start, end, _ in (*self.line.days, *self.line.dates))
        lead = text[max(0, min(self.hit.start, match.start()) - _BEHIND) : match.start()]
        if _YEAR.fullmatch(match[0].strip()) and _IN_A_YEAR.search(lead):
            return False
        if dated or _ANOTHER_THING.match(text, match.end()) or _MOVED.search(text, self.hit.end, match.start()):
            return False
        return not (_BOUND.match(text, match.end()) or phrases("wished").find(_ASIDE.sub("", lead)))

    def _reading(self, at: int) -> Measured | None:
        return next((one for one in self.own if one.value.start <= at < one.value.end), None)


def _goes_on(between: str) -> bool:
    """Whether words between two figures say that the second is of the same measure: "28%, now 45"."""
    known = {word for phrase in (*table().then, *table().conditions) for word in phrase.split()}
    return bool(between.strip()) and all(word.lower() in known for word in WORDS.findall(between))


def _under_heads(chart: Chart, known: dict[tuple[int, int], list[Measured]]) -> Iterator[Measured]:
    """The measures that head columns or a list none of whose figures was read, each with the first figure below."""
    rows: list[Line] = []
    for line in reversed(chart.lines):
        if rows and rows[-1].statement.block != line.statement.block:
            rows = []
        if line.signature:
            continue
        if any(c.isdigit() for c in line.text):
            rows.append(line)
            continue
        taken = {one.term.name for row in rows for one in known.get((row.statement.page, row.statement.start), ())}
        for hit in _measures(line):
            if rows and hit.term.name not in taken and not line.text.endswith("."):
                yield from _below(line, hit, rows)
        rows = []


def _below(head: Line, hit: TermHit, rows: Sequence[Line]) -> Iterator[Measured]:
    """A measure of a head without figures, dated by the latest day that the rows below it give."""
    days = [day for row in rows for _, _, day in row.days]
    latest = max(days, key=lambda day: day.latest, default=None)
    found = measured(head, hit, Value(hit.end, hit.end, ""), None)
    if latest and found.assertion.holds:
        dated = next(row for row in rows if any(day == latest for _, _, day in row.days))
        yield Measured(found.term, head.statement, found.value, on=latest, head=dated.statement, side=found.side)
    elif found.assertion.holds and not found.undated:
        yield found
