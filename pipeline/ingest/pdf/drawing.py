"""What is painted on a PDF page, in the order of painting. The caller holds the PDFium lock."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.ingest.pdf import calls

_DEPTH = 6  # levels of nested forms that are looked into
_MOST = 200_000  # objects of one page that are looked at

Matrix = tuple[float, float, float, float, float, float]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Painted:
    """An object: its place in the order of painting, its kind and handle, and its bounds unless it is text.

    Bounds are left, bottom, right, top in points of the page as the PDF holds it.
    """

    order: int
    kind: int
    handle: int
    level: int
    bounds: Bounds = (0.0, 0.0, 0.0, 0.0)

    def is_opaque(self, colour: calls.Colour) -> bool:
        """Whether it may hide what lies under it."""
        if self.kind != raw.FPDF_PAGEOBJ_PATH:
            return True
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        drawn = calls.draw_mode(self.handle, ctypes.addressof(fill), ctypes.addressof(stroke))
        if not drawn or fill.value == raw.FPDF_FILLMODE_NONE:
            return False
        found = colour.fill(self.handle)
        return found is None or found[1] > 0


def painted(page: pdfium.PdfPage) -> list[Painted]:
    """Everything on the page, nested forms included."""
    return _Walk(page).found


class _Walk:
    def __init__(self, page: pdfium.PdfPage) -> None:
        self._bounds = (ctypes.c_float * 4)()
        start = ctypes.addressof(self._bounds)
        self._where = tuple(start + 4 * i for i in range(4))
        self._order = count()
        handle = calls.address(page.raw)
        items = (calls.object_at(handle, i) for i in range(calls.count_objects(handle)))
        self.found: list[Painted] = []
        self._go(items, None, 0)

    def _go(self, items: Iterator[int | None], matrix: Matrix | None, level: int) -> None:
        for handle in items:
            if not handle:
                continue
            order = next(self._order)
            if order >= _MOST:
                return
            kind = calls.object_type(handle)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self.found.append(Painted(order, kind, handle, level))
            elif kind == raw.FPDF_PAGEOBJ_FORM:
                self._into(handle, matrix, level)
            elif calls.object_bounds(handle, *self._where):
                left, bottom, right, top = self._bounds
                bounds = (left, bottom, right, top)
                self.found.append(Painted(order, kind, handle, level, _moved(bounds, matrix) if matrix else bounds))

    def _into(self, form: int, outer: Matrix | None, level: int) -> None:
        if level >= _DEPTH:
            return
        held = raw.FS_MATRIX()
        if calls.object_matrix(form, ctypes.addressof(held)):
            inner = (held.a, held.b, held.c, held.d, held.e, held.f)
            outer = _product(inner, outer) if outer else inner
        inside = (calls.object_in_form(form, i) for i in range(max(calls.count_in_form(form), 0)))
        self._go(inside, outer, level + 1)


def _product(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _moved(bounds: Bounds, matrix: Matrix) -> Bounds:
    left, bottom, right, top = bounds
    a, b, c, d, e, f = matrix
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in (left, right) for y in (bottom, top)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)
