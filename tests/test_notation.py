"""How dates, lengths, amounts and codes are read."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import notation


@pytest.mark.parametrize(
    "written",
    [
        "March 11, 2026",
        "Mar. 11, 2026",
        "March 11th, 2026",
        "03/11/2026",
        "3/11/26",
        "03-11-2026",
        "11 March 2026",
        "11-Mar-2026",
        "2026-03-11",
    ],
)
def test_every_usual_way_to_write_a_day_is_read(written: str) -> None:
    found = notation.days(f"on {written}.")
    assert [(f.value, f"on {written}."[f.start : f.end]) for f in found] == [(date(2026, 3, 11), written)]


@given(st.dates(min_value=date(1931, 1, 1), max_value=date(2029, 12, 31)))
def test_a_day_survives_being_written_and_read(day: date) -> None:
    for written in (f"{day:%m/%d/%Y}", f"{day:%B} {day.day}, {day.year}", day.isoformat(), f"{day:%m/%d/%y}"):
        assert [found.value for found in notation.days(written)] == [day]


@pytest.mark.parametrize("written", ["2/30/2026", "13/13/2026", "4/1", "ratio 3/4", "PA-2026-03-1177", "1.2.3"])
def test_what_is_no_date_is_not_read_as_one(written: str) -> None:
    assert notation.dates(written) == []


@pytest.mark.parametrize(("written", "value"), [("March 2026", "2026-03"), ("03/2026", "2026-03")])
def test_a_month_stays_a_month(written: str, value: str) -> None:
    assert [str(found.value) for found in notation.dates(written)] == [value]


@pytest.mark.parametrize(
    "written",
    ["April 1 to May 15, 2026", "4/1/2026 - 5/15/2026", "4/1-5/15/2026", "4/1/26-5/15/26", "04/01/2026-05/15/2026"],
)
def test_both_ends_of_a_range_are_read(written: str) -> None:
    assert [str(found.value) for found in notation.dates(written)] == ["2026-04-01", "2026-05-15"]


def test_a_range_over_the_new_year_begins_in_the_year_before() -> None:
    assert [str(f.value) for f in notation.dates("December 20 to January 5, 2026")] == ["2025-12-20", "2026-01-05"]


@pytest.mark.parametrize(
    ("written", "n", "unit"),
    [
        ("6 weeks", 6, "weeks"),
        ("six (6) weeks", 6, "weeks"),
        ("one hundred eighty (180) days", 180, "days"),
        ("180 calendar days", 180, "days"),
        ("a 3-month trial", 3, "months"),
        ("12+ weeks", 12, "weeks"),
        ("twenty-four months", 24, "months"),
    ],
)
def test_lengths_of_time_are_read_in_figures_and_in_words(written: str, n: int, unit: str) -> None:
    assert [(f.value.n, f.value.unit) for f in notation.lengths(written)] == [(n, unit)]


@pytest.mark.parametrize("written", ["2 business days", "6-8 weeks", "six (8) weeks", "At least }2 weeks", "|2 weeks"])
def test_a_length_that_is_not_certain_is_not_read(written: str) -> None:
    assert notation.lengths(written) == []


@given(st.integers(min_value=1, max_value=999))
def test_numbers_in_words_below_a_thousand_are_read(n: int) -> None:
    tens = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    units = (
        *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    )
    hundreds, rest = divmod(n, 100)
    words = [units[hundreds], "hundred"] if hundreds else []
    if rest >= 20:
        words.append(tens[rest // 10 - 2] + (f"-{units[rest % 10]}" if rest % 10 else ""))
    elif rest:
        words.append(units[rest])
    assert notation.spelled(" ".join(words)) == n


def test_amounts_need_a_sign_or_cents() -> None:
    assert [f.value for f in notation.amounts("$1,234.56 and 48,200.00 but not 48,200 or $12.5")] == [
        Decimal("1234.56"),
        Decimal("48200.00"),
    ]


def test_codes_are_told_from_postal_codes_and_policy_numbers() -> None:
    text = "CPT 72148-26, HCPCS J0135 for M54.16; Boston, MA 02118-1234; LCD L33618"
    assert [found.value for found in notation.procedure_codes(text)] == ["72148", "J0135"]
    assert [found.value for found in notation.diagnosis_codes(text)] == ["M54.16"]


def test_parts_of_dates_and_ratios_are_no_plain_numbers() -> None:
    assert [str(found.value) for found in notation.numbers("BMI 41.2 kg/m2 on 03/11/2026, ODI 48/100, 15mg")] == [
        "41.2",
        "15",
    ]
