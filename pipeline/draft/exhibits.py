"""The exhibits: which documents go out with the letter, in which order, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.draft.citations import label
from pipeline.draft.phrases import day
from schemas.coverage import Coverage
from schemas.denial import Denial
from schemas.document import Document, Role, Whose
from schemas.fact import Assertion, Fact, FactKind
from schemas.letter import Exhibit
from schemas.span import Span, spans_in

_RANK = {
    Role.DENIAL_LETTER: 0,
    Role.REMITTANCE: 1,
    Role.POLICY: 2,
    Role.GUIDELINE: 3,
    Role.CLINICAL_NOTE: 4,
    Role.OTHER: 5,
}
_TITLES = {
    Role.DENIAL_LETTER: "Denial notice",
    Role.REMITTANCE: "Remittance advice",
    Role.POLICY: "Plan policy",
    Role.GUIDELINE: "Clinical guideline",
    Role.CLINICAL_NOTE: "Clinical record",
    Role.OTHER: "Document",
}


def exhibits(
    documents: Sequence[Document], facts: Iterable[Fact], coverage: Coverage, denial: Denial | None = None
) -> tuple[Exhibit, ...]:
    """The documents to enclose: notice, remittance, policies, guidelines, then the chart by day and name.

    A cover sheet or a document of another patient is never one; a document of unknown kind or patient only where a
    fact rests on it; of several denial letters those that `denial` was read from, which also dates them.
    """
    facts = tuple(facts)
    cited = {span.document for fact in facts if fact.assertion is not Assertion.OTHER_PATIENT for span in fact.spans}
    cited |= {span.document for span in coverage.deadline.spans}
    noticed = {span.document for span in spans_in(denial)}
    headed = {document.id: _headed(document, facts, denial) for document in documents}
    enclosed = [document for document in documents if _is_enclosed(document, cited, noticed)]
    enclosed.sort(key=lambda d: (_RANK[d.role], _first_day(d, facts, headed[d.id]), d.file, d.id))
    return tuple(
        Exhibit(
            label=label(n),
            document=document.id,
            pages=tuple(page.number for page in document.pages),
            title=_title(document, headed[document.id]),
        )
        for n, document in enumerate(enclosed)
    )


def _is_enclosed(document: Document, cited: set[str], noticed: set[str]) -> bool:
    if document.role not in _RANK or document.patient is Whose.OTHER:
        return False
    if document.role is Role.DENIAL_LETTER:
        return not noticed or document.id in noticed
    if document.role is Role.OTHER or (document.role is Role.CLINICAL_NOTE and document.patient is Whose.UNKNOWN):
        return document.id in cited
    return True


def _headed(document: Document, facts: Sequence[Fact], denial: Denial | None) -> list[date]:
    """The days the document gives itself: of the notice its date, of a record those its headings give its facts."""
    if document.role is Role.DENIAL_LETTER:
        return [denial.letter_date.value] if denial and denial.letter_date else []
    days = {
        fact.date.earliest
        for fact in facts
        if fact.date and fact.kind is not FactKind.MEASUREMENT  # a column of measurements has days of its own
        if _in(document, fact.spans) and _in(document, fact.date_spans)
    }
    return sorted(days)


def _first_day(document: Document, facts: Sequence[Fact], headed: Sequence[date]) -> date:
    """The day to order it by; a document without any comes last."""
    inside = (known for fact in facts if _in(document, fact.spans) if (known := fact.date or fact.end or fact.start))
    return min(headed or [known.earliest for known in inside], default=date.max)


def _in(document: Document, spans: Iterable[Span]) -> bool:
    return any(span.document == document.id for span in spans)


def _title(document: Document, headed: Sequence[date]) -> str:
    name = f"{_TITLES[document.role]} ({document.file.rsplit('/', 1)[-1]})"
    ends = dict.fromkeys((*headed[:1], *headed[-1:]))
    return f"{name}, {' to '.join(map(day, ends))}" if ends else name
