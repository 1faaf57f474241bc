"""What findings, diagnoses, limits, studies and documents have in common: one thing stated in one statement."""

from dataclasses import dataclass
from functools import cache

from pipeline.extract.chart.charted import Statement
from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from pipeline.extract.vocabulary import Term
from schemas.base import Frozen
from schemas.dates import PartialDate
from schemas.fact import Assertion, Side


@dataclass(frozen=True, slots=True)
class Stated:
    """A thing of the vocabulary as a statement gives it. `on` is a date of its own; the note's holds otherwise.

    `resolved`: its start or end was worked out.
    """

    term: Term
    statement: Statement
    assertion: Assertion = Assertion.PRESENT
    value: str | None = None
    side: Side | None = None
    body_part: str | None = None
    on: PartialDate | None = None
    name: str | None = None
    head: Statement | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    duration: str | None = None
    ongoing: bool = False
    resolved: bool = False


class Results(Frozen):
    """The words for a result and for its absence."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Table(Frozen):
    """findings.yaml."""

    source: str
    results: dict[str, Results]
    cell_absent: tuple[str, ...]
    limits: tuple[str, ...]
    not_limits: tuple[str, ...]
    can: tuple[str, ...]
    shows: tuple[str, ...]
    study_labels: tuple[str, ...]
    diagnosis_labels: tuple[str, ...]
    strength_name: str
    plain_note: str
    imaging_report: str
    addendum: str
    muscular: tuple[str, ...]
    habit: str
    never: tuple[str, ...]
    former: tuple[str, ...]
    allergens: tuple[str, ...]
    complaints_of: dict[str, str]
    events: tuple[str, ...]


@cache
def table() -> Table:
    """How charts write findings."""
    return Table.model_validate(load("chart/findings.yaml"))


@cache
def results(name: str) -> Phrases[bool]:
    """The result words of that list: true where they tell that the thing is there."""
    rows = table().results[name]
    return Phrases([*((word, True) for word in rows.present), *((word, False) for word in rows.absent)])
