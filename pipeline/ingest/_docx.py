"""Word files: the text as it stands once tracked changes are accepted, in pages as far as Word marked them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.section import Section

from pipeline.errors import AppealwrightError
from pipeline.ingest._lists import Lists
from pipeline.ingest._opened import Note, Reading, Sections
from pipeline.ingest._styles import Styles
from pipeline.ingest._text import reading, tidy
from pipeline.ingest._wordtext import PAGE_BREAK, Block, Walker
from pipeline.ingest.sources import Limits
from schemas.case import Category

_DAMAGE: Final = (
    OpcError, KeyError, ValueError, AttributeError, OSError, SyntaxError, RuntimeError, zipfile.BadZipFile, zlib.error,
    NotImplementedError,
)  # fmt: skip
_NOTES: Final = (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES)
_MESSAGES: Final[tuple[tuple[str, str, Callable[[Block], bool]], ...]] = (
    ("tracked_changes", "tracked changes were read as accepted", lambda block: block.tracked),
    ("hidden_text", "text formatted as hidden was left out", lambda block: block.hidden),
    ("picture_not_read", "a large picture was not read", lambda block: block.picture),
)


def open_docx(place: str, data: bytes, limits: Limits) -> Sections:
    """The file's pages. AppealwrightError where it is damaged, too large unpacked, no document, or holds no text."""
    _check_size(place, data, limits)
    try:
        word = docx.Document(io.BytesIO(data))
        styles = Styles(word)
        walker = Walker(styles, Lists(word, styles))
        pages = _paged(_blocks(word, walker))
    except _DAMAGE as error:
        raise AppealwrightError(Category.UNREADABLE, place, "the Word file is damaged or of an unknown kind") from error
    if not pages:
        if walker.pictures:
            raise AppealwrightError(Category.UNSUPPORTED, place, "the Word file holds pictures and no text")
        raise AppealwrightError(Category.EMPTY, place, "the Word file holds no text")
    return Sections(place, tuple(_read(page) for page in pages))


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
    """Headers before their section, footers after it, footnotes and endnotes last."""
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
    for kind in _NOTES:
        for part in (relation.target_part for relation in word.part.rels.values() if relation.reltype == kind):
            for note in parse_xml(part.blob):
                if note.get(qn("w:type"), "normal") == "normal":
                    yield from walker.blocks(note)


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


def _paged(blocks: Iterator[Block]) -> list[list[Block]]:
    """The blocks by page, their text tidied. A break on a page without text is none: Word marks one break twice."""
    pages: list[list[Block]] = [[]]
    for block in blocks:
        for i, piece in enumerate(block.text.split(PAGE_BREAK)):
            if i and _has_text(pages[-1]):
                pages.append([])
            pages[-1].append(replace(block, text=tidy(piece)))
    if not _has_text(pages[-1]):  # what it says of changes belongs to the page before
        rest = pages.pop()
        if pages:
            pages[-1] += rest
    return pages


def _has_text(page: list[Block]) -> bool:
    return any(block.text for block in page)


def _read(page: list[Block]) -> Reading:
    text = ""
    ranges: dict[str, list[tuple[int, int]]] = {}
    for block in page:
        separator = "" if not text or not block.text else "\n" if block.tight else "\n\n"
        start = len(text) + len(separator)
        text += separator + block.text
        for code, _, applies in _MESSAGES:
            if applies(block):
                ranges.setdefault(code, []).extend([(start, len(text))] if block.text else [])
    notes = tuple(Note(code, message, tuple(ranges[code])) for code, message, _ in _MESSAGES if code in ranges)
    return reading(text, notes)
