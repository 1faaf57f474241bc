"""Half-known alternatives, rules for some, degrees by code, figures told twice: met by what the chart shows alone."""

from pathlib import Path

import pytest

from tests.hazards.one_note import verdict

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Evaluation and treatment (99213)

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. At least 6 weeks of physical therapy or supervised home exercise in the last 12 months
2. LDL of 100 mg/dL or lower within 90 days before the request, for members with diabetes
3. You have not smoked for at least 6 months
4. A diagnosis of severe major depressive disorder
5. A contraindication to all statins
6. FEV1 below 60% of predicted
7. Trial of an NSAID without sufficient relief
8. A steroid injection of the wrist concerned, with its result

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
CARE, LDL, SMOKING, SEVERE, STATINS, LUNGS, RELIEF, INJECTION = range(8)


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (CARE, "She had physical therapy from 09/01/2025 to 10/20/2025."),
        (LDL, "LDL 92 mg/dL on 01/12/2026."),
        (LDL, "LDL 92 mg/dL on 01/12/2026.\n\nAssessment: LDL 92, at goal."),
        (SMOKING, "Former smoker, quit 03/2019."),
        (SEVERE, "Assessment: Major depressive disorder, recurrent, severe (F33.2)."),
        (LUNGS, "Spirometry 01/20/2026: FEV1 1.31 L, 52% predicted."),
        (RELIEF, "Naproxen 11/2025 - 12/2025: partial relief."),
    ],
)
def test_what_the_chart_shows_meets_it(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) == "met"


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        pytest.param(CARE, "She did home exercise from 09/01/2025 to 10/20/2025.", id="the half-known alternative"),
        pytest.param(CARE, "Start physical therapy, 6 weeks.", id="planned"),
        pytest.param(CARE, "Physical therapy from 09/01/2025 to 10/03/2025.", id="too short"),
        pytest.param(CARE, "Physical therapy from 09/01/2024 to 10/20/2024.", id="before the window"),
        pytest.param(CARE, "Her husband had physical therapy from 09/01/2025 to 10/20/2025.", id="the husband's"),
        pytest.param(LDL, "No diabetes.", id="for whom the rule is not, without a figure"),
        pytest.param(LDL, "Type 2 diabetes. LDL 131 mg/dL on 01/12/2026.", id="too high"),
        pytest.param(LDL, "LDL 92 mg/dL on 06/12/2025.\n\nAssessment: LDL 92, at goal.", id="told again of an old one"),
        pytest.param(
            LDL, "LDL 131 mg/dL on 01/15/2026, 92 mg/dL on 01/12/2026.\n\nAssessment: LDL 92.", id="superseded"
        ),
        pytest.param(SMOKING, "Former smoker, quit 12/2025.", id="quit too late"),
        pytest.param(SMOKING, "Current smoker, half a pack a day.", id="smokes"),
        pytest.param(SMOKING, "Her husband is a former smoker, quit 03/2019.", id="the husband quit"),
        pytest.param(SMOKING, "Counseled to stop smoking on 03/2019.", id="counseled"),
        pytest.param(SEVERE, "Assessment: Major depressive disorder, recurrent, moderate (F33.1).", id="moderate"),
        pytest.param(SEVERE, "Rule out major depressive disorder, severe (F33.2).", id="ruled out"),
        pytest.param(SEVERE, "Mother has major depressive disorder (F33.2).", id="the mother's"),
        pytest.param(SEVERE, "Major depressive disorder.", id="no degree"),
        pytest.param(STATINS, "Allergies: atorvastatin (rash).", id="one of the class"),
        pytest.param(STATINS, "Atorvastatin and rosuvastatin are contraindicated.", id="two of the class"),
        pytest.param(LUNGS, "Spirometry 01/20/2026: FEV1 1.31 L, 71% predicted.", id="enough"),
        pytest.param(LUNGS, "Spirometry 01/20/2026: FEV1 1.31 L.", id="in litres alone"),
        pytest.param(
            LUNGS, "FEV1 52% predicted on 06/10/2025. FEV1 1.90 L on 01/20/2026.", id="the later in litres alone"
        ),
        pytest.param(RELIEF, "Naproxen 11/2025 - 12/2025: good relief.", id="helped"),
        pytest.param(RELIEF, "Naproxen 11/2025 - 12/2025.", id="no outcome"),
        pytest.param(INJECTION, "Steroid injection of the wrist on 10/02/2025.", id="no result told"),
        pytest.param(INJECTION, "Steroid injection offered and declined.", id="declined"),
        pytest.param(RELIEF, "Start naproxen. Partial relief from ice.", id="planned, the relief of another"),
    ],
)
def test_nothing_near_it_meets_it(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) != "met"
