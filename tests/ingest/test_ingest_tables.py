"""Tables of a page: rows of cells that are ranges of its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.layout.page import Token, box_on, lay_out
from schemas.document import Origin, Page


def words(text: str, left: float, top: float, right: float | None = None) -> list[Token]:
    """Words of 5 points a character and 5 points between, 10 high; set from the right where `right` is given."""
    left = left if right is None else right - 5 * len(text)
    tokens = []
    for word in text.split():
        tokens.append(Token(word, left, top, left + 5 * len(word), top + 10))
        left += 5 * len(word) + 5
    return tokens


def grid(rows: list[list[str]], lefts: list[float], top: float = 100, pitch: float = 13) -> list[Token]:
    return [
        token
        for n, row in enumerate(rows)
        for left, cell in zip(lefts, row, strict=True)
        for token in words(cell, left, top + pitch * n)
    ]


def tables(*blocks: list[Token]) -> list[list[list[str]]]:
    """The words of each cell of each table, "" where it is empty."""
    layout = lay_out([token for block in blocks for token in block], box_on(612, 792))
    return [[[layout.text[a:b] for a, b in row] for row in table.rows] for table in layout.tables]


LABS = [
    ["Test", "Result", "Flag", "Reference"],
    ["Sodium", "138", "", "135 - 145"],
    ["Potassium", "5.9", "H", "3.5 - 5.1"],
    ["C-reactive protein", "12", "H", "0 - 5"],
]


def test_a_table_of_results_has_a_row_for_each_with_its_empty_cells() -> None:
    assert tables(grid(LABS, [40, 200, 280, 340])) == [LABS]


def test_prose_before_and_after_is_no_part_of_the_table() -> None:
    before = words("Results of the blood drawn on the day of the visit are set out in the table below.", 40, 80)
    after = words("The patient was told of these results by telephone on the following day by the nurse.", 40, 160)
    end = words("Sincerely,", 40, 173)
    assert tables(before, grid(LABS, [40, 200, 280, 340]), after, end) == [LABS]


def test_a_short_line_right_after_a_table_is_no_row_of_it() -> None:
    assert tables(grid(LABS, [40, 200, 280, 340]), words("Signed", 40, 152)) == [LABS]


def test_amounts_set_from_the_right_are_a_column_under_their_title() -> None:
    lines = [
        ("99213", "Office visit", "$150.00"),
        ("72148", "MRI lumbar spine", "$2,400.00"),
        ("97110", "Exercise", "$80.00"),
    ]
    blocks = [words("Code", 40, 87), words("Service", 120, 87), words("Billed", 400, 87)]
    for n, (code, service, amount) in enumerate(lines):
        blocks += [
            words(code, 40, 100 + 13 * n),
            words(service, 120, 100 + 13 * n),
            words(amount, 0, 100 + 13 * n, 500),
        ]
    assert tables(*blocks) == [[["Code", "Service", "Billed"], *[list(line) for line in lines]]]


def test_a_list_without_a_head_is_a_table() -> None:
    rows = [
        ["Naproxen", "500 mg", "twice daily"],
        ["Gabapentin", "300 mg", "at night"],
        ["Lisinopril", "10 mg", "daily"],
    ]
    assert tables(grid(rows, [40, 140, 220])) == [rows]


def test_the_second_line_of_the_last_cell_is_part_of_it() -> None:
    rows = [
        ["Drug", "Dates", "Outcome"],
        ["Naproxen", "01/2026 - 03/2026", "No relief after twelve weeks;"],
        ["", "", "stopped"],
        ["Gabapentin", "03/2026 - 05/2026", "Drowsy"],
    ]
    ((head, first, second),) = tables(grid(rows, [40, 140, 260]))
    assert (head[2], first[2], second[2]) == ("Outcome", "No relief after twelve weeks;\nstopped", "Drowsy")


def test_the_second_line_of_another_cell_is_a_row_by_itself() -> None:
    rows = [
        ["Drug", "Outcome", "Dates"],
        ["Naproxen", "No relief after", "01/2026"],
        ["", "twelve weeks", ""],
        ["Gabapentin", "Drowsy", "03/2026"],
    ]
    assert tables(grid(rows, [40, 140, 260])) == [rows]


def test_a_heading_within_a_table_is_a_row_of_it() -> None:
    rows = [["CHEMISTRY", "", ""], ["Sodium", "138", "mmol/L"], ["HEMATOLOGY", "", ""], ["Hemoglobin", "13.1", "g/dL"]]
    rows = [["Test", "Result", "Unit"], *rows]
    assert tables(grid(rows, [40, 200, 280])) == [rows]


def test_labels_whose_values_line_up_are_a_table() -> None:
    rows = [["Member ID:", "W123456789"], ["Date of notice:", "March 14, 2026"], ["Claim:", "77-1"]]
    assert tables(grid(rows, [40, 200])) == [rows]


def test_labels_with_their_values_in_two_columns_are_no_table() -> None:
    rows = [
        ["Member ID: W123456789", "Group: G-2"],
        ["Date of notice: March 14", "Claim: 77-1"],
        ["Patient: Ana Ruiz", "DOB: May 6"],
    ]
    assert tables(grid(rows, [40, 300])) == []


@pytest.mark.parametrize(
    "rows",
    [
        [["Ana Rivera", "Orchard Health"], ["12 Elm Street", "P.O. Box 7"]],
        [
            ["the member may ask for this", "coverage of the plan is as it"],
            *[["and will be told of the time", "stands on the day of service and"]] * 3,
        ],
    ],
)
def test_two_rows_or_lines_of_prose_side_by_side_are_no_table(rows: list[list[str]]) -> None:
    assert tables(grid(rows, [40, 300])) == []


@pytest.mark.parametrize("marks", ["\u2022\u2022\u2022", "123"])
def test_a_list_whose_marks_stand_far_from_its_items_is_no_table(marks: str) -> None:
    items = ["Copy of the letter", "Office notes", "Films of May 6"]
    ends = "." if marks.isdigit() else ""
    assert tables(grid([[mark + ends, item] for mark, item in zip(marks, items, strict=True)], [40, 70])) == []


def test_cells_that_do_not_line_up_are_no_table() -> None:
    blocks = [
        [*words("Seen by Ruiz", 40, 100 + 13 * n), *words("on May 6", 130 + 37 * (n % 3), 100 + 13 * n)]
        for n in range(6)
    ]
    assert tables(*blocks) == []


def test_two_tables_one_after_the_other_are_two() -> None:
    vitals = [["Date", "BP", "Pulse"], ["05/06/2026", "128/80", "72"], ["06/03/2026", "131/82", "75"]]
    labs, other = grid(LABS, [40, 200, 280, 340]), grid(vitals, [40, 120, 300], 230)
    assert tables(labs, other) == [LABS, vitals]


def test_a_table_in_a_column_of_prose_is_found() -> None:
    prose = "members may appeal this decision in the time"
    left = [t for n in range(14) for t in words(prose, 20, 100 + 13 * n)]
    head = [t for n in range(9) for t in words("coverage depends on the terms of the plan", 330, 100 + 13 * n)]
    rows = [["Level", "Days"], ["First", "180"], ["Second", "60"], ["External", "120"]]
    assert tables(left, head, grid(rows, [330, 450], 230)) == [rows]


cells = st.lists(
    st.lists(st.sampled_from(["", "a", "7", "12.5", "word more", "x:"]), min_size=4, max_size=4), max_size=12
)


@given(cells, st.floats(-20, 20))
def test_cells_lie_in_the_text_in_reading_order(rows: list[list[str]], shift: float) -> None:
    layout = lay_out(grid(rows, [40, 130 + shift, 220, 310 - shift]), box_on(612, 792))
    page = Page(
        document="d",
        number=1,
        file_page=1,
        origin=Origin.TEXT,
        text=layout.text,
        words=layout.words,
        tables=layout.tables,
    )
    for table in page.tables:
        ranges = [cell for row in table.rows for cell in row if cell != (0, 0)]
        assert len({len(row) for row in table.rows}) == 1
        assert len(table.rows) > 1
        assert ranges == sorted(set(ranges))
        assert all(page.text[a:b].strip() == page.text[a:b] != "" for a, b in ranges)
