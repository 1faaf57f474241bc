"""Treatments as forms have them: an outcome behind its label, and lists of what was tried that have no head."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document

LOG = (
    "PHYSICAL THERAPY LOG\nAda Roe   DOB 12/02/1983\nFirst visit: 01/05/2026         Last visit: 04/10/2026\n"
    "Visits completed: 20              Missed: 2\n{}\nReviewed: B. Doe, PT, 04/13/2026\n"
)
LIST = (
    "PROGRESS NOTE\nDate of visit: 09/22/2026\n\nPRIOR TREATMENT\n"
    "  Naproxen 500 mg BID     2024 - present     partial\n{}\n"
)


def fact(text: str, name: str) -> FactProposal:
    (found,) = [fact for fact in propose_facts(document(text)) if fact.name == name]
    return found


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("Response: poor.   Two sessions held for a cold", "failed"),
        ("Clinical response: minimal", "failed"),
        ("Outcome: partial", "partial"),
        ("Response to treatment: excellent", "effective"),
    ],
)
def test_an_outcome_behind_its_label_is_that_of_the_treatment_of_the_form(line: str, outcome: str) -> None:
    found = fact(LOG.format(line), "physical therapy")
    assert (found.start, found.end, found.outcome) == ("2026-01-05", "2026-04-10", outcome)


@pytest.mark.parametrize(
    "line", ["Response: pending", "Expected response: good", "Response:", "If response: poor, refer back"]
)
def test_an_outcome_that_is_not_known_yet_is_none(line: str) -> None:
    assert fact(LOG.format(line), "physical therapy").outcome is None


def test_a_row_of_what_was_tried_tells_a_treatment_with_its_days_visits_and_outcome() -> None:
    found = fact(
        LIST.format("  Chiropractic, 2x/week     02/02/2026 - 03/30/2026, 16 visits     no lasting benefit"),
        "chiropractic care",
    )
    assert (found.start, found.end, found.visits, found.outcome) == ("2026-02-02", "2026-03-30", 16, "failed")
    assert not found.ongoing


@pytest.mark.parametrize("told", ["never", "declined", "not tried"])
def test_a_row_that_says_a_treatment_was_not_had_is_a_denial(told: str) -> None:
    found = fact(LIST.format(f"  Acupuncture     2025     {told}"), "acupuncture")
    assert found.assertion == "absent"


def test_a_treatment_of_the_list_goes_on_only_where_the_list_says_so() -> None:
    assert not fact(LIST.format("  Acupuncture     2025     some relief"), "acupuncture").ongoing
    assert fact(LIST.format("  Acupuncture     2025 - present     some relief"), "acupuncture").ongoing


def test_the_figure_of_a_report_is_the_one_before_that_of_last_time() -> None:
    report = (
        "ECHOCARDIOGRAM REPORT\nDate of study: 08/25/2026\n\n"
        "  LVEF (visual)            35-40%      was 28%\n  LV diameter              6.1 cm      was 6.0 cm\n"
    )
    found = fact(report, "LVEF")
    assert (found.value, found.value_high, found.date, found.assertion) == ("35", "40", "2026-08-25", "present")
