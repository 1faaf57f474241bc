"""Which way to take with a denial, before any letter: by its codes, its words and the level of appeal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.check.rules import levels
from pipeline.check.tables import table
from pipeline.check.wording import first_words
from schemas.base import Frozen
from schemas.coverage import Route, RouteKind, Warning
from schemas.denial import Denial, PlanType
from schemas.span import Cited, Span

_STATUS = re.compile(r"([A-Z]\d{1,2}):\d{1,3}(?::[A-Z0-9]{2,3})?")  # of a claim (277): category, status, entity
_CODE = re.compile(r"(?:(?:CARC|RARC)\s?)?(?:(CO|PR|OA|PI|CR)?[\s-]?)?((?:B|N|M|MA)?\d{1,4})")


class RouteRow(Frozen):
    """Codes and words that send a case one way; the fields are told at the head of routing.yaml."""

    kind: RouteKind | None = None
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    says: str
    warning: str | None = None
    unless: tuple[str, ...] = ()
    alone: bool = False
    case_f: tuple[Literal["codes", "words"], ...] = ()


class ProviderRow(Frozen):
    """What leaves the charge with the provider, and the plans whose providers appeal as others do."""

    group: str
    words: tuple[str, ...]
    says: str
    not_of: tuple[PlanType, ...]


class Routing(Frozen):
    """routing.yaml."""

    source: str
    rows: tuple[RouteRow, ...]
    nothing_else: str
    after_that: str
    provider: ProviderRow
    outside: frozenset[str]


class _RuleRow(BaseModel):
    """Of a row of appeal_rules.yaml, what level it is of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    level: str | int


class _RuleRows(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    rules: tuple[_RuleRow, ...]


@cache
def _routing() -> Routing:
    return table("routing", Routing)


@cache
def _outside_rules() -> frozenset[str]:
    """The rules of reviews outside the plan."""
    return frozenset(row.id for row in table("appeal_rules", _RuleRows).rules if row.level in _routing().outside)


def bare_code(printed: str) -> str | None:
    """A reason code without its group: "CO-16" is 16; None where it has not the form of one.

    A status of a claim is its category: "A7:562:85" is "status A7", for A7 alone is another list's.
    """
    if status := _STATUS.fullmatch(printed.strip().upper()):
        return f"status {status[1]}"
    match = _CODE.fullmatch(printed.strip().upper())
    return match[2] if match else None


def _group(printed: str) -> str | None:
    match = _CODE.fullmatch(printed.strip().upper())
    return match[1] if match else None


def form_code(denial: Denial) -> Cited[str] | None:
    """The first reason code by which a claim was denied for its papers or its form, whatever the care."""
    codes = {code for row in _routing().rows if "codes" in row.case_f for code in row.codes}
    return next((cited for cited in denial.reason_codes if bare_code(cited.value) in codes), None)


def form_words() -> tuple[str, ...]:
    """The words with which such a reason begins."""
    return tuple(word for row in _routing().rows if "words" in row.case_f for word in row.words)


def routes(denial: Denial, level: int) -> tuple[Route, ...]:
    """The ways to take, the first first; none where the letter does not tell, and a person must decide.

    A review outside the plan comes before all where the level is one. Codes outrank words; among codes what is wrong
    with the claim comes before the care; among words what the reason says first comes first.
    """
    coded, worded = _by_codes(denial), _by_words(denial)
    ways = [found.route for found in (*coded, *worded) if found.route]
    if not coded and not (worded and worded[0].row.kind is None):
        ways += _of_necessity(denial, ways)
    return _joined([*_outside(denial, level), *ways, *_of_provider(denial)])


def route_warnings(denial: Denial, level: int) -> Iterator[Warning]:
    """Each code that asks for something other than an appeal of necessity; words where they decide the first route."""
    coded = _by_codes(denial)
    yield from (found.warning for found in coded if found.warning)
    if not coded:
        yield from (found.warning for found in _by_words(denial)[:1] if found.warning)
    if denial.appeal.used_up and not _is_outside(denial, level):
        message = (
            f"The letter says that no appeal to the plan is left; this case is worked for level {level}. "
            "Work it for the level of the review outside the plan: law and deadline depend on it."
        )
        yield Warning(code="route_external_review", message=message, spans=denial.appeal.used_up.spans)


class _Found(Frozen):
    """A row with the codes or words that met it."""

    row: RouteRow
    said: str
    spans: tuple[Span, ...]
    at: int = 0

    @property
    def route(self) -> Route | None:
        reason = f"{self.said} {self.row.says}."
        return Route(kind=self.row.kind, reasons=(reason,), spans=self.spans) if self.row.kind else None

    @property
    def warning(self) -> Warning | None:
        message = f"{self.said} {self.row.says}."
        return Warning(code=self.row.warning, message=message, spans=self.spans) if self.row.warning else None


def _by_codes(denial: Denial) -> list[_Found]:
    codes = {code: cited for cited in denial.reason_codes if (code := bare_code(cited.value))}
    found: list[_Found] = []
    for row in _routing().rows:
        listed = [cited for code, cited in codes.items() if code in row.codes]
        if listed and not set(codes) & set(row.unless) and not (row.alone and (found or _by_words(denial))):
            said = f"Reason code {', '.join(cited.value for cited in listed)}"
            found.append(_Found(row=row, said=said, spans=tuple(span for cited in listed for span in cited.spans)))
    return found


def _by_words(denial: Denial) -> list[_Found]:
    """By the reason's words, in their order; two rows that one wording meets stay in the table's order."""
    found = [
        _Found(row=row, said=f"The reason, “{words.text}”,", spans=words.spans, at=words.at)
        for row in _routing().rows
        if (words := first_words(denial.reason, row.words))
    ]
    return sorted(found, key=lambda one: one.at)


def _of_necessity(denial: Denial, ways: Sequence[Route]) -> Iterator[Route]:
    """Where nothing sends the case elsewhere, or only words do, the decision itself can be appealed."""
    stated = denial.reason or next((criterion.text for criterion in denial.criteria), None)
    if stated is None or any(way.kind is RouteKind.NECESSITY_APPEAL for way in ways):
        return
    said = _routing().after_that if ways else _routing().nothing_else
    yield Route(kind=RouteKind.NECESSITY_APPEAL, reasons=(said,), spans=stated.spans)


def _of_provider(denial: Denial) -> Iterator[Route]:
    row = _routing().provider
    plan = denial.plan_type.value if denial.plan_type else PlanType.UNKNOWN
    if plan in row.not_of:
        return
    grouped = [cited for cited in denial.reason_codes if _group(cited.value) == row.group]
    words = first_words(denial.reason, row.words)
    if grouped:
        said, spans = f"Group {row.group} of {grouped[0].value}", grouped[0].spans
    elif words:
        said, spans = f"The reason, “{words.text}”,", words.spans
    else:
        return
    yield Route(kind=RouteKind.PROVIDER_DISPUTE, reasons=(f"{said} {row.says}",), spans=spans)


def _outside(denial: Denial, level: int) -> Iterator[Route]:
    """The level is a review outside the plan, or the letter says that no other is left."""
    plan = denial.plan_type.value if denial.plan_type else PlanType.UNKNOWN
    if _is_outside(denial, level):
        reason = f"Level {level} of {levels().plans[plan].name} is a review outside the plan."
        yield Route(kind=RouteKind.EXTERNAL_REVIEW, reasons=(reason,))
    if said := denial.appeal.used_up:
        reason = f"The letter says that no appeal to the plan is left: “{said.value}”."
        yield Route(kind=RouteKind.EXTERNAL_REVIEW, reasons=(reason,), spans=said.spans)


def _is_outside(denial: Denial, level: int) -> bool:
    known = levels().plans.get(denial.plan_type.value) if denial.plan_type else None
    row = known.levels.get(level) if known else None
    return bool(row and row.rules and set(row.rules) <= _outside_rules())


def _joined(ways: Sequence[Route]) -> tuple[Route, ...]:
    """Each kind once, with all that speaks for it, where it first stood."""
    kinds: dict[RouteKind, Route] = {}
    for way in ways:
        known = kinds.get(way.kind)
        if known is not None:
            spans = tuple(dict.fromkeys((*known.spans, *way.spans)))
            way = Route(kind=way.kind, reasons=(*known.reasons, *way.reasons), spans=spans)
        kinds[way.kind] = way
    return tuple(kinds.values())
