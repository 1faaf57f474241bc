"""Letters of cases worked from their files, changed one thing at a time: what changes the meaning is refused.

All mutants of all samples and of the corpus: `python -m benchmarks.mutations`.
"""

from collections import Counter
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.case import Order, work
from pipeline.draft import Evidence, gather, main_letter, verify
from pipeline.draft.verify_report import report
from schemas.coverage import Verdict
from schemas.letter import Letter, SentenceKind
from tests.draft.mutants import Mutant, mutants, said

CHARTS = Path(__file__).parents[1] / "corpus" / "charts"
CASES = ("lumbar-mri-therapy-five-weeks-of-six", "migraine-preventives-and-headache-diary")
EACH = 6  # of the mutants of a letter one in so many, so that all kinds come up in seconds


@cache
def drafted(name: str) -> tuple[Letter, Evidence]:
    files = [source for source in ingest.find_files([CHARTS / name]) if source.path.name != "truth.json"]
    worked = work(files, Order(today=date(2026, 11, 21), workers=1))
    case = worked.case
    parts = (case.denial.standing, case.standing_facts, case.coverage, case.exhibits, case.today)
    evidence = gather(*parts, worked.documents, case.guideline)
    return main_letter(evidence, worked.documents), evidence


@cache
def sampled(name: str) -> tuple[Mutant, ...]:
    letter, evidence = drafted(name)
    return tuple(islice(mutants(said(letter), evidence), 0, None, EACH))


@pytest.mark.parametrize("name", CASES)
def test_no_change_of_meaning_is_accepted(name: str) -> None:
    _, evidence = drafted(name)
    accepted = [
        (mutant.kind, mutant.sentence.text) for mutant in sampled(name) if not verify(mutant.sentence, evidence)
    ]
    assert accepted == []


def test_the_sample_holds_hundreds_of_mutants_of_every_kind() -> None:
    counted = Counter(mutant.kind for name in CASES for mutant in sampled(name))
    assert counted.total() > 400
    asked = {"number", "date", "negation", "drug", "unit", "code", "comparison", "person", "citation", "doing", "fact"}
    assert asked <= counted.keys()


@pytest.mark.parametrize("name", CASES)
def test_no_sentence_is_refused_as_it_was_drafted(name: str) -> None:
    letter, evidence = drafted(name)
    assert letter.refused == ()
    assert report(letter, evidence).refused == ()


@pytest.mark.parametrize("name", CASES)
def test_every_figure_name_and_quotation_of_a_letter_has_what_carries_it(name: str) -> None:
    letter, evidence = drafted(name)
    sentences = {one.id: one for section in letter.sections for one in section.sentences}
    for told in report(letter, evidence).sentences:
        for token in told.tokens:
            assert token.is_carried, (token.text, told.text)
            assert told.text[token.start : token.end] == token.text
            if token.span and sentences[told.id].kind is SentenceKind.FACT and not token.field:
                assert any(token.span.place[:2] == cited.place[:2] for cited in sentences[told.id].citations)


@pytest.mark.parametrize("name", CASES)
def test_no_answer_to_a_criterion_that_is_met_is_left_to_a_person(name: str) -> None:
    letter, evidence = drafted(name)
    blanks = [one for section in letter.sections for one in section.sentences if one.kind is SentenceKind.PLACEHOLDER]
    open_criteria = {one.criterion for one in blanks if one.criterion}
    assert open_criteria == {key for key, result in evidence.results.items() if result.verdict is not Verdict.MET}
