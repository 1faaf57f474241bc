"""Verification: whether what a sentence cites carries it. Pure; what is not shown to be carried is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.draft.evidence import Evidence, Support
from pipeline.draft.phrases import tidy
from pipeline.draft.tables import tables
from pipeline.draft.verify_claims import action_reasons, owner_reasons, person_reasons, tone_reasons
from pipeline.draft.verify_comparisons import compare
from pipeline.draft.verify_facts import (
    code_reasons,
    date_reasons,
    label_reasons,
    left_out_reasons,
    name_reasons,
    outcome_reasons,
    serving_reasons,
    side_reasons,
    value_reasons,
)
from pipeline.draft.verify_figures import figure_reasons, unread_reasons
from pipeline.draft.verify_tokens import Token, blanked, places_of, tokens
from pipeline.draft.verify_words import (
    as_quoted,
    named_texts,
    names_guideline,
    parts,
    polarity_reasons,
    quote_reasons,
    repeated_reasons,
    word_reasons,
)
from pipeline.folding import folded
from schemas.letter import Sentence, SentenceKind, TokenKind

_BRACKETED = re.compile(r"\[[^\[\]]{1,400}\]")


class Reading(NamedTuple):
    """A sentence as it is verified: what it quotes; the rest; the rest without the names it repeats; its figures."""

    quoted: tuple[str, ...]
    own: str
    unnamed: str
    figures: tuple[Token, ...]


def read(text: str, support: Support) -> Reading:
    """Take a sentence apart. Every character of `own` and `unnamed` keeps its place."""
    quoted, own = parts(text)
    names = {str(cited.value) for cited in support.fields} | {fact.name for fact in support.facts}
    unnamed = own
    for name in sorted(names, key=len, reverse=True):
        unnamed = blanked(unnamed, tuple(places_of(name, unnamed)))
    return Reading(quoted, own, unnamed, tokens(unnamed))


def verify(sentence: Sentence, evidence: Evidence) -> tuple[str, ...]:
    """The reasons to refuse a sentence; none where everything it states is carried."""
    rules = {
        SentenceKind.FACT: _fact_reasons,
        SentenceKind.ASK: _ask_reasons,
        SentenceKind.LAW: _law_reasons,
        SentenceKind.PLACEHOLDER: _placeholder_reasons,
        SentenceKind.NOTE: _note_reasons,
    }
    checks = (_unknown, _guideline_reasons, rules[sentence.kind])
    return tuple(dict.fromkeys(reason for check in checks for reason in check(sentence, evidence)))


def _unknown(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """What it names that the case does not have, and what it cites that it does not name or that is not enclosed."""
    yield from (f"there is no fact {name}" for name in sentence.facts if name not in evidence.facts)
    yield from (f"the notice has no {path}" for path in sentence.fields if evidence.field(path) is None)
    if sentence.criterion and sentence.criterion not in {criterion.id for criterion in evidence.denial.criteria}:
        yield f"there is no criterion {sentence.criterion}"
    named = {
        span
        for name in sentence.facts
        if (fact := evidence.facts.get(name))
        for span in (*fact.spans, *fact.date_spans)
    }
    for path in sentence.fields:
        field = evidence.field(path)
        named |= set(field.spans if field else ())
    named |= set(evidence.guideline)
    for span in sentence.citations:
        if span not in named and sentence.kind is not SentenceKind.NOTE:
            yield f"it cites a place of none of its facts, fields or guidelines ({span.document}, p. {span.page})"
        elif not evidence.enclosed(span):
            yield f"it cites a page that is not enclosed ({span.document}, p. {span.page})"


def _guideline_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """Why a passage of a guideline that it cites is not quoted whole and as such, or is joined to the record."""
    passages = [span for span in sentence.citations if span in evidence.guideline]
    if passages and (sentence.facts or sentence.fields):
        yield "it joins a guideline to what the record or the notice states"
    taken = parts(sentence.text)
    if passages and not names_guideline(taken.own):
        yield "it quotes a guideline and does not say so"
    quoted = set(map(as_quoted, taken.quoted))
    for span in passages:
        if as_quoted(tidy(span.quote)) not in quoted:
            yield f"it cites a guideline and does not quote the passage whole ({span.document}, p. {span.page})"


def _fact_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    if not sentence.citations:
        yield "it states a fact and cites nothing"
    cited = set(sentence.citations)
    for fact in (evidence.facts[name] for name in sentence.facts if name in evidence.facts):
        if cited.isdisjoint(fact.spans):
            yield f"it states {fact.id} and does not cite it"
        if evidence.is_to_come(fact):
            yield f"{fact.id} lies after today"
    for path in sentence.fields:
        field = evidence.field(path)
        if field and cited.isdisjoint(field.spans):
            yield f"it repeats {path} and does not cite it"
    yield from serving_reasons(sentence, evidence)
    yield from _text_reasons(sentence, evidence)


def _ask_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    if sentence.facts:
        yield "a request states no fact of the record"
    yield from _text_reasons(sentence, evidence)


def _text_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """Why the words of a sentence are not carried by what it names."""
    support = Support.of(sentence, evidence)
    reading = read(sentence.text, support)
    quoted, own, unnamed, figures = reading
    yield from repeated_reasons(sentence.text, support)
    yield from label_reasons(own, sentence, evidence)
    yield from code_reasons(sentence, evidence)
    yield from _ground_reasons(own, quoted)
    yield from quote_reasons(quoted, support)

    compared = compare(unnamed, figures, support, asked_by(sentence, evidence), own)
    yield from compared.reasons
    recorded = tuple(token for token in figures if token not in compared.asked)
    yield from figure_reasons(own, recorded, support)
    yield from unread_reasons(unnamed, figures)
    codes = tuple((token.start, token.end) for token in recorded if token.kind is TokenKind.CODE)
    yield from word_reasons(blanked(_without_ground(own), codes), _known_texts(support))
    if support.facts:
        yield from name_reasons(sentence, own, support)
        yield from date_reasons(sentence, own, recorded, support)
        yield from value_reasons(own, recorded, support)
        yield from left_out_reasons(recorded, support.facts)
    yield from owner_reasons(folded(own), dict.fromkeys(fact.name for fact in support.facts))
    yield from outcome_reasons(own, support.facts)
    yield from side_reasons(unnamed, support, strict=bool(support.facts))
    yield from polarity_reasons(unnamed, quoted, support.facts)
    yield from _tone(unnamed, evidence)


def _tone(unnamed: str, evidence: Evidence) -> Iterator[str]:
    said = folded(unnamed)
    yield from action_reasons(said)
    yield from person_reasons(said, evidence.appellant)
    yield from tone_reasons(said)


def _known_texts(support: Support) -> Iterator[str]:
    """The texts whose words a sentence may use. What else stands around its facts it may only quote."""
    yield from named_texts(support)
    for fact in support.facts:
        yield from filter(None, (fact.name, fact.body_part, fact.unit, fact.dose.unit if fact.dose else None))
    if not support.facts:
        yield from support.texts


def asked_by(sentence: Sentence, evidence: Evidence) -> str:
    """What the criterion that a sentence answers asks, in the payer's words."""
    field = evidence.field(f"criteria.{sentence.criterion}") if sentence.criterion else None
    return str(field.value) if field else ""


def _ground_reasons(own: str, quoted: tuple[str, ...]) -> Iterator[str]:
    """Why the kind of denial that it names is not the one whose words it quotes."""
    said = folded(own)
    shown = set(map(folded, quoted))
    for row in tables().grounds:
        if f"denial is {folded(row.ground)}" in said and shown.isdisjoint(map(folded, row.words)):
            yield f"the words it quotes do not show that the ground is {row.ground}"


def _without_ground(own: str) -> str:
    for row in tables().grounds:
        own = blanked(own, tuple(places_of(f"denial is {row.ground}", own)))
    return own


def _law_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    if (sentence.rule, sentence.text) not in evidence.law:
        yield "it is not a reviewed statement of law word for word"
    if sentence.facts or sentence.fields:
        yield "a statement of law states nothing of the record"


def _placeholder_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    if not _BRACKETED.fullmatch(sentence.text):
        yield "a placeholder stands in square brackets, alone"
    if not sentence.comment:
        yield "a placeholder needs a comment that says what to supply"
    if sentence.facts or sentence.citations:
        yield "a placeholder states nothing"
    support = Support.of(sentence, evidence)
    yield from tone_reasons(folded(sentence.text))
    yield from figure_reasons(sentence.text, tokens(sentence.text), support)


def _note_reasons(sentence: Sentence, _evidence: Evidence) -> Iterator[str]:
    """A note is the checker's own words, for the practice: it is no statement of the letter."""
    if sentence.facts or sentence.fields:
        yield "a note states nothing of the record"
