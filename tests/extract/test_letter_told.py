"""Values as letters tell them otherwise: tables drawn with bars, others' days of birth, services in running text."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from schemas.denial import Denial
from tests.makers import document

DENIED = "The request is denied because the records do not show a trial of bracing.\n"
HEAD = "Orchard Valley Health Plan\n\nDear Ms. Ito:\n\n"


def read(letter: str) -> Denial:
    return extract_denial(RulesExtractor(), document(letter), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


def codes(denial: Denial) -> list[str]:
    return [one.value for one in denial.procedure_codes]


@pytest.mark.parametrize(
    "drawn",
    [
        "| Patient | Member ID | DOB | Case no. |\n|---|---|---|---|\n| Ana Ito | W1234567 | 1/2/1970 | K-55810 |",
        "Patient | Member ID | DOB | Case no.\n--- | --- | --- | ---\nAna Ito | W1234567 | 1/2/1970 | K-55810",
    ],
)
def test_a_table_drawn_with_bars_has_its_values_below_its_labels(drawn: str) -> None:
    found = read(f"NOTICE\n\n{drawn}\n\n{DENIED}")
    assert value(found.patient_name) == "Ana Ito"
    assert value(found.member_id) == "W1234567"
    assert str(value(found.birth_date)) == "1970-01-02"
    assert value(found.reference_number) == "K-55810"


def test_a_label_within_a_word_is_none() -> None:
    assert read(f"{HEAD}We used Keswick Inpatient Guideline KIG-PNA (5th edition).\n\n{DENIED}").patient_name is None


def test_the_sponsors_day_of_birth_is_not_the_patients() -> None:
    head = "Sponsor: Rui Ito          Patient: Ana Ito\nSponsor's DOB: 01/09/1981          "
    assert str(value(read(f"{head}Patient DOB: 05/26/2011\n\n{DENIED}").birth_date)) == "2011-05-26"
    assert read(f"{head}\n\n{DENIED}").birth_date is None


@pytest.mark.parametrize(("patient", "born"), [("Ana Ito", "None"), ("Rui Ito", "1981-01-09")])
def test_the_subscribers_day_of_birth_is_the_patients_where_he_is_the_patient(patient: str, born: str) -> None:
    head = f"Subscriber: Rui Ito\nSubscriber DOB: 01/09/1981\nPatient: {patient}\n\n"
    assert str(value(read(f"{head}{DENIED}").birth_date)) == born


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("We denied the request for a lumbar MRI (72148) because it is not needed.", "lumbar MRI"),
        ("We will reduce your child's private duty nursing (T1000) from 84 hours to 56.", "private duty nursing"),
        ("We have reduced your personal care services from 30 hours to 20 hours a week.", "personal care services"),
        ("We cannot approve your doctor's request for Dupixent 300 mg pens.", "Dupixent 300 mg pens"),
        (
            "Your plan will not pay for the following: BRCA1 and BRCA2 genetic testing (81162).",
            "BRCA1 and BRCA2 genetic testing",
        ),
        ("The requested bilateral breast reduction (CPT 19318) does not meet criteria.", "bilateral breast reduction"),
        ("The service in question is proton beam therapy (77523).", "proton beam therapy"),
        (
            "On 10/2/2026 Dr. Ana Roe ordered an MRI of the left knee. We have decided not to cover it.",
            "MRI of the left knee",
        ),
        ("Dr. Roe wants to give you rituximab (J9312) for lupus. We will not cover it.", "rituximab"),
        ("The proposed procedure, endoscopic sinus surgery (31255), is not authorized.", "endoscopic sinus surgery"),
        ("We have denied payment for the air ambulance transport (A0431) of June 3, 2026.", "air ambulance transport"),
        ("You asked for pre-service approval of a left total hip replacement (27130).", "left total hip replacement"),
        ("This notice is about your request for a tier exception for Eliquis 5 mg.", "Eliquis 5 mg"),
        ("Your request for out-of-network care with Dr. Jo Abi at Harbor Hospital has been denied.", None),
        ("Your doctor has asked for an exception so that you can get Ozempic 2 mg.", None),
        ("As of 10/15/2026 we will no longer cover your skilled nursing stay.", "skilled nursing stay"),
        ("We will stop paying for your home oxygen on 10/15/2026.", "home oxygen"),
        ("The drug your doctor asked for, Humira, is not on our list of covered drugs.", "Humira"),
        ("You wanted us to pay for a compression pump, E0652.", "compression pump"),
        ("We have made a decision about the stair lift you asked for.", "stair lift"),
        ("We have completed our review of the requested services: CT abdomen (74177).", "CT abdomen"),
        ("Determination: Non-certified for spinal cord stimulator trial, CPT 63650.", "spinal cord stimulator trial"),
        (
            "Your supplier asked us to approve a glucose monitor for you (receiver E2103 and supply allowance A4239).",
            "glucose monitor",
        ),
        (
            "We've denied the medical services/items listed below requested by you or your doctor [provider]:\n"
            "     Inpatient rehabilitation facility admission, Stonebrook Rehabilitation Hospital\n"
            "     Requested by: Lucius Paternoster, DO",
            "Inpatient rehabilitation facility admission",
        ),
    ],
)
def test_the_service_in_running_text(text: str, service: str | None) -> None:
    assert value(read(f"{HEAD}{text}\n\nThe records do not show a trial of bracing.\n").service) == service


def test_the_blank_of_a_form_names_nobody() -> None:
    text = (
        "We've denied the medical services/items listed below requested by you or your doctor [provider]:\n"
        "     Inpatient rehabilitation facility admission\n     Requested by: Lucius Paternoster, DO"
    )
    assert value(read(f"{HEAD}{text}\n\n{DENIED}").provider) == "Lucius Paternoster, DO"


def test_codes_in_brackets_among_small_words() -> None:
    text = "We got a request for a glucose monitor (receiver E2103 and monthly supply allowance A4239)."
    assert codes(read(f"{HEAD}{text}\n\n{DENIED}")) == ["E2103", "A4239"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We denied HCPCS J1745, J2350 and Q5103.", ["J1745", "J2350", "Q5103"]),
        ("RE:  Right total knee arthroplasty, 27447", ["27447"]),
        ("We cannot approve E0784 (insulin pump).", ["E0784"]),
        ("We denied 30 units of 97110 and 12 units of 97140.", ["97110", "97140"]),
        ("Request for infusion: J1745 (infliximab), 10 units.", ["J1745"]),
    ],
)
def test_codes_in_running_text(text: str, found: list[str]) -> None:
    assert codes(read(f"{HEAD}{text}\n\n{DENIED}")) == found


SUNRISE = "Sunrise Community Health Plan"


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        (
            "Ledgerstone Rx, on behalf of Federal Workers Postal & Civil Benefit Plan\nPlease do not reply.",
            "Federal Workers Postal & Civil Benefit Plan",
        ),
        (
            "You have 180 days. Fax 402-555-0128, or mail to Bluestem Marketplace Health, Member Appeals, "
            "1900 Tallgrass Parkway, Omaha, NE 68154.",
            "Bluestem Marketplace Health",
        ),
        ("\u00a9 2026 Bluestem Marketplace Health. Session expires in 14:59.", "Bluestem Marketplace Health"),
        ("Coverage is provided through the Umbra Stores, Inc. Medical Plan.", "Umbra Stores, Inc. Medical Plan"),
        (f"Northgate Imaging Review\nReviewing for: {SUNRISE}", SUNRISE),
        (f"Northgate Imaging Review, a delegate of {SUNRISE}", SUNRISE),
        (f"Northgate Imaging Review for members of {SUNRISE}", SUNRISE),
        (f"{SUNRISE} has delegated review to Northgate Imaging Review.", SUNRISE),
        (f"Sincerely,\n\n{SUNRISE} Utilization Management Department", SUNRISE),
    ],
)
def test_the_payer_where_no_letterhead_names_it(text: str, payer: str) -> None:
    assert value(read(f"Authorization detail\n\nMember: Ana Ito\n\n{DENIED}\n{text}\n").payer) == payer


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (
            "The Plan's drug policy LSR-ONC-447 (version 2026-2) allows this drug for an adult.",
            ("drug policy LSR-ONC-447", "LSR-ONC-447", "2026-2"),
        ),
        ("Our rule: Riverbend Imaging Rule SP-3, 2026.", ("Riverbend Imaging Rule SP-3", "SP-3", "2026")),
        ("We used drug policy number RX-0442, dated 5/1/2026.", ("drug policy number RX-0442", "RX-0442", "5/1/2026")),
        ("We compared the records with guideline NH-OT-12.", ("guideline NH-OT-12", "NH-OT-12", None)),
        (
            'According to our medical policy "Bariatric Surgery" (Policy # SURG.00024), it is not needed.',
            ("Bariatric Surgery", "SURG.00024", None),
        ),
        (
            "We used the step therapy criteria for Otezla, ST-204, last revised June 2026.",
            ("step therapy criteria for Otezla", "ST-204", "June 2026"),
        ),
        ("Under policy AB-12345 you are covered.", (None, None, None)),
        ("Your policy AB-12345 is in force.", (None, None, None)),
    ],
)
def test_the_rule_in_small_letters(text: str, source: tuple[str | None, ...]) -> None:
    found = read(f"{HEAD}{text}\n\n{DENIED}").criteria_source
    assert tuple(value(part) for part in (found.name, found.identifier, found.version)) == source


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("Your child's nursing agency, Bayou Home Nursing, asked to keep 84 hours.", "Bayou Home Nursing"),
        ("A request from Harbor Orthopedics, P.A. for a knee scan was received.", "Harbor Orthopedics"),
        ("Harbor Orthopedics has requested a knee scan for you.", "Harbor Orthopedics"),
        ("Physician of record: Jo Abi, M.D.", "Jo Abi, M.D."),
        ("Ordering MD - Jo Abi", "Jo Abi"),
        ("DME Supplier: Highland Diabetes Supply", "Highland Diabetes Supply"),
        ("Dr. Abi's office sent us a request.", "Dr. Abi"),
        ("Calls to Dr. Abi's office were placed on 10/29/2026.", None),
        ("2. What was asked for\n   A knee scan (73721), asked for by Jo Abi, MD, on 9/20/2026", "Jo Abi, MD"),
        (
            "Member Information          Provider Information\nName: Ana Ito               Name: Jo Abi, MD",
            "Jo Abi, MD",
        ),
    ],
)
def test_who_asked_in_other_words(text: str, provider: str | None) -> None:
    assert value(read(f"{HEAD}{text}\n\n{DENIED}").provider) == provider


def test_to_whom_a_letter_goes_is_named_without_the_word() -> None:
    found = read(f"To: Jo Abi, MD, Harbor Orthopedics\nRe: Ana Ito\n\nDear Dr. Abi:\n\n{DENIED}")
    assert value(found.provider) == "Jo Abi, MD, Harbor Orthopedics"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Dates of service: 10/02/2026-10/09/2026", ["2026-10-02", "2026-10-09"]),
        ("We denied the days of October 5, 2026 through October 9, 2026.", ["2026-10-05", "2026-10-09"]),
        ("DOS 10/02/2026 through 10/09/2026", ["2026-10-02", "2026-10-09"]),
        ("Care received on October 2, 2026 is not covered.", ["2026-10-02"]),
    ],
)
def test_days_of_service(text: str, days: list[str]) -> None:
    assert [str(one.value) for one in read(f"{HEAD}{text}\n\n{DENIED}").service_dates] == days


@pytest.mark.parametrize(
    "text",
    [
        "Billed: $9,000.00   Denied: $4,210.00",
        "Total denied charges $4,210.00",
        "The billed charges were $9,000.00; we paid $4,790.00 and denied $4,210.00.",
        "We will not pay the $4,210.00 billed by Harbor Air.",
    ],
)
def test_the_amount_denied(text: str) -> None:
    assert str(value(read(f"{HEAD}{text}\n\n{DENIED}").denied_amount)) == "4210.00"


@pytest.mark.parametrize(
    "text",
    [
        "The request was received in our office September 20, 2026.",
        "Received by plan: 09/20/2026",
        "On 9/20/2026, Harbor Hospital notified us of your admission.",
    ],
)
def test_the_day_of_receipt(text: str) -> None:
    assert str(value(read(f"{HEAD}{text}\n\n{DENIED}").received_date)) == "2026-09-20"


@pytest.mark.parametrize(
    "text",
    [
        "An appeal may be filed within 180 days of receipt of this notice with Keswick Review, Inc., Appeals, "
        "41 Ferry Landing, Davenport, IA 52807, fax 563-555-0156.",
        "You have 180 days from this notice to file an appeal. Submit it c/o Keswick Review, Inc., Appeals, "
        "41 Ferry Landing, Davenport, IA 52807.",
        "An appeal can be lodged up to 180 days after this decision, by mail (Keswick Review, Inc., Appeals, "
        "41 Ferry Landing, Davenport, IA 52807), or by fax (563-555-0156).",
    ],
)
def test_an_appeals_address_begins_with_whom_it_is_filed(text: str) -> None:
    found = read(f"{HEAD}{DENIED}\n{text}\n").appeal
    assert value(found.address) == "Keswick Review, Inc., Appeals, 41 Ferry Landing, Davenport, IA 52807"


@pytest.mark.parametrize(
    ("last", "offered"), [("The nurse cannot change a decision.", False), ("Please have the chart ready.", True)]
)
def test_a_talk_with_who_cannot_change_the_decision_is_no_offer(last: str, offered: bool) -> None:
    text = f"Your doctor may speak with the nurse reviewer about benefits by calling 937-555-0140. {last}"
    assert (read(f"{HEAD}{DENIED}\n{text}\n").appeal.peer_to_peer is not None) is offered
