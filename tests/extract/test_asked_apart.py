"""Alternatives half known, rules for some patients, degrees told by codes, and plainer words, as criteria have them."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.criteria.asked import is_partial
from pipeline.extract.criteria.requirements import translate
from schemas.fact import FactKind, Outcome
from schemas.requirement import Age, All, Any, Attest, Code, Count, Duration, ElapsedSince, Measure, Not, Requirement
from tests.makers import document


def parts(text: str) -> tuple[Requirement, ...]:
    found = translate(text)
    assert isinstance(found, Any), found
    return found.of


@pytest.mark.parametrize(
    ("text", "known", "other"),
    [
        (
            "At least 8 weeks of chiropractic care or coached home exercise",
            "chiropractic care",
            "home exercise program",
        ),
        ("6 weeks of physical therapy or monitored yoga in the last 12 months", "physical therapy", "yoga"),
    ],
)
def test_an_alternative_that_is_known_is_asked_as_it_stands(text: str, known: str, other: str) -> None:
    first, second = parts(text)
    assert isinstance(first, Duration)
    assert first.terms == (known,)
    assert not is_partial(first)
    assert isinstance(second, Duration)
    assert second.terms == (other,)
    assert is_partial(second)
    assert first.within == second.within


@pytest.mark.parametrize(
    "text",
    [
        "Coached chiropractic care or home exercise for at least 8 weeks",  # said of both
        "No chiropractic care or coached home exercise in the last 8 weeks",
        "At least 8 weeks of chiropractic care and coached home exercise",
        "At least 8 weeks of chiropractic care or no home exercise at all",
    ],
)
def test_what_is_said_of_both_or_denied_of_both_is_for_a_person(text: str) -> None:
    found = translate(text)
    assert found is not None
    assert is_partial(found)
    assert not isinstance(found, Any) or all(map(is_partial, found.of))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("6 weeks of physical or occupational therapy", {"physical therapy", "occupational therapy"}),
        (
            "Failure of an outpatient or intensive outpatient program",
            {"outpatient program", "intensive outpatient program"},
        ),
    ],
)
def test_two_things_share_the_word_behind_them(text: str, terms: set[str]) -> None:
    found = translate(text)
    assert isinstance(found, Duration | Count)
    assert set(found.terms) == terms
    assert not is_partial(found)


@pytest.mark.parametrize(
    "text",
    [
        "LDL cholesterol below 100 mg/dL, for patients with diabetes",
        "For members who have diabetes, LDL cholesterol below 100 mg/dL",
    ],
)
def test_a_rule_for_some_patients_is_met_by_the_rule_or_judged_by_a_person(text: str) -> None:
    rule, spared = parts(text)
    assert isinstance(rule, Measure)
    assert rule.terms == ("LDL",)
    assert not is_partial(rule)
    assert isinstance(spared, Not)
    assert spared.judged is not None


def test_a_rule_for_an_age_is_one_for_some_patients() -> None:
    rule, spared = parts("For members aged 65 or older, hemoglobin below 9 g/dL")
    assert isinstance(rule, Measure)
    assert isinstance(spared, Not)
    assert isinstance(spared.of, Age)
    assert spared.judged is not None


def test_a_degree_that_codes_tell_is_asked_by_code_or_of_a_person() -> None:
    coded, named = parts("Diagnosis of severe MDD")
    assert isinstance(coded, Code)
    assert coded.terms == ("F32.2", "F32.3", "F33.2", "F33.3")
    assert is_partial(named)
    assert not isinstance(translate("Diagnosis of moderate major depressive disorder"), Any)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("She has not smoked for at least 8 weeks", {"tobacco use"}),
        ("Smoke-free for 3 months", {"tobacco use"}),
        ("The member has been nicotine-free for 6 weeks", {"tobacco use", "nicotine use"}),
    ],
)
def test_abstinence_is_the_time_since_it_was_used(text: str, terms: set[str]) -> None:
    found = translate(text)
    assert isinstance(found, ElapsedSince)
    assert set(found.terms) == terms
    assert not is_partial(found)


@pytest.mark.parametrize(
    "text", ["Failure of an NSAID without sufficient relief", "A trial of an NSAID without adequate control of pain"]
)
def test_relief_that_was_not_enough_may_have_been_partial(text: str) -> None:
    found = translate(text)
    assert isinstance(found, Count)
    assert found.outcomes == (Outcome.FAILED, Outcome.PARTIAL)
    assert not is_partial(found)


@pytest.mark.parametrize("text", ["Contraindication to all NSAIDs", "Intolerance of every available triptan"])
def test_all_of_a_class_not_tolerated_is_for_a_person(text: str) -> None:
    found = translate(text)
    assert found is not None
    assert not isinstance(found, Attest)
    assert is_partial(found)


def test_the_initial_of_whom_a_patient_saw_ends_no_sentence() -> None:
    note = (
        "PROGRESS NOTE\nDate of visit: 06/01/2026\n\nTherapy: CBT with P. Okoro, 02/02/2026 - 04/06/2026, no benefit.\n"
    )
    (course,) = [fact for fact in propose_facts(document(note)) if fact.kind is FactKind.TREATMENT]
    assert (str(course.start), str(course.end), course.outcome) == ("2026-02-02", "2026-04-06", Outcome.FAILED)


def test_hours_of_each_night_are_no_length_of_a_treatment() -> None:
    found = translate("CPAP used for 4 hours per night after a mask change")
    assert not isinstance(found, Duration)


def test_a_treatment_named_with_more_than_its_name_is_one_that_was_had() -> None:
    found = translate("A steroid injection of the wrist concerned, with its result.")
    assert isinstance(found, Count)
    assert found.terms == ("corticosteroid injection",)
    assert found.judged is not None
    assert isinstance(translate("Physical therapy is expected to restore function"), Attest)


def test_to_fall_short_of_one_of_two_alternatives_decides_nothing() -> None:
    found = translate("BMI of 40 or greater, OR a study that was equivocal or limited by artifact")
    assert isinstance(found, Any)
    assert isinstance(found.of[-1], Attest)


def test_an_amount_or_more_is_no_alternative() -> None:
    found = translate("allopurinol taken at 600 mg a day or more for at least 90 days without a lower urate")
    assert not isinstance(found, Any)


def test_a_test_is_not_asked_to_be_positive_and_what_was_ruled_out_must_not_be_there() -> None:
    assert is_partial(translate("A urine drug screen on the day of testing"))
    assert isinstance(translate("Sleep apnea has been considered and ruled out"), Not)
    found = translate("A negative cotinine test no older than 6 weeks at the time of the request")
    assert not isinstance(found, Age)


def test_a_blood_pressure_is_compared_as_a_pair() -> None:
    low, high = translate("Blood pressure of 140/90 or lower"), translate("Blood pressure of 140/90 mm Hg or higher")
    assert isinstance(low, All)
    assert isinstance(high, Any)
    assert [(part.terms, str(part.value)) for part in low.of] == [
        (("systolic blood pressure",), "140"),
        (("diastolic blood pressure",), "90"),
    ]
