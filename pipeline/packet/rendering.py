"""Text without pages of its own, typeset: what a Word file, a mail or a text file says, with a note that it is that."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from pipeline.packet.typeface import PLAIN, canvas, set_in, width, wrapped

_SIZE, _LEADING = 8.5, 12.0
_NOTE_SIZE, _NOTE_LEADING = 7.5, 10.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 552.0, 744.0, 54.0
_WIDTH: Final = _RIGHT - _LEFT
_GAP: Final = "   "  # between the columns of stored text
_COLUMN_GAP: Final = 14.0  # points between columns on paper

Placed = list[tuple[float, str]]  # pieces of one line with their distance from the left margin


def typeset_text(text: str, note: str) -> bytes:
    """The text on as many letter pages as it takes, as PDF, each under the note. Columns stand below each other."""
    out = io.BytesIO()
    sheet = canvas(out)
    notes = wrapped(set_in(note), PLAIN, _NOTE_SIZE, _WIDTH)
    lines = list(_placed([set_in(row) for row in text.splitlines()]))
    top = _TOP - len(notes) * _NOTE_LEADING - 16
    fit = int((top - _BOTTOM) / _LEADING)
    for start in range(0, max(1, len(lines)), fit):
        _note(sheet, notes)
        sheet.setFont(PLAIN, _SIZE)
        for n, line in enumerate(lines[start : start + fit]):
            for x, piece in line:
                sheet.drawString(_LEFT + x, top - n * _LEADING, piece)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _note(sheet: Canvas, notes: Sequence[str]) -> None:
    sheet.setFont(PLAIN, _NOTE_SIZE)
    for n, line in enumerate(notes):
        sheet.drawString(_LEFT, _TOP - n * _NOTE_LEADING, line)
    rule = _TOP - len(notes) * _NOTE_LEADING + 3
    sheet.setLineWidth(0.5)
    sheet.line(_LEFT, rule, _RIGHT, rule)


def _placed(rows: Sequence[str]) -> Iterator[Placed]:
    """The lines as they are set: rows with as many columns as the next are a table, as far as it fits the page."""
    cells = [[cell.strip() for cell in row.split(_GAP) if cell.strip()] for row in rows]
    for count, group in groupby(zip(cells, rows, strict=True), key=lambda row: len(row[0])):
        table = list(group)
        starts = _starts([row for row, _ in table]) if count > 1 else []
        for row, line in table:
            if starts and starts[-1] <= _WIDTH:
                yield list(zip(starts, row, strict=False))
            else:
                yield from ([(0.0, piece)] for piece in wrapped(line, PLAIN, _SIZE, _WIDTH))


def _starts(rows: Sequence[Sequence[str]]) -> list[float]:
    """Where each column begins, and where the last one ends, in points."""
    starts = [0.0]
    for column in zip(*rows, strict=True):
        starts.append(starts[-1] + max(width(cell, PLAIN, _SIZE) for cell in column) + _COLUMN_GAP)
    starts[-1] -= _COLUMN_GAP
    return starts
