"""The order in which the rows of a page are read: prose set in columns down each, all else across."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import median

from pipeline.ingest.layout.rows import Row

_LINES = 8  # of prose: a shorter gutter parts a block of labels, to be read across
_SIDE_LINES = 5  # of a sidebar
_PROSE_WORDS = 4
_CELL_WORDS = 2.5
_MOST_COLUMNS = 6  # of prose, side by side
_FULL = 0.6  # of its column's width: so far lines of prose reach
_WRAPPED = 0.75  # of its column's width: a shorter line was not broken by the margin
_GUTTERS = 24  # tried on a page
_DEEPEST = 8  # columns within columns


@dataclass(frozen=True)
class _Side:
    """The lines on one side of a gutter, by the number of their row."""

    lines: dict[int, Row]
    whole: bool  # not itself a part of what is asked about

    @cached_property
    def left(self) -> float:
        return min(line.left for line in self.lines.values())

    @cached_property
    def width(self) -> float:
        return max(line.right for line in self.lines.values()) - self.left

    @cached_property
    def starts(self) -> frozenset[int]:
        """Rows whose line begins something: it goes on from no line that is full and ends no sentence."""
        found = set()
        before: Row | None = None
        for number, line in self.lines.items():
            if not _begins_lower(line) and (before is None or _is_over(before, self.left + _WRAPPED * self.width)):
                found.add(number)
            before = line
        return frozenset(found)

    @property
    def anew(self) -> float:
        """Share of the lines that begin something."""
        return len(self.starts) / len(self.lines)

    def share(self, lines: int) -> float:
        """So many lines as a share of all."""
        return lines / len(self.lines)

    @cached_property
    def figures(self) -> float:
        """Share of the words with a digit in them."""
        words = [token.text for line in self.lines.values() for token in line.tokens]
        return sum(any(map(str.isdigit, word)) for word in words) / len(words)

    @cached_property
    def is_prose(self) -> bool:
        """Long lines of words that fill their column and run on: no labels, no figures, no cells."""
        lines = list(self.lines.values())
        if len(lines) < _LINES or self.anew > 0.6:
            return False
        if self.share(sum(len(line.cells) == 1 for line in lines)) < 0.8:
            return self.whole and _are_columns(lines)
        filled = sum(line.right - line.left >= _FULL * self.width for line in lines)
        labelled = sum(any(token.text.endswith(":") for token in line.tokens) for line in lines)
        return (
            median(len(line.tokens) for line in lines) >= _PROSE_WORDS
            and self.share(filled) >= 0.6
            and self.share(labelled) <= 0.25
            and self.figures <= 0.35
        )

    @cached_property
    def is_sidebar(self) -> bool:
        """Lines close together, of words."""
        lines = list(self.lines.values())
        if len(lines) < _SIDE_LINES or self.figures > 0.5:
            return False
        extent = lines[-1].bottom - lines[0].bottom
        return extent <= 2.2 * median(line.height for line in lines) * (len(lines) - 1)


def _begins_lower(line: Row) -> bool:
    return line.tokens[0].text[0].islower()


def _is_over(line: Row, margin: float) -> bool:
    return line.tokens[-1].text[-1] in ".:;?!" or line.right < margin


def columns(rows: list[Row], depth: int = 0) -> list[list[Row]]:
    """The rows in reading order, prose set in columns taken apart; else one column with every row."""
    gutters = _gutters(rows) if depth < _DEEPEST else []
    if not gutters:
        return [rows]
    found: list[list[Row]] = []
    at = 0
    for first, last, x in gutters:
        inside = rows[first:last]
        left = [part for row in inside if (part := row.before(x)) is not None]
        right = [part for row in inside if (part := row.after(x)) is not None]
        for some in (rows[at:first], left, right):
            found += columns(some, depth + 1) if some else []
        at = last
    return found + (columns(rows[at:], depth + 1) if at < len(rows) else [])


def _gutters(rows: list[Row], *, whole: bool = True) -> list[tuple[int, int, float]]:
    """Runs of rows `first` to `last` (half-open), apart from each other, that the line at x divides into columns."""
    if len(rows) < _LINES:
        return []
    runs = [(first, last, x) for x in _gap_middles(rows) for first, last in _runs_clear_of(x, rows)]
    runs.sort(key=lambda run: (run[0] - run[1], run))
    taken: list[tuple[int, int, float]] = []
    for first, last, x in runs:
        apart = all(last <= begin or end <= first for begin, end, _ in taken)
        if apart and _holds_sentences(rows[first:last]) and _divides(rows[first:last], x, whole=whole):
            taken.append((first, last, x))
    return sorted(taken)


def _gap_middles(rows: list[Row]) -> list[float]:
    """Where a gutter could be: middles of wide gaps, one for each bundle of gaps that share it; left of many lines.

    Lines of two columns need not stand side by side: then no row has a gap.
    """
    gaps = sorted(
        (before[-1].right, after[0].left)
        for row in rows
        for before, after in zip(row.cells, row.cells[1:], strict=False)
    )
    bundles: list[tuple[float, float, int]] = []
    for left, right in gaps:
        if bundles and left < bundles[-1][1]:
            low, high, n = bundles[-1]
            bundles[-1] = max(low, left), min(high, right), n + 1
        else:
            bundles.append((left, right, 1))
    found = {(low + high) / 2: n for low, high, n in bundles if n >= _LINES // 2}
    found |= {x: n for x, n in _margins(rows) if n >= _SIDE_LINES}
    return sorted(found, key=lambda x: (-found[x], x))[:_GUTTERS]


def _margins(rows: list[Row]) -> list[tuple[float, int]]:
    """A little left of where rows without anything beside them begin, with how many begin there."""
    character = median(row.character for row in rows)
    edge = min(row.left for row in rows) + 10 * character
    bundles: list[tuple[float, int]] = []
    for left in sorted(row.left for row in rows if row.left > edge):
        if bundles and left - bundles[-1][0] < 2 * character:
            bundles[-1] = bundles[-1][0], bundles[-1][1] + 1
        else:
            bundles.append((left - character, 1))
    return bundles


def _runs_clear_of(x: float, rows: list[Row]) -> list[tuple[int, int]]:
    """Runs of rows that no word at x stands in the way of, with lines enough."""
    runs: list[tuple[int, int]] = []
    first = 0
    for i, row in enumerate([*rows, None]):
        if row is None or not row.is_clear_of(x):
            if i - first >= _LINES:
                runs.append((first, i))
            first = i + 1
    return runs


def _holds_sentences(rows: list[Row]) -> bool:
    """Whether the cells are few, of several words each; quick, so that few tables need the closer look."""
    cells = sum(len(row.cells) for row in rows)
    return cells <= _MOST_COLUMNS * len(rows) and sum(len(row.tokens) for row in rows) >= _CELL_WORDS * cells


def _are_columns(rows: list[Row]) -> bool:
    """Whether most of the rows are columns of prose themselves."""
    return sum(last - first for first, last, _ in _gutters(rows, whole=False)) >= 0.6 * len(rows)


def _divides(rows: list[Row], x: float, *, whole: bool) -> bool:
    """Whether what stands on either side of x is read by itself: prose on both, or prose and a sidebar."""
    left = _Side({i: part for i, row in enumerate(rows) if (part := row.before(x)) is not None}, whole)
    right = _Side({i: part for i, row in enumerate(rows) if (part := row.after(x)) is not None}, whole)
    if min(len(left.lines), len(right.lines)) < _SIDE_LINES or _is_table(left, right):
        return False
    if left.is_prose:
        return right.is_prose or right.is_sidebar
    return right.is_prose and left.is_sidebar


def _is_table(left: _Side, right: _Side) -> bool:
    """Whether the two begin things side by side: a label and its text, the cells of a table.

    Long paragraphs that begin side by side are a text and its translation.
    """
    if max(left.anew, right.anew) <= 0.2:
        return False
    more, fewer = (left, right) if left.anew >= right.anew else (right, left)
    return len(more.starts) >= 3 and len(more.starts & fewer.starts) >= 0.7 * len(more.starts)
