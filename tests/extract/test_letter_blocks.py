"""Labels and names in the layouts of vendors, trusts, remittances and letterheads."""

from datetime import date
from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.letter.labels import field_of
from schemas.denial import Denial
from tests.makers import document

REFUSAL = "\n\nThe request is denied. You may appeal within 180 days.\n"


def read(text: str) -> Denial:
    return extract_denial(RulesExtractor(), document(text + REFUSAL), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


@pytest.mark.parametrize("number", ["R 5520 7713 W", "OEH 610 2247 A", "00417 22 8816 C", "4471 902 KX"])
def test_an_identifier_in_groups_may_end_in_letters(number: str) -> None:
    assert value(read(f"Harbor Health Plan\n\nMember ID: {number}").member_id) == number


def test_words_after_an_identifier_are_no_part_of_it() -> None:
    assert value(read("Harbor Health Plan\n\nMember ID: QX 4410 Plan type PPO").member_id) == "QX 4410"


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Harborline ID", "member_id"),
        ("Trust Member #", "member_id"),
        ("PRO file no.", "reference_number"),
        ("UR File", "reference_number"),
        ("PA case", "reference_number"),
        ("Request (EPA key)", "reference_number"),
        ("Group/Control number", "group_number"),
        ("Client / Health plan", "payer"),
        ("Claim rec'd", "received_date"),
        ("Letter generated", "letter_date"),
        ("Payment No", None),
        ("Supplier NPI", "other"),
        ("Rx PCN", "other"),
    ],
)
def test_a_label_is_known_by_its_words_and_a_senders_own_name_does_not_hide_it(label: str, field: str | None) -> None:
    assert field_of(label) == field


def test_values_stand_below_a_row_of_labels() -> None:
    denial = read(
        "Harbor Health Plan\n\n"
        "Patient Name  Member ID  Acct no.  Claim Number  Rec'd  Rendering\n"
        "Odile Brandt  QX4410882  CVI 30871  C2607-99812  07/01/2026  R. Amari MD"
    )
    found = [denial.patient_name, denial.member_id, denial.claim_number, denial.received_date, denial.provider]
    assert [value(one) for one in found] == [
        "Odile Brandt",
        "QX4410882",
        "C2607-99812",
        date(2026, 7, 1),
        "R. Amari MD",
    ]


def test_a_drawn_box_is_read_cell_by_cell() -> None:
    denial = read(
        "KESTREL REVIEW\n\n"
        "| Claimant | Odile Brandt | Client / Health plan | Copper Basin Health |\n"
        "|          |              |                      | Cooperative         |\n"
        "| UR file  | 26-UR-0918   | Group                | 5528-A              |\n\n"
        "It does not decide eligibility or benefits, which rest with Copper Basin\nHealth Cooperative, not us."
    )
    assert value(denial.patient_name) == "Odile Brandt"
    assert value(denial.payer) == "Copper Basin Health Cooperative"
    assert (value(denial.reference_number), value(denial.group_number)) == ("26-UR-0918", "5528-A")


@pytest.mark.parametrize(
    ("head", "payer"),
    [
        ("PRAIRIE UM SERVICES\nfor Copper Basin Employee Benefit Trust", "Copper Basin Employee Benefit Trust"),
        ("RIGGERS LOCAL 1140 HEALTH AND WELFARE TRUST\n4 Dock St", "RIGGERS LOCAL 1140 HEALTH AND WELFARE TRUST"),
        ("[Tamarack Health Plans logo]\n\nBert Foye\nC/O Legal Guardian", "Tamarack Health Plans"),
        ("BLUE COVE\nBLUE PLAN OF MAINE\n\nBlue Cove Blue Plan of Maine has decided.", "Blue Cove Blue Plan of Maine"),
        ("Notice\n\nIt is denied.\n\nSincerely,\nAppeals Team, Tamarack Health Plans", "Tamarack Health Plans"),
        ("TRI-RIVERS HEALTH PLAN  |  NOTICE OF DENIAL  |  Mailed 06/02/2026", "TRI-RIVERS HEALTH PLAN"),
        ("Notice\n\nBert Foye\nC/O Legal Guardian\n\nYour care coordinator called.", None),
    ],
)
def test_the_plan_is_named_in_a_letterhead_a_logo_or_the_signature(head: str, payer: str | None) -> None:
    found = value(read(head).payer)
    assert (found and found.lower()) == (payer and payer.lower())


def test_a_letters_date_is_no_birth_and_not_years_older_than_what_it_speaks_of() -> None:
    denial = read("Harbor Health Plan\n\nOdile Brandt      DOB  03/30/1959\n\nSeen 08/31/2026, billed 09/08/2026.")
    assert value(denial.letter_date) is None
    assert value(read("Harbor Plan\n\n05/01/2019\n\nSeen 08/31/2026, billed 09/08/2026.").letter_date) is None


def test_a_department_above_the_greeting_opens_no_rights() -> None:
    denial = read("Harbor Health Plan\nMember Appeals\n\nAppeal Number: AG-2026-119\n\nDear Odile Brandt:")
    assert value(denial.reference_number) == "AG-2026-119"


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        (
            "AUGUST 4, 2026\n\nGLEN MOBILITY LLC\n1144 W PARK\nMESA, AZ 85301\n\nDear Supplier:\nYou requested it.",
            "GLEN MOBILITY LLC",
        ),
        ("TO:   Juniper Hand Therapy   FAX: 402-555-0181\n\nDear Prescriber:", "Juniper Hand Therapy"),
        ("Requested by: Dr. Ana Amari, on May 3, 2026", "Dr. Ana Amari"),
        ("You were admitted to Willow Bend Care Center on 10/14/2026.", "Willow Bend Care Center"),
        ("Dear Physician/Supplier:\nYou asked for a review received on May 3, 2026.", None),
    ],
)
def test_who_asked_may_be_the_addressee_and_is_a_name_alone(text: str, provider: str | None) -> None:
    assert value(read(f"Harbor Health Plan\n\n{text}").provider) == provider


def test_a_running_head_of_later_pages_keeps_its_first_page_label() -> None:
    first = "Harbor Health Plan\n\nMay 4, 2026\n\nOdile Brandt\n1 Elm St\n\nCase Number: 26-119\nGroup: 00417"
    text = f"{first}\n\nDear Odile Brandt:\n\nIt is denied.\n\nOne.\n\nTwo.\n\nEnd.\fCase Number: 26-119\n\nAppeal."
    assert value(read(text).reference_number) == "26-119"
