"""How the desk words and orders what it shows: values as people type them, days left, what waits first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import Final
from urllib.parse import urlencode

from pipeline.batch.worklist import Asked, Shown, ordered
from pipeline.corrections.typed import MANY, TRIGGERS
from pipeline.draft.review import Review, Row, Value
from pipeline.draft.review_words import WORDS
from pipeline.web.room import Opened
from schemas.case import DocumentRecord
from schemas.coverage import Verdict
from schemas.denial import AppealWindow
from schemas.document import Role
from schemas.fact import Fact, Length
from schemas.requirement import leaves
from schemas.span import Span

PER_PAGE: Final = 100
FACTS: Final = 50  # on a page of the evidence
MOST_FACTS: Final = 20  # of a criterion
_FIRST: Final = (Verdict.NEEDS_REVIEW, Verdict.NOT_DOCUMENTED, Verdict.NOT_MET, Verdict.MET)
_SORTED: Final = {
    "payer": lambda row: row.payer.casefold(),
    "amount": lambda row: row.amount or Decimal(0),
    "state": lambda row: row.state,
    "reviewer": lambda row: row.reviewer.casefold(),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """Which rows of the worklist are asked for, in which order, and which page of them: as the address says it."""

    asked: Asked
    sort: str = "days"
    down: bool = False
    page: int = 1

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return self.asked != Asked()

    def rows(self, rows: Sequence[Shown]) -> list[Shown]:
        """Those asked for, in order."""
        found = ordered(row for row in rows if self.asked.holds(row))
        if self.sort in _SORTED:
            found.sort(key=_SORTED[self.sort])
        return found[::-1] if self.down else found

    def link(self, **changed: object) -> str:
        """The query of an address that asks for this, but for what is changed. It names no patient."""
        now = replace(self, **{"page": 1, **changed})  # type: ignore[arg-type]
        asked = now.asked
        told: dict[str, object] = {"state": asked.states, "payer": asked.payer, "service": asked.service}
        told |= {"within": "" if asked.within is None else asked.within, "reviewer": asked.reviewer}
        told |= {"sort": now.sort if now.sort != "days" else "", "down": "1" if now.down else ""}
        told |= {"page": now.page if now.page > 1 else ""}
        return urlencode({name: value for name, value in told.items() if value not in ("", ())}, doseq=True)


def due(row: Shown) -> str:
    """The days left, in words."""
    if row.days is None:
        return "deadline not known"
    if row.days < 0:
        return f"{-row.days} day{'s' if row.days != -1 else ''} past"
    return f"{row.days} day{'s' if row.days != 1 else ''} left"


def typed(value: object) -> str:
    """A value as a person types it."""
    match value:
        case None:
            return ""
        case Length():
            return f"{value.n:f} {value.unit}"
        case date():
            return value.isoformat()
        case AppealWindow():
            return f"{value.n} {value.unit} {TRIGGERS[value.trigger][0]}".rstrip()
        case _:
            return str(value)


def places(spans: Sequence[Span]) -> str:
    """The places of citations as the script of a case reads them: document, page, start and end of each."""
    return json.dumps([span.place for span in spans])


def next_index(value: Value) -> int:
    """Where a further value of the field goes."""
    return len(value.found) if value.field in MANY else 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page of the facts of a case, under their headings; `starts` are all headings, with counts and first pages."""

    page: int
    pages: int
    groups: tuple[tuple[str, tuple[Fact, ...]], ...]
    starts: tuple[tuple[str, int, int], ...]


def evidence(review: Review, page: int, of: str = "") -> Evidence:
    """The facts, those in doubt first, then by kind: the page of that number, or the one that has the fact `of`."""
    groups = [("In doubt: the two readers differ", tuple(fact for fact in review.case.facts if fact.in_doubt))]
    for kind, facts in review.facts_by_kind:
        groups.append((WORDS["fact_kind"][kind], tuple(fact for fact in facts if not fact.in_doubt)))
    listed = [(heading, fact) for heading, facts in groups for fact in facts]
    pages = max(1, ceil(len(listed) / FACTS))
    place = next((n for n, (_, fact) in enumerate(listed) if fact.id == of), None)
    page = min(max(page, 1), pages) if place is None else place // FACTS + 1
    here = groupby(listed[(page - 1) * FACTS : page * FACTS], key=itemgetter(0))
    first = {heading: n for n, (heading, _) in reversed([*enumerate(listed)])}
    return Evidence(
        page=page,
        pages=pages,
        groups=tuple((heading, tuple(fact for _, fact in found)) for heading, found in here),
        starts=tuple((heading, len(facts), first[heading] // FACTS + 1) for heading, facts in groups if facts),
    )


def letter_first(documents: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    """The documents in the order in which people read them: the denial, then what came with it."""
    return sorted(documents, key=lambda document: document.role != Role.DENIAL_LETTER)


def open_first(rows: Sequence[Row]) -> list[Row]:
    """The criteria, those that wait for a person first."""
    return sorted(rows, key=lambda row: _FIRST.index(row.result.verdict) if row.result else -1)


def tabs(opened: Opened) -> tuple[tuple[str, str, int], ...]:
    """The parts of a case, each with how much in it waits for a person."""
    case, row = opened.case, opened.kept.row
    refused = sum(one.correction is None for one in case.refused)
    warned = len(case.coverage.warnings) + len(case.failures) + refused
    return (
        ("denial", "Denial", warned),
        ("criteria", "Criteria", row.not_met + row.undocumented + row.to_review),
        ("evidence", "Evidence", sum(fact.in_doubt for fact in case.facts)),
        ("letter", "Letter", row.blanks + row.unsupported),
        ("history", "History", 0),
    )


def asked_terms(opened: Opened) -> list[str]:
    """The terms that the criteria ask for: what evidence is most likely to be called."""
    needs = (need for criterion in opened.case.denial.criteria for need in leaves(criterion.requirement))
    return sorted({term for need in needs for term in getattr(need, "terms", ())})
