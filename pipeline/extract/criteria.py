"""The criteria in the payer's words: a list in the letter, else in a supplied policy, else a sentence of the letter."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, groupby

from pipeline import notation
from pipeline.extract.letter import Paragraph
from pipeline.extract.lines import Stretch, sentences
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
    listed = _listed(body, service)
    if not listed:
        listed = next((found for policy in policies if (found := _listed(policy, service))), ())
    return listed or tuple(_sentences_that_require(body)) or tuple(_clauses_of(body, reason))


def _listed(paragraphs: Sequence[Paragraph], service: str) -> tuple[ProposedCriterion, ...]:
    """The list of criteria that best applies to the service; an earlier one wins a tie."""
    lists = list(_lists(paragraphs))
    if not lists:
        return ()
    lead, items = max(lists, key=lambda found: _applies(found[0], service))
    any_of = bool(_words("any_of").search(_last_sentence(lead))) and not _words("all_of").search(_last_sentence(lead))
    return tuple(
        ProposedCriterion(
            quotes=tuple(stretch.quote() for stretch in item),
            group="any" if any_of else None,
            combine="any" if any_of else "all",
        )
        for item in items
    )


def _lists(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[Paragraph, list[list[Stretch]]]]:
    """Each list of criteria with the paragraph or heading that leads to it."""
    in_list = list(
        accumulate(paragraphs, lambda listed, one: bool(one.item) or (listed and one.goes_on), initial=False)
    )
    for is_item, run in groupby(enumerate(paragraphs), key=lambda pair: in_list[pair[0] + 1]):
        items = list(run)
        if not is_item or items[0][0] == 0:
            continue
        lead = paragraphs[items[0][0] - 1]
        if _leads_to_criteria(lead):
            yield lead, _nested([paragraph for _, paragraph in items])


def _last_sentence(lead: Paragraph) -> str:
    return [*sentences(lead)][-1].text


def _leads_to_criteria(lead: Paragraph) -> bool:
    if _words("not_criteria").search(lead.heading) or _words("not_criteria").search(_last_sentence(lead)):
        return False
    return bool(_words("criteria").search(_last_sentence(lead)) or _words("criteria").search(lead.heading))


def _applies(lead: Paragraph, service: str) -> tuple[int, int]:
    """First continuation against first approval, then words shared with the service."""
    text = f"{lead.heading} {lead.text}".lower()
    renewal = bool(_words("renewal").search(text)) and not _words("renewal").search(service)
    shared = set(re.findall(r"[a-z]{4,}", service.lower())) & set(re.findall(r"[a-z]{4,}", text))
    return -int(renewal), len(shared)


def _nested(items: Sequence[Paragraph]) -> list[list[Stretch]]:
    """Items of the first one's kind of mark; others belong to the item above them."""
    kind = _kind(items[0])
    groups: list[list[Stretch]] = []
    for item in items:
        if _kind(item) == kind and not (groups and _deeper(item, items[0])):
            groups.append([item.body])
        elif groups and groups[-1][-1].page is item.page:
            last = groups[-1][-1]
            groups[-1][-1] = Stretch(item.page, last.start, item.end)
        elif groups:
            groups[-1].append(item)
    return groups


def _kind(item: Paragraph) -> str:
    return re.sub(r"[a-zA-Z](?=[.)])", "a", re.sub(r"\d+", "1", item.item.strip()))


def _deeper(item: Paragraph, first: Paragraph) -> bool:
    """Whether an item with the same mark stands clearly further in: a nested list of bullets."""
    return item.page is first.page and item.indent > first.indent * 1.2 + (1 if first.indent >= 1 else 0.015)


def _sentences_that_require(body: Sequence[Paragraph]) -> Iterator[ProposedCriterion]:
    """Sentences such as "our policy requires at least six weeks of physical therapy", where that can be checked."""
    for paragraph in body:
        for sentence in sentences(paragraph.body):
            found = _words("requires").search(sentence.text)
            if (
                found
                and not _words("not_criteria").search(sentence.text)
                and _is_checkable(sentence.text[found.end() :])
            ):
                yield ProposedCriterion(quotes=(sentence.part(found.end(), len(sentence.text)).quote(sentence),))


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
