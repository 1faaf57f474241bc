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
4. Low back pain for at least 6 months
5. Best-corrected visual acuity of 20/50 or worse
6. Hemoglobin A1c fell by 1 % or more within 12 months
7. Diabetes mellitus of any type
8. No PET/CT in the last 6 months
9. Prescribed by a neurologist
10. Platelet count below 50,000
11. eGFR of 25 mL/min/1.73 m2 or higher
12. Creatinine clearance above 30 mL/min
13. Blood eosinophil count of at least 300 cells per microliter within the past 12 months
14. You have not smoked for at least 2 weeks
15. No chronic kidney disease
16. CT of the chest within the 60 days before the request
17. Failure of two statins

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
SIGNED = "\n\nElectronically signed: A. Okafor, MD 01/20/2026"
(
    INFECTION,
    RESIDUAL,
    SURGERY,
    PAIN,
    SIGHT,
    FELL,
    DIABETES,
    PET,
    HAND,
    PLATELETS,
    FILTERED,
    CLEARED,
    CELLS,
    SMOKE,
    KIDNEYS,
    CHEST,
    STATINS,
) = range(17)


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (INFECTION, "No urinary tract infection."),
        (RESIDUAL, "Post-void residual 38 mL by bladder scan."),
        (PAIN, "Low back pain for 8 months."),
        (PAIN, "Low back pain since March 2025."),
        (SIGHT, "BCVA 20/60."),
        (FELL, "Hemoglobin A1c 9.4% on 06/02/2025, 8.1% on 01/12/2026."),
        (DIABETES, "Assessment: Type 2 diabetes (E11.9)."),
        (PLATELETS, "Platelets 32 K/uL."),
        (FILTERED, "eGFR 41."),
        (SMOKE, "Former smoker, quit 03/2019."),
        (STATINS, "Atorvastatin 1/2025-4/2025, no response. Rosuvastatin 5/2025-9/2025, no response."),
        (KIDNEYS, "No chronic kidney disease."),
        (CHEST, "Chest CT 01/05/2026: 9 mm nodule, 6 mm in 7/2025."),
        (CELLS, "Eosinophils 410 cells/mcL (06/02/2025), 120 cells/mcL (01/12/2026)."),
        (PET, "PET/CT was done once, on May 14, 2024, for a fever: no uptake." + SIGNED),
        (PET, "Last PET 05/14/2024: no uptake." + SIGNED),
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
        pytest.param(PAIN, "Physical therapy for low back pain for 8 months.", id="the therapy's length"),
        pytest.param(PAIN, "Low back pain for less than 8 months.", id="less"),
        pytest.param(PAIN, "No low back pain for 8 months.", id="none"),
        pytest.param(PAIN, "Her sister has had low back pain for 8 months.", id="a relative's pain"),
        pytest.param(PAIN, "Low back pain since December 2025.", id="too short"),
        pytest.param(PAIN, "Low back pain for 8 months in 2019, resolved.", id="over"),
        pytest.param(SIGHT, "BCVA 20/40.", id="better"),
        pytest.param(SIGHT, "Uncorrected vision 20/100.", id="without glasses"),
        pytest.param(SIGHT, "BCVA OD 20/60, OS 20/20.", id="which eye is not known"),
        pytest.param(FELL, "Hemoglobin A1c 8.1% on 06/02/2025, 9.4% on 01/12/2026.", id="rose"),
        pytest.param(FELL, "Hemoglobin A1c 9.4% on 06/02/2024, 8.1% on 01/12/2026.", id="outside the window"),
        pytest.param(DIABETES, "Sister has type 1 diabetes.", id="family"),
        pytest.param(DIABETES, "Referred to the diabetes educator.", id="an educator"),
        pytest.param(PET, "PET/CT on May 14, 2024: no uptake." + SIGNED, id="not said to be the last"),
        pytest.param(PET, "Last MRI 06/02/2024; PET 05/14/2024: normal." + SIGNED, id="another study was the last"),
        pytest.param(PET, "Last PET 11/14/2025: no uptake." + SIGNED, id="within the window"),
        pytest.param(PET, "Last PET 05/14/2024. PET 12/02/2025: no uptake." + SIGNED, id="another since"),
        pytest.param(PET, "Last PET available to us 05/14/2024: no uptake." + SIGNED, id="the last of one place"),
        pytest.param(PLATELETS, "Platelets 95 K/uL.", id="in thousands"),
        pytest.param(PLATELETS, "Platelets 320.", id="of no unit"),
        pytest.param(FILTERED, "eGFR 21.", id="lower"),
        pytest.param(STATINS, "Atorvastatin 1/2025-4/2025, no response.", id="only one"),
        pytest.param(STATINS, "Atorvastatin failed. Atorvastatin failed again.", id="the same twice"),
        pytest.param(STATINS, "Atorvastatin failed. Start rosuvastatin.", id="one is planned"),
        pytest.param(STATINS, "Atorvastatin failed. Her mother failed rosuvastatin.", id="one is her mother's"),
        pytest.param(SMOKE, "Smokes 1 ppd, trying to quit, quit date 01/25/2026.", id="the day is still ahead"),
        pytest.param(SMOKE, "She is trying to quit smoking since 03/2019.", id="only meant to"),
        pytest.param(KIDNEYS, "Not a candidate for NSAIDs (CKD 4).", id="the reason of another denial"),
        pytest.param(CHEST, "Chest CT 01/05/2025: 9 mm nodule, 6 mm in 7/2024.", id="an old study told today"),
        pytest.param(CELLS, "Eosinophils 410 cells/mcL (06/02/2024), 120 cells/mcL (01/12/2026).", id="long before"),
        pytest.param(CLEARED, "Creatinine 1.4 mg/dL.", id="another measure"),
        pytest.param(HAND, "Referred by Jane Roe, MD, Neurology.", id="who referred"),
        pytest.param(HAND, "Consult with Jane Roe, MD, Neurology, requested.", id="who is asked"),
        pytest.param(SURGERY, "Epilepsy surgery conference is on 12/03/2026. No epilepsy.", id="another thing denied"),
    ],
)
def test_what_the_chart_does_not_show_does_not(tmp_path: Path, criterion: int, sentence: str) -> None:
    assert verdict(tmp_path, LETTER, criterion, sentence) != "met"


def test_an_infection_of_which_kind_nobody_tells_is_for_a_person(tmp_path: Path) -> None:
    assert verdict(tmp_path, LETTER, INFECTION, "Assessment: Urinary tract infection.") == "needs_review"
