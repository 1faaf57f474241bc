"""Whether a page that a person cites carries his statement: one statement of the page holds all its words, as it says.

This is narrower than verification by facts, and weaker: words are compared, not what was read from them. So each word
must stand in one clause of the page, with the same assertion (denied, planned, of the family) as in the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.draft.citations import PageRef
from pipeline.draft.evidence import Support
from pipeline.draft.verify_claims import action_reasons, person_reasons, tone_reasons
from pipeline.draft.verify_comparisons import compare
from pipeline.draft.verify_facts import side_reasons
from pipeline.draft.verify_figures import figure_reasons
from pipeline.draft.verify_tokens import tokens
from pipeline.draft.verify_words import (
    any_of,
    as_quoted,
    negated,
    parts,
    plain_words,
    quote_reasons,
    word_reasons,
    words,
)
from pipeline.edited.evidence import Grounds
from pipeline.edited.words import table
from pipeline.extract.chart.assertion import Judgement
from pipeline.extract.chart.charted import Statement as Passage
from pipeline.folding import fold, folded
from pipeline.notation import dates
from schemas.fact import Assertion, Fact, FactKind
from schemas.span import Cited, Span

_WORD = re.compile(r"[^\W\d_]+(?:['/-][^\W\d_]+)*")
_CLAUSE = re.compile(r";|\b(?:but|however|although|whereas|while|except)\b", re.IGNORECASE)
_JOINED = re.compile(r"\s{0,3}(?:to|through|until|-|\u2013)\s{0,3}")


def page_reasons(text: str, refs: Sequence[PageRef], grounds: Grounds) -> tuple[str, ...]:
    """Why the cited pages do not carry a statement; none where they do."""
    quoted, own = parts(text)
    pages = tuple(page.text for _, page in grounds.pages(refs))
    reasons = list(quote_reasons(quoted, Support(quotable=pages)))
    reasons += _source_reasons(own, refs, grounds) if quoted else ()
    named = tuple(grounds.fields[path] for path in grounds.named(own))
    reasons += _claim_reasons(own, grounds)
    rest = _without(own, named)
    if not _content(rest) and not tokens(rest):  # it only says what it quotes
        return (*reasons, *([table().reasons["denied"]] if negated(folded(rest)) else []))
    passages = [one for one in grounds.passages(refs) if not quoted or _holds_one(one.text, quoted)]
    tried = [
        tuple(_clause_reasons(rest, passage, clause, named))
        for passage in passages
        for clause in _clauses(passage.text)
    ]
    return (*reasons, *(min(tried, key=len) if tried else (table().reasons["silent"],)))


def _holds_one(text: str, quoted: Sequence[str]) -> bool:
    """Whether a passage holds one of the quotations, or begins in one: what is said around it is said of that place."""
    said = as_quoted(text)
    return any(as_quoted(phrase) in said or said in as_quoted(phrase) for phrase in quoted)


def _source_reasons(own: str, refs: Sequence[PageRef], grounds: Grounds) -> Iterator[str]:
    """Why what it quotes of a guideline, or of the payer's papers, is not said to be theirs."""
    said = folded(own)
    for role in dict.fromkeys(document.role for document, _ in grounds.pages(refs)):
        names = table().sources.get(role, ())
        if names and not any_of(names).search(said):
            yield table().reasons["source"].format(name=names[0])


def _claim_reasons(own: str, grounds: Grounds) -> Iterator[str]:
    said = folded(own)
    yield from action_reasons(said)
    yield from person_reasons(said, grounds.evidence.appellant)
    yield from tone_reasons(said)


def _without(own: str, named: Sequence[Cited[object]]) -> str:
    """The words without those that repeat the notice, each other character in its place."""
    for cited in named:
        value = re.compile(re.escape(str(cited.value)), re.IGNORECASE)
        own = value.sub(lambda match: " " * len(match[0]), own)
    return own


def _content(text: str) -> tuple[str, ...]:
    """The words that claim something, folded."""
    cues = {word for phrase in words().negation for word in phrase.split()}
    found = (word for word in _WORD.findall(folded(text)) if word not in plain_words() and word not in cues)
    return tuple(dict.fromkeys(found))


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for stop in _CLAUSE.finditer(text):
        yield at, stop.start()
        at = stop.end()
    yield at, len(text)


def _clause_reasons(
    rest: str, passage: Passage, clause: tuple[int, int], named: Sequence[Cited[object]]
) -> Iterator[str]:
    said = passage.text[slice(*clause)]
    texts = (said, *(str(cited.value) for cited in named))
    heads = (passage.dated.line,) if passage.dated and not dates(said) else ()
    found = tokens(rest)
    compared = compare(rest, found, Support(texts=texts), "")
    yield from compared.reasons
    yield from figure_reasons(rest, found, Support(facts=tuple(_ranges(said)), texts=(*texts, *heads)))
    yield from side_reasons(rest, Support(texts=texts), strict=False)
    for phrase in words().outcomes:
        if any_of((phrase,)).search(folded(rest)) and phrase not in folded(said):
            yield table().reasons["outcome"].format(phrase=phrase)
    missing = tuple(word_reasons(rest, texts))
    yield from missing or _assertion_reasons(rest, passage, clause)


def _assertion_reasons(rest: str, passage: Passage, clause: tuple[int, int]) -> Iterator[str]:
    """Why what the letter says of a word (that it is so, or that it is not) is not what the page says of it."""
    ours, theirs = Judgement(rest), Judgement(passage.text, passage.section)
    denies = False
    for word in _content(rest):
        claimed = {ours.of(start, end) for start, end in _places(word, rest, (0, len(rest)))}
        stated = {theirs.of(start, end) for start, end in _places(word, passage.text, clause)}
        denies = denies or Assertion.ABSENT in claimed
        wrong = sorted(one for one in stated if any(not _agree(one, mine) for mine in claimed))
        if wrong:
            yield table().reasons["asserted"].format(word=word, said=table().said[wrong[0]])
    if negated(folded(rest)) and not denies:
        yield table().reasons["denied"]


def _agree(stated: Assertion, claimed: Assertion) -> bool:
    return claimed is Assertion.ABSENT if stated is Assertion.ABSENT else stated.holds and claimed.holds


def _places(word: str, text: str, within: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Where a folded word, or another form of it, stands in that part of a text."""
    page = fold(text)
    stem = word.removesuffix("'s").removesuffix("s") if len(word) > 3 else word
    for match in re.finditer(rf"(?<!\w){re.escape(stem)}(?:'?s)?(?!\w)", page.text):
        start, end = page.original(match.start(), match.end())
        if within[0] <= start and end <= within[1]:
            yield start, end


def _ranges(text: str) -> Iterator[Fact]:
    """The periods that a clause states, each as a nameless fact for the check of figures."""
    for first, last in pairwise(dates(text)):
        if _JOINED.fullmatch(text, first.end, last.start):
            quote = text[first.start : last.end]
            span = Span(document="-", page=1, start=0, end=len(quote), quote=quote)
            yield Fact(id="-", kind=FactKind.TREATMENT, name="-", start=first.value, end=last.value, spans=(span,))
