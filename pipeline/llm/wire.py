"""One HTTP request to a model server, bounded in time and size; the only module that knows the client and its HTTP.

The client's own retries are off (pipeline/llm/retries.py has them), it follows no redirect, since that would carry a
chart elsewhere, and it keeps no connection. A timeout of the HTTP library is for each read, so that a server that
sends a byte now and then is never late: here a timer cuts the connection when the time of the whole request is over.
"""

from __future__ import annotations

import contextlib
import logging
import math
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, Final

import httpx2
from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAI

from pipeline.llm.asks import FaultKind
from pipeline.llm.connection import Connection
from pipeline.llm.dialect import PARAMETERS
from pipeline.llm.faults import AttemptError

_BYTES_PER_TOKEN: Final = 32  # a token of text is 4 characters or so, and one character may be written as \uXXXX
_BYTES_BESIDE: Final = 65_536  # headers, identifiers, counts
_CONNECT_SECONDS: Final = 10.0
_NO_KEY: Final = "none"  # servers without keys want a header all the same

for _talker in ("openai", "httpx2", "httpcore2"):  # at their debug level they log what is sent
    logging.getLogger(_talker).setLevel(logging.WARNING)


class _TooLarge(httpx2.RequestError):
    """More bytes than any reply that was asked for has."""


class _Compressed(httpx2.RequestError):
    """A reply in a coding that was not asked for: its size could not be bounded."""


class _Limited(httpx2.SyncByteStream):
    """The bytes of a response, up to a limit."""

    def __init__(self, stream: httpx2.SyncByteStream, most: int) -> None:
        self._stream = stream
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        left = self._most
        for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise _TooLarge("too large")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _Watch:
    """Cuts the connection of one request when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.late = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def trace(self, _event: str, info: dict[str, Any]) -> None:
        """Hear of each connection made, plain or TLS; the latter takes the socket over."""
        stream = info.get("return_value")
        if stream is not None and hasattr(stream, "get_extra_info"):
            self._socket = stream.get_extra_info("socket")
        if self.late:
            self._cut()

    def _cut(self) -> None:
        self.late = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it was closed just now
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Wire:
    """Requests to one server."""

    def __init__(self, connection: Connection) -> None:
        self._most = connection.max_reply_tokens * _BYTES_PER_TOKEN + _BYTES_BESIDE
        self._here = threading.local()
        http = httpx2.Client(
            verify=_trusted(),
            follow_redirects=False,
            headers={"Accept-Encoding": "identity"},
            limits=httpx2.Limits(max_connections=connection.concurrency, max_keepalive_connections=0),
            event_hooks={"request": [self._watch], "response": [self._limit]},
        )
        self._openai = OpenAI(
            base_url=connection.base_url, api_key=connection.api_key or _NO_KEY, max_retries=0, http_client=http
        )

    def send(self, body: dict[str, Any], seconds: float) -> bytes:
        """The body of the answer to a chat completion, within so many seconds. AttemptError where there is none."""
        timeout = httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        with _Watch(seconds) as watch:
            self._here.watch = watch
            try:
                answer = self._openai.post(
                    "/chat/completions", body=body, cast_to=httpx2.Response, options={"timeout": timeout}
                )
            except (APIConnectionError, APIStatusError) as error:
                raise _late() if watch.late else _fault(error) from None
            except UnicodeEncodeError:  # its message has the key
                raise AttemptError(FaultKind.REJECTED, "a key that cannot be sent") from None
            if watch.late:
                raise _late()
            return answer.content

    def _watch(self, request: httpx2.Request) -> None:
        request.extensions = {**request.extensions, "trace": self._here.watch.trace}

    def _limit(self, response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _Compressed("compressed")
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Limited(response.stream, self._most)


@lru_cache(maxsize=1)  # the certificates are many, and every case has a client
def _trusted() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _late() -> AttemptError:
    return AttemptError(FaultKind.TIMEOUT)


def _fault(error: APIConnectionError | APIStatusError) -> AttemptError:
    if isinstance(error, APIStatusError):
        return _status(error)
    if isinstance(error, APITimeoutError):
        return _late()
    match error.__cause__:
        case _TooLarge():
            return AttemptError(FaultKind.TOO_LARGE)
        case _Compressed():
            return AttemptError(FaultKind.NOT_JSON, "compressed, which was not asked for")
        case cause:
            return AttemptError(FaultKind.CONNECTION, type(cause).__name__)


def _status(error: APIStatusError) -> AttemptError:
    status = error.status_code
    detail = f"status {status}"
    if status == 429 and error.code != "insufficient_quota":
        return AttemptError(FaultKind.RATE_LIMITED, detail, retry_after=_retry_after(error.response.headers))
    if status == 408:
        return AttemptError(FaultKind.TIMEOUT, detail)
    if status >= 500:
        return AttemptError(FaultKind.SERVER, detail, retry_after=_retry_after(error.response.headers))
    return AttemptError(FaultKind.REJECTED, detail, parameter=_parameter(error) if status in (400, 422) else None)


def _parameter(error: APIStatusError) -> str | None:
    """The setting that the server names as one it does not take: models differ in what of these they know."""
    named = re.findall(r"\w+", f"{error.param} {error.response.text[:2000]}")
    return next((name for name in named if name in PARAMETERS), None)


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds to wait, from a number of them or a date (RFC 9110, 10.2.3)."""
    stated = headers.get("retry-after", "")
    try:
        seconds = float(stated)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(stated).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
