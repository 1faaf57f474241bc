"""The stages of the work, each from hashes to hashes: what a stage needs it takes from the store, and puts there.

They run in processes of their own, and name nothing but what can be sent to one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypedDict

from pipeline import case as story
from pipeline import ingest
from pipeline.batch.compose import Part, compose, packed, unpacked
from pipeline.batch.papers import contents_of
from pipeline.batch.store import Store
from pipeline.batch.worklist import Answered, Row
from pipeline.errors import AppealwrightError
from schemas.case import Case
from schemas.coverage import CriterionResult, Verdict


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
    """What came of working a case: its files, name to hash, and its row of the worklist; or why there is none."""

    files: dict[str, str]
    row: dict[str, object] | None
    failed: Failed | None


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


def work(job: Job, case_id: str, inputs: list[Input]) -> Made:
    """Work a case and store its files. A case that cannot be worked says why; an error of the store is raised."""
    store = Store(job.store)
    with ExitStack() as opened:
        parts = [
            Part(
                batch=_batch(job.store, one["batch"]),
                file=opened.enter_context(store.file(one["file"])),
                wanted={name: frozenset(pages) for name, pages in one["wanted"].items()},
            )
            for one in inputs
        ]
        batch = compose(parts)
        try:
            worked = story.work_read(batch, batch.sources, job.order, case_id=case_id)
            files = story.files_of(worked, job.order.today)
        except AppealwrightError as error:
            failure = error.failure
            failed = Failed(category=failure.category.value, message=failure.said)
            return Made(files={}, row=None, failed=failed)
    stored = {name: store.put(content) for name, content in files.items()}
    return Made(files=stored, row=json.loads(row_of(worked.case).model_dump_json()), failed=None)


@lru_cache(maxsize=4)
def _batch(store: str, digest: str) -> ingest.Batch:
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
        criteria=tuple(Answered(text=words[result.criterion], verdict=result.verdict) for result in results),
        points=story.open_points(case),
    )


def _count(results: Iterable[CriterionResult], verdict: Verdict) -> int:
    return sum(result.verdict is verdict for result in results)
