"""Places involved, classes in brackets, pain on a scale, outcomes on forms: met by what the chart shows alone."""

from pathlib import Path

import pytest

from tests.hazards.one_note import verdict

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Evaluation and treatment (99213)

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. Body surface area of 10% or more, or involvement of the scalp, soles or genitals
2. Pain of at least 5 on a 10-point scale at baseline
3. Failure of two preventive drugs of different classes (tricyclic, beta blocker or anticonvulsant)
4. Failure of 3 antidepressants from at least two different classes
5. At least 8 weeks of phototherapy without adequate response
6. An AHI of 15 or more on a sleep study

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
PLACES, PAIN, PREVENTIVES, CLASSES, LIGHT, APNEA = range(6)
TRIED = "PRIOR TREATMENT\n  Clobetasol ointment     2025 - present     partial\n  NB-UVB, 3x/week     {}\n"


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (PLACES, "Plaque psoriasis with scalp involvement."),
        (PAIN, "Average pain is 6/10."),
        (LIGHT, TRIED.format("08/03/2025 - 10/19/2025, 30 sessions     no improvement")),
        (APNEA, "Sleep study 12/02/2025: AHI 22.4 events/hour. On CPAP the residual AHI is 2.9."),
    ],
)
def test_what_the_chart_shows_meets_it(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) == "met"


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        pytest.param(PLACES, "Plaque psoriasis, no scalp involvement.", id="denied"),
        pytest.param(PLACES, "Her sister has psoriasis with scalp involvement.", id="the sister's"),
        pytest.param(PLACES, "Plaque psoriasis with nail involvement.", id="another place"),
        pytest.param(PAIN, "Average pain is 6/100.", id="another scale"),
        pytest.param(PAIN, "Pain was 7/10 on 06/02/2025. Pain is 3/10 today.", id="superseded"),
        pytest.param(PREVENTIVES, "Amitriptyline failed in 2025. Erenumab failed in 2025.", id="a class not named"),
        pytest.param(PREVENTIVES, "Topiramate failed in 2025. Consider propranolol.", id="one planned"),
        pytest.param(CLASSES, "Sertraline, fluoxetine and citalopram failed in 2025.", id="all of one class"),
        pytest.param(CLASSES, "Sertraline and venlafaxine failed in 2025.", id="two, of two classes"),
        pytest.param(LIGHT, TRIED.format("08/03/2025 - 10/19/2025     good improvement"), id="it helped"),
        pytest.param(LIGHT, TRIED.format("08/03/2025 - 09/01/2025     no improvement"), id="too short"),
        pytest.param(LIGHT, TRIED.format("2025     declined"), id="declined"),
        pytest.param(APNEA, "On CPAP the residual AHI is 22.4.", id="on treatment"),
    ],
)
def test_nothing_near_it_meets_it(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) != "met"
