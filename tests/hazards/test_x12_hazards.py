"""X12 interchanges that could give one patient another's claim, or a claim an amount that nobody stated."""

from itertools import pairwise
from random import Random

import pytest

from pipeline.errors import AppealwrightError
from pipeline.extract import RulesExtractor, denies_nothing, extract_denial
from pipeline.ingest import Limits, open_file
from pipeline.ingest._opened import Reading
from schemas.case import Category
from schemas.denial import Denial
from tests.makers import document
from tests.x12_maker import DENIED, HEADING, PAID, remittance, written

NAMES = (("ELENA RIVERA", "W102074778", "CLM1001"), ("JOHN MARSH", "W555000111", "CLM1002"))


def outcome(data: bytes) -> list[Reading | Category]:
    """Each page, or what kind of failure it is."""
    try:
        opened = open_file("era", data, Limits())
    except AppealwrightError as error:
        return [error.failure.category]
    found: list[Reading | Category] = []
    for number in range(1, opened.count + 1):
        try:
            page = opened.read(number)
        except AppealwrightError as error:
            found.append(error.failure.category)
        else:
            assert isinstance(page, Reading)
            found.append(page)
    return found


def text(found: Reading | Category) -> str:
    return found.text if isinstance(found, Reading) else ""


def denial(text: str) -> Denial:
    return extract_denial(RulesExtractor(), document(text), []).denial


def test_a_claim_that_names_nobody_does_not_take_the_patient_of_the_one_before() -> None:
    first, second = outcome(written(remittance(DENIED, (PAID[0], *PAID[2:]))))
    assert "ELENA RIVERA" in text(first)
    assert "Patient name" not in text(second)
    assert "Member ID" not in text(second)


def test_a_claim_whose_beginning_is_lost_is_not_read_into_the_one_before() -> None:
    (found,) = outcome(written(remittance(DENIED, PAID[1:])))
    assert found is Category.UNREADABLE


def test_lines_of_a_claim_whose_beginning_and_patient_are_lost_are_not_shown_as_anothers() -> None:
    segments = [one for one in remittance(DENIED, PAID) if one not in PAID[:2]]  # counted as if they were there
    (found,) = outcome(written(segments))
    assert found is Category.UNREADABLE


def test_the_claim_within_which_an_interchange_ends_fails_and_those_before_it_stand() -> None:
    data = written(remittance(DENIED, PAID))
    whole, cut = outcome(data[: data.index(b"CAS*PR*2")])
    assert "CLM1001" in text(whole)
    assert cut is Category.UNREADABLE


def test_wherever_an_interchange_is_cut_no_page_mixes_two_patients_or_changes_an_amount() -> None:
    data = written(remittance(DENIED, PAID, DENIED))
    sound = {line for page in outcome(data) for line in text(page).splitlines()}
    for end in range(1, len(data)):
        for page in outcome(data[:end]):
            check_whole(text(page))
            assert set(text(page).splitlines()) <= sound or not text(page).startswith("REMITTANCE")


def test_however_an_interchange_is_damaged_no_page_mixes_two_patients() -> None:
    data = written(remittance(DENIED, PAID, DENIED, PAID))
    for seed in range(400):
        random = Random(seed)
        pieces = data.split(b"~")
        for _ in range(random.randint(1, 3)):
            at = random.randrange(1, len(pieces))
            what = random.choice(("lost", "doubled", "swapped"))
            if what == "lost":
                del pieces[at]
            elif what == "doubled":
                pieces.insert(at, pieces[at])
            else:
                pieces[at - 1], pieces[at] = pieces[at], pieces[at - 1]
        for page in outcome(b"~".join(pieces)):
            if text(page).startswith("REMITTANCE"):
                check_names(text(page))


def check_whole(page: str) -> None:
    for (name, member, claim), other in (NAMES, NAMES[::-1]):
        if claim in page and page.startswith("REMITTANCE"):
            assert name in page
            assert member in page
            assert not any(word in page for word in other)


def check_names(page: str) -> None:
    assert not ("ELENA RIVERA" in page and "JOHN MARSH" in page)
    assert not ("ELENA RIVERA" in page and "W555000111" in page)
    assert not ("JOHN MARSH" in page and "W102074778" in page)


def test_an_amount_that_is_missing_is_neither_nothing_nor_the_next() -> None:
    line = "SVC*HC:29827*900***0"  # what was paid is not stated
    (page,) = outcome(written(remittance((DENIED[0], DENIED[1], line, *DENIED[3:]))))
    assert "29827   0   900.00   -\n" in text(page)
    assert [note.code for note in page.notes] == ["x12_amount"] if isinstance(page, Reading) else False
    assert denial(text(page)).denied_amount is None


@pytest.mark.parametrize("wrong", ["9OO", "1,000", "900-", "0x10", "∞", "\uff19\uff10\uff10"])
def test_an_amount_that_is_no_number_is_left_out(wrong: str) -> None:
    (page,) = outcome(written(remittance((DENIED[0], DENIED[1], f"SVC*HC:29827*{wrong}*0**0", *DENIED[3:]))))
    assert wrong not in text(page).partition("Claim total")[0]
    assert denial(text(page)).denied_amount is None


def test_a_denied_line_gives_its_own_amount_codes_and_patient() -> None:
    first, second = outcome(written(remittance(DENIED, PAID)))
    found = denial(text(first))
    assert found.denied_amount is not None
    assert str(found.denied_amount.value) == "900.00"
    assert [cited.value for cited in found.reason_codes] == ["CO-50", "N115"]
    assert found.patient_name is not None
    assert found.patient_name.value == "ELENA RIVERA"
    assert denial(text(second)).denied_amount is None


def test_an_earlier_payment_or_denial_taken_back_denies_nothing() -> None:
    claim = ("CLP*A-1*22*-900*0**12*CLM1001*11", DENIED[1], "SVC*HC:29827*-900*0**1", DENIED[3], "CAS*CO*50*-900")
    (page,) = outcome(written(remittance(claim)))
    assert "-900.00   0.00" in text(page)
    assert denies_nothing(document(text(page)))


@pytest.mark.parametrize(
    ("line", "adjustment", "nothing"),
    [
        ("SVC*HC:29827*900*0**0", "CAS*CO*50*900", False),
        ("SVC*HC:29827*900*0**0", "CAS*PI*204*900", False),
        ("SVC*HC:29827*900*0**1", "CAS*PR*1*900", True),  # the patient's deductible
        ("SVC*HC:29827*900*700**1", "CAS*CO*45*200", True),  # the price agreed
        ("SVC*HC:29827*900*0**1", "CAS*OA*23*900", True),  # paid by another payer
    ],
)
def test_a_claim_denies_by_what_its_adjustments_are(line: str, adjustment: str, nothing: bool) -> None:
    paid = line.split("*")[3]
    claim = (f"CLP*A-1*1*900*{paid}**12*CLM1001*11", DENIED[1], line, DENIED[3], adjustment)
    (page,) = outcome(written(remittance(claim)))
    assert denies_nothing(document(text(page))) is nothing


def test_a_claim_denied_as_a_whole_denies_though_its_lines_do_not_tell() -> None:
    claim = ("CLP*A-1*4*900*0**12*CLM1001*11", DENIED[1], "SVC*HC:29827*900*0**0", DENIED[3], "CAS*CO*45*900")
    (page,) = outcome(written(remittance(claim)))
    assert not denies_nothing(document(text(page)))


def test_the_payer_of_one_remittance_is_not_that_of_the_next() -> None:
    other = [one.replace("ORCHARD VALLEY HEALTH PLAN", "GRANITE STATES HEALTH") for one in HEADING]
    both = written(remittance(DENIED)) + written(remittance(PAID, heading=other))
    for page, (mine, others) in zip(outcome(both), pairwise(("ORCHARD", "GRANITE", "ORCHARD")), strict=True):
        assert mine in text(page)
        assert others not in text(page)
