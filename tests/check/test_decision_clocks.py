from datetime import date

import pytest

from pipeline.check.deadline import deadline, notice_deadline
from pipeline.check.rights import rights
from pipeline.check.rules import levels, rules
from pipeline.check.windows import Notice
from tests.check.check_makers import denial

TODAY = date(2026, 3, 20)
NOTICE = date(2026, 3, 11)


def of(plan: str, level: int = 1, **more):
    return notice_deadline(Notice(**{"plan": plan, "day": NOTICE, **more}), level, TODAY)


# Worked by hand: plan, level, filed, the kind of request, due, due if extended.
CLOCKS = [
    ("commercial_erisa", 1, "2026-04-01", "urgent", "2026-04-04", "None"),
    ("commercial_erisa", 1, "2026-04-01", "before the service, one level of appeal", "2026-05-01", "None"),
    ("commercial_erisa", 2, "2026-04-01", "after the service, each of two levels", "2026-05-01", "None"),
    ("commercial_erisa", 3, "2026-05-20", "preliminary review by the plan", "2026-05-28", "None"),  # over Memorial Day
    ("commercial_erisa", 3, "2026-05-20", "standard", "None", "None"),  # runs from what the plan does, not from filing
    ("commercial_aca", 1, "2026-12-15", "after the service, one level of appeal", "2027-02-13", "None"),
    ("medicare_advantage", 0, "2025-12-31", "standard, other services", "2026-01-14", "2026-01-28"),
    ("medicare_advantage", 0, "2026-01-01", "standard, subject to prior authorization", "2026-01-08", "2026-01-22"),
    ("medicare_advantage", 0, "2026-01-01", "expedited, a Part B drug", "2026-01-02", "None"),
    ("medicare_advantage", 1, "2028-02-28", "standard, a Part B drug", "2028-03-06", "None"),
    ("medicare_advantage", 1, "2026-04-01", "standard, about a service", "2026-05-01", "2026-05-15"),
    ("medicare_advantage", 1, "2026-04-01", "expedited", "2026-04-04", "2026-04-18"),
    ("medicare_original", 3, "2026-04-01", "standard", "2026-06-30", "None"),
    ("part_d", 1, "2026-04-01", "about payment", "2026-04-15", "None"),
    ("medicaid_mco", 1, "2026-04-01", "standard", "2026-05-01", "2026-05-15"),
    ("fehb", 1, "2026-04-01", "the carrier's decision", "2026-05-01", "None"),
]


@pytest.mark.parametrize(("plan", "level", "filed", "name", "due", "extended"), CLOCKS)
def test_the_decision_is_due_by_its_clock(plan, level, filed, name, due, extended):
    found = of(plan, level, filed=date.fromisoformat(filed))
    clock = next(clock for clock in found.decision_clocks if clock.name == name)
    assert (str(clock.due), str(clock.extended)) == (due, extended)
    assert clock.source


def test_a_clock_that_is_not_in_force_yet_is_not_told():
    before = of("medicare_advantage", 0, filed=date(2025, 12, 31))
    assert "standard, subject to prior authorization" not in {clock.name for clock in before.decision_clocks}


def test_without_a_filing_date_the_clocks_are_told_and_nothing_is_due():
    clocks = of("medicare_advantage").decision_clocks
    assert {clock.n for clock in clocks} == {7, 30, 60, 72}
    assert not any(clock.due for clock in clocks)


@pytest.mark.parametrize(
    ("filed", "judged"), [("2026-05-10", "in_time"), ("2026-05-11", "arguable"), ("2026-05-16", "late")]
)
def test_a_filing_is_judged_by_the_safe_and_the_outer_date(filed, judged):
    assert of("medicare_advantage", filed=date.fromisoformat(filed)).filing == judged


def test_silence_of_the_plan_is_told_with_what_follows():
    assert "forward the case" in of("medicare_advantage").silence.text
    assert "fair hearing" in of("medicaid_mco").silence.text
    assert of("fehb").silence.next_by is None
    assert str(of("fehb", filed=date(2026, 5, 10)).silence.next_by) == "2026-09-07"
    assert of("tricare").silence is None


def test_a_known_day_of_receipt_displaces_the_presumed_one():
    case = denial(plan_type="medicare_advantage", letter_date=NOTICE)
    presumed = deadline(case, 1, TODAY)
    early = deadline(case, 1, TODAY, received=date(2026, 3, 13))
    late = deadline(case, 1, TODAY, received=date(2026, 3, 30))
    assert (presumed.trigger, presumed.receipt_presumed_days) == ("receipt_presumed", 5)
    assert (early.trigger, str(early.date), str(early.outer)) == ("receipt_known", "2026-05-12", "2026-05-15")
    assert (str(late.date), str(late.outer)) == ("2026-05-29", "2026-05-29")
    assert presumed.safe == early.safe == late.safe


def test_receipt_does_not_move_a_window_from_the_date_of_the_notice():
    found = of("medicaid_mco", received=date(2026, 3, 30))
    assert (str(found.date), found.trigger) == ("2026-05-10", "notice_date")


def test_a_receipt_before_the_notice_is_asked_about_and_not_used():
    found = of("commercial_erisa", received=date(2026, 3, 1))
    assert "which is right?" in found.question
    assert found.date == of("commercial_erisa").date


def test_a_faster_decision_has_a_window_of_its_own_where_the_rule_gives_one():
    tricare = of("tricare").expedited
    assert (str(tricare.safe), str(tricare.date)) == ("2026-03-14", "2026-03-19")
    hearing = of("part_d", 3).expedited
    assert (str(hearing.safe), str(hearing.date)) == ("2026-05-10", "2026-05-10")
    assert of("medicaid_mco").expedited.date is None
    assert "function" in of("medicaid_mco").expedited.eligible.text
    assert of("fehb").expedited is None


def test_who_may_appeal_and_with_what_consent():
    assert "written consent" in of("medicaid_mco").consent.text
    assert "specific written consent" in of("fehb").consent.text
    assert "network provider" in of("tricare").who_may_appeal.text
    assert "authorized representative" in of("commercial_erisa").who_may_appeal.text
    assert of("unknown").who_may_appeal is None


def test_how_filing_is_counted():
    assert "receives" in of("medicare_advantage").filing_counts.text
    assert "postmark" in of("tricare").filing_counts.text
    assert of("medicare_advantage").filing_counts.verified == "secondary"  # read verbatim in the Part D twin only


def test_the_amount_in_controversy_is_that_of_the_year_of_filing():
    assert "$1,960" in of("medicare_original", 5).amount_in_controversy.text
    assert "$2,000" in of("medicare_original", 5, filed=date(2027, 1, 4)).amount_in_controversy.text
    assert "2031 is not in the table" in of("part_d", 3, filed=date(2031, 1, 6)).amount_in_controversy.text
    assert of("medicare_original", 1).amount_in_controversy is None


def test_a_kind_of_plan_picks_the_row_that_names_it():
    insured = of("commercial_erisa", 3, kind="fully_insured_in_state_with_compliant_process")
    own = of("commercial_erisa", 3, kind="erisa_self_funded_nongrandfathered")
    assert (insured.rule, str(insured.date)) == ("external_state", "2026-07-11")  # a Saturday
    assert (own.rule, str(own.date)) == ("external_federal_standard", "2026-07-13")
    assert (str(of("commercial_erisa", 3).date), str(of("commercial_erisa", 3).outer)) == ("2026-07-11", "2026-07-13")


def test_a_second_appeal_under_erisa_is_never_given_a_window_that_the_plan_sets():
    found = of("commercial_erisa", 2)
    assert (found.date, found.rule) == (None, "erisa_internal_2")
    assert "plan" in found.question


def test_an_unverified_row_is_marked_and_no_plan_type_has_one():
    assert of("va_vha_benefit_decision").verified == "memory"
    for plan in levels().plans.values():
        for level in plan.levels.values():
            assert all(rule.verified != "memory" for rule in level.rows(None))


def test_every_code_of_the_rule_table_has_its_words():
    for rule in rules().values():
        assert rule.filing is None or rule.filing.filed_when in {*rights().filed_when, None}
        for clock in rule.clocks:
            assert clock.type in rights().clocks
            assert clock.starts in rights().starts
    assert set(rights().plans) == {str(plan) for plan in levels().plans}
