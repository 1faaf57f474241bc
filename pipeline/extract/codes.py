"""Whether a diagnosis code could be billed on the day of service, by the ICD-10-CM code set."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from pipeline.extract.tables import load
from schemas.base import Frozen
from schemas.coverage import Warning
from schemas.denial import Denial
from schemas.fact import Fact, FactKind
from schemas.span import Span

# To import the package builds a tree with every note of the code set: 2.6 s and 180 MB. Its list is enough.
_PACKAGE, _LIST = "simple_icd_10_cm", "code-list-*.txt"
_CODE = re.compile(r"[A-Z]\d[0-9A-Z]{1,5}")


class Change(Frozen):
    """A code that a yearly release added, or whose last day as a billable code came."""

    first: date | None = None
    last: date | None = None
    instead: str = ""


class Table(Frozen):
    """codes.yaml: the release that the list is of, and the changes of other years that charts still show."""

    source: str
    first: date
    last: date
    changes: dict[str, Change]


@cache
def _table() -> Table:
    return Table.model_validate(load("codes.yaml"))


def _listed() -> list[str]:
    """The lines of the package's list, found without importing the package; ModuleNotFoundError where it is not."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(_PACKAGE)
    (path,) = Path(spec.submodule_search_locations[0], "data").glob(_LIST)
    return path.read_text(encoding="utf-8").split()


@cache
def _billable() -> tuple[frozenset[str], frozenset[str]]:
    """The codes of the list that no longer code narrows, and all codes; without their points."""
    ordered = sorted(set(filter(_CODE.fullmatch, _listed())))
    narrowed = {code for code, after in pairwise(ordered) if after.startswith(code)}
    return frozenset(ordered) - narrowed, frozenset(ordered)


def every_code() -> frozenset[str]:
    """Every code of the release, headings too, without its point."""
    return _billable()[1]


def why_not_valid(code: str, day: date) -> str | None:
    """Why a code could not be billed on a day, in plain words; None where it could, or where that cannot be told.

    The list is of one release. Of another year only the changes in the table are known: a code outside the list
    may have been one then, and nothing is said.
    """
    known, change = code.upper(), _table().changes.get(code.upper())
    if change and change.first and day < change.first:
        return f"{known} became a code on {change.first}, after {day}."
    if change and change.last:
        if day > change.last:
            return f"{known} was last a billable code on {change.last}{_instead(change)}."
        return None
    billable, every = _billable()
    bare = known.replace(".", "")
    if bare in billable or day < _table().first:
        return None
    if bare in every:
        return f"{known} is not billable: the code set asks for a longer code."
    return f"{known} is no ICD-10-CM code of the release of {_table().first}." if day <= _table().last else None


def _instead(change: Change) -> str:
    return f"; {change.instead} took its place" if change.instead else ""


def code_warnings(denial: Denial, facts: Sequence[Fact]) -> Iterator[Warning]:
    """A `code_not_valid` for every diagnosis code that could not be billed on its day, once, with all its places.

    A code of the letter is of the first day of service, else of the letter's day; one of the chart is of its note's.
    """
    found: dict[tuple[str, str], list[Span]] = {}
    served = [cited.value for cited in denial.service_dates] or (
        [denial.letter_date.value] if denial.letter_date else []
    )
    for cited in denial.diagnosis_codes:
        if served and (why := why_not_valid(cited.value, min(served))):
            found.setdefault((cited.value, why), []).extend(cited.spans)
    for fact in facts:
        day = fact.date.day if fact.date else None
        coded = fact.kind is FactKind.DIAGNOSIS and fact.value is not None and fact.assertion.holds
        if coded and day and fact.value and (why := why_not_valid(fact.value, day)):
            found.setdefault((fact.value, why), []).extend(fact.spans)
    for (_, why), spans in found.items():
        yield Warning(code="code_not_valid", message=why, spans=tuple(spans))
