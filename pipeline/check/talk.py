"""The letter's offer of a peer-to-peer talk: the number to call, how long it is open, and its last day."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline import notation
from pipeline.check.lengths import later
from schemas.coverage import PeerToPeer, TalkWindow
from schemas.denial import Denial
from schemas.fact import Length

_LAST_DAY = re.compile(
    r"\b(?P<short>(?<!on or )before)|\b(?:by|until|till|through|thru|up to|on or before|(?:no|not) later than)",
    re.IGNORECASE,
)
_BEFORE_APPEAL = re.compile(r"\bbefore (?:an?|the|your|any) (?:\w+ )?appeal\b", re.IGNORECASE)
_FAX = re.compile(r"\b(?:fax\w*|facsimile|tty|tdd)\W{1,4}(?:\w+\W{1,3}){0,2}$", re.IGNORECASE)
_SATURDAY = 5


def talk(denial: Denial, today: date) -> PeerToPeer | None:
    """The offer in its parts; None where the letter makes none.

    A window is counted from the letter's own date, whatever it runs from, so that the day is never too late.
    """
    if (offer := denial.appeal.peer_to_peer) is None:
        return None
    text = " ".join(offer.value.split())
    window = _window(text)
    written = denial.letter_date.value if denial.letter_date else None
    by = _printed(text) or (_last_day(written, window) if written and window else None)
    return PeerToPeer(
        phone=_phone(text),
        window=window,
        by=by,
        over=by is not None and by < today,
        before_appeal=_BEFORE_APPEAL.search(text) is not None,
        spans=offer.spans,
    )


def _phone(text: str) -> str | None:
    """The first number that is not marked as a fax or a text telephone."""
    numbers = (number for number in notation.phones(text) if not _FAX.search(text[: number.start]))
    return next((number.value for number in numbers), None)


def _window(text: str) -> TalkWindow | None:
    if business := notation.business_days(text):
        return TalkWindow(n=business[0].value, unit="business_days")
    whole = [found.value for found in notation.lengths(text) if found.value.n == int(found.value.n) > 0]
    return TalkWindow(n=int(whole[0].n), unit=whole[0].unit) if whole else None


def _printed(text: str) -> date | None:
    """A last day that the offer prints: "until Nov. 4, 2026"; the day before, where it says "before"."""
    for day in notation.days(text):
        leads = list(_LAST_DAY.finditer(text[max(0, day.start - _LEAD) : day.start]))
        if leads:
            return day.value - timedelta(days=1) if leads[-1]["short"] else day.value
    return None


_LEAD = 30  # characters: "until 5 p.m. on Friday, Nov. 4"


def _last_day(start: date, window: TalkWindow) -> date:
    if window.unit != "business_days":
        return later(start, Length.model_validate(window.model_dump()))
    return _business_days_later(start, window.n)


def _business_days_later(day: date, n: int) -> date:
    """So many weekdays later. A holiday counts too: the plan may be open, and the day is never too late."""
    while n:
        day += timedelta(days=1)
        n -= day.weekday() < _SATURDAY
    return day
