"""Signing in and out, and what a route asks of who calls it: `Viewer`, `Reviewer` or `Admin`.

A browser has a cookie, and its changes must carry the session's token besides; a script sends its own token.
"""

from __future__ import annotations

import hmac
import math
import secrets
import threading
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, FastAPI, Form, Query
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.web.asked import (
    address_of,
    is_from_our_page,
    is_from_this_machine,
    local_path,
    place_of,
    wants_page,
)
from pipeline.web.oidc import CALLBACK, NotNamedError, Provider
from pipeline.web.people import People, Role, Session, User
from pipeline.web.throttle import Throttle

COOKIE: Final = "appealwright"
CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf"
_BEFORE: Final = "appealwright-login"  # holds what the form of /login must carry: there is no session yet
_LOGIN: Final = "/login"
_READS: Final = ("GET", "HEAD", "OPTIONS")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_WRONG: Final = "No user has this name and password."
_STALE: Final = "This page was open for too long. Please try again."
_NOT_NAMED: Final = "You could not be signed in through your organization."
_USED: Final = "This link was used before. A new one is in the terminal where `appealwright serve` runs."

router: Final = APIRouter(include_in_schema=False)


class Access:
    """How people come in. `secure`: browsers reach the desk over TLS.

    `tell` is given the path of a link that lets the machine's own user in, once: now, and whenever a new one is needed.
    Without it, users are needed.
    """

    def __init__(
        self,
        people: People,
        templates: Jinja2Templates,
        *,
        secure: bool,
        provider: Provider | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.people = people
        self.secure = secure
        self.provider = provider
        self.throttle = Throttle()
        self._templates = templates
        self._tell = tell
        self._key = ""
        self._lock = threading.Lock()
        self.offer_link()

    def add_to(self, app: FastAPI) -> None:
        """Add the pages of signing in to an app, and have its routes ask here."""
        app.state.access = self
        app.include_router(router)

    def offer_link(self) -> bool:
        """See that a link that was not used is in the terminal; whether there is such a thing."""
        if self._tell is None or self.people.machine() is None:
            return False
        with self._lock:
            if not self._key:
                self._key = secrets.token_urlsafe(32)
                self._tell(f"/enter?key={self._key}")
        return True

    def by_link(self, key: str) -> User | None:
        """The machine's own user, where this is the key of the link and nobody used it."""
        with self._lock:
            if not self._key or not _same(key, self._key):
                return None
            self._key = ""
        return self.people.machine()

    def page(
        self, request: Request, status: int = 200, *, problem: str = "", then: str = "/", wait: int = 0
    ) -> Response:
        """The page to sign in at."""
        csrf = request.cookies.get(_BEFORE) or secrets.token_urlsafe(32)
        told = {
            "session": None,
            "problem": problem,
            "csrf": csrf,
            "then": then,
            "by_link": self.offer_link(),
            "by_provider": self.provider is not None,
        }
        headers = {"Retry-After": str(wait)} if wait else None
        page = self._templates.TemplateResponse(request, "login.html.jinja", told, status, headers)
        page.set_cookie(_BEFORE, csrf, path=_LOGIN, secure=self.secure, httponly=True, samesite="strict")
        return page

    def let_in(self, request: Request, user: User, then: str) -> Response:
        """Begin a session, in place of any that the browser has."""
        if old := request.cookies.get(COOKIE):
            self.people.leave(old)
        entered = self.people.enter(user, address_of(request))
        answer = RedirectResponse(then, 303)
        answer.set_cookie(COOKIE, entered.secret, path="/", secure=self.secure, httponly=True, samesite="lax")
        return answer


# What a route asks.


def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


_BEARER: Final = HTTPBearer(auto_error=False, description="A token made with `appealwright users token`.")
_OF_BROWSERS: Final = APIKeyCookie(
    name=COOKIE, auto_error=False, description=f"A browser's session; what changes must carry {CSRF_HEADER} besides."
)
DESCRIBED: Final = (Depends(_BEARER), Depends(_OF_BROWSERS))  # what the description of the API says of signing in


async def signed_in(request: Request) -> Session:
    """Whoever has signed in. HTTPException where nobody has, or where a change may come from another site's page."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    is_script = scheme.lower() == "bearer"
    secret = bearer.strip() if is_script else request.cookies.get(COOKIE, "")
    session = await run_in_threadpool(_access(request).people.session, secret) if secret else None
    if session is None or session.is_script != is_script:
        raise _not_signed_in(request)
    if not is_script and request.method not in _READS:
        await _meant(request, session)
    return session


def _at_least(role: Role) -> Callable[[Session], Awaitable[Session]]:
    async def allowed(session: Annotated[Session, Depends(signed_in)]) -> Session:
        if not session.user.role.may(role):
            raise HTTPException(403, f"This needs the role {role.value}")
        return session

    return allowed


viewer: Final = _at_least(Role.VIEWER)
reviewer: Final = _at_least(Role.REVIEWER)
admin: Final = _at_least(Role.ADMIN)
Viewer = Annotated[Session, Depends(viewer)]
Reviewer = Annotated[Session, Depends(reviewer)]
Admin = Annotated[Session, Depends(admin)]


def _not_signed_in(request: Request) -> HTTPException:
    login = str(URL(_LOGIN).include_query_params(next=place_of(request)))
    if wants_page(request):
        return HTTPException(303, "Sign in first", {"Location": login})
    headers = {"WWW-Authenticate": "Bearer"}
    if "hx-request" in request.headers:
        headers["HX-Redirect"] = login
    return HTTPException(401, "Sign in first", headers)


async def _meant(request: Request, session: Session) -> None:
    """A change that the person made on a page of ours. HTTPException (403) where another site may have sent it."""
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.headers.get("content-type", "").partition(";")[0].strip().lower() in _FORMS:
        sent = str((await request.form()).get(CSRF_FIELD, ""))
    if not is_from_our_page(request) or not _same(sent or "", session.csrf):
        raise HTTPException(403, "This did not come from a page of the desk that is still good: load it again")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


# The pages.


@router.get(_LOGIN)
def ask(request: Request, then: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The page to sign in at."""
    return _access(request).page(request, then=local_path(then))


@router.post(_LOGIN)
def login(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    then: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Sign in with name and password."""
    access, address, then = _access(request), address_of(request), local_path(then)
    before = request.cookies.get(_BEFORE, "")
    if not before or not _same(csrf, before) or not is_from_our_page(request):
        return access.page(request, 403, problem=_STALE, then=then)
    wait = math.ceil(access.throttle.take(name, address))
    if wait:
        told = f"Too many tries. Please wait {wait} second{'s' if wait != 1 else ''} before the next."
        return access.page(request, 429, problem=told, then=then, wait=wait)
    user = access.people.check(name, password, address)
    if user is None:
        return access.page(request, 403, problem=_WRONG, then=then)
    access.throttle.passed(name, address)
    return access.let_in(request, user, then)


@router.post("/logout", dependencies=[Depends(viewer)])
def logout(request: Request) -> Response:
    """Sign out."""
    _access(request).people.leave(request.cookies.get(COOKIE, ""))
    answer = RedirectResponse(_LOGIN, 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/enter")
def enter(request: Request, key: str = "") -> Response:
    """Sign in as the machine's own user, with the link that `appealwright serve` printed."""
    access = _access(request)
    user = access.by_link(key) if is_from_this_machine(request) else None
    if user is None:
        return access.page(request, 403, problem=_USED)
    return access.let_in(request, user, "/")


@router.get("/oidc")
async def oidc(request: Request, then: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Go to the identity provider."""
    access = _access(request)
    if access.provider is None:
        raise HTTPException(404)
    try:
        return await access.provider.begin(request, local_path(then), secure=access.secure)
    except NotNamedError:
        return await run_in_threadpool(access.page, request, 403, problem=_NOT_NAMED)


@router.get(CALLBACK)
async def oidc_callback(request: Request) -> Response:
    """Come back from the identity provider."""
    access = _access(request)
    if access.provider is None:
        raise HTTPException(404)
    try:
        named = await access.provider.finish(request)
    except NotNamedError:
        return await run_in_threadpool(access.page, request, 403, problem=_NOT_NAMED)
    user = await run_in_threadpool(access.people.admit, named.name, address_of(request))
    if user is None:
        return await run_in_threadpool(access.page, request, 403, problem=_NOT_NAMED)
    return await run_in_threadpool(access.let_in, request, user, named.then)
