"""Picture files: PNG, JPEG, and TIFF with its many pages, as scanners and fax servers write them."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from pipeline.errors import AppealwrightError
from pipeline.ingest._opened import Scan
from pipeline.ingest.sources import Limits
from schemas.case import Category

_PILLOW = threading.Lock()  # its warnings are caught, which is not safe in two threads; and frames are read by seeking

_FORMATS: Final = ("PNG", "JPEG", "TIFF")
_SIDEWAYS: Final = (5, 6, 7, 8)  # EXIF orientations that swap width and height
_LETTER: Final = (8.5, 11.0)  # inches
_SIDES: Final = (2.0, 24.0)  # inches: a page whose tags say otherwise has wrong tags


class ImageFile:
    """An open picture file; each frame is a page."""

    def __init__(self, place: str, data: bytes, limits: Limits) -> None:
        self.place = place
        self._limits = limits
        with self._failing(place):
            self._image = Image.open(io.BytesIO(data), formats=_FORMATS)
            # The further frames of a phone's JPEG (MPO) are previews of the first.
            self.count = int(getattr(self._image, "n_frames", 1)) if self._image.format == "TIFF" else 1

    def close(self) -> None:
        """Let go of the file."""
        self._image.close()

    def read(self, number: int) -> Scan:
        """The frame, upright by its EXIF tag, with the resolution its tags state, or a likely one."""
        frame, dpi = self._frame(number)
        return Scan(frame if frame.mode == "1" else frame.convert("L"), dpi)

    def picture(self, number: int, dpi: int) -> Image.Image:
        """The frame in its own colours, scaled."""
        frame, (across, down) = self._frame(number)
        size = max(1, round(frame.width * dpi / across)), max(1, round(frame.height * dpi / down))
        mode = "L" if frame.mode in ("1", "L") else "RGB"
        return frame.convert(mode).resize(size, Image.Resampling.BOX)

    def _frame(self, number: int) -> tuple[Image.Image, tuple[float, float]]:
        place = f"{self.place} page {number}"
        with self._failing(place):
            self._image.seek(number - 1)
            if self._image.width * self._image.height > self._limits.max_pixels:
                raise AppealwrightError(Category.TOO_LARGE, place, self._too_many)
            sideways = self._image.getexif().get(ExifTags.Base.Orientation, 1) in _SIDEWAYS
            self._image.load()
            frame = ImageOps.exif_transpose(self._image)
            across, down = self._image.info.get("dpi") or (0, 0)
            stated = (float(down), float(across)) if sideways else (float(across), float(down))
            return _on_white(frame), _resolution(frame.size, stated)

    @property
    def _too_many(self) -> str:
        return f"the page has more than {self._limits.max_pixels} pixels (APPEALWRIGHT_MAX_MEGAPIXELS)"

    @contextmanager
    def _failing(self, place: str) -> Iterator[None]:
        try:
            with _PILLOW, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # faults of EXIF data; sizes are checked by our own limit
                yield
        except Image.DecompressionBombError as error:  # twice Pillow's own limit: 179 million pixels
            raise AppealwrightError(Category.TOO_LARGE, place, self._too_many) from error
        except (UnidentifiedImageError, OSError, EOFError, SyntaxError, ValueError, TypeError, KeyError) as error:
            raise AppealwrightError(Category.UNREADABLE, place, "the picture is damaged or cut short") from error


def _on_white(frame: Image.Image) -> Image.Image:
    """The frame without transparency, 8 bits a channel."""
    if frame.mode.startswith("I;16"):
        return frame.convert("I").point(lambda level: level / 256).convert("L")
    if frame.has_transparency_data:
        over = frame.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    return frame


def _resolution(size: tuple[int, int], stated: tuple[float, float]) -> tuple[float, float]:
    """Dots per inch across and down: as stated where that makes a page of a likely size, else as of a Letter page."""
    if all(dpi > 0 and _SIDES[0] <= pixels / dpi <= _SIDES[1] for pixels, dpi in zip(size, stated, strict=True)):
        return stated
    width, height = size
    likely = width / _LETTER[0 if width <= height else 1]
    return likely, likely
