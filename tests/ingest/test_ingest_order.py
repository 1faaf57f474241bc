"""The order in which a page is read: columns of prose one after the other, tables and labels across."""

import textwrap

import pytest

from pipeline.ingest.layout.page import Token, box_on, lay_out

APPEAL = (
    "You have the right to appeal this decision. An appeal is a request that we look again at what was decided. You "
    "may send us letters from your doctor, records of your care and anything else that shows why the service is "
    "needed. Your appeal must reach us within 180 days of the date on this notice. We will write to you with our "
    "answer within 30 days after we receive it. If your health could be harmed by waiting, ask for a fast appeal, and "
    "we will answer within 72 hours of the time that we hear from you or from your doctor."
)
COVERAGE = (
    "Coverage is decided by the terms of the plan that was in force on the day of the service. The plan pays for what "
    "is medically necessary, and not for what is experimental or given for comfort alone. A copy of the rule that we "
    "used is free of charge for the asking. You may also look at the whole of the file that we keep about your claim. "
    "Where the plan is paid for by an employer, other rules of federal law may apply to it as well."
)
HELP = (
    "Help is free in your language. Call the number on the back of your card and say which language you speak. A "
    "person who does not work for the plan may speak for you, if you tell us so in writing. The form for this can be "
    "had from us by mail or found with the other forms that members use. The consumer office of your state can answer "
    "questions about your rights and can help you to write your appeal."
)


def words(text: str, left: float, top: float) -> list[Token]:
    """Words of 5 points a character and 5 points between, 10 high."""
    tokens = []
    for word in text.split():
        tokens.append(Token(word, left, top, left + 5 * len(word), top + 10))
        left += 5 * len(word) + 5
    return tokens


def prose(text: str, left: float, top: float, characters: int, pitch: float = 13) -> list[Token]:
    """A column of wrapped lines."""
    return [t for n, line in enumerate(textwrap.wrap(text, characters)) for t in words(line, left, top + pitch * n)]


def read(*blocks: list[Token]) -> str:
    return lay_out([token for block in blocks for token in block], box_on(612, 792)).text


def whole(text: str) -> str:
    return " ".join(text.split())


def assert_in_order(text: str, *parts: str) -> None:
    """Each part stands in one piece, one after the other."""
    at = 0
    for part in parts:
        found = whole(text).find(whole(part), at)
        assert found >= at, part
        at = found + len(whole(part))


@pytest.mark.parametrize("pitch", [13, 11.7, 15.5])
@pytest.mark.parametrize("offset", [0, 3, 6.5])
def test_two_columns_are_read_one_after_the_other_however_their_lines_stand(pitch: float, offset: float) -> None:
    text = read(prose(APPEAL, 40, 100, 48), prose(COVERAGE, 320, 100 + offset, 48, pitch))
    assert_in_order(text, APPEAL, COVERAGE)


def test_three_columns_are_read_one_after_the_other() -> None:
    text = read(prose(APPEAL, 30, 100, 32), prose(COVERAGE, 220, 100, 32), prose(HELP, 410, 100, 32))
    assert_in_order(text, APPEAL, COVERAGE, HELP)


def test_a_heading_over_the_columns_comes_first_and_a_footnote_under_them_last() -> None:
    heading = words("YOUR RIGHTS AS A MEMBER OF ORCHARD VALLEY HEALTH PLAN AND HOW TO USE THEM", 80, 60)
    note = (
        "1 This page is part of the notice and does not change the terms of the plan, which are set out in the "
        "certificate of coverage and its riders, the latest of which governs."
    )
    text = read(heading, prose(APPEAL, 40, 100, 48), prose(COVERAGE, 320, 100, 48), prose(note, 40, 320, 100))
    assert_in_order(text, "YOUR RIGHTS AS A MEMBER", APPEAL, COVERAGE, note)


def test_a_heading_between_two_sets_of_columns_parts_them() -> None:
    heading = words("IF YOU NEED HELP TO READ THIS NOTICE OR TO WRITE YOUR APPEAL, READ THE PART BELOW", 60, 300)
    upper = prose(APPEAL, 40, 100, 48), prose(COVERAGE, 320, 100, 48)
    lower = prose(HELP, 40, 330, 48), prose(APPEAL, 320, 330, 48)
    text = read(*upper, heading, *lower)
    assert_in_order(text, APPEAL, COVERAGE, "IF YOU NEED HELP", HELP, APPEAL)


def test_an_address_at_the_right_of_the_letterhead_is_read_with_the_lines_beside_it() -> None:
    left = [
        t
        for n, line in enumerate(["Ana Rivera", "12 Elm Street", "Salem, OR 97301"])
        for t in words(line, 40, 60 + 13 * n)
    ]
    right = [
        t
        for n, line in enumerate(["Orchard Valley Health", "P.O. Box 30432", "Salem, OR 97302"])
        for t in words(line, 400, 60 + 13 * n)
    ]
    text = read(left, right, prose(APPEAL, 40, 130, 100))
    assert text.startswith("Ana Rivera   Orchard Valley Health\n12 Elm Street   P.O. Box 30432\n")
    assert_in_order(text, APPEAL)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("pitch", [13, 16])
def test_a_sidebar_does_not_cut_the_lines_beside_it(side: str, pitch: float) -> None:
    names = [
        "Orchard Clinic",
        "of Neurology",
        "Ana Lopez, MD",
        "Board certified",
        "James Okafor, MD",
        "Mary Chen, NP",
        "Suite 400",
        "Salem, Oregon",
    ]
    bar = [t for n, name in enumerate(names) for t in words(name, 40 if side == "left" else 470, 100 + pitch * n)]
    text = read(bar, prose(APPEAL + " " + COVERAGE, 170 if side == "left" else 40, 100, 76))
    assert_in_order(text, APPEAL + " " + COVERAGE)
    assert_in_order(text, *names)


def test_headings_in_the_margin_stay_beside_their_text() -> None:
    blocks = []
    top = 100.0
    for label in ("Your request", "Our decision", "The reason", "The rule", "Your rights", "Help"):
        blocks += [words(label, 40, top), prose(" ".join(APPEAL.split()[:36]), 180, top, 72)]
        top += 60
    lines = read(*blocks).splitlines()
    assert lines[0].startswith("Your request   You have the right to appeal")
    assert any(line.startswith("Help   You have the right") for line in lines)


def test_a_table_of_wrapped_cells_is_not_torn() -> None:
    rows = [
        (
            "Six weeks of physical therapy that did not help, by the record of visits",
            "The notes show ten visits over seven weeks without relief of pain",
        ),
        (
            "Weakness, loss of feeling or change of reflexes found on examination",
            "Strength of the left great toe is four of five and the ankle reflex is lost",
        ),
        (
            "Films of the lower back taken within the last six months, with report",
            "There is no report of films in the record that was sent with the request",
        ),
        (
            "A plan of treatment that would change with the result of the study",
            "The surgeon would operate if the study shows that the nerve is pressed upon",
        ),
    ]
    blocks = []
    for n, (left, right) in enumerate(rows):
        blocks += [prose(left, 40, 100 + 45 * n, 48), prose(right, 320, 100 + 45 * n, 48)]
    lines = read(*blocks).splitlines()
    assert lines[0] == "Six weeks of physical therapy that did not help,   The notes show ten visits over seven weeks"


def test_labels_with_long_values_are_read_across() -> None:
    rows = [
        ("Patient name:", "Elena Rivera of Salem"),
        ("Service asked for:", "Magnetic resonance imaging of the lower back"),
    ] * 5
    blocks = [words(text, 40 + 200 * c, 100 + 13 * n) for n, row in enumerate(rows) for c, text in enumerate(row)]
    assert read(*blocks).startswith("Patient name:   Elena Rivera of Salem\nService asked for:   Magnetic resonance")


def test_numbers_of_a_list_far_from_their_items_stay_with_them() -> None:
    blocks = []
    for n in range(6):
        blocks += [words(f"{n + 1}.", 40, 100 + 39 * n), prose(" ".join(HELP.split()[: 30 - n]), 90, 100 + 39 * n, 80)]
    lines = read(*blocks).splitlines()
    assert [line[:2] for line in lines if line[:1].isdigit()] == ["1.", "2.", "3.", "4.", "5.", "6."]
    assert all("Help is free" in line for line in lines if line[:1].isdigit())


def test_a_text_beside_its_translation_is_read_by_itself() -> None:
    spanish = " ".join(["Usted tiene derecho a apelar esta carta y a pedir los documentos que usamos"] * 6) + "."
    blocks = []
    for n in range(3):
        blocks += [prose(HELP, 40, 100 + 160 * n, 48), prose(spanish, 320, 100 + 160 * n, 48)]
    text = read(*blocks)
    assert_in_order(text, f"{HELP} {HELP} {HELP}", f"{spanish} {spanish} {spanish}")


def test_a_page_of_many_rows_and_gutters_is_read_in_time_to_its_size() -> None:
    blocks = [words("a bb ccc", 40 + 90 * c, 10 * n) for n in range(400) for c in range(6)]
    assert read(*blocks).count("ccc") == 2400
