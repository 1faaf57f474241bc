"""The day a measurement was taken, as the words around its figure tell it."""

import re

from pipeline.extract.chart.chart import Line
from pipeline.extract.chart.charted import Cell, Shape
from pipeline.extract.chart.figures import phrases, table
from pipeline.extract.chart.page_heads import GENERATION, PATIENT_CELL
from pipeline.extract.chart.regimens import relative
from pipeline.extract.chart.studies import study_date
from pipeline.notation import dates
from schemas.dates import PartialDate
from schemas.fact import FactKind

ASIDE = re.compile(r"\([^()]{0,40}\)")
WORDS = re.compile(r"[a-z%-]+", re.IGNORECASE)
_IN_YEAR = re.compile(r"\s\(?(?:back )?(?:in|from|of|on)\s(?:early |late |mid-)?((?:19|20)\d\d)(?![\w/-]|\.\d)")
_IN_MONTH = re.compile(r"\s\(?in\s(?:early |late |mid-)?[A-Z][a-z]{2,8}\b")
_HEADS_NEXT = re.compile(r"\s?:\s?\d")  # "19/30 (02/23/2026: 16/30)"
_HEADS_ITS_OWN = re.compile(r"\s\d+(?:\.\d+)?(?![\d:/])[^()]*\)")  # "8.6 % (03/2026 7.7 %)"
_TODAY = re.compile(r"\s\(?(?:today|now|this visit)\b", re.IGNORECASE)


_SAME_DAY = re.compile(r"\s?\(?(?:on the )?same (?:day|date)\)?", re.IGNORECASE)


def own_date(line: Line, at: int) -> tuple[PartialDate | None, int]:
    """The date that stands right after a value: "60 of 96 on 05/04/2026", "1.2 (clinic, 05/04/2026)"."""
    for start, end, day in line.days:
        if at <= start <= at + 60 and _dates_what_is_before(line, at, start):
            opened = line.text[start - 1 : start] == "(" and _HEADS_ITS_OWN.match(line.text, end)
            return (None, at) if opened or _HEADS_NEXT.match(line.text, end) else (day, end)
    if aside := _day_aside(line, at):
        return aside
    if same := _SAME_DAY.match(line.text, at):
        return next((day for _, end, day in reversed(line.days) if end <= at), None), same.end()
    if year := _IN_YEAR.match(line.text, at):
        return PartialDate(year[1]), year.end()
    if _IN_MONTH.match(line.text, at) and line.statement.dated:
        told = next((day for day, _ in relative(line.text[at : at + 20], line.statement.dated)), None)
        return told, at
    today = _TODAY.match(line.text, at)
    if today and line.statement.dated:
        return line.statement.dated.value, today.end()
    return None, at


def _dates_what_is_before(line: Line, at: int, start: int) -> bool:
    """Whether the words between a value and a date bind them: none, a preposition, or a bracket that opens."""
    between = ASIDE.sub(" ", line.text[at:start])
    opened = "(" in between or _within_brackets(line.text, at, start)
    words = [word.lower() for word in WORDS.findall(between)]
    if re.search(r"[;:\d]|\.\s", between) or ("," in between and not opened) or len(words) > 6:
        return False
    if any(at <= hit.start < start and hit.term.kind is FactKind.MEASUREMENT for hit in line.hits):
        return False
    return (
        opened or len(words) < 2 or words[-1] in table().dated_by or (len(words) < 4 and words[0] in table().dated_by)
    )


def _within_brackets(text: str, at: int, start: int) -> bool:
    """Whether value and date stand in one pair of brackets: "severe COPD (FEV1 38% predicted, 10/2025)"."""
    before, close = text[max(0, at - 60) : at], text.find(")", start)
    return before.rfind("(") > before.rfind(")") and 0 <= close <= start + 20


_DAY_ASIDE = re.compile(
    r"(?P<when>\s(?:at|on)\s[a-z]{4,12})?\s?\((?P<month>1[0-2]|0?[1-9])/(?P<day>[12]\d|3[01]|0?[1-9])\)"
)


def _day_aside(line: Line, at: int) -> tuple[PartialDate, int] | None:
    """A day without its year in brackets behind a unit or "on admission", the last one not after the note."""
    match, note = _DAY_ASIDE.match(line.text, at), line.statement.dated
    if match is None or note is None or not note.value.day:
        return None
    if not (match["when"] or re.match(r"[A-Za-z%]", line.text[at - 1 : at])):
        return None  # "3 (4/5)" grades
    written = note.value.earliest
    month, day = int(match["month"]), int(match["day"])
    year = written.year - ((month, day) > (written.month, written.day))
    found = dates(f"{month}/{day}/{year}")
    return (found[0].value, match.end()) if found else None


# "32% (prior 10/2025: 25%)", "28%, previously 35%": the word is of the figure behind it.
_OF_ANOTHER = re.compile(r"[\s,:]{1,2}(?:(?:on|of|in|was)\s)?(?:[\d/]{4,10}\s?:\s?)?\d[\d.]*(?![\d/])")


_AT = re.compile(r"at\s", re.IGNORECASE)
_EARLIER_LABEL = re.compile(
    r"(?:earlier|previous|prior)\s(?:maps?|labs?|results?|values?|readings?|scores?|studies|testing|tests?|measurements?"
    r"|visits?|exams?)\b",
    re.IGNORECASE,
)


def taken_earlier(line: Line, start: int, end: int) -> bool:
    """Whether the words around a measurement, or its label, put it on another day than the note's."""
    text = line.text
    if _EARLIER_LABEL.match(line.statement.label):
        return True
    after = text[end : end + 45]
    cue = phrases("earlier").find(after)
    if cue and not re.search(r"\d", after[: cue[0].start]):
        own = _AT.match(after, cue[0].start) and after[cue[0].end : cue[0].end + 1] in ",;"  # "48 at intake, 44 at ..."
        if own or not _OF_ANOTHER.match(text, end + cue[0].end):
            return True
    if phrases("earlier_before").find(text[max(0, start - 60) : start]):
        return True
    studied = [hit for hit in line.hits if hit.term.kind is FactKind.IMAGING and hit.end <= start]
    return bool(studied) and _OF_EARLIER.search(text[: studied[-1].start]) is not None


_OF_EARLIER = re.compile(  # "her previous year's echocardiogram demonstrated a reduced ejection fraction of 45%"
    r"\b(?:previous|prior|last|earlier|past)\s(?:(?:year|month|week|visit|admission)['\u2019]s\s)?\Z", re.IGNORECASE
)


_DATED_LABEL = re.compile(r"\s*+(?:\([^()]{0,40}\)\s*+)?(?:[\d:]{4,5}\s?(?:[AaPp][Mm])?\s*+)?(?::|-\s|\u2013\s)")
_FEW_WORDS = re.compile(r"\s*(?:\([^()]{0,40}\)|[^\s,;:]+){0,1}(?:\s[^\s,;:]+){0,2}\s*")


_NOW = re.compile(r"\s?[(,]?\s?(?:today|now|this visit|on today's visit)\b", re.IGNORECASE)


def is_of_today(line: Line, at: int) -> bool:
    """Whether words right behind a measure's name put it on the day of the note: "PHQ-9 today: 8"."""
    return _NOW.match(line.text, at) is not None


def leading_date(line: Line, at: int) -> PartialDate | None:
    """The date before a measure that is its own: "On 06/12/2026 her BMI was 41.2", "Labs 06/12/2026: A1c 7, LDL 90"."""
    if study := study_date(line, at):
        return study
    if day := _of_row(line, at):
        return day
    for marks in ((";", ". "), (";", ". ", ": ")):
        clause = max(line.text.rfind(mark, 0, at) for mark in marks) + 1
        days = [(start, end, day) for start, end, day in line.days if clause <= start < at]
        if len(days) != 1:
            continue
        start, end, day = days[0]
        before = line.text[clause:start].lower().split()
        if (
            not before
            or " ".join(before) in table().panels
            or (before[-1].strip("(") in table().dated_by and _near(line, end, at, len(before)))
        ):
            return day
    return date_of_label(line, at)


def _of_row(line: Line, at: int) -> PartialDate | None:
    """The day that is a cell of its own before a measure: "Cycle 3   06/17/2026   held, ANC 0.7"."""
    statement = line.statement
    if statement.shape is not Shape.ROW or PATIENT_CELL.fullmatch(statement.cells[0].text):
        return None
    own = [day for cell in statement.cells for start, end, day in line.dates if _is_cell(cell, start, end)]
    before = [day for start, _, day in line.dates if start < at]
    note = statement.dated.value.earliest.year if statement.dated else None
    if len(own) != 1 or before != own or not own[0].day:
        return None
    return own[0] if note is not None and abs(note - own[0].earliest.year) < GENERATION else None


def _is_cell(cell: Cell, start: int, end: int) -> bool:
    return (cell.start, cell.start + len(cell.text)) == (start, end)


def _near(line: Line, end: int, at: int, before: int) -> bool:
    """Whether a date opens the clause of a measure, or stands right before it."""
    return before <= 2 or _FEW_WORDS.fullmatch(line.text, end, at) is not None


def date_of_label(line: Line, at: int) -> PartialDate | None:
    """The date in the label of a list: at the head of the sentence, or of the line that the sentence is part of."""
    for start, end, day in line.days[:1]:
        before = line.text[:start]
        aside = before.rfind("(") > before.rfind(")") and ")" in line.text[end:at]
        if len(before.split()) < 6 and end <= at and not aside and _DATED_LABEL.match(line.text, end):
            return day
    return None
