"""The companions of an appeal letter, each built from the same evidence and verified as it is.

One module plans one kind: `one_page`, `necessity`, `records`, `talk`, `mapping`; the request for outside review is the
appeal's own plan. `budget` counts lines where a page must hold it all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.draft.companions import mapping, necessity, one_page, records, talk
from pipeline.draft.companions.budget import fits
from pipeline.draft.evidence import Evidence
from pipeline.draft.letter import compose
from pipeline.draft.plan import plan
from pipeline.draft.points import LetterPlan
from pipeline.draft.writer import Writer
from schemas.coverage import RouteKind
from schemas.document import Document
from schemas.letter import Appellant, Letter, LetterKind

__all__ = ["compose_kind", "main_kind"]


def main_kind(evidence: Evidence) -> LetterKind:
    """The appeal, or the request for outside review where the case is worked for a level outside the plan.

    Where only the notice says that no other level is left, law and deadline are still those of the plan's own.
    """
    coverage = evidence.coverage
    outside = any(route.kind is RouteKind.EXTERNAL_REVIEW for route in coverage.routes)
    of_the_plan = any(warning.code == "route_external_review" for warning in coverage.warnings)
    return LetterKind.EXTERNAL if outside and not of_the_plan else LetterKind.APPEAL


def compose_kind(
    kind: LetterKind, evidence: Evidence, documents: Sequence[Document] = (), writer: Writer | None = None
) -> Letter:
    """The letter of a kind, written and verified; of a one-page kind the fullest that fits its page."""
    if kind in (LetterKind.NECESSITY, LetterKind.TALK, LetterKind.MAP):  # the patient does not speak in these
        evidence = replace(evidence, appellant=Appellant.PROVIDER)
    plans = _plans(kind, evidence, documents)
    letter = compose(next(plans), evidence, writer)
    for shorter in plans:
        if fits(letter, evidence.exhibits):
            break
        letter = compose(shorter, evidence, writer)
    return letter


def _plans(kind: LetterKind, evidence: Evidence, documents: Sequence[Document]) -> Iterator[LetterPlan]:
    match kind:
        case LetterKind.ONE_PAGE:
            yield from one_page.plans(evidence)
        case LetterKind.TALK:
            yield from talk.plans(evidence)
        case LetterKind.NECESSITY:
            yield necessity.plan(evidence, documents)
        case LetterKind.RECORDS:
            yield records.plan(evidence)
        case LetterKind.MAP:
            yield mapping.plan(evidence)
        case _:
            yield plan(evidence, documents, kind)
