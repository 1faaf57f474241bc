"""A worked desk for the tests of a module, and for each of them a copy of it behind the app, with people at it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from reportlab.pdfgen.canvas import Canvas

from pipeline.batch import audit
from pipeline.batch.desk import Desk
from pipeline.batch.register import CASES
from pipeline.ingest import Limits
from pipeline.web import room as module
from pipeline.web.access import COOKIE, Access
from pipeline.web.app import make_app, templates
from pipeline.web.people import People, Role, User
from pipeline.web.room import Room
from schemas.case import Case
from tests.batch.papers import TODAY, at_work, letter, note, one_round, settings

ANA, BEN = ("Ana Ruiz", "01/02/1960"), ("Benjamin Ode", "05/06/1971")
ADDRESS = "http://127.0.0.1:8000"
LATE_NOTE = note(*ANA, on="02/03/2026").replace("Back pain. ", "Back pain. Pain 7/10. ")


@dataclass(frozen=True, slots=True)
class Worked:
    """A desk that was worked, in a folder, and an app whose room and doors are those of each of its copies in turn."""

    folder: Path
    app: FastAPI


@contextmanager
def worked(folder: Path) -> Iterator[Worked]:
    """A case of Ana's with a note on paper and a note, and one of Ben's, whose page came in the same file."""
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "letter.txt").write_text(letter(ANA[0], "CLM-4001", ANA[1]))
    (inbox / "other.txt").write_text(letter(BEN[0], "CLM-4002", BEN[1], "W999999999").replace("180 days", "30 days"))
    (inbox / "both.txt").write_text("\f".join([LATE_NOTE, note(*BEN)]))
    on_paper(inbox / "chart.pdf", note(*ANA))
    told = settings(folder)
    with at_work(told) as flow:
        one_round(flow, inbox)
    desk = Desk(told)
    before, module._PROCESSES = module._PROCESSES, 1
    try:
        with Room(desk, Limits(), 60, lambda: TODAY) as room:
            pages = templates()
            app = make_app(room, pages)
            Access(People(desk.register), pages, secure=False).add_to(app)
            yield Worked(told.desk, app)
    finally:
        module._PROCESSES = before
        desk.close_down()


def on_paper(path: Path, text: str) -> None:
    canvas = Canvas(str(path), invariant=1)
    for n, line in enumerate(text.splitlines()):
        canvas.drawString(60, 760 - 20 * n, line)
    canvas.save()


class Tried:
    """A copy of a worked desk, and its app."""

    def __init__(self, made: Worked, folder: Path) -> None:
        self.desk = self._copied(made, folder)
        self.app = made.app
        self.room: Room = made.app.state.room
        self.room.desk = self.desk
        self.people = made.app.state.access.people = People(self.desk.register)
        ids = {row.patient: row.case for row in self.desk.rows(TODAY)}
        self.case, self.other = ids[ANA[0]], ids[BEN[0]]

    @staticmethod
    def _copied(made: Worked, folder: Path) -> Desk:
        """A desk of the same register, whose files are where they were."""
        (folder / "desk").mkdir()
        shutil.copy(made.folder / "desk.sqlite", folder / "desk")
        return Desk(settings(folder, store=str(made.folder / "store")))

    def browser(self, name: str = "kim", role: Role = Role.REVIEWER) -> "Browser":
        return Browser(self, name, role)

    def change(self, case: str, **values: object) -> None:
        with self.desk.register.change() as do:
            do.execute(sa.update(CASES).where(CASES.c.id == case).values(**values))

    def copies(self, many: int, **values: object) -> None:
        """More cases, like Ana's but for their ids."""
        with self.desk.register.change() as do:
            one = dict(do.execute(sa.select(CASES).where(CASES.c.id == self.case)).one()._mapping)
            for n in range(many):
                row = {**one["row"], "case": f"copy-{n:03}"}
                do.execute(sa.insert(CASES).values(**{**one, "id": row["case"], "n": 100 + n, "row": row, **values}))

    def stored(self, case: str = "") -> Case:
        kept = self.desk.kept(case or self.case)
        return Case.model_validate_json(self.desk.store.get(kept.files["case.json"]))

    def done(self, case: str = "") -> list[tuple[str, str]]:
        """Who did what, as the log has it."""
        return [(one.who, one.what) for one in audit.entries(self.desk.register, case or self.case)]


class Browser:
    """Someone at the desk: pages as htmx asks for them (`part`), or whole."""

    def __init__(self, tried: Tried, name: str, role: Role) -> None:
        self.tried = tried
        tried.people.add(name, role, None, by="root")
        entered = tried.people.enter(User(name, role))
        self.client = TestClient(
            tried.app,
            base_url=ADDRESS,
            follow_redirects=False,
            client=("127.0.0.1", 50000),
            cookies={COOKIE: entered.secret},
            headers={"Accept": "text/html", "X-CSRF-Token": entered.csrf},
        )

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def page(self, path: str) -> str:
        """The text of a page that is there."""
        found = self.get(path)
        assert found.status_code == 200, found.text
        return found.text

    def tab(self, name: str) -> str:
        return self.page(f"/cases/{self.tried.case}/tabs/{name}")

    def post(self, path: str, **form: object) -> Response:
        return self.client.post(path, data=form)

    def edit(self, do: str, **form: object) -> Response:
        """An edit, as a part of the page sends it. It names what was seen last unless it says `seen`."""
        told = {"do": do, "seen": self.seen(), "tab": "denial", "reason": "Read on the page"} | form
        return self.client.post(f"/cases/{self.tried.case}/edits", data=told, headers={"HX-Request": "true"})

    def seen(self) -> str:
        return self.tried.desk.kept(self.tried.case).files["case.json"]

    def approve(self, **form: object) -> Response:
        return self.post(f"/cases/{self.tried.case}/approve", seen=self.seen(), **form)


def words_of(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())
