"""The desk as people meet it: a server at work on a desk of its own, Chromium, and what must be so on every page."""

import fcntl
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, TimeoutError, expect

from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow
from pipeline.batch.inbox import work_inbox
from pipeline.ingest import Limits
from pipeline.web import serve
from pipeline.web.access import COOKIE
from pipeline.web.people import People, Role
from tests.batch.papers import plan, settings
from tests.web.serving import served

CHROMIUM = Path("/usr/bin/chromium")
KNEE = Path(__file__).parents[2] / "samples" / "knee-replacement"
TODAY = date(2026, 11, 21)
PASSWORD = "seven green teapots"
RUTH, OMAR, VERA = "ruth", "omar", "vera"
ROLES = {RUTH: Role.REVIEWER, OMAR: Role.REVIEWER, VERA: Role.VIEWER}
DESKTOP, TABLET = {"width": 1280, "height": 720}, {"width": 820, "height": 1180}
WHOLE = 90_000  # milliseconds in which the sample is read and worked on a machine that has other things to do
SOON = 60_000
expect.set_options(timeout=SOON)
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True, slots=True)
class House:
    """A desk that is served: where it is, and its app."""

    address: str
    app: FastAPI

    @property
    def case(self) -> str:
        """The only case there is."""
        (one,) = self.app.state.room.rows()
        return one.case

    def secret(self, name: str) -> str:
        """What the browser of someone who has signed in holds."""
        people: People = self.app.state.access.people
        (user,) = (one for one in people.users() if one.name == name)
        return people.enter(user).secret


@contextmanager
def house(folder: Path, cache: Path | None = None, port: int = 0) -> Iterator[House]:
    """The desk of a folder, served from a thread of its own: in this one runs the loop of what drives the browser."""
    opened = _opened(folder, cache, port)
    with ThreadPoolExecutor(1) as beside:
        try:
            yield beside.submit(opened.__enter__).result()
        finally:
            beside.submit(opened.__exit__, None, None, None).result()


@contextmanager
def _opened(folder: Path, cache: Path | None, port: int) -> Iterator[House]:
    told = settings(folder)
    desk = Desk(told)
    _add_people(desk)
    try:
        with (
            serve.opened(desk, plan(cache=cache), told, serve.Where(), lambda: TODAY) as app,
            served(app, port) as address,
        ):
            yield House(address, app)
    finally:
        desk.close_down()


def _add_people(desk: Desk) -> None:
    people = People(desk.register)
    for name in ROLES if people.machine() is not None else ():
        people.add(name, ROLES[name], PASSWORD, "tests")


def worked(shared: Path) -> Path:
    """A folder whose desk has the sample of the knee, worked: made by the first of the processes that asks."""
    with (shared / "knee.lock").open("w") as lock, ThreadPoolExecutor(1) as beside:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "knee").exists():
            beside.submit(_work, shared / "making", shared / "pages").result()
            (shared / "making").rename(shared / "knee")
    return shared / "knee"


def _work(folder: Path, cache: Path) -> None:
    inbox = shutil.copytree(KNEE, folder / "inbox")
    desk = Desk(settings(folder))
    _add_people(desk)
    with Flow(desk, plan(cache=cache)) as flow:
        work_inbox(flow, inbox, Limits(), 0, TODAY, lambda *_: None)
    desk.close_down()


@contextmanager
def visiting(browser: Browser, at: House, name: str = "", bears: tuple[str, ...] = (), **how: object) -> Iterator[Page]:
    """A page of somebody's browser, signed in. Nothing may be asked of another host, and nothing go wrong in it.

    `bears` are words of the errors that a test brings about.
    """
    context = browser.new_context(base_url=at.address, **({"viewport": DESKTOP} | how))  # type: ignore[arg-type]
    if name:
        context.add_cookies([{"name": COOKIE, "value": at.secret(name), "url": at.address, "httpOnly": True}])
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(one in message.text for one in bears):
            faults.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((at.address, "blob:")):
            faults.append(f"asked for {request.url}")

    context.set_default_timeout(SOON)
    context.on("console", said)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("request", asked)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert faults == []


def open_tab(page: Page, name: str) -> None:
    """Go to a part of the case that is open."""
    link = page.locator("nav.tabs").get_by_role("link", name=name)
    link.click()
    expect(link).to_have_attribute("aria-current", "page")


def select(page: Page, leaf: Locator, words: str) -> None:
    """Select words on a page of the documents with the mouse."""
    leaf.locator("pre, .w").first.wait_for()
    left, top, right, bottom = leaf.evaluate(_CORNERS, words)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.mouse.move(right, bottom)
    page.mouse.up()


_CORNERS: Final = """(leaf, words) => {
  const range = document.createRange(), text = leaf.querySelector("pre")?.firstChild;
  if (text) {
    const at = text.data.indexOf(words);
    range.setStart(text, at);
    range.setEnd(text, at + words.length);
  } else {
    const parts = words.split(" "), all = [...leaf.querySelectorAll(".w")];
    const at = all.findIndex((_, n) => parts.every((part, k) => all[n + k]?.textContent.trim() === part));
    range.setStart(all[at].firstChild, 0);
    range.setEnd(all[at + parts.length - 1].firstChild, parts.at(-1).length);
  }
  range.startContainer.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
  const top = range.getBoundingClientRect().top - 300;
  if (text) document.getElementById("sheets").scrollBy({ top, behavior: "instant" });
  const boxes = [...range.getClientRects()], first = boxes[0], last = boxes.at(-1);
  return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
}"""


def press(page: Page, *keys: str) -> None:
    """Press keys, one by one; what has the focus is seen after each."""
    for key in keys:
        page.keyboard.press(key)
        try:
            page.wait_for_function(_FOCUS_IS_SEEN, timeout=SOON)
        except TimeoutError as error:
            at = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            raise AssertionError(f"after {key} the focus is not seen: {at}") from error


_FOCUS_IS_SEEN: Final = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return false;
  const { top, bottom, left, right } = one.getBoundingClientRect(), style = getComputedStyle(one);
  const inView = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  return inView && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Go on with the keyboard until that has the focus."""
    for _ in range(80):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        press(page, key)
    raise AssertionError("the keyboard does not come there")


def accessible(page: Page) -> None:
    """Nothing that axe finds against WCAG 2.2 AA."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
