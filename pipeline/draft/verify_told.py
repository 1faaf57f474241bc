"""Whether a sentence of a writer's own says what the template of its point says: all of it, and nothing beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from pipeline.draft.evidence import Evidence, Support
from pipeline.draft.phrases import TREATMENTS, voiced
from pipeline.draft.tables import tables
from pipeline.draft.verify import Reading, asked_by, read
from pipeline.draft.verify_comparisons import compare
from pipeline.draft.verify_facts import DateRole, date_role
from pipeline.draft.verify_tokens import Token, places_of
from pipeline.draft.verify_words import any_of, as_quoted, denials, own_words, plain_words, sides_in, words
from pipeline.folding import folded
from schemas.coverage import Verdict
from schemas.dates import PartialDate
from schemas.fact import Length
from schemas.letter import Sentence

TWO_LINES = 195  # characters of Arial 10.5 in 6.5 inches, twice: 94 to 100 a line, as measured
_NEXT_SENTENCE = re.compile(r"[.!?\u2026]\W{0,4}\s+\w")
_MARKS = frozenset(" .,;:()'-\u2019\u2013\u201c\u201d")


def told_reasons(sentence: Sentence, template: Sentence, evidence: Evidence) -> Iterator[str]:
    """Why a sentence does not tell what its template tells, in one sentence of at most two lines."""
    support = Support.of(template, evidence)
    asked = asked_by(template, evidence)
    said, planned = (_Telling(one.text, support, asked, evidence) for one in (sentence, template))
    yield from _form_reasons(said, planned)
    yield from _differences("the quotation", said.quotes, planned.quotes)
    yield from _differences("", said.figures, planned.figures)
    yield from _differences("", said.outcomes, planned.outcomes)
    yield from _differences("the side", said.sides, planned.sides)
    yield from _differences("the denial", said.denials, planned.denials)
    yield from _differences("", said.voice, planned.voice)
    for term in sorted(planned.terms - said.terms):
        yield f"it leaves out \u201c{term}\u201d"
    for word in sorted(said.words - planned.words - _words_of_facts(support) - _may_be_added()):
        yield f"\u201c{word}\u201d is no word that a writer may add"
    for claim in sorted(said.claims - planned.claims):
        yield f"\u201c{claim}\u201d says that a criterion is met, which is another point"


def _form_reasons(said: _Telling, planned: _Telling) -> Iterator[str]:
    longest = max(TWO_LINES, len(planned.text))
    if len(said.text) > longest:
        yield f"it is longer than {longest} characters"
    if not said.text[:1].isupper() or not said.text.endswith((".", ".\u201d")):
        yield "it is no sentence from its capital letter to its full stop"
    if _NEXT_SENTENCE.search(said.reading.unnamed):
        yield "it is more than one sentence"
    odd = {mark for mark in said.text if not (mark.isascii() and mark.isalnum())} - _MARKS - set(planned.text)
    yield from (f"the character U+{ord(mark):04X} has no place in it" for mark in sorted(odd))


def _differences(kind: str, said: Counter[str], planned: Counter[str]) -> Iterator[str]:
    """What one of the two has more of than the other."""
    yield from (" ".join(f"it leaves out {kind} {lost}".split()) for lost in sorted(planned - said))
    yield from (" ".join(f"it adds {kind} {added}".split()) for added in sorted(said - planned))


@cache
def _may_be_added() -> frozenset[str]:
    return frozenset(words().writer.split())


def _words_of_facts(support: Support) -> frozenset[str]:
    """The words of what its facts are, where they are and in what they are counted."""
    told = ((fact.name, fact.body_part, fact.unit, fact.dose.unit if fact.dose else None) for fact in support.facts)
    return frozenset(word for texts in told for text in texts if text for word in own_words(text))


def _plainly(token: Token) -> str:
    """A figure in one spelling: "11 visits" for eleven sessions too."""
    match token.value:
        case Length() as length:
            return f"{length.n} {length.unit}"
        case (value, top):
            return f"{value} out of {top}"
        case value:
            return f"{value} {token.unit or ''}".rstrip()


@dataclass(frozen=True)
class _Telling:
    """A sentence on a point: what in it must be the same however the point is told."""

    text: str
    support: Support
    asked: str
    evidence: Evidence

    @cached_property
    def reading(self) -> Reading:
        return read(self.text, self.support)

    @cached_property
    def own(self) -> str:
        """Its own words, folded: what it quotes is judged apart."""
        return folded(self.reading.own)

    @property
    def quotes(self) -> Counter[str]:
        return Counter(map(as_quoted, self.reading.quoted))

    @property
    def figures(self) -> Counter[str]:
        """Its figures; not those that a met criterion asks, with which it compares and verification recomputes it."""
        reading, result = self.reading, self.support.result
        compared = compare(reading.unnamed, reading.figures, self.support, self.asked, reading.own)
        asked = compared.asked if result and result.verdict is Verdict.MET else ()
        return Counter(self._figure(token) for token in reading.figures if token not in asked)

    def _figure(self, token: Token) -> str:
        """A figure as what it is said to be. Only of a treatment does the day of record differ from the day itself."""
        if not isinstance(token.value, PartialDate):
            return f"{token.kind} {_plainly(token)}"
        role = date_role(self.reading.own[: token.start])
        treated = any(fact.kind in TREATMENTS for fact in self.support.facts)
        return f"the {DateRole.ON if role is DateRole.RECORDED and not treated else role} {token.value}"

    @property
    def outcomes(self) -> Counter[str]:
        """How it says that a treatment ended: in the letter's words for it, whole."""
        appellant = self.evidence.appellant
        told = {folded(voiced(phrase, appellant)) for phrase in tables().outcomes.values()} | set(words().outcomes)
        return Counter({f"\u201c{phrase}\u201d": len(list(places_of(phrase, self.own))) for phrase in told})

    @property
    def sides(self) -> Counter[str]:
        return Counter(map(str, sides_in(self.reading.unnamed)))

    @property
    def denials(self) -> Counter[str]:
        return Counter(denials(self.reading.unnamed))

    @cached_property
    def terms(self) -> frozenset[str]:
        """Names and parts of the body as wholes, and every other word that comes from the record."""
        named = (folded(name) for fact in self.support.facts for name in (fact.name, fact.body_part) if name)
        held = {name for name in named if any(True for _ in places_of(name, self.own))}
        return frozenset(held | (self.words - plain_words()))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(own_words(self.own))

    @property
    def voice(self) -> Counter[str]:
        """The words by which the one who appeals speaks."""
        return Counter(any_of(words().voices[self.evidence.appellant]).findall(self.own))

    @property
    def claims(self) -> frozenset[str]:
        return frozenset(any_of(words().attained).findall(self.own))
