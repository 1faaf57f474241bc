"""Imaging and other studies: what was done, of what, when, and what it showed."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract.chart.chart import Chart, Line, body_parts, one_side
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.stated import Stated, table
from pipeline.extract.phrases import Phrases
from pipeline.extract.vocabulary import TermHit, terms
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind


@cache
def _shows() -> Phrases[bool]:
    return Phrases((word, True) for word in table().shows)


def study_date(line: Line, at: int) -> PartialDate | None:
    """The date of the study that shows what stands at `at`: "Radiographs of 06/30/2026 show ..."."""
    for hit in line.hits:
        if hit.term.kind is FactKind.IMAGING and hit.end < at:
            for start, end, day in line.days:
                near = hit.end <= start < at and len(line.text[hit.end : start].split()) < 8
                if near and (_shows().find(line.text[hit.end : at]) or ":" in line.text[end:at]):
                    return day
    return None


def studies(chart: Chart) -> Iterator[Stated]:
    """The studies that sentences tell of, and the one that a report is of."""
    for line in chart.readable:
        hits = [hit for hit in line.hits if hit.term.kind is FactKind.IMAGING]
        names: set[str] = set()
        for index, hit in enumerate(hits):
            stop = hits[index + 1].start if index + 1 < len(hits) else len(line.text)
            if hit.term.name not in names:
                names.add(hit.term.name)
                yield from _study(line, hit, stop)


def _study(line: Line, hit: TermHit, stop: int) -> Iterator[Stated]:
    shown = _shows().find(line.text[hit.end : stop])
    judged = line.judgement.of(hit.start, hit.end)
    if judged is Assertion.ABSENT and shown and not _DENIED.search(line.text[: hit.start]):
        judged = Assertion.PRESENT  # "no infarct, and angiography showed ...": what showed something was done
    if judged is Assertion.ABSENT and _NOT_ABNORMAL.search(line.text[: hit.start]):
        return  # "not clearly abnormal biopsies" were taken
    if judged is Assertion.ABSENT and _ON_STUDY.search(line.text[: hit.start]):
        if not _dated_behind(line, hit):
            return  # "no loosening on x-ray" denies the loosening
        judged = Assertion.PRESENT  # "no osteomyelitis on x-ray of 03/02/2026": the x-ray was done
    if not judged.holds:
        if judged in (Assertion.HYPOTHETICAL, Assertion.ABSENT):
            yield Stated(hit.term, line.statement, judged, side=one_side(line.text), body_part=_part(line, hit))
        return
    near = [one for one in line.days if hit.start - 30 <= one[0] and one[1] <= min(stop, hit.end + 60)]
    days = [day for _, _, day in near]
    if len(near) == 2 and _TO.fullmatch(line.text, near[0][1], near[1][0]):
        days = days[1:]  # a recording of several days is of the last
    elif near and _RIGHT_AFTER.fullmatch(line.text, hit.end, near[0][0]):
        days = days[:1]  # further dates are of what it is compared with
    if not shown and not days and not _is_report(line):
        return  # a study only mentioned proves nothing done
    yield Stated(
        term=hit.term,
        statement=line.statement,
        assertion=judged,
        value=_value(line, hit, stop),
        side=one_side(line.text[:stop]),
        body_part=_part(line, hit),
        on=days[0] if len(days) == 1 else None,
        resolved=len(days) == 1 and all(days[0] != stated for _, _, stated in line.dates),
    )


_RIGHT_AFTER = re.compile(r"[^\d,;:()]{0,24}[\s(,]{1,2}(?:on\s|of\s|from\s|dated\s)?")
_TO = re.compile(r"\s?(?:to|through|-|\u2013|\u2014)\s?")
_NOT_ABNORMAL = re.compile(
    r"\bnot\s(?:\w+\s){0,3}(?:abnormal|normal|remarkable|diagnostic|conclusive|concerning|worrisome)\s(?:\w+\s)?\Z",
    re.IGNORECASE,
)
_ON_STUDY = re.compile(r"\b(?:on|by)\s(?:the\s|her\s|his\s|\w+\s)?\Z", re.IGNORECASE)


def _dated_behind(line: Line, hit: TermHit) -> bool:
    return any(hit.end <= start <= hit.end + 12 for start, _, _ in line.days)


_DENIED = re.compile(r"\b(?:no|not|never|without|n't|nor|denies)\s(?:[\w-]+\s){0,3}\Z", re.IGNORECASE)


def _value(line: Line, hit: TermHit, stop: int) -> str | None:
    """What the study showed: from the verb that says so, or after the colon behind its name and date."""
    text = line.text[hit.end : stop]
    if shown := _shows().find(text):
        return _clause(text[shown[0].start :])
    colon = text.find(":")
    return _clause(text[colon + 1 :]) or None if 0 <= colon < 40 else None


def _clause(text: str) -> str:
    return " ".join(re.split(r"\.\s|;", text)[0].split()).strip(" .")[:200]


def _part(line: Line, study: TermHit) -> str | None:
    """The one part of the body that the sentence names, or that the study's own name does ("chest x-ray")."""
    own = body_parts([hit for word in study.term.name.split() for hit in terms(word)])
    names = {hit.term.name for hit in own or body_parts(line.hits)}
    return names.pop() if len(names) == 1 else None


def _is_report(line: Line) -> bool:
    """Whether the statement names the study of a report: under the label "Exam" or the like."""
    return line.statement.label.lower() in table().study_labels


_LETTERHEAD = 3  # lines of a page, that may title the report beside the clinic's name


def _letterheads(chart: Chart) -> Iterator[Stated]:
    """The study that a cell of a letterhead names, in capitals and alone: "ELM IMAGING   BONE DENSITOMETRY (DXA)"."""
    page = on_page = 0
    for line in chart.lines:
        statement = line.statement
        on_page = on_page + 1 if statement.page == page else 1
        page = statement.page
        if statement.shape is not Shape.ROW or on_page > _LETTERHEAD or not statement.dated:
            continue
        for cell in statement.cells:
            hits = [hit for hit in terms(cell.text) if hit.term.kind is FactKind.IMAGING]
            if len({hit.term.name for hit in hits}) == 1 and cell.text.isupper() and len(cell.text.split()) <= _TITLE:
                yield Stated(hits[0].term, statement, side=one_side(cell.text))


_TITLE = 6  # words of the title of a report


def report_of(chart: Chart) -> Iterator[Stated]:
    """The study that a report's own heading names: "MRI LUMBAR SPINE WITHOUT CONTRAST"."""
    yield from _letterheads(chart)
    for line in chart.lines:
        if line.statement.shape is Shape.HEADING and line.statement.dated:
            hits = [hit for hit in line.hits if hit.term.kind is FactKind.IMAGING]
            parts = body_parts(line.hits)
            if len(hits) == 1 and (parts or (line.text.isupper() and hits[0].start == 0)):
                part = parts[0].term.name if parts else None
                yield Stated(hits[0].term, line.statement, side=one_side(line.text), body_part=part)
