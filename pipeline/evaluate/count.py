"""Counting one case: its fields, criteria, facts, conclusions and citations against the truth."""

from collections.abc import Iterator
from typing import Any

from pipeline.evaluate.cases import CaseFolder, Found
from pipeline.evaluate.count_denial import count_criteria, count_denial
from pipeline.evaluate.count_facts import count_facts
from pipeline.evaluate.count_talk import count_talk
from pipeline.evaluate.tally import Miss, Score
from pipeline.evaluate.truth import StatedDocument, Truth
from schemas.document import Document
from schemas.span import spans_in

_LISTED = {"case_type": "case_types", "deadline": "deadlines"}


def count(given: CaseFolder, found: Found, score: Score) -> None:
    """Add a case to the score."""
    name, truth = given.folder.name, given.truth
    score.cases += 1
    if found.error:
        score.errors[str(given.folder)] = found.error
    if truth.denial is not None:
        score.misses += count_denial(name, truth, found.denial, score)
    if truth.criteria is not None:
        score.misses += count_criteria(name, truth.criteria, found, score)
    score.misses += _conclusions(name, truth, found, score)
    if truth.states("peer_to_peer"):
        score.misses += count_talk(name, truth.peer_to_peer, found, score)
    score.misses += _documents(name, truth, found.documents, score)
    score.misses += count_facts(name, truth, [fact for fact in found.facts if not fact.unread], score)
    score.misses += _grounding(name, found, score)


def _conclusions(case: str, truth: Truth, found: Found, score: Score) -> Iterator[Miss]:
    """Case type, deadline, patterns, and the warnings that must be there."""
    coverage = found.coverage
    said: dict[str, Any] = {
        "case_type": coverage and coverage.case_type,
        "deadline": coverage and coverage.deadline.date,
    }
    for key, value in said.items():
        stated = getattr(truth, key)
        if truth.states(key) and not getattr(score, _LISTED[key]).add(value == stated):
            yield Miss(case, key, str(stated), str(value))
    if truth.patterns is not None:
        wanted = set(truth.patterns)
        patterns = set(coverage.patterns if coverage else ()) - (set(truth.patterns_accept) - wanted)
        score.patterns.stated += len(wanted)
        score.patterns.found += len(patterns)
        score.patterns.right += len(wanted & patterns)
        if wanted != patterns:
            yield Miss(case, "patterns", ", ".join(sorted(wanted)), ", ".join(sorted(patterns)))
    codes = {warning.code for warning in coverage.warnings} if coverage else set()
    for code in truth.warnings:
        if not score.warnings.add(code in codes):
            yield Miss(case, "warning", code)


def _documents(case: str, truth: Truth, documents: tuple[Document, ...], score: Score) -> Iterator[Miss]:
    """The role and the patient of each document; of a file with several, in order or by page."""
    waiting = list(documents)
    for stated in truth.documents:
        read = next((one for one in waiting if _is_that(stated, one)), None)
        if read:
            waiting.remove(read)
        role, patient = (read.role, read.patient) if read else ("not read", "not read")
        if stated.role and not score.roles.add(role == stated.role):
            yield Miss(case, f"role of {stated.file}", stated.role, role)
        if stated.patient and truth.has_letter and not score.patients.add(patient == stated.patient):
            yield Miss(case, f"patient of {stated.file}", stated.patient, patient)


def _is_that(stated: StatedDocument, document: Document) -> bool:
    pages = {page.file_page for page in document.pages}
    return document.file == stated.file and (not stated.pages or not pages.isdisjoint(stated.pages))


def _grounding(case: str, found: Found, score: Score) -> Iterator[Miss]:
    """Whether each span's quote is what its page holds there."""
    pages = {(page.document, page.number): page.text for document in found.documents for page in document.pages}
    for part in (found.denial, *found.facts, found.coverage):
        for span in spans_in(part):
            stands = pages.get((span.document, span.page), "")[span.start : span.end]
            if not score.grounded.add(stands == span.quote):
                yield Miss(case, f"grounding in {span.document} page {span.page}", stands, span.quote)
