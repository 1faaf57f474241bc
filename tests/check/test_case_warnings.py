from datetime import date

import pytest

from pipeline.check import check
from pipeline.check.routes import bare_code
from tests.check.check_makers import LETTER_DAY, TODAY, codes, denial, fact, span

WHOLE = {
    "payer": "A Plan",
    "plan_type": "commercial_erisa",
    "patient_name": "A Patient",
    "member_id": "M1",
    "claim_number": "C1",
    "letter_date": LETTER_DAY,
    "service": "MRI lumbar spine",
    "reason": "Not medically necessary.",
    "criteria": [{}],
    "appeal": {"address": "P.O. Box 1"},
}


def whole(**more):
    return denial(**(WHOLE | more))


def without(*fields):
    return denial(**{key: value for key, value in WHOLE.items() if key not in fields})


def test_a_whole_case_warns_of_nothing():
    assert codes(whole()) == set()


@pytest.mark.parametrize("field", ["payer", "patient_name", "member_id", "letter_date", "service", "reason"])
def test_a_missing_essential_is_named(field):
    assert f"missing_{field}" in codes(without(field))


def test_a_claim_number_or_a_reference_number_will_do():
    assert "missing_claim_or_reference_number" in codes(without("claim_number"))
    assert "missing_claim_or_reference_number" not in codes(whole(reference_number="R1"))


def test_a_fax_number_will_do_for_an_address():
    assert "missing_appeal_address" in codes(without("appeal"))
    assert "missing_appeal_address" not in codes(whole(appeal={"fax": "1-800-555-0100"}))


def test_criteria_that_are_not_named_are_asked_for():
    assert "no_criteria" in codes(without("criteria"))


def test_criteria_that_are_named_and_not_stated_are_asked_for():
    case = without("criteria")
    named = case.model_copy(update={"criteria_source": type(case.criteria_source)(name=case.reason)})
    assert codes(named) == {"criteria_not_supplied"}


def test_an_unknown_plan_type_is_said():
    assert {"plan_type_unknown", "deadline_unknown"} <= codes(without("plan_type"))


@pytest.mark.parametrize(
    ("plan", "code"),
    [("medicaid_mco", "consent_required"), ("fehb", "consent_required"), ("tricare", "party_not_entitled")],
)
def test_who_may_appeal_is_said(plan, code):
    assert code in codes(whole(plan_type=plan))


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("CO-16", "route_corrected_claim"),
        ("MA130", "route_corrected_claim"),
        ("29", "route_not_necessity"),
        ("PR 109", "route_not_necessity"),
        ("CO197", "route_authorization"),
        ("CARC 96", "route_ambiguous"),
    ],
)
def test_a_reason_code_routes_the_case(printed, code):
    assert codes(whole(reason_codes=[printed])) == {code}


@pytest.mark.parametrize("printed", [["CO-50"], ["96", "50"], ["1600"], ["not a code"]])
def test_other_codes_route_nothing(printed):
    assert codes(whole(reason_codes=printed)) == set()


@pytest.mark.parametrize(
    ("printed", "bare"), [("CO-50", "50"), ("co 50", "50"), ("N115", "N115"), ("B7", "B7"), ("X", None)]
)
def test_a_code_is_read_without_its_group(printed, bare):
    assert bare_code(printed) == bare


@pytest.mark.parametrize(
    ("today", "code"),
    [(date(2027, 4, 20), "deadline_due_soon"), (date(2027, 5, 1), "deadline_past")],
)
def test_a_deadline_that_is_near_or_past_is_said(today, code):
    assert code in codes(whole(), today=today)


def test_a_deadline_that_may_be_past_is_said():
    case = whole(plan_type="medicare_advantage", letter_date=date(2026, 3, 11))
    assert codes(case, today=date(2026, 5, 12)) == {"deadline_past_safe"}


def test_dates_to_come_are_said():
    assert "letter_date_future" in codes(whole(letter_date=date(2026, 12, 1)))
    assert codes(whole(), fact(date="2026-12-01")) == {"future_date"}
    assert codes(whole(), fact(date="2026-12-01", assertion="hypothetical")) == set()


def test_a_record_of_the_other_side_only_is_said():
    knee = whole(service="Right total knee arthroplasty")
    left = fact("f1", "imaging", "Kellgren-Lawrence", side="left")
    assert codes(knee, left) == {"side_mismatch"}
    assert codes(knee, left, fact("f2", "imaging", "Kellgren-Lawrence", side="right")) == set()
    assert codes(whole(procedure_codes=["27447-RT"]), left) == {"side_mismatch"}


def test_a_stated_length_at_odds_with_its_dates_is_said():
    therapy = {"start": "2026-04-01", "end": "2026-05-15"}
    assert codes(whole(), fact(**therapy, duration="7 weeks")) == {"stated_duration_conflict"}
    assert codes(whole(), fact(**therapy, duration="6 weeks")) == set()
    assert codes(whole(), fact(start="2026-04-01", end="2026-05-11", duration="6 weeks")) == set()  # 40 days, rounded
    message = check(whole(), (fact(**therapy, duration="7 weeks"),), TODAY).warnings[0].message
    assert "44 days = 6 weeks 2 days" in message


def score(n, *, start):
    return fact(f"f{n}", "measurement", "ODI", value=str(n), date="2026-05-01", spans=[span("words", start)])


def test_two_figures_of_one_statement_do_not_contradict_each_other():
    assert codes(whole(), score(40, start=0), score(48, start=0)) == set()


def test_facts_that_contradict_each_other_are_said():
    scores = [score(40, start=0), score(48, start=9)]
    assert codes(whole(), *scores) == {"conflicting_facts"}
    signs = (
        fact("f1", "finding", "motor weakness", date="2026-05-01"),
        fact("f2", "finding", "motor weakness", date="2026-05-01", assertion="absent"),
    )
    assert codes(whole(), *signs) == {"conflicting_facts"}
    spells = fact("f1", start="2026-04-01", end="2026-05-15"), fact("f2", start="2026-04-01", end="2026-05-01")
    assert codes(whole(), *spells) == {"conflicting_dates"}


def test_a_contradiction_tells_both_sides():
    (warning,) = check(whole(), [score(40, start=0), score(48, start=9)], TODAY).warnings
    assert warning.message == "The record contradicts itself on ODI on 2026-05-01: 40 and 48."


def test_a_vital_sign_of_two_hours_and_a_sign_of_two_places_are_no_contradiction():
    pulse = [
        fact(f"f{n}", "measurement", "heart rate", value=n, date="2026-05-01", spans=[span(start=int(n))])
        for n in ("104", "88")
    ]
    strength = [
        fact(f"f{n}", "finding", "weakness", date="2026-05-01", body_part=part, assertion=word)
        for n, (part, word) in enumerate((("left foot", "present"), ("right hand", "absent")))
    ]
    assert codes(whole(), *pulse, *strength) == set()


def test_many_contradictions_of_one_thing_on_one_day_are_one_warning():
    on, off = ({"date": "2026-05-01", "assertion": word} for word in ("present", "absent"))
    signs = [fact(f"f{n}", "finding", "motor weakness", **told) for n, told in enumerate((on, on, off, off))]
    (warning,) = check(whole(), signs, TODAY).warnings
    assert (warning.code, len(warning.spans)) == ("conflicting_facts", 4)


def test_a_log_of_one_day_does_not_contradict_itself():
    log = [fact(f"f{n}", "measurement", "pain score", value=str(n), date="2026-05-01") for n in (7, 2, 1, 3, 6)]
    assert codes(whole(), *log) == set()


def test_warnings_cite_what_they_are_about():
    warning = check(whole(reason_codes=["CO-16"]), (), TODAY).warnings[0]
    assert [span.quote for span in warning.spans] == ["CO-16"]


def test_a_dose_raised_on_a_day_and_told_twice_is_no_conflict():
    low = fact("f1", "medication", "methotrexate", start="2025-10-06", end="2026-01-05")
    high = fact("f2", "medication", "methotrexate", start="2026-01-05", end="2026-05-18")
    again = fact("f3", "medication", "methotrexate", start="2026-01-05", end="2026-05-18")
    assert "conflicting_dates" not in codes(whole(), low, high, again)
