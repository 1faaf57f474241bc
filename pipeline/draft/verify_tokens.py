"""The figures of a sentence with their places: dates, ratios, lengths, amounts, numbers with their units, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from pipeline.folding import fold, folded
from pipeline.notation import MONTHS, Found, amounts, dates, lengths
from pipeline.tables import load
from schemas.dates import PartialDate
from schemas.fact import Length
from schemas.letter import TokenKind

_RATIO = re.compile(r"(?<![\w./])(\d+(?:\.\d+)?)\s?(?:/|out of|of)\s?(\d+(?:\.\d+)?)(?![\w/]|\.\d)")
_FIGURE = re.compile(
    r"(?:(?<![\w.,/$-])|(?<=\s\d-)|(?<=\s\d\d-))(\d+(?:,\d{3})*(?:\.\d+)?)"
    r"(?![\d/]|[.,-]\d{2})(?:[\s-]?(%|\u00b0|[a-zA-Z][a-zA-Z/\u00b2]*))?"
)
_CODE = re.compile(r"[^\s\"()\[\],;\u201c\u201d]*\d[^\s\"()\[\],;\u201c\u201d]*")
_YEAR = re.compile(r"\b(?:in|of|to|from|until|since|through|and)\s((?:19|20)\d\d)(?![\w/%-]|\.\d)")
_YEARLESS = re.compile(
    r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])|\b(" + "|".join(MONTHS) + r")\.?\s(\d{1,2})\b", re.IGNORECASE
)

Figure = tuple[Decimal, str | None]


class Token(NamedTuple):
    """A figure and the half-open range of the text that states it; one with a unit holds the unit's one name."""

    kind: TokenKind
    start: int
    end: int
    text: str
    value: PartialDate | Length | Decimal | tuple[Decimal, Decimal] | str
    unit: str | None = None


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


def blanked(text: str, ranges: Iterator[tuple[int, int]] | tuple[tuple[int, int], ...]) -> str:
    """The text with spaces in the ranges: everything else keeps its place."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def places_of(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a text holds a name, whatever its case and spacing."""
    words = folded(name).rstrip(".")
    page = fold(text)
    for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", page.text) if words else ():
        yield page.original(match.start(), match.end())


def tokens(text: str) -> tuple[Token, ...]:
    """The figures of a text, in order. Of what could be read two ways the longer reading counts."""
    found: list[Token] = []
    for read in (_dates, _ratios, _money, _lengths, _numbers, _codes):
        fresh = list(read(text))
        found += fresh
        text = blanked(text, tuple((token.start, token.end) for token in fresh))
    return tuple(sorted(found, key=lambda token: token.start))


def _of(kind: TokenKind, text: str, found: list[Found[Any]]) -> Iterator[Token]:
    for item in found:
        yield Token(kind, item.start, item.end, text[item.start : item.end], item.value)


def _dates(text: str) -> Iterator[Token]:
    """Dates, and years alone where a word says that they are years."""
    found = dates(text)
    yield from _of(TokenKind.DATE, text, found)
    rest = blanked(text, tuple((item.start, item.end) for item in found))
    for match in _YEAR.finditer(rest):
        yield Token(TokenKind.DATE, match.start(1), match.end(1), match[1], PartialDate(match[1]))


def _money(text: str) -> Iterator[Token]:
    """Amounts with a dollar sign: without one two decimals are a number like any other."""
    return _of(TokenKind.AMOUNT, text, [item for item in amounts(text) if text[item.start] == "$"])


def _lengths(text: str) -> Iterator[Token]:
    for item in lengths(text):  # a full stop after the unit may be the sentence's
        end = item.end - text[: item.end].endswith(".")
        yield Token(TokenKind.LENGTH, item.start, end, text[item.start : end], item.value)


def _ratios(text: str) -> Iterator[Token]:
    for match in _RATIO.finditer(text):
        pair = Decimal(match[1]), Decimal(match[2])
        yield Token(TokenKind.RATIO, match.start(), match.end(), match[0], pair)


def _numbers(text: str) -> Iterator[Token]:
    for match in _FIGURE.finditer(text):
        unit = unit_name(match[2])
        end = match.end() if unit else match.end(1)
        n = Decimal(match[1].replace(",", ""))
        yield Token(TokenKind.NUMBER, match.start(), end, text[match.start() : end], n, unit)


def _codes(text: str) -> Iterator[Token]:
    for match in _CODE.finditer(text):
        code = match[0].rstrip(".:")
        yield Token(TokenKind.CODE, match.start(), match.start() + len(code), code, code)


class Stated(NamedTuple):
    """What one text states in figures."""

    dates: tuple[PartialDate, ...]
    yearless: frozenset[tuple[int, int]]
    lengths: frozenset[tuple[Decimal, str]]
    ratios: frozenset[tuple[Decimal, Decimal]]
    figures: frozenset[Figure]
    amounts: frozenset[Decimal]
    words: str


@lru_cache(maxsize=4096)
def stated(text: str) -> Stated:
    """The figures of a text that may carry a sentence. Kept, since many sentences cite the same place."""
    found = dates(text)
    plain = blanked(text, tuple((item.start, item.end) for item in found))
    ratios = frozenset((Decimal(match[1]), Decimal(match[2])) for match in _RATIO.finditer(text))
    return Stated(
        dates=tuple(item.value for item in found),
        yearless=frozenset(_yearless(folded(text))),
        lengths=frozenset((item.value.n, item.value.unit) for item in lengths(plain)),
        ratios=ratios,
        figures=frozenset((*_figures(plain), *((n, None) for pair in ratios for n in pair))),
        amounts=frozenset(item.value for item in amounts(text)),
        words=folded(text),
    )


def _yearless(text: str) -> Iterator[tuple[int, int]]:
    for match in _YEARLESS.finditer(text):
        yield int(match[1]) if match[1] else MONTHS[match[3].lower()], int(match[2] or match[4])


def _figures(text: str) -> Iterator[Figure]:
    """The plain numbers of a text, each with its unit and without. Both ends of a ratio are numbers."""
    for match in _FIGURE.finditer(text):
        n = Decimal(match[1].replace(",", ""))
        yield n, None
        if unit := unit_name(match[2]):
            yield n, unit
