"""Comparisons are recomputed: what the record shows against what the criterion asks."""

import pytest

from pipeline.draft import verify
from schemas.letter import Sentence, SentenceKind
from tests.draft.knee_case import evidence

EVIDENCE = evidence()
SCORE = "The recorded WOMAC score of 58 {} the 39 that the criterion asks."
THERAPY = "The patient was treated with physical therapy for 10 weeks, {} the 12 weeks that the criterion asks."


def refused(text: str, fact: str, criterion: str) -> str:
    spans = EVIDENCE.facts[fact].spans
    told = Sentence(id="x", kind=SentenceKind.FACT, text=text, facts=(fact,), citations=spans, criterion=criterion)
    return "; ".join(verify(told, EVIDENCE))


@pytest.mark.parametrize("cue", ["exceeds", "is more than", "is at least", "is not less than"])
def test_a_comparison_that_holds_is_accepted(cue: str) -> None:
    assert refused(SCORE.format(cue), "WOMAC", "C4") == ""


@pytest.mark.parametrize("cue", ["is less than", "is at most", "is below", "is within", "is nearly"])
def test_a_comparison_that_does_not_hold_is_refused(cue: str) -> None:
    assert "does not hold" in refused(SCORE.format(cue), "WOMAC", "C4")


def test_lengths_are_compared_in_one_unit_with_what_the_criterion_asks() -> None:
    assert "does not hold" in refused(THERAPY.format("more than"), "pt", "C2")
    assert "does not hold" in refused(THERAPY.format("longer than"), "pt", "C2")
    assert "is what the criterion asks" not in refused(THERAPY.format("fewer than"), "pt", "C2")


def test_what_is_compared_with_stands_in_the_criterion() -> None:
    assert "what no criterion asks" in refused(SCORE.replace("39", "40").format("exceeds"), "WOMAC", "C4")


def test_the_top_of_a_scale_is_no_threshold() -> None:
    assert "what no criterion asks" in refused("The recorded WOMAC score was 58, less than 96.", "WOMAC", "C4")


def test_a_bare_comparison_of_the_records_own_figure_is_refused() -> None:
    assert "comparison" in refused("The recorded WOMAC score was at least 58 out of 96.", "WOMAC", "C4")
    assert "comparison" in refused("The patient was treated with physical therapy (over 11 visits).", "pt", "C2")


def test_what_the_checker_found_may_be_said_in_its_words() -> None:
    text = "The patient was treated with at least one naproxen."
    assert refused(text, "naproxen", "C3")
    assert refused("The record meets this criterion.", "naproxen", "C3") == ""
