"""Whether the dates, lengths, numbers, amounts and codes of a sentence stand in what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from pipeline.draft.evidence import Support
from pipeline.folding import folded
from pipeline.notation import MONTHS, Found, amounts, dates, lengths, spelled
from pipeline.tables import load
from schemas.coverage import Verdict
from schemas.dates import PartialDate
from schemas.fact import Fact, Length

_RATIO = re.compile(r"(?<![\w./])(\d+(?:\.\d+)?)\s?(?:/|out of|of)\s?(\d+(?:\.\d+)?)(?![\w/]|\.\d)")
_FIGURE = re.compile(
    r"(?:(?<![\w.,/$-])|(?<=\s\d-)|(?<=\s\d\d-))(\d+(?:,\d{3})*(?:\.\d+)?)"
    r"(?![\d/]|[.,-]\d{2})(?:[\s-]?(%|\u00b0|[a-zA-Z][a-zA-Z/\u00b2]*))?"
)
_TOKEN = re.compile(r"[^\s\"()\[\],;\u201c\u201d]*\d[^\s\"()\[\],;\u201c\u201d]*")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_YEARLESS = re.compile(
    r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])|\b(" + "|".join(MONTHS) + r")\.?\s(\d{1,2})\b", re.IGNORECASE
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}

Figure = tuple[Decimal, str | None]


@cache
def _units() -> dict[str, str]:
    """Each spelling of a unit with the one name it goes by."""
    rows = load("draft", "words.yaml")["units"]
    return {spelling.casefold(): name for name, spellings in rows.items() for spelling in (name, *spellings)}


def unit_name(spelling: str | None) -> str | None:
    """The one name of a unit, or None where the word is none."""
    if spelling is None:
        return None
    word = spelling.casefold().rstrip(".")
    return _units().get(word) or (word if "/" in word else None)


@dataclass(frozen=True)
class Carried:
    """The figures that the support of a sentence states."""

    support: Support
    dates: tuple[PartialDate, ...]
    lengths: frozenset[tuple[Decimal, str]]
    figures: frozenset[Figure]
    amounts: frozenset[Decimal]
    words: str

    @classmethod
    def by(cls, support: Support) -> Carried:
        """Read the support once. Of the checker's arithmetic the formula gives dates, the result the figures."""
        text = "\n".join(support.texts)
        dated = dates(f"{text}\n{support.computed.formula}\n{support.computed.figure}")
        plain = _blank(text, dates(text)) + "\n" + _blank(support.computed.figure, dates(support.computed.figure))
        return cls(
            support=support,
            dates=(*(found.value for found in dated), *(PartialDate.of(day) for day in support.dates)),
            lengths=frozenset((found.value.n, found.value.unit) for found in lengths(plain)),
            figures=frozenset(_figures(plain)),
            amounts=frozenset((*(found.value for found in amounts(text)), *support.amounts)),
            words=folded(text),
        )

    def date(self, value: PartialDate) -> bool:
        """Whether a date is stated, at least as exactly; one without its year counts where a fact completes it."""
        if any(known.root.startswith(value.root) for known in self.dates):
            return True
        if value.precision == "year" and re.search(rf"(?<![\w/-]){value.root}(?![\w/-])", self.words):
            return True
        completed = any(value in (fact.date, fact.start, fact.end) for fact in self.support.facts)
        if not completed or value.precision != "day":
            return False
        years = {known.earliest.year for known in self.dates}
        return value.earliest.year in years and (value.earliest.month, value.earliest.day) in _yearless(self.words)

    def length(self, value: Length) -> bool:
        """Whether a length of time is stated in that unit."""
        return (value.n, value.unit) in self.lengths

    def range(self, first: PartialDate, last: PartialDate) -> bool:
        """Whether something ran between the two dates, in that order."""
        own = any((fact.start, fact.end) == (first, last) for fact in self.support.facts)
        return own or f"{first} to {last}" in self.support.computed.formula

    def ratio(self, value: Decimal, top: Decimal) -> bool:
        """Whether a score is stated, out of that scale."""
        if any((value, top) == pair for text in self.support.texts for pair in _ratios(text)):
            return True
        return self.number(value) and any((f.number, f.scale_max) == (value, top) for f in self.support.facts)

    def number(self, value: Decimal, unit: str | None = None) -> bool:
        """Whether a number is stated, with that unit if it has one; a fact may supply the unit of a number."""
        if (value, unit) in self.figures:
            return True
        stated = any(value == known for known, _ in self.figures) or self._spelled(value)
        return stated and (unit is None or any(_of_fact(fact, value, unit) for fact in self.support.facts))

    def _spelled(self, value: Decimal) -> bool:
        return any(spelled(word) == value or _ROMAN.get(word) == value for word in _WORD.findall(self.words))

    def token(self, token: str) -> bool:
        """Whether a code or identifier is stated as printed."""
        return re.search(rf"(?<![a-z\d]){re.escape(folded(token))}(?![a-z\d])", self.words) is not None


def _yearless(text: str) -> set[tuple[int, int]]:
    found = set()
    for match in _YEARLESS.finditer(text):
        month = int(match[1]) if match[1] else MONTHS[match[3].lower()]
        found.add((month, int(match[2] or match[4])))
    return found


def _of_fact(fact: Fact, value: Decimal, unit: str) -> bool:
    """Whether a fact has the number in that unit: its value, visits, dose or scale."""
    own: list[Figure] = [(fact.number, unit_name(fact.unit))] if fact.number is not None else []
    if fact.visits is not None:
        own.append((Decimal(fact.visits), "visits"))
    if fact.dose is not None:
        own.append((fact.dose.n, unit_name(fact.dose.unit)))
    return (value, unit) in own


def _blank(text: str, found: Iterable[Found[Any]]) -> str:
    """The text with spaces where something was found."""
    for item in found:
        text = text[: item.start] + " " * (item.end - item.start) + text[item.end :]
    return text


def _ratios(text: str) -> Iterator[tuple[Decimal, Decimal]]:
    return ((Decimal(match[1]), Decimal(match[2])) for match in _RATIO.finditer(text))


def _figures(text: str) -> Iterator[Figure]:
    """The plain numbers of a text with their units. Both ends of a ratio are numbers."""
    for pair in _ratios(text):
        yield from ((n, None) for n in pair)
    for match in _FIGURE.finditer(text):
        n = Decimal(match[1].replace(",", ""))
        yield n, None
        if unit := unit_name(match[2]):
            yield n, unit


def figure_reasons(text: str, support: Support) -> Iterator[str]:
    """Why the figures of a text are not carried. `text` is the sentence without what it quotes."""
    carried = Carried.by(support)
    found = dates(text)
    yield from (f"no cited place states the date {item.value}" for item in found if not carried.date(item.value))
    for first, last in pairwise(found):
        joined = text[first.end : last.start].strip() in ("to", "through", "until")
        if joined and not carried.range(first.value, last.value):
            yield f"nothing cited ran from {first.value} to {last.value}"
    text = _blank(text, found)
    yield from _value_reasons(text, support)
    yield from _amount_reasons(text, carried)
    text = _blank(text, amounts(text))
    yield from _length_reasons(text, carried)
    yield from _number_reasons(_blank(text, lengths(text)), carried)


def _value_reasons(text: str, support: Support) -> Iterator[str]:
    """Why the number that follows the name of a measurement is not one that a fact of that name has."""
    known: dict[str, set[str]] = {}
    for fact in support.facts:
        if fact.number is not None:
            known.setdefault(folded(fact.name), set()).update(filter(None, (fact.value, fact.value_high)))
    for name, values in known.items():
        for match in re.finditer(rf"(?<!\w){re.escape(name)}[^\d,;]{{1,80}}?(\d+(?:\.\d+)?)", folded(text)):
            if Decimal(match[1]) not in map(Decimal, values):
                yield f"no cited fact has the {name} {match[1]}"


def _amount_reasons(text: str, carried: Carried) -> Iterator[str]:
    for amount in amounts(text):
        if amount.value not in carried.amounts:
            yield f"no cited place states the amount {amount.value}"


def _length_reasons(text: str, carried: Carried) -> Iterator[str]:
    for found in lengths(text):
        if not carried.length(found.value):
            yield f"no cited place states {found.value.n} {found.value.unit}"
        elif _only_asked_for(found.value, carried.support):
            yield f"{found.value.n} {found.value.unit} is what the criterion asks, not what the record shows"


def _only_asked_for(value: Length, support: Support) -> bool:
    """Whether an unmet criterion asks for that length and the arithmetic does not come to it."""
    if support.result is None or support.result.verdict is not Verdict.NOT_MET:
        return False
    asked = {(found.value.n, found.value.unit) for found in lengths(support.computed.needed)}
    shown = {(found.value.n, found.value.unit) for found in lengths(support.computed.figure)}
    return (value.n, value.unit) in asked - shown


def _number_reasons(text: str, carried: Carried) -> Iterator[str]:
    for match in _RATIO.finditer(text):
        if not carried.ratio(Decimal(match[1]), Decimal(match[2])):
            yield f"no cited place states {match[0]}"
    text = _RATIO.sub(lambda match: " " * len(match[0]), text)
    for match in _FIGURE.finditer(text):
        n, unit = Decimal(match[1].replace(",", "")), unit_name(match[2])
        finer = "." in match[1] and match[1].endswith("0") and not carried.token(match[1])  # 7.20 is not version 7.2
        if finer or not carried.number(n, unit):
            yield f"no cited place states the number {match[1]}{' ' + unit if unit else ''}"
    text = _FIGURE.sub(lambda match: " " * len(match[0]), text)
    for token in _TOKEN.findall(text):
        if not carried.token(token.rstrip(".:")):
            yield f"no cited place states {token.rstrip('.:')}"
