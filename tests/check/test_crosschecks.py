"""Two statements that cannot both be so are shown together, and nothing that can be."""

from datetime import date

import pytest

from pipeline.check import check
from tests.check.check_makers import TODAY, denial, fact, span

PT = "physical therapy"
CODES = {
    "diagnosis_mismatch",
    "diagnosis_side_mismatch",
    "letter_misstates_chart",
    "stated_duration_conflict",
    "age_conflict",
    "bmi_conflict",
}


def found(case, *facts):
    return [warning for warning in check(case, facts, TODAY).warnings if warning.code in CODES]


def codes(case, *facts):
    return [warning.code for warning in found(case, *facts)]


def measured(fact_id, name, value, unit=None, day="2026-09-01", **more):
    return fact(fact_id, "measurement", name, value=str(value), unit=unit, date=day, **more)


def coded(fact_id, code):
    return fact(fact_id, "diagnosis", "osteoarthritis", value=code, date="2026-09-01")


def test_seven_weeks_by_words_and_six_by_dates_are_shown_with_both_places():
    dated = fact("f1", start="2026-04-01", end="2026-05-15", spans=[span("4/1 to 5/15")])
    stated = fact("f2", duration="7 weeks", spans=[span("seven weeks of PT", 40)])
    (warning,) = found(denial(), dated, stated)
    assert warning.code == "stated_duration_conflict"
    assert "7 weeks of physical therapy" in warning.message
    assert "2026-04-01 to 2026-05-15, which is 44 days = 6 weeks 2 days" in warning.message
    assert {one.quote for one in warning.spans} == {"4/1 to 5/15", "seven weeks of PT"}


def test_seven_weeks_in_the_sentence_of_its_dates_are_shown_too():
    (warning,) = found(denial(), fact(start="2026-04-01", end="2026-05-15", duration="7 weeks"))
    assert (warning.code, "44 days = 6 weeks 2 days" in warning.message) == ("stated_duration_conflict", True)


@pytest.mark.parametrize(
    "stated",
    [
        {"duration": "6 weeks"},
        {"duration": "2 weeks", "date": "2026-04-15"},  # told while it went on
        {"duration": "8 weeks", "start": "2024-01-01"},  # another course
    ],
)
def test_a_length_that_may_be_of_these_dates_or_is_of_others_is_no_conflict(stated):
    assert codes(denial(), fact("f1", start="2026-04-01", end="2026-05-15"), fact("f2", **stated)) == []


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("The notes show only 4 weeks of physical therapy.", True),
        ("You had PT for four weeks, but six are required.", True),
        ("The notes show 6 weeks of physical therapy.", False),
        ("At least 8 weeks of physical therapy must be tried.", False),
        ("The notes do not show 8 weeks of physical therapy.", False),
        ("Our policy asks for 8 weeks of physical therapy.", False),
        ("The pain has lasted 4 weeks.", False),
    ],
)
def test_a_letter_that_shortens_the_treatment_is_held_against_its_dates(reason, expected):
    therapy = fact(start="2026-04-01", end="2026-05-15")
    assert bool(found(denial(reason=reason), therapy)) is expected


def test_the_letters_length_and_the_charts_dates_are_both_told():
    (warning,) = found(denial(reason="The notes show only 4 weeks of PT."), fact(start="2026-04-01", end="2026-05-15"))
    assert warning.message == (
        "The letter speaks of 4 weeks of physical therapy; the chart gives 2026-04-01 to 2026-05-15, "
        "44 days = 6 weeks 2 days."
    )


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Your BMI is 33.", True),
        ("Your body mass index was only 33.1 in the notes.", True),
        ("Your BMI is 36.", False),
        ("Your BMI is 35.6.", False),
        ("A BMI of at least 40 is asked.", False),
        ("Your BMI is below 40.", False),
        ("The ODI was 32%.", True),
        ("The ODI was 48%.", False),
        ("The Oswestry score was 24.", False),  # raw, of 50
        ("The PHQ-9 was 12.", False),  # the chart has none
    ],
)
def test_a_letter_that_misstates_a_figure_is_held_against_the_chart(reason, expected):
    chart = measured("f1", "BMI", "35.6", "kg/m2"), measured("f2", "ODI", 48, "%", scale_max="100")
    raw = measured("f3", "ODI", 24, scale_max="50")
    assert bool(found(denial(reason=reason), *chart, raw)) is expected


@pytest.mark.parametrize(
    ("letter", "chart", "expected"),
    [
        (["M17.11"], "M17.11", []),
        (["M17.12"], "M17.11", ["diagnosis_side_mismatch"]),
        (["M17.11"], "M17.12", ["diagnosis_side_mismatch"]),
        (["M17.0"], "M17.9", []),
        (["M17.12", "M17.11"], "M17.11", []),
        (["M54.16"], "M17.11", ["diagnosis_mismatch"]),
        (["M25.551"], "M17.11", []),  # a hip may be why a knee hurts
        (["M75.111"], "M17.11", ["diagnosis_mismatch"]),
        (["Z99.89"], "M17.11", []),
        (["M75.111", "Z99.89"], "M17.11", []),
    ],
)
def test_a_diagnosis_of_another_side_or_part_than_the_denied_service_is_shown(letter, chart, expected):
    case = denial(service="Right total knee arthroplasty", diagnosis_codes=letter)
    assert codes(case, coded("f1", chart)) == expected


def test_a_diagnosis_warning_cites_the_service_and_the_code():
    case = denial(service="Right total knee arthroplasty", diagnosis_codes=["M17.12"])
    (warning,) = found(case)
    assert [one.quote for one in warning.spans] == ["Right total knee arthroplasty", "M17.12"]


@pytest.mark.parametrize(
    ("bmi", "weight", "height", "expected"),
    [
        ("35.6", (248, "lb"), (70, "in"), []),
        ("33", (248, "lb"), (70, "in"), ["bmi_conflict"]),
        ("30", (100, "kg"), (182, "cm"), []),
        ("40", (100, "kg"), (182, "cm"), ["bmi_conflict"]),
        ("40", (100, None), (182, "cm"), []),  # a weight in no known unit
    ],
)
def test_a_bmi_is_worked_out_from_height_and_weight_of_the_day(bmi, weight, height, expected):
    assert (
        codes(
            denial(), measured("f1", "BMI", bmi), measured("f2", "weight", *weight), measured("f3", "height", *height)
        )
        == expected
    )


def test_weights_of_two_days_are_not_mixed():
    facts = (
        measured("f1", "BMI", 40),
        measured("f2", "weight", 100, "kg", day="2026-01-01"),
        measured("f3", "height", 182, "cm"),
    )
    assert codes(denial(), *facts) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a 54-year-old man", ["age_conflict"]),
        ("a 64-year-old man", []),
        ("a 63 y/o man", []),  # it may be a birthday ago
        ("has a 12-year-old son", []),
    ],
)
def test_an_age_is_held_against_the_date_of_birth(words, expected):
    case = denial(birth_date=date(1962, 3, 4))
    assert codes(case, fact(kind="finding", name="knee pain", date="2026-09-01", spans=[span(words)])) == expected
