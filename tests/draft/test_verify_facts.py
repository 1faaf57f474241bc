"""A sentence says of its facts what they say: the thing, its own days and figures, its side."""

from dataclasses import replace

import pytest

from pipeline.draft import Evidence, verify
from schemas.coverage import Computed, CriterionResult, Rejected, Verdict
from schemas.dates import PartialDate
from schemas.denial import Denial
from schemas.fact import Fact, FactKind
from schemas.letter import Appellant, Sentence, SentenceKind
from schemas.span import Cited
from tests.draft.knee_case import COVERAGE, DENIAL, FACTS, TODAY, enclosed, evidence, fact, span

EVIDENCE = evidence()


def refused(text: str, *facts: str, known: Evidence = EVIDENCE, **more: object) -> str:
    spans = tuple(s for name in facts for s in (*known.facts[name].spans, *known.facts[name].date_spans))
    told = {"id": "x", "kind": SentenceKind.FACT, "text": text, "facts": facts, "citations": spans, **more}
    return "; ".join(verify(Sentence.model_validate(told), known))


def knowing(*facts: Fact, **more: object) -> Evidence:
    return Evidence.of(DENIAL, (*FACTS, *facts), COVERAGE, enclosed(), TODAY, **more)


def test_a_sentence_names_each_thing_that_it_rests_on() -> None:
    both = "The enclosed record documents treatment with {} and {}."
    assert refused(both.format("naproxen", "physical therapy"), "naproxen", "pt") == ""
    assert "does not name it" in refused(both.format("naproxen", "naproxen"), "naproxen", "pt")


def test_a_word_of_the_passage_that_is_no_word_of_the_fact_stands_only_in_quotation_marks() -> None:
    own = refused("The record of September 1, 2026 describes stairs.", "walking")
    quoted = "The record of September 1, 2026 states: \u201cshe climbs stairs one at a time with the rail\u201d."
    assert "stairs" in own
    assert refused(quoted, "walking") == ""


def test_a_day_is_the_beginning_or_the_end_that_the_sentence_takes_it_for() -> None:
    text = "The patient was treated with naproxen {} {}."
    assert refused(text.format("from", "January 12, 2026"), "naproxen") == ""
    assert "not the start" in refused(text.format("from", "March 9, 2026"), "naproxen")
    assert "not the end" in refused(text.format("until", "January 12, 2026"), "naproxen")
    assert "not the date" in refused(text.format("on", "March 9, 2026"), "naproxen")


def test_the_day_of_a_quotation_is_that_of_the_note_it_stands_in() -> None:
    words = "supervised physical therapy for the right knee from 05/04/2026 to 07/13/2026"
    text = "The record of {} notes: \u201c" + words + "\u201d."
    assert refused(text.format("September 1, 2026"), "pt-note", "pt") == ""
    assert "not the date" in refused(text.format("July 13, 2026"), "pt-note", "pt")


def test_a_list_of_days_is_whole_and_without_repetition() -> None:
    days = [
        fact(
            "acupuncture",
            "05/04/2026" if day.endswith("04") else "07/13/2026",
            document="therapy",
            id=f"on-{day}",
            date=PartialDate(day),
            spans=(span("therapy", "the right knee began on 05/04/2026 and ended on 07/13/2026"),),
        )
        for day in ("2026-05-04", "2026-07-13")
    ]
    known = knowing(*days)
    names = tuple(one.id for one in days)
    text = "The record lists acupuncture on {} and {}."
    assert refused(text.format("May 4, 2026", "July 13, 2026"), *names, known=known) == ""
    assert "twice" in refused(text.format("May 4, 2026", "May 4, 2026"), *names, known=known)


def test_a_figure_keeps_the_unit_of_its_fact() -> None:
    text = "The patient was treated with naproxen {}."
    assert refused(text.format("500 mg"), "naproxen") == ""
    assert "unit" in refused(text.format("500"), "naproxen")
    assert refused(text.format("500 mcg"), "naproxen")
    assert refused(text.format("500 mg/day"), "naproxen")


def test_a_number_of_the_passage_that_is_none_of_the_fact_is_refused() -> None:
    assert "no figure of a fact" in refused("The patient was treated with physical therapy (10).", "pt")
    assert refused("The patient was treated with physical therapy (11 visits).", "pt") == ""


def test_a_score_has_its_own_scale() -> None:
    assert refused("The recorded WOMAC score was 58 out of 96.", "WOMAC") == ""
    assert refused("The recorded WOMAC score was 96 out of 58.", "WOMAC")


def test_arithmetic_stands_as_the_checker_put_it() -> None:
    text = "The patient was treated with physical therapy from May 4, 2026 to July 13, 2026 ({})."
    assert refused(text.format("70 days, or 10 weeks"), "pt", criterion="C2") == ""
    assert refused(text.format("10 weeks"), "pt", criterion="C2") == ""
    assert refused(text.format("10 days, or 10 weeks"), "pt", criterion="C2")
    assert refused(text.format("70 days, or 10 weeks; 11 visits"), "pt", criterion="C2") == ""
    assert "another way" in refused(text.format("70 days, or 11 visits; 11 visits"), "pt", criterion="C2")
    assert "another way" in refused(text.format("70 days or 11 visits"), "pt", criterion="C2")


def test_the_days_of_a_figure_stand_together_or_not_at_all() -> None:
    text = "The patient was treated with physical therapy from May 4, 2026 {} July 13, 2026."
    assert refused(text.format("to"), "pt", criterion="C2") == ""
    assert "not the start" in refused(text.format("from"), "pt", criterion="C2")
    later = CriterionResult(
        criterion="C2",
        verdict=Verdict.MET,
        facts=("WOMAC", "pt"),
        computed=Computed(figure="20 days", formula="2026-09-01 to 2026-09-21", needed=""),
        explanation="",
    )
    known = replace(EVIDENCE, coverage=COVERAGE.model_copy(update={"criteria": (later,)}))
    measured = "The recorded WOMAC score was 58 out of 96 on {}."
    course = "The patient was treated with physical therapy from May 4, 2026 from September 1, 2026."
    assert refused(measured.format("September 1, 2026"), "WOMAC", known=known, criterion="C2") == ""
    assert "not the date" in refused(measured.format("September 21, 2026"), "WOMAC", known=known, criterion="C2")
    assert "not the start" in refused(course, "pt", known=known, criterion="C2")


def test_of_two_figures_of_one_thing_neither_stands_for_the_other() -> None:
    known = knowing(*(pain(value) for value in ("58", "96")))
    text = "The enclosed record documents a pain score of {} and a pain score of {}."
    assert refused(text.format(58, 96), "pain-58", "pain-96", known=known) == ""
    assert "leaves out 96" in refused(text.format(58, 58), "pain-58", "pain-96", known=known)


def pain(value: str) -> Fact:
    told = fact("pain score", "WOMAC total score today: 58 of 96 (right knee)", kind=FactKind.MEASUREMENT)
    return replace(told, id=f"pain-{value}", value=value)


def test_the_other_side_is_no_support_in_words_or_in_quotation() -> None:
    assert "not in question" in refused("The recorded range of motion was 130 degrees.", "other-knee")
    assert "not in question" in refused("The record notes: \u201cLeft knee flexion 130 degrees\u201d.", "other-knee")
    mixed = fact("stiffness", "no active infection. Left knee flexion 130 degrees", kind=FactKind.FINDING)
    quoted = "The record notes: \u201cLeft knee flexion 130 degrees\u201d."
    assert "quotation" in refused(quoted, "stiffness", known=knowing(mixed))


def test_a_fact_that_the_checker_set_aside_answers_nothing() -> None:
    result = COVERAGE.criteria[0].model_copy(
        update={"rejected": (Rejected(fact="WOMAC", reason="An earlier episode."),)}
    )
    coverage = COVERAGE.model_copy(update={"criteria": (result, *COVERAGE.criteria[1:])})
    known = Evidence.of(DENIAL, FACTS, coverage, enclosed(), TODAY)
    text = "The recorded WOMAC score was 58 out of 96."
    assert "An earlier episode" in refused(text, "WOMAC", known=known, criterion="C1")
    assert "rests on" in refused(text, "WOMAC", criterion="C1")
    assert refused(text, "WOMAC", criterion="C4") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The notice identifies the case by member ID CMH904551-01 and reference number PA-26-0914-7731.", ""),
        ("The notice identifies the case by claim number CMH904551-01 and reference number PA-26-0914-7731.", "claim"),
        ("The notice identifies the case by reference number CMH904551-01 and member ID PA-26-0914-7731.", "reference"),
    ],
)
def test_a_value_of_the_notice_stands_under_its_own_name(text: str, reason: str) -> None:
    fields = ("member_id", "reference_number")
    spans = tuple(s for path in fields if (cited := EVIDENCE.field(path)) for s in cited.spans)
    found = refused(text, fields=fields, citations=spans)
    assert reason in found
    assert bool(found) is bool(reason)


def test_an_identifier_that_reads_like_a_date_or_an_amount_is_still_an_identifier() -> None:
    words = "PA-26-0914-7731"
    cited = Cited[str](value=words, spans=(span("notice", words),))
    denial = Denial.model_validate({"reference_number": cited})
    known = Evidence.of(denial, (), COVERAGE, enclosed(), TODAY)
    text = "The notice identifies the case by reference number {}."
    assert refused(text.format(words), known=known, fields=("reference_number",), citations=cited.spans) == ""
    assert refused(text.format("PA-26-0914-773"), known=known, fields=("reference_number",), citations=cited.spans)


def test_the_voice_is_that_of_who_appeals() -> None:
    text = "{} was treated with naproxen."
    patient = knowing(appellant=Appellant.PATIENT)
    assert refused(text.format("I"), "naproxen", known=patient) == ""
    assert "voice" in refused(text.format("I"), "naproxen")
    assert "voice" in refused(text.format("Our patient"), "naproxen", known=patient)


@pytest.mark.parametrize("who", ["The plan", "The reviewer", "The patient's mother", "Another patient", "We"])
def test_nobody_but_the_patient_was_treated(who: str) -> None:
    assert refused(f"{who} was treated with naproxen.", "naproxen")


@pytest.mark.parametrize(
    "whose", ["The reviewer's WOMAC score", "The plan's recorded WOMAC score", "The payer's WOMAC"]
)
def test_what_a_fact_tells_belongs_to_nobody_but_the_patient(whose: str) -> None:
    assert refused("The patient's WOMAC score was 58 out of 96.", "WOMAC") == ""
    assert "is not said of the patient" in refused(f"{whose} was 58 out of 96.", "WOMAC")


@pytest.mark.parametrize("who", ["plan", "reviewer", "payer"])
def test_only_the_record_reports_how_a_treatment_ended(who: str) -> None:
    text = "The patient was treated with naproxen 500 mg; the {} reports that it failed."
    assert refused(text.format("record"), "naproxen") == ""
    assert f"{who} reports that it failed" in refused(text.format(who), "naproxen")
