"""Pseudonyms: what tells who a case is about leaves as tokens, and comes back in every string of a reply."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import product
from string import ascii_lowercase
from typing import Final, Literal, TypeVar

import ahocorasick
from pydantic import BaseModel, ValidationError

from pipeline.llm.asks import Ask, Failed, FaultKind, Model, Reply
from pipeline.llm.moved_dates import moved
from pipeline.notation import dates
from schemas.usage import Usage

T = TypeVar("T", bound=BaseModel)


class Kind(StrEnum):
    """What an identifier is of; its token says so."""

    NAME = "Name"
    ADDRESS = "Address"
    PHONE = "Phone"
    EMAIL = "Email"
    NUMBER = "Number"
    BIRTH_DATE = "Birthdate"
    DATE = "Date"
    MARK = "Mark"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One thing that identifies, in all the forms in which the documents write it."""

    kind: Kind
    forms: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """What identifies the people of a case. `mark` begins every token and stands in none of the documents.

    `case` is the case's id, from which the shift of dates is drawn.
    """

    identifiers: tuple[Identifier, ...] = field(repr=False)
    birth_dates: tuple[date, ...] = field(repr=False)
    mark: str
    case: str

    @classmethod
    def of(cls, found: Iterable[Identifier], births: Iterable[date], texts: Sequence[str], case: str) -> Identity:
        """The identity with a mark that no text holds in any case; the same for the same input."""
        lowered = [text.lower() for text in texts]
        marks = ("Q" + "".join(letters) for n in (2, 3) for letters in product(_CONSONANTS, repeat=n))
        mark = next(mark for mark in marks if not any(mark.lower() in text for text in lowered))
        return cls(tuple(found), tuple(sorted({*births})), mark, case)

    @cached_property
    def _tokens(self) -> dict[str, str]:
        """Each form to its token; a form of two identifiers is one of the first."""
        found: dict[str, str] = {}
        for n, identifier in enumerate(self.identifiers, 1):
            for form, letters in zip(identifier.forms, product(ascii_lowercase, repeat=2), strict=False):
                found.setdefault(form, f"{self.mark}{identifier.kind}{n:04}{''.join(letters)}")
        return found

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for form in self._tokens:
            automaton.add_word(form, form)
        automaton.make_automaton()
        return automaton

    def standing_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where its identifiers stand in a text, overlapping ones among them, each with its token."""
        if not self._tokens:
            return
        for last, form in self._automaton.iter(text):
            start, end = last + 1 - len(form), last + 1
            if not _goes_on(text, start) and not _goes_on(text, end):
                yield start, end, self._tokens[form]

    @property
    def shift(self) -> timedelta:
        """Whole weeks, four to fifty-five, by which dates are moved back."""
        drawn = int.from_bytes(hashlib.sha256(self.case.encode()).digest()[:4])
        return timedelta(weeks=-4 - drawn % 52)


_CONSONANTS: Final = "zxvwbcdfghjlmnpr"  # no letter that another one folds into


def _goes_on(text: str, at: int) -> bool:
    """Whether a word, or a figure, goes on across a place: "MRN40" are two."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit())


class Book:
    """One text with its identifiers replaced, and what its tokens and moved dates stand for."""

    def __init__(self, identity: Identity, text: str, days: Literal["keep", "shift"] = "keep") -> None:
        self._mark = re.compile(re.escape(identity.mark), re.IGNORECASE | re.ASCII)
        self._token = re.compile(rf"{re.escape(identity.mark)}[A-Z][a-z]+?\d{{4}}[a-z]{{2}}")
        self._identity = identity
        self._shift = identity.shift if days == "shift" else timedelta()
        self.text = self._replaced(text)
        if self._shift and self.restored(self.text) != text:  # a date that reads otherwise once moved
            self._shift = timedelta()
            self.text = self._replaced(text, hide=True)

    def _replaced(self, text: str, *, hide: bool = False) -> str:
        self._given: dict[str, str] = {}
        self._moved: dict[str, str] = {}
        pieces: list[str] = []
        at = 0
        for start, end, token in self._found(text, hide=hide):
            written = text[start:end]
            pieces += [text[at:start], self._written(written, token)]
            at = end
        return "".join([*pieces, text[at:]])

    def _found(self, text: str, *, hide: bool) -> Iterator[tuple[int, int, str | Kind | None]]:
        """What is replaced, and what must stay (None), in order, the leftmost and of those a date, then the longest."""
        found: list[tuple[int, int, int, str | Kind | None]] = [
            (one.start, 0, one.end, self._date(one.value.day, hide=hide)) for one in dates(text)
        ]
        found += [(match.start(), 1, match.end(), Kind.MARK) for match in self._mark.finditer(text)]
        found += [(start, 1, end, token) for start, end, token in self._identity.standing_in(text)]
        at = 0
        for start, _, end, token in sorted(found, key=lambda one: (one[0], one[1], -one[2])):
            if start >= at:
                yield start, end, token
                at = end

    def _date(self, day: date | None, *, hide: bool) -> Kind | None:
        if day is not None and day in self._identity.birth_dates:
            return Kind.BIRTH_DATE
        return Kind.DATE if hide or self._shift else None

    def _written(self, written: str, token: str | Kind | None) -> str:
        """What is sent in the place of words."""
        match token:
            case None:
                return written
            case Kind.DATE if self._shift and (later := moved(written, self._shift)) is not None:
                if self._moved.setdefault(later, written) == written:
                    return later
                return self._numbered(written, Kind.DATE)
            case Kind():
                return self._numbered(written, token)
            case _:
                self._given[token] = written
                return token

    def _numbered(self, written: str, kind: Kind) -> str:
        """A token for words that are no identifier of their own, by the order in which they come."""
        for n in range(10_000):
            token = f"{self._identity.mark}{kind}{n:04}zz"
            if self._given.setdefault(token, written) == written:
                return token
        raise ValueError("a text has too many dates to be sent under pseudonyms")

    def restored(self, text: str) -> str:
        """A string of a reply with what its tokens and dates stood for; empty where a token was never given out."""
        pieces: list[str] = []
        at = 0
        for match in self._token.finditer(text):
            if match[0] not in self._given:
                return ""
            pieces += [text[at : match.start()], self._given[match[0]]]
            at = match.end()
        pieces.append(text[at:])
        if any(self._mark.search(piece) for piece in pieces[::2]):
            return ""
        return "".join(self._moved_back(piece) if n % 2 == 0 else piece for n, piece in enumerate(pieces))

    def _moved_back(self, text: str) -> str:
        if not self._shift:
            return text
        for one in reversed(dates(text)):
            written = text[one.start : one.end]
            earlier = self._moved.get(written) or moved(written, -self._shift) or written
            text = text[: one.start] + earlier + text[one.end :]
        return text


class Pseudonymized:
    """A model that is told no identifier of the people of a case. `days`: whether dates stay, or move together."""

    def __init__(self, model: Model, identity: Identity, days: Literal["keep", "shift"] = "keep") -> None:
        self.name = model.name
        self._model = model
        self._identity = identity
        self._days: Literal["keep", "shift"] = days

    def ask(self, asks: Sequence[Ask[T]]) -> tuple[Reply[T] | Failed, ...]:
        """The answers with every string restored; one that no longer has its form then is a failure."""
        books = [Book(self._identity, ask.data, self._days) for ask in asks]
        replies = self._model.ask([replace(ask, data=book.text) for ask, book in zip(asks, books, strict=True)])
        return tuple(_restored(reply, book) for reply, book in zip(replies, books, strict=True))

    @property
    def usage(self) -> Usage:
        """What the model used."""
        return self._model.usage


def _restored(reply: Reply[T] | Failed, book: Book) -> Reply[T] | Failed:
    if isinstance(reply, Failed):
        return reply
    try:
        value = type(reply.value).model_validate(_within(reply.value.model_dump(by_alias=True), book))
    except ValidationError:
        return Failed(FaultKind.WRONG_SCHEMA, "the reply does not fit once its pseudonyms are taken back")
    return Reply(value, reply.cached)


def _within(value: object, book: Book) -> object:
    match value:
        case StrEnum():
            return value
        case str():
            return book.restored(value)
        case dict():
            return {key: _within(inner, book) for key, inner in value.items()}
        case list() | tuple():
            return [_within(inner, book) for inner in value]
        case _:
            return value
