"""The packet: the letter and its exhibits as one PDF, stamped, indexed, and never with a page of another patient."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pikepdf

from pipeline.case import LETTER, program
from pipeline.draft.citations import PageRef
from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, find_files, merged, unpack
from pipeline.outputs import write_private
from pipeline.packet.convert import to_pdf
from pipeline.packet.enclosed import Enclosed, enclosed, refuse_others
from pipeline.packet.fax import faxed
from pipeline.packet.index import draw_cover, draw_index, index_pages
from pipeline.packet.letter import Convert, LetterFile, read_letter
from pipeline.packet.links import Link, citation_links
from pipeline.packet.paper import as_bytes, on_paper
from pipeline.packet.parts import Body, Held, in_files
from pipeline.packet.sheets import Instead, Sheet, exhibit_sheets
from pipeline.packet.words import ranges, words
from pipeline.reopen import reopen
from schemas.case import Case, Category

__all__ = ["Packet", "PacketOrder", "make_packet", "save_packet"]

_ONE, _ANY = "packet.pdf", "packet-*.pdf"


@dataclass(frozen=True, slots=True)
class PacketOrder:
    """What a user asks of a packet: the letter's file (that of the case if none), the most bytes of a file, a fax."""

    letter: Path | None = None
    max_bytes: int | None = None
    fax: bool = False
    limits: Limits = field(default_factory=Limits)
    convert: Convert = to_pdf


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet in files by name. `pages` are those that are numbered.

    `remarks` are what its sender must look at before it goes out, `notes` what he may want to know.
    """

    files: dict[str, bytes]
    pages: int
    remarks: tuple[str, ...]
    notes: tuple[str, ...]


def make_packet(
    path: Path, paths: Sequence[Path], order: PacketOrder, say: Callable[[str], None] = lambda _: None
) -> Packet:
    """The packet of the case of a case.json, with the pages of its exhibits taken from the files and folders given.

    AppealwrightError where the case does not hold (see `reopen`), a file is missing or has changed, the letter cannot
    be had, an exhibit is another patient's, or a single page is above the limit.
    """
    say("reading the case")
    case, documents = reopen(path)
    given = merged([unpack(source, order.limits) for source in find_files(paths)])
    pages = enclosed(case, documents, given.sources, given.failures)
    say("reading the letter")
    letter = read_letter(order.letter or path.parent / LETTER, order.convert)
    say("binding the exhibits")
    exhibits = exhibit_sheets(pages, order.limits)
    refuse_others(case, pages)
    body, unknown = _bound(case, pages, _letter_sheets(letter), exhibits, fax=order.fax)

    def cover(n: int, held: Held, count: int) -> pikepdf.Pdf:
        drawn = draw_cover(case.denial.standing, n, held, count, fax=order.fax)
        return faxed(drawn) if order.fax else pikepdf.open(io.BytesIO(drawn))

    files = in_files(body, cover, order.max_bytes, covered=order.fax)
    names = [_ONE] if len(files) == 1 else [_ANY.replace("*", str(n)) for n in range(1, len(files) + 1)]
    return Packet(
        files=dict(zip(names, files, strict=True)),
        pages=len(body.sheets),
        remarks=(*letter.remarks, *_unknown(unknown), *_shared(exhibits)),
        notes=tuple(_rendered(exhibits)),
    )


def save_packet(packet: Packet, out: Path) -> None:
    """Put the packet in the folder, in place of an earlier one. AppealwrightError (output) where it cannot be done."""
    try:
        for name, content in packet.files.items():
            write_private(out / name, content)
        for earlier in (*out.glob(_ONE), *out.glob(_ANY)):
            if earlier.name not in packet.files:
                earlier.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AppealwrightError(Category.OUTPUT, str(out), f"cannot be written ({reason})") from error


def _letter_sheets(letter: LetterFile) -> list[Sheet]:
    try:
        pdf = pikepdf.open(io.BytesIO(letter.pdf))
    except pikepdf.PasswordError as error:
        raise AppealwrightError(Category.ENCRYPTED, letter.name, "the letter needs a password") from error
    except pikepdf.PdfError as error:
        raise AppealwrightError(Category.UNREADABLE, letter.name, "the letter is damaged or cut short") from error
    told, count = words(), len(pdf.pages)
    title = told.titles["letter"]
    return [Sheet(pdf, n, told.stamps["letter"].format(n=n + 1, count=count), title, title) for n in range(count)]


def _bound(
    case: Case, pages: Sequence[Enclosed], letter: Sequence[Sheet], exhibits: Sequence[Sheet], *, fax: bool
) -> tuple[Body, list[PageRef]]:
    """Letter, index and exhibits on stamped paper, with their links; and what the letter cites that is not there."""
    told = words()
    rows = _rows(pages)
    before = len(letter) + index_pages(rows)
    held = {
        chapter: [number for number, _ in group]
        for chapter, group in groupby(enumerate(exhibits, start=before), key=lambda item: item[1].chapter)
    }
    shown = [ranges(tuple(number + 1 for number in numbers)) for numbers in held.values()]
    index, linked = draw_index(rows, shown, before + len(exhibits))
    drawn = pikepdf.open(io.BytesIO(index))
    title = told.titles["index"]
    listing = [Sheet(drawn, n, told.stamps["index"], title, title) for n in range(len(drawn.pages))]
    sheets = [*letter, *listing, *exhibits]
    paper = on_paper(sheets, upright=fax)
    data = as_bytes(paper)
    places = {ref: number for number, sheet in enumerate(sheets) for ref in sheet.refs}
    cited, unknown = citation_links(data, len(letter), places)
    links = [
        Link(len(letter) + row.page, row.place, numbers[0]) for row, numbers in zip(linked, held.values(), strict=True)
    ]
    body = Body(
        pdf=faxed(data) if fax else paper,
        sheets=sheets,
        links=[*cited, *links],
        title=told.titles["packet"],
        made_by=program(),
        on=case.today,
    )
    return body, unknown


def _rows(pages: Sequence[Enclosed]) -> list[tuple[str, str, str]]:
    """The rows of the index: exhibit, document, and its pages."""
    rows = []
    for exhibit, group in groupby(pages, key=lambda page: page.exhibit):
        own = list(group)
        numbers = ranges(tuple(number for page in own for number in page.numbers))
        listed = words().index.pages.format(pages=numbers, count=own[0].count)
        rows.append((f"Ex. {exhibit.label}", exhibit.title or own[0].record.file, listed))
    return rows


def _unknown(refs: Sequence[PageRef]) -> list[str]:
    cited = ", ".join(f"Ex. {ref.label}, p. {ref.page}" for ref in refs)
    return [words().remarks["unknown"].format(citations=cited)] if refs else []


def _shared(exhibits: Sequence[Sheet]) -> list[str]:
    refs = [ref for sheet in exhibits if sheet.instead is Instead.SHARED for ref in sheet.refs]
    return [words().remarks["shared"].format(label=ref.label, page=ref.page) for ref in refs]


def _rendered(exhibits: Sequence[Sheet]) -> list[str]:
    labels = dict.fromkeys(sheet.chapter for sheet in exhibits if sheet.instead is Instead.RENDERED)
    return [words().notes["rendered"].format(labels=", ".join(labels))] if labels else []
