from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import check
from pipeline.check.actions import actions
from schemas.coverage import Action, ActionKind, Deadline, DeadlineStatus, DecisionClock
from tests.check.check_makers import LETTER_DAY, TODAY, denial, fact

MRI = {
    "plan_type": "commercial_erisa",
    "letter_date": LETTER_DAY,
    "service": "MRI lumbar spine",
    "reason": "Not medically necessary.",
}
SAFE = date(2027, 4, 30)  # 180 days after the notice
NEED = {"requirement": {"kind": "document", "terms": ("operative report",)}}


def todo(case, *facts, today=TODAY) -> dict[str, Action]:
    return {action.kind.value: action for action in check(case, facts, today).actions}


def test_the_days_checklist_stands_in_the_order_in_which_it_falls_due():
    case = denial(**MRI, appeal={"peer_to_peer": "Call 555-0100 within 30 days."})
    assert list(todo(case)) == [
        "peer_to_peer",
        "confirm_deadline",
        "request_criteria",
        "collect_records",
        "clinician_letter",
        "submit",
        "track_decision",
    ]


def test_what_the_filing_waits_for_is_due_by_the_safe_date_and_a_talk_by_its_own():
    found = todo(denial(**MRI, appeal={"peer_to_peer": "Call 555-0100 within 30 days."}))
    dated = {kind: action.by for kind, action in found.items() if action.by}
    waiting = dict.fromkeys(("request_criteria", "collect_records", "clinician_letter", "submit"), SAFE)
    assert dated == {"peer_to_peer": date(2026, 12, 1), **waiting}


def test_the_deadline_is_confirmed_with_its_question():
    case = denial(letter_date=LETTER_DAY, reason="Not medically necessary.")
    found = todo(case)
    assert "What kind of plan is it?" in found["confirm_deadline"].what
    assert found["submit"].by is None


@pytest.mark.parametrize(
    ("today", "by", "words"),
    [
        (date(2026, 3, 20), date(2026, 5, 10), "keep the proof"),
        (date(2026, 5, 12), date(2026, 5, 15), "today"),
        (date(2026, 5, 20), None, "good cause"),
    ],
)
def test_filing_follows_the_safe_date_then_the_outer_then_needs_good_cause(today, by, words):
    case = denial(**MRI | {"plan_type": "medicare_advantage", "letter_date": date(2026, 3, 11)})
    submit = todo(case, today=today)["submit"]
    assert submit.by == by
    assert words in submit.what


def test_how_filing_is_counted_is_told_with_the_filing():
    submit = todo(denial(**MRI | {"plan_type": "medicare_advantage"}))["submit"]
    assert "mail it in time is not enough" in submit.what


def test_criteria_are_asked_for_only_where_the_letter_gives_none():
    assert "request_criteria" in todo(denial(**MRI))
    assert "request_criteria" not in todo(denial(**MRI, criteria=[NEED]))


def test_each_gap_is_collected_once_from_whoever_can_supply_it():
    coverage = check(denial(**MRI, criteria=[NEED, NEED]), (), TODAY)
    (records,) = [action for action in coverage.actions if action.kind is ActionKind.COLLECT_RECORDS]
    assert records.what == coverage.criteria[0].gap
    assert records.criteria == ("c1", "c2")


def test_without_criteria_the_checklist_says_what_to_collect():
    assert "A1, A2, A3, A5" in todo(denial(**MRI))["collect_records"].what
    assert "A3" not in todo(denial(**MRI), fact(kind="functional_limit", name="walking"))["collect_records"].what


def test_a_clinicians_letter_is_asked_for_unless_the_record_has_one():
    written = fact(kind="documentation", name="letter of medical necessity")
    planned = fact(kind="documentation", name="letter of medical necessity", assertion="hypothetical")
    assert "clinician_letter" not in todo(denial(**MRI), written)
    assert "clinician_letter" in todo(denial(**MRI), planned)


def test_a_talk_is_offered_only_where_the_letter_offers_it_in_its_words():
    assert "peer_to_peer" not in todo(denial(**MRI))
    offer = todo(denial(**MRI, appeal={"peer_to_peer": "Call 555-0100\nwithin 14 days."}))["peer_to_peer"]
    assert "“Call 555-0100 within 14 days.”" in offer.what
    assert [place.quote for place in offer.spans] == ["Call 555-0100\nwithin 14 days."]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason_codes": ["16"]}, "corrected claim"),
        ({"reason_codes": ["252"]}, "Send the records"),
        ({"reason_codes": ["29"]}, "who is appealing"),
        ({"reason_codes": ["18"]}, "anything to appeal"),
        ({"reason_codes": ["96"], "reason": "The charge is not covered."}, "Decide the route"),
    ],
)
def test_what_is_no_appeal_comes_first_and_asks_for_no_letter(fields, words):
    found = todo(denial(**MRI | fields))
    assert next(iter(found)) == "take_route"
    assert words in found["take_route"].what
    assert ("clinician_letter" in found) == (fields["reason_codes"] == ["96"])


def test_an_appeal_needs_no_word_on_the_route():
    assert "take_route" not in todo(denial(**MRI))


def clock(**more) -> DecisionClock:
    told = {"name": "standard", "n": 30, "unit": "days", "starts": "receipt", "source": "a rule", "verified": "primary"}
    return DecisionClock(**told | more)


def deadline(**more) -> Deadline:
    return Deadline(**{"status": DeadlineStatus.OPEN, "safe": SAFE, "basis": "The letter says so."} | more)


def tracked(**more) -> tuple[Action, ...]:
    return actions(denial(), (), (), (), (), deadline(**more))


def test_the_clock_has_no_date_before_the_filing():
    last = tracked(decision_clocks=[clock()])[-1]
    assert (last.kind, last.by) == (ActionKind.TRACK_DECISION, None)
    assert "Standard: 30 days from receipt (a rule)." in last.what


def test_once_filed_only_the_decision_is_left_with_the_first_day_it_is_due():
    first, later = date(2026, 12, 31), date(2027, 1, 30)
    hurried = clock(expedited=True, unit="hours", n=72, due=date(2026, 12, 4))
    clocks = [clock(due=first), clock(n=60, due=later), hurried]
    (left,) = tracked(filed=date(2026, 12, 1), decision_clocks=clocks)
    assert (left.kind, left.by, left.basis) == (ActionKind.TRACK_DECISION, first, "Filed on 2026-12-01.")


def test_without_a_clock_the_plan_is_asked():
    assert "ask the plan" in tracked()[-1].what


DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(DAYS, DAYS, st.sampled_from(["commercial_erisa", "medicare_advantage", "medicaid_mco", "unknown"]))
def test_no_date_is_invented_and_the_order_is_that_of_the_dates(letter, today, plan):
    coverage = check(denial(**MRI | {"letter_date": letter, "plan_type": plan}), (), today)
    known = {coverage.deadline.safe, coverage.deadline.outer, None}
    days = [action.by for action in coverage.actions]
    assert set(days) <= known
    assert [day for day in days if day] == sorted(day for day in days if day)
