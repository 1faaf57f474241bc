"""The pictures on a PDF page: how much of it they cover, and the pixels of a scan. The caller holds the PDFium lock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from pipeline.ingest.pdf.drawing import Painted

_EDGE = 0.02  # of the page: a scan may stop so far short of its edge
_SMALL = (192, 256)  # pixels at which two pictures of a page are compared
_SAME = 0.9  # correlation from which they show the same


@dataclass(frozen=True)
class Pictures:
    """What a page holds beside text. `largest` is the share of the page its largest picture covers.

    `over_text`: that picture was painted after the first text, and so hides it. `alone`: one picture is all there is
    beside text; `anything`: something other than text is painted.
    """

    largest: float
    over_text: bool
    alone: bool
    anything: bool

    @classmethod
    def of(cls, page: pdfium.PdfPage, drawn: Sequence[Painted]) -> Pictures:
        """What the page holds, nested forms included."""
        width, height = page.get_size()
        if page.get_rotation() % 180:
            width, height = height, width
        texts = [item.order for item in drawn if item.kind == raw.FPDF_PAGEOBJ_TEXT]
        images = [item for item in drawn if item.kind == raw.FPDF_PAGEOBJ_IMAGE]
        others = len(drawn) - len(texts) - len(images)
        share, order = max(((_share(item, width, height), -item.order) for item in images), default=(0.0, 0))
        over_text = bool(texts) and texts[0] < -order
        alone = len(images) == 1 and not others and images[0].level == 0
        return cls(share, over_text, alone, bool(images) or others > 0)


def _share(item: Painted, width: float, height: float) -> float:
    left, bottom, right, top = item.bounds
    share = max(0.0, right - left) * max(0.0, top - bottom) / max(width * height, 1e-6)
    return share if math.isfinite(share) else 0.0


def only(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The first picture of a page."""
    return next((item for item in page.get_objects(max_depth=1) if item.type == raw.FPDF_PAGEOBJ_IMAGE), None)


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
