"""What the sentences of an edited letter may rest on: the case's evidence, and the text of the pages it encloses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline import draft
from pipeline.draft.citations import PageRef, page_refs
from pipeline.draft.evidence import Evidence
from pipeline.draft.phrases import day
from pipeline.draft.verify_words import words
from pipeline.extract.chart.charted import Statement as Passage
from pipeline.extract.chart.sections import statements
from pipeline.folding import folded
from schemas.case import Case
from schemas.document import Document, Page, Role
from schemas.fact import Fact
from schemas.letter import Letter, Sentence
from schemas.span import Cited, Span

_IDENTIFIERS = ("member_id", "group_number", "claim_number", "reference_number")
_FIELDS = (
    *_IDENTIFIERS,
    *("patient_name", "birth_date", "payer", "letter_date", "service", "denied_amount"),
    *("criteria_source.name", "criteria_source.identifier", "criteria_source.version"),
    *("appeal.address", "appeal.fax", "appeal.phone"),
)
_LISTS = ("procedure_codes", "diagnosis_codes", "service_dates", "reason_codes")
_LABELLED = (*_IDENTIFIERS, "procedure_codes", "diagnosis_codes")  # a number says nothing without its name
_OURS = (Role.CLINICAL_NOTE, Role.OTHER)  # what the chart says; the payer's papers and guidelines are only quoted


@dataclass(frozen=True)
class Grounds:
    """A case as one of its letters is held against it."""

    case: Case
    documents: tuple[Document, ...]
    letter: Letter

    @cached_property
    def evidence(self) -> Evidence:
        """What verification goes by, as for the letter itself."""
        return draft.evidence_of(self.case, self.documents)

    @cached_property
    def sentences(self) -> dict[str, Sentence]:
        """The sentences of the letter by id, in order."""
        return {one.id: one for section in self.letter.sections for one in section.sentences}

    @cached_property
    def cited(self) -> dict[str, frozenset[PageRef]]:
        """The pages that each sentence cites."""
        return {name: frozenset(self.refs(one.citations)) for name, one in self.sentences.items()}

    def refs(self, spans: Sequence[Span]) -> tuple[PageRef, ...]:
        """The pages of exhibits that hold the spans."""
        return page_refs(spans, self.case.exhibits)

    @cached_property
    def _documents(self) -> dict[str, Document]:
        named = {document.id: document for document in self.documents}
        return {one.label: named[one.document] for one in self.case.exhibits if one.document in named}

    def pages(self, refs: Sequence[PageRef]) -> Iterator[tuple[Document, Page]]:
        """The enclosed pages that citations name."""
        enclosed = {one.label: one.pages for one in self.case.exhibits}
        for ref in refs:
            if ref.label in self._documents and ref.page in enclosed[ref.label]:
                document = self._documents[ref.label]
                yield document, document.page(ref.page)

    def passages(self, refs: Sequence[PageRef]) -> Iterator[Passage]:
        """The statements of the patient's record that begin on the pages."""
        for document, page in self.pages(refs):
            if document.role in _OURS:
                yield from (one for one in self._statements(document) if one.page == page.number)

    def _statements(self, document: Document) -> tuple[Passage, ...]:
        return self._read.setdefault(document.id, statements(document))

    @cached_property
    def _read(self) -> dict[str, tuple[Passage, ...]]:
        return {}

    def facts_on(self, refs: Sequence[PageRef]) -> tuple[Fact, ...]:
        """The facts that may be stated and that one of the pages states."""
        places = {(document.id, page.number) for document, page in self.pages(refs)}
        return tuple(
            fact
            for fact in self.evidence.facts.values()
            if any((span.document, span.page) in places for span in fact.spans)
        )

    @cached_property
    def fields(self) -> dict[str, Cited[object]]:
        """Every field of the notice that a sentence can repeat, by path."""
        denial = self.evidence.denial
        paths = [*_FIELDS, *(f"{name}.{n}" for name in _LISTS for n in range(len(getattr(denial, name))))]
        return {path: cited for path in paths if (cited := self.evidence.field(path))}

    def repeated(self, text: str) -> tuple[str, ...]:
        """The fields whose value the text repeats."""
        said = folded(text)
        return tuple(path for path, cited in self.fields.items() if _holds(said, _as_said(cited.value)))

    def named(self, text: str) -> tuple[str, ...]:
        """Those of them that it calls by their names, where they are numbers or codes."""
        said = folded(text)
        return tuple(path for path in self.repeated(text) if self._is_named(path, said))

    def _is_named(self, path: str, said: str) -> bool:
        kind = path.partition(".")[0]
        if kind not in _LABELLED:
            return True
        labels = words().labels[kind]
        if own := self.evidence.papers.labels.get(kind):
            labels = (*labels, folded(own))
        return all(before.endswith(labels) for before in _before(said, self.fields[path]))


def _holds(text: str, phrase: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", text) is not None


def _before(text: str, cited: Cited[object]) -> Iterator[str]:
    """What stands before each place of a value in a folded text."""
    for match in re.finditer(rf"(?<![\w-]){re.escape(_as_said(cited.value))}(?![\w-])", text):
        yield text[: match.start()].rstrip(" ,:;(")


def _as_said(value: object) -> str:
    return folded(day(value) if isinstance(value, date) else str(value)).rstrip(".")
