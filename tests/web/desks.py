"""A tiny app behind the doors of the desk, to try them."""

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI, Form
from fastapi.testclient import TestClient
from httpx2 import Response
from jinja2 import ChoiceLoader, DictLoader, Environment, PackageLoader, StrictUndefined
from starlette.templating import Jinja2Templates

from pipeline.batch.register import Register, sqlite_url
from pipeline.web.access import Access, Admin, Reviewer, Viewer
from pipeline.web.oidc import Provider
from pipeline.web.people import People

PASSWORD = "seven green teapots"
PAGE = {"Accept": "text/html"}
_BASE = "<!doctype html><title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"


class TinyDesk:
    """An app with a page, a change and an admin's page; `printed` is what the terminal shows."""

    def __init__(self, folder: Path, *, secure: bool = False, provider: Provider | None = None) -> None:
        self.people = People(Register(sqlite_url(folder / "desk.sqlite")))
        self.printed: list[str] = []
        self.app = FastAPI()
        tell: Callable[[str], None] | None = None if secure else self.printed.append
        self.access = Access(self.people, _templates(), secure=secure, provider=provider, tell=tell)
        self.access.add_to(self.app)
        self.address = "https://localhost" if secure else "http://127.0.0.1:8000"
        _add_routes(self.app)

    def browser(self, address: str = "127.0.0.1") -> TestClient:
        return TestClient(self.app, base_url=self.address, follow_redirects=False, client=(address, 50000))

    def sign_in(
        self, browser: TestClient, name: str, password: str = PASSWORD, then: str = "/", **told: str
    ) -> Response:
        page = browser.get("/login", params={"next": then}, headers=PAGE)
        form = {"name": name, "password": password, "next": field(page.text, "next"), "csrf": field(page.text, "csrf")}
        return browser.post("/login", data=form | told, headers={"Origin": self.address})

    def signed_in(self, name: str) -> tuple[TestClient, str]:
        """A browser in which someone has signed in, and what its changes must carry."""
        browser = self.browser()
        assert self.sign_in(browser, name).status_code == 303
        return browser, browser.get("/api/me").json()["csrf"]


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def _templates() -> Jinja2Templates:
    loader = ChoiceLoader([DictLoader({"base.html.jinja": _BASE}), PackageLoader("pipeline.web")])
    return Jinja2Templates(env=Environment(loader=loader, autoescape=True, undefined=StrictUndefined))


def _add_routes(app: FastAPI) -> None:
    @app.get("/")
    @app.get("/api/me")
    @app.get("/cases/{case}")
    def me(session: Viewer) -> dict[str, str]:
        return {"name": session.user.name, "role": session.user.role, "csrf": session.csrf}

    @app.post("/api/change")
    @app.put("/api/change")
    @app.delete("/api/change")
    def change(session: Reviewer) -> str:
        return session.user.name

    @app.post("/form")
    def form(session: Reviewer, why: str = Form()) -> str:
        return f"{session.user.name}: {why}"

    @app.post("/api/people")
    def others(session: Admin) -> str:
        return session.user.name
