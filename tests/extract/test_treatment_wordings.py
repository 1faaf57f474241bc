"""Treatments in wordings no rule was written for: classes of phrasing, each shown by a few."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document


def found(text: str, name: str) -> FactProposal:
    """The one fact of that name in a note of 14 September 2026."""
    facts = [fact for fact in propose_facts(document(f"PROGRESS NOTE 09/14/2026\n\n{text}")) if fact.name == name]
    assert len(facts) == 1
    return facts[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("She plans knee replacement for the spring: total knee arthroplasty.", "total knee arthroplasty"),
        ("We talked about gabapentin and she will think it over.", "gabapentin"),
        ("Cladribine might then be an option.", "cladribine"),
        ("He is asking for semaglutide.", "semaglutide"),
        ("If approved we would start risankizumab 150 mg.", "risankizumab"),
        ("P: Acupuncture.", "acupuncture"),
        ("Options include radiofrequency ablation.", "radiofrequency ablation"),
    ],
)
def test_what_is_only_talked_of_was_not_had(text: str, name: str) -> None:
    assert found(text, name).assertion == "hypothetical"


@pytest.mark.parametrize(
    ("text", "name", "assertion"),
    [
        ("She has not taken Ajovy or Aimovig.", "erenumab", "absent"),
        ("Acupuncture was suggested to her, but she never went.", "acupuncture", "absent"),
        ("She does not think she has asthma.", "asthma", "absent"),
        ("The father of the patient has multiple sclerosis.", "multiple sclerosis", "family"),
        ("Nobody in the family has asthma.", "asthma", "family"),
        ("Appendectomy 1998.", "appendectomy", "historical"),
    ],
)
def test_what_was_not_had_or_is_another_s_or_past(text: str, name: str, assertion: str) -> None:
    assert found(text, name).assertion == assertion


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Physical therapy January to March 2026, no benefit.", "2026-01", "2026-03"),
        ("Physical therapy from 2023 until 2024.", "2023", "2024"),
        ("On May 4, 2026 she began physical therapy.", "2026-05-04", None),
        ("She started physical therapy with Mr. Li on March 2, 2026.", "2026-03-02", None),
        ("Physical therapy 2025 - present.", "2025", None),
    ],
)
def test_a_time_is_read_with_what_it_leaves_out(text: str, start: str | None, end: str | None) -> None:
    fact = found(text, "physical therapy")
    assert (fact.start, fact.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "outcome", "reason"),
    [
        ("Naproxen 500 mg BID, 3/2026 - 5/2026: stopped, gastritis.", "intolerant", "gastritis"),
        ("Naproxen made her jittery and was stopped.", "intolerant", "jittery"),
        ("She had a rash with naproxen.", "intolerant", "rash"),
        ("Naproxen takes the edge off.", "partial", None),
        ("She took naproxen and it did nothing for her.", "failed", None),
    ],
)
def test_an_outcome_needs_no_word_of_cause(text: str, outcome: str, reason: str | None) -> None:
    fact = found(text, "naproxen")
    assert fact.outcome == outcome
    assert reason is None or fact.outcome_reason == reason


def test_a_list_without_marks_is_one_drug_a_line() -> None:
    text = "Medications:\ncarvedilol 25 mg twice daily, since 12/08/2025\nempagliflozin 10 mg daily, since 02/02/2026"
    assert found(text, "carvedilol").start == "2025-12-08"
    assert found(text, "empagliflozin").start == "2026-02-02"


def test_visits_broken_off_are_an_incomplete_course() -> None:
    fact = found("Physical therapy, 6 of 12 sessions attended, stopped 05/2026.", "physical therapy")
    assert (fact.visits, fact.outcome, fact.end) == (6, "incomplete", "2026-05")
