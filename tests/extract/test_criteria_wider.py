"""Criteria in the layouts and sentences of payers nobody wrote rules for: marks, tables, prose."""

import pytest

from pipeline.extract.criteria.criteria import criteria
from pipeline.extract.letter.letter import read_letter
from tests.makers import document

Rows = list[tuple[str, str | None]]


def rows(text: str) -> Rows:
    letter = read_letter(document(f"Harbor Health Plan\n\nDear Ms. Lopez:\n\n{text}\n"))
    return [(" ".join(" ".join(q.text.split()) for q in row.quotes), row.group) for row in criteria(letter, [], "", "")]


TWO: Rows = [("Back pain for 6 weeks or more", None), ("Weakness of grade 3 out of 5", None)]


@pytest.mark.parametrize(
    "marks",
    [
        ("I.", "II."),
        ("1.1", "1.2"),
        ("B.1", "B.2"),
        ("SP-4.1.1", "SP-4.1.2"),
        ("[ ]", "[X]"),
        ("\u2610", "\u2612"),
        ("\u2013", "\u2013"),
    ],
)
def test_a_list_is_known_by_any_marks(marks: tuple[str, str]) -> None:
    items = "\n".join(f"{mark} {text}" for mark, (text, _) in zip(marks, TWO, strict=True))
    assert rows(f"The scan is covered when:\n\n{items}") == TWO


@pytest.mark.parametrize(
    "lead",
    [
        "Under Spine Policy S-9 a scan of the back needs:",
        "These are the points of the guideline that count here:",
        "Spine Rule 4 was not shown to be met:",
        "For approval our plan asks for:",
        "The scan can be approved for a time of 12 weeks when:",
    ],
)
def test_any_words_that_ask_lead_to_criteria(lead: str) -> None:
    assert rows(f"{lead}\n\n- {TWO[0][0]}\n- {TWO[1][0]}") == TWO


def test_a_list_right_below_a_heading_that_names_the_rule_is_one_of_criteria() -> None:
    assert rows(f"THE RULE\n\n1. {TWO[0][0]}\n2. {TWO[1][0]}") == TWO


def test_a_figure_that_only_begins_a_line_is_no_mark() -> None:
    text = (
        "The scan is covered when:\n\n- Creatinine of at least\n1.5 mg/dL on two days\n- Back pain for 6 weeks or more"
    )
    assert rows(text)[0][0] == "Creatinine of at least 1.5 mg/dL on two days"


def test_a_letter_below_a_roman_figure_begins_a_list_of_its_own() -> None:
    text = (
        "All must be met:\n\nI. Age 18 or older\nII. One of these:\nA. a BMI of 40\nB. a BMI of 35\nIII. No tobacco use"
    )
    assert rows(text) == [
        ("Age 18 or older", None),
        ("a BMI of 40", "any1"),
        ("a BMI of 35", "any1"),
        ("No tobacco use", None),
    ]


def test_a_column_of_criteria_is_read_beside_what_was_found() -> None:
    table = f"Requirement   In your record?\n{TWO[0][0]}   Yes\n{TWO[1][0]}   No"
    assert rows(table) == TWO
    assert rows(f"One of these must be shown.\n\n{table}") == [(text, "any1") for text, _ in TWO]
    assert rows("Condition   Surgeon\nM54.5   A. Vale, MD\nM54.6   B. Vale, MD") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Your plan covers a scan only when physical therapy for 6 weeks has failed.",
        "Spine surgery is covered for adults whose physical therapy lasted at least 6 weeks.",
        "The member must have completed 6 weeks of physical therapy.",
    ],
)
def test_a_sentence_that_sets_a_condition_is_a_criterion(sentence: str) -> None:
    assert rows(sentence) == [(sentence, None)]


def test_alternatives_in_a_sentence_are_a_group() -> None:
    text = (
        "For this program you need a PHQ-9 score of 20 or more, and either a GAF of 40 or failure of outpatient care."
    )
    assert [group for _, group in rows(text)] == [None, "any1", "any1"]


def test_an_inline_list_may_be_wrapped_at_a_mark() -> None:
    text = f"We denied it. The tool asks that: (1) {TWO[0][0]};\n(2) {TWO[1][0]}. You can appeal."
    assert [row[0] for row in rows(text)][:1] == [TWO[0][0]]


@pytest.mark.parametrize(
    "text",
    [
        "The request does not meet medical necessity criteria.",
        "You may appeal in these ways:\n\n- by mail\n- by fax",
        "We looked at:\n\n- your notes of 03/01/2026\n- your MRI of 02/01/2026",
        "You need 30 hours of care a week with bathing and meals.",
    ],
)
def test_a_letter_that_gives_no_criterion_yields_none(text: str) -> None:
    assert rows(text) == []
