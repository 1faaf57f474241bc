"""A window of one week, month, quarter or year is a window though it gives no number."""

import pytest

from pipeline.extract.criteria.requirements import translate

THERAPY = "At least 6 weeks of physical therapy"


@pytest.mark.parametrize(
    ("said", "n", "unit"),
    [
        ("in the past year", 1, "years"),
        ("over the last year", 1, "years"),
        ("within the year before the request", 1, "years"),
        ("in the past quarter", 3, "months"),
        ("within the last 12 months of the request", 12, "months"),
        ("in the past twelve months", 12, "months"),
        ("in the 12-month period before the request", 12, "months"),
    ],
)
def test_a_window_is_read_with_or_without_its_number(said, n, unit):
    within = translate(f"{THERAPY} {said}.").within
    assert (within.length.n, within.length.unit, within.before) == (n, unit, "request_date")


@pytest.mark.parametrize(
    "said",
    [
        "X-ray of the knee within 60 days before the order",
        "X-ray of the knee within 60 days of the date of the written order",
        "HbA1c of 7% or more within 90 days prior to the prescription",
        f"{THERAPY} in the 6 months before the device was ordered",
    ],
)
def test_a_window_before_the_order_is_not_taken_for_one_before_the_request(said):
    assert translate(said).within.before == "order_date"


def test_time_until_an_order_is_not_reckoned_to_the_request():
    assert translate("The qualifying test was done within 30 days before the date of the order").before == "order_date"
    assert translate("At least 4 weeks since the last injection before the order").before == "order_date"


def test_alternatives_keep_their_own_windows():
    first, second = translate(
        "6 weeks of physical therapy within the past 6 months, or 3 months of home exercise within the past year"
    ).of
    assert (first.within.length.n, first.within.length.unit) == (6, "months")
    assert (second.within.length.n, second.within.length.unit) == (1, "years")


def test_a_length_after_for_is_no_window():
    asked = translate("Physical therapy for at least 6 weeks")
    assert (asked.within, asked.length.n) == (None, 6)
