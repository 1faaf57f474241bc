"""The points of a letter's plan: one sentence each, with the facts, fields or law that it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.draft.evidence import Evidence, law_text
from pipeline.draft.tables import tables
from schemas.base import Frozen
from schemas.coverage import LegalBasis
from schemas.fact import Fact
from schemas.letter import Frame, LetterKind, Part, SentenceKind
from schemas.span import Cited, Span


class Point(Frozen):
    """One sentence to write. `say` names its template; the first fact is the one it tells, the others say the same.

    `text` is given where the words are fixed: a statement of law, a placeholder, a note. `spans` is the passage of a
    guideline that it quotes, or what a note shows. `cell` is its row and column where the part is a table.
    """

    id: str
    kind: SentenceKind
    say: str
    facts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    criterion: str | None = None
    rule: str | None = None
    text: str = ""
    comment: str = ""
    cell: tuple[int, int] | None = None


class PartPlan(Frozen):
    """What one part of the letter is to state, in order; with `titles`, of columns, as a table of those `widths`."""

    part: Part
    heading: str
    points: tuple[Point, ...]
    titles: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    listed: bool = False

    def numbered(self, name: str) -> PartPlan:
        """The same with ids for its points, which `name` makes unlike those of other parts."""
        points = (point.model_copy(update={"id": f"{name}-{n}"}) for n, point in enumerate(self.points, start=1))
        return self.model_copy(update={"points": tuple(points)})


class LetterPlan(Frozen):
    """The parts of a letter with what stands around them. A part without points is not printed."""

    kind: LetterKind = LetterKind.APPEAL
    frame: Frame = Frame()
    parts: tuple[PartPlan, ...]


def stating(say: str, facts: Sequence[Fact] = (), fields: Sequence[str] = (), criterion: str | None = None) -> Point:
    """A statement of facts, the one it tells first, or of fields of the notice."""
    names = tuple(fact.id for fact in facts)
    return Point(id="", kind=SentenceKind.FACT, say=say, facts=names, fields=tuple(fields), criterion=criterion)


def quoting(say: str, passage: Span) -> Point:
    """A passage of a guideline, word for word, for the reviewer to confirm."""
    comment = tables().comments["guideline"]
    return Point(id="", kind=SentenceKind.FACT, say=say, spans=(passage,), comment=comment)


def asking(say: str, *fields: str, criterion: str | None = None) -> Point:
    """A request, with the fields it repeats."""
    return Point(id="", kind=SentenceKind.ASK, say=say, fields=fields, criterion=criterion)


def blank(say: str, comment: str = "", criterion: str | None = None) -> Point:
    """A placeholder, with what the reviewer is told."""
    row = tables().placeholders[say]
    told = comment or row.comment
    return Point(id="", kind=SentenceKind.PLACEHOLDER, say=say, text=row.text, comment=told, criterion=criterion)


def note(text: str, spans: Sequence[Span] = (), criterion: str | None = None) -> Point:
    """The checker's own words, for the practice."""
    words = " ".join(text.split())
    return Point(id="", kind=SentenceKind.NOTE, say="note", text=words, spans=tuple(spans), criterion=criterion)


def law(basis: LegalBasis) -> Point:
    """A statement of law, word for word."""
    return Point(id="", kind=SentenceKind.LAW, say="law", text=law_text(basis), rule=basis.rule)


def fields_stated(evidence: Evidence, *paths: str) -> tuple[str, ...]:
    """Those of the fields that the notice states and whose pages are enclosed."""
    found = ((path, evidence.field(path)) for path in paths)
    return tuple(path for path, field in found if field and _is_enclosed(field, evidence))


def _is_enclosed(field: Cited[object], evidence: Evidence) -> bool:
    """Whether every place of a field is enclosed; a reviewer's value without a place cannot be cited."""
    return bool(field.spans) and all(map(evidence.enclosed, field.spans))
