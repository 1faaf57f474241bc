"""Codes, degrees, ages, pack-years and lists of failures: met by what the chart shows, and by nothing near it."""

from pathlib import Path

import pytest

from tests.hazards.one_note import verdict

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Right total knee arthroplasty

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. A diagnosis of M17.11
2. Kellgren-Lawrence grade III
3. Between 18 and 75 years of age
4. At least a 20 pack-year smoking history
5. Documented failure of all of the following conservative treatments: naproxen, acetaminophen, and tramadol

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
CODE, GRADE, AGE, PACKS, FAILED = range(5)


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (CODE, "Assessment: Unilateral primary osteoarthritis, right knee (M17.11)."),
        (GRADE, "Right knee radiograph: Kellgren-Lawrence grade III."),
        (AGE, "Doing well."),
        (PACKS, "She has a 25 pack-year smoking history."),
        (FAILED, "Naproxen failed. Acetaminophen failed. Tramadol failed."),
    ],
)
def test_what_the_chart_shows_meets_it(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) == "met"


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        pytest.param(CODE, "Assessment: Unilateral primary osteoarthritis, left knee (M17.12).", id="the other knee's"),
        pytest.param(CODE, "Rule out osteoarthritis of the right knee (M17.11).", id="ruled out"),
        pytest.param(CODE, "Her mother has osteoarthritis (M17.11).", id="a relative's"),
        pytest.param(CODE, "Osteoarthritis of the right knee.", id="no code"),
        pytest.param(GRADE, "Right knee radiograph: Kellgren-Lawrence grade I.", id="too low"),
        pytest.param(GRADE, "Right knee radiograph: Kellgren-Lawrence grade II-III.", id="straddling"),
        pytest.param(GRADE, "Right knee radiograph: Kellgren-Lawrence grade IV.", id="higher than the one named"),
        pytest.param(GRADE, "Left knee radiograph: Kellgren-Lawrence grade III.", id="the other knee's grade"),
        pytest.param(PACKS, "She has a 15 pack-year smoking history.", id="too few"),
        pytest.param(PACKS, "She has less than a 25 pack-year smoking history.", id="a bound"),
        pytest.param(PACKS, "Her father had a 60 pack-year smoking history.", id="her father's"),
        pytest.param(PACKS, "Smoker for 25 years.", id="years and not pack-years"),
        pytest.param(FAILED, "Naproxen failed. Acetaminophen failed. Tramadol helped.", id="one helped"),
        pytest.param(FAILED, "Naproxen failed. She took acetaminophen and tramadol.", id="no outcome of two"),
        pytest.param(FAILED, "Naproxen failed. Acetaminophen failed.", id="one is missing"),
    ],
)
def test_what_is_only_near_it_does_not_meet_it(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) != "met"


@pytest.mark.parametrize(
    ("born", "expected"), [("02/15/1950", "met"), ("02/14/1950", "not_met"), ("02/15/2008", "not_met")]
)
def test_a_range_of_ages_holds_at_its_ends(tmp_path: Path, born: str, expected: str) -> None:
    assert verdict(tmp_path, LETTER.replace("05/06/1971", born), AGE, "Doing well.") == expected
