"""From plan to verified letter: what a writer proposes is verified, and what is refused is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.draft.evidence import Evidence
from pipeline.draft.points import LetterPlan, PartPlan, Point
from pipeline.draft.verify import verify
from pipeline.draft.writer import RulesWriter, Writer, from_quote, from_template
from schemas.letter import Grid, Letter, RefusedSentence, Section, Sentence, SentenceKind


def compose(plan: LetterPlan, evidence: Evidence, writer: Writer | None = None) -> Letter:
    """Write and verify every point. A sentence is the writer's, else the template's, else a quotation, else none."""
    refused: list[RefusedSentence] = []
    sections = tuple(_section(part, evidence, writer or RulesWriter(), refused) for part in plan.parts)
    return Letter(kind=plan.kind, frame=plan.frame, sections=sections, refused=tuple(refused))


def _section(part: PartPlan, evidence: Evidence, writer: Writer, refused: list[RefusedSentence]) -> Section:
    proposed = {sentence.id: sentence for sentence in writer.write(part, evidence)}
    sentences = tuple(filter(None, (_verified(point, proposed, evidence, refused) for point in part.points)))
    grid = _grid(part, frozenset(sentence.id for sentence in sentences))
    return Section(part=part.part, heading=part.heading, sentences=sentences, grid=grid, listed=part.listed)


def _grid(part: PartPlan, written: frozenset[str]) -> Grid | None:
    """The table that the part asks for, with what was written; a row without anything is left out."""
    if not part.titles:
        return None
    cells: dict[int, list[list[str]]] = {}
    for point in part.points:
        if point.cell is not None and point.id in written:
            row, column = point.cell
            cells.setdefault(row, [[] for _ in part.titles])[column].append(point.id)
    rows = tuple(tuple(map(tuple, cells[row])) for row in sorted(cells))
    return Grid(titles=part.titles, widths=part.widths, rows=rows)


def _verified(
    point: Point, proposed: Mapping[str, Sentence], evidence: Evidence, refused: list[RefusedSentence]
) -> Sentence | None:
    if point.kind is SentenceKind.NOTE:  # the checker's words as they are: there is nothing to verify them against
        return from_template(point, evidence)
    tried: list[str] = []
    for sentence in _candidates(point, proposed, evidence):
        if sentence.text in tried:
            continue
        tried.append(sentence.text)
        reasons = (*_departs(sentence, point), *verify(sentence, evidence))
        if not reasons:
            return sentence.model_copy(update={"comment": point.comment})
        refused.append(RefusedSentence(sentence=sentence, reasons=reasons))
    return None


def _candidates(point: Point, proposed: Mapping[str, Sentence], evidence: Evidence) -> Iterator[Sentence]:
    if point.id in proposed:
        yield proposed[point.id]
    yield from_template(point, evidence)
    if quoted := from_quote(point, evidence):
        yield quoted


def _departs(sentence: Sentence, point: Point) -> Sequence[str]:
    """Why a writer's sentence is not the one that was planned."""
    planned = (point.kind, point.facts, point.fields, point.criterion, point.rule, point.spans)
    passage = sentence.citations if point.spans else ()
    written = (sentence.kind, sentence.facts, sentence.fields, sentence.criterion, sentence.rule, passage)
    return () if planned == written else ("it does not rest on what the plan gave it",)
