"""Spots of a straightened picture: where they lie on the page as displayed, and which words lie in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ingest.scan.tesseract import ReadWord
from schemas.document import Box

_INSIDE = 0.5  # share of a word's box from which it lies in a spot


def box_before(matrix: npt.NDArray[np.float64], left: float, top: float, right: float, bottom: float) -> Box:
    """The box round a rectangle in pixels of the straightened picture, on the page as it lay before."""
    corners = [matrix @ np.array([x, y, 1.0]) for x in (left, right) for y in (top, bottom)]
    across, down = zip(*corners, strict=True)
    return Box(_share(min(across)), _share(min(down)), _share(max(across)), _share(max(down)))


def pixels_of(box: Box, matrix: npt.NDArray[np.float64]) -> tuple[int, int, int, int]:
    """The rectangle in pixels of the straightened picture round a box of the page: left, top, right, bottom."""
    back = cv2.invertAffineTransform(matrix)
    corners = [back @ np.array([x, y, 1.0]) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    across, down = zip(*corners, strict=True)
    return math.floor(min(across)), math.floor(min(down)), math.ceil(max(across)), math.ceil(max(down))


def outside(words: Sequence[ReadWord], boxes: Sequence[Box], matrix: npt.NDArray[np.float64]) -> tuple[ReadWord, ...]:
    """The words that lie in none of the boxes of the page, which lead there by `matrix` (see `Straight`)."""
    return tuple(word for word in words if not any(_share_in(_place(word, matrix), box) >= _INSIDE for box in boxes))


def _place(word: ReadWord, matrix: npt.NDArray[np.float64]) -> Box:
    return box_before(matrix, word.left, word.top, word.left + word.width, word.top + word.height)


def _share_in(part: Box, whole: Box) -> float:
    """How much of the part lies in the whole, 0 to 1."""
    across = min(part.right, whole.right) - max(part.left, whole.left)
    down = min(part.bottom, whole.bottom) - max(part.top, whole.top)
    area = (part.right - part.left) * (part.bottom - part.top)
    return across * down / area if across > 0 and down > 0 and area > 0 else 0.0


def _share(value: float) -> float:
    return round(min(max(float(value), 0.0), 1.0), 5)
