"""Archives: what they hold, what is left of broken ones, and those made to do harm."""

import base64
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest import Limits, find_files, page_image, read_all
from pipeline.ingest.sources import SourceFile, read_bytes
from pipeline.ingest.unpack import Unpacked, merged, unpack
from schemas.case import Category

Unpacking = Callable[..., Unpacked]
NOTE = b"Lumbar MRI of 03/14/2026: stenosis at L4-L5.\n"


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacking:
    """Writes files and unpacks them, in the order given."""

    def unpacking(*files: bytes, names: tuple[str, ...] = ("a.zip",), limits: Limits | None = None) -> Unpacked:
        for name, data in zip(names, files, strict=True):
            (tmp_path / name).write_bytes(data)
        return merged(
            [unpack(source, limits or Limits()) for source in find_files([tmp_path / name for name in names])]
        )

    return unpacking


def _zip(entries: dict[str, bytes] | list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def _streamed(entries: dict[str, bytes]) -> bytes:
    """An archive as a web server writes it, sizes and checksums behind the members."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return pipe.getvalue()


def _held(found: Unpacked) -> dict[str, bytes]:
    return {source.name: read_bytes(source, Limits()) for source in found.sources if source.size}


def _said(found: Unpacked) -> list[tuple[Category, str]]:
    return [(failure.category, failure.place) for failure in found.failures]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_is_what_it_holds_in_its_order(method: int, unpacked: Unpacking) -> None:
    found = unpacked(_zip({"b.txt": b"b", "chart/a.txt": NOTE, "chart/": b""}, method))
    assert _held(found) == {"a.zip/b.txt": b"b", "a.zip/chart/a.txt": NOTE}
    assert [source.inside for source in found.sources] == [(0,), (1,)]
    assert _said(found) == []


def test_archives_and_mail_in_one_another_are_opened(unpacked: Unpacking) -> None:
    mail = b"Message-ID: <1@x>\nSubject: Chart\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    mail += b"Content-Type: application/zip; name=c.zip\nContent-Transfer-Encoding: base64\n\n"
    mail += base64.b64encode(_zip({"note.txt": NOTE})) + b"\n--b--\n"
    found = unpacked(_zip({"mail": mail, "z.txt": b"z"}), names=("given.bin",))
    assert _held(found) == {
        "given.bin/mail": b"Subject: Chart\n",
        "given.bin/mail/c.zip/note.txt": NOTE,
        "given.bin/z.txt": b"z",
    }
    assert [source.inside for source in found.sources] == [(0, 0), (0, 1, 0), (1,)]


def test_office_files_are_no_archives(unpacked: Unpacking) -> None:
    word = io.BytesIO()
    docx.Document().save(word)
    sheet = _zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
    text = _zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})
    found = unpacked(_zip({"a.docx": word.getvalue(), "b.xlsx": sheet, "c.odt": text}))
    assert [source.name for source in found.sources] == ["a.zip/a.docx", "a.zip/b.xlsx", "a.zip/c.odt"]
    assert [source.sha256 for source in unpacked(word.getvalue()).sources] == [found.sources[0].sha256]


def test_what_systems_leave_in_archives_is_passed_over(unpacked: Unpacking) -> None:
    litter = ["__MACOSX/._a.txt", ".DS_Store", "x/Thumbs.db", "~$a.docx", ".git/config"]
    assert list(_held(unpacked(_zip([(name, b"x") for name in litter] + [("a.txt", NOTE)])))) == ["a.zip/a.txt"]
    assert _said(unpacked(_zip([(name, b"x") for name in litter]))) == [(Category.EMPTY, "a.zip")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Users\\x\\scan.pdf", "Users/x/scan.pdf"),
        ("a/./b//c.txt", "a/b/c.txt"),
        ("a\x1b[31m.txt", "a[31m.txt"),
        ("Café.txt", "Café.txt"),
        ("\u202egpj.txt", "gpj.txt"),
        ("..", "unnamed"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_a_name_is_only_a_label_and_made_harmless(name: str, shown: str, unpacked: Unpacking) -> None:
    (source,) = unpacked(_zip({name.replace("..", "ZZ"): b"x"}).replace(b"ZZ", b"..")).sources
    assert source.name == f"a.zip/{shown}"


def test_a_name_in_utf8_without_its_flag_is_read(unpacked: Unpacking) -> None:
    data = bytearray(_zip({"Café.txt": b"x"}))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.index(sign) + at
        data[start : start + 2] = b"\0\0"
    assert list(_held(unpacked(bytes(data)))) == ["a.zip/Café.txt"]


def test_the_same_bytes_anywhere_are_one_source_with_its_copies(unpacked: Unpacking) -> None:
    inner = _zip({"note.txt": NOTE})
    found = unpacked(
        NOTE,
        _zip([("n.txt", NOTE), ("./n.txt", b"other"), ("i.zip", inner), ("j.zip", inner)]),
        names=("n.txt", "a.zip"),
    )
    assert [(source.name, source.copies, source.inside) for source in found.sources] == [
        ("n.txt", ("a.zip/n.txt", "a.zip/i.zip/note.txt"), ()),
        ("a.zip/n (2).txt", (), (1,)),
    ]
    assert [(w.code, w.message) for w in found.warnings] == [
        ("duplicate_file", "a.zip/j.zip is the same file as a.zip/i.zip. It was read once.")
    ]


def test_an_archive_given_twice_says_so(unpacked: Unpacking) -> None:
    data = _zip({"note.txt": NOTE})
    found = unpacked(data, data, names=("a.zip", "b.zip"))
    assert list(_held(found)) == ["a.zip/note.txt"]
    assert [w.message for w in found.warnings] == ["b.zip is the same file as a.zip. It was read once."]


def _patched(data: bytes, flags: int = 0, method: int | None = None) -> bytes:
    """The archive with the flags of its members set and their method changed."""
    out = bytearray(data)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = out.find(sign)
        while start >= 0:
            out[start + at] |= flags
            if method is not None:
                out[start + at + 2] = method
            start = out.find(sign, start + 4)
    return bytes(out)


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (_patched(_zip({"n.txt": NOTE}), flags=1), Category.ENCRYPTED),
        (_patched(_zip({"n.txt": NOTE}), method=9), Category.UNSUPPORTED),
        (_zip({"n.txt": NOTE}, zipfile.ZIP_LZMA), Category.UNSUPPORTED),
        (_zip({"n.txt": NOTE}, zipfile.ZIP_STORED).replace(b"L4-L5", b"L5-L4"), Category.UNREADABLE),
        (_patched(_zip({"n.txt": NOTE}, zipfile.ZIP_STORED), method=8), Category.UNREADABLE),
    ],
)
def test_a_member_that_cannot_be_had_is_a_failure_and_the_others_are_read(
    data: bytes, category: Category, unpacked: Unpacking
) -> None:
    found = unpacked(_zip({"bad.zip": data, "good.txt": b"good"}))
    assert _said(found) == [(category, "a.zip/bad.zip/n.txt")]
    assert list(_held(found)) == ["a.zip/good.txt"]


def test_a_link_in_an_archive_is_a_failure(unpacked: Unpacking) -> None:
    out, link = io.BytesIO(), zipfile.ZipInfo("chart.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert _said(unpacked(out.getvalue())) == [(Category.UNSUPPORTED, "a.zip/chart.txt")]


@pytest.mark.parametrize("make", [_zip, _streamed])
def test_of_an_archive_cut_short_the_whole_members_are_read(
    make: Callable[[dict[str, bytes]], bytes], unpacked: Unpacking
) -> None:
    data = make({"a.txt": b"first", "b.txt": NOTE, "c.txt": b"third" * 50})
    found = unpacked(data[: data.index(b"c.txt") + 9])
    assert _held(found) == {"a.zip/a.txt": b"first", "a.zip/b.txt": NOTE}
    assert _said(found) == [(Category.UNREADABLE, "a.zip/c.txt"), (Category.UNREADABLE, "a.zip")]
    assert _held(unpacked(make({"a.txt": b"", "b.txt": NOTE}))) == {"a.zip/b.txt": NOTE}


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(9)])
def test_an_archive_that_holds_nothing_is_a_failure(data: bytes, unpacked: Unpacking) -> None:
    found = unpacked(data)
    assert (found.sources, len(found.failures)) == ((), 1)


def _lying(data: bytes, size: int) -> bytes:
    """The archive with the unpacked size of its only member stated otherwise."""
    out = bytearray(data)
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = out.index(sign) + at
        out[start : start + 4] = struct.pack("<I", size)
    return bytes(out)


SMALL = Limits(max_file_bytes=1_000_000, max_unpacked_bytes=3_000_000, max_members=20, max_nesting=3)


@pytest.mark.parametrize("stated", [2_000_000, 5])
def test_the_size_of_a_member_is_counted_and_not_believed(stated: int, unpacked: Unpacking) -> None:
    data = _zip({"zeros": _lying(_zip({"n.txt": bytes(2_000_000)}), stated), "good.txt": b"good"})
    found = unpacked(data, limits=SMALL)
    assert _said(found) == [(Category.TOO_LARGE, "a.zip/zeros/n.txt")]
    assert list(_held(found)) == ["a.zip/good.txt"]


def test_all_that_one_file_unpacks_to_is_counted_together(unpacked: Unpacking) -> None:
    bombs = _zip({f"{n}.txt": bytes([n]) * 900_000 for n in range(9)})
    found = unpacked(bombs, _zip({"next.txt": b"next"}), names=("a.zip", "b.zip"), limits=SMALL)
    assert [source.name for source in found.sources] == ["a.zip/0.txt", "a.zip/1.txt", "a.zip/2.txt", "b.zip/next.txt"]
    assert _said(found) == [(Category.TOO_LARGE, "a.zip/3.txt"), (Category.TOO_LARGE, "a.zip")]


def test_a_member_that_packs_as_no_document_does_is_refused(unpacked: Unpacking) -> None:
    found = unpacked(_zip({"zeros": bytes(12_000_000)}), limits=Limits(max_ratio=500))
    assert _said(found) == [(Category.TOO_LARGE, "a.zip/zeros")]


def test_members_are_counted_at_every_depth(unpacked: Unpacking) -> None:
    inner = {f"{n}.zip": _zip({f"{m}.txt": b"%d %d" % (n, m) for m in range(9)}) for n in range(9)}
    found = unpacked(_zip(inner), limits=SMALL)
    assert len(found.sources) == 18
    assert _said(found) == [(Category.TOO_LARGE, "a.zip")]


def test_containers_one_in_another_end_at_the_limit(unpacked: Unpacking) -> None:
    data = _zip({"n.txt": NOTE})
    for depth in range(5):
        data = _zip({f"{depth}.zip": data, f"{depth}.txt": b"%d" % depth})
    found = unpacked(data, limits=SMALL)
    assert list(_held(found)) == ["a.zip/4.zip/3.zip/2.txt", "a.zip/4.zip/3.txt", "a.zip/4.txt"]
    assert _said(found) == [(Category.TOO_LARGE, "a.zip/4.zip/3.zip/2.zip")]
    assert "APPEALWRIGHT_MAX_NESTING" in found.failures[0].message


def test_a_directory_of_more_entries_than_memory_is_refused(unpacked: Unpacking) -> None:
    found = unpacked(b"PK\x05\x06" + b"PK\x01\x02" * 100_001)
    assert _said(found) == [(Category.TOO_LARGE, "a.zip")]


def test_a_member_whose_container_has_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(_zip({"n.txt": NOTE}))
    (source,) = unpack(find_files([path])[0], Limits()).sources
    for data in (_zip({"n.txt": b"other"}), b"no archive", b"PK\x03\x04", _zip({".x": b""})):
        path.write_bytes(data)
        (result,) = read_all([source], Limits()).results
        assert [(f.category, f.place) for f in result.failures] in (
            [(Category.UNREADABLE, "a.zip/n.txt")],
            [(Category.EMPTY, "a.zip/n.txt")],
        )


def test_the_pages_of_a_member_can_be_shown(
    pdf: Callable[..., bytes], lines: Callable[[Canvas], None], unpacked: Unpacking
) -> None:
    found = unpacked(_zip({"chart.pdf": pdf(lines)}))
    (result,) = read_all(found.sources, Limits()).results
    assert result.document is not None
    assert (result.document.file, result.document.sha256) == ("a.zip/chart.pdf", found.sources[0].sha256)
    image = page_image(found.sources[0], result.document, result.document.pages[0])
    assert image is not None
    assert image.startswith(b"\xff\xd8")


def test_files_that_are_no_containers_pass_through_unopened(tmp_path: Path) -> None:
    gone = SourceFile(path=tmp_path / "gone", name="gone", sha256="", size=0)
    (tmp_path / "big.zip").write_bytes(_zip({"n.txt": NOTE}) + bytes(2_000_000))
    sources = (gone, *find_files([tmp_path / "big.zip"]))
    assert merged([unpack(source, SMALL) for source in sources]) == Unpacked(sources=sources)


SAMPLE = _zip({"a.txt": NOTE * 20, "b/c.zip": _zip({"d.txt": NOTE}), "e": b"stored"}) + b"tail"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.binary(min_size=1, max_size=6)), max_size=6),
    end=st.integers(4, 2 * len(SAMPLE)),
)
def test_an_archive_with_changed_bytes_is_unpacked_or_refused(
    changes: list[tuple[int, bytes]], end: int, unpacked: Unpacking
) -> None:
    data = bytearray(SAMPLE)
    for at, change in changes:
        data[at : at + len(change)] = change
    found = unpacked(bytes(data[:end]), limits=SMALL)
    assert found.sources or found.failures
    assert set(_held(found)) <= {source.name for source in found.sources}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04", b"MIME-Version: 1", b"0\x82"]),
    rest=st.binary(max_size=300),
)
def test_bytes_of_any_kind_are_unpacked_or_refused(start: bytes, rest: bytes, unpacked: Unpacking) -> None:
    found = unpacked(start + rest, limits=SMALL)
    assert found.sources or found.failures
