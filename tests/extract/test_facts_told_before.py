"""What a note tells of an earlier time: a figure before another, a habit that ended, a drug stopped for what it did."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document


def facts(text: str, name: str) -> list[FactProposal]:
    return [one for one in propose_facts(document(f"PROGRESS NOTE 09/14/2026\n\n{text}")) if one.name == name]


def test_the_figure_that_another_came_from_is_past() -> None:
    now, before = facts("Creatinine 2.1 from 1.4.", "creatinine")
    assert (now.value, now.assertion, now.date is None) == ("2.1", "present", False)
    assert (before.value, before.assertion, before.date) == ("1.4", "historical", None)


def test_a_figure_under_each_condition_is_read() -> None:
    found = facts("Slip 3 mm in extension, 8 mm in flexion on the films.", "slip")
    assert [one.value for one in found] == ["3", "8"]


def test_what_was_smoked_in_all_does_not_say_that_it_goes_on() -> None:
    (counted,) = facts("Tobacco: 30 pack-years.", "tobacco use")
    assert counted.assertion == "historical"
    (smoker,) = facts("Tobacco: 30 pack-years, current smoker.", "tobacco use")
    assert smoker.assertion == "present"


def test_a_drug_stopped_for_what_was_told_before_was_not_tolerated() -> None:
    text = "Endoscopy showed esophagitis, and risedronate was stopped on 03/02/2026 for that reason."
    (drug,) = facts(text, "risedronate")
    assert drug.outcome == "intolerant"


@pytest.mark.parametrize(
    "text",
    [
        "The esophagitis healed and pantoprazole was stopped for that reason.",
        "Insomnia persisted, and pantoprazole was stopped for this reason.",
    ],
)
def test_what_went_away_or_went_on_is_no_harm_of_the_drug(text: str) -> None:
    (drug,) = facts(text, "pantoprazole")
    assert drug.outcome != "intolerant"


def test_a_visit_told_in_prose_does_not_date_the_note() -> None:
    text = (
        "START OF CARE EVALUATION\nVisit: 09/08/2026\n\n"
        "Face-to-face encounter: 09/02/2026, Dr. Roe, at the nursing home, copy is in the chart.\n\nODI 40%"
    )
    (score,) = [one for one in propose_facts(document(text)) if one.name == "ODI"]
    assert str(score.date) == "2026-09-08"
