"""The documentation map with what is to be done: for the practice, and never sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.draft.answers import answer, quoted
from pipeline.draft.companions.parts import Cells, part, table
from pipeline.draft.companions.words import companion_words
from pipeline.draft.evidence import Evidence
from pipeline.draft.frame import frame
from pipeline.draft.phrases import day, tidy
from pipeline.draft.points import LetterPlan, Point, blank, note
from schemas.coverage import CheckItem, CriterionResult, Verdict
from schemas.denial import Criterion
from schemas.fact import Assertion
from schemas.letter import LetterKind, Part, SentenceKind

_LONGEST = 300  # characters of a passage that is shown


def plan(evidence: Evidence) -> LetterPlan:
    """Deadline, map, checklists, actions, what was set aside, warnings."""
    coverage = evidence.coverage
    rows = [_row(criterion, evidence) for criterion in evidence.denial.criteria]
    items = (*coverage.proof_kit, *coverage.reviewer_five)
    parts = (
        part("map_deadline", Part.OPENING, [_deadline(evidence)]),
        table("map_points", Part.CRITERIA, "map", rows or [([blank("no_criteria")], [], [], [])]),
        table("map_checklist", Part.NECESSITY, "checklist", [_item(item, evidence) for item in items]),
        table("map_actions", Part.CLOSING, "actions", _actions(evidence)),
        table("map_aside", Part.SUMMARY, "aside", _set_aside(evidence)),
        part("map_warnings", Part.SUMMARY, [note(one.message, one.spans) for one in coverage.warnings], listed=True),
    )
    return LetterPlan(kind=LetterKind.MAP, frame=frame(LetterKind.MAP, evidence), parts=parts)


def _deadline(evidence: Evidence) -> Point:
    words, found = companion_words(), evidence.coverage.deadline
    if found.date is None:
        return note(words.no_deadline.format(basis=found.basis, question=found.question))
    safe = found.safe or found.date
    return note(words.deadline.format(date=day(found.date), safe=day(safe), basis=found.basis), found.spans)


def _row(criterion: Criterion, evidence: Evidence) -> Cells:
    result = evidence.results.get(criterion.id)
    shown = [p for p in answer(criterion, evidence) if p.kind is SentenceKind.FACT and p.say != "met"]
    words = [*quoted(criterion, evidence, "criterion_words")]
    if result is None:
        return words, [], shown, []
    verdict = note(companion_words().verdicts[result.verdict], criterion=criterion.id)
    missing = [] if result.verdict is Verdict.MET else [note(lacking(result), criterion=criterion.id)]
    return words, [verdict], shown, missing


def lacking(result: CriterionResult) -> str:
    """What is missing and from whom, else why the criterion is not met; with the kind of work that it leads to."""
    said = result.gap or result.explanation
    return companion_words().gap_kinds[result.gap_kind].format(said=said) if result.gap_kind else said


def _item(item: CheckItem, evidence: Evidence) -> Cells:
    words = companion_words()
    want = words.optional.format(want=item.want) if item.optional else item.want
    facts = [fact for name in item.facts if (fact := evidence.facts.get(name))]
    named = ", ".join(dict.fromkeys(fact.name for fact in facts))
    spans = tuple(span for fact in facts for span in fact.spans)
    told = note(named, spans) if facts else note(item.ask)
    return [note(words.ticked if item.facts else words.box)], [note(want)], [told]


def _actions(evidence: Evidence) -> Iterator[Cells]:
    for action in evidence.coverage.actions:
        by = [note(_day(action.by))] if action.by else []
        yield [note(companion_words().box)], by, [note(action.what)]


def _day(value: date) -> str:
    return day(value)


def _set_aside(evidence: Evidence) -> Iterator[Cells]:
    """What the checker considered and did not count, with its page, each passage once; nobody else's records."""
    told: set[object] = set()
    for result in evidence.coverage.criteria:
        for entry in result.rejected:
            fact = evidence.facts.get(entry.fact)
            if fact is None or not fact.spans or fact.assertion is Assertion.OTHER_PATIENT:
                continue
            place = (fact.spans[0].place, entry.reason)
            if place not in told and evidence.enclosed(fact.spans[0]):
                told.add(place)
                words = tidy(fact.spans[0].quote)
                passage = words if len(words) <= _LONGEST else fact.name
                yield [note(passage, fact.spans[:1])], [note(entry.reason)]
