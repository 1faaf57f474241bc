"""The criteria in the payer's words: a list in the letter, else in a supplied policy, else a sentence of the letter."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline import notation
from pipeline.extract.criteria.criteria_leads import words
from pipeline.extract.criteria.criteria_lists import listed_criteria, tabled_criteria
from pipeline.extract.criteria.criteria_source import criteria_source
from pipeline.extract.criteria.criteria_within import (
    alternatives_within,
    barred_within,
    conditions_within,
    rows_within,
    series_within,
    verbs_within,
    withs_within,
)
from pipeline.extract.criteria.sentence_clauses import clauses_within, things_within
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import sentences
from pipeline.extract.vocabulary import terms
from pipeline.folding import on_one_line
from schemas.proposal import ProposedCriterion

__all__ = ["criteria", "criteria_source"]


def criteria(
    letter: Sequence[Paragraph], policies: Sequence[Sequence[Paragraph]], service: str, reason: str
) -> tuple[ProposedCriterion, ...]:
    """The criteria that decide the case; none where neither letter nor policy states any."""
    body = [paragraph for paragraph in letter if not paragraph.in_rights]
    listed = tabled_criteria(body) or listed_criteria(body, service) or listed_criteria(letter, service)
    if not listed:
        listed = next((found for policy in policies if (found := listed_criteria(policy, service, policy=True))), ())
    return listed or tuple(_sentences_that_require(body)) or tuple(_provision(body)) or tuple(_clauses_of(body, reason))


_QUOTED = re.compile(r"[\"\u201c](?P<said>[^\"\u201c\u201d]{40,1500})(?:[\"\u201d]|$)")


def _provision(body: Sequence[Paragraph]) -> Iterator[ProposedCriterion]:
    """The sentences of a provision that the letter quotes: 'Section 7.14, which reads: "..."'."""
    for paragraph, following in pairwise([*body, body[-1]] if body else ()):
        lead = words("reads").search(paragraph.text)
        if lead is None or not words("provision").search(paragraph.text[: lead.end()]):
            continue
        own = _QUOTED.match(paragraph.text, lead.end())
        place = paragraph if own else following
        if (quoted := own or (_QUOTED.match(following.text) if lead.end() == len(paragraph.text) else None)) is None:
            continue
        for sentence in sentences(place.part(*quoted.span("said"))):
            if len(sentence.text.split()) > _FEW and not words("defines").search(sentence.text):
                yield ProposedCriterion(quotes=(sentence.quote(),))


_FEW = 4  # words
_LEADING_UP = re.compile(
    r"\s*(?:(?:all|both|these|two|three|four|five|the)\s)?[^:;,.\d]{0,40}:\s"
)  # "three things: A, B, and C"


def _sentences_that_require(body: Sequence[Paragraph]) -> Iterator[ProposedCriterion]:
    """Sentences such as "our policy requires at least six weeks of physical therapy", where that can be checked.

    What goes on from one ("It must not be older than a year") is one too.
    """
    any_found = False
    for paragraph in body:
        goes_on = False
        for sentence in sentences(paragraph.body):
            if words("barred").search(sentence.text):
                yield from barred_within(sentence) if any_found and terms(sentence.text) else ()
                continue
            if listed := rows_within(sentence):
                yield from listed
                any_found = goes_on = True
                continue
            found = None if words("not_criteria").search(sentence.text) else words("requires").search(sentence.text)
            if found and _is_asked(sentence.text, found):
                asked = _LEADING_UP.match(sentence.text, found.end())
                start = asked.end() if asked else found.end()
                readings = (
                    (ProposedCriterion(quotes=(sentence.quote(),)),),
                    conditions_within(sentence, start),
                    series_within(sentence, start),
                    alternatives_within(sentence, start),
                    verbs_within(sentence, found.end()),
                    withs_within(sentence, start),
                    things_within(sentence, start),
                    clauses_within(sentence, 0 if _MUST.search(found[0]) else start),
                )
                yield from max(readings, key=len)  # the one that parts it most
                any_found = goes_on = True
            elif goes_on and words("also").search(sentence.text) and not words("about_us").search(sentence.text):
                yield from clauses_within(sentence, 0) or (ProposedCriterion(quotes=(sentence.quote(),)),)


def _clauses_of(body: Sequence[Paragraph], reason: str) -> Iterator[ProposedCriterion]:
    """What the reason finds wanting ("no documentation of 6 weeks of physical therapy"), where it can be checked."""
    for paragraph in body:
        for sentence in sentences(paragraph.body):
            if on_one_line(sentence.text) not in reason:
                continue
            found = words("wanting").search(sentence.text)
            if found and (_is_checkable(rest := sentence.text[found.end() :]) or words("acts").search(rest)):
                yield ProposedCriterion(quotes=(sentence.part(found.end(), len(sentence.text)).quote(sentence),))


def _is_asked(text: str, found: re.Match[str]) -> bool:
    """Whether what follows can be checked, or of a sentence with "must" any of it: "a score must be 40 or more"."""
    must = _MUST.search(found[0])
    begins = 0 if found[0].lower().startswith(("is req", "are req")) else found.start()  # "... is required before"
    return (
        _is_checkable(text[found.end() :])
        or words("acts").search(text, begins) is not None
        or bool(must and (_is_checkable(text) or _lasts(text)))
    )


_MUST = re.compile(r"\b(?:must|has to|have to)\b", re.IGNORECASE)


def _lasts(text: str) -> bool:
    return re.search(r"\b(?:at least|more than|or (?:more|longer))\b", text) is not None and bool(
        notation.lengths(text)
    )


def _is_checkable(text: str) -> bool:
    """Whether a clause asks for something definite of a known thing: a figure, or a failure."""
    return bool(terms(text)) and bool(notation.lengths(text) or re.search(r"\d|fail|step|inadequate", text))
