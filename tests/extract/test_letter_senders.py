"""How other senders word and lay out what a letter states: payer, service, provider, days, amounts and reason."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from schemas.denial import Denial
from tests.makers import document


def read(letter: str) -> Denial:
    return extract_denial(RulesExtractor(), document(letter), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


DENIED = "The request is denied because the records do not show a trial of bracing.\n"
HEAD = "Orchard Valley Health Plan\n\nDear Ms. Ito:\n\n"


@pytest.mark.parametrize(
    ("letter", "payer"),
    [
        (
            "ELM CREEK ADMINISTRATORS, LLC\nThird Party Administrator        Customer Service (800) 555-0140\n\n"
            "Patient: Ana Ito        Employer/Plan:   Otter Bay Shipping Co. Medical Plan\n\n",
            "Otter Bay Shipping Co. Medical Plan",
        ),
        (
            "ELM CREEK INSURANCE COMPANY\nAppeals Unit\n\nThe plan is self-insured by Otter Bay Shipping Inc. Elm\n"
            "Creek only handles its claims.\n\n",
            "Otter Bay Shipping Inc.",
        ),
        (
            "ELM CREEK ADMINISTRATORS, LLC\n\nBenefits come from the general assets of Otter Bay Shipping Co. and are\n"
            "not insured.\n\n",
            "Otter Bay Shipping Co.",
        ),
        (
            "RXHOUSE | Clinical Desk\nPO Box 12, Mesa, AZ 85201          for COUNTY NURSES HEALTH PLAN (PPO)\n\n",
            "COUNTY NURSES HEALTH PLAN (PPO)",
        ),
        (
            "ELM CREEK REVIEW\n\nPatient: Ana Ito               Plan:    Otter & Sons Freight, Inc.\n"
            "Group: 11872                            Employee Health Plan\n\n"
            "We review requests for the Otter & Sons Freight, Inc. Employee Health Plan.\n\n",
            "Otter & Sons Freight, Inc. Employee Health Plan",
        ),
    ],
)
def test_the_payer_is_the_plan_that_bears_the_cost_and_no_desk(letter: str, payer: str) -> None:
    assert value(read(letter + "Dear Ms. Ito:\n\n" + DENIED).payer) == payer


@pytest.mark.parametrize(
    ("text", "service"),
    [
        (
            "On 03/04/2026 we were asked by Dr. Ana Ruiz to cover VELTORA 20 MG PEN. The request is denied.",
            "VELTORA 20 MG PEN",
        ),
        ("We denied a left wrist arthroscopy with repair.", "left wrist arthroscopy with repair"),
        ("We are denying home infusion nursing, 3 visits a week.", "home infusion nursing, 3 visits a week"),
        (
            "It is our finding that an acute rehabilitation level of care is not certified.",
            "acute rehabilitation level of care",
        ),
        (
            "Your request for trelvimab 60 mg syringe, 1 per 28 days, is denied.",
            "trelvimab 60 mg syringe, 1 per 28 days",
        ),
        (
            "Dr. Ruiz asked us to cover "
            "hand surgery, release of the right thumb (26055) and of the right wrist (64721), for\n"
            "numbness. It is not covered.",
            "hand surgery, release of the right thumb (26055) and of the right wrist (64721)",
        ),
    ],
)
def test_a_service_is_named_whole_by_the_sentence_of_the_decision(text: str, service: str) -> None:
    assert value(read(HEAD + text + "\n\nYou may appeal in writing.\n").service) == service


@pytest.mark.parametrize(
    ("block", "service"),
    [
        ("Type of service: Outpatient", None),
        ("RE:  Plan:     Dockworkers Local 7 Welfare Fund", None),
        ("Mercado Mutual, Clinical Department\nfor Mercado Mutual (group)       PO Box 5, Reno, NV 89501", None),
        ("About:   your request for a bone scan of the hips", "bone scan of the hips"),
        ("Code:    78306, bone scan of the whole body", "bone scan of the whole body"),
    ],
)
def test_a_kind_of_service_a_fund_and_a_letterhead_are_no_service(block: str, service: str | None) -> None:
    assert value(read(f"{block}\n\nDear Ms. Ito:\n\nThe records do not show a trial of bracing.\n").service) == service


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("Service asked for by:   Lark Speech Clinic, LLC", "Lark Speech Clinic, LLC"),
        ("Provider:   Plains Hand Therapy, PTAN QX5521", "Plains Hand Therapy"),
        ("Admitted 6/12/26; attending Dr. Noor Valdez\nDx L03.115; DRG 603", "Dr. Noor Valdez"),
        ("On 05/06/2026 Aspen House asked us to approve residential care.", "Aspen House"),
        ("On May 6, 2026 Bay Ear Clinic (Dr. Noor Valdez) asked us to cover ear tubes.", "Dr. Noor Valdez"),
        ("We were asked by Dr. Noor Valdez to cover ear tubes.", "Dr. Noor Valdez"),
    ],
)
def test_who_asked_is_told_in_many_ways(text: str, provider: str) -> None:
    assert value(read(f"Orchard Valley Health Plan\n\n{text}\n\nDear Member:\n\n{DENIED}").provider) == provider


def test_days_of_a_stay_and_of_a_review_are_days_of_service() -> None:
    stay = read(f"Orchard Valley Health Plan\n\nAdmitted 6/12/26, discharged 6/14/26\n\nDear Member:\n\n{DENIED}")
    assert [str(day.value) for day in stay.service_dates] == ["2026-06-12", "2026-06-14"]
    review = read(
        f"Orchard Valley Health Plan\n\nDates reviewed:  03 MAR 2026 to 09 MAR 2026\n\nDear Member:\n\n{DENIED}"
    )
    assert [str(day.value) for day in review.service_dates] == ["2026-03-03", "2026-03-09"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("A claim was submitted for 97110 on March 3, 2026, in the amount of $412.50.", "412.50"),
        ("Your bill for three visits, totaling $90.00, is denied.", "90.00"),
        ("A claim in the amount of $412.50 was sent, of which $100.00 was paid.", None),
    ],
)
def test_an_amount_is_denied_where_none_of_it_was_paid(text: str, amount: str | None) -> None:
    found = value(read(f"{HEAD}{text} {DENIED}").denied_amount)
    assert (None if found is None else str(found)) == amount


def test_a_line_that_another_bears_is_denied_where_no_other_is() -> None:
    table = (
        "Service date   Service                      Charge     Allowed    Plan paid   Codes\n"
        "07/28/2026   11042 Debridement             $312.00    $148.60     $126.31    CO-45\n"
        "07/28/2026   97597 Care of an open wound   $214.50      $0.00       $0.00    CO-97, M15\n\n"
        "CO-97, M15 This service is part of another one that was paid on the same day.\n"
    )
    denial = read(f"Orchard Valley Health Plan\nExplanation of Benefits\n\n{table}")
    assert [code.value for code in denial.procedure_codes] == ["97597"]
    assert str(value(denial.denied_amount)) == "214.50"
    assert value(denial.reason) == "This service is part of another one that was paid on the same day."


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (
            "The reviewer read your letter, two articles and the notes of Dr. Ruiz. ",
            "The device is considered unproven because the studies are small.",
        ),
        ("", "The plan of care sent with your appeal has no date. The notes do not show the minutes of treatment."),
        ("", "He had no fever and no abscess was found. The care given could have been provided in observation."),
    ],
)
def test_a_reason_begins_with_its_grounds_and_not_with_what_was_read(before: str, reason: str) -> None:
    letter = f"{HEAD}The care is not certified.\n\nHow we decided\n\n{before}{reason}\n\nYou may appeal.\n"
    assert value(read(letter).reason) == reason


def test_a_certificate_is_the_members_where_a_reference_stands_beside_it() -> None:
    both = read(
        f"Orchard Valley Health Plan\n\nCert. No.  OV-20917-01\nOur ref.   PD 2607-41\n\nDear Member:\n\n{DENIED}"
    )
    assert (value(both.member_id), value(both.reference_number)) == ("OV-20917-01", "PD 2607-41")
