"""`appealwright serve`: the desk's server, with its worker, its room and who may come in."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from types import FrameType
from typing import Any, Final

import uvicorn
from fastapi import FastAPI, Request, Response

from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow, Plan
from pipeline.errors import AppealwrightError
from pipeline.settings import Settings
from pipeline.web import api, uploads
from pipeline.web.access import DESCRIBED, Access, Reviewer, reviewer
from pipeline.web.app import make_app, templates
from pipeline.web.guard import Guard
from pipeline.web.intake import Intake
from pipeline.web.oidc import Provider
from pipeline.web.people import People
from pipeline.web.prompt import PromptProtocol
from pipeline.web.room import Room
from schemas.case import Category

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_LETTER: Final = 20_000_000  # bytes of an edited letter
_PIECE: Final = 1_000_000  # bytes beside a piece of an upload


@dataclass(frozen=True, slots=True)
class Where:
    """Where the server listens, and how browsers reach it: `secure` over TLS, its own or that of what is in front."""

    host: str = "127.0.0.1"
    port: int = 8000
    certificate: str = ""
    key: str = ""
    behind_tls: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in LOOPBACK

    @property
    def secure(self) -> bool:
        """Whether browsers reach it over TLS."""
        return bool(self.certificate) or self.behind_tls

    @property
    def url(self) -> str:
        """Where it is, for a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


def serve(desk: Desk, plan: Plan, settings: Settings, where: Where, today: Callable[[], date]) -> None:
    """Serve the desk until it is stopped. AppealwrightError (refused) where it would be open to others unguarded."""
    with opened(desk, plan, settings, where, today) as app:
        server = _Server(
            app.state.stopping,
            uvicorn.Config(
                app,
                host=where.host,
                port=where.port,
                ssl_certfile=where.certificate or None,
                ssl_keyfile=where.key or None,
                http=PromptProtocol,
                access_log=False,  # addresses name cases
                log_level="warning",
                server_header=False,
                proxy_headers=where.behind_tls,
                timeout_graceful_shutdown=5,
            ),
        )
        server.run()


class _Server(uvicorn.Server):
    """The server; where it is told to stop, the worker is too, and with it the streams of events that it waits for."""

    def __init__(self, stopping: threading.Event, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, after what is at hand."""
        self._stopping.set()
        super().handle_exit(sig, frame)


@contextmanager
def opened(
    desk: Desk,
    plan: Plan,
    settings: Settings,
    where: Where,
    today: Callable[[], date],
    tell: Callable[[str], None] | None = None,
) -> Iterator[FastAPI]:
    """The app of a desk, at work. `tell` is given the address of a link that lets the machine's own user in."""
    people = People(desk.register)
    if not where.is_loopback:
        _must_be_guarded(people, where)
    with ExitStack() as running:
        flow = running.enter_context(Flow(desk, plan))
        intake = running.enter_context(Intake(flow, plan.limits, today))
        room = running.enter_context(Room(desk, plan.limits, plan.timeout, today, intake.wake))
        pages = templates()
        app = make_app(room, pages)
        app.state.stopping = flow.stopping
        provider = Provider(settings) if settings.oidc_issuer else None
        say = (tell or _print) if where.is_loopback else None
        link = (lambda path: say(f"{where.url}{path}")) if say else None
        Access(people, pages, secure=where.secure, provider=provider, tell=link).add_to(app)
        signing: dict[int | str, dict[str, Any]] = {status: api.ERRORS[status] for status in (401, 403, 408, 422)}
        app.include_router(uploads.make_router(intake, reviewer), responses=signing, dependencies=DESCRIBED)
        app.add_api_route("/upload", _upload_page, include_in_schema=False)
        app.add_middleware(
            Guard,
            hosts=settings.host_names,
            secure=where.secure,
            larger={
                "/api/uploads/*": uploads.CHUNK + _PIECE,
                "/cases/*/edited": _LETTER,
                "/api/cases/*/edited": _LETTER,
            },
        )
        yield app


def _upload_page(request: Request, session: Reviewer) -> Response:
    """Where files are uploaded."""
    answer: Response = request.app.state.templates.TemplateResponse(
        request, "upload.html.jinja", {"session": session, "here": "/upload"}
    )
    return answer


def _must_be_guarded(people: People, where: Where) -> None:
    if people.machine() is not None:
        message = "others would reach the desk, and no users are set up"
        advice = "Add them with `appealwright users add NAME --role admin`, or serve this machine alone."
        raise AppealwrightError(Category.REFUSED, where.host, message, advice)
    if not where.secure:
        message = "others would reach the desk without TLS"
        advice = "Give --certificate and --key, or put it behind a server that has them and say --behind-tls."
        raise AppealwrightError(Category.REFUSED, where.host, message, advice)


def _print(address: str) -> None:
    sys.stderr.write(f"Open the desk: {address}\n")
