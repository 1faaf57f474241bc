"""Which words of a PDF page's text layer show on paper, judged by what they leave on it. Caller holds the PDFium lock.

Every page is drawn small: a word whose place holds no ink does not show, whether it is white, clipped, transparent or
switched off with its layer. A word that might borrow another's ink (a light colour, something painted over it) is
drawn with and without: it shows where the two differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.ingest.pdf import calls
from pipeline.ingest.pdf.drawing import Painted
from pipeline.ingest.pdf.glyphs import Corners, Piece, Printed, placed

_UNSEEN = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})
_FILLED = frozenset({raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_CLIP})
_SMALL_DPI, _LARGE_DPI = 50, 110
_MOST_PIXELS = 6_000_000
_LEAST_HEIGHT = 1.5  # points: smaller words cannot be read
_MIDDLE = (0.3, 0.85)  # of a word's height: where small letters have their ink, away from the lines above and below
_INKED = 60  # grey levels of edges in a word's place: less is none
_LIGHT = 150
_DARKER = 90  # grey levels between light text and what is round it
_CONTRAST = 24  # grey levels that a word must change
_CLEAR = 64  # cover, of 255
_TALL = 0.4  # of a word's height: a lower object is a line, and hides nothing
_BROAD = 0.25  # of a word's height: a narrower object hides no letter
_OVERLAP = 0.1  # of a word's box

Grey = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """The words that show, in order, and those that do not.

    `doubtful` show in part: something covers them. `replaced` do not show, and something else shows in their place.
    """

    words: tuple[Printed, ...]
    hidden: tuple[Printed, ...]
    doubtful: tuple[Printed, ...] = ()
    replaced: tuple[Printed, ...] = ()


def shown(page: pdfium.PdfPage, words: Sequence[Printed], drawn: Sequence[Painted]) -> Shown:
    """The words apart by whether they show."""
    width, height = page.get_size()
    plain = [i for i, word in enumerate(words) if not _is_unseen(word, width, height)]
    hidden = set(range(len(words))) - set(plain)
    if not words:
        return Shown((), ())
    boxes = _boxes(words)
    small = picture(page, _SMALL_DPI)
    ink = _Ink(small, width)
    inked = ink.edges(boxes)
    covers = _covers(page, words, boxes, drawn)
    suspects = [i for i in plain if i in covers or _is_suspect(words[i], float(inked[i]), ink, boxes[i])]
    doubtful: list[int] = []
    if suspects:
        unseen, doubtful, without = _tried(page, words, boxes, suspects, covers)
        hidden |= unseen
        inked = _Ink(without, width).edges(boxes)
    seen = [i for i in plain if i not in hidden]
    others = [i for i in sorted(hidden) if inked[i] >= _INKED and _on_paper(boxes[i], width, height)]
    replaced = [i for i in others if not _overlaps(boxes[i], boxes[seen])]
    return Shown(*(tuple(words[i] for i in group) for group in (seen, sorted(hidden), doubtful, replaced)))


def _boxes(words: Sequence[Printed]) -> Boxes:
    return np.array([(w.token.left, w.token.top, w.token.right, w.token.bottom) for w in words])


def _is_unseen(word: Printed, width: float, height: float) -> bool:
    token = word.token
    if any(piece.mode in _UNSEEN for piece in word.pieces):
        return True
    small = min(token.bottom - token.top, token.right - token.left if len(token.text) > 1 else _LEAST_HEIGHT)
    return small < _LEAST_HEIGHT or not _on_paper((token.left, token.top, token.right, token.bottom), width, height)


def _on_paper(box: Iterable[float], width: float, height: float) -> bool:
    left, top, right, bottom = box
    return 0 <= (left + right) / 2 <= width and 0 <= (top + bottom) / 2 <= height


def _is_suspect(word: Printed, inked: float, ink: _Ink, box: npt.NDArray[np.float64]) -> bool:
    if inked < _INKED and any(c.isalnum() for c in word.token.text):
        return True
    for piece in word.pieces:
        if piece.alpha < _CLEAR:
            return True
        if piece.light > _LIGHT and piece.mode in _FILLED and piece.light - ink.mean(box) < _DARKER:
            return True
    return False


class _Ink:
    """How much a small picture of the page changes within boxes, and how light it is there."""

    def __init__(self, picture: Grey, width: float) -> None:
        self._scale = picture.shape[1] / width
        self._picture = picture
        change = np.zeros_like(picture)
        change[:-1] = cv2.absdiff(picture[1:], picture[:-1]) if len(picture) > 1 else 0
        if picture.shape[1] > 1:
            change[:, :-1] = cv2.add(change[:, :-1], cv2.absdiff(picture[:, 1:], picture[:, :-1]))
        self._sums: npt.NDArray[np.int64] = cv2.integral(change).astype(np.int64)

    def edges(self, boxes: Boxes) -> npt.NDArray[np.int64]:
        """The sum of the changes in the middle of each box."""
        down, across = self._sums.shape[0] - 1, self._sums.shape[1] - 1
        tall = boxes[:, 3] - boxes[:, 1]
        upright = tall <= 1.5 * (boxes[:, 2] - boxes[:, 0])  # of sideways words the whole box counts
        top = boxes[:, 1] + np.where(upright, _MIDDLE[0] * tall, 0)
        bottom = boxes[:, 1] + np.where(upright, _MIDDLE[1] * tall, tall)
        x0 = np.clip(np.floor(boxes[:, 0] * self._scale), 0, across).astype(int)
        x1 = np.clip(np.ceil(boxes[:, 2] * self._scale), 0, across).astype(int)
        y0 = np.clip(np.floor(top * self._scale), 0, down).astype(int)
        y1 = np.clip(np.ceil(bottom * self._scale), 0, down).astype(int)
        sums = self._sums
        found: npt.NDArray[np.int64] = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
        return found

    def mean(self, box: npt.NDArray[np.float64]) -> float:
        """How light the picture is in a box."""
        part = cut(self._picture, box, self._scale)
        return float(part.mean()) if part.size else 255.0


def cut(picture: Grey, box: Iterable[float], scale: float, margin: float = 0) -> Grey:
    """The part of a picture of the page that a box in points, and a margin, cover."""
    left, top, right, bottom = box
    x0, x1 = int(max((left - margin) * scale, 0)), int(max(np.ceil((right + margin) * scale), 0))
    y0, y1 = int(max((top - margin) * scale, 0)), int(max(np.ceil((bottom + margin) * scale), 0))
    return picture[y0:y1, x0:x1]


def picture(page: pdfium.PdfPage, dpi: float) -> Grey:
    """The page drawn in grey, smaller where it is huge."""
    width, height = page.get_size()
    scale = min(dpi / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        held: Grey = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].copy()
        return held
    finally:
        bitmap.close()


def _covers(
    page: pdfium.PdfPage, words: Sequence[Printed], boxes: Boxes, drawn: Sequence[Painted]
) -> dict[int, list[Corners]]:
    """For each word over which something was painted later, the boxes of that."""
    orders = {item.handle: item.order for item in drawn if item.kind == raw.FPDF_PAGEOBJ_TEXT}
    placing = np.array([min((orders.get(p.handle, -1) for p in word.pieces), default=-1) for word in words])
    first = placing.min()
    later = [item for item in drawn if item.kind != raw.FPDF_PAGEOBJ_TEXT and item.order > first]
    if not later:
        return {}
    colour = calls.Colour()
    tall = boxes[:, 3] - boxes[:, 1]
    found: dict[int, list[Corners]] = {}
    for item, cover in zip(later, placed(page, [item.bounds for item in later]), strict=True):
        left, top, right, bottom = cover
        across = np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left)
        down = np.minimum(boxes[:, 3], bottom) - np.maximum(boxes[:, 1], top)
        touched = (placing < item.order) & (down >= _TALL * tall) & (across >= _BROAD * tall)
        if touched.any() and item.is_opaque(colour):
            for i in np.flatnonzero(touched):
                found.setdefault(int(i), []).append(cover)
    return found


def _tried(
    page: pdfium.PdfPage,
    words: Sequence[Printed],
    boxes: Boxes,
    suspects: Sequence[int],
    covers: dict[int, list[Corners]],
) -> tuple[set[int], list[int], Grey]:
    """The suspects that leave no trace, those that leave none where they are covered, and the page without them all."""
    pieces = {piece.handle: piece for i in suspects for piece in words[i].pieces}
    whole = picture(page, _LARGE_DPI)
    for handle in pieces:
        calls.set_active(handle, 0)
    without = picture(page, _LARGE_DPI)
    for handle in pieces:
        calls.set_active(handle, 1)
    scale = whole.shape[1] / page.get_width()
    change = np.abs(whole.astype(np.int16) - without).astype(np.uint8)
    unseen: set[int] = set()
    doubtful: list[int] = []
    for i in suspects:
        if not _changes(change, boxes[i], scale) or _is_like_paper(words[i].pieces, without, boxes[i], scale):
            unseen.add(i)
        elif any(not _changes(change, _common(boxes[i], cover), scale) for cover in covers.get(i, ())):
            doubtful.append(i)
    return unseen, doubtful, without


def _changes(change: Grey, box: Iterable[float], scale: float) -> bool:
    part = cut(change, box, scale)
    return bool(part.size) and int(part.max()) >= _CONTRAST


def _is_like_paper(pieces: Sequence[Piece], without: Grey, box: Iterable[float], scale: float) -> bool:
    """Whether a word has the colour of what is under it."""
    under = cut(without, box, scale)
    if not under.size or any(piece.mode not in _FILLED for piece in pieces):
        return False
    paper = float(np.median(under))
    return all(abs(piece.light - paper) < _CONTRAST for piece in pieces)


def _common(box: npt.NDArray[np.float64], cover: Corners) -> Corners:
    return (
        max(float(box[0]), cover[0]),
        max(float(box[1]), cover[1]),
        min(float(box[2]), cover[2]),
        min(float(box[3]), cover[3]),
    )


def _overlaps(box: npt.NDArray[np.float64], others: Boxes) -> bool:
    across = np.minimum(others[:, 2], box[2]) - np.maximum(others[:, 0], box[0])
    down = np.minimum(others[:, 3], box[3]) - np.maximum(others[:, 1], box[1])
    area = max((box[2] - box[0]) * (box[3] - box[1]), 1e-6)
    return bool((np.where((across > 0) & (down > 0), across * down, 0) >= _OVERLAP * area).any())
