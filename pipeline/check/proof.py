"""What wins such a denial, as checklists: each item ticked by facts of the record, or asked of someone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

from pydantic import Field

from pipeline.check.context import Context, names, referred, regions
from pipeline.check.eligible import sorted_out
from pipeline.check.runs import runs_of
from pipeline.check.tables import table
from pipeline.check.trials import by_name, outcome_of
from pipeline.check.wording import first_words
from schemas.base import Frozen
from schemas.coverage import CaseType, CheckItem, CriterionResult, Verdict
from schemas.denial import Denial
from schemas.fact import Assertion, Fact, FactKind, Length, Outcome
from schemas.requirement import Finding, Op
from schemas.span import Cited, Span


class Row(Frozen):
    """What a fact must be to tick an item; the fields are told at the head of proof_kits.yaml."""

    kinds: tuple[FactKind, ...]
    terms: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    assertions: tuple[Assertion, ...] = (Assertion.PRESENT, Assertion.HISTORICAL)
    here: Literal["named", "not_elsewhere"] | None = None
    when: Literal["course", "noted"] | None = None
    outcomes: tuple[Outcome, ...] = ()
    lasted: Length | None = None
    score: bool = False
    signed: bool = False

    @property
    def of_course(self) -> bool:
        """Whether it asks of a treatment as a whole, all that is told of it taken together."""
        return bool(self.outcomes or self.lasted or self.when == "course")


class Item(Frozen):
    """An item of a kit."""

    id: str
    want: str
    ask: str
    source: tuple[str, ...] = Field(alias="from")
    looks_for: tuple[Row, ...]
    need: Literal["any", "all"] = "any"
    optional: bool = False
    special: Literal["gaps", "diagnosis"] | None = None


class Kits(Frozen):
    """proof_kits.yaml."""

    source: str
    kits: dict[CaseType, tuple[Item, ...]]
    reviewer_five: tuple[Item, ...]


@cache
def _kits() -> Kits:
    return table("proof_kits", Kits)


def proof_kit(
    kind: CaseType | None,
    denial: Denial,
    facts: Iterable[Fact],
    results: Sequence[CriterionResult],
    context: Context,
) -> tuple[CheckItem, ...]:
    """The kit of a case type, ticked; empty where the type is not known."""
    return _checked(_kits().kits[kind], denial, facts, results, context) if kind else ()


def reviewer_five(
    denial: Denial, facts: Iterable[Fact], results: Sequence[CriterionResult], context: Context
) -> tuple[CheckItem, ...]:
    """The five points by which a reviewer scores an appeal, ticked."""
    return _checked(_kits().reviewer_five, denial, facts, results, context)


def _checked(
    items: Sequence[Item],
    denial: Denial,
    facts: Iterable[Fact],
    results: Sequence[CriterionResult],
    context: Context,
) -> tuple[CheckItem, ...]:
    usable = _usable(facts, context)
    return tuple(_check(item, denial, usable, results, context) for item in items)


def _usable(facts: Iterable[Fact], context: Context) -> tuple[Fact, ...]:
    """What is or was true of this patient, on the side and part of the body denied, and is not to come."""
    ordered = sorted(facts, key=lambda fact: fact.id)
    every = tuple({fact.name for fact in ordered})
    found = sorted_out(ordered, Finding(terms=every), context) if every else None
    return (*found.facts, *(fact for fact in found.denials if fact.barred)) if found else ()


def _check(
    item: Item, denial: Denial, facts: Sequence[Fact], results: Sequence[CriterionResult], context: Context
) -> CheckItem:
    spans: tuple[Span, ...] = ()
    if item.special == "diagnosis":
        shown, spans = _diagnosed(denial, facts)
    else:
        found = [_shown(row, facts, context) for row in item.looks_for]
        missing = item.need == "all" and not all(found)
        shown = () if missing else tuple(fact for one in found for fact in one)
    ticking = tuple(sorted({fact.id for fact in shown}))
    return CheckItem(
        id=item.id,
        want=item.want,
        facts=ticking,
        spans=spans,
        ask="" if ticking else _asked(item, results),
        optional=item.optional,
    )


def _asked(item: Item, results: Sequence[CriterionResult]) -> str:
    gaps = gaps_of(results) if item.special == "gaps" else ()
    return " ".join(gaps) or f"Ask {item.ask}."


def gaps_of(results: Sequence[CriterionResult]) -> dict[str, tuple[str, ...]]:
    """What is missing from the record and who can supply it, each once, with the criteria that it is missing for."""
    gaps: dict[str, tuple[str, ...]] = {}
    for result in results:
        if result.gap and result.gap_kind == "documentation" and result.verdict is not Verdict.MET:
            gaps[result.gap] = (*gaps.get(result.gap, ()), result.criterion)
    return gaps


def _shown(row: Row, facts: Iterable[Fact], context: Context) -> tuple[Fact, ...]:
    """The facts that a row looks for."""
    fit = [fact for fact in facts if _fits(row, fact) and (row.here is None or _is_here(row, fact, context))]
    if row.of_course:
        return tuple(fact for group in by_name(fit).values() for fact in _course(row, group))
    return tuple(fact for fact in fit if row.when is None or fact.date or fact.start or fact.end)


def _fits(row: Row, fact: Fact) -> bool:
    return (
        fact.kind in row.kinds
        and (fact.assertion in row.assertions or (fact.barred and Outcome.CONTRAINDICATED in row.outcomes))
        and (not row.terms or fact.is_a(row.terms))
        and not fact.is_a(row.but_not)
        and (not row.score or fact.number is not None)
        and (not row.signed or fact.value is not None)
    )


def _is_here(row: Row, fact: Fact, context: Context) -> bool:
    """Whether it names the part of the body that was denied, or one where its signs are found."""
    if not context.regions:
        return row.here == "not_elsewhere"
    return bool(regions(fact.body_part) & referred(context.regions))


def _course(row: Row, group: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts of one treatment that together show its days, or length, and its outcome; none where one lacks."""
    if outcome_of(group, row.outcomes) is not None:
        return ()
    needed = [[fact for fact in group if fact.outcome in row.outcomes]] if row.outcomes else []
    if row.lasted is not None:
        long = [run for run in runs_of(group)[0] if run.verdict(Op.AT_LEAST, row.lasted) is Verdict.MET]
        needed.append([fact for run in long for fact in run.facts])
    if row.when == "course":
        needed.append([fact for fact in group if fact.start or fact.end or (fact.date and fact.visits == 1)])
    return tuple(fact for facts in needed for fact in facts) if all(needed) else ()


def _diagnosed(denial: Denial, facts: Iterable[Fact]) -> tuple[tuple[Fact, ...], tuple[Span, ...]]:
    """The diagnoses whose code the denial has; where one of the two has no codes, those that the denial names.

    It names them in its service, reason or criteria.
    """
    diagnoses = [fact for fact in facts if fact.kind is FactKind.DIAGNOSIS]
    pairs: list[tuple[Fact, Cited[str]]]
    if denial.diagnosis_codes and any(fact.value for fact in diagnoses):
        pairs = [
            (fact, code)
            for fact in diagnoses
            for code in denial.diagnosis_codes
            if fact.value and _code(fact.value) == _code(code.value)
        ]
        spans = [span for _, code in pairs for span in code.spans]
    else:
        stated = [text for text in (denial.service, denial.reason, *(one.text for one in denial.criteria)) if text]
        pairs = [(fact, text) for fact in diagnoses for text in stated if names(text.value, (fact.name,))]
        spans = [span for fact, text in pairs if (said := first_words(text, (fact.name,))) for span in said.spans]
    return tuple(fact for fact, _ in pairs), tuple(dict.fromkeys(spans))


def _code(printed: str) -> str:
    """An ICD-10 code without its point: "M17.11" is M1711."""
    return printed.replace(".", "").strip().upper()
