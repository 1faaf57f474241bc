"""Pages as a fax machine sends them: black and white, 204 by 196 dots an inch, Group 4."""

from __future__ import annotations

from typing import Final

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from pipeline.packet.pictures import add_picture

_DOTS: Final = (1728, 2156)  # ITU-T T.4: 1728 dots a line; 11 inches at 196 lines
_BLACK: Final = 160  # of 255: darker is black
_GREYS: Final = (48, 208)  # levels that are neither ink nor paper
_PHOTOGRAPH: Final = 0.15  # of the page in greys: then greys are shown by dots; the edges of letters make up less


def faxed(data: bytes) -> pikepdf.Pdf:
    """The pages of a PDF of letter pages as pictures of one bit a dot."""
    made = pikepdf.new()
    pdf = pdfium.PdfDocument(data)
    try:
        for page in pdf:
            add_picture(made, _one_bit(_rendered(page)), page.get_size())
            page.close()
    finally:
        pdf.close()
    return made


def _rendered(page: pdfium.PdfPage) -> Image.Image:
    """The page in greys, a dot of the fax each: PDFium renders to different resolutions across and down."""
    bitmap = pdfium.PdfBitmap.new_native(*_DOTS, raw.FPDFBitmap_Gray)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *_DOTS)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *_DOTS, 0, raw.FPDF_ANNOT)
        image: Image.Image = bitmap.to_pil().copy()  # the bitmap's memory goes with it
        return image
    finally:
        bitmap.close()


def _one_bit(image: Image.Image) -> Image.Image:
    levels = np.asarray(image)
    grey = float(((levels > _GREYS[0]) & (levels < _GREYS[1])).mean())
    if grey > _PHOTOGRAPH:
        return image.convert("1", dither=Image.Dither.FLOYDSTEINBERG)
    return image.point([255 if level >= _BLACK else 0 for level in range(256)]).convert("1", dither=Image.Dither.NONE)
