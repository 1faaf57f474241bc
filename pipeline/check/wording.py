"""Which words of a cited text decide, and where on the page they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.span import Cited, Span


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a text from its character `at`, with their places."""

    text: str
    at: int
    spans: tuple[Span, ...]


def first_words(cited: Cited[str] | None, forms: Sequence[str]) -> Words | None:
    """The first of the forms to stand in the text as whole words, regular plurals included; None where none does."""
    if cited is None or not forms:
        return None
    either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    found = re.search(rf"(?<!\w)(?:{either})s?(?!\w)", cited.value, re.IGNORECASE)
    return Words(found[0], found.start(), places(cited, found[0])) if found else None


def places(cited: Cited[str], words: str) -> tuple[Span, ...]:
    """Where words of the text stand in the places it is cited from; those places whole where none has them so."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    exact = (
        span.part(*found.span()) for span in cited.spans if (found := re.search(pattern, span.quote, re.IGNORECASE))
    )
    return tuple(exact) or cited.spans
