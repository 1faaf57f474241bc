"""A page that a record holds twice is found, and forms that are alike are not taken for it."""

import random
import time

from pipeline.ingest.layout.duplicates import repeats
from schemas.document import Mark, MarkKind, Origin, Page

PROSE = (
    "The member completed 12 visits between 03/04/2025 and 05/06/2025 without lasting relief. Straight leg raise was "
    "positive on the left side. The physician asks for an examination of the lumbar spine, since symptoms continue in "
    "spite of treatment, exercises at home and medication as prescribed by the treating clinician.\n"
)


def _page(text: str, number: int = 1, origin: Origin = Origin.OCR, marks: tuple[Mark, ...] = ()) -> Page:
    return Page(document="D1", number=number, file_page=number, origin=origin, text=text, marks=marks)


def _pair(one: str, other: str) -> dict[int, int]:
    return dict(repeats([_page(one), _page(other, 2)]))


def test_the_same_words_are_a_repeat_however_the_lines_break() -> None:
    assert _pair(PROSE, PROSE.replace(". ", ".\n").upper()) == {1: 0}
    pages = [_page(PROSE), _page("Another page, of no less than forty letters and digits."), _page(PROSE), _page(PROSE)]
    assert dict(repeats(pages)) == {2: 0, 3: 0}


def test_a_word_misread_by_one_letter_is_the_same_page_on_paper_only() -> None:
    misread = PROSE.replace("physician", "phvsician").replace("relief.", "relief")
    assert _pair(PROSE, misread) == {1: 0}
    typed = [_page(PROSE, origin=Origin.TEXT), _page(misread, 2, Origin.TEXT)]
    assert dict(repeats(typed)) == {}


def test_any_other_figure_makes_another_page() -> None:
    for figure, other in (("12", "13"), ("03/04/2025", "03/05/2025"), ("05/06/2025", "O5/06/2025")):
        assert _pair(PROSE, PROSE.replace(figure, other)) == {}


def test_a_word_more_or_another_word_makes_another_page() -> None:
    for one, other in (("was positive", "was not positive"), ("left", "right"), ("was positive", "was negative")):
        assert _pair(PROSE, PROSE.replace(one, other)) == {}
    assert _pair(f"\u2610 Yes {PROSE}", f"\u2612 Yes {PROSE}") == {}
    assert _pair(f"Babinski + {PROSE}", f"Babinski - {PROSE}") == {}


def test_blank_pages_and_dividers_repeat_nothing() -> None:
    assert _pair("", "") == {}
    assert _pair("This page is left blank", "This page is left blank") == {}


def test_fax_headers_do_not_tell_copies_apart() -> None:
    headers = ("03/14/2026 10:22 P.002/007\n", "03/15/2026 11:41 P.003/009\n")
    marks = (Mark(kind=MarkKind.FAX_HEADER, start=0, end=len(headers[0])),)
    pages = [_page(header + PROSE, i, marks=marks) for i, header in enumerate(headers, start=1)]
    assert dict(repeats(pages)) == {1: 0}


def test_two_thousand_pages_take_little_time_even_where_all_are_alike() -> None:
    rng = random.Random(5)
    words = [f"{a}{b}{c}" for a in ("bar", "cor", "den") for b in ("a", "e", "i", "o") for c in ("lin", "mus", "tic")]
    different = [_page(" ".join(rng.choices(words, k=300))) for _ in range(1000)]
    form = rng.choices(words, k=300)
    alike = [_page(" ".join([*form, *rng.choices(words, k=3)])) for _ in range(1000)]
    started = time.process_time()
    found = repeats([*different, *alike, different[7]])
    assert time.process_time() - started < 4
    assert found[2000] == 7
