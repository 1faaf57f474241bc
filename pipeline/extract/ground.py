"""Grounding: an engine's quote becomes a citation, or is refused. It fails closed.

A quote is found by exact match of folded text on word boundaries (see `pipeline.folding`). On OCR pages, and only
there, known glyph confusions are folded too, and never inside a number, date, code or identifier. Nothing looser is
evidence. See docs/decisions/0001.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from pipeline.folding import Folded, fold, folded
from schemas.document import Document, Origin, Page
from schemas.proposal import Quote
from schemas.span import Span

_LEAST_LETTERS = 4  # a shorter word of confusable letters could be another word


class UngroundedError(Exception):
    """A quote that the documents do not carry; `reason` is for the reviewer and holds no document text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _PageText:
    """A page with its foldings, each made when first needed."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def joined(self) -> Folded:
        return fold(self.page.text)

    @cached_property
    def hyphenated(self) -> Folded:
        return fold(self.page.text, keep_line_hyphen=True)

    def find(self, quote: str) -> list[tuple[int, int]]:
        """Ranges of the page's text where the folded quote stands, first by the stricter folding that has any."""
        if found := list(_exact(self.joined, quote)) or list(_exact(self.hyphenated, quote)):
            return found
        if self.page.origin is Origin.OCR:
            return list(_despite_confusions(self.joined, quote))
        return []


def _exact(text: Folded, quote: str) -> Iterator[tuple[int, int]]:
    at = text.text.find(quote)
    while at >= 0:
        if _on_word_boundaries(text.text, at, at + len(quote)):
            yield text.original(at, at + len(quote))
        at = text.text.find(quote, at + 1)


_IN_A_FIGURE = re.compile(r"\d[.,/-]\d")


def _on_word_boundaries(text: str, start: int, end: int) -> bool:
    """Whether the range ends where words end; "12" does not stand in "120", "12.5", "12/05" or "1,120".

    An accent that no letter is composed with belongs to the character before it.
    """
    inside = [at for at in (start, end) if 0 < at < len(text)]
    glued = any("\u0300" <= text[at] <= "\u036f" or (text[at - 1].isalnum() and text[at].isalnum()) for at in inside)
    across = any(at >= 0 and _IN_A_FIGURE.match(text, at) for edge in (start, end) for at in (edge - 2, edge - 1))
    return not glued and not across


def _despite_confusions(text: Folded, quote: str) -> Iterator[tuple[int, int]]:
    """Where the quote stands once glyphs that OCR confuses are folded, in plain words only."""
    pattern = r"\s".join(_word_pattern(word) for word in quote.split(" "))
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text.text):
        if _on_word_boundaries(text.text, match.start(), match.end()):
            yield text.original(match.start(), match.end())


_ALIKE = {"o": "[o0]", "l": "[li1|]", "i": "[li1|]", "s": "[s5]", "b": "[b8]", "m": "(?:m|rn)"}


def _word_pattern(word: str) -> str:
    """A pattern for one word of a quote; a word with a digit, or a short one, stands for itself alone."""
    if any(c.isdigit() for c in word) or sum(c.isalpha() for c in word) < _LEAST_LETTERS:
        return re.escape(word)
    return "".join(_ALIKE.get(c) or re.escape(c) for c in word.replace("rn", "m"))


class Grounder:
    """Finds quotes in a set of documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._pages = {d.id: {page.number: _PageText(page) for page in d.pages} for d in documents}

    def spans(self, quote: Quote) -> tuple[Span, ...]:
        """Every place that carries the quote; UngroundedError where there is none, or where a choice stays open.

        Places in the given context win. Equal words in several places are all kept: they say the same. They are
        ambiguous only where a context was given and none of them stands in it.
        """
        if not (wanted := folded(quote.text)):
            raise UngroundedError("the quote is empty")
        if quote.document not in self._pages:
            raise UngroundedError("no such document")
        held = self._pages[quote.document]
        pages = held.values() if quote.page is None else [held[quote.page]] if quote.page in held else []
        found = [(p, start, end) for p in pages for start, end in p.find(wanted)]
        if not found:
            raise UngroundedError("the quote does not stand in the document")
        if quote.context and len(found) > 1:
            found = self._in_context(found, folded(quote.context))
        return tuple(p.page.span(start, end) for p, start, end in found)

    @staticmethod
    def _in_context(found: list[tuple[_PageText, int, int]], context: str) -> list[tuple[_PageText, int, int]]:
        contexts = {id(p): p.find(context) for p, _, _ in found}
        near = [(p, s, e) for p, s, e in found if any(a <= s and e <= b for a, b in contexts[id(p)])]
        if not near:
            raise UngroundedError("the quote stands in several places, none of them the context given")
        return near
