"""What public notes were once misread for: a name inside another, a visit planned for what is there, more declined."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document


def found(text: str) -> list[FactProposal]:
    return list(propose_facts(document(f"PROGRESS NOTE\nDate of visit: 09/22/2026\n\n{text}")))


def told(text: str, name: str) -> list[str]:
    return [one.assertion.value for one in found(text) if one.name == name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("She got her COVID-19 vaccine.", "COVID-19"),
        ("He received the influenza and hepatitis B vaccines.", "hepatitis B"),
        ("He received the influenza and hepatitis B vaccines.", "influenza"),
        ("Vaccinated against pneumonia, influenza and shingles.", "pneumonia"),
        ("He was given a flu shot and a pneumonia booster.", "pneumonia"),
        ("She was given the migraine cocktail.", "migraine"),
        ("Lupus serologies were negative.", "lupus"),
    ],
)
def test_a_disease_inside_another_name_is_not_told_of(text: str, name: str) -> None:
    assert told(text, name) == []


def test_a_disease_beside_a_vaccine_is_told_of() -> None:
    assert told("He has pneumonia and was given the flu shot.", "pneumonia") == ["present"]
    assert told("Hepatitis B serologies negative.", "hepatitis B") == ["absent"]


@pytest.mark.parametrize(
    "text",
    [
        "Surgery was recommended for hardware removal to decrease his irritation.",
        "She was recommended for hardware removal.",
        "He is being considered for hardware removal.",
        "I also want her to undergo hardware removal.",
        "I want the patient to have hardware removal.",
        "We would like him to undergo hardware removal.",
    ],
)
def test_what_someone_is_recommended_for_was_not_done(text: str) -> None:
    assert told(text, "hardware removal") == ["hypothetical"]


def test_what_a_patient_then_received_was_had() -> None:
    text = "She was recommended for a nerve block and the patient received an epidural steroid injection."
    assert told(text, "nerve block") == ["hypothetical"]
    assert told(text, "epidural steroid injection") == ["present"]


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("We recommended that she see a psychiatrist regarding her depression.", "present"),
        ("She should see a psychiatrist for her severe depression.", "present"),
        ("Psychotherapy was recommended for her depression.", "present"),
        ("Recommend that her mother see a psychiatrist for her depression.", "family"),
        ("We would test her for her possible depression.", "hypothetical"),
        ("She may see a psychiatrist for her suspected depression.", "possible"),
        ("We recommended a screening for depression.", "hypothetical"),
        ("Consider a psychiatrist for depression if worse.", "hypothetical"),
    ],
)
def test_a_visit_is_planned_and_not_what_it_is_for(text: str, assertion: str) -> None:
    assert told(text, "depression") == [assertion]


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("Evaluation of newly diagnosed ovarian cancer.", "present"),
        ("Evaluation for recently diagnosed ovarian cancer.", "present"),
        ("Evaluation for ovarian cancer.", "possible"),
        ("The possibility of ovarian cancer was raised.", "possible"),
        ("The mass is suggestive of ovarian cancer.", "possible"),
        ("She was treated for presumptive ovarian cancer.", "possible"),
        ("Consistent with an abscess or an emerging ovarian cancer.", "possible"),
        ("She has lesions which she calls ovarian cancer.", "possible"),
        ("The pain is not associated with ovarian cancer.", "possible"),
    ],
)
def test_only_what_was_diagnosed_is_a_diagnosis(text: str, assertion: str) -> None:
    assert told(text, "ovarian cancer") == [assertion]


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("The patient did have a DVT in the left calf that has since been resolved.", "historical"),
        ("She had a DVT which has now resolved.", "historical"),
        ("She sustained a DVT that has resolved.", "historical"),
        ("She never had a DVT; her cellulitis resolved.", "absent"),
        ("She did not have a DVT, and her cellulitis has resolved.", "absent"),
        ("No DVT.", "absent"),
    ],
)
def test_an_event_that_is_over_was_had(text: str, assertion: str) -> None:
    assert told(text, "deep vein thrombosis") == [assertion]


def test_what_resolved_and_may_come_again_is_not_there() -> None:
    assert told("She had back pain that has since resolved.", "back pain") == ["absent"]
    assert told("He had anemia, which has since resolved.", "anemia") == ["absent"]


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        (
            "He does have Vicodin at home which he uses for his knee but he does not want to use up that drug.",
            "present",
        ),
        ("He takes hydrocodone but does not want to increase the dose.", "present"),
        ("She is on hydrocodone and declines a higher dose.", "present"),
        ("She does not want to stop hydrocodone.", "present"),
        ("She takes ibuprofen and hydrocodone, and refused surgery.", "present"),
        ("He does not want to use Vicodin.", "absent"),
        ("She was offered hydrocodone but declined.", "absent"),
        ("She takes nothing; hydrocodone was offered but she does not want it.", "absent"),
        ("She asked for a refill of hydrocodone, which I declined.", "absent"),
    ],
)
def test_who_takes_a_drug_declines_something_else(text: str, assertion: str) -> None:
    assert told(text, "hydrocodone") == [assertion]


def test_what_a_study_does_not_show_says_nothing_of_the_study() -> None:
    assert told("It does not appear to be causing any loosening on x-ray.", "radiograph") == []
    assert told("No fracture on x-ray of 03/02/2026.", "radiograph") == ["present"]
    assert told("She has not had an x-ray.", "radiograph") == ["absent"]


@pytest.mark.parametrize(
    ("text", "dose"),
    [
        ("Finasteride 5 mg half tablet daily.", None),
        ("Finasteride 5 mg tablet, take 1/2 tablet daily.", None),
        ("Finasteride 5 mg, 2 tablets daily.", None),
        ("Finasteride, half of a 5 mg tablet daily.", None),
        ("Finasteride 5 mg 1 tablet daily.", "5 mg/day"),
        ("Finasteride 5 mg daily, dispense 30 tablets.", "5 mg/day"),
    ],
)
def test_a_tablet_s_strength_is_a_dose_only_of_one_tablet(text: str, dose: str | None) -> None:
    assert [one.dose for one in found(text) if one.name == "finasteride"] == [dose]


@pytest.mark.parametrize("words", ["refills for finasteride", "a refill of finasteride", "refills on her finasteride"])
def test_a_refill_is_of_what_is_taken(words: str) -> None:
    assert told(f"I provided {words}.", "finasteride") == ["present"]


def test_what_was_mentioned_before_is_not_only_talked_of() -> None:
    assert told("She returns, as I mentioned, complaining of a rash.", "rash") == ["present"]
    assert told("We mentioned physical therapy.", "physical therapy") == ["hypothetical"]
