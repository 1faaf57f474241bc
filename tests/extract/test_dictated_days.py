"""Days that dictation tells without a year, and what a sentence tells of the treatment before it."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document


def facts(text: str, name: str) -> list[FactProposal]:
    return [one for one in propose_facts(document(f"PROGRESS NOTE 09/14/2026\n\n{text}")) if one.name == name]


@pytest.mark.parametrize(
    ("text", "name", "start", "end"),
    [
        (
            "I began prednisone 40 mg a day on 3/2 and tapered it off by 4/27.",
            "prednisone",
            "2026-03-02",
            "2026-04-27",
        ),
        (
            "Azathioprine was started 3/16 and stopped on May 4 for pancreatitis.",
            "azathioprine",
            "2026-03-16",
            "2026-05-04",
        ),
        (
            "On 3/16/2026 I added azathioprine 100 mg. On 5/4, he had pain, and the azathioprine was stopped that day.",
            "azathioprine",
            "2026-03-16",
            "2026-05-04",
        ),
        (
            "He began adalimumab on 5/20/2026. He took his last dose on 9/2/2026.",
            "adalimumab",
            "2026-05-20",
            "2026-09-02",
        ),
        ("He took cephalexin 500 mg from 8/10 to 8/20.", "cephalexin", "2026-08-10", "2026-08-20"),
        ("IV ceftriaxone 9/10-9/13, azithromycin 9/10-9/12.", "azithromycin", "2026-09-10", "2026-09-12"),
        ("She began topiramate on 2/3. She stopped it on April 7.", "topiramate", "2026-02-03", "2026-04-07"),
    ],
)
def test_a_course_runs_between_days_without_a_year(text: str, name: str, start: str, end: str) -> None:
    (course,) = facts(text, name)
    assert (course.start, course.end, course.assertion) == (start, end, "present")


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        ("An X-ray of 8/11 showed no bone destruction.", "radiograph", "2026-08-11"),
        ("An MRI of 8/28 found no osteomyelitis.", "MRI", "2026-08-28"),
        ("MRI of the breasts on 9/10 found no other disease.", "MRI", "2026-09-10"),
        ("His last A1c, on 8/10, was 8.1 percent.", "HbA1c", "2026-08-10"),
        ("On 5/11 I injected the right knee with triamcinolone 40 mg.", "corticosteroid injection", "2026-05-11"),
    ],
)
def test_what_was_done_on_such_a_day_is_of_it(text: str, name: str, day: str) -> None:
    assert [(one.date, one.assertion) for one in facts(text, name)] == [(day, "present")]


def test_a_day_soon_to_come_is_none_of_last_year() -> None:
    assert all(one.date == "2026-09-14" for one in facts("TKA on 10/3.", "total knee arthroplasty"))


@pytest.mark.parametrize("text", ["Pain was 4/10 to 6/10.", "Strength on the left was 4/5 to 5/5 in the leg."])
def test_grades_are_no_days(text: str) -> None:
    assert {one.date for one in propose_facts(document(f"PROGRESS NOTE 09/14/2026\n\n{text}"))} <= {"2026-09-14"}


def test_the_last_infusion_of_what_goes_on_is_no_end() -> None:
    (course,) = facts("He is on ocrelizumab every six months, the last infusion on 1/22/2026.", "ocrelizumab")
    assert course.end is None


def test_a_stop_for_no_change_is_a_failure_and_no_side_effect() -> None:
    text = "She began topiramate on 2/3. She stopped it on April 7, since there had been no change in her headaches."
    (course,) = facts(text, "topiramate")
    assert course.outcome == "failed"


@pytest.mark.parametrize(
    "text",
    [
        "He was in a walking boot from June 30 to July 28 and then went to physical therapy.",
        "She was off work from 6/30 to 7/28 with physical therapy.",
    ],
)
def test_days_of_something_else_are_none_of_the_treatment(text: str) -> None:
    assert [(one.start, one.end) for one in facts(text, "physical therapy")] == [(None, None)]


def test_a_negative_receptor_denies_no_cancer() -> None:
    found = facts("Invasive ductal carcinoma of the left breast, estrogen receptor negative.", "breast cancer")
    assert [one.assertion for one in found] == ["present"]


def test_a_cell_of_a_log_dates_what_stands_behind_it() -> None:
    head = "MEMORIAL CENTER      Infusion flowsheet\nROE JANE   MRN 22871\n"
    text = f"{head}Cycle 2   05/27/2026   same\nCycle 3   06/17/2026   held, ANC 0.7"
    found = [one for one in propose_facts(document(text)) if one.name == "absolute neutrophil count"]
    assert [one.date for one in found] == ["2026-06-17"]


def test_the_day_that_begins_a_note_is_no_start() -> None:
    text = "ELM SLEEP\n7/2/26  First visit. ESS 15.\n8/15/26 TC: CPAP set up 8/1. Mask leaks."
    (course,) = [one for one in propose_facts(document(text)) if one.name == "CPAP"]
    assert course.start == "2026-08-01"


def test_a_title_in_a_cell_names_the_document_and_a_referral_does_not() -> None:
    def named(title: str) -> list[str | None]:
        text = f"SALINA REGIONAL OT          {title}           08/26/2026\nClient: J. Roe   DOB 2/26/68\nHome: alone."
        return [one.date for one in propose_facts(document(text)) if one.name == "seating evaluation"]

    assert named("WHEELCHAIR / SEATING EVALUATION") == ["2026-08-26"]
    assert named("REFERRAL FOR SEATING EVALUATION") == []
