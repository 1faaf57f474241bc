"""The papers that an arrival holds: its documents, each with whom and what it is about, as far as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from pydantic import Field

from pipeline import check, chosen, extract, ingest
from schemas.base import Frozen
from schemas.denial import Denial
from schemas.document import Document, PageEvent, Role

_NUMBER: Final = re.compile(r"(?<![\w/.-])(?=[A-Z\d-]*\d)[A-Z\d](?:[A-Z\d-]{4,}[A-Z\d])(?![\w/])", re.IGNORECASE)
_DAY: Final = re.compile(r"\d{1,4}-\d{1,2}-\d{1,4}")
_NOTICES: Final = frozenset({Role.DENIAL_LETTER, Role.REMITTANCE})


class Notice(Frozen):
    """What a letter of the payer says that tells one denial from another; numbers as `plain` writes them."""

    member: str = ""
    claim: str = ""
    reference: str = ""
    letter_date: date | None = None
    service: str = ""
    policy: str = Field(default="", description="The number of the policy it decides by.")
    denies: bool
    due: date | None = Field(default=None, description="The safe last day to appeal, as far as the letter tells.")


class Paper(Frozen):
    """A document within an arrival. `pages` are the numbers of its pages in the file that it lies in, from 1.

    `numbers` are the identifiers it holds, of any kind: letters and figures, as `plain` writes them.
    """

    id: str
    file: str = Field(description="The file it lies in, as given; inside mail or an archive: outer/inner.")
    sha256: str = Field(description="Of that file.")
    role: Role
    pages: tuple[int, ...]
    names: tuple[str, ...] = ()
    birth_dates: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    notice: Notice | None = None
    blank: bool = False

    @property
    def person(self) -> extract.Person:
        """Whom it says it is about."""
        return extract.Person(self.names, self.birth_dates)

    @property
    def opens(self) -> bool:
        """Whether it can open a case."""
        return self.notice is not None and self.notice.denies


class Piece(Frozen):
    """A file that was read: the arrival itself, or a member of it. `failed` says why nothing of it could be read.

    `copies` are the names under which it lies in the arrival again, `lost` is how many of its pages could not be read.
    """

    file: str
    sha256: str
    copies: tuple[str, ...] = ()
    failed: str = ""
    lost: int = 0


class Contents(Frozen):
    """What an arrival holds. `unread` are members that could not even be had, by name, with the reason."""

    papers: tuple[Paper, ...]
    pieces: tuple[Piece, ...]
    unread: tuple[tuple[str, str], ...] = ()


def contents_of(batch: ingest.Batch, today: date) -> Contents:
    """What was read of an arrival, told apart."""
    pieces = [
        Piece(
            file=result.source.name,
            sha256=result.source.sha256,
            copies=result.source.copies,
            failed=result.failures[0].said if result.document is None else "",
            lost=len(result.failures) if result.document is not None else 0,
        )
        for result in batch.results
    ]
    of_pieces = {failure.place for result in batch.results for failure in result.failures}
    unread = [(failure.place, failure.said) for failure in batch.failures if failure.place not in of_pieces]
    papers = tuple(paper for document in batch.documents for paper in _papers(document, today))
    return Contents(papers=papers, pieces=tuple(pieces), unread=tuple(unread))


def _papers(file: Document, today: date) -> Iterator[Paper]:
    numbers = iter([page.number for page in file.pages])
    for n, part in enumerate(extract.sort_documents([file], ()).documents, start=1):
        denial = _denial(part) if part.role in _NOTICES else None
        stated = extract.person_in(part) if denial is None else _person(denial)
        yield Paper(
            id=f"{file.sha256[:16]}:{n}",
            file=file.file,
            sha256=file.sha256,
            role=part.role,
            pages=tuple(next(numbers) for _ in part.pages),
            names=stated.names,
            birth_dates=stated.birth_dates,
            numbers=frozenset(plain(number) for page in part.pages for number in _numbers(page.text)),
            notice=_notice(part, denial, today) if denial is not None else None,
            blank=all(PageEvent.BLANK in page.events or not page.text.strip() for page in part.pages),
        )


def _denial(letter: Document) -> Denial:
    return extract.extract_denial(extract.RulesExtractor(), letter, ()).denial


def _person(denial: Denial) -> extract.Person:
    names = (denial.patient_name.value,) if denial.patient_name else ()
    days = frozenset({denial.birth_date.value.isoformat()} if denial.birth_date else ())
    return extract.Person(names, days)


def _notice(letter: Document, denial: Denial, today: date) -> Notice:
    refused = (denial.reason or denial.reason_codes or denial.denied_amount) and not extract.denies_nothing(letter)
    identifier = denial.criteria_source.identifier
    return Notice(
        member=plain(denial.member_id.value) if denial.member_id else "",
        claim=plain(denial.claim_number.value) if denial.claim_number else "",
        reference=plain(denial.reference_number.value) if denial.reference_number else "",
        letter_date=denial.letter_date.value if denial.letter_date else None,
        service=denial.service.value if denial.service else "",
        policy=plain(identifier.value) if identifier else "",
        denies=bool(chosen.denying([letter])) and (letter.role is Role.DENIAL_LETTER or bool(refused)),
        due=check.deadline(denial, 1, today).safe,
    )


def plain(number: str) -> str:
    """A number without what printers put between its figures."""
    return re.sub(r"[^A-Z\d]", "", number.upper())


def _numbers(text: str) -> Iterator[str]:
    """Whatever looks like an identifier: six characters or more, a figure among them, and no date."""
    return (match[0] for match in _NUMBER.finditer(text) if not _DAY.fullmatch(match[0]))


def first_of(papers: Sequence[Paper]) -> date | None:
    """The earliest safe last day of the papers."""
    return min((paper.notice.due for paper in papers if paper.notice and paper.notice.due), default=None)
