"""What became of each file that came: the report of a round, one row for each file found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import Field

from pipeline.batch.desk import Desk
from pipeline.batch.papers import Contents, Piece
from pipeline.batch.register import ARRIVALS, JOINED, PAPERS
from schemas.base import Frozen

Outcome = Literal["case", "duplicate", "quarantined", "ignored", "unassigned"]


class Member(Frozen):
    """What became of a file, or of one in a mail or archive. `cases` has the ids, `reason` says why it is so."""

    file: str = Field(description="Path below the inbox; of a member: outer/inner.")
    sha256: str = ""
    outcome: Outcome
    cases: tuple[str, ...] = ()
    reason: str = ""


class File(Member):
    """A row of the report. `members` are those of a mail or an archive, at any depth."""

    members: tuple[Member, ...] = ()


@dataclass(slots=True)
class _Known:
    """What the register knows of the papers of one file within an arrival."""

    cases: dict[str, str] = field(default_factory=dict)  # with the reason
    twins: dict[str, str] = field(default_factory=dict)  # cases of what it is a copy of, with the reason
    waiting: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def account(desk: Desk, arrivals: Sequence[str]) -> list[File]:
    """The rows of arrivals that were read, in the order given."""
    if not arrivals:
        return []
    with desk.register.look() as do:
        joined: dict[str, dict[str, str]] = {}
        for row in do.execute(sa.select(JOINED)):
            joined.setdefault(row.paper, {})[row.case] = row.reason
        papers = [dict(row._mapping) for row in do.execute(sa.select(PAPERS).order_by(PAPERS.c.arrival, PAPERS.c.n))]
        came = {row.id: row._mapping for row in do.execute(sa.select(ARRIVALS))}
    of_file: dict[str, list[Mapping[str, Any]]] = {}
    for paper in papers:
        of_file.setdefault(paper["record"]["sha256"], []).append(paper)
    first: dict[str, str] = {}
    for one in sorted(came.values(), key=lambda one: one["n"]):
        first.setdefault(one["sha256"], one["id"])

    def known(arrival: str, sha256: str) -> _Known:
        return _known(arrival, of_file.get(sha256, ()), joined)

    rows = []
    for name in arrivals:
        arrival = came[name]
        origin = first[arrival["sha256"]]
        if origin != name:
            rows.append(_copy(arrival, came[origin]["path"], known("", arrival["sha256"])))
        else:
            contents = arrival["contents"]
            held = Contents.model_validate_json(desk.store.get(contents)) if contents else None
            rows.append(_row(arrival, held, known))
    return rows


def _known(arrival: str, papers: Sequence[Mapping[str, Any]], joined: Mapping[str, Mapping[str, str]]) -> _Known:
    found = _Known()
    for paper in papers:
        cases = joined.get(paper["id"], {})
        if paper["arrival"] != arrival:
            found.twins |= dict.fromkeys(cases, "the same bytes have come before")
        elif paper["same_as"]:
            found.twins |= dict.fromkeys(joined.get(paper["same_as"], {}), "another scan of a letter that has come")
        elif paper["aside"]:
            found.aside.append(paper["aside"])
        elif paper["waiting"]:
            found.waiting.append(paper["waiting"])
        found.cases |= cases if paper["arrival"] == arrival else {}
    return found


def _told(found: _Known) -> tuple[Outcome, tuple[str, ...], str]:
    """Outcome, cases and reason. Where papers of one file fared differently, the reason says so."""
    if found.cases:
        reasons = [*found.cases.values(), *(f"part of it waits: {why}" for why in found.waiting)]
        return "case", tuple(found.cases), "; ".join(dict.fromkeys(reasons))
    if found.waiting:
        return "unassigned", (), "; ".join(dict.fromkeys(found.waiting))
    if found.twins:
        return "duplicate", tuple(found.twins), "; ".join(dict.fromkeys(found.twins.values()))
    if found.aside:
        return "ignored", (), "; ".join(dict.fromkeys(found.aside))
    return "duplicate", (), "the same bytes have come before"


def _copy(arrival: sa.RowMapping, of: str, found: _Known) -> File:
    cases = tuple(found.twins)
    return File(
        file=arrival["path"],
        sha256=arrival["sha256"],
        outcome="duplicate",
        cases=cases,
        reason=f"the same bytes as {of}",
    )


def _row(arrival: sa.RowMapping, held: Contents | None, known: Callable[[str, str], _Known]) -> File:
    about = {"file": arrival["path"], "sha256": arrival["sha256"]}
    if held is None:
        return File(**about, outcome="quarantined", reason=arrival["failed"] or "it was not read")
    own = next((piece for piece in held.pieces if piece.sha256 == arrival["sha256"]), None)
    if own is not None:
        return File(**_member(own, arrival["id"], known).model_dump() | about)
    members = tuple(_members(held, arrival["id"], known))
    for outcome in ("case", "unassigned", "duplicate", "ignored", "quarantined"):
        of_it = [member for member in members if member.outcome == outcome]
        if of_it:
            cases = tuple(dict.fromkeys(case for member in members for case in member.cases))
            reason = f"{len(of_it)} of {len(members)} in it"
            return File(**about, outcome=outcome, cases=cases, reason=reason, members=members)
    return File(**about, outcome="quarantined", reason=arrival["failed"] or "there is nothing in it")


def _members(held: Contents, arrival: str, known: Callable[[str, str], _Known]) -> Iterator[Member]:
    for piece in held.pieces:
        row = _member(piece, arrival, known)
        yield row
        for copy in piece.copies:
            yield row.model_copy(update={"file": copy, "outcome": "duplicate", "reason": f"the same as {piece.file}"})
    for name, reason in held.unread:
        yield Member(file=name, outcome="quarantined", reason=reason)


def _member(piece: Piece, arrival: str, known: Callable[[str, str], _Known]) -> Member:
    if piece.failed:
        return Member(file=piece.file, sha256=piece.sha256, outcome="quarantined", reason=piece.failed)
    outcome, cases, reason = _told(known(arrival, piece.sha256))
    if piece.lost:
        reason += f"; {piece.lost} of its pages could not be read"
    return Member(file=piece.file, sha256=piece.sha256, outcome=outcome, cases=cases, reason=reason)
