"""Whether the dates, lengths, numbers, amounts and codes of a sentence stand in what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pipeline.draft.evidence import Support
from pipeline.draft.verify_tokens import Figure, Stated, Token, blanked, stated, unit_name
from pipeline.draft.verify_words import plain_words
from pipeline.folding import folded
from pipeline.notation import MONTHS, lengths, spelled
from schemas.coverage import Verdict
from schemas.dates import PartialDate
from schemas.fact import Fact, Length
from schemas.letter import TokenKind

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_RANGE = r"(\d+(?:\.\d+)?)(?:\s?(?:to|-)\s?(\d+(?:\.\d+)?))?"
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b\.?\s{{1,3}}\d+", re.IGNORECASE)
_SORTS = {TokenKind.DATE: "the date ", TokenKind.AMOUNT: "the amount ", TokenKind.NUMBER: "the number "}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}


@dataclass(frozen=True)
class Carried:
    """The figures that the support of a sentence states. Of the checker's arithmetic the formula gives only dates."""

    support: Support
    texts: tuple[Stated, ...]
    dates: tuple[PartialDate, ...]

    @classmethod
    def by(cls, support: Support) -> Carried:
        """What the support states."""
        texts = (*map(stated, support.texts), stated(support.computed.figure))
        named = (PartialDate.of(day) for day in support.dates)
        formula = stated(support.computed.formula).dates
        return cls(support, texts, (*(value for text in texts for value in text.dates), *formula, *named))

    def date(self, value: PartialDate) -> bool:
        """Whether a date is stated, at least as exactly; one without its year counts where a fact completes it."""
        if any(known.iso.startswith(value.iso) for known in self.dates):
            return True
        year = re.compile(rf"(?<![\w/-]){value.iso}(?![\w/-])") if value.precision == "year" else None
        if year and any(year.search(text.words) for text in self.texts):
            return True
        completed = any(value in (fact.date, fact.start, fact.end) for fact in self.support.facts)
        if not completed or value.precision != "day":
            return False
        day = value.earliest
        years = {known.earliest.year for known in self.dates}
        return day.year in years and any((day.month, day.day) in text.yearless for text in self.texts)

    def length(self, value: Length) -> bool:
        """Whether a length of time is stated in that unit."""
        return any((value.n, value.unit) in text.lengths for text in self.texts)

    def range(self, first: PartialDate, last: PartialDate) -> bool:
        """Whether something ran between the two dates, in that order."""
        own = any((fact.start, fact.end) == (first, last) for fact in self.support.facts)
        return own or f"{first} to {last}" in self.support.computed.formula

    def ratio(self, value: Decimal, top: Decimal) -> bool:
        """Whether a score is stated, out of that scale."""
        if any((value, top) in text.ratios for text in self.texts):
            return True
        return self.number(value) and any((f.number, f.scale_max) == (value, top) for f in self.support.facts)

    def amount(self, value: Decimal) -> bool:
        """Whether an amount of money is stated."""
        return value in self.support.amounts or any(value in text.amounts for text in self.texts)

    def number(self, value: Decimal, unit: str | None = None) -> bool:
        """Whether a number is stated, with that unit if it has one; a fact may supply the unit of a number."""
        if any((value, unit) in text.figures for text in self.texts):
            return True
        number = any((value, None) in text.figures for text in self.texts) or self._spelled(value)
        return number and (unit is None or any(_of_fact(fact, value, unit) for fact in self.support.facts))

    def _spelled(self, value: Decimal) -> bool:
        words = (word for text in self.texts for word in _WORD.findall(text.words))
        return any(spelled(word) == value or _ROMAN.get(word) == value for word in words)

    def code(self, code: str) -> bool:
        """Whether a code or identifier is stated as printed."""
        pattern = re.compile(rf"(?<![a-z\d])(?<![a-z\d][./-]){re.escape(folded(code))}(?![a-z\d]|[./-][a-z\d])")
        return any(pattern.search(text.words) for text in self.texts)


def _of_fact(fact: Fact, value: Decimal, unit: str) -> bool:
    """Whether a fact has the number in that unit: its value, visits, dose or scale."""
    own: list[Figure] = [(fact.number, unit_name(fact.unit))] if fact.number is not None else []
    if fact.visits is not None:
        own.append((Decimal(fact.visits), "visits"))
    if fact.dose is not None:
        own.append((fact.dose.n, unit_name(fact.dose.unit)))
    return (value, unit) in own


def figure_reasons(own: str, found: Sequence[Token], support: Support) -> Iterator[str]:
    """Why figures are not carried. `own` is the sentence without what it quotes, `found` its figures by place."""
    carried = Carried.by(support)
    for token in found:
        yield from _reasons(token, carried)
    days = [token for token in found if isinstance(token.value, PartialDate)]
    for first, last in pairwise(days):
        joined = own[first.end : last.start].strip() in ("to", "through", "until")
        if joined and not carried.range(_day(first), _day(last)):
            yield f"nothing cited ran from {first.value} to {last.value}"
    yield from _value_reasons(own, support)


def _day(token: Token) -> PartialDate:
    if not isinstance(token.value, PartialDate):
        raise TypeError("a date token holds a date")
    return token.value


def carries(carried: Carried, token: Token) -> bool:
    """Whether a figure is stated."""
    match token.kind, token.value:
        case TokenKind.DATE, PartialDate() as day:
            return carried.date(day)
        case TokenKind.RATIO, (Decimal() as value, Decimal() as top):
            return carried.ratio(value, top)
        case TokenKind.AMOUNT, Decimal() as amount:
            return carried.amount(amount)
        case TokenKind.LENGTH, Length() as length:
            return carried.length(length)
        case TokenKind.NUMBER, Decimal() as number:
            written = token.text.split()[0].split("-")[0]
            finer = "." in written and written.endswith("0") and not carried.code(written)  # 7.20 is not version 7.2
            return not finer and carried.number(number, token.unit)
        case TokenKind.CODE, str() as code:
            return folded(code) in plain_words() or carried.code(code)
    return False


def _reasons(token: Token, carried: Carried) -> Iterator[str]:
    if not carries(carried, token):
        yield f"no cited place states {_SORTS.get(token.kind, '')}{token.text}"
    elif isinstance(token.value, Length) and _only_asked_for(token.value, carried.support):
        yield f"{token.value.n} {token.value.unit} is what the criterion asks, not what the record shows"


def _value_reasons(text: str, support: Support) -> Iterator[str]:
    """Why the number or range that follows the name of a measurement is not one that a fact of that name has."""
    known: dict[str, set[tuple[Decimal, Decimal | None]]] = {}
    for fact in support.facts:
        if fact.number is not None:
            high = Decimal(fact.value_high) if fact.value_high else None
            known.setdefault(folded(fact.name), set()).add((fact.number, high))
    for name, values in known.items():
        for match in re.finditer(rf"(?<!\w){re.escape(name)}[^\d,;]{{1,80}}?{_RANGE}", folded(text)):
            if (Decimal(match[1]), Decimal(match[2]) if match[2] else None) not in values:
                yield f"no cited fact has the {name} {match[1]}{' to ' + match[2] if match[2] else ''}"


def unread_reasons(own: str, found: Sequence[Token]) -> Iterator[str]:
    """Why what looks like a date is none."""
    rest = blanked(own, tuple((token.start, token.end) for token in found if token.kind is TokenKind.DATE))
    yield from (f"\u201c{match[0]}\u201d is no date" for match in _MONTH.finditer(rest))


def _only_asked_for(value: Length, support: Support) -> bool:
    """Whether an unmet criterion asks for that length and the arithmetic does not come to it."""
    if support.result is None or support.result.verdict is not Verdict.NOT_MET:
        return False
    asked = {(found.value.n, found.value.unit) for found in lengths(support.computed.needed)}
    shown = {(found.value.n, found.value.unit) for found in lengths(support.computed.figure)}
    return (value.n, value.unit) in asked - shown
