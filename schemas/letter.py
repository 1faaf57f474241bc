"""Letters before they are typeset: sections of sentences, each with what carries it, and what stands around them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from schemas.base import Frozen
from schemas.span import Correction, Span


class LetterKind(StrEnum):
    """The appeal and its companions, in the order in which they are written."""

    APPEAL = "appeal"
    ONE_PAGE = "one_page"  # the appeal on one page
    EXTERNAL = "external"  # the request for a review outside the plan
    NECESSITY = "lmn"  # the letter of medical necessity, for the treating clinician to complete and sign
    RECORDS = "records"  # the request for the criteria and the claim file
    TALK = "p2p"  # the sheet for a peer-to-peer talk: for the practice
    MAP = "map"  # the documentation map with what is to be done: for the practice

    @property
    def is_internal(self) -> bool:
        """Whether it is for the practice alone and never sent."""
        return self in (LetterKind.TALK, LetterKind.MAP)


class Appellant(StrEnum):
    """Who appeals, and so who speaks in a letter."""

    PROVIDER = "provider"
    PATIENT = "patient"


class Part(StrEnum):
    """The eight parts of an appeal letter, in order. A section of a companion is of the part whose work it does."""

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
    NOTE = "note"  # the checker's own words, for the practice: never in what is sent


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


class Grid(Frozen):
    """A section as a table: its columns, with shares of the width, then rows of cells that name sentences by id."""

    titles: tuple[str, ...] = Field(min_length=1)
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[tuple[str, ...], ...], ...]


class Section(Frozen):
    """A heading with its sentences; `part` says which of the eight it is. With a `grid` they stand in a table.

    `listed` sets each sentence as an item of a list.
    """

    part: Part
    heading: str
    sentences: tuple[Sentence, ...]
    grid: Grid | None = None
    listed: bool = False


class Blank(Frozen):
    """A place to fill: what stands there, and what the reviewer is told."""

    text: str
    comment: str


class CaseLine(Frozen):
    """A line of the block that identifies the case: a label and a value, which is a blank where nothing states it.

    `field` is the field of the denial; `label` is the notice's own where it can be read there.
    """

    field: str
    label: str
    value: str = ""
    blank: Blank | None = None


class Frame(Frozen):
    """What stands around the sentences of a letter: its subject, to whom it goes, what it is about, who signs.

    `address` is empty where the notice gives none, and then `where` says what to fill in, unless the letter is
    `internal`: that goes to nobody. `compact` sets it small, for one page. Without `enclosures` the list of exhibits is
    one line, of those that the letter cites.
    """

    subject: str = ""
    address: tuple[str, ...] = ()
    where: Blank | None = None
    fax: str = ""
    salutation: str = ""
    lines: tuple[CaseLine, ...] = ()
    signature: tuple[Blank, ...] = ()
    enclosures: bool = True
    compact: bool = False
    internal: bool = False


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


class OwnSentence(Frozen):
    """A reviewer's words in place of a drafted sentence, or, without words, that it is left out.

    `was` is the sentence as it was drafted: whenever the letter is drafted anew, its place is found by it.
    """

    letter: LetterKind
    was: Sentence
    text: str
    correction: Correction


class Letter(Frozen):
    """A verified letter of a kind."""

    kind: LetterKind = LetterKind.APPEAL
    frame: Frame = Frame()
    sections: tuple[Section, ...]
    refused: tuple[RefusedSentence, ...] = ()

    @model_validator(mode="after")
    def _notes_are_for_the_practice(self) -> Letter:
        noted = any(one.kind is SentenceKind.NOTE for section in self.sections for one in section.sentences)
        if noted and not self.kind.is_internal:
            raise ValueError("a note of the checker never stands in what is sent")
        return self


class TokenKind(StrEnum):
    """What in a sentence needs support."""

    QUOTE = "quote"
    FIELD = "field"  # a field of the denial, repeated
    NAME = "name"  # what a fact is called: a treatment, a drug, a test, a diagnosis
    BODY_PART = "body_part"
    SIDE = "side"
    OUTCOME = "outcome"
    DATE = "date"
    LENGTH = "length"
    RATIO = "ratio"
    AMOUNT = "amount"
    NUMBER = "number"  # with its unit, where it has one
    CODE = "code"
    COMPARISON = "comparison"
    LAW = "law"


class CheckedToken(Frozen):
    """Characters `start` to `end` of a sentence that needed support, and what gives it.

    `span` is the narrowest place known that states it. A token without one is carried by `fact` or `field` alone, by a
    reviewed `rule` of law, by the checker's arithmetic (`figured`), or, in a sentence that was refused, by nothing.
    """

    kind: TokenKind
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    span: Span | None = None
    fact: str | None = None
    field: str | None = None
    rule: str | None = None
    figured: bool = False

    @property
    def is_carried(self) -> bool:
        """Whether anything gives it support."""
        return bool(self.span or self.fact or self.field or self.rule or self.figured)


class SentenceReport(Frozen):
    """What verification says of one sentence: its reasons to refuse it, and what carries each token.

    `open` is a placeholder as it should be: it states nothing, and still waits for a person.
    """

    id: str
    text: str
    verdict: Literal["supported", "refused", "open"]
    reasons: tuple[str, ...] = ()
    tokens: tuple[CheckedToken, ...] = ()


class LetterReport(Frozen):
    """Every sentence of a letter with its support, in the order of the letter."""

    kind: LetterKind
    sentences: tuple[SentenceReport, ...]

    @property
    def refused(self) -> tuple[SentenceReport, ...]:
        """Those that the record does not carry."""
        return tuple(sentence for sentence in self.sentences if sentence.verdict == "refused")
