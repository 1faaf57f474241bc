"""What letters put beside their prose: strokes between labels, columns, payments, the last denial."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.criteria.criteria_source import criteria_source
from pipeline.extract.letter.letter import read_letter
from pipeline.ingest._text import down_columns
from schemas.denial import Denial
from tests.makers import document


def read(letter: str) -> Denial:
    return extract_denial(RulesExtractor(), document(letter), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


def test_labels_between_strokes_have_each_its_value() -> None:
    found = read(
        "HIGH MESA MUTUAL BENEFIT ASSOCIATION\n\nSep. 30, 2026\n\nRafferty Holt\nPO Box 118, Bernalillo NM 87004\n\n"
        "ID# HM6610 40027 / DOB 11-08-1957 / Ref# CD-26-0930-1184 / request recd Sep. 25, 2026\n\n"
        "REGARDING: amniotic membrane allograft, right plantar foot ulcer (Q4186; 15275)\n"
    )
    assert value(found.patient_name) == "Rafferty Holt"
    assert value(found.reference_number) == "CD-26-0930-1184"
    assert str(value(found.received_date)) == "2026-09-25"
    assert [code.value for code in found.procedure_codes] == ["Q4186", "15275"]


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("Member: 5501-887-20-LP", "member_id", "5501-887-20-LP"),
        ("Member: Ana Lopez", "patient_name", "Ana Lopez"),
        ("Tesserae case: TBH-2611-080355", "reference_number", "TBH-2611-080355"),
        ("Previous case: TBH-2611-080355", "reference_number", None),
        ("Inpatient ref.   IP-26-094471", "reference_number", "IP-26-094471"),
        ("Surgeon Xiomara Bell, MD (in network)", "provider", "Xiomara Bell, MD"),
        ("Account no. (hospital): 990-18827-3", "group_number", None),
        ("Predetermination No.: PD-261001-0447", "reference_number", "PD-261001-0447"),
        ("CARDHOLDER ID: W3390 4471 02   GRP: KSWHEAT7", "group_number", "KSWHEAT7"),
        ("Ordered: Xiomara Bell, MD", "provider", "Xiomara Bell, MD"),
        ("Ordered: MRI of the brain", "service", "MRI of the brain"),
        ("Prior approval request   PA-26-118840, received September 25, 2026", "reference_number", "PA-26-118840"),
    ],
)
def test_a_label_says_what_its_value_is_of(line: str, field: str, expected: str | None) -> None:
    assert value(getattr(read(f"HARBOR HEALTH PLAN\n\n{line}\n\nDear Ms. Lopez:\n"), field)) == expected


def test_of_two_services_on_a_portal_the_one_refused_makes_the_case() -> None:
    found = read(
        "Bluewater Health Plan\n\nService 1 of 2 \u2713 Approved\n\nSeptoplasty (30520) \u00b7 1 unit\n\n"
        "Service 2 of 2 \u2717 Not approved\n\nRepair of nasal valve collapse, both sides (30468) \u00b7 1 unit\n\n"
        "Why\n\nThe implant is not medically necessary.\n"
    )
    assert value(found.service) == "Repair of nasal valve collapse, both sides"
    assert [code.value for code in found.procedure_codes] == ["30468"]


_PAYMENT = (
    "TAMARACK HEALTH PLAN\n\nEOP date: 10/14/2026   Processed: 10/12/2026\n\n"
    "Ln   Service date   Proc / mod   Description   Billed   Allowed   Not paid   Codes   Paid\n\n"
    "1   09/15/2026   99214   Office visit   212.00   131.50   80.50   CO-45 PR-3   101.50\n\n"
    "2   09/15/2026   91110   Capsule endoscopy   1,940.00   0.00   1,940.00   CO-50   0.00\n\n"
    "CO-45: the charge is above the rate. CO-50: the service is not medically necessary. PR-3: copayment.\n\n"
)


def test_what_was_not_paid_is_what_was_denied() -> None:
    found = read(_PAYMENT)
    assert value(found.service) == "Capsule endoscopy"
    assert str(value(found.denied_amount)) == "1940.00"
    assert value(found.reason) == "the service is not medically necessary."
    assert str(value(found.letter_date)) == "2026-10-14"


def test_a_claim_of_one_row_tells_its_service_in_the_prose_and_its_amount_in_the_row() -> None:
    found = read(
        "HARBOR BENEFITS, INC.\n\nDear Mr. Roe:\n\nBenefits for manipulation of the shoulder under anesthesia "
        "have been denied.\n\nDate of service   Provider   Code   Diagnosis   Charge   Amount denied\n"
        "08/26/2026   Leo Strand, D.O.   23700   M75.02   $1,845.00   $1,845.00\n"
    )
    assert value(found.service) == "manipulation of the shoulder under anesthesia"
    assert [code.value for code in found.procedure_codes] == ["23700"]
    assert str(value(found.denied_amount)) == "1845.00"


def test_an_adjustment_code_may_stand_bare_in_its_column() -> None:
    found = read(
        "SUNCREST HEALTH PLAN\n\nLine   CPT   Description   Billed   Paid   CARC   RARC\n"
        "1   15275   Application of skin graft, foot   $620.00   $0.00   252   N706\n"
    )
    assert [code.value for code in found.reason_codes] == ["252", "N706"]


def test_words_of_a_reviewer_are_quoted_to_their_end() -> None:
    found = read(
        "CRAFTS WELFARE TRUST\n\nDear Mr. Roe:\n\n"
        'The psychiatrist gave this rationale: "Patient finished an acute course with full remission. '
        'More of it is not medically necessary for a first remission."\n\n'
        "You are entitled to know the standard, which requires a relapse within 12 months.\n"
    )
    assert value(found.reason).startswith("Patient finished")
    assert value(found.reason).endswith("a first remission.")


@pytest.mark.parametrize(
    ("text", "service"),
    [
        (
            "We are writing about the cochlear implant for your left ear that your surgeon asked the Trust to approve.",
            "cochlear implant for your left ear",
        ),
        ("Ana Roe, PA-C, asked us to approve a scan for you: MRI of the brain. It is denied.", "MRI of the brain"),
        (
            "We have a request from the clinic for twelve (12) sessions of electroconvulsive therapy (CPT 90870).",
            "twelve (12) sessions of electroconvulsive therapy",
        ),
        ("This letter concerns a request for your daughter Juniper.", None),
        ("We asked for the medical record twice so that we could review this claim.", None),
    ],
)
def test_what_prose_says_was_asked_for(text: str, service: str | None) -> None:
    assert value(read(f"HARBOR HEALTH PLAN\n\nDear Ms. Lopez:\n\n{text}\n").service) == service


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("Reviewing requests for the Great Basin Employees Benefit Program", "Great Basin Employees Benefit Program"),
        (
            "Post-acute care management for Juniper Ridge Medicare Advantage (HMO)",
            "Juniper Ridge Medicare Advantage (HMO)",
        ),
        ("TRICARE Regional Contractor - West Region", "TRICARE"),
        ("Your surgeon asked the Pipe Trades Welfare Trust to approve it.", "Pipe Trades Welfare Trust"),
    ],
)
def test_who_pays_is_told_by_whom_the_sender_works_for(text: str, payer: str) -> None:
    assert value(read(f"Ardent Utilization Review\n{text}\n\nDear Ms. Lopez:\n\nIt is denied.\n").payer) == payer


def test_the_clinician_who_is_greeted_asked_and_not_the_place_of_the_surgery() -> None:
    found = read(
        "HARBOR HEALTH PLAN\n\nLucinda P. Tolliver, M.D.\nEar, Nose & Throat, P.C.\n1811 Hillcrest Terrace\n\n"
        "Procedure:   Endoscopic sinus surgery (CPT 31255-50, 31267-50)\nFacility:   Baldwin Surgery Center\n\n"
        "Dear Dr. Tolliver:\n\nIt is denied.\n"
    )
    assert value(found.provider) == "Lucinda P. Tolliver, M.D."
    assert [code.value for code in found.procedure_codes] == ["31255", "31267"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "My reasoning is the following. His blood pressure was 128/74 and he felt well. No blood was given. "
            "He could have been safely cared for in observation.",
            "His blood pressure was 128/74 and he felt well. No blood was given. "
            "He could have been safely cared for in observation.",
        ),
        (
            "Why we decided this. Your notes do not show that you have worn a brace for at least six months.",
            "Your notes do not show that you have worn a brace for at least six months.",
        ),
        (
            "REASON FOR DENIAL:\n\nCOMMENTS:  ALENDRONATE WAS STOPPED AFTER 5 MONTHS. NO TRIAL OF PROLIA WAS GIVEN.",
            "ALENDRONATE WAS STOPPED AFTER 5 MONTHS. NO TRIAL OF PROLIA WAS GIVEN.",
        ),
    ],
)
def test_a_reason_begins_after_the_words_that_announce_it(text: str, reason: str) -> None:
    assert value(read(f"HARBOR HEALTH PLAN\n\nDear Colleague:\n\n{text}\n").reason) == reason


def test_an_appeal_to_an_outside_reviewer_has_its_printed_hour() -> None:
    found = read(
        "HARBOR ADVANTAGE (HMO)\n\nNotice of Medicare Non-Coverage\n\nYour Right to Appeal This Decision\n"
        "Your request for an immediate appeal should be made no later than noon on\nNovember 24, 2026.\n"
    )
    assert str(value(found.appeal.deadline)) == "2026-11-24"


def test_what_is_said_not_to_be_is_no_evidence_of_a_plan() -> None:
    assert value(read("STATE POOL\n\nDear Mr. Roe:\n\nIt is denied. The pool is not Medicaid.\n").plan_type) is None


def test_a_fair_hearing_after_the_appeal_letter_is_not_the_appeal() -> None:
    found = read(
        "HARBOR COMMUNITY CARE\n\nDear Ms. Lopez:\n\nHow do I ask for an appeal?\n"
        "You have 60 days from the date on this letter.\n\nWhat if you still say no?\n"
        "You can ask for a State Fair Hearing. You must ask within 120 days of the date on our appeal letter.\n"
    )
    assert value(found.appeal.window).n == 60


def test_a_grievance_on_civil_rights_is_not_the_appeal() -> None:
    found = read(
        "HARBOR HEALTH PLAN\n\nDear Ms. Lopez:\n\nHOW TO ASK US TO LOOK AGAIN (PLAN APPEAL)\n\n"
        "You can ask for a plan appeal. You must ask within 60 calendar days from the date on this notice.\n\n"
        "NONDISCRIMINATION NOTICE\n\n"
        "You can file a grievance with the Civil Rights Coordinator, PO Box 5600, Dover, DE 19903, within 30 days.\n"
    )
    window = value(found.appeal.window)
    assert (window.n, window.trigger) == (60, "notice_date")


def test_a_clinical_note_on_a_line_is_the_reason_before_that_of_its_code() -> None:
    found = read(
        f"{_PAYMENT}Clinical note, line 2\n"
        "The records sent with this claim hold no report of an upper endoscopy; it was not medically necessary.\n"
    )
    assert value(found.reason).startswith("The records sent")


def test_after_the_last_appeal_the_review_outside_is_the_way() -> None:
    found = read(
        "SUNMARK INSURANCE COMPANY\nGrievance and Appeals Department\n6100 Quarry Road, Harrisburg, PA 17110\n\n"
        "Dear Mrs. Katz:\n\nThe panel upholds the denial. There is no further appeal within "
        "Sunmark.\n\nYour right to an external review\n"
        "You may ask for a review by an independent organization that has no tie to Sunmark. Ask within four\n"
        "(4) months after the date you receive this notice. To ask, write to:\n\n"
        "External Review Intake\nKeystone Review Exchange\nP.O. Box 16105\nHarrisburg, PA 17116\n"
    )
    window = value(found.appeal.window)
    assert (window.n, window.unit, window.trigger) == (4, "months", "receipt")
    assert value(found.appeal.address).startswith("External Review Intake")


@pytest.mark.parametrize(
    ("text", "name", "identifier", "version"),
    [
        (
            "APPROVAL CRITERIA (Upadacitinib, Atopic Dermatitis, PA-3391, rev. 07-2026). All must be met:",
            "Upadacitinib, Atopic Dermatitis",
            "PA-3391",
            "07-2026",
        ),
        (
            "She applied our clinical guideline on cochlear implants, number OTO-12, in the edition of January 2026.",
            "clinical guideline on cochlear implants",
            "OTO-12",
            "January 2026",
        ),
        (
            "Basis: Tesserae Level of Care Guidelines, Partial Hospitalization, Child and Adolescent, version 2026.1.",
            "Tesserae Level of Care Guidelines, Partial Hospitalization, Child and Adolescent",
            None,
            "2026.1",
        ),
        ("The rule applied is Riverbend Imaging Criteria HN-7 (2026, release 2).", None, "HN-7", "2026, release 2"),
        ("We used Copper Medical Policy UR-009, Nerve Stimulation, version 2026-02.", None, "UR-009", "2026-02"),
        ("Rule applied: High Mesa Wound Policy W-12 (eff. 1-1-2026).", None, "W-12", "1-1-2026"),
        (
            "Our Medical Policy #418, Sinus Surgery (FESS), effective 07/01/2026, reads in part:",
            "Sinus Surgery (FESS)",
            "418",
            "07/01/2026",
        ),
    ],
)
def test_where_a_title_ends_and_what_version_it_is_of(
    text: str, name: str | None, identifier: str | None, version: str
) -> None:
    letter = read_letter(document(f"Harbor Health Plan\nNotice date: 03/04/2026\n\nDear Ms. Lopez:\n\n{text}\n"))
    found = {one.field.removeprefix("criteria_source."): one.value for one in criteria_source(letter)}
    assert found.get("identifier") == identifier
    assert found["version"] == version
    assert name in (None, found["name"])


def test_a_product_that_the_patient_is_insured_by_is_no_medical_policy() -> None:
    letter = read_letter(document("Policy: Sunmark Individual Bronze 6500\n\nDear Ms. Lopez:\n\nIt was denied.\n"))
    assert not list(criteria_source(letter))


_LEFT = [f"The {word} is read down its own column of this" for word in ("note", "scan", "test", "form", "rule", "list")]
_RIGHT = [f"Our appeals desk answers {word} letters" for word in ("all", "new", "old", "long", "late", "kind")]


def test_long_columns_of_a_text_file_are_read_one_after_the_other() -> None:
    rows = [f"{left:<60}{right}" for left, right in zip(_LEFT * 3, _RIGHT * 3, strict=True)]
    read_down = down_columns("\n".join(rows)).split("\n")
    assert [line.strip() for line in read_down if line] == [*_LEFT * 3, *_RIGHT * 3]


def test_labels_beside_their_values_and_short_blocks_are_read_across() -> None:
    rows = "\n".join(f"{left:<60}{right}" for left, right in zip(_LEFT, _RIGHT, strict=True))
    table = "\n".join(f"Label {n}:{'':<30}Value {n}" for n in range(20))
    assert down_columns(rows) == rows
    assert down_columns(table) == table


def _criteria(text: str) -> list[str]:
    found = read(f"HARBOR HEALTH PLAN\n\nDear Ms. Lopez:\n\n{text}\n")
    return [" ".join(one.text.value.split()) for one in found.criteria]


def test_conditions_in_one_sentence_are_criteria_each() -> None:
    assert _criteria(
        "Under that guideline an implant is covered when the loss is severe to profound, when the score on recorded "
        "sentences is 50 percent or less, and when a hearing aid has been worn for at least three months."
    ) == [
        "the loss is severe to profound",
        "the score on recorded sentences is 50 percent or less",
        "a hearing aid has been worn for at least three months",
    ]


def test_a_numbered_part_of_the_letter_leads_to_its_own_list() -> None:
    assert _criteria(
        "1. The service is not authorized.\n\n2. REASON. The file documents one drug trial.\n\n"
        "3. CRITERIA. Policy BH-9. The member must meet all of the following:\n"
        "   3.1  Age 18 to 68 years.\n   3.2  No seizure disorder.\n\n4. RECONSIDERATION. You may ask for one.\n"
    ) == ["Age 18 to 68 years.", "No seizure disorder."]


def test_lists_that_are_parts_of_one_rule_belong_together() -> None:
    assert _criteria(
        "THE RULE WE USED\n\nFor this formula the guideline asks for a diagnosis AND a trial:\n\n"
        "Diagnosis - one of these:\n     - Eosinophilic esophagitis\n     - Short bowel syndrome\n\n"
        "Trial - both of these:\n     - Another formula for at least 4 weeks\n     - Half of the daily calories\n"
    ) == [
        "Eosinophilic esophagitis",
        "Short bowel syndrome",
        "Another formula for at least 4 weeks",
        "Half of the daily calories",
    ]
