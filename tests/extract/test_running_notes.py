"""Notes that run on under each other, each begun by its day alone."""

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document

PHONE = """POTOMAC BEND PRIMARY CARE      L. Pascoe, FNP-C
Roe, J   1/19/1990

02/03/2026  Migraines. BP 108/70. Start topiramate 25 mg
04/07/2026  No better. PHQ-9 12. Stop topiramate.
05/26/2026  Too sedated. BP 118/72.
"""
SERIES = """ELM PHYSICAL THERAPY      Daily notes
Pt: J. Roe   DOB 1/19/1990   Dx LBP

7/13/26  Eval.  Pain 6/10. ODI 44%. Plan 2x/wk x 6 wks.    K. Imai PT
7/16/26  Visit 2.  Pain 5/10. Tol well.                     K. Imai PT
7/23/26  CX by pt (child care)
7/27/26  Visit 3.  Pain 4/10. Missed work today.            R. Tso PTA
8/6/26   No show
8/20/26  Visit 4, DC.  Pain 3/10. ODI 40%.                  K. Imai PT
"""


def facts(text: str, name: str) -> list[FactProposal]:
    return [one for one in propose_facts(document(text)) if one.name == name]


def test_each_note_is_of_the_day_that_begins_it() -> None:
    assert [(one.value, one.date) for one in facts(PHONE, "systolic blood pressure")] == [
        ("108", "2026-02-03"),
        ("118", "2026-05-26"),
    ]
    assert [one.date for one in facts(PHONE, "PHQ-9")] == ["2026-04-07"]


def test_notes_of_several_paragraphs_run_on_too() -> None:
    first, second = "7/6/26  W. Achebe PA-C\nS: Back pain.\nO: Pain 5/10.", "9/1/26  W. Achebe PA-C\nO: Pain 7/10."
    text = f"ELM CLINIC\n\n{first}\n\n{second}"
    assert [(one.value, one.date) for one in facts(text, "pain score")] == [("5", "2026-07-06"), ("7", "2026-09-01")]


def test_days_in_no_order_or_within_a_dated_note_begin_none() -> None:
    mixed = "ELM CLINIC\n7/6/26  Knee pain. Pain 5/10.\n7/1/26  Knee sore. Pain 4/10.\n8/1/26  Knee pain. Pain 6/10."
    assert {one.date for one in facts(mixed, "pain score")} <= {None, "2026-07-06", "2026-07-01", "2026-08-01"}
    within = (
        "PROGRESS NOTE 09/14/2026\nHistory:\n01/06/2026  Fell at work.\n03/01/2026  Seen in the ED.\n\nPain today 7/10."
    )
    assert [one.date for one in facts(within, "pain score")] == ["2026-09-14"]


def test_a_series_of_visits_is_a_course() -> None:
    (course,) = [one for one in facts(SERIES, "physical therapy") if one.assertion == "present"]
    assert (course.start, course.end, course.visits) == ("2026-07-13", "2026-08-20", 4)
    assert [one.date for one in facts(SERIES, "ODI")] == ["2026-07-13", "2026-08-20"]


def test_a_gap_in_the_numbers_leaves_the_count_open() -> None:
    (course,) = [
        one for one in facts(SERIES.replace("Visit 4", "Visit 6"), "physical therapy") if one.assertion == "present"
    ]
    assert (course.start, course.visits) == ("2026-07-13", None)


def test_days_that_are_no_visits_are_no_series() -> None:
    text = SERIES.replace("Visit 3.  Pain", "Called, pain").replace("Visit 4, DC.", "Letter sent.")
    assert all(one.visits is None for one in facts(text, "physical therapy"))


def test_a_table_begins_below_the_patient_with_the_birth_date() -> None:
    text = "ELM DIABETES CENTER\nRoe, Jane   9/2/1959\nLabs      05/12/2026   08/10/2026\nHbA1c     9.6 %        8.1 %"
    assert [(one.value, one.date) for one in facts(text, "HbA1c")] == [("9.6", "2026-05-12"), ("8.1", "2026-08-10")]
    alone = "ELM DIABETES CENTER\nRoe, Jane   9/2/1959\nHbA1c     8.1 %\nAlbumin   3.3 g/dL"
    assert [(one.value, one.date) for one in facts(alone, "HbA1c")] == [("8.1", None)]


def test_abbreviations_of_measures_head_a_table_of_days() -> None:
    head = "Elm Health    Measurement log   J. Roe\nDate         PHQ-9    GAD-7\n"
    text = f"{head}03/30/2026   19       11\n06/15/2026   22       12"
    assert [(one.value, one.date) for one in facts(text, "PHQ-9")] == [("19", "2026-03-30"), ("22", "2026-06-15")]
