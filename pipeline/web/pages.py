"""The pages of the desk: the worklist, a case with its documents beside it, the reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from pipeline.batch import calendar
from pipeline.batch import report as reports
from pipeline.batch.stages import CHECKED, EDITED
from pipeline.batch.states import OUTCOMES, State
from pipeline.batch.worklist import Asked, as_csv, at_stake, urgency
from pipeline.errors import AppealwrightError
from pipeline.web import forms, views
from pipeline.web.access import Reviewer, Viewer
from pipeline.web.answers import case_file, case_packet, download
from pipeline.web.people import Role, Session
from pipeline.web.room import Here, Opened, Room
from pipeline.web.views import PER_PAGE, Listed
from schemas.case import Category

router: Final = APIRouter(include_in_schema=False)
_TABS: Final = ("denial", "criteria", "evidence", "letter", "history")


def _page(request: Request, name: str, session: Session, told: Mapping[str, Any]) -> Response:
    may = session.user.role.may(Role.REVIEWER)
    shared = {"session": session, "may_decide": may, "may_change": may}
    answer: Response = request.app.state.templates.TemplateResponse(request, name, {**shared, **told})
    return answer


# The worklist and the reports.


def _listed(
    state: Annotated[list[str] | None, Query()] = None,
    payer: str = "",
    service: str = "",
    within: str = "",
    reviewer: str = "",
    sort: str = "days",
    down: str = "",
    page: str = "1",
) -> Listed:
    states = tuple(one for one in state or () if one)
    days = int(within) if within.isdecimal() and len(within) < _DIGITS else None
    asked = Asked(states, payer.strip(), service.strip(), days, reviewer.strip())
    return Listed(asked, sort, bool(down), _number(page))


_DIGITS: Final = 6


def _number(page: str) -> int:
    """The number of a page, from 1; 1 where it is none."""
    return max(int(page), 1) if page.isdecimal() and len(page) < _DIGITS else 1


List = Annotated[Listed, Depends(_listed)]


@router.get("/")
def home(_: Viewer) -> Response:
    """The worklist is the first page."""
    return RedirectResponse("/cases", 303)


@router.get("/cases")
def worklist(request: Request, session: Viewer, room: Here, asked: List) -> Response:
    """The cases by deadline."""
    rows = asked.rows(room.rows())
    start = (asked.page - 1) * PER_PAGE
    told = {
        "here": "/cases",
        "asked": asked,
        "rows": rows[start : start + PER_PAGE],
        "count": len(rows),
        "pages": ceil(len(rows) / PER_PAGE),
        "stake": at_stake(rows),
        "urgent": sum(
            urgency(row) in ("past", "soon") and row.state not in ("submitted", "decided", "closed") for row in rows
        ),
        "states": [state.value for state in State],
        "waiting": room.desk.waiting(),
    }
    return _page(request, "worklist.html.jinja", session, told)


@router.post("/worklist")
def change_many(
    session: Reviewer,
    room: Here,
    do: Annotated[Literal["take", "close"], Form()],
    case: Annotated[list[str] | None, Form()] = None,
    why: Annotated[str, Form()] = "",
) -> Response:
    """Take cases on, or close them, several at once."""
    who = session.user.name
    refused: list[str] = []
    for one in case or ():
        try:
            if do == "take":
                room.desk.take(one, who)
            else:
                room.desk.close(one, who, why.strip())
        except AppealwrightError as error:
            refused.append(str(error))
    if refused:
        raise AppealwrightError(Category.REFUSED, f"{len(refused)} of {len(case or ())}", "; ".join(refused))
    return RedirectResponse("/cases", 303)


@router.get("/worklist.csv")
def worklist_csv(_: Viewer, room: Here, asked: List) -> Response:
    """The cases as CSV."""
    return download("worklist.csv", as_csv(asked.rows(room.rows())).encode())


@router.get("/worklist.ics")
def worklist_ics(_: Viewer, room: Here, asked: List) -> Response:
    """The deadlines as a calendar."""
    return download("deadlines.ics", calendar.as_ics(asked.rows(room.rows()), room.today()).encode())


@router.get("/reports")
def report_page(request: Request, session: Viewer, room: Here) -> Response:
    """Counts and amounts, with bars."""
    found = room.report()
    tables = [(heading, getattr(found, name)) for name, heading in reports.TABLES]
    return _page(request, "reports.html.jinja", session, {"here": "/reports", "report": found, "tables": tables})


@router.get("/reports.csv")
def report_csv(_: Viewer, room: Here) -> Response:
    """The report as CSV."""
    return download("report.csv", reports.as_csv(room.report()).encode())


# A case.


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a case, and of its evidence the page, or the fact that is to be seen."""

    tab: str
    page: int = 1
    fact: str = ""


def _told(room: Room, session: Session, opened: Opened, part: _Part, flash: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the part of a case shows."""
    tab = part.tab
    told: dict[str, Any] = {"here": "", "opened": opened, "shown": opened.shown, "tab": tab, "flash": flash}
    told["may_change"] = session.user.role.may(Role.REVIEWER) and opened.may_change
    told["tabs"] = views.tabs(opened)
    if tab == "letter":
        files = opened.kept.files
        told["downloads"] = [(name, files[name]) for name in _offered(files)]
        told["letter_report"] = room.letter_report(files)
        told |= {"outcomes": OUTCOMES, "today": room.today().isoformat()}
    elif tab == "evidence":
        told["evidence"] = views.evidence(opened.worked, part.page, part.fact)
    elif tab == "history":
        told |= {
            "papers": room.papers(opened.id),
            "unfit": room.desk.unfit(opened.id),
            "history": room.history(opened.id),
        }
    return told


def _offered(files: Mapping[str, str]) -> list[str]:
    """The files of a case that people take with them: its letters, and first those that were edited."""
    edited = [name for name in (CHECKED, EDITED) if name in files]
    return [*edited, *sorted(name for name in files if name.endswith(".docx") and name not in (CHECKED, EDITED))]


@router.get("/cases/{case}")
def case_page(
    request: Request, session: Viewer, room: Here, case: str, tab: str = "denial", page: str = "1"
) -> Response:
    """A case: its documents, and beside them what was made of them."""
    opened = room.opened(case)
    room.viewed(case, session.user.name)
    if opened.review is None:
        return _page(request, "unworked.html.jinja", session, {"here": "", "opened": opened, "shown": opened.shown})
    return _page(request, "case.html.jinja", session, _told(room, session, opened, _part(tab, page), None))


@router.get("/cases/{case}/tabs/{tab}")
def case_tab(request: Request, session: Viewer, room: Here, case: str, tab: str, page: str = "1") -> Response:
    """A part of a case."""
    opened = room.opened(case)
    room.looked(case, session.user.name)
    return _page(request, "desk.html.jinja", session, _told(room, session, opened, _part(tab, page), None))


def _part(tab: str, page: str) -> _Part:
    return _Part(_tab(tab), _number(page))


def _tab(name: str) -> str:
    return name if name in _TABS else _TABS[0]


@router.post("/cases/{case}/search")
def search(
    request: Request, session: Viewer, room: Here, case: str, words: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Where words stand in the documents. What is searched for is in no address."""
    hits = room.search(case, words)
    room.looked(case, session.user.name)
    return _page(request, "hits.html.jinja", session, {"searched": bool(words.strip()), "hits": hits})


@router.get("/cases/{case}/pages/{document}/{number}")
def page_words(session: Viewer, room: Here, case: str, document: str, number: int) -> Response:
    """A page's size, its text, and where its words are."""
    found = room.words(case, document, number)
    room.looked(case, session.user.name)
    return JSONResponse(found)


@router.get("/cases/{case}/pages/{document}/{number}/picture")
def page_picture(session: Viewer, room: Here, case: str, document: str, number: int, small: bool = False) -> Response:
    """A page of paper."""
    found = room.picture(case, document, number, small=small)
    room.looked(case, session.user.name)
    return Response(found, media_type="image/jpeg")


@router.get("/cases/{case}/files/{digest}")
def file(session: Viewer, room: Here, case: str, digest: str) -> Response:
    """A file of the case."""
    return case_file(room, session.user.name, case, digest)


@router.get("/cases/{case}/packet")
def packet(session: Viewer, room: Here, case: str, fax: bool = False) -> Response:
    """The letter and its exhibits, bound."""
    return case_packet(room, session.user.name, case, fax=fax)


# What a reviewer does.


@router.post("/cases/{case}/edits")
async def edit(request: Request, session: Reviewer, room: Here, case: str) -> Response:
    """Correct what was read; the checker runs again at once."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_edit, request, session, room, case, form)


def _edit(request: Request, session: Session, room: Room, case: str, form: Mapping[str, str]) -> Response:
    part = _part(form.get("tab", ""), form.get("page", ""))
    fact = room.opened(case).worked.facts.get(form.get("fact", ""))
    changes = room.correct(case, form.get("seen", ""), forms.signed(form, session.user.name, fact))
    flash = {
        "title": "Done. The case was checked again." if changes else "Done. Nothing else changed.",
        "lines": changes,
    }
    if "hx-request" not in request.headers:
        return _back(case, part.tab, part.page)
    opened = room.opened(case)
    if form.get("do") == "add_fact":
        part = replace(part, fact=opened.case.facts[-1].id)
    return _page(request, "desk.html.jinja", session, _told(room, session, opened, part, flash))


def _back(case: str, tab: str = "letter", page: int = 1) -> Response:
    at = {"tab": tab} | ({"page": page} if page > 1 else {})
    return RedirectResponse(f"/cases/{case}?{urlencode(at)}", 303)


@router.post("/cases/{case}/edited")
def take_letter(session: Reviewer, room: Here, case: str, letter: UploadFile, seen: Annotated[str, Form()]) -> Response:
    """Take the letter that was edited in Word, and hold it against the record."""
    room.take_letter(case, seen, session.user.name, letter.file.read())
    return _back(case)


@router.post("/cases/{case}/edited/drop")
def drop_letter(session: Reviewer, room: Here, case: str, seen: Annotated[str, Form()]) -> Response:
    """Go back to the drafted letter."""
    room.drop_letter(case, seen, session.user.name)
    return _back(case)


Words = Annotated[str, Form(max_length=500)]


@router.post("/cases/{case}/approve")
def approve(session: Reviewer, room: Here, case: str, seen: Words, why: Words = "") -> Response:
    """The letter may go out."""
    room.approve(case, seen, session.user.name, why.strip())
    return _back(case)


@router.post("/cases/{case}/submit")
def submit(session: Reviewer, room: Here, case: str, method: Words, proof: Words, on: Words) -> Response:
    """The appeal was sent."""
    room.desk.submit(case, session.user.name, method, proof, forms.day_of(on))
    return _back(case)


@router.post("/cases/{case}/decide")
def decide(session: Reviewer, room: Here, case: str, outcome: Words, on: Words) -> Response:
    """The payer decided."""
    room.desk.decide(case, session.user.name, outcome, forms.day_of(on))
    return _back(case)


@router.post("/cases/{case}/close")
def close(session: Reviewer, room: Here, case: str, why: Words) -> Response:
    """Nothing is left to do."""
    room.desk.close(case, session.user.name, why.strip())
    return _back(case)


@router.post("/cases/{case}/reopen")
def reopen(session: Reviewer, room: Here, case: str, why: Words) -> Response:
    """A person looks again."""
    room.reopen(case, session.user.name, why.strip())
    return _back(case)
