"""Finding case folders, and working each as a user would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from pipeline import case, extract, ingest
from pipeline.errors import AppealwrightError, ending
from pipeline.evaluate.truth import Truth, read_truth
from schemas.case import Category
from schemas.coverage import Coverage
from schemas.denial import Denial
from schemas.document import Document, Role
from schemas.fact import Fact

TRUTH: Final = "truth"


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """A folder with the files of a case, and the file that says what is true of it."""

    folder: Path
    truth_file: Path
    truth: Truth


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a case. `coverage` is null for a chart alone; `error` says why nothing could be worked."""

    denial: Denial = field(default_factory=Denial)
    facts: tuple[Fact, ...] = ()
    documents: tuple[Document, ...] = ()
    coverage: Coverage | None = None
    error: str = ""


def find_cases(folders: Sequence[Path]) -> tuple[CaseFolder, ...]:
    """Every folder below those given that holds truth.json, or stands beside truth/NAME.json under that name.

    In the order given, by name within a folder. TruthError where a truth file cannot be used.
    """
    found = {folder.resolve(): (folder, truth) for given in folders for folder, truth in _below(given)}
    return tuple(CaseFolder(folder, truth, read_truth(truth)) for folder, truth in found.values())


def _below(folder: Path) -> Iterator[tuple[Path, Path]]:
    own, beside = folder / f"{TRUTH}.json", folder.parent / TRUTH / f"{folder.name}.json"
    if own.is_file():
        yield folder, own
    elif beside.is_file():
        yield folder, beside
    for inner in sorted(folder.iterdir()):
        if inner.is_dir() and not inner.name.startswith("."):
            yield from _below(inner)


def work(given: CaseFolder, order: case.Order) -> Found:
    """The case as `appealwright run` works it, or the facts of a chart alone. Does not raise: `error` says what did."""
    try:
        return _worked(given, replace(order, today=given.truth.today or order.today))
    except AppealwrightError as error:
        return Found(error=error.failure.category.value)
    except Exception as error:  # a fault of ours in one case is a figure too, and the others are still to be scored
        return Found(error=ending(error)[0])


def _worked(given: CaseFolder, order: case.Order) -> Found:
    sources = [source for source in ingest.find_files([given.folder]) if source.path != given.truth_file]
    if not given.truth.has_letter:
        return _chart(sources, order)
    try:
        worked = case.work(sources, order)
    except AppealwrightError as error:
        if error.failure.category is not Category.NO_DENIAL:
            raise
        return replace(_chart(sources, order), error=Category.NO_DENIAL.value)  # its chart can still be scored
    return Found(worked.case.denial, worked.case.facts, worked.documents, worked.case.coverage)


def _chart(sources: Sequence[ingest.SourceFile], order: case.Order) -> Found:
    read = ingest.read_all(sources, order.limits, order.workers or None, order.cache)
    documents = extract.sort_documents(read.documents, read.warnings, {}).documents
    notes = [document for document in documents if document.role is Role.CLINICAL_NOTE]
    facts = extract.extract_facts(extract.RulesExtractor(), extract.one_source(notes).documents, Denial()).facts
    return Found(facts=facts, documents=tuple(documents))
