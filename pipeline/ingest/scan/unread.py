"""Ink that no word covers: a part of the page that was not read must not go unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ingest.scan.tesseract import ReadWord

_DARK = 0.65  # of the paper's grey: darker is ink
_LETTER = (0.4, 1.6)  # of a word's usual height: how high letters are, capitals to small ones
_BROAD = 2.0  # of its height: a broader mark is a rule or a picture
_MARGIN = 0.35  # of a word's height: ink so near a word belongs to it
_EDGE = 0.02  # of the page: the scanner's edge and the holes of a binder
_FEW = 24  # letters: fewer are a logo, initials or dust


def unread_letters(
    image: npt.NDArray[np.uint8], words: Sequence[ReadWord], known: Sequence[tuple[int, int, int, int]] = ()
) -> int:
    """How many marks of a letter's size lie outside every word; 0 where they are too few to be a line of text.

    `known` are rectangles of the picture (left, top, right, bottom) that hold something else.
    """
    if not words:
        return 0
    usual = median(word.height for word in words)
    ink = np.asarray(image < _DARK * float(np.median(image)), dtype=np.uint8)
    for word in words:
        margin = round(_MARGIN * max(word.height, usual))
        top, left = max(0, word.top - margin), max(0, word.left - margin)
        ink[top : word.top + word.height + margin, left : word.left + word.width + margin] = 0
    for left, top, right, bottom in known:
        ink[max(0, top) : bottom, max(0, left) : right] = 0
    height, width = ink.shape
    edge = round(_EDGE * min(height, width))
    _, _, marks, _ = cv2.connectedComponentsWithStats(ink[edge : height - edge, edge : width - edge])
    high, wide = marks[1:, cv2.CC_STAT_HEIGHT], marks[1:, cv2.CC_STAT_WIDTH]
    like = (high >= _LETTER[0] * usual) & (high <= _LETTER[1] * usual) & (wide <= _BROAD * high) & (wide > 1)
    count = int(like.sum())
    return count if count >= _FEW else 0
