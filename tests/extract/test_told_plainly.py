"""Letters that tell plainly what others put beside labels: the refusal, who asked, the list, the talk."""

from typing import Any

import pytest

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.criteria.criteria import criteria
from pipeline.extract.letter.letter import read_letter
from pipeline.extract.roles import sort_documents
from schemas.denial import Denial
from schemas.document import Role
from tests.makers import document


def read(letter: str) -> Denial:
    return extract_denial(RulesExtractor(), document(letter), []).denial


def value(cited: Any) -> Any:
    return None if cited is None else cited.value


def told(letter: str) -> list[str]:
    found = criteria(read_letter(document(letter)), [], "brace", "")
    return [" ".join(" ".join(quote.text for quote in row.quotes).split()).strip(" .;,") for row in found]


@pytest.mark.parametrize(
    "refusal",
    [
        "We turned this request down.",
        "Your doctor's order was turned down.",
        "The Plan has decided against it.",
        "We looked at it, and our answer is no.",
        "We have refused this request.",
        "The request was unsuccessful.",
    ],
)
def test_a_letter_that_refuses_in_plain_words_is_a_denial(refusal: str) -> None:
    letter = f"Elm Cooperative\n\nDear Ana Roe,\n\n{refusal} You may appeal within 180 days of this letter.\n"
    (found,) = sort_documents([document(letter)], []).documents
    assert found.role is Role.DENIAL_LETTER


def test_a_note_of_a_patient_who_turned_a_drug_down_is_no_denial() -> None:
    note = "OFFICE VISIT\nAssessment and Plan: knee pain. She turned the injection down. Start therapy."
    (found,) = sort_documents([document(note)], []).documents
    assert found.role is Role.CLINICAL_NOTE


ROWS = ("Knee pain for at least 6 weeks", "Failed a trial of naproxen", "At least 6 visits of therapy")


@pytest.mark.parametrize("mark", ["Line {}   ", "Question {}   ", "Test {}:  ", "Element {}. "])
def test_lines_numbered_by_a_word_are_criteria(mark: str) -> None:
    rows = "\n".join(f"    {mark.format(n)}{row}" for n, row in enumerate(ROWS, 1))
    assert told(f"We cannot approve it.\n\nElm Rule 7 allows the brace when every line holds:\n\n{rows}\n") == list(
        ROWS
    )


@pytest.mark.parametrize("head", ["What must be shown", "What is required", "What has to be met"])
def test_a_table_without_a_ruled_column_gives_its_words_and_no_numbers(head: str) -> None:
    rows = "\n".join(f"   7.{n}     {row:<50}  No" for n, row in enumerate(ROWS, 1))
    table = f"   Rule    {head:<50}  Shown?\n   -----   {'-' * 50}  ------\n{rows}\n"
    assert told(f"We cannot approve it.\n\nThis table compares your records.\n\n{table}") == list(ROWS)


def test_items_numbered_in_letters_below_a_figure_are_criteria_of_their_own() -> None:
    items = "\n".join(f"   4.{mark}. {row}" for mark, row in zip("abc", ROWS, strict=True))
    assert told(f"We cannot approve it.\n\n4. The criteria. Elm Criterion Set 9:\n\n{items}\n") == list(ROWS)


@pytest.mark.parametrize("lead", ["To get the brace:", "To qualify for a brace:", "To keep your brace:"])
def test_what_it_takes_to_get_a_thing_leads_to_criteria(lead: str) -> None:
    items = "\n".join(f"   * {row}" for row in ROWS)
    assert told(f"We said no.\n\nThe rule is Elm Rule 4, dated May 1, 2026. {lead}\n\n{items}\n") == list(ROWS)


def test_what_a_policy_wants_with_this_and_with_that_is_parted() -> None:
    said = "The policy wants an adult of 18 years or more with a pain score of 4 or higher, with at least 6 weeks of\n"
    said += "physical therapy, and with a body mass index below 40."
    assert told(f"We cannot approve it.\n\n{said}\n") == [
        "an adult of 18 years or more",
        "a pain score of 4 or higher",
        "at least 6 weeks of physical therapy",
        "a body mass index below 40",
    ]


@pytest.mark.parametrize(
    ("said", "service"),
    [
        ("Dr. Hollis Roe of Elm Clinic would like you to have an MRI of the right wrist (73221).",
         "MRI of the right wrist"),
        ("You were to have shock wave therapy of the left heel on May 9, 2026.", "shock wave therapy of the left heel"),
        ("On May 2, 2026 the Elm Eye Center sent us a request for Tepezza infusions, HCPCS J3241.",
         "Tepezza infusions"),
        ("WE ARE NOT ABLE TO APPROVE: Inpatient rehabilitation admission (diagnosis S72.141D)",
         "Inpatient rehabilitation admission"),
        ("About: Spravato 84 mg, 8 treatments (HCPCS G2083), for F33.2", "Spravato 84 mg, 8 treatments"),
        ("We do not cover experimental or investigational procedures.", None),
        ("You can do little more than an hour of therapy a day.", None),
    ],
)  # fmt: skip
def test_the_service_is_what_a_sentence_says_was_wanted(said: str, service: str | None) -> None:
    assert value(read(f"Elm Health Plan\n\n{said}\n\nWe cannot approve this at this time.\n").service) == service


def test_a_mail_names_its_patient_payer_and_numbers_in_prose() -> None:
    found = read(
        'From: "Drug Review" <a@elm.example>\nTo: Ana Roe-Lopez <ana@inbox.example>\n'
        "Date: Wed, 4 Nov 2026 16:22:09 -0800\n"
        "Subject: A decision about your request\n\nElm Health Plans of Oregon, Inc.\n\nHello Ana,\n\n"
        "On Oct. 29, 2026 the Tualatin Eye Center sent us a request for Tepezza. Your member ID is BHO-8814-70936 and\n"
        "your date of birth in our system is 04/19/1983.\n\nWe are unable to cover this drug.\n\n"
        "Warm regards,\nDrug Review, on behalf of Leopold Ash, PharmD\n"
    )
    assert value(found.payer) == "Elm Health Plans of Oregon, Inc."
    assert value(found.patient_name) == "Ana Roe-Lopez"
    assert value(found.member_id) == "BHO-8814-70936"
    assert str(value(found.birth_date)) == "1983-04-19"
    assert str(value(found.received_date)) == "2026-10-29"


def test_a_window_of_the_studies_is_none_of_the_appeal() -> None:
    letter = (
        "Elm Health Plan\nMay 4, 2026\n\nWe cannot approve it. The published studies disagree with one another, "
        "and most\nhave followed patients for up to twelve weeks.\n\nThe disputed claims process\n\n"
        "Ask us to reconsider. Your request has to reach us within 6 months of the date of this letter.\n"
    )
    window = read(letter).appeal.window
    assert window is not None
    assert (window.value.n, window.value.unit) == (6, "months")


def test_the_day_on_which_records_were_sent_is_not_that_of_the_letter() -> None:
    letter = (
        "ELM HEALTH HMO                              Review Unit\n"
        "                                            26-Oct-2026\n\n"
        "Elm Center\n1500 Oak Street\nColumbus, OH 43215\n\n"
        "We looked at the record\nsent on 22-Oct-2026 and do not agree that\n"
        "inpatient status was warranted. The request is denied.\n"
    )
    assert str(value(read(letter).letter_date)) == "2026-10-26"


@pytest.mark.parametrize(
    "offer",
    [
        "A psychiatrist from the Plan can be reached by your doctor at 307-555-0118.",
        "If Dr. Roe wishes to talk it over, she may reserve a conversation with one of our physicians at 317-555-0126.",
        "IF YOUR PROVIDER WANTS TO TALK TO OUR DOCTOR\nThe therapist can call 402-555-0137 within 7 business days.",
        "If your clinician wants to speak with ours\n\nA call can be arranged at 603-555-0117.",
    ],
)
def test_a_talk_with_a_reviewer_is_offered_in_many_ways(offer: str) -> None:
    found = read(
        f"Elm Health Plan\n\nThe request is denied because no trial was shown.\n\n{offer}\n\nYou may appeal.\n"
    )
    assert found.appeal.peer_to_peer is not None
    assert "555-01" in found.appeal.peer_to_peer.value


@pytest.mark.parametrize(
    "head",
    [
        "From: a@acme.example\nTo: b@clinic.example\nSubject: Auth\nDate: Tue, 10 Nov 2026 07:42\n\nNovember 9, 2026",
        "Coverage determination   Posted: 11/10/2026   Viewed: 11/12/2026\n\nNovember 9, 2026",
    ],
)
def test_a_letter_is_of_the_day_it_bears_and_not_of_a_day_it_was_sent_or_posted_later(head: str) -> None:
    text = f"{head}\n\nDear Ann Roe:\n\nWe have denied the MRI. You may appeal within 90 days of this letter.\n"
    found = RulesExtractor().propose_denial(document(text), [])
    assert [one.value for one in found.values if one.field == "letter_date"] == ["2026-11-09"]
