"""Where sentences end, in letters and in charts."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract.tables import load

_STOP = re.compile(
    r"(?<!\.\.\.)[.?!][\"'\u201d\u2019)\]]*(?=\s+[\"'\u201c(\[]?[A-Z0-9\u2022])|:(?=[^\S\n]*\n\s*[\"'\u201c(\[]?[A-Z0-9\u2022])|\s(?=\u2022\s)"
)
_LAST_WORD = re.compile(r"([A-Za-z][A-Za-z.]*)$")
_INITIAL_AFTER = re.compile(r"(?:^|[A-Z][a-z]+\s|\b[Bb]y:?\s|\b[Ss]igned:?\s|\b(?:with|per)\s)$")
_LONGEST_WORD = 30
_ANSWERED = re.compile(r"(?:no|none|never|not|denies|yes)\b(?![.)]\s?\d)", re.IGNORECASE)  # "Beta blocker? NO, asthma."


@cache
def _listed(row: str) -> frozenset[str]:
    return frozenset(load("sentences.yaml")[row])


def sentence_ranges(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Ranges of the sentences of `text[start:end]`, with the white space between them.

    A colon ends one only before a line break, a full stop not after an abbreviation or initial; a bullet begins one.
    A question goes on with its answer.
    """
    at = start
    for stop in _STOP.finditer(text, start, end):
        before = text[max(at, stop.start() - _LONGEST_WORD) : stop.start()]
        after = text[stop.end() : stop.end() + _LONGEST_WORD].lstrip()
        if text[stop.start()] == "." and _is_abbreviated(before, figure=after[:1].isdigit()):
            continue
        if text[stop.start()] == "?" and _ANSWERED.match(after):
            continue
        yield at, stop.end()
        at = stop.end()
    if at < end:
        yield at, end


def _is_abbreviated(before: str, *, figure: bool) -> bool:
    """Whether the full stop after these words ends an abbreviation or initial ("Ann T. Hollis", "with A. Hollis")."""
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word[1].lower()
    if word[1] == "PT":
        return False  # the therapy, and no "Pt." before a name
    if figure and last in _listed("before_figures"):
        return True
    if len(last) == 1:
        return _INITIAL_AFTER.search(before[: word.start()]) is not None
    return last in _listed("abbreviations")
