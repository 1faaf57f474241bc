"""How long a symptom has been there, what is measured on each side, and abbreviations that name no disease."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_facts import ground_facts
from schemas.fact import Fact
from tests.makers import document

NOTE = "CLINIC NOTE\nDate of visit: 09/22/2026\n\n"


def facts(text: str, name: str) -> list[Fact]:
    paper = document(NOTE + text)
    found = ground_facts(propose_facts(paper), Grounder([paper]))
    assert found.refused == ()
    return [fact for fact in found.facts if fact.name == name]


@pytest.mark.parametrize(
    ("text", "name", "since"),
    [
        ("Urgency and urge incontinence since spring 2023.", "bladder urgency", "2023"),
        ("Urgency and urge incontinence since spring 2023.", "urinary incontinence", "2023"),
        ("Ulcer opened about July 14, 2026.", "ulcer", "2026-07-14"),
        ("Keratoconus in both eyes since 2024.", "keratoconus", "2024"),
        ("Headache began 5 months ago.", "headache", "2026-04"),
        ("Low back pain for 8 months, worse with sitting.", "low back pain", "8 months"),
        ("He has an 8-month history of low back pain.", "low back pain", "8 months"),
        ("Right knee pain for the past 2 years.", "knee pain", "2 years"),
        ("Type 2 diabetes for 14 years, on metformin.", "type 2 diabetes", "14 years"),
    ],
)
def test_the_time_of_a_symptom_is_told_right_beside_it(text: str, name: str, since: str) -> None:
    (fact,) = facts(text, name)
    length = f"{fact.duration.n} {fact.duration.unit}" if fact.duration else None
    assert (str(fact.start) if fact.start else length) == since
    assert fact.ongoing


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Physical therapy for back pain for 8 weeks.", "back pain", id="of the therapy"),
        pytest.param("Back pain for less than 6 weeks.", "back pain", id="not so long"),
        pytest.param("Back pain for 6 months in 2019, resolved.", "back pain", id="over"),
        pytest.param("Back pain relieved for 6 months.", "back pain", id="of the relief"),
        pytest.param("No back pain since 2023.", "back pain", id="denied"),
        pytest.param("Mother had back pain for 6 months.", "back pain", id="a relative's"),
        pytest.param("Hypertension, diabetes for 10 years.", "hypertension", id="of the other"),
        pytest.param("Back pain, surgery since postponed to 03/2026.", "back pain", id="of another thing"),
        pytest.param("Back pain since 10/2026.", "back pain", id="after the note"),
    ],
)
def test_a_time_that_is_not_the_symptoms_is_not_taken(text: str, name: str) -> None:
    assert all((fact.start, fact.duration, fact.ongoing) == (None, None, False) for fact in facts(text, name))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Toe pressure R 52 mmHg, L 31 mmHg.", "toe pressure", [("52", "right"), ("31", "left")]),
        ("ABI R 1.38 (noncompressible), L 0.64.", "ABI", [("1.38", "right"), ("0.64", "left")]),
        ("ABI right 0.81 and left 0.55", "ABI", [("0.81", "right"), ("0.55", "left")]),
        ("OD Kmax 49.2 D, OS Kmax 46.8 D.", "Kmax", [("49.2", "right"), ("46.8", "left")]),
        (
            "                   OD         OS\nUCVA          20/100     20/50\nKmax today    51.3 D     47.0 D\n",
            "Kmax",
            [("51.3", "right"), ("47.0", "left")],
        ),
        (
            "                   OD         OS\nUCVA          20/100     20/50\nKmax today    51.3 D     47.0 D\n",
            "uncorrected visual acuity",
            [("20/100", "right"), ("20/50", "left")],
        ),
    ],
)
def test_each_figure_is_of_its_own_side(text: str, name: str, expected: list[tuple[str, str]]) -> None:
    assert [(fact.value, fact.side) for fact in facts(text, name)] == expected


def test_the_same_day_is_that_of_the_figure_before() -> None:
    found = facts("Earlier maps: OD Kmax 49.2 D (14 January 2025), OS Kmax 46.8 D (same day).", "Kmax")
    assert [str(fact.date) for fact in found] == ["2025-01-14", "2025-01-14"]


def test_room_air_is_no_arthritis() -> None:
    assert facts("SpO2 97% RA, weight 174 lb.", "rheumatoid arthritis") == []
    assert facts("Sats 95 on RA.", "rheumatoid arthritis") == []
    assert len(facts("She has RA and takes methotrexate.", "rheumatoid arthritis")) == 1


def test_different_pressures_are_different_measures() -> None:
    assert [fact.value for fact in facts("MIP 55 cmH2O, MEP 64 cmH2O.", "MIP")] == ["55"]
    assert [fact.value for fact in facts("MIP 55 cmH2O, MEP 64 cmH2O.", "MEP")] == ["64"]


@pytest.mark.parametrize(
    ("text", "name", "outcome"),
    [
        ("- Oxybutynin 10 mg, 02/03/2025 to 04/14/2025. Severe dry mouth, stopped.", "oxybutynin", "intolerant"),
        ("- Mirabegron 50 mg, 05/01/2025 to 08/20/2025. No change in leaks.", "mirabegron", "failed"),
        ("Levetiracetam 40 mg/kg/day, 01/2024 to 05/2024: rage and hitting, stopped.", "levetiracetam", "intolerant"),
        ("Oxcarbazepine, 06/2024 to 01/2026: seizures unchanged, stopped.", "oxcarbazepine", "failed"),
        ("Lisinopril 10 mg daily. No change in medications.", "lisinopril", None),
        ("Lisinopril 10 mg daily. Severe dry mouth, amitriptyline stopped.", "lisinopril", None),
    ],
)
def test_how_a_drug_ended_may_stand_in_the_next_sentence(text: str, name: str, outcome: str | None) -> None:
    (fact,) = facts(text, name)
    assert fact.outcome == outcome


@pytest.mark.parametrize("text", ["Ketogenic diet: offered, family cannot do it.", "Ketogenic diet: maybe later."])
def test_what_was_only_offered_was_not_had(text: str) -> None:
    (fact,) = facts(text, "ketogenic diet")
    assert fact.assertion == "hypothetical"


def test_a_recording_of_several_days_is_of_its_last() -> None:
    (fact,) = facts("Video EEG 06/02/2026 to 06/05/2026: 7 seizures.", "EEG")
    assert str(fact.date) == "2026-06-05"


@pytest.mark.parametrize(
    "text", ["HbA1c 8.1% (08/24/2026). Prior 9.6% (02/2026).", "HbA1c 8.1% (08-24-2026), was 9.6% in 02-2026."]
)
def test_the_figure_before_is_of_its_own_month(text: str) -> None:
    found = facts(text, "HbA1c")
    assert [(fact.value, str(fact.date)) for fact in found] == [("8.1", "2026-08-24"), ("9.6", "2026-02")]


def test_a_consultation_about_a_treatment_is_no_course_of_it() -> None:
    paper = document("FOLLOW-UP AND TMS CONSULTATION\nDate of visit: 09/10/2026\n\nAt intake 01/15/2024: 32.\n")
    assert not [one for one in propose_facts(paper) if one.kind == "treatment"]


def test_the_eye_over_a_column_may_be_written_two_ways() -> None:
    table = "               RE (OD)   LE (OS)\nBest corrected VA   20/20   20/40\nUncorrected VA   20/25   20/100\n"
    found = facts(table, "corrected visual acuity")
    assert [(fact.value, fact.side) for fact in found] == [("20/20", "right"), ("20/40", "left")]
    found = facts("BCVA RE 20/20, LE 20/30.", "corrected visual acuity")
    assert [(fact.value, fact.side) for fact in found] == [("20/20", "right"), ("20/30", "left")]


def test_what_is_measured_today_is_not_of_the_day_before_it() -> None:
    found = facts("Y-BOCS today: 27. At intake 01/15/2024: 32. PHQ-9 today: 8.", "PHQ-9")
    assert [(fact.value, str(fact.date)) for fact in found] == [("8", "2026-09-22")]


def test_the_day_of_a_diagnosis_begins_it() -> None:
    (fact,) = facts("Parkinson disease, diagnosed in 2019, now with wearing off.", "Parkinson's disease")
    assert (str(fact.start), fact.ongoing) == ("2019", True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Office visit 09/24/2026 - Anselm Roe, MD, Neurology\n\nShe is well.\n\nSigned: Anselm Roe, MD 09/24/2026", 1),
        ("Office visit 09/24/2026 - Anselm Roe, MD, Neurology\n\nShe is well.\n\nSigned: Ida Poe, MD 09/24/2026", 0),
        (
            "OFFICE VISIT 09/24/2026\n\nShe is well.\n\nAnselm Roe, MD  Board-certified neurologist  Signed 09/24/2026",
            1,
        ),
        ("OFFICE VISIT 09/24/2026\n\ncc: Anselm Roe, MD, Neurology\n\nSigned: Ida Poe, MD 09/24/2026", 0),
    ],
)
def test_the_specialty_of_who_signs_may_stand_in_the_heading(text: str, found: int) -> None:
    paper = document(text)
    proposed = [one for one in propose_facts(paper) if "author_specialty" in one.classes]
    assert len(proposed) == found


@pytest.mark.parametrize(
    ("text", "says", "end"),
    [
        ("Smokes 1 ppd, trying to quit, quit date 10/15/2026.", "present", None),
        ("Quit date set for 10/15/2026.", "present", None),
        ("She is trying to quit smoking.", "present", None),
        ("Former smoker, quit date 11/2025.", "historical", "2025-11"),
        ("He quit smoking in 03/2024.", "historical", "2024-03"),
    ],
)
def test_a_habit_that_is_only_meant_to_end_goes_on(text: str, says: str, end: str | None) -> None:
    (fact,) = facts(text, "tobacco use")
    assert (fact.assertion.value, str(fact.end) if fact.end else None) == (says, end)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("Not a candidate for NSAIDs (CKD 4).", "chronic kidney disease", "present"),
        ("Metformin not used (no CKD).", "chronic kidney disease", "absent"),
        ("No NSAIDs (ibuprofen, naproxen).", "ibuprofen", "absent"),
        ("No asthma (or COPD).", "COPD", "absent"),
    ],
)
def test_why_a_drug_was_not_had_is_not_denied_with_it(text: str, name: str, says: str) -> None:
    (fact,) = facts(text, name)
    assert fact.assertion.value == says


@pytest.mark.parametrize(
    ("text", "name", "date"),
    [
        ("Chest CT 01/05/2026: 9 mm nodule, 6 mm in 7/2025.", "CT", "2026-01-05"),
        ("LVEF 30% (echo 12/15/2025), 25% in 6/2025.", "echocardiogram", "2025-12-15"),
        ("MRI lumbar spine 3/3/2025 compared with 2/2/2023: stable.", "MRI", "2025-03-03"),
    ],
)
def test_a_study_is_of_the_day_beside_its_name(text: str, name: str, date: str) -> None:
    (fact,) = facts(text, name)
    assert str(fact.date) == date


def test_figures_by_the_hour_and_of_last_month_are_read() -> None:
    assert [fact.value for fact in facts("Sleep study 11/3/2025: AHI 22/h.", "AHI")] == ["22"]
    assert [fact.date for fact in facts("A1c 7.4% last month.", "HbA1c")] == [None]
    eyes = facts("Right eye: IOP 24, left eye: IOP 18.", "intraocular pressure")
    assert [(fact.value, fact.side) for fact in eyes] == [("24", "right"), ("18", "left")]


def test_a_bare_length_in_a_list_is_the_drugs() -> None:
    (fact,) = facts("Naproxen 500 mg bid, 6 weeks, no relief.", "naproxen")
    assert fact.duration is not None
    assert (fact.duration.n, fact.duration.unit, fact.outcome) == (6, "weeks", "failed")


def test_a_date_in_brackets_is_not_that_of_what_follows_them() -> None:
    (fact,) = facts("AHI 22 events/h (11/2025); on CPAP since 12/2025.", "CPAP")
    assert str(fact.start) == "2025-12"


def test_what_was_switched_to_began_then() -> None:
    (fact,) = facts("Lisinopril caused cough; switched to losartan 3/2024.", "losartan")
    assert (str(fact.start), fact.end) == ("2024-03", None)


def test_a_score_at_intake_is_not_of_today() -> None:
    found = facts("Oswestry 48% at intake, 44% at discharge.", "ODI")
    assert [(fact.value, str(fact.date) if fact.date else None) for fact in found] == [
        ("48", None),
        ("44", "2026-09-22"),
    ]
