"""Lines that run through the pages of a file: marked, so that nobody takes them for what the author wrote."""

import pytest

from pipeline.ingest.layout.running import with_running
from schemas.document import Box, Mark, MarkKind, Origin, Page, PageEvent, Table, Word

HEADER, FOOTER, NUMBER = MarkKind.RUNNING_HEADER, MarkKind.RUNNING_FOOTER, MarkKind.PAGE_NUMBER
BODY = "The patient was seen on {}.\nShe reports pain in the back.\nStrength is 4/5.\nWe talked about {}.\nYours\n"
DAYS = ["May 6", "June 3", "July 1", "August 5", "September 2"]


def page(number: int, text: str, **fields: object) -> Page:
    return Page(document="D1", number=number, file_page=number, text=text, **({"origin": Origin.TEXT} | fields))


def boxed(number: int, *lines: tuple[float, str], origin: Origin = Origin.TEXT) -> Page:
    """Lines, each as far down the page as given, as one word with a box."""
    text, words = "", []
    for top, line in lines:
        words.append(Word(len(text), len(text) + len(line), Box(0.1, top, 0.9, top + 0.01)))
        text += line + "\n"
    return page(number, text, words=tuple(words), origin=origin)


def pages(top: list[str], bottom: list[str]) -> tuple[Page, ...]:
    """Text pages that begin and end with these lines, {} standing for the page's number."""
    made = []
    for n, day in enumerate(DAYS[:4], start=1):
        parts = ["\n".join(top).format(n, n), BODY.format(day, day).rstrip(), "\n".join(bottom).format(n)]
        made.append(page(n, "\n\n".join(part for part in parts if part) + "\n"))
    return tuple(made)


def marked(*given: Page) -> list[list[tuple[MarkKind, str]]]:
    return [[(mark.kind, one.text[mark.start : mark.end]) for mark in one.marks] for one in with_running(given)]


def test_a_header_is_marked_from_its_second_page_on_and_a_footer_from_its_first() -> None:
    first, *rest = marked(
        *pages(["Orchard Clinic", "Elena Rivera, born 05/06/1971"], ["Confidential: for the plan alone"])
    )
    assert first == [(FOOTER, "Confidential: for the plan alone")]
    header = [(HEADER, "Orchard Clinic"), (HEADER, "Elena Rivera, born 05/06/1971")]
    assert rest == [[*header, (FOOTER, "Confidential: for the plan alone")]] * 3


@pytest.mark.parametrize("number", ["Page {} of 4", "- {} -", "{}/4", "{}", "Pg. {}", "({})", "{} of 4", "page {}"])
def test_page_numbers_are_marked_on_every_page(number: str) -> None:
    found = marked(*pages(["Visit"], [number]))
    assert [[text for kind, text in one if kind is NUMBER] for one in found] == [
        [number.format(n)] for n in range(1, 5)
    ]


def test_a_header_with_the_page_number_in_it_is_the_same_header() -> None:
    first, second, *_ = marked(*pages(["Elena Rivera   Page {} of 4"], []))
    assert first == [(NUMBER, "Page 1 of 4")]
    assert second == [(HEADER, "Elena Rivera   Page 2 of 4")]


def test_a_continuation_header_is_marked_wherever_it_begins() -> None:
    letter = "Dear Ms. Rivera:\nThe request is denied because the record does\n"
    made = [
        page(1, letter),
        *(page(n, f"Elena Rivera, page {n}\nnot show {n}00 days of it.\nYours,\nThe plan\nSalem\n") for n in (2, 3)),
    ]
    assert [[text for _, text in one] for one in marked(*made)] == [
        [],
        ["Elena Rivera, page 2"],
        ["Elena Rivera, page 3"],
    ]


def test_a_line_with_another_date_is_another_line() -> None:
    made = [page(n, f"Office visit {n:02}/06/2026\n" + BODY.format(day, day)) for n, day in enumerate(DAYS, start=1)]
    assert marked(*made) == [[]] * 5


def test_figures_that_happen_to_stand_at_the_edge_are_no_page_numbers() -> None:
    made = [
        page(n, f"Pain\n\n{BODY.format(day, day)}{score}\n")
        for n, day, score in ((1, "May 6", "7/10"), (2, "June 3", "4/10"))
    ]
    assert marked(*made) == [[], [(HEADER, "Pain")]]


@pytest.mark.parametrize("misread", ["0rchard Clinlc   Elena Rivera", "Orchard Clinic   Elena R1vera"])
def test_a_header_that_was_misread_once_is_marked_too(misread: str) -> None:
    texts = ["Orchard Clinic   Elena Rivera"] * 4
    texts[2] = misread
    made = [
        page(n, f"{text}\n\n{BODY.format(day, day)}", origin=Origin.OCR)
        for n, (text, day) in enumerate(zip(texts, DAYS, strict=False), 1)
    ]
    assert [[text for _, text in one] for one in marked(*made)] == [[], [texts[1]], [misread], [texts[3]]]


def test_what_comes_again_only_pages_later_does_not_run() -> None:
    made = [
        page(n, f"{head}\n\n" + BODY.format(head, head))
        for n, head in enumerate(["Clinic A", "Clinic B", "Clinic A", "Clinic C"], 1)
    ]
    assert marked(*made) == [[]] * 4


def test_a_page_faxed_twice_is_no_repetition() -> None:
    text = "Orchard Clinic\n\n" + BODY.format("May 6", "June 3")
    again = page(2, text.replace("Clinic", "CIinic"), events=(PageEvent.DUPLICATE,))
    assert marked(page(1, text), again) == marked(page(1, text), page(2, text)) == [[], []]


def test_only_lines_near_the_edges_of_the_paper_run() -> None:
    made = [
        boxed(
            n, (0.05, "Orchard Clinic"), (0.3, "Assessment"), (0.4, f"Pain on {day}"), (0.6, "Plan"), (0.95, "Form 12")
        )
        for n, day in enumerate(DAYS[:2], start=1)
    ]
    assert marked(*made) == [[(FOOTER, "Form 12")], [(HEADER, "Orchard Clinic"), (FOOTER, "Form 12")]]


def test_a_line_that_is_marked_already_is_left_alone() -> None:
    made = []
    for n, day in enumerate(DAYS[:2], start=1):
        text = f"FROM Clinic TO Plan\n\n{BODY.format(day, day)}"
        made.append(page(n, text, marks=(Mark(kind=MarkKind.FAX_HEADER, start=0, end=19),)))
    assert marked(*made) == [[(MarkKind.FAX_HEADER, "FROM Clinic TO Plan")]] * 2


@pytest.mark.parametrize("known", [True, False])
def test_the_head_of_a_table_that_goes_on_is_not_marked(*, known: bool) -> None:
    made = []
    for n in (1, 2):
        rows = ["Test   Result   Range", f"Sodium   13{n}   135 - 145", f"Iron   9{n}   60 - 170"]
        text, ranges = f"Orchard Laboratory, page {n}\n", []
        for row in rows:
            ranges.append((len(text), len(text) + len(row)))
            text += row + "\n"
        tables = (Table(rows=tuple((one,) for one in ranges)),) if known else ()
        made.append(page(n, text, tables=tables))
    assert [text for _, text in marked(*made)[1]] == ["Orchard Laboratory, page 2"]


def test_sentences_that_happen_to_end_two_pages_are_no_footer() -> None:
    made = [
        page(n, f"Visit of {day}\n" + BODY.format(day, day) + "Return in 4 weeks.\n")
        for n, day in enumerate(DAYS[:2], 1)
    ]
    assert marked(*made) == [[], []]


def test_a_header_set_as_a_table_is_a_header() -> None:
    made = [
        page(n, "Name   Born   Number\nElena   05/06/1971   77\n\n" + BODY.format(day, day))
        for n, day in enumerate(DAYS[:2], 1)
    ]
    assert [text for _, text in marked(*made)[1]] == ["Name   Born   Number", "Elena   05/06/1971   77"]


def test_pages_without_lines_are_no_trouble() -> None:
    assert marked(page(1, ""), page(2, "\n \n"), page(3, "x\n")) == [[], [], []]
