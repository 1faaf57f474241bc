"""The plan of an appeal letter, or of a request for outside review: what each of its parts states, and on what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.draft.answers import criteria, tell
from pipeline.draft.evidence import Evidence
from pipeline.draft.frame import frame, frames
from pipeline.draft.phrases import TREATMENTS, Told
from pipeline.draft.points import LetterPlan, PartPlan, Point, asking, blank, fields_stated, law, quoting, stating
from pipeline.draft.scope import Scope, chronological, citable, merged, serving, used
from pipeline.draft.tables import tables
from pipeline.folding import folded
from schemas.coverage import LegalBasis, Verdict
from schemas.document import Document, Role
from schemas.fact import FactKind
from schemas.letter import Appellant, LetterKind, Part

_IDENTIFIERS = ("member_id", "group_number", "claim_number", "reference_number")
_ORDER = (
    (FactKind.DIAGNOSIS,),
    (FactKind.FUNCTIONAL_LIMIT,),
    TREATMENTS,
    (FactKind.FINDING, FactKind.MEASUREMENT, FactKind.IMAGING),
    (FactKind.RISK, FactKind.DOCUMENTATION),
)
_MOST_OF_A_KIND = 8


def plan(evidence: Evidence, documents: Sequence[Document] = (), kind: LetterKind = LetterKind.APPEAL) -> LetterPlan:
    """Decide what the letter states. `documents` only tell whether a guideline was supplied."""
    planned = {
        Part.OPENING: _opening(evidence, kind),
        Part.LEGAL_BASIS: legal_basis(evidence),
        Part.NECESSITY: _necessity(evidence),
        Part.SUMMARY: summary(evidence, _ORDER),
        Part.CRITERIA: criteria(evidence),
        Part.GUIDELINE: guideline(evidence, documents),
        Part.CONSEQUENCE: consequence(evidence),
        Part.CLOSING: _closing(evidence, kind),
    }
    headings = {**tables().headings, Part.OPENING: frames().kinds[kind].opening}
    parts = (PartPlan(part=part, heading=headings[part], points=tuple(points)) for part, points in planned.items())
    return LetterPlan(kind=kind, frame=frame(kind, evidence), parts=tuple(part.numbered(part.part) for part in parts))


def _opening(evidence: Evidence, kind: LetterKind) -> Iterator[Point]:
    denial = evidence.denial
    outside = kind is LetterKind.EXTERNAL
    if fields := fields_stated(evidence, "patient_name", "payer", "letter_date"):
        yield stating("external" if outside else "appeal", fields=fields)
    yield from identified(evidence)
    if outside and fields_stated(evidence, "appeal.used_up"):
        yield stating("used_up", fields=("appeal.used_up",))
    if not outside and fields_stated(evidence, "appeal.window"):
        yield stating("window", fields=("appeal.window",))
    if fields_stated(evidence, "reason") and ground_of(denial.reason.value if denial.reason else ""):
        yield stating("ground", fields=("reason",))
    if not outside:
        yield asking("ask_reversal", *fields_stated(evidence, "payer"))


def identified(evidence: Evidence) -> Iterator[Point]:
    """What was denied, by its codes, and by which numbers the notice knows it."""
    if fields := fields_stated(evidence, "service", *_numbered(evidence, "procedure_codes", "diagnosis_codes")):
        yield stating("service" if "service" in fields else "service_codes", fields=fields)
    if fields := fields_stated(evidence, *_IDENTIFIERS):
        yield stating("identifiers", fields=fields)


def _numbered(evidence: Evidence, *names: str) -> tuple[str, ...]:
    """The paths of every value of fields that have several."""
    return tuple(f"{name}.{n}" for name in names for n in range(len(getattr(evidence.denial, name))))


def ground_of(reason: str) -> tuple[str, str] | None:
    """The kind of denial and the words of its reason that show it, or None."""
    page = folded(reason)
    return next(((row.ground, words) for row in tables().grounds for words in row.words if folded(words) in page), None)


def is_clock(basis: LegalBasis) -> bool:
    """Whether a statement of law says when the plan must decide."""
    return any(phrase in basis.text for phrase in tables().clocks)


def legal_basis(evidence: Evidence) -> Iterator[Point]:
    """What the law of this plan says of the appeal; a blank where the plan is not known."""
    rows = [basis for basis in evidence.coverage.legal_basis if not is_clock(basis)]
    yield from map(law, rows)
    if not rows:
        yield blank("legal_basis")


def _necessity(evidence: Evidence) -> Iterator[Point]:
    yield from ground(evidence)
    things = [group[0] for group in merged(serving(evidence, Scope.of(evidence))) if Told(group[0]).short]
    if things:
        yield stating("record", things)
    elif not used(evidence, Verdict.MET):
        yield blank("record")


def ground(evidence: Evidence) -> Iterator[Point]:
    """The reason and the criteria's source, in the notice's words."""
    if fields_stated(evidence, "reason"):
        yield stating("reason", fields=("reason",))
    else:
        yield blank("reason")
    source = fields_stated(evidence, "criteria_source.name", "criteria_source.identifier", "criteria_source.version")
    if source:
        yield stating("source", fields=source)


def summary(evidence: Evidence, order: Sequence[tuple[FactKind, ...]]) -> Iterator[Point]:
    """The facts that serve, kind after kind; a blank where there is none.

    What is said twice is told once, and a quotation that another holds is left out.
    """
    scope = Scope.of(evidence)
    groups = merged(serving(evidence, scope))
    told: dict[object, Point] = {}
    quoted: dict[str, Point] = {}
    for kinds in order:
        points = [point for group in groups if group[0].kind in kinds for point in tell(group, scope)]
        for point in points[:_MOST_OF_A_KIND]:
            if point.say == "quote":
                words = folded(Told(evidence.facts[point.facts[0]], scope.against).quote).rstrip(".")
                if words in quoted:
                    continue
                quoted[words] = point
            told.setdefault(point.facts, point)
    held = [point for words, point in quoted.items() if any(_holds(other, words) for other in quoted)]
    yield from [point for point in told.values() if point not in held] or [blank("summary")]


def _holds(longer: str, words: str) -> bool:
    return longer != words and f" {words} " in f" {longer} "


def guideline(evidence: Evidence, documents: Sequence[Document]) -> Iterator[Point]:
    """The passages of supplied guidelines, word for word; a blank where one is enclosed and none was chosen."""
    passages = [passage for passage in evidence.guideline if evidence.enclosed(passage)]
    told: set[str] = set()
    for passage in passages:
        yield quoting("guideline_also" if passage.document in told else "guideline", passage)
        told.add(passage.document)
    enclosed = {exhibit.document for exhibit in evidence.exhibits}
    if not passages and any(document.role is Role.GUIDELINE and document.id in enclosed for document in documents):
        yield blank("guideline")


def consequence(evidence: Evidence) -> Iterator[Point]:
    """What the record states of doing without the service."""
    scope = Scope.of(evidence)
    facts = [
        fact
        for fact in sorted(evidence.facts.values(), key=chronological)
        if fact.assertion.holds and fact.name in tables().consequences and scope.holds(fact) and citable(fact, evidence)
    ]
    yield from (stating("quote", group) for group in merged(facts) if Told(group[0], scope.against).quote)


def _closing(evidence: Evidence, kind: LetterKind) -> Iterator[Point]:
    yield approval(evidence, kind)
    yield from (law(basis) for basis in evidence.coverage.legal_basis if is_clock(basis))
    if not evidence.denial.criteria:
        yield asking("ask_criteria")
    yield asking("ask_reasons")
    yield from consent(evidence)


def approval(evidence: Evidence, kind: LetterKind = LetterKind.APPEAL) -> Point:
    """The request: to approve the service, with its codes and dates as the notice states them."""
    paths = _numbered(evidence, "procedure_codes", "service_dates")
    say = "ask_outside" if kind is LetterKind.EXTERNAL else "ask_approval"
    return asking(say, *fields_stated(evidence, "payer", "service", *paths))


def consent(evidence: Evidence) -> Iterator[Point]:
    """What a provider who appeals for the patient must enclose under this plan: no fact says that it is there."""
    if evidence.appellant is Appellant.PROVIDER:
        codes = {warning.code for warning in evidence.coverage.warnings}
        yield from (blank(code) for code in ("consent_required", "party_not_entitled") if code in codes)
