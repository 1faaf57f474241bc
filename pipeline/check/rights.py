"""What the rules say beside the window of an appeal: who may file, how filing counts, amounts, silence."""

from __future__ import annotations

from datetime import date
from functools import cache

from pydantic import Field

from pipeline.check.lengths import later
from pipeline.check.rules import Rule, levels
from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.coverage import RuleNote, Silence


class ClockName(Frozen):
    """A kind of decision clock in words."""

    name: str
    expedited: bool = False


class Start(Frozen):
    """The event a decision clock runs from; `at_filing`: the day the request is received is that event."""

    text: str
    at_filing: bool = False


class _OfLevel(Frozen):
    expedited: RuleNote | None = None
    silence: RuleNote | None = None


class _OfPlan(Frozen):
    who_may_appeal: RuleNote | None = None
    consent: RuleNote | None = None
    levels: dict[int, _OfLevel] = Field(default_factory=dict)


class Rights(Frozen):
    """rights.yaml."""

    filed_when: dict[str, str]
    clocks: dict[str, ClockName]
    starts: dict[str, Start]
    plans: dict[str, _OfPlan]


@cache
def rights() -> Rights:
    """The codes of the rule table in words, and the notes by plan and level."""
    return table("rights", Rights)


def who_may_appeal(plan: str) -> RuleNote | None:
    """Who may appeal under a plan: the warning of levels.yaml where there is one, else the note."""
    return _party(plan, "who_may_appeal") or _of_plan(plan).who_may_appeal


def consent(plan: str) -> RuleNote | None:
    """The consent that whoever appeals for the member needs."""
    return _party(plan, "consent") or _of_plan(plan).consent


def eligible(plan: str, level: int) -> RuleNote | None:
    """When a faster decision may be asked for."""
    return _of_level(plan, level).expedited


def filing_counts(rule: Rule) -> RuleNote | None:
    """Which day counts as filing, by the row."""
    filing = rule.filing
    if filing is None or filing.filed_when is None:
        return None
    verified = filing.filed_when_verified or rule.verified
    return RuleNote(text=rights().filed_when[filing.filed_when], source=rule.source[0], verified=verified)


def amount_in_controversy(rule: Rule, filing: date) -> RuleNote | None:
    """The least amount that must be in controversy for a request filed that day; None where the row knows none."""
    if not rule.amounts:
        return None
    amount = rule.amounts.get(filing.year)
    text = f"An amount in controversy is needed; that for {filing.year} is not in the table."
    if amount is not None:
        text = f"At least ${amount:,} must be in controversy for a request filed in {filing.year}."
    return RuleNote(text=text, source="; ".join(rule.source), verified=rule.verified)


def silence(plan: str, level: int, filed: date | None) -> Silence | None:
    """What it means if no decision comes, and until when silence opens the next level, by the rows of that level."""
    note = _of_level(plan, level).silence
    if note is None:
        return None
    following = levels().level(plan, level + 1)
    for rule in following.rows(None) if following else ():
        if filed and rule.alternative_filing and rule.alternative_filing.length:
            return Silence(**dict(note), next_by=later(filed, rule.alternative_filing.length), rule=rule.id)
    return Silence(**dict(note))


def _party(plan: str, about: str) -> RuleNote | None:
    known = levels().plan(plan)
    party = known.party if known else None
    if party is None or party.about != about:
        return None
    return RuleNote(text=party.message, source=party.source, verified=party.verified)


def _of_plan(plan: str) -> _OfPlan:
    return rights().plans.get(plan, _OfPlan())


def _of_level(plan: str, level: int) -> _OfLevel:
    return _of_plan(plan).levels.get(level, _OfLevel())
