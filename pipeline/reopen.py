"""A case read back from its folder. Nothing in it is believed until it holds: it may have been edited by hand.

Citations must stand in the text of their pages, and what a reviewer changed must carry a correction in his name.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from pipeline.case import CASE, text_file
from pipeline.errors import AppealwrightError
from pipeline.seals import unsigned
from schemas.case import Case, Category, DocumentRecord, PageRecord
from schemas.document import Document, Page, Whose
from schemas.span import spans_in

_MOST_TOLD = 8  # of what is wrong with a case, in one message
_CORRECT_IT = 'Correct the place named. A change needs "correction": {"source": "reviewer", "by", "at", "reason"}.'
_KEEP_TOGETHER = "Keep case.json beside its folder pages, both as `appealwright run` wrote them, or run again."


def reopen(path: Path) -> tuple[Case, tuple[Document, ...]]:
    """The case of a file, with its documents as far as their text goes.

    AppealwrightError: not_found or unreadable where the file, or the text of a page beside it, is not as `run` writes
    it; refused where a citation does not stand on its page, or a change is not signed. Messages name places only.
    """
    return reopen_from(path.name, lambda name: _bytes(path.parent / name))


def reopen_from(file: str, read: Callable[[str], bytes]) -> tuple[Case, tuple[Document, ...]]:
    """As `reopen`, of a case whose files, by their names, are read from wherever they are kept."""
    case = _read(file, read)
    documents = tuple(_document(record, read) for record in case.documents)
    wrong = [*_twice(case), *_ungrounded(case, documents), *_of_others(case), *unsigned(case)]
    if wrong:
        raise AppealwrightError(Category.REFUSED, file, _told(wrong), _CORRECT_IT)
    return case, documents


def _read(file: str, read: Callable[[str], bytes]) -> Case:
    try:
        case = Case.model_validate_json(read(file))
    except ValidationError as error:
        wrong = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors(include_input=False, include_url=False)]
        raise AppealwrightError(Category.UNREADABLE, file, _told(wrong), _CORRECT_IT) from None
    if not case.provenance.seals:
        raise AppealwrightError(Category.UNREADABLE, file, "it does not tell what was read", "Run the documents again.")
    return case


def _place(loc: Sequence[int | str]) -> str:
    return ".".join(map(str, loc)) or "the file"


def _told(wrong: Sequence[str]) -> str:
    more = [f"and {len(wrong) - _MOST_TOLD} more"] if len(wrong) > _MOST_TOLD else []
    return "; ".join([*wrong[:_MOST_TOLD], *more])


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AppealwrightError(Category.NOT_FOUND, path.name, "it is not there", _KEEP_TOGETHER) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AppealwrightError(Category.UNREADABLE, path.name, f"it cannot be read ({reason})") from None


def _document(record: DocumentRecord, read: Callable[[str], bytes]) -> Document:
    """The document as its record and the text of its pages tell it: without pictures, and of words those in doubt."""
    pages = tuple(_page(record, page, read) for page in record.pages)
    told = record.model_dump(include={"id", "file", "sha256", "role", "role_reason", "patient"})
    return Document(**told, pages=pages)


def _page(record: DocumentRecord, page: PageRecord, read: Callable[[str], bytes]) -> Page:
    name = text_file(record.id, page.number)
    if page.text_file != name or Path(name).parent != Path("pages"):  # nothing outside the folder is read
        raise AppealwrightError(Category.UNREADABLE, CASE, f"the text of {record.id} is not where run puts it")
    try:
        return Page(
            document=record.id,
            text=read(name).decode(),
            words=page.unsure,
            **{field: getattr(page, field) for field in ("number", "file_page", "origin", "confidence", "rotation")},
            events=page.events,
            marks=page.marks,
        )
    except ValueError:  # no UTF-8, or too short for its words and marks
        raise AppealwrightError(Category.UNREADABLE, name, "it is not the text that was read", _KEEP_TOGETHER) from None


def _twice(case: Case) -> Iterator[str]:
    """Ids that no longer name one thing, and verdicts on no criterion."""
    for kind, ids in (
        ("facts", [fact.id for fact in case.facts]),
        ("criteria", [criterion.id for criterion in case.denial.criteria]),
        ("verdicts", [result.criterion for result in case.coverage.criteria]),
        ("documents", [document.id for document in case.documents]),
    ):
        yield from (f"several {kind} have the id {name}" for name, n in Counter(ids).items() if n > 1)
    known = {criterion.id for criterion in case.denial.criteria}
    for result in case.coverage.criteria:
        if result.correction and result.criterion not in known:
            yield f"there is no criterion {result.criterion}"


def _ungrounded(case: Case, documents: Sequence[Document]) -> Iterator[str]:
    """The citations whose quote does not stand in their page's text, wherever the case keeps what was read."""
    texts = {(document.id, page.number): page.text for document in documents for page in document.pages}
    parts: list[tuple[str, object]] = [(f"denial.{name}", value) for name, value in case.denial]
    parts += [(f"facts.{fact.id}", fact) for fact in case.facts]
    parts += [(f"coverage.warnings.{warning.code}", warning) for warning in case.coverage.warnings]
    parts.append(("guideline", case.guideline))
    for place, value in parts:
        for span in spans_in(value):
            text = texts.get((span.document, span.page))
            if text is None or text[span.start : span.end] != span.quote:
                where = f"page {span.page} of {span.document} at {span.start} to {span.end}"
                yield f"{place}: its quote does not stand on {where}"


def _of_others(case: Case) -> Iterator[str]:
    """The facts that cite another patient's document: no signature makes them this patient's."""
    others = {document.id for document in case.documents if document.patient is Whose.OTHER}
    for fact in case.standing_facts:
        for document in sorted({span.document for span in spans_in(fact)} & others):
            yield f"facts.{fact.id}: {document} is about another patient"
