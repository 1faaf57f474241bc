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
from schemas.document import Document
from schemas.fact import Fact
from schemas.letter import Exhibit, Letter

__all__ = ["Evidence", "Writer", "exhibits", "typeset", "verify", "write"]


def write(
    denial: Denial,
    facts: Iterable[Fact],
    coverage: Coverage,
    exhibits: Sequence[Exhibit],
    today: date,
    writer: Writer | None = None,
    documents: Sequence[Document] = (),
) -> Letter:
    """The appeal letter: planned, written by the writer (the rules writer if none), and verified sentence by sentence.

    Facts dated after `today` are not stated. `documents` only tell whether a guideline was supplied.
    """
    evidence = Evidence.of(denial, facts, coverage, exhibits, today)
    return compose(plan(evidence, documents), evidence, writer)
