"""The treatment that a document, or a part of it, is about: as its headings name it."""

import re
from collections.abc import Iterator

from pipeline.extract.chart.chart import Chart, Line
from pipeline.extract.chart.charted import Shape, Statement
from pipeline.extract.vocabulary import Term, by_name, terms
from schemas.fact import FactKind

TREATMENTS = (FactKind.TREATMENT, FactKind.MEDICATION)
_LETTERHEAD = 2  # lines of a page, and of what follows an empty line, that may be a head of cells side by side


class Topics:
    """For every statement of a chart, the one treatment named by the nearest heading above it that names any."""

    def __init__(self, chart: Chart) -> None:
        self._by_place: dict[tuple[int, int], Term | None] = {}
        self._signed: dict[tuple[int, int], Term | None] = {}
        signers = dict(_signers(chart))
        note, topic, page, block, on_page, in_block = 0, None, 0, -1, 0, 0
        for line in chart.lines:
            statement = line.statement
            on_page = on_page + 1 if statement.page == page else 1
            in_block = in_block + 1 if statement.block == block else 1
            page, block = statement.page, statement.block
            named = {
                term.name: term
                for text in _headings(line, on_page <= _LETTERHEAD, in_block <= _LETTERHEAD)
                for term in treatments(text)
            }
            if named:
                topic = next(iter(named.values())) if len(named) == 1 else None
            elif statement.note != note and statement.shape is Shape.HEADING:
                topic = None
            note = statement.note
            self._by_place[statement.page, statement.start] = topic
            self._signed[statement.page, statement.start] = signers.get(statement.note)

    def headed(self, statement: Statement) -> Term | None:
        """The treatment that the headings above a statement are about."""
        return self._by_place.get((statement.page, statement.start))

    def of(self, statement: Statement) -> Term | None:
        """The treatment that the headings above are about; where they name none, the therapy of who signed."""
        return self.headed(statement) or self._signed.get((statement.page, statement.start))


_THERAPISTS = (
    (re.compile(r",\s(?:PT|DPT|PTA)\b"), "physical therapy"),
    (re.compile(r",\s(?:OTR/L|OTR|OT|COTA)\b"), "occupational therapy"),
)
_OTHERS = re.compile(r"\b(?:MD|DO|NP|PA-C|PhD|PsyD|LCSW|RN|DC)\b")
_LAST = 3  # lines of a note; its author's name stands in one of them


def _signers(chart: Chart) -> Iterator[tuple[int, Term]]:
    """The therapy of a note that a therapist signs, where no heading names any."""
    last: dict[int, list[Line]] = {}
    for line in chart.lines:
        last.setdefault(line.statement.note, []).append(line)
    for note, lines in last.items():
        for line in lines[-_LAST:]:
            if line.signature and not _OTHERS.search(line.text):
                yield from ((note, by_name(name)) for credentials, name in _THERAPISTS if credentials.search(line.text))


_NOT_YET = re.compile(
    r"\b(?:consult|candida|referr|request|authoriz|consent|eligib|screening for|information)", re.IGNORECASE
)


def _headings(line: Line, tops_page: bool, tops_block: bool) -> Iterator[str]:
    """The words of a line that head what follows: a heading, or cells of a letterhead ("ELM REHAB   PT NOTE").

    Not of a talk about what may come: "TMS consultation".
    """
    if _NOT_YET.search(line.text):
        return
    if line.statement.shape is Shape.HEADING:
        yield line.text
    elif line.statement.shape is Shape.ROW and (tops_page or tops_block):
        for cell in line.statement.cells:
            if not any(c.isdigit() for c in cell.text) and (tops_page or cell.text.isupper()):
                yield cell.text


def treatments(title: str) -> Iterator[Term]:
    """The treatments a title names, within the name of a document too ("Physical therapy discharge summary")."""
    for hit in terms(title):
        if hit.term.kind in TREATMENTS:
            yield hit.term
        elif hit.term.kind is FactKind.DOCUMENTATION:
            words = title[hit.start : hit.end].split()
            yield from (inner.term for inner in terms(" ".join(words[:2])) if inner.term.kind in TREATMENTS)
