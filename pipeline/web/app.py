"""The app: pages and API around a review room, with a guard in front."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from pipeline.batch.worklist import not_to_be_sent, urgency
from pipeline.case import program
from pipeline.draft.review_words import WORDS, measured, shown, when
from pipeline.errors import AppealwrightError
from pipeline.web import api, pages, views
from pipeline.web.answers import STATUS
from pipeline.web.asked import wants_page
from pipeline.web.room import Room

_STATIC: Final = Path(__file__).parent / "static"
_TITLES: Final = {
    404: "Not there",
    403: "Not allowed",
    409: "Not changed",
    413: "Too large",
    415: "Not of a kind that is read",
}


def templates() -> Jinja2Templates:
    """The pages, with what they word things by."""
    environment = Environment(
        loader=PackageLoader("pipeline.web"),
        autoescape=True,  # the text of a document is hostile until escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "measured": measured, "when": when, "urgency": urgency}
    environment.filters |= {
        name: getattr(views, name) for name in ("due", "typed", "next_index", "places", "letter_first")
    }
    environment.globals |= {name: getattr(views, name) for name in ("open_first", "asked_terms")}
    environment.globals |= {
        "words": WORDS,
        "asset": _asset,
        "not_to_be_sent": not_to_be_sent,
        "most_facts": views.MOST_FACTS,
        "evidence": None,
        "here": "",
        "session": None,
    }
    return Jinja2Templates(env=environment)


@cache
def _asset(name: str) -> str:
    """Where a file of ours is, with its version, so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]}"


def make_app(room: Room, pages_of: Jinja2Templates) -> FastAPI:
    """The app of a room. Who may come in, what is uploaded and the guard are added to it by `serve`."""
    version = program().rpartition(" ")[2]
    app = FastAPI(title="Appealwright", version=version, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.room = room
    app.state.templates = pages_of
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=_STATIC))
    app.add_exception_handler(AppealwrightError, _failed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    return app


def _failed(request: Request, error: Exception) -> Response:
    """A failure in plain words, as a page, a part of one, or JSON."""
    assert isinstance(error, AppealwrightError)  # noqa: S101 - that is what it is registered for
    failure = error.failure
    if failure.category not in STATUS:
        raise error  # a fault of ours: the guard logs it, and shows its number
    return _told(request, STATUS[failure.category], f"{failure.place}: {failure.message}.", failure.advice)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code in (303, 307):
        return Response(status_code=error.status_code, headers=error.headers)
    return _told(request, error.status_code, f"{error.detail.rstrip('.')}.", "", error.headers)


def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    wrong = [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()]
    return _told(request, 422, f"{'; '.join(wrong[:5])}.", "")


def _told(
    request: Request, status: int, message: str, advice: str, headers: Mapping[str, str] | None = None
) -> Response:
    title = _TITLES.get(status, "That did not work")
    if wants_page(request) or "hx-request" in request.headers:
        told = {
            "title": title,
            "message": message,
            "advice": advice,
            "kind": "bad",
            "lines": [message, advice] if advice else [message],
        }
        part = "hx-request" in request.headers
        headers = {**(headers or {}), **({"HX-Retarget": "#flash", "HX-Reswap": "innerHTML"} if part else {})}
        name = "flash.html.jinja" if part else "error.html.jinja"
        answer: Response = request.app.state.templates.TemplateResponse(request, name, told, status, headers)
        return answer
    return JSONResponse({"detail": message, "advice": advice}, status, dict(headers or {}))
