"""Mail as programs write it and as gateways break it: the text of a message, and what is attached."""

import base64
import io
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.ingest import Limits, find_files, read_all
from pipeline.ingest.sources import read_bytes
from pipeline.ingest.unpack import Unpacked, unpack
from schemas.case import Category

Unpacking = Callable[..., Unpacked]


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacking:
    """Writes a file and unpacks it."""

    def unpacking(data: bytes, name: str = "letter.eml", limits: Limits | None = None) -> Unpacked:
        (tmp_path / name).write_bytes(data)
        return unpack(find_files([tmp_path / name])[0], limits or Limits())

    return unpacking


def _held(found: Unpacked) -> dict[str, bytes]:
    """The bytes of each source that has any, had again from the file given."""
    return {source.name: read_bytes(source, Limits()) for source in found.sources if source.size}


def _mail(text: str | None = "The request is denied.", web: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Dana Ortiz <dana@plan.example>"
    mail["To"] = "appeals@clinic.example"
    mail["Date"] = "Sat, 14 Mar 2026 10:00:00 -0700"
    mail["Subject"] = "Notice W123"
    mail["Message-ID"] = "<1@plan.example>"
    if text is not None:
        mail.set_content(text)
    if web is not None and text is not None:
        mail.add_alternative(web, subtype="html")
    elif web is not None:
        mail.set_content(web, subtype="html")
    return mail


def _picture(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).save(out, kind)
    return out.getvalue()


HEADERS = b"From: Dana Ortiz <dana@plan.example>\nTo: appeals@clinic.example\nDate: Sat, 14 Mar 2026 10:00:00 -0700\n"
HEADERS += b"Subject: Notice W123\n"


def test_a_mail_is_its_own_text_and_then_what_is_attached(unpacked: Unpacking) -> None:
    mail = _mail()
    mail.add_attachment(b"%PDF-1.7 scan", maintype="application", subtype="pdf", filename="scan.pdf")
    mail.add_attachment("Lumbar MRI", filename="note.txt")
    found = unpacked(mail.as_bytes())
    assert _held(found) == {
        "letter.eml": HEADERS + b"\nThe request is denied.\n",
        "letter.eml/scan.pdf": b"%PDF-1.7 scan",
        "letter.eml/note.txt": b"Lumbar MRI\n",
    }
    assert [source.inside for source in found.sources] == [(0,), (1,), (2,)]
    assert (found.failures, found.warnings) == ((), ())


def test_what_a_mail_holds_is_read_under_its_names(unpacked: Unpacking) -> None:
    mail = _mail()
    mail.add_attachment("Lumbar MRI", filename="note.txt")
    results = read_all(unpacked(mail.as_bytes()).sources, Limits()).results
    assert [result.document and result.document.file for result in results] == ["letter.eml", "letter.eml/note.txt"]
    assert results[0].document is not None
    assert "Subject: Notice W123\n\nThe request is denied." in results[0].document.pages[0].text


def test_of_two_versions_the_plain_one_is_read(unpacked: Unpacking) -> None:
    mail = _mail("The request is denied.", "<p>The <b>request</b> is denied.</p>")
    assert list(_held(unpacked(mail.as_bytes())).values()) == [HEADERS + b"\nThe request is denied.\n"]


@pytest.mark.parametrize("plain", [" \n", "Your program cannot show this mail."])
def test_a_plain_version_that_says_next_to_nothing_gives_way_to_the_web_version(
    plain: str, unpacked: Unpacking
) -> None:
    page = "<html><head><style>p {a b c d}</style></head><body class='x'><p>" + "The request is denied. " * 9
    (data,) = _held(unpacked(_mail(plain, page).as_bytes())).values()
    assert data.startswith(b"<!doctype html>")
    assert b"<body class='x'><p>From: Dana Ortiz &lt;dana@plan.example&gt;<br>To: " in data
    assert b"Subject: Notice W123</p>\n<p>The request" in data


def test_a_web_page_is_ascii_whatever_character_set_it_states(unpacked: Unpacking) -> None:
    page = '<meta charset="iso-8859-1"><p>Café “denied”</p>'
    (data,) = _held(unpacked(_mail(None, page).as_bytes())).values()
    assert data.isascii()
    assert "Caf&#233; &#8220;denied&#8221;" in data.decode()


def test_text_before_and_after_an_inline_file_is_one_text(unpacked: Unpacking) -> None:
    mail = _mail("First.")
    mail.make_mixed()
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", disposition="inline")
    mail.add_attachment("Last.", disposition="inline")
    assert _held(unpacked(mail.as_bytes())) == {
        "letter.eml": HEADERS + b"\nFirst.\n\nLast.\n",
        "letter.eml/attachment 1.pdf": b"%PDF-",
    }


def test_a_small_picture_shown_in_the_text_is_passed_over_and_a_page_is_not(unpacked: Unpacking) -> None:
    mail = _mail("See below.", '<img src="cid:logo@x"> <img src=cid:page@x> See below.')
    web = mail.get_payload()[1]
    for cid, data in (("logo@x", _picture(90, 40)), ("page@x", _picture(900, 700)), ("other@x", _picture(91, 40))):
        web.add_related(data, maintype="image", subtype="png", cid=f"<{cid}>", filename=f"{cid[:-2]}.png")
    found = unpacked(mail.as_bytes())
    assert list(_held(found)) == ["letter.eml", "letter.eml/page.png", "letter.eml/other.png"]
    assert found.failures == ()


def test_a_mail_in_a_mail_is_opened_in_its_place(unpacked: Unpacking) -> None:
    inner = _mail("Forwarded.")
    inner.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="scan.pdf")
    outer = _mail("See attached.")
    outer.add_attachment(inner)
    outer.add_attachment("Last.", filename="z.txt")
    found = unpacked(outer.as_bytes())
    assert _held(found) == {
        "letter.eml": HEADERS + b"\nSee attached.\n",
        "letter.eml/attachment 1.eml": HEADERS + b"\nForwarded.\n",
        "letter.eml/attachment 1.eml/scan.pdf": b"%PDF-",
        "letter.eml/z.txt": b"Last.\n",
    }
    assert [source.inside for source in found.sources] == [(0,), (1, 0), (1, 1), (2,)]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="=?utf-8?B?wqcgc2Nhbi5wZGY=?="', "§ scan.pdf"),
        ("filename*=utf-8''%C2%A7%20scan.pdf", "§ scan.pdf"),
        ("filename*0=\"a long\"; filename*1=' name.pdf'", "a long' name.pdf'"),
        ('filename="§ scan.pdf"', "§ scan.pdf"),
        (r'filename="C:\\Users\\x\\scan.pdf"', "scan.pdf"),
        ('filename="../../etc/scan.pdf"', "scan.pdf"),
        ('filename="a\x01b\u202efdp.pdf"', "abfdp.pdf"),
        ('filename=".."', "attachment 1.pdf"),
        ("", "attachment 1.pdf"),
        ("filename*=nonsense''%FF.pdf", "ÿ.pdf"),
    ],
)
def test_an_attachment_has_the_name_its_sender_gave_made_harmless(
    disposition: str, name: str, unpacked: Unpacking
) -> None:
    part = f"Content-Type: application/pdf\nContent-Disposition: attachment; {disposition}\n\n%PDF-\n".encode()
    data = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + part + b"--b--\n"
    assert list(_held(unpacked(data))) == ["letter.eml", f"letter.eml/{name}"]


def test_two_attachments_of_one_name_are_told_apart(unpacked: Unpacking) -> None:
    mail = _mail()
    for text in ("one", "two"):
        mail.add_attachment(text, filename="scan.txt")
    assert list(_held(unpacked(mail.as_bytes()))) == [
        "letter.eml",
        "letter.eml/scan.txt",
        "letter.eml/scan (2).txt",
    ]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (b"Subject: =?utf-8?Q?Caf=C3=A9?= =?utf-8?Q?_denied?=", "Subject: Café denied"),
        (b"Subject: =?nonsense?Q?Caf=E9?=", "Subject: Café"),
        (b"Subject: =?utf-8?B?a?= left", "Subject: =?utf-8?B?a?= left"),
        ("Subject: Café".encode(), "Subject: Café"),
        ("Subject: Café".encode("cp1252"), "Subject: Café"),
        (b"Subject: folded\r\n  line", "Subject: folded line"),
        (b"subject: first\nSubject: second", "Subject: first"),
        (b"Subject: " + b"=?a?q?" * 50_000, "Subject: =?a?q?"),
    ],
)
def test_headers_are_read_however_they_are_coded(headers: bytes, expected: str, unpacked: Unpacking) -> None:
    (data,) = _held(unpacked(b"Message-ID: <1@x>\r\n" + headers + b"\r\n\r\nText")).values()
    assert data.decode().startswith(expected)


@pytest.mark.parametrize(
    ("charset", "coded"),
    [
        ("utf-8", "Café".encode()),
        ("us-ascii", "Café".encode()),
        ("us-ascii", "Café".encode("cp1252")),
        ("iso-8859-1", "Café".encode("cp1252")),
        ("nonsense", "Café".encode()),
        ("punycode", "Café".encode()),
        ("hex", "Café".encode()),
        ("utf-16", "Café".encode("utf-16")),
    ],
)
def test_text_is_read_though_its_character_set_is_wrong(charset: str, coded: bytes, unpacked: Unpacking) -> None:
    head = f"MIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
    (data,) = _held(unpacked(head.encode() + base64.b64encode(coded))).values()
    assert data.decode().strip() == "Café"


@pytest.mark.parametrize("spoilt", ["{}", "{}===", "{}A", "\n {} \n", "{}!!", "*{}"])
def test_spoilt_base64_gives_what_it_holds(spoilt: str, unpacked: Unpacking) -> None:
    head = "MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n"
    coded = spoilt.format(base64.b64encode(b"Denied on 03/14/2026").decode().rstrip("="))
    (data,) = _held(unpacked((head + coded).encode())).values()
    assert b"Denied on 03/14/202" in data


def test_a_mail_that_ends_before_its_parts_do_is_read_and_reported(unpacked: Unpacking) -> None:
    mail = _mail()
    mail.add_attachment("Lumbar MRI", filename="note.txt")
    whole = mail.as_bytes()
    found = unpacked(whole[: whole.rindex(b"--===")])
    assert list(_held(found)) == ["letter.eml", "letter.eml/note.txt"]
    assert [(f.category, f.place) for f in found.failures] == [(Category.UNREADABLE, "letter.eml")]


@pytest.mark.parametrize("stated", ["", "; boundary=other"])
def test_parts_with_a_boundary_unstated_or_wrong_are_told_by_the_line_between_them(
    stated: str, unpacked: Unpacking
) -> None:
    head = f"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed{stated}\n\n".encode()
    parts = b"--b=1\n\nText\n--b=1\nContent-Type: application/pdf; name=scan.pdf\n\n%PDF-\n--b=1--\n"
    found = unpacked(head + parts)
    assert _held(found) == {"letter.eml": b"Subject: x\n\nText", "letter.eml/scan.pdf": b"%PDF-"}
    assert [(f.category, f.place) for f in found.failures] == [(Category.UNREADABLE, "letter.eml")]


CMS = b"0\x82\x05\x07\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03" + bytes(60)


@pytest.mark.parametrize(
    ("data", "kind", "category"),
    [
        (CMS, "pkcs7-mime", Category.ENCRYPTED),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQ\n", "octet-stream", Category.ENCRYPTED),
        (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(9), "x-microsoft-rpmsg-message", Category.ENCRYPTED),
        (b"\x78\x9f\x3e\x22" + bytes(9), "ms-tnef", Category.UNSUPPORTED),
    ],
)
def test_what_is_locked_or_wrapped_is_a_failure_with_its_place(
    data: bytes, kind: str, category: Category, unpacked: Unpacking
) -> None:
    mail = _mail()
    mail.add_attachment(data, maintype="application", subtype=kind, filename="x.bin")
    found = unpacked(mail.as_bytes())
    assert [(f.category, f.place) for f in found.failures] == [(category, "letter.eml/x.bin")]
    assert [source.name for source in found.sources] == ["letter.eml"]


def test_a_mail_encrypted_in_its_text_is_a_failure(unpacked: Unpacking) -> None:
    found = unpacked(_mail("-----BEGIN PGP MESSAGE-----\n\nhQ").as_bytes())
    assert [(f.category, f.place) for f in found.failures] == [(Category.ENCRYPTED, "letter.eml")]


def test_a_signed_mail_is_read_without_its_signature(unpacked: Unpacking) -> None:
    mail = _mail()
    mail.add_attachment(CMS, maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    found = unpacked(mail.as_bytes())
    assert ([source.name for source in found.sources], found.failures) == (["letter.eml"], ())


def test_a_mail_without_words_is_still_a_document(unpacked: Unpacking) -> None:
    assert list(_held(unpacked(_mail("").as_bytes())).values()) == [HEADERS]


def test_a_mail_that_says_nothing_at_all_is_what_is_attached(unpacked: Unpacking) -> None:
    data = b"MIME-Version: 1.0\nContent-Type: application/pdf; name=scan.pdf\n\n%PDF-"
    assert list(_held(unpacked(data))) == ["letter.eml/scan.pdf"]


def test_a_mailbox_is_its_messages(unpacked: Unpacking) -> None:
    one, two = (b"From dana@x Sat Mar 14 10:00:00 2026\n" + _mail(text).as_bytes() for text in ("One.", "Two."))
    found = unpacked(one + b">From here on\n\n" + two, "inbox")
    assert list(_held(found)) == ["inbox/message 1.eml", "inbox/message 2.eml"]
    assert b"One.\nFrom here on" in _held(found)["inbox/message 1.eml"]
    assert [source.name for source in unpacked(one, "one.eml").sources] == ["one.eml"]


@pytest.mark.parametrize(
    "text",
    [
        "Date: March 14, 2026\nTo: Clinic\nFrom: Plan\nSubject: Denial\n\nThe request is denied.",
        "From the desk of Dr. Ortiz\nMessage-ID: none",
        "The request is denied.\nMIME-Version: 1.0\n",
    ],
)
def test_a_letter_that_looks_like_mail_to_a_reader_is_no_mail(text: str, unpacked: Unpacking) -> None:
    assert _held(unpacked(text.encode(), "letter.txt")) == {"letter.txt": text.encode()}


def test_a_mail_in_a_mail_in_base64_is_opened(unpacked: Unpacking) -> None:
    head = b"MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    found = unpacked(head + base64.encodebytes(_mail("Within.").as_bytes()))
    assert _held(found)["letter.eml/attachment 1.eml"] == HEADERS + b"\nWithin.\n"


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain; charset=utf-8", "multipart/mixed", "multipart/mixed; boundary=x"]
)
def test_a_mail_in_a_mail_keeps_its_8_bit_characters(kind: str, unpacked: Unpacking) -> None:
    data = f"MIME-Version: 1.0\nContent-Type: message/rfc822\n\nSubject: Café\nContent-Type: {kind}\n\nné 1958"
    found = unpacked(data.encode())
    assert any("né 1958" in held.decode() for held in _held(found).values())


def _nested(levels: int) -> bytes:
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(levels))
    return b"MIME-Version: 1.0\n" + opening.encode() + b"\ntext\n"


@pytest.mark.parametrize(
    "data",
    [
        _nested(3000),
        b"Content-Type: multipart/mixed; boundary=b\n" + b"\n--b\n" * 20_001,
        b"MIME-Version: 1.0\nContent-Type: text/plain" + b';"' * 100_000 + b"\n\ntext",
        b"MIME-Version: 1.0\nContent-Type: text/plain;\n " + b'a="\n ' * 100_000 + b"\n\ntext",
    ],
)
def test_a_mail_made_to_wear_the_reader_out_is_a_failure(data: bytes, unpacked: Unpacking) -> None:
    found = unpacked(data)
    (failure,) = found.failures
    assert failure.category in (Category.UNREADABLE, Category.TOO_LARGE)
    assert failure.place == "letter.eml"
    assert found.sources == ()


def _sample() -> bytes:
    inner = _mail("Forwarded.", "<p>Forwarded.</p>")
    inner.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="§.pdf")
    outer = _mail("See", '<img src="cid:a"> See')
    outer.get_payload()[1].add_related(_picture(9, 9), maintype="image", subtype="png", cid="<a>")
    outer.add_attachment(inner)
    return outer.as_bytes()


SAMPLE = _sample()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(SAMPLE)),
    cut=st.integers(0, 60),
    change=st.one_of(
        st.binary(max_size=30),
        st.sampled_from([b"\n\n", b"boundary=", b"=?utf-8?b?", b"charset*=x''%", b"--", b"message/rfc822", b"\0"]),
    ),
)
def test_a_mail_with_changed_bytes_is_unpacked_or_refused(
    at: int, cut: int, change: bytes, unpacked: Unpacking
) -> None:
    found = unpacked(SAMPLE[:at] + change + SAMPLE[at + cut :])
    assert found.sources or found.failures
    assert set(_held(found)) <= {source.name for source in found.sources}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.sampled_from(
            [
                b"MIME-Version: 1.0",
                b"Content-Type: multipart/alternative; boundary=b",
                b"Content-Type: multipart/mixed; boundary=b",
                b"Content-Type: message/rfc822",
                b"Content-Type: text/html; charset*0*=utf-8'",
                b"Content-Type: message/delivery-status",
                b"Content-Transfer-Encoding: base64",
                b"Content-Transfer-Encoding: x-uuencode",
                b"Content-Disposition: attachment; filename*1*=a; filename=",
                b"begin 644 x",
                b"--b",
                b"--b--",
                b"",
                b"QUJD",
                b"\xff\x00",
            ]
        ),
        max_size=20,
    )
)
def test_lines_of_mail_in_any_order_are_unpacked_or_refused(lines: list[bytes], unpacked: Unpacking) -> None:
    found = unpacked(b"Message-ID: <1>\n" + b"\n".join(lines))
    assert found.sources or found.failures
    assert set(_held(found)) <= {source.name for source in found.sources}
