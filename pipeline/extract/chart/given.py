"""Treatments that no sentence names as such: a drug injected into a part, and one that a list of intolerances names."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract.chart.chart import Line, body_parts, listed_allergies, one_side
from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.outcomes import reaction, read
from pipeline.extract.chart.regimens import table
from pipeline.extract.phrases import Phrases
from pipeline.extract.vocabulary import by_name
from schemas.fact import Assertion, FactKind, Outcome


@cache
def _allergic() -> Phrases[bool]:
    return Phrases((word, True) for word in table().allergic)


def not_borne(line: Line) -> Iterator[Mention]:
    """A drug of a list of intolerances with its side effect: it was had once, and not tolerated. An allergy bars it."""
    for hit in line.hits if listed_allergies(line) else ():
        told = reaction(line.text, hit.end, len(line.text)) if hit.term.kind is FactKind.MEDICATION else None
        if told and not _allergic().find(told) and line.judgement.of(hit.start, hit.end).holds:
            yield Mention(hit.term, (line.statement,), Assertion.HISTORICAL, outcome=Outcome.INTOLERANT, reason=told)


_INJECTED = re.compile(r"\binjected\b", re.IGNORECASE)
_INTO = re.compile(
    r"\binjected\s(?:(?:in|into|with|the|her|his|left|right|both|\d+\s?(?:mg|mL))\s){0,6}", re.IGNORECASE
)


def injected(line: Line) -> Iterator[Mention]:
    """A steroid that a sentence says was injected into a part: "injected the right knee with triamcinolone 40 mg"."""
    verb = _INJECTED.search(line.text)
    parts = body_parts(line.hits)
    drugs = [hit for hit in line.hits if {*table().injected} & {hit.term.name, *hit.term.classes}]
    named = any("injection" in hit.term.classes for hit in line.hits)
    if verb is None or named or len({hit.term.name for hit in parts}) != 1 or not drugs:
        return
    if not _INTO.match(line.text, verb.start()) or not line.judgement.of(verb.start(), verb.end()).holds:
        return
    clause = line.text[verb.start() :]
    days = [day for start, _, day in line.dates if start > verb.start()] or [
        day for start, _, day in line.days if start < verb.start()
    ]
    told = read(clause)
    yield Mention(
        term=by_name(table().injection_name),
        statements=(line.statement,),
        side=one_side(clause),
        body_part=parts[0].term.name,
        on=days[0] if len(days) == 1 else None,
        resolved=len(days) == 1 and all(days[0] != stated for _, _, stated in line.dates),
        outcome=told.outcome if told else None,
        reason=told.reason if told else None,
        note=line.statement.dated,
    )
