"""Scores of instruments that the vocabulary does not know, where name, figure and scale are plain; sizes of things."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract.chart.chart import Line
from pipeline.extract.chart.figures import Value, phrases, table
from pipeline.extract.vocabulary import Term, TermHit, terms
from schemas.fact import FactKind

_SCALED = re.compile(
    r"(?<![\w/.-])(?P<name>[A-Z][A-Za-z]{0,9}(?:-?[A-Z0-9]{1,6}){1,3})(?:\s(?:total|global|score|composite|today|now|was|is|of|=)){0,3}"
    r"[:,]?\s?(?P<low>\d{1,3}(?:\.\d{1,2})?)\s?(?:/|out of|of)\s?(?P<scale>\d{1,3})(?![\w/]|\.\d|-\d)"
)
_CALLED = re.compile(
    r"(?<![\w-])(?P<name>[A-Z][\w'-]*(?:\s[A-Z][\w'-]*){0,4}\s(?P<kind>[A-Za-z]{4,13}))"
    r"(?:\s\([A-Z][\w-]{1,11}\))?(?:\s(?:total|global|score|composite|raw|today|now|was|is|of|=)){0,3}:?\s"
    r"(?P<low>\d{1,3}(?:\.\d{1,2})?)(?:\s?(?:/|out of|of)\s?(?P<scale>\d{1,3}))?"
    r"(?![\w/%-]|\.\d|\s?(?:mg|mcg|mL|weeks|days|months|years))"
)
_SIZE = re.compile(
    r"(?<![\w.])(?P<low>\d{1,3}(?:\.\d{1,2})?)(?:\s?(?P<first>cm|mm))?\s?[x\u00d7]\s?\d{1,3}(?:\.\d{1,2})?"
    r"(?:\s?(?:cm|mm))?(?:\s?[x\u00d7]\s?\d{1,3}(?:\.\d{1,2})?)?\s?(?P<unit>cm|mm)?(?!\w)"
)
_FAR = 60  # characters between a thing and its size


@cache
def _not_instruments() -> frozenset[str]:
    return frozenset(table().no_instruments)


def _named(name: str) -> Term:
    """A measure under the name that the record gives it; it can be of a side."""
    return Term(
        name=name, kind=FactKind.MEASUREMENT, classes=("lateral",), forms=(name,), source="as the record names it"
    )


_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 ,()%'/+-]{1,48}")


def term_named(words: str) -> Term | None:
    """A measure as a table names it; None where the words name something else that is known, or no plain thing."""
    known = any(hit.term.kind not in (FactKind.MEASUREMENT, None) for hit in terms(words))
    return None if known or not _PLAIN_NAME.fullmatch(words) else _named(words)


def scores_under_unknown_names(line: Line, start: int, end: int) -> Iterator[tuple[TermHit, Value]]:
    """An abbreviation before a figure with its scale ("ABC-X 13/25"), or a name that says what it is."""
    for match in (*_SCALED.finditer(line.text, start, end), *_CALLED.finditer(line.text, start, end)):
        name = match["name"]
        of_a_kind = match.re is _SCALED or match["kind"].lower() in table().instruments
        if not of_a_kind or terms(name) or name in _not_instruments() or _is_date(line, match.start("low")):
            continue
        if match["scale"] and match["low"].startswith("0") and match["low"] not in ("0", "0.0"):
            continue  # "ABG 03/04" is a day
        if match["scale"] and not 0 <= float(match["low"]) <= float(match["scale"]) >= 4:
            continue
        if phrases("bounds").find(line.text[max(start, match.start() - 25) : match.start("low")]):
            continue
        stop = match.end("scale") if match["scale"] else match.end("low")
        hit = TermHit(match.start(), match.end("name"), _named(name))
        yield hit, Value(match.start("low"), stop, match["low"], scale=match["scale"])


def _is_date(line: Line, at: int) -> bool:
    return any(start <= at < end for start, end, _ in line.dates)


def sizes(line: Line, start: int, end: int) -> Iterator[tuple[TermHit, Value]]:
    """The size of a thing that has dimensions, by its first: "wound, left heel, 3.2 x 2.1 x 0.4 cm"."""
    previous: TermHit | None = None
    for match in _SIZE.finditer(line.text, start, end):
        unit = match["unit"] or match["first"]
        near = phrases("sized").find(line.text[max(start, match.start() - _FAR) : match.start()])
        after = phrases("sized").find(line.text[match.end() : match.end() + 25])
        named = near[-1:] or after[:1]
        if unit is None or not (named or previous):
            continue
        if named:
            base = max(start, match.start() - _FAR) if near else match.end()
            words = line.text[base + named[0].start : base + named[0].end]
            previous = TermHit(match.start(), match.start() + 1, _named(f"{words.lower()} size"))
        if previous:
            yield previous, Value(match.start(), match.end(), match["low"], unit=unit)
