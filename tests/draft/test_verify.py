from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.draft import verify, write
from schemas.letter import Letter, Sentence, SentenceKind
from tests.draft.knee_case import COVERAGE, DENIAL, FACTS, TODAY, enclosed, evidence, span
from tests.draft.mutants import mutants, stated

EVIDENCE = evidence()


@pytest.fixture(scope="module")
def letter() -> Letter:
    return write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY)


def a_sentence(text: str, *facts: str, **more: object) -> Sentence:
    spans = tuple(s for name in facts for s in (*EVIDENCE.facts[name].spans, *EVIDENCE.facts[name].date_spans))
    known = {"id": "x", "kind": SentenceKind.FACT, "text": text, "facts": facts, "citations": spans, **more}
    return Sentence.model_validate(known)


def refused(text: str, *facts: str, **more: object) -> str:
    return "; ".join(verify(a_sentence(text, *facts, **more), EVIDENCE))


def test_every_sentence_of_the_letter_is_verified_and_every_stated_fact_cited(letter: Letter) -> None:
    assert letter.refused == ()
    for section in letter.sections:
        for sentence in section.sentences:
            assert verify(sentence, EVIDENCE) == (), sentence.text
            assert sentence.citations or sentence.kind is not SentenceKind.FACT


def test_every_change_of_meaning_is_refused(letter: Letter) -> None:
    every = list(mutants(stated(letter), EVIDENCE))
    survived = [(mutant.kind, mutant.sentence.text) for mutant in every if not verify(mutant.sentence, EVIDENCE)]
    assert survived == []
    counted = Counter(mutant.kind for mutant in every)
    assert counted.total() > 500
    assert min(counted[kind] for kind in ("number", "date", "negation", "side", "drug", "test", "citation")) >= 4


@given(st.data())
def test_a_word_that_nothing_cited_contains_is_refused_wherever_it_stands(data: st.DataObject) -> None:
    text = "The patient was treated with naproxen 500 mg from January 12, 2026 to March 9, 2026."
    words = text.split(" ")
    place = data.draw(st.integers(0, len(words)))
    intruder = data.draw(st.sampled_from(["celecoxib", "Humira", "laminectomy", "fever", "Dr. Osei", "excruciating"]))
    mutant = " ".join((*words[:place], intruder, *words[place:]))
    assert verify(a_sentence(text, "naproxen"), EVIDENCE) == ()
    assert verify(a_sentence(mutant, "naproxen"), EVIDENCE)


def test_a_sentence_that_cites_nothing_is_refused() -> None:
    assert "cites nothing" in refused("The patient was treated with naproxen.", "naproxen", citations=())


def test_an_unknown_fact_and_an_unknown_field_are_refused() -> None:
    known = EVIDENCE.facts["naproxen"].spans
    assert "no fact ibuprofen" in refused("The patient was treated.", "naproxen", facts=("ibuprofen",), citations=known)
    assert "no claim_number" in refused("The patient was treated.", "naproxen", fields=("claim_number",))


def test_a_page_that_is_not_enclosed_cannot_be_cited() -> None:
    without_note = EVIDENCE.of(DENIAL, FACTS, COVERAGE, enclosed()[:1], TODAY)
    sentence = a_sentence("The patient was treated with naproxen.", "naproxen")
    assert any("not enclosed" in reason for reason in verify(sentence, without_note))


def test_a_place_of_another_fact_cannot_be_cited() -> None:
    other = EVIDENCE.facts["WOMAC"].spans
    assert "none of its facts" in refused("The patient was treated with naproxen.", "naproxen", citations=other)


@pytest.mark.parametrize("name", ["rheumatoid-arthritis", "meloxicam"])
def test_a_fact_of_the_family_or_of_a_plan_supports_nothing(name: str) -> None:
    assert "supports nothing" in refused(f"The record notes {EVIDENCE.facts[name].name}.", name)


def test_a_fact_dated_after_today_is_refused() -> None:
    earlier = EVIDENCE.of(DENIAL, FACTS, COVERAGE, enclosed(), TODAY.replace(month=1, day=2))
    sentence = a_sentence("The patient was treated with naproxen.", "naproxen")
    assert any("after today" in reason for reason in verify(sentence, earlier))


def test_what_the_record_denies_cannot_be_affirmed() -> None:
    name = "active-infection"
    assert "affirms what the record denies" in refused("The record notes active infection.", name)
    assert "leaves out the negation" in refused("The record notes: \u201cactive infection\u201d.", name)
    assert refused("The record notes no active infection.", name) == ""
    assert refused("The record notes: \u201cno active infection\u201d.", name) == ""


def test_what_an_unmet_criterion_asks_is_never_stated_as_reached() -> None:
    text = "The patient was treated with physical therapy for the right knee for {} weeks."
    assert refused(text.format(10), "pt", criterion="C2") == ""
    assert "12 weeks" in refused(text.format(12), "pt", criterion="C2")


def test_a_comparison_needs_a_criterion_that_is_met() -> None:
    text = "The recorded WOMAC score exceeds 58 out of 96."
    assert "comparison" in refused(text, "WOMAC")
    assert refused("The record meets this criterion.", "kl", criterion="C1") == ""
    assert "comparison" in refused("The record meets this criterion.", "pt", criterion="C2")


def test_a_criterion_is_met_only_by_the_facts_that_were_found_to_meet_it() -> None:
    assert "not found met by" in refused("The record meets this criterion.", "WOMAC", criterion="C1")


def test_an_outcome_must_be_that_of_a_cited_fact() -> None:
    text = "The patient was treated with naproxen; {}."
    assert refused(text.format("the record reports that it failed"), "naproxen") == ""
    assert "outcome" in refused(text.format("the patient could not tolerate it"), "naproxen")


@pytest.mark.parametrize(
    "text",
    [
        "We ask that the addendum be read; it will be sent.",
        "The score has been requested from the clinic.",
        "The therapy records are forthcoming.",
    ],
)
def test_what_somebody_did_or_will_do_is_refused_without_a_fact(text: str) -> None:
    sentence = Sentence(id="x", kind=SentenceKind.ASK, text=text)
    assert any("what somebody does" in reason for reason in verify(sentence, EVIDENCE))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Unfortunately, the decision is an appeal.", "emotion"),
        ("The decision is clearly the reason.", "superlatives"),
        ("The service is the standard of care.", "generalities"),
        ("The success rate of the service is enclosed.", "statistics"),
    ],
)
def test_a_tone_not_fit_for_a_letter_is_refused(text: str, kind: str) -> None:
    sentence = Sentence(id="x", kind=SentenceKind.ASK, text=text)
    assert any(kind in reason for reason in verify(sentence, EVIDENCE))


def test_the_payers_own_words_may_be_quoted_whatever_their_tone() -> None:
    reason = DENIAL.reason
    assert reason is not None
    quoted = Sentence(
        id="x",
        kind=SentenceKind.FACT,
        text="The notice gives this reason: \u201cnot medically necessary\u201d.",
        fields=("reason",),
        citations=reason.spans,
    )
    assert verify(quoted, EVIDENCE) == ()
    bare = quoted.model_copy(update={"text": "The notice states \u201cmedically necessary\u201d."})
    assert any("leaves out the negation" in found for found in verify(bare, EVIDENCE))
    ours = quoted.model_copy(update={"text": "The record states 12 weeks."})
    assert any("12 weeks" in found for found in verify(ours, EVIDENCE))


def test_a_field_is_repeated_as_the_notice_states_it() -> None:
    text = "We request total knee arthroplasty, right knee."
    known = Sentence(id="x", kind=SentenceKind.ASK, text=text, fields=("service",))
    assert verify(known, EVIDENCE) == ()
    assert verify(known.model_copy(update={"text": "We request total knee arthroplasty."}), EVIDENCE)


def test_law_stands_word_for_word_or_not_at_all() -> None:
    first = COVERAGE.legal_basis[1]
    known = Sentence(id="x", kind=SentenceKind.LAW, text=f"{first.text[:-1]} ({first.source}).", rule=first.rule)
    assert verify(known, EVIDENCE) == ()
    changed = known.model_copy(update={"text": known.text.replace("30 days", "15 days")})
    assert verify(changed, EVIDENCE)
    assert verify(known.model_copy(update={"rule": "fehb_reconsideration"}), EVIDENCE)


def test_a_placeholder_is_bracketed_and_tells_the_reviewer_what_to_supply() -> None:
    blank = Sentence(id="x", kind=SentenceKind.PLACEHOLDER, text="[Evidence]", comment="From the clinic.")
    assert verify(blank, EVIDENCE) == ()
    assert verify(blank.model_copy(update={"comment": ""}), EVIDENCE)
    assert verify(blank.model_copy(update={"text": "Evidence"}), EVIDENCE)
    assert verify(blank.model_copy(update={"citations": (span("note", "Naproxen"),)}), EVIDENCE)
    assert verify(blank.model_copy(update={"text": "[12 weeks of therapy]"}), EVIDENCE)
