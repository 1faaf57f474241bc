"""The states of a case, in a billing team's words, and which may follow which."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a case stands. The first four follow from the work; the others a person sets."""

    NEW = "new"
    WORKING = "working"
    NEEDS_REVIEW = "needs_review"
    READY = "ready"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    CLOSED = "closed"


WORKED: Final = frozenset({State.NEW, State.WORKING, State.NEEDS_REVIEW, State.READY})

_MAY_FOLLOW: Final = {
    State.APPROVED: {State.NEEDS_REVIEW, State.READY},
    State.SUBMITTED: {State.APPROVED},
    State.DECIDED: {State.SUBMITTED},
    State.CLOSED: set(State) - {State.CLOSED},
    State.NEEDS_REVIEW: {State.APPROVED, State.SUBMITTED, State.DECIDED, State.CLOSED},
}


def may_become(now: State, then: State) -> bool:
    """Whether a person may set a case that is in the one state to the other."""
    return now in _MAY_FOLLOW.get(then, ())


OUTCOMES: Final = ("overturned", "upheld", "partly", "withdrawn")  # what a payer may decide
