"""Findings and risks: named outright ("effusion"), or by a test and its result ("strength 4/5")."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.extract.chart.chart import PARTS, Chart, Line, listed_allergies, one_side, part_near, side_near
from pipeline.extract.chart.charted import Cell, Shape, Statement
from pipeline.extract.chart.grids import Grid, grids
from pipeline.extract.chart.lasting import lasting
from pipeline.extract.chart.outcomes import reaction
from pipeline.extract.chart.presupposed import judged_ailment
from pipeline.extract.chart.regimens import moments
from pipeline.extract.chart.stated import Stated, results, table
from pipeline.extract.chart.studies import study_date
from pipeline.extract.phrases import Hit, Phrases
from pipeline.extract.vocabulary import TermHit, by_name, terms
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Side

_IN = re.compile(r"\b(?:in|on)\s(?:early\s|late\s)?$", re.IGNORECASE)
_IN_YEAR = re.compile(r"\s(?:in\s)?((?:19|20)\d\d)(?![\w/-])")
_OTHERS = re.compile(
    r"\b(?:others?|otherwise|remaining|remainder|the rest|elsewhere|except(?:ing)?|apart from|aside from)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"\b(?:no|without)\s(?:[\w-]+\s(?:or|and)\s)?$", re.IGNORECASE)
_KINDS = (FactKind.FINDING, FactKind.RISK)


def findings(chart: Chart) -> Iterator[Stated]:
    """The findings and risks of the chart's sentences and examination tables."""
    for line in chart.readable:
        if line.statement.shape is Shape.ROW and len(line.statement.cells) > 2:
            continue
        tested: set[str] = set()
        habit = _habit(line)
        for hit in line.hits:
            if hit.term.shown_by and (hit.neutral or hit.term.kind is FactKind.MEASUREMENT):
                yield from _by_result(line, hit) if hit.term.name not in tested else ()
                tested.add(hit.term.name)
            elif hit.term.kind in _KINDS and not (habit and hit.term.name == table().habit):
                yield from lasting(_outright(line, hit), line, line.hits)
        yield from [habit] if habit else ()
        yield from _allergies(line)
    for grid in grids(chart):
        for row in grid.rows:
            yield from _tabled(grid, row)


@cache
def _told() -> Phrases[Assertion]:
    rows = table()
    never = ((word, Assertion.ABSENT) for word in rows.never)
    return Phrases([*never, *((word, Assertion.HISTORICAL) for word in rows.former)])


def _habit(line: Line) -> Stated | None:
    """Tobacco, where words tell that it was never used or no longer is, with the day it ended."""
    told = [cue for cue in _told().find(line.text) if not _QUIT_ELSE.match(line.text, cue.end)]
    if not told:
        return None
    cue = next((one for one in told if _own(line, one)), told[0])
    if not _own(line, cue):
        return None
    ended = _ended(line, cue.start) if cue.value is Assertion.HISTORICAL else None
    if cue.value is Assertion.HISTORICAL and _is_yet_to_end(line, cue, ended):
        return Stated(by_name(table().habit), _told_in(line, cue))
    worked_out = ended is not None and all(ended != day for _, _, day in line.dates) and str(ended) not in line.text
    return Stated(by_name(table().habit), _told_in(line, cue), cue.value, end=ended, resolved=worked_out)


_QUIT_ELSE = re.compile(  # "she quit working": what ended is no habit of smoking
    r"\s(?:working|work|driving|drinking|alcohol|drugs|school|college|playing|running|exercising|going|taking|eating|using"
    r"|coffee|caffeine|therapy|counseling|(?:his|her|the|that|a) (?!habit|smok|tobacco|cigar|vap|nicotine))\b",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:to|will|should|must|would|could|try|trying|wants?|ready|willing|plans?|planning|advised|counsel\w*|encouraged|help"
    r"|set an?|sets an?|needs?|if (?:he|she))\s(?:(?:he|she|they|him|her|a|the)\s)?\Z",
    re.IGNORECASE,
)
_SET = re.compile(r"\bquit date (?:is |was )?(?:set|planned|chosen)\b", re.IGNORECASE)


def _is_yet_to_end(line: Line, cue: Hit[Assertion], ended: PartialDate | None) -> bool:
    """Whether a habit is only meant to end: "trying to quit smoking", "quit date set for 10/15/2026"."""
    note = line.statement.dated
    later = ended is not None and note is not None and ended.earliest > note.value.latest
    return later or bool(_WISHED.search(line.text[: cue.start]) or _SET.match(line.text, cue.start))


def _told_in(line: Line, cue: Hit[Assertion]) -> Statement:
    """The statement; only the clause that is of the patient where another's habit is told beside it."""
    whole = line.statement
    others = [hit for hit in line.hits if hit.term.name == table().habit]
    if whole.rest or all(line.judgement.of(hit.start, hit.end).holds for hit in others):
        return whole
    start = max([0, *(part.end() for part in PARTS.finditer(whole.text, 0, cue.start))])
    end = min([len(whole.text), *(part.start() for part in PARTS.finditer(whole.text, cue.end))])
    words = whole.text[start:end].strip()
    start = whole.text.index(words, start)
    return replace(whole, start=whole.start + start, end=whole.start + start + len(words), text=words)


_QUIT = re.compile(
    r"\b(?:quit|stopped|gave (?:it )?up|ended|until|since|last|ceased)\b"
    r"(?:\s(?:smoking|vaping|tobacco|cigarettes?|smoked|use|all|in|on|at|about|around|early|late|the|nicotine|date)|:)"
    r"*\s\Z",
    re.IGNORECASE,
)
_THIS_MONTH = re.compile(
    r"\b(?:at\s)?(?:the\s)?(?:start|beginning|first) of (?:the|this) month\b|\bearlier this month\b", re.IGNORECASE
)


def _ended(line: Line, at: int) -> PartialDate | None:
    """The day a habit ended: right behind the words that say it is over, or behind a later "quit"."""
    found = [one for one in moments(line.text, line.statement.dated) if one.start >= at]
    ended = [one.value for one in found if _QUIT.search(line.text[at : one.start])]
    if len(ended) == 1 or (ended and len(found) == 1):
        return ended[0]
    note = line.statement.dated
    if not ended and note and note.value.day and _THIS_MONTH.search(line.text, at):
        return PartialDate(f"{note.value.earliest:%Y-%m}")
    return None


def _own(line: Line, cue: Hit[Assertion]) -> bool:
    """Whether words of a habit are of the patient."""
    others = (Assertion.FAMILY, Assertion.OTHER_PATIENT, Assertion.HYPOTHETICAL)
    return line.judgement.of(cue.start, cue.end) not in others


@cache
def _allergens() -> Phrases[str]:
    return Phrases((word, word) for word in table().allergens)


def _allergies(line: Line) -> Iterator[Stated]:
    """What an allergy list or sentence names: each drug is a risk of its own."""
    listed = listed_allergies(line)
    drugs = [hit for hit in line.hits if hit.term.kind is FactKind.MEDICATION]
    others = [
        TermHit(found.start, found.end, by_name("latex allergy").model_copy(update={"name": found.value}))
        for found in _allergens().find(line.text)
        if not any(hit.start < found.end and found.start < hit.end for hit in drugs)
    ]
    for hit in [*drugs, *others]:
        told = None if listed else _ALLERGIC.search(line.text[max(0, hit.start - 40) : hit.start])
        after = _ALLERGY_AFTER.match(line.text, hit.end)
        if listed or told or after:
            judged = line.judgement.of(hit.start, hit.end)
            drug = (hit.term.name, *hit.term.classes) if listed and hit in drugs else ()
            yield Stated(
                term=hit.term.model_copy(update={"kind": FactKind.RISK, "classes": (*drug, ALLERGY)}),
                name=f"{hit.term.name} {ALLERGY}",
                value=reaction(line.text, hit.end, len(line.text)) if drug else None,
                statement=line.statement,
                assertion=Assertion.PRESENT if judged is Assertion.HISTORICAL else judged,
            )


ALLERGY = "allergy"  # the class of risks that tell of one
_ALLERGIC = re.compile(
    r"\b(?:allerg(?:y|ies|ic)(?:\sto|:|\s{2,}|\t)|anaphylaxis to|hypersensitivity to)"
    r"\s(?:[\w/-]+,?\s(?:and\s|or\s)?){0,3}$",
    re.IGNORECASE,
)
_ALLERGY_AFTER = re.compile(r"\sallerg(?:y|ies)\b", re.IGNORECASE)


def _outright(line: Line, hit: TermHit) -> Iterator[Stated]:
    """A finding by its own name; a word that means it only when denied is kept only then."""
    judged = judged_ailment(line.judgement, line.text, hit.start, hit.end)
    if hit.neutral and judged not in (Assertion.ABSENT, Assertion.FAMILY):
        return
    placed = hit.term.kind is FactKind.FINDING
    part = part_near(line, hit.start, hit.end) if placed else None
    if judged is Assertion.ABSENT and placed and part is None and _AT_PLACE.match(line.text, hit.end):
        return  # "no tenderness at the AC joint" denies none elsewhere
    if hit.term.name == table().habit and judged is Assertion.PRESENT and _COUNTED.fullmatch(line.text):
        judged = Assertion.HISTORICAL
    yield Stated(
        term=hit.term,
        statement=line.statement,
        assertion=judged,
        side=side_near(line, hit.start, hit.end) if placed else None,
        body_part=part,
        on=_day(line, hit),
    )


_AT_PLACE = re.compile(
    r"\s(?:to palpation\s)?(?:at|over|along)\s"
    r"(?!(?:this|that|present|rest|any|all|night|last|least|baseline|home|work|no)\b)"
    r"(?!(?:the|her|his)\s(?:time|moment|present|past|last|visit|exam|examination|day|night)\b)",
    re.IGNORECASE,
)


# What was smoked in all, which does not say that it goes on: "Tobacco: 45 pack-years."
_COUNTED = re.compile(
    r"\W{0,3}(?:tobacco|smoking|cigarettes?)(?:\s(?:use|history|hx|exposure))?[\s:,-]{1,4}(?:of\s|about\s|approximately\s)?"
    r"\d{1,3}(?:\.\d)?[\s-]?pack[\s-]?years?\W{0,3}",
    re.IGNORECASE,
)


def _day(line: Line, hit: TermHit) -> PartialDate | None:
    """The day of the study that shows a finding, or of an event ("hospitalized in January 2026")."""
    if hit.term.kind is FactKind.RISK and len(line.dates) == 1 and line.dates[0][0] >= hit.end:
        return line.dates[0][2] if _IN.search(line.text[hit.end : line.dates[0][0]]) else None
    if hit.term.kind is FactKind.RISK and (year := _IN_YEAR.match(line.text, hit.end)):
        return PartialDate(year[1])
    return study_date(line, hit.start)


def _by_result(line: Line, hit: TermHit) -> Iterator[Stated]:
    """What was looked at and its results: each part of the sentence may tell one, for its side."""
    told = list(_results(line, hit))
    if _OTHERS.search(line.text):  # "all other muscle groups are 5/5" denies nothing of the one that is not
        told = [one for one in told if one[0]]
    if not told and hit.neutral and _NO.search(line.text[: hit.start]):
        yield Stated(hit.term, line.statement, Assertion.ABSENT)
    for present, words, side in told:
        judged = line.judgement.of(hit.start, hit.end)
        if judged in (Assertion.FAMILY, Assertion.HYPOTHETICAL, Assertion.POSSIBLE, Assertion.OTHER_PATIENT):
            yield Stated(hit.term, line.statement, judged)
            return
        yield Stated(
            term=hit.term,
            statement=line.statement,
            assertion=Assertion.PRESENT if present else Assertion.ABSENT,
            value=words,
            side=side or (side_near(line, hit.start, hit.end) if len(told) == 1 else None),
            body_part=part_near(line, hit.start, hit.end),
            on=_day_of_result(line, hit),
        )


_OF_TESTS = ("test", "serology")  # results that are told with the day of the test


def _day_of_result(line: Line, hit: TermHit) -> PartialDate | None:
    """The one day told between a test's name and what is spoken of next: "QuantiFERON-TB Gold negative 09/03/2025"."""
    if hit.term.shown_by not in _OF_TESTS:
        return None
    stop = min([len(line.text), *(other.start for other in line.hits if other.start >= hit.end)])
    days = {day for start, _, day in line.days if hit.end <= start < stop}
    return days.pop() if len(days) == 1 else None


def _results(line: Line, hit: TermHit) -> Iterator[tuple[bool, str, Side | None]]:
    """The results told of a test: (there or not, in which words, on which side), until another thing is spoken of."""
    text = line.text
    words = results(hit.term.shown_by or "")
    others = [
        other
        for other in line.hits
        if other.term != hit.term
        and other.term.kind in (*_KINDS, FactKind.MEASUREMENT)
        and not {*other.term.classes} & {*table().muscular}  # "strength: hip flexion 4/5" is one thing
    ]
    first = max((other.end for other in others if other.end <= hit.start), default=0)
    last = min((other.start for other in others if other.start >= hit.end), default=len(text))
    if hit.term.kind is FactKind.MEASUREMENT:  # "rheumatoid factor, ..., high disease activity" tells nothing of it
        last = min([last, *(part.start() for part in PARTS.finditer(text, hit.end))])
    before = [cue for cue in words.find(text[first : hit.start]) if not _parted(text[first + cue.end : hit.start])]
    if before:
        cue = before[-1]
        yield cue.value, text[first + cue.start : first + cue.end], one_side(text[first:last])
        return
    at, said = hit.end, None
    for part in [*PARTS.finditer(text, hit.end, last), None]:
        stop = part.start() if part else last
        cues = words.find(text[at:stop])
        side = one_side(text[at:stop])
        if cues and (side or cues[0].value is not said):  # "2+ and symmetric" says one thing twice
            said = cues[0].value
            yield said, text[at + cues[0].start : at + cues[0].end], side
        at = part.end() if part else last


def _parted(between: str) -> bool:
    return PARTS.search(between) is not None or len(between.split()) > 3


def _tabled(grid: Grid, row: Line) -> Iterator[Stated]:
    """A row of an examination table: a finding, and a cell for each side."""
    cells = grid.columns(row)
    if cells is None:
        return
    hits = [hit for hit in terms(cells[0].text) if hit.term.kind in _KINDS] if cells[0] else []
    if len(hits) != 1 or cells[0] is None:
        return
    for title, cell in list(zip(grid.titles, cells, strict=True))[1:]:
        side = one_side(title) or one_side(cells[0].text)
        present = _cell(hits[0], cell) if cell and (one_side(title) or len(cells) == 2) else None
        if cell and present is not None:
            yield Stated(
                term=hits[0].term,
                statement=row.statement,
                head=grid.head.statement if one_side(title) else None,
                assertion=Assertion.PRESENT if present else Assertion.ABSENT,
                value=cell.text,
                side=side,
            )


def _cell(hit: TermHit, cell: Cell) -> bool | None:
    """Whether a cell says that the finding is there; None where it does not tell."""
    if hit.neutral:
        cues = results(hit.term.shown_by).find(cell.text) if hit.term.shown_by else []
        return cues[0].value if cues else None
    if cell.text.lower().strip(" .") in table().cell_absent:
        return False
    return None if cell.text[0].isdigit() else True
