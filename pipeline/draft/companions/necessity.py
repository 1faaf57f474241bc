"""The letter of medical necessity: facts filled in and cited for the treating clinician, judgement left as blanks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.draft.answers import criteria
from pipeline.draft.companions.parts import part
from pipeline.draft.companions.words import to_fill
from pipeline.draft.evidence import Evidence
from pipeline.draft.frame import frame
from pipeline.draft.phrases import TREATMENTS
from pipeline.draft.plan import consequence, ground, guideline, identified, summary
from pipeline.draft.points import LetterPlan, PartPlan, Point, fields_stated, stating
from schemas.document import Document
from schemas.fact import FactKind
from schemas.letter import LetterKind, Part, SentenceKind

_PRESENT = (FactKind.FUNCTIONAL_LIMIT, FactKind.FINDING, FactKind.MEASUREMENT, FactKind.IMAGING)
_ORDER = ((FactKind.DIAGNOSIS,), TREATMENTS, _PRESENT[:1], _PRESENT[1:])


def plan(evidence: Evidence, documents: Sequence[Document]) -> LetterPlan:
    """The eight matters that a payer's reviewer looks for in such a letter, in order."""
    told = [point for point in summary(evidence, _ORDER) if point.kind is SentenceKind.FACT]
    why = [to_fill("why")]
    answer = [*ground(evidence), *criteria(evidence)]
    without = [*consequence(evidence), to_fill("without")]
    parts: tuple[PartPlan, ...] = (
        part("lmn_patient", Part.OPENING, [*_patient(evidence), *_of(told, evidence, "diagnosis", FactKind.DIAGNOSIS)]),
        part("lmn_service", Part.NECESSITY, [*list(identified(evidence))[:1], to_fill("rationale")]),
        part("lmn_presentation", Part.SUMMARY, [*_of(told, evidence, "", *_PRESENT), to_fill("course")]),
        part("lmn_treatment", Part.SUMMARY, _of(told, evidence, "treatment", *TREATMENTS)),
        part("lmn_why", Part.NECESSITY, why),
        part("lmn_answer", Part.CRITERIA, answer),
        part("lmn_guideline", Part.GUIDELINE, guideline(evidence, documents)),
        part("lmn_without", Part.CONSEQUENCE, without),
        part("lmn_statement", Part.CLOSING, [to_fill("statement")]),
    )
    return LetterPlan(kind=LetterKind.NECESSITY, frame=frame(LetterKind.NECESSITY, evidence), parts=parts)


def _patient(evidence: Evidence) -> Iterator[Point]:
    if fields := fields_stated(evidence, "patient_name", "birth_date"):
        yield stating("lmn_patient", fields=fields)


def _of(told: Sequence[Point], evidence: Evidence, name: str, *kinds: FactKind) -> list[Point]:
    """Those that tell facts of the kinds, or the blank of that name where there are none."""
    found = [point for point in told if evidence.facts[point.facts[0]].kind in kinds]
    return found or ([to_fill(name)] if name else [])
