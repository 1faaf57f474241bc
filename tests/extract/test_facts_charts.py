"""Charts as they come: flowsheets, lists, dictation, relative days and what only looks like a fact."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_facts import ground_facts
from schemas.document import Document, Origin, Page, Table
from schemas.fact import Assertion, Fact, Outcome
from tests.makers import document

HEAD = "PROGRESS NOTE\nDate of Service: 06/18/2026\n\n"


def of(read: Document) -> tuple[Fact, ...]:
    found = ground_facts(propose_facts(read), Grounder([read]))
    assert found.refused == ()
    return found.facts


def facts(text: str, name: str) -> list[Fact]:
    return [fact for fact in of(document(HEAD + text)) if fact.name == name]


def asserted(text: str, name: str) -> set[Assertion]:
    return {fact.assertion for fact in facts(text, name)}


def measured(text: str, name: str) -> list[tuple[str | None, str | None, str]]:
    return [(fact.value, fact.unit, str(fact.date)) for fact in facts(text, name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Acamprosate prescribed but never started.", "acamprosate"),
        ("Valproate avoided since she may become pregnant.", "divalproex"),
        ("Wound vac was considered but not used.", "negative pressure wound therapy"),
        ("Tried and failed: ibuprofen; not tried: meloxicam.", "meloxicam"),
        ("Review of systems is negative for chest pain, dyspnea and fever.", "dyspnea"),
        ("Self-injury not observed this period.", "self-harm"),
        ("Sulfasalazine is not an option.", "sulfasalazine"),
        ("Psoriatic arthritis not suspected.", "psoriatic arthritis"),
        ("Drug   Dose   Dates   Outcome\nMethotrexate   15 mg   none   Not tried", "methotrexate"),
    ],
)
def test_what_was_not_had_is_absent(text: str, name: str) -> None:
    assert asserted(text, name) == {Assertion.ABSENT}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Amitriptyline was suggested by her family doctor.", "amitriptyline"),
        ("In the meantime she may take naproxen.", "naproxen"),
        ("He has read about biologics.", "biologic"),
        ("Plan. Erenumab 70 mg monthly.", "erenumab"),
    ],
)
def test_what_was_only_spoken_of_is_hypothetical(text: str, name: str) -> None:
    assert asserted(text, name) == {Assertion.HYPOTHETICAL}


def test_the_diagnosis_that_heads_a_plan_is_present() -> None:
    assert asserted("PLAN\nDiabetes mellitus.", "diabetes") == {Assertion.PRESENT}


def test_a_laboratory_table_gives_its_results_with_their_units() -> None:
    text = "Test   Result   Flag   Reference   Units\nHemoglobin   10.2   L   12.0-15.5   g/dL\nESR   58   0-20   mm/hr"
    assert measured(text, "hemoglobin") == [("10.2", "g/dL", "2026-06-18")]
    assert measured(text, "ESR") == [("58", "mm/hr", "2026-06-18")]


def test_a_reference_range_is_no_result() -> None:
    assert measured("Test   Result   Flag   Reference   Units\nESR   0-20   mm/hr", "ESR") == []


def test_a_flowsheet_below_a_letterhead_is_read_with_its_pressures_and_units() -> None:
    text = "ELM RECOVERY   NURSING FLOWSHEET\nDate/time   CIWA-Ar   BP   Temp F\n06/15/2026 14:30   14   158/98   99.1"
    assert measured(text, "CIWA") == [("14", None, "2026-06-15")]
    assert measured(text, "systolic blood pressure") == [("158", None, "2026-06-15")]
    assert measured(text, "temperature") == [("99.1", "F", "2026-06-15")]


def test_a_row_without_its_last_remark_is_read_and_one_with_a_hole_is_not() -> None:
    head = "Visit date   Weight (lb)   BMI   Attended with   Note\n"
    row = "02/11/2026   239   38.6   L. Sorrel, RD\n"
    assert measured(head + row, "BMI") == [("38.6", None, "2026-02-11")]
    holed = "02/11/2026   38.6   L. Sorrel, RD   walking\n"
    assert measured(head + holed, "weight") == []


def test_cells_of_a_page_table_are_placed_even_where_one_is_empty() -> None:
    text = "Test   Result   Units\nESR   mm/hr\nCRP   24.6   mg/L\n"
    at = {word: (text.index(word), text.index(word) + len(word)) for word in text.split()}
    rows = (
        (at["Test"], at["Result"], at["Units"]),
        (at["ESR"], (0, 0), at["mm/hr"]),
        (at["CRP"], at["24.6"], at["mg/L"]),
    )
    page = Page(document="d1", number=1, file_page=1, origin=Origin.TEXT, text=text, tables=(Table(rows=rows),))
    found = of(document(text).model_copy(update={"pages": (page,)}))
    assert [(fact.name, fact.value, fact.unit) for fact in found] == [("CRP", "24.6", "mg/L")]


def test_a_medication_table_joins_dose_and_frequency_and_reads_the_stop_in_its_status() -> None:
    text = (
        "Medication   Dose   Frequency   Status\n"
        "lisinopril   10 mg   daily   Active\n"
        "celecoxib   200 mg   daily   Discontinued 01/2026 - rash\n"
    )
    (kept,), (stopped,) = facts(text, "lisinopril"), facts(text, "celecoxib")
    assert (kept.dose and kept.dose.unit, kept.ongoing) == ("mg/day", True)
    assert (str(stopped.end), stopped.outcome, stopped.outcome_reason) == ("2026-01", Outcome.INTOLERANT, "rash")


def test_a_list_of_medications_without_a_head_is_read_by_rows() -> None:
    text = "Medications:\nmetformin   1000 mg   twice daily\ninsulin   --   not taking\n"
    (metformin,) = facts(text, "metformin")
    assert (metformin.dose and metformin.dose.unit, metformin.ongoing) == ("mg twice daily", True)
    assert asserted(text, "insulin") == {Assertion.ABSENT}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Four weeks ago she had a left epidural steroid injection.", "2026-05-21"),
        ("She had an epidural steroid injection on 05/02/2026.", "2026-05-02"),
        ("She had an epidural steroid injection in 2024.", "2024"),
    ],
)
def test_an_injection_is_of_its_own_day(text: str, day: str) -> None:
    (fact,) = facts(text, "epidural steroid injection")
    assert (str(fact.date), fact.date_resolved) == (day, "ago" in text)


def test_a_month_without_a_year_is_the_last_one_before_the_note() -> None:
    (fact,) = facts("Gabapentin was stopped in September, too sleepy.", "gabapentin")
    assert (str(fact.end), fact.date_resolved) == ("2025-09", True)


def test_words_copied_forward_are_of_the_note_they_come_from() -> None:
    text = "HPI (copied forward from 03/04/2026): Left knee pain. Started physical therapy 2 weeks ago."
    (fact,) = facts(text, "physical therapy")
    assert (str(fact.start), fact.date_resolved) == ("2026-02-18", True)


def test_a_note_that_only_its_signature_dates_is_of_that_day() -> None:
    text = "CLINIC\nDoe, Jane\nCC: knee pain.\nBP 150/94, HR 88.\nStable.\nAnn Lee, MD. Signed 04/28/2026 16:45\n"
    assert {str(fact.date) for fact in of(document(text)) if fact.name == "heart rate"} == {"2026-04-28"}


def test_a_signature_is_a_document_with_the_authors_profession() -> None:
    found = facts(
        "Assessment: knee pain.\nElectronically signed by Renata Quill, PT, DPT on 06/19/2026\n", "progress note"
    )
    assert [(fact.value, str(fact.date)) for fact in found if fact.value] == [("PT", "2026-06-18")]


def test_grades_and_degrees_are_of_their_side() -> None:
    strength = facts("Quadriceps 4/5 right, 5/5 left.", "muscle strength")
    assert [(fact.value, fact.side) for fact in strength] == [("4", "right"), ("5", "left")]
    assert measured("Right knee: flexion 105 degrees.", "knee flexion") == [("105", "degrees", "2026-06-18")]


def test_a_listed_allergy_is_a_risk_that_bars_its_drug_and_no_drug_taken() -> None:
    text = "Allergies: naproxen (hives)."
    (fact,) = facts(text, "naproxen allergy")
    assert (fact.assertion, fact.outcome, fact.outcome_reason) == (Assertion.PRESENT, Outcome.CONTRAINDICATED, "hives")
    assert fact.is_a(("naproxen",))
    assert fact.is_a(("nsaid",))
    assert facts(text, "naproxen") == []


def test_a_steroid_injected_into_a_part_is_an_injection() -> None:
    (fact,) = facts("I injected the right knee with triamcinolone 40 mg on 3/2/2026.", "corticosteroid injection")
    assert (str(fact.date), fact.side, fact.body_part) == ("2026-03-02", "right", "knee")


@pytest.mark.parametrize(
    "head",
    [
        "Name: Ada Roe  DOB: 03/31/1950 Test date: 10/06/2026 Tech: R. Poe, RRT\n",
        "Patient: Ada Roe. Date of birth: July 7, 1974. Date of consultation: October 6, 2026.\n",
        "LAKE HAND CENTER          10/06/2026          Ada Roe, DOB 05/16/1962\n",
        "12 October 2026\n\nDear Ann,\nI saw Ms. Roe on 6 October 2026.\n",
    ],
)
@pytest.mark.parametrize(
    "foot", ["", "\nADDENDUM 10/09/2026: Seen again. B. Poe, MD\n", "\nB. Poe, MD signed 10/08/2026\n"]
)
def test_a_note_is_of_the_day_of_the_visit_and_not_of_its_signature_or_addendum(head: str, foot: str) -> None:
    text = f"{head}\nShe walks with a cane.\nODI 44%.\nNo numbness today.\n\n{foot}"
    assert {str(fact.date) for fact in of(document(text)) if fact.name == "ODI"} == {"2026-10-06"}


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("MIDAS today is 58. It was 64 in March 2025.", "MIDAS", [("58", "2026-06-18"), ("64", "2025-03")]),
        ("EDSS was 3.5 in 2024 and I would now expect more.", "EDSS", [("3.5", "2024")]),
        ("On May 18 her ALT had come back at 142 U/L.", "ALT", [("142", "2026-05-18")]),
        ("DLQI 19/30 (02/23/2026: 16/30).", "DLQI", [("19", "2026-06-18"), ("16", "2026-02-23")]),
        ("The second block gave 71% relief.", "pain relief", [("71", "2026-06-18")]),
        ("She had more than 80% relief.", "pain relief", []),
        ("Post-procedure NRS (30 min) 1/10.", "NRS", [("1", "2026-06-18")]),
        ("Urine cotinine 06/02/2026: <3 ng/mL.", "cotinine", [("<3", "2026-06-02")]),
        ("PLAN: step down when cotinine <3 ng/mL.", "cotinine", []),
    ],
)
def test_a_value_has_the_day_its_words_give_it(text: str, name: str, found: list[tuple[str, str]]) -> None:
    told = [fact for fact in facts(text, name) if fact.kind == "measurement"]
    assert [(fact.value, str(fact.date)) for fact in told] == found


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("His mother restarted him on amoxicillin.", "amoxicillin", "present"),
        ("Brought in by her parents, who report fever.", "fever", "present"),
        ("They have not noticed any fever.", "fever", "absent"),
        ("Family medical history is significant for sarcoidosis.", "sarcoidosis", "family"),
        ("Returns for followup evaluation of COPD.", "COPD", "present"),
        ("It is felt that lupus may be the case.", "lupus", "possible"),
    ],
)
def test_who_tells_and_who_looks_is_no_assertion(text: str, name: str, said: str) -> None:
    assert asserted(text, name) == {said}


@pytest.mark.parametrize("text", ["Ann Walker is a pleasant woman.", "Mr. Walker returns."])
def test_a_surname_is_no_treatment(text: str) -> None:
    assert not [fact for fact in of(document(HEAD + text)) if fact.kind == "treatment"]


@pytest.mark.parametrize(
    ("text", "name", "outcome"),
    [
        ("Spironolactone 25 mg daily, stopped 01/2026, potassium 5.9.", "spironolactone", Outcome.INTOLERANT),
        ("Fluticasone daily since 01/2026, still breathless.", "fluticasone", Outcome.FAILED),
        ("She was given galcanezumab. After a month it did nothing.", "galcanezumab", Outcome.FAILED),
        ("Physical therapy was an inadequate trial.", "physical therapy", None),
    ],
)
def test_how_a_treatment_went_is_told_in_other_words(text: str, name: str, outcome: Outcome | None) -> None:
    assert [fact.outcome for fact in facts(text, name)] == [outcome]
