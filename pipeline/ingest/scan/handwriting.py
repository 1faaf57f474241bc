"""Handwriting: where a pen wrote on a page. It is marked and not read: what a reader of print makes of it is guessing.

Print that is read with confidence is left out first. In what remains a pen's joined strokes differ from print, logos,
diagrams and rules: one long line of even width that winds far more than its outline, with few level, upright or
parallel edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ingest.scan.tesseract import ReadWord

_DPI: Final = 150  # enough for a pen's line, and four times faster than 300
_DARK: Final = 0.6  # of the paper's grey: darker is ink
_RULE: Final = 0.4  # inches: a straight level or upright line so long is a rule
_READ: Final = 0.7  # confidence from which a word is print
_FIGURE: Final = 0.5  # the same for a word with a digit: a figure is not lost for a doubt
_MARGIN: Final = 0.15  # of a word's usual height: ink so near a word belongs to it
_SIZE: Final = (1.3, 1.8)  # of a word's usual height: lower and narrower strokes may be touching letters of a fax
_SMALL: Final = (1.0, 1.0)  # the same for strokes beside such
_LARGEST: Final = (1.5, 3.5)  # inches, high and wide: larger strokes are drawings and graphs
_LINE: Final = (0.016, 0.075)  # inches: how thick a pen's line is; thinner are graphs, thicker are stamps
_LONG: Final = 2.2  # times its height: how long the line of a stroke is
_WINDING: Final = 1.45  # how much longer the outline of a stroke is than the cord round it
_SQUARE: Final = 0.38  # share of edges that run level or upright: more are print and drawings
_PARALLEL: Final = 0.28  # share of edges that run in one direction: more are italics and hatching
_EVEN: Final = 3.8  # thickest over mean thickness: more are pictures
_LARGE: Final = (2.5, 5.0)  # of a word's usual height: high and wide enough to be a signature by itself
_NEAR: Final = 1.2  # of a word's usual height: strokes so near each other are one note
_AMONG: Final = (0.6, 3)  # words so near (in usual heights) and so many: strokes among them are a watermark

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels of the picture."""

    left: int
    top: int
    right: int
    bottom: int


def handwriting(image: Grey, dpi: int, words: Sequence[ReadWord]) -> tuple[Region, ...]:
    """Where a pen wrote, from the top; `image` is the straightened page, `words` what was read in it."""
    sure = [word for word in words if _is_print(word)]
    heights = [word.height for word in sure if len(word.text) > 2] or [round(0.1 * dpi)]
    if min(image.shape) < 2:
        return ()
    scale = min(1.0, _DPI / dpi)
    usual = max(4.0, median(heights) * scale)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    ink = _ink(np.asarray(small, dtype=np.uint8), sure, scale, usual)
    notes = [_scaled(region, scale) for region in _notes(_strokes(ink, usual), usual)]
    return tuple(sorted((note for note in notes if not _is_among(note, sure, usual / scale)), key=_from_the_top))


def print_words(words: Sequence[ReadWord], regions: Sequence[Region]) -> tuple[ReadWord, ...]:
    """The words without those that were made of handwriting; a word read with confidence stays wherever it is."""
    return tuple(word for word in words if _is_print(word) or not any(_lies_in(word, region) for region in regions))


def _is_print(word: ReadWord) -> bool:
    return word.confidence >= (_FIGURE if any(c.isdigit() for c in word.text) else _READ)


def _lies_in(word: ReadWord, region: Region) -> bool:
    return 2 * _common(word, region) >= max(1, word.width * word.height)


def _common(word: ReadWord, region: Region) -> int:
    """The area that a word and a region have in common."""
    across = min(word.left + word.width, region.right) - max(word.left, region.left)
    down = min(word.top + word.height, region.bottom) - max(word.top, region.top)
    return max(0, across) * max(0, down)


def _ink(image: Grey, sure: Sequence[ReadWord], scale: float, usual: float) -> Grey:
    """The dark dots without rules and without the words that were read."""
    ink: Grey = np.asarray(image < _DARK * float(np.median(image)), dtype=np.uint8)
    length = round(_RULE * _DPI)
    for shape in ((1, length), (length, 1)):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        ink[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0] = 0
    margin = max(1, round(_MARGIN * usual))
    for word in sure:
        left, top = round(word.left * scale), round(word.top * scale)
        right, bottom = round((word.left + word.width) * scale), round((word.top + word.height) * scale)
        ink[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = 0
    # A stroke that crosses a rule was cut there; its parts are joined again.
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8)), dtype=np.uint8)


def _strokes(ink: Grey, usual: float) -> list[Region]:
    """The connected strokes that a pen could have drawn."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    found: list[Region] = []
    for label, (left, top, width, height, area) in enumerate(stats.tolist()):
        fitting = height <= _LARGEST[0] * _DPI and width <= _LARGEST[1] * _DPI
        if label and fitting and _is_as_large(width, height, _SMALL, usual):
            part = np.asarray(labels[top : top + height, left : left + width] == label, dtype=np.uint8)
            if _is_drawn(np.pad(part, 4), height, area):
                found.append(Region(left, top, left + width, top + height))
    return found


def _is_as_large(width: int, height: int, size: tuple[float, float], usual: float) -> bool:
    return height >= size[0] * usual and width >= size[1] * usual


def _is_among(note: Region, words: Sequence[ReadWord], usual: float) -> bool:
    """Whether the lines of print run on to the note and through it, as they do under a watermark."""
    near, many = _AMONG
    wider = Region(round(note.left - near * usual), note.top, round(note.right + near * usual), note.bottom)
    return sum(2 * _rows_in_common(word, wider) >= word.height for word in words) >= many


def _rows_in_common(word: ReadWord, region: Region) -> int:
    """The height that they have in common, 0 where they stand side by side or apart."""
    across = min(word.left + word.width, region.right) - max(word.left, region.left)
    return max(0, min(word.top + word.height, region.bottom) - max(word.top, region.top)) if across > 0 else 0


def _is_drawn(stroke: Grey, height: int, area: int) -> bool:
    """Whether a stroke is a pen's: its line thin, even, long and winding."""
    outlines, _ = cv2.findContours(stroke, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    edge = sum(cv2.arcLength(outline, True) for outline in outlines)
    outer = max(outlines, key=lambda outline: cv2.arcLength(outline, True))
    line = 2 * area / edge
    long = area / line / height >= _LONG
    winding = cv2.arcLength(outer, True) / cv2.arcLength(cv2.convexHull(outer), True) >= _WINDING
    thin = _LINE[0] * _DPI <= line <= _LINE[1] * _DPI
    if not (long and winding and thin):
        return False
    even = 2 * float(cv2.distanceTransform(stroke, cv2.DIST_L2, 3).max()) <= _EVEN * line
    square, parallel = _directions(stroke)
    return even and square <= _SQUARE and parallel <= _PARALLEL


def _directions(stroke: Grey) -> tuple[float, float]:
    """Of a stroke's edges, the share within 10 degrees of level or upright, and the most in any 10 degrees."""
    soft = cv2.GaussianBlur(stroke.astype(np.float32), (0, 0), 1.2)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    angles = np.degrees(np.arctan2(down, across)) % 180
    shares, _ = np.histogram(angles, 18, (0, 180), weights=np.hypot(across, down))
    shares = shares / max(float(shares.sum()), 1e-6)
    return float(shares[[0, 8, 9, 17]].sum()), float(shares.max())


def _notes(strokes: Sequence[Region], usual: float) -> list[Region]:
    """The strokes that stand near each other as one: several of some size, or one as large as a signature."""
    groups: list[list[Region]] = []
    for stroke in sorted(strokes, key=_from_the_top):
        near = [group for group in groups if any(_is_near(stroke, other, _NEAR * usual) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([stroke, *(other for group in near for other in group)])
    return [_round(group) for group in groups if _count(group, _SIZE, usual) > 1 or _count(group, _LARGE, usual)]


def _count(group: Sequence[Region], size: tuple[float, float], usual: float) -> int:
    return sum(_is_as_large(part.right - part.left, part.bottom - part.top, size, usual) for part in group)


def _is_near(one: Region, other: Region, reach: float) -> bool:
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return across <= 2 * reach and down <= reach


def _round(group: Sequence[Region]) -> Region:
    return Region(
        min(stroke.left for stroke in group),
        min(stroke.top for stroke in group),
        max(stroke.right for stroke in group),
        max(stroke.bottom for stroke in group),
    )


def _scaled(region: Region, scale: float) -> Region:
    return Region(*(round(edge / scale) for edge in (region.left, region.top, region.right, region.bottom)))


def _from_the_top(region: Region) -> tuple[int, int, int]:
    return region.top, region.left, region.right
