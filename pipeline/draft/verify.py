"""Verification: whether what a sentence cites carries it. Pure; what is not shown to be carried is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft.evidence import Evidence, Support
from pipeline.draft.phrases import tidy
from pipeline.draft.verify_figures import figure_reasons
from pipeline.draft.verify_words import (
    claim_reasons,
    names_guideline,
    outcome_reasons,
    parts,
    polarity_reasons,
    quote_reasons,
    repeated_reasons,
    side_reasons,
    tone_reasons,
    without_names,
    word_reasons,
)
from pipeline.folding import folded
from schemas.letter import Sentence, SentenceKind

_BRACKETED = re.compile(r"\[[^\[\]]{1,400}\]")


def verify(sentence: Sentence, evidence: Evidence) -> tuple[str, ...]:
    """The reasons to refuse a sentence; none where everything it states is carried."""
    rules = {
        SentenceKind.FACT: _fact_reasons,
        SentenceKind.ASK: _ask_reasons,
        SentenceKind.LAW: _law_reasons,
        SentenceKind.PLACEHOLDER: _placeholder_reasons,
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
        if span not in named:
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
    quoted = set(map(folded, taken.quoted))
    for span in passages:
        if folded(tidy(span.quote)) not in quoted:
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
    yield from _text_reasons(sentence, Support.of(sentence, evidence))


def _ask_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    if sentence.facts:
        yield "a request states no fact of the record"
    yield from _text_reasons(sentence, Support.of(sentence, evidence))


def _text_reasons(sentence: Sentence, support: Support) -> Iterator[str]:
    quoted, own = parts(sentence.text)
    yield from repeated_reasons(sentence.text, support)
    yield from quote_reasons(quoted, support)
    yield from figure_reasons(own, support)
    yield from word_reasons(own, support)
    own = without_names(own, support)
    yield from polarity_reasons(own, quoted, support.facts)
    yield from outcome_reasons(own, support.facts)
    yield from side_reasons(own, support)
    yield from claim_reasons(own, support)
    yield from tone_reasons(own)


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
    yield from tone_reasons(folded(sentence.text))
    yield from figure_reasons(sentence.text, Support.of(sentence, evidence))
