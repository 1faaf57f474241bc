"""Drafting: from what the checker concluded to a verified, cited letter in Word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.draft.companions import compose_kind, main_kind
from pipeline.draft.evidence import Evidence
from pipeline.draft.exceptions import exceptions
from pipeline.draft.exhibits import exhibits
from pipeline.draft.frame import copies
from pipeline.draft.model_writer import ModelWriter
from pipeline.draft.own import with_own
from pipeline.draft.papers import Papers
from pipeline.draft.typeset import typeset
from pipeline.draft.verify import verify
from pipeline.draft.verify_report import report, verify_sentence
from pipeline.draft.writer import Writer
from schemas.case import Case
from schemas.coverage import Coverage
from schemas.denial import Denial
from schemas.document import Document, Role
from schemas.fact import Fact
from schemas.letter import Appellant, Exhibit, Letter, LetterKind
from schemas.span import Span

__all__ = [
    "Evidence",
    "ModelWriter",
    "Writer",
    "companions",
    "copies",
    "evidence_of",
    "exhibits",
    "gather",
    "main_letter",
    "report",
    "typeset",
    "verify",
    "verify_sentence",
    "with_own",
    "write",
]


def write(
    denial: Denial,
    facts: Iterable[Fact],
    coverage: Coverage,
    exhibits: Sequence[Exhibit],
    today: date,
    writer: Writer | None = None,
    documents: Sequence[Document] = (),
    guideline: Sequence[Span] = (),
    appellant: Appellant = Appellant.PROVIDER,
) -> Letter:
    """The letter on what `gather` makes of the rest; see `main_letter`."""
    return main_letter(
        gather(denial, facts, coverage, exhibits, today, documents, guideline, appellant), documents, writer
    )


def main_letter(evidence: Evidence, documents: Sequence[Document] = (), writer: Writer | None = None) -> Letter:
    """The appeal letter: planned, written by the writer (the rules writer if none), and verified sentence by sentence.

    At a level outside the plan it is the request for that review.
    """
    return compose_kind(main_kind(evidence), evidence, documents, writer)


def gather(
    denial: Denial,
    facts: Iterable[Fact],
    coverage: Coverage,
    exhibits: Sequence[Exhibit],
    today: date,
    documents: Sequence[Document] = (),
    guideline: Sequence[Span] = (),
    appellant: Appellant = Appellant.PROVIDER,
) -> Evidence:
    """Everything that the letters of a case may rest on, and that they are verified against.

    Facts dated after `today` are not stated. `documents` tell which are guidelines, how the notice labels its values
    and what the plan's papers except; `guideline` are the passages to quote from guidelines, any other is left out.
    """
    guidelines = {document.id for document in documents if document.role is Role.GUIDELINE}
    return Evidence.of(
        denial,
        facts,
        coverage,
        exhibits,
        today,
        guideline=[span for span in guideline if span.document in guidelines],
        exceptions=exceptions(denial, coverage.criteria, documents),
        papers=Papers.of(denial, documents, exhibits),
        appellant=appellant,
    )


def evidence_of(case: Case, documents: Sequence[Document]) -> Evidence:
    """What the letters of a case that is worked rest on, as it stands after a reviewer's corrections."""
    return gather(
        case.denial.standing,
        case.standing_facts,
        case.coverage,
        case.exhibits,
        case.today,
        documents,
        case.guideline,
        case.appellant,
    )


def companions(
    kinds: Iterable[LetterKind], evidence: Evidence, documents: Sequence[Document] = ()
) -> tuple[Letter, ...]:
    """The companions of those kinds in the order of `LetterKind`, each verified as the letter is.

    The appeal is none, and the request for outside review is the letter itself where a case calls for one.
    """
    wanted = frozenset(kinds) - {LetterKind.APPEAL, LetterKind.EXTERNAL}
    return tuple(compose_kind(kind, evidence, documents) for kind in LetterKind if kind in wanted)
