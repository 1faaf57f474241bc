"""The only citation there is: a half-open range of one page's stored text."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import Field, model_validator

from schemas.base import Frozen

T = TypeVar("T")


class Span(Frozen):
    """Characters `start` to `end` (half-open) of one page's stored text.

    `quote` repeats those characters, so that a citation can be checked without the program that made it. The
    invariant `quote == page.text[start:end]` is kept by `Page.span`, the only place that makes one.
    """

    document: str
    page: int = Field(ge=1, description="Page number within the document, from 1.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str = Field(min_length=1)

    @model_validator(mode="after")
    def _quote_has_the_length_of_the_range(self) -> Span:
        if self.end - self.start != len(self.quote):
            raise ValueError("a span's quote must be as long as its range")
        return self

    @property
    def place(self) -> tuple[str, int, int, int]:
        """Document, page, start and end: the order of citations."""
        return self.document, self.page, self.start, self.end


class Cited(Frozen, Generic[T]):
    """A value with the places that state it. There is no value without a place."""

    value: T
    spans: tuple[Span, ...] = Field(min_length=1)
