"""The words of the letter: sentences.yaml, read once."""

from functools import cache

from pipeline.tables import load
from schemas.base import Frozen
from schemas.coverage import Verdict
from schemas.fact import FactKind, Outcome
from schemas.letter import Appellant, Part


class Ground(Frozen):
    """A kind of denial and the words in a reason that show it."""

    ground: str
    words: tuple[str, ...]


class Placeholder(Frozen):
    """What stands in the letter where the record is silent, and what the reviewer is told."""

    text: str
    comment: str


class Tables(Frozen):
    """sentences.yaml."""

    headings: dict[Part, str]
    sentences: dict[str, str]
    voices: dict[Appellant, dict[str, str]]
    outcomes: dict[Outcome, str]
    verbs: dict[FactKind, str]
    scales: dict[str, str]
    counted: tuple[str, ...]
    grounds: tuple[Ground, ...]
    consequences: tuple[str, ...]
    authors: tuple[str, ...]
    clocks: tuple[str, ...]
    placeholders: dict[str, Placeholder]
    comments: dict[str, str]
    verdicts: dict[Verdict, str]
    blocks: dict[str, str]
    supply: dict[str, Placeholder]
    notes: dict[str, str]


@cache
def tables() -> Tables:
    """The words of the letter."""
    return Tables(**load("draft", "sentences.yaml"))
