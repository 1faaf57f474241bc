"""PDF files: the text layer where it is sound, else the page's picture."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from pipeline.errors import AppealwrightError
from pipeline.ingest._opened import Note, Reading, Scan
from pipeline.ingest.layout.page import Token, box_on, lay_out, turned
from pipeline.ingest.pdf.drawing import Painted, painted
from pipeline.ingest.pdf.fonts import Fonts
from pipeline.ingest.pdf.glyphs import Layer, Printed, read_layer
from pipeline.ingest.pdf.pictures import Pictures, native, only, rendered
from pipeline.ingest.pdf.remarks import Remarks, attached, box_of, lines_of, notes, remarks, struck_out
from pipeline.ingest.pdf.shown import shown
from pipeline.ingest.pdf.trust import is_trusted
from pipeline.ingest.sources import Limits
from schemas.case import Category
from schemas.document import Box, Mark, MarkKind, Table, Word

PDFIUM = threading.RLock()  # PDFium is not safe to call from two threads, whatever the document

_SCAN_DPI = 300
_XFA = (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND)
_FULL_PAGE = 0.8  # of the page: a picture this large is the page
_NOTABLE = 0.3  # of the page: a smaller picture is taken for a logo
_STAMPS = 250  # characters: no more than this over a full-page picture is a fax header or a stamp, not the page
_UNTRUSTED = Note("text_layer_not_trusted", "its text layer is not what the page shows; its picture was read")


class PdfFile:
    """An open PDF."""

    def __init__(self, place: str, data: bytes, limits: Limits) -> None:
        self.place = place
        self._limits = limits
        with PDFIUM:
            self._pdf = _open(place, data)
            self.count = len(self._pdf)
            self._is_xfa = self._pdf.get_formtype() in _XFA
            with suppress(pdfium.PdfiumError):
                self._pdf.init_forms()  # so that a field without a picture of its value is given one
        self._fonts = Fonts()
        self._flat: dict[int, Remarks] = {}  # pages whose annotations were made part of them

    def close(self) -> None:
        """Let go of the document."""
        with PDFIUM:
            self._fonts.close()
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
                if raw.FPDFPage_GetAnnotCount(page) and number not in self._flat:
                    self._flat[number] = remarks(page)
                    if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == 1:
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
        self._refuse_waiting(layer)
        drawn = painted(page)
        seen = shown(page, layer.words, drawn)
        pictures = Pictures.of(page, drawn)
        length = sum(len(word.token.text) for word in seen.words)
        covered = pictures.largest >= _FULL_PAGE and (length <= _STAMPS or pictures.over_text)
        found = self._flat.get(number, Remarks())
        files = found.files + (attached(self._pdf) if number == 1 else 0)
        if covered or (not seen.words and pictures.anything):
            return self._scan(page, number, bool(seen.words), pictures.alone, files, [])
        if layer.garbled or not is_trusted(page, seen, self._fonts):
            return self._scan(page, number, True, False, files, [_UNTRUSTED])
        reading = _laid_out(seen.words, *page.get_size())
        struck = _struck(page, reading, found, drawn)
        marks = (*_hidden(page, seen.hidden), *found.marks)
        said = [*_notes(len(seen.hidden), marks, pictures), *notes(found.marks, struck, files)]
        return replace(reading, marks=(*reading.marks, *marks), notes=(*reading.notes, *said))

    def _refuse_waiting(self, layer: Layer) -> None:
        """An XFA form keeps its pages from all but Adobe's programs: to others it shows a page that says so."""
        if self._is_xfa and any(word.token.text.lower().startswith("wait") for word in layer.words[:12]):
            message = "the PDF is an XFA form: open it in Adobe Reader and print it to a new PDF"
            raise AppealwrightError(Category.UNSUPPORTED, self.place, message)

    def _scan(
        self, page: pdfium.PdfPage, number: int, has_text: bool, alone: bool, files: int, found: Sequence[Note]
    ) -> Scan:
        """The picture at its own resolution where it is all there is on the page, else the page rendered."""
        remarked = self._flat.get(number, Remarks()).marks
        image, dpi = None, (float(_SCAN_DPI), float(_SCAN_DPI))
        if alone and not has_text and (picture := only(page)) is not None:
            image = native(page, picture, self._limits.max_pixels)
            if image is not None:
                width, height = page.get_size()
                dpi = image.width / width * 72, image.height / height * 72
        if image is None:
            image = self._render(page, number, _SCAN_DPI, grey=True)
        said = (*found, *notes(remarked, (), files))
        return Scan(image.convert("L") if image.mode != "1" else image, dpi, said, tuple(remarked))

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


def _laid_out(shown: Sequence[Printed], width: float, height: float) -> Reading:
    """The words as text. Words at another angle than most (margins, watermarks) follow, each angle by itself."""
    # Bold text is often printed twice, a hair apart: the second is the same word.
    once = {(word.token.text, round(word.token.left), round(word.token.top)): word for word in reversed(shown)}
    printed = list(reversed(once.values()))
    main = _most(printed)
    text = ""
    words: tuple[Word, ...] = ()
    tables: tuple[Table, ...] = ()
    for turn in sorted({word.turn for word in printed}, key=lambda turn: (turn != main, turn)):
        quarter = max(turn, 0)
        group = [turned(word.token, quarter, width, height) for word in printed if word.turn == turn]
        layout = lay_out(group, _box_after(quarter, main, width, height))
        separator = "\n" if text else ""
        start = len(text) + len(separator)
        text += separator + layout.text
        words += tuple(_further(word, start) for word in layout.words) if start else layout.words
        tables += tuple(_lower(table, start) for table in layout.tables) if start else layout.tables
    across, down = (height, width) if main % 180 else (width, height)
    return Reading(text, words, across, down, rotation=main, tables=tables)


def _most(printed: Sequence[Printed]) -> int:
    """The turn of most characters."""
    votes: Counter[int] = Counter()
    for word in printed:
        if word.turn >= 0:
            votes[word.turn] += len(word.token.text)
    return max(votes, key=lambda turn: (votes[turn], -turn), default=0)


def _further(word: Word, by: int) -> Word:
    return replace(word, start=word.start + by, end=word.end + by)


def _lower(table: Table, by: int) -> Table:
    """The table further on in the text; an empty cell has no place."""
    rows = (tuple((start + by, end + by) if end else (0, 0) for start, end in row) for row in table.rows)
    return Table(rows=tuple(rows))


def _box_after(turn: int, main: int, width: float, height: float) -> Callable[[Token], Box]:
    """Where a token that was turned with its page stands once the page is turned by `main` instead."""
    sizes = {0: (width, height), 90: (height, width)}
    box = box_on(*sizes[main % 180])
    if main == turn:
        return box

    def back(token: Token) -> Box:
        return box(turned(token, main - turn, *sizes[turn % 180]))

    return back


def _struck(
    page: pdfium.PdfPage, reading: Reading, found: Remarks, drawn: Sequence[Painted]
) -> tuple[tuple[int, int], ...]:
    if reading.rotation:  # boxes are then those of the page set upright
        return ()
    boxes = [box for corners in found.struck if (box := box_of(page, corners))]
    return struck_out(reading.words, boxes, [box for line in lines_of(page, drawn) if (box := box_of(page, line))])


def _hidden(page: pdfium.PdfPage, words: Sequence[Printed]) -> list[Mark]:
    """What does not show, a mark for each row of words."""
    rows: list[list[Printed]] = []
    for word in words:
        if rows and abs(rows[-1][-1].token.bottom - word.token.bottom) < 1:
            rows[-1].append(word)
        else:
            rows.append([word])
    marks = []
    for row in rows:
        tokens = [word.token for word in row]
        left, top = min(token.left for token in tokens), min(token.top for token in tokens)
        right, bottom = max(token.right for token in tokens), max(token.bottom for token in tokens)
        value = " ".join(token.text for token in tokens)
        marks.append(Mark(kind=MarkKind.HIDDEN, box=box_of(page, (left, top, right, bottom)), value=value))
    return marks


def _notes(hidden: int, marks: Sequence[Mark], pictures: Pictures) -> list[Note]:
    found = []
    if hidden:
        message = f"{hidden} words that do not show on the page were left out of its text"
        found.append(Note("hidden_text", message))
    elif any(mark.kind is MarkKind.HIDDEN for mark in marks):
        found.append(Note("hidden_text", "annotations that do not show on the page were left out of its text"))
    if pictures.largest >= _NOTABLE and pictures.largest < _FULL_PAGE:
        found.append(Note("picture_not_read", "the page holds a large picture; words in it were not read"))
    return found
