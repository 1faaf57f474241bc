"""Every criterion against the facts: which predicate answers it, and what a group of alternatives makes of that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from dateutil.relativedelta import relativedelta

from pipeline.check import answer
from pipeline.check.absences import none_since
from pipeline.check.answer import Answer
from pipeline.check.changes import change, elapsed
from pipeline.check.combine import combined, negated
from pipeline.check.context import Context
from pipeline.check.counts import count
from pipeline.check.durations import duration
from pipeline.check.findings import code, concordant, finding, tolerance
from pipeline.check.logic import OPS, compare
from pipeline.check.passages import passages
from pipeline.check.quantities import quantity
from pipeline.check.readings import by_every_reading
from pipeline.check.record import Record
from pipeline.check.recurring import frequency, limit
from pipeline.check.unread import unless_unread
from schemas.coverage import Computed, CriterionResult, Verdict
from schemas.denial import Criterion, spared
from schemas.fact import Fact
from schemas.requirement import (
    About,
    Age,
    All,
    Any,
    AtLeast,
    Attest,
    Change,
    Code,
    Concordant,
    Count,
    Duration,
    ElapsedSince,
    Finding,
    Frequency,
    Limit,
    Measure,
    Not,
    Present,
    Requirement,
    Score,
    Tolerance,
    leaves,
)


def evaluate(
    criteria: Sequence[Criterion],
    facts: Iterable[Fact],
    context: Context,
    decided: Mapping[str, CriterionResult] = MappingProxyType({}),
) -> tuple[CriterionResult, ...]:
    """Each criterion with its verdict. The order in which facts are given is of no account.

    `decided` holds, by criterion, what a reviewer decided: his verdict stands beside what the facts say.
    """

    def answers(read: Sequence[Fact]) -> tuple[CriterionResult, ...]:
        record = Record.of(read)
        return tuple(_criterion(criterion, record, context) for criterion in criteria)

    results = tuple(_decided(result, decided) for result in by_every_reading(tuple(facts), answers))
    return _with_groups(criteria, results)


def _decided(result: CriterionResult, decided: Mapping[str, CriterionResult]) -> CriterionResult:
    own = decided.get(result.criterion)
    if own is None:
        return result
    return result.model_copy(update={"verdict": own.verdict, "checked": result.verdict, "correction": own.correction})


def _with_groups(criteria: Sequence[Criterion], results: Sequence[CriterionResult]) -> tuple[CriterionResult, ...]:
    """The results; where enough of a group are met, the gaps of its others are of no account."""
    met = {result.criterion for result in results if result.verdict is Verdict.MET}
    needless = spared(criteria, met)
    if not needless:
        return tuple(results)
    told: list[CriterionResult] = []
    for criterion, result in zip(criteria, results, strict=True):
        if criterion.id in needless:
            others = [row.id for row in criteria if row.group == criterion.group and row.id in met]
            gap = f"Not needed: {_alternatives(others)} met."
            result = result.model_copy(update={"gap": gap, "gap_kind": None})
        told.append(result)
    return tuple(told)


def _alternatives(others: Sequence[str]) -> str:
    if len(others) == 1:
        return f"criterion {others[0]}, an alternative to this one, is"
    return f"criteria {', '.join(others)}, alternatives to this one, are"


def _criterion(criterion: Criterion, record: Record, context: Context) -> CriterionResult:
    if criterion.requirement is None:
        text = "The criterion could not be put into checkable form; a person must compare it with the record."
        return answer.needs_review(text, passages(criterion.text.value, record.facts)).result(criterion.id)
    result = answered(criterion.requirement, record, context).result(criterion.id)
    if result.verdict is not Verdict.NEEDS_REVIEW or result.facts:
        return result
    found = passages(criterion.text.value, record.facts)
    opinion = _OPINION.search(criterion.text.value)
    if not found and not opinion and (silent := _silent(criterion.requirement, record, context)) is not None:
        return silent.result(criterion.id)
    return result.model_copy(update={"facts": answer.ids(found)})


def _silent(need: Requirement, record: Record, context: Context) -> Answer | None:
    """That the record holds nothing on what is asked, so that there is nothing for a person to judge; else None.

    Only of things that facts are known by: a subject in the criterion's own words may stand in the chart unread, and
    what is asked about the time of a thing may be told of it by another name.
    """
    if isinstance(need, Not) and need.judged is None and not isinstance(need.of, Attest) and need.of.judged is not None:
        need = need.model_copy(update={"of": need.of.model_copy(update={"judged": None}), "judged": ()})
    if isinstance(need, Attest) or need.judged is None or not all(map(_is_known, leaves(need))):
        return None
    asked = answered(need.model_copy(update={"judged": None}), record, context)
    return asked if asked.verdict is Verdict.NOT_DOCUMENTED and not asked.facts else None


_OPINION = re.compile(
    r"\b(?:in)?(?:appropriate|reasonable|suitable|adequate)(?:ly)?\b", re.IGNORECASE
)  # a person's, always
_OWN_WORDS = '"'  # how a term begins that is no name of the vocabulary


def _is_known(need: Requirement) -> bool:
    kinds = (Finding, Present, Score, Measure, Count, Tolerance, Code)
    return isinstance(need, kinds) and not any(term.startswith(_OWN_WORDS) for term in need.terms)


def answered(need: Requirement, record: Record, context: Context) -> Answer:
    """The answer to a requirement: to what it asks, and to what it leaves to a person."""
    if not isinstance(need, Attest) and need.judged is not None:
        asked = answered(need.model_copy(update={"judged": None}), record, context)
        if asked.verdict is Verdict.NOT_MET and asked.gap_kind == "documentation":  # a count of part of what is asked
            asked = asked._replace(verdict=Verdict.NEEDS_REVIEW)
        return combined(All(of=(need,)), [asked, _attested(Attest(terms=need.judged), record)])
    if isinstance(need, About):
        return _about(need, record, context)
    match need:
        case All() | Any() | AtLeast():
            return combined(need, [answered(part, record, context) for part in need.of])
        case Not():
            return none_since(negated(answered(need.of, record, context)), need, record, context)
        case Age():
            return _age(need, context)
        case Attest():
            return _attested(need, record)


def _unread_aside(predicate: Callable[..., Answer]) -> Callable[..., Answer]:
    """The predicate, for a person where a later figure stands that was not read."""

    def answering(need: Score | Measure | Frequency | Change, record: Record, context: Context) -> Answer:
        return unless_unread(predicate(need, record, context), need, record, context)

    return answering


_PREDICATES: dict[type[About], Callable[..., Answer]] = {
    Duration: duration,
    Count: count,
    Score: _unread_aside(quantity),
    Measure: _unread_aside(quantity),
    Finding: finding,
    Present: finding,
    Tolerance: tolerance,
    Change: _unread_aside(change),
    ElapsedSince: elapsed,
    Frequency: _unread_aside(frequency),
    Limit: limit,
    Concordant: concordant,
    Code: code,
}


def _about(need: About, record: Record, context: Context) -> Answer:
    if need.within and context.anchor(need.within.before) is None:
        day = need.within.before.replace("_", " ")
        return answer.needs_review(
            f"The window ends on the {day}, which the letter does not give.",
            gap=f"Find the {day} and read the criterion again.",
        )
    return _PREDICATES[type(need)](need, record, context)


def _age(need: Age, context: Context) -> Answer:
    if context.birth_date is None:
        return answer.not_documented(
            "The letter does not give the date of birth.", "Obtain the date of birth from the practice's registration."
        )
    day = context.request_date
    if day is None:
        return answer.needs_review("The day of the request is not known.", gap="Find the day of the request.")
    if context.birth_date > day:
        text = f"The letter gives {context.birth_date} as the date of birth, which is after {day}."
        return answer.needs_review(text, gap="Obtain the date of birth from the practice's registration.")
    years = relativedelta(day, context.birth_date).years
    computed = Computed(
        figure=f"{years} years", formula=f"{context.birth_date} to {day}", needed=f"{OPS[need.op]} {need.years} years"
    )
    text = f"The patient was {years} on {day}; the criterion asks for {computed.needed}."
    verdict = compare(need.op, (years, years), (need.years, need.years))
    return answer.met(text, (), computed) if verdict is Verdict.MET else answer.not_met(text, (), computed=computed)


def _attested(need: Attest, record: Record) -> Answer:
    passages = [fact for fact in record.about(need.terms) if fact.assertion.holds]
    return answer.needs_review("This cannot be decided by arithmetic; a person must judge it.", passages)
