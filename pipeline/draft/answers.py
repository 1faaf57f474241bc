"""The part of the plan that answers each criterion, as its verdict allows."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.draft.citations import cite
from pipeline.draft.criterion_terms import names_criterion, terms
from pipeline.draft.evidence import Evidence
from pipeline.draft.exceptions import excepted
from pipeline.draft.phrases import TREATMENTS, Told, tidy
from pipeline.draft.points import Point, asking, blank, fields_stated, quoting, stating
from pipeline.draft.scope import Scope, chronological, citable, merged
from pipeline.draft.tables import tables
from schemas.coverage import Computed, CriterionResult, Verdict
from schemas.dates import PartialDate
from schemas.denial import Criterion, spared
from schemas.fact import Fact, FactKind, Outcome

_MOST_PASSAGES = 3
_MOST_TOLD = 8  # entries of the record that a letter tells for one criterion, the latest


def criteria(evidence: Evidence) -> Iterator[Point]:
    """For each criterion the payer's words, then the answer."""
    if not evidence.denial.criteria:
        yield blank("no_criteria")
    for criterion in evidence.denial.criteria:
        yield from quoted(criterion, evidence, "quoted_criterion")
        yield from answer(criterion, evidence)


def quoted(criterion: Criterion, evidence: Evidence, say: str) -> Iterator[Point]:
    """The payer's words for a criterion, where their page is enclosed."""
    if fields_stated(evidence, f"criteria.{criterion.id}"):
        yield stating(say, fields=(f"criteria.{criterion.id}",), criterion=criterion.id)


def answer(criterion: Criterion, evidence: Evidence) -> Iterator[Point]:
    """What the verdict on a criterion allows to be said."""
    result = evidence.results.get(criterion.id)
    if result is None:
        yield blank("needs_review", tables().comments["needs_review"], criterion.id)
    elif result.verdict is Verdict.MET:
        yield from _met(result, evidence)
    elif _alternative_is_met(criterion, evidence):
        yield asking("alternative" if criterion.at_least == 1 else "alternatives", criterion=criterion.id)
    elif result.verdict is Verdict.NOT_MET:
        yield from _not_met(criterion, result, evidence)
    else:
        yield blank(result.verdict.value, _advice(result, evidence), criterion.id)


def _alternative_is_met(criterion: Criterion, evidence: Evidence) -> bool:
    """Whether as many others of its group are met as it takes."""
    met = {name for name, result in evidence.results.items() if result.verdict is Verdict.MET}
    return criterion.id in spared(evidence.denial.criteria, met)


def _met(result: CriterionResult, evidence: Evidence) -> Iterator[Point]:
    points = list(_evidence_points(result, evidence))
    if not points and fields_stated(evidence, "birth_date") and not result.facts:
        fields = ("birth_date",)
        points = [stating(say, fields=fields, criterion=result.criterion) for say in ("met", "birth_date")]
    if not points:
        yield blank("needs_review", _advice(result, evidence), result.criterion)
        return
    told = [evidence.facts[name] for point in points for name in point.facts]
    if told:
        yield stating("met", told, criterion=result.criterion)
    yield from points


def _not_met(criterion: Criterion, result: CriterionResult, evidence: Evidence) -> Iterator[Point]:
    """What a measure came to is stated as it is, then what the documents allow to argue; the rest is the reviewer's.

    A contrary statement is left to the reviewer whole.
    """
    if result.computed:
        for point in _evidence_points(result, evidence):
            yield point.model_copy(update={"comment": tables().comments["not_met"]})
    yield from _arguments(criterion, result, evidence)
    yield blank("not_met", _advice(result, evidence), result.criterion)


def _arguments(criterion: Criterion, result: CriterionResult, evidence: Evidence) -> Iterator[Point]:
    """That what is asked for was not tolerated or must not be given, what the plan excepts, what a guideline says."""
    scope, asked = Scope.of(evidence), terms(criterion)
    barred = [
        fact
        for fact in sorted(evidence.facts.values(), key=chronological)
        if fact.outcome in (Outcome.INTOLERANT, Outcome.CONTRAINDICATED) and fact.is_a(asked)
        if (fact.assertion.holds or fact.barred) and scope.holds(fact) and citable(fact, evidence)
        if not (result.computed and fact.id in result.facts)
    ]
    for group in merged(barred):  # the checker did not rest its answer on these, so they stand beside it
        for point in tell(group, scope):
            yield point.model_copy(update={"comment": tables().comments["barred"]})
    numbered = list(enumerate(evidence.denial.criteria, start=1))
    for n, span in enumerate(evidence.exceptions):
        if criterion.id in excepted(span, numbered) and fields_stated(evidence, f"exceptions.{n}"):
            point = stating("exception", fields=(f"exceptions.{n}",), criterion=criterion.id)
            yield point.model_copy(update={"comment": tables().comments["exception"]})
    for passage in evidence.guideline:
        if evidence.enclosed(passage) and names_criterion(passage.quote, criterion):
            yield quoting("guideline", passage).model_copy(update={"criterion": criterion.id})


def _evidence_points(result: CriterionResult, evidence: Evidence) -> Iterator[Point]:
    scope = Scope.of(evidence)
    facts = [evidence.facts[name] for name in result.facts if name in evidence.facts]
    facts = sorted((fact for fact in facts if citable(fact, evidence)), key=chronological)
    days = [fact for fact in facts if _is_visit(fact)]
    names = {fact.name for fact in days}
    if len(days) > 1 and len(names) == 1:
        yield stating("treatment_days", days, criterion=result.criterion)
        facts = [fact for fact in facts if fact not in days]
    told = [point for group in merged(facts) for point in tell(group, scope, result.criterion)]
    for n, point in enumerate(told[-_MOST_TOLD:]):
        left_out = len(told) - _MOST_TOLD if n == 0 else 0
        more = tables().comments["more_entries"].format(n=left_out) if left_out > 0 else point.comment
        yield point.model_copy(update={"comment": more})
    ran = figure_range(result.computed)
    held = [fact for fact in (*days, *facts) if fact.assertion.holds]
    if ran and held and not days and all(ran != (fact.start, fact.end) for fact in held):
        yield stating("figure", held, criterion=result.criterion)


def _is_visit(fact: Fact) -> bool:
    """Whether it is one day of a treatment: dated by its own words, and with no outcome to tell."""
    told = fact.start or fact.end or fact.outcome or not fact.assertion.holds
    return fact.kind is FactKind.TREATMENT and not told and bool(Told(fact).own_date)


def figure_range(computed: Computed | None) -> tuple[PartialDate, PartialDate] | None:
    """The two days that a figure was counted between, where it was counted so."""
    first, _, last = (computed.formula if computed else "").partition(" to ")
    try:
        return PartialDate(first), PartialDate(last)
    except ValueError:
        return None


def _advice(result: CriterionResult, evidence: Evidence) -> str:
    """What the reviewer is told: why, what to obtain, and for a judgement the passages that bear on it."""
    words = tables().comments
    lines = [words["argue"] if result.verdict is Verdict.NOT_MET else words.get(result.verdict, ""), result.explanation]
    if result.gap:
        lines.append(result.gap)
    facts = [fact for name in result.facts if (fact := evidence.facts.get(name)) and fact.spans]
    for fact in facts[:_MOST_PASSAGES] if result.verdict is Verdict.NEEDS_REVIEW else ():
        place = cite(fact.spans, evidence.exhibits) or words["not_enclosed"]
        lines.append(words["passage"].format(citation=place, quote=tidy(fact.spans[0].quote)))
    return "\n".join(line for line in lines if line)


def tell(group: tuple[Fact, ...], scope: Scope, criterion: str | None = None) -> Iterator[Point]:
    """The sentence that tells a group of like facts, if there is a fair way to."""
    say = manner(Told(group[0], scope.against))
    if say:
        yield stating(say, group, criterion=criterion)


def manner(told: Told) -> str:
    """The template that suits a fact: structured where the facts speak, else the record's own words."""
    if told.denies:
        return "quote" if told.quote else "denied"
    if told.fact.kind in TREATMENTS:
        return "tolerance" if told.contraindicated else "treatment"
    if told.value and told.fact.kind in (FactKind.MEASUREMENT, FactKind.IMAGING):
        return "measurement"
    if told.fact.kind is FactKind.DOCUMENTATION and not told.fact.is_a(tables().authors):
        return "contains"
    return "quote" if told.quote else "named" if told.fact.kind is FactKind.FINDING else ""
