"""The story: files become a case, and a case becomes files."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import metadata
from pathlib import Path

from pipeline import draft, extract, ingest
from pipeline.chosen import denial_letter, other_denials, without_other_claims
from pipeline.conclude import Basis, Wanted, conclude, of_reading
from pipeline.draft.review import review_page
from pipeline.draft.review_places import DOUBTFUL
from pipeline.engines import Engine, ModelOrder, engine_of
from pipeline.outputs import save
from pipeline.seals import seals
from pipeline.tables import versions
from schemas.case import (
    Case,
    DocumentRecord,
    InputRecord,
    PageRecord,
    Provenance,
)
from schemas.coverage import Verdict, Warning
from schemas.denial import spared
from schemas.document import Document, Origin, Page, Role, Whose, Word
from schemas.letter import Sentence, SentenceKind

LETTER, REVIEW, CASE = "appeal-letter.docx", "review.html", "case.json"


@dataclass(frozen=True, slots=True)
class Order:
    """What a user asks of a run. `told` holds what he says a file is; `level` is the level of appeal.

    `cache` is the folder that keeps what was read of scanned pages; without one nothing is kept. `claim` is the number
    of the claim to work, where a remittance tells of several. `model` is the model that reads and writes beside the
    rules; without one they work alone.
    """

    today: date
    level: int = 1
    told: tuple[tuple[Path, Role], ...] = ()
    limits: ingest.Limits = field(default_factory=ingest.Limits)
    workers: int | None = None
    cache: Path | None = None
    wanted: Wanted = field(default_factory=Wanted)
    claim: str = ""
    model: ModelOrder | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """A case with the documents it was worked from."""

    case: Case
    documents: tuple[Document, ...]
    sources: tuple[ingest.SourceFile, ...]


def run(paths: Sequence[Path], out: Path, order: Order, say: Callable[[str], None] = lambda _: None) -> Case:
    """Work the files into a case and write it to the folder `out`, all of it or nothing."""
    worked = work(ingest.find_files(paths), order, say)
    say("writing the letter and the review page")
    save(out, files_of(worked, order.today))
    return worked.case


def work(sources: Sequence[ingest.SourceFile], order: Order, say: Callable[[str], None] = lambda _: None) -> Worked:
    """Read, extract, check and draft. AppealwrightError where nothing can be read, or no denial letter is there."""
    say(f"reading {len(sources)} file{'s' if len(sources) != 1 else ''}")
    read = ingest.read_all(sources, order.limits, order.workers or None, order.cache)
    return work_read(read, sources, order, say)


def work_read(
    read: ingest.Batch,
    sources: Sequence[ingest.SourceFile],
    order: Order,
    say: Callable[[str], None] = lambda _: None,
    case_id: str = "",
) -> Worked:
    """As `work`, from files that have been read. `case_id` is the name of the case where it has one already."""
    case_id = case_id or _case_id(sources)
    given = extract.sort_documents(read.documents, read.warnings, _told(read.sources, order))
    letter = denial_letter(given.documents, read.failures, order.claim)
    near, beside = without_other_claims(given.documents, letter)

    say("finding what was denied, why and by which criteria")
    policies = [d for d in near if d.role is Role.POLICY]
    engine = engine_of(order.model, near, letter, policies, case_id)
    found = extract.extract_denial(engine.reader, letter, policies)
    documents, others = without_other_claims(extract.tell_whose(near, letter, found.denial), letter)

    say("reading the chart")
    unsure = extract.contradicting(documents)
    notes = [document for document in documents if document.role is Role.CLINICAL_NOTE]
    charts = [note for note in notes if note.patient is not Whose.OTHER and note not in unsure]
    notes_read = extract.one_source(charts)
    chart = extract.extract_facts(engine.reader, notes_read.documents, found.denial)

    about = (*beside, *others, *other_denials(documents, letter), *_about(documents, letter, unsure, read.sources))
    basis = Basis(
        documents=documents,
        denial=found.denial,
        facts=chart.facts,
        guideline=extract.passages([d for d in documents if d.role is Role.GUIDELINE], found.denial),
        warnings=of_reading((*given.warnings, *about, *found.warnings, *notes_read.warnings, *chart.warnings)),
        set_aside=frozenset(document.id for document in unsure),
    )
    conclusion = conclude(basis, order.today, order.level, say, order.wanted, engine.writer)
    failed = of_reading(engine.warnings())
    coverage = conclusion.coverage.model_copy(update={"warnings": (*failed, *conclusion.coverage.warnings)})
    case = Case(
        case_id=case_id,
        today=order.today,
        level=order.level,
        engine=engine.name,
        complete=False,
        documents=tuple(_record(document, document.id in basis.set_aside) for document in documents),
        denial=basis.denial,
        facts=basis.facts,
        guideline=basis.guideline,
        coverage=coverage,
        letter=conclusion.letter,
        appellant=order.wanted.appellant,
        companions=conclusion.companions,
        exhibits=conclusion.exhibits,
        failures=read.failures,
        refused=(*found.refused, *chart.refused),
        agreed=(*found.agreed, *(f"facts.{name}" for name in chart.agreed)),
        usage=engine.usage,
        provenance=_provenance(sources, engine),
    )
    provenance = case.provenance.model_copy(update={"seals": seals(case)})
    case = case.model_copy(update={"provenance": provenance, "complete": not open_points(case)})
    return Worked(case, documents, read.sources)


def _told(sources: Sequence[ingest.SourceFile], order: Order) -> dict[str, Role]:
    """What the user said a file is; of what a mail or an archive holds, that it is the denial letter is to be seen."""
    return {
        source.name: role
        for source in sources
        for path, role in order.told
        if source.path.resolve() == path.resolve() and not (source.inside and role is Role.DENIAL_LETTER)
    }


def _about(
    documents: Sequence[Document], letter: Document, unsure: Sequence[Document], sources: Sequence[ingest.SourceFile]
) -> Iterator[Warning]:
    """What a reviewer must know of the documents before any value."""
    for document in documents:
        name = f"{document.id} ({document.file})"
        if document.patient is Whose.OTHER:
            yield Warning(code="other_patient", message=f"{name} is about another patient. It was set aside.")
        if document.role is Role.CLINICAL_NOTE and document.patient is Whose.UNKNOWN:
            yield Warning(code="patient_unconfirmed", message=f"{name} does not name its patient. Confirm whose it is.")
        if document.role is Role.DENIAL_LETTER and document.id != letter.id:
            yield Warning(code="several_denials", message=f"{name} is a denial letter too. It needs a case of its own.")
        if document.role is Role.OTHER:
            yield Warning(code="role_unknown", message=f"{name} is of no known kind. It was kept, and not used.")
        yield from extract.machine_talk(document)
    for document in unsure:
        name = f"{document.id} ({document.file})"
        message = f"{name} names nobody, and the charts give different birth dates. It was set aside."
        yield Warning(code="patient_contradicted", message=message)
    for source in sources:
        for copy in source.copies:
            yield Warning(code="duplicate_file", message=f"{copy} is the same file as {source.name}. It was read once.")


def open_points(case: Case) -> tuple[str, ...]:
    """Why a person must look before the letter is signed, in plain words; none where the case is ready."""
    carried = _carried(case)
    verdicts = Counter(result.verdict for result in case.coverage.criteria if result.criterion not in carried)
    blanks = sum(not sentence.criterion for sentence in open_places(case))
    unsure = sum(warning.code == "patient_contradicted" for warning in case.coverage.warnings)
    counted = [
        (len(case.failures), "file or page not used", "files or pages not used"),
        (sum(refused.correction is None for refused in case.refused), "value refused", "values refused"),
        (verdicts[Verdict.NOT_MET], "criterion not met", "criteria not met"),
        (verdicts[Verdict.NOT_DOCUMENTED], "criterion not documented", "criteria not documented"),
        (verdicts[Verdict.NEEDS_REVIEW], "criterion to decide", "criteria to decide"),
        (int(not case.coverage.criteria), "denial without criteria", ""),
        (int(case.coverage.deadline.date is None), "deadline to find", ""),
        (
            sum(d.patient is Whose.OTHER for d in case.documents),
            "document of another patient",
            "documents of other patients",
        ),
        (blanks, "place in the letter to fill", "places in the letter to fill"),
        (unsure, "document of nobody known", "documents of nobody known"),
    ]
    return tuple(f"{n} {one if n == 1 else many}" for n, one, many in counted if n)


def open_places(case: Case) -> tuple[Sentence, ...]:
    """The sentences of the letter that say what is still to be supplied."""
    sentences = (sentence for section in case.letter.sections for sentence in section.sentences)
    return tuple(sentence for sentence in sentences if sentence.kind is SentenceKind.PLACEHOLDER)


def _carried(case: Case) -> frozenset[str]:
    """The criteria that others of their group make needless: they leave nothing to do."""
    met = {result.criterion for result in case.coverage.criteria if result.verdict is Verdict.MET}
    return spared(case.denial.criteria, met)


def files_of(worked: Worked, today: date) -> dict[str, bytes]:
    """Every file of a case by its name: the letters with and without comments, the review page, case.json, each page.

    A page of paper is pictured from its source; without it the review page shows the text alone.
    """
    case, documents, denial = worked.case, worked.documents, worked.case.denial.standing
    sources = {source.sha256: source for source in worked.sources}

    def page_image(document: Document, page: Page) -> bytes | None:
        return ingest.page_image(sources[document.sha256], document, page)

    parts = (denial, case.exhibits, case.coverage, case.standing_facts, today)
    pages = {text_file(d.id, page.number): page.text.encode() for d in documents for page in d.pages}
    return {
        CASE: (case.model_dump_json(indent=2) + "\n").encode(),
        REVIEW: review_page(case, documents, page_image).encode(),
        **{
            name: draft.typeset(letter, *parts, documents, review=review)
            for letter in (case.letter, *case.companions)
            for name, review in draft.copies(letter.kind).items()
        },
        **pages,
    }


def text_file(document: str, page: int) -> str:
    """Where the text of a document's page is kept, below the folder of its case."""
    return f"pages/{document}-{page}.txt"


def _record(document: Document, set_aside: bool) -> DocumentRecord:
    pages = tuple(
        PageRecord(
            number=page.number,
            file_page=page.file_page,
            origin=page.origin,
            confidence=round(page.confidence, 4),
            rotation=page.rotation,
            text_file=text_file(document.id, page.number),
            events=page.events,
            marks=page.marks,
            unsure=tuple(replace(word, box=None) for word in page.words if _is_unsure(page, word)),
        )
        for page in document.pages
    )
    told = document.model_dump(include={"id", "file", "sha256", "role", "role_reason", "patient"})
    return DocumentRecord(**told, pages=pages, set_aside=set_aside)


def _is_unsure(page: Page, word: Word) -> bool:
    return page.origin is Origin.OCR and word.confidence < DOUBTFUL


def _case_id(sources: Sequence[ingest.SourceFile]) -> str:
    """The same files are the same case, whatever their names and order."""
    return "case-" + hashlib.sha256("\n".join(sorted(source.sha256 for source in sources)).encode()).hexdigest()[:12]


def _provenance(sources: Sequence[ingest.SourceFile], engine: Engine) -> Provenance:
    return Provenance(
        inputs=tuple(InputRecord(file=source.name, sha256=source.sha256) for source in sources),
        engine=engine.name,
        model=engine.model.name if engine.model else None,
        prompts={prompt.name: f"{prompt.version} {prompt.sha256}" for prompt in engine.prompts},
        rules=versions("ingest.layout", "ingest.x12", "extract", "check", "draft"),
        program=program(),
    )


def program() -> str:
    """The program's name and version, for provenance."""
    return f"appealwright {metadata.version('appealwright')}"
