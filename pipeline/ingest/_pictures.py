"""The pictures on a PDF page: how much of it they cover, and the pixels of a scan. The caller holds the PDFium lock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

_EDGE = 0.02  # of the page: a scan may stop so far short of its edge
_SMALL = (192, 256)  # pixels at which two pictures of a page are compared
_SAME = 0.9  # correlation from which they show the same
_DEPTH = 3  # levels of nested forms that are looked into


@dataclass(frozen=True)
class Pictures:
    """What a page holds beside text. `largest` is the share of the page its largest picture covers.

    `over_text`: that picture was painted after the first text, and so hides it. `only` is the one picture of a page
    that holds nothing else but text; `anything`: something other than text is painted.
    """

    largest: float
    over_text: bool
    only: pdfium.PdfImage | None
    anything: bool

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> Pictures:
        """What the page holds, nested forms included."""
        width, height = page.get_size()
        if page.get_rotation() % 180:
            width, height = height, width
        largest, over_text, text_seen = 0.0, False, False
        images: list[pdfium.PdfImage] = []
        others = 0
        for item in page.get_objects(max_depth=_DEPTH):
            if item.type == raw.FPDF_PAGEOBJ_TEXT:
                text_seen = True
            elif item.type == raw.FPDF_PAGEOBJ_IMAGE:
                images.append(item)
                share = _share(item, width, height)
                if share > largest:
                    largest, over_text = share, text_seen
            elif item.type != raw.FPDF_PAGEOBJ_FORM:
                others += 1
        only = images[0] if len(images) == 1 and not others and images[0].level == 0 else None
        return cls(largest, over_text, only, bool(images) or others > 0)


def _share(item: pdfium.PdfObject, width: float, height: float) -> float:
    left, bottom, right, top = item.get_bounds()
    return float(max(0.0, right - left) * max(0.0, top - bottom) / (width * height))


def native(page: pdfium.PdfPage, picture: pdfium.PdfImage, max_pixels: int) -> Image.Image | None:
    """The picture's own pixels, upright as the page is displayed; null unless they surely show the whole page."""
    left, bottom, right, top = page.get_bbox()
    bounds = picture.get_bounds()
    slack = _EDGE * max(right - left, top - bottom)
    fills = all(abs(a - b) <= slack for a, b in zip(bounds, (left, bottom, right, top), strict=True))
    width, height = picture.get_px_size()
    if not fills or not 0 < width * height <= max_pixels:
        return None
    image = picture.get_bitmap(render=False).to_pil().convert("L")  # PDFium's own bitmap goes when it is let go of
    if page.get_rotation():
        image = image.rotate(-page.get_rotation(), expand=True)
    return image if _alike(image, page) else None


def _alike(image: Image.Image, page: pdfium.PdfPage) -> bool:
    """Whether the pixels look like the page rendered: no mask, mirror, inversion or clip is in play."""
    shown = rendered(page, _SMALL[0] / page.get_width() * 72, grey=True)
    one, two = (np.asarray(x.resize(_SMALL, Image.Resampling.BOX), dtype=np.float64) for x in (shown, image))
    spread = float(one.std() * two.std())
    return spread > 0 and float(((one - one.mean()) * (two - two.mean())).mean()) / spread >= _SAME


def rendered(page: pdfium.PdfPage, dpi: float, *, grey: bool) -> Image.Image:
    """The page as displayed."""
    bitmap = page.render(scale=dpi / 72, grayscale=grey, rev_byteorder=True)
    try:
        image: Image.Image = bitmap.to_pil().copy()  # the bitmap's memory goes with it
        return image
    finally:
        bitmap.close()
