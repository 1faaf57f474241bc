"""What the checker concludes: a verdict per criterion, the deadline, and what to warn of."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.span import Span


class Verdict(StrEnum):
    """What the supplied record says of a criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_DOCUMENTED = "not_documented"
    NEEDS_REVIEW = "needs_review"


class CaseType(StrEnum):
    """What kind of care was denied."""

    IMAGING = "A"
    PROCEDURE = "B"
    DRUG = "C"
    MENTAL_HEALTH = "D"
    INPATIENT = "E"
    DOCUMENTATION = "F"


class Pattern(StrEnum):
    """What the payer found wanting."""

    STEP_THERAPY = "step_therapy"
    CONSERVATIVE_CARE = "conservative_care"
    OBJECTIVE_FINDINGS = "objective_findings"
    TIME_REQUIREMENT = "time_requirement"
    SEVERITY = "severity"


class Computed(Frozen):
    """The arithmetic behind a verdict, for a reader to follow: what was figured, how, and against what."""

    figure: str = Field(description='The result, as "44 days = 6 weeks 2 days".')
    formula: str = Field(default="", description='How it came about, as "2026-04-01 to 2026-05-15".')
    needed: str = Field(default="", description='What the criterion asks, as "at least 6 weeks".')


class Rejected(Frozen):
    """A fact that was considered and cannot serve, with the reason."""

    fact: str
    reason: str


class CriterionResult(Frozen):
    """The answer to one criterion. `gap` says what is missing and who can supply it; empty where nothing is."""

    criterion: str
    verdict: Verdict
    facts: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    computed: Computed | None = None
    explanation: str
    gap: str = ""
    gap_kind: Literal["documentation", "criteria_difference"] | None = None


class DeadlineStatus(StrEnum):
    """Where today stands against the deadline."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    PAST_SAFE = "past_safe"
    PAST = "past"
    UNKNOWN = "unknown"


class DeadlineCandidate(Frozen):
    """A deadline under one possible plan type, shown where the plan type is unknown."""

    plan_type: str
    date: datetime.date
    basis: str
    source: str


class Deadline(Frozen):
    """The last day to file the next appeal.

    `date` follows the letter's own words, else the rule; `safe` is the earliest reading still open to argument;
    `outer` the latest the rule supports. All three are null where nothing supports a date.
    """

    date: datetime.date | None = None
    safe: datetime.date | None = None
    outer: datetime.date | None = None
    status: DeadlineStatus = DeadlineStatus.UNKNOWN
    basis: str
    source: str = Field(default="", description="The section of law, or the letter.")
    rule: str | None = Field(default=None, description="The row of the rule table.")
    spans: tuple[Span, ...] = ()
    candidates: tuple[DeadlineCandidate, ...] = ()
    question: str = ""


class Warning(Frozen):
    """Something a reviewer must see. `code` is stable; the message holds no more than the spans show."""

    code: str
    message: str
    spans: tuple[Span, ...] = ()


class LegalBasis(Frozen):
    """A statement of law that the plan type allows in the letter, from a row of the rule table that was verified."""

    text: str
    source: str
    rule: str


class Coverage(Frozen):
    """Everything the checker says of one case."""

    criteria: tuple[CriterionResult, ...] = ()
    deadline: Deadline
    case_type: CaseType | None = None
    case_type_spans: tuple[Span, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    warnings: tuple[Warning, ...] = ()
