from dataclasses import replace

import pytest

from tests.check.check_makers import answer, fact, need, verdict

PREVENTIVE = ("migraine_preventive",)


def drug(fact_id, name, **more):
    return fact(fact_id, "medication", name, **({"classes": PREVENTIVE} | more))


FAILED_TWO = need("count", "migraine_preventive", n=2, outcomes=["failed", "intolerant"], each="8 weeks")


def test_distinct_agents_with_the_outcome_and_length_are_counted():
    facts = (
        drug("f1", "topiramate", start="2026-01-01", end="2026-04-01", outcome="failed"),
        drug("f2", "propranolol", start="2026-04-01", end="2026-07-01", outcome="failed"),
    )
    result = answer(FAILED_TWO, *facts)
    assert result.verdict == "met"
    assert result.computed.figure == "2"
    assert "propranolol, topiramate" in result.computed.formula


def test_one_agent_told_twice_is_one_agent():
    facts = (
        drug("f1", "topiramate", start="2026-01-01", end="2026-04-01", outcome="failed"),
        drug("f2", "topiramate", start="2025-01-01", end="2025-04-01", outcome="failed"),
    )
    result = answer(FAILED_TWO, *facts)
    assert result.verdict == "not_met"
    assert result.computed.figure == "1"
    assert result.gap_kind == "documentation"
    assert "prescriber or pharmacy" in result.gap


def test_an_outcome_that_is_needed_and_missing_is_a_gap_not_a_failure():
    injections = [fact(f"f{n}", "treatment", f"injection {n}", classes=("injection",)) for n in (1, 2)]
    result = answer(need("count", "injection", n=2, outcomes=["failed", "partial"]), *injections)
    assert result.verdict == "not_documented"
    assert "outcome of injection 1" in result.gap
    assert result.gap_kind == "documentation"


def test_an_outcome_that_is_not_asked_for_may_be_missing():
    assert verdict(need("count", "injection", n=1), fact(name="injection")) == "met"


def test_an_early_stop_for_intolerance_is_exempt_from_the_length_where_it_is_dated():
    stopped = drug("f1", "topiramate", start="2026-01-01", end="2026-01-10", outcome="intolerant")
    other = drug("f2", "propranolol", start="2026-04-01", end="2026-07-01", outcome="failed")
    undated = drug("f1", "topiramate", outcome="intolerant")
    assert verdict(FAILED_TWO, stopped, other) == "met"
    assert verdict(FAILED_TWO, undated, other) == "not_documented"


def test_an_early_stop_for_intolerance_is_not_exempt_where_only_failure_counts():
    asked = need("count", "migraine_preventive", n=1, outcomes=["failed"], each="8 weeks")
    stopped = drug("f1", "topiramate", start="2026-01-01", end="2026-01-10", outcome="intolerant")
    assert verdict(asked, stopped) == "not_met"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"start": "2026-04-01", "end": "2026-04-20", "outcome": "failed"}, "not_met"),  # too short
        ({"start": "2026-04-01", "end": "2026-07-01", "outcome": "effective"}, "not_met"),
        ({"outcome": "failed"}, "not_documented"),  # no dates
        ({"start": "2026-04", "end": "2026-06", "outcome": "failed"}, "needs_review"),  # 31 to 90 days
        ({"start": "2026-04-01", "end": "2026-07-01", "outcome": "ongoing"}, "not_met"),
        ({"start": "2026-04-01", "end": "2026-07-01", "outcome": "failed", "assertion": "hypothetical"}, "not_met"),
    ],
)
def test_the_second_trial_decides(second, expected):
    first = drug("f1", "topiramate", start="2026-01-01", end="2026-04-01", outcome="failed")
    assert verdict(FAILED_TWO, first, drug("f2", "propranolol", **second)) == expected


def test_a_complete_but_contrary_trial_is_a_difference_with_the_criteria():
    asked = need("count", "migraine_preventive", n=1, outcomes=["failed"], each="8 weeks")
    result = answer(asked, drug("f1", "topiramate", start="2026-01-01", end="2026-01-20", outcome="failed"))
    assert (result.verdict, result.gap_kind) == ("not_met", "criteria_difference")
    assert "19 days = 2 weeks 5 days" in result.rejected[0].reason


def test_a_treatment_called_both_failed_and_effective_is_for_a_person():
    facts = drug("f1", "topiramate", outcome="failed"), drug("f2", "topiramate", outcome="effective")
    assert verdict(need("count", "migraine_preventive", n=1, outcomes=["failed"]), *facts) == "needs_review"


def test_two_classes_are_not_two_agents_of_one_class():
    asked = need("count", "migraine_preventive", n=2, of="class")
    blockers = [drug(f"f{n}", name, classes=("beta_blocker", *PREVENTIVE)) for n, name in enumerate(("a", "b"))]
    topiramate = drug("f9", "topiramate", classes=("anticonvulsant", *PREVENTIVE))
    assert verdict(asked, *blockers) == "not_met"
    assert verdict(asked, blockers[0], topiramate) == "met"


def test_an_agent_whose_class_is_not_known_is_for_a_person():
    asked = need("count", "migraine_preventive", n=2, of="class")
    known = drug("f1", "topiramate", classes=("anticonvulsant", *PREVENTIVE))
    assert verdict(asked, known, drug("f2", "novel")) == "needs_review"


def test_several_terms_are_the_classes_that_are_counted():
    asked = need("count", "ssri", "snri", n=2, of="class")
    facts = drug("f1", "sertraline", classes=("ssri",)), drug("f2", "venlafaxine", classes=("snri",))
    assert verdict(asked, *facts) == "met"
    assert verdict(asked, facts[0], drug("f3", "fluoxetine", classes=("ssri",))) == "not_met"


@pytest.mark.parametrize(
    ("visits", "expected"),
    [((12,), "met"), ((8,), "not_met"), ((8, 6), "needs_review"), ((), "not_documented"), ((None,), "not_documented")],
)
def test_visits_stated_twice_may_be_the_same_visits(visits, expected):
    facts = [fact(f"f{n}", visits=count, start="2026-04-01", end="2026-05-15") for n, count in enumerate(visits)]
    assert verdict(need("count", "physical therapy", n=12, of="visits"), *facts) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2026-09-01", "2026-10-01"), "met"),
        (("2026-09-01", "2026-09-01"), "not_met"),  # one visit told twice
        (("2026-09", "2026-09-14"), "needs_review"),  # perhaps the same
        (("2025-09-01", "2026-10-01"), "not_met"),  # the first is outside the window
        ((None, "2026-10-01"), "needs_review"),
    ],
)
def test_events_are_counted_by_days_surely_apart_and_inside_the_window(days, expected):
    asked = need("count", "emergency visit", n=2, of="event", within="6 months")
    facts = [fact(f"f{n}", "risk", "emergency visit", date=day) for n, day in enumerate(days)]
    assert verdict(asked, *facts) == expected


@pytest.mark.parametrize(("n", "expected"), [(3, "met"), (1, "not_met")])
def test_a_cap_is_an_upper_bound(n, expected):
    sessions = [fact(f"f{k}", name="epidural injection", date=f"2026-0{k}-01") for k in (3, 6)]
    assert verdict(need("count", "epidural injection", n=n, of="event", op="<="), *sessions) == expected


def test_a_cap_is_kept_by_a_denial_and_not_by_silence():
    asked = need("count", "epidural injection", n=3, of="event", op="<=")
    assert verdict(asked) == "not_documented"
    assert verdict(asked, fact(name="epidural injection", assertion="absent")) == "met"


def test_a_dose_too_low_does_not_count_for_an_agent():
    asked = need("count", "csdmard", n=1, outcomes=["failed"], dose="15 mg/week")
    low = fact("f1", "medication", "methotrexate", classes=("csdmard",), outcome="failed", dose="10 mg/week")
    enough = replace(low, id="f2", dose=low.dose.model_copy(update={"n": 15}))
    assert verdict(asked, low) == "not_met"
    assert verdict(asked, low, enough) == "met"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"start": "2025-01-01", "end": "2026-09-01", "date": "2026-10-01"}, "met"),  # runs into the window
        (
            {"start": "2023-05-01", "end": "2023-05-01", "date": "2026-10-01"},
            "not_documented",
        ),  # only told in the window
        ({"start": "2023-05-01", "date": "2026-10-01"}, "needs_review"),  # not said to have ended
        ({"start": "2023-05-01", "date": "2026-10-01", "ongoing": True}, "met"),
        ({"start": "2026-09-01", "date": "2026-10-01"}, "met"),
        ({"start": "2026-01", "end": "2026"}, "needs_review"),
    ],
)
def test_a_treatment_counts_in_the_window_it_surely_touches(given, expected):
    asked = need("count", "injection", n=1, within="6 months")
    assert verdict(asked, fact(name="injection", **given)) == expected
