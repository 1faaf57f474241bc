"""Barcodes: what they say and where they are, in any of the formats that zxing-cpp knows."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from schemas.document import Box, Mark, MarkKind

_FINEST: Final = 300  # dots per inch: bars of 1/150 inch are read at it, and the time grows with the dots
_LEAST: Final = 0.01  # of the picture's width: less is no barcode
_SHORTEST: Final = 4  # characters: bars without a check digit say less by chance

Grey = npt.NDArray[np.uint8]


def barcodes(grey: Grey, dpi: tuple[float, float]) -> tuple[Mark, ...]:
    """The barcodes of a page's picture, from the top: boxes in fractions of it, content as value.

    The picture is the scan as it is, at its resolution across and down: smoothing costs more bars than skew does.
    """
    if min(grey.shape) < 2:
        return ()
    even = _even(grey, dpi)
    # Inverted codes are not printed on paper; smaller copies of the picture gave nothing but false codes.
    found = zxingcpp.read_barcodes(even, try_invert=False, try_downscale=False)
    height, width = even.shape
    marks = {mark for code in found if (mark := _mark(code, width, height)) is not None}
    return tuple(sorted(marks, key=lambda mark: (mark.box.top, mark.box.left, mark.value) if mark.box else ()))


def _even(grey: Grey, dpi: tuple[float, float]) -> Grey:
    """The picture with as many dots down as across, and not too many; lines of a coarse fax are repeated."""
    grey = np.ascontiguousarray(grey)
    height, width = grey.shape
    target = min(max(dpi), _FINEST)
    size = max(1, round(width * target / dpi[0])), max(1, round(height * target / dpi[1]))
    if abs(size[0] - width) < 0.1 * width and abs(size[1] - height) < 0.1 * height:
        return grey
    larger = size[0] >= width and size[1] >= height
    method = cv2.INTER_NEAREST if larger else cv2.INTER_AREA
    return np.asarray(cv2.resize(grey, size, interpolation=method), dtype=np.uint8)


def _mark(code: zxingcpp.Barcode, width: int, height: int) -> Mark | None:
    value = code.text.strip()
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    across, down = [corner.x / width for corner in corners], [corner.y / height for corner in corners]
    if len(value) < _SHORTEST or max(across) - min(across) < _LEAST:
        return None
    box = Box(*(round(min(max(edge, 0.0), 1.0), 5) for edge in (min(across), min(down), max(across), max(down))))
    return Mark(kind=MarkKind.BARCODE, box=box, value=value)
