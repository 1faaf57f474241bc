"""What kind of care was denied, and what the payer found wanting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from pipeline.check.context import names
from pipeline.check.tables import table
from pipeline.check.units import instrument
from schemas.base import Frozen
from schemas.coverage import CaseType, Pattern
from schemas.denial import Denial
from schemas.requirement import (
    All,
    Any,
    AtLeast,
    Change,
    Concordant,
    Count,
    Duration,
    ElapsedSince,
    Finding,
    Frequency,
    Measure,
    Not,
    Present,
    Requirement,
    Score,
    Tolerance,
)
from schemas.span import Cited, Span


class TypeRow(Frozen):
    """How a type is known: code ranges, a code's form, words, endings of words."""

    type: CaseType
    codes: tuple[tuple[str, str], ...]
    pattern: str | None = None
    words: tuple[str, ...]
    endings: tuple[str, ...] = ()


class PatternRow(Frozen):
    """Words of a reason, and terms of a requirement, that show a pattern."""

    words: tuple[str, ...]
    terms: tuple[str, ...]


class CaseTypes(Frozen):
    """case_types.yaml."""

    source: str
    types: tuple[TypeRow, ...]
    claim_codes: tuple[str, ...]
    claim_words: tuple[str, ...]
    documentation: tuple[str, ...]
    lacking: tuple[str, ...]
    patterns: dict[Pattern, PatternRow]


@cache
def _case_types() -> CaseTypes:
    return table("case_types", CaseTypes)


def case_type(denial: Denial) -> tuple[CaseType | None, tuple[Span, ...]]:
    """The type and the words that decide it: codes first, then the service, then policy, reason and criteria.

    A claim denied for want of papers or of form is F; else thin records leave the type to the service.
    """
    for reading in (_by_claim, _by_codes, _by_service, _by_policy, _by_reason):
        found = reading(denial)
        if found:
            return found[0], found[1].spans
    reason = denial.reason
    if reason and names(reason.value, _case_types().documentation):
        return CaseType.DOCUMENTATION, reason.spans
    return None, ()


Found = tuple[CaseType, Cited[str]] | None


def _by_claim(denial: Denial) -> Found:
    """A claim whose reason codes, or the first words of whose reason, ask for papers or find fault with its form."""
    rows = _case_types()
    for code in denial.reason_codes:
        if code.value.upper().split("-")[-1] in rows.claim_codes:
            return CaseType.DOCUMENTATION, code
    reason = denial.reason
    first = re.split(r"(?<=[a-z0-9)]{2}\.)\s", reason.value, maxsplit=1)[0] if reason else ""
    claimed = denial.reason_codes or denial.denied_amount or denial.claim_number or denial.service_dates
    return (CaseType.DOCUMENTATION, reason) if reason and claimed and names(first, rows.claim_words) else None


def _by_codes(denial: Denial) -> Found:
    for row in _case_types().types:
        for code in denial.procedure_codes:
            if _covers(row, code.value):
                return row.type, code
    return None


def _covers(row: TypeRow, code: str) -> bool:
    """Whether a code, without its modifiers, lies in one of the row's ranges of like form."""
    if row.pattern and re.fullmatch(row.pattern, code.strip()):
        return True
    base = code.strip().upper().split("-")[0]
    return any(
        len(base) == len(low) and _letter(base) == _letter(low) and low <= base <= high for low, high in row.codes
    )


def _letter(code: str) -> str:
    return code[0] if code[0].isalpha() else ""


def _by_service(denial: Denial) -> Found:
    return _by_words([denial.service] if denial.service else [])


def _by_policy(denial: Denial) -> Found:
    return _by_words([denial.criteria_source.name] if denial.criteria_source.name else [])


def _by_reason(denial: Denial) -> Found:
    texts = [*([denial.reason] if denial.reason else []), *(criterion.text for criterion in denial.criteria)]
    return _by_words(texts)


def _by_words(texts: Sequence[Cited[str]]) -> Found:
    for row in _case_types().types:
        for text in texts:
            if names(text.value, row.words) or _ends(text.value, row.endings):
                return row.type, text
    return None


def _ends(text: str, endings: Sequence[str]) -> bool:
    return any(word.endswith(ending) for word in re.findall(r"[a-z]+", text.lower()) for ending in endings)


def patterns(denial: Denial) -> tuple[Pattern, ...]:
    """What the payer found wanting: by what its reason says is lacking, else by what its criteria ask.

    A criterion that the reason does not speak of may well be met.
    """
    said = _lacking(denial.reason.value.replace("\u2019", "'")) if denial.reason else ""
    rows = _case_types().patterns.items()
    found = {pattern for pattern, row in rows if names(said, row.words)}
    if Pattern.CONSERVATIVE_CARE in found and case_type(denial)[0] is CaseType.DRUG:  # before a drug it is a step
        found = (found - {Pattern.CONSERVATIVE_CARE}) | {Pattern.STEP_THERAPY}
    if not found or found == {Pattern.TIME_REQUIREMENT}:
        found |= _asked(denial)
    return tuple(pattern for pattern in Pattern if pattern in found)


def _lacking(reason: str) -> str:
    """The sentences of a reason that say something is lacking, or is asked; the whole where none does."""
    sentences = re.split(r"(?<=[a-z0-9)\"]{2}[.;])\s+(?![a-z])", reason)
    kept = [sentence for sentence in sentences if names(sentence, _case_types().lacking)]
    return " ".join(kept or sentences)


def _asked(denial: Denial) -> set[Pattern]:
    drug = case_type(denial)[0] is CaseType.DRUG
    needs = [need for one in denial.criteria if one.requirement for need in _leaves(one.requirement)]
    shown = {pattern for need in needs for pattern in _shown(need, drug=drug)}
    if len(denial.criteria) > 1 and shown & _TREATED:  # lengths of treatment, and findings beside it, are no want apart
        shown -= {Pattern.TIME_REQUIREMENT, Pattern.OBJECTIVE_FINDINGS}
    return shown


_TREATED = {Pattern.STEP_THERAPY, Pattern.CONSERVATIVE_CARE}


def _leaves(need: Requirement) -> Iterator[Requirement]:
    match need:
        case All() | Any() | AtLeast():
            for part in need.of:
                yield from _leaves(part)
        case Not():
            yield from _leaves(need.of)
        case _:
            yield need


def _shown(need: Requirement, *, drug: bool) -> Iterable[Pattern]:
    match need:
        case Tolerance():
            return [Pattern.STEP_THERAPY]
        case Duration():
            return [Pattern.TIME_REQUIREMENT, *_treated(need.terms, drug=drug)]
        case Count():
            return [*([Pattern.TIME_REQUIREMENT] if need.each else []), *_treated(need.terms, drug=drug)]
        case Score():
            return [known.shows for term in need.terms if (known := instrument(term))] or [Pattern.SEVERITY]
        case Change() | Frequency():
            return [Pattern.SEVERITY]
        case ElapsedSince():
            return [Pattern.TIME_REQUIREMENT]
        case Measure() | Present() | Concordant():
            return [Pattern.OBJECTIVE_FINDINGS]
        case Finding():
            return [Pattern.SEVERITY if _names_any(need.terms, Pattern.SEVERITY) else Pattern.OBJECTIVE_FINDINGS]
        case _:
            return []


def _treated(terms: Sequence[str], *, drug: bool) -> list[Pattern]:
    """Treatments asked for before a drug are steps; before imaging or surgery, conservative care."""
    if drug or _names_any(terms, Pattern.STEP_THERAPY):
        return [Pattern.STEP_THERAPY]
    return [Pattern.CONSERVATIVE_CARE] if _names_any(terms, Pattern.CONSERVATIVE_CARE) else []


def _names_any(terms: Sequence[str], pattern: Pattern) -> bool:
    row = _case_types().patterns[pattern]
    return any(term in row.terms or names(term.replace("_", " "), row.words) for term in terms)
