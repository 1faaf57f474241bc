"""Exhibit citations as they are printed: from spans to "[Ex. B, p. 2; Ex. C, pp. 1, 3]", and back."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from schemas.letter import Exhibit, Letter
from schemas.span import Span

_LABEL = r"[A-Z]{1,3}"
_PAGES = r"\d{1,4}(?:\s?[,\-\u2013]\s?\d{1,4}){0,50}"
_PART = re.compile(rf"Ex(?:h|hibit)?\.?\s?(?P<label>{_LABEL}),?\s?pp?\.?\s?(?P<pages>{_PAGES})", re.IGNORECASE)
CITATION = re.compile(rf"\[(?=Ex(?:h|hibit)?\.?\s?{_LABEL},?\s?pp?\.?\s?\d)[^\[\]]{{1,600}}\]", re.IGNORECASE)


class PageRef(NamedTuple):
    """A page of an exhibit, as a citation names it."""

    label: str
    page: int


def label(index: int) -> str:
    """The label of the exhibit at an index from 0: A to Z, then AA, AB and so on."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def page_refs(spans: Iterable[Span], exhibits: Sequence[Exhibit]) -> tuple[PageRef, ...]:
    """The exhibit pages that hold the spans, in the order of the exhibits. A span outside them all has none."""
    order = {exhibit.document: (n, exhibit) for n, exhibit in enumerate(exhibits)}
    found = {
        (order[span.document][0], PageRef(order[span.document][1].label, span.page))
        for span in spans
        if span.document in order and span.page in order[span.document][1].pages
    }
    return tuple(ref for _, ref in sorted(found, key=lambda item: (item[0], item[1].page)))


def cite(spans: Iterable[Span], exhibits: Sequence[Exhibit]) -> str:
    """The citation to print for the spans: "[Ex. B, p. 2; Ex. C, pp. 1, 3]", or "" where no exhibit holds them."""
    parts = []
    for name, refs in groupby(page_refs(spans, exhibits), key=lambda ref: ref.label):
        pages = [str(ref.page) for ref in refs]
        parts.append(f"Ex. {name}, {'p.' if len(pages) == 1 else 'pp.'} {', '.join(pages)}")
    return f"[{'; '.join(parts)}]" if parts else ""


def cited(letter: Letter, exhibits: Sequence[Exhibit]) -> tuple[Exhibit, ...]:
    """The exhibits that a letter cites: in a sentence, or beside a code in the table of its case."""
    spans = [span for section in letter.sections for sentence in section.sentences for span in sentence.citations]
    named = {ref.label for ref in page_refs(spans, exhibits)}
    named |= {ref.label for line in letter.frame.lines for ref in parse(line.value)}
    return tuple(exhibit for exhibit in exhibits if exhibit.label in named)


def parse(text: str) -> tuple[PageRef, ...]:
    """The pages that the citations in a text name, in order. "pp. 2-4" is three; of an unlikely range only the ends."""
    refs = [
        PageRef(part["label"].upper(), page)
        for citation in CITATION.finditer(text)
        for part in _PART.finditer(citation[0])
        for page in _page_numbers(part["pages"])
    ]
    return tuple(dict.fromkeys(refs))


def _page_numbers(text: str) -> list[int]:
    pages: list[int] = []
    for piece in text.split(","):
        ends = [int(number) for number in re.findall(r"\d+", piece)]
        first, last = ends[0], ends[-1]
        pages.extend(range(first, last + 1) if first <= last < first + 500 else (first, last))
    return pages
