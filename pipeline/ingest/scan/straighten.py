"""A scan made fit for OCR: 300 dpi along both axes, straight, and smooth where it has only black and white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.ingest._opened import Scan

TARGET_DPI = 300
_NEAR_TARGET = (0.9, 1.5)  # of the target: a resolution in between is left as it is
_MAX_SKEW = 6.0  # degrees
_LEAST_SKEW = 0.15  # degrees: 4 pixels across the page, which OCR does not mind
_BLUR = 1.5  # Gaussian sigma in pixels, for black and white only: measured best on faxes, where medians do harm
_SPECK = 0.0068  # inches: two dots at 300 dpi, half the full stop of the smallest print
_DUST = 0.018  # inches: the side of the largest dot that may be dust
_ALONE = 0.05  # inches: dust has no print so near
_BLACK, _WHITE = 16, 240  # grey levels
_LIGHT_WIDTH = 400  # pixels: the light changes slowly over a page
_UNEVEN = 25  # grey levels between the darkest and the lightest paper
_PROFILE_WIDTH = 800  # pixels: enough to see lines of text

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Straight:
    """A picture ready for OCR, and the way back: `matrix` (2 x 3) takes its pixels to fractions of the scan."""

    image: Image.Image
    dpi: int
    matrix: npt.NDArray[np.float64]


def straighten(scan: Scan, turn: int, max_pixels: int) -> Straight:
    """The scan turned clockwise by `turn`, at equal resolution, straight. Fractions are of the turned scan."""
    image = scan.image.convert("L")
    dpi = scan.dpi
    if turn:
        image = image.rotate(-turn, expand=True)
        dpi = (dpi[1], dpi[0]) if turn % 180 else dpi
    grey: Grey = np.asarray(image)
    bilevel = _is_bilevel(image)
    grey = _dusted(grey, dpi) if bilevel else _evenly_lit(grey)
    grey, resolution = _equal(grey, dpi, max_pixels)
    height, width = grey.shape
    angle = skew(grey)
    to_straight = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    if angle:
        grey = _warped(grey, to_straight)
    if bilevel and max(dpi) <= _NEAR_TARGET[1] * TARGET_DPI:  # a finer picture was smoothed as it was made smaller
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), _BLUR), dtype=np.uint8)
    back = cv2.invertAffineTransform(to_straight) / np.array([[width], [height]])
    return Straight(Image.fromarray(grey), resolution, back)


def _is_bilevel(image: Image.Image) -> bool:
    """Whether the picture holds black and white and next to nothing between."""
    counts = image.histogram()
    return sum(counts[_BLACK:_WHITE]) < 0.005 * sum(counts)


def _evenly_lit(grey: Grey) -> Grey:
    """A photo as if lit from everywhere: divided by its paper, where the light on the paper varies.

    Tesseract's one threshold for the page else takes the darker half for ink, and that half is lost.
    """
    height, width = grey.shape
    scale = min(1.0, _LIGHT_WIDTH / width)
    small = cv2.resize(
        grey, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), dtype=np.uint8)), 21)
    dark, light = np.percentile(paper, (5, 95))
    if light - dark < _UNEVEN:
        return grey
    paper = cv2.GaussianBlur(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), (0, 0), 3)
    return np.asarray(cv2.divide(grey, paper, scale=255), dtype=np.uint8)


def _dusted(grey: Grey, dpi: tuple[float, float]) -> Grey:
    """The picture without its dust: dots too small for print, and dots away from print, as no decimal point is."""
    dark = np.asarray(grey < 128, dtype=np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    areas = stats[:, cv2.CC_STAT_AREA] / (dpi[0] * dpi[1])
    tiny, small = areas <= _SPECK**2, areas <= _DUST**2
    tiny[0] = small[0] = False
    print_ = _without(dark, labels, stats, small, 0)
    reach = [2 * round(_ALONE * each) + 1 for each in dpi]
    near = cv2.dilate(print_, np.ones((reach[1], reach[0]), dtype=np.uint8))
    beside = np.zeros(len(small), dtype=bool)
    beside[labels[near > 0]] = True
    return _without(grey, labels, stats, tiny | (small & ~beside), 255)


def _without(
    picture: Grey, labels: npt.NDArray[Any], stats: npt.NDArray[Any], which: npt.NDArray[np.bool_], paper: int
) -> Grey:
    """A copy with the pixels of some components made paper, each looked up in its own box alone."""
    made = picture.copy()
    for label in np.flatnonzero(which):
        left, top, width, height = stats[label, :4]
        part = np.s_[top : top + height, left : left + width]
        made[part][labels[part] == label] = paper
    return made


def _equal(grey: Grey, dpi: tuple[float, float], max_pixels: int) -> tuple[Grey, int]:
    """The picture at one resolution along both axes: its own where that is near 300 dpi."""
    low, high = (bound * TARGET_DPI for bound in _NEAR_TARGET)
    if low <= min(dpi) and max(dpi) <= high and abs(dpi[0] / dpi[1] - 1) < 0.02:
        return grey, round(dpi[0])
    height, width = grey.shape
    across, down = width * TARGET_DPI / dpi[0], height * TARGET_DPI / dpi[1]
    shrink = min(1.0, (max_pixels / (across * down)) ** 0.5)
    size = max(1, round(across * shrink)), max(1, round(down * shrink))
    smaller = size[0] * size[1] < width * height
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=method), dtype=np.uint8), round(TARGET_DPI * shrink)


def _warped(grey: Grey, matrix: npt.ArrayLike) -> Grey:
    height, width = grey.shape
    paper = int(np.median(grey))
    return np.asarray(
        cv2.warpAffine(grey, np.asarray(matrix), (width, height), flags=cv2.INTER_CUBIC, borderValue=(paper,)),
        dtype=np.uint8,
    )


def skew(grey: Grey) -> float:
    """Degrees counter-clockwise by which to turn the page so that its lines lie level; 0 where that is little.

    The angle at which the sums of ink along rows vary most: level lines make full rows and empty ones.
    """
    height, width = grey.shape
    scale = min(1.0, _PROFILE_WIDTH / width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    _, dark = cv2.threshold(np.asarray(small, dtype=np.uint8), 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    ink: Grey = np.asarray(dark, dtype=np.uint8)

    def sharpness(angle: float) -> float:
        matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), angle, 1.0)
        turned = cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_NEAREST, borderValue=(0,))
        rows = np.asarray(cv2.reduce(turned, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S), dtype=np.float64)
        return float(np.square(np.diff(rows, axis=0)).sum())

    best = max(np.arange(-_MAX_SKEW, _MAX_SKEW + 0.1, 0.5), key=sharpness)
    best = max(np.arange(best - 0.4, best + 0.45, 0.1), key=sharpness)
    angle = round(float(best), 1)
    level = sharpness(0.0)
    clearly = sharpness(angle) > 1.05 * level
    return angle if clearly and abs(angle) >= _LEAST_SKEW and abs(angle) < _MAX_SKEW else 0.0
