"""The report of verification: each sentence with its verdict and reasons, each token with what carries it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft.evidence import Evidence, Support
from pipeline.draft.verify import Reading, asked_by, read, verify
from pipeline.draft.verify_comparisons import compare
from pipeline.draft.verify_figures import Carried, carries
from pipeline.draft.verify_tokens import Token, places_of
from pipeline.draft.verify_words import any_of, quotations, words
from pipeline.folding import fold
from schemas.fact import Fact
from schemas.letter import CheckedToken, Letter, LetterReport, Sentence, SentenceKind, SentenceReport, TokenKind
from schemas.span import Span

_STATED = (SentenceKind.FACT, SentenceKind.ASK)


def report(letter: Letter, evidence: Evidence) -> LetterReport:
    """What verification says of every sentence of a letter, in order."""
    sentences = (sentence for section in letter.sections for sentence in section.sentences)
    return LetterReport(kind=letter.kind, sentences=tuple(verify_sentence(one, evidence) for one in sentences))


def verify_sentence(sentence: Sentence, evidence: Evidence) -> SentenceReport:
    """What verification says of one sentence."""
    reasons = verify(sentence, evidence)
    is_open = sentence.kind is SentenceKind.PLACEHOLDER and not reasons
    return SentenceReport(
        id=sentence.id,
        text=sentence.text,
        verdict="refused" if reasons else "open" if is_open else "supported",
        reasons=reasons,
        tokens=tuple(sorted(_tokens(sentence, evidence), key=lambda token: (token.start, token.end))),
    )


def _tokens(sentence: Sentence, evidence: Evidence) -> Iterator[CheckedToken]:
    text = sentence.text
    if sentence.kind is SentenceKind.LAW:
        rule = sentence.rule if (sentence.rule, text) in evidence.law else None
        yield CheckedToken(kind=TokenKind.LAW, text=text, start=0, end=len(text), rule=rule)
    if sentence.kind not in _STATED:
        return
    support = Support.of(sentence, evidence)
    reading = read(text, support)
    yield from _quotes(sentence, evidence)
    yield from _fields(sentence, reading, evidence)
    yield from _terms(reading, support)
    yield from _figures(sentence, reading, support, evidence)


def _quotes(sentence: Sentence, evidence: Evidence) -> Iterator[CheckedToken]:
    for start, end in quotations(sentence.text):
        phrase = sentence.text[start:end]
        place = next(filter(None, (_part(phrase, span) for span in sentence.citations)), None)
        field = (
            None if place else next((path for path in sentence.fields if _field_holds(path, phrase, evidence)), None)
        )
        yield CheckedToken(kind=TokenKind.QUOTE, text=phrase, start=start, end=end, span=place, field=field)


def _field_holds(path: str, phrase: str, evidence: Evidence) -> bool:
    cited = evidence.field(path)
    return cited is not None and any(
        True for _ in places_of(phrase.replace("'", '"'), str(cited.value).replace("'", '"'))
    )


def _part(phrase: str, span: Span) -> Span | None:
    """The part of a place that a phrase repeats, whatever its case, spacing and quotation marks."""
    wanted = fold(phrase).text.replace('"', "'")
    for keep in (False, True):
        page = fold(span.quote, keep_line_hyphen=keep)
        match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", page.text.replace('"', "'")) if wanted else None
        if match:
            return span.part(*page.original(match.start(), match.end()))
    return None


def _fields(sentence: Sentence, reading: Reading, evidence: Evidence) -> Iterator[CheckedToken]:
    for path in sentence.fields:
        cited = evidence.field(path)
        if cited is None or not isinstance(cited.value, str):
            continue
        span = cited.spans[0] if cited.spans else None
        for start, end in places_of(cited.value, reading.own):
            told = sentence.text[start:end]
            yield CheckedToken(kind=TokenKind.FIELD, text=told, start=start, end=end, span=span, field=path)


def _terms(reading: Reading, support: Support) -> Iterator[CheckedToken]:
    """What it calls its facts, and the side, part of the body and outcome that it gives them."""
    told: dict[tuple[TokenKind, int, int], Fact] = {}
    for fact in support.facts:
        for kind, term, text in (
            (TokenKind.NAME, fact.name, reading.own),
            (TokenKind.BODY_PART, fact.body_part or "", reading.unnamed),
            (TokenKind.SIDE, str(fact.side or ""), reading.unnamed),
        ):
            for start, end in places_of(term, text):
                told.setdefault((kind, start, end), fact)
        for phrase, outcomes in words().outcomes.items():
            for match in any_of((phrase,)).finditer(reading.own.lower()) if fact.outcome in outcomes else ():
                told.setdefault((TokenKind.OUTCOME, match.start(), match.end()), fact)
    for (kind, start, end), fact in told.items():
        term = reading.own[start:end]
        places = (_part(term, span) for span in fact.spans)
        span = next(filter(None, places), fact.spans[0] if fact.spans else None)
        yield CheckedToken(kind=kind, text=term, start=start, end=end, span=span, fact=fact.id)


def _figures(sentence: Sentence, reading: Reading, support: Support, evidence: Evidence) -> Iterator[CheckedToken]:
    compared = compare(reading.unnamed, reading.figures, support, asked_by(sentence, evidence), reading.own)
    whole = Carried.by(support)
    criterion = f"criteria.{sentence.criterion}" if sentence.criterion else None
    for relation in compared.relations:
        yield CheckedToken(
            kind=TokenKind.COMPARISON,
            text=sentence.text[relation.start : relation.end],
            start=relation.start,
            end=relation.end,
            figured=not compared.reasons,
        )
    for token in reading.figures:
        told = CheckedToken(kind=token.kind, text=token.text, start=token.start, end=token.end)
        if token in compared.asked:
            yield told.model_copy(update={"field": criterion})
            continue
        span = next((span for span in sentence.citations if _states(span, token, support)), None)
        field = None if span else next((path for path in sentence.fields if _field_states(path, token, evidence)), None)
        figured = span is None and field is None and carries(whole, token)
        yield told.model_copy(update={"span": span, "field": field, "figured": figured})


def _states(span: Span, token: Token, support: Support) -> bool:
    """Whether a place states a figure; a fact may complete its date or name its unit, as in verification."""
    return carries(Carried.by(Support(facts=support.facts, texts=(span.quote,))), token)


def _field_states(path: str, token: Token, evidence: Evidence) -> bool:
    cited = evidence.field(path)
    return cited is not None and carries(Carried.by(Support(fields=(cited,), texts=(str(cited.value),))), token)
