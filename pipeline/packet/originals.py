"""The pages of a PDF file, fit to go out by themselves: nothing comes along that the page does not show."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pikepdf import Name

_OUTSIDE: Final = 0.1  # of its own area: text or a picture that reaches so far beyond the page was cut off on purpose
_SHOWN: Final = (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_SHADING)
_WITHOUT_PASSWORD: Final = 3  # FPDF_REMOVE_SECURITY


@dataclass(frozen=True)
class Originals:
    """A PDF, and the numbers, from 1, of its pages that may go out as they are."""

    pdf: pikepdf.Pdf
    numbers: frozenset[int]


def originals_of(data: bytes, wanted: Sequence[int]) -> Originals:
    """The wanted pages of a PDF, with forms and notes as printed, each with no more than it shows.

    Left out, for its picture to stand in: a page that hides something beyond its edges, and all pages where layers are
    switched off or where the file is damaged. A part of a damaged file is never taken out: what else comes with it
    cannot be told.
    """
    none = Originals(pikepdf.new(), frozenset())
    printed = _Printed(data, wanted)
    if printed.data is None:
        return none
    try:
        pdf = pikepdf.open(io.BytesIO(printed.data))
        if len(pdf.pages) != printed.count or _switches_layers(pdf):
            return none
        for number in printed.whole:
            pdf.pages[number - 1].remove_unreferenced_resources()
        is_part = len(printed.whole) < len(pdf.pages)
        return none if is_part and pdf.get_warnings() else Originals(pdf, frozenset(printed.whole))
    except (pikepdf.PdfError, IndexError, ValueError, TypeError):  # what PDFium reads and qpdf does not
        return none


class _Printed:
    """The file as PDFium shows it, with the annotations of the wanted pages made part of them.

    `whole` are the pages that hold nothing beyond their edges. `data` is null where PDFium cannot write the file.
    """

    def __init__(self, data: bytes, wanted: Sequence[int]) -> None:
        self.data: bytes | None = data
        self.count = 0
        self.whole: list[int] = []
        try:
            pdf = pdfium.PdfDocument(data)
        except pdfium.PdfiumError:
            self.data = None
            return
        try:
            pdf.init_forms()
            self.count = len(pdf)
            changed = False
            for number in wanted:
                changed |= self._look(pdf, number)
            if changed:
                out = io.BytesIO()
                pdf.save(out, flags=_WITHOUT_PASSWORD)
                self.data = out.getvalue()
        except pdfium.PdfiumError:
            self.data = None
        finally:
            pdf.close()

    def _look(self, pdf: pdfium.PdfDocument, number: int) -> bool:
        """Note whether the page is whole; true where its annotations were made part of it."""
        page = pdf[number - 1]
        flattened = False
        if raw.FPDFPage_GetAnnotCount(page):
            flattened = raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS
            page.close()
            page = pdf[number - 1]
        if not any(_hides(bounds, page.get_bbox()) for bounds in _bounds(page)):
            self.whole.append(number)
        page.close()
        return flattened


def _bounds(page: pdfium.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, right and top of what is drawn on the page, lines and areas of colour left out."""
    yield from (item.get_bounds() for item in page.get_objects(max_depth=1) if item.type in _SHOWN)


def _hides(bounds: tuple[float, float, float, float], box: tuple[float, float, float, float]) -> bool:
    area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    across = min(bounds[2], box[2]) - max(bounds[0], box[0])
    down = min(bounds[3], box[3]) - max(bounds[1], box[1])
    return area > 0 and max(across, 0.0) * max(down, 0.0) < (1 - _OUTSIDE) * area


def _switches_layers(pdf: pikepdf.Pdf) -> bool:
    """Whether something on the pages is not shown at first: the setting is the file's, and would be lost."""
    layers = pdf.Root.get(Name.OCProperties)
    if not isinstance(layers, pikepdf.Dictionary):
        return False
    shown = layers.get(Name.D, pikepdf.Dictionary())
    return bool(len(shown.get(Name.OFF, []))) or shown.get(Name.BaseState, Name.ON) != Name.ON
