"""From plan to verified letter: what a writer proposes is verified, and what is refused is replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.draft.evidence import Evidence
from pipeline.draft.points import LetterPlan, PartPlan, Point
from pipeline.draft.verify import verify
from pipeline.draft.verify_told import told_reasons
from pipeline.draft.writer import RulesWriter, Writer, from_quote
from schemas.letter import Grid, Letter, RefusedSentence, Section, Sentence, SentenceKind

_UNPLANNED = "the plan has no such point"
_TOLD = "another sentence tells its point"


def compose(plan: LetterPlan, evidence: Evidence, writer: Writer | None = None) -> Letter:
    """Write and verify every point. A sentence is the writer's, else the template's, else a quotation, else none."""
    templates = {sentence.id: sentence for sentence in RulesWriter().write(plan, evidence)}
    proposed = _by_point(writer.write(plan, evidence) if writer else ())
    draft = _Draft(evidence, templates, proposed)
    sections = tuple(map(draft.section, plan.parts))
    strays = (sentence for name, sentences in proposed.items() if name not in templates for sentence in sentences)
    refused = (*draft.refused, *(RefusedSentence(sentence=one, reasons=(_UNPLANNED,)) for one in strays))
    return Letter(kind=plan.kind, frame=plan.frame, sections=sections, refused=refused)


def reasons_against(sentence: Sentence, point: Point, template: Sentence, evidence: Evidence) -> tuple[str, ...]:
    """Why a writer's sentence cannot stand for a point; none where it is carried and says what the template says."""
    reasons = _uncarried(sentence, point, evidence)
    if point.kind is SentenceKind.FACT and sentence.text != template.text:
        reasons += tuple(told_reasons(sentence, template, evidence))
    return reasons


def _uncarried(sentence: Sentence, point: Point, evidence: Evidence) -> tuple[str, ...]:
    return (*_departs(sentence, point), *verify(sentence, evidence))


def _by_point(sentences: Iterable[Sentence]) -> Mapping[str, Sequence[Sentence]]:
    found: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        found.setdefault(sentence.id, []).append(sentence)
    return found


@dataclass(frozen=True)
class _Draft:
    """A letter being written: what each point could say, and what was refused so far."""

    evidence: Evidence
    templates: Mapping[str, Sentence]
    proposed: Mapping[str, Sequence[Sentence]]
    refused: list[RefusedSentence] = field(default_factory=list)

    def section(self, part: PartPlan) -> Section:
        """A part, verified."""
        sentences = tuple(filter(None, map(self.sentence, part.points)))
        grid = _grid(part, frozenset(sentence.id for sentence in sentences))
        return Section(part=part.part, heading=part.heading, sentences=sentences, grid=grid, listed=part.listed)

    def sentence(self, point: Point) -> Sentence | None:
        """The first sentence on a point that is not refused."""
        if point.kind is SentenceKind.NOTE:  # the checker's words as they are: there is nothing to verify them against
            return self.templates[point.id]
        tried: list[str] = []
        for sentence, reasons in self._judged(point):
            if sentence.text in tried:
                continue
            tried.append(sentence.text)
            if not reasons:
                spare = (other for other in self.proposed.get(point.id, ()) if other.text not in tried)
                self.refused.extend(RefusedSentence(sentence=other, reasons=(_TOLD,)) for other in spare)
                return sentence.model_copy(update={"comment": point.comment})
            self.refused.append(RefusedSentence(sentence=sentence, reasons=reasons))
        return None

    def _judged(self, point: Point) -> Iterator[tuple[Sentence, tuple[str, ...]]]:
        """What could stand for a point, best first, each with the reasons against it."""
        template = self.templates[point.id]
        for sentence in self.proposed.get(point.id, ()):
            yield sentence, reasons_against(sentence, point, template, self.evidence)
        yield template, _uncarried(template, point, self.evidence)
        if quoted := from_quote(point, self.evidence):
            yield quoted, _uncarried(quoted, point, self.evidence)


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


def _departs(sentence: Sentence, point: Point) -> Sequence[str]:
    """Why a writer's sentence is not the one that was planned."""
    planned = (point.kind, point.facts, point.fields, point.criterion, point.rule, point.spans)
    passage = sentence.citations if point.spans else ()
    written = (sentence.kind, sentence.facts, sentence.fields, sentence.criterion, sentence.rule, passage)
    return () if planned == written else ("it does not rest on what the plan gave it",)
