"""Outlook messages: the text in whichever form it is kept, what is attached, and broken files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest import Limits, find_files
from pipeline.ingest.mail.lzfu import decompress
from pipeline.ingest.sources import read_bytes
from pipeline.ingest.unpack import Unpacked, unpack
from schemas.case import Category
from tests.ingest.outlook_maker import Tree, attachment, compound, message

Unpacking = Callable[[bytes], Unpacked]
SUBJECT, BODY, HTML, RTF, TO, SENDER, ADDRESS, TRANSPORT = 0x37, 0x1000, 0x1013, 0x1009, 0xE04, 0xC1A, 0x5D01, 0x7D
SENT, CODEPAGE, MESSAGE_CODEPAGE = 0x39, 0x3FDE, 0x3FFD
HEADERS = {SUBJECT: "Notice W123", TO: "Appeals", SENDER: "Dana Ortiz", ADDRESS: "dana@plan.example"}
TICKS = 134_179_812_000_000_000  # 2026-03-14 17:00 UTC
# Two examples of [MS-OXRTFCP] 3.1 and 3.2.
RTF_PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
RTF_RUNS = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
RTF_PLAIN = bytes.fromhex("1f00000012000000") + b"MELA" + bytes(4) + rb"{\rtf1 Denied.}" + b"\r\n\0"


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacking:
    """Writes a file and unpacks it."""

    def unpacking(data: bytes) -> Unpacked:
        (tmp_path / "a.msg").write_bytes(data)
        return unpack(find_files([tmp_path / "a.msg"])[0], Limits())

    return unpacking


def _held(found: Unpacked) -> dict[str, bytes]:
    return {source.name: read_bytes(source, Limits()) for source in found.sources if source.size}


def _said(found: Unpacked) -> list[tuple[Category, str]]:
    return [(failure.category, failure.place) for failure in found.failures]


def test_a_message_is_its_own_text_and_then_what_is_attached(unpacked: Unpacking) -> None:
    tree = message(
        {**HEADERS, BODY: "The request\r\nis denied."},
        attachments=(attachment("scan.pdf", b"%PDF-" * 2000), attachment("..\\note.txt", b"Lumbar MRI")),
        numbers={SENT: TICKS},
    )
    found = unpacked(compound(tree))
    text = b"From: Dana Ortiz <dana@plan.example>\nTo: Appeals\nDate: Sat, 14 Mar 2026 17:00:00 +0000\n"
    assert _held(found) == {
        "a.msg": text + b"Subject: Notice W123\n\nThe request\nis denied.",
        "a.msg/scan.pdf": b"%PDF-" * 2000,
        "a.msg/note.txt": b"Lumbar MRI",
    }
    assert [source.inside for source in found.sources] == [(0,), (1,), (2,)]
    assert _said(found) == []


def test_headers_of_the_way_it_came_go_before_outlooks_own(unpacked: Unpacking) -> None:
    way = "Received: x\r\nFrom: =?utf-8?Q?Dana?= <d@x.example>\r\nDate: Sat, 14 Mar 2026 10:00:00 -0700\r\n\r\n"
    (data,) = _held(unpacked(compound(message({**HEADERS, TRANSPORT: way, BODY: "x"})))).values()
    assert data.startswith(b"From: Dana <d@x.example>\nTo: Appeals\nDate: Sat, 14 Mar 2026 10:00:00 -0700\nSubject: N")


def test_a_message_within_is_taken_apart_in_its_place(unpacked: Unpacking) -> None:
    deep = message({SUBJECT: "Deep", BODY: "deep"}, header=24)
    within = (attachment("scan.pdf", b"%PDF-"), attachment("", inner=deep))
    inner = message({SUBJECT: "Inner", BODY: "inner"}, attachments=within, header=24)
    outer = message({SUBJECT: "Outer", BODY: "outer"}, attachments=(attachment("Inner.msg", inner=inner),))
    assert _held(unpacked(compound(outer))) == {
        "a.msg": b"Subject: Outer\n\nouter",
        "a.msg/Inner.msg": b"Subject: Inner\n\ninner",
        "a.msg/Inner.msg/scan.pdf": b"%PDF-",
        "a.msg/Inner.msg/attachment 2.msg": b"Subject: Deep\n\ndeep",
    }


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (message({BODY: b"Caf\xe9"}, numbers={MESSAGE_CODEPAGE: 1252}), "Café"),
        (message({BODY: "Café".encode()}, numbers={MESSAGE_CODEPAGE: 65001}), "Café"),
        (message({BODY: b"Caf\xe9"}, numbers={MESSAGE_CODEPAGE: 99999}), "Café"),
        (message({}, {HTML: b"<body>Caf\xe9</body>"}, numbers={CODEPAGE: 1252}), "Caf&#233;"),
        (message({HTML: "<body>Café</body>"}), "Caf&#233;"),
        (message({BODY: " "}, {HTML: b"<body>Denied</body>"}), "Denied"),
        (message({BODY: "plain words"}, {HTML: b"<body>web words</body>"}), "plain words"),
    ],
)
def test_the_text_is_read_in_whichever_form_it_is_kept(tree: Tree, expected: str, unpacked: Unpacking) -> None:
    (data,) = _held(unpacked(compound(tree))).values()
    assert expected in data.decode()


@pytest.mark.parametrize(
    ("packed", "expected"),
    [
        (RTF_PACKED, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
        (RTF_RUNS, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
        (RTF_PLAIN, b"{\\rtf1 Denied.}\r\n\0"),
    ],
)
def test_text_kept_as_rtf_alone_is_a_file_beside_the_headers(
    packed: bytes, expected: bytes, unpacked: Unpacking
) -> None:
    found = unpacked(compound(message(HEADERS, {RTF: packed})))
    assert list(_held(found)) == ["a.msg", "a.msg/body.rtf"]
    assert _held(found)["a.msg/body.rtf"] == expected


@given(st.binary(max_size=80))
def test_packed_rtf_of_any_bytes_gives_no_more_than_it_can(data: bytes) -> None:
    out = decompress(b"\0\0\0\0\xff\xff\xff\xffLZFu\0\0\0\0" + data)
    assert out is not None
    assert len(out) <= 17 * len(data)


def test_what_a_message_only_links_to_is_a_failure(unpacked: Unpacking) -> None:
    found = unpacked(compound(message(HEADERS, attachments=(attachment("linked.pdf"),))))
    assert _said(found) == [(Category.UNSUPPORTED, "a.msg/linked.pdf")]


def test_a_small_picture_shown_in_the_text_is_passed_over(unpacked: Unpacking) -> None:
    dot = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
    shown, other = attachment("logo.gif", dot, cid="logo@x"), attachment("dot.gif", dot + b"\0", cid="dot@x")
    tree = message({BODY: "See"}, {HTML: b'<img src="cid:logo@x">See'}, attachments=(shown, other))
    assert list(_held(unpacked(compound(tree)))) == ["a.msg", "a.msg/dot.gif"]


def test_a_signed_message_is_read_from_its_one_attachment(unpacked: Unpacking) -> None:
    mail = b"Content-Type: multipart/signed; boundary=b\n\n--b\n\nThe request is denied.\n--b\n"
    mail += b"Content-Type: application/pkcs7-signature\n\nsign\n--b--\n"
    found = unpacked(compound(message(HEADERS, attachments=(attachment("smime.p7m", mail),))))
    assert b"The request is denied." in _held(found)["a.msg/smime.p7m"]


def test_an_old_office_file_is_no_message(unpacked: Unpacking) -> None:
    data = compound({"WordDocument": bytes(5000), "1Table": b"x"})
    assert _held(unpacked(data)) == {"a.msg": data}


SAMPLE = compound(
    message(
        {**HEADERS, BODY: "The request is denied.", TRANSPORT: "From: =?utf-8?Q?x?=\r\n"},
        {HTML: b"<img src='cid:a'>", RTF: RTF_PACKED},
        (
            attachment("a.png", b"\x89PNG" + bytes(5000), cid="a"),
            attachment("i", inner=message({BODY: "in"}, header=24)),
        ),
        {SENT: TICKS, CODEPAGE: 1252},
    )
)


def _directory() -> int:
    return SAMPLE.index("Root Entry".encode("utf-16-le"))


@pytest.mark.parametrize("field", [28, 30, 32, 40, 44, 48, 56, 60, 64, 68, 72, 76])
@pytest.mark.parametrize("value", [0, 1, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])
def test_a_header_that_lies_is_read_or_refused(field: int, value: int, unpacked: Unpacking) -> None:
    found = unpacked(SAMPLE[:field] + value.to_bytes(4, "little") + SAMPLE[field + 4 :])
    assert found.sources or found.failures


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.one_of(
                st.integers(0, 700),
                st.integers(0, len(SAMPLE) - 1),
                st.builds(  # the links and sizes in the directory
                    lambda entry, at: _directory() + entry * 128 + at,
                    st.integers(0, 20),
                    st.sampled_from([66, 68, 72, 76, 116, 120]),
                ),
            ),
            st.one_of(
                st.binary(min_size=1, max_size=4),
                st.integers(0, 40).map(lambda n: n.to_bytes(4, "little")),
                st.just(b"\xff\xff\xff\x7f"),
            ),
        ),
        max_size=5,
    ),
    end=st.integers(8, 2 * len(SAMPLE)),
)
def test_a_message_with_changed_bytes_is_unpacked_or_refused(
    changes: list[tuple[int, bytes]], end: int, unpacked: Unpacking
) -> None:
    data = bytearray(SAMPLE)
    for at, change in changes:
        data[at : at + len(change)] = change
    found = unpacked(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(data[8:end]))
    assert found.sources or found.failures
    assert set(_held(found)) <= {source.name for source in found.sources}
