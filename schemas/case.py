"""The case: one denial with everything found, concluded, written and failed. This is case.json."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.coverage import Coverage
from schemas.denial import Denial
from schemas.document import Mark, Origin, PageEvent, Role, Whose, Word
from schemas.fact import Fact
from schemas.letter import Appellant, Exhibit, Letter, OwnSentence
from schemas.span import Correction, Span
from schemas.usage import Usage

SCHEMA_VERSION: Final = "1.0"


class Category(StrEnum):
    """Why something could not be used; the command line maps each to an exit code."""

    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    NOT_FOUND = "not_found"
    NO_DENIAL = "no_denial"
    OCR = "ocr"
    TIMEOUT = "timeout"
    REFUSED = "refused"  # a proposal that grounding refused
    MISSING_TOOL = "missing_tool"
    OUTPUT = "output"
    INTERNAL = "internal"


class Failure(Frozen):
    """Something that was not used, where, why, and what to do about it. Never holds text of a document."""

    category: Category
    place: str
    message: str
    advice: str

    @property
    def said(self) -> str:
        """What went wrong and what to do, in a line."""
        return f"{self.message}. {self.advice}"


class Refused(Frozen):
    """A proposed value or fact that the documents do not carry, kept for the reviewer to see first.

    With a `correction` the reviewer has dealt with it: he added it in his own name, or let it go.
    """

    what: str = Field(description="The field or fact kind it was proposed for.")
    value: str
    quote: str
    document: str
    reason: str
    correction: Correction | None = None


class PageRecord(Frozen):
    """A page as case.json lists it; the text itself is in `text_file` beside case.json.

    `unsure` are the words that OCR read so unsurely that a person must compare them with the paper.
    """

    number: int
    file_page: int
    origin: Origin
    confidence: float
    rotation: int
    text_file: str
    events: tuple[PageEvent, ...] = ()
    marks: tuple[Mark, ...] = ()
    unsure: tuple[Word, ...] = ()


class DocumentRecord(Frozen):
    """A document as case.json lists it. One that is `set_aside` may be another patient's, and is never enclosed."""

    id: str
    file: str
    sha256: str
    role: Role
    role_reason: str
    patient: Whose
    pages: tuple[PageRecord, ...]
    set_aside: bool = False


class InputRecord(Frozen):
    """A file that was given, with the hash of its bytes."""

    file: str
    sha256: str


class Recheck(Frozen):
    """A check of the case after its first: for which day, by which program, and with how many corrections in it."""

    today: date
    corrections: int
    program: str = ""


class Provenance(Frozen):
    """What the case can be replayed from.

    `seals` name everything that was read, each with the hash of what was read: whatever differs later must carry a
    reviewer's correction. `signatures` tell what each correction stood for at the last check. See pipeline/seals.py.
    """

    inputs: tuple[InputRecord, ...]
    engine: str
    model: str | None = None
    prompts: dict[str, str] = Field(default_factory=dict, description="Name to version and hash.")
    rules: dict[str, str] = Field(default_factory=dict, description="Rule table to hash.")
    program: str = ""
    seals: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    rechecks: tuple[Recheck, ...] = ()


class Case(Frozen):
    """One denial, worked. Field names are the output contract."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    case_id: str
    today: date
    level: int = Field(default=1, ge=1, le=5, description="The level of appeal that it was worked for.")
    engine: Literal["rules", "model"]
    complete: bool = Field(description="Nothing failed, was refused, or is left for a person to decide.")
    documents: tuple[DocumentRecord, ...]
    denial: Denial
    facts: tuple[Fact, ...]
    guideline: tuple[Span, ...] = Field(default=(), description="Passages of supplied guidelines, for the letter.")
    coverage: Coverage
    letter: Letter
    appellant: Appellant = Field(default=Appellant.PROVIDER, description="Who appeals, and so speaks in the letters.")
    companions: tuple[Letter, ...] = Field(default=(), description="The letters and sheets drafted beside the letter.")
    own: tuple[OwnSentence, ...] = Field(
        default=(),
        description="The reviewer's own sentences: each stands in its letter wherever the record carries it.",
    )
    exhibits: tuple[Exhibit, ...]
    failures: tuple[Failure, ...] = ()
    refused: tuple[Refused, ...] = ()
    agreed: tuple[str, ...] = Field(
        default=(),
        description="Fields of the denial, by path, and facts (`facts.f3`) that the rules and the model read alike.",
    )
    usage: Usage | None = Field(default=None, description="What the model engine cost; null where it did not run.")
    provenance: Provenance

    @property
    def standing_facts(self) -> tuple[Fact, ...]:
        """The facts without those that a reviewer rejected: what the checker and the letter go by."""
        return tuple(fact for fact in self.facts if fact.stands)
