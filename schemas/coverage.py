"""What the checker concludes: a verdict per criterion, the deadline, and what to warn of."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict, Field, model_validator

from schemas.base import Frozen
from schemas.span import Correction, Span


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


@dataclass(slots=True, unsafe_hash=True)  # not frozen: that takes twice as long to make, and a chart has thousands
class Rejected:
    """A fact that was considered and cannot serve, with the reason."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    fact: Final[str]
    reason: Final[str]


class CriterionResult(Frozen):
    """The answer to one criterion. `gap` says what is missing and who can supply it; empty where nothing is.

    A reviewer may set `verdict`, with a `correction`; `checked` then keeps what the checker says. All else is its own.
    """

    criterion: str
    verdict: Verdict
    facts: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    computed: Computed | None = None
    explanation: str
    gap: str = ""
    gap_kind: Literal["documentation", "criteria_difference"] | None = None
    checked: Verdict | None = None
    correction: Correction | None = None

    @model_validator(mode="after")
    def _a_correction_gives_a_verdict(self) -> CriterionResult:
        if self.correction is not None and self.correction.rejects:
            raise ValueError("a verdict is not rejected: give the reviewer's own")
        return self


class DeadlineStatus(StrEnum):
    """Where today stands against the deadline."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    PAST_SAFE = "past_safe"
    PAST = "past"
    UNKNOWN = "unknown"


Verified = Literal["primary", "secondary", "memory"]
Trigger = Literal["printed_date", "notice_date", "receipt_known", "receipt_presumed", "receipt_unknown"]
Filing = Literal["in_time", "arguable", "late"]  # by the safe date; by the outer date; after both


class DeadlineCandidate(Frozen):
    """A deadline under one possible plan type, shown where the plan type is unknown."""

    plan_type: str
    date: datetime.date
    safe: datetime.date | None = None
    outer: datetime.date | None = None
    basis: str
    source: str


class RuleNote(Frozen):
    """What a rule says beside its window. `memory`: nobody opened the section, so it guides the reviewer only."""

    text: str
    source: str
    verified: Verified


class DecisionClock(Frozen):
    """The time the decider has. `due` is its last day, null where the filing date does not start it or is not known."""

    name: str = Field(description='The kind of request, as "standard, about payment".')
    n: int
    unit: Literal["hours", "days", "business_days"]
    starts: str = Field(description="The event it runs from.")
    expedited: bool = False
    due: datetime.date | None = None
    extension_days: int = 0
    extended: datetime.date | None = Field(default=None, description="`due` with the extension the rule allows.")
    source: str
    verified: Verified


class Expedited(Frozen):
    """When a faster decision may be asked for; the dates, where asking for it has a window of its own."""

    eligible: RuleNote | None = None
    scope: str = ""
    date: datetime.date | None = None
    safe: datetime.date | None = None
    outer: datetime.date | None = None
    source: str = ""


class Silence(RuleNote):
    """What it means if no decision comes in time, and the last day for the next level where silence opens one."""

    next_by: datetime.date | None = None
    rule: str | None = None


class Deadline(Frozen):
    """The last day to file the next appeal.

    `date` follows the letter's own words, else the rule; `safe` is the earliest reading still open to argument;
    `outer` the latest the rule supports. All three are null where nothing supports a date. What follows `question`
    is for the reviewer: nothing of it is printed in the letter.
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
    level: int = 1
    verified: Verified | None = Field(default=None, description="How the row of the rule table was verified.")
    trigger: Trigger | None = Field(default=None, description="What `date` is counted from.")
    receipt_presumed_days: int = Field(default=0, description="Days in the mail that the rule presumes, 0 for none.")
    received: datetime.date | None = Field(default=None, description="When the notice came, where that is known.")
    filed: datetime.date | None = Field(default=None, description="When the appeal was filed, where that is known.")
    filing: Filing | None = Field(default=None, description="Whether that was in time.")
    filing_counts: RuleNote | None = Field(default=None, description="Which day counts: sent, or received.")
    who_may_appeal: RuleNote | None = None
    consent: RuleNote | None = None
    amount_in_controversy: RuleNote | None = None
    expedited: Expedited | None = None
    decision_clocks: tuple[DecisionClock, ...] = ()
    silence: Silence | None = None


class Warning(Frozen):
    """Something a reviewer must see. `code` is stable; the message holds no more than the spans show.

    A warning of `check` is raised anew whenever the case is checked; one of `reading` stays as the documents gave it.
    """

    code: str
    message: str
    spans: tuple[Span, ...] = ()
    stage: Literal["reading", "check"] = "check"


class RouteKind(StrEnum):
    """What to do with a denial. The first three are appeals; the others answer it otherwise, or not at all."""

    NECESSITY_APPEAL = "necessity_appeal"
    AUTHORIZATION_APPEAL = "authorization_appeal"
    EXTERNAL_REVIEW = "external_review"
    CORRECTED_CLAIM = "corrected_claim"
    RECORDS_REQUEST = "records_request"
    PROVIDER_DISPUTE = "provider_dispute"
    NOTHING_TO_APPEAL = "nothing_to_appeal"

    @property
    def is_appeal(self) -> bool:
        """Whether the letter that is drafted fits it."""
        return self in (RouteKind.NECESSITY_APPEAL, RouteKind.AUTHORIZATION_APPEAL, RouteKind.EXTERNAL_REVIEW)


class Route(Frozen):
    """One way to take with the denial, why, and the words that say so. A route may rest on the level alone."""

    kind: RouteKind
    reasons: tuple[str, ...] = Field(min_length=1)
    spans: tuple[Span, ...] = ()


class CheckItem(Frozen):
    """An item of a checklist: the `facts` that tick it, else whom to `ask` for it; never both.

    `spans` are the places of the denial that it was read against, where it was.
    """

    id: str
    want: str
    facts: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    ask: str = ""
    optional: bool = False

    @model_validator(mode="after")
    def _is_ticked_or_asked_for(self) -> CheckItem:
        if bool(self.facts) == bool(self.ask):
            raise ValueError("an item is ticked by facts, or asked for")
        return self


class TalkWindow(Frozen):
    """How long a talk may be asked for, in the letter's own unit."""

    n: int = Field(gt=0)
    unit: Literal["days", "business_days", "weeks", "months", "years"]


class PeerToPeer(Frozen):
    """The letter's offer of a talk with a reviewer: the number to call, how long it is open, and its last day.

    `by` is the day that the letter prints, else that of the window counted from the letter's own date; null where
    the letter gives neither. `before_appeal`: it is open only until an appeal is filed.
    """

    phone: str | None = None
    window: TalkWindow | None = None
    by: datetime.date | None = None
    over: bool = Field(default=False, description="Whether that day is past.")
    before_appeal: bool = False
    spans: tuple[Span, ...] = ()


class ActionKind(StrEnum):
    """What there is to do, in the usual order."""

    TAKE_ROUTE = "take_route"
    CONFIRM_DEADLINE = "confirm_deadline"
    PEER_TO_PEER = "peer_to_peer"
    REQUEST_CRITERIA = "request_criteria"
    COLLECT_RECORDS = "collect_records"
    CLINICIAN_LETTER = "clinician_letter"
    SUBMIT = "submit"
    TRACK_DECISION = "track_decision"


class Action(Frozen):
    """Something to do next. `by` is null where nothing gives a date; `basis` says where the date comes from.

    `criteria` are those that it serves; `spans` the words of the letter that it rests on.
    """

    kind: ActionKind
    what: str
    by: datetime.date | None = None
    basis: str = ""
    criteria: tuple[str, ...] = ()
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
    pattern_spans: dict[Pattern, tuple[Span, ...]] = Field(
        default_factory=dict, description="The words that show each pattern."
    )
    routes: tuple[Route, ...] = Field(default=(), description="The first is to be taken first; none: a person decides.")
    proof_kit: tuple[CheckItem, ...] = Field(default=(), description="What wins a denial of this case type.")
    reviewer_five: tuple[CheckItem, ...] = Field(default=(), description="The five points that a reviewer scores.")
    peer_to_peer: PeerToPeer | None = Field(default=None, description="Null where the letter offers no talk.")
    actions: tuple[Action, ...] = Field(default=(), description="In the order in which they fall due.")
    legal_basis: tuple[LegalBasis, ...] = ()
    warnings: tuple[Warning, ...] = ()
