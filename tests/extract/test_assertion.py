"""What a sentence says of a thing named in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.chart.assertion import judge
from pipeline.extract.chart.facts import propose_facts
from schemas.fact import Assertion
from tests.makers import document


def judged(sentence: str, thing: str, section: str | None = None) -> str:
    start = sentence.index(thing)
    return judge(sentence, start, start + len(thing), section).value


@pytest.mark.parametrize(
    ("sentence", "thing", "says"),
    [
        ("She denies fever, weight loss, or bowel dysfunction.", "fever", "absent"),
        ("She denies fever, weight loss, or bowel dysfunction.", "bowel dysfunction", "absent"),
        ("The patient denies unexplained weight gain or loss, fevers, chills.", "fevers", "absent"),
        ("No evidence of fracture.", "fracture", "absent"),
        ("No history of cancer.", "history of cancer", "absent"),
        ("Negative straight leg raise.", "straight leg raise", "absent"),
        ("Strength is 5/5 in both legs.", "Strength", "absent"),
        ("Strength is 4/5 on the left.", "Strength", "present"),
        ("Straight-leg raise is positive on the left and negative on the right.", "Straight-leg raise", "present"),
        ("He never had physical therapy.", "physical therapy", "absent"),
        ("She has not tried methotrexate.", "methotrexate", "absent"),
        ("She is not on methotrexate.", "methotrexate", "absent"),
        ("Hydroxychloroquine was discussed and was not started.", "Hydroxychloroquine", "absent"),
        ("Never taken: leflunomide, hydroxychloroquine, any biologic drug.", "biologic", "absent"),
        ("The patient denies he has done any physical therapy.", "physical therapy", "absent"),
        ("No fever but has weakness.", "weakness", "present"),
        ("Not on methotrexate because she has cirrhosis.", "cirrhosis", "present"),
        ("Effusion   Moderate   None", "Effusion", "present"),
        ("Effusion   None", "Effusion", "absent"),
    ],
)
def test_denial_reaches_what_it_denies_and_no_further(sentence: str, thing: str, says: str) -> None:
    assert judged(sentence, thing) == says


@pytest.mark.parametrize(
    ("sentence", "thing"),
    [
        ("No relief with naproxen.", "naproxen"),
        ("Physical therapy without lasting improvement.", "Physical therapy"),
        ("She failed to improve with physical therapy.", "physical therapy"),
        ("She could not tolerate methotrexate.", "methotrexate"),
        ("Naproxen was not tolerated.", "Naproxen"),
        ("Naproxen did not relieve the pain.", "Naproxen"),
        ("There was no significant benefit from gabapentin.", "gabapentin"),
        ("He attended 5/5 visits of PT.", "PT"),
        ("Acetaminophen gives little relief.", "Acetaminophen"),
    ],
)
def test_a_treatment_that_did_not_help_was_still_given(sentence: str, thing: str) -> None:
    assert judged(sentence, thing) == "present"


@pytest.mark.parametrize(
    ("sentence", "thing"),
    [
        ("Referred to PT, twice weekly, with a home exercise program.", "PT"),
        ("Referred to PT, twice weekly, with a home exercise program.", "home exercise"),
        ("Will start adalimumab.", "adalimumab"),
        ("Start gabapentin 300 mg at bedtime.", "gabapentin"),
        ("Medical Treatment: Initiate meloxicam 15 mg once daily.", "meloxicam"),
        ("Consider leflunomide if sulfasalazine fails.", "leflunomide"),
        ("If no improvement, MRI.", "MRI"),
        ("An MRI was ordered.", "MRI"),
        ("If the MRI shows compression, refer for epidural steroid injection.", "epidural"),
        ("We discussed the risks of surgery.", "surgery"),
        ("Request authorization for right total knee arthroplasty.", "total knee arthroplasty"),
    ],
)
def test_what_is_planned_or_conditional_is_hypothetical(sentence: str, thing: str) -> None:
    assert judged(sentence, thing) == "hypothetical"


@pytest.mark.parametrize(
    ("sentence", "thing", "says"),
    [
        ("Her mother has rheumatoid arthritis and had a left knee replacement.", "knee replacement", "family"),
        ("Family history of cancer.", "cancer", "family"),
        ("She lives with her mother and has weakness.", "weakness", "present"),
        ("Status post total knee arthroplasty.", "total knee arthroplasty", "historical"),
        ("Possible fracture.", "fracture", "possible"),
        ("Rule out cauda equina syndrome.", "cauda equina", "possible"),
        ("Fracture cannot be excluded.", "Fracture", "possible"),
        ("Most patients with migraine improve.", "migraine", "other_patient"),
    ],
)
def test_whose_and_when(sentence: str, thing: str, says: str) -> None:
    assert judged(sentence, thing) == says


@pytest.mark.parametrize(
    ("sentence", "thing", "section", "says"),
    [
        ("Rheumatoid arthritis.", "Rheumatoid arthritis", "family history", "family"),
        ("Prednisone 5 mg daily.", "Prednisone", "plan", "hypothetical"),
        ("She completed physical therapy.", "physical therapy", "plan", "present"),
        ("Hypertension.", "Hypertension", "past medical history", "present"),
        ("Appendectomy.", "Appendectomy", "past surgical history", "historical"),
        ("No diabetes.", "diabetes", "past medical history", "absent"),
        ("Naproxen 500 mg.", "Naproxen", None, "present"),
    ],
)
def test_the_section_speaks_where_the_sentence_is_silent(
    sentence: str, thing: str, section: str | None, says: str
) -> None:
    assert judged(sentence, thing, section) == says


@pytest.mark.parametrize("sentence", ["X-ray of the knee is unremarkable.", "The MRI was negative."])
def test_a_study_without_a_finding_was_done(sentence: str) -> None:
    thing = "X-ray" if "X-ray" in sentence else "MRI"
    assert judged(sentence, thing) == "present"


WORDS = [
    "no",
    "denies",
    "fever",
    "but",
    "mother",
    "has",
    "if",
    "PT",
    "5/5",
    "strength",
    "relief",
    ";",
    ".",
    "negative",
    "Start",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.data())
def test_every_range_of_every_sentence_is_judged(words: list[str], data: st.DataObject) -> None:
    sentence = " ".join(words)
    start = data.draw(st.integers(0, len(sentence) - 1))
    end = data.draw(st.integers(start + 1, len(sentence)))
    assert judge(sentence, start, end) in Assertion


@given(st.lists(st.sampled_from(["pain", "swelling", "fever", "cough"]), min_size=1, max_size=6, unique=True))
def test_a_denied_list_is_denied_whole(things: list[str]) -> None:
    sentence = f"She denies {', '.join(things)} and numbness."
    assert {judged(sentence, thing) for thing in (*things, "numbness")} == {"absent"}


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Methotrexate was talked about, but he would rather not.", "methotrexate", Assertion.HYPOTHETICAL),
        ("Candesartan came up but her blood pressure runs low.", "candesartan", Assertion.HYPOTHETICAL),
        ("The subject of methotrexate came up.", "methotrexate", Assertion.HYPOTHETICAL),
        ("Sent for an opinion on methotrexate.", "methotrexate", Assertion.HYPOTHETICAL),
        ("She is reluctant to take methotrexate.", "methotrexate", Assertion.HYPOTHETICAL),
        ("The plan wants him to fail methotrexate first.", "methotrexate", Assertion.HYPOTHETICAL),
        ("Holding off on methotrexate until labs are back.", "methotrexate", Assertion.HYPOTHETICAL),
        ("Her liver disease precludes methotrexate.", "methotrexate", Assertion.ABSENT),
        ("Methotrexate is out because of her liver disease.", "methotrexate", Assertion.ABSENT),
        ("We skipped methotrexate because of her liver.", "methotrexate", Assertion.ABSENT),
        ("Methotrexate-naive.", "methotrexate", Assertion.ABSENT),
        ("Beta blocker? NO, asthma.", "Beta blocker", Assertion.ABSENT),
        ("Beta blocker? NO, asthma.", "asthma", Assertion.PRESENT),
        ("She used sumatriptan in her twenties.", "sumatriptan", Assertion.HISTORICAL),
        ("Never picked up the pregabalin, $180 copay.", "pregabalin", Assertion.ABSENT),
        ("Not started methotrexate.", "methotrexate", Assertion.ABSENT),
        ("She never filled the methotrexate.", "methotrexate", Assertion.ABSENT),
        ("Amitriptyline was suggested but she never filled it.", "Amitriptyline", Assertion.ABSENT),
        ("Methotrexate was prescribed but she never started.", "Methotrexate", Assertion.ABSENT),
        ("Was told about methotrexate.", "methotrexate", Assertion.HYPOTHETICAL),
        ("Has not been started on methotrexate.", "methotrexate", Assertion.ABSENT),
        ("Lithium not started, sertraline 100 mg helped.", "Lithium", Assertion.ABSENT),
        ("Lithium not started, sertraline 100 mg helped.", "sertraline", Assertion.PRESENT),
        ("Cyclosporine crossed my mind but her pressure is high.", "Cyclosporine", Assertion.HYPOTHETICAL),
        ("She is thinking of stopping methotrexate.", "methotrexate", Assertion.PRESENT),
        ("Prednisone came up to 20 mg and helped.", "Prednisone", Assertion.PRESENT),
    ],
)
def test_what_was_only_spoken_of_was_not_had(text: str, name: str, expected: Assertion) -> None:
    start = text.lower().index(name.lower())
    assert judge(text, start, start + len(name)) is expected


def test_a_question_goes_on_with_its_answer() -> None:
    facts = propose_facts(document("PROGRESS NOTE 09/14/2026\n\nBeta blocker? NO, asthma. Chest pain? No. Fever? Yes."))
    told = {fact.name: fact.assertion for fact in facts}
    assert (told["beta_blocker"], told["asthma"]) == ("absent", "present")
    assert (told["chest pain"], told["fever"]) == ("absent", "present")


def test_what_stands_beside_others_of_its_class_shares_what_bars_them() -> None:
    text = "PROGRESS NOTE 09/14/2026\n\nShe has asthma, so propranolol and the other beta blockers should not be used."
    told = {fact.name: (fact.assertion, fact.outcome) for fact in propose_facts(document(text))}
    assert told["propranolol"] == told["beta_blocker"] == ("absent", "contraindicated")


def test_a_drug_that_a_list_says_was_stopped_does_not_go_on() -> None:
    text = "PROGRESS NOTE 09/14/2026\n\nMeds: gabapentin, lisinopril. D/C'd tramadol."
    told = {fact.name: fact.ongoing for fact in propose_facts(document(text))}
    assert (told["gabapentin"], told["tramadol"]) == (True, False)


def test_physical_therapy_ends_a_sentence() -> None:
    text = "PROGRESS NOTE 09/14/2026\n\nShe did six weeks of PT. No MRI was done."
    told = {fact.name: fact.assertion for fact in propose_facts(document(text))}
    assert told["physical therapy"] == "present"
