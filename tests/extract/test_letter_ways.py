"""What is bound to what in letters of prose: windows to their way, grounds to the decision, services to the request."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from schemas.denial import Denial
from tests.makers import document


def read(letter: str) -> Denial:
    return extract_denial(RulesExtractor(), document(letter), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


def window(letter: str) -> tuple[int, str, str] | None:
    found = read(letter).appeal.window
    return (found.value.n, found.value.unit, found.value.trigger) if found else None


DENIED = "Dear Member:\n\nThe request is denied because the records do not show a trial of bracing.\n\n"


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        (
            "You may file an internal appeal within 180 days of the date of this letter, and you may ask an\n"
            "independent review organization for an external review.",
            (180, "days", "notice_date"),
        ),
        (
            "PROVIDER REVIEW. You may ask for reconsideration on your own behalf within 30 days of this letter.\n\n"
            "MEMBER APPEAL. The member may appeal no later than 180 days after getting this notice.",
            (180, "days", "receipt"),
        ),
        (
            "You may appeal in writing. The test sent to us is more than 24 months old. Claims are filed in 12 months.",
            None,
        ),
        (
            "This is the end of our appeal process. You have the right to an external review. You must ask for it\n"
            "within four (4) months of the date you receive this notice.",
            (4, "months", "receipt"),
        ),
        (
            "You have 180 calendar days from the date you receive this letter to ask for an appeal.\n\n"
            "Standard appeal: answered within 15 days.",
            (180, "days", "receipt"),
        ),
    ],
)
def test_a_window_is_that_of_the_way_its_clause_names(rights: str, expected: tuple[int, str, str] | None) -> None:
    assert window(DENIED + rights) == expected


def test_two_columns_of_ways_are_read_one_after_the_other() -> None:
    rights = (
        "Ask us for an appeal                   Ask to keep a service you have now\n"
        "Time: 60 days from the notice date     Ask in 10 days of the notice date\n"
        "Fax: 520-555-0105                      or before the change.\n"
    )
    appeal = read(DENIED + rights).appeal
    assert value(appeal.window).n == 60
    assert value(appeal.fax) == "520-555-0105"


def test_the_days_a_claim_was_late_are_no_window() -> None:
    letter = (
        "Dear Provider:\n\nRE: FIRST LEVEL CLAIM DISPUTE - DECISION TO UPHOLD\n\n"
        "We have upheld the denial. The claim was first received 142 days after the dates of service.\n\n"
        "If you do not agree:\n\n"
        "Second level dispute. File it no later than 30 calendar days from the date of this letter. Address:\n"
        "Harbor Plan, Second Level Disputes, PO Box 12, Pueblo, CO 81008. Secure fax: 719-555-0126.\n"
    )
    appeal = read(letter).appeal
    assert (value(appeal.window).n, value(appeal.window).trigger) == (30, "notice_date")
    assert value(appeal.address) == "Harbor Plan, Second Level Disputes, PO Box 12, Pueblo, CO 81008"
    assert value(appeal.fax) == "719-555-0126"


@pytest.mark.parametrize(
    "talk",
    [
        "Your doctor can talk with our psychologist by calling 701-555-0180 by November 19, 2026.",
        "A treating physician may request a discussion at 701-555-0180 until November 19, 2026.",
        "For a discussion with a clinical pharmacist call 701-555-0180 by November 19, 2026.",
        "Reconsideration by phone: call 701-555-0180 by November 19, 2026.",
        "The Health Advocacy Unit can help you write a grievance: phone 701-555-0180.",
    ],
)
def test_a_talk_has_its_own_number_and_last_day(talk: str) -> None:
    rights = f"IF YOU DISAGREE\n\nYou can appeal within 180 days of the date of this letter.\n\n{talk}\n"
    appeal = read(DENIED + rights).appeal
    assert (value(appeal.phone), value(appeal.deadline)) == (None, None)


def test_an_office_of_appeals_and_complaints_takes_appeals() -> None:
    rights = (
        "IF YOU DISAGREE\n\nYou can appeal within 180 days after you get this letter.\n\n"
        "Write: Larkfield Plan, Appeals and Complaints, 310 Elevator Row, Fargo, ND 58102\nFax: 701-555-0183\n"
    )
    appeal = read(DENIED + rights).appeal
    assert value(appeal.address) == "Larkfield Plan, Appeals and Complaints, 310 Elevator Row, Fargo, ND 58102"
    assert value(appeal.fax) == "701-555-0183"


@pytest.mark.parametrize(
    ("asked", "service"),
    [
        ("the prior authorization request for arthroscopic debridement to treat a tear", "arthroscopic debridement"),
        ("the request sent in by your doctor for continuation of a series of sacral injections", "sacral injections"),
        ("the two claims listed above for residential detoxification care", "residential detoxification care"),
        ("the requested jaw joint procedure and are unable to approve it", "jaw joint procedure"),
    ],
)
def test_a_service_is_named_after_the_words_of_asking(asked: str, service: str) -> None:
    found = read(f"Dear Mr. Ames,\n\nWe have reviewed {asked}.\n\nIt is not medically necessary.\n").service
    assert value(found) == service


def test_a_greeting_below_a_heading_on_services_is_no_service() -> None:
    found = read("NOTICE ABOUT YOUR REQUEST FOR SERVICES - NOT APPROVED\n\nDear Mr. Ames,\n\nWe said no.\n").service
    assert found is None


def test_the_reason_goes_on_over_paragraphs_of_grounds_and_ends_before_the_reviewer() -> None:
    grounds = (
        "Plan policy requires that a less costly brace be tried first.",
        "Separately, the annual limit on visits has been reached.",
    )
    letter = (
        "Dear Member:\n\nAfter review, the request is denied.\n\n"
        + "\n\n".join(grounds)
        + "\n\nThis determination was made by Dr. R. Ames, a family physician.\n\nYou may appeal.\n"
    )
    reason = read(letter).reason
    assert value(reason) == " ".join(grounds)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("RE: Denial of coverage for Talvexa 40 mg prefilled pen\n\nDear Ms. Ito:\n\n", "Talvexa 40 mg prefilled pen"),
        ("Who sent the request for the service: Dr. Ana Ruiz, Otology\n\nDear Ms. Ito:\n\n", None),
        (
            "Dear Ms. Ito:\n\nWe denied the services listed below:\n\n    Inpatient hospice admission, Elm House\n"
            "    Requested by: Ana Ruiz, DO\n    Requested start date: 11/02/2026     Days requested: 10\n\n",
            "Inpatient hospice admission, Elm House",
        ),
        (
            "Dear Ms. Ito:\n\nBenefits of $812.00 for the removal of a cyst of the left wrist have been denied.\n\n",
            "removal of a cyst of the left wrist",
        ),
    ],
)
def test_a_service_is_no_person_and_no_sum_and_stands_without_the_notice_of_it(text: str, service: str | None) -> None:
    assert value(read(text + "The records do not show a trial of bracing.\n").service) == service


def test_new_information_sent_before_an_appeal_has_a_window_and_a_fax_of_its_own() -> None:
    found = read(
        DENIED + "RECONSIDERATION: additional records may be sent by fax to (800) 555-0102 within 10 business days of\n"
        "this notice.\n\nAPPEALS: The member must file within 180 calendar days after receipt of this notice.\n"
        "Appeals Fax: (614) 555-0171\n"
    )
    assert found.appeal.window is not None
    assert found.appeal.window.value.n == 180
    assert value(found.appeal.fax) == "(614) 555-0171"


def test_what_was_received_and_the_bare_denial_are_not_the_reason() -> None:
    found = read(
        "Dear Ms. Ito:\n\nOn May 4, 2026 we received a request for a wrist brace. The brace is not authorized. We do\n"
        "not find in the records a trial of splinting.\n\n"
    )
    assert value(found.reason) == "We do not find in the records a trial of splinting."


def test_a_letter_that_decides_the_first_appeal_opens_the_second() -> None:
    found = read(
        "Harbor Mutual\n\nDear Ms. Ito:\n\n"
        "This is the result of your first level appeal. We uphold the denial because\n"
        "the records do not show a trial of bracing.\n\nSecond level appeal\n\n"
        "We must receive it within 45 days of the date\n"
        "of this letter. Send a fax to 800-555-0121.\n\nExternal review\n\n"
        "You have four months from the day you receive\n"
        "our second level decision to ask. For a faster answer because of your health, call 800-555-0110.\n"
    ).appeal
    assert (value(found.window).n, value(found.window).unit) == (45, "days")
    assert value(found.fax) == "800-555-0121"
    assert found.phone is None
