"""Limits of function: an activity, and the words that limit it."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.stated import Stated, table
from pipeline.extract.phrases import Phrases
from pipeline.extract.vocabulary import TermHit
from schemas.fact import Assertion, FactKind


@cache
def _cues() -> Phrases[str]:
    rows = table()
    limits = ((word, "limit") for word in rows.limits)
    return Phrases([*limits, *((word, "not") for word in rows.not_limits if word not in rows.limits)])


@cache
def _can() -> Phrases[bool]:
    return Phrases((word, True) for word in table().can)


_AMOUNT = re.compile(
    r"\b(?:\d+(?:\s?(?:-|\u2013|to)\s?\d+)?|one|two|three|four|five|ten|fifteen|twenty|half a|a few)\s"
    r"(?:minutes?|mins?|hours?|hrs?|blocks?|feet|ft|metres?|meters?|m|yards|miles?|steps?|pounds|lbs?|flights?|days?|nights?)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:and|but)\s", re.IGNORECASE)
_CLAUSE = re.compile(r"[;]|,\s(?:and|but)\b|\bbut\b|\.\s|\n\u2022|,\s(?:she|he|the patient)\b")


_MADE_TO = re.compile(r"\b(?:forced|made|required|obliged|compelled)\sto\s\Z", re.IGNORECASE)


def limits(chart: Chart) -> Iterator[Stated]:
    """The limits that sentences state, one for each activity of a clause."""
    for line in chart.readable:
        for start, end in _clauses(line.text):
            hits = [hit for hit in line.hits if start <= hit.start and hit.end <= end]
            limited = [hit for hit in hits if hit.term.kind is FactKind.FUNCTIONAL_LIMIT]
            activities = [hit for hit in limited if not _MADE_TO.search(line.text[start : hit.start])]
            named: set[str] = set()
            for index, hit in enumerate(activities):
                others = [other.start for other in activities[index + 1 :] if other.term != hit.term]
                stop = min(others, default=end)
                stated = _limit(line, hit, start, stop)
                if stated and hit.term.name not in named:
                    named.add(hit.term.name)
                    yield stated


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for stop in _CLAUSE.finditer(text):
        yield at, stop.start()
        at = stop.start()
    yield at, len(text)


def _limit(line: Line, hit: TermHit, start: int, stop: int) -> Stated | None:
    """The limit of one activity: by a word that limits, or by an amount that the patient can do."""
    clause = line.text[start:stop]
    cues = _cues().find(clause)
    amount = _AMOUNT.search(line.text, hit.end, stop)
    if any(cue.value == "not" for cue in cues):
        return Stated(hit.term, line.statement, Assertion.ABSENT)
    can = amount is not None and bool(_can().find(line.text[start : hit.end]))
    if not can and not any(cue.value == "limit" for cue in cues):
        return None
    judged = _judged(line, hit, start)
    value = amount[0] if amount else _LEAD.sub("", " ".join(clause.strip(" ,.;\n\u2022").split()))
    return Stated(hit.term, line.statement, judged, value=value if judged.holds else None)


def _judged(line: Line, hit: TermHit, start: int) -> Assertion:
    """What the sentence says of the limit: "cannot" and "unable" deny the activity and so affirm the limit."""
    judged = line.judgement.of(hit.start, hit.end)
    if judged is not Assertion.ABSENT:
        return judged
    denied = re.search(r"\b(?:no|denies|denied|without|never|not)\b", line.text[start : hit.start], re.IGNORECASE)
    unable = re.search(
        r"\b(?:cannot|can not|not able|unable|could not|not returned|not safe|no longer able|no more than|no longer)\b",
        line.text[start : hit.start],
        re.IGNORECASE,
    )
    return Assertion.ABSENT if denied and not unable else Assertion.PRESENT
