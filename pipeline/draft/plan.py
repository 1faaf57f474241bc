"""The plan of an appeal letter: for each of its eight parts what to state, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.draft.answers import criteria, tell
from pipeline.draft.evidence import Evidence
from pipeline.draft.phrases import TREATMENTS, Told
from pipeline.draft.points import LetterPlan, PartPlan, Point, asking, blank, fields_stated, law, quoting, stating
from pipeline.draft.scope import Scope, chronological, citable, merged, serving, used
from pipeline.draft.tables import tables
from pipeline.folding import folded
from schemas.coverage import LegalBasis, Verdict
from schemas.document import Document, Role
from schemas.fact import FactKind
from schemas.letter import Part

_IDENTIFIERS = ("member_id", "group_number", "claim_number", "reference_number")
_ORDER = (
    (FactKind.DIAGNOSIS,),
    (FactKind.FUNCTIONAL_LIMIT,),
    TREATMENTS,
    (FactKind.FINDING, FactKind.MEASUREMENT, FactKind.IMAGING),
    (FactKind.RISK, FactKind.DOCUMENTATION),
)
_MOST_OF_A_KIND = 8


def plan(evidence: Evidence, documents: Sequence[Document] = ()) -> LetterPlan:
    """Decide what the letter states. `documents` only tell whether a guideline was supplied."""
    planned = {
        Part.OPENING: _opening(evidence),
        Part.LEGAL_BASIS: _legal_basis(evidence),
        Part.NECESSITY: _necessity(evidence),
        Part.SUMMARY: _summary(evidence),
        Part.CRITERIA: criteria(evidence),
        Part.GUIDELINE: _guideline(evidence, documents),
        Part.CONSEQUENCE: _consequence(evidence),
        Part.CLOSING: _closing(evidence),
    }
    return LetterPlan(parts=tuple(_numbered(part, points) for part, points in planned.items()))


def _numbered(part: Part, points: Iterator[Point]) -> PartPlan:
    named = tuple(point.model_copy(update={"id": f"{part}-{n}"}) for n, point in enumerate(points, start=1))
    return PartPlan(part=part, heading=tables().headings[part], points=named)


def _opening(evidence: Evidence) -> Iterator[Point]:
    denial = evidence.denial
    if fields := fields_stated(evidence, "patient_name", "payer", "letter_date"):
        yield stating("appeal", fields=fields)
    codes = [f"procedure_codes.{n}" for n in range(len(denial.procedure_codes))]
    codes += [f"diagnosis_codes.{n}" for n in range(len(denial.diagnosis_codes))]
    if fields := fields_stated(evidence, "service", *codes):
        yield stating("service" if "service" in fields else "service_codes", fields=fields)
    if fields := fields_stated(evidence, *_IDENTIFIERS):
        yield stating("identifiers", fields=fields)
    if fields_stated(evidence, "reason") and ground_of(denial.reason.value if denial.reason else ""):
        yield stating("ground", fields=("reason",))
    yield asking("ask_reversal", *fields_stated(evidence, "payer"))


def ground_of(reason: str) -> tuple[str, str] | None:
    """The kind of denial and the words of its reason that show it, or None."""
    page = folded(reason)
    return next(((row.ground, words) for row in tables().grounds for words in row.words if folded(words) in page), None)


def is_clock(basis: LegalBasis) -> bool:
    """Whether a statement of law says when the plan must decide."""
    return any(phrase in basis.text for phrase in tables().clocks)


def _legal_basis(evidence: Evidence) -> Iterator[Point]:
    rows = [basis for basis in evidence.coverage.legal_basis if not is_clock(basis)]
    yield from map(law, rows)
    if not rows:
        yield blank("legal_basis")


def _necessity(evidence: Evidence) -> Iterator[Point]:
    if fields_stated(evidence, "reason"):
        yield stating("reason", fields=("reason",))
    else:
        yield blank("reason")
    source = fields_stated(evidence, "criteria_source.name", "criteria_source.identifier", "criteria_source.version")
    if source:
        yield stating("source", fields=source)
    things = [group[0] for group in merged(serving(evidence, Scope.of(evidence))) if Told(group[0]).short]
    if things:
        yield stating("record", things)
    elif not used(evidence, Verdict.MET):
        yield blank("record")


def _summary(evidence: Evidence) -> Iterator[Point]:
    scope = Scope.of(evidence)
    groups = merged(serving(evidence, scope))
    told: dict[object, Point] = {}  # a passage that shows two things is quoted once
    for kinds in _ORDER:
        points = [point for group in groups if group[0].kind in kinds for point in tell(group, scope)]
        for point in points[:_MOST_OF_A_KIND]:
            passage = evidence.facts[point.facts[0]].spans[0].place
            told.setdefault(passage if point.say == "quote" else point.facts, point)
    yield from told.values() or [blank("summary")]


def _guideline(evidence: Evidence, documents: Sequence[Document]) -> Iterator[Point]:
    passages = [passage for passage in evidence.guideline if evidence.enclosed(passage)]
    told: set[str] = set()
    for passage in passages:
        yield quoting("guideline_also" if passage.document in told else "guideline", passage)
        told.add(passage.document)
    enclosed = {exhibit.document for exhibit in evidence.exhibits}
    if not passages and any(document.role is Role.GUIDELINE and document.id in enclosed for document in documents):
        yield blank("guideline")


def _consequence(evidence: Evidence) -> Iterator[Point]:
    scope = Scope.of(evidence)
    facts = [
        fact
        for fact in sorted(evidence.facts.values(), key=chronological)
        if fact.assertion.holds and fact.name in tables().consequences and scope.holds(fact) and citable(fact, evidence)
    ]
    yield from (stating("quote", group) for group in merged(facts) if Told(group[0], scope.against).quote)


def _closing(evidence: Evidence) -> Iterator[Point]:
    yield asking("ask_approval", *fields_stated(evidence, "payer", "service"))
    yield from (law(basis) for basis in evidence.coverage.legal_basis if is_clock(basis))
    if not evidence.denial.criteria:
        yield asking("ask_criteria")
    yield asking("ask_reasons")
