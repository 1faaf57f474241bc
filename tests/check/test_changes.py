"""How far a figure moved, how long ago a thing ended, what recurs, and what is left to a person."""

from dataclasses import replace
from decimal import Decimal

import pytest

from schemas.fact import Assertion
from tests.check.check_makers import answer, fact, need, verdict

FALL = need("change", "pain score", value=50, percent=True, direction="down")


def pain(fact_id, value, date, **more):
    return fact(fact_id, "measurement", "pain score", value=str(value), date=date, scale_max=10, **more)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ((8, 4), "met"),
        ((8, 5), "not_met"),
        ((8, 9), "not_met"),
        ((8, 3, 6), "needs_review"),  # it depends on which reading is the baseline
        ((8,), "needs_review"),
        ((), "not_documented"),
    ],
)
def test_a_change_is_measured_between_dated_readings(figures, expected):
    facts = [pain(f"f{n}", figure, f"2026-0{n + 1}-10") for n, figure in enumerate(figures)]
    assert verdict(FALL, *facts) == expected


def test_readings_on_different_scales_have_no_known_change():
    first = fact("f1", "measurement", "pain score", value="80", date="2026-01-10", scale_max=100)
    assert verdict(FALL, first, pain("f2", 4, "2026-02-10")) == "needs_review"


def test_a_change_shows_its_readings():
    computed = answer(FALL, pain("f1", 8, "2026-01-10"), pain("f2", 4, "2026-02-10")).computed
    assert computed is not None
    assert (computed.figure, computed.needed) == ("50% down", "at least 50% down")


def test_a_figure_told_as_the_one_before_is_an_earlier_reading_and_never_the_latest():
    rise = need("change", "creatinine", value=0.3, unit="mg/dL", direction="up")
    first, last = (
        fact(f"f{n}", "measurement", "creatinine", value=value, unit="mg/dL", date=day)
        for n, (value, day) in enumerate((("1.2", "2026-08-14"), ("1.6", "2026-09-20")))
    )
    before = fact("f3", "measurement", "creatinine", value="1.2", assertion="historical")
    assert verdict(rise, first, last, before) == "met"
    assert verdict(rise, first, last, replace(before, value="1.5")) == "needs_review"
    assert verdict(rise, first, last, replace(before, assertion=Assertion.PRESENT)) == "needs_review"
    assert verdict(rise, first, last, fact("f4", "measurement", "creatinine", value="1.6", date="2026-09-21")) == "met"
    low = need("measure", "creatinine", value=1.3, unit="mg/dL", op="<=")
    assert verdict(low, last, before) == "not_met"


def test_a_habit_that_is_past_ended_on_the_day_that_the_same_note_gives():
    asked = need("elapsed_since", "tobacco use", length="6 weeks")
    quit_on = fact("f1", "risk", "tobacco use", date="2026-09-25", end="2026-05-17", assertion="historical")
    past = fact("f2", "risk", "tobacco use", date="2026-09-25", assertion="historical")
    assert verdict(asked, quit_on, past) == "met"
    assert verdict(asked, quit_on, replace(past, assertion=Assertion.PRESENT)) == "needs_review"
    later = fact("f3", "risk", "tobacco use", date="2026-10-01", assertion="historical")
    assert verdict(asked, quit_on, later) == "needs_review"


SINCE = need("elapsed_since", "chemotherapy", length="8 weeks")


@pytest.mark.parametrize(
    ("end", "expected"),
    [("2026-09-06", "met"), ("2026-09-07", "not_met"), ("2026-09", "needs_review"), (None, "needs_review")],
)
def test_time_since_is_reckoned_to_the_day_of_the_request(end, expected):
    assert verdict(SINCE, fact(name="chemotherapy", end=end, date="2026-01-01")) == expected


def test_the_last_of_several_ends_counts():
    early, late = fact("f1", name="chemotherapy", end="2026-01-01"), fact("f2", name="chemotherapy", end="2026-10-20")
    assert verdict(SINCE, early, late) == "not_met"


def test_a_denial_does_not_tell_since_when():
    asked = need("elapsed_since", "tobacco use", length="6 weeks")
    assert verdict(asked, fact(kind="risk", name="tobacco use", assertion="absent")) == "needs_review"


def test_what_recurs_is_compared_where_the_record_counts_it_so():
    asked = need("frequency", "monthly migraine days", n=4, per={"n": 1, "unit": "months"}, unit="days/month")
    days = fact(kind="measurement", name="monthly migraine days", value="7", unit="days/month", date="2026-10-10")
    assert verdict(asked, days) == "met"
    falls = need("frequency", "falls", n=3, per="1 week")
    assert verdict(falls, fact(kind="risk", name="falls")) == "needs_review"
    assert verdict(falls, days) == "not_documented"


def test_a_requirement_that_leaves_words_to_a_person_is_never_met():
    asked = need("score", "ODI", value=40, unit="%", judged=("ODI",))
    score = fact(kind="measurement", name="ODI", value="48", unit="%", date="2026-10-10")
    assert verdict(asked, score) == "needs_review"
    assert verdict(asked, replace(score, value="20")) == "not_met"


def test_both_ends_of_a_range_are_asked():
    asked = need("score", "NYHA", value=2, value_high=3)
    found = [verdict(asked, fact(kind="measurement", name="NYHA", value=n, date="2026-10-10")) for n in "1234"]
    assert found == ["not_met", "met", "met", "not_met"]


def test_an_old_figure_is_not_taken_for_the_present_one():
    asked = need("score", "CDAI", value=10)
    old, new = (fact(kind="measurement", name="CDAI", value="20", date=day) for day in ("2026-03-01", "2026-09-01"))
    assert (verdict(asked, old), verdict(asked, new)) == ("needs_review", "met")


def test_a_negative_test_meets_what_asks_for_one_and_a_positive_one_does_not():
    asked = need("finding", "tuberculosis", absent=True, within="12 months")
    negative = fact(kind="finding", name="tuberculosis", assertion="absent", date="2026-05-01")
    assert verdict(asked, negative) == "met"
    assert verdict(asked, fact(kind="finding", name="tuberculosis", date="2026-05-01")) == "needs_review"
    assert verdict(asked) == "not_documented"


def test_a_limit_is_broken_by_more_events_than_it_allows():
    asked = need("limit", "injection", n=2, rolling={"n": 12, "unit": "months"}, judged=())
    shots = [fact(f"f{n}", name="injection", start=f"2026-0{n}-10", end=f"2026-0{n}-10") for n in (2, 4, 6)]
    assert verdict(asked, *shots) == "not_met"
    assert verdict(asked, shots[0]) == "needs_review"
    assert Decimal(2) == asked.n
