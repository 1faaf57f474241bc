"""What kind of care was denied, and what the payer found wanting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.check.context import names
from pipeline.check.routes import form_code, form_words
from pipeline.check.tables import table
from pipeline.check.units import instrument
from pipeline.check.wording import first_words, places
from schemas.base import Frozen
from schemas.coverage import CaseType, Pattern
from schemas.denial import Denial
from schemas.requirement import (
    Change,
    Concordant,
    Count,
    Duration,
    ElapsedSince,
    Finding,
    Frequency,
    Measure,
    Present,
    Requirement,
    Score,
    Tolerance,
    leaves,
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
            return found
    words = first_words(denial.reason, _case_types().documentation)
    return (CaseType.DOCUMENTATION, words.spans) if words else (None, ())


Found = tuple[CaseType, tuple[Span, ...]] | None


def _by_claim(denial: Denial) -> Found:
    """A claim whose reason codes, or the first words of whose reason, ask for papers or find fault with its form."""
    if code := form_code(denial):
        return CaseType.DOCUMENTATION, code.spans
    claimed = denial.reason_codes or denial.denied_amount or denial.claim_number or denial.service_dates
    if denial.reason is None or not claimed:
        return None
    first = re.split(r"(?<=[a-z0-9)]{2}\.)\s", denial.reason.value, maxsplit=1)[0]
    opening = denial.reason.model_copy(update={"value": first})
    words = first_words(opening, (*_case_types().claim_words, *form_words()))
    return (CaseType.DOCUMENTATION, words.spans) if words else None


def _by_codes(denial: Denial) -> Found:
    for row in _case_types().types:
        for code in denial.procedure_codes:
            if _covers(row, code.value):
                return row.type, code.spans
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
            if words := first_words(text, row.words):
                return row.type, words.spans
            if word := _ending(text.value, row.endings):
                return row.type, places(text, word)
    return None


def _ending(text: str, endings: Sequence[str]) -> str | None:
    return next((word for word in re.findall(r"[a-z]+", text.lower()) if word.endswith(tuple(endings))), None)


def patterns(denial: Denial) -> dict[Pattern, tuple[Span, ...]]:
    """What the payer found wanting, with the words that show it: by its reason, else by what its criteria ask.

    Of a reason those sentences count that say something is lacking. A criterion that the reason does not speak of may
    well be met.
    """
    found = _said(denial.reason) if denial.reason else {}
    if Pattern.CONSERVATIVE_CARE in found and case_type(denial)[0] is CaseType.DRUG:  # before a drug it is a step
        found = {Pattern.STEP_THERAPY: found.pop(Pattern.CONSERVATIVE_CARE), **found}
    if found.keys() <= {Pattern.TIME_REQUIREMENT}:
        found = _asked(denial) | found
    return {pattern: found[pattern] for pattern in Pattern if pattern in found}


def _said(reason: Cited[str]) -> dict[Pattern, tuple[Span, ...]]:
    """Each pattern whose words stand in a sentence that says what is lacking, with the first such sentence."""
    sentences = _lacking(reason.value)
    return {
        pattern: places(reason, telling[0])
        for pattern, row in _case_types().patterns.items()
        if (telling := [one for one in sentences if names(_straight(one), row.words)])
    }


def _straight(text: str) -> str:
    """With the apostrophe that the tables have."""
    return text.replace("\u2019", "'")


def _lacking(reason: str) -> list[str]:
    """The sentences of a reason that say something is lacking, or is asked; all where none does."""
    sentences = re.split(r"(?<=[a-z0-9)\"]{2}[.;])\s+(?![a-z])", reason)
    return [sentence for sentence in sentences if names(_straight(sentence), _case_types().lacking)] or sentences


def _asked(denial: Denial) -> dict[Pattern, tuple[Span, ...]]:
    """Each pattern that a criterion asks about, with the criteria that do."""
    drug = case_type(denial)[0] is CaseType.DRUG
    shown: dict[Pattern, tuple[Span, ...]] = {}
    for one in denial.criteria:
        asked = {found for need in leaves(one.requirement) for found in _shown(need, drug=drug)}
        for pattern in asked:
            shown[pattern] = (*shown.get(pattern, ()), *one.text.spans)
    if (
        len(denial.criteria) > 1 and shown.keys() & _TREATED
    ):  # lengths of treatment, and findings beside it, are no want apart
        return {pattern: spans for pattern, spans in shown.items() if pattern not in _BESIDE}
    return shown


_TREATED = {Pattern.STEP_THERAPY, Pattern.CONSERVATIVE_CARE}
_BESIDE = {Pattern.TIME_REQUIREMENT, Pattern.OBJECTIVE_FINDINGS}


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
