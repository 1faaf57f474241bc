"""How fast the desk is in a browser: `python -m benchmarks.desk_speed [--no-browser]`, on the loopback, in one run.

A desk with a worklist of 200 cases, among them one with a chart of 200 pages and one of 500, both PDF, both worked
once. Each address is asked for once cold, once to warm up, and 30 times; printed is the cold first and the middle of
the 30, in milliseconds, and how many times that of a peer in the same run: a bare FastAPI route behind the same server
that renders a page of the same size, static, with Jinja2. Then 20 viewers at once, and the chart of 500 pages in
Chromium: until it can be read, its memory once all of its pages were scrolled through, and its longest task.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates
from jinja2 import DictLoader, Environment
from playwright.sync_api import Page, sync_playwright
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from benchmarks.letter_speed import NOTE, NOTICE, TODAY
from benchmarks.measuring import resident
from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow
from pipeline.batch.inbox import work_inbox
from pipeline.batch.register import CASES
from pipeline.ingest import Limits
from pipeline.web.prompt import PromptProtocol
from pipeline.web.serve import Where, opened
from tests.batch.papers import plan, settings
from tests.web.browsing import CHROMIUM

CASES_SHOWN, LONG, LONGEST = 200, 200, 500
ASKED, VIEWERS, TURNS = 30, 20, 10
TABS = ("denial", "criteria", "evidence", "letter", "history")
Ask = Callable[[httpx2.Client], httpx2.Response]
FILLER = (
    "On {day:%m/%d/%Y} she was seen at the clinic; the course was reviewed and the plan was gone through again ({n})."
)
PEOPLE = {
    LONG: ("Marguerite A. Ellsworth", "PA-26-0914-7731"),
    LONGEST: ("Theodora B. Quillfeather", "PA-26-0914-9902"),
}


# The desk.


def chart(path: Path, count: int) -> None:
    """A denial letter, and notes of so many days: `count` pages in all, of which each holds about 40 lines."""
    patient, reference = PEOPLE[count]
    canvas = Canvas(str(path), pagesize=letter, invariant=1)
    for n in range(count):
        if n:
            day = date(2025, 3, 2) + timedelta(days=n)
            said = NOTE.format(day=day, start=day - timedelta(days=20), womac=50 + n % 20, bmi=30 + n % 8, pain=n % 10)
            said += "\n".join(FILLER.format(day=day, n=40 * n + line) for line in range(28))
        else:
            said = NOTICE.replace("PA-26-0914-7731", reference)
        _draw(canvas, said.replace("Marguerite A. Ellsworth", patient))
    canvas.save()


def _draw(canvas: Canvas, said: str) -> None:
    canvas.setFont("Helvetica", 9)
    for line, words in enumerate(said.splitlines()):
        canvas.drawString(50, 760 - 16 * line, words)
    canvas.showPage()


def fill(folder: Path) -> dict[int, str]:
    """Work the charts, and give the worklist its other cases; the ids of the long cases by their pages."""
    inbox = folder / "inbox"
    inbox.mkdir()
    for count in (LONG, LONGEST):
        chart(inbox / f"{count}.pdf", count)
    desk = Desk(settings(folder))
    with Flow(desk, plan(2, 1800)) as flow:
        work_inbox(flow, inbox, Limits(), 0, TODAY, lambda *_: None)
    found = {LONG if row.patient == PEOPLE[LONG][0] else LONGEST: row.case for row in desk.rows(TODAY)}
    with desk.register.change() as do:
        first = dict(do.execute(sa.select(CASES).where(CASES.c.id == found[LONG])).one()._mapping)
        for n in range(CASES_SHOWN - len(found)):
            row = {**first["row"], "case": f"{n:012x}", "safe": str(TODAY + timedelta(days=n - 20))}
            do.execute(sa.insert(CASES).values(**{**first, "id": row["case"], "n": n + 10, "row": row}))
    desk.close_down()
    return found


def serve_desk(folder: Path, told: Connection) -> None:
    """The desk's server, until it is ended; it tells its port and the link that lets in."""
    said: list[str] = []
    desk = Desk(settings(folder))
    with opened(desk, plan(2, 1800), settings(folder), Where(), lambda: TODAY, said.append) as app:
        _run(app, told, lambda: said[0])


def serve_peer(pages: dict[str, str], told: Connection) -> None:
    """The peer: for each name a static template of a page's text."""
    templates = Jinja2Templates(
        env=Environment(loader=DictLoader({name: f"{{% raw %}}{text}{{% endraw %}}" for name, text in pages.items()}))
    )
    app = FastAPI()

    @app.get("/{name}")
    def page(request: Request, name: str) -> Response:
        return templates.TemplateResponse(request, name, {})

    _run(app, told, lambda: "")


def _run(app: FastAPI, told: Connection, link: Callable[[], str]) -> None:
    config = uvicorn.Config(
        app, port=0, http=PromptProtocol, access_log=False, log_level="warning", server_header=False
    )
    server = uvicorn.Server(config)

    def tell() -> None:
        while not server.started:
            time.sleep(0.01)
        told.send((server.servers[0].sockets[0].getsockname()[1], link()))
        told.recv()
        server.should_exit = True

    threading.Thread(target=tell, daemon=True).start()
    server.run()


@contextmanager
def served(target: Callable[..., None], given: object) -> Iterator[tuple[str, str, int]]:
    """The address of a server in a process of its own, the path of its link, and its process."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=target, args=(given, there))
    process.start()
    try:
        port, link = here.recv()
        yield f"http://127.0.0.1:{port}", link.partition("8000")[2], process.pid or 0
    finally:
        here.send("end")
        process.join()


# Requests.


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for again and again. `peer`: its answer is a page, which the peer renders too."""

    name: str
    ask: Ask
    peer: bool = True


def get(path: str) -> Ask:
    """A GET of a path."""
    return lambda client: client.get(path)


def post(path: str, **form: str) -> Ask:
    """A form, as a part of a page sends it."""
    return lambda client: client.post(path, data=form, headers={"HX-Request": "true"})


def timed(client: httpx2.Client, ask: Ask, times: int = 1) -> tuple[list[float], httpx2.Response]:
    """Milliseconds of each of so many requests, and the last answer."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        answer = ask(client)
        found.append(1000 * (time.perf_counter() - start))
        assert answer.status_code == 200, answer.status_code
    return found, answer


def wanted(cases: dict[int, str]) -> list[Asked]:
    """The pages, in the order in which a person comes to them."""
    here = f"/cases/{cases[LONG]}"
    pages = [Asked("worklist of 200 cases", get("/cases")), Asked(f"case of {LONG} pages", get(here))]
    pages += [Asked(f"its tab {tab}", get(f"{here}/tabs/{tab}")) for tab in TABS]
    pages.append(Asked(f"case of {LONGEST} pages", get(f"/cases/{cases[LONGEST]}")))
    words = Asked("words of a page", get(f"{here}/pages/d2/100"), peer=False)
    picture = Asked("picture of a page, again", get(f"{here}/pages/d2/100/picture"), peer=False)
    search = Asked(f"search over {LONG} pages", post(f"{here}/search", words="radiographs show"), peer=False)
    return [*pages, words, picture, search]


def measure(client: httpx2.Client, cases: dict[int, str]) -> None:
    """Print the table of requests."""
    rows, texts = [], {}
    for number, one in enumerate(wanted(cases)):
        cold, _ = timed(client, one.ask)
        timed(client, one.ask)
        found, answer = timed(client, one.ask, ASKED)
        rows.append((one, number, cold[0], found, len(answer.content)))
        if one.peer:
            texts[str(number)] = answer.text
    print(
        "| asked for | KB | cold ms | middle ms | worst ms | peer ms | times the peer |\n|---|---|---|---|---|---|---|"
    )
    with served(serve_peer, texts) as (address, _, _), httpx2.Client(base_url=address) as peer:
        for one, number, cold_ms, found, size in rows:
            middle = statistics.median(found)
            told = f"| {one.name} | {size / 1000:.0f} | {cold_ms:.0f} | {middle:.1f} | {max(found):.0f} |"
            if one.peer:
                timed(peer, get(f"/{number}"), 2)
                peers = statistics.median(timed(peer, get(f"/{number}"), ASKED)[0])
                told += f" {peers:.1f} | {middle / peers:.1f} |"
            print(told, flush=True)


def turns(client: httpx2.Client, case: str) -> None:
    """Print what turning to pages costs that nobody looked at before."""
    for name, rest, first in (("words", "", 2), ("picture", "/picture", 2 + ASKED)):
        pages = [get(f"/cases/{case}/pages/d2/{number}{rest}") for number in range(first, first + ASKED)]
        cold = [timed(client, page)[0][0] for page in pages]
        print(
            f"The {name} of a page that nobody looked at: {statistics.median(cold):.0f} ms, at worst {max(cold):.0f}."
        )


def corrections(client: httpx2.Client, case: str) -> None:
    """Print what a correction takes, from the click to the part of the page that shows what it changed."""
    found = []
    for number in range(5):
        page = client.get(f"/cases/{case}/tabs/denial").text
        told = {"tab": "denial", "do": "value", "field": "payer", "value": f"Cascadia {number}", "reason": "Compared"}
        told["seen"] = page.split('name="seen" value="')[1].split('"')[0]
        found += timed(client, post(f"/cases/{case}/edits", **told))[0]
    print(f"A correction of it: {statistics.median(found):.0f} ms, the first {found[0]:.0f}.")


def crowd(address: str, cookies: httpx2.Cookies, case: str) -> None:
    """Print what each of many viewers waits who turn pages at the same time."""

    def view(viewer: int) -> list[float]:
        numbers = [(viewer * TURNS + turn) % (LONG - 1) + 1 for turn in range(TURNS)]
        paths = ["/cases", f"/cases/{case}", *(f"/cases/{case}/pages/d2/{number}" for number in numbers)]
        with httpx2.Client(base_url=address, cookies=cookies, timeout=120) as client:
            return [timed(client, get(path))[0][0] for path in paths]

    start = time.perf_counter()
    with ThreadPoolExecutor(VIEWERS) as pool:
        found = sorted(one for waits in pool.map(view, range(VIEWERS)) for one in waits)
    taken = time.perf_counter() - start
    late = found[int(0.95 * len(found))]
    print(
        f"{VIEWERS} viewers at once: {len(found) / taken:.0f} answers a second; "
        f"middle {statistics.median(found):.0f} ms, 19 of 20 within {late:.0f} ms, at worst {found[-1]:.0f}."
    )


# The browser.


WATCH = """() => { window.longest = 0; new PerformanceObserver(list => list.getEntries().forEach(one => {
  window.longest = Math.max(window.longest, one.duration); })).observe({ type: "longtask", buffered: true }); }"""


def in_browser(address: str, cookies: httpx2.Cookies, case: str) -> None:
    """Print how the longest chart is in a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 720})
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        page.add_init_script(f"({WATCH})()")
        start = time.perf_counter()
        page.goto(f"/cases/{case}")
        page.locator("#sheets .text-layer").first.wait_for(state="attached")
        ready = 1000 * (time.perf_counter() - start)
        print(f"In Chromium a chart of {LONGEST} pages can be read after {ready:.0f} ms, {longest(page)}.")
        before = heap(page)
        seen, seconds = scrolled(page)
        page.wait_for_load_state("networkidle")
        after, held = heap(page), page.locator("#sheets img").count()
        print(f"Scrolled through its {seen} pages in {seconds:.0f} s, {longest(page)}; {held} pictures are held,")
        print(f"{before[0]:.1f} -> {after[0]:.1f} MB of JavaScript, {before[1]} -> {after[1]} nodes.")
        start = time.perf_counter()
        page.locator('[data-tab="3"]').click()
        page.locator("#add-fact").wait_for(state="attached")
        print(f"Its evidence opens in {1000 * (time.perf_counter() - start):.0f} ms, {longest(page)}.")
        browser.close()


def longest(page: Page) -> str:
    """The longest task since this was asked last."""
    taken = page.evaluate("() => { const found = window.longest; window.longest = 0; return found; }")
    return f"longest task {taken:.0f} ms"


def heap(page: Page) -> tuple[float, int]:
    """Megabytes of JavaScript after a collection, and nodes of the document."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return told["JSHeapUsedSize"] / 1e6, int(told["Nodes"])


def scrolled(page: Page) -> tuple[int, float]:
    """Scroll through all pages, each until it is there; how many there were, and the seconds."""
    start = time.perf_counter()
    figures = page.locator("#sheets .sheet").count()
    for number in range(figures):
        page.evaluate("n => document.querySelectorAll('#sheets .sheet')[n].scrollIntoView()", number)
        page.wait_for_function(
            "n => document.querySelectorAll('#sheets .sheet')[n].querySelector('.text-layer')", arg=number
        )
    return figures, time.perf_counter() - start


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk_speed")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the desk is kept, for the next run")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = told.folder or Path(name)
        ids = folder / "cases.json"
        if not ids.exists():
            folder.mkdir(exist_ok=True, parents=True)
            ids.write_text(json.dumps(fill(folder)))
        cases = {int(count): case for count, case in json.loads(ids.read_text()).items()}
        with (
            served(serve_desk, folder) as (address, link, pid),
            httpx2.Client(base_url=address, timeout=120, follow_redirects=True) as client,
        ):
            page = client.get(link).text
            client.headers["X-CSRF-Token"] = page.split('name="csrf" content="')[1].split('"')[0]
            measure(client, cases)
            turns(client, cases[LONG])
            crowd(address, client.cookies, cases[LONG])
            corrections(client, cases[LONG])
            print(f"The server and its processes hold {resident(pid) / 1e6:.0f} MB.")
            if not told.no_browser:
                in_browser(address, client.cookies, cases[LONGEST])


if __name__ == "__main__":
    main()
