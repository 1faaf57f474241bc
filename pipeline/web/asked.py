"""What a request is: one for a page, of whom, and whether a page of ours sent it."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request

API: Final = "/api/"
_LOOPBACK: Final = ("127.0.0.1", "::1")
_LONGEST: Final = 2000


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer: a browser goes to a page, and nothing on a page or in a script asks."""
    is_part = "hx-request" in request.headers or request.url.path.startswith(API)
    return not is_part and "text/html" in request.headers.get("accept", "")


def address_of(request: Request) -> str:
    """The address it came from."""
    return request.client.host if request.client else ""


def is_from_this_machine(request: Request) -> bool:
    """Whether it came over the loopback."""
    return address_of(request) in _LOOPBACK


def is_from_our_page(request: Request) -> bool:
    """Whether what the browser says of the page that sent it, if it says anything, is that it is one of ours.

    Since we ask for no referrers, a form names its origin as `null`: then only the browser's other word counts.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin"):
        return False
    if origin == "null":
        return site == "same-origin"
    return origin is None or _split(origin).netloc == request.headers.get("host")


def local_path(told: str | None) -> str:
    """The place of ours that a link names to go on to; the first page where it names none, or someone else's."""
    if not told or len(told) > _LONGEST or not told.startswith("/") or told.startswith("//"):
        return "/"
    return told if told.isprintable() and "\\" not in told and " " not in told else "/"


def place_of(request: Request) -> str:
    """Where the person is, to come back to: of a part of a page, the page."""
    if "hx-request" in request.headers:
        parts = _split(request.headers.get("hx-current-url", ""))
    elif request.method == "GET":
        parts = urlsplit(str(request.url))
    else:
        return "/"
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _split(address: str) -> SplitResult:
    """The parts of an address that somebody sends; none of what is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
