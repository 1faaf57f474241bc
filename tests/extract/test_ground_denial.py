"""Proposed values are re-read from their quotes, or refused and kept for the reviewer."""

import pytest

from pipeline.extract.criteria.requirements import translate
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_denial import GroundedDenial, ground_denial
from schemas.denial import PlanType
from schemas.proposal import DenialProposal, ProposedCriterion, ProposedValue, Quote
from tests.makers import document

LETTER = (
    "Date of Notice: March 11, 2026\nMember: LOPEZ, ANA   Member ID: W10 2074\nDenied amount: $1,234.56\n"
    "The service is not medically necessary.\nAppeal within 180 days of receipt of this notice.\nA group health plan."
)


def ground(field: str, value: str, *quotes: str) -> GroundedDenial:
    proposed = ProposedValue(
        field=field, value=value, quotes=tuple(Quote(text=quote, document="d1") for quote in quotes or (value,))
    )
    return ground_denial(DenialProposal(values=(proposed,)), Grounder([document(LETTER)]), translate)


def test_a_date_is_read_from_its_quote() -> None:
    cited = ground("letter_date", "2026-03-11", "March 11, 2026").denial.letter_date
    assert cited is not None
    assert (cited.value.isoformat(), cited.spans[0].quote) == ("2026-03-11", "March 11, 2026")


def test_a_name_may_be_turned_round() -> None:
    cited = ground("patient_name", "ANA LOPEZ", "LOPEZ, ANA").denial.patient_name
    assert cited is not None
    assert cited.value == "ANA LOPEZ"


def test_the_window_keeps_what_it_counts_from() -> None:
    cited = ground("appeal.window", "180 days", "within 180 days of receipt of this notice").denial.appeal.window
    assert cited is not None
    assert (cited.value.n, cited.value.unit, cited.value.trigger) == (180, "days", "receipt")


@pytest.mark.parametrize(
    ("field", "value", "quote"),
    [
        ("letter_date", "2026-03-12", "March 11, 2026"),  # one digit off
        ("letter_date", "2026-03-11", "March 11, 2025"),  # not in the letter
        ("member_id", "W102075", "W10 2074"),
        ("patient_name", "ANNA LOPEZ", "LOPEZ, ANA"),
        ("denied_amount", "1234.65", "$1,234.56"),
        ("appeal.window", "108 days", "within 180 days of receipt of this notice"),
        ("appeal.window", "180 weeks", "within 180 days of receipt of this notice"),
        ("reason", "The service is medically necessary.", "The service is not medically necessary."),
        ("plan_type", "medicare_advantage", "A group health plan."),
        ("no_such_field", "x", "Member"),
    ],
)
def test_a_value_that_its_quote_does_not_state_is_refused_and_kept(field: str, value: str, quote: str) -> None:
    result = ground(field, value, quote)
    assert [(refused.what, refused.value) for refused in result.refused] == [(field, value)]
    assert result.denial == ground("letter_date", "2026-03-11", "1 January 1900").denial  # nothing at all


def test_plan_type_needs_words_that_show_it() -> None:
    cited = ground("plan_type", "commercial_erisa", "group health plan").denial.plan_type
    assert cited is not None
    assert cited.value is PlanType.COMMERCIAL_ERISA


def test_two_values_for_one_field_are_a_warning_and_the_first_stands() -> None:
    letter = document("Notice Date: 03/11/2026\nDecision Date: 03/12/2026")
    values = tuple(
        ProposedValue(field="letter_date", value=value, quotes=(Quote(text=quote, document="d1"),))
        for value, quote in (("2026-03-11", "03/11/2026"), ("2026-03-12", "03/12/2026"))
    )
    result = ground_denial(DenialProposal(values=values), Grounder([letter]), translate)
    assert result.denial.letter_date is not None
    assert result.denial.letter_date.value.isoformat() == "2026-03-11"
    assert [(warning.code, len(warning.spans)) for warning in result.warnings] == [("conflicting_values", 2)]


def test_a_criterion_that_no_document_states_is_refused() -> None:
    criterion = ProposedCriterion(quotes=(Quote(text="At least 20 weeks of therapy", document="d1"),))
    result = ground_denial(DenialProposal(criteria=(criterion,)), Grounder([document(LETTER)]), translate)
    assert result.denial.criteria == ()
    assert [refused.what for refused in result.refused] == ["criterion"]
