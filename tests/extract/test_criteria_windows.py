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


def test_alternatives_keep_their_own_windows():
    first, second = translate(
        "6 weeks of physical therapy within the past 6 months, or 3 months of home exercise within the past year"
    ).of
    assert (first.within.length.n, first.within.length.unit) == (6, "months")
    assert (second.within.length.n, second.within.length.unit) == (1, "years")


def test_a_length_after_for_is_no_window():
    asked = translate("Physical therapy for at least 6 weeks")
    assert (asked.within, asked.length.n) == (None, 6)
