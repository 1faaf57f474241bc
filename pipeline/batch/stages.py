"""The stages of the work, each from hashes to hashes: what a stage needs it takes from the store, and puts there.

They run in processes of their own, and name nothing but what can be sent to one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, NotRequired, TypedDict

from pipeline import case as story
from pipeline import corrections, ingest
from pipeline.batch.compose import Part, compose, packed, unpacked
from pipeline.batch.papers import contents_of
from pipeline.batch.store import Store
from pipeline.batch.worklist import Answered, Row, not_to_be_sent
from pipeline.edited import CheckedLetter, EditedReport, Standing, checked_letter, package_of, read_edited
from pipeline.errors import AppealwrightError
from pipeline.recheck import Anew, again
from schemas.case import Case
from schemas.coverage import CriterionResult, Verdict
from schemas.document import Document
from schemas.edit import Kept

EDITED: Final = "edited/letter.docx"
CHECKED: Final = "edited/letter-checked.docx"
REPORT: Final = "edited/report.json"
_MOST_UNPACKED: Final = 500_000_000  # bytes of a letter that was taken once


class Failed(TypedDict):
    """Why something came to nothing: the category of the failure, and what to say of it."""

    category: str
    message: str


class Reading(TypedDict):
    """What came of reading an arrival: batch and Contents, by hash, and why nothing in it could be read, if so."""

    batch: str
    contents: str
    failed: Failed | None


class Input(TypedDict):
    """Of one arrival, what a case is worked from: hashes of file and batch, and the pages of each file in it."""

    file: str
    batch: str
    wanted: dict[str, list[int]]


class Made(TypedDict):
    """What came of working a case: its files, name to hash, and its row of the worklist; or why there is none.

    `unfit` says of each edit of a reviewer why it was not made again; empty where it was.
    """

    files: dict[str, str]
    row: dict[str, object] | None
    failed: Failed | None
    unfit: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class Job:
    """How cases are worked: where the store is, the day, the level of appeal, and what to draft."""

    store: str
    order: story.Order


def read(pool: ingest.Workers, store: Store, name: str, digest: str) -> str:
    """Read an arrival; the hash of its batch."""
    with store.file(digest) as path:
        source = ingest.SourceFile(path=path, name=name, sha256=digest, size=path.stat().st_size)
        return store.put(packed(ingest.read_with(pool, [source])))


def sort(store_url: str, digest: str, today: date) -> Reading:
    """Tell what papers a batch holds."""
    store = Store(store_url)
    batch = unpacked(store.get(digest))
    contents = contents_of(batch, today)
    failed: Failed | None = None
    if not contents.papers and batch.failures:
        first = batch.failures[0]
        failed = Failed(category=first.category.value, message=first.said)
    elif not contents.papers:
        failed = Failed(category="empty", message="There is no page in it.")
    return Reading(batch=digest, contents=store.put(contents.model_dump_json().encode()), failed=failed)


def work(job: Job, case_id: str, inputs: list[Input], edits: list[object], edited: str) -> Made:
    """Work a case and store its files. A case that cannot be worked says why; an error of the store is raised.

    `edits` are those of its reviewers, made again; `edited` is the hash of the letter they edited in Word, or empty.
    """
    store = Store(job.store)
    with ExitStack() as opened:
        parts = [
            Part(
                batch=batch_of(job.store, one["batch"]),
                file=opened.enter_context(store.file(one["file"])),
                wanted={name: frozenset(pages) for name, pages in one["wanted"].items()},
            )
            for one in inputs
        ]
        batch = compose(parts)
        try:
            worked = story.work_read(batch, batch.sources, job.order, case_id=case_id)
            worked, unfit = _edited(worked, edits, job.order.today)
            made = made_of(store, worked, job.order.today, edited)
        except AppealwrightError as error:
            failure = error.failure
            failed = Failed(category=failure.category.value, message=failure.said)
            return Made(files={}, row=None, failed=failed)
    return Made(files=made["files"], row=made["row"], failed=None, unfit=unfit)


def _edited(worked: story.Worked, edits: list[object], today: date) -> tuple[story.Worked, list[str]]:
    """The case with the edits of its reviewers made again, and for each why it was not, or nothing."""
    if not edits:
        return worked, []
    case, unfit = corrections.replay(worked.case, worked.documents, [Kept.model_validate(edit) for edit in edits])
    return replace(worked, case=again(case, worked.documents, Anew(today))), list(unfit)


def points_of(made: Made) -> Sequence[str]:
    """Why a person must look at what was made; none: it is ready."""
    points = (made["row"] or {}).get("points")
    unfit = sum(map(bool, made.get("unfit", [])))
    again = [f"{unfit} correction{'s' if unfit != 1 else ''} to make again"] if unfit else []
    return [*points, *again] if isinstance(points, list) else again


def made_of(store: Store, worked: story.Worked, today: date, edited: str = "") -> Made:
    """The files of a case, stored, and its row; a letter that was edited, by its hash, is held against it."""
    files, row = story.files_of(worked, today), row_of(worked.case)
    if edited:
        letter = store.get(edited)
        checked = check_letter(worked.case, worked.documents, letter)
        files |= {EDITED: letter, CHECKED: checked.copy, REPORT: checked.report.model_dump_json().encode()}
        row = with_letter(row, checked.report)
    stored = {name: store.put(content) for name, content in files.items()}
    return Made(files=stored, row=row.model_dump(mode="json"), failed=None)


def check_letter(
    case: Case, documents: tuple[Document, ...], letter: bytes, most: int = _MOST_UNPACKED
) -> CheckedLetter:
    """What the record carries of an edited letter. AppealwrightError where it cannot be read, or is another case's."""
    name = EDITED.rpartition("/")[2]
    return checked_letter(read_edited(package_of(name, letter, most)), case, documents, name)


def with_letter(row: Row, report: EditedReport) -> Row:
    """The row of a case with what its edited letter leaves open."""
    left = {"unsupported": len(report.refused), "blanks": len(report.standing(Standing.OPEN))}
    edited = row.model_copy(update={**left, "edited": True})
    points = [f"the edited letter has {one}" for one in not_to_be_sent(edited)]
    return edited.model_copy(update={"points": (*row.points, *points)})


@lru_cache(maxsize=4)
def batch_of(store: str, digest: str) -> ingest.Batch:
    """A batch is of one packet often, and that of several cases."""
    return unpacked(Store(store).get(digest))


def row_of(case: Case) -> Row:
    """The row of a case."""
    denial, coverage = case.denial.standing, case.coverage
    results = coverage.criteria
    words = {criterion.id: criterion.text.value for criterion in denial.criteria}
    return Row(
        case=case.case_id,
        payer=denial.payer.value if denial.payer else "",
        patient=denial.patient_name.value if denial.patient_name else "",
        service=denial.service.value if denial.service else "",
        reason=denial.reason.value if denial.reason else "",
        reason_codes=tuple(code.value for code in denial.reason_codes),
        amount=denial.denied_amount.value if denial.denied_amount else None,
        deadline=coverage.deadline.date,
        safe=coverage.deadline.safe,
        met=_count(results, Verdict.MET),
        not_met=_count(results, Verdict.NOT_MET),
        undocumented=_count(results, Verdict.NOT_DOCUMENTED),
        to_review=_count(results, Verdict.NEEDS_REVIEW),
        missing=tuple(result.gap for result in results if result.gap and result.verdict is not Verdict.MET),
        blanks=len(story.open_places(case)),
        criteria=tuple(Answered(text=words[result.criterion], verdict=result.verdict) for result in results),
        points=story.open_points(case),
    )


def _count(results: Iterable[CriterionResult], verdict: Verdict) -> int:
    return sum(result.verdict is verdict for result in results)
