"""The letter's sixth part: a supplied guideline quoted whole and cited, or a blank, or nothing."""

import pytest

from pipeline.draft import Evidence, exhibits, verify, write
from pipeline.draft.citations import cite
from schemas.document import Document, Role, Whose
from schemas.letter import Part, RefusedSentence, Section, Sentence, SentenceKind
from schemas.span import Span
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, TODAY, document, span

FIRST = "TKA should be offered to adults with grade 4\nosteoarthritis of the knee."
SECOND = "We recommend TKA when therapy has failed."
OTHER = "TKA is one of the most common operations."
GUIDELINE = document("guideline", Role.GUIDELINE, OTHER, f"{FIRST}\n{SECOND}", patient=Whose.UNKNOWN)
SUPPLIED = (*DOCUMENTS, GUIDELINE)
PASSAGES = (span("guideline", FIRST, SUPPLIED), span("guideline", SECOND, SUPPLIED))
EXHIBITS = exhibits(SUPPLIED, FACTS, COVERAGE, DENIAL)
EVIDENCE = Evidence.of(DENIAL, FACTS, COVERAGE, EXHIBITS, TODAY, PASSAGES)


def part(
    documents: tuple[Document, ...] = SUPPLIED, passages: tuple[Span, ...] = PASSAGES
) -> tuple[Section, tuple[RefusedSentence, ...]]:
    listed = exhibits(documents, FACTS, COVERAGE, DENIAL)
    letter = write(DENIAL, FACTS, COVERAGE, listed, TODAY, documents=documents, guideline=passages)
    return next(section for section in letter.sections if section.part is Part.GUIDELINE), letter.refused


def quoting(**changed: object) -> Sentence:
    return part()[0].sentences[0].model_copy(update=changed)


def test_each_passage_is_quoted_word_for_word_and_cited_by_exhibit_and_page() -> None:
    section, refused = part()
    assert refused == ()
    assert [f"{s.text} {cite(s.citations, EXHIBITS)}" for s in section.sentences] == [
        "The enclosed guideline states: \u201cTKA should be offered to adults with grade 4 osteoarthritis of the "
        "knee.\u201d [Ex. B, p. 2]",
        f"The guideline also states: \u201c{SECOND}\u201d [Ex. B, p. 2]",
    ]
    assert [(s.kind, s.citations) for s in section.sentences] == [(SentenceKind.FACT, (p,)) for p in PASSAGES]
    assert all("fits this patient" in sentence.comment for sentence in section.sentences)


def test_a_supplied_guideline_without_a_passage_leaves_a_blank() -> None:
    (blank,) = part(passages=())[0].sentences
    assert blank.kind is SentenceKind.PLACEHOLDER
    assert "Quote the passage" in blank.comment


def test_without_a_guideline_the_part_says_nothing() -> None:
    assert part(DOCUMENTS, ())[0].sentences == ()


def test_a_passage_of_no_guideline_or_of_one_not_enclosed_is_not_quoted() -> None:
    note = span("note", "Her mother has rheumatoid arthritis.")
    assert [s.kind for s in part(passages=(note,))[0].sentences] == [SentenceKind.PLACEHOLDER]
    assert part(DOCUMENTS, PASSAGES)[0].sentences == ()
    apart = GUIDELINE.model_copy(update={"patient": Whose.OTHER})
    assert part((*DOCUMENTS, apart))[0].sentences == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("grade 4", "grade 3"),
        ("should be offered", "should not be offered"),
        ("TKA should be", "surgery should be"),
        ("to adults with grade 4 osteoarthritis of the knee", "to adults"),
        ("\u201c", ""),
        ("The enclosed guideline", "The American guideline"),
        ("The enclosed guideline", "The enclosed record"),
        ("states:", "recommends knee arthroplasty for adults:"),
    ],
)
def test_a_passage_changed_cut_or_paraphrased_is_refused(old: str, new: str) -> None:
    assert verify(quoting(), EVIDENCE) == ()
    assert verify(quoting(text=quoting().text.replace(old, new)), EVIDENCE) != ()


def test_a_guideline_carries_no_statement_of_the_patient_and_only_its_passages_are_cited() -> None:
    assert verify(quoting(facts=("kl",), citations=(*PASSAGES[:1], *FACTS[4].spans)), EVIDENCE) != ()
    assert verify(quoting(text="The patient has osteoarthritis of the knee."), EVIDENCE) != ()
    elsewhere = span("guideline", OTHER, SUPPLIED)
    assert verify(quoting(text=f"The enclosed guideline states: \u201c{OTHER}\u201d", citations=(elsewhere,)), EVIDENCE)
