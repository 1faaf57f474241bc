"""What stands around the sentences of a letter: to whom it goes, what it is about in the notice's terms, who signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from pipeline.draft.citations import cite
from pipeline.draft.evidence import Evidence
from pipeline.draft.phrases import day, series
from pipeline.draft.tables import tables
from pipeline.folding import folded
from pipeline.tables import load
from schemas.base import Frozen
from schemas.denial import Denial, PlanType
from schemas.letter import Blank, CaseLine, Frame, LetterKind
from schemas.span import Cited


class Row(Frozen):
    """A row of the table that identifies the case."""

    label: str
    field: str
    needed: bool = False
    few: bool = False
    several: str = ""


class KindRow(Frozen):
    """What is particular to a kind of letter."""

    file: str
    subject: str
    opening: str = ""
    salutation: str = ""
    signature: Literal["appellant", "clinician"] | None = None
    compact: bool = False
    few_lines: bool = False
    enclosures: bool = True


class Frames(Frozen):
    """frames.yaml."""

    kinds: dict[LetterKind, KindRow]
    reviews: dict[PlanType, str]
    review: str
    rows: tuple[Row, ...]
    one_of: tuple[str, ...]
    departments: tuple[str, ...]
    where: dict[Literal["plan", "outside"], Blank]
    attention: str
    signatures: dict[str, tuple[Blank, ...]]


@cache
def frames() -> Frames:
    """The table, read once."""
    return Frames(**load("draft", "frames.yaml"))


def copies(kind: LetterKind) -> dict[str, bool]:
    """The files of a kind of letter, each with whether it has comments to review: what is sent has a copy without."""
    name = frames().kinds[kind].file
    return {name: False} if kind.is_internal else {name: True, name.replace(".docx", "-clean.docx"): False}


def review_name(denial: Denial) -> str:
    """What the review outside the plan is called under this plan."""
    plan = denial.plan_type.value if denial.plan_type else PlanType.UNKNOWN
    return frames().reviews.get(plan, frames().review)


def frame(kind: LetterKind, evidence: Evidence) -> Frame:
    """The frame of a letter of a kind, from the notice and who appeals."""
    row, denial = frames().kinds[kind], evidence.denial
    elsewhere = kind is LetterKind.EXTERNAL and denial.appeal.used_up is None
    silent = kind.is_internal or elsewhere
    return Frame(
        subject=row.subject.format(review=review_name(denial)),
        address=() if silent else tuple(_address(denial)),
        where=frames().where["outside" if elsewhere else "plan"],
        fax=denial.appeal.fax.value if denial.appeal.fax and not silent else "",
        salutation=row.salutation,
        lines=tuple(_lines(evidence, row.few_lines)),
        signature=_signature(row, evidence),
        enclosures=row.enclosures,
        compact=row.compact,
        internal=kind.is_internal,
    )


def _address(denial: Denial) -> Iterator[str]:
    """Payer, department and address line by line, as the notice breaks it; nothing where it gives none."""
    stated = denial.appeal.address
    if stated is None:
        return
    printed = [s.quote for s in stated.spans if " ".join(s.quote.split()) == " ".join(stated.value.split())]
    text = stated.value if "\n" in stated.value else (printed or [stated.value])[0]
    lines = [" ".join(line.split()).rstrip(",") for line in text.splitlines() if line.strip()]
    whole = folded(" ".join(lines))
    if denial.payer and folded(denial.payer.value.partition("(")[0].strip()) not in whole:
        yield denial.payer.value
    if not any(word in whole for word in frames().departments):
        yield frames().attention
    yield from lines


def _lines(evidence: Evidence, few: bool) -> Iterator[CaseLine]:
    denial, labels = evidence.denial, evidence.papers.labels
    for row in frames().rows:
        if few and not row.few:
            continue
        value = _value(evidence, row.field)
        if value:
            label = row.several if row.several and len(_every(denial, row.field)) > 1 else ""
            yield CaseLine(field=row.field, label=label or labels.get(row.field, row.label), value=value)
        elif _is_needed(row, denial):
            blank = tables().supply[row.field]
            yield CaseLine(field=row.field, label=row.label, blank=Blank(text=blank.text, comment=blank.comment))


def _value(evidence: Evidence, field: str) -> str:
    """What the notice states for a row, codes with the text that the documents give them; "" where it is silent."""
    shown = dict.fromkeys(_shown(cited.value, evidence) for cited in _every(evidence.denial, field))
    return "; ".join(shown) if any(", " in text for text in shown) else series([*shown])


def _every(denial: Denial, field: str) -> tuple[Cited[object], ...]:
    found = getattr(denial, field)
    return found if isinstance(found, tuple) else (found,) if found else ()


def _shown(value: object, evidence: Evidence) -> str:
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return f"${value:,.2f}"
    text = " ".join(str(value).split())
    named = evidence.papers.codes.get(text)
    service = evidence.denial.service.value if evidence.denial.service else ""
    if named is None or folded(named.text) in folded(service):
        return text
    noticed = {span.document for span in evidence.denial.letter_date.spans} if evidence.denial.letter_date else set()
    place = "" if named.span.document in noticed else cite((named.span,), evidence.exhibits)
    return f"{text}, {named.text} {place}".rstrip()


def _is_needed(row: Row, denial: Denial) -> bool:
    """Whether an appeal needs the row: by itself, or as the first of several of which one is enough."""
    one_of = frames().one_of
    silent = all(getattr(denial, name) is None for name in one_of)
    return row.needed or (row.field == one_of[0] and silent)


def _signature(row: KindRow, evidence: Evidence) -> tuple[Blank, ...]:
    """The blanks of who signs, with who may; never filled."""
    if row.signature is None:
        return ()
    name = evidence.appellant.value if row.signature == "appellant" else row.signature
    deadline = evidence.coverage.deadline
    told = [f"{note.text} ({note.source})" for note in (deadline.who_may_appeal, deadline.consent) if note]
    who = " ".join(told)
    blanks = frames().signatures[name]
    return tuple(Blank(text=one.text, comment=one.comment.replace("{who}", who).strip()) for one in blanks)
