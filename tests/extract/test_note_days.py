"""Of what day a note is: by its head, else its signature; never by a birth date, and undated where nothing tells."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from tests.check.check_makers import answer, fact, need
from tests.makers import document

WORDS = "Patient seen for knee pain.\nHe uses a cane.\nBMI 41.2 today.\n"


def day_of(*pages: str) -> str | None:
    (found,) = [fact for fact in propose_facts(document(*pages)) if fact.name == "BMI"]
    return found.date


@pytest.mark.parametrize(
    "head",
    [
        "Date of service: 03/04/2026",
        "Date of Encounter: March 4, 2026",
        "Encounter: 03/04/2026, Office Visit",
        "Roe, Ann      DOB 04/19/1953      Exam 03/04/2026",
        "DOS: 03/04/2026      DOB: 04/19/1953",
        "LAKESIDE DERMATOLOGY                    Established patient, 03/04/2026",
        "Roe, Ann     4/19/1953     Progress note 03/04/2026     Time in 2:00 Time out 2:30",
        "Foregut Surgery of Erie                                   3/4/2026",
        "POLYSOMNOGRAM 03/03/2026 with MULTIPLE SLEEP LATENCY TEST 03/04/2026",
    ],
)
def test_a_head_dates_its_note(head: str) -> None:
    assert day_of(f"{head}\n\n{WORDS}") == "2026-03-04"


@pytest.mark.parametrize(
    "signature",
    [
        "Electronically signed by Ann Roe, MD on 03/04/2026 10:22",
        "Electronically signed: Ann Roe, MD, 03/04/2026 17:22",
        "Dictated and authenticated: A. Roe DO   03/04/2026 14:44",
        "/es/ A. Roe, MD   03/04/2026 13:07",
    ],
)
def test_a_signature_dates_what_nothing_else_dates(signature: str) -> None:
    assert day_of(f"{WORDS}\n{signature}\n") == "2026-03-04"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Patient: Ann Roe        DOB: 4/19/1953         Referred by: S. Lind, DO",
        "Printed 03/09/2026",
        "Next appointment: 03/09/2026",
        "FAX 03/09/2026 10:32   FROM: LAKESIDE   P. 2",
        "Ann Roe     04/19/1953     Visit of 03/09/2026 for comparison: BMI was not taken.",
        "03/09/2026   6   4",
    ],
)
def test_a_note_that_no_line_dates_has_no_day(line: str) -> None:
    assert day_of(f"{line}\n\n{WORDS}\n") is None


def test_a_figure_without_a_day_meets_no_window_and_the_day_is_asked_for() -> None:
    asked = need("measure", "BMI", value=40, unit="kg/m2", op=">=", within="6 months")
    result = answer(asked, fact(kind="measurement", name="BMI", value="41.2", unit="kg/m2"))
    assert result.verdict == "not_documented"
    assert "the date of" in result.gap


def test_a_file_of_several_notes_is_dated_page_by_page() -> None:
    first = f"ELM CLINIC      Follow-up\nPatient: Ann Roe   DOB: 04/19/1953   Visit: 02/01/2026\n\n{WORDS}"
    second = (
        "OXIMETRY SUMMARY\nPatient: Ann Roe      DOB: 4/19/1953     Referred by: S. Lind, DO\nStudy date: 03/09/2026\n"
    )
    assert day_of(first, second) == "2026-02-01"


def test_the_head_of_a_dated_note_is_not_signed_by_who_dictated_it() -> None:
    head = "DATE OF SERVICE: March 4, 2026\nDICTATED BY: A. Roe, MD        TRANSCRIBED: 03/05/2026"
    assert day_of(f"{head}\n\n{WORDS}\nElectronically authenticated 03/06/2026 08:03\n") == "2026-03-04"


def test_each_page_is_of_the_day_in_its_own_head() -> None:
    pages = ["RIVER CLINIC      02/01/2026\n\nHe uses a cane.", f"RIVER CLINIC      03/04/2026\n\n{WORDS}"]
    assert day_of(*pages) == "2026-03-04"
    assert day_of(pages[1].replace("      03/04/2026", ""), pages[0]) is None


def test_studies_in_one_report_are_each_of_their_own_day() -> None:
    text = "EXAM: XR TIBIA   04/14/2026\nFINDINGS: Gap.\n\nEXAM: XR TIBIA   07/21/2026\nFINDINGS: BMI 41.2 kg/m2.\n"
    assert day_of(text) == "2026-07-21"


@pytest.mark.parametrize("mark", [".", ":"])
def test_a_plan_in_the_middle_of_a_paragraph_is_planned(mark: str) -> None:
    text = (
        f"RIVER CLINIC      03/04/2026\n\nAssessment{mark} Severe gout. Plan{mark} Pegloticase 8 mg. Return in May.\n"
    )
    (found,) = [one for one in propose_facts(document(text)) if one.name == "pegloticase"]
    assert found.assertion == "hypothetical"
