"""Findings, diagnoses, limits, studies and documents; sections and the dates of notes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.chart.sections import statements
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_facts import ground_facts
from schemas.proposal import FactProposal
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\nOBJECTIVE\n"


def facts(text: str, name: str) -> list[FactProposal]:
    return [found for found in propose_facts(document(text)) if found.name == name]


def told(text: str, name: str) -> set[tuple[str | None, str, str | None]]:
    return {(f.side and f.side.value, f.assertion.value, f.value) for f in facts(NOTE + text, name)}


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        (
            "Straight-leg raise is positive on the left at 35 degrees and negative on the right.",
            "positive straight leg raise",
            {("left", "present", "positive"), ("right", "absent", "negative")},
        ),
        (
            "Strength: 5/5 throughout except left EHL 4/5",
            "motor weakness",
            {("left", "present", "4/5")},
        ),
        ("All other muscle groups are 5/5.", "motor weakness", set()),
        ("Sensation is otherwise intact.", "sensory loss", set()),
        ("Strength is 5/5 in both legs.", "motor weakness", {("bilateral", "absent", "5/5")}),
        ("Patellar and Achilles reflexes are 2+ and symmetric.", "reflex loss", {(None, "absent", "2+")}),
        ("Achilles reflex is absent on the left.", "reflex loss", {("left", "present", "absent")}),
        ("Sensation is intact.", "sensory loss", {(None, "absent", "intact")}),
        (
            "Sensation to light touch is reduced over the top of the left foot.",
            "sensory loss",
            {("left", "present", "reduced")},
        ),
        ("Reflexes were tested.", "reflex loss", set()),
        ("Moderate effusion of the right knee.", "effusion", {("right", "present", None)}),
        (
            "rheumatoid factor 88 IU/mL (positive)",
            "rheumatoid factor",
            {(None, "present", "positive"), (None, "present", "88")},
        ),
    ],
)
def test_a_test_says_what_its_result_says(text: str, name: str, found: set[tuple[str | None, str, str | None]]) -> None:
    assert told(text, name) == found


def test_each_column_of_an_examination_is_of_its_side() -> None:
    text = "Item   Right knee   Left knee\nEffusion   Moderate   None\nFlexion   95 degrees   130 degrees\n"
    assert told(text, "effusion") == {("right", "present", "Moderate"), ("left", "absent", "None")}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Lumbar radiculopathy, left (M54.16).", "lumbar radiculopathy", "M54.16"),
        ("Diagnosis: M17.11 Unilateral primary osteoarthritis, right knee", "osteoarthritis", "M17.11"),
        ("Assessment: Trochanteric bursitis (M70.61).", "Trochanteric bursitis", "M70.61"),
    ],
)
def test_a_diagnosis_has_the_code_beside_it(text: str, name: str, value: str) -> None:
    (found,) = [f for f in facts(NOTE + text, name) if f.kind == "diagnosis"]
    assert found.value == value


def test_a_vitamin_is_not_a_diagnosis_code() -> None:
    assert [f for f in propose_facts(document("Vitamin B12 was normal.")) if f.kind == "diagnosis"] == []


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("He can sit for 15 minutes and stand for 10 minutes.", "sitting", "15 minutes"),
        ("He can sit for 15 minutes and stand for 10 minutes.", "standing", "10 minutes"),
        ("She can walk one block before she must stop.", "walking", "one block"),
        ("She has missed 9 days of work since August.", "work", "She has missed 9 days of work since August"),
        ("She cannot open jars or button a shirt.", "hand function", "She cannot open jars or button a shirt"),
    ],
)
def test_a_limit_is_an_activity_and_the_words_that_limit_it(text: str, name: str, value: str) -> None:
    (found,) = facts(NOTE + text, name)
    assert (found.kind, found.value, found.assertion) == ("functional_limit", value, "present")


@pytest.mark.parametrize("text", ["She walks without difficulty.", "He works as a teacher.", "She sleeps well."])
def test_an_activity_without_a_limit_is_none(text: str) -> None:
    limits = [f for f in propose_facts(document(NOTE + text)) if f.kind == "functional_limit"]
    assert all(not f.assertion.holds for f in limits)


def test_a_study_tells_what_of_when_and_what_it_showed() -> None:
    (mri,) = facts(NOTE + "MRI lumbar spine 02/01/2026: L5-S1 disc herniation on the left.", "MRI")
    assert (mri.kind, mri.body_part, mri.date) == ("imaging", "lumbar spine", "2026-02-01")
    assert mri.value == "L5-S1 disc herniation on the left"


def test_a_study_that_shows_nothing_was_done() -> None:
    (xray,) = facts(NOTE + "X-ray of the right knee is unremarkable.", "radiograph")
    assert (xray.assertion, xray.side) == ("present", "right")


def test_a_chest_film_is_no_radiograph_of_the_spine() -> None:
    (film,) = [f for f in propose_facts(document("Chest x-ray of 11/04/2025 was clear.")) if f.kind == "imaging"]
    assert (film.name, film.body_part) == ("chest radiograph", "chest")


def test_who_signed_gives_the_specialty_and_the_title_the_document() -> None:
    signed = "Electronically signed by Ann Lee, MD, Rheumatology, 03/03/2026\n"
    text = f"LETTER OF MEDICAL NECESSITY\n\nMarch 3, 2026\n\n{signed}"
    papers = {(f.name, f.date) for f in propose_facts(document(text)) if f.kind == "documentation"}
    assert papers == {("letter of medical necessity", "2026-03-03"), ("rheumatology", "2026-03-03")}


def sentences(text: str) -> list[str]:
    return [s.text for s in statements(document(text)) if s.shape is Shape.SENTENCE]


def test_a_sentence_runs_over_wrapped_lines_and_ends_at_its_stop() -> None:
    text = (
        "Dr. Smith saw Corinne T. Hollis, who denies fever, weight loss and bowel or bladder\n"
        "dysfunction. AST is 39 U/L. BMI 41.2 is noted, e.g. today."
    )
    assert sentences(text) == [
        "Dr. Smith saw Corinne T. Hollis, who denies fever, weight loss and bowel or bladder\ndysfunction.",
        "AST is 39 U/L.",
        "BMI 41.2 is noted, e.g. today.",
    ]


def test_list_items_and_labelled_lines_stand_alone() -> None:
    assert sentences("1. Continue naproxen\n2. Start gabapentin\nStrength: 5/5\nReflexes: 2+") == [
        "Continue naproxen",
        "Start gabapentin",
        "Strength: 5/5",
        "Reflexes: 2+",
    ]


def test_sections_are_known_by_heading_and_by_label() -> None:
    text = "FAMILY HISTORY\nHis father had gout.\n\nPlan: Rest.\n\nShe agrees.\n\nOBJECTIVE\nNo edema."
    found = [(s.text, s.section) for s in statements(document(text)) if s.shape is Shape.SENTENCE]
    assert found == [
        ("His father had gout.", "family history"),
        ("Rest.", "plan"),
        ("She agrees.", "family history"),
        ("No edema.", "examination"),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "PROGRESS NOTE\nDate of visit: 10/02/2026\n",
        "Office visit, 10/02/2026\n",
        "Progress Note  10/02/2026\n",
        "Neurology follow-up visit   10/02/2026\n",
        "Patient: A. Doe   DOB: 01/02/1970   Date of Service: 10/02/2026\n",
        "Patient   Date of birth   Date of visit\nA. Doe   01/02/1970   10/02/2026\n",
        "Clinic letter\n\nOctober 2, 2026\n",
        "DOS: 10/02/2026\nSigned: 10/05/2026\n",
    ],
)
def test_a_note_is_dated_by_its_visit_and_not_by_another_date(head: str) -> None:
    text = head + "\nBMI 41.2\n\nElectronically signed by Ann Lee, MD, 10/05/2026\n"
    (bmi,) = facts(text, "BMI")
    assert bmi.date == "2026-10-02"
    assert "10/02/2026" in bmi.date_quotes[0].text or "October 2, 2026" in bmi.date_quotes[0].text


def test_every_note_of_a_document_has_its_own_date() -> None:
    note = "PROGRESS NOTE\nDate of visit: 0{}/20/2026\n\nPHQ-9: 1{}\n\n"
    text = "".join(note.format(month, month) for month in (6, 7, 8))
    assert [(f.value, f.date) for f in facts(text, "PHQ-9")] == [
        ("16", "2026-06-20"),
        ("17", "2026-07-20"),
        ("18", "2026-08-20"),
    ]


def test_equal_sentences_of_two_notes_are_told_apart() -> None:
    note = "PROGRESS NOTE\nDate of visit: 0{}/20/2026\n\nPain is 7/10.\n\n"
    page = document(note.format(6) + note.format(7))
    grounded = ground_facts(propose_facts(page), Grounder([page]))
    pains = [fact for fact in grounded.facts if fact.name == "pain score"]
    assert [str(fact.date) for fact in pains] == ["2026-06-20", "2026-07-20"]
    assert pains[0].spans[0].start < pains[1].spans[0].start


LINES = [
    "PROGRESS NOTE",
    "Date of visit: 06/20/2026",
    "Date of visit: 07/20/2026",
    "PLAN",
    "FAMILY HISTORY",
    "He completed 8 weeks of physical therapy from 01/05/2026 to 03/01/2026 without relief.",
    "Naproxen 500 mg BID was stopped on 04/01/2026 due to rash; gabapentin helped.",
    "Methotrexate   15 mg weekly   01/05/2026   05/18/2026   Failed",
    "Drug   Dose   Start   Stop   Outcome",
    "ODI   52%   50%",
    "Measure   07/27/2026   09/11/2026",
    "ODI today is 48% (48/100), PHQ-9: 18, BP 128/76.",
    "Strength 4/5 on the left and 5/5 on the right. No fever.",
    "MRI lumbar spine 02/01/2026: disc herniation (M51.26).",
    "She can walk 10 minutes.",
    "Gabapentin was started 3 weeks ago.",
    "Start gabapentin 300 mg daily.",
    "",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_grounding_accepts_whatever_the_rules_propose(lines: list[str]) -> None:
    page = document("\n".join(lines) or " ")
    proposals = propose_facts(page)
    grounded = ground_facts(proposals, Grounder([page]))
    assert grounded.refused == ()
    assert all(page.pages[0].text.count(quote.text) for proposal in proposals for quote in proposal.quotes)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    page = document(text or " ")
    assert propose_facts(page) == propose_facts(page)


def test_a_grade_that_stands_apart_from_the_rest_keeps_its_side_and_holds_after_grounding() -> None:
    chart = document(NOTE + "Strength 5/5 bilateral LE except R EHL 4/5.")
    found = ground_facts(propose_facts(chart), Grounder([chart])).facts
    told = {(f.value, f.side and f.side.value, f.assertion.value) for f in found if f.name == "motor weakness"}
    assert told == {("4/5", "right", "present")}  # "except" takes it out of what is full


def test_two_diagnoses_in_a_row_have_each_their_own_words() -> None:
    found = propose_facts(document(NOTE + "Lumbar radiculopathy (M54.16), Ehlers syndrome (Q79.60)."))
    assert {(f.name, f.value) for f in found if f.kind == "diagnosis"} == {
        ("lumbar radiculopathy", "M54.16"),
        ("Ehlers syndrome", "Q79.60"),
    }
