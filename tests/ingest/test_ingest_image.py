"""Picture files of every kind, opened; reading their words is tested with the OCR."""

import base64
import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, ReadResult
from pipeline.ingest._kind import open_file
from pipeline.ingest._opened import Scan
from schemas.case import Category

Given = Callable[..., ReadResult]

# 64 by 64 pixels, white with a dark band at the top; "irot" says to turn it by three quarters counter-clockwise.
# Made with pillow-heif, whose encoder the project does not have; the box put in by hand.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWl4AAAAAG1pZjFoZWl4bWlhZgAAAU5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABcgABAAAAAAAAAB0AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAAzmlwcnAAAACvaXBjbwAAAHJodmNDAQQIAAAAn/gAAAAAHvAA/Pz4+AAADwNgAAEAF0ABDAH//wQIAAADAJ/4AAAD"
    "AAAeugJAYQABACZCAQEECAAAAwCf+AAAAwAAHsCCBBZbqSSmubAgAAADAyAAAAMAIWIAAQAHRAHBcrAiQAAAAAlpcm90AwAAAApm"
    "cmVlAAAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAA5waXhpAAAAAAEIAAAAF2lwbWEAAAAAAAAAAQABBIGCBAUAAAAlbWRhdAAAABko"
    "Aa4z96n//Pbp2FoXYMsi4M15tEarhleA"
)


def _scan(data: bytes, number: int = 1) -> Scan:
    found = open_file("picture", data, Limits()).read(number)
    assert isinstance(found, Scan)
    return found


def _band(top: bool = True, mode: str = "L") -> Image.Image:
    """64 by 64, the upper part dark, or the right."""
    sheet = Image.new("L", (64, 64), 255)
    sheet.paste(0, (0, 0, 64, 24) if top else (40, 0, 64, 64))
    return sheet.convert(mode)


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _is_dark(scan: Scan, x: int, y: int) -> bool:
    return bool(np.asarray(scan.image.convert("L"))[y, x] < 64)


def test_a_heic_is_turned_once() -> None:
    scan = _scan(HEIC)
    assert (scan.image.mode, scan.image.size) == ("L", (64, 64))
    assert (_is_dark(scan, 60, 32), _is_dark(scan, 32, 4), _is_dark(scan, 4, 32)) == (True, False, False)
    colours = open_file("picture", HEIC, Limits()).picture(1, 100)
    assert colours is not None
    assert colours.width == colours.height


@pytest.mark.parametrize(
    ("kind", "options"),
    [("WEBP", {"lossless": True}), ("BMP", {}), ("GIF", {}), ("PNG", {}), ("JPEG", {}), ("TIFF", {})],
)
def test_pictures_of_every_kind_are_opened(kind: str, options: dict[str, object]) -> None:
    scan = _scan(_bytes(_band(), kind, **options))
    assert scan.image.size == (64, 64)
    assert (_is_dark(scan, 32, 4), _is_dark(scan, 32, 60)) == (True, False)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF", "PNG"])
def test_the_tag_that_says_which_way_is_up_is_followed_in_every_kind(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it
    scan = _scan(_bytes(_band(), kind, exif=exif))
    assert (_is_dark(scan, 60, 32), _is_dark(scan, 32, 4)) == (True, False)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "packbits", "jpeg"])
def test_faxes_and_scans_of_many_pages_keep_their_resolution(compression: str) -> None:
    mode = "1" if compression.startswith("group") else "L"
    page, other = (Image.new(mode, (1728, 1078), 1 if mode == "1" else 255) for _ in range(2))
    page.paste(0, (0, 0, 1728, 200))
    data = _bytes(page, "TIFF", save_all=True, append_images=[other], compression=compression, dpi=(204, 98))
    opened = open_file("fax.tif", data, Limits())
    first, second = (_scan(data, number) for number in (1, 2))
    assert opened.count == 2
    assert (first.dpi, first.image.size) == (pytest.approx((204, 98)), (1728, 1078))
    assert (_is_dark(first, 800, 100), _is_dark(first, 800, 800), _is_dark(second, 800, 100)) == (True, False, False)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_picture_that_moves_the_first_frame_is_read_and_that_is_said(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    data = _bytes(_band(), kind, save_all=True, append_images=[_band(top=False)], **options)
    assert open_file("picture", data, Limits()).count == 1
    scan = _scan(data)
    assert _is_dark(scan, 4, 4)
    assert [note.code for note in scan.notes] == ["frames_not_read"]


def test_what_can_be_seen_through_lies_on_white() -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert not _is_dark(_scan(_bytes(clear, "WEBP", lossless=True)), 10, 10)


@pytest.mark.parametrize("kind", ["HEIC", "WEBP", "BMP", "GIF"])
def test_pixels_are_counted_before_they_are_unpacked(kind: str, read_bytes: Given) -> None:
    data = HEIC if kind == "HEIC" else _bytes(_band(), kind)
    result = read_bytes(data, "picture", Limits(max_pixels=64 * 64 - 1))
    assert [failure.category for failure in result.failures] == [Category.TOO_LARGE]


def test_a_bitmap_that_lies_about_its_size_is_refused(read_bytes: Given) -> None:
    lying = bytearray(_bytes(_band(), "BMP"))
    lying[18:26] = (30_000).to_bytes(4, "little") * 2
    assert [failure.category for failure in read_bytes(bytes(lying)).failures] == [Category.TOO_LARGE]


@pytest.mark.parametrize("kind", ["HEIC", "WEBP", "BMP", "GIF"])
def test_a_picture_cut_short_is_a_failure(kind: str, read_bytes: Given) -> None:
    data = HEIC if kind == "HEIC" else _bytes(_band(), kind)
    result = read_bytes(data[: len(data) * 2 // 3])
    assert result.document is None
    assert [failure.category for failure in result.failures] == [Category.UNREADABLE]


def test_a_moving_picture_that_ends_at_the_head_of_a_frame_is_a_failure(read_bytes: Given) -> None:
    result = read_bytes(_bytes(_band(), "GIF")[:-1] + b"," + bytes(9))
    assert [failure.category for failure in result.failures] == [Category.UNREADABLE]


def test_a_letter_that_begins_with_the_letters_of_a_bitmap_is_a_text(read_bytes: Given) -> None:
    result = read_bytes(b"BMI 31 and rising")
    assert result.document is not None
    assert result.document.pages[0].text == "BMI 31 and rising\n"


_KINDS = [HEIC, *(_bytes(_band(), kind) for kind in ("WEBP", "BMP", "GIF", "TIFF", "PNG", "JPEG"))]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_KINDS), st.integers(0, 500), st.integers(0, 20), st.binary(max_size=20))
def test_any_picture_is_opened_or_refused(data: bytes, at: int, cut: int, change: bytes) -> None:
    at %= len(data)
    try:
        opened = open_file("picture", data[:at] + change + data[at + cut :], Limits(max_pixels=1_000_000))
        for number in range(1, min(opened.count, 3) + 1):
            opened.read(number)
            opened.picture(number, 50)
    except AppealwrightError:
        return
