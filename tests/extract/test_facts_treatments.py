"""Treatments and medications, from sentences, tables and visit logs."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\n"


def facts(text: str, name: str) -> list[FactProposal]:
    return [fact for fact in propose_facts(document(text)) if fact.name == name]


def fact(text: str, name: str) -> FactProposal:
    (found,) = facts(text, name)
    return found


def test_a_sentence_gives_all_that_it_says_of_a_treatment() -> None:
    pt = fact(
        "He completed 8 weeks of physical therapy (12 visits) for the right knee from 11/10/2025 through 01/05/2026 "
        "with minimal improvement.",
        "physical therapy",
    )
    assert (pt.start, pt.end, pt.visits, pt.duration) == ("2025-11-10", "2026-01-05", 12, "8 weeks")
    assert (pt.outcome, pt.outcome_reason, pt.side, pt.body_part) == ("failed", "minimal improvement", "right", "knee")
    assert "active" in pt.classes


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("from 01/05/2026 to 03/01/2026", "2026-01-05", "2026-03-01"),
        ("(01/2026 - 03/2026)", "2026-01", "2026-03"),
        ("between April 1, 2026 and May 15, 2026", "2026-04-01", "2026-05-15"),
        ("began on 05/04/2026 and ended on 07/13/2026", "2026-05-04", "2026-07-13"),
        ("was started on 05/04/2026", "2026-05-04", None),
        ("was completed on 07/13/2026", None, "2026-07-13"),
        ("April 1 to May 15, 2026", "2026-04-01", "2026-05-15"),
    ],
)
def test_the_words_around_a_date_tell_what_it_is(words: str, start: str | None, end: str | None) -> None:
    pt = fact(f"Physical therapy {words}.", "physical therapy")
    assert (pt.start, pt.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Discharged from physical therapy on 07/30/2026 after 3 weeks (07/09/2026 to 07/30/2026).", "2026-07-09"),
        ("Discharged from physical therapy on 07/30/2026.", None),
    ],
)
def test_the_day_of_discharge_is_the_last_day(text: str, start: str | None) -> None:
    pt = fact(text, "physical therapy")
    assert (pt.start, pt.end) == (start, "2026-07-30")


@pytest.mark.parametrize(
    ("words", "dose"),
    [
        ("15 mg weekly", "15 mg/week"),
        ("20 mg daily", "20 mg/day"),
        ("500 mg BID", "500 mg twice daily"),
        ("600 mg as needed", "600 mg as needed"),
        ("300 mg at bedtime", "300 mg/day"),
        ("500 mg", "500 mg"),
        ("1,000 mg daily", "1000 mg/day"),
        ("", None),
    ],
)
def test_a_dose_keeps_its_figure_and_its_frequency(words: str, dose: str | None) -> None:
    assert fact(f"She took naproxen {words} for 6 weeks.", "naproxen").dose == dose


@pytest.mark.parametrize(
    ("words", "outcome", "reason"),
    [
        ("without relief", "failed", "without relief"),
        ("failed to control the disease and is stopped today", "failed", "failed to control the disease"),
        ("was stopped because it did not relieve the pain", "failed", "did not relieve the pain"),
        ("was ineffective", "failed", None),
        ("with inadequate response", "failed", "inadequate response"),
        ("gives little relief", "failed", "little relief"),
        ("has not given significant improvement", "failed", "not given significant improvement"),
        ("gives partial relief", "partial", "partial relief"),
        ("helped", "effective", None),
        ("was discontinued due to nausea", "intolerant", "nausea"),
        ("was not tolerated: rash and raised liver enzymes", "intolerant", "rash and raised liver enzymes"),
        ("caused nausea and was stopped after 2 weeks", "intolerant", "nausea"),
        ("was discontinued due to cost", None, None),
        ("was prescribed", None, None),
    ],
)
def test_an_outcome_is_what_the_words_say(words: str, outcome: str | None, reason: str | None) -> None:
    found = fact(f"Naproxen 500 mg {words}.", "naproxen")
    assert (found.outcome, found.outcome_reason) == (outcome, reason)


def test_listed_treatments_share_an_outcome_and_nothing_else() -> None:
    text = "He tried 6 weeks of physical therapy and naproxen without relief."
    pt, naproxen = fact(text, "physical therapy"), fact(text, "naproxen")
    assert pt.outcome == naproxen.outcome == "failed"
    assert (pt.duration, naproxen.duration) == ("6 weeks", None)


def test_a_class_that_introduces_its_member_is_no_second_drug() -> None:
    text = "NSAIDs (meloxicam 15 mg daily) gave minimal relief."
    assert [found.name for found in propose_facts(document(text)) if found.kind == "medication"] == ["meloxicam"]


def test_each_treatment_of_a_sentence_has_its_own_end() -> None:
    text = "Naproxen was stopped due to rash; gabapentin gives partial relief but tramadol was ineffective."
    assert [fact(text, name).outcome for name in ("naproxen", "gabapentin", "tramadol")] == [
        "intolerant",
        "partial",
        "failed",
    ]


def test_a_raised_dose_is_a_second_course() -> None:
    text = "Methotrexate 10 mg weekly was started on 10/06/2025 and raised to 15 mg weekly on 01/05/2026."
    assert [(f.dose, f.start) for f in facts(text, "methotrexate")] == [
        ("10 mg/week", "2025-10-06"),
        ("15 mg/week", "2026-01-05"),
    ]


def test_what_two_notes_say_of_one_course_is_one_fact() -> None:
    text = (
        "Office visit, 06/01/2026\n\nShe started sulfasalazine 500 mg twice daily on 06/01/2026.\n\n"
        "Office visit, 06/22/2026\n\nSulfasalazine was stopped on 06/22/2026 because of rash."
    )
    found = fact(text, "sulfasalazine")
    assert (found.start, found.end, found.outcome) == ("2026-06-01", "2026-06-22", "intolerant")
    assert [quote.text for quote in found.quotes] == [
        "She started sulfasalazine 500 mg twice daily on 06/01/2026.",
        "Sulfasalazine was stopped on 06/22/2026 because of rash.",
    ]


def test_courses_that_contradict_stay_apart() -> None:
    text = (
        "Physical therapy from 01/05/2025 to 03/01/2025 helped. "
        "Physical therapy from 02/02/2026 to 04/01/2026 was ineffective."
    )
    assert [(f.start, f.outcome) for f in facts(text, "physical therapy")] == [
        ("2025-01-05", "effective"),
        ("2026-02-02", "failed"),
    ]


def test_a_visit_log_gives_number_first_and_last() -> None:
    text = (
        "PHYSICAL THERAPY\n\nVISIT LOG\nVisit   Date   Treatment\n1   05/04/2026   Evaluation\n"
        "2   05/11/2026   Exercise\n3   05/18/2026   No show\n4   05/26/2026   Exercise\n"
    )
    pt = fact(text, "physical therapy")
    assert (pt.visits, pt.start, pt.end) == (3, "2026-05-04", "2026-05-26")


def test_dated_notes_of_therapy_are_its_visits() -> None:
    note = "PHYSICAL THERAPY DAILY NOTE\nDate of Service: 05/0{}/2026\nPain 5/10.\n\n"
    pt = fact("".join(note.format(day) for day in (1, 5, 8)), "physical therapy")
    assert (pt.visits, pt.start, pt.end) == (3, "2026-05-01", "2026-05-08")


def test_a_discharge_summary_speaks_of_its_own_therapy() -> None:
    text = (
        "Physical therapy discharge summary\n\nFirst visit 07/27/2026, last visit 09/11/2026. "
        "The patient attended 13 of 14 scheduled visits.\n\nResult: Physical therapy failed."
    )
    pt = fact(text, "physical therapy")
    assert (pt.start, pt.end, pt.visits, pt.outcome) == ("2026-07-27", "2026-09-11", 13, "failed")
    assert pt.quotes[0].text.endswith("13 of 14 scheduled visits.")


def test_the_columns_of_a_medication_table_are_told_by_its_head() -> None:
    text = (
        "Drug            Dose                Start        Stop         Outcome\n"
        "--------------  ------------------  -----------  -----------  --------\n"
        "Methotrexate   15 mg weekly   01/05/2026   05/18/2026   Failed: disease still active\n"
        "Sulfasalazine   500 mg twice daily   06/01/2026   06/22/2026   Not tolerated: rash\n"
        "Prednisone   5 mg daily   06/22/2026   ongoing   Partial relief\n"
        "Humira   40 mg every 2 weeks   08/01/2026   current\n"
    )
    methotrexate = fact(text, "methotrexate")
    assert (methotrexate.dose, methotrexate.start, methotrexate.end) == ("15 mg/week", "2026-01-05", "2026-05-18")
    assert (methotrexate.outcome, methotrexate.outcome_reason) == ("failed", "disease still active")
    assert fact(text, "sulfasalazine").outcome_reason == "rash"
    prednisone = fact(text, "prednisone")
    assert (prednisone.ongoing, prednisone.end, prednisone.outcome) == (True, None, "partial")
    assert (fact(text, "adalimumab").start, fact(text, "adalimumab").ongoing) == ("2026-08-01", True)


def test_an_adverse_effect_as_the_reason_for_a_stop_is_intolerance() -> None:
    text = "Medication | Dates | Reason stopped\nTopiramate | 01/2025 - 04/2025 | cognitive slowing\n"
    found = fact(text, "topiramate")
    assert (found.start, found.end, found.outcome, found.outcome_reason) == (
        "2025-01",
        "2025-04",
        "intolerant",
        "cognitive slowing",
    )


def test_a_relative_beginning_is_worked_out_from_the_note_and_says_so() -> None:
    found = fact(NOTE + "Gabapentin was started 3 weeks ago.", "gabapentin")
    assert (found.start, found.resolved) == ("2026-09-01", True)
    assert found.date_quotes[0].text == "Date of visit: 09/22/2026"


def test_months_ago_are_known_to_the_month() -> None:
    assert fact(NOTE + "Gabapentin was started 2 months ago.", "gabapentin").start == "2026-07"


def test_an_order_that_a_later_note_confirms_dates_the_start() -> None:
    text = (
        "PROGRESS NOTE\nDate of visit: 07/20/2026\n\nPLAN\nStart gabapentin 300 mg at bedtime.\n\n"
        "PROGRESS NOTE\nDate of visit: 09/22/2026\n\nSUBJECTIVE\nGabapentin 300 mg at bedtime gives partial relief.\n"
    )
    (plan, taken) = sorted(facts(text, "gabapentin"), key=lambda f: f.assertion)
    assert plan.assertion == "hypothetical"
    assert (taken.start, taken.resolved, taken.outcome) == ("2026-07-20", True, "partial")
    assert {quote.text for quote in taken.date_quotes} == {"Date of visit: 07/20/2026", "Date of visit: 09/22/2026"}


def test_each_injection_has_its_day() -> None:
    text = "Corticosteroid injections of the right knee on 03/01/2026 and 06/01/2026 gave temporary relief."
    assert [(f.date, f.side, f.outcome) for f in facts(text, "corticosteroid injection")] == [
        ("2026-03-01", "right", "partial"),
        ("2026-06-01", "right", "partial"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("She cannot take sulfasalazine (rash, 06/19/2026).", "sulfasalazine", "rash"),
        ("She is allergic to penicillin (hives).", "penicillin", "hives"),
    ],
)
def test_an_allergy_or_contraindication_is_a_contraindicated_drug(text: str, name: str, reason: str) -> None:
    found = fact(text, name)
    assert (found.outcome, found.outcome_reason, found.assertion) == ("contraindicated", reason, "present")


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("NSAIDs are contraindicated due to peptic ulcer disease.", "nsaid", "peptic ulcer disease"),
        ("Acitretin is contraindicated because of liver disease.", "acitretin", "liver disease"),
    ],
)
def test_a_drug_that_must_not_be_had_was_not_had(text: str, name: str, reason: str) -> None:
    found = fact(text, name)
    assert (found.outcome, found.outcome_reason, found.assertion) == ("contraindicated", reason, "absent")


def test_the_therapy_means_the_therapy_just_told_of() -> None:
    text = NOTE + "He had physical therapy and naproxen. The therapy failed to relieve the leg pain."
    assert fact(text, "physical therapy").outcome == "failed"
    assert fact(text, "naproxen").outcome is None


def test_current_medications_are_ongoing() -> None:
    assert fact(NOTE + "CURRENT MEDICATIONS\nLisinopril 10 mg daily.", "lisinopril").ongoing


@pytest.mark.parametrize(
    "text",
    [
        "Authorized for 12 visits of physical therapy.",
        "Physical therapy 2 visits per week.",
        "Physical therapy: no visits were missed.",
    ],
)
def test_visits_that_were_not_attended_are_not_counted(text: str) -> None:
    assert all(found.visits is None for found in facts(text, "physical therapy"))


@pytest.mark.parametrize("words", ["less than 6 weeks", "every 6 weeks", "in 6 weeks"])
def test_a_length_that_does_not_measure_the_treatment_is_not_its_duration(words: str) -> None:
    assert fact(f"He had physical therapy {words}.", "physical therapy").duration is None
