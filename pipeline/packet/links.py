"""Where the letter cites an exhibit page, and which it cites that the packet does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pypdfium2 as pdfium

from pipeline.draft.citations import CITATION, PageRef, parse


@dataclass(frozen=True, slots=True)
class Link:
    """A place on a page of the packet, from 0, that leads to another: left, bottom, right and top in points."""

    page: int
    place: tuple[float, float, float, float]
    target: int


def citation_links(data: bytes, count: int, held: Mapping[PageRef, int]) -> tuple[list[Link], list[PageRef]]:
    """The citations on the first `count` pages of a PDF, each exhibit of one leading to its first page that is held.

    `held` is where each exhibit page stands. Also the pages that are cited and not held, in order, each once.
    """
    links: list[Link] = []
    unknown: dict[PageRef, None] = {}
    pdf = pdfium.PdfDocument(data)
    try:
        for number in range(count):
            for refs, places in _cited(pdf[number]):
                unknown.update(dict.fromkeys(ref for ref in refs if ref not in held))
                target = next((held[ref] for ref in refs if ref in held), None)
                if target is not None:
                    links += [Link(number, place, target) for place in places]
    finally:
        pdf.close()
    return links, list(unknown)


def _cited(page: pdfium.PdfPage) -> Iterator[tuple[tuple[PageRef, ...], list[tuple[float, float, float, float]]]]:
    """The pages that each exhibit of each citation names, with the lines it stands on."""
    words = page.get_textpage()
    text, at = _line(words)
    for citation in CITATION.finditer(text):
        start = citation.start()
        for piece in citation[0].split(";"):
            refs = parse(f"[{piece.strip('[]')}]".replace("[ ", "["))
            first, last = at[start], at[start + len(piece) - 1]
            if refs:
                yield refs, [words.get_rect(n) for n in range(words.count_rects(first, last - first + 1))]
            start += len(piece) + 1
    words.close()
    page.close()


def _line(words: pdfium.PdfTextPage) -> tuple[str, list[int]]:
    """The text of a page as one line, with the index of each character as PDFium counts them."""
    text, at = [], []
    for n in range(words.count_chars()):
        character = words.get_text_range(n, 1)
        if character != "\r":
            text.append(" " if not character or character.isspace() else character[0])
            at.append(n)
    return "".join(text), at
