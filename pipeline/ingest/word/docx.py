"""Word files: the text as it stands once tracked changes are accepted, in pages as far as Word marked them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.section import Section

from pipeline.errors import AppealwrightError
from pipeline.ingest._flow import PAGE_BREAK, Block, readings
from pipeline.ingest._opened import Sections
from pipeline.ingest.sources import Limits
from pipeline.ingest.word.lists import Lists
from pipeline.ingest.word.notes import WordNotes
from pipeline.ingest.word.story import Walker
from pipeline.ingest.word.styles import Styles
from schemas.case import Category

_DAMAGE: Final = (
    OpcError, KeyError, ValueError, AttributeError, OSError, SyntaxError, RuntimeError, zipfile.BadZipFile, zlib.error,
    NotImplementedError,
)  # fmt: skip


def open_docx(place: str, data: bytes, limits: Limits) -> Sections:
    """The file's pages. AppealwrightError where it is damaged, too large unpacked, no document, or holds no text."""
    _check_size(place, data, limits)
    try:
        word = docx.Document(io.BytesIO(data))
        styles = Styles(word)
        walker = Walker(styles, Lists(word, styles), WordNotes(word))
        pages = readings(_blocks(word, walker))
    except _DAMAGE as error:
        raise AppealwrightError(Category.UNREADABLE, place, "the Word file is damaged or of an unknown kind") from error
    if not pages:
        if walker.pictures:
            raise AppealwrightError(Category.UNSUPPORTED, place, "the Word file holds pictures and no text")
        raise AppealwrightError(Category.EMPTY, place, "the Word file holds no text")
    return Sections(place, pages)


def _check_size(place: str, data: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise AppealwrightError(Category.UNREADABLE, place, "the Word file is damaged or cut short") from error
    if size > limits.max_unpacked_bytes:
        message = f"unpacked it has more than {limits.max_unpacked_bytes} bytes (max_unpacked_bytes)"
        raise AppealwrightError(Category.TOO_LARGE, place, message)


def _blocks(word: WordDocument, walker: Walker) -> Iterator[Block]:
    """Headers before their section, footers after it, notes that nothing refers to last."""
    sections = list(word.sections)
    yield from _headers(sections[:1], walker)
    at = 0
    for child in word.element.body:
        yield from walker.block(child)
        if child.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
            yield from _footers(sections[at : at + 1], walker)
            at += 1
            following = sections[at : at + 1]
            if following and following[0].start_type != WD_SECTION.CONTINUOUS:
                yield Block(PAGE_BREAK)
            yield from _headers(following, walker)
    yield from _footers(sections[at:], walker)
    yield from walker.rest()


def _headers(sections: list[Section], walker: Walker) -> Iterator[Block]:
    for section in sections:
        for header in (section.first_page_header, section.header, section.even_page_header):
            if not header.is_linked_to_previous:
                yield from walker.blocks(header.part.element)


def _footers(sections: list[Section], walker: Walker) -> Iterator[Block]:
    for section in sections:
        for footer in (section.first_page_footer, section.footer, section.even_page_footer):
            if not footer.is_linked_to_previous:
                yield from walker.blocks(footer.part.element)
