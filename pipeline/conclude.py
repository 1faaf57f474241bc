"""From what was read to what follows from it: verdicts, deadline, warnings, exhibits and the letter.

A run and every later check of its case go through here, so that they cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline import check, draft, extract
from schemas.coverage import Coverage, CriterionResult, Warning
from schemas.denial import Denial
from schemas.document import Document
from schemas.fact import Fact
from schemas.letter import Appellant, Exhibit, Letter, LetterKind
from schemas.span import Span


@dataclass(frozen=True, slots=True)
class Basis:
    """What was read, as it stands: nothing in it was rejected.

    `guideline` are passages that may be quoted, `warnings` those of the reading; `set_aside` names the documents that
    are not enclosed. `decided` are results, by criterion, whose verdict a reviewer set.
    """

    documents: tuple[Document, ...]
    denial: Denial
    facts: tuple[Fact, ...]
    guideline: tuple[Span, ...]
    warnings: tuple[Warning, ...]
    set_aside: frozenset[str]
    decided: Mapping[str, CriterionResult] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters to draft beside the letter itself, who appeals, and the days that only a person can know.

    `received` is when the notice came, `filed` when the appeal reached the payer.
    """

    companions: tuple[LetterKind, ...] = ()
    appellant: Appellant = Appellant.PROVIDER
    received: date | None = None
    filed: date | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows from a basis on one day, for one level of appeal."""

    coverage: Coverage
    exhibits: tuple[Exhibit, ...]
    letter: Letter
    companions: tuple[Letter, ...]


def conclude(
    basis: Basis,
    today: date,
    level: int,
    say: Callable[[str], None],
    wanted: Wanted | None = None,
    writer: draft.Writer | None = None,
) -> Conclusion:
    """Check and draft. The same basis, day, level, letters wanted and writer's words give the same conclusion.

    `writer` proposes sentences for the letter; without one, and wherever one is refused, the templates stand.
    """
    say("checking each criterion and the deadline")
    denial, facts, wanted = basis.denial, basis.facts, wanted or Wanted()
    coverage = check.check(
        denial, facts, today, level, received=wanted.received, filed=wanted.filed, decided=basis.decided
    )
    warnings = (*basis.warnings, *extract.code_warnings(denial, facts), *coverage.warnings)
    coverage = coverage.model_copy(update={"warnings": warnings})

    say("drafting")
    enclosable = [document for document in basis.documents if document.id not in basis.set_aside]
    exhibits = draft.exhibits(enclosable, facts, coverage, denial)
    evidence = draft.gather(
        denial, facts, coverage, exhibits, today, basis.documents, basis.guideline, wanted.appellant
    )
    letter = draft.main_letter(evidence, basis.documents, writer)
    companions = draft.companions(wanted.companions, evidence, basis.documents)
    return Conclusion(coverage, exhibits, letter, companions)


def of_reading(warnings: Iterable[Warning]) -> tuple[Warning, ...]:
    """The warnings, marked as what the documents gave: a later check keeps them."""
    return tuple(warning.model_copy(update={"stage": "reading"}) for warning in warnings)
