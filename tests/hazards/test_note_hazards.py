"""What public notes were once misread for: a name inside another, a visit planned for what is there, more declined."""

import pytest

from pipeline.extract import RulesExtractor, extract_facts
from pipeline.extract.chart.facts import propose_facts
from schemas.denial import Denial
from schemas.fact import Assertion
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


@pytest.mark.parametrize(
    ("text", "name", "assertion"),
    [
        ("He does not want to use up that medicine for his toothache.", "tooth pain", "present"),
        ("She has never been hospitalized for her asthma.", "asthma", "present"),
        ("He has not had PT for his back pain.", "back pain", "present"),
        ("PLAN\nRefer to PT for her dizziness.", "dizziness", "present"),
        ("Consider an injection for his left shoulder pain.", "shoulder pain", "present"),
        ("Call if you need something for your nausea.", "nausea", "hypothetical"),
        ("Never seen for her mother's asthma.", "asthma", "family"),
        ("No evidence for his lupus.", "lupus", "absent"),
        ("No signs of infection with her diabetes.", "diabetes", "absent"),
        ("Denies dizziness.", "dizziness", "absent"),
    ],
)
def test_what_a_treatment_is_for_is_not_denied_or_planned_with_it(text: str, name: str, assertion: str) -> None:
    assert told(text, name) == [assertion]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He has no anterior shoulder pain.", "shoulder pain"),
        ("Denies lateral knee pain.", "knee pain"),
        ("No tenderness at the sternoclavicular or AC joints.", "tenderness"),
        ("No tenderness to palpation along the incision.", "tenderness"),
    ],
)
def test_a_place_that_is_free_of_it_does_not_free_the_rest(text: str, name: str) -> None:
    assert told(text, name) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("No shoulder pain.", "shoulder pain"),
        ("No tenderness to palpation.", "tenderness"),
        ("No tenderness over the knee.", "tenderness"),
        ("No edema at this time.", "edema"),
    ],
)
def test_a_denial_without_a_place_stands(text: str, name: str) -> None:
    assert told(text, name) == ["absent"]


def test_a_cancer_that_has_not_spread_is_not_denied() -> None:
    text = "Ovarian cancer. There is no evidence of gross peritoneal or metastatic disease."
    assert told(text, "history of cancer") == []
    assert told(text, "metastatic disease") == ["absent"]
    assert told(text, "ovarian cancer") == ["present"]
    (spread,) = [one for one in found("Metastatic disease in the liver.") if one.name == "metastatic disease"]
    assert {"history of cancer", "red_flag"} <= {*spread.classes}


def test_a_diet_alone_is_not_diet_and_exercise() -> None:
    assert told("She has been compliant with dietary modifications.", "diet and exercise") == []
    assert told("She completed a diet and exercise program.", "diet and exercise") == ["present"]


def test_the_part_operated_on_is_not_the_place_of_what_came_later() -> None:
    (weak,) = [one for one in found("She had a brain tumor removed and had left-sided weakness.") if one.side]
    assert (weak.name, weak.side, weak.body_part) == ("motor weakness", "left", None)
    (rash,) = [one for one in found("A jaw surgery was long before she started to have a rash.") if one.name == "rash"]
    assert rash.body_part is None
    (fluid,) = [one for one in found("Right knee was injured and had an effusion.") if one.name == "effusion"]
    assert fluid.body_part == "knee"


def test_what_one_was_forced_to_do_is_no_limit() -> None:
    assert told("He could not walk as he was forced to stand there.", "standing") == []
    assert told("She cannot stand for more than 10 minutes.", "standing") == ["present"]


def test_pain_of_a_tooth_does_not_make_it_loose() -> None:
    assert told("Complains of a toothache.", "tooth mobility") == []
    assert told("Complains of a toothache.", "tooth pain") == ["present"]


def test_a_biopsy_with_fibrosis_is_no_image_of_a_lung() -> None:
    assert told("The skin biopsy mentions some fibrosis.", "ground-glass opacities") == []


def test_the_figure_of_an_earlier_study_is_not_of_the_note_s_day() -> None:
    text = (
        "Her previous year's echocardiogram demonstrated a reduced overall left ventricular ejection fraction of 45%."
    )
    assert [one.date for one in found(text) if one.name == "LVEF"] == [None]
    assert [one.date for one in found("Echocardiogram showed LVEF of 45%.") if one.name == "LVEF"] == ["2026-09-22"]


@pytest.mark.parametrize(
    ("text", "name", "assertion"),
    [
        ("We recommended that she see a psychiatrist regarding her depression.", "depression", Assertion.PRESENT),
        ("The patient did have a DVT that has since been resolved.", "deep vein thrombosis", Assertion.HISTORICAL),
        ("He wants no more of that medicine for his toothache.", "tooth pain", Assertion.PRESENT),
        ("Evaluation of newly diagnosed ovarian cancer.", "ovarian cancer", Assertion.PRESENT),
    ],
)
def test_grounding_reads_an_ailment_as_the_rules_do(text: str, name: str, assertion: Assertion) -> None:
    facts = extract_facts(RulesExtractor(), [document(text)], Denial()).facts
    assert [fact.assertion for fact in facts if fact.name == name] == [assertion]


@pytest.mark.parametrize(
    ("text", "name", "assertion"),
    [
        ("The fracture was not temporally associated with the skin lesions.", "rash", "present"),
        ("The cough is not related to her asthma.", "asthma", "present"),
        ("The headache is not associated with nausea.", "nausea", "absent"),
        ("The rash is not caused by the suspected lupus.", "lupus", "absent"),
    ],
)
def test_a_link_denied_denies_no_known_end_of_it(text: str, name: str, assertion: str) -> None:
    assert told(text, name) == [assertion]


def test_a_biopsy_that_was_not_abnormal_was_taken() -> None:
    assert told("There were not clearly abnormal biopsies of the ileum.", "biopsy") == []
    assert told("She has not had a biopsy.", "biopsy") == ["absent"]
