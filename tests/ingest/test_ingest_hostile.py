"""Broken and hostile files: each is a failure with its category, and never an exception."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import ADVICE
from pipeline.ingest import Limits, ReadResult, Workers, find_files, read_all
from pipeline.ingest._workers import outcome
from schemas.case import Category, Failure
from tests.ingest import ended_so_often

Reading = Callable[..., ReadResult]


def _pdf(pages: int = 1, **options: object) -> bytes:
    out, pdf = io.BytesIO(), pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    pdf.save(out, static_id=not options, **options)
    return out.getvalue()


def _picture(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").save(out, kind, **options)
    return out.getvalue()


def _zip(**entries: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def _word(text: str = "") -> bytes:
    out, word = io.BytesIO(), docx.Document()
    if text:
        word.add_paragraph(text)
    word.save(out)
    return out.getvalue()


def _bomb_png(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
_JUNK = random.Random(1).randbytes(4000)
_LOCK = pikepdf.Encryption(user="secret", owner="secret")

BROKEN = {
    "nothing at all": (b"", Category.EMPTY),
    "white space only": (b" \r\n\t \n", Category.EMPTY),
    "random bytes": (_JUNK, Category.UNSUPPORTED),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(100), Category.UNSUPPORTED),
    "a PDF cut short": (_pdf()[:200], Category.UNREADABLE),
    "a PDF header and junk": (b"%PDF-1.7\n" + _JUNK, Category.UNREADABLE),
    "a PDF with a password": (_pdf(encryption=_LOCK), Category.ENCRYPTED),
    "a PDF with no pages": (_pdf(0), Category.UNREADABLE),
    "a PDF with too many pages": (_pdf(6), Category.TOO_LARGE),
    "a PNG cut short": (_picture("PNG")[:300], Category.UNREADABLE),
    "a JPEG cut short": (_picture("JPEG")[:900], Category.UNREADABLE),
    "a JPEG of three bytes": (b"\xff\xd8\xff", Category.UNREADABLE),
    "a TIFF header alone": (b"II*\0\x08\0\0\0", Category.UNREADABLE),
    "a TIFF with too many pages": (
        _picture("TIFF", save_all=True, append_images=[Image.new("L", (9, 9))] * 6),
        Category.TOO_LARGE,
    ),
    "a PNG that unpacks to 400 million pixels": (_bomb_png(20_000), Category.TOO_LARGE),
    "a PNG over our own limit": (_bomb_png(2_000), Category.TOO_LARGE),
    "a GIF cut short": (_picture("GIF")[:300], Category.UNREADABLE),
    "a WebP cut short": (_picture("WEBP")[:300], Category.UNREADABLE),
    "an archive": (_zip(a="text"), Category.UNSUPPORTED),
    "an archive cut short": (_zip(a="text")[:20], Category.UNREADABLE),
    "a spreadsheet": (_zip(**{"[Content_Types].xml": "<x/>", "xl__workbook.xml": "<x/>"}), Category.UNSUPPORTED),
    "a Word file without its parts": (
        _zip(**{"[Content_Types].xml": "<x/>", "word__document.xml": "<x/>"}),
        Category.UNREADABLE,
    ),
    "a Word file cut short": (_word("text")[:9000], Category.UNREADABLE),
    "a Word file without text": (_word(), Category.EMPTY),
    "a Word file that unpacks to much more": (
        _zip(**{"[Content_Types].xml": "<x/>", "word__document.xml": "0" * 2_000_000}),
        Category.TOO_LARGE,
    ),
    "an old Word file": (_OLE, Category.UNSUPPORTED),
    "a Word file with a password": (_OLE + "EncryptedPackage".encode("utf-16-le"), Category.ENCRYPTED),
    "a web page that shows nothing": (b"<!DOCTYPE html><html><body hidden>Denied</body></html>", Category.EMPTY),
    "an XML file": (b"\xef\xbb\xbf<?xml version='1.0'?><a>Denied</a>", Category.UNSUPPORTED),
    "an XML file with a document type": (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Category.UNSUPPORTED),
    "an RTF file without text": (rb"{\rtf1\ansi {\v Denied}}", Category.EMPTY),
    "an RTF file nested too deep": (rb"{\rtf1" + b"{" * 2000, Category.TOO_LARGE),
    "a clinical document cut short": (b"<ClinicalDocument xmlns='urn:hl7-org:v3'><title>De", Category.UNREADABLE),
    "a FHIR resource cut short": (b'{"resourceType": "Bundle", "entry": [', Category.UNREADABLE),
    "an e-mail": (b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nDenied", Category.UNSUPPORTED),
    "a text of too many pages": (b"a\fb\fc\fd\fe\ff", Category.TOO_LARGE),
    "a file over the limit": (b"long" * 100_000, Category.TOO_LARGE),
}
LIMITS = Limits(
    max_file_bytes=300_000, max_unpacked_bytes=2_000_000, max_pages=5, max_pixels=1_000_000, page_timeout=20
)


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_a_failure_with_its_category_and_advice(name: str, read_bytes: Reading) -> None:
    data, category = BROKEN[name]
    result = read_bytes(data, "given.bin", LIMITS)
    assert result.document is None
    assert [(f.category, f.place.partition(" page ")[0], f.advice) for f in result.failures] == [
        (category, "given.bin", ADVICE[category])
    ]


def test_the_bytes_decide_and_not_the_name(read_bytes: Reading) -> None:
    result = read_bytes(_word("The request is denied."), "scan.pdf")
    assert result.document is not None
    assert result.document.pages[0].text == "The request is denied.\n"


def test_a_damaged_frame_of_a_tiff_leaves_the_other_pages(read_bytes: Reading) -> None:
    blank = Image.new("1", (400, 300), 1)
    noisy = Image.effect_noise((400, 300), 90).convert("1")
    out = io.BytesIO()
    blank.save(out, "TIFF", save_all=True, append_images=[noisy, blank], compression="group4", dpi=(100, 100))
    data = bytearray(out.getvalue())
    with Image.open(io.BytesIO(bytes(data))) as tiff:
        tiff.seek(1)
        start = tiff.tag_v2[273][0]
    data[start : start + 4000] = bytes(4000)
    result = read_bytes(bytes(data), "fax.tif")
    assert result.document is not None
    assert [page.number for page in result.document.pages] == [1, 3]
    assert [(failure.place, failure.category) for failure in result.failures] == [
        ("fax.tif page 2", Category.UNREADABLE)
    ]


def test_files_keep_their_order_and_a_failed_one_its_number(tmp_path: Path) -> None:
    for name, data in (("a.txt", b"first"), ("b.bin", _JUNK), ("c.txt", b"third")):
        (tmp_path / name).write_bytes(data)
    results = read_all(find_files([tmp_path]), LIMITS, workers=2).results
    assert [result.source.name for result in results] == ["a.txt", "b.bin", "c.txt"]
    assert [result.document and result.document.id for result in results] == ["D1", None, "D3"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([data for data, _ in BROKEN.values() if data] + [_word("Denied"), _pdf(2)]),
    at=st.integers(0, 10_000),
    change=st.binary(max_size=40),
)
def test_a_file_with_changed_bytes_is_read_or_refused_but_never_a_fault_of_ours(
    start: bytes, at: int, change: bytes, read_bytes: Reading
) -> None:
    at %= len(start)
    result = read_bytes(start[:at] + change + start[at + len(change) :], "given.bin", LIMITS)
    assert result.document is not None or result.failures
    assert all(failure.category is not Category.INTERNAL for failure in result.failures)


def test_work_whose_process_was_ended_by_others_is_done_again(tmp_path: Path) -> None:
    with Workers(1, Limits(), None) as pool:
        work = pool._schedule(ended_so_often.ended, str(tmp_path / "marks"), 1)
        assert outcome(work, "letter.pdf") == "read"


def test_a_file_that_ends_its_process_each_time_costs_itself(tmp_path: Path) -> None:
    with Workers(1, Limits(), None) as pool:
        work = pool._schedule(ended_so_often.ended, str(tmp_path / "marks"), 9)
        found = outcome(work, "letter.pdf")
    assert isinstance(found, Failure)
    assert found.category is Category.UNREADABLE
