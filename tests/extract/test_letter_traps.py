"""What breaks naive readers of denial letters, one test each; after the traps of label_variants.yaml."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.roles import sort_documents
from schemas.denial import Denial
from schemas.document import Role
from tests.makers import document


def read(*pages: str) -> Denial:
    return extract_denial(RulesExtractor(), document(*pages), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


@pytest.mark.parametrize(
    ("letter", "payer"),
    [
        ("Evolent\nOn behalf of Orchard Valley Health Plan\n", "Orchard Valley Health Plan"),
        ("CVS Caremark\nActing for:  Orchard Valley Health Plan\n", "Orchard Valley Health Plan"),
        (
            "ACME\nClaims administrator for the   12 Elm St\nForge & Tool Employee Health Plan   Troy\n",
            "Forge & Tool Employee Health Plan",
        ),
        ("LAKESHORE ADVANCED HEALTH INSURANCE, INC.\n", "LAKESHORE ADVANCED HEALTH INSURANCE, INC."),
        ("Cigna Open Access Plus (employer group)\n", "Cigna"),
        ("Crescent Valley Rx (PDP)\n", "Crescent Valley Rx (PDP)"),
    ],
)
def test_the_payer_is_the_plan_and_neither_vendor_nor_administrator(letter: str, payer: str) -> None:
    assert value(read(f"{letter}\nYour request is denied.\n").payer) == payer


@pytest.mark.parametrize(
    "date",
    [
        "March 11, 2026",
        "Mar. 11, 2026",
        "03/11/2026",
        "3/11/26",
        "11 March 2026",
        "2026-03-11",
        "03-11-2026",
        "March 11th, 2026",
        "20260311",
    ],
)
def test_a_notice_date_is_read_in_every_format(date: str) -> None:
    assert str(value(read(f"Date of Notice: {date}\nYour request is denied.\n").letter_date)) == "2026-03-11"


def test_each_date_keeps_its_kind() -> None:
    denial = read(
        "RECEIVED 03/20/2026\n\nOrchard Valley Health Plan\n\nMailed: 03/11/2026\nDOB: 05/06/1971\n"
        "Date Received: 03/09/2026\nDate of Service: 04/01/2026\nPolicy effective: 01/01/2026\n\nForm X Rev. 06/2014\n"
    )
    kinds = (denial.letter_date, denial.birth_date, denial.received_date, denial.service_dates[0])
    assert [str(value(one)) for one in kinds] == ["2026-03-11", "1971-05-06", "2026-03-09", "2026-04-01"]
    assert len(denial.service_dates) == 1


def test_the_patient_is_not_the_subscriber() -> None:
    denial = read("Subscriber: KARIN MARSH   Member ID: W1020\nPatient: MARSH, JOHN\nYour request is denied.\n")
    assert value(denial.patient_name) == "JOHN MARSH"


@pytest.mark.parametrize("greeting", ["Dear Member,", "Dear Plan Member,", "Dear Provider:", "Dear Sir or Madam:"])
def test_a_greeting_without_a_name_gives_none(greeting: str) -> None:
    assert read(f"{greeting}\n\nWe denied the request that your doctor sent.\n").patient_name is None


def test_the_addressee_is_the_patient_only_where_the_letter_speaks_to_the_patient() -> None:
    head = "Martin J. Kowalski\n218 Quarry Lane\n\nDear {} Kowalski:\n\n"
    told = read(head.format("Mr.") + "We denied the request that your doctor sent.\n")
    assert value(told.patient_name) == "Martin J. Kowalski"
    assert read(head.format("Dr.") + "We denied the request for your member.\n").patient_name is None


def test_identifiers_keep_their_type() -> None:
    denial = read(
        "Member number .......... PLH3390-41-7765\nEmployer group  Dental Laboratories (G-33071)\n"
        "Claim control number: 5926203014470\nAppeal number: 1-14822090551\nMasked ID card ****5678\nDenied.\n"
    )
    assert value(denial.member_id) == "PLH3390-41-7765"
    assert value(denial.group_number) == "G-33071"
    assert value(denial.claim_number) == "5926203014470"
    assert value(denial.reference_number) == "1-14822090551"


def test_identifiers_in_prose_keep_their_type() -> None:
    denial = read(
        "We gave that request the case number 5508217743. Your member number with Tallgrass is TM0038812901. "
        "It is denied.\n"
    )
    assert (value(denial.reference_number), value(denial.member_id)) == ("5508217743", "TM0038812901")


@pytest.mark.parametrize(
    "sentence",
    [
        "After review, the request is denied as not medically necessary.",
        "Based on medical policy, your request is denied because criteria have not been met.",
        "We are unable to approve coverage at this time.",
        "If your appeal is denied, you may ask for an external review.",
        "We did not approve the other 10 hours a week.",
    ],
)
def test_a_letter_that_names_no_service_yields_none(sentence: str) -> None:
    assert read(f"Dear Member,\n\n{sentence}\n").service is None


@pytest.mark.parametrize("line", ["P.O. Box 30432, Salt Basin, UT 84130", "CPB 0236", "LCD L33618", "Fax 801-555-0134"])
def test_what_only_looks_like_a_procedure_code_is_none(line: str) -> None:
    assert read(f"Your request is denied. We used these records and codes.\n{line}\n").procedure_codes == ()


WINDOWS = """Dear Member,

The MRI of the knee is denied because no therapy was tried.

Peer-to-peer: your doctor may call within 14 days of this letter.

YOUR APPEAL RIGHTS

We must receive your appeal within 180 days of the date of this notice. We will decide within 30 days.

Second level. If we uphold our decision, you may ask for a second review within 60 days of that letter.

External review. You may ask for an independent review within 4 months of our final decision.

Continuation of benefits. To keep your services you must ask within 10 days.

Civil action. You may file suit within one year.

STATE FAIR HEARING
You may ask for one within 120 days.
"""


def test_each_window_is_bound_to_its_action() -> None:
    found = extract_denial(RulesExtractor(), document(WINDOWS), [])
    assert value(found.denial.appeal.window).model_dump() == {"n": 180, "unit": "days", "trigger": "notice_date"}
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("words", "n", "unit", "trigger"),
    [
        ("You must appeal within 180 days after you receive this letter.", 180, "days", "receipt"),
        ("Ask us for an appeal within 65 calendar days of the date of this notice.", 65, "days", "notice_date"),
        ("You have 60 calendar days from the date on this notice to ask for an appeal.", 60, "days", "notice_date"),
        ("You have six months, counted from the day you receive this letter, to appeal.", 6, "months", "receipt"),
        (
            "An appeal must reach us no later than 180 days from the date this notice was mailed.",
            180,
            "days",
            "notice_date",
        ),
        ("A reconsideration must be received within 90 days from the date of this notice.", 90, "days", "notice_date"),
        (
            "First, appeal to us. You need to do this no more than 60 days after the mailing date.",
            60,
            "days",
            "notice_date",
        ),
    ],
)
def test_a_window_is_read_however_it_is_put(words: str, n: int, unit: str, trigger: str) -> None:
    window = read(f"Your request is denied.\n\nAPPEALS\n\n{words}\n").appeal.window
    assert value(window).model_dump() == {"n": n, "unit": unit, "trigger": trigger}


@pytest.mark.parametrize(
    "words",
    [
        "Appeal by: February 15, 2027.",
        "We must receive your appeal by:\nFebruary 15, 2027",
        "The last day on which your plan can accept your appeal is February\n15, 2027.",
    ],
)
def test_a_printed_last_day_is_read(words: str) -> None:
    assert str(value(read(f"Your request is denied.\n\nAPPEALS\n\n{words}\n").appeal.deadline)) == "2027-02-15"


def test_the_appeal_address_is_none_of_the_others() -> None:
    letter = (
        "Orchard Claims Department\nP.O. Box 1\nSalt Basin, UT 84101\n\nYour request is denied.\n\nAPPEALS\n\n"
        "Send payments to Orchard, P.O. Box 2, Salt Basin, UT 84102. Send your appeal to Orchard, Appeals Unit, "
        "P.O. Box 3, Salt Basin, UT 84103. Write to the Department of Insurance, P.O. Box 4, Salt Basin, UT 84104.\n"
    )
    assert value(read(letter).appeal.address) == "Orchard, Appeals Unit, P.O. Box 3, Salt Basin, UT 84103"


def test_an_address_in_a_block_beside_another_column_is_whole() -> None:
    letter = (
        "Your request is denied.\n\nAPPEALS\n\nMail:   Northbrook Health Plan   Pay your bill: not here\n"
        "Member Appeals, Mailstop 4-B\nP.O. Box 31365\nSalt Lake City, UT 84131\nFax:   801-555-0123\n"
    )
    appeal = read(letter).appeal
    assert value(appeal.address) == (
        "Northbrook Health Plan Member Appeals, Mailstop 4-B P.O. Box 31365 Salt Lake City, UT 84131"
    )
    assert value(appeal.fax) == "801-555-0123"


REASON = (
    "Your notes show pain for three weeks. They do not show six weeks of therapy. The scan is not medically necessary."
)


@pytest.mark.parametrize(
    "letter",
    [
        f"Why did we deny your request?\n\n{REASON}\n\nWe used Policy IMG-7. A scan is covered when both are met:\n",
        f"Findings. {REASON}\n\nAuthority. Policy IMG-7.\n",
        f"THE REASON FOR OUR DECISION: {REASON}\n\nYou may appeal.\n",
        f"We denied this request because:\n\n{REASON}\n\nYou should share a copy of this decision with your doctor.\n",
        f"Our plan made this decision because: {REASON}\n\nYou have the right to appeal.\n",
        f"We are unable to approve the scan. {REASON}\n\nA denial may be based on medical necessity.\n",
        f"What we decided and why\n\n{REASON}\n\nThe rule we followed\n\nPolicy IMG-7.\n",
    ],
)
def test_the_reason_is_whole_and_holds_nothing_else(letter: str) -> None:
    assert value(read(f"Dear Member,\n\n{letter}").reason) == REASON


def test_a_reason_over_a_page_break_is_whole_and_cited_on_both_pages() -> None:
    first = (
        "Orchard Valley Health Plan\n12 Elm Street\n\nDear Member,\n\nREASON FOR THE DENIAL\n\n"
        "The notes do not tell us when the pain comes, so we cannot judge its cause. A\n\nForm 7   Page 1 of 2\n"
    )
    second = (
        "treadmill test was done but the report was not sent.\n\nCRITERIA\n\nWe used Policy IMG-7.\n\n"
        "Form 7   Page 2 of 2\n"
    )
    reason = read(first, second).reason
    assert reason is not None
    assert reason.value == (
        "The notes do not tell us when the pain comes, so we cannot judge its cause. A treadmill test was done but the "
        "report was not sent."
    )
    assert [span.page for span in reason.spans] == [1, 2]


@pytest.mark.parametrize(
    "words",
    [
        "A denial may rest on medical necessity or on a finding that a service is experimental.",
        "This determination addresses coverage under your plan only and is not medical advice.",
        "Additional plan language regarding experimental/investigational definitions may apply.",
        "Para obtener asistencia en Espa\u00f1ol, llame al 800-555-0100.",
        "You may bring a civil action under section 502(a) of ERISA.",
    ],
)
def test_boilerplate_is_never_the_reason(words: str) -> None:
    assert read(f"Dear Member,\n\nYour request is denied.\n\nYOUR APPEAL RIGHTS\n\n{words}\n").reason is None


def test_a_notice_is_one_document_from_its_amounts_to_its_rights() -> None:
    first = "Medicare Summary Notice\nTHIS IS NOT A BILL\nDeductible   Amount paid\nPage 1 of 2\n"
    second = "Page 2 of 2\nIf a claim was denied you can appeal. File an appeal in writing. If you disagree, appeal.\n"
    (found,) = sort_documents([document(first, second)], []).documents
    assert found.role in (Role.REMITTANCE, Role.DENIAL_LETTER)
