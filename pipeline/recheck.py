"""The story goes on: a case that a reviewer corrected is checked and drafted again, without its documents."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline import draft
from pipeline.case import Worked, files_of, open_points, program
from pipeline.conclude import Basis, Wanted, conclude
from pipeline.draft import Evidence
from pipeline.draft.points import LetterPlan
from pipeline.outputs import save
from pipeline.reopen import reopen
from pipeline.seals import corrections, signatures
from pipeline.tables import versions
from schemas.case import Case, Recheck
from schemas.coverage import CriterionResult, Deadline, Warning
from schemas.document import Document
from schemas.letter import Letter, Sentence, SentenceKind


@dataclass(frozen=True, slots=True)
class Anew:
    """What a later check goes by. None: as the case has it; `received` and `filed` are as `Wanted` has them."""

    today: date
    level: int | None = None
    received: date | None = None
    filed: date | None = None


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A case as it stood in the file, and as it stands now."""

    before: Case
    case: Case


def recheck(path: Path, out: Path, anew: Anew, say: Callable[[str], None] = lambda _: None) -> Rechecked:
    """Check the case of a file again and write it to `out`: all of it or nothing.

    AppealwrightError where the case does not hold (see `reopen`) or cannot be written; then nothing is.
    """
    say("reading the case")
    before, documents = reopen(path)
    case = again(before, documents, anew, say)
    say("writing the letter and the review page")
    save(out, files_of(Worked(case, documents, ()), anew.today))
    return Rechecked(before, case)


def again(case: Case, documents: tuple[Document, ...], anew: Anew, say: Callable[[str], None] = lambda _: None) -> Case:
    """The case with everything concluded anew from what was read and what its reviewer made of it."""
    basis = Basis(
        documents=documents,
        denial=case.denial.standing,
        facts=case.standing_facts,
        guideline=case.guideline,
        warnings=tuple(warning for warning in case.coverage.warnings if warning.stage == "reading"),
        set_aside=frozenset(record.id for record in case.documents if record.set_aside),
        decided={result.criterion: result for result in case.coverage.criteria if result.correction},
    )
    level = case.level if anew.level is None else anew.level
    known = case.coverage.deadline
    wanted = Wanted(
        companions=tuple(letter.kind for letter in case.companions),
        appellant=case.appellant,
        received=anew.received or known.received,
        filed=anew.filed or known.filed,
    )
    conclusion = conclude(basis, anew.today, level, say, wanted, _Before(case.letter) if case.usage else None)
    done = Recheck(today=anew.today, corrections=corrections(case), program=program())
    earlier = case.provenance.rechecks
    provenance = case.provenance.model_copy(
        update={
            "rules": case.provenance.rules | versions("check", "draft"),
            "signatures": signatures(case),
            "rechecks": earlier if earlier[-1:] == (done,) else (*earlier, done),
        }
    )
    concluded = {name: getattr(conclusion, name) for name in ("coverage", "exhibits", "letter", "companions")}
    found = case.model_copy(update={**concluded, "today": anew.today, "level": level, "provenance": provenance})
    found = _with_own(found, documents) if case.own else found
    return found.model_copy(update={"complete": not open_points(found)})


def _with_own(case: Case, documents: tuple[Document, ...]) -> Case:
    """The case with its reviewer's sentences in its letters, and a warning of each that no longer holds."""
    evidence = draft.evidence_of(case, documents)
    letter, unfit = draft.with_own(case.letter, case.own, evidence)
    companions: list[Letter] = []
    for companion in case.companions:
        changed, more = draft.with_own(companion, case.own, evidence)
        companions.append(changed)
        unfit += more
    told = [
        Warning(code="own_sentence", message=f"A sentence of {one.correction.by} is not used: {' '.join(reasons)}")
        for one, reasons in unfit
    ]
    coverage = case.coverage.model_copy(update={"warnings": (*case.coverage.warnings, *told)})
    return case.model_copy(update={"letter": letter, "companions": tuple(companions), "coverage": coverage})


class _Before:
    """A writer that proposes what a model wrote before, of the points that rest on what they rested on then."""

    def __init__(self, letter: Letter) -> None:
        said = (sentence for section in letter.sections for sentence in section.sentences)
        self._said = {sentence.id: sentence for sentence in said if sentence.kind is SentenceKind.FACT}

    def write(self, plan: LetterPlan, _evidence: Evidence, /) -> Iterator[Sentence]:
        """The sentences that still have their point; they are verified like any others."""
        for part in plan.parts:
            for point in part.points:
                said = self._said.get(point.id)
                if said and (said.facts, said.fields, said.criterion) == (point.facts, point.fields, point.criterion):
                    yield said


def differences(rechecked: Rechecked) -> tuple[str, ...]:
    """What is not as it was: verdicts, the deadline and warnings, a line each. A reviewer's verdict is always told."""
    before, after = rechecked.before.coverage, rechecked.case.coverage
    told = [*_verdicts(before.criteria, after.criteria)]
    if (was := _due(before.deadline)) != (now := _due(after.deadline)):
        told.append(f"Deadline: {was} -> {now}")
    messages = [warning.message for warning in before.warnings]
    told += [f"New warning: {warning.message}" for warning in after.warnings if warning.message not in messages]
    messages = [warning.message for warning in after.warnings]
    told += [f"No longer: {warning.message}" for warning in before.warnings if warning.message not in messages]
    return tuple(told)


def _verdicts(before: Sequence[CriterionResult], after: Sequence[CriterionResult]) -> Iterator[str]:
    was = {result.criterion: result.verdict for result in before}
    for result in after:
        name, old = f"Criterion {result.criterion}", was.get(result.criterion)
        if result.correction:
            yield f"{name}: {_words(result.verdict)} by its reviewer; the checker says {_words(result.checked)}"
        elif old != result.verdict:
            yield f"{name}: {_words(old)} -> {_words(result.verdict)}"
    gone = was.keys() - {result.criterion for result in after}
    yield from (f"Criterion {name}: {_words(was[name])} -> rejected" for name in sorted(gone))


def _words(verdict: str | None) -> str:
    return verdict.replace("_", " ") if verdict else "not checked"


def _due(deadline: Deadline) -> str:
    days = f"{deadline.date or 'unknown'} (safe {deadline.safe or 'unknown'}, outer {deadline.outer or 'unknown'})"
    return f"{days}, {_words(deadline.status)}"
