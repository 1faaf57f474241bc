"""Pages with nothing on them: no print, for all their dust, punch holes, folds and scanner's edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

_DPI: Final = 150  # of the picture that is looked at
_DARK: Final = 0.65  # of the paper's grey: darker is ink, what shines through from the other side is not
_EDGE: Final = 0.12  # inches: the scanner's edge
_LETTER: Final = 0.032  # inches: how high or wide a small letter is
_HOLE: Final = (0.15, 0.5)  # inches: how large the holes of a binder are
_ROUND: Final = 1.25  # most of a hole's longer side to its shorter
_BORDER: Final = 1.0  # inches: how far in holes are
_LINE: Final = 1.5  # inches: a thin mark so long is a fold, or a line that the scanner drew
_DRAWN: Final = (0.15, 0.5)  # inches, its shorter and longer side: a mark so large is a signature or a picture
_NEAR: Final = 0.12  # inches: letters of a word are no further apart, merged specks are
_WORD: Final = 3  # letters near each other

Grey = npt.NDArray[np.uint8]
_Mark = Sequence[int]  # left, top, width, height, dark dots


def is_blank(grey: Grey, dpi: tuple[float, float]) -> bool:
    """Whether the page holds no three marks of a letter's size near each other, and none as large as a signature.

    `dpi` is the picture's resolution across and down.
    """
    if min(grey.shape) < 2:
        return True
    height, width = grey.shape
    size = max(1, round(width / dpi[0] * _DPI)), max(1, round(height / dpi[1] * _DPI))
    even = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    edge = min(round(_EDGE * _DPI), min(even.shape) // 4)
    inner = even[edge : even.shape[0] - edge, edge : even.shape[1] - edge]
    dark = np.asarray(inner < _DARK * float(np.median(inner)), dtype=np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    marks = [mark for mark in stats[1:].tolist() if not _is_hole(mark, dark.shape)]
    letters = [mark for mark in marks if _may_be_letter(mark)]
    return not any(_is_drawn(mark, dark.shape) for mark in marks) and _most_near(letters, dark.shape) < _WORD


def _may_be_letter(mark: _Mark) -> bool:
    _, _, width, height, area = mark
    letter = _LETTER * _DPI
    return letter <= max(width, height) <= _LINE * _DPI and area >= letter * letter / 4


def _is_drawn(mark: _Mark, shape: tuple[int, ...]) -> bool:
    """Whether it is large, and comes not in from the border as shadows and folds do."""
    left, top, width, height, _ = mark
    low, high = (bound * _DPI for bound in _DRAWN)
    inside = left > 0 and top > 0 and left + width < shape[1] and top + height < shape[0]
    return inside and min(width, height) >= low and max(width, height) >= high


def _is_hole(mark: _Mark, shape: tuple[int, ...]) -> bool:
    """Whether it is as large and as round as a binder's hole, and as near the border."""
    left, top, width, height, _ = mark
    low, high = (bound * _DPI for bound in _HOLE)
    if min(width, height) < low or max(width, height) > min(high, _ROUND * min(width, height)):
        return False
    reach = _BORDER * _DPI
    across, down = left + width / 2, top + height / 2
    return min(across, shape[1] - across) <= reach or min(down, shape[0] - down) <= reach


def _most_near(marks: Sequence[_Mark], shape: tuple[int, ...]) -> int:
    """How many of the marks stand together where most do."""
    if not marks:
        return 0
    canvas: Grey = np.zeros(shape[:2], dtype=np.uint8)
    reach = round(_NEAR * _DPI / 2)
    for left, top, width, height, _ in marks:
        canvas[max(0, top - reach) : top + height + reach, max(0, left - reach) : left + width + reach] = 1
    _, labels = cv2.connectedComponents(canvas)
    return int(np.bincount([labels[top, left] for left, top, *_ in marks]).max())
