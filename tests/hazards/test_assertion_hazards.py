"""What must never count: denied, planned, another's, the other side's, or only wished for."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.fact import FactKind, Outcome
from schemas.proposal import FactProposal
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\n"


def holding(text: str) -> list[FactProposal]:
    return [fact for fact in propose_facts(document(NOTE + text)) if fact.assertion.holds]


def named(text: str) -> set[str]:
    return {fact.name for fact in holding(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Referred to physical therapy, twice weekly.",
        "Will start physical therapy.",
        "PLAN\nPhysical therapy 2x/week for 6 weeks.",
        "PLAN\n1. Begin PT twice weekly for 8 weeks from 10/01/2026 to 12/01/2026.",
        "Physical therapy was recommended.",
        "She has not had physical therapy.",
        "The patient denies he has done any physical therapy.",
        "Consider PT if naproxen fails.",
        "Recommend 6 weeks of physical therapy.",
        "We discussed physical therapy.",
        "Physical therapy was declined.",
        "Her mother completed 8 weeks of physical therapy.",
        "Two of her uncles completed 8 weeks of physical therapy.",
        "FAMILY HISTORY\nFather: physical therapy after a stroke.",
        "Signed: Marisol Quent, PT, DPT, 09/11/2026",
        "TIDEPOOL PHYSICAL THERAPY\n410 Wharf Road",
        "Awaiting authorization for physical therapy.",
        "No further physical therapy visits are scheduled.",
        "PT/INR 2.1.",
    ],
)
def test_therapy_not_had_is_not_therapy(text: str) -> None:
    assert "physical therapy" not in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "He denies bowel or bladder dysfunction, saddle anesthesia, fever, weight loss and IV drug use.",
        "No history of cancer. No fever. No trauma. No fracture.",
        "The patient denies unexplained weight gain or loss, fevers, chills.",
        "FAMILY HISTORY\nFather had prostate cancer.",
        "His father had prostate cancer.",
        "Return to the emergency department for fever, saddle numbness or bowel incontinence.",
        "Call if you have fever or loss of bladder control.",
        "Rule out cauda equina syndrome.",
        "Breast cancer screening is due.",
        "At risk for falls.",
        "Constitutional: Denies fevers.",
        "History of ankle fracture in childhood.",
        "Red flags reviewed: none.",
        "Seasonal allergies in the fall.",
    ],
)
def test_a_red_flag_denied_or_another_s_is_no_red_flag(text: str) -> None:
    assert [fact.name for fact in holding(text) if fact.kind is FactKind.RISK and fact.name != "fall risk"] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Strength is 5/5 throughout.", "motor weakness"),
        ("Motor strength normal.", "motor weakness"),
        ("Negative straight leg raise bilaterally.", "positive straight leg raise"),
        ("Straight leg raise was performed.", "positive straight leg raise"),
        ("Reflexes 2+ and symmetric.", "reflex loss"),
        ("Sensation intact to light touch.", "sensory loss"),
        ("No effusion.", "effusion"),
        ("Denies weakness or numbness.", "motor weakness"),
        ("No synovitis, full range of motion.", "reduced range of motion"),
        ("Anti-CCP negative.", "anti-CCP"),
    ],
)
def test_a_normal_examination_shows_no_deficit(text: str, name: str) -> None:
    assert name not in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "He denies suicidal ideation.",
        "Denies SI/HI.",
        "No suicidal or homicidal ideation.",
        "Her brother attempted suicide.",
    ],
)
def test_denied_suicidality_is_no_risk(text: str) -> None:
    assert named(text).isdisjoint({"suicidal ideation", "suicide attempt"})


def test_a_finding_of_one_knee_is_not_one_of_the_other() -> None:
    found = holding("Right knee: Moderate effusion.\nLeft knee: No effusion.")
    assert {(fact.name, fact.side) for fact in found if fact.name == "effusion"} == {("effusion", "right")}


@pytest.mark.parametrize(
    "text",
    [
        "She had two corticosteroid injections.",
        "He took naproxen from 01/05/2026 to 03/01/2026.",
        "Physical therapy was completed on 05/15/2026.",
        "Sertraline was stopped due to cost.",
    ],
)
def test_without_a_stated_outcome_nothing_failed(text: str) -> None:
    assert all(fact.outcome is None for fact in holding(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("No known drug allergies.", "penicillin"),
        ("Allergies: NKDA", "sulfa"),
        ("No contraindication to methotrexate.", "methotrexate"),
        ("She is not allergic to penicillin.", "penicillin"),
        ("Monitor for intolerance to methotrexate.", "methotrexate"),
        ("Her mother is allergic to penicillin.", "penicillin"),
    ],
)
def test_no_allergy_is_no_contraindication(text: str, name: str) -> None:
    exempt = (Outcome.CONTRAINDICATED, Outcome.INTOLERANT)
    assert [fact for fact in holding(text) if fact.name == name and fact.outcome in exempt] == []


@pytest.mark.parametrize(
    "text",
    [
        "Goal: ODI below 20%.",
        "Treatment goals: PHQ-9 less than 10.",
        "LDL goal < 70 mg/dL.",
        "BMI must be at least 35 kg/m2.",
        "TREATMENT GOALS\nPHQ-9 of 5 in 8 weeks.",
    ],
)
def test_a_goal_or_threshold_is_not_a_measurement(text: str) -> None:
    assert [fact for fact in holding(text) if fact.kind is FactKind.MEASUREMENT] == []


def test_a_short_instrument_is_not_the_long_one() -> None:
    assert named("PHQ-2 score: 4").isdisjoint({"PHQ-9"})


def test_a_drug_requested_is_not_a_drug_tried() -> None:
    text = "PLAN\nRequest adalimumab 40 mg every 14 days.\nConsider leflunomide if sulfasalazine fails."
    assert named(text).isdisjoint({"adalimumab", "leflunomide", "sulfasalazine"})


def test_an_order_for_one_drug_does_not_start_another() -> None:
    text = (
        "PLAN\nStart gabapentin 300 mg daily and continue naproxen 500 mg BID.\n\n"
        "PROGRESS NOTE\nDate of visit: 10/20/2026\n\nSUBJECTIVE\nShe takes naproxen 500 mg BID.\n"
    )
    assert [fact.start for fact in holding(text) if fact.name == "naproxen"] == [None]


def test_a_study_ordered_is_not_a_study_done() -> None:
    text = "PLAN\nMRI of the lumbar spine was ordered. Consider plain films."
    assert named(text).isdisjoint({"MRI", "radiograph"})
