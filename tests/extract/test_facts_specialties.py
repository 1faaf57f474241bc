"""Short notes of many specialties: what stands there is read as it stands, and nothing near it in its place."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\n{words}\n"


def facts(text: str, name: str) -> list[FactProposal]:
    return [fact for fact in propose_facts(document(text)) if fact.name == name]


def told(words: str, name: str) -> list[tuple[str | None, str | None]]:
    found = facts(NOTE.format(words=words), name)
    return [(fact.value, fact.date) for fact in found if not fact.unread and fact.assertion.holds]


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        pytest.param("AHI (4%) 34.6 events/hour.", "AHI", [("34.6", "2026-09-22")], id="how it is scored, in brackets"),
        pytest.param(
            "Tender joints (28): 9        Swollen joints (28): 7",
            "swollen joint count",
            [("7", "2026-09-22")],
            id="how many were looked at, in brackets",
        ),
        pytest.param("LVEF (32%).", "LVEF", [("32", "2026-09-22")], id="the figure itself in brackets"),
        pytest.param("LVEF (biplane): 32 %     (prior 10/2025: 25 %)", "LVEF", [("32", "2026-09-22")], id="before it"),
        pytest.param("AHI 34.6. ODI 30.1.", "ODI", [], id="a desaturation index is no Oswestry score"),
        pytest.param(
            "AHI 34.6. ODI 30.1.", "oxygen desaturation index", [("30.1", "2026-09-22")], id="desaturation index"
        ),
        pytest.param("ODI 44%. Uses CPAP.", "ODI", [("44", "2026-09-22")], id="an Oswestry score"),
        pytest.param("Mid-parental height 166.5 cm, father's height 165 cm.", "height", [], id="the parents' height"),
        pytest.param(
            "PHQ-9: 21 (baseline 11/03/2025: 23). GAD-7: 14.", "GAD-7", [("14", "2026-09-22")], id="a day in brackets"
        ),
        pytest.param(
            "Wound, left foot, 3.1 x 2.4 x 0.5 cm (03/11/2026: 3.4 x 2.6 x 0.5 cm).",
            "wound size",
            [("3.1", "2026-09-22"), ("3.4", "2026-03-11")],
            id="a size with its day before it",
        ),
        pytest.param("IOP: 16 mmHg by applanation.", "intensive outpatient program", [], id="a pressure of the eye"),
        pytest.param("Completed IOP on 08/14/2026.", "intensive outpatient program", [(None, "2026-09-22")], id="IOP"),
        pytest.param("Gait is antalgic.", "antalgic gait", [(None, "2026-09-22")], id="gait"),
        pytest.param("Ten-year probability: hip fracture 9.4%.", "hip fracture", [], id="how likely it is"),
        pytest.param("NSTEMI 08/19/2025, no stent.", "myocardial infarction", [(None, "2025-08-19")], id="its day"),
        pytest.param(
            "NSTEMI 08/19/2025. NSTEMI more than a year ago.",
            "myocardial infarction",
            [(None, "2025-08-19")],
            id="told again without its day",
        ),
        pytest.param("HCV Ab           Nonreactive", "hepatitis C", [], id="a test that was negative"),
        pytest.param("Leflunomide          never given", "leflunomide", [], id="never given, in a row"),
        pytest.param("If she is refused, would consider teriparatide.", "teriparatide", [], id="if refused"),
        pytest.param("Patient global 5, physician global 4.", "PtGA", [("5", "2026-09-22")], id="not the physician's"),
    ],
)
def test_what_a_note_states_is_read_and_nothing_near_it(words: str, name: str, expected: list[object]) -> None:
    assert told(words, name) == expected


def test_what_is_refused_under_a_condition_was_not_declined() -> None:
    (fact,) = facts(NOTE.format(words="If she is refused, would consider teriparatide."), "teriparatide")
    assert (fact.assertion, fact.outcome) == ("hypothetical", None)


def test_the_eye_before_each_acuity_is_its_own() -> None:
    found = facts(NOTE.format(words="Visual acuity: OD 20/80, OS 20/30"), "visual acuity")
    assert [(fact.value, fact.side) for fact in found] == [("20/80", "right"), ("20/30", "left")]


def test_a_clock_time_is_no_figure() -> None:
    note = "Hospital course\nDate of visit: 09/21/2026\n\nCIWA-Ar\n09/18/2026  20:00     19\n09/19/2026  08:00     14\n"
    assert [(fact.value, fact.date) for fact in facts(note, "CIWA")] == [("19", "2026-09-18"), ("14", "2026-09-19")]


def test_a_partial_operation_is_no_partial_success() -> None:
    (fact,) = facts(
        NOTE.format(words="Procedure performed: Right knee arthroscopy with partial medial meniscectomy."),
        "arthroscopy",
    )
    assert fact.outcome is None


def test_an_order_before_a_stop_ends_with_it() -> None:
    words = "We started naltrexone 50 mg daily on 08/12/2026. It was stopped on 08/26/2026 because of vomiting."
    (fact,) = facts(NOTE.format(words=words), "naltrexone")
    assert (fact.start, fact.end, fact.outcome) == ("2026-08-12", "2026-08-26", "intolerant")


def test_a_therapist_who_signs_makes_the_summary_one_of_the_therapy() -> None:
    note = """ELM REHAB                     DISCHARGE SUMMARY
Patient: Test Four            Date: 03/31/2026

Start of care: 02/03/2026      Discharge: 03/31/2026      Visits attended: 15      Cancelled: 1

Rosa Lind, PT, DPT    03/31/2026
"""
    (fact,) = facts(note, "physical therapy")
    assert (fact.start, fact.end, fact.visits) == ("2026-02-03", "2026-03-31", 15)


def test_a_heading_that_speaks_of_treatment_so_far_heads_a_list_of_it() -> None:
    rows = "rasagiline 1 mg daily   01/2022 to 06/2022   no improvement\nLSVT BIG   02/02/2026 - 02/27/2026   16 visits"
    (fact,) = facts(NOTE.format(words=f"PRIOR AND CURRENT PD TREATMENT\n{rows}"), "rasagiline")
    assert (fact.start, fact.end, fact.outcome) == ("2022-01", "2022-06", "failed")


def test_a_letterhead_names_the_study_of_its_report() -> None:
    note = (
        "ELM IMAGING                BONE DENSITOMETRY (DXA)\nTest Two    DOB 04/27/1957    Exam 07/14/2026\n\nStable.\n"
    )
    assert [(fact.date, fact.assertion) for fact in facts(note, "DXA")] == [("2026-07-14", "present")]
