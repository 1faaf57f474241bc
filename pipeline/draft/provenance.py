"""Where each sentence comes from and how surely it was read, for the comments of the review copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from pipeline.draft.citations import cite
from pipeline.draft.evidence import law_text
from pipeline.draft.phrases import tidy
from pipeline.draft.review_places import DOUBTFUL
from pipeline.draft.tables import tables
from pipeline.tables import load
from schemas.coverage import Coverage, CriterionResult, Verdict
from schemas.document import Document, Origin, Page
from schemas.fact import Fact
from schemas.letter import Exhibit, Sentence, SentenceKind
from schemas.span import Span

_MOST_PLACES = 3
_LONGEST = 240  # characters of a quote in a comment


@cache
def _words() -> Mapping[str, str]:
    return load("draft", "provenance.yaml")


class Provenance:
    """What the review copy tells of the sentences of one case."""

    def __init__(
        self,
        facts: Iterable[Fact],
        coverage: Coverage,
        exhibits: Sequence[Exhibit],
        documents: Iterable[Document],
    ) -> None:
        self._facts = {fact.id: fact for fact in facts}
        self._exhibits = exhibits
        self._pages = {(page.document, page.number): page for one in documents for page in one.pages}
        self._sources = {(basis.rule, law_text(basis)): basis.source for basis in coverage.legal_basis}

    def lines(self, sentence: Sentence) -> Iterator[str]:
        """What a sentence rests on, a line each; none for a request or a placeholder, which state nothing."""
        if sentence.kind is SentenceKind.LAW:
            source = self._sources.get((sentence.rule or "", sentence.text), "")
            yield _words()["law"].format(source=source, rule=sentence.rule)
        if sentence.kind is not SentenceKind.FACT:
            return
        facts = dict.fromkeys(
            _words()["fact"].format(name=fact.name, kind=_plain(fact.kind))
            for name in sentence.facts
            if (fact := self._facts.get(name))
        )
        fields = [_words()["field"].format(name=_plain(path)) for path in sentence.fields]
        if facts or fields:
            yield _words()["rests_on"].format(names="; ".join((*facts, *fields)))
        for span in sentence.citations[:_MOST_PLACES]:
            quote = tidy(span.quote)
            quote = quote if len(quote) <= _LONGEST else f"{quote[:_LONGEST]}\u2026"
            yield _words()["place"].format(citation=cite((span,), self._exhibits), quote=quote)
        if (more := len(sentence.citations) - _MOST_PLACES) > 0:
            yield _words()["more"].format(n=more, places="place" if more == 1 else "places")
        yield from self._confidence(sentence.citations)

    def _confidence(self, spans: Iterable[Span]) -> Iterator[str]:
        """How surely the cited words were read: the worst page, and every word of theirs in doubt."""
        read = [(span, page) for span in spans if (page := self._pages.get((span.document, span.page)))]
        scans = [(span, page) for span, page in read if page.origin is Origin.OCR]
        if not scans:
            if read:
                yield _words()["text"]
            return
        lowest = min(page.confidence for _, page in scans)
        yield _words()["ocr"].format(confidence=f"{lowest:.0%}")
        if doubtful := dict.fromkeys(word for span, page in scans for word in _doubtful(span, page)):
            yield _words()["unsure"].format(words=", ".join(doubtful))


def verdict(result: CriterionResult | None) -> str:
    """What the checker says of a criterion, for the comment at its heading; why, where nothing below it says so."""
    if result is None:
        return ""
    told = tables().verdicts[result.checked or result.verdict]
    why = result.explanation if result.verdict is Verdict.MET else ""
    return _words()["verdict"].format(verdict=told, explanation=why).strip()


def _doubtful(span: Span, page: Page) -> Iterator[str]:
    return (page.text[word.start : word.end] for word in page.words_in(span) if word.confidence < DOUBTFUL)


def _plain(name: str) -> str:
    """A path or kind in words: "procedure_codes.0" is "procedure codes"."""
    head, _, rest = name.partition(".")
    words = head if rest.isdigit() else name.replace(".", " ")
    return words.replace("_", " ")
