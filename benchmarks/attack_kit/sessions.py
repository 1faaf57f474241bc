"""Attempts on sessions: forged changes, a session set by someone else, links that lead away."""

from typing import Any, Final

from benchmarks.attack_kit.attempt import attempt
from benchmarks.attack_kit.target import PAGE, Browser, Target, hidden, hold, refused, sign_in

_COOKIE: Final = "appealwright"
_AWAY: Final = (
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "http:evil.example",
    " //evil.example",
    "/%0d%0aSet-Cookie: a=b",
)


@attempt("CSRF", "a change with no token, a wrong one, and that of another session")
def no_token(target: Target) -> str:
    """A form that was not made on a page of the session."""
    with target.browser("ana") as ana, target.browser("ben") as ben:
        return _none_changes(target, ana, [{}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": ben.csrf}], [{}])


@attempt("CSRF", "the right token from another site: a foreign Origin, `null`, foreign Sec-Fetch-Site")
def from_elsewhere(target: Target) -> str:
    """A form that another site's page sends."""
    told = [{"Origin": one} for one in ("https://evil.example", "null", "http://127.0.0.1", "http://[", "//x")]
    told += [{"Sec-Fetch-Site": one} for one in ("cross-site", "same-site", "none")]
    told.append({"Sec-Fetch-Site": "cross-site", "Origin": target.url})
    with target.browser("ana") as ana:
        return _none_changes(target, ana, [{"csrf": ana.csrf}], told)


def _none_changes(target: Target, browser: Browser, forms: list[dict[str, str]], headers: list[dict[str, str]]) -> str:
    before, tried = target.state(), 0
    for form in forms:
        for told in headers:
            for path in ("/worklist", f"/cases/{target.case}/close"):
                sent = {"do": "take", "case": target.case, "why": "forged", **form}
                refused(browser.post(path, data=sent, headers=PAGE | told), 403)
                tried += 1
            path = f"/api/cases/{target.case}/take"
            refused(browser.post(path, headers=told | {"X-CSRF-Token": form.get("csrf", "")}), 403)
            tried += 1
    hold(target.state() == before, "the case was changed")
    return f"{tried} tried: 403, nothing changed"


@attempt("CSRF", "the API with the cookie alone, sent as plain text, as a form, as JSON")
def cookie_alone(target: Target) -> str:
    """What a page of another site can send without asking."""
    before = target.state()
    path = f"/api/cases/{target.case}/close"
    with target.browser("ana") as ana:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
            refused(ana.post(path, content=b'{"why": "forged"}', headers={"Content-Type": kind}), 403)
    hold(target.state() == before, "the case was changed")
    return "403"


@attempt("CSRF", "changes by GET, HEAD and by headers and fields that ask for another method")
def by_get(target: Target) -> str:
    """A change by what an image on another site can send."""
    before, tried = target.state(), 0
    over = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", "X-HTTP-Method": "POST"}
    with target.browser("ana") as ana:
        for verb in ("edits", "edited", "edited/drop", "approve", "submit", "decide", "close", "reopen", "take"):
            for path in (f"/cases/{target.case}/{verb}", f"/api/cases/{target.case}/{verb}"):
                for method in ("GET", "HEAD"):
                    asked = {"why": "x", "_method": "POST", "csrf": ana.csrf}
                    refused(ana.request(method, path, params=asked, headers=over), 404, 405)
                    tried += 1
        for path in ("/logout", "/worklist"):
            refused(ana.get(path, headers=over), 405)
        hold(ana.get("/api/worklist").status_code == 200, "the session ended")
    hold(target.state() == before, "the case was changed")
    return f"{tried + 2} tried: 404 or 405, nothing changed"


@attempt("CSRF", "signing someone in under the attacker's name (login CSRF)")
def login_forged(target: Target) -> str:
    """A login form that another site sends, with a cookie that it could set."""
    with target.nobody() as client:
        csrf = hidden(client.get("/login", headers=PAGE).text, "csrf")
        form = {"name": "ben", "password": "seven green teapots", "csrf": csrf}
        statuses = [
            refused(client.post("/login", data=form, headers={"Origin": "https://evil.example"}), 403),
            refused(client.post("/login", data=form, headers={"Sec-Fetch-Site": "cross-site"}), 403),
            refused(client.post("/login", data={**form, "csrf": "x"}), 403),
        ]
        client.cookies.clear()
        statuses.append(refused(client.post("/login", data=form), 403))
    return f"{len(statuses)} tried: 403"


@attempt("Sessions", "a session id that the attacker has set before (fixation)")
def fixed(target: Target) -> str:
    """A cookie that was there before signing in."""
    with target.nobody() as client, target.nobody() as attacker:
        for browser in (client, attacker):
            browser.cookies.set(_COOKIE, "fixed-by-the-attacker", domain="127.0.0.1", path="/")
        answer = sign_in(client, "ana")
        given = answer.cookies[_COOKIE]
        hold(given != "fixed-by-the-attacker" and len(given) >= 43, "the id was taken over")
        refused(attacker.get("/api/worklist"), 401)
        again = sign_in(client, "ana").cookies[_COOKIE]
        hold(again != given, "signing in again kept the id")
        attacker.cookies.clear()
        attacker.cookies.set(_COOKIE, given, domain="127.0.0.1", path="/")
        refused(attacker.get("/api/worklist"), 401)
    return "a new id of 256 random bits each time; the one before ends"


@attempt("Sessions", "the cookie read by scripts, or sent by other sites' pages")
def flags(target: Target) -> str:
    """What the cookies say of themselves."""
    with target.nobody() as client:
        before = client.get("/login", headers=PAGE).headers.get_list("set-cookie")
        session = sign_in(client, "ana").headers.get_list("set-cookie")
        for told in (*before, *session):
            lower = told.lower()
            hold("httponly" in lower and "samesite=" in lower and "samesite=none" not in lower, "a flag is missing")
            hold("domain=" not in lower, "it is sent to other hosts")
    return "HttpOnly, SameSite, for this host alone"


@attempt("Sessions", "a session used after signing out, and a token as a cookie or a cookie as a token")
def after_logout(target: Target) -> str:
    """A secret that is no longer, or is not of that kind."""
    with target.browser("ana") as ana, target.nobody() as other:
        secret = ana.cookies[_COOKIE]
        refused(other.get("/api/worklist", headers={"Authorization": f"Bearer {secret}"}), 401)
        other.cookies.set(_COOKIE, target.tokens["ana"], domain="127.0.0.1", path="/")
        refused(other.get("/api/worklist"), 401)
        refused(ana.change("/logout"), 303)
        ana.cookies.set(_COOKIE, secret, domain="127.0.0.1", path="/")
        refused(ana.get("/api/worklist"), 401)
    return "401"


@attempt("Sessions", "the link of the machine's own user, guessed, and used where users were added")
def by_link(target: Target) -> str:
    """The way in that is there only as long as nobody was added."""
    with target.nobody() as client:
        for key in ("", "x" * 43, "%00", "\u00e9"):
            refused(client.get("/enter", params={"key": key}), 403)
    hold("/enter" not in target.log, "a link is in the terminal")
    return "403; no link is in the terminal"


@attempt("Redirects", "eleven addresses to go on to after signing in that lead away")
def away(target: Target) -> str:
    """An open redirect."""
    for then in _AWAY:
        with target.nobody() as client:
            form: dict[str, Any] = {"name": "ana", "password": "seven green teapots", "next": then}
            form["csrf"] = hidden(client.get("/login", params={"next": then}, headers=PAGE).text, "csrf")
            answer = client.post("/login", data=form, headers=PAGE)
            where = answer.headers.get("location", "")
            hold(answer.status_code == 303 and where.startswith("/"), f"{then!r} was answered {answer.status_code}")
            hold(where[1:2] not in ("/", "\\", "\t"), f"{then!r} leads to {where!r}")
            hold("set-cookie: a=b" not in str(answer.headers).lower(), "a header was added")
    return f"{len(_AWAY)} tried: each leads to a page of the desk"
