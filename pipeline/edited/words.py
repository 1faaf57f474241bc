"""The words in which a check of an edited letter is told: edited.yaml, read once."""

from functools import cache

from pipeline.tables import load
from schemas.base import Frozen
from schemas.document import Role
from schemas.fact import Assertion


class Table(Frozen):
    """edited.yaml."""

    author: str
    initials: str
    comment: dict[str, str]
    reasons: dict[str, str]
    said: dict[Assertion, str]
    sources: dict[Role, tuple[str, ...]]
    told: dict[str, str]
    own: tuple[str, ...]
    longest_own: int


@cache
def table() -> Table:
    """The words."""
    return Table(**load("edited", "edited.yaml"))
