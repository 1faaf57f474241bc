"""Sheets laid on paper, each with a stamp in a band along its lower edge where nothing else stands.

A page that has something there is made a little smaller, so that nothing is covered.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import pikepdf
import pypdfium2 as pdfium
from pikepdf import Name

from pipeline.packet.sheets import Sheet
from pipeline.packet.typeface import BOLD, PLAIN, canvas
from pipeline.packet.words import words

Size = tuple[float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top

LETTER: Final = (612.0, 792.0)  # points
_LARGEST: Final = 1224.0  # points: tabloid; larger sheets are drawings and photographs
_BAND: Final = 27.0  # points along the lower edge
_BASELINE, _MARGIN, _STAMP_SIZE = 12.0, 36.0, 8.0
_PALE: Final = 224  # of 255: paper and the noise of JPEG; anything darker is ink


def on_paper(sheets: Sequence[Sheet], *, upright: bool = False) -> pikepdf.Pdf:
    """The sheets as pages, stamped with what they are and their number in the packet.

    A page keeps its size, unless it is smaller than letter size or larger than tabloid: it then lies on a letter page.
    `upright`: all pages are letter size, landscape ones turned.
    """
    shapes = [_Shape(sheet, upright=upright) for sheet in sheets]
    plain = _laid(shapes, [0] * len(shapes))
    inked = _inked(as_bytes(plain), shapes)
    paper = _laid(shapes, [_BAND if ink else 0 for ink in inked]) if any(inked) else plain
    _stamp(paper, shapes)
    return paper


def as_bytes(pdf: pikepdf.Pdf) -> bytes:
    """The PDF as it stands, to be looked at."""
    out = io.BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()


class _Shape:
    """A sheet with the part of it that is shown, the turn that sets it upright, and the paper it lies on."""

    def __init__(self, sheet: Sheet, *, upright: bool) -> None:
        self.sheet = sheet
        page = sheet.page
        self.box = shown(page)
        unit = float(page.obj.get(Name.UserUnit, 1))
        wide, high = (self.box[2] - self.box[0]) * unit, (self.box[3] - self.box[1]) * unit
        self.turn = (int(page.rotation) + sheet.turn) % 360
        self.size = (high, wide) if self.turn % 180 else (wide, high)
        if upright and self.size[0] > self.size[1] and not _fits(self.size, LETTER):
            self.turn, self.size = (self.turn + 270) % 360, self.size[::-1]
        self.paper = LETTER if upright else _paper(self.size)
        self.unit = unit

    def matrix(self, band: float) -> tuple[float, ...]:
        """From the page's own points to the paper's, with a band kept free."""
        left, bottom, right, top = self.box
        wide, high = right - left, top - bottom
        a, b, c, d, e, f = {
            0: (1, 0, 0, 1, 0.0, 0.0),
            90: (0, -1, 1, 0, 0.0, wide),
            180: (-1, 0, 0, -1, wide, high),
            270: (0, 1, -1, 0, high, 0.0),
        }[self.turn]
        e, f = e - a * left - c * bottom, f - b * left - d * bottom
        room = self.paper[1] - band
        scale = min(self.paper[0] / self.size[0], self.paper[1] / self.size[1], 1.0) * room / self.paper[1]
        across = (self.paper[0] - self.size[0] * scale) / 2
        up = band + (room - self.size[1] * scale) / 2
        scale *= self.unit
        return a * scale, b * scale, c * scale, d * scale, e * scale + across, f * scale + up


def shown(page: pikepdf.Page) -> Box:
    """What of a page is shown: its crop box as far as it lies on the paper."""
    (left, bottom, right, top), media = _corners(page.cropbox), _corners(page.mediabox)
    inner = max(left, media[0]), max(bottom, media[1]), min(right, media[2]), min(top, media[3])
    return inner if inner[0] < inner[2] and inner[1] < inner[3] else media


def _corners(box: pikepdf.Array) -> Box:
    x1, y1, x2, y2 = (float(value) for value in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _paper(size: Size) -> Size:
    letter = LETTER if size[0] <= size[1] or _fits(size, LETTER) else LETTER[::-1]
    return letter if _fits(size, letter) or max(size) > _LARGEST else size


def _fits(size: Size, paper: Size) -> bool:
    return size[0] <= paper[0] + 1 and size[1] <= paper[1] + 1  # scanners round


def _inked(data: bytes, shapes: Sequence[_Shape]) -> list[bool]:
    """Of each page of the PDF whether something stands in its band."""
    pdf = pdfium.PdfDocument(data)
    try:
        return [_is_inked(page, shape.paper[1]) for page, shape in zip(pdf, shapes, strict=True)]
    finally:
        pdf.close()


def _is_inked(page: pdfium.PdfPage, high: float) -> bool:
    bitmap = page.render(scale=1, crop=(0, 0, 0, high - _BAND), grayscale=True)
    try:
        return bool((bitmap.to_numpy() < _PALE).any())
    finally:
        bitmap.close()
        page.close()


def _laid(shapes: Sequence[_Shape], bands: Sequence[float]) -> pikepdf.Pdf:
    paper = pikepdf.new()
    for shape, band in zip(shapes, bands, strict=True):
        _lay(paper, shape, band)
    return paper


def _lay(paper: pikepdf.Pdf, shape: _Shape, band: float) -> None:
    page = paper.add_blank_page(page_size=shape.paper)
    original = shape.sheet.page
    original.trimbox = pikepdf.Array(shape.box)  # which a form takes as its bounds
    form = paper.copy_foreign(original.as_form_xobject(handle_transformations=False))
    page.add_resource(form, Name.XObject, Name.Sheet)
    numbers = " ".join(f"{number:.5f}" for number in shape.matrix(band))
    page.contents_add(f"q {numbers} cm /Sheet Do Q".encode())


def _stamp(paper: pikepdf.Pdf, shapes: Sequence[_Shape]) -> None:
    out = io.BytesIO()
    drawn = canvas(out)
    for number, shape in enumerate(shapes, start=1):
        wide, high = shape.paper
        drawn.setPageSize((wide, high))
        drawn.setFont(PLAIN, _STAMP_SIZE)
        drawn.drawString(_MARGIN, _BASELINE, words().stamps["packet"].format(n=number, count=len(shapes)))
        drawn.setFont(BOLD, _STAMP_SIZE)
        drawn.drawRightString(wide - _MARGIN, _BASELINE, shape.sheet.stamp)
        drawn.showPage()
    drawn.save()
    with pikepdf.open(out) as stamps:
        for page, stamp in zip(paper.pages, stamps.pages, strict=True):
            form = paper.copy_foreign(stamp.as_form_xobject())
            page.add_resource(form, Name.XObject, Name.Stamp)
            page.contents_add(b"q /Stamp Do Q")
