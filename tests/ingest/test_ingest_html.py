from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, ReadResult
from pipeline.ingest._kind import open_file
from pipeline.ingest._opened import Reading
from pipeline.ingest.markup.html import open_html
from schemas.case import Category

Given = Callable[..., ReadResult]


def _page(body: str, head: str = "") -> Reading:
    opened = open_file("page", f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), Limits())
    assert opened.count == 1
    reading = opened.read(1)
    assert isinstance(reading, Reading)
    return reading


def _kept_apart(reading: Reading) -> list[str]:
    return [mark.value for mark in reading.marks]


def _rows(reading: Reading) -> list[list[list[str]]]:
    return [[[reading.text[a:b] for a, b in row] for row in table.rows] for table in reading.tables]


def test_headings_and_paragraphs_stand_apart_and_lines_of_divs_do_not() -> None:
    page = _page(
        "<h1>Notice of\n denial</h1><p>Dear Ms. Lindqvist,<br>your <b>claim</b></p><div>Line 1</div><div>Line 2</div>"
    )
    assert page.text == "Notice of denial\n\nDear Ms. Lindqvist,\nyour claim\n\nLine 1\nLine 2\n"


def test_an_empty_line_of_any_making_is_space() -> None:
    page = _page("<div>a</div><div><br></div><div>b</div><div>&nbsp;</div><div>c<br><br>d</div>")
    assert page.text == "a\n\nb\n\nc\n\nd\n"


def test_paragraphs_of_outlook_are_lines() -> None:
    page = _page("<p class=MsoNormal>a</p><p class=MsoNormal>b</p><p style='margin:0'>c</p>")
    assert page.text == "a\nb\nc\n"


def test_rows_stand_side_by_side_and_their_cells_are_known() -> None:
    page = _page(
        "<table><tr><th>Date<th>Score<th>By</tr><tr><td rowspan=2>May 4<td>58<td></tr><tr><td>61<td>AB</table>"
    )
    assert page.text == "Date   Score   By\nMay 4   58\n61   AB\n"
    assert _rows(page) == [[["Date", "Score", "By"], ["May 4", "58", ""], ["", "61", "AB"]]]


def test_tables_that_only_lay_out_are_read_cell_by_cell() -> None:
    prose = "The request was reviewed by a physician who specialises in orthopedic surgery and by the director."
    page = _page(f"<table><tr><td><p>{prose}</p><p>It is denied.</p></td><td>Call us.<br>Today.</td></tr></table>")
    assert page.text == f"{prose}\n\nIt is denied.\n\nCall us.\nToday.\n"
    nested = _page("<table><tr><td><table><tr><td>Claim<td>77</tr></table></td><td>Aside</td></tr></table>")
    assert nested.text == "Claim   77\n\nAside\n"


def test_lists_carry_their_labels() -> None:
    page = _page(
        "<ul><li>pain<ol type=a start=3><li>at night<li>at rest</ol><li>swelling</ul><ol><li value=4>four</ol>"
    )
    assert page.text == "• pain\nc. at night\nd. at rest\n• swelling\n\n4. four\n"
    assert _page("<ul style='list-style:none'><li>plain</ul>").text == "plain\n"


def test_what_is_no_text_is_left_out() -> None:
    head = "<title>Portal</title><style>p{}</style><script>var a='denied'</script>"
    assert _page("<!-- draft --><p>Shown<img alt='logo' width=9></p><noscript>No</noscript>", head).text == "Shown\n"


@pytest.mark.parametrize(
    "hidden",
    [
        "<span style='display:none'>X</span>",
        "<span style='DISPLAY: None !important'>X</span>",
        "<span style='visibility:hidden'>X</span>",
        "<span hidden>X</span>",
        "<span style='font-size:0px'>X</span>",
        "<span style='opacity:0'>X</span>",
        "<span style='mso-hide:all'>X</span>",
        "<span style='color:#ffffff'>X</span>",
        "<span style='color:rgb(255, 255, 255)'>X</span>",
        "<font color=white>X</font>",
        "<span style='background:#123456;color:#123456'>X</span>",
        "<span style='position:absolute;left:-9999px'>X</span>",
        "<div style='max-height:0;overflow:hidden'>X</div>",
        "<span class=gone>X</span>",
        "<template>X</template>",
    ],
)
def test_what_does_not_show_is_kept_apart_and_flagged(hidden: str) -> None:
    page = _page(
        f"<p>Denied. {hidden}</p>", "<style>/* a */ @media print {.x{color:red}} .gone, .b {display:none}</style>"
    )
    assert page.text == "Denied.\n"
    assert _kept_apart(page) == ["X"]
    assert [note.code for note in page.notes] == ["hidden_text"]


@pytest.mark.parametrize(
    "shown",
    [
        "<td bgcolor=#003366><font color=white>X</font></td>",
        "<td style='background:url(a.png);color:#fff'>X</td>",
        "<td style='font-size:0'><span style='font-size:13px'>X</span></td>",
        "<td style='visibility:hidden'><b style='visibility:visible'>X</b></td>",
        "<td style='background-color:rgba(0,0,0,0)'>X</td>",
    ],
)
def test_what_shows_after_all_is_read(shown: str) -> None:
    page = _page(f"<table><tr>{shown}</tr></table>")
    assert (page.text, page.marks) == ("X\n", ())


def test_struck_words_are_kept_apart() -> None:
    page = _page("<p>for <s>12</s><del>11</del><span style='text-decoration:line-through'>9</span> 10 weeks</p>")
    assert page.text == "for 10 weeks\n"
    assert [note.code for note in page.notes] == ["struck_text"]
    assert [page.text[a:b] for note in page.notes for a, b in note.ranges] == ["for 10 weeks"]


def test_raised_figures_stay_raised() -> None:
    assert _page("10<sup>2</sup> on the 1<sup>st</sup>, L<sub>4</sub>").text == "10² on the 1st, L4\n"


def test_fields_show_what_they_hold() -> None:
    page = _page(
        "<input value='W1'> <input type=checkbox checked>Yes <input type=radio>No <input type=hidden value=z>"
        "<select><option>a<option selected>b</select>"
    )
    assert page.text == "W1 ☑Yes ○No b\n"


def test_styles_part_pages_and_a_frame_is_said(read_bytes: Given) -> None:
    data = b"<html><p>one</p><div style='page-break-before: always'>two</div><iframe src=a.html></iframe></html>"
    result = read_bytes(data)
    assert result.document is not None
    assert [page.text for page in result.document.pages] == ["one\n", "two\n"]
    assert [warning.code for warning in result.warnings] == ["frame_not_read"]


@pytest.mark.parametrize(
    "data",
    [
        "<html><body>Señora</body></html>".encode(),
        "<html><head><meta charset=windows-1252></head><body>Señora</body></html>".encode("cp1252"),
        "<html><head><meta charset=windows-1252></head><body>Señora</body></html>".encode(),  # it lies
        '<html><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><body>Señora</body>'.encode(
            "cp1252"
        ),
        '<?xml version="1.0" encoding="ISO-8859-1"?><html xmlns="http://www.w3.org/1999/xhtml"><body>Señora</body></html>'.encode(
            "latin-1"
        ),
        "<html><body>Señora</body></html>".encode("utf-16"),
        "<html><body>Señora</body></html>".encode("utf-16-le"),
    ],
)
def test_the_character_set_is_found(data: bytes) -> None:
    reading = open_file("page", data, Limits()).read(1)
    assert isinstance(reading, Reading)
    assert reading.text == "Señora\n"


def test_a_mail_states_the_character_set_of_its_body() -> None:
    assert open_html("mail", "<p>é</p>".encode("cp437"), "cp437").read(1).text == "é\n"


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (b"<html><body></body></html>", Category.EMPTY),
        (b"<html><body><img src=a></body></html>", Category.UNSUPPORTED),
        (b"<html><body style='display:none'>Denied</body></html>", Category.EMPTY),
        (b"<html>" + b"<div>" * 200 + b"Denied", Category.TOO_LARGE),
        (b"<html>" + b"<div>" * 5000 + b"Denied", Category.TOO_LARGE),
        (b"<!DOCTYPE html><p>" + b"a" * 10_500_000 + b"</p>Denied", Category.TOO_LARGE),
    ],
    ids=["nothing", "a picture", "hidden", "deep", "deeper", "a long piece"],
)
def test_a_page_without_text_or_too_large_is_refused(data: bytes, category: Category, read_bytes: Given) -> None:
    assert [failure.category for failure in read_bytes(data).failures] == [category]


def test_entities_of_the_page_are_not_expanded_and_files_are_not_read() -> None:
    data = b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><body>x &a; &amp; y</body></html>'
    assert "root" not in open_html("page", data).read(1).text


def test_spans_that_ask_for_absurdly_much_cost_little() -> None:
    page = _page("<table>" + "<tr>" + "<td rowspan=1000 colspan=100>a" * 500 + "<tr><td>b" * 500 + "</table>")
    assert page.text.count("b") == 500
    assert sum(len(row) for table in page.tables for row in table.rows) < 200_000
    tall = _page("<table><tr>" + "<td>a" * 2000 + "<td>" + "b<br>" * 2000 + "</table>")
    assert sum(len(row) for table in tall.tables for row in table.rows) < 10_000


def test_as_many_elements_within_elements_as_are_allowed_are_read() -> None:
    assert _page("<ul><li>" * 70 + "deep").text.endswith("deep\n")


_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<table>",
            "<tr>",
            "<td colspan=99999>",
            "<td rowspan=999999999>",
            "</td>",
            "</table>",
            "<ul>",
            "<ol start=-1>",
        ),
        *(
            "<li value=99999999999>",
            "<sup>",
            "text ",
            "&nbsp;",
            "<div style='",
            "color:",
            "#fff;",
            "'>",
            "<style>",
            ".a{",
            "}",
            "</style>",
        ),
        *(
            "<br>",
            "<pre>",
            "\f",
            "\0",
            "<!--",
            "-->",
            "<select>",
            "<option>",
            "<s>",
            "<template>",
            "&#xD800;",
            "<hr style='page-break-after:always'>",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=5), max_size=40).map("".join), st.binary(max_size=20))
def test_any_page_is_read_or_refused(body: str, junk: bytes) -> None:
    data = b"<html>" + body.encode("utf-8", "replace") + junk
    try:
        opened = open_file("page", data, Limits())
    except AppealwrightError:
        return
    for number in range(1, opened.count + 1):
        reading = opened.read(number)
        assert isinstance(reading, Reading)
        assert all(reading.text[word.start : word.end].strip() for word in reading.words)
        assert all(
            b <= len(reading.text) and (b == 0 or reading.text[a:b].strip())
            for t in reading.tables
            for r in t.rows
            for a, b in r
        )
