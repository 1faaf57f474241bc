"""The day in the head of a page or a study that no label tells: "LAKESIDE SKIN   Established patient, 10/29/2026"."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from pipeline.extract.chart.charted import CELL, LONGEST, Line, NoteDate, heading_key, words
from pipeline.notation import Found, dates
from schemas.dates import PartialDate

_HEAD = 3  # lines of a page
_CELL_WORDS = 9  # before a day; a cell with more is a sentence
GENERATION = 10  # years before the latest day of a document: a day as old there is of birth
_NIGHTS = 4
_STUDY = re.compile(r"(?:exam(?:ination)?|study|procedure)(?: performed)?\s?:", re.IGNORECASE)
_SENT = re.compile(r"\b(?:fax|faxed|from|to|page|pg|p)\b[ .:]*\d|\bfax\b", re.IGNORECASE)
_SPEAKS = re.compile(  # words before a day that are of a sentence, or tell it to be of something else
    r"(?:^|[\s,;:(\u2013])(?:on|of|in|at|by|to|from|since|until|before|after|through|was|is|and|or|dated|as|for|with|the|than"
    r"|prior|next|last|compared|versus|vs|comparison|mri|ct|dob|born|reported|resulted|verified|finalized|final)"
    r"(?![A-Za-z'/.-])[\s,;:(\-\u2013]*\Z",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"[,;]?\s?(?:at\s)?(?:\d{1,2}:\d\d(?:\s?[ap]\.?m\.?)?|\([^()]{0,30}\))?\s?\Z", re.IGNORECASE)


def study_heads(lines: Sequence[Line]) -> Iterator[tuple[Line, NoteDate]]:
    """The lines that open a block with a study and its day in a cell of its own: "EXAM: XR TIBIA   04/14/2026"."""
    for above, line in zip((None, *lines), lines, strict=False):
        if (above and above.block == line.block) or not _STUDY.match(line.text):
            continue
        cells = CELL.findall(line.text)
        days = _days(cells[-1])
        if len(cells) > 1 and len(days) == 1 and (days[0].start, days[0].end) == (0, len(cells[-1])):
            yield line, NoteDate(days[0].value, line.page.number, line.text)


def page_heads(lines: Sequence[Line], latest: date | None) -> Iterator[tuple[Line, NoteDate]]:
    """For each page whose first lines hold one day, at the end of a cell, the page's first line and that day.

    `latest` is the last day that the document tells.
    """
    for _, page in groupby(lines, key=lambda line: (line.page.document, line.page.number)):
        head = [line for line, _ in zip(page, range(_HEAD), strict=False)]
        found = [
            (line, day)
            for line in head
            for day in _at_ends_of_cells(line)
            if latest and latest.year - day.earliest.year < GENERATION and not _may_be_birth(line, day, latest)
        ]
        if len({day for _, day in found}) == 1:
            line, day = found[0]
            yield head[0], NoteDate(day, line.page.number, line.text)


PATIENT_CELL = re.compile(r"(?:Pt|Patient|Name|RE)\b[.:]?\s.*|[A-Z][\w'\u2019-]+,\s?[A-Z][\w.'\u2019-]*(?:\s[A-Z]\.?)?")


def _may_be_birth(line: Line, day: PartialDate, latest: date) -> bool:
    """Whether the only day of a document stands beside the patient's name: it can be that of birth."""
    return (
        day.latest == latest
        and len(_days(line.text)) == 1
        and any(PATIENT_CELL.fullmatch(cell) for cell in CELL.findall(line.text))
    )


def _at_ends_of_cells(line: Line) -> Iterator[PartialDate]:
    """The days with which a cell of a line ends, and that its words do not tell to be of something else."""
    cells = CELL.findall(line.text)
    if len(line.text) > LONGEST or _SENT.search(line.text) or all(cell[0].isdigit() for cell in cells[:2]):
        return
    for cell in cells:
        days = _days(cell)
        if not days or not _CLOCK.fullmatch(cell, days[-1].end) or not _of_one_study(days):
            continue
        before = cell[: days[-1].start]
        if len(before.split()) > _CELL_WORDS or words().other_dates.find(cell) or _SPEAKS.search(before):
            continue
        if heading_key(before) not in words().weak_dates:
            yield days[-1].value


def _of_one_study(days: Sequence[Found[PartialDate]]) -> bool:
    """Whether several days of one cell are of a study over a night or two."""
    return (days[-1].value.earliest - days[0].value.earliest).days in range(_NIGHTS)


def _days(text: str) -> list[Found[PartialDate]]:
    return [found for found in dates(text) if found.value.day]
