from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, ReadResult
from pipeline.ingest._kind import open_file
from pipeline.ingest._opened import Reading
from schemas.case import Category
from schemas.document import MarkKind

Given = Callable[..., ReadResult]
FONTS = rb"{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset204 Cyrillic;}{\f2\fcharset2 Symbol;}{\f3\fcharset128 Mincho;}}"


def _pages(body: bytes, head: bytes = rb"\ansi\ansicpg1252\deff0" + FONTS) -> list[Reading]:
    opened = open_file("note", rb"{\rtf1" + head + b" " + body + b"}", Limits())
    return [reading for n in range(1, opened.count + 1) if isinstance(reading := opened.read(n), Reading)]


def _text(body: bytes, head: bytes = rb"\ansi\ansicpg1252\deff0" + FONTS) -> str:
    return "".join(page.text for page in _pages(body, head))


def _notes(page: Reading) -> list[tuple[str, list[str]]]:
    return [(note.code, [page.text[a:b] for a, b in note.ranges]) for note in page.notes]


def test_paragraphs_are_lines_where_no_space_is_set_between_them() -> None:
    body = rb"Imogen Farrow, MD\par Salem\par\par\sa200 Dear Doctor:\par Text\line more\par"
    assert _text(body) == "Imogen Farrow, MD\nSalem\n\nDear Doctor:\n\nText\nmore\n"


def test_characters_come_from_code_pages_fonts_and_unicode() -> None:
    assert (
        _text(rb"Se\'f1ora \ldblquote x\rdblquote\~\endash{} {\f1\'cf\'f0} {\f3\'82\'a0}")
        == "Señora “x” \u2013 Пр あ\n"
    )
    assert _text(rb"\'8e", rb"\mac") == "é\n"
    assert _text(rb"\'82", rb"\ansi\ansicpg850") == "é\n"
    assert _text(rb"\uc1 N\u250?\u241\'f1ez \uc2\u8364 ab.\uc0\u8364 c \u-10179?\u-8704?") == "Núñez €.€c ?😀?\n"
    assert _text(rb"{\upr{caf?}{\*\ud{caf\u233 ?}}}") == "café\n"


def test_characters_outside_the_character_set_are_flagged() -> None:
    (page,) = _pages(rb"caf\'81")
    assert _notes(page) == [("unknown_characters", [page.text.strip()])]


def test_rows_stand_side_by_side_and_their_cells_are_known() -> None:
    row = rb"\trowd\cellx1\cellx2\pard\intbl "
    body = (
        rb"Scores\par" + row + rb"Date\cell Score\cell\row" + row + rb"May 4\par 2026\cell 58\cell\row\pard After\par"
    )
    (page,) = _pages(body)
    assert page.text == "Scores\n\nDate   Score\nMay 4   58\n2026\n\nAfter\n"
    cells = [[page.text[a:b] for a, b in row] for row in page.tables[0].rows]
    assert cells == [["Date", "Score"], ["May 4", "58"], ["2026", ""]]


def test_a_table_in_a_cell_becomes_lines_of_it() -> None:
    nested = rb"\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}"
    assert _text(rb"\pard\intbl Left\cell " + nested + rb"\itap1 end\cell\row") == "Left   a   b\nend\n"


def test_headers_come_first_footers_last_and_notes_at_the_end_of_their_page() -> None:
    body = (
        rb"{\header Harbor Glen\par}{\footer Confidential\par}Weeks{\super\chftn}{\footnote{\super\chftn} of 2026}.\par"
        rb"\page Next\par"
    )
    first, second = _pages(body)
    assert first.text == "Harbor Glen\n\nWeeks¹.\n\n¹ of 2026\n"
    assert second.text == "Next\n\nConfidential\n"


def test_sections_begin_pages_unless_they_say_otherwise() -> None:
    body = rb"one\par\sect\sectd two\par\sect\sectd\sbknone still two\par{\pard\pagebb three\par}"
    assert [page.text for page in _pages(body)] == ["one\n", "two\nstill two\n", "three\n"]


def test_changes_are_read_as_accepted_and_what_is_hidden_or_struck_is_kept_apart() -> None:
    body = rb"for {\deleted 12}{\revised 10} weeks\par\par {\v Ignore this. }Denied{\strike  not}{\fs1 tiny}.\par"
    (page,) = _pages(body)
    assert page.text == "for 10 weeks\n\nDenied.\n"
    assert [mark.value for mark in page.marks] == ["Ignore this. tiny", "not"]
    assert _notes(page) == [
        ("tracked_changes", ["for 10 weeks"]),
        ("hidden_text", ["Denied."]),
        ("struck_text", ["Denied."]),
    ]


def test_hidden_text_can_be_switched_off_again() -> None:
    assert _text(rb"{\v\v0 shown}\v hidden\plain  shown too") == "shown shown too\n"


def test_comments_are_kept_apart() -> None:
    (page,) = _pages(rb"Varus 8{\*\atnid A}{\*\annotation{\*\atndate 1}Please check}{\*\annotation And this}\par")
    assert page.text == "Varus 8\n"
    assert [(mark.kind, mark.value) for mark in page.marks] == [
        (MarkKind.COMMENT, "Please check"),
        (MarkKind.COMMENT, "And this"),
    ]
    assert [note.message for note in page.notes] == ["2 comments were kept apart"]


def test_fields_show_their_result_and_forms_what_was_chosen() -> None:
    link = rb'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt Link}}'
    tick = rb"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres25\ffdefres1}}}{\fldrslt }}"
    choice = rb"{\field{\*\fldinst FORMDROPDOWN{\*\formfield{\fftype2\ffres1{\*\ffl left}{\*\ffl right}}}}{\fldrslt }}"
    assert _text(link + b" " + tick + b" " + choice) == "Link ☑ right\n"


def test_labels_text_boxes_and_raised_figures_are_read_and_what_is_for_machines_is_not() -> None:
    assert _text(rb"{\listtext\f2\'b7\tab}pain{\*\pn\pnlvlblt}") == "• pain\n"
    assert (
        _text(rb"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt In a box\par}}{\shprslt twice}}After\par")
        == "After\n\nIn a box\n"
    )
    assert _text(rb"10{\super 2} 1{\super st}") == "10² 1st\n"
    assert _text(rb"{\info{\title T}}{\stylesheet{\s0 Normal;}}{\*\unknown x}{\colortbl;}A\bin5 {{{{{B") == "AB\n"


def test_large_pictures_and_a_missing_end_are_flagged() -> None:
    (page,) = _pages(rb"See {\pict\picwgoal5000\pichgoal5000 00ff}{\pict\picwgoal500\pichgoal500 00ff}above\par")
    assert _notes(page) == [("picture_not_read", ["See above"])]
    cut = open_file("note", rb"{\rtf1 Denied because", Limits()).read(1)
    assert isinstance(cut, Reading)
    assert [note.code for note in cut.notes] == ["cut_short"]


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (rb"{\rtf1}", Category.EMPTY),
        (rb"{\rtf1", Category.EMPTY),
        (rb"{\rtf1{\pict 00ff}}", Category.UNSUPPORTED),
        (rb"{\rtf1 " + b"{" * 5000 + b"x", Category.TOO_LARGE),
        (rb"{\rtf1 " + rb"a\page " * 3000 + b"}", Category.TOO_LARGE),
        (rb"{\rtf1\bin999999999 x}", Category.EMPTY),
    ],
    ids=["nothing", "cut", "a picture", "deep", "pages", "a lie"],
)
def test_a_file_that_cannot_be_used_is_refused(data: bytes, category: Category, read_bytes: Given) -> None:
    assert [failure.category for failure in read_bytes(data).failures] == [category]


_WORDS = [
    rb"\par",
    rb"\cell",
    rb"\row",
    rb"\nestrow",
    rb"\nestcell",
    rb"\itap3",
    rb"\itap-1",
    rb"\intbl",
    rb"\page",
    rb"\sect",
]
_WORDS += [
    rb"\u-1",
    rb"\u55357",
    rb"\uc-5",
    rb"\'ff",
    rb"\'8",
    rb"\ansicpg99999",
    rb"\ansicpg-1",
    rb"\f99",
    rb"\bin3",
    rb"\*",
]
_WORDS += [
    rb"{\footnote",
    rb"{\header",
    rb"{\*\annotation",
    rb"{\shp{\shptxt",
    rb"{\field{\*\fldinst{\formfield\fftype2",
]
_WORDS += [
    rb"{\ffl",
    rb"{\pict",
    rb"{\fonttbl\f0\fcharset2",
    rb"\v",
    rb"\deleted",
    rb"\super",
    rb"\chftn",
    b"{",
    b"}",
    b"x ",
    b"\\",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_WORDS) | st.binary(max_size=4), max_size=40).map(b"".join))
def test_any_file_is_read_or_refused(body: bytes) -> None:
    try:
        pages = _pages(body)
    except AppealwrightError:
        return
    for page in pages:
        assert all(b <= len(page.text) for t in page.tables for row in t.rows for _, b in row)
        assert all(0 <= mark.start == mark.end <= len(page.text) for mark in page.marks)
