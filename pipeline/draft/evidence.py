"""What may carry a sentence: the case's facts, fields, law and figures, and of these what one sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from pipeline.draft.papers import Papers
from pipeline.folding import fold
from schemas.coverage import Computed, Coverage, CriterionResult, LegalBasis
from schemas.denial import Denial
from schemas.fact import Fact
from schemas.letter import Appellant, Exhibit, Sentence
from schemas.span import Cited, Span

_SECTION = re.compile(r"\b(?:CFR|USC|C\.F\.R\.|U\.S\.C\.)")
QUOTED_ONLY = ("reason", "criteria.", "exceptions.", "appeal.used_up", "appeal.peer_to_peer")
"""Fields whose words are the payer's own: they may be quoted, but carry no statement of ours."""


@dataclass(frozen=True)
class Evidence:
    """Everything that sentences of one case may rest on.

    `exceptions` are sentences of the plan's papers, quoted as fields `exceptions.0` and so on; `papers` what the papers
    call things; `appellant` who speaks.
    """

    denial: Denial
    facts: Mapping[str, Fact]
    coverage: Coverage
    exhibits: tuple[Exhibit, ...]
    today: date
    guideline: tuple[Span, ...] = ()
    exceptions: tuple[Span, ...] = ()
    papers: Papers = field(default_factory=Papers)
    appellant: Appellant = Appellant.PROVIDER

    @classmethod
    def of(
        cls,
        denial: Denial,
        facts: Iterable[Fact],
        coverage: Coverage,
        exhibits: Sequence[Exhibit],
        today: date,
        guideline: Sequence[Span] = (),
        exceptions: Sequence[Span] = (),
        papers: Papers | None = None,
        appellant: Appellant = Appellant.PROVIDER,
    ) -> Evidence:
        """The evidence of a case on the day it is worked; `guideline` and `exceptions` are what may be quoted."""
        return cls(
            denial=denial,
            facts={fact.id: fact for fact in facts},
            coverage=coverage,
            exhibits=tuple(exhibits),
            today=today,
            guideline=tuple(guideline),
            exceptions=tuple(exceptions),
            papers=papers or Papers(),
            appellant=appellant,
        )

    @cached_property
    def results(self) -> Mapping[str, CriterionResult]:
        """The checker's answer by criterion id."""
        return {result.criterion: result for result in self.coverage.criteria}

    @cached_property
    def law(self) -> frozenset[tuple[str, str]]:
        """The statements of law, as printed, each with its rule id before it."""
        return frozenset((basis.rule, law_text(basis)) for basis in self.coverage.legal_basis)

    @cached_property
    def _pages(self) -> frozenset[tuple[str, int]]:
        return frozenset((exhibit.document, page) for exhibit in self.exhibits for page in exhibit.pages)

    def enclosed(self, span: Span) -> bool:
        """Whether the page it stands on is enclosed with the letter."""
        return (span.document, span.page) in self._pages

    def is_to_come(self, fact: Fact) -> bool:
        """Whether the record dates the fact after today: then it has not happened."""
        days = [day.earliest for day in (fact.start, fact.date) if day]
        return bool(days) and min(days) > self.today

    def field(self, path: str) -> Cited[object] | None:
        """A cited field of the denial by path (`claim_number`, `procedure_codes.0`, `criteria.C1`), or None."""
        first, _, rest = path.partition(".")
        if first == "criteria":
            return next((_cited(criterion.text) for criterion in self.denial.criteria if criterion.id == rest), None)
        if first == "exceptions":
            found = self.exceptions[int(rest) : int(rest) + 1] if rest.isdigit() else ()
            return next((Cited[object](value=span.quote, spans=(span,)) for span in found), None)
        value: object = getattr(self.denial, first, None)
        if isinstance(value, tuple):
            value = value[int(rest)] if rest.isdigit() and int(rest) < len(value) else None
        elif rest:
            value = getattr(value, rest, None)
        return _cited(value)


def _cited(value: object) -> Cited[object] | None:
    if not isinstance(value, Cited):
        return None
    return Cited[object](value=value.value, spans=value.spans, correction=value.correction)


@dataclass(frozen=True)
class Support:
    """What one sentence names: its facts, the fields it repeats, and the words of the places it cites."""

    facts: tuple[Fact, ...] = ()
    fields: tuple[Cited[object], ...] = ()
    quotable: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    result: CriterionResult | None = None

    @classmethod
    def of(cls, sentence: Sentence, evidence: Evidence) -> Support:
        """The support that a sentence names; what it names and nobody has is left out."""
        named = [(path, cited) for path in sentence.fields if (cited := evidence.field(path))]
        own = tuple(cited for path, cited in named if not path.startswith(QUOTED_ONLY))
        quoted_only = {span.place for path, cited in named if path.startswith(QUOTED_ONLY) for span in cited.spans}
        quoted_only |= {span.place for span in evidence.guideline}
        cites = tuple(span.quote for span in sentence.citations if span.place not in quoted_only)
        if sentence.citations:
            fields = tuple(str(cited.value) for cited in own)
        else:
            fields = tuple(text for cited in own for text in (str(cited.value), *(s.quote for s in cited.spans)))
        return cls(
            facts=tuple(evidence.facts[name] for name in sentence.facts if name in evidence.facts),
            fields=own,
            quotable=(*(span.quote for span in sentence.citations), *(str(cited.value) for _, cited in named)),
            texts=cites + fields,
            result=evidence.results.get(sentence.criterion or ""),
        )

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The quotable words folded, with and without the hyphens at the ends of lines."""
        return tuple({fold(text, keep_line_hyphen=keep).text: None for text in self.quotable for keep in (False, True)})

    @property
    def computed(self) -> Computed:
        """The arithmetic of the criterion that the sentence answers; blank where there is none."""
        return self.result.computed if self.result and self.result.computed else Computed(figure="")

    @property
    def dates(self) -> tuple[date, ...]:
        """Dates that the named fields hold."""
        return tuple(cited.value for cited in self.fields if isinstance(cited.value, date))

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """Amounts that the named fields hold."""
        return tuple(cited.value for cited in self.fields if isinstance(cited.value, Decimal))


def support_of(fact: Fact) -> Support:
    """The support of a sentence that states one fact and cites all its places."""
    spans = dict.fromkeys((*fact.spans, *fact.date_spans))
    texts = tuple(span.quote for span in spans)
    return Support(facts=(fact,), quotable=texts, texts=texts)


def law_text(basis: LegalBasis) -> str:
    """A statement of law as the letter prints it: its source in brackets where the text names no section."""
    text = " ".join(basis.text.split())
    return text if _SECTION.search(text) else f"{text.rstrip('.')} ({basis.source})."
