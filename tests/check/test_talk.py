"""The parts of a letter's offer to talk with a reviewer."""

from datetime import date

import pytest

from pipeline.check import check
from tests.check.check_makers import denial

LETTER = date(2026, 10, 30)  # a Friday
TODAY = date(2026, 11, 2)


def offered(words, *, letter_date=LETTER, today=TODAY):
    dated = {"letter_date": letter_date} if letter_date else {}
    return check(denial(**dated, appeal={"peer_to_peer": words}), (), today).peer_to_peer


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ("Call 555-0100 within 14 days of this letter.", date(2026, 11, 13)),
        ("Call within 1 business day.", date(2026, 11, 2)),  # over the weekend
        ("Call within five (5) business days of this notice.", date(2026, 11, 6)),
        ("Call until 5 p.m. on the second business day after the determination.", date(2026, 11, 3)),
        ("Call within 10 business days.", date(2026, 11, 13)),  # Veterans Day is counted: never too late
        ("Call within two weeks.", date(2026, 11, 13)),
        ("Peer to peer: until Nov. 4, 2026.", date(2026, 11, 4)),
        ("Call before November 28, 2026 to speak with the doctor.", date(2026, 11, 27)),
        ("Call on or before November 28, 2026.", date(2026, 11, 28)),
        ("Your doctor may call at any time before an appeal is filed.", None),
        ("On October 27, 2026 a message was left. Your doctor may call us.", None),
    ],
)
def test_the_last_day_is_the_one_printed_or_that_of_the_window_from_the_letters_date(words, by):
    assert offered(words).by == by


def test_a_printed_day_goes_before_a_window():
    assert offered("Within 14 days, that is by November 12, 2026.").by == date(2026, 11, 12)


def test_without_the_letters_date_a_window_has_no_last_day():
    found = offered("Call within 14 days.", letter_date=None)
    assert (found.window.n, found.window.unit, found.by) == (14, "days", None)


@pytest.mark.parametrize(
    ("words", "phone"),
    [
        ("Call (804) 555-0146, option 3.", "(804) 555-0146"),
        ("Fax 605-555-0134, or call 605-555-0133.", "605-555-0133"),
        ("Your doctor may write to us.", None),
    ],
)
def test_the_number_to_call_is_no_fax(words, phone):
    assert offered(words).phone == phone


def test_a_talk_that_ends_with_an_appeal_is_marked():
    assert offered("Must be done within 7 days and before an appeal is filed.").before_appeal
    assert not offered("It is not an appeal.").before_appeal


def test_what_is_over_is_asked_for_all_the_same_and_told_to_be_over():
    words = "Call within 14 days of this letter."
    last, late = ({a.kind: a for a in _actions(words, day)}["peer_to_peer"] for day in (13, 14))
    assert "over" not in last.what
    assert late.what.startswith("The time for the peer-to-peer talk is over")
    assert last.by == late.by == date(2026, 11, 13)


def _actions(words, day):
    case = denial(letter_date=LETTER, appeal={"peer_to_peer": words})
    return check(case, (), date(2026, 11, day)).actions


def test_no_offer_is_none():
    assert check(denial(letter_date=LETTER), (), TODAY).peer_to_peer is None


def test_a_talk_is_never_told_to_be_open_longer_than_the_letter_may_mean():
    words = "Call 605-555-0133 within 5 business days of receipt of this letter."  # over Veterans Day
    assert offered(words, letter_date=date(2026, 11, 6), today=date(2026, 11, 9)).by == date(2026, 11, 13)
