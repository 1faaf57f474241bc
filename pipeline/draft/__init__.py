"""Drafting: from what the checker concluded to a verified, cited letter in Word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.draft.evidence import Evidence
from pipeline.draft.exhibits import exhibits
from pipeline.draft.letter import compose
from pipeline.draft.plan import plan
from pipeline.draft.typeset import typeset
from pipeline.draft.verify import verify
from pipeline.draft.writer import Writer
from schemas.coverage import Coverage
from schemas.denial import Denial
from schemas.document import Document, Role
from schemas.fact import Fact
from schemas.letter import Exhibit, Letter
from schemas.span import Span

__all__ = ["Evidence", "Writer", "exhibits", "typeset", "verify", "write"]


def write(
    denial: Denial,
    facts: Iterable[Fact],
    coverage: Coverage,
    exhibits: Sequence[Exhibit],
    today: date,
    writer: Writer | None = None,
    documents: Sequence[Document] = (),
    guideline: Sequence[Span] = (),
) -> Letter:
    """The appeal letter: planned, written by the writer (the rules writer if none), and verified sentence by sentence.

    Facts dated after `today` are not stated. `documents` only tell which are guidelines; `guideline` are the passages
    to quote from those, any other is left out.
    """
    guidelines = {document.id for document in documents if document.role is Role.GUIDELINE}
    passages = [span for span in guideline if span.document in guidelines]
    evidence = Evidence.of(denial, facts, coverage, exhibits, today, passages)
    return compose(plan(evidence, documents), evidence, writer)
