"""The documents themselves: what they are, who signed them, and the acts that they record."""

import re
from collections.abc import Iterator

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.stated import Stated, table
from pipeline.extract.chart.topics import Topics
from pipeline.extract.vocabulary import Term, by_name, terms
from schemas.fact import FactKind

_AUTHOR = re.compile(
    r"(?:signed|authenticated|dictated|provider|author|prescriber|attending|physician)\b", re.IGNORECASE
)
_SIGNED = re.compile(r"\bsigned\b|\bsignature\b|/s/|\bauthenticated\b", re.IGNORECASE)
_UNSIGNED = re.compile(r"_{3,}|\b(?:not yet|not|un|needs? to be|to be|awaiting|pending)[\s-]?sign", re.IGNORECASE)
_NAMED = re.compile(r"^\W{0,3}[A-Z][\w.'-]*(?:\s[A-Z][\w.'-]*){1,4},\s")
_ROLE = re.compile(
    r"\b(MD|M\.D\.|DO|D\.O\.|PA-C|PA|NP|FNP(?:-BC)?|APRN|CRNP|DNP|RN|LPN|DPT|PT|PTA|OTR/L|OTR|OT|DC|PhD|PsyD|LCSW|LPC|LMFT|LMHC|"
    r"BCBA|RD|RDN|LDN|PharmD|SLP|CCC-SLP|DPM|DDS|DMD|OD)\b"
)
_TITLE_WORDS = 8
_HEAD = 3  # lines of a page
_BEFORE_TITLE = 3  # words, one more than may stand before a title's name: "Presurgical psychological evaluation"
_LONGEST = 240  # characters of a signature line


def papers(chart: Chart) -> Iterator[Stated]:
    """The kinds of document by their titles, the specialties of those who signed, and each signature with its day."""
    seen: set[tuple[str, int]] = set()
    signed = _names_signed(chart)
    for line in chart.lines:
        for stated in (*_titled(line), *_authors(line), *_headed_by(line, signed)):
            key = (stated.term.name, stated.statement.note)
            if key not in seen:
                seen.add(key)
                yield stated
    yield from _signed(chart)
    yield from _addenda(chart)


def _titled(line: Line) -> Iterator[Stated]:
    """A document by its title: a heading that is the name of a kind of document, or begins with it."""
    if line.statement.shape is Shape.ROW and line.is_among_first(_HEAD):
        yield from _in_cell(line)
        return
    head = line.is_among_first(_HEAD) and line.text[-1].isalpha()
    if not (line.statement.shape is Shape.HEADING or head) or len(line.text.split()) > _TITLE_WORDS:
        return
    for hit in line.hits:
        before = line.text[: hit.start]
        ends = hit.end == len(line.text) and len(before.split()) < _BEFORE_TITLE and not _ASKED.search(before)
        begins = hit.start == 0 and line.statement.shape is Shape.HEADING
        if hit.term.kind is FactKind.DOCUMENTATION and not hit.term.classes and (begins or ends):
            yield Stated(hit.term, line.statement)


_ASKED = re.compile(r"\b(?:for|of|request|referral|refer|order|pending|no|without|awaiting|need)\b", re.IGNORECASE)


def _in_cell(line: Line) -> Iterator[Stated]:
    """A document by its title in capitals beside the clinic's name: "ELM OT      WHEELCHAIR / SEATING EVALUATION"."""
    for cell in line.statement.cells:
        for hit in terms(cell.text) if cell.text.isupper() and len(cell.text.split()) <= _TITLE_WORDS else ():
            alone = hit.start == 0 or cell.text[: hit.start].rstrip().endswith("/")
            ends = hit.end == len(cell.text) and alone
            if hit.term.kind is FactKind.DOCUMENTATION and not hit.term.classes and ends:
                yield Stated(hit.term, line.statement)


def _authors(line: Line) -> Iterator[Stated]:
    """The specialty in a signature: "Electronically signed by Anselm Brandt, MD, Rheumatology, 05/18/2026"."""
    by_name = _NAMED.match(line.text) and _ROLE.search(line.text) and _SIGNED.search(line.text)
    if not line.signature or not (by_name or _AUTHOR.search(line.text[:40]) or _AUTHOR.search(line.statement.label)):
        return
    for hit in line.hits:
        if "author_specialty" in hit.term.classes:
            days = [day for _, _, day in line.dates]
            yield Stated(hit.term, line.statement, on=days[0] if len(days) == 1 else None)


_CLINICIAN = r"(?P<name>[A-Z][\w'-]+(?:\s[A-Z][\w.'-]*){1,3})"
_DEGREE = r"(?:MD|DO|NP|FNP|PA-C|PA|APRN|DPM|PhD|PsyD)"
_WHAT = r"(?P<what>[A-Za-z/& ]{4,40})"
_HEADED = re.compile(rf"{_CLINICIAN},\s{_DEGREE},\s{_WHAT}\Z")
_SEEN_BY = re.compile(  # "Visit: 5/11/2026   Ann Roe MD (Rheumatology)": no label says that it is another clinician
    rf"(?: {{3,}}|\|\s?){_CLINICIAN},?\s{_DEGREE}(?:,\s|\s?\(){_WHAT}\)?\Z"
)


def _headed_by(line: Line, signed: frozenset[tuple[int, str]]) -> Iterator[Stated]:
    """The specialty that a note's head gives who saw the patient, or its heading the one who signs it."""
    dated = line.statement.dated
    found = _SEEN_BY.search(line.text) if dated and line.text == dated.line else None
    if found is None and line.statement.shape is Shape.HEADING and dated:
        found = _HEADED.search(line.text)
        found = found if found and (line.statement.note, found["name"].lower()) in signed else None
    for hit in terms(found["what"]) if found else ():
        if "author_specialty" in hit.term.classes:
            yield Stated(hit.term, line.statement)


def _names_signed(chart: Chart) -> frozenset[tuple[int, str]]:
    """The names in the signatures of each note, lower case."""
    return frozenset(
        (line.statement.note, found[0].lower())
        for line in chart.lines
        if line.signature and len(line.text) <= _LONGEST and _SIGNED.search(f"{line.statement.label} {line.text}")
        for found in _NAME.finditer(line.text)
    )


_NAME = re.compile(r"[A-Z][\w'-]+(?:\s[A-Z][\w.'-]*){1,3}(?=,\s)")


def _signed(chart: Chart) -> Iterator[Stated]:
    """Every signature: of what kind of document, by whom by profession, on which day."""
    topics = Topics(chart)
    kind: Term | None = None
    note, block, lines = -1, -1, 0
    for line in chart.lines:
        statement = line.statement
        if statement.note != note:
            kind, note = None, statement.note
        lines = lines + 1 if statement.block == block else 1
        block = statement.block
        kind = _kind(line, lines) or kind
        days = {day for _, _, day in line.dates if day.day}
        if len(days) == 1 and _is_signature(line):
            role = _ROLE.search(line.text)
            named = _composed(kind, topics.headed(statement)) or by_name(table().plain_note)
            taken = statement.dated and _TAKEN.search(statement.dated.line)
            day = None if statement.dated and not taken else days.pop()
            yield Stated(named, statement, value=role[0] if role else None, on=day)


_TAKEN = re.compile(r"\b(?:collected|drawn|collection)\b", re.IGNORECASE)  # a specimen's day is no paper's
_ADDED = re.compile(r"\W{0,3}(?:dated|of|on|entered|made)?\s?(?=\d)", re.IGNORECASE)
_WITHIN = 12  # lines below the words that begin an addendum


def _addenda(chart: Chart) -> Iterator[Stated]:
    """An addendum within or after a note, with the hand and the day that signed it where they follow."""
    for n, line in enumerate(chart.lines):
        named = [hit for hit in line.hits if hit.term.name == table().addendum and hit.start == 0]
        labelled = [hit for hit in terms(line.statement.label) if hit.term.name == table().addendum and hit.start == 0]
        if not (named or labelled) or len(line.text) > _LONGEST:
            continue
        own = [day for start, _, day in line.dates if named and _ADDED.fullmatch(line.text, named[0].end, start)]
        signed = next((one for one in chart.lines[n : n + _WITHIN] if _is_signature(one) and one.dates), None)
        role = _ROLE.search(signed.text) if signed else None
        day = next(iter(own), None) or (signed.dates[0][2] if signed else None)
        head = signed.statement if signed and signed is not line else None
        yield Stated((named or labelled)[0].term, line.statement, value=role[0] if role else None, on=day, head=head)


def _is_signature(line: Line) -> bool:
    if len(line.text) > _LONGEST or all(_UNSIGNED.search(cell.text) for cell in line.statement.cells):
        return False
    by_hand = _NAMED.match(line.text) is not None and _ROLE.search(line.text) is not None
    return by_hand or (_SIGNED.search(line.text) is not None and line.signature)


def _kind(line: Line, lines: int) -> Term | None:
    """The kind of document that a heading, or a cell of the first two lines of a block, names."""
    if line.statement.shape is Shape.HEADING:
        cells = [line.text]
    elif line.statement.shape is Shape.ROW and lines <= 2:
        cells = [cell.text for cell in line.statement.cells]
    else:
        return None
    for text in cells:
        hits = [hit for hit in terms(text) if hit.term.kind is FactKind.DOCUMENTATION and not hit.term.classes]
        if hits and len(text.split()) <= _TITLE_WORDS:
            return hits[-1].term
        if text.isupper() and any(hit.term.kind is FactKind.IMAGING and hit.start == 0 for hit in terms(text)):
            return by_name(table().imaging_report)
    return None


def _composed(kind: Term | None, topic: Term | None) -> Term | None:
    """The kind narrowed by what the document is about: the discharge summary, or the note, of a physical therapist."""
    if topic is None:
        return kind
    hits = terms(f"{topic.name} {kind.name if kind else 'note'}")
    return hits[0].term if len(hits) == 1 and hits[0].term.kind is FactKind.DOCUMENTATION else kind
