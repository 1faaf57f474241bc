"""Two pages on one sheet, side by side: told from columns and tables, and taken apart only where that is sure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from schemas.document import Box

_DPI: Final = 72  # enough to see lines of text
_DARK: Final = 0.65  # of the paper's grey
_HALF: Final = (0.55, 0.9)  # width to height of a half: A4 is 0.71, letter 0.77, half a letter sheet 0.65
_TRIM: Final = 0.02  # of the sheet: the scanner's edge
_CENTRE: Final = (0.44, 0.56)  # of the width: where the gutter has its middle
_LEAST_GUTTER: Final = 0.055  # of the width
_OWN_MARGINS: Final = 1.6  # times the outer margin: between two pages lie a margin of each
_CLEAN: Final = 0.004  # share of a column's or row's dots that may be dust
_SPINE: Final = (0.6, 0.03)  # of the height and width: a dark line so high and thin is the fold
_WORD_GAP: Final = 0.12  # inches: words of a line are closer, cells of a table are not
_LINES: Final = 8  # of text on a page
_PROSE: Final = (0.55, 0.4, 4)  # lines of prose fill so much of their page, are such a share of its lines, and so many
_SHORT: Final = 0.25  # of a page's width: a page number
_ALIGNED: Final = 0.7  # share of lines level with one of the other page, as the rows of a table are

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text on a half: its rows and its columns; `unbroken` where no wide gap divides it."""

    top: int
    bottom: int
    left: int
    right: int
    unbroken: bool


def halves(grey: Grey, dpi: tuple[float, float]) -> tuple[Box, Box] | None:
    """The two pages that lie on an upright, straight sheet, in fractions of its picture; null where it is one page.

    Each page has margins of its own and prose, nothing crosses the gutter between them, and their lines stand at
    heights of their own, or both bear a page number, or the sheet was folded there.
    """
    if min(grey.shape) < 2:
        return None
    wide, high = grey.shape[1] / dpi[0], grey.shape[0] / dpi[1]
    if not _HALF[0] <= wide / 2 / high <= _HALF[1]:
        return None
    size = max(1, round(wide * _DPI)), max(1, round(high * _DPI))
    ink, spine = _ink(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
    gutter = _gutter(ink)
    if gutter is None:
        return None
    left, right = _lines(ink[:, : gutter[0]]), _lines(ink[:, gutter[1] :])
    if not (_is_page(left) and _is_page(right)):
        return None
    if not (spine or _is_apart(left, right) or (_is_numbered(left) and _is_numbered(right))):
        return None
    middle = round((gutter[0] + gutter[1]) / 2 / ink.shape[1], 5)
    return Box(0.0, 0.0, middle, 1.0), Box(middle, 0.0, 1.0, 1.0)


def _ink(grey: Grey) -> tuple[Grey, bool]:
    """The dark dots without the sheet's edge and its fold, and whether there is a fold."""
    ink: Grey = np.asarray(grey < _DARK * float(np.median(grey)), dtype=np.uint8)
    height, width = ink.shape
    down, across = max(1, round(_TRIM * height)), max(1, round(_TRIM * width))
    ink[:down], ink[-down:], ink[:, :across], ink[:, -across:] = 0, 0, 0, 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    spine = False
    for label, (left, _, wide, high, _) in enumerate(stats.tolist()):
        central = _CENTRE[0] * width <= left and left + wide <= _CENTRE[1] * width
        if label and central and high >= _SPINE[0] * height and wide <= _SPINE[1] * width:
            ink[labels == label] = 0
            spine = True
    return ink, spine


def _gutter(ink: Grey) -> tuple[int, int] | None:
    """The columns, half-open, of the empty band in the middle; null where it is too narrow for two margins."""
    height, width = ink.shape
    full = np.flatnonzero(ink.sum(axis=0, dtype=np.int64) > _CLEAN * height)
    middle = width / 2
    before, after = full[full < middle], full[full >= middle]
    if not (before.size and after.size):
        return None
    start, end = int(before[-1]) + 1, int(after[0])
    outer = min(int(full[0]), width - 1 - int(full[-1]))
    central = _CENTRE[0] * width <= (start + end) / 2 <= _CENTRE[1] * width
    wide = end - start >= max(_LEAST_GUTTER * width, _OWN_MARGINS * outer)
    return (start, end) if central and wide else None


def _lines(half: Grey) -> list[_Line]:
    """The lines of text of a half, from the top."""
    words = cv2.morphologyEx(half, cv2.MORPH_CLOSE, np.ones((1, round(_WORD_GAP * _DPI)), np.uint8))
    full = words.sum(axis=1, dtype=np.int64) > _CLEAN * half.shape[1]
    lines: list[_Line] = []
    for top, bottom in _runs(full):
        band = words[top:bottom].any(axis=0)
        pieces = _runs(np.asarray(band))
        lines.append(_Line(top, bottom, pieces[0][0], pieces[-1][1], len(pieces) == 1))
    return lines


def _runs(full: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open ranges in which the flags are set."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _width(lines: list[_Line]) -> int:
    return max(line.right for line in lines) - min(line.left for line in lines)


def _is_page(lines: list[_Line]) -> bool:
    """Whether a half holds lines of prose, as a table does not."""
    if len(lines) < _LINES:
        return False
    filled, share, least = _PROSE
    prose = sum(line.unbroken and line.right - line.left >= filled * _width(lines) for line in lines)
    return prose >= max(least, share * len(lines))


def _is_apart(left: list[_Line], right: list[_Line]) -> bool:
    """Whether the lines of the halves stand at heights of their own."""
    fewer, more = sorted((left, right), key=len)
    middles = np.array([line.top + line.bottom for line in more]) / 2
    pitch = float(np.median(np.diff(np.sort(middles))))
    level = sum(float(np.abs(middles - (line.top + line.bottom) / 2).min()) <= 0.15 * pitch for line in fewer)
    return level < _ALIGNED * len(fewer)


def _is_numbered(lines: list[_Line]) -> bool:
    """Whether the first or the last line is short and stands away from the text, as a page number does."""
    gaps = [below.top - above.bottom for above, below in pairwise(lines)]
    usual = float(np.median(gaps))
    return any(
        line.unbroken and line.right - line.left <= _SHORT * _width(lines) and gap > 2 * usual
        for line, gap in ((lines[0], gaps[0]), (lines[-1], gaps[-1]))
    )
