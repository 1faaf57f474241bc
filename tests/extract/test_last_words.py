"""An offer to talk with a reviewer, and the words by which no appeal to the plan is left."""

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from tests.makers import document

DENIED = "Dear Member:\n\nThe request is denied because the records do not show a trial of bracing.\n\n"
OFFER = "Your doctor may ask for a peer-to-peer talk within 14 days of this letter by calling 800-555-0119."


def channel(letter):
    return extract_denial(RulesExtractor(), document(letter), []).denial.appeal


def offer(rights):
    found = channel(DENIED + rights).peer_to_peer
    return " ".join(found.value.split()) if found else None


def test_an_offer_is_read_with_its_number_and_its_window():
    assert offer(f"You may appeal within 180 days of this letter.\n\n{OFFER}") == OFFER


def test_all_that_its_paragraph_says_of_the_talk_belongs_to_it():
    told = "A peer to peer talk may be asked for within 5 business days. Call (804) 555-0146, option 3."
    assert offer(told) == told


@pytest.mark.parametrize(
    "told",
    [
        "Your clinician can talk to a NovaScan doctor until 17 November 2026: 1-866-555-0129, option 2.",
        "Your doctor can call 515-555-0171 before August 28, 2026 to speak with the doctor who made this decision.",
    ],
)
def test_a_talk_of_the_doctor_with_a_doctor_of_the_plan_is_an_offer(told):
    assert offer(told) == told


def test_a_talk_with_ones_own_doctor_is_no_offer():
    assert offer("You can talk to your doctor about other ways to care for you. Call 802-555-0166.") is None


@pytest.mark.parametrize(
    "rights",
    [
        "You may appeal within 180 days of this letter.",
        "A peer-to-peer talk was offered and took place on Oct. 27.",
        "Peer-to-peer discussion is not available for this request.",
        "PEER-TO-PEER",
    ],
)
def test_what_offers_no_talk_is_no_offer(rights):
    assert offer(rights) is None


def test_a_final_determination_says_that_appeals_are_used_up():
    found = channel(f"NOTICE OF FINAL INTERNAL ADVERSE BENEFIT DETERMINATION\n\n{DENIED}").used_up
    assert found is not None
    assert found.value == "NOTICE OF FINAL INTERNAL ADVERSE BENEFIT DETERMINATION"


def test_appeals_that_are_to_be_used_up_are_not():
    rights = "After you have exhausted the internal appeals you may ask for an external review."
    assert channel(DENIED + rights).used_up is None
