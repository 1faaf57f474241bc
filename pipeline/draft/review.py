"""The review page: one HTML file in which a person checks a case against the pages it came from."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel

from pipeline.draft.citations import cite
from pipeline.draft.review_places import Place, css_box, page_anchor
from pipeline.draft.review_words import WORDS, measured, shown, when
from schemas.case import Case
from schemas.coverage import CriterionResult
from schemas.denial import Criterion
from schemas.document import Document, Page
from schemas.fact import Fact, FactKind
from schemas.letter import SentenceKind
from schemas.span import Cited, Span

PageImage = Callable[[Document, Page], bytes | None]


@dataclass(frozen=True, slots=True)
class Value:
    """A field of the denial with what the letter states for it; several in a list such as codes, none where silent."""

    field: str
    found: tuple[Cited[object], ...]

    @property
    def label(self) -> str:
        """The field's name."""
        return WORDS["fields"][self.field]

    @property
    def standing(self) -> tuple[Cited[object], ...]:
        """What is stated, without what a reviewer rejected."""
        return tuple(cited for cited in self.found if cited.stands)


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion as the documentation map lists it, numbered from 1."""

    number: int
    criterion: Criterion
    result: CriterionResult | None


@dataclass(frozen=True, slots=True)
class Citation:
    """A place with what cites it; `home` is the id of where that is shown."""

    place: Place
    title: str
    home: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Cited words on their page, with all that cites them."""

    place: Place
    citations: tuple[Citation, ...]

    @property
    def title(self) -> str:
        """What cites the words."""
        return "; ".join(dict.fromkeys(citation.title for citation in self.citations))


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a page's text and the marks it lies in; `opens` are those that begin with it."""

    text: str
    marks: tuple[Mark, ...]
    opens: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with its picture (JPEG as base64, or None) and its marks; `css` is the class that carries the picture."""

    document: Document
    page: Page
    picture: str | None
    marks: tuple[Mark, ...]
    css: str

    @property
    def anchor(self) -> str:
        """The page's id."""
        return page_anchor(self.page)

    @property
    def runs(self) -> Iterator[Run]:
        """The page's text, cut where a mark begins or ends."""
        spans = [mark.place.span for mark in self.marks]
        cuts = sorted({0, len(self.page.text)} | {cut for span in spans for cut in (span.start, span.end)})
        for start, end in pairwise(cuts):
            over = tuple(m for m in self.marks if m.place.span.start <= start and end <= m.place.span.end)
            yield Run(self.page.text[start:end], over, tuple(m for m in over if m.place.span.start == start))


class Review:
    """A case joined to its documents, as the template walks it."""

    def __init__(self, case: Case, documents: Sequence[Document], page_image: PageImage) -> None:
        self.case = case
        self.documents = tuple(documents)
        self.values = tuple(_values(case.denial))
        self._by_id = {document.id: document for document in documents}
        self._pages = {(document.id, page.number): page for document in documents for page in document.pages}
        self._page_image = page_image

    def place(self, span: Span) -> Place:
        """The citation with its page; KeyError where the documents do not hold it."""
        return Place(span, self._by_id[span.document], self._pages[span.document, span.page])

    def label(self, span: Span) -> str:
        """The citation as the letter prints it; the file's name where the document is not enclosed."""
        return cite((span,), self.case.exhibits) or f"[{self._by_id[span.document].file}, p. {span.page}]"

    def by_page(self, spans: Sequence[Span]) -> tuple[tuple[Span, int], ...]:
        """For each page cited, its first span, or its first doubtful one, and how many there are."""
        pages: dict[tuple[str, int], list[Span]] = {}
        for span in spans:
            pages.setdefault((span.document, span.page), []).append(span)
        doubtful_first = (sorted(group, key=lambda span: not self.place(span).doubtful) for group in pages.values())
        return tuple((group[0], len(group)) for group in doubtful_first)

    def name(self, document: str) -> str:
        """A document's file name; what was given where no document has that id."""
        return self._by_id[document].file if document in self._by_id else document

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The criteria with their results, in the letter's order."""
        results = {result.criterion: result for result in self.case.coverage.criteria}
        return tuple(
            Row(number, criterion, results.get(criterion.id))
            for number, criterion in enumerate(self.case.denial.criteria, start=1)
        )

    def companions(self, row: Row) -> tuple[int, ...]:
        """The numbers of the other criteria of its group."""
        group = row.criterion.group
        return tuple(r.number for r in self.rows if group and r.criterion.group == group and r is not row)

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """The facts by id."""
        return {fact.id: fact for fact in self.case.facts}

    @property
    def facts_by_kind(self) -> Iterator[tuple[FactKind, tuple[Fact, ...]]]:
        """The facts, grouped in the order of the kinds."""
        for kind in FactKind:
            if facts := tuple(fact for fact in self.case.facts if fact.kind is kind):
                yield kind, facts

    def uses(self, fact: Fact) -> tuple[Row, ...]:
        """The criteria that the fact serves."""
        return tuple(row for row in self.rows if row.result and fact.id in row.result.facts)

    @property
    def missing(self) -> tuple[Value, ...]:
        """The fields of the denial for which nothing was found, and which a letter should state."""
        return tuple(value for value in self.values if not value.standing and not self._is_not_wanted(value))

    def _is_not_wanted(self, value: Value) -> bool:
        return value.field in WORDS["only_some"] or (value.field == "criteria" and bool(self.case.denial.criteria))

    @property
    def open_rows(self) -> tuple[Row, ...]:
        """The criteria that are not met."""
        standing = (row for row in self.rows if row.criterion.text.stands)
        return tuple(row for row in standing if row.result is None or row.result.verdict != "met")

    @property
    def placeholders(self) -> Iterator[tuple[str, str, str]]:
        """Id, text and comment of the letter's sentences that say what to supply."""
        for section in self.case.letter.sections:
            for sentence in section.sentences:
                if sentence.kind is SentenceKind.PLACEHOLDER:
                    yield sentence.id, sentence.text, sentence.comment

    @property
    def doubtful(self) -> tuple[Mark, ...]:
        """The cited words that OCR read unsurely."""
        return tuple(mark for mark in self.marks if mark.place.doubtful)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The cited places, each once, in the order of the documents' ids."""
        citations = sorted(self._citations(), key=lambda citation: citation.place.span.place)
        grouped = groupby(citations, key=lambda citation: citation.place.span.place)
        return tuple(Mark(found[0].place, found) for found in (tuple(group) for _, group in grouped))

    def _citations(self) -> Iterator[Citation]:
        for spans, title, home in self._cited():
            for span in spans:
                yield Citation(self.place(span), title, home)

    def _cited(self) -> Iterator[tuple[tuple[Span, ...], str, str]]:
        """All that cites a page: its spans, what it is, and the id of where it is shown."""
        for value in self.values:
            for cited in value.found:
                yield cited.spans, value.label, f"value-{value.field}"
        for row in self.rows:
            yield row.criterion.text.spans, f"Criterion {row.number}", f"criterion-{row.number}"
        for fact in self.case.facts:
            yield fact.spans, fact.name, f"fact-{fact.id}"
            yield fact.date_spans, f"{fact.name}, its date", f"fact-{fact.id}"
        coverage = self.case.coverage
        yield coverage.deadline.spans, "Deadline", "deadline"
        yield coverage.case_type_spans, "Case type", "case-type"
        yield from self._concluded()
        for number, warning in enumerate(coverage.warnings, start=1):
            yield warning.spans, "Warning", f"warning-{number}"
        for section in self.case.letter.sections:
            for sentence in section.sentences:
                yield sentence.citations, f"Letter: {section.heading}", f"sentence-{sentence.id}"

    def _concluded(self) -> Iterator[tuple[tuple[Span, ...], str, str]]:
        """What cites a page of what is wanting, which way to take, what to do and what to show."""
        coverage = self.case.coverage
        for pattern in coverage.patterns:
            yield coverage.pattern_spans.get(pattern, ()), WORDS["pattern"][pattern], f"pattern-{pattern}"
        for number, route in enumerate(coverage.routes, start=1):
            yield route.spans, f"Route: {WORDS['route'][route.kind]}", f"route-{number}"
        for number, action in enumerate(coverage.actions, start=1):
            yield action.spans, "What to do next", f"action-{number}"
        for item in (*coverage.proof_kit, *coverage.reviewer_five):
            yield item.spans, f"Checklist {item.id}", f"item-{item.id}"

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """Every page of every document, in order."""
        pages = [(document, page) for document in self.documents for page in document.pages]
        return tuple(self._sheet(document, page, f"i{n}") for n, (document, page) in enumerate(pages, start=1))

    def _sheet(self, document: Document, page: Page, css: str) -> Sheet:
        image = self._page_image(document, page) if page.width and page.height else None
        picture = None if image is None else base64.b64encode(image).decode("ascii")
        return Sheet(document, page, picture, self._marks_of.get((document.id, page.number), ()), css)

    @cached_property
    def _marks_of(self) -> dict[tuple[str, int], tuple[Mark, ...]]:
        """The marks of each page."""
        found: dict[tuple[str, int], list[Mark]] = {}
        for mark in self.marks:
            found.setdefault((mark.place.span.document, mark.place.span.page), []).append(mark)
        return {page: tuple(marks) for page, marks in found.items()}

    def sheet(self, place: Place) -> Sheet:
        """The page that a citation stands on."""
        return self._sheets_by_anchor[place.page_anchor]

    def target(self, place: Place) -> str:
        """The id a citation links to: its words; its page, where they have no box on the picture."""
        return place.anchor if place.extent or not self.sheet(place).picture else place.page_anchor

    @cached_property
    def _sheets_by_anchor(self) -> dict[str, Sheet]:
        return {sheet.anchor: sheet for sheet in self.sheets}


def _values(model: BaseModel, prefix: str = "") -> Iterator[Value]:
    """The fields of the denial, nested ones by their path, in the order of the schema."""
    for name in type(model).model_fields:
        match getattr(model, name):
            case Cited() as cited:
                yield Value(prefix + name, (cited,))
            case tuple() as found:
                yield Value(prefix + name, tuple(cited for cited in found if isinstance(cited, Cited)))
            case BaseModel() as nested:
                yield from _values(nested, f"{prefix}{name}.")
            case _:
                yield Value(prefix + name, ())


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # the text of a document is hostile until escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"shown": shown, "measured": measured, "when": when, "css_box": css_box}
    made.globals |= {"words": WORDS}
    return made


_TEMPLATE = _environment().get_template("review.html.jinja")


def review_page(case: Case, documents: Sequence[Document], page_image: PageImage) -> str:
    """One HTML page that needs nothing else: no script, no outside request, each page picture in it once.

    `page_image` gives a page of paper as JPEG, upright, or None where it has no picture: its text is shown instead.
    KeyError where the case cites a page that the documents do not have.
    """
    return _TEMPLATE.render(case=case, review=Review(case, documents, page_image))
