"""Seals: whatever was read, with the hash of what was read, so that an edit shows and must be signed.

A verdict rests on fields that no quote can carry (an outcome, a name, how a criterion was translated). That they are
as they were read is told by their seal alone; what differs from its seal needs a reviewer's correction.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel

from schemas.case import Case, Refused
from schemas.denial import Criterion
from schemas.fact import FACT, Fact
from schemas.span import Cited, Correction

_HEX_DIGITS = 12


def seals(case: Case) -> tuple[str, ...]:
    """The seal of everything read, as "place hash", in the order of the case. Places name fields and ids, not text."""
    return tuple(f"{place} {_hash(item)}" for place, item in _read(case))


def signatures(case: Case) -> tuple[str, ...]:
    """What each correction signs, as "place hash hash": of the correction, then of what it stands for."""
    return tuple(f"{place} {_hash(correction)} {content}" for place, content, correction in _signed(case))


def unsigned(case: Case) -> Iterator[str]:
    """What was changed, added or taken away since it was read and carries no reviewer's correction, in plain words.

    A correction signs one state: what is changed again must be signed again, with another time or reason.
    """
    known, sealed = frozenset(case.provenance.seals), _counted(case.provenance.seals)
    items = tuple(_read(case))
    for place, item in items:
        if _correction_of(item) is None and f"{place} {_hash(item)}" not in known:
            yield f"{place} is not what was read and carries no correction"
    signed = frozenset(case.provenance.signatures)
    spent = {entry.rpartition(" ")[0] for entry in signed}
    for signature in signatures(case):
        if signature not in signed and signature.rpartition(" ")[0] in spent:
            yield f"{signature.split()[0]} was changed again after its correction; sign the change with its own time"
    now = Counter(place for place, _ in items)
    for place, n in sealed.items():
        if now[place] < n:
            yield f"{place} was read and is gone; keep it, with a correction that rejects it"


def corrections(case: Case) -> int:
    """How many corrections of a reviewer the case holds, those of verdicts included."""
    return sum(1 for _ in _signed(case))


def _signed(case: Case) -> Iterator[tuple[str, str, Correction]]:
    """Place, hash of what was signed, and correction: of what was read, and of the verdicts."""
    for place, item in _read(case):
        if correction := _correction_of(item):
            yield place, _hash(item), correction
    for result in case.coverage.criteria:
        if result.correction:
            yield f"coverage.criteria.{result.criterion}", result.verdict, result.correction


def _correction_of(item: BaseModel | Fact) -> Correction | None:
    """The reviewer's correction of something read, where it has one; that of a criterion stands at its text."""
    signed = item.text if isinstance(item, Criterion) else item
    return signed.correction if isinstance(signed, Cited | Fact | Refused) else None


def _read(case: Case) -> Iterator[tuple[str, BaseModel | Fact]]:
    """Everything of a case that was read and not concluded, with its place."""
    for document in case.documents:
        yield f"documents.{document.id}", document
    yield from _cited(case.denial, "denial")
    for fact in case.facts:
        yield f"facts.{fact.id}", fact
    for span in case.guideline:
        yield "guideline", span
    for warning in case.coverage.warnings:
        if warning.stage == "reading":
            yield f"coverage.warnings.{warning.code}", warning
    for failure in case.failures:
        yield f"failures.{failure.category}", failure
    for refused in case.refused:
        yield "refused", refused
    for source in case.provenance.inputs:
        yield "provenance.inputs", source


def _cited(value: object, place: str) -> Iterator[tuple[str, BaseModel]]:
    """The cited values and the criteria under a value; those of a list share its place."""
    if isinstance(value, Criterion):
        yield f"{place}.{value.id}", value
    elif isinstance(value, Cited):
        yield place, value
    elif isinstance(value, tuple):
        for item in value:
            yield from _cited(item, place)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _cited(getattr(value, name), f"{place}.{name}")


def _hash(item: BaseModel | Fact) -> str:
    """Of what differs from its default, so that a field a later version adds breaks no seal."""
    unsigned_part = {"text": {"correction"}} if isinstance(item, Criterion) else {"correction": True}
    if isinstance(item, Fact):
        content = FACT.dump_json(item, exclude=unsigned_part, exclude_defaults=True)
    else:
        content = item.model_dump_json(exclude=unsigned_part, exclude_defaults=True).encode()
    return hashlib.sha256(content).hexdigest()[:_HEX_DIGITS]


def _counted(sealed: tuple[str, ...]) -> Counter[str]:
    return Counter(entry.rpartition(" ")[0] for entry in sealed)
