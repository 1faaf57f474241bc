"""Facts of charts in wordings and layouts that the first rules were not written for."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_facts import ground_facts
from schemas.fact import Assertion, Fact, FactKind, Outcome
from tests.makers import document

NOTE = "CLINIC NOTE\nDate of visit: 09/22/2026\n\n"


def facts(text: str, name: str, head: str = NOTE) -> list[Fact]:
    paper = document(head + text)
    found = ground_facts(propose_facts(paper), Grounder([paper]))
    assert found.refused == ()
    return [fact for fact in found.facts if fact.name == name]


def asserted(text: str, name: str) -> set[str]:
    return {fact.assertion.value for fact in facts(text, name)}


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("Not present: wound odor, purulent drainage, fever.", "purulent drainage", "absent"),
        ("Pertinent negatives: tunneling, purulence.", "purulent drainage", "absent"),
        ("BiPAP was kept on standby and never used.", "BiPAP", "absent"),
        ("A ventilator was at hand; she did not need it.", "mechanical ventilation", "absent"),
        ("Pneumonia: not supported by the film.", "pneumonia", "absent"),
        ("He takes tamsulosin 0.4 mg and has had one negative biopsy.", "tamsulosin", "present"),
        ("Another resident purged at meals.", "purging", "other_patient"),
        ("Exchange nailing was postponed until spring.", "exchange nailing", "hypothetical"),
        ("Would I need prednisone?", "prednisone", "hypothetical"),
        ("Is this cellulitis?", "cellulitis", "possible"),
        ("Her father was a cook. He died at 60 of complications of diabetes.", "diabetes", "family"),
        ("Her mother had bulimia as a student.", "bulimia nervosa", "family"),
    ],
)
def test_a_thing_not_had_or_not_hers_is_not_told_as_hers(text: str, name: str, says: str) -> None:
    assert asserted(text, name) == {says}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Tender red shins, erythema nodosum suspected.", "erythema"),
        ("Depression, on sertraline.", "major depressive disorder"),
        ("Bulimia nervosa since college.", "anorexia nervosa"),
        ("PSA 5.1 ng/mL.", "psoriatic arthritis"),
        ("Back pain after a fall.", "low back pain"),
    ],
)
def test_a_wider_or_other_name_is_no_diagnosis(text: str, name: str) -> None:
    assert facts(text, name) == []


@pytest.mark.parametrize(
    ("text", "name", "side", "says"),
    [
        ("Right knee pain for two months.", "knee pain", "right", "present"),
        ("Aching in the left hip at night.", "hip pain", "left", "present"),
        ("Here for evaluation of left shoulder pain.", "shoulder pain", "left", "present"),
        ("Denies pain in her wrists, elbows or feet.", "foot pain", None, "absent"),
        ("Her brother has knee pain.", "knee pain", None, "family"),
    ],
)
def test_a_complaint_is_a_finding_of_its_part(text: str, name: str, side: str | None, says: str) -> None:
    assert {(fact.side, fact.assertion.value) for fact in facts(text, name)} == {(side, says)}


def test_a_clinic_or_scale_of_pain_is_no_complaint() -> None:
    assert facts("Referred to the Spine Pain Clinic. Knee pain score 6/10.", "knee pain") == []


@pytest.mark.parametrize(
    ("text", "end", "says"),
    [
        ("Smoking: former, quit 05/2019.", "2019-05", "historical"),
        ("Former smoker, stopped in 2009.", "2009", "historical"),
        ("His wife still smokes in the house; he quit in 2019.", "2019", "historical"),
        ("Quit smoking at the beginning of this month.", "2026-09", "historical"),
    ],
)
def test_a_habit_that_is_over_ended_when_it_was_quit(text: str, end: str, says: str) -> None:
    assert {(str(fact.end), fact.assertion.value) for fact in facts(text, "tobacco use")} == {(end, says)}


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("Plan:\n- Continue tamsulosin.", "tamsulosin", ("present", None, True)),
        ("Plan:\n- Stop atorvastatin today.", "atorvastatin", ("present", "2026-09-22", False)),
        ("Plan:\n- Increase metformin to 1000 mg twice a day.", "metformin", ("present", None, False)),
        ("Plan:\n- If she agrees, continue tamsulosin.", "tamsulosin", ("hypothetical", None, False)),
        ("Plan:\n- Continue home exercise program.", "home exercise program", ("hypothetical", None, False)),
        ("Plan:\n- Start tamsulosin 0.4 mg daily.", "tamsulosin", ("hypothetical", None, False)),
    ],
)
def test_an_order_to_go_on_or_to_stop_tells_what_is_taken(
    text: str, name: str, told: tuple[str, str | None, bool]
) -> None:
    (fact,) = facts(text, name)
    assert (fact.assertion.value, str(fact.end) if fact.end else None, fact.ongoing) == told


def test_a_side_effect_in_a_list_of_intolerances_tells_of_a_drug_once_had() -> None:
    (fact,) = facts("Allergies/intolerances: rosuvastatin (myalgia), naproxen (hives).", "rosuvastatin")
    assert (fact.assertion, fact.outcome, fact.date) == (Assertion.HISTORICAL, Outcome.INTOLERANT, None)
    assert facts("Allergies/intolerances: rosuvastatin (myalgia), naproxen (hives).", "naproxen") == []


def test_a_section_ends_where_the_next_note_begins() -> None:
    text = "Plan:\n1. Sertraline 50 mg daily.\n\n=== OFFICE VISIT 10/20/2026 ===\nTakes sertraline 50 mg every day.\n"
    assert {(fact.assertion.value, str(fact.date)) for fact in facts(text, "sertraline")} == {
        ("hypothetical", "2026-09-22"),
        ("present", "2026-10-20"),
    }


def values(text: str, name: str) -> list[tuple[str | None, str | None, str]]:
    return [(fact.value, fact.unit, str(fact.date)) for fact in facts(text, name) if fact.kind is FactKind.MEASUREMENT]


def test_a_list_of_days_is_of_the_measure_above_it() -> None:
    text = "PSA history (ng/mL)\n   08/04/2025     4.2\n   01/26/2026     4.6    (no infection)\n"
    assert values(text, "PSA") == [("4.2", "ng/mL", "2025-08-04"), ("4.6", "ng/mL", "2026-01-26")]


CUMULATIVE = """
                            10/06/2025     07/28/2026     Reference
Hemoglobin     g/dL           13.1           12.8           11.7-15.5
Eosinophils    %              4.6            2.1
Ferritin       ng/mL          44                            15-150
"""


def test_a_cumulative_report_may_have_columns_without_titles() -> None:
    assert values(CUMULATIVE, "hemoglobin") == [("13.1", "g/dL", "2025-10-06"), ("12.8", "g/dL", "2026-07-28")]
    assert values(CUMULATIVE, "eosinophils") == []  # a share of the cells, not their count
    assert values(CUMULATIVE, "ferritin") == []  # nobody knows of which day


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("Severe COPD (FEV1 38% predicted, 10/2025).", "FEV1", ("38", "%", "2025-10")),
        ("EDE-Q today: restraint 5.2, shape concern 5.0; global 4.6.", "EDE-Q", ("4.6", None, "2026-09-22")),
        ("MRI will be ordered if ESR stays up (ESR 58).", "ESR", ("58", None, "2026-09-22")),
        ("Repeat HbA1c 7.1%.", "HbA1c", ("7.1", "%", "2026-09-22")),
        ("She is at 79% of median BMI.", "percent ideal body weight", ("79", "%", "2026-09-22")),
        ("Weight on admission 92.8 lb (8/3).", "weight", ("92.8", "lb", "2026-08-03")),
    ],
)
def test_a_value_keeps_its_name_unit_and_day(text: str, name: str, found: tuple[str, str | None, str]) -> None:
    assert values(text, name) == [found]


@pytest.mark.parametrize("text", ["Start insulin if HbA1c reaches 9.", "Titrate to LDL below 70.", "ABG 03/04 sent."])
def test_a_wish_or_a_day_is_no_value(text: str) -> None:
    assert [fact for name in ("HbA1c", "LDL", "ABG") for fact in facts(text, name) if fact.assertion.holds] == []
