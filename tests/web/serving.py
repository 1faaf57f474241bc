"""The router of uploads in an app of its own: who asks is whom the request says, until there is signing in."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader

import pipeline.web
from pipeline.web.intake import Intake
from pipeline.web.uploads import make_router
from tests.web.uploading import ANA

WEB = Path(pipeline.web.__file__).parent
CSRF = "a-token"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'"
BASE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="csrf" content="a-token">
<title>{% block title %}{% endblock %}</title></head>
<body><main>{% block main %}{% endblock %}</main>{% block scripts %}{% endblock %}</body></html>"""


@dataclass(frozen=True, slots=True)
class Named:
    name: str


@dataclass(frozen=True, slots=True)
class Session:
    user: Named


def named(x_user: Annotated[str, Header()]) -> Session:
    """Whoever the request says."""
    return Session(Named(x_user))


def in_a_browser(x_csrf_token: Annotated[str, Header()] = "") -> Session:
    """One person, whose token must come with all but what is fetched by the browser's own means."""
    if x_csrf_token not in ("", CSRF):
        raise HTTPException(403)
    return Session(Named(ANA))


def api(intake: Intake) -> FastAPI:
    app = FastAPI()
    app.include_router(make_router(intake, named))
    return app


def page(intake: Intake) -> FastAPI:
    """The upload page, under the policy that it will have, in the barest of frames."""
    app = FastAPI()
    app.include_router(make_router(intake, in_a_browser))
    app.mount("/static", StaticFiles(directory=WEB / "static"))
    loader = ChoiceLoader([DictLoader({"base.html.jinja": BASE}), FileSystemLoader(WEB / "templates")])
    drawn = Environment(loader=loader, autoescape=True).get_template("upload.html.jinja").render()

    @app.get("/upload")
    def upload() -> HTMLResponse:
        return HTMLResponse(drawn, headers={"Content-Security-Policy": POLICY})

    return app


@contextmanager
def served(app: FastAPI, port: int = 0) -> Iterator[str]:
    """Its address on this machine."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="critical", ws="none", timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
