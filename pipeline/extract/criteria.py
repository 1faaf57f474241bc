"""The criteria in the payer's words: a list in the letter, else in a supplied policy, else a sentence of the letter."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline import notation
from pipeline.extract.criteria_lists import listed_criteria, rows_within
from pipeline.extract.letter import Paragraph
from pipeline.extract.lines import sentences
from pipeline.extract.tables import load, pattern
from pipeline.extract.vocabulary import terms
from pipeline.folding import on_one_line
from schemas.proposal import ProposedCriterion, ProposedValue


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern("|".join(load("criteria.yaml")[name]))


def criteria(
    letter: Sequence[Paragraph], policies: Sequence[Sequence[Paragraph]], service: str, reason: str
) -> tuple[ProposedCriterion, ...]:
    """The criteria that decide the case; none where neither letter nor policy states any."""
    body = [paragraph for paragraph in letter if not paragraph.in_rights]
    listed = listed_criteria(body, service)
    if not listed:
        listed = next((found for policy in policies if (found := listed_criteria(policy, service, policy=True))), ())
    return listed or tuple(_sentences_that_require(body)) or tuple(_clauses_of(body, reason))


def _sentences_that_require(body: Sequence[Paragraph]) -> Iterator[ProposedCriterion]:
    """Sentences such as "our policy requires at least six weeks of physical therapy", where that can be checked."""
    for paragraph in body:
        for sentence in sentences(paragraph.body):
            if listed := rows_within(sentence):
                yield from listed
                continue
            found = _words("requires").search(sentence.text)
            if (
                found
                and not _words("not_criteria").search(sentence.text)
                and _is_checkable(sentence.text[found.end() :])
            ):
                yield ProposedCriterion(quotes=(sentence.quote(),))


def _clauses_of(body: Sequence[Paragraph], reason: str) -> Iterator[ProposedCriterion]:
    """What the reason finds wanting ("no documentation of 6 weeks of physical therapy"), where it can be checked."""
    for paragraph in body:
        for sentence in sentences(paragraph.body):
            if on_one_line(sentence.text) not in reason:
                continue
            found = _words("wanting").search(sentence.text)
            if found and _is_checkable(sentence.text[found.end() :]):
                yield ProposedCriterion(quotes=(sentence.part(found.end(), len(sentence.text)).quote(sentence),))


def _is_checkable(text: str) -> bool:
    """Whether a clause asks for something definite of a known thing: a figure, or a failure."""
    return bool(terms(text)) and bool(notation.lengths(text) or re.search(r"\d|fail|step", text))


def criteria_source(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The policy the payer names: identifier, version and name, in a sentence or line that speaks of criteria."""
    for paragraph in letter:
        if paragraph.in_rights:
            continue
        for sentence in sentences(paragraph.body):
            identifier = _words("identifiers").search(sentence.text)
            if identifier is None and not _words("source_cue").search(sentence.text):
                continue
            found = [
                ("criteria_source.identifier", identifier),
                ("criteria_source.version", _words("versions").search(sentence.text)),
                ("criteria_source.name", _words("names").search(sentence.text)),
            ]
            if found[0][1] is None and found[2][1] is None:
                continue
            for field, match in found:
                if match is not None:
                    place = sentence.part(*_group(match))
                    yield ProposedValue(field=field, value=on_one_line(place.text), quotes=(place.quote(sentence),))
            return


def _group(match: re.Match[str]) -> tuple[int, int]:
    """The one named group that took part."""
    return next((match.span(name) for name, value in match.groupdict().items() if value is not None), match.span())
