"""Whose letter it is, by whom and of when, where no label of a known form says so."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.letter.labels import field_of
from pipeline.extract.roles import sort_documents
from schemas.denial import Denial
from schemas.document import Role
from tests.makers import document


def read(text: str) -> Denial:
    return extract_denial(RulesExtractor(), document(text), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


@pytest.mark.parametrize(
    "text",
    [
        "HARBOR PLAN\nSam Okoro  DOB 01/02/1970\nWe won't be paying for it. Ask us to look again within 60 days.",
        "Hi Ana,\nYour plan has to say no to it. You can appeal until May 3. Your doctor asked us to cover it.",
        "Rotator cuff repair is not certified. Pain, MRI and therapy notes were reviewed. Appeal within 180 days.",
        "Audit finding: an overpayment was identified. The provider may submit a written dispute within 45 days.",
        "The hours of your services will be reduced. You may ask for a state fair hearing within 90 days.",
    ],
)
def test_a_short_or_friendly_refusal_with_a_way_back_is_a_denial(text: str) -> None:
    assert sort_documents([document(text)], []).documents[0].role is Role.DENIAL_LETTER


def test_a_note_that_tells_of_a_refusal_stays_a_note() -> None:
    note = "Progress note\nPatient denies fever. MRI was denied by her plan. Plan: physical therapy, review in 6 weeks."
    assert sort_documents([document(note)], []).documents[0].role is Role.CLINICAL_NOTE


@pytest.mark.parametrize(
    "head",
    [
        "Odile Brandt-Nwosu      Member ID: QX 4410 882",
        "03/02/2026     Odile Brandt-Nwosu     DOB 04/05/1966",
        "Odile Brandt-Nwosu, born 04/05/1966, ID QX4410882.",
        "Odile Brandt-Nwosu\nDOB 04/05/1966      Case 4471-22-8",
        "Odile Brandt-Nwosu\n12 Elm St\nReno, NV 89501\n\nDear Odile Brandt-Nwosu,\nYour doctor asked for a brace.",
        "This is about Odile Brandt-Nwosu (Medicare Rx ID QX 4410 882), whom you treat.",
    ],
)
def test_a_name_beside_its_own_birth_date_or_number_needs_no_label(head: str) -> None:
    assert value(read(f"Harbor Health Plan\n\n{head}\n\nThe request is denied.").patient_name) == "Odile Brandt-Nwosu"


def test_a_town_in_idaho_is_no_patient() -> None:
    assert (
        value(read("Harbor Health Plan\n\nMedical Staff\nTwin Falls, ID 83301\n\nIt is denied.").patient_name) is None
    )


def test_a_clinician_in_the_address_is_not_the_patient() -> None:
    text = (
        "Harbor Health Plan\n\nOdile Brandt, MD      Member ID: QX4410882\n\nDear Dr. Brandt:\nThe request is denied."
    )
    assert value(read(text).patient_name) is None


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Your cardiologist asked us on March 9, 2026 to cover it.", "2026-03-09"),
        ("The request reached us by fax on Monday, March 9, 2026.", "2026-03-09"),
        ("On March 9, 2026, your surgeon asked for a brace.", "2026-03-09"),
        ("Dr. Amari faxed this to us on 03/09/2026.", "2026-03-09"),
        ("Your doctor asked for a scan to be done on March 9, 2026.", None),
    ],
)
def test_the_day_a_request_came_is_read_from_prose(sentence: str, day: str | None) -> None:
    found = value(read(f"Harbor Health Plan\nMarch 11, 2026\n\n{sentence} The request is denied.").received_date)
    assert (str(found) if found else None) == day


def test_what_a_forwarded_mail_says_of_the_decision_beats_the_day_it_was_sent() -> None:
    mail = "From: Plan\nTo: Clinic\nSubject: decision\nDate: Thu, 05 Nov 2026 09:14:33 -0600\n\n"
    assert str(value(read(mail + "A decision was made on November 4, 2026. It is denied.").letter_date)) == "2026-11-04"


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        (
            "ACME REVIEW PARTNERS\nreviewing for members. Benefits are insured by Harbor Mutual Assurance.",
            "Harbor Mutual Assurance",
        ),
        (
            "ScriptDesk manages the drug benefit for the Reno Teachers Health Trust. It is denied.",
            "Reno Teachers Health Trust",
        ),
        (
            "Blue Heron of Idaho      Medical Management\n\nWe cannot approve it. Write to Blue Heron Appeals.",
            "Blue Heron of Idaho",
        ),
        (
            "PLAN      Harbor Employees Health Fund - Choice 500\n\nThe request is denied.",
            "Harbor Employees Health Fund",
        ),
    ],
)
def test_the_payer_is_the_plan_and_not_who_writes_for_it(text: str, payer: str) -> None:
    assert value(read(text).payer) == payer


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("Your pain doctor, Ben Castle, DO, asked for it. It is denied.", "Ben Castle, DO"),
        ("We reviewed the request of Dr. Emeka Sorensen for it. It is denied.", "Dr. Emeka Sorensen"),
        ("Facility: Elm Hospital\nOrdering clinician: Ida Roy, NP\n\nIt is denied.", "Ida Roy, NP"),
        ("It was denied. The file was looked at by our medical director, Kay Lum, MD.", None),
    ],
)
def test_the_provider_is_who_asked(text: str, provider: str | None) -> None:
    assert value(read(f"Harbor Health Plan\n\n{text}").provider) == provider


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Date this notice was mailed", "letter_date"),
        ("Enrollee's Medicare number", "member_id"),
        ("AHCCCS ID", "member_id"),
        ("RODERICK A", None),
        ("Employer group no.", "group_number"),
        ("Provider tax ID", "other"),
    ],
)
def test_a_label_is_known_by_what_it_is_made_of(label: str, field: str | None) -> None:
    assert field_of(label) == field


def test_labels_in_a_row_have_their_values_below_even_where_one_is_unknown() -> None:
    found = read(
        "NORTHWAY HEALTH PLAN\n\n"
        "Treating Physician:                 Insured Party's Home:\n"
        "SAMIR KOURY, DO                     4 Birch Way\n"
    )
    assert value(found.provider) == "SAMIR KOURY, DO"


def test_two_labels_in_one_have_two_values() -> None:
    found = read(
        "HILLTOP HEALTH PLAN\n\nEnrollee / DOB: Petra Vance / 06-30-1977\nReceived / Decided: 02/03/2026 / 02/06/2026\n"
    )
    assert value(found.patient_name) == "Petra Vance"
    assert [str(value(day)) for day in (found.birth_date, found.received_date, found.letter_date)] == [
        "1977-06-30",
        "2026-02-03",
        "2026-02-06",
    ]


@pytest.mark.parametrize(
    ("head", "payer"),
    [
        ("GRANITE PEAK HEALTH PLAN | Utilization Management", "GRANITE PEAK HEALTH PLAN"),
        ("Utilization Review -- Blue Mesa Health Cooperative", "Blue Mesa Health Cooperative"),
        ("CEDAR COAST BENEFIT TRUST, Claims Department", "CEDAR COAST BENEFIT TRUST"),
    ],
)
def test_a_letterhead_names_the_plan_beside_its_department(head: str, payer: str) -> None:
    assert value(read(f"{head}\n\nJune 9, 2026\n\nThe request is denied.\n").payer) == payer


@pytest.mark.parametrize(
    "sentence",
    [
        "A request for more days at the level of care named below was received from your clinic on 06-05-2026.",
        "Your request for a lumbar MRI from Dr. Paula Szabo was submitted to us on June 5, 2026.",
        "Northway Health got the prior authorization request for a brace on June 5, 2026.",
    ],
)
def test_a_request_may_stand_far_from_the_day_it_came(sentence: str) -> None:
    assert str(value(read(f"Date: June 9, 2026\n\n{sentence}\n").received_date)) == "2026-06-05"


def test_a_letter_that_is_rights_from_its_first_line_names_nobody() -> None:
    assert value(read("YOUR APPEAL RIGHTS\n\nYou may appeal within 60 days.").patient_name) is None
