"""The request for the criteria and the claim file, with the right to them under this plan's law and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.draft.companions.parts import part
from pipeline.draft.companions.words import companion_words, to_fill
from pipeline.draft.evidence import Evidence
from pipeline.draft.frame import frame
from pipeline.draft.plan import consent, identified
from pipeline.draft.points import LetterPlan, Point, asking, fields_stated, law, stating
from schemas.coverage import LegalBasis
from schemas.letter import LetterKind, Part


def plan(evidence: Evidence) -> LetterPlan:
    """What is asked for, on which decision, by which right. Nothing of the chart is needed, so none is enclosed."""
    parts = (
        part("records_request", Part.OPENING, _opening(evidence)),
        part("records_list", Part.CLOSING, _wanted(evidence), listed=True),
        part("records_law", Part.LEGAL_BASIS, _law(evidence)),
    )
    noticed = replace(evidence, papers=evidence.papers.of_notice(evidence.denial))
    return LetterPlan(kind=LetterKind.RECORDS, frame=frame(LetterKind.RECORDS, noticed), parts=parts)


def _opening(evidence: Evidence) -> Iterator[Point]:
    if fields := fields_stated(evidence, "patient_name", "payer", "letter_date"):
        yield stating("records", fields=fields)
    yield from identified(evidence)
    yield from consent(evidence)


def _wanted(evidence: Evidence) -> Iterator[Point]:
    source = fields_stated(evidence, "criteria_source.name", "criteria_source.identifier", "criteria_source.version")
    if source:
        yield asking("ask_policy", *source)
    for say in ("ask_other_criteria" if source else "ask_all_criteria", "ask_file", "ask_submitted", "ask_reviewers"):
        yield asking(say)


def _law(evidence: Evidence) -> Iterator[Point]:
    rows = evidence.coverage.legal_basis
    yield from (law(basis) for basis in rows if _is_on_documents(basis))
    if not rows:
        yield to_fill("no_law")


def _is_on_documents(basis: LegalBasis) -> bool:
    return any(phrase in basis.text for phrase in companion_words().documents_law)
