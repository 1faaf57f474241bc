"""What a check of an edited letter finds: every statement with its verdict, and what else a person should look at."""

from __future__ import annotations

from enum import StrEnum

from schemas.base import Frozen
from schemas.letter import CheckedToken

BLOCK = "letter."  # begins the tags of the pieces around the sentences


class Change(StrEnum):
    """What an editor made of a sentence."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    SPLIT = "split"  # a part of a sentence that now is several
    MERGED = "merged"  # one of several sentences
    ADDED = "added"
    FILLED = "filled"  # written in place of a placeholder
    REPEATED = "repeated"  # a sentence that stands there twice


class Standing(StrEnum):
    """What carries a statement, or that nothing does."""

    SUPPORTED = "supported"
    BY_PAGE = "by_page"  # by the words of a page cited by hand; a person should compare
    NOT_SUPPORTED = "not_supported"
    OPEN = "open"  # a placeholder
    OWN = "own"  # the sender's own words, such as the signature: not checked


class Checked(Frozen):
    """A statement of the edited letter. `sentences` are the ids of those it comes from, or the tag of its piece.

    `tokens` say what carries each figure, name and quotation of one that verification took. `editors` are the authors
    of tracked changes in it; `paragraph` counts those of the edited letter from 1, or is 0.
    """

    text: str
    change: Change
    standing: Standing
    reasons: tuple[str, ...] = ()
    tokens: tuple[CheckedToken, ...] = ()
    sentences: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    moved: bool = False
    editors: tuple[str, ...] = ()
    paragraph: int = 0

    @property
    def is_block(self) -> bool:
        """Whether it is a piece around the sentences: an identifier, the address, a blank to sign in."""
        return any(name.startswith(BLOCK) for name in self.sentences)


class Deleted(Frozen):
    """A sentence that is gone, or an identifier of the case; `editors` deleted it with tracked changes."""

    id: str
    text: str
    editors: tuple[str, ...] = ()


class Commented(Frozen):
    """A comment of an editor, and what it stands on."""

    author: str
    text: str
    on: str


class EditedReport(Frozen):
    """An edited letter held against its case."""

    case_id: str
    file: str
    statements: tuple[Checked, ...]
    deleted: tuple[Deleted, ...] = ()
    comments: tuple[Commented, ...] = ()
    unread: int = 0

    @property
    def refused(self) -> tuple[Checked, ...]:
        """The statements that nothing carries."""
        return self.standing(Standing.NOT_SUPPORTED)

    def standing(self, standing: Standing) -> tuple[Checked, ...]:
        """The statements with that standing, in order."""
        return tuple(one for one in self.statements if one.standing == standing)
