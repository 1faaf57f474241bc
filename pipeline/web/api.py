"""The desk for programs: the same verbs as its pages, as JSON."""

from __future__ import annotations

import datetime
from datetime import UTC
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from pipeline.batch.report import Report
from pipeline.batch.worklist import Asked, Held, Shown
from pipeline.edited import EditedReport
from pipeline.web import forms
from pipeline.web.access import DESCRIBED, Reviewer, Viewer
from pipeline.web.answers import case_file, case_packet
from pipeline.web.room import Found, Here
from schemas.case import Case
from schemas.edit import Edit

ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "It cannot be read as a request."},
    401: {"description": "Nobody has signed in."},
    403: {"description": "The role does not allow it, or the change did not come from a page of the desk."},
    404: {"description": "There is no such case, page or file."},
    409: {"description": "The case does not allow it as it stands, or somebody changed it meanwhile."},
    408: {"description": "It came too slowly."},
    413: {"description": "It is larger than is taken, or unpacks to more."},
    415: {"description": "It is of no kind that is read."},
    422: {"description": "A field or a file is missing or is not what it should be."},
    503: {"description": "The desk cannot keep it, or cannot make it, now."},
    504: {"description": "The work on it took too long."},
}
router: Final = APIRouter(prefix="/api", tags=["desk"], responses=ERRORS, dependencies=DESCRIBED)
Id = Annotated[str, Path(max_length=80, description="The id of a case.")]
Said = Annotated[str, Field(max_length=500)]


class Told(BaseModel):
    """What is sent: no field that is not known."""

    model_config = ConfigDict(extra="forbid")


class State(BaseModel):
    """How a case stands: its row, the hash of its case.json, its papers and files."""

    row: Shown
    version: str
    papers: list[Held]
    files: dict[str, str] = Field(description="Name to hash: /api/cases/CASE/files/HASH.")


class Event(BaseModel):
    """An entry of the audit log."""

    at: str
    who: str
    what: str
    why: str


class Sought(Told):
    """Words to be found."""

    words: Annotated[str, Field(max_length=200)]


class Correction(Told):
    """An edit with its reason, and `seen`, the version of the case that it was made on."""

    edit: Edit
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    seen: str


class Approval(Told):
    """The version that is approved, and why, where its letter leaves something open."""

    seen: str
    why: Said = ""


class Sent(Told):
    """How the appeal was sent, what proves it, and when."""

    method: Annotated[str, Field(min_length=1, max_length=80)]
    proof: Said = ""
    on: datetime.date


class Decided(Told):
    """What the payer decided, and when."""

    outcome: Literal["overturned", "upheld", "partly", "withdrawn"]
    on: datetime.date


class Why(Told):
    """A reason."""

    why: Said = ""


@router.get("/worklist")
def worklist(
    _: Viewer,
    room: Here,
    state: Annotated[list[str] | None, Query()] = None,
    payer: str = "",
    service: str = "",
    within: Annotated[int | None, Query(ge=-100_000, le=100_000)] = None,
    reviewer: str = "",
) -> list[Shown]:
    """The cases, the most urgent first."""
    asked = Asked(tuple(state or ()), payer, service, within, reviewer)
    return [row for row in room.rows() if asked.holds(row)]


@router.get("/report")
def report(_: Viewer, room: Here) -> Report:
    """Counts, amounts, times and outcomes."""
    return room.report()


@router.get("/cases/{case}")
def state(session: Viewer, room: Here, case: Id) -> State:
    """How a case stands."""
    opened = room.opened(case)
    room.looked(case, session.user.name)
    return State(row=opened.shown, version=opened.version, papers=room.papers(case), files=dict(opened.kept.files))


@router.get("/cases/{case}/case.json")
def case_json(session: Viewer, room: Here, case: Id) -> Case:
    """All that was found and concluded."""
    found = room.opened(case).case
    room.viewed(case, session.user.name)
    return found


@router.get("/cases/{case}/history")
def history(session: Viewer, room: Here, case: Id) -> list[Event]:
    """What was done with a case."""
    room.opened(case)
    room.looked(case, session.user.name)
    return [Event(at=one.at, who=one.who, what=one.what, why=one.why) for one in room.history(case)]


@router.post("/cases/{case}/search")
def search(session: Viewer, room: Here, case: Id, sought: Sought) -> list[Found]:
    """Where words stand in the documents of a case."""
    found = room.search(case, sought.words)
    room.looked(case, session.user.name)
    return found


@router.get("/cases/{case}/pages/{document}/{number}")
def page(session: Viewer, room: Here, case: Id, document: str, number: int) -> dict[str, Any]:
    """A page's text, its size, and where its words are."""
    found = room.words(case, document, number)
    room.looked(case, session.user.name)
    return found


@router.get("/cases/{case}/pages/{document}/{number}/picture", response_class=Response)
def picture(session: Viewer, room: Here, case: Id, document: str, number: int) -> Response:
    """A page of paper as a JPEG."""
    found = room.picture(case, document, number)
    room.looked(case, session.user.name)
    return Response(found, media_type="image/jpeg")


@router.get("/cases/{case}/files/{digest}", response_class=Response)
def file(session: Viewer, room: Here, case: Id, digest: str) -> Response:
    """A file of a case, by its hash."""
    return case_file(room, session.user.name, case, digest)


@router.get("/cases/{case}/packet", response_class=Response)
def packet(session: Viewer, room: Here, case: Id, fax: bool = False) -> Response:
    """The letter and its exhibits, bound."""
    return case_packet(room, session.user.name, case, fax=fax)


@router.post("/cases/{case}/edits")
def correct(session: Reviewer, room: Here, case: Id, correction: Correction) -> list[str]:
    """Correct what was read, and conclude anew; what is then not as it was."""
    told = {"edit": correction.edit, "by": session.user.name, "at": datetime.datetime.now(UTC)}
    return room.correct(case, correction.seen, forms.as_signed({**told, "reason": correction.reason.strip()}))


@router.post("/cases/{case}/edited")
def take_letter(session: Reviewer, room: Here, case: Id, letter: UploadFile, seen: str) -> EditedReport:
    """Hold a letter that was edited in Word against the record, and take it for the one to send."""
    return room.take_letter(case, seen, session.user.name, letter.file.read())


@router.post("/cases/{case}/approve", status_code=204)
def approve(session: Reviewer, room: Here, case: Id, approval: Approval) -> None:
    """The letter may go out."""
    room.approve(case, approval.seen, session.user.name, approval.why.strip())


@router.post("/cases/{case}/submit", status_code=204)
def submit(session: Reviewer, room: Here, case: Id, sent: Sent) -> None:
    """The appeal was sent."""
    room.desk.submit(case, session.user.name, sent.method, sent.proof, sent.on)


@router.post("/cases/{case}/decide", status_code=204)
def decide(session: Reviewer, room: Here, case: Id, decided: Decided) -> None:
    """The payer decided."""
    room.desk.decide(case, session.user.name, decided.outcome, decided.on)


@router.post("/cases/{case}/close", status_code=204)
def close(session: Reviewer, room: Here, case: Id, why: Why) -> None:
    """Nothing is left to do."""
    room.desk.close(case, session.user.name, why.why)


@router.post("/cases/{case}/reopen", status_code=204)
def reopen(session: Reviewer, room: Here, case: Id, why: Why) -> None:
    """A person looks again."""
    room.reopen(case, session.user.name, why.why)


@router.post("/cases/{case}/take", status_code=204)
def take(session: Reviewer, room: Here, case: Id) -> None:
    """Take the case on."""
    room.desk.take(case, session.user.name)
