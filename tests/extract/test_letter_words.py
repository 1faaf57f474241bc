"""Values in other words and places: departments, days of receipt and birth, who asked, what was asked for, sources."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.roles import role_of
from schemas.denial import Denial
from schemas.document import Role
from tests.makers import document

DENIED = "The request is denied because the records do not show a trial of bracing.\n"
HEAD = "Orchard Valley Health Plan\n\nDear Ms. Ito:\n\n"


def read(letter: str) -> Denial:
    return extract_denial(RulesExtractor(), document(letter), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


@pytest.mark.parametrize(
    ("signed", "payer"),
    [
        ("Aetna Clinical Review", "Aetna"),
        ("Aetna Behavioral Health Utilization Management", "Aetna"),
        ("UnitedHealthcare Prior Authorization Department", "UnitedHealthcare"),
        ("Cigna Medical Coverage Review", "Cigna"),
        ("Humana Clinical Intake Team", "Humana"),
        ("UnitedHealthcare Community Plan", "UnitedHealthcare Community Plan"),
    ],
)
def test_a_department_is_no_part_of_the_plans_name(signed: str, payer: str) -> None:
    assert value(read(f"Dear Ms. Ito:\n\n{DENIED}\nSincerely,\n{signed}\n").payer) == payer


def test_a_sentence_that_begins_with_the_plans_name_is_no_name() -> None:
    said = "Cigna medical policy requires documented failure of therapies \u2014 a course of splints \u2014 first."
    assert value(read(f"Dear Ms. Ito:\n\n{said}\n\n{DENIED}").payer) == "Cigna"


@pytest.mark.parametrize("role", ["Pharmacy Benefit Manager", "Review Agent", "Utilization Review Organization"])
def test_a_firm_that_works_for_a_plan_names_it(role: str) -> None:
    head = f"NORTHGATE SCRIPTS  *  {role} for Umbra County Schools Health Plan\n\n"
    assert value(read(f"{head}Dear Ms. Ito:\n\n{DENIED}").payer) == "Umbra County Schools Health Plan"


@pytest.mark.parametrize(
    "text",
    [
        "This is about a request for a back brace, received at our office on April 6, 2026.",
        "This is about a request for a back brace. It was logged into our system on April 6, 2026.",
        "Coverage request 26-RX-309914 (in on April 6, 2026)",
        "Coverage request 26-RX-309914 (received April 6, 2026)",
    ],
)
def test_the_day_of_receipt_in_other_words(text: str) -> None:
    assert str(value(read(f"{HEAD}{text}\n\n{DENIED}").received_date)) == "2026-04-06"


@pytest.mark.parametrize(
    "text",
    ["Your birth date on file is August 9, 1961.", "The date of birth we have is August 9, 1961.", "Born 08/09/1961"],
)
def test_a_birth_date_in_other_words(text: str) -> None:
    assert str(value(read(f"{HEAD}{text}\n\n{DENIED}").birth_date)) == "1961-08-09"


@pytest.mark.parametrize(
    "text",
    [
        "Your prescriber is Leopold Anand-Whitcombe, MD.",
        "REQUESTER    Leopold Anand-Whitcombe, MD",
        "Requestor: Leopold Anand-Whitcombe, MD",
        "Your surgeon for this request is Leopold Anand-Whitcombe, MD.",
    ],
)
def test_who_asked_in_other_words(text: str) -> None:
    assert value(read(f"{HEAD}{text}\n\n{DENIED}").provider) == "Leopold Anand-Whitcombe, MD"


def test_a_patient_to_whom_a_line_of_address_goes_is_named_on_it() -> None:
    found = read(
        f"NOTICE\n\nTo: Ana Ito-Reyes, 61 Millrace Court Apt 4, Port Lourdes     Medicaid ID 0088-41276-3\n\n{DENIED}"
    )
    assert value(found.patient_name) == "Ana Ito-Reyes"


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("We said no to WAKIX (pitolisant) 17.8 mg tablets.", "WAKIX (pitolisant) 17.8 mg tablets"),
        (
            "What you asked for:    A cochlear implant for your right ear (69930). Asked for by Dr. Abi "
            "Trevelyan on 10/27/2026.\n"
            "What we decided:       DENIED.\nWhy:                   The tests do not show that hearing aids "
            "cannot help.",
            "cochlear implant for your right ear",
        ),
        (
            "This notice concerns the request to continue the intensive outpatient program (IOP) for depression "
            "submitted on your\n"
            "behalf.",
            "intensive outpatient program (IOP) for depression",
        ),
        (
            "We reviewed the request for rehabilitation visits, including physical therapy for gait, submitted "
            "for you.",
            "rehabilitation visits, including physical therapy for gait",
        ),
    ],
)
def test_a_service_is_named_whole_in_other_words(text: str, service: str) -> None:
    assert value(read(f"{HEAD}{text}\n\n{DENIED}").service) == service


def test_a_vertebra_is_no_diagnosis_code() -> None:
    found = read(f"{HEAD}Diagnosis: Compression fracture T12, osteoporotic (M80.08XA)\n\n{DENIED}")
    assert [code.value for code in found.diagnosis_codes] == ["M80.08XA"]


@pytest.mark.parametrize(
    ("text", "name", "identifier"),
    [
        (
            "Clinical policy applied: CDG-UM113 under UnitedHealthcare Coverage Determination Guideline (CDG) "
            "and applicable\n"
            "Medical Policy Bulletin",
            "UnitedHealthcare Coverage Determination Guideline (CDG)",
            "CDG-UM113",
        ),
        (
            "After review under the UnitedHealthcare Medical Management Guidelines, the request is denied.",
            "UnitedHealthcare Medical Management Guidelines",
            None,
        ),
        (
            'This determination is based on Cigna Medical Coverage Policy (CPG) 0234, "Therapies," version 4.2016.',
            "Cigna Medical Coverage Policy (CPG)",
            "0234",
        ),
    ],
)
def test_a_source_with_its_number_before_or_after_it(text: str, name: str, identifier: str | None) -> None:
    source = read(f"{HEAD}{text}\n\n{DENIED}").criteria_source
    assert value(source.name).startswith(name)
    assert value(source.identifier) == identifier


def test_a_second_ground_in_a_paragraph_of_its_own_belongs_to_the_reason() -> None:
    found = read(
        f"{HEAD}The request is denied. The records do not show that bracing was tried.\n\nIn addition, "
        f"devices of this type are "
        "subject to a plan exclusion, and the device falls within that exclusion.\n\nYou may appeal.\n"
    )
    assert value(found.reason).endswith("the device falls within that exclusion.")


@pytest.mark.parametrize(
    "refusal",
    [
        "Medical necessity of the proposed service has not been established.",
        "The plan's criteria were not satisfied.",
        "No benefits are payable for the proposed service.",
        "The stay is not recommended for certification.",
    ],
)
def test_a_letter_that_refuses_in_other_words_is_a_denial(refusal: str) -> None:
    text = f"Kestrel Trust\n\n{refusal} The Plan's policy 6.22 applies.\n\nFirst-level appeal: 180 days from receipt."
    assert role_of(document(text).pages)[0] is Role.DENIAL_LETTER


@pytest.mark.parametrize(
    "rule",
    [
        "Our policy MLP-22 allows this drug when the member is 18 or older and could not tolerate methotrexate. A "
        "negative tuberculosis test must be on file.",
        "We followed Silverbell Policy MSK-118. It covers a knee replacement when therapy was tried for 12 weeks.",
        "Under Region Policy OPH-12 surgery is a benefit when the lid is low because of the skin.",
    ],
)
def test_the_rule_that_follows_a_reason_is_none_of_it(rule: str) -> None:
    why = "The notes do not show that the other medicines were taken long enough."
    found = read(f"Aster Health Plan\nMarch 4, 2026\n\nDear Ms. Lopez:\n\nWe are unable to approve it. {why} {rule}\n")
    assert value(found.reason) == why


def test_plain_facts_beside_the_decision_are_the_reason_where_only_the_rule_sounds_like_one() -> None:
    fact = "The echocardiogram of 12 October 2026 was of good quality and showed an ejection fraction of 52 percent."
    rule = "The Imaging Guideline supports cardiac MRI when an echocardiogram was of poor quality.\n"
    found = read(f"Aster Health Plan\nMarch 4, 2026\n\nWe are unable to approve the cardiac MRI. {fact}\n\n{rule}")
    assert value(found.reason) == fact
