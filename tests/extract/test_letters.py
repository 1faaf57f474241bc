"""Denial letters of several layouts: each field where it stands, and nothing that only looks like it."""

from collections.abc import Sequence
from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from schemas.denial import Denial
from tests.makers import document


def read(*pages: str, policies: Sequence[str] = ()) -> Denial:
    supplied = [document(text, name=f"p{n}") for n, text in enumerate(policies)]
    return extract_denial(RulesExtractor(), document(*pages), supplied).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


COLUMNS = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102 074778
Patient: RIVERA, ELENA   Group #: GRP-1262
Authorization / Reference #: PA-2026-139915   Claim #: CLM-2026-201887
Date of Service (requested): 03/25/2026   DOB: 05/06/1971

Service requested: Arthroscopic rotator cuff repair, left shoulder (CPT 29827)
Diagnosis (as submitted): Rotator cuff tear (M75.122)
Denial code: CO-197

EXPLANATION OF DECISION
The request is denied because the records do not show at least 6 weeks of physical therapy.

APPEAL RIGHTS
You may appeal within 180 days of the date of this notice. Send your appeal to Orchard Valley Health Plan
Appeals, P.O. Box 30432, Salt Basin, UT 84130. Fax: (801) 555-0134. A decision on medical necessity or
experimental treatment may be reviewed by an independent review organization within 4 months.
"""


def test_labels_in_two_columns_are_read_with_their_own_values() -> None:
    denial = read(COLUMNS)
    assert value(denial.payer) == "Orchard Valley Health Plan"
    assert value(denial.patient_name) == "ELENA RIVERA"
    assert value(denial.member_id) == "W102 074778"
    assert value(denial.group_number) == "GRP-1262"
    assert value(denial.reference_number) == "PA-2026-139915"
    assert value(denial.claim_number) == "CLM-2026-201887"
    assert str(value(denial.letter_date)) == "2026-02-14"
    assert str(value(denial.birth_date)) == "1971-05-06"
    assert [str(cited.value) for cited in denial.service_dates] == ["2026-03-25"]


def test_the_service_is_named_without_its_codes_and_the_codes_apart() -> None:
    denial = read(COLUMNS)
    assert value(denial.service) == "Arthroscopic rotator cuff repair, left shoulder"
    assert [cited.value for cited in denial.procedure_codes] == ["29827"]
    assert [cited.value for cited in denial.diagnosis_codes] == ["M75.122"]
    assert [cited.value for cited in denial.reason_codes] == ["CO-197"]


def test_the_reason_is_the_statement_of_the_decision_and_never_the_rights_section() -> None:
    reason = value(read(COLUMNS).reason)
    assert reason == "The request is denied because the records do not show at least 6 weeks of physical therapy."


def test_the_appeal_has_its_own_window_address_and_fax() -> None:
    appeal = read(COLUMNS).appeal
    assert value(appeal.window).model_dump() == {"n": 180, "unit": "days", "trigger": "notice_date"}
    assert value(appeal.address) == "Orchard Valley Health Plan Appeals, P.O. Box 30432, Salt Basin, UT 84130"
    assert value(appeal.fax) == "(801) 555-0134"


PROSE = """Dear Member,

This letter constitutes our coverage determination dated March 11, 2026. The request was received on March 9, 2026.

We are unable to approve the request for erenumab 70 mg monthly because it is considered investigational.

You may request a peer-to-peer discussion within 14 days. If you disagree, you may file an appeal within one hundred
eighty (180) days of receiving this letter. You have 4 months to ask for an external review.

Sincerely,
Larkspur Insurance Company Medical Review Department
"""


def test_a_letter_of_prose_alone_is_read() -> None:
    denial = read(PROSE)
    assert str(value(denial.letter_date)) == "2026-03-11"
    assert str(value(denial.received_date)) == "2026-03-09"
    assert value(denial.service) == "erenumab 70 mg monthly"
    assert value(denial.appeal.window).model_dump() == {"n": 180, "unit": "days", "trigger": "receipt"}


def test_what_a_letter_does_not_state_stays_empty() -> None:
    denial = read(PROSE)
    stated = denial.model_dump(exclude_none=True)
    assert not {"member_id", "claim_number", "reference_number", "patient_name", "denied_amount"} & stated.keys()
    assert denial.criteria == ()


@pytest.mark.parametrize(
    "line",
    [
        "Form CMS-10003-NDMCP (Rev. 06/01/2024)",
        "Request received: 09/01/2026",
        "Date of birth: 03/04/1980",
        "10/08/2026 08:14 FROM: 8005551212   P.003/007",
        "Policy effective 01/01/2026",
        "Approved 12/31/2027 OMB Approval 0938-0829 (Expires: 12/31/2027)",
    ],
)
def test_no_other_date_is_taken_for_the_notice_date(line: str) -> None:
    denial = read(f"{line}\n\nOrchard Valley Health Plan\n\nNotice Date: October 5, 2026\n\nYour request is denied.\n")
    assert str(value(denial.letter_date)) == "2026-10-05"
    assert value(read(f"{line}\n\nOrchard Valley Health Plan\n\nYour request is denied.\n").letter_date) is None


def test_postal_codes_and_boxes_are_no_procedure_codes() -> None:
    assert read("P.O. Box 30432\nSalt Basin, UT 84130\nYour request is denied.\n").procedure_codes == ()


def test_the_vendor_on_the_letterhead_is_not_the_payer() -> None:
    letter = "eviCore healthcare\nOn behalf of Orchard Valley Health Plan\n\nYour request is denied.\n"
    assert value(read(letter).payer) == "Orchard Valley Health Plan"


def test_the_requested_service_names_no_service() -> None:
    assert read("We are unable to approve the requested service because it is not medically necessary.").service is None


LISTED = """We used Orchard Valley Medical Policy SURG-12, version 3.1. All of the following must be met:

1. At least 6 weeks of physical therapy
2. One of the following:
   a. ODI of at least 40%
   b. BMI of at least 35
3. No active infection

Records reviewed:

1. Office note of 01/02/2026
"""


def test_a_list_of_criteria_is_read_with_what_is_nested_in_it_and_other_lists_are_left() -> None:
    criteria = read(LISTED).criteria
    assert [(criterion.text.value, criterion.group) for criterion in criteria] == [
        ("At least 6 weeks of physical therapy", None),
        ("ODI of at least 40%", "any1"),
        ("BMI of at least 35", "any1"),
        ("No active infection", None),
    ]


def test_the_policy_is_named_by_number_and_version() -> None:
    source = read(LISTED).criteria_source
    assert (value(source.identifier), value(source.version)) == ("SURG-12", "3.1")


POLICY = """Policy Number: SURG-12

Background
Therapy takes at least 9 weeks.

Criteria for Initial Approval
Considered medically necessary when all of the following are met:
1. At least 6 weeks of physical therapy
2. BMI of at least 35

Criteria for Continued Approval
Covered when all of the following are met:
1. At least 24 weeks of physical therapy

Coding
1. 29827
"""


def test_criteria_come_from_the_policy_where_the_letter_lists_none_and_from_its_own_section_only() -> None:
    criteria = read(PROSE, policies=[POLICY]).criteria
    assert [criterion.text.value for criterion in criteria] == [
        "At least 6 weeks of physical therapy",
        "BMI of at least 35",
    ]
    assert {span.document for criterion in criteria for span in criterion.text.spans} == {"p0"}


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("You may bring a civil action under section 502(a) of ERISA.", "commercial_erisa"),
        ("Form CMS-10003. Appeal within 65 calendar days.", "medicare_advantage"),
        ("You may ask for a State Fair Hearing after your Medicaid plan decides.", "medicaid_mco"),
        ("Your plan was bought through the Health Insurance Marketplace.", "commercial_aca"),
        ("Under 5 CFR 890.105 you may ask the Office of Personnel Management to review.", "fehb"),
        ("This is a TRICARE decision.", "tricare"),
        ("Notice of Denial of Medicare Prescription Drug Coverage, Part D.", "part_d"),
    ],
)
def test_the_plan_type_is_shown_by_its_words(words: str, plan: str) -> None:
    assert value(read(f"Your request is denied.\n\n{words}\n").plan_type) == plan


def test_the_plan_type_stays_unknown_without_evidence_or_with_evidence_both_ways() -> None:
    assert read("Your request is denied.").plan_type is None
    assert read("Call if you have Medicare. Free interpreter services in Medicaid and TRICARE.").plan_type is None


def test_every_value_stands_where_it_says() -> None:
    letter = document(COLUMNS)
    denial = extract_denial(RulesExtractor(), letter, []).denial

    def spans(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, dict) and "quote" in node:
            return [node]
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else ()
        return [span for child in children for span in spans(child)]

    cited = spans(denial.model_dump())
    assert len(cited) > 15
    assert all(span["quote"] == letter.page(span["page"]).text[span["start"] : span["end"]] for span in cited)


MAIL = """Cedar Health has completed its review of auth #88213377 for patient John Q. Marsh (DOB 12/1/1967), member
CH99120045.

Decision: Not approved. L4-L5 epidural steroid injection (CPT 64483) is denied as the request does not meet guideline
CMM-200. The records lacked documentation of a home exercise program.

To appeal, reply within 180 days from the date of this notice to Cedar Health Appeals, P.O. Box 88, Boise, ID 83701.
"""


def test_a_mail_of_a_few_sentences_is_read() -> None:
    denial = read(MAIL)
    assert (value(denial.payer), value(denial.patient_name), value(denial.member_id)) == (
        "Cedar Health",
        "John Q. Marsh",
        "CH99120045",
    )
    assert value(denial.reference_number) == "88213377"
    assert str(value(denial.birth_date)) == "1967-12-01"
    assert value(denial.service) == "L4-L5 epidural steroid injection"
    assert value(denial.reason).startswith("L4-L5 epidural steroid injection (CPT 64483) is denied as the request")
    assert value(denial.reason).endswith("a home exercise program.")
    assert value(denial.appeal.address) == "Cedar Health Appeals, P.O. Box 88, Boise, ID 83701"


VENDOR = """EXPRESS SCRIPTS
On behalf of: Tamarack Employees Health Plan

Notice Date 10/01/2026
Patient Robert Ellison Jr.
Member ID TEH00918273

Your request for coverage of Aimovig was denied. Coverage for this drug requires a trial and failure of two preventive
migraine medications from different classes, such as topiramate, propranolol or amitriptyline, for at least 8 weeks
each.
"""


def test_labels_without_colons_are_read_in_short_lines() -> None:
    denial = read(VENDOR)
    assert value(denial.payer) == "Tamarack Employees Health Plan"
    assert value(denial.patient_name) == "Robert Ellison Jr."
    assert value(denial.member_id) == "TEH00918273"
    assert str(value(denial.letter_date)) == "2026-10-01"


def test_the_reason_is_what_stands_beside_the_decision() -> None:
    assert value(read(VENDOR).reason).startswith("Coverage for this drug requires a trial and failure of two")


def test_what_follows_examples_in_a_criterion_is_not_lost() -> None:
    (criterion,) = read(VENDOR).criteria
    assert criterion.requirement is not None
    assert criterion.requirement.model_dump(exclude_defaults=True, mode="json") == {
        "terms": ["migraine_preventive"],
        "n": 2,
        "of": "class",
        "outcomes": ["failed"],
        "each": {"n": "8", "unit": "weeks"},
    }


def test_the_reason_ends_where_the_next_label_begins() -> None:
    letter = "Rationale: The record fails to show a functional gain over 12 visits.\nCriteria: MCG 29th Edition\n"
    assert value(read(letter).reason) == "The record fails to show a functional gain over 12 visits."
