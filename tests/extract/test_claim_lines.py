"""Letters, explanations of benefits and remittances that decide several services: the denied ones make the case."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.letter.several import several_denials
from schemas.denial import Denial
from tests.makers import document


def read(*pages: str) -> Denial:
    return extract_denial(RulesExtractor(), document(*pages), []).denial


def said(cited: Any) -> list[str]:
    return [str(one.value) for one in cited]


EOB = """EXPLANATION OF BENEFITS
Orchard Valley Health Plan

Claim Number: CLM-2026-1

Line   Date   Procedure   Description   Billed   Allowed   Paid   Remarks
1   03/02/2026   99214   Office visit   $212.00   $131.40   $131.40   CO-45
2   03/02/2026   64635   Facet joint ablation   $2,480.00   $0.00   $0.00   CO-50 N130
TOTAL   $2,692.00   $131.40   $131.40

CO-45   The charge is above the agreed rate.
CO-50   The records do not show two diagnostic blocks, so it is not considered medically necessary.
N130   See your plan document.
"""


def test_the_denied_line_gives_service_code_day_amount_and_reason_codes() -> None:
    denial = read(EOB)
    assert denial.service is not None
    assert denial.service.value == "Facet joint ablation"
    assert said(denial.procedure_codes) == ["64635"]
    assert said(denial.service_dates) == ["2026-03-02"]
    assert said(denial.reason_codes) == ["CO-50", "N130"]
    assert denial.denied_amount is not None
    assert str(denial.denied_amount.value) == "2480.00"


def test_the_reason_is_the_note_that_the_denied_line_refers_to() -> None:
    reason = read(EOB).reason
    assert reason is not None
    assert reason.value == (
        "The records do not show two diagnostic blocks, so it is not considered medically necessary."
    )


DECIDED = """Service   Code   Units   Decision
CT chest with contrast   71260   1   APPROVED 11/01/2026 - 01/29/2027
PET/CT skull base to thigh   78815   1   NOT APPROVED

Rationale: PET is not medically necessary for surveillance. CPT 71260 may be done at once.
"""


def test_an_approved_service_and_its_code_are_no_part_of_the_denial() -> None:
    denial = read(DECIDED)
    assert denial.service is not None
    assert denial.service.value == "PET/CT skull base to thigh"
    assert said(denial.procedure_codes) == ["78815"]
    assert denial.service_dates == ()


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Line | DOS | Code | Description | Decision", "1 | 03/25/2026 | 29827 | Rotator cuff repair | DENIED"),
        ("Service   Code   Approved?", "Rotator cuff repair   29827   NO"),
        ("Code   Description   Requested   Approved   Denied", "29827   Rotator cuff repair   20   10   10"),
        ("Service   Code   Status", "Rotator cuff repair   29827   Partially approved"),
        ("Code   Service   Charges   Allowed   Paid", "29827   Rotator cuff repair   $900.00   $0.00   $0.00"),
    ],
)
def test_a_line_is_denied_by_its_word_its_answer_its_count_or_its_amounts(head: str, row: str) -> None:
    denial = read(f"{head}\n{row}\n")
    assert denial.service is not None
    assert denial.service.value == "Rotator cuff repair"
    assert said(denial.procedure_codes) == ["29827"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Service   Code   Approved?", "Rotator cuff repair   29827   Yes"),
        ("Code   Description   Requested   Approved   Denied", "29827   Rotator cuff repair   20   20   0"),
        (
            "Code   Service   Charges   Allowed   Paid   Codes",
            "29827   Cuff repair   $900.00   $700.00   $600.00   CO-45",
        ),
        ("Code   Service   Charges   Allowed   Paid   Codes", "29827   Cuff repair   $900.00   $700.00   $0.00   PR-1"),
    ],
)
def test_a_line_that_was_granted_or_whose_price_was_settled_denies_nothing(head: str, row: str) -> None:
    denial = read(f"{head}\n{row}\n")
    assert (denial.procedure_codes, denial.reason_codes, denial.denied_amount) == ((), (), None)


REMITTANCE = """REMITTANCE ADVICE   RUN DATE: 20260915
PATIENT: MARSH, JOHN   MEMBER ID: AGH440071285 02  PRODUCT: PPO
SERV DATE   PROC   BILLED   ALLOWED   PAID
20260720   29827   6,150.00   0.00   0.00
CO-252  N706
20260720   29826   1,905.00   0.00   0.00
CO-252  N706
CLAIM TOTAL   8,055.00   0.00   0.00
"""


def test_a_remittance_has_its_dates_in_eight_digits_and_its_codes_below_each_line() -> None:
    denial = read(REMITTANCE)
    assert said(denial.service_dates) == ["2026-07-20"]
    assert said(denial.procedure_codes) == ["29827", "29826"]
    assert said(denial.reason_codes) == ["CO-252", "N706"]
    assert denial.letter_date is not None
    assert str(denial.letter_date.value) == "2026-09-15"
    assert denial.member_id is not None
    assert denial.member_id.value == "AGH440071285 02"


def test_the_amount_of_several_lines_is_their_sum_where_the_letter_states_it() -> None:
    amount = read(REMITTANCE).denied_amount
    assert amount is not None
    assert (str(amount.value), amount.spans[0].quote) == ("8055.00", "8,055.00")
    assert read(REMITTANCE.replace("8,055.00", "9,055.00")).denied_amount is None


def codes(text: str) -> list[str]:
    return [warning.code for warning in several_denials(document(text))]


def test_lines_denied_for_one_ground_are_one_denial() -> None:
    assert codes(REMITTANCE) == []
    assert codes(EOB) == []


def test_lines_denied_on_different_grounds_or_claims_are_several() -> None:
    assert codes(REMITTANCE.replace("CO-252  N706\nCLAIM", "CO-197\nCLAIM")) == ["several_denials_in_letter"]
    table = "Date   Code   Charges   Paid\n03/02/2026   29827   $900.00   $0.00\n"
    assert codes(f"Claim Number: C-1001\n{table}\nClaim Number: C-1002\n{table}") == ["several_denials_in_letter"]


def test_two_services_with_a_reason_each_are_several() -> None:
    one = "Service: Lumbar MRI\nReason for denial: There is no record of six weeks of therapy.\n\n"
    other = "Service: Sleep study\nReason for denial: The records do not show any symptom of apnea.\n"
    assert codes(one + other) == ["several_denials_in_letter"]
    assert codes(one) == []
