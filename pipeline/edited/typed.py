"""Citations in an edited letter, as the program prints them and as people type them: "(Exhibit C at 4)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.draft.citations import PageRef
from schemas.letter import Exhibit

_EXHIBIT = r"(?i:ex(?:h(?:ibit)?)?s?\b\.?)\s{0,2}"
_BEFORE_PAGES = r",?\s?(?:at\s|(?i:pp?|pgs?|pages?)\b\.?)\s{0,2}(?:(?i:pp?|pgs?|pages?)\b\.?\s{0,2})?"
_RANGE = r"\d{1,4}(?:\s?[-\u2013]\s?\d{1,4})?(?!\d)"
_LIST = rf"{_RANGE}(?:\s?(?:,|&|and)\s?{_RANGE}){{0,50}}"
_GROUP = re.compile(r"\[[^\[\]]{1,600}\]|\([^()]{1,600}\)")
_IN_GROUP = re.compile(
    rf"{_EXHIBIT}(?:(?P<label>[A-Za-z]{{1,3}}){_BEFORE_PAGES}(?P<pages>{_LIST})|(?P<bare>[A-Z]{{1,3}})(?![A-Za-z]))"
)
_IN_LINE = re.compile(
    rf"{_EXHIBIT}(?:(?P<label>[A-Z]{{1,3}}){_BEFORE_PAGES}(?P<pages>{_RANGE})|(?P<bare>[A-Z]{{1,3}})(?![A-Za-z]))"
)
_BETWEEN = re.compile(r"(?:[\s,;.:&()\[\]]|\b(?:see|also|and|cf|e\.g|at)\b){0,40}", re.IGNORECASE)
_LONGEST_RANGE = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """A citation: the range of the text that it takes, the pages it names, and the exhibits it names without a page."""

    start: int
    end: int
    refs: tuple[PageRef, ...]
    pageless: tuple[str, ...] = ()


def citations(text: str) -> Iterator[Typed]:
    """The citations of a text in order: groups in brackets, and exhibits named in the line of the sentence."""
    text = text.replace("\u00a0", " ")
    at = 0
    for group in _GROUP.finditer(text):
        parts = list(_IN_GROUP.finditer(group[0]))
        if not parts:
            continue
        yield from _in_line(text, at, group.start())
        at = group.end()
        if _BETWEEN.fullmatch(_IN_GROUP.sub(" ", group[0])):
            yield _typed(group.start(), group.end(), parts)
        else:  # the brackets hold words of the sentence too
            for part in parts:
                yield _typed(group.start() + part.start(), group.start() + part.end(), [part])
    yield from _in_line(text, at, len(text))


def _in_line(text: str, start: int, end: int) -> Iterator[Typed]:
    for part in _IN_LINE.finditer(text, start, end):
        yield _typed(part.start(), part.end(), [part])


def _typed(start: int, end: int, parts: Sequence[re.Match[str]]) -> Typed:
    refs = [PageRef(part["label"].upper(), page) for part in parts if part["label"] for page in _pages(part["pages"])]
    pageless = tuple(part["bare"] for part in parts if part["bare"])
    return Typed(start, end, tuple(dict.fromkeys(refs)), pageless)


def _pages(text: str) -> Iterator[int]:
    for piece in re.findall(_RANGE, text):
        first, *rest = map(int, re.findall(r"\d+", piece))
        last = rest[0] if rest else first
        yield from range(first, last + 1) if first <= last < first + _LONGEST_RANGE else (first, last)


def blanked(text: str, found: Sequence[Typed]) -> str:
    """The text with spaces in place of its citations: nothing else moves."""
    for one in found:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def unknown(typed: Sequence[Typed], exhibits: Sequence[Exhibit]) -> Iterator[tuple[str, str, int]]:
    """What citations name that is not enclosed, as (what, label, page): "exhibit", "page", or "pageless"."""
    known = {exhibit.label: exhibit for exhibit in exhibits}
    for one in typed:
        for label in one.pageless:
            yield ("pageless" if label in known else "exhibit", label, 0)
        for ref in one.refs:
            if ref.label not in known:
                yield "exhibit", ref.label, 0
            elif ref.page not in known[ref.label].pages:
                yield "page", ref.label, ref.page
