"""The report says of each sentence what carries each token."""

import json

from pipeline.draft import report, verify_sentence, write
from schemas.letter import CheckedToken, LetterReport, Sentence, SentenceKind, TokenKind
from tests.draft.knee_case import COVERAGE, DENIAL, FACTS, TODAY, enclosed, evidence

EVIDENCE = evidence()
TEXT = (
    "The patient was treated with physical therapy for the right knee from May 4, 2026 to July 13, 2026 "
    "(70 days, or 10 weeks; 11 visits); the record reports that it failed "
    "(\u201cfailed to improve pain or function\u201d)."
)


def stating(text: str) -> Sentence:
    spans = EVIDENCE.facts["pt"].spans
    return Sentence(id="s1", kind=SentenceKind.FACT, text=text, facts=("pt",), citations=spans, criterion="C2")


def tokens(text: str) -> dict[str, CheckedToken]:
    return {token.text: token for token in verify_sentence(stating(text), EVIDENCE).tokens}


def test_each_token_has_the_place_that_states_it() -> None:
    found = tokens(TEXT)
    quote = {text: token.span.quote for text, token in found.items() if token.span}
    assert quote["11 visits"] == "The patient attended 11 visits over 10 weeks."
    assert quote["failed to improve pain or function"] == "failed to improve pain or function"
    assert quote["May 4, 2026"] == quote["July 13, 2026"]
    assert quote["physical therapy"] == "physical therapy"
    assert found["right"].kind is TokenKind.SIDE
    assert found["knee"].kind is TokenKind.BODY_PART
    assert found["reports that it failed"].fact == "pt"


def test_arithmetic_is_marked_as_figured() -> None:
    found = tokens(TEXT)
    assert found["70 days"].figured
    assert found["10 weeks"].span is not None  # the therapist says so too


def test_a_refused_sentence_shows_the_token_that_nothing_carries() -> None:
    told = verify_sentence(stating(TEXT.replace("11 visits", "14 visits")), EVIDENCE)
    assert told.verdict == "refused"
    assert [token.text for token in told.tokens if not token.is_carried] == ["14 visits"]
    assert any("14 visits" in reason for reason in told.reasons)


def test_a_placeholder_is_open_and_a_statement_of_law_has_its_rule() -> None:
    blank = Sentence(id="b", kind=SentenceKind.PLACEHOLDER, text="[Evidence]", comment="From the clinic.")
    assert verify_sentence(blank, EVIDENCE).verdict == "open"
    rule, text = min(EVIDENCE.law)
    law = Sentence(id="l", kind=SentenceKind.LAW, text=text, rule=rule)
    assert [token.rule for token in verify_sentence(law, EVIDENCE).tokens] == [rule]


def test_the_report_of_a_letter_reads_back_from_json_and_names_every_sentence() -> None:
    letter = write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY)
    told = report(letter, EVIDENCE)
    assert LetterReport.model_validate(json.loads(told.model_dump_json())) == told
    assert [one.id for one in told.sentences] == [one.id for section in letter.sections for one in section.sentences]
    assert told.refused == ()
