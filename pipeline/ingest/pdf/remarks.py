"""Annotations of a PDF page that are not printed text: comments, strike-outs, hidden ones, attached files.

What lies on the paper (field values, free text, stamps) PDFium makes part of the page. Caller holds the PDFium lock.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.ingest._opened import Note
from pipeline.ingest.pdf.drawing import Painted
from pipeline.ingest.pdf.glyphs import Corners, placed
from schemas.document import Box, Mark, MarkKind, Word

_HIDDEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_PRINTED = frozenset({raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_LINK})
_MOST = 5_000  # annotations of one page
_LONGEST = 20_000  # characters of one comment
_THIN = 2.5  # points: how high a line may be
_STRUCK = (0.35, 0.72)  # of a word's height: where a line strikes it out; one that underlines it lies lower
_WIDE = 0.6  # of a word's width


@dataclass(frozen=True)
class Remarks:
    """The annotations of a page: marks to keep, boxes of what is struck out in points, and attached files."""

    marks: tuple[Mark, ...] = ()
    struck: tuple[Corners, ...] = ()
    files: int = 0


def remarks(page: pdfium.PdfPage) -> Remarks:
    """The page's annotations, as long as they are not made part of it."""
    marks: list[Mark] = []
    struck: list[Corners] = []
    files = 0
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            files += kind == raw.FPDF_ANNOT_FILEATTACHMENT
            if kind == raw.FPDF_ANNOT_STRIKEOUT:
                struck += placed(page, _quads(annotation))
            mark = _mark(page, annotation, kind)
            if mark is not None:
                marks.append(mark)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return Remarks(tuple(marks), tuple(struck), files)


def _mark(page: pdfium.PdfPage, annotation: raw.FPDF_ANNOTATION, kind: int) -> Mark | None:
    hidden = bool(raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN) and kind != raw.FPDF_ANNOT_POPUP
    if kind in _PRINTED and not hidden:
        return None
    value = _string(annotation, b"Contents") or (_string(annotation, b"V") if hidden else "")
    if not value.strip():
        return None
    box = box_of(page, placed(page, [_rectangle(annotation)])[0])
    return Mark(kind=MarkKind.HIDDEN if hidden else MarkKind.COMMENT, box=box, value=value)


def _string(annotation: raw.FPDF_ANNOTATION, key: bytes) -> str:
    length = min(raw.FPDFAnnot_GetStringValue(annotation, key, None, 0), 2 * _LONGEST)
    if length <= 2:
        return ""
    room = (ctypes.c_ushort * (length // 2 + 1))()
    if raw.FPDFAnnot_GetStringValue(annotation, key, room, length) > length:
        return ""
    return bytes(room).decode("utf-16-le", errors="replace").rstrip("\0").replace("\0", "")


def _rectangle(annotation: raw.FPDF_ANNOTATION) -> Corners:
    held = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, held)
    return held.left, held.bottom, held.right, held.top


def _quads(annotation: raw.FPDF_ANNOTATION) -> list[Corners]:
    held = raw.FS_QUADPOINTSF()
    found: list[Corners] = []
    for index in range(min(raw.FPDFAnnot_CountAttachmentPoints(annotation), _MOST)):
        if raw.FPDFAnnot_GetAttachmentPoints(annotation, index, held):
            across = held.x1, held.x2, held.x3, held.x4
            up = held.y1, held.y2, held.y3, held.y4
            found.append((min(across), min(up), max(across), max(up)))
    return found or [_rectangle(annotation)]


def box_of(page: pdfium.PdfPage, corners: Corners) -> Box | None:
    """A box in points as fractions of the page; null where it is off the paper."""
    width, height = page.get_size()
    left, right = (min(max(x / width, 0.0), 1.0) for x in (corners[0], corners[2]))
    top, bottom = (min(max(y / height, 0.0), 1.0) for y in (corners[1], corners[3]))
    if not (left < right and top < bottom):  # which no number that is none passes either
        return None
    return Box(round(left, 5), round(top, 5), round(right, 5), round(bottom, 5))


def lines_of(page: pdfium.PdfPage, drawn: Sequence[Painted]) -> list[Corners]:
    """The thin level lines on the page, in points as displayed."""
    paths = [item.bounds for item in drawn if item.kind == raw.FPDF_PAGEOBJ_PATH]
    return [line for line in placed(page, paths) if line[3] - line[1] <= _THIN < line[2] - line[0]]


def struck_out(words: Sequence[Word], boxes: Sequence[Box], lines: Sequence[Box]) -> tuple[tuple[int, int], ...]:
    """The ranges of words whose middle lies in one of the boxes, or through which one of the lines goes."""
    placed_words = [(i, word.box) for i, word in enumerate(words) if word.box is not None]
    if not placed_words or not (boxes or lines):
        return ()
    left, top, right, bottom = np.array([(b.left, b.top, b.right, b.bottom) for _, b in placed_words]).T
    struck = np.zeros(len(placed_words), dtype=bool)
    across, down = (left + right) / 2, (top + bottom) / 2
    for box in boxes:
        struck |= (box.left <= across) & (across <= box.right) & (box.top <= down) & (down <= box.bottom)
    height, width = np.maximum(bottom - top, 1e-9), right - left
    for line in lines:
        share = ((line.top + line.bottom) / 2 - top) / height
        common = np.minimum(line.right, right) - np.maximum(line.left, left)
        struck |= (_STRUCK[0] <= share) & (share <= _STRUCK[1]) & (common >= _WIDE * width)
    ranges: list[tuple[int, int]] = []
    previous = -1
    for n in np.flatnonzero(struck):
        i = placed_words[n][0]
        if ranges and previous == i - 1:
            ranges[-1] = ranges[-1][0], words[i].end
        else:
            ranges.append((words[i].start, words[i].end))
        previous = i
    return tuple(ranges)


def attached(pdf: pdfium.PdfDocument) -> int:
    """How many files the PDF carries."""
    with suppress(pdfium.PdfiumError):
        return max(int(raw.FPDFDoc_GetAttachmentCount(pdf)), 0)
    return 0


def notes(marks: Sequence[Mark], struck: tuple[tuple[int, int], ...], files: int) -> list[Note]:
    """What a reviewer must see of a page's annotations."""
    found = []
    comments = sum(mark.kind is MarkKind.COMMENT for mark in marks)
    if comments:
        found.append(Note("comments", f"{comments} comments on the page were kept apart from its text"))
    if struck:
        found.append(Note("struck_out", "words of the page are struck out", struck))
    if files:
        found.append(Note("attachments_not_read", f"{files} files attached to the PDF were not read"))
    return found
