"""Attempts by content: scripts, queries, templates and headers in what people and documents say."""

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from benchmarks.attack_kit.attempt import attempt
from benchmarks.attack_kit.papers import COMPUTED, RUNS
from benchmarks.attack_kit.target import PAGE, PASSWORD, Target, hold, refused, secrets_in
from tests.web.browsing import CHROMIUM

_WATCH: Final = """
window.broken = [];
addEventListener("securitypolicyviolation", (e) => window.broken.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
_TOUCH: Final = """
const kinds = ["mouseover", "mouseenter", "focus", "toggle"];
for (const one of document.querySelectorAll("body *"))
  for (const kind of kinds) one.dispatchEvent(new Event(kind, {bubbles: true}));
"""
_TABS: Final = ("denial", "criteria", "evidence", "letter", "history")
_SQL: Final = (
    "' OR '1'='1",
    "'; DROP TABLE cases; --",
    "%' OR 1=1 --",
    '" OR ""="',
    "1) UNION SELECT password FROM users",
)
_HEADERS: Final = ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control")


@attempt("Scripts", "nine kinds in text, names, reasons and search: every page opened in Chromium, all of it touched")
def scripts(target: Target) -> str:
    """What a document, a name, a reason or a search brings to run in a reviewer's browser."""
    write_reasons(target)
    target.upload(f"half {RUNS[1]} {RUNS[2]}.txt", b"not a whole file")
    paths = ["/cases", f"/cases?payer={RUNS[1]}&service={RUNS[2]}&sort={RUNS[3]}", "/upload", "/reports"]
    paths += [f"/cases/{target.case}?tab={tab}" for tab in _TABS]
    paths += [f"/cases/{RUNS[1]}", f"/cases/{target.case}?tab={RUNS[0]}"]
    look(target, paths, RUNS)
    return f"{len(paths)} pages and {len(RUNS)} searches: nothing ran, the content security policy had nothing to stop"


def look(target: Target, paths: Sequence[str], searches: Sequence[str]) -> None:
    """Open pages in Chromium, and search a case. SucceededError where anything ran that a person or a paper brought."""
    with _chromium() as chromium:
        page = _signed_in(chromium, target)
        for path in paths:
            page.goto(target.url + path)
            _touch(page)
        page.goto(f"{target.url}/cases/{target.case}")
        hold(RUNS[0] in page.inner_text("#desk"), "what is to run is not on the page")
        for words in searches:
            page.fill("[data-search]", words[:200])
            with page.expect_response(re.compile("/search")):
                page.press("[data-search]", "Enter")
            page.wait_for_selector("#hits p")
            _touch(page)


def write_reasons(target: Target) -> None:
    """Correct the case of hostile papers with a value and a reason that are markup."""
    with target.browser("ana") as ana:
        seen = target.state()["version"]
        edit = {"do": "value", "field": "payer", "value": f"Payer {RUNS[1]}", "reason": RUNS[2], "seen": seen}
        refused(ana.change(f"/cases/{target.case}/edits", **edit), 303)
        refused(ana.change(f"/cases/{target.case}/reopen", why=RUNS[0]), 409)


@contextlib.contextmanager
def _chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _signed_in(chromium: Chromium, target: Target) -> Page:
    page = chromium.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.add_init_script(_WATCH)
    page.goto(f"{target.url}/login")
    page.fill("#name", "ana")
    page.fill("#password", PASSWORD)
    page.click("form.login button")
    page.wait_for_url("**/cases")
    return page


def _touch(page: Page) -> None:
    """Wait until the page has what it loads, touch all of it, and see that nothing ran and nothing was stopped."""
    page.wait_for_load_state("networkidle")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(_TOUCH)
    ran, broken = page.evaluate("window.ran ?? null"), page.evaluate("window.broken")
    hold(ran is None, f"script {ran} ran on {page.url.partition('?')[0]}")
    hold(not broken, f"the content security policy had to stop {broken[:3]}")
    hold(COMPUTED not in page.content(), "a template was run")


@attempt("Scripts", "a user named with tags")
def user_names(target: Target) -> str:
    """A name that is markup."""
    from pipeline.errors import AppealwrightError
    from pipeline.web.people import Role

    for name in (*RUNS, "ana\n", "ana/../ben", ""):
        try:
            target.people.add(name, Role.VIEWER, PASSWORD, by="attacks")
        except AppealwrightError:
            continue
        hold(False, "it was added")
    return "refused: a name has letters, digits and . _ @ + - only"


@attempt("Injection", "SQL in filters, ids, searches, reasons and headers")
def sql(target: Target) -> str:
    """A query that says more than it should."""
    with target.script("ana") as ana:
        cases = ana.get("/api/worklist").json()
        hold(len(cases) >= 2, "there is nothing to be found")
        for words in _SQL:
            for name in ("payer", "service", "reviewer", "state"):
                hold(ana.get("/api/worklist", params={name: words}).json() == [], f"{name} found cases")
            refused(ana.get(f"/api/cases/{words}"), 404)
            refused(ana.get(f"/api/cases/{target.case}/files/{words}"), 404)
            refused(ana.get(f"/api/uploads/{words}"), 404)
            hold(ana.post(f"/api/cases/{target.case}/search", json={"words": words}).json() == [], "it was found")
            refused(ana.post(f"/api/cases/{target.case}/reopen", json={"why": words}), 409)
            refused(ana.get("/api/worklist", headers={"Authorization": f"Bearer {words}"}), 401)
        hold(len(ana.get("/api/worklist").json()) == len(cases), "cases are gone")
    return f"{len(_SQL)} tried in 9 places: each is a value, none a query"


@attempt("Injection", "templates in filters, searches, names and documents")
def templates(target: Target) -> str:
    """A value that a template would run."""
    told = "{{1337*1337}}${1337*1337}#{1337*1337}<%=1337*1337%>{{config}}{{''.__class__.__mro__}}"
    with target.browser("ana") as ana:
        pages = [ana.get("/cases", params=dict.fromkeys(("payer", "service", "reviewer", "sort"), told), headers=PAGE)]
        pages.append(ana.get(f"/cases/{told}", headers=PAGE))
        pages.append(ana.get("/login", params={"next": f"/{told}"}, headers=PAGE))
        pages.append(ana.change(f"/cases/{target.case}/search", words=told))
        pages += [ana.get(f"/cases/{target.case}", params={"tab": tab}, headers=PAGE) for tab in _TABS]
    for page in pages:
        hold(page.status_code in (200, 404), f"a page was answered {page.status_code}")
        hold(COMPUTED not in page.text and "&lt;class" not in page.text, "a template was run")
    return f"{len(pages)} pages: each shows them as they were typed"


@attempt("Injection", "formulas in the CSV of the worklist")
def formulas(target: Target) -> str:
    """A cell that a spreadsheet would run."""
    import csv

    seen = target.state(target.scan)["version"]
    edit = {"do": "value", "field": "payer", "value": "=HYPERLINK(1)"}
    with target.script("ana") as ana:
        told = {"edit": edit, "seen": seen, "reason": "as printed"}
        refused(ana.post(f"/api/cases/{target.scan}/edits", json=told), 200)
        rows = list(csv.reader(io.StringIO(ana.get("/worklist.csv").text)))
        rows += list(csv.reader(io.StringIO(ana.get("/reports.csv").text)))
    begins = [cell for row in rows for cell in row if cell[:1] in "=+@\t\r" and cell]
    hold(any("HYPERLINK" in cell for row in rows for cell in row), "the cell is not there")
    hold(not begins, f"a cell begins with {begins[0][:1]!r}" if begins else "")
    return "such a cell begins with an apostrophe"


@attempt("Downloads", "every file of a case: never shown as a page, never sniffed, never kept")
def downloads(target: Target) -> str:
    """A file that a browser opens as a page of the desk."""
    tried = 0
    with target.script("ana") as ana:
        files = target.state()["files"]
        paths = [f"/cases/{target.case}/files/{one}" for one in files.values()]
        for path in (*paths, *(f"/api{one}" for one in paths), "/worklist.csv", "/worklist.ics", "/reports.csv"):
            answer = ana.get(path)
            told = answer.headers
            hold(answer.status_code == 200, f"a file was answered {answer.status_code}")
            hold(told["content-disposition"].startswith("attachment;"), "it is shown")
            hold("html" not in told["content-type"] and "svg" not in told["content-type"], "it is a page")
            hold(told["x-content-type-options"] == "nosniff" and told["cache-control"] == "no-store", "headers")
            tried += 1
    return f"{tried} files: attachment, never text/html, nosniff, no-store"


@attempt("Downloads", "line breaks, quotes and other marks in the name of a download")
def header_injection(_: Target) -> str:
    """A name that ends the header and begins another."""
    from pipeline.web.answers import download, packed

    names = ('a"; b=c.txt', "a\r\nSet-Cookie: x=y.txt", "a\nb", "é\u2028.docx", "../../a.docx", "a;b,c", "\x00")
    for name in names:
        for answer in (download(name, b"x"), packed("packet.zip", {name: b"x"})):
            told = answer.headers["content-disposition"]
            hold(
                re.fullmatch(r"attachment; filename=\"[\w. -]*\"; filename\*=UTF-8''[\w.%~-]*", told, re.ASCII)
                is not None,
                told,
            )
    return f"{len(names)} names: one header, one file name, percent-encoded"


@attempt("Downloads", "an HTML and an SVG file uploaded, and asked for again")
def uploaded_pages(target: Target) -> str:
    """A page of the attacker's on the desk's own address."""
    html = f"<html><body>{RUNS[0]}<p>Progress Note</p></body></html>".encode()
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{RUNS[0]}</svg>'.encode()
    ids = [target.upload("page.html", html), target.upload("page.svg", svg)]
    outcomes = []
    with target.browser("ana") as ana:
        for one in ids:
            outcomes.append(target.settled(one)["outcome"])
            for path in (
                f"/api/uploads/{one}",
                f"/uploads/{one}",
                f"/static/{one}",
                f"/static/uploads/inbox/{one}/page.html",
            ):
                answer = ana.get(path, headers=PAGE)
                hold("html" not in answer.headers["content-type"] or "<script>window" not in answer.text, path)
    return f"no address serves an upload ({', '.join(outcomes)})"


@attempt("Headers", "every page framed, sniffed, kept, or read from another origin")
def headers(target: Target) -> str:
    """What browsers are told on every answer."""
    with target.browser("ana") as ana:
        ok = ["/cases", f"/cases/{target.case}", f"/cases/{target.case}/pages/d1/1", "/reports", "/login", "/missing"]
        ok += [f"/cases/{target.scan}/pages/d1/1/picture", f"/cases/{target.case}/tabs/letter", "/api/worklist"]
        for path in ok:
            told = ana.get(path, headers=PAGE | {"Origin": "https://evil.example"}).headers
            hold(all(name in told for name in _HEADERS), f"{path} lacks a header")
            policy = told["content-security-policy"]
            hold("frame-ancestors 'none'" in policy and "unsafe" not in policy, f"{path} can be framed")
            hold(told["cache-control"] == "no-store", f"{path} is kept")
            hold("access-control-allow-origin" not in told, f"{path} is read by other sites")
            hold("server" not in told, f"{path} names the server")
    return f"{len(ok)} addresses: frame-ancestors 'none', nosniff, no-store, no CORS, no server named"


@attempt("Errors", "what is asked wrongly in 72 ways: traces, paths and text of documents in the answers")
def errors(target: Target) -> str:
    """An error that tells of the inside."""
    found: list[int] = []
    for method, path, sent in _wrong(target):
        with target.script("ana") as ana:
            for told in (PAGE, {"HX-Request": "true"}, {}):
                answer = ana.request(method, path, **{**sent, "headers": told | sent.get("headers", {})})
                text = answer.text
                hold(answer.status_code < 500, f"{method} {path[:60]} was answered {answer.status_code}")
                hold("Traceback" not in text and 'File "' not in text and "/pipeline/" not in text, "it shows a trace")
                hold(str(target.folder) not in text, "it shows a path")
                found.append(answer.status_code)
    hold(not secrets_in(target.log), "the log holds text of a document")
    return f"{len(found)} answers: 4xx or as asked, no trace, no path"


def _wrong(target: Target) -> Iterator[tuple[str, str, dict[str, Any]]]:
    case, huge = target.case, "9" * 5000
    for path in (f"d1/{huge}", "d1/0", "d1/-1", "%00/1", "%ff/1", "d1/1e9", f"{huge[:900]}/1"):
        yield "GET", f"/api/cases/{case}/pages/{path}", {}
        yield "GET", f"/cases/{case}/pages/{path}/picture", {}
    for one in ("%00", "%ff%fe", huge[:2000], "\u202e", "%ed%a0%80", "a%0ab"):
        yield "GET", f"/cases/{one}", {}
        yield "GET", f"/api/cases/{one}/history", {}
    for query in (
        "within=" + huge,
        "page=" + huge,
        "within=-1",
        "state=%00",
        "within=%D9%A3",
        "page=%C2%B2",
        "down=%ff",
    ):
        yield "GET", f"/cases?{query}", {}
        yield "GET", f"/api/worklist?{query}", {}
    bodies = (
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"words": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"\xff\xfe",
        b'{"words": NaN}',
        b"[" * 9000,
    )
    for body in (*bodies, b'{"words": ' + b"9" * 5000 + b"}", b'{"words": "\\u0000"}'):
        yield "POST", f"/api/cases/{case}/search", {"content": body, "headers": {"Content-Type": "application/json"}}
    for charset in ("idna", "utf-7", "undefined", "rot13", "unicode_escape", "raw_unicode_escape", "\x7f"):
        part = '--x\r\nContent-Disposition: form-data; name="why"\r\n\r\n\\ud800\r\n--x--\r\n'
        told = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
        yield "POST", f"/cases/{case}/reopen", {"content": part.encode(), "headers": told}
    for fields in ({"why": "a\x00"}, {"why": "x" * 600}, {"on": "9999-99-99", "outcome": "x"}, {"set.__class__": "x"}):
        yield "POST", f"/cases/{case}/decide", {"data": fields}
        yield "POST", f"/cases/{case}/edits", {"data": {"do": "fact", "fact": "f1", **fields}}
    for told in (
        {"HX-Request": "1", "HX-Current-URL": "http://["},
        {"Origin": "http://["},
        {"Cookie": "appealwright=\x7f"},
    ):
        yield "GET", "/cases", {"headers": told | {"Authorization": "none"}}
        yield "POST", f"/cases/{case}/close", {"headers": told | {"Authorization": "none"}}
