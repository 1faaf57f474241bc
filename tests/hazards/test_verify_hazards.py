"""Sentences that look like their source and say something else. Each must be refused; its neighbour accepted."""

from datetime import date
from decimal import Decimal

import pytest

from pipeline.draft import Evidence, verify
from schemas.coverage import Computed, Coverage, CriterionResult, Deadline, Verdict
from schemas.denial import Criterion, Denial
from schemas.document import Origin, Page
from schemas.fact import Fact
from schemas.letter import Exhibit, Sentence, SentenceKind
from schemas.span import Cited

TODAY = date(2026, 10, 5)


def judged(
    page_text: str, sentence: str, *, criterion: CriterionResult | None = None, **fact: object
) -> tuple[str, ...]:
    """The reasons against a sentence that cites the whole page for one fact."""
    page = Page(document="d", number=1, file_page=1, origin=Origin.TEXT, text=page_text)
    where = page.span(0, len(page_text))
    known = Fact(**{"id": "f", "kind": "finding", "name": "pain", "spans": (where,), **fact})
    denial = Denial(criteria=(Criterion(id="C1", text=Cited[str](value=page_text, spans=(where,))),))
    coverage = Coverage(criteria=(criterion,) if criterion else (), deadline=Deadline(basis=""))
    evidence = Evidence.of(denial, (known,), coverage, (Exhibit(label="A", document="d", pages=(1,)),), TODAY)
    stated = Sentence(
        id="s",
        kind=SentenceKind.FACT,
        text=sentence,
        citations=(where,),
        facts=("f",),
        criterion="C1" if criterion else None,
    )
    return verify(stated, evidence)


NEGATION = [
    ("The request is not medically necessary.", "The record states \u201cmedically necessary\u201d."),
    ("Denies saddle anesthesia or incontinence.", "The record states \u201cincontinence\u201d."),
    ("Straight leg raise: negative.", "The record states \u201cStraight leg raise\u201d."),
    ("No evidence of instability.", "The record states \u201cevidence of instability\u201d."),
    ("without radiculopathy", "The record states \u201cradiculopathy\u201d."),
    ("Pain improved with therapy.", "The record notes no pain."),
    ("Pain improved with therapy.", "The record notes that pain never improved with therapy."),
]


@pytest.mark.parametrize(("page", "sentence"), NEGATION)
def test_a_negation_is_neither_cut_off_nor_added(page: str, sentence: str) -> None:
    assert judged(page, sentence)


def test_a_negation_in_another_clause_does_not_spoil_a_quotation() -> None:
    assert judged("No fever. Severe pain on walking.", "The record states \u201cSevere pain on walking\u201d.") == ()
    assert judged("Gait is not normal; pain is 8/10", "The record states \u201cpain is 8/10\u201d.") == ()


FIGURES = [
    ("ODI 48/100", "The record states an ODI of 48%."),
    ("ODI 24/50", "The record states an ODI of 24 out of 100."),
    ("Kellgren-Lawrence grade 2-3", "The record states Kellgren-Lawrence grade 4."),
    ("6 weeks of therapy", "The record states 6 months of therapy."),
    ("seen 12 times since March", "The record states 12 weeks since March."),
    ("methotrexate 15 mg", "The record states methotrexate 15 g."),
    ("BMI 29.4", "The record states BMI 29."),
    ("BMI 29.4", "The record states BMI 294."),
    ("Paid $1,200.00", "The record states $12,000.00."),
    ("version 7.2", "The record states version 7.20."),
    ("10\u00b2 cells", "The record states 102 cells."),
    ("Phone 555-0163", "The record states 163."),
    ("two injections", "The record states three injections."),
    ("grade III", "The record states grade 4."),
]


@pytest.mark.parametrize(("page", "sentence"), FIGURES)
def test_a_figure_is_the_one_on_the_page_with_its_unit_and_scale(page: str, sentence: str) -> None:
    assert judged(page, sentence)


_ODI = {"kind": "measurement", "name": "ODI", "value": "48", "scale_max": 100}
_GRADES = {"kind": "measurement", "name": "Kellgren-Lawrence", "value": "2", "value_high": "3"}
_GRADE = {"kind": "measurement", "name": "Kellgren-Lawrence", "value": "4"}
_WEEKS = {"kind": "treatment", "name": "therapy", "duration": {"n": 6, "unit": "weeks"}}
_COURSE = {"kind": "treatment", "name": "therapy", "start": "2026-04-01", "end": "2026-05-15"}
_VISITS = {"kind": "treatment", "name": "therapy", "visits": 12}
_CODED = {"kind": "diagnosis", "name": "gonarthrosis", "value": "M17.11"}
_SEEN = {"name": "pain", "date": "2026-03-03"}


@pytest.mark.parametrize(
    ("page", "sentence", "fact"),
    [
        ("ODI 48/100", "The record states an ODI of 48 out of 100.", _ODI),
        ("Kellgren-Lawrence grade 2-3", "The record states Kellgren-Lawrence grade 2 to 3.", _GRADES),
        ("Kellgren-Lawrence grade IV", "The record states Kellgren-Lawrence grade 4.", _GRADE),
        ("six (6) weeks of therapy", "The record states 6 weeks of therapy.", _WEEKS),
        ("attended 12 visits of therapy", "The record states 12 visits of therapy.", _VISITS),
        ("gonarthrosis, code M17.11", "The record states gonarthrosis, M17.11.", _CODED),
        ("therapy 4/1/2026 to 5/15/2026", "The record states therapy from April 1, 2026.", _COURSE),
        ("pain, March 3, 2026", "The record states pain in March 2026.", _SEEN),
        ("osteo-\narthritis of the knee", "The record states \u201costeoarthritis of the knee\u201d.", {}),
        ("pain; non-\nsteroidal drugs", "The record notes pain: \u201cnon-steroidal drugs\u201d.", {}),
        ("The patient\u2019s \u2018bad\u2019 knee", "The record states \u201cpatient's 'bad' knee\u201d.", {}),
        ("bone\u2013on\u2013bone", "The record states \u201cbone-on-bone\u201d.", {}),
    ],
)
def test_another_way_of_writing_the_same_is_accepted(page: str, sentence: str, fact: dict[str, object]) -> None:
    assert judged(page, sentence, **fact) == ()


def test_a_code_is_that_of_the_diagnosis() -> None:
    page = "gonarthrosis, code M17.11; M17.12 was ruled out"
    assert judged(page, "The record states gonarthrosis, M17.12.", **_CODED)


def test_a_treatment_by_a_common_word_is_a_treatment_all_the_same() -> None:
    page = "physical therapy and rest, March 3, 2026"
    therapy = {"kind": "treatment", "name": "physical therapy", "date": "2026-03-03"}
    assert judged(page, "The record of March 3, 2026 notes physical therapy.", **therapy) == ()
    assert judged(page, "The record of March 3, 2026 notes physical therapy and rest.", **therapy)
    assert judged(page, "The record of March 3, 2026 notes rest.", **therapy)


def test_no_code_stands_twice_in_the_place_of_another() -> None:
    text = "testing (96132 x 1, 96133 x 5): 96132, 96133"
    page = Page(document="d", number=1, file_page=1, origin=Origin.TEXT, text=text)
    service, one, two = page.span(0, 30), page.span(32, 37), page.span(39, 44)
    denial = Denial(
        service=Cited[str](value=service.quote, spans=(service,)),
        procedure_codes=(Cited[str](value="96132", spans=(one,)), Cited[str](value="96133", spans=(two,))),
    )
    coverage = Coverage(criteria=(), deadline=Deadline(basis=""))
    evidence = Evidence.of(denial, (), coverage, (Exhibit(label="A", document="d", pages=(1,)),), TODAY)

    def reasons(listed: str) -> tuple[str, ...]:
        fields = ("service", "procedure_codes.0", "procedure_codes.1")
        told = f"The decision is on {service.quote} (procedure codes {listed})."
        stated = Sentence(id="s", kind=SentenceKind.FACT, text=told, citations=(service, one, two), fields=fields)
        return verify(stated, evidence)

    assert reasons("96132 and 96133") == ()
    assert reasons("96133 and 96133")


def test_a_number_is_that_of_the_measurement_it_is_said_of() -> None:
    page = "Visit 5. Kellgren-Lawrence grade 4. WOMAC 58 of 96."
    fact = {"name": "Kellgren-Lawrence", "kind": "measurement", "value": "4"}
    assert judged(page, "The recorded Kellgren-Lawrence grade was 4.", **fact) == ()
    assert judged(page, "The recorded Kellgren-Lawrence grade was 5.", **fact)
    assert judged(page, "The recorded Kellgren-Lawrence grade was 58.", **fact)


DATES = [
    ("Seen March 2026", "The record states March 14, 2026."),
    ("Seen 3/14/2026", "The record states March 14, 2025."),
    ("Therapy 4/1 to 5/15", "The record states April 1, 2026."),
    ("From 4/1/2026 to 5/15/2026", "The record states from May 15, 2026 to April 1, 2026."),
    ("4/1/2026 therapy, 5/15/2026 surgery", "The record states therapy from April 1, 2026 to May 15, 2026."),
]


@pytest.mark.parametrize(("page", "sentence"), DATES)
def test_a_date_is_as_exact_as_the_page_and_a_range_is_that_of_the_fact(page: str, sentence: str) -> None:
    assert judged(page, sentence)


@pytest.mark.parametrize(
    ("side", "page", "sentence"),
    [
        ("right", "Right knee pain. Left knee normal.", "The record notes left knee pain."),
        (None, "Right knee pain.", "The record notes left knee pain."),
        ("right", "Right knee pain.", "The record notes bilateral knee pain."),
    ],
)
def test_a_side_is_that_of_the_fact(side: str | None, page: str, sentence: str) -> None:
    assert judged(page, sentence, side=side)


@pytest.mark.parametrize("assertion", ["possible", "hypothetical", "family", "other_patient"])
def test_what_does_not_hold_for_the_patient_supports_nothing(assertion: str) -> None:
    assert judged("pain", "The record notes pain.") == ()
    assert judged("pain", "The record notes pain.", assertion=assertion)


WORDS = [
    ("naproxen", "The patient was treated with naproxen and celecoxib."),
    ("naproxen", "The patient was treated with Naprosyn."),
    ("knee pain", "The record notes hip pain."),
    ("MRI of the knee", "The record notes an MRI and a CT of the knee."),
    ("pain", "The record notes pain, confirmed by Dr. Osei."),
    ("pain", "The record notes excruciating pain."),
    ("pain", "Studies show that pain is the reason."),
    ("pain", "The mother of the patient has pain."),
    ("pain", "The clinic will document pain."),
    ("pain", "The pain score is being obtained."),
]


@pytest.mark.parametrize(("page", "sentence"), WORDS)
def test_what_the_page_does_not_say_is_refused(page: str, sentence: str) -> None:
    assert judged(page, sentence)


MET = CriterionResult(criterion="C1", verdict=Verdict.MET, facts=("f",), explanation="The record denies it.")


@pytest.mark.parametrize("outcome", [None, "contraindicated"])
def test_a_criterion_may_be_met_by_what_the_record_denies_which_is_not_said_to_be_there(outcome: str | None) -> None:
    def reasons(sentence: str) -> tuple[str, ...]:
        told = {"kind": "medication", "name": "methotrexate", "assertion": "absent", "outcome": outcome}
        return judged("She does not take methotrexate.", sentence, criterion=MET, **told)

    assert reasons("The record meets this criterion.") == ()
    for changed in (
        "The record does not meet this criterion.",
        "The record never meets this criterion.",
        "This criterion is not met.",
        "The record meets this criterion with methotrexate.",
        "The record of treatment meets this criterion.",
        "The patient was treated with methotrexate, which meets this criterion.",
    ):
        assert reasons(changed), changed


def test_ten_weeks_are_never_told_as_twelve() -> None:
    short = CriterionResult(
        criterion="C1",
        verdict=Verdict.NOT_MET,
        facts=("f",),
        computed=Computed(figure="70 days = 10 weeks", formula="2026-05-04 to 2026-07-13", needed="at least 12 weeks"),
        explanation="",
    )
    page = "Therapy from 05/04/2026 to 07/13/2026; 12 weeks were planned."
    told = "The record states therapy from May 4, 2026 to July 13, 2026, or {}."
    course = {"name": "therapy", "kind": "treatment", "start": "2026-05-04", "end": "2026-07-13"}
    assert judged(page, told.format("10 weeks"), criterion=short, **course) == ()
    assert judged(page, told.format("12 weeks"), criterion=short, **course)
    assert judged(page, told.format("at least 10 weeks"), criterion=short, **course)
    assert judged(page, told.format("11 weeks"), criterion=short, **course)


def test_a_dose_is_that_of_the_fact() -> None:
    dose = {"dose": {"n": Decimal(15), "unit": "mg/week"}, "name": "methotrexate", "kind": "medication"}
    told = "The patient was treated with methotrexate {}."
    assert judged("methotrexate 15 mg weekly", told.format("15 mg/week"), **dose) == ()
    assert judged("methotrexate 15 mg weekly", told.format("15 mg/day"), **dose)
    assert judged("methotrexate 15 mg weekly", told.format("25 mg/week"), **dose)
