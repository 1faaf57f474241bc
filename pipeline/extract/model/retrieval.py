"""The passages of a chart that bear on each criterion, found by words: the cost grows with criteria, not with pages."""

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from pipeline import notation
from pipeline.extract.chart import outcomes
from pipeline.extract.chart.charted import Shape, Statement
from pipeline.extract.chart.sections import statements
from pipeline.extract.model.bm25 import Index
from pipeline.extract.model.sent import LineNumber, Shown, fenced, shown
from pipeline.extract.tables import load
from pipeline.extract.vocabulary import terms
from schemas.base import Frozen
from schemas.dates import PartialDate
from schemas.denial import Criterion
from schemas.document import Document
from schemas.fact import FactKind
from schemas.requirement import Attest, Requirement, Subject, leaves

MOST = 8000  # tokens of chart sent in one question; benchmarks/model_tokens.py says what it costs and keeps
EACH = 2900  # of them for one criterion that asks one thing, and a quarter more for each other thing it asks
_WORTH = 0.04  # of the best passage's score; what has less is not sent
CHARACTERS = 4  # of a token of English, about; no server is asked


@dataclass(frozen=True, slots=True)
class Passages:
    """What of the charts is shown for some criteria: the lines by document, as blocks of numbered lines.

    `criteria` are ids. `tokens` is an estimate.
    """

    criteria: tuple[str, ...]
    lines: Mapping[str, frozenset[LineNumber]]
    text: str

    @property
    def tokens(self) -> int:
        """About how many tokens the text is."""
        return len(self.text) // CHARACTERS


def passages_for(
    criteria: Sequence[Criterion],
    charts: Sequence[Document],
    most: int = MOST,
    *,
    service: str = "",
    together: bool = True,
) -> tuple[Passages, ...]:
    """For each criterion of a service what bears on it, each passage with the lines that title and date its note.

    What bears on criteria that follow each other is one, where together they stay within `most` tokens: a short chart
    is sent once, and whole if it fits. Else, with `together` false, one for each criterion. Of a longer chart a
    criterion has room for what it asks (`EACH`). The same input gives the same passages. A criterion that nothing
    bears on has passages without lines.
    """
    if not criteria:
        return ()
    chart = _Chart(charts, criteria, service, most)
    found = [(criterion.id, chart.lines_for(criterion)) for criterion in criteria]
    if not together:
        return tuple(chart.passages((name,), lines) for name, lines in found)
    groups: list[tuple[tuple[str, ...], _Lines]] = []
    for name, lines in found:
        if groups and (lines == groups[-1][1] or chart.size(groups[-1][1] | lines) <= most * CHARACTERS):
            groups[-1] = (*groups[-1][0], name), groups[-1][1] | lines
        else:
            groups.append(((name,), lines))
    return tuple(chart.passages(names, lines) for names, lines in groups)


_Lines = frozenset[tuple[int, LineNumber]]
"""Lines of charts: the chart, by its place, and the line."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A statement of a chart, with the lines to send for it and the words by which it is found."""

    lines: _Lines
    words: Mapping[str, float]
    note: tuple[int, int]
    dated: PartialDate | None
    key: str


class _Chart:
    """The charts made ready to be asked: their windows, and what each line costs."""

    def __init__(self, charts: Sequence[Document], criteria: Sequence[Criterion], service: str, most: int) -> None:
        self._most = most * CHARACTERS
        self._service = {f"={hit.term.name}": _table().weights["service"] for hit in terms(service)}
        self._shown = [shown(chart) for chart in charts]
        self._sizes = {
            (at, number): len(one.row(number)) + 1 for at, one in enumerate(self._shown) for number in one.lines
        }
        self._all = frozenset(self._sizes)
        self._fits = self.size(self._all) <= self._most
        if not self._fits:
            windows = [window for at, one in enumerate(self._shown) for window in _windows(at, one)]
            self._windows = self._with_short_notes(list(_uncopied(windows)))
            self._index = Index([window.words for window in self._windows])
            self._latest = max(map(_day, windows), default=date.min)
            self._topic = _topic(windows, criteria)

    def size(self, lines: _Lines) -> int:
        """The characters of the lines when sent."""
        return sum(self._sizes[line] for line in lines)

    def lines_for(self, criterion: Criterion) -> _Lines:
        """The lines that bear most on a criterion, as many as may be sent."""
        if self._fits:
            return self._all
        found = self._index.scores(self._service | _question(criterion))
        oldest = _oldest(criterion.requirement, self._latest)
        scores = {
            at: score * self._topic[(one := self._windows[at]).note] * _age(one, oldest, self._latest)
            for at, score in found.items()
        }
        ranked = sorted(scores, key=lambda at: (-round(scores[at], 9), -_day(self._windows[at]).toordinal(), at))
        kept: set[tuple[int, LineNumber]] = set()
        things = max(1, len(list(leaves(criterion.requirement))))
        size, room = 0, min(self._most, EACH * (3 + things) // 4 * CHARACTERS)
        for at in ranked:
            if scores[at] * math.sqrt(things) < _WORTH * scores[ranked[0]]:  # the best may speak of all of them
                break
            more = (self._windows[at].lines & self._all) - kept
            if more and size + (cost := self.size(more)) <= room:
                kept |= more
                size += cost
        return frozenset(kept)

    def _with_short_notes(self, windows: Sequence[_Window]) -> list[_Window]:
        """The windows, those of a short note with all its lines: they cost little, and tell what a passage is about."""
        notes: dict[tuple[int, int], set[tuple[int, LineNumber]]] = defaultdict(set)
        for one in windows:
            notes[one.note] |= one.lines
        ordered = sorted(self._all)
        whole = {
            note: frozenset(ordered[bisect_left(ordered, min(lines)) : bisect_right(ordered, max(lines))])
            for note, lines in notes.items()
        }
        short = {note: lines for note, lines in whole.items() if self.size(lines) <= _SHORT}
        return [replace(one, lines=short[one.note]) if one.note in short else one for one in windows]

    def passages(self, criteria: tuple[str, ...], lines: _Lines) -> Passages:
        """The lines as they are sent."""
        by_chart: dict[int, set[LineNumber]] = defaultdict(set)
        for at, number in lines:
            by_chart[at].add(number)
        rows = [row for at, one in enumerate(self._shown) if at in by_chart for row in one.rows(by_chart[at])]
        kept = {self._shown[at].document.id: frozenset(numbers) for at, numbers in sorted(by_chart.items())}
        return Passages(criteria, kept, fenced("chart", rows))


def _day(window: _Window) -> date:
    """The day of a window's note; of one that nothing dates, the first there is."""
    return window.dated.earliest if window.dated else date.min


def _oldest(requirement: Requirement | None, latest: date) -> date:
    """The first day that a requirement looks back to from the latest note, and half as long again; else any."""
    windows = [leaf.within for leaf in leaves(requirement) if isinstance(leaf, Subject) and leaf.within]
    back = max((_DAYS[one.length.unit] * one.length.n for one in windows), default=None)
    return date.min if back is None else latest - timedelta(days=min(int(back * 3 / 2), latest.toordinal() - 1))


_DAYS = {"days": 1, "weeks": 7, "months": 31, "years": 366}


def _age(window: _Window, oldest: date, latest: date) -> float:
    """What a passage weighs by the day of its note: little before the oldest day asked for, and less by the year."""
    if window.dated is None:
        return 1.0
    if window.dated.latest < oldest:
        return _OLD
    return max(_AGED, 1 - (latest - window.dated.latest).days / _YEARS_OLD)


def _windows(at: int, chart: Shown) -> Iterator[_Window]:
    """The statements of a chart, rows of a table together, each found by what stands around it too.

    A heading is none, unless it dates something; nor are the lines that date and title a note, which go with all of it.
    """
    found = statements(chart.document)
    places, titles = _Places(chart.document), _titles(found)
    heads = _heads(found, places)
    parts = list(_parts(found))
    words = [frozenset().union(*map(_words_of, part)) for part in parts]
    for index, (part, own) in enumerate(zip(parts, words, strict=True)):
        first = part[0]
        head = heads[first.note].union(places.dating(first))
        lines = frozenset(line for one in part for line in places.of(one))
        if lines <= head or (first.shape is Shape.HEADING and "#date" not in own):
            continue
        held = dict.fromkeys(titles[first.note], _TITLED)
        for other in (index - 1, index + 1):
            if 0 <= other < len(parts) and parts[other][0].note == first.note:
                held |= {word: max(held.get(word, 0.0), _BESIDE) for word in words[other]}
        yield _Window(
            lines=frozenset((at, line) for line in lines | head),
            words=held | dict.fromkeys(own, 1.0),
            note=(at, first.note),
            dated=first.dated.value if first.dated else None,
            key=" ".join(" ".join(one.text for one in part).split()),
        )


def _parts(found: Sequence[Statement]) -> Iterator[tuple[Statement, ...]]:
    """The statements, the rows of a table that follow each other as one, so many at most."""
    rows: list[Statement] = []
    for one in found:
        if rows and (one.shape is not Shape.ROW or one.block != rows[-1].block or len(rows) == _ROWS):
            yield tuple(rows)
            rows = []
        if one.shape is Shape.ROW:
            rows.append(one)
        else:
            yield (one,)
    if rows:
        yield tuple(rows)


_ROWS = 10  # of a table found and sent together
_SHORT = 900  # characters of a note that is sent whole


def _topic(windows: Sequence[_Window], criteria: Sequence[Criterion]) -> dict[tuple[int, int], float]:
    """What a note's passages weigh, from 0 to 1: how much of all that is asked the note as a whole speaks of."""
    notes: dict[tuple[int, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for window in windows:
        for word, weight in window.words.items():
            notes[window.note][word] += weight
    asked: dict[str, float] = {}
    for criterion in criteria:
        asked |= _question(criterion)
    scores = Index(list(notes.values())).scores(asked)
    most = max(scores.values(), default=1.0)
    return {note: (_LEAST + (scores.get(at, 0.0) / most) ** 2) / (_LEAST + 1) for at, note in enumerate(notes)}


def _titles(found: Sequence[Statement]) -> dict[int, frozenset[str]]:
    """The terms that each note's title or first lines name: what is said in a discharge from therapy is of therapy."""
    opening: dict[int, list[str]] = defaultdict(list)
    for one in found:
        if len(opening[one.note]) < _OPENING:
            opening[one.note] += [one.title, one.text]
    return {
        note: frozenset(f"={name}" for hit in terms("\n\n".join(texts)) for name in (hit.term.name, *hit.term.classes))
        for note, texts in opening.items()
    }


def _heads(found: Sequence[Statement], places: "_Places") -> dict[int, frozenset[LineNumber]]:
    """The lines of the headings that title each note and name a thing: what a report is of they may tell alone."""
    heads = defaultdict[int, frozenset[LineNumber]](frozenset)
    for note, title in _titling(found):
        if terms(title.text):
            heads[note] |= frozenset(places.of(title))
    return heads


def _titling(found: Sequence[Statement]) -> Iterator[tuple[int, Statement]]:
    """The headings right above the line that opens a note, and those of its first lines, each with the note."""
    note, seen = -1, 0
    above: list[Statement] = []
    for one in found:
        if one.note != note:
            note, seen = one.note, 0
            yield from ((note, title) for title in above[-_OPENING:])
        seen += 1
        above = [*above, one] if one.shape is Shape.HEADING else []
        if above and seen <= _OPENING:
            yield note, one


_OPENING = 4  # titles and first lines of a note
_TITLED = 0.5  # the weight of a term of the note's title beside one's own
_OLD = 0.25  # what a note from before the days asked for weighs
_AGED = 0.4  # what a note of long ago weighs, where none is too old: it may tell of a drug that failed then
_YEARS_OLD = 4 * 365  # days by which a note weighs nothing, but for that
_LEAST = 0.1  # what a note that speaks of nothing asked still weighs
_BESIDE = 0.3  # the weight of a neighbour's word beside one's own


def _uncopied(windows: Sequence[_Window]) -> Iterator[_Window]:
    """The windows, of those copied from note to note only the first and the last."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, window in enumerate(windows):
        if window.key.count(" ") + 1 >= _table().same:
            places[window.key].append(at)
    between = {at for copies in places.values() for at in copies[1:-1]}
    yield from (window for at, window in enumerate(windows) if at not in between)


class _Places:
    """Where on the lines of a document its statements stand."""

    def __init__(self, document: Document) -> None:
        self._starts = {
            page.number: [0, *(match.end() for match in re.finditer("\n", page.text))] for page in document.pages
        }
        self._texts = {page.number: page.text for page in document.pages}

    def of(self, statement: Statement) -> Iterator[LineNumber]:
        """The lines a statement stands on."""
        for place in statement.places:
            starts = self._starts[place.page]
            first, last = bisect_right(starts, place.start), bisect_right(starts, place.end - 1)
            yield from (LineNumber(place.page, line) for line in range(first, last + 1))

    def dating(self, statement: Statement) -> Iterator[LineNumber]:
        """The line that dates its note."""
        dated = statement.dated
        if dated is not None and (start := self._texts[dated.page].find(dated.line)) >= 0:
            yield LineNumber(dated.page, bisect_right(self._starts[dated.page], start))


class _Table(Frozen):
    """retrieval.yaml."""

    source: str
    weights: dict[str, float]
    stem: int
    same: int
    cues: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    words: frozenset[str]


@cache
def _table() -> _Table:
    return _Table.model_validate(load("model/retrieval.yaml"))


_WORD = re.compile(r"[^\W\d_]{3,}")


def words_of_text(text: str) -> frozenset[str]:
    """The words that tell something, by their beginnings."""
    rows = _table()
    return frozenset(word[: rows.stem] for word in map(str.lower, _WORD.findall(text)) if word not in rows.words)


def _words_of(statement: Statement) -> frozenset[str]:
    """What a statement is found by: its words, those of its label and section, its terms and classes, its cues."""
    text = statement.text
    named = f"{statement.label} {statement.section or ''} {text}"
    hits = [hit.term for hit in terms(named)]
    codes = [code.value for code in notation.diagnosis_codes(text)]
    cues = {
        "#date": notation.dates(text),
        "#length": notation.lengths(text),
        "#figure": notation.numbers(text),
        "#outcome": outcomes.read(text),
        "#code": codes,
        "#imaging": [term for term in hits if term.kind is FactKind.IMAGING],
    }
    return words_of_text(named).union(
        (f"={name}" for term in hits for name in (term.name, *term.classes)),
        (f"={code[:length]}" for code in codes for length in range(3, len(code) + 1)),
        (cue for cue, found in cues.items() if found),
    )


def _question(criterion: Criterion) -> dict[str, float]:
    """The weighted words of a criterion: of its text, the terms it names there or in its requirement, and cues."""
    weights, asked = _table().weights, criterion.text.value
    question = dict.fromkeys(words_of_text(asked), weights["word"])
    question |= {cue: weights["term"] for word, cue in _table().kinds.items() if word in question}
    for hit in terms(asked):
        question[f"={hit.term.name}"] = weights["part" if "body_part" in hit.term.classes else "term"]
    for leaf in leaves(criterion.requirement):
        question |= dict.fromkeys(_table().cues.get(leaf.kind, ()), weights["cue"])
        named = leaf.terms if isinstance(leaf, (Subject, Attest)) else ()
        judged = (leaf.judged or ()) if isinstance(leaf, Subject) else ()
        question |= {f"={name}": weights["term"] for name in (*named, *judged)}
    return question


__all__ = ["CHARACTERS", "MOST", "Passages", "passages_for"]
