"""Measures and risks in layouts and wordings of many clinics."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.fact import Assertion, FactKind
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\nOBJECTIVE\n"


def told(text: str, name: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    """Value, unit, side and date of the measurements of a name."""
    found = [f for f in propose_facts(document(NOTE + text)) if f.kind is FactKind.MEASUREMENT and f.name == name]
    return [(f.value, f.unit, f.side, f.date) for f in found]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Her RIVERS-8 total is 17/40 today.", "RIVERS-8", "17"),
        ("Halden Frailty Index: 6 of 9.", "Halden Frailty Index", "6"),
        ("Lowest SpO2 ................. 81%", "lowest oxygen saturation", "81"),
        ("DXA of the spine: T-score -2.8.", "T-score", "-2.8"),
        ("There were 9 tender and 7 swollen joints.", "tender joint count", "9"),
        ("HbA1c fell from 9.1% to 8.2%.", "HbA1c", "8.2"),
    ],
)
def test_a_score_is_read_under_any_name_and_in_any_order(text: str, name: str, value: str) -> None:
    assert [found[0] for found in told(text, name)] == [value]


@pytest.mark.parametrize("text", ["Weight down 9 lb.", "Page 3/12", "An ODI of 40% or more is needed."])
def test_a_change_a_page_or_a_bound_is_no_measurement(text: str) -> None:
    found = propose_facts(document(NOTE + text))
    assert [fact.name for fact in found if fact.kind is FactKind.MEASUREMENT] == []


def test_a_result_told_in_two_units_is_two_measurements_of_one_day() -> None:
    found = told("FEV1 0.94 L (41% predicted) on 07/14/2026.", "FEV1")
    assert [(value, unit, day) for value, unit, _, day in found] == [
        ("0.94", "L", "2026-07-14"),
        ("41", "%", "2026-07-14"),
    ]


def test_the_date_of_a_label_holds_for_its_list() -> None:
    text = "Labs 06/12/2026: ferritin 9 ng/mL, ALT 31 U/L. Potassium 4.4 mmol/L.\n"
    assert [told(text, name)[0][3] for name in ("ferritin", "ALT", "potassium")] == ["2026-06-12"] * 3


def test_a_row_of_a_walking_test_is_of_the_day_of_its_note() -> None:
    text = "Phase   SpO2   HR   Borg\nRest   91%   84   1\nMinute 3   86%   106   4\n"
    assert [(found[0], found[3]) for found in told(text, "SpO2")] == [("91", "2026-09-22"), ("86", "2026-09-22")]
    assert [found[0] for found in told(text, "Borg")] == ["1", "4"]


def test_an_empty_cell_of_vital_signs_leaves_the_others_in_their_columns() -> None:
    text = "Time   BP   HR   RR   Temp   SpO2\n20:10   162/90   108   26   93%\n"
    assert [told(text, name)[0][0] for name in ("heart rate", "respiratory rate", "SpO2")] == ["108", "26", "93"]
    assert told(text, "temperature") == []


def test_a_nerve_table_keeps_the_sides_of_its_columns() -> None:
    text = "Nerve   Left   Right   Normal\nMedian distal motor latency   5.6 ms   4.1 ms   < 4.4\n"
    assert [found[:3] for found in told(text, "median distal motor latency")] == [
        ("5.6", "ms", "left"),
        ("4.1", "ms", "right"),
    ]


def test_a_wound_has_the_size_its_dimensions_give() -> None:
    assert told("Wound, right heel: 3.2 cm x 2.1 cm x 0.4 cm.", "wound size")[0][:3] == ("3.2", "cm", "right")


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("He is a lifelong non-smoker.", Assertion.ABSENT),
        ("Quit smoking 03/2021.", Assertion.HISTORICAL),
        ("Smokes half a pack a day.", Assertion.PRESENT),
    ],
)
def test_tobacco_is_told_as_never_over_or_going_on(text: str, assertion: Assertion) -> None:
    found = propose_facts(document(NOTE + text))
    assert [fact.assertion for fact in found if fact.name == "tobacco use"] == [assertion]


@pytest.mark.parametrize(
    "text",
    [
        "MIDAS:   01/05/2026  44      04/06/2026  31      09/22/2026  27",
        "MIDAS (total): 01/05/2026: 44; 04/06/2026: 31; 09/22/2026: 27",
        "MIDAS scores   44 (01/05/2026)   31 (04/06/2026)   27 (09/22/2026)",
    ],
)
def test_days_and_values_in_turn_are_a_measurement_each(text: str) -> None:
    found = [(value, day) for value, _, _, day in told(text + "\n", "MIDAS")]
    assert found == [("44", "2026-01-05"), ("31", "2026-04-06"), ("27", "2026-09-22")]


def test_a_table_of_before_and_after_is_read_before_and_in_the_unit_of_each_column() -> None:
    text = (
        "   Pre-BD   % pred   Post-BD   % pred\n"
        "FVC (L)   2.41   71   2.60   77\n"
        "FEV1 (L)   1.22   48   1.51   60\n"
        "FEV1/FVC   0.51   0.58\n"
    )
    assert [found[:3] for found in told(text, "FEV1")] == [("1.22", "L", None), ("48", "%", None)]


def test_words_behind_the_last_column_leave_the_others_in_place() -> None:
    text = (
        "   Eval 03/02/2026   D/C 05/04/2026   Goal\n"
        "Timed Up and Go   16.1 sec   13.2 sec   <12 sec   Not met\n"
        "Pain with stairs   8/10   6/10   3/10   Not met\n"
    )
    assert [(found[0], found[3]) for found in told(text, "pain score")] == [("8", "2026-03-02"), ("6", "2026-05-04")]
    assert [found[0] for found in told(text, "Timed Up and Go")] == ["16.1", "13.2"]


def test_a_solid_rule_under_a_head_leaves_it_the_head_of_its_rows() -> None:
    text = (
        "Drug            Max dose     Dates                      Result\n"
        "---------------------------------------------------------------\n"
        "Topiramate      100 mg       01/06/2026 - 03/10/2026    No response\n"
        "Amitriptyline   25 mg        03/17/2026 - 04/14/2026    Stopped, sedation\n"
    )
    drugs = {f.name: f for f in propose_facts(document(NOTE + text)) if f.kind is FactKind.MEDICATION}
    assert (drugs["topiramate"].start, drugs["topiramate"].end) == ("2026-01-06", "2026-03-10")
    assert drugs["amitriptyline"].outcome == "intolerant"


def test_the_day_of_a_panel_is_that_of_its_results() -> None:
    found = told("CBC 01/13/2026 WBC 7.9, absolute eosinophils 410 cells/mcL.\n", "eosinophils")
    assert [(value, day) for value, _, _, day in found] == [("410", "2026-01-13")]


@pytest.mark.parametrize("text", ["Rituximab has not been tried.", "Rituximab is not wanted.", "We support rituximab."])
def test_what_was_not_tried_or_is_only_supported_is_not_held(text: str) -> None:
    found = [f for f in propose_facts(document(NOTE + text)) if f.kind is FactKind.MEDICATION]
    assert found
    assert not any(f.assertion.holds for f in found)


def test_days_of_a_week_are_no_duration() -> None:
    found = propose_facts(document(NOTE + "He goes to physical therapy for 3 days a week."))
    assert [f.duration for f in found if f.kind is FactKind.TREATMENT] == [None]


def test_a_row_that_leaves_half_of_many_columns_empty_is_in_doubt_and_soon_passed_over() -> None:
    measures = "SpO2 Pulse Borg PHQ-9 GAD-7 ODI BMI A1c FEV1 LVEF Weight Height Temp Resp TSH LDL HDL CRP ESR WBC Hgb"
    head, row = "   ".join(["Time", *measures.split()]), "   ".join(["08:15", *["88"] * 10])
    found = propose_facts(document(f"{NOTE}{head}\n{row}\n{row.replace('08', '09')}\n"))
    assert [fact.name for fact in found if fact.kind is FactKind.MEASUREMENT] == []
