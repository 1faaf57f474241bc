"""Predicates on what moves, recurs, is past, is capped or must agree, each read from one statement."""

import re
from decimal import Decimal
from functools import cache
from typing import Literal

from pipeline import notation
from pipeline.extract.criteria.clauses import (
    Reading,
    blank,
    comparison,
    comparisons,
    groups,
    outcome_places,
    treatments,
    words,
    words_of,
)
from pipeline.extract.vocabulary import terms as find_terms
from pipeline.extract.vocabulary import vocabulary
from schemas.fact import FactKind, Length
from schemas.requirement import Anchor, Change, Concordant, ElapsedSince, Frequency, Limit, Op, Requirement

_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_OR_MORE = re.compile(rf"\bor (?:longer|more|greater|higher|less|lower)\b|{notation.NUMBER_WORD}", re.IGNORECASE)
_TOPIC = 5  # words by which a thing is named that the vocabulary does not know


def about(reading: Reading) -> tuple[str, ...]:
    """What a statement is about: the terms it names, else its own words for it, which no fact is known by."""
    return tuple(dict.fromkeys(hit.term.name for hit in reading.hits)) or topic(reading.text)


def topic(text: str) -> tuple[str, ...]:
    """The words of a text that tell what it is about, in quotation marks: no fact has such a name."""
    rest = text
    for length in notation.lengths(text):
        rest = blank(rest, length.start, length.end)
    for name in ("window", "exclusion", "negated", "document", "sees", "change", "filler"):
        rest = words(name).sub(_blanked, rest)
    for start, end in outcome_places(rest):
        rest = blank(rest, start, end)
    found = [*_WORD.finditer(_OR_MORE.sub(_blanked, comparisons().sub(_blanked, rest)))][:_TOPIC]
    if not found:
        return ()
    cut = _CUT.search(text, found[0].start())
    last = max(word.end() for word in found if word is found[0] or cut is None or word.end() <= cut.start())
    said = text[found[0].start() : last]
    return (f'"{" ".join(said.replace(chr(34), " ").lower().split())}"',)


_CUT = re.compile(r"[;:\d]")


def _blanked(said: re.Match[str]) -> str:
    return " " * len(said[0])


def unknown(terms: tuple[str, ...]) -> bool:
    """Whether a subject is none of the vocabulary's, so that no fact can be known by it."""
    return not any(term in _names() for term in terms)


@cache
def _names() -> frozenset[str]:
    return frozenset(term.name for term in vocabulary())


_PERCENT = re.compile(r"\s?(?:%|percent\b|per cent\b)", re.IGNORECASE)
_POINTS = re.compile(
    r"[\s-]?points?\b|\s?[a-zA-Z\u00b5]{1,5}/[a-zA-Z]{1,5}\b|\s?(?:mmHg|kPa|mm|cm|kg|lbs?|pounds|diopters?|dioptres?|D|seconds?|minutes?|met(?:er|re)s?)\b"
)
_NEAR = 45  # characters between a figure and the word that it moved


def change(reading: Reading) -> Requirement | None:
    """A figure that moved by so much, or that moved: "improved by 4 points", "a 5% loss", "rising on two tests"."""
    measured = any(hit.term.kind is FactKind.MEASUREMENT for hit in reading.hits)
    share = measured and _PERCENT.search(reading.text) is not None
    terms = _weighed(reading) if share else about(reading)
    figures = notation.numbers(reading.rest)
    moved = [word for word in words("change").finditer(reading.text) if share or not _in_term(reading, word)]
    if not terms or len(figures) > 1 or not moved:
        return None
    if not figures:
        told = next((word[0] for word in moved if _direction(word[0])), None) if measured else None
        return Change(terms=terms, direction=_direction(told), judged=terms) if told else None
    n = figures[0]
    percent = _PERCENT.match(reading.text, n.end)  # "percent relief" may be a term
    unit = _POINTS.match(reading.rest, n.end)
    word = next((word for word in moved if _near(reading, word, n.start, n.end)), None)
    if word is None or not (percent or unit or measured):
        return None
    stated = unit[0].strip(" -") if unit and not percent else None
    direction = _direction(word[0]) or _improved(word[0], terms)
    apart = groups(reading.text, reading.hits) if len(terms) > 1 else (terms,)
    each = apart is None or len(apart) > 1  # "a drop in ODI and VAS": one of them is not enough
    open_ended = reading.lengths or not measured or direction is None or each  # how long, of what, or which way
    return Change(
        terms=terms,
        op=comparison(reading.rest, n.start, n.end) or Op.AT_LEAST,
        value=n.value,
        percent=percent is not None,
        unit=None if stated is None or stated.lower().startswith("point") else stated,
        direction=direction,
        within=reading.window,
        judged=terms if open_ended else None,
    )


def _weighed(reading: Reading) -> tuple[str, ...]:
    """What moves where a measure and a share of it are told: "weight loss of 5% of body weight" is about weight."""
    named = [hit for hit in reading.hits if not words("change").search(reading.text[hit.start : hit.end])]
    measured = any(hit.term.kind is FactKind.MEASUREMENT for hit in named)
    return tuple(dict.fromkeys(hit.term.name for hit in named)) if measured else about(reading)


def _in_term(reading: Reading, word: re.Match[str]) -> bool:
    """Whether the word is part of the name of a thing, not of a figure that tells how it moved ("weight loss")."""
    return any(
        hit.start <= word.start() and word.end() <= hit.end and hit.term.kind is not FactKind.MEASUREMENT
        for hit in find_terms(reading.text)
    )


def _near(reading: Reading, word: re.Match[str], start: int, end: int) -> bool:
    """Whether a figure is how much it moved: near the word, and no comma or other figure's name between them."""
    low, high = (word.end(), start) if word.end() <= start else (end, word.start())
    between = reading.text[low:high]
    if high - low > _NEAR or re.search(r",(?! of )|;", between) or _MOVED_TO.match(between):
        return False
    if _BY_SO_MUCH.fullmatch(between):
        return True
    others = [hit for hit in reading.hits if not hit.start <= word.start() < hit.end]
    return not any(low <= hit.start < high and hit.term.kind is FactKind.MEASUREMENT for hit in others)


_MOVED_TO = re.compile(r"\s(?:to\b|(?:below|under|above|over|beyond)\s*\Z)", re.IGNORECASE)  # "LVEF fell to below 40%"
_BY_SO_MUCH = re.compile(r"\sin\s(?:the\s)?[^,;\d]{2,36}?\s(?:of|by)\s(?:at least |more than |about )?", re.IGNORECASE)


def _direction(word: str) -> Literal["up", "down"] | None:
    return "up" if words("rising").match(word) else "down" if words("falling").match(word) else None


_IMPROVED = re.compile(r"improv", re.IGNORECASE)


def _improved(word: str, terms: tuple[str, ...]) -> Literal["up", "down"] | None:
    """Which way an improvement goes, where every thing named is known to go the same way."""
    if not _IMPROVED.match(word):
        return None
    if set(terms) <= set(words_of("better_up")):
        return "up"
    return "down" if set(terms) <= set(words_of("better_down")) else None


_AROUND = re.compile(  # "no more than 90 days before, or within 30 days after, the start of care"
    r"\b(?P<n>\d{1,3}) (?P<unit>day|week|month)s? (?:before|prior to),? (?:or|and) "
    r"(?:\w+ ){0,4}?\d{1,3} (?:day|week|month)s? (?:after|following)\b",
    re.IGNORECASE,
)


def elapsed(reading: Reading) -> Requirement | None:
    """Time since an event, or that it must have happened within so long of another."""
    terms = about(reading)
    if (around := _AROUND.search(reading.text)) is not None and terms:  # the day it is counted from is not the request
        most = Length.model_validate({"n": around["n"], "unit": _UNITS[around["unit"].lower()]})
        return ElapsedSince(terms=topic(reading.text) or terms, op=Op.AT_MOST, length=most, judged=terms)
    for length in reading.lengths:
        before, after = reading.text[max(0, length.start - 45) : length.start], reading.text[length.end :][:45]
        said = words("elapsed_before").search(before) or words("elapsed_after").search(after)
        op = comparison(reading.text, length.start, length.end) or Op.AT_LEAST
        if terms and (said or (op in (Op.AT_LEAST, Op.MORE_THAN) and words("earlier").match(after.lstrip()))):
            plain = op in (Op.AT_LEAST, Op.MORE_THAN) and len(reading.lengths) == 1 and not unknown(terms)
            return ElapsedSince(
                terms=terms,
                op=op,
                length=length.value,
                before=_until(reading.text),
                judged=None if plain and not words("not_the_last").search(reading.text) else terms,
            )
    return None


def _until(text: str) -> Anchor:
    if words("before_service").search(text):
        return "service_date"
    return "order_date" if words("before_order").search(text) else "request_date"


_N = rf"(?P<n>(?<![\w.,/])\d{{1,3}}(?:\.\d)?|{notation.NUMBER_WORD})(?: \(\d+\))?(?: or more)?"
_UNIT = r"(?P<unit>day|night|week|month|year)s?\b"
_PER = re.compile(
    rf"{_N} (?!(?:mg|mcg|g|kg|cm|mm|ml|units?|lbs?|kcal|mets?)\b)(?P<what>[a-z-]+ )(?:[a-z-]+ ){{0,3}}?"
    rf"(?:per|a|each|every|in every|in each|out of) (?:each )?{_UNIT}",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    r"\b(?:(?P<times>once|twice|(?:one|two|three|four|five|six|\d{1,2}) times) )?(?:(?:a|per|each|every) "
    r"(?P<unit>day|night|week|month|year)\b|(?P<adverb>daily|nightly|weekly|monthly)\b)"
    r"|\bevery (?:(?P<n>\d{1,3}|two|three|four|six|eight|twelve) )?(?P<every>hour|day|night|week|month)s?\b",
    re.IGNORECASE,
)
_TIMES = {"once": 1, "twice": 2}
_ADVERBS = {"daily": "days", "nightly": "days", "weekly": "weeks", "monthly": "months"}
_UNITS = {"day": "days", "night": "days", "week": "weeks", "month": "months", "year": "years"}


_IN_EACH = re.compile(
    rf"{_N} (?:[a-z-]+ ){{1,5}}?in each of the (?:last|past|previous|prior|preceding) "
    rf"(?P<over>\d{{1,2}}|{notation.NUMBER_WORD}) {_UNIT}",
    re.IGNORECASE,
)


def _in_each(reading: Reading, terms: tuple[str, ...], found: re.Match[str]) -> Requirement | None:
    """So many in each of the last months, which a person must count: "4 hours in each of the last 3 months"."""
    n, over = (Decimal(said) if said.isdigit() else notation.spelled(said) for said in (found["n"], found["over"]))
    if not n or not over:
        return None
    unit = _UNITS[found["unit"].lower()]
    op = comparison(reading.text, *found.span("n")) or Op.AT_LEAST
    per, lasting = Length(n=Decimal(1), unit=unit), Length(n=Decimal(over), unit=unit)
    return Frequency(terms=terms, op=op, n=Decimal(n), per=per, over=lasting, judged=terms)


def frequency(reading: Reading) -> Requirement | None:
    """So many in each stretch of time: "4 migraine days per month", "at least weekly", "every 2 hours"."""
    if (lately := _IN_EACH.search(reading.text)) is not None and (named := about(reading)):
        return _in_each(reading, named, lately)
    found = _PER.search(reading.text)
    others = [length for length in reading.lengths if found is None or not found.start() <= length.start < found.end()]
    terms = about(reading)
    if not terms or (treatments(reading.hits) and (others or reading.dose)):
        return None
    if found is not None:
        n = Decimal(found["n"]) if found["n"][0].isdigit() else Decimal(notation.spelled(found["n"]) or 1)
        op = comparison(reading.text, *found.span("n")) or Op.AT_LEAST
        per = Length(n=Decimal(1), unit=_UNITS[found["unit"].lower()])
        return _recurring(reading, terms, op, n, per, found)
    often = _OFTEN.search(reading.text)
    if often is None or not (
        often["times"] or often["every"] or re.search(r"\bat least $", reading.text[: often.start()])
    ):
        return None
    if often["every"]:
        apart = (
            Decimal(notation.spelled(often["n"]) or 0) if often["n"] and not often["n"].isdigit() else often["n"] or 1
        )
        n, unit = (Decimal(24) / Decimal(apart), "days") if often["every"].lower() == "hour" else (Decimal(1), "")
        per = Length(n=Decimal(1) if unit else Decimal(apart), unit=unit or _UNITS[often["every"].lower()])
        return _recurring(reading, terms, Op.AT_LEAST, n, per, often)
    times = (often["times"] or "once").lower()
    said = times.removesuffix(" times")
    n = Decimal(_TIMES.get(times) or (said if said.isdigit() else notation.spelled(said) or 1))
    unit = _ADVERBS.get((often["adverb"] or "").lower()) or _UNITS[often["unit"].lower()]
    op = comparison(reading.text, *often.span()) or Op.AT_LEAST
    return _recurring(reading, terms, op, n, Length(n=Decimal(1), unit=unit), often)


def _recurring(
    reading: Reading, terms: tuple[str, ...], op: Op, n: Decimal, per: Length, found: re.Match[str]
) -> Requirement | None:
    """What recurs. How long it must have been so, and any further figure, a person must compare."""
    measured = [hit for hit in reading.hits if hit.term.kind is FactKind.MEASUREMENT]
    if measured and measured[0].term.unit and "/" not in measured[0].term.unit:
        return None
    rest = blank(reading.text, *found.span())
    over = next((length.value for length in notation.lengths(rest)), None)
    if op in (Op.AT_MOST, Op.LESS_THAN) and not measured and op is Op.AT_MOST:
        return Limit(terms=terms, n=n, rolling=per, judged=terms)
    unit = measured[0].term.unit if measured else None
    alone = unit is not None and over is None and not notation.numbers(rest) and not re.search(r"\beach of\b", rest)
    return Frequency(
        terms=terms, op=op, n=n, per=per, over=over, unit=unit, within=reading.window, judged=None if alone else terms
    )


def _spelled(text: str) -> list[notation.Found[Decimal]]:
    """The numbers that are spelled: "limited to three per region"."""
    found = re.finditer(rf"\b(?:{notation.NUMBER_WORD})\b", text, re.IGNORECASE)
    return [notation.Found(m.start(), m.end(), Decimal(n)) for m in found if (n := notation.spelled(m[0]))]


def limit(reading: Reading) -> Requirement | None:
    """What the payer caps: a figure that must not be passed, of a thing that is given or done."""
    terms = about(reading)
    capped = words("capped").search(reading.text)
    if not terms or any(hit.term.kind is FactKind.MEASUREMENT for hit in reading.hits):
        return None
    numbers = [*notation.numbers(reading.rest), *_spelled(reading.rest)]
    upper = [n for n in numbers if comparison(reading.rest, n.start, n.end) is Op.AT_MOST]
    counted = [n for n in upper if words("counted_things").match(reading.text[n.end :].lstrip(" -"))]
    lasting = [n for n in reading.lengths if comparison(reading.text, n.start, n.end) is Op.AT_MOST]
    if not counted and not (capped and (upper or lasting or words("over_limit").search(reading.text))):
        return None
    n = next(iter(counted or upper), None)
    rolling = next((length.value for length in notation.lengths(reading.text)), None)
    return Limit(terms=terms, n=n.value if n else None, rolling=rolling, judged=terms)


def concordant(reading: Reading) -> Requirement | None:
    """Two things that must agree."""
    terms = about(reading)
    if not terms or not words("agrees").search(reading.text) or notation.numbers(reading.rest) or reading.lengths:
        return None
    return Concordant(terms=terms, judged=terms)
