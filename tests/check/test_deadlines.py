from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check import check
from pipeline.check.deadline import deadline
from tests.check.check_makers import codes, denial

ERISA, ACA, MA = "commercial_erisa", "commercial_aca", "medicare_advantage"
OM, PART_D, MEDICAID, FEHB, TRICARE = "medicare_original", "part_d", "medicaid_mco", "fehb", "tricare"


def window(text: str) -> dict:
    n, unit, trigger = text.split()
    return {"n": int(n), "unit": unit, "trigger": trigger}


def of(plan: str | None, notice: str | None, letter: str | None = None, level: int = 1, today: str = "2026-03-20"):
    fields = {"plan_type": plan} if plan else {}
    if notice:
        fields["letter_date"] = date.fromisoformat(notice)
    if letter:
        printed = letter[0].isdigit() and "-" in letter
        fields["appeal"] = {"deadline": letter} if printed else {"window": window(letter)}
    return deadline(denial(**fields), level, date.fromisoformat(today))


# Worked by hand on a calendar: plan, level, notice, the letter's words, date, safe, outer.
ROWS = [
    (ERISA, 1, "2026-03-11", None, "2026-09-07", "2026-09-07", "2026-09-07"),
    (ERISA, 1, "2024-02-29", None, "2024-08-27", "2024-08-27", "2024-08-27"),
    (ERISA, 1, "2023-09-01", None, "2024-02-28", "2024-02-28", "2024-02-28"),
    (ERISA, 1, "2028-01-01", None, "2028-06-29", "2028-06-29", "2028-06-29"),
    (ERISA, 1, "2026-07-04", None, "2026-12-31", "2026-12-31", "2026-12-31"),
    (ERISA, 1, "2026-12-15", None, "2027-06-13", "2027-06-13", "2027-06-13"),  # a Sunday: no rollover
    (ERISA, 1, "2026-03-11", "180 days receipt", "2026-09-07", "2026-09-07", "2026-09-07"),
    (ERISA, 1, "2026-03-11", "180 days notice_date", "2026-09-07", "2026-09-07", "2026-09-07"),
    (ERISA, 1, "2026-03-11", "365 days notice_date", "2027-03-11", "2026-09-07", "2027-03-11"),
    (ERISA, 1, "2026-03-11", "60 days receipt", "2026-05-10", "2026-05-10", "2026-09-07"),
    (ERISA, 1, "2026-03-11", "6 months unstated", "2026-09-11", "2026-09-07", "2026-09-11"),
    (ERISA, 1, "2026-03-11", "2026-09-01", "2026-09-01", "2026-09-01", "2026-09-07"),
    (
        ERISA,
        3,
        "2026-03-11",
        None,
        "2026-07-11",
        "2026-07-11",
        "2026-07-13",
    ),  # outer: federal, to Monday
    (ERISA, 3, "2026-03-04", None, "2026-07-04", "2026-07-04", "2026-07-06"),  # a holiday on a Saturday
    (ERISA, 3, "2026-03-03", None, "2026-07-03", "2026-07-03", "2026-07-03"),  # its observed Friday is no holiday here
    (ERISA, 3, "2026-10-30", None, "2027-02-28", "2027-02-28", "2027-03-01"),  # the federal rule's own example
    (ERISA, 3, "2026-10-31", None, "2027-02-28", "2027-02-28", "2027-03-01"),
    (ERISA, 3, "2027-10-29", None, "2028-02-29", "2028-02-29", "2028-02-29"),
    (ERISA, 3, "2026-05-31", None, "2026-09-30", "2026-09-30", "2026-10-01"),
    (ERISA, 3, "2026-08-25", None, "2026-12-25", "2026-12-25", "2026-12-28"),  # Christmas on a Friday
    (ERISA, 3, "2026-09-01", None, "2027-01-01", "2027-01-01", "2027-01-04"),
    (ERISA, 3, "2026-07-11", None, "2026-11-11", "2026-11-11", "2026-11-12"),
    (ERISA, 3, "2026-09-18", None, "2027-01-18", "2027-01-18", "2027-01-19"),
    (ERISA, 3, "2026-03-11", "4 months receipt", "2026-07-11", "2026-07-11", "2026-07-13"),
    (ACA, 1, "2026-03-11", None, "2026-09-07", "2026-09-07", "2026-09-07"),
    (ACA, 1, "2026-03-11", "180 days receipt", "2026-09-07", "2026-09-07", "2026-09-07"),
    (ACA, 2, "2026-03-11", None, "2026-07-11", "2026-07-11", "2026-07-13"),  # a state need not roll over
    (MA, 1, "2026-03-11", None, "2026-05-15", "2026-05-10", "2026-05-15"),
    (MA, 1, "2026-03-11", "65 days notice_date", "2026-05-15", "2026-05-10", "2026-05-15"),
    (MA, 1, "2026-03-11", "60 days receipt", "2026-05-15", "2026-05-10", "2026-05-15"),
    (MA, 1, "2026-03-11", "60 days notice_date", "2026-05-10", "2026-05-10", "2026-05-15"),
    (MA, 1, "2026-03-11", "60 days unstated", "2026-05-10", "2026-05-10", "2026-05-15"),
    (MA, 1, "2026-03-11", "2026-05-15", "2026-05-15", "2026-05-10", "2026-05-15"),
    (MA, 1, "2024-12-31", None, "2025-03-01", "2025-03-01", "2025-03-01"),  # before the presumption
    (MA, 1, "2025-01-01", None, "2025-03-07", "2025-03-02", "2025-03-07"),
    (MA, 1, "2027-12-31", None, "2028-03-05", "2028-02-29", "2028-03-05"),
    (MA, 3, "2026-03-11", None, "2026-05-15", "2026-05-10", "2026-05-15"),
    (PART_D, 1, "2026-03-11", None, "2026-05-15", "2026-05-10", "2026-05-15"),
    (PART_D, 1, "2024-12-31", None, "2025-03-01", "2025-03-01", "2025-03-01"),
    (PART_D, 2, "2026-03-11", None, "2026-05-15", "2026-05-10", "2026-05-15"),
    (OM, 1, "2026-03-11", None, "2026-07-14", "2026-07-09", "2026-07-14"),
    (OM, 1, "2028-01-01", None, "2028-05-05", "2028-04-30", "2028-05-05"),
    (OM, 2, "2026-03-11", None, "2026-09-12", "2026-09-07", "2026-09-12"),
    (OM, 3, "2026-03-11", None, "2026-05-15", "2026-05-10", "2026-05-15"),
    (OM, 4, "2026-03-11", None, "2026-05-15", "2026-05-10", "2026-05-15"),
    (MEDICAID, 1, "2026-03-11", None, "2026-05-10", "2026-05-10", "2026-05-10"),
    (MEDICAID, 1, "2026-12-15", None, "2027-02-13", "2027-02-13", "2027-02-13"),
    (MEDICAID, 1, "2026-03-11", "30 days notice_date", "2026-04-10", "2026-04-10", "2026-05-10"),
    (MEDICAID, 2, "2026-03-11", None, "2026-06-09", "2026-06-09", "2026-07-09"),  # 90 to 120 by state
    (MEDICAID, 2, "2026-03-11", "120 days notice_date", "2026-07-09", "2026-06-09", "2026-07-09"),
    (FEHB, 1, "2026-03-11", None, "2026-09-11", "2026-09-11", "2026-09-11"),
    (FEHB, 1, "2026-08-31", None, "2027-02-28", "2027-02-28", "2027-02-28"),
    (FEHB, 1, "2027-08-31", None, "2028-02-29", "2028-02-29", "2028-02-29"),
    (FEHB, 1, "2026-12-31", None, "2027-06-30", "2027-06-30", "2027-06-30"),
    (FEHB, 1, "2026-03-11", "180 days notice_date", "2026-09-07", "2026-09-07", "2026-09-11"),
    (FEHB, 2, "2026-03-11", None, "2026-06-09", "2026-06-09", "2026-06-09"),
    (TRICARE, 1, "2026-03-11", None, "2026-06-09", "2026-06-09", "2026-06-09"),
    (TRICARE, 1, "2028-01-01", None, "2028-03-31", "2028-03-31", "2028-03-31"),
    (None, 1, "2026-03-11", "180 days notice_date", "2026-09-07", "2026-09-07", "2026-09-07"),
    (None, 1, None, "2026-09-07", "2026-09-07", "2026-09-07", "2026-09-07"),
]


@pytest.mark.parametrize(("plan", "level", "notice", "letter", "day", "safe", "outer"), ROWS)
def test_the_three_dates(plan, level, notice, letter, day, safe, outer):
    found = of(plan, notice, letter, level)
    assert (str(found.date), str(found.safe), str(found.outer)) == (day, safe, outer)


@pytest.mark.parametrize(
    ("today", "status"),
    [
        ("2026-04-25", "open"),
        ("2026-04-26", "due_soon"),  # 14 days before the safe date
        ("2026-05-10", "due_soon"),
        ("2026-05-11", "past_safe"),
        ("2026-05-15", "past_safe"),
        ("2026-05-16", "past"),
    ],
)
def test_today_against_the_deadline(today, status):
    assert of(MA, "2026-03-11", today=today).status == status


def test_an_unknown_plan_gives_candidates_and_a_question_and_no_date():
    found = of(None, "2026-03-11")
    assert (found.date, found.safe, found.outer, found.status) == (None, None, None, "unknown")
    assert "What kind of plan" in found.question
    assert [candidate.plan_type for candidate in found.candidates][:2] == [MEDICAID, MA]
    assert len(found.candidates) == 8


def test_an_unknown_plan_follows_the_letters_own_window_and_still_asks():
    found = of(None, "2026-03-11", "60 days notice_date")
    assert str(found.date) == "2026-05-10"
    assert found.source == "the letter"
    assert found.question
    assert found.candidates


def test_without_the_date_of_the_letter_there_is_no_deadline():
    found = of(ERISA, None, "180 days receipt")
    assert (found.date, found.question) == (None, "What is the date on the notice?")


def test_the_basis_names_its_inputs_and_its_source():
    letter = of(ERISA, "2026-03-11", "180 days receipt")
    assert "180 days" in letter.basis
    assert "2026-03-11" in letter.basis
    assert letter.rule == "erisa_internal_1"
    assert letter.source.startswith("the letter; 29 CFR 2560.503-1(h)(3)(i)")
    assert letter.spans[0].quote == "2026-03-11"
    assert "29 CFR 2560.503-1" in of(ERISA, "2026-03-11").source


def test_a_level_that_files_itself_is_asked_about():
    found = of(MA, "2026-03-11", level=2)
    assert found.date is None
    assert "independent review entity" in found.question
    assert "no reviewed rule" in of(TRICARE, "2026-03-11", level=2).question


@pytest.mark.parametrize(
    ("plan", "letter", "warned"),
    [
        (ERISA, "60 days receipt", True),
        (ERISA, "180 days receipt", False),
        (ERISA, "365 days receipt", False),
        (ERISA, "2026-09-01", True),
        (MA, "60 days notice_date", True),
        (MA, "60 days unstated", False),
        (MA, "60 days receipt", False),
        (MA, "65 days notice_date", False),
        (FEHB, "180 days notice_date", True),
        (MEDICAID, "60 days notice_date", False),
    ],
)
def test_a_window_below_the_rule_is_a_conflict_to_show(plan, letter, warned):
    appeal = {"deadline": letter} if "-" in letter else {"window": window(letter)}
    case = denial(plan_type=plan, letter_date=date(2026, 3, 11), appeal=appeal)
    assert ("window_below_rule" in codes(case)) is warned


def test_the_conflict_shows_both_dates():
    case = denial(plan_type=ERISA, letter_date=date(2026, 3, 11), appeal={"window": window("60 days receipt")})
    found = next(w for w in check(case, (), date(2026, 3, 20)).warnings if w.code == "window_below_rule")
    assert "2026-05-10" in found.message
    assert "2026-09-07" in found.message


DAY_RULES = [(ERISA, 1), (ACA, 1), (MA, 1), (PART_D, 1), (OM, 1), (OM, 2), (MEDICAID, 1), (MEDICAID, 2), (TRICARE, 1)]


@settings(deadline=None)
@given(
    st.sampled_from(DAY_RULES), st.dates(date(2025, 1, 1), date(2035, 1, 1)), st.integers(0, 400), st.integers(1, 400)
)
def test_to_shift_the_letter_shifts_every_date_of_a_day_window(plan, notice, shift, n):
    moved = notice + timedelta(days=shift)
    for letter in (None, f"{n} days notice_date", f"{n} days receipt"):
        one, other = of(plan[0], str(notice), letter, plan[1]), of(plan[0], str(moved), letter, plan[1])
        assert [day + timedelta(days=shift) for day in (one.date, one.safe, one.outer)] == [
            other.date,
            other.safe,
            other.outer,
        ]


@settings(deadline=None)
@given(
    st.sampled_from([ERISA, ACA, MA, PART_D, OM, MEDICAID, FEHB, TRICARE]),
    st.integers(1, 4),
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.sampled_from([None, "30 days receipt", "180 days notice_date", "4 months unstated", "1 years receipt"]),
)
def test_safe_is_never_after_the_date_nor_the_date_after_outer(plan, level, notice, letter):
    found = of(plan, str(notice), letter, level)
    if found.date:
        assert notice < found.safe <= found.date <= found.outer
