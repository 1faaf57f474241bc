"""An unmet criterion: what the documents allow to argue, in their own words, and nothing else."""

import pytest

from pipeline.draft import gather, main_letter, verify
from pipeline.draft.exceptions import exceptions
from schemas.denial import Denial
from schemas.document import Document, Role, Whose
from schemas.fact import Fact, FactKind, Length, Outcome
from schemas.letter import Exhibit, Part, Sentence, SentenceKind
from schemas.requirement import Duration
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, TODAY, document, enclosed, weeks

TWELVE = Duration(terms=("physical therapy",), length=Length(n=weeks(12).n, unit="weeks"))
ASKED = DENIAL.model_copy(
    update={
        "criteria": tuple(c.model_copy(update={"requirement": TWELVE}) if c.id == "C2" else c for c in DENIAL.criteria)
    }
)
_C2 = ("C2", "C3")  # the criterion and the one after it
WAIVED = "Physical therapy is not required when bone-on-bone contact is shown on weight-bearing radiographs."


def policy(text: str, role: Role = Role.POLICY) -> Document:
    return document("policy", role, text, patient=Whose.UNKNOWN)


def answers(*documents: Document, facts: tuple[Fact, ...] = FACTS, denial: Denial = ASKED) -> list[Sentence]:
    listed = (*enclosed(), *(Exhibit(label="X", document=d.id, pages=(1,)) for d in documents))
    every = (*DOCUMENTS, *documents)
    guideline = [d.pages[0].span(0, len(d.pages[0].text)) for d in documents if d.role is Role.GUIDELINE]
    evidence = gather(denial, facts, COVERAGE, listed, TODAY, every, guideline)
    letter = main_letter(evidence, every)
    assert letter.refused == ()
    answered = next(section.sentences for section in letter.sections if section.part is Part.CRITERIA)
    said = [n for n, s in enumerate(answered) if s.text.startswith("The criterion reads: ") and s.criterion in _C2]
    first, after = said
    assert all(verify(sentence, evidence) == () for sentence in answered)
    return list(answered[first + 1 : after])  # after the payer's words


@pytest.mark.parametrize(
    ("text", "excepted"),
    [
        (f"Background\n\n{WAIVED}", (WAIVED,)),
        ("Criterion 2 does not apply to patients with an unstable knee.", None),
        ("Naproxen is not required when the patient has had an ulcer before.", ()),
        ("Physical therapy must last for at least 12 weeks in every case of the knee.", ()),
        ("unless physical therapy is contraindicated, and so forth to the end.", ()),
        ("Exceptions   Physical therapy is not required   after a fracture of the knee joint.", ()),
    ],
)
def test_only_whole_sentences_that_except_from_an_unmet_criterion_are_found(
    text: str, excepted: tuple[str, ...] | None
) -> None:
    found = exceptions(ASKED, COVERAGE.criteria, [policy(text)])
    assert tuple(span.quote for span in found) == ((text,) if excepted is None else excepted)


def test_a_document_of_another_kind_excepts_nobody() -> None:
    assert exceptions(ASKED, COVERAGE.criteria, [policy(WAIVED, Role.CLINICAL_NOTE)]) == ()


def test_the_plans_own_exception_is_quoted_with_its_page_and_left_to_the_reviewer() -> None:
    stated, excepted, blank = answers(policy(WAIVED))
    assert "70 days, or 10 weeks" in stated.text
    assert excepted.text == f"The plan states: \u201c{WAIVED}\u201d"
    assert [span.document for span in excepted.citations] == ["policy"]
    assert "only if it applies" in excepted.comment
    assert blank.kind is SentenceKind.PLACEHOLDER


def test_a_guideline_that_speaks_of_what_is_asked_is_quoted_at_that_criterion() -> None:
    said = "We recommend surgery where physical therapy has failed to relieve pain."
    stated, quoted, blank = answers(policy(said, Role.GUIDELINE))
    assert quoted.text == f"The enclosed guideline states: \u201c{said}\u201d"
    assert quoted.criterion == "C2"
    assert blank.kind is SentenceKind.PLACEHOLDER
    assert stated.facts == ("pt", "pt-note")


def test_that_it_could_not_be_tolerated_is_said_at_the_criterion_that_asks_for_it() -> None:
    chart = document(
        "chart", Role.CLINICAL_NOTE, "Physical therapy was stopped on 07/13/2026 because of knee swelling."
    )
    page = chart.pages[0]
    stopped = Fact(
        id="stopped",
        kind=FactKind.TREATMENT,
        name="physical therapy",
        outcome=Outcome.INTOLERANT,
        outcome_reason="knee swelling",
        spans=(page.span(0, len(page.text)),),
    )
    _, argued, blank = answers(chart, facts=(*FACTS, stopped))
    assert argued.facts == ("stopped",)
    assert "could not tolerate it (\u201cknee swelling\u201d)" in argued.text
    assert blank.kind is SentenceKind.PLACEHOLDER


def test_without_any_of_these_the_argument_is_left_blank() -> None:
    stated, blank = answers()
    assert stated.kind is SentenceKind.FACT
    assert blank.kind is SentenceKind.PLACEHOLDER
