"""A statement that asks for a diagnosis by its ICD-10-CM code: one, several, a range, or all that begin alike."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

from pipeline.extract.codes import every_code
from pipeline.extract.criteria.asked import left, subjects
from pipeline.extract.criteria.clauses import Reading, blank, no_more_numbers, words
from schemas.requirement import Code, Requirement

_CODE = re.compile(
    r"(?<![\w.])(?P<stem>[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4}|[0-9A-Z]{1,4})?)(?P<wild>\.?(?:x{1,4}|\*|-)(?![\w-]))?(?!\w|\.\w)"
)
_TO = re.compile(r"\s*(?:-|\u2013|\u2014|\bto\b|\bthrough\b|\bthru\b)\s*")
_MOST = 200  # terms of one range; a wider one is a chapter, which nobody means


def codes(reading: Reading) -> Requirement | None:
    """A diagnosis by code, where the statement names nothing else; which of two joined by "and" is for a person."""
    found = _found(reading.text)
    rest = without_codes(reading.rest)
    if not found or subjects(reading) or not no_more_numbers(rest) or reading.lengths or reading.dose:
        return None
    if words("contrary").search(rest) and not words("negated").search(reading.text):
        return None
    terms: list[str] = []
    joints = [reading.text[a.end() : b.start()] for a, b in pairwise(found)]
    for n, one in enumerate(found):
        if n and _TO.fullmatch(joints[n - 1]):
            continue
        last = found[n + 1] if n < len(joints) and _TO.fullmatch(joints[n]) else None
        named = between(_stem(one), _stem(last)) if last else (_stem(one),)
        if not named:
            return None
        terms += named
    asked = Code(terms=tuple(dict.fromkeys(terms)), within=reading.window)
    return left(asked, ()) if any(re.search(r"\band\b", joint) for joint in joints) else asked


def without_codes(text: str) -> str:
    """The text with its codes, and the words that only say that they are codes, made blank."""
    for found in _found(text):
        text = blank(text, *found.span())
    return words("code_words").sub(lambda said: " " * len(said[0]), text)


def _found(text: str) -> list[re.Match[str]]:
    """The codes of a text; without a point only where the text speaks of codes ("L5", "T12" are levels)."""
    speaks = words("code_words").search(text) is not None
    known = every_code()
    return [
        found
        for found in _CODE.finditer(text)
        if found["stem"][:3] in known
        and ("." in found[0] or (speaks and found["stem"].rstrip("X").replace(".", "") in known))
    ]


def joins_codes(text: str, start: int, end: int) -> bool:
    """Whether a joint parts nothing but two codes of one list: "C50.911, C50.912 or C50.919"."""
    places = [found.span() for found in _found(text)]
    return any(b == start for _, b in places) and any(a in (end, end + 3) for a, _ in places)


def beside(text: str) -> Iterator[tuple[int, int]]:
    """The part of a statement, between commas, that only tells codes: "sciatica, ICD-10 M54.31 or M54.32, for ..."."""
    places = [found.span() for found in _found(text)]
    if not places:
        return
    start = text.rfind(",", 0, places[0][0]) + 1
    stop = text.find(",", places[-1][1])
    end = len(text) if stop < 0 else stop
    aside = words("coded_aside").sub(" ", without_codes(text[start:end]))
    if start and not re.search(r"[a-z]{2}", aside):
        yield start, end


def _stem(found: re.Match[str]) -> str:
    """The code as the checker reads it, which takes every longer code for one of it."""
    return found["stem"].rstrip("X").rstrip(".") if found["wild"] else found["stem"]


@lru_cache(maxsize=256)
def between(first: str, last: str) -> tuple[str, ...]:
    """The codes from one to another, both with all under them, in as few terms as say so; none where too many."""
    low, high = first.replace(".", ""), last.replace(".", "")
    if low >= high or low[0] != high[0]:
        return ()
    ordered = _ordered()
    end = bisect_left(ordered, f"{high}~")  # "~" stands behind every figure and letter
    terms: list[str] = []
    for code in ordered[bisect_left(ordered, low) : end]:
        under = terms and code.startswith(terms[-1])
        if not under and bisect_left(ordered, f"{code}~") <= end:
            terms.append(code)
    return tuple(map(_pointed, terms)) if len(terms) <= _MOST else ()


@cache
def _ordered() -> tuple[str, ...]:
    return tuple(sorted(every_code()))


def _pointed(code: str) -> str:
    return code if len(code) == 3 else f"{code[:3]}.{code[3:]}"
