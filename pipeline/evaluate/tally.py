"""The counts of the cases scored so far, and the shares they give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from schemas.fact import FactKind


def share(part: int, whole: int) -> float | None:
    """The part of the whole; none of nothing."""
    return part / whole if whole else None


@dataclass(slots=True)
class Tally:
    """One field over cases. `null` counts those in which the truth is silent, `invented` such as have a value."""

    stated: int = 0
    found: int = 0
    right: int = 0
    near: int = 0
    null: int = 0
    invented: int = 0

    @property
    def precision(self) -> float | None:
        """Right among found."""
        return share(self.right, self.found)

    @property
    def recall(self) -> float | None:
        """Right among stated."""
        return share(self.right, self.stated)

    @property
    def abstention(self) -> float | None:
        """Said missing where the truth is silent."""
        return share(self.null - self.invented, self.null)

    @property
    def hallucination(self) -> float | None:
        """A value where the truth is silent."""
        return share(self.invented, self.null)


@dataclass(slots=True)
class FactTally:
    """One kind of fact over cases.

    Of those stated, `named` were found by name and `right` with every key the truth gives. Of the named whose
    assertion is stated, `asserted`, `assertion_right` have it, and `holding_right` hold or not as it does. `judged` are
    the found facts that hold, of kinds that the truth lists completely, `sound` those of them it bears out. `forbidden`
    must not be found, `violated` were.
    """

    stated: int = 0
    named: int = 0
    right: int = 0
    asserted: int = 0
    assertion_right: int = 0
    holding_right: int = 0
    judged: int = 0
    sound: int = 0
    forbidden: int = 0
    violated: int = 0


@dataclass(slots=True)
class Ratio:
    """So many right of so many."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> bool:
        """Count one more; gives back whether it was right."""
        self.right += right
        self.of += 1
        return right


@dataclass(frozen=True, slots=True)
class Miss:
    """What was stated and what was found instead. Holds text of the documents: shown only when asked for."""

    case: str
    what: str
    stated: str = ""
    found: str = ""


@dataclass(slots=True)
class Score:
    """All counts. `verdicts` counts (stated, found); `false_met` criteria called met that the truth does not.

    `talks` counts the parts of a peer-to-peer offer: `offered`, `phone`, `window` and `by`.
    """

    cases: int = 0
    fields: dict[str, Tally] = field(default_factory=dict)
    facts: dict[FactKind, FactTally] = field(default_factory=dict)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts_right: Ratio = field(default_factory=Ratio)
    false_met: int = 0
    requirements: Ratio = field(default_factory=Ratio)
    groups: Ratio = field(default_factory=Ratio)
    case_types: Ratio = field(default_factory=Ratio)
    patterns: Tally = field(default_factory=Tally)
    deadlines: Ratio = field(default_factory=Ratio)
    talks: dict[str, Tally] = field(default_factory=dict)
    warnings: Ratio = field(default_factory=Ratio)
    roles: Ratio = field(default_factory=Ratio)
    patients: Ratio = field(default_factory=Ratio)
    grounded: Ratio = field(default_factory=Ratio)
    errors: dict[str, str] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    @property
    def all_fields(self) -> Tally:
        """The fields of the denial added up."""
        return Tally(*_sums(Tally, self.fields.values()))

    @property
    def all_facts(self) -> FactTally:
        """The kinds of fact added up."""
        return FactTally(*_sums(FactTally, self.facts.values()))

    def reaches(self, precision: float, recall: float) -> bool:
        """Whether the fields have at least this precision and recall; where nothing was stated or found, only zero."""
        fields = self.all_fields
        return (fields.precision or 0) >= precision and (fields.recall or 0) >= recall


def _sums(of: type[Tally] | type[FactTally], tallies: Iterable[Tally | FactTally]) -> list[int]:
    tallies = list(tallies)
    return [sum(getattr(tally, one.name) for tally in tallies) for one in fields(of)]
