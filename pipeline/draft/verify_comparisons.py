"""Comparisons, recomputed: what the record shows against what the criterion asks, and who may say that it is met."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from pipeline.draft.evidence import Support
from pipeline.draft.verify_tokens import Token, stated
from pipeline.draft.verify_words import any_of, words
from pipeline.folding import folded
from schemas.coverage import Verdict
from schemas.dates import PartialDate
from schemas.fact import Length
from schemas.letter import TokenKind

_BETWEEN = 4  # words that may stand between a comparison and its figure: "exceeds the required minimum of 6 weeks"
_FIGURED = re.compile(r"\s{0,3}(?:the\s)?[^\s\d]{0,6}\d")
_GOES_ON = re.compile(r"\s?(?:to|-)\s?\d|\s\d")
_DAYS = {"days": 1, "weeks": 7}
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class Relation(NamedTuple):
    """A comparison: its sign, and where its words stand in the text."""

    sign: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Compared:
    """The comparisons of a sentence, and the figures that stand for what the criterion asks, not for the record."""

    reasons: tuple[str, ...]
    asked: frozenset[Token]
    relations: tuple[Relation, ...]


@cache
def _signs() -> dict[str, str]:
    return {folded(cue): sign for sign, cues in words().relations.items() for cue in cues}


def relations(own: str, whole: str) -> Iterator[Relation]:
    """The comparisons of a text. Short words count where a figure follows at once in the `whole` of it."""
    page = own.lower()  # keeps every place, as folding may not
    for match in any_of(tuple(_signs())).finditer(page):
        if match[0] not in words().relations_beside_a_figure or _FIGURED.match(whole, match.end()):
            yield Relation(_signs()[match[0]], match.start(), match.end(), match[0])


def compare(own: str, found: Sequence[Token], support: Support, criterion: str, whole: str = "") -> Compared:
    """Judge the comparisons of a text; `criterion` is what the payer asks, in its words.

    `own` may lack names that `whole` has, each other character in its place.
    """
    reasons: list[str] = []
    asked: set[Token] = set()
    needed = support.computed.needed or criterion  # the criterion may name other figures too, such as a scale
    related = tuple(relations(own, whole or own))
    for relation in related:
        right = _after(own, relation, found)
        if right is None:
            reasons.append(f"\u201c{relation.text}\u201d is a comparison with no figure")
            continue
        if _copied(own, relation, right, support.texts):
            continue
        if not _asks(right, needed) or _is_scale(right, support):
            reasons.append(f"\u201c{relation.text} {right.text}\u201d is a comparison with what no criterion asks")
            continue
        asked.add(right)
        left = _before(relation, right, found)
        if left is not None and not _holds(relation.sign, left, right):
            reasons.append(f"\u201c{left.text} {relation.text} {right.text}\u201d is a comparison that does not hold")
        elif left is None and not (_copied(own, relation, right, (needed,)) and _is_met(support)):
            reasons.append(f"\u201c{relation.text} {right.text}\u201d is a comparison of nothing")
    reasons += _attained(own, support)
    return Compared(tuple(reasons), frozenset(asked), related)


def _attained(own: str, support: Support) -> Iterator[str]:
    said = any_of(words().attained).search(folded(own))
    if said is None:
        return
    if support.result is None or support.result.verdict is not Verdict.MET:
        yield f"\u201c{said[0]}\u201d is a comparison, and no criterion is found met"
    elif not _is_met(support):
        yield f"\u201c{said[0]}\u201d rests on facts that the criterion was not found met by"


def _is_met(support: Support) -> bool:
    """Whether the criterion is met, by no other facts than those the checker names."""
    result = support.result
    if result is None or result.verdict is not Verdict.MET:
        return False
    return {fact.id for fact in support.facts} <= {*result.facts}


def _after(own: str, relation: Relation, found: Sequence[Token]) -> Token | None:
    """The figure that something is compared with; a range or "6 weeks 4 days" is none."""
    right = next((token for token in found if token.start >= relation.end), None)
    if right is None or len(own[relation.end : right.start].split()) > _BETWEEN:
        return None
    return None if _GOES_ON.match(own, right.end) else right


def _before(relation: Relation, right: Token, found: Sequence[Token]) -> Token | None:
    """The nearest figure before the comparison that is of the same sort."""
    return next((t for t in reversed(found) if t.end <= relation.start and _paired(t, right) is not None), None)


def _paired(left: Token, right: Token) -> tuple[Decimal, Decimal] | None:
    """Two figures in one unit, or None where they are of two sorts; of dates the days since the first of all."""
    match left.value, right.value:
        case PartialDate() as first, PartialDate() as second if first.day and second.day:
            return Decimal(first.day.toordinal()), Decimal(second.day.toordinal())
        case Length() as first, Length() as second:
            return _in_one_unit(first, second)
        case (Decimal() as first, Decimal() as top), (Decimal() as second, Decimal() as other):
            return (first, second) if top == other else None
        case (Decimal() as first, Decimal()), Decimal() as second:
            return (first, second) if right.kind is TokenKind.NUMBER and right.unit is None else None
        case Decimal() as first, Decimal() as second if left.kind is right.kind:
            return (first, second) if left.unit == right.unit or None in (left.unit, right.unit) else None
    return None


def _in_one_unit(first: Length, second: Length) -> tuple[Decimal, Decimal] | None:
    """Days and weeks are each other's; months and years are not weeks."""
    if first.unit == second.unit:
        return first.n, second.n
    if first.unit in _DAYS and second.unit in _DAYS:
        return first.n * _DAYS[first.unit], second.n * _DAYS[second.unit]
    return None


def _holds(sign: str, left: Token, right: Token) -> bool:
    pair = _paired(left, right)
    return pair is not None and sign in _HOLDS and _HOLDS[sign](*pair)


def _asks(right: Token, needed: str) -> bool:
    """Whether the criterion states that figure."""
    asked = stated(needed)
    match right.value:
        case PartialDate() as day:
            return day in asked.dates
        case Length() as length:
            return (length.n, length.unit) in asked.lengths
        case (Decimal() as value, Decimal() as top):
            return (value, top) in asked.ratios
        case Decimal() as number:
            return number in asked.amounts if right.kind is TokenKind.AMOUNT else (number, right.unit) in asked.figures
    return False


def _is_scale(right: Token, support: Support) -> bool:
    """Whether a figure is the top of a score's scale, with which nothing is compared."""
    return any(fact.scale_max is not None and right.value == fact.scale_max for fact in support.facts)


def _copied(own: str, relation: Relation, right: Token, texts: Sequence[str]) -> bool:
    """Whether a text compares in these very words."""
    phrase = folded(own[relation.start : right.end])
    pattern = re.compile(rf"(?<![\w-]){re.escape(phrase)}(?![\w.]\d|\w)")
    return any(pattern.search(stated(text).words) for text in texts)
