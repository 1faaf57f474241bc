"""What a page's head, a bracket or an aside says is not taken for what the patient had."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document

HEAD = "RIVER CLINIC      09/22/2026\n\n"


def found(text: str, name: str) -> list[FactProposal]:
    return [fact for fact in propose_facts(document(text)) if fact.name == name]


@pytest.mark.parametrize(
    "house", ["CENTER FOR METABOLIC SURGERY", "Joint Replacement Institute of Erie", "DIALYSIS GROUP, LLC"]
)
def test_the_name_of_a_clinic_is_no_treatment(house: str) -> None:
    facts = propose_facts(document(f"{house}          Surgical consultation, October 8, 2026\n\nShe is well.\n"))
    assert not [fact for fact in facts if fact.kind == "treatment"]


@pytest.mark.parametrize(
    "text",
    [
        "CPAP was not advised.",
        "CPAP is in my mind but I am wary of it.",
        "CPAP is the fallback.",
    ],
)
def test_what_is_only_weighed_was_not_given(text: str) -> None:
    assert [fact.assertion for fact in found(f"{HEAD}{text}\n", "CPAP")] == ["hypothetical"]


def test_the_time_without_a_thing_is_not_the_time_with_it() -> None:
    (fact,) = found(f"{HEAD}Own hearing aids, fitted here 06/05/2026 after ten years without.\n", "hearing aid")
    assert fact.duration is None


def test_a_day_before_its_own_figure_is_not_that_of_the_figure_before() -> None:
    text = f"{HEAD}Labs 08/25/2026: hemoglobin A1c 8.6 % (03/2026 7.7 %).\n"
    assert [(fact.value, fact.date) for fact in found(text, "HbA1c")] == [("8.6", "2026-08-25"), ("7.7", "2026-03")]


def test_who_is_named_at_the_head_of_a_visit_is_its_specialist() -> None:
    head = "Pt: Roe, Ann     DOB 8/9/1961     Visit: 5/11/2026     Eva Lind MD (Rheumatology)\n\nGout.\n"
    assert found(head, "rheumatology")
    assert not found(head.replace("Eva Lind", "Referred by: Eva Lind"), "rheumatology")


@pytest.mark.parametrize(
    "text", ["QuantiFERON-TB Gold negative 09/03/2025.", "QuantiFERON-TB Gold 09/03/2025: negative."]
)
def test_a_test_is_of_its_own_day_and_not_of_the_note_that_tells_of_it(text: str) -> None:
    assert {fact.date for fact in found(f"{HEAD}{text}\n", "positive tuberculosis test")} == {"2025-09-03"}


@pytest.mark.parametrize(
    ("text", "name", "assertion"),
    [
        ("He has a non-healing ulcer of the right foot.", "diabetic foot ulcer", "present"),
        ("Occasionally he will also experience numbness of the foot.", "numbness", "present"),
        ("She has not seen a dentist for this new toothache.", "tooth pain", "present"),
        ("She is to come to the hospital for kyphoplasty on Friday.", "kyphoplasty", "hypothetical"),
    ],
)
def test_a_word_that_only_sounds_like_a_cue_is_none(text: str, name: str, assertion: str) -> None:
    assert {fact.assertion for fact in found(f"{HEAD}{text}\n", name)} <= {assertion}


def test_to_quit_something_else_is_no_habit_of_smoking() -> None:
    assert not found(f"{HEAD}She quit working in 2019.\n", "tobacco use")
    assert [fact.end for fact in found(f"{HEAD}She quit smoking in 2019.\n", "tobacco use")] == ["2019"]
