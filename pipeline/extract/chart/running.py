"""Notes that run on under each other, each begun by its day alone: "7/6/26  W. Achebe PA-C"."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extract.chart.charted import CELL, Line, NoteDate, heading_key, words
from pipeline.notation import dates

_MARKER = re.compile(r"(?:[-*\u2022]\s{1,3})?")
_FULL_LINE = 60  # characters; behind a shorter line nothing was wrapped
_GOES_ON = re.compile(r"(?:\s{2,}|\t|\s?[:|]\s|\s[-\u2013]\s)(?=[\"'(]?[A-Za-z])|\s(?=[A-Z])|\s{0,3}\Z")
_TOP = 8  # lines of a document
_WORD = re.compile(r"[A-Za-z]{2,}")
_RANGE = re.compile(r"\s*(?:-|\u2013|to|through)\s*\d", re.IGNORECASE)


def running_notes(lines: Sequence[Line]) -> dict[int, NoteDate]:
    """The lines, by their number, that begin such notes; none where they are the rows of a table, or in no order."""
    found: dict[int, NoteDate] = {}
    for index, line in enumerate(lines):
        above = lines[index - 1] if index and lines[index - 1].block == line.block else None
        day = _begun(line)
        if day is None:
            continue
        if above and above.number not in found and (_is_head(above) or _is_open(above)):
            continue
        found[line.number] = day
    days = [day.value.earliest for day in found.values()]
    up = all(a <= b for a, b in pairwise(days))
    down = all(a >= b for a, b in pairwise(days))
    return found if len(set(days)) > 1 and (up or down) and _tell(lines, found) else {}


def _begun(line: Line) -> NoteDate | None:
    """The day with which a line begins a note."""
    marker = _MARKER.match(line.text)
    start = marker.end() if marker else 0
    day = next((one for one in dates(line.text[: start + 20]) if one.start == start and one.value.day), None)
    if day is None or _RANGE.match(line.text, day.end) or not _GOES_ON.match(line.text, day.end):
        return None
    return NoteDate(day.value, line.page.number, line.text)


def _is_head(above: Line) -> bool:
    """Whether a line is the head of a table: its rows are no notes."""
    cells = CELL.findall(above.text)
    return len(cells) > 1 and heading_key(cells[0]) in (*words().visit_dates, "day", "month")


def _is_open(above: Line) -> bool:
    """Whether a sentence runs on past the end of the line above."""
    return len(above.text) >= _FULL_LINE and above.text[-1] not in '.:;!?)"' and "   " not in above.text


def _tell(lines: Sequence[Line], found: dict[int, NoteDate]) -> bool:
    """Whether the notes begin near the top and most say something: a list of days with a figure each is none."""
    opening = lines[: _TOP + 1]
    told = sum(len(_WORD.findall(line.text)) > 1 for line in lines if line.number in found)
    return any(line.number in found for line in opening) and 2 * told > len(found)
