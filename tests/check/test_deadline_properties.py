from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check.deadline import notice_deadline
from pipeline.check.rules import Rollover, levels
from pipeline.check.windows import Notice
from schemas.denial import AppealWindow

PLANS = {**levels().plans, **levels().others}
STEPS = [(plan, level) for plan, known in PLANS.items() for level in known.levels]


def rows(step):
    return levels().level(*step).rows(None)


def in_days(rule) -> bool:
    return not rule.filing or not rule.filing.length or rule.filing.unit == "days"


COUNTED = [
    step for step in STEPS if all(in_days(rule) and not isinstance(rule.rollover, Rollover) for rule in rows(step))
]
DAYS = st.dates(date(2025, 1, 1), date(2035, 1, 1))
TRIGGERS = st.sampled_from(["notice_date", "receipt", "unstated"])
WINDOWS = st.none() | st.builds(AppealWindow, n=st.integers(1, 400), unit=st.just("days"), trigger=TRIGGERS)
LATE = st.none() | st.integers(0, 40)
TODAY = date(2026, 1, 1)


def came(notice: date, late: int | None) -> date | None:
    return None if late is None else notice + timedelta(days=late)


def three(step, notice: date, window, received: date | None):
    found = notice_deadline(Notice(plan=step[0], day=notice, window=window, received=received), step[1], TODAY)
    return found.date, found.safe, found.outer


@settings(deadline=None)
@given(st.sampled_from(COUNTED), DAYS, WINDOWS, LATE, st.integers(0, 800))
def test_to_shift_every_day_by_n_shifts_a_window_of_days_by_n(step, notice, window, late, n):
    shift = timedelta(days=n)
    before = three(step, notice, window, came(notice, late))
    after = three(step, notice + shift, window, came(notice + shift, late))
    assert after == tuple(day and day + shift for day in before)


@settings(deadline=None)
@given(st.sampled_from(STEPS), st.dates(date(2020, 1, 1), date(2035, 1, 1)), WINDOWS, LATE)
def test_safe_is_never_after_the_date_nor_the_date_after_outer(step, notice, window, late):
    day, safe, outer = three(step, notice, window, came(notice, late))
    assert (day is None) == (safe is None) == (outer is None)
    if day:
        assert notice <= safe <= day <= outer


@settings(deadline=None)
@given(
    st.sampled_from(STEPS),
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    WINDOWS,
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_a_notice_received_later_never_makes_anything_earlier(step, notice, window, late, more):
    early = three(step, notice, window, came(notice, late))
    later = three(step, notice, window, came(notice, late + more))
    assert all(one is None or one <= other for one, other in zip(early, later, strict=True))


@settings(deadline=None)
@given(st.sampled_from(list(PLANS)), st.integers(6, 99), DAYS)
def test_a_level_out_of_range_gives_a_question_and_no_date(plan, level, notice):
    found = notice_deadline(Notice(plan=plan, day=notice), level, TODAY)
    assert (found.date, found.safe, found.outer, found.status) == (None, None, None, "unknown")
    assert f"level {level}" in found.question


@settings(deadline=None)
@given(st.sampled_from(STEPS), DAYS, st.integers(-30, 400), LATE)
def test_no_decision_is_due_before_it_was_asked_for(step, notice, after, late):
    filed = notice + timedelta(days=after)
    asked = Notice(plan=step[0], day=notice, received=came(notice, late), filed=filed)
    found = notice_deadline(asked, step[1], TODAY)
    for clock in found.decision_clocks:
        assert clock.due is None or filed < clock.due
        assert clock.extended is None or clock.due < clock.extended
