"""Picture files: TIFF with its many pages as scanners and fax servers write it, PNG, BMP, GIF, and what phones take."""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import TimeoutExpired
from typing import Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from pipeline.errors import AppealwrightError
from pipeline.ingest._opened import Note, Scan
from pipeline.ingest.scan.heic import as_tiff, is_heic
from pipeline.ingest.sources import Limits
from schemas.case import Category

_PILLOW = threading.Lock()  # its warnings are caught, which is not safe in two threads; and frames are read by seeking

_FORMATS: Final = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
_MOVING: Final = ("GIF", "WEBP", "PNG")
_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"GIF87a", b"GIF89a")
_BMP_HEADERS: Final = (12, 40, 52, 56, 64, 108, 124)  # bytes
_FRAMES: Final = Note("frames_not_read", "the picture moves; its first frame was read")
_SIDEWAYS: Final = (5, 6, 7, 8)  # EXIF orientations that swap width and height
_LETTER: Final = (8.5, 11.0)  # inches
_SIDES: Final = (2.0, 24.0)  # inches: a page whose tags say otherwise has wrong tags
# What Pillow's decoders raise at damaged data, found by fuzzing (benchmarks/fuzz.py) and in their code.
_DAMAGE: Final = (
    UnidentifiedImageError,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    struct.error,
)


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin like a picture of a kind that we read."""
    if data.startswith(_STARTS) or is_heic(data):
        return True
    if data.startswith(b"BM"):
        return data[6:10] == bytes(4) and int.from_bytes(data[14:18], "little") in _BMP_HEADERS
    return data.startswith(b"RIFF") and data[8:12] == b"WEBP"


class ImageFile:
    """An open picture file; each frame is a page."""

    def __init__(self, place: str, data: bytes, limits: Limits) -> None:
        self.place = place
        self._limits = limits
        with self._failing(place):
            if is_heic(data):
                data = as_tiff(data, limits.max_pixels, limits.page_timeout)
            self._image = Image.open(io.BytesIO(data), formats=_FORMATS)
            frames = int(getattr(self._image, "n_frames", 1))
            # The further frames of a phone's JPEG (MPO) are previews of the first.
            self.count = frames if self._image.format == "TIFF" else 1
            self._notes = (_FRAMES,) if frames > 1 and self._image.format in _MOVING else ()

    def close(self) -> None:
        """Let go of the file."""
        self._image.close()

    def read(self, number: int) -> Scan:
        """The frame, upright by its EXIF tag, with the resolution its tags state, or a likely one."""
        frame, dpi = self._frame(number)
        return Scan(frame if frame.mode == "1" else frame.convert("L"), dpi, self._notes)

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
        except TimeoutExpired as error:
            raise AppealwrightError(Category.TIMEOUT, place, "unpacking the picture took too long") from error
        except (Image.DecompressionBombError, OverflowError) as error:  # twice Pillow's own limit: 179 million pixels
            raise AppealwrightError(Category.TOO_LARGE, place, self._too_many) from error
        except _DAMAGE as error:
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
