"""The sheet for a peer-to-peer talk: one page, criterion by criterion, for the practice and never sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.draft.answers import answer, quoted
from pipeline.draft.companions.one_page import shortened, shrinking
from pipeline.draft.companions.parts import Cells, part, table
from pipeline.draft.companions.words import companion_words, to_fill
from pipeline.draft.evidence import Evidence
from pipeline.draft.frame import frame
from pipeline.draft.plan import ground
from pipeline.draft.points import LetterPlan, Point, blank, fields_stated, note, stating
from schemas.coverage import Verdict
from schemas.denial import Criterion
from schemas.letter import LetterKind, Part, SentenceKind


def plans(evidence: Evidence) -> Iterator[LetterPlan]:
    """Plans of ever fewer words, the fullest first."""
    yield from shrinking(evidence, plan)


def plan(evidence: Evidence, criteria: Sequence[Criterion], most: int) -> LetterPlan:
    """On these criteria, and of each at most so many statements."""
    words, count = companion_words(), len(evidence.denial.criteria)
    rows = [_row(criterion, evidence, most) for criterion in criteria]
    questions = [note(question) for question in words.talk_questions]
    if len(criteria) < count:
        questions.append(note(words.cut.format(n=count - len(criteria), all=count)))
    parts = (
        part("talk_offer", Part.OPENING, _offer(evidence)),
        part("talk_reason", Part.NECESSITY, ground(evidence)),
        table("talk_points", Part.CRITERIA, "talk", rows or [([blank("no_criteria")], [], [])]),
        part("talk_ask", Part.CLOSING, questions, listed=True),
        part("talk_write", Part.CLOSING, [to_fill("reviewer"), to_fill("outcome")], listed=True),
    )
    return LetterPlan(kind=LetterKind.TALK, frame=frame(LetterKind.TALK, evidence), parts=parts)


def _offer(evidence: Evidence) -> Iterator[Point]:
    if fields_stated(evidence, "appeal.peer_to_peer"):
        yield stating("offer", fields=("appeal.peer_to_peer",))
    else:
        yield to_fill("talk")


def _row(criterion: Criterion, evidence: Evidence, most: int) -> Cells:
    """The payer's words; what the record shows; the finding, with what to obtain where it is not met."""
    result = evidence.results.get(criterion.id)
    shown = [p for p in answer(criterion, evidence) if p.kind is not SentenceKind.PLACEHOLDER and p.say != "met"]
    words = [*quoted(criterion, evidence, "criterion_words")]
    if result is None:
        return words, shortened(shown, most), []
    verdict = companion_words().verdicts[result.verdict]
    carried = result.verdict is Verdict.MET or any(point.kind is SentenceKind.ASK for point in shown)
    said = "" if carried else result.gap or result.explanation
    finding = note(f"{verdict[:1].upper()}{verdict[1:]}. {said}", criterion=criterion.id)
    return words, shortened(shown, most), [finding]
