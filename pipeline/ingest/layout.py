"""From printed words with boxes to the text of a page: rows, columns, paragraphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from schemas.document import Box, Word

COLUMN_GAP = "   "
_WIDE = 2.5  # average characters: a wider gap between two words of a row separates columns
_WIDE_AMONG_SPACES = 1.75  # average characters, where it is also so many times the row's usual space:
_SPACES = 3.0
_SAME_ROW = 0.5  # share of the lower word's height that two words of one row have in common
_LOOSE_LINES = 1.35  # a line distance so many times the usual one ends a paragraph
_PROSE_LINES = 8  # a gutter shorter than this is a block of labels, to be read across
_PROSE_WORDS = 4
_PROSE_FILL = 0.6  # prose lines reach this share of their column's width


@dataclass(frozen=True, slots=True)
class Token:
    """A printed word on upright paper; any length unit, the same along both axes, origin at the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0
    other: str = ""

    @property
    def height(self) -> float:
        """Height of the box."""
        return self.bottom - self.top


def turned(token: Token, turn: int, width: float, height: float) -> Token:
    """The token after the page `width` x `height` it stands on is turned clockwise by a multiple of 90 degrees."""
    if turn % 360 == 0:
        return token
    left, top, right, bottom = token.left, token.top, token.right, token.bottom
    for _ in range(turn // 90 % 4):
        left, top, right, bottom = height - bottom, left, height - top, right
        width, height = height, width
    return replace(token, left=left, top=top, right=right, bottom=bottom)


Row = list[Token]


def compose(tokens: list[Token], box: Callable[[Token], Box]) -> tuple[str, tuple[Word, ...]]:
    """The text of a page and its words; `box` says where on the page as displayed a word stands."""
    if not tokens:
        return "", ()
    pieces: list[str] = []
    words: list[Word] = []
    at = 0
    for column in _columns(_rows(tokens)):
        if pieces:
            pieces.append("\n")
            at += 1
        for row, ends_paragraph in zip(column, _paragraph_ends(column), strict=True):
            for separator, token in _line(row):
                at += len(separator)
                end = at + len(token.text)
                words.append(
                    Word(start=at, end=end, box=box(token), confidence=round(token.confidence, 4), other=token.other)
                )
                pieces += [separator, token.text]
                at = end
            ending = "\n\n" if ends_paragraph else "\n"
            pieces.append(ending)
            at += len(ending)
    return "".join(pieces), tuple(words)


def box_on(width: float, height: float) -> Callable[[Token], Box]:
    """Where a token stands on a page of that size in the token's own unit."""

    def fraction(value: float, whole: float) -> float:
        return round(min(max(value / whole, 0.0), 1.0), 5)

    def box(token: Token) -> Box:
        return Box(
            left=fraction(token.left, width),
            top=fraction(token.top, height),
            right=fraction(token.right, width),
            bottom=fraction(token.bottom, height),
        )

    return box


def _rows(tokens: list[Token]) -> list[Row]:
    """Words side by side, top to bottom.

    Each word, from left to right, joins the row whose last word stands beside it: so a row may slope a little.
    """
    least = 0.5 * median(token.height for token in tokens)
    rows: list[Row] = []
    bands: list[tuple[float, float, float]] = []  # top, bottom and right edge of each row's last word
    shelves: dict[int, list[int]] = {}  # rows by the strip their last word lies in, to look at few of them
    strip = max(4 * least, 1e-6)
    for token in sorted(tokens, key=lambda t: (t.left, t.top, t.right, t.text)):
        top, bottom = _band(token, least)
        near = {i for shelf in range(int(top // strip), int(bottom // strip) + 1) for i in shelves.get(shelf, ())}
        found = [i for i in near if _beside(bands[i], top, bottom, token.left)]
        if found:
            middle = top + bottom
            i = min(found, key=lambda i: (abs(bands[i][0] + bands[i][1] - middle), i))
            for shelf in range(int(bands[i][0] // strip), int(bands[i][1] // strip) + 1):
                shelves[shelf].remove(i)
            rows[i].append(token)
            bands[i] = top, bottom, token.right
        else:
            i = len(rows)
            rows.append([token])
            bands.append((top, bottom, token.right))
        for shelf in range(int(top // strip), int(bottom // strip) + 1):
            shelves.setdefault(shelf, []).append(i)
    return sorted(rows, key=lambda row: (median(t.top + t.bottom for t in row), row[0].left))


def _band(token: Token, least: float) -> tuple[float, float]:
    """Vertical extent for comparison: a dash or a dot is taken to be as high as a small letter."""
    if token.height >= least:
        return token.top, token.bottom
    middle = (token.top + token.bottom) / 2
    return middle - least / 2, middle + least / 2


def _beside(band: tuple[float, float, float], top: float, bottom: float, left: float) -> bool:
    lower = min(bottom - top, band[1] - band[0])
    common = min(bottom, band[1]) - max(top, band[0])
    return common >= _SAME_ROW * lower and left >= band[2] - lower


def _character(row: Row) -> float:
    """Average width of a character in the row."""
    return sum(token.right - token.left for token in row) / sum(len(token.text) for token in row)


def _wide(row: Row) -> float:
    """The gap that separates columns: less of it will do where the row shows how wide its spaces are."""
    character = _character(row)
    spaces = median(max(after.left - before.right, 0) for before, after in pairwise(row)) if len(row) > 1 else 0
    return min(_WIDE * character, max(_WIDE_AMONG_SPACES * character, _SPACES * spaces))


def _segments(row: Row) -> list[Row]:
    """The row cut at its wide gaps."""
    segments: list[Row] = [[row[0]]]
    wide = _wide(row)
    for before, token in pairwise(row):
        if token.left - before.right > wide:
            segments.append([])
        segments[-1].append(token)
    return segments


def _line(row: Row) -> list[tuple[str, Token]]:
    """The row's words, each with the space before it."""
    line: list[tuple[str, Token]] = []
    for segment in _segments(row):
        for i, token in enumerate(segment):
            line.append((" " if i else COLUMN_GAP if line else "", token))
    return line


def _paragraph_ends(column: list[Row]) -> list[bool]:
    """For each row, whether a paragraph ends after it. The last row of a column ends none."""
    bottoms = [median(token.bottom for token in row) for row in column]
    sizes = [max(token.height for token in row) for row in column]
    pitches = [
        (below - above) / max(size, 1e-6) for above, below, size in zip(bottoms, bottoms[1:], sizes[1:], strict=False)
    ]
    if not pitches:
        return [False] * len(column)
    usual = min(max(sorted(pitches)[int(0.3 * len(pitches))], 0.8), 2.6)
    return [pitch > _LOOSE_LINES * usual for pitch in pitches] + [False]


def _columns(rows: list[Row]) -> list[list[Row]]:
    """The rows in reading order, prose set in columns taken apart; else one column with every row."""
    found = _gutter(rows)
    if found is None:
        return [rows]
    first, last, x = found
    inside = rows[first:last]
    left = [part for row in inside if (part := [t for t in row if t.right <= x])]
    right = [part for row in inside if (part := [t for t in row if t.left >= x])]
    parts = (rows[:first], left, right, rows[last:])
    return [column for part in parts if part for column in _columns(part)]


def _gutter(rows: list[Row]) -> tuple[int, int, float] | None:
    """The longest run of rows `first` to `last` (half-open) that the line at x divides into two columns of prose."""
    if len(rows) < _PROSE_LINES:
        return None
    best: tuple[int, int, float] | None = None
    for x in _gap_middles(rows):
        for first, last in _runs_clear_of(x, rows):
            longer = best is None or last - first > best[1] - best[0]
            if longer and _divides_prose(rows[first:last], x):
                best = first, last, x
    return best


def _gap_middles(rows: list[Row]) -> list[float]:
    """Where a gutter could be: middles of wide gaps, one for each bundle of gaps that share it."""
    gaps = sorted((before[-1].right, after[0].left) for row in rows for before, after in pairwise(_segments(row)))
    bundles: list[tuple[float, float, int]] = []
    for left, right in gaps:
        if bundles and left < bundles[-1][1]:
            low, high, n = bundles[-1]
            if min(high, right) > max(low, left):
                bundles[-1] = max(low, left), min(high, right), n + 1
                continue
        bundles.append((left, right, 1))
    return [(low + high) / 2 for low, high, n in bundles if n >= _PROSE_LINES // 2]


def _runs_clear_of(x: float, rows: list[Row]) -> list[tuple[int, int]]:
    """Runs of rows in which no word crosses x and the words on either side of it stand well apart."""
    runs: list[tuple[int, int]] = []
    first = 0
    for i, row in enumerate([*rows, None]):
        if row is None or not _clear(x, row):
            if i - first >= _PROSE_LINES:
                runs.append((first, i))
            first = i + 1
    return runs


def _clear(x: float, row: Row) -> bool:
    before = max((t.right for t in row if t.left < x), default=None)
    after = min((t.left for t in row if t.left >= x), default=None)
    if before is not None and before > x:
        return False
    return before is None or after is None or after - before > _character(row)


def _divides_prose(rows: list[Row], x: float) -> bool:
    left = [part for row in rows if (part := [t for t in row if t.right <= x])]
    right = [part for row in rows if (part := [t for t in row if t.left >= x])]
    return _is_prose(left) and _is_prose(right)


def _is_prose(lines: list[Row]) -> bool:
    """Long lines of words that fill their column: no labels, no figures."""
    if len(lines) < _PROSE_LINES:
        return False
    start, end = min(line[0].left for line in lines), max(line[-1].right for line in lines)
    filled = sum(line[-1].right - line[0].left >= _PROSE_FILL * (end - start) for line in lines)
    labelled = sum(any(token.text.endswith(":") for token in line) for line in lines)
    unbroken = sum(len(_segments(line)) == 1 for line in lines)
    words = [token for line in lines for token in line]
    figures = sum(any(c.isdigit() for c in token.text) for token in words)
    return (
        median(len(line) for line in lines) >= _PROSE_WORDS
        and filled >= 0.6 * len(lines)
        and unbroken >= 0.8 * len(lines)
        and labelled <= 0.25 * len(lines)
        and figures <= 0.35 * len(words)
    )
