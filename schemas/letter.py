"""The letter before it is typeset: sections of sentences, each with what carries it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.base import Frozen
from schemas.span import Span


class Part(StrEnum):
    """The eight parts of an appeal letter, in order."""

    OPENING = "opening"
    LEGAL_BASIS = "legal_basis"
    NECESSITY = "medical_necessity"
    SUMMARY = "clinical_summary"
    CRITERIA = "criteria"
    GUIDELINE = "guideline"
    CONSEQUENCE = "consequence"
    CLOSING = "closing"


class SentenceKind(StrEnum):
    """What a sentence does, and so what must carry it."""

    FACT = "fact"  # states the record or the denial: needs citations
    LAW = "law"  # from the reviewed rule table: needs its row
    ASK = "ask"  # requests, addresses, says what the letter is: states nothing of the patient
    PLACEHOLDER = "placeholder"  # the record is silent: says what to supply


class Sentence(Frozen):
    """One sentence. `facts` are the facts it states; `fields` the fields of the denial it repeats; `rule` its law.

    `quotes` is true where the sentence repeats the payer's words within quotation marks. `comment` tells the
    reviewer what to supply or decide.
    """

    id: str
    kind: SentenceKind
    text: str
    citations: tuple[Span, ...] = ()
    facts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    criterion: str | None = None
    rule: str | None = None
    comment: str = ""


class Section(Frozen):
    """A heading with its sentences; `part` says which of the eight it is."""

    part: Part
    heading: str
    sentences: tuple[Sentence, ...]


class Exhibit(Frozen):
    """A document enclosed with the letter: "Ex. B" is the label, `pages` those of the document that are enclosed."""

    label: str
    document: str
    pages: tuple[int, ...]
    title: str = Field(default="", description="What it is, with its date where it states one.")


class RefusedSentence(Frozen):
    """A sentence that verification refused, and why; it was replaced or left out."""

    sentence: Sentence
    reasons: tuple[str, ...]


class Letter(Frozen):
    """A verified letter."""

    kind: str = "appeal"
    sections: tuple[Section, ...]
    refused: tuple[RefusedSentence, ...] = ()
