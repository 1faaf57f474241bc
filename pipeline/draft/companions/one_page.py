"""The appeal on one page: service and date, the reason word for word, the criteria point by point, the request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.draft.answers import answer, quoted
from pipeline.draft.companions.parts import Cells, part, table
from pipeline.draft.companions.words import companion_words
from pipeline.draft.criterion_terms import names_criterion
from pipeline.draft.evidence import Evidence
from pipeline.draft.frame import frame
from pipeline.draft.plan import approval, consent, ground
from pipeline.draft.points import LetterPlan, Point, asking, blank, fields_stated, stating
from schemas.coverage import Verdict
from schemas.denial import Criterion
from schemas.fact import FactKind
from schemas.letter import LetterKind, Part, SentenceKind

_MOST = 4  # statements on a criterion, where there is room

Planner = Callable[[Evidence, Sequence[Criterion], int], LetterPlan]


def plans(evidence: Evidence) -> Iterator[LetterPlan]:
    """Plans of ever fewer words, the fullest first: the first whose letter fits its page is the one to set."""
    yield from shrinking(evidence, plan)


def shrinking(evidence: Evidence, planner: Planner) -> Iterator[LetterPlan]:
    """First less on each criterion, then fewer criteria: those that the denial turns on go last.

    One sentence on each leaves "the record meets this criterion" to the evidence beside it.
    """
    criteria = evidence.denial.criteria
    for most in (_MOST, 2, 1):
        yield planner(evidence, criteria, most)
    places = sorted(range(len(criteria)), key=lambda n: _at_issue(criteria[n], evidence))
    for count in range(len(criteria) - 1, 0, -1):
        yield planner(evidence, [criteria[n] for n in sorted(places[:count])], 1)


def _at_issue(criterion: Criterion, evidence: Evidence) -> int:
    """How far a criterion is from what the denial turns on: its reason names it, not met, met clinically, or else."""
    reason, result = evidence.denial.reason, evidence.results.get(criterion.id)
    if reason and names_criterion(reason.value, criterion):
        return 0
    if result is None or result.verdict is not Verdict.MET:
        return 1
    shown = (evidence.facts[name].kind for name in result.facts if name in evidence.facts)
    return 2 if any(kind is not FactKind.DOCUMENTATION for kind in shown) else 3


def plan(evidence: Evidence, criteria: Sequence[Criterion], most: int) -> LetterPlan:
    """On these criteria, and of each at most so many statements."""
    rows = [_row(criterion, evidence, most) for criterion in criteria]
    parts = (
        part("one_decision", Part.OPENING, _decision(evidence)),
        table("one_points", Part.CRITERIA, "points", rows or [([blank("no_criteria")], [])]),
        part("one_request", Part.CLOSING, _request(evidence, len(evidence.denial.criteria) - len(criteria))),
    )
    return LetterPlan(kind=LetterKind.ONE_PAGE, frame=frame(LetterKind.ONE_PAGE, evidence), parts=parts)


def _decision(evidence: Evidence) -> Iterator[Point]:
    if fields := fields_stated(evidence, "patient_name", "payer", "letter_date"):
        yield stating("appeal", fields=fields)
    yield from ground(evidence)


def _row(criterion: Criterion, evidence: Evidence, most: int) -> Cells:
    return [*quoted(criterion, evidence, "criterion_words")], shortened([*answer(criterion, evidence)], most)


def shortened(points: Sequence[Point], most: int) -> list[Point]:
    """The answer with so many statements at most, evidence before the verdict; what is no statement stays."""
    stated = [point for point in points if point.kind is SentenceKind.FACT]
    kept = sorted(stated, key=lambda point: point.say == "met")[:most]
    return [point for point in points if point.kind is not SentenceKind.FACT or point in kept]


def _request(evidence: Evidence, left_out: int) -> Iterator[Point]:
    words, request = companion_words(), approval(evidence)
    if left_out:
        told = words.cut.format(n=left_out, all=len(evidence.denial.criteria))
        request = request.model_copy(update={"comment": told})
    yield request
    if not evidence.denial.criteria:
        yield asking("ask_criteria")
    yield asking("ask_reasons")
    yield from consent(evidence)
