"""A desk to be attacked: served by the program itself, with users, their tokens and three cases."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from benchmarks.attack_kit.papers import PAPERS, RUNS, SECRETS
from pipeline.batch.desk import Desk
from pipeline.batch.register import Register
from pipeline.settings import Settings
from pipeline.web.people import People, Role

PASSWORD: Final = "seven green teapots"
USERS: Final = {
    "ana": Role.REVIEWER,
    "ben": Role.REVIEWER,
    "gus": Role.REVIEWER,
    "vic": Role.VIEWER,
}
PAGE: Final = {"Accept": "text/html"}
_TODAY: Final = "2026-03-02"
_PATIENCE: Final = 120.0


class SucceededError(Exception):
    """An attack did what it must not."""


def hold(held: bool, told: str) -> None:
    """SucceededError where the desk did not hold."""
    if not held:
        raise SucceededError(told)


def refused(answer: httpx2.Response, *statuses: int) -> int:
    """The status of an answer that is one of those; SucceededError where it is another."""
    hold(answer.status_code in statuses, f"{answer.request.method} was answered {answer.status_code}")
    return answer.status_code


class Browser(httpx2.Client):
    """A browser in which someone has signed in; `csrf` is what its changes must carry."""

    csrf: str = ""

    def change(self, path: str, **form: Any) -> httpx2.Response:
        """Send a form as a page of the desk does."""
        origin = {"Origin": str(self.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        return self.post(path, data={"csrf": self.csrf, **form}, headers=PAGE | origin)


@dataclass
class Target:
    """The desk: where it is served, the folder of all it writes, and its cases.

    `case` has hostile papers, `scan` lies in one file with another patient's paper, `clean` has papers as they are.
    """

    port: int
    folder: Path
    people: People
    register: Register
    tokens: dict[str, str] = field(default_factory=dict)
    case: str = ""
    scan: str = ""
    clean: str = ""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that the server has said."""
        return (self.folder / "stderr").read_text() + (self.folder / "stdout").read_text()

    def nobody(self) -> Browser:
        """A browser in which nobody has signed in."""
        return Browser(base_url=self.url, timeout=60)

    def script(self, name: str) -> httpx2.Client:
        """A script with a user's token."""
        return httpx2.Client(base_url=self.url, timeout=60, headers={"Authorization": f"Bearer {self.tokens[name]}"})

    @contextmanager
    def browser(self, name: str) -> Iterator[Browser]:
        """A browser in which a user has signed in."""
        with self.nobody() as browser:
            answer = sign_in(browser, name)
            hold(answer.status_code == 303, f"signing in was answered {answer.status_code}")
            browser.csrf = hidden(browser.get("/cases", headers=PAGE).text, "csrf")
            yield browser

    def raw(self, sent: bytes, seconds: float = 10.0) -> bytes:
        """What is answered to bytes, until the server ends the connection or says nothing for so long."""
        got = b""
        with socket.create_connection(("127.0.0.1", self.port), seconds) as wire:
            wire.sendall(sent)
            try:
                while part := wire.recv(65536):
                    got += part
            except (TimeoutError, ConnectionResetError):
                pass
        return got

    def get(self, path: str, *headers: str, method: str = "GET") -> tuple[int, bytes]:
        """The status and the answer to a path that is sent as it is, as no client would send it."""
        lines = (f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close", *headers)
        return told(self.raw("\r\n".join((*lines, "", "")).encode()))

    def upload(self, name: str, content: bytes, user: str = "ana") -> str:
        """Upload a file whole; its id."""
        with self.script(user) as client:
            begun = client.post("/api/uploads", json={"name": name, "size": len(content)})
            hold(begun.status_code == 201, f"an upload was answered {begun.status_code}")
            one, chunk = begun.json()["id"], begun.json()["chunk"]
            for start in range(0, len(content), chunk):
                piece = content[start : start + chunk]
                client.patch(f"/api/uploads/{one}", content=piece, headers={"Upload-Offset": str(start)})
        return str(one)

    def settled(self, upload: str, user: str = "ana") -> dict[str, Any]:
        """What became of an upload."""
        last = time.monotonic() + _PATIENCE
        with self.script(user) as client:
            while time.monotonic() < last:
                standing: dict[str, Any] = client.get(f"/api/uploads/{upload}").json()
                if standing["stage"] == "done":
                    return standing
                time.sleep(0.1)
        raise TimeoutError("an upload was not worked")

    def state(self, case: str = "") -> dict[str, Any]:
        """How a case stands."""
        with self.script("ana") as client:
            answer: dict[str, Any] = client.get(f"/api/cases/{case or self.case}").json()
        return answer


def sign_in(browser: httpx2.Client, name: str, password: str = PASSWORD, then: str = "/") -> httpx2.Response:
    """Sign in as a browser does."""
    page = browser.get("/login", params={"next": then}, headers=PAGE)
    form = {"name": name, "password": password, "next": hidden(page.text, "next"), "csrf": hidden(page.text, "csrf")}
    return browser.post("/login", data=form, headers=PAGE)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def told(answer: bytes) -> tuple[int, bytes]:
    """The status of an answer, and all of it; 0 where there was none."""
    found = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    return (int(found[1]) if found else 0), answer


@contextmanager
def served(folder: Path) -> Iterator[Target]:
    """A desk below the folder, served, with its cases."""
    desk = Desk(Settings(_env_file=None, desk=folder / "desk"))
    try:
        people = People(desk.register)
        for name, role in USERS.items():
            people.add(name, role, PASSWORD, by="attacks")
        target = Target(_free_port(), folder, people, desk.register)
        target.tokens = {name: people.token(name, "attacks", by="attacks") for name in USERS}
        with _running(target):
            target.settled(target.upload(f"papers {RUNS[1]}.zip", PAPERS))
            with target.script("ana") as client:
                cases = {row["patient"].partition(" ")[0]: row["case"] for row in client.get("/api/worklist").json()}
            target.case, target.scan, target.clean = (cases[name] for name in ("Ana", "Bea", "Cleo"))
            yield target
    finally:
        desk.close_down()


@contextmanager
def _running(target: Target) -> Iterator[None]:
    told = {"APPEALWRIGHT_DESK": str(target.folder / "desk"), "APPEALWRIGHT_CACHE_DIR": ""}
    told |= {"APPEALWRIGHT_WORKERS": "1", "APPEALWRIGHT_CASES_AT_A_TIME": "1"}
    command = ["-c", "from pipeline.cli import main; main()", "serve", "--port", str(target.port), "--today", _TODAY]
    with (target.folder / "stderr").open("wb") as said, (target.folder / "stdout").open("wb") as out:
        server = subprocess.Popen([sys.executable, *command], env=os.environ | told, stderr=said, stdout=out)
        try:
            _wait_for(target, server)
            yield
        finally:
            server.terminate()
            server.wait()


def _wait_for(target: Target, server: "subprocess.Popen[bytes]") -> None:
    last = time.monotonic() + _PATIENCE
    while time.monotonic() < last and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", target.port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the desk was not served: {target.log[-500:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def secrets_in(text: str) -> list[str]:
    """What of the papers a text holds."""
    return [secret for secret in SECRETS if secret in text]
