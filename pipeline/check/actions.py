"""What there is to do next, in the order in which it falls due."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from pipeline.check.proof import gaps_of
from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.coverage import (
    Action,
    ActionKind,
    CheckItem,
    CriterionResult,
    Deadline,
    DeadlineStatus,
    DecisionClock,
    PeerToPeer,
    Route,
)
from schemas.denial import Denial
from schemas.fact import Fact
from schemas.span import Span


class Words(Frozen):
    """actions.yaml."""

    source: str
    before_filing: str
    take_route: dict[str, str]
    confirm_deadline: str
    peer_to_peer: str
    peer_to_peer_over: str
    peer_to_peer_by: str
    request_criteria: str
    collect_records: str
    collect_kit: str
    clinician_letter: str
    clinician_letter_terms: tuple[str, ...]
    submit: str
    submit_today: str
    submit_late: str
    track_decision: str
    track_unknown: str
    clock: str


@cache
def _words() -> Words:
    return table("actions", Words)


def actions(
    denial: Denial,
    facts: Iterable[Fact],
    results: Sequence[CriterionResult],
    kit: Sequence[CheckItem],
    routes: Sequence[Route],
    deadline: Deadline,
    offered: PeerToPeer | None = None,
) -> tuple[Action, ...]:
    """What to do next. A date is that of the deadline, of the talk `offered`, or of a decision clock that has started.

    What has none stands with what is to be done before the filing. Once the appeal is filed, only the decision is left.
    """
    if deadline.filed:
        return (_track(deadline),)
    todo = [
        *_route(routes),
        _confirm(deadline),
        *_talk(denial, offered),
        *_criteria(denial, deadline),
        *_records(results, kit, deadline),
        *_letter(facts, routes, deadline),
        _submit(deadline),
    ]
    last = _target(deadline) or datetime.date.max
    order = list(ActionKind)
    return (*sorted(todo, key=lambda action: (action.by or last, order.index(action.kind))), _track(deadline))


def _target(deadline: Deadline) -> datetime.date | None:
    """The day to file by: the safe one while it is open, then the outer; None where none is left or known."""
    if deadline.status in (DeadlineStatus.OPEN, DeadlineStatus.DUE_SOON):
        return deadline.safe
    return deadline.outer if deadline.status is DeadlineStatus.PAST_SAFE else None


def _before_filing(
    kind: ActionKind, what: str, deadline: Deadline, criteria: tuple[str, ...] = (), spans: tuple[Span, ...] = ()
) -> Action:
    """What the filing has to wait for."""
    day = _target(deadline)
    basis = _words().before_filing if day else ""
    return Action(kind=kind, what=what, by=day, basis=basis, criteria=criteria, spans=spans)


def _route(routes: Sequence[Route]) -> Iterator[Action]:
    """What to do before, or instead of, an appeal."""
    if not routes:
        yield Action(kind=ActionKind.TAKE_ROUTE, what=_words().take_route["none"])
    elif not routes[0].kind.is_appeal:
        first = routes[0]
        what = _words().take_route[first.kind]
        yield Action(kind=ActionKind.TAKE_ROUTE, what=what, basis=" ".join(first.reasons), spans=first.spans)


def _confirm(deadline: Deadline) -> Action:
    what = _words().confirm_deadline.format(question=deadline.question).strip()
    return Action(kind=ActionKind.CONFIRM_DEADLINE, what=what, basis=deadline.basis, spans=deadline.spans)


def _talk(denial: Denial, offered: PeerToPeer | None) -> Iterator[Action]:
    """The talk that the letter offers, by its last day; where that is past, whether it can still be had."""
    if offered and (offer := denial.appeal.peer_to_peer):
        words = _words()
        what = (words.peer_to_peer_over if offered.over else words.peer_to_peer).format(
            offer=" ".join(offer.value.split())
        )
        basis = words.peer_to_peer_by if offered.by else ""
        yield Action(kind=ActionKind.PEER_TO_PEER, what=what, by=offered.by, basis=basis, spans=offered.spans)


def _criteria(denial: Denial, deadline: Deadline) -> Iterator[Action]:
    if not denial.criteria:
        source = denial.criteria_source.identifier or denial.criteria_source.name
        spans = source.spans if source else ()
        yield _before_filing(ActionKind.REQUEST_CRITERIA, _words().request_criteria, deadline, spans=spans)


def _records(results: Sequence[CriterionResult], kit: Sequence[CheckItem], deadline: Deadline) -> Iterator[Action]:
    """What each criterion lacks, and from whom; without criteria, what the checklist lacks."""
    for gap, criteria in gaps_of(results).items():
        what = _words().collect_records.format(gap=gap)
        yield _before_filing(ActionKind.COLLECT_RECORDS, what, deadline, criteria)
    lacking = [item.id for item in kit if item.ask and not item.optional]
    if lacking and not results:
        what = _words().collect_kit.format(items=", ".join(lacking))
        yield _before_filing(ActionKind.COLLECT_RECORDS, what, deadline)


def _letter(facts: Iterable[Fact], routes: Sequence[Route], deadline: Deadline) -> Iterator[Action]:
    """A clinician's letter, where the case is to be appealed and the record has none."""
    written = any(fact.assertion.holds and fact.is_a(_words().clinician_letter_terms) for fact in facts)
    if not written and (not routes or routes[0].kind.is_appeal):
        yield _before_filing(ActionKind.CLINICIAN_LETTER, _words().clinician_letter, deadline)


def _submit(deadline: Deadline) -> Action:
    said = {DeadlineStatus.PAST_SAFE: _words().submit_today, DeadlineStatus.PAST: _words().submit_late}
    counts = deadline.filing_counts.text if deadline.filing_counts else ""
    what = said.get(deadline.status, _words().submit).format(counts=counts).strip()
    return Action(kind=ActionKind.SUBMIT, what=what, by=_target(deadline), basis=deadline.basis, spans=deadline.spans)


def _track(deadline: Deadline) -> Action:
    """The clocks of the decision; a day only where the filing has started one."""
    clocks = [clock for clock in deadline.decision_clocks if not clock.expedited]
    if not clocks:
        return Action(kind=ActionKind.TRACK_DECISION, what=_words().track_unknown)
    silence = deadline.silence.text if deadline.silence else ""
    what = _words().track_decision.format(clocks=" ".join(map(_told, clocks)), silence=silence).strip()
    days = [clock.due for clock in clocks if clock.due]
    basis = f"Filed on {deadline.filed}." if days else ""
    return Action(kind=ActionKind.TRACK_DECISION, what=what, by=min(days, default=None), basis=basis)


def _told(clock: DecisionClock) -> str:
    unit = clock.unit.replace("_", " ")
    name = clock.name[:1].upper() + clock.name[1:]
    return _words().clock.format(name=name, n=clock.n, unit=unit, starts=clock.starts, source=clock.source)
