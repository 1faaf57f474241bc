"""A contraindication is met where it is stated of this patient, drug ever taken or not, and never else."""

from pathlib import Path

import pytest

from tests.hazards.one_note import worked

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Adalimumab

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. A contraindication to methotrexate
2. Inadequate response, intolerance or contraindication to at least one conventional DMARD

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""


def verdicts(folder: Path, *sentences: str) -> list[str]:
    return [result.verdict.value for result in worked(folder, LETTER, *sentences).case.coverage.criteria]


@pytest.mark.parametrize(
    "sentence",
    [
        "Methotrexate is contraindicated because of her chronic hepatitis B.",
        "She has never taken methotrexate, which is contraindicated with her cirrhosis.",
        "Methotrexate was never started because it is contraindicated by her cirrhosis.",
    ],
)
def test_a_contraindication_of_a_drug_never_taken_is_met_and_told(tmp_path: Path, sentence: str) -> None:
    case = worked(tmp_path, LETTER, sentence).case
    assert [result.verdict.value for result in case.coverage.criteria] == ["met", "met"]
    told = [sentence.text for section in case.letter.sections for sentence in section.sentences]
    assert any("methotrexate is contraindicated" in text for text in told)


@pytest.mark.parametrize(
    "sentence",
    [
        "PMH: chronic hepatitis C, so methotrexate and acitretin are contraindicated.",
        "She has never taken methotrexate, which is contraindicated with her cirrhosis.",
    ],
)
def test_a_criterion_met_by_a_drug_that_was_barred_and_not_had_is_said_to_be_met(tmp_path: Path, sentence: str) -> None:
    case = worked(tmp_path, LETTER, sentence).case
    said = [one.text for section in case.letter.sections for one in section.sentences if one.criterion == "c1"]
    assert case.letter.refused == ()
    told = "The record of January 20, 2026 reports that methotrexate is contraindicated."
    assert said[1:] == ["The record meets this criterion.", told]


@pytest.mark.parametrize(
    "sentence",
    [
        "There is no contraindication to methotrexate.",
        "Methotrexate is not contraindicated.",
        "She denies any contraindication to methotrexate.",
        "Contraindications to methotrexate: none.",
        "Methotrexate may be contraindicated if hepatitis B is confirmed.",
        "Methotrexate is contraindicated in pregnancy.",
        "Methotrexate was contraindicated until her hepatitis was treated.",
        "Her mother cannot take methotrexate.",
        "Methotrexate was not tried.",
        "She cannot take methotrexate because of cost.",
    ],
)
def test_what_is_no_contraindication_is_not_met(tmp_path: Path, sentence: str) -> None:
    assert "met" not in verdicts(tmp_path, sentence)


def test_a_contraindication_found_and_not_found_is_for_a_person(tmp_path: Path) -> None:
    sentences = ("Methotrexate is contraindicated by cirrhosis.", "There is no contraindication to methotrexate.")
    assert verdicts(tmp_path, *sentences)[0] == "needs_review"
