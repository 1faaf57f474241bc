"""Every criterion against the facts: which predicate answers it, and what a group of alternatives makes of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dateutil.relativedelta import relativedelta

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.changes import change, elapsed
from pipeline.check.combine import combined, negated
from pipeline.check.context import Context
from pipeline.check.counts import count
from pipeline.check.durations import duration
from pipeline.check.findings import finding, tolerance
from pipeline.check.logic import OPS, compare
from pipeline.check.passages import passages
from pipeline.check.quantities import quantity
from schemas.coverage import Computed, CriterionResult, Verdict
from schemas.denial import Criterion
from schemas.fact import Fact
from schemas.requirement import (
    Age,
    All,
    Any,
    AtLeast,
    Attest,
    Change,
    Concordant,
    Count,
    Duration,
    ElapsedSince,
    Finding,
    Frequency,
    Limit,
    Measure,
    Not,
    Op,
    Present,
    Requirement,
    Score,
    Subject,
    Tolerance,
    Window,
)


def evaluate(criteria: Sequence[Criterion], facts: Iterable[Fact], context: Context) -> tuple[CriterionResult, ...]:
    """Each criterion with its verdict. Facts are read in order of id, so their given order is of no account."""
    ordered = sorted(facts, key=lambda fact: fact.id)
    results = [_criterion(criterion, ordered, context) for criterion in criteria]
    return tuple(
        _in_group(criterion, result, criteria, results) for criterion, result in zip(criteria, results, strict=True)
    )


def _criterion(criterion: Criterion, facts: Sequence[Fact], context: Context) -> CriterionResult:
    if criterion.requirement is None:
        text = "The criterion could not be put into checkable form; a person must compare it with the record."
        return answer.needs_review(text, passages(criterion.text.value, facts)).result(criterion.id)
    result = answered(criterion.requirement, facts, context).result(criterion.id)
    if result.verdict is not Verdict.NEEDS_REVIEW or result.facts:
        return result
    return result.model_copy(update={"facts": answer.ids(passages(criterion.text.value, facts))})


def _in_group(
    criterion: Criterion, result: CriterionResult, criteria: Sequence[Criterion], results: Sequence[CriterionResult]
) -> CriterionResult:
    """One of a group of alternatives that is met makes the gaps of the others of no account."""
    if criterion.group is None or criterion.combine != "any" or result.verdict is Verdict.MET:
        return result
    for other, found in zip(criteria, results, strict=True):
        if other.group == criterion.group and found.verdict is Verdict.MET:
            gap = f"Not needed: criterion {other.id}, an alternative to this one, is met."
            return result.model_copy(update={"gap": gap, "gap_kind": None})
    return result


def answered(need: Requirement, facts: Sequence[Fact], context: Context) -> Answer:
    """The answer to a requirement: to what it asks, and to what it leaves to a person."""
    if not isinstance(need, Attest) and need.judged is not None:
        asked = answered(need.model_copy(update={"judged": None}), facts, context)
        return combined(All(of=(need,)), [asked, _attested(Attest(terms=need.judged), facts)])
    match need:
        case All() | Any() | AtLeast():
            return combined(need, [answered(part, facts, context) for part in need.of])
        case Not():
            return negated(answered(need.of, facts, context))
        case Age():
            return _age(need, context)
        case Attest():
            return _attested(need, facts)
        case _:
            return _predicate(need, facts, context)


def _predicate(need: Subject, facts: Sequence[Fact], context: Context) -> Answer:
    if need.within and context.anchor(need.within) is None:
        day = need.within.before.replace("_", " ")
        return answer.needs_review(
            f"The window ends on the {day}, which the letter does not give.",
            gap=f"Find the {day} and read the criterion again.",
        )
    match need:
        case Duration():
            return duration(need, facts, context)
        case Count():
            return count(need, facts, context)
        case Score() | Measure():
            return quantity(need, facts, context)
        case Change():
            return change(need, facts, context)
        case ElapsedSince():
            return elapsed(need, facts, context)
        case Frequency() | Limit() | Concordant():
            return _recurring(need, facts, context)
        case Finding() | Present():
            return finding(need, facts, context)
        case Tolerance():
            return tolerance(need, facts, context)


def _recurring(need: Frequency | Limit | Concordant, facts: Sequence[Fact], context: Context) -> Answer:
    """How often by the figure that the record gives, where it counts it so; else a person must count."""
    if isinstance(need, Frequency) and need.unit:
        asked = need.model_dump(include={"terms", "side", "body_part", "within", "op", "unit"})
        return quantity(Measure.model_validate({**asked, "value": need.n}), facts, context)
    if isinstance(need, Limit) and need.rolling and need.n is not None and need.n == int(need.n):
        within = Window(length=need.rolling)
        counted = Count(terms=need.terms, op=Op.AT_MOST, n=int(need.n), of="event", within=within)
        return _predicate(counted, facts, context)
    return _attested(Attest(terms=need.terms), facts)


def _age(need: Age, context: Context) -> Answer:
    if context.birth_date is None:
        return answer.not_documented(
            "The letter does not give the date of birth.", "Obtain the date of birth from the practice's registration."
        )
    day = context.request_date
    if day is None:
        return answer.needs_review("The day of the request is not known.", gap="Find the day of the request.")
    years = relativedelta(day, context.birth_date).years
    computed = Computed(
        figure=f"{years} years", formula=f"{context.birth_date} to {day}", needed=f"{OPS[need.op]} {need.years} years"
    )
    text = f"The patient was {years} on {day}; the criterion asks for {computed.needed}."
    verdict = compare(need.op, (years, years), (need.years, need.years))
    return answer.met(text, (), computed) if verdict is Verdict.MET else answer.not_met(text, (), computed=computed)


def _attested(need: Attest, facts: Sequence[Fact]) -> Answer:
    passages = [fact for fact in facts if fact.assertion.holds and fact.is_a(need.terms)]
    return answer.needs_review("This cannot be decided by arithmetic; a person must judge it.", passages)
