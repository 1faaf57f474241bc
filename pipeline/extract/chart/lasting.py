"""Since when, or for how long, a symptom or disease has been there, as the words right around its name tell it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extract.chart.chart import Line, body_parts
from pipeline.extract.chart.regimens import moments, relative
from pipeline.extract.chart.stated import Stated
from pipeline.extract.vocabulary import TermHit
from pipeline.notation import lengths
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind

_TREATED = (FactKind.TREATMENT, FactKind.MEDICATION)
_BETWEEN = re.compile(
    r"(?:[\s,(]|\b(?:which|that|has|have|had|been|is|are|was|were|present|ongoing|persistent|persisting|persisted|persists|lasting"
    r"|lasted|continuous|constant|daily|chronic|worse|worsening|worsened|progressive|progressing|increasing|symptoms?|pain"
    r"|in|of|to|both|the|her|his|right|left|bilateral|bilaterally|eyes?|ears?|sides?|slowly|gradually|steadily|getting|there)\b)*",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?:since|dating (?:back )?to|(?:first )?(?:began|started|appeared|opened|onset)(?: in| on| about| around)?)\s"
    r"(?:(?:at least|about|around|approximately|early|late|mid|the|spring|summer|fall|autumn|winter|of|in)[\s-]){0,3}",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"(?:for|x|over|during)\s?"
    r"(?:(?:the|at least|about|around|approximately|over|more than|some|past|last|nearly|~|>)\s?){0,3}",
    re.IGNORECASE,
)
_DIAGNOSED = re.compile(
    r"[\s,(]{1,3}(?:(?:was|is|first)\s)?(?:diagnosed|dx'?d?)\s(?:(?:in|on|about|early|late)\s){0,2}", re.IGNORECASE
)
_BEGAN = re.compile(r"(?:first )?(?:began|started|appeared|opened|onset)\s(?:about |around )?", re.IGNORECASE)
_HISTORY = re.compile(
    r"(?:['\u2019]s?)?[\s-](?:(?:history|hx|h/o)\s)?of\s"
    r"(?:(?!(?:relief|improvement|remission|freedom|control|treatment|therapy|care|no|not|less)\b)[\w-]+,?\s){0,4}",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s(?:and|or|with|/)\s(?:[\w-]+\s){0,2}", re.IGNORECASE)
_ALMOST = re.compile(r"\b(?:less than|almost|nearly|under|within|every|up to|another|next|in|by)\s*\Z", re.IGNORECASE)
_MORE = re.compile(
    r"[\s,]*(?:ago|after|before|until|till|later|then|prior|per|a (?:day|week|month)|of age|old)\b", re.IGNORECASE
)
_OVER = re.compile(
    r"\b(?:resolv\w*|until|till|ended|gone|went away|subsided|remission|relie\w*|free|no longer|then|stopped"
    r"|recovered|healed|returned|recurr\w*|intermittent(?:ly)?|on and off|off and on)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Lasting:
    """Since when a thing has been there, or how long; `resolved`: the day was worked out.

    `goes_on`: the words that date it speak of it as of the past, and yet it is there ("an 8-month history of pain").
    """

    start: PartialDate | None = None
    duration: str | None = None
    resolved: bool = False
    goes_on: bool = False


def lasting(found: Iterable[Stated], line: Line, hits: list[TermHit]) -> Iterator[Stated]:
    """What a line states as there, with the time that it tells of each."""
    for stated in found:
        own = [hit for hit in hits if hit.term == stated.term]
        told = _told(line, own[0], hits) if len(own) == 1 and stated.assertion.holds else None
        if told and not (stated.on or stated.end or (told.start and _is_ahead(line, told.start))):
            begun = stated.assertion is Assertion.PRESENT or told.goes_on
            stated = _timed(stated, told) if begun else stated
        yield stated


def _timed(stated: Stated, told: Lasting) -> Stated:
    resolved = stated.resolved or told.resolved
    return replace(stated, start=told.start, duration=told.duration, ongoing=True, resolved=resolved)


def _is_ahead(line: Line, start: PartialDate) -> bool:
    """Whether a day is not before that of the note."""
    note = line.statement.dated
    return note is None or start.earliest >= note.value.latest


def _told(line: Line, hit: TermHit, hits: list[TermHit]) -> Lasting | None:
    clause = max(line.text.rfind(mark, 0, hit.start) for mark in (";", ". ")) + 1
    treated = any(clause <= other.start < hit.start and other.term.kind in _TREATED for other in line.hits)
    if treated or _OVER.search(line.text):
        return None  # "therapy for back pain for 8 weeks" is the length of the therapy
    return _before(line, hit) or _behind(line, _last_joined(line, hit, hits))


def _last_joined(line: Line, hit: TermHit, hits: list[TermHit]) -> int:
    """Where the last of the findings ends that are joined with this one: "urgency and leakage since 2023"."""
    end = hit.end
    for one, other in pairwise(hits):
        joined = one.term.kind is other.term.kind is FactKind.FINDING
        if one.end == end and joined and _JOINED.fullmatch(line.text, one.end, other.start):
            end = other.end
    return end


def _behind(line: Line, end: int) -> Lasting | None:
    """The time behind a name: "since March 2025", "for 6 months", "began 8 months ago"."""
    text = line.text
    for part in body_parts(line.hits):
        text = text[: part.start] + " " * (part.end - part.start) + text[part.end :] if part.start >= end else text
    between = _BETWEEN.match(text, end)
    at = between.end() if between else end
    if (since := _SINCE.match(text, at) or _DIAGNOSED.match(text, end)) is not None:
        day = next((one for one in moments(text, line.statement.dated) if one.start == since.end()), None)
        return Lasting(start=day.value, resolved=day.resolved) if day else _ago(line, text, at)
    if (led := _FOR.match(text, at)) is None:
        return None
    found = next((one for one in lengths(text) if one.start == led.end()), None)
    if found is None or _MORE.match(text, found.end) or _ALMOST.search(text[: found.start]):
        return None
    return Lasting(duration=f"{found.value.n:f} {found.value.unit}")


def _ago(line: Line, text: str, at: int) -> Lasting | None:
    began = _BEGAN.match(text, at)
    note = line.statement.dated
    if began is None or note is None:
        return None
    found = next((one for one in lengths(text) if one.start == began.end()), None)
    days = [day for day, _ in relative(text, note)] if found and re.match(r"\sago\b", text[found.end :]) else []
    return Lasting(start=days[0], resolved=True, goes_on=True) if len(days) == 1 else None


def _before(line: Line, hit: TermHit) -> Lasting | None:
    """The length before a name: "an 8-month history of back pain"."""
    for found in lengths(line.text):
        led = found.end <= hit.start and _HISTORY.fullmatch(line.text, found.end, hit.start)
        if led and not _ALMOST.search(line.text[: found.start]):
            return Lasting(duration=f"{found.value.n:f} {found.value.unit}", goes_on=True)
    return None
