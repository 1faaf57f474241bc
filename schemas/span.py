"""The only citation there is: a half-open range of one page's stored text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from schemas.base import Frozen

T = TypeVar("T")


class Span(Frozen):
    """Characters `start` to `end` (half-open) of one page's stored text.

    `quote` repeats those characters, so that a citation can be checked without the program that made it. The
    invariant `quote == page.text[start:end]` is kept by `Page.span`, and by `part`, the only places that make one.
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

    def meets(self, other: Span) -> bool:
        """Whether the two share a character."""
        same_page = (self.document, self.page) == (other.document, other.page)
        return same_page and self.start < other.end and other.start < self.end

    def part(self, start: int, end: int) -> Span:
        """The characters `start` to `end` of its quote. ValueError where the quote has no such characters."""
        if not 0 <= start < end <= len(self.quote):
            raise ValueError(f"the quote has no characters {start} to {end}")
        first = self.start + start
        last = self.start + end
        return Span(document=self.document, page=self.page, start=first, end=last, quote=self.quote[start:end])


class Correction(Frozen):
    """A reviewer's word where he changed what was read, or added to it: who, when and why.

    What he `rejects` stays where it is for all to see, and counts for nothing.
    """

    source: Literal["reviewer"] = "reviewer"
    by: str = Field(min_length=1)
    at: AwareDatetime
    reason: str = Field(min_length=1)
    rejects: bool = False


class Cited(Frozen, Generic[T]):
    """A value with the places that state it. There is no value without a place, unless a reviewer answers for it."""

    value: T
    spans: tuple[Span, ...] = ()
    correction: Correction | None = None

    @model_validator(mode="after")
    def _has_a_place_or_a_correction(self) -> Cited[T]:
        if not self.spans and self.correction is None:
            raise ValueError("a value needs a place that states it, or a reviewer's correction")
        return self

    @property
    def stands(self) -> bool:
        """Whether no reviewer rejected it."""
        return self.correction is None or not self.correction.rejects


def spans_in(value: object) -> Iterator[Span]:
    """Every place that a value, or anything in it, cites."""
    if isinstance(value, Span):
        yield value
        return
    parts: Iterable[object] = ()
    if isinstance(value, tuple):
        parts = value
    elif isinstance(value, BaseModel):
        parts = vars(value).values()
    elif is_dataclass(value):
        parts = [getattr(value, field.name) for field in fields(value)]
    for part in parts:
        yield from spans_in(part)
