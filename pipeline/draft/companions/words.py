"""The words of the companions: companions.yaml, read once."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pipeline.draft.points import Point
from pipeline.tables import load
from schemas.base import Frozen
from schemas.coverage import Verdict
from schemas.letter import Blank, SentenceKind


class PageSize(Frozen):
    """What fits on one page, in lines and in characters to a line."""

    lines: int
    characters: int


class CompanionWords(Frozen):
    """companions.yaml."""

    headings: dict[str, str]
    columns: dict[str, tuple[str, ...]]
    widths: dict[str, tuple[int, ...]]
    blanks: dict[str, Blank]
    documents_law: tuple[str, ...]
    talk_questions: tuple[str, ...]
    box: str
    ticked: str
    verdicts: dict[Verdict, str]
    gap_kinds: dict[Literal["documentation", "criteria_difference"], str]
    optional: str
    deadline: str
    no_deadline: str
    cut: str
    page: PageSize


@cache
def companion_words() -> CompanionWords:
    """The table, read once."""
    return CompanionWords(**load("draft", "companions/companions.yaml"))


def to_fill(name: str) -> Point:
    """A blank of a companion, with what is told of it."""
    found = companion_words().blanks[name]
    return Point(id="", kind=SentenceKind.PLACEHOLDER, say=name, text=found.text, comment=found.comment)
