"""Complaints of a part of the body: "right knee pain", "pain in the left shoulder"."""

import re
from collections.abc import Iterator

from pipeline.extract.chart.chart import Chart, Line, body_parts, one_side, side_near
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.lasting import lasting
from pipeline.extract.chart.presupposed import judged_ailment
from pipeline.extract.chart.stated import Stated, table
from pipeline.extract.vocabulary import Term, TermHit
from schemas.fact import Assertion, FactKind

_KINDS = {"stiffness": "stiffness", "pressure": "pressure", "fullness": "pressure"}  # all other words mean pain
_WORDS = r"pains?|painful|aches?|aching|soreness|sore|discomfort|hurts?|hurting|stiffness|pressure|fullness"
_BEHIND = re.compile(
    rf"(?:'s|s)?\s(?:joint\s)?(?:is\s|are\s|feels\s|still\s)?(?P<word>{_WORDS})\b"
    r"(?!\s(?:scores?|scales?|clinic|management|medicine|medications?|specialist|questionnaire|diary|relief|rating|index))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"\b(?P<word>{_WORDS})\s(?:in|of|over|around|at|about|on|to)\s"
    r"(?:(?:the|her|his|their|both|left|right|bilateral|lateral|medial|anterior|posterior|upper|lower|inner|outer"
    r"|inside|outside|front|back|side|aspect|part|of)\s){0,6}\Z",
    re.IGNORECASE,
)
_CAME_FOR = re.compile(
    r"\b(?:evaluation|assessment|evaluated|seen|referred|presents) (?:of|for)\s(?:[\w-]+\s){0,4}\Z", re.IGNORECASE
)
_LISTED = re.compile(r"(?:,\s|\s|,?\s(?:and|or)\s)(?:(?:the|her|his|left|right|both)\s){0,2}", re.IGNORECASE)


def complaints(chart: Chart) -> Iterator[Stated]:
    """The pains and stiffness of parts of the body that sentences tell of, each once a sentence."""
    for line in chart.readable:
        if line.statement.shape is Shape.ROW and len(line.statement.cells) > 2:
            continue
        told: set[str] = set()
        before: tuple[TermHit, str] | None = None
        for hit in body_parts(line.hits):
            kind = _kind(line, hit)
            if kind is None and before and _LISTED.fullmatch(line.text, before[0].end, hit.start):
                kind = before[1]  # "pain in her knees, ankles or feet"
            led = kind is not None and not _BEHIND.match(line.text, hit.end)
            before = (hit, kind) if kind and led else None
            if kind and (name := f"{_as_written(line, hit)} {kind}") not in told:
                told.add(name)
                stated = _stated(line, hit, name)
                yield from () if _denied_in_part(line, hit, stated) else _lasting(line, hit, stated)


_ZONE = re.compile(
    r"\b(?:anterior|posterior|lateral|medial|inner|outer|upper|lower|central|plantar|dorsal)\s\Z", re.IGNORECASE
)


def _denied_in_part(line: Line, hit: TermHit, stated: Stated) -> bool:
    """Whether only a zone of the part is said not to ache, which tells nothing of the part: "no anterior knee pain"."""
    return stated.assertion is Assertion.ABSENT and _ZONE.search(line.text[: hit.start]) is not None


def _lasting(line: Line, hit: TermHit, stated: Stated) -> Iterator[Stated]:
    """The complaint with its time, which stands behind the word for it: "right knee pain for 8 months"."""
    word = _BEHIND.match(line.text, hit.end)
    whole = TermHit(hit.start, word.end("word") if word else hit.end, stated.term)
    return lasting((stated,), line, [whole])


def _kind(line: Line, hit: TermHit) -> str | None:
    word = _BEHIND.match(line.text, hit.end) or _BEFORE.search(line.text[max(0, hit.start - 70) : hit.start])
    return _KINDS.get(word["word"].lower(), "pain") if word else None


def _as_written(line: Line, hit: TermHit) -> str:
    """The part as the record names it, in the singular: "neck" is no "cervical spine" where it aches."""
    words = " ".join(line.text[hit.start : hit.end].split())
    words = words if words.isupper() else words.lower()
    plain = {form.lower() for form in hit.term.forms}
    singular = words.removesuffix("s")
    named = singular if words not in plain or singular in plain else words
    return table().complaints_of.get(named, named)


def _stated(line: Line, hit: TermHit, name: str) -> Stated:
    term = Term(name=name, kind=FactKind.FINDING, forms=(name,), source="a part of the body and what it suffers")
    judged = judged_ailment(line.judgement, line.text, hit.start, hit.end)
    if judged is Assertion.POSSIBLE and _CAME_FOR.search(line.text[: hit.start]):
        judged = Assertion.PRESENT
    near = one_side(line.text[max(0, hit.start - 25) : hit.start])
    return Stated(
        term=term,
        statement=line.statement,
        assertion=judged,
        side=near or side_near(line, hit.start, hit.end),
        body_part=hit.term.name,
    )
