"""What stands around the app: by what name it is called, how much may be sent and how slowly, what every answer says.

`app.add_middleware(Guard, ...)`, after every other, so that it is the outermost.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.errors import arisen
from pipeline.web.asked import wants_page

LARGEST: Final = 1_000_000  # bytes
LOOPBACK_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; font-src 'self'"
)
_UNUSED: Final = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
}
_YEAR: Final = 31_536_000
_STATIC: Final = "/static/"
_VERSION: Final = re.compile(rb"(^|&)v=[^&]")
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How slowly a body may come: it is waited for so many seconds, and one more for so many bytes that have come."""

    seconds: float = 20.0
    bytes_a_second: float = 10_000.0


class Guard:
    """Around the app. `hosts` are the names it is called by, `larger` the limits of paths that take more than LARGEST.

    A path may hold `*`. `secure`: browsers reach it over TLS.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Sequence[str] = (),
        secure: bool = False,
        larger: Mapping[str, int] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._secure = secure
        self._larger = larger or {}
        self._patience = patience or Patience()
        self._app = TrustedHostMiddleware(app, [*LOOPBACK_HOSTS, *hosts], www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, as far as it may go."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((most for path, most in self._larger.items() if fnmatchcase(scope["path"], path)), LARGEST)
        body = _Body(receive, limit, self._patience)
        answer = _Answer(scope, send, secure=self._secure)
        try:
            headers = Headers(scope=scope)
            if "content-length" in headers and "transfer-encoding" in headers:
                raise HTTPException(400, _TWO_LENGTHS, _CLOSE)
            body.announced(headers.get("content-length", ""))
            await self._app(scope, body.receive, answer.send)
        except ClientDisconnect:
            pass
        except HTTPException as error:
            await answer.instead(error.status_code, error.detail, error.headers)
        except Exception as error:
            number = secrets.token_hex(8)
            _log.error("%s: %s", number, arisen(error))
            await answer.instead(500, "Something went wrong here; what you sent may not have been kept", number=number)


class _Body:
    """A request's body as it comes in, no larger and no slower than it may. HTTPException where it is.

    The time that counts is that waited for it, not that spent on what has come.
    """

    def __init__(self, receive: Receive, limit: int, patience: Patience) -> None:
        self._receive = receive
        self._limit = limit
        self._patience = patience
        self._size = 0
        self._waited = 0.0
        self._whole = False

    def announced(self, length: str) -> None:
        if length.isdecimal() and int(length) > self._limit:
            raise self._too_large()

    async def receive(self) -> Message:
        if self._whole:  # what is left to come is the end of the connection
            return await self._receive()
        left = self._patience.seconds + self._size / self._patience.bytes_a_second - self._waited
        began = time.monotonic()
        try:
            async with asyncio.timeout(left):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, "It came too slowly", _CLOSE) from error
        self._waited += time.monotonic() - began
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._size > self._limit:
            raise self._too_large()
        return message

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"It is larger than {self._limit / 1e6:.0f} MB", _CLOSE)


_CLOSE: Final = {"Connection": "close"}  # the rest of it is not read
_TWO_LENGTHS: Final = (
    "It says in two ways how long it is"  # a server in front may believe the other one (RFC 9112, 6.3)
)


class _Answer:
    """The answer to a request on its way out; every one gets the headers that are the same for all."""

    def __init__(self, scope: Scope, send: Send, *, secure: bool) -> None:
        self._scope = scope
        self._send = send
        self._secure = secure
        self._begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers["Cache-Control"] = self._kept(message["status"])
            if self._secure:
                headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        await self._send(message)

    async def instead(
        self, status: int, told: str, headers: Mapping[str, str] | None = None, *, number: str = ""
    ) -> None:
        """Say what went wrong; where an answer has begun, the connection ends in the middle of it."""
        if self._begun:
            return
        response: Response
        if wants_page(Request(self._scope)):
            response = HTMLResponse(_page(status, told, number), status, headers)
        else:
            response = JSONResponse({"detail": told} | ({"id": number} if number else {}), status, headers)
        await response(self._scope, _nothing, self.send)

    def _kept(self, status: int) -> str:
        """Only what is the same for everybody, and named with its version, is kept by browsers."""
        if status not in (200, 206, 304) or not self._scope["path"].startswith(_STATIC):
            return "no-store"
        versioned = _VERSION.search(self._scope["query_string"])
        return f"public, max-age={_YEAR}, immutable" if versioned else "no-cache"


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _page(status: int, told: str, number: str) -> str:
    """A page that needs no template: that may be what went wrong."""
    named = f"<p>If it happens again, report it with the number <code>{number}</code>.</p>" if number else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Error {status}</title>'
        f'<link rel="stylesheet" href="/static/style.css"></head><body><main><h1>Error {status}</h1>'
        f'<p>{html.escape(told)}.</p>{named}<p><a href="/">Back to the desk</a></p></main></body></html>'
    )
