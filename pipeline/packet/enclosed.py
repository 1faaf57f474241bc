"""Which pages go out, each with the file it is in; never one of another patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.draft.citations import PageRef
from pipeline.errors import AppealwrightError
from pipeline.ingest import SourceFile
from schemas.case import Case, Category, DocumentRecord, Failure, PageRecord
from schemas.document import Document, Whose
from schemas.letter import Exhibit

_GIVE_IT = "Give the files the case was worked from, mails and archives as they are."
_RUN_AGAIN = "Give the file as it was, or run the case again with the new one: its citations are of the old one."
_CORRECT_IT = "Let `appealwright check` make the exhibits of the case again."


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A page of an exhibit, or the pages of it that lie on one sheet, with where it is.

    `numbers` are page numbers within the document, as citations name them, and `count` its last; `turn` is in degrees
    clockwise. Where not `whole`, another page lies on the sheet that is not enclosed: its picture must not go out.
    """

    exhibit: Exhibit
    record: DocumentRecord
    source: SourceFile
    file_page: int
    numbers: tuple[int, ...]
    count: int
    turn: int
    text: str
    whole: bool

    @property
    def refs(self) -> tuple[PageRef, ...]:
        """What citations call it."""
        return tuple(PageRef(self.exhibit.label, number) for number in self.numbers)

    @property
    def place(self) -> tuple[str, int]:
        """The hash of its file, and its page in there."""
        return self.record.sha256, self.file_page


def enclosed(
    case: Case, documents: Sequence[Document], sources: Sequence[SourceFile], lost: Sequence[Failure]
) -> tuple[Enclosed, ...]:
    """The pages of the exhibits in order. `lost` are files given that could not be unpacked.

    AppealwrightError: refused where an exhibit is of another patient, set aside, unknown, or read from a file that has
    changed since; not_found where its file was not given.
    """
    records = {record.id: record for record in case.documents}
    texts = {(document.id, page.number): page.text for document in documents for page in document.pages}
    chosen = [(exhibit, _record(exhibit, records)) for exhibit in case.exhibits]
    _refuse_twice(case.exhibits)
    files = _files([record for _, record in chosen], sources, lost)
    listed = {(record.id, number) for exhibit, record in chosen for number in exhibit.pages}
    split = {
        (record.sha256, page.file_page)
        for record in case.documents
        for page in record.pages
        if (record.id, page.number) not in listed
    }
    return tuple(
        Enclosed(
            exhibit=exhibit,
            record=record,
            source=files[record.sha256],
            file_page=pages[0].file_page,
            numbers=tuple(page.number for page in pages),
            count=max(page.number for page in record.pages),
            turn=pages[0].rotation,
            text="\n\n".join(texts[record.id, page.number] for page in pages),
            whole=(record.sha256, pages[0].file_page) not in split,
        )
        for exhibit, record in chosen
        for pages in _sheets(_pages(exhibit, record), record.sha256, split)
    )


def refuse_others(case: Case, pages: Iterable[Enclosed]) -> None:
    """Look once more, by patient and by place on paper. AppealwrightError (refused) where one is another patient's."""
    others = [record for record in case.documents if _is_barred(record)]
    ids = {record.id for record in others}
    places = {(record.sha256, page.file_page) for record in others for page in record.pages}
    for page in pages:
        if page.record.id in ids or (page.whole and page.place in places):
            raise _refused(page.exhibit, "holds a page of a document that is another patient's, or was set aside")


def _is_barred(record: DocumentRecord) -> bool:
    return record.patient is Whose.OTHER or record.set_aside


def _record(exhibit: Exhibit, records: Mapping[str, DocumentRecord]) -> DocumentRecord:
    record = records.get(exhibit.document)
    if record is None:
        raise _refused(exhibit, f"is of {exhibit.document}, which the case does not have")
    if _is_barred(record):
        raise _refused(exhibit, f"is of {record.id}, which is another patient's, or was set aside")
    return record


def _pages(exhibit: Exhibit, record: DocumentRecord) -> list[PageRecord]:
    known = {page.number: page for page in record.pages}
    numbers = list(dict.fromkeys(exhibit.pages))
    if not numbers or not known.keys() >= set(numbers):
        raise _refused(exhibit, f"lists pages that {record.id} does not have, or none")
    return [known[number] for number in numbers]


def _sheets(pages: Sequence[PageRecord], sha256: str, split: set[tuple[str, int]]) -> Iterator[list[PageRecord]]:
    """Pages that lie on one sheet together, unless the sheet is not to be shown."""
    sheet: list[PageRecord] = []
    for page in pages:
        if sheet and (sheet[-1].file_page != page.file_page or (sha256, page.file_page) in split):
            yield sheet
            sheet = []
        sheet.append(page)
    yield sheet


def _refuse_twice(exhibits: Sequence[Exhibit]) -> None:
    labels: set[str] = set()
    for exhibit in exhibits:
        if exhibit.label in labels:
            raise _refused(exhibit, "is there twice")
        labels.add(exhibit.label)


def _refused(exhibit: Exhibit, why: str) -> AppealwrightError:
    return AppealwrightError(Category.REFUSED, f"Ex. {exhibit.label}", f"it {why}", _CORRECT_IT)


def _files(
    records: Sequence[DocumentRecord], sources: Sequence[SourceFile], lost: Sequence[Failure]
) -> dict[str, SourceFile]:
    """The file of each document by the hash of its bytes."""
    files = {source.sha256: source for source in sources if source.sha256}
    missing = list(dict.fromkeys(record.file for record in records if record.sha256 not in files))
    if not missing:
        return files
    given = {name.rsplit("/", 1)[-1] for source in sources for name in (source.name, *source.copies)}
    changed = [name for name in missing if name.rsplit("/", 1)[-1] in given]
    if changed:
        raise AppealwrightError(
            Category.REFUSED, ", ".join(changed), "it is not the file that was read for the case", _RUN_AGAIN
        )
    unopened = [f"{failure.place} could not be opened: {failure.message}." for failure in lost]
    advice = " ".join([_GIVE_IT, *unopened])
    raise AppealwrightError(Category.NOT_FOUND, ", ".join(missing), "it is not among the files given", advice)
