"""Orders that tell of a drug already taken: to go on with it, to change it, or to stop it."""

import re
from dataclasses import replace
from functools import cache

from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.regimens import table
from pipeline.extract.phrases import Phrases
from schemas.fact import Assertion, FactKind

_DOUBT = re.compile(
    r"\b(?:if|unless|when|once|consider|discuss\w*|may|might|could|would|should|until|after|or|plan(?:s|ned)? to)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s(?:(?:the|her|his|with|on|home|current|oral|taking|all|both|same|your|dose|doses|of|as|well|daily|this|patient|pt)"
    r"\s|[A-Z]?[\w-]+,\s|and\s){0,4}",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:in\s(?:\d|one|two|three|a\s)|tomorrow|next|before|prior to|\d+\s(?:days?|weeks?)\s)", re.IGNORECASE
)


@cache
def _verbs() -> Phrases[str]:
    rows = table()
    return Phrases(
        [
            *((word, "continue") for word in rows.continues),
            *((word, "change") for word in rows.changes),
            *((word, "stop") for word in rows.halts),
        ]
    )


def order_of_taken(text: str, start: int) -> str | None:
    """What an order right before `start` is of a thing already taken: `continue`, `change` or `stop`; else None."""
    orders = [hit for hit in _verbs().find(text[:start]) if _BETWEEN.fullmatch(text, hit.end, start)]
    if not orders:
        return None
    left = max(text.rfind(mark, 0, orders[-1].start) for mark in (". ", "; ", "\n\u2022"))
    return None if _DOUBT.search(text, max(left, 0), start) else orders[-1].value


def already_had(mention: Mention, text: str, start: int) -> Mention | None:
    """The drug named at `start` as one that is taken, where the order before it says so; else None.

    "Continue tamsulosin" tells that it goes on; "discontinue rosuvastatin" that it ends on the day of the note;
    "increase metformin to 1000 mg" that it is taken, and not at what dose until now. To go on with exercises is said
    to whoever never began.
    """
    order = order_of_taken(text, start)
    drug = mention.term.kind is FactKind.MEDICATION
    if not drug or mention.assertion is not Assertion.HYPOTHETICAL or order is None:
        return None
    held = replace(mention, assertion=Assertion.PRESENT)
    if order == "continue":
        return replace(held, ongoing=True)
    if order == "change" or _LATER.search(text, start):
        return held
    return replace(held, end=mention.note.value, resolved=True) if mention.note else held
