"""Paper as machines see it: an office scan as an image-only PDF, and a fax as a multi-page TIFF."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

Grey = NDArray[np.uint8]

FAX_DPI = (204.0, 196.0)
FAX_WIDTH = 1728
_PHOTOMETRIC, _STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_LENGTHS = 262, 273, 278, 279


def raster(pdf: bytes, dpi: float) -> list[Grey]:
    """Each page as grey dots, white 255."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72, grayscale=True).to_numpy().copy() for page in document]


def office_scan(pages: Sequence[Grey], seed: int, speckle: float = 2e-5) -> list[Image.Image]:
    """One bit a dot, as an office scanner set to text: soft edges cut at a threshold, dust, a dark edge."""
    random = np.random.RandomState(seed)  # its stream is frozen by numpy, that of Generator is not
    return [_bitonal(_edge(_soften(page)), random, speckle) for page in pages]


def fax(pages: Sequence[Grey], seed: int, speckle: float = 2e-5) -> list[Image.Image]:
    """Pages as a fax machine keeps them: 1728 dots wide, one bit a dot."""
    random = np.random.RandomState(seed)
    return [_bitonal(_cut(page, FAX_WIDTH), random, speckle) for page in pages]


def _soften(page: Grey) -> Grey:
    """A small blur in whole numbers, so that every machine gets the same dots."""
    grey = page.astype(np.int32)
    for axis in (0, 1):
        grey = (np.roll(grey, 1, axis) + 2 * grey + np.roll(grey, -1, axis)) // 4
    return grey.astype(np.uint8)


def _edge(page: Grey) -> Grey:
    """The shadow of the lid along the left side."""
    page = page.copy()
    page[: page.shape[0] * 2 // 3, :7] = 60
    return page


def _cut(page: Grey, width: int) -> Grey:
    left = max(0, (page.shape[1] - width) // 2)
    return page[:, left : left + width]


def _bitonal(page: Grey, random: np.random.RandomState, speckle: float) -> Image.Image:
    """Threshold with an uneven light, then dust: single dots and small blots."""
    uneven = random.randint(-26, 27, page.shape)
    black = page.astype(np.int32) + uneven < 140
    rows, columns = page.shape
    for size in (1, 2, 3):
        for _ in range(int(rows * columns * speckle / size)):
            row, column = random.randint(0, rows - size), random.randint(0, columns - size)
            black[row : row + size, column : column + size] = True
    return Image.fromarray(np.where(black, 0, 255).astype(np.uint8)).point(lambda dot: dot, mode="1")


def write_scan_pdf(path: Path, pages: Sequence[Image.Image], dpi: int) -> None:
    """An image-only PDF: one CCITT group 4 image a page, no text."""
    pdf = pikepdf.Pdf.new()
    for number, page in enumerate(pages):
        width, height = (72 * dots / dpi for dots in page.size)
        image = pikepdf.Stream(pdf, _group4(page))
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height = page.size
        image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 1
        image.Filter = pikepdf.Name.CCITTFaxDecode
        image.DecodeParms = pikepdf.Dictionary(K=-1, Columns=page.size[0], Rows=page.size[1], BlackIs1=False)
        pdf.add_blank_page(page_size=(width, height))
        pdf.pages[number].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(image)))
        pdf.pages[number].Contents = pdf.make_stream(f"q {width:g} 0 0 {height:g} 0 0 cm /Im0 Do Q".encode())
    pdf.docinfo["/Producer"] = "Office scanner (synthetic sample)"
    pdf.save(path, static_id=True, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def _group4(page: Image.Image) -> bytes:
    """The page's group 4 data without its TIFF wrapper: white 0 inside, as CCITT has it."""
    wrapped = BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_ROWS_PER_STRIP] = page.size[1]
    tags[_PHOTOMETRIC] = 0  # white is zero, else libtiff codes the negative
    page.save(wrapped, format="TIFF", compression="group4", tiffinfo=tags)
    wrapped.seek(0)
    with TiffImagePlugin.TiffImageFile(wrapped) as again:
        (offset,), (length,) = again.tag_v2[_STRIP_OFFSETS], again.tag_v2[_STRIP_LENGTHS]
    return wrapped.getvalue()[offset : offset + length]


def write_fax_tiff(path: Path, pages: Sequence[Image.Image]) -> None:
    """A multi-page TIFF, group 4, whose dots are not square."""
    pages[0].save(path, format="TIFF", save_all=True, append_images=list(pages[1:]), compression="group4", dpi=FAX_DPI)
