"""Rules and model side by side: agreement joins places, what one says alone is told, and the stricter stands."""

from typing import Any

import pytest

from pipeline.extract import ModelExtractor, RulesExtractor, extract_denial, extract_facts
from pipeline.extract.agree_facts import agreed_facts
from pipeline.extract.ground_denial import GroundedDenial
from pipeline.extract.ground_facts import GroundedFacts
from pipeline.extract.model.denial import StatedCriterion, StatedDenial, StatedValue
from pipeline.extract.model.facts import FoundFact, FoundFacts
from pipeline.llm import FaultKind
from schemas.denial import Criterion, Denial
from schemas.fact import Fact
from schemas.requirement import Age
from schemas.span import Cited, Span
from tests.makers import LETTER, NOTE, document
from tests.replayed import Replayed

MORE = """
Our file number is QX-4471-B. Group GRP-20931 is insured by us.
An external review can be asked for within 4 months of our final decision.
Peer review: call (503) 555-0147 to speak with our medical director.
The member must be 18 years of age or older.
"""


def stated(*values: dict[str, Any], criteria: tuple[str, ...] = ()) -> StatedDenial:
    return StatedDenial.model_validate(
        {
            "values": [{"page": 1, "quote": value["value"]} | value for value in values],
            "criteria": [StatedCriterion(page=1, quotes=(text,)).model_dump() for text in criteria],
        }
    )


def read(reply: StatedDenial, text: str = LETTER + MORE) -> tuple[GroundedDenial, GroundedDenial]:
    letter = document(text)
    model = ModelExtractor(Replayed({"extract_denial": [reply]}))
    return extract_denial(RulesExtractor(), letter, []), extract_denial(model, letter, [])


def codes(found: GroundedDenial, rules: GroundedDenial) -> list[str]:
    return [warning.code for warning in found.warnings if warning not in rules.warnings]


def test_what_both_read_is_one_value_with_the_places_of_both() -> None:
    rules, found = read(stated({"field": "member_id", "value": "W102074778"}))
    assert found.denial == rules.denial
    assert codes(found, rules) == []


def test_an_identifier_that_only_the_model_read_is_taken_and_is_to_be_confirmed() -> None:
    rules, found = read(stated({"field": "reference_number", "value": "QX-4471-B"}))
    assert rules.denial.reference_number is None
    assert found.denial.reference_number is not None
    assert found.denial.reference_number.value == "QX-4471-B"
    assert codes(found, rules) == ["model_only"]


def test_where_they_differ_on_a_date_the_rules_stands_and_the_warning_cites_both_places() -> None:
    text = LETTER + MORE + "Printed 02/20/2026.\n"
    rules, found = read(stated({"field": "letter_date", "value": "2026-02-20", "quote": "02/20/2026"}), text)
    assert found.denial.letter_date == rules.denial.letter_date
    (warning,) = [one for one in found.warnings if one not in rules.warnings]
    assert warning.code == "engines_disagree"
    assert [span.quote for span in warning.spans] == ["02/14/2026", "02/20/2026"]


def test_words_that_the_rules_read_as_another_field_are_not_the_models_to_name() -> None:
    rules, found = read(stated({"field": "reference_number", "value": "CLM-2026-201887"}))
    assert found.denial == rules.denial
    assert [one.what for one in found.refused] == ["reference_number"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"field": "claim_number", "value": "2026-201887"}, "cut out of a longer"),
        ({"field": "reference_number", "value": "02/14/2026"}, "the form"),
        ({"field": "procedure_codes", "value": "Lumbar MRI"}, "the form"),
        ({"field": "diagnosis_codes", "value": "M54.16"}, "does not stand"),
        ({"field": "denied_amount", "value": "sNaN", "quote": "180"}, "the form"),
        ({"field": "appeal.window", "value": "0 days", "quote": "180 days"}, "the form"),
        (
            {
                "field": "appeal.window",
                "value": "4 months",
                "quote": "An external review can be asked for within 4 months of our final decision.",
            },
            "another way",
        ),
        ({"field": "appeal.phone", "value": "(503) 555-0147"}, "another way"),
        ({"field": "reason", "value": "the records do not show at least 6 weeks"}, "part of a sentence"),
        ({"field": "payer", "value": "Orchard", "page": 4}, "does not stand"),
    ],
)
def test_a_value_that_cannot_be_so_is_refused_with_its_reason(value: dict[str, Any], why: str) -> None:
    rules, found = read(stated(value))
    assert found.denial == rules.denial
    assert why in found.refused[-1].reason


def test_a_model_that_states_a_field_in_two_ways_is_believed_in_neither() -> None:
    two = [{"field": "reference_number", "value": value} for value in ("QX-4471-B", "GRP-20931")]
    rules, found = read(stated(*two))
    assert found.denial == rules.denial
    assert [one.reason for one in found.refused] == ["the model states it in several ways"] * 2


def test_a_criterion_of_the_models_own_follows_those_of_the_rules_and_is_to_be_confirmed() -> None:
    rules, found = read(stated(criteria=("The member must be 18 years of age or older.",)))
    assert [criterion.id for criterion in found.denial.criteria] == ["c1", "c2"]
    assert found.denial.criteria[:1] == rules.denial.criteria
    assert isinstance(found.denial.criteria[1].requirement, Age)
    assert codes(found, rules) == ["model_only"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("An external review can be asked for within 4 months of our final decision.", "about an appeal"),
        ("must be 18 years of age or older.", "part of a sentence"),
        ("by us.", "so few words"),
    ],
)
def test_what_is_no_criterion_is_refused(words: str, why: str) -> None:
    rules, found = read(stated(criteria=(words,)))
    assert found.denial == rules.denial
    assert why in found.refused[-1].reason


def test_a_criterion_that_nobody_supplied_is_refused() -> None:
    rules, found = read(stated(criteria=("The guideline of the society asks for two failed biologics.",)))
    assert found.denial == rules.denial
    assert [one.what for one in found.refused] == ["criterion"]


# --- facts


def asked() -> Denial:
    text = "At least 6 weeks of physical therapy"
    span = Span(document="p1", page=1, start=0, end=len(text), quote=text)
    return Denial(criteria=(Criterion(id="c1", text=Cited(value=text, spans=(span,))),))


def facts_of(text: str, **given: Any) -> tuple[GroundedFacts, GroundedFacts]:
    found = FoundFact.model_validate({"document": "d1", "page": 1, "assertion": "present"} | given)
    model = ModelExtractor(Replayed({"find_facts": [FoundFacts(facts=(found,))]}))
    chart = document(text)
    return extract_facts(RulesExtractor(), [chart], asked()), extract_facts(model, [chart], asked())


THERAPY = "She attended physical therapy from 11/03/2025 to 01/05/2026 without improvement."


def test_a_fact_that_both_found_is_one_fact_and_is_told_as_such() -> None:
    rules, found = facts_of(NOTE, quotes=(THERAPY,), kind="treatment", name="physical therapy", start="2025-11-03")
    assert found.facts == rules.facts
    assert (found.refused, found.warnings) == (rules.refused, rules.warnings)
    assert [fact.name for fact in found.facts if fact.id in found.agreed] == ["physical therapy"]


def test_a_fact_that_only_the_model_found_is_added_and_all_are_numbered_anew() -> None:
    words = "Her spirits are low on most days."
    rules, found = facts_of(f"{NOTE}{words}\n", quotes=(words,), kind="finding", name="spirits are low")
    assert {fact.name for fact in found.facts} - {fact.name for fact in rules.facts} == {"spirits are low"}
    assert [fact.id for fact in found.facts] == [f"f{n}" for n in range(1, len(found.facts) + 1)]


def test_a_models_doubt_of_a_fact_of_the_rules_stands_with_a_warning() -> None:
    _, found = facts_of(NOTE, quotes=(THERAPY,), kind="treatment", name="physical therapy", assertion="hypothetical")
    (doubted,) = [fact for fact in found.facts if fact.name == "physical therapy"]
    assert (doubted.assertion, doubted.read_as) == ("hypothetical", ("present", "hypothetical"))
    assert [warning.code for warning in found.warnings] == ["engines_disagree"]
    assert found.agreed == ()


def fact(**given: Any) -> Fact:
    span = Span(document="d1", page=1, start=0, end=5, quote="fever")
    return Fact(**({"id": "f1", "kind": "finding", "name": "fever", "spans": (span,)} | given))


@pytest.mark.parametrize(
    ("ours", "theirs", "stands"),
    [
        ("present", "absent", "possible"),
        ("absent", "present", "possible"),
        ("present", "family", "family"),
        ("absent", "possible", "possible"),
        ("present", "historical", "present"),
        ("hypothetical", "present", "hypothetical"),
    ],
)
def test_of_two_assertions_the_one_that_meets_less_stands(ours: str, theirs: str, stands: str) -> None:
    found = agreed_facts(GroundedFacts((fact(assertion=ours),), ()), GroundedFacts((fact(assertion=theirs),), ()))
    assert [one.assertion for one in found.facts] == [stands]
    differ = (ours, theirs) != ("present", "historical")
    assert [one.read_as for one in found.facts] == [(ours, theirs) if differ else None]
    assert [one.code for one in found.warnings] == ["engines_disagree"] * differ
    assert found.agreed == (() if differ else ("f1",))


def test_where_they_read_another_figure_in_the_same_words_the_rules_stands_and_the_models_is_refused() -> None:
    ours, theirs = fact(value="3"), fact(value="4")
    found = agreed_facts(GroundedFacts((ours,), ()), GroundedFacts((theirs,), ()))
    assert [one.value for one in found.facts] == ["3"]
    assert [one.reason for one in found.refused] == ["the rules read the same words otherwise"]
    assert [one.code for one in found.warnings] == ["engines_disagree"]


SIGNS = """PROGRESS NOTE
Date of visit: 04/14/2026

Right knee: Crepitus. Left knee: Crepitus and effusion. No instability, and no fever.
Physical therapy from 01/12/2026 to 03/06/2026 failed. PHQ-9 score was 18.
"""
COURSE = "Physical therapy from 01/12/2026 to 03/06/2026 failed."


@pytest.mark.parametrize(
    ("quote", "given", "said"),
    [
        (COURSE, {"kind": "treatment", "name": "physical therapy", "start": "2026-01-13"}, "(start)"),
        (COURSE, {"kind": "treatment", "name": "physical therapy", "end": "2026-03-05"}, "(end)"),
        (COURSE, {"kind": "treatment", "name": "PT", "start": "2026-01-11", "end": "2026-03-07"}, "(start, end)"),
        (COURSE, {"kind": "treatment", "name": "physical therapy", "outcome": "effective"}, "(outcome)"),
        ("PHQ-9 score was 18.", {"kind": "measurement", "name": "PHQ-9", "value": "19"}, "(value)"),
        (
            "PHQ-9 score was 18.",
            {"kind": "measurement", "name": "PHQ-9", "value": "18", "date": "2026-04-15"},
            "(date)",
        ),
        ("Left knee: Crepitus and effusion.", {"kind": "finding", "name": "effusion", "side": "right"}, "(side)"),
    ],
)
def test_another_date_figure_side_or_outcome_of_a_fact_of_the_rules_is_told_and_theirs_stands(
    quote: str, given: dict[str, Any], said: str
) -> None:
    rules, found = facts_of(SIGNS, quotes=(quote,), **given)
    assert found.facts == rules.facts
    (warning,) = [one for one in found.warnings if one.code == "engines_disagree"]
    assert said in warning.message
    assert all(quote.startswith(span.quote) or span.quote in quote for span in warning.spans)
    assert found.agreed == ()


@pytest.mark.parametrize(
    ("quote", "name", "theirs", "read_as"),
    [
        ("No instability, and no fever.", "fever", "present", ("absent", "present")),
        ("effusion", "effusion", "absent", ("present", "absent")),
    ],
)
def test_what_one_denies_and_the_other_asserts_of_the_same_words_is_possible(
    quote: str, name: str, theirs: str, read_as: tuple[str, str]
) -> None:
    rules, found = facts_of(SIGNS, quotes=(quote,), kind="finding", name=name, assertion=theirs)
    own = [fact for fact in rules.facts if fact.name == name]
    assert [fact.assertion for fact in own] == [read_as[0]]
    assert [(fact.assertion, fact.read_as) for fact in found.facts if fact.name == name] == [("possible", read_as)]
    assert [one.reason for one in found.refused]
    assert [one.code for one in found.warnings] == ["engines_disagree"]


def test_a_particular_that_the_rules_did_not_read_is_refused_and_no_disagreement() -> None:
    words = "Left knee: Crepitus and effusion."
    rules, found = facts_of(SIGNS, quotes=(words,), kind="treatment", name="physical therapy", visits=9)
    assert (found.facts, found.warnings, len(found.refused)) == (rules.facts, (), 1)
    rules, found = facts_of(SIGNS, quotes=(COURSE,), kind="treatment", name="physical therapy", visits=9)
    assert (found.facts, found.warnings, len(found.refused)) == (rules.facts, (), 1)


def test_the_same_name_in_another_passage_is_another_thing() -> None:
    text = f"{SIGNS}She attended physical therapy from 02/02/2025 to 03/03/2025.\n"
    given = {"kind": "treatment", "name": "physical therapy", "start": "2025-02-02", "end": "2025-03-03"}
    words = "She attended physical therapy from 02/02/2025 to 03/03/2025."
    rules, found = facts_of(text, quotes=(words,), **given)
    assert (found.facts, found.warnings) == (rules.facts, rules.warnings)
    assert [str(fact.start) for fact in found.facts if fact.id in found.agreed] == ["2025-02-02"]


def test_a_model_that_says_one_thing_twice_agrees_with_nobody() -> None:
    two = GroundedFacts((fact(), fact(assertion="historical")), ())
    found = agreed_facts(GroundedFacts((), ()), two)
    assert (len(found.facts), found.agreed) == (1, ())


# --- failures


@pytest.mark.parametrize("kind", FaultKind)
def test_whatever_the_model_fails_the_rules_reading_stands(kind: FaultKind) -> None:
    letter, chart = document(LETTER), document(NOTE, name="d2")
    model = Replayed({name: [kind] for name in ("extract_denial", "read_criteria", "find_facts")})
    found = extract_denial(ModelExtractor(model), letter, [])
    assert found == extract_denial(RulesExtractor(), letter, [])
    facts = extract_facts(ModelExtractor(model), [chart], found.denial)
    assert facts == extract_facts(RulesExtractor(), [chart], found.denial)
    assert {prompt for prompt, _ in model.asked} == {"extract_denial", "read_criteria", "find_facts"}


def test_a_value_of_the_models_has_the_reader_of_its_field() -> None:
    value = StatedValue(field="plan_type", value="part_d", page=1, quote="self-funded employer plan under ERISA")
    rules, found = read(StatedDenial(values=(value,)))
    assert found.denial == rules.denial
    assert found.refused[-1].reason == "the quote does not show that plan type"
