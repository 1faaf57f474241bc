"""What the plan's own papers except from a criterion: whole sentences of its policy or notice, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.draft.criterion_terms import names_criterion
from pipeline.folding import folded
from pipeline.tables import load
from schemas.coverage import CriterionResult, Verdict
from schemas.denial import Criterion, Denial
from schemas.document import Document, Page, Role
from schemas.span import Span, spans_in

_SENTENCE = re.compile(r"[^\n.]{1,400}(?:\n(?!\n)[^\n.]{1,400}){0,5}\.(?=\s|$)")
_MOST = 3  # of one case
_LONGEST, _FEWEST_WORDS = 320, 6


def exceptions(denial: Denial, results: Sequence[CriterionResult], documents: Sequence[Document]) -> tuple[Span, ...]:
    """The sentences that except somebody from a criterion that is not met, the first few; none that is a criterion.

    Whether one applies to this patient is for a person to say.
    """
    unmet = {result.criterion for result in results if result.verdict is Verdict.NOT_MET}
    criteria = [(n, one) for n, one in enumerate(denial.criteria, start=1) if one.id in unmet]
    noticed = {span.document for span in spans_in(denial)}
    found: list[Span] = []
    for document in documents:
        if document.role is Role.POLICY or (document.role is Role.DENIAL_LETTER and document.id in noticed):
            for page in document.pages:
                found += [span for span in _excepting(page, denial) if excepted(span, criteria)]
    return tuple(dict.fromkeys(found))[:_MOST] if criteria else ()


def excepted(span: Span, criteria: Sequence[tuple[int, Criterion]]) -> tuple[str, ...]:
    """The ids of the numbered criteria that the sentence names, by what they ask for or by their number."""
    words = folded(span.quote)
    return tuple(
        criterion.id
        for n, criterion in criteria
        if names_criterion(span.quote, criterion) or re.search(rf"\bcriteri(?:on|a) {n}\b", words)
    )


@cache
def _cues() -> re.Pattern[str]:
    return re.compile("|".join(load("draft", "exceptions.yaml")["cues"]), re.IGNORECASE)


def _excepting(page: Page, denial: Denial) -> Iterator[Span]:
    taken = [span for one in denial.criteria for span in one.text.spans]
    taken += list(denial.reason.spans) if denial.reason else []
    for match in _SENTENCE.finditer(page.text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        words = page.text[start : match.end()]
        if not _cues().search(" ".join(words.split())) or not _is_whole(words):
            continue
        span = page.span(start, match.end())
        if not any(_overlap(span, other) for other in taken):
            yield span


def _is_whole(words: str) -> bool:
    """Whether it is one sentence of prose that can be quoted."""
    return (
        words[:1].isupper()
        and len(words) <= _LONGEST
        and len(words.split()) >= _FEWEST_WORDS
        and not re.search(r"[ \t]{3,}|[\"\u201c\u201d]|\n\n", words)
    )


def _overlap(one: Span, other: Span) -> bool:
    same = (one.document, one.page) == (other.document, other.page)
    return same and one.start < other.end and other.start < one.end
