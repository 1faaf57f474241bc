"""What a supplied guideline says for the denied service: whole sentences that recommend it, and none against it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extract.letter.letter import Paragraph, read_letter
from pipeline.extract.lines import COLUMN_GAP, Stretch, sentences
from pipeline.extract.tables import load
from pipeline.extract.vocabulary import Term, TermHit, terms
from pipeline.folding import folded, on_one_line
from schemas.denial import Denial
from schemas.document import Document
from schemas.fact import FactKind
from schemas.span import Span

_SERVICES = (FactKind.TREATMENT, FactKind.MEDICATION, FactKind.IMAGING)
_FEWEST_WORDS = 5
_LONG = 60  # characters; what is longer and has no full stop is cut off, and no title

Rank = tuple[bool, int]


def passages(guidelines: Sequence[Document], denial: Denial) -> tuple[Span, ...]:
    """The sentences that recommend the denied service, in the order of the documents; the few that bear on it most.

    A sentence that recommends something else, such as what a criterion asks for, would argue for the plan. So the
    service must be named, by its name, its class or the notice's own words for it; what else of the denial a sentence
    shares decides between several.
    """
    topic = _Topic.of(denial)
    found: dict[str, tuple[Rank, int, Stretch]] = {}
    for n, sentence in enumerate(s for guideline in guidelines for s in _supporting(guideline)):
        rank = topic.rank(on_one_line(sentence.text))
        if rank is not None:
            found.setdefault(folded(sentence.text), (rank, n, sentence))  # a summary says it again
    best = sorted(found.values(), key=lambda one: one[:2])[: load("guidelines.yaml")["most"]]
    return tuple(s.page.span(s.start, s.end) for _, _, s in sorted(best, key=lambda one: one[1]))


@cache
def _words(name: str, around: str = "{}") -> re.Pattern[str]:
    return re.compile(around.format("|".join(load("guidelines.yaml")[name])), re.IGNORECASE)


def _supporting(guideline: Document) -> Iterator[Stretch]:
    """The whole sentences with nothing against in them, in their heading or in what leads in their list."""
    lead, cut = "", False
    for paragraph in read_letter(guideline):
        if paragraph.text == paragraph.heading:
            lead, cut = "", False
            continue
        text = on_one_line(paragraph.text)
        if not paragraph.item:
            lead = ""
        if not _is_set_aside(paragraph, lead):
            found = list(sentences(paragraph.body))
            yield from filter(_is_quotable, found[1:] if cut and not paragraph.item else found)
        against = _words("against").search(text) is not None
        lead = text if text.endswith(":") else lead
        cut = text[-1] not in ".?!:" and (len(text) > _LONG or against)


def _is_set_aside(paragraph: Paragraph, lead: str) -> bool:
    """Whether a paragraph stands under words against, in a section that recommends nothing, or is a reference."""
    heading = on_one_line(paragraph.heading)
    against = any(_words("against").search(text) for text in (heading, lead))
    return against or bool(_words("skipped").search(heading) or _words("reference").search(on_one_line(paragraph.text)))


def _is_quotable(sentence: Stretch) -> bool:
    """Whether it is one whole sentence of prose that stands well inside quotation marks."""
    text = on_one_line(sentence.text)
    whole = text[0].isupper() or text[0].isdigit()
    if not whole or not re.search(r"\.[)\u2019']?$", text) or len(text.split()) < _FEWEST_WORDS:
        return False
    if len(text) > load("guidelines.yaml")["longest"] or COLUMN_GAP in sentence.text:
        return False
    left_out = any(_words(name).search(text) for name in ("against", "borrowed", "dangling"))
    return not left_out and not re.search('["\u201c\u201d]', text)


@dataclass(frozen=True, slots=True)
class _Topic:
    """What a denial is about, in names of the vocabulary.

    `services` are what was denied, `classes` those it may be recommended under, `phrase` the notice's words for it.
    `studies` tells that it is a study: then its name says little without what it is to show.
    """

    services: frozenset[str]
    classes: frozenset[str]
    phrase: str
    studies: bool
    places: tuple[Term, ...]
    diagnoses: frozenset[str]
    shared: frozenset[str]
    text: str

    @classmethod
    def of(cls, denial: Denial) -> _Topic:
        """Read from the service; diagnoses and what else may be shared from the reason and the criteria too."""
        service = on_one_line(denial.service.value) if denial.service else ""
        told = [service, denial.reason.value if denial.reason else "", *(c.text.value for c in denial.criteria)]
        text = "\n\n".join(told)
        denied = [hit.term for hit in terms(service) if hit.term.kind in _SERVICES]
        names, phrase = frozenset(term.name for term in denied), re.split(r"[,;:/(\d]", service)[0].strip()
        return cls(
            services=names,
            classes=frozenset(name for term in denied for name in term.classes) & {*load("guidelines.yaml")["classes"]},
            phrase=phrase if " " in phrase else "",
            studies=any(term.kind is FactKind.IMAGING for term in denied),
            places=_places(terms(service)),
            diagnoses=_diagnoses(terms(text)),
            shared=frozenset(hit.term.name for hit in terms(text)) - names,
            text=text,
        )

    def rank(self, sentence: str) -> Rank | None:
        """Where a sentence comes among those that recommend the service, lowest first; None where it does not."""
        hits = terms(sentence)
        if self._is_elsewhere(sentence, hits):
            return None
        shared = len({hit.term.name for hit in hits} & self.shared)
        named = [(hit.start, hit.end) for hit in hits if hit.term.name in self.services]
        if self.phrase:
            phrase = rf"(?<!\w){re.escape(self.phrase)}(?!\w)"
            named += [match.span() for match in re.finditer(phrase, sentence, re.IGNORECASE)]
        if any(_recommends(sentence, *place) for place in named):
            return None if self.studies and not shared else (False, -shared)
        classed = [(hit.start, hit.end) for hit in hits if hit.term.name in self.classes]
        return (True, -shared) if shared and any(_recommends(sentence, *place) for place in classed) else None

    def _is_elsewhere(self, sentence: str, hits: Sequence[TermHit]) -> bool:
        """Whether it speaks of another part of the body, another disease or other patients."""
        places, diagnoses = _places(hits), _diagnoses(hits)
        if self.places and places and not any(_is_part(a, b) for a in self.places for b in places):
            return True
        if self.diagnoses and diagnoses and self.diagnoses.isdisjoint(diagnoses):
            return True
        populations = (re.compile(words, re.IGNORECASE) for words in load("guidelines.yaml")["populations"])
        return any(group.search(sentence) and not group.search(self.text) for group in populations)


def _recommends(sentence: str, start: int, end: int) -> bool:
    """Whether the sentence recommends what it names there, and not something else beside it."""
    if _words("aside_before", r"\b(?:{})(?: [\w-]+){{0,4}} $").search(sentence[:start]):
        return False
    if _words("aside_after", r"^[ -](?:{})\b").search(sentence[end:]):
        return False
    return bool(_words("recommends").search(sentence) or _words("recommends_what_follows").search(sentence[:start]))


def _places(hits: Sequence[TermHit]) -> tuple[Term, ...]:
    """The parts of the body named."""
    return tuple(hit.term for hit in hits if "body_part" in hit.term.classes)


def _is_part(one: Term, other: Term) -> bool:
    """Whether two parts of the body are the same, or one lies in the other."""
    return one.name in (other.name, *other.classes) or other.name in one.classes


def _diagnoses(hits: Sequence[TermHit]) -> frozenset[str]:
    return frozenset(hit.term.name for hit in hits if hit.term.kind is FactKind.DIAGNOSIS)
