"""PDF files: the text layer where it is sound, else the page's picture."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from pipeline.errors import AppealwrightError
from pipeline.ingest._glyphs import Layer, read_layer
from pipeline.ingest._opened import Note, Reading, Scan
from pipeline.ingest._pictures import Pictures, native, rendered
from pipeline.ingest.layout import Token, box_on, compose, turned
from pipeline.ingest.sources import Limits
from schemas.case import Category
from schemas.document import Box, Word

PDFIUM = threading.RLock()  # PDFium is not safe to call from two threads, whatever the document

_SCAN_DPI = 300
_FULL_PAGE = 0.8  # of the page: a picture this large is the page
_NOTABLE = 0.3  # of the page: a smaller picture is taken for a logo
_STAMPS = 250  # characters: no more than this over a full-page picture is a fax header or a stamp, not the page


class PdfFile:
    """An open PDF."""

    def __init__(self, place: str, data: bytes, limits: Limits) -> None:
        self.place = place
        self._limits = limits
        with PDFIUM:
            self._pdf = _open(place, data)
            self.count = len(self._pdf)

    def close(self) -> None:
        """Let go of the document."""
        with PDFIUM:
            self._pdf.close()

    def read(self, number: int) -> Reading | Scan:
        """The text layer laid out as text, or the picture of the page where the layer is missing or unsound."""
        with self._page(number) as page:
            return self._read(page, number)

    def picture(self, number: int, dpi: int) -> Image.Image:
        """The page rendered in colour."""
        with self._page(number) as page:
            return self._render(page, number, dpi, grey=False)

    @contextmanager
    def _page(self, number: int) -> Iterator[pdfium.PdfPage]:
        """The page, with the values of its form fields and the notes on the paper made part of it."""
        with PDFIUM:
            try:
                page = self._pdf[number - 1]
                if raw.FPDFPage_GetAnnotCount(page) and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == 1:
                    page.close()
                    page = self._pdf[number - 1]
                try:
                    yield page
                finally:
                    page.close()
            except pdfium.PdfiumError as error:
                message = "the page is damaged"
                raise AppealwrightError(Category.UNREADABLE, f"{self.place} page {number}", message) from error

    def _read(self, page: pdfium.PdfPage, number: int) -> Reading | Scan:
        layer = read_layer(page)
        pictures = Pictures.of(page)
        covered = pictures.largest >= _FULL_PAGE and (layer.length <= _STAMPS or pictures.over_text)
        if layer.garbled or covered or (not layer.words and pictures.anything):
            image, dpi = self._scan(page, number, layer, pictures)
            return Scan(image.convert("L") if image.mode != "1" else image, dpi)
        return replace(_laid_out(layer, *page.get_size()), notes=tuple(_notes(layer, pictures)))

    def _scan(
        self, page: pdfium.PdfPage, number: int, layer: Layer, pictures: Pictures
    ) -> tuple[Image.Image, tuple[float, float]]:
        """The picture at its own resolution where it is all there is on the page, else the page rendered."""
        if pictures.only is not None and not layer.words:
            image = native(page, pictures.only, self._limits.max_pixels)
            if image is not None:
                width, height = page.get_size()
                return image, (image.width / width * 72, image.height / height * 72)
        return self._render(page, number, _SCAN_DPI, grey=True), (_SCAN_DPI, _SCAN_DPI)

    def _render(self, page: pdfium.PdfPage, number: int, dpi: int, *, grey: bool) -> Image.Image:
        width, height = page.get_size()
        if width * height * (dpi / 72) ** 2 > self._limits.max_pixels:
            message = (
                f"at {dpi} dpi the page has more than {self._limits.max_pixels} pixels (APPEALWRIGHT_MAX_MEGAPIXELS)"
            )
            raise AppealwrightError(Category.TOO_LARGE, f"{self.place} page {number}", message)
        return rendered(page, dpi, grey=grey)


def _open(place: str, data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        # PDFium's code is that of an earlier file where it sets none, as for a PDF without pages.
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY) and b"/Encrypt" in data:
            raise AppealwrightError(Category.ENCRYPTED, place, "the PDF needs a password") from error
        raise AppealwrightError(Category.UNREADABLE, place, "the PDF is damaged, cut short or has no pages") from error


def _laid_out(layer: Layer, width: float, height: float) -> Reading:
    """The words as text. Words at another angle than most (margins, watermarks) follow, each angle by itself."""
    main = layer.turn
    text = ""
    words: tuple[Word, ...] = ()
    for turn in sorted({turn for _, turn in layer.words}, key=lambda turn: (turn != main, turn)):
        quarter = max(turn, 0)
        group = [turned(token, quarter, width, height) for token, its in layer.words if its == turn]
        more, found = compose(group, _box_after(quarter, main, width, height))
        separator = "\n" if text else ""
        start = len(text) + len(separator)
        text += separator + more
        words += tuple(_further(word, start) for word in found) if start else found
    across, down = (height, width) if main % 180 else (width, height)
    return Reading(text, words, across, down, rotation=main)


def _further(word: Word, by: int) -> Word:
    return replace(word, start=word.start + by, end=word.end + by)


def _box_after(turn: int, main: int, width: float, height: float) -> Callable[[Token], Box]:
    """Where a token that was turned with its page stands once the page is turned by `main` instead."""
    sizes = {0: (width, height), 90: (height, width)}
    box = box_on(*sizes[main % 180])

    def back(token: Token) -> Box:
        return box(turned(token, main - turn, *sizes[turn % 180]))

    return back


def _notes(layer: Layer, pictures: Pictures) -> list[Note]:
    notes = []
    if layer.unseen:
        message = f"{layer.unseen} words that do not show on the page were left out of its text"
        notes.append(Note("hidden_text", message))
    if pictures.largest >= _NOTABLE and pictures.largest < _FULL_PAGE:
        notes.append(Note("picture_not_read", "the page holds a large picture; words in it were not read"))
    return notes
