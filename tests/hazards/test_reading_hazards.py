"""Kinds of a thing, volumes, and who ruled something out: read wider, and never wider than the record says."""

from pathlib import Path

import pytest

from tests.hazards.one_note import verdict

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Evaluation and treatment (99213)

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. No active urinary tract infection
2. Post-void residual below 150 mL
3. Epilepsy surgery was ruled out

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
INFECTION, RESIDUAL, SURGERY = range(3)


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (INFECTION, "No urinary tract infection."),
        (RESIDUAL, "Post-void residual 38 mL by bladder scan."),
    ],
)
def test_what_the_chart_shows_meets_it(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) == "met"


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        pytest.param(INFECTION, "Mother has no urinary tract infection.", id="another person"),
        pytest.param(INFECTION, "Possible urinary tract infection.", id="not sure"),
        pytest.param(INFECTION, "History of urinary tract infection.", id="of the past"),
        pytest.param(INFECTION, "No urinary tract infection. Urinary tract infection treated today.", id="both"),
        pytest.param(RESIDUAL, "Post-void residual 190 mL by bladder scan.", id="too much"),
        pytest.param(RESIDUAL, "Goal: post-void residual below 100 mL.", id="wished for"),
        pytest.param(SURGERY, "Epilepsy surgery conference is on 12/03/2026. No epilepsy.", id="another thing denied"),
    ],
)
def test_what_the_chart_does_not_show_does_not(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) != "met"


def test_an_infection_of_which_kind_nobody_tells_is_for_a_person(tmp_path: Path) -> None:
    assert verdict(tmp_path, LETTER, INFECTION, "Assessment: Urinary tract infection.") == "needs_review"
