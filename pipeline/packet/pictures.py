"""Pictures as pages of a PDF: black and white as Group 4 fax code, which loses nothing, all others as JPEG."""

from __future__ import annotations

import io
from typing import Final

import pikepdf
from pikepdf import Name
from PIL import Image, TiffImagePlugin

_JPEG_QUALITY: Final = 80
_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_BYTES = 278, 273, 279  # TIFF 6.0, section 8


def add_picture(pdf: pikepdf.Pdf, image: Image.Image, size: tuple[float, float]) -> pikepdf.Page:
    """A new last page of `size` points that the picture fills; one of mode 1 stays black and white."""
    stream = _group4(pdf, image) if image.mode == "1" else _jpeg(pdf, image)
    page = pdf.add_blank_page(page_size=size)
    page.add_resource(stream, Name.XObject, Name.Picture)
    page.contents_add(f"q {size[0]:.4f} 0 0 {size[1]:.4f} 0 0 cm /Picture Do Q".encode())
    return page


def _group4(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """ITU-T T.6, taken out of the TIFF that Pillow's libtiff writes: one strip, black is 0."""
    out = io.BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_ROWS_PER_STRIP] = image.height
    image.save(out, "TIFF", compression="group4", tiffinfo=tags)
    out.seek(0)
    with TiffImagePlugin.TiffImageFile(out) as written:
        (offset,), (length,) = written.tag_v2[_STRIP_OFFSETS], written.tag_v2[_STRIP_BYTES]
    parameters = pikepdf.Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=True)
    described = _described(image, Name.DeviceGray, 1, Name.CCITTFaxDecode)
    described.DecodeParms = parameters
    return pdf.make_stream(out.getvalue()[offset : offset + length], described)


def _jpeg(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    grey = image.mode in ("L", "I", "F", "LA")
    out = io.BytesIO()
    image.convert("L" if grey else "RGB").save(out, "JPEG", quality=_JPEG_QUALITY)
    space = Name.DeviceGray if grey else Name.DeviceRGB
    return pdf.make_stream(out.getvalue(), _described(image, space, 8, Name.DCTDecode))


def _described(image: Image.Image, space: Name, bits: int, code: Name) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=space,
        BitsPerComponent=bits,
        Filter=code,
    )
