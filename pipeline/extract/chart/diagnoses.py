"""Diagnoses, with the ICD-10 code that stands beside them."""

import re
from collections.abc import Iterator

from pipeline.extract.chart.assertion import Judgement
from pipeline.extract.chart.chart import Chart, Line, one_side, side_near
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.lasting import lasting
from pipeline.extract.chart.presupposed import judged_ailment
from pipeline.extract.chart.stated import Stated, table
from pipeline.extract.vocabulary import Term, TermHit
from pipeline.notation import Found, diagnosis_codes
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind

_OTHER = Term(name="diagnosis", kind=FactKind.DIAGNOSIS, forms=("diagnosis",), source="ours")


def diagnoses(chart: Chart) -> Iterator[Stated]:
    """The diagnoses of the chart; one that stands again in the same words is told once, its coded form first."""
    found = [one for line in chart.readable for one in lasting((*_coded(line), *_named(line)), line, line.hits)]
    coded = {(stated.term.name, stated.assertion): stated.side for stated in found if stated.value}
    happened = {(stated.term.name, stated.statement.note) for stated in found if stated.on and stated.assertion.holds}
    told: set[tuple[object, ...]] = set()
    for stated in found:
        known = (stated.term.name, stated.assertion)
        if not stated.value and known in coded and stated.side in (None, coded[known]):
            continue
        if stated.assertion.holds and not stated.on and (stated.term.name, stated.statement.note) in happened:
            continue
        key = (*known, stated.name, stated.side, stated.value, stated.on, stated.statement.note)
        if key not in told:
            told.add(key)
            yield stated


def _coded(line: Line) -> Iterator[Stated]:
    """A code with the words of its diagnosis, before it in brackets or after it."""
    before = 0
    for code in diagnosis_codes(line.text):
        if not _is_one(line, code):
            continue
        hits = [hit for hit in line.hits if hit.term.kind is FactKind.DIAGNOSIS]
        first = max(before, *(part.end() for part in _PARTS.finditer(line.text, 0, code.start)), 0)
        last = min([len(line.text), *(part.start() for part in _PARTS.finditer(line.text, code.end))])
        near = [hit for hit in hits if first <= hit.start and hit.end <= code.start]
        near = near or [hit for hit in hits if code.end <= hit.start < last][:1]
        near = near or [hit for hit in hits if before <= hit.start and hit.end <= code.start][-1:]
        words = _words(line.text, before, code)
        clause = line.text[before : code.end + (0 if line.text[before : code.start].strip(" (:-") else 60)]
        at = near[0] if near else None
        judged = _judged(line, at.start, at.end) if at else _judged(line, code.start, code.end)
        if at or words:
            yield Stated(
                term=at.term if at else _OTHER,
                name=at.term.name if at else words,
                statement=line.statement,
                assertion=Assertion.PRESENT if judged is Assertion.HISTORICAL and code.value else judged,
                value=code.value,
                side=one_side(clause),
            )
        before = code.end


def _is_negative(line: Line, hit: TermHit) -> bool:
    """Whether the cell behind a disease says that its test was negative: "HCV Ab      Nonreactive"."""
    cells = line.statement.cells if line.statement.shape is Shape.ROW else ()
    behind = next((cell.text for cell in cells if cell.start >= hit.end), "")
    return behind.lower().strip(" .") in table().cell_absent


_THEN = re.compile(r"\s(?:\(|on\s|in\s|of\s)?|,\s|\s?:\s")


def _day_of_event(line: Line, hit: TermHit) -> PartialDate | None:
    """The day right behind what happens on a day: "NSTEMI 08/19/2025", "an anterior STEMI on 04/09/2026"."""
    if hit.term.name not in table().events:
        return None
    found = [day for start, _, day in line.days if _THEN.fullmatch(line.text, hit.end, start)]
    return found[0] if found else None


_ODDS = re.compile(r"\b(?:probability|risk|FRAX|chance|likelihood|odds)\b", re.IGNORECASE)
_SHARE = re.compile(r"\s?[:=]?\s?(?:is\s|of\s)?[<>]?\d{1,2}(?:\.\d+)?\s?%")


def _is_odds(line: Line, hit: TermHit) -> bool:
    """Whether only how likely a thing is stands there: "ten-year probability: hip fracture 9.4%"."""
    return _SHARE.match(line.text, hit.end) is not None and _ODDS.search(line.text, 0, hit.start) is not None


_PARTS = re.compile(r"[;\u2022]|\.\s|\s{3,}")


_SUSPICION = re.compile(
    r"\b(?:possibility|suspicion|question|concern|thought|diagnosis) (?:of|for)\s[^.;]*\Z", re.IGNORECASE
)
_RAISED = re.compile(
    r"[^.;]*?\b(?:was|were|has been|is) (?:raised|brought up|mentioned|considered|discussed)\b", re.IGNORECASE
)


def _judged(line: Line, start: int, end: int) -> Assertion:
    """What the sentence says of a diagnosis; a plan is headed by what the patient has, and plans no diagnosis.

    "See a psychiatrist for her depression" plans the visit, and "did have a DVT that has resolved" tells of a past one.
    """
    judged = judged_ailment(line.judgement, line.text, start, end)
    if judged is Assertion.PRESENT and _is_one_of(line.text, start, end):
        return Assertion.POSSIBLE
    if judged is not Assertion.HYPOTHETICAL:
        return judged
    if _RAISED.match(line.text, end) and _SUSPICION.search(line.text[:start]):
        return Assertion.POSSIBLE
    return Judgement(line.text).of(start, end)


_EITHER = re.compile(
    r"\b(?:either|consistent with|compatible with|in keeping with|represent(?:s|ed|ing)?)\s([^.;]{0,120})",
    re.IGNORECASE,
)
_OR = re.compile(r"\bor\b", re.IGNORECASE)


def _is_one_of(text: str, start: int, end: int) -> bool:
    """Whether a sentence leaves open which of several it is: "consistent with an allergy or Crohn disease"."""
    return any(
        led.start(1) <= start and end <= led.end() and _OR.search(text, led.start(1), led.end())
        for led in _EITHER.finditer(text)
    )


def _is_one(line: Line, code: Found[str]) -> bool:
    """Whether a word shaped like a code is one: it has a point, or its place says so ("B12" is a vitamin)."""
    if "." in code.value:
        return True
    labelled = line.statement.label.lower() in table().diagnosis_labels or re.search(r"\bICD", line.text) is not None
    bracketed = line.text[code.start - 1 : code.start] == "(" and line.text[code.end : code.end + 1] == ")"
    return labelled or (bracketed and any(hit.term.kind is FactKind.DIAGNOSIS for hit in line.hits))


def _words(text: str, start: int, code: Found[str]) -> str | None:
    """The words of a diagnosis that the vocabulary does not know: those before its brackets, else those after it."""
    ahead = re.split(r"[.;:]\s", text[start : code.start])[-1].strip(" ()[],;:-\u2013\n")
    words = ahead or re.split(r"[.;\n]", text[code.end :])[0].strip(" ),;:-\u2013")
    return " ".join(words.split()) if 2 < len(words) < 120 else None


def _named(line: Line) -> Iterator[Stated]:
    """A diagnosis by name, without a code of its own in the sentence."""
    for hit in line.hits:
        if hit.term.kind is FactKind.DIAGNOSIS and not (hit.neutral and hit.term.shown_by) and not _is_odds(line, hit):
            yield Stated(
                term=hit.term,
                statement=line.statement,
                assertion=Assertion.ABSENT if _is_negative(line, hit) else _judged(line, hit.start, hit.end),
                side=side_near(line, hit.start, hit.end),
                on=(day := _day_of_event(line, hit)),
                end=day,
                resolved=day is not None and all(day != stated for _, _, stated in line.dates),
            )
