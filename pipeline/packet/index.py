"""The pages that the packet adds: the index of exhibits, and the sheet that goes before each of several files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from pipeline.packet.typeface import BOLD, PLAIN, canvas, set_in, wrapped
from pipeline.packet.words import words
from schemas.denial import Denial

_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 552.0, 732.0, 54.0
_TITLE, _SIZE, _LEADING, _GAP = 15.0, 9.5, 12.5, 8.0
_COLUMNS: Final = (60.0, 118.0, 390.0, 474.0)  # where each begins
_DOCUMENT: Final = _COLUMNS[2] - _COLUMNS[1] - 12  # points
_LABELS: Final = 110.0  # points, on the cover
Row = tuple[str, str, str]  # exhibit, document, pages


@dataclass(frozen=True, slots=True)
class Linked:
    """A row of the index: the page of the index it stands on, from 0, and its left, bottom, right and top."""

    page: int
    place: tuple[float, float, float, float]


def index_pages(rows: Sequence[Row]) -> int:
    """How many pages the index takes."""
    return len(_paged(rows))


def draw_index(rows: Sequence[Row], held: Sequence[str], total: int) -> tuple[bytes, list[Linked]]:
    """The index as PDF and where its rows stand; `held` says which pages of the packet hold each row's exhibit."""
    out, linked, told = io.BytesIO(), list[Linked](), words()
    sheet = canvas(out)
    numbers = iter(held)
    for n, page in enumerate(_paged(rows)):
        y = _headed(sheet, told.titles["index"]) - 22
        if n == 0:
            sheet.setFont(PLAIN, _SIZE)
            sheet.drawString(_LEFT, y, told.index.total.format(count=total) if rows else told.index.none)
        y -= 26
        _row(sheet, BOLD, y, [[column] for column in told.index.columns])
        sheet.setLineWidth(0.8)
        sheet.line(_LEFT, y - 5, _RIGHT, y - 5)
        for row in page:
            lines = _lines(row)
            top = y - _GAP
            y -= _LEADING + _GAP
            _row(sheet, PLAIN, y, [[row[0]], lines, [row[2]], [next(numbers)]])
            y -= (len(lines) - 1) * _LEADING
            sheet.setLineWidth(0.25)
            sheet.line(_LEFT, y - 5, _RIGHT, y - 5)
            linked.append(Linked(n, (_LEFT, y - 5, _RIGHT, top)))
        sheet.showPage()
    sheet.save()
    return out.getvalue(), linked


def draw_cover(denial: Denial, n: int, held: Sequence[Sequence[tuple[str, str]]], pages: int, *, fax: bool) -> bytes:
    """The sheet before part `n`, from 1: what it holds, and what the others do; for a fax also to whom it goes.

    `held` names, for each part, what it holds with the pages of the packet; `pages` counts this sheet. It names no
    patient, since a fax may lie about: who is meant stands in the letter.
    """
    told = words().cover
    rows: list[tuple[str, list[str]]] = []
    if fax:
        rows += [(told["to"], _stated(denial.payer)), (told["fax"], _stated(denial.appeal.fax))]
    rows.append((told["subject"], [told["appeal"]]))
    rows += [(told[name], _stated(getattr(denial, name))) for name in ("claim_number", "reference_number")]
    if len(held) > 1:
        rows.append((told["part"], [told["part_of"].format(n=n, count=len(held))]))
    rows.append((told["pages"], [told["pages_with_cover"].format(count=pages)]))
    rows.append((told["holds"], _held(held[n - 1])))
    rows += [(told["elsewhere"].format(n=k), _held(other)) for k, other in enumerate(held, start=1) if k != n]
    return _cover([(label, lines) for label, lines in rows if lines], fax=fax)


def _cover(rows: Sequence[tuple[str, list[str]]], *, fax: bool) -> bytes:
    out, told = io.BytesIO(), words()
    sheet = canvas(out)
    title = told.titles["fax" if fax else "cover"]
    y = _headed(sheet, title) - 34
    for label, texts in rows:
        lines = [line for text in texts for line in wrapped(set_in(text), PLAIN, _SIZE, _RIGHT - _LEFT - _LABELS)]
        for n, line in enumerate(lines):
            if y < _BOTTOM + 3 * _LEADING:
                sheet.showPage()
                y = _headed(sheet, title) - 34
            sheet.setFont(BOLD, _SIZE)
            sheet.drawString(_LEFT, y, label if n == 0 else "")
            sheet.setFont(PLAIN, _SIZE)
            sheet.drawString(_LEFT + _LABELS, y, line)
            y -= _LEADING
        y -= _GAP
    lines = wrapped(told.cover["confidential"], PLAIN, 8, _RIGHT - _LEFT)
    sheet.setFont(PLAIN, 8)
    for n, line in enumerate(reversed(lines)):
        sheet.drawString(_LEFT, _BOTTOM - 10 + n * 10, line)
    sheet.showPage()
    sheet.save()
    return out.getvalue()


def _held(pieces: Sequence[tuple[str, str]]) -> list[str]:
    told = words().cover
    return [told["piece" if pages.isdigit() else "pieces"].format(title=title, pages=pages) for title, pages in pieces]


def _stated(cited: object) -> list[str]:
    value = getattr(cited, "value", None)
    return [" ".join(str(value).split())] if value else []


def _headed(sheet: Canvas, title: str) -> float:
    sheet.setFont(BOLD, _TITLE)
    sheet.drawString(_LEFT, _TOP - _TITLE, title)
    return _TOP - _TITLE


def _row(sheet: Canvas, face: str, y: float, cells: Sequence[Sequence[str]]) -> None:
    sheet.setFont(face, _SIZE)
    for x, lines in zip(_COLUMNS, cells, strict=True):
        for n, line in enumerate(lines):
            sheet.drawString(x, y - n * _LEADING, line)


def _lines(row: Row) -> list[str]:
    return wrapped(set_in(row[1]), PLAIN, _SIZE, _DOCUMENT)


def _paged(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows page by page."""
    pages: list[list[Row]] = [[]]
    room = first = _TOP - _TITLE - 48 - _BOTTOM
    for row in rows:
        height = len(_lines(row)) * _LEADING + _GAP
        if height > room and pages[-1]:
            pages.append([])
            room = first
        room -= height
        pages[-1].append(row)
    return pages
