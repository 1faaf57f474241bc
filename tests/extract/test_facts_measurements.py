"""Scores and measured values, from sentences and tables."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\nOBJECTIVE\n"


def facts(text: str, name: str) -> list[FactProposal]:
    wanted = ("measurement", "imaging")
    return [found for found in propose_facts(document(text)) if found.name == name and found.kind in wanted]


def fact(text: str, name: str) -> FactProposal:
    (found,) = facts(text, name)
    return found


@pytest.mark.parametrize(
    ("text", "name", "value", "high", "scale", "unit"),
    [
        ("Oswestry Disability Index (ODI) today is 48% (48/100).", "ODI", "48", None, "100", "%"),
        ("ODI 48/100", "ODI", "48", None, "100", None),
        ("WOMAC total score today: 58 of 96.", "WOMAC", "58", None, "96", None),
        ("Kellgren-Lawrence grade 2-3 changes", "Kellgren-Lawrence", "2", "3", None, None),
        ("KL grade 4", "Kellgren-Lawrence", "4", None, None, None),
        ("PHQ-9: 18", "PHQ-9", "18", None, None, None),
        ("PHQ-2 score of 4", "PHQ-2", "4", None, None, None),
        ("NYHA class III", "NYHA", "3", None, None, None),
        ("NYHA class II-III", "NYHA", "2", "3", None, None),
        ("BMI 41.2 kg/m2", "BMI", "41.2", None, None, "kg/m2"),
        ("BMI of 29.4.", "BMI", "29.4", None, None, None),
        ("LVEF 35-40%", "LVEF", "35", "40", None, "%"),
        ("Hemoglobin A1c is elevated at 8.9%.", "HbA1c", "8.9", None, None, "%"),
        ("SpO2 86% on room air", "SpO2", "86", None, None, "%"),
        ("BNP 2,400 pg/mL", "BNP", "2400", None, None, "pg/mL"),
        ("Pain is 7/10.", "pain score", "7", None, "10", None),
        ("Pain is rated 7-8/10 today.", "pain score", "7", "8", "10", None),
        ("15 migraine days per month; MIDAS 48", "MIDAS", "48", None, None, None),
    ],
)
def test_a_value_keeps_its_range_scale_and_unit(
    text: str, name: str, value: str, high: str | None, scale: str | None, unit: str | None
) -> None:
    found = fact(NOTE + text, name)
    assert (found.value, found.value_high, found.scale_max, found.unit) == (value, high, scale, unit)
    assert found.date == "2026-09-22"


def test_a_blood_pressure_is_two_measurements() -> None:
    text = NOTE + "Blood pressure 128/76 mmHg."
    assert fact(text, "systolic blood pressure").value == "128"
    assert fact(text, "diastolic blood pressure").value == "76"


def test_vital_signs_side_by_side_are_each_read() -> None:
    text = NOTE + "HR 124, BP 88/52 mmHg, RR 28, Temp 101.2 F, SpO2 86%"
    values = {f.name: f.value for f in propose_facts(document(text)) if f.kind == "measurement"}
    assert values == {
        "heart rate": "124",
        "systolic blood pressure": "88",
        "diastolic blood pressure": "52",
        "respiratory rate": "28",
        "temperature": "101.2",
        "SpO2": "86",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Goal ODI less than 20.",
        "Target SpO2 > 92%.",
        "PHQ-9 to be repeated in 12 weeks.",
        "Height: 5'4\"",
        "BMI on 06/12/2026 was not recorded.",
        "ODI improved by 12 points.",
        "Her mother had a BMI of 44.",
        "KL grade 7",
    ],
)
def test_what_is_no_measured_value_is_not_read_as_one(text: str) -> None:
    assert [f for f in propose_facts(document(NOTE + text)) if f.kind == "measurement" and not f.unread] == []


def test_a_value_with_its_own_date_is_of_that_day() -> None:
    text = NOTE + "WOMAC total score was 60 of 96 on 05/04/2026 and 59 of 96 on 07/13/2026."
    assert [(f.value, f.date) for f in facts(text, "WOMAC")] == [("60", "2026-05-04"), ("59", "2026-07-13")]


def test_a_value_of_an_earlier_visit_has_no_date_of_this_note() -> None:
    assert fact(NOTE + "Pain with walking was 7/10 at the first visit.", "pain score").date is None


def test_a_grade_has_the_date_of_the_radiograph_that_shows_it() -> None:
    text = NOTE + "Radiographs of 06/30/2026 show Kellgren-Lawrence grade 4 osteoarthritis of the right knee."
    found = fact(text, "Kellgren-Lawrence")
    assert (found.date, found.side, found.body_part, found.kind) == ("2026-06-30", "right", "knee", "imaging")


def test_each_knee_keeps_its_own_grade() -> None:
    text = (
        "RADIOLOGY REPORT\nDate of exam: 06/30/2026\n\nFINDINGS\n"
        "Right knee: Large osteophytes. Kellgren-Lawrence grade 4.\n"
        "Left knee: Small osteophytes. Kellgren-Lawrence grade 2.\n"
    )
    assert {(f.side, f.value) for f in facts(text, "Kellgren-Lawrence")} == {("right", "4"), ("left", "2")}


def test_a_body_weight_is_of_no_knee() -> None:
    found = fact("Left knee: varus deformity, BMI 33.4.", "BMI")
    assert (found.side, found.body_part) == (None, None)


def test_columns_headed_by_dates_date_their_values() -> None:
    text = "Measure   07/27/2026   09/11/2026\nPain, 0 to 10   7   6\nOswestry Disability Index (ODI)   52%   50%\n"
    assert [(f.value, f.unit, f.date) for f in facts(text, "ODI")] == [
        ("52", "%", "2026-07-27"),
        ("50", "%", "2026-09-11"),
    ]
    assert [(f.value, f.scale_max) for f in facts(text, "pain score")] == [("7", "10"), ("6", "10")]
    assert facts(text, "ODI")[0].date_quotes[0].text == "Measure   07/27/2026   09/11/2026"


def test_rows_headed_by_dates_date_their_values() -> None:
    text = "Date   PHQ-9   GAD-7\n05/01/2026   23   17\n06/12/2026   21   15\n"
    assert [(f.value, f.date) for f in facts(text, "PHQ-9")] == [("23", "2026-05-01"), ("21", "2026-06-12")]
    assert [f.value for f in facts(text, "GAD-7")] == ["17", "15"]


def test_columns_that_only_say_first_and_last_leave_the_values_undated() -> None:
    found = facts(NOTE + "Measure   Initial   Discharge\nODI   52%   50%\n", "ODI")
    assert [(one.value, one.date) for one in found] == [("52", None), ("50", None)]


def test_a_table_of_results_has_the_date_of_its_note() -> None:
    text = NOTE + "Measure   Result\nTender joints (28)   12\nCDAI   28\n"
    assert (fact(text, "CDAI").value, fact(text, "CDAI").date) == ("28", "2026-09-22")
    assert fact(text, "tender joint count").value == "12"


def test_a_measure_that_is_named_without_a_figure_gives_none() -> None:
    assert facts("Visual acuity was not checked today.", "visual acuity") == []


def test_a_cell_in_two_units_gives_a_figure_in_each() -> None:
    text = (
        f"{NOTE}Spirometry              11/06/2025     05/05/2026\nFEV1 (L / % pred)       1.14 / 38      0.84 / 29\n"
    )
    assert [(one.value, one.unit, one.date) for one in facts(text, "FEV1")] == [
        ("1.14", "L", "2025-11-06"),
        ("38", "%", "2025-11-06"),
        ("0.84", "L", "2026-05-05"),
        ("29", "%", "2026-05-05"),
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Treadmill stopped for knee pain, 3.5 METs.", ["3.5"]),
        ("She is unable to reach 4 METs.", []),
        ("Capacity of less than 4 METs.", []),
        ("Goal: 6 METs.", []),
    ],
)
def test_metabolic_equivalents_stand_before_their_name(text: str, values: list[str]) -> None:
    assert [one.value for one in facts(f"{NOTE}{text}\n", "METs") if not one.unread] == values
