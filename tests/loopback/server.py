"""A small server on 127.0.0.1 that speaks OpenAI's chat completions and says what it is told to."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
from collections.abc import Callable, Collection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.loopback.answers import Answer, Call, Fault, Player
from tests.loopback.served import Served

MODES = ("json_schema", "json_object", "tool", "prompt")
_SLOW = 0.01  # seconds from one byte to the next
_STATUS = {
    Fault.RATE_LIMITED: (429, {"message": "too many requests", "code": "rate_limit_exceeded"}),
    Fault.NO_QUOTA: (429, {"message": "you have used up your quota", "code": "insufficient_quota"}),
    Fault.SERVER_ERROR: (500, {"message": "internal error"}),
    Fault.OVERLOADED: (503, {"message": "overloaded"}),
    Fault.NOT_AUTHORIZED: (401, {"message": "wrong key"}),
    Fault.NOT_FOUND: (404, {"message": "no such thing here"}),
    Fault.UNSUPPORTED_FORM: (400, {"message": "unknown response_format", "param": "response_format"}),
}


class Server(Served):
    """`with Server(player) as server:` serves at `server.base_url`; `server.calls` are the requests so far.

    `modes` are the ways of structured output it takes, `refuses` the parameters it does not know; it answers either
    with 400, as servers do.
    """

    def __init__(
        self, player: Player, *, port: int = 0, modes: Collection[str] = MODES, refuses: Collection[str] = ()
    ) -> None:
        self.calls: list[Call] = []
        self.player = player
        self.modes = modes
        self.refuses = refuses
        self.closing = threading.Event()
        http = _Http(("127.0.0.1", port), _Handler)
        http.owner = self
        super().__init__(http)

    @property
    def base_url(self) -> str:
        """What to set OPENAI_BASE_URL to."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        super().__exit__(kind, error, trace)

    def answer(self, call: Call) -> Answer:
        """What the player says to the call; all of them are remembered."""
        self.calls.append(call)
        return self.player(call)


class _Http(ThreadingHTTPServer):
    owner: Server
    daemon_threads = False  # a handler still at work is waited for, so that no test leaves one behind
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call = Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        with contextlib.suppress(OSError):  # the client has had enough: often that is the test
            self._respond(call)

    def log_message(self, *_args: Any) -> None:
        """Nothing: a log of requests belongs to no test."""

    def _respond(self, call: Call) -> None:
        owner = self.server.owner
        answer = owner.answer(call)
        refused = next((name for name in owner.refuses if name in call.body), None)
        if answer.raw is not None:
            self._send(*answer.raw)
        elif refused is not None:
            self._send(400, {"error": {"message": f"Unsupported parameter: '{refused}'", "param": refused}})
        elif call.mode not in owner.modes:
            self._send(400, {"error": _STATUS[Fault.UNSUPPORTED_FORM][1]})
        elif answer.fault in _STATUS:
            status, error = _STATUS[answer.fault]
            self._send(status, {"error": error}, retry_after=answer.retry_after)
        elif answer.fault in _PLAYED:
            _PLAYED[answer.fault](self, call)
        else:
            self._send(200, completion(call, answer))

    def _send(self, status: int, body: object, retry_after: str | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._head(status, {"Content-Length": str(len(content))}, retry_after)
        self.wfile.write(content)

    def _head(self, status: int, headers: dict[str, str], retry_after: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _drop_midway(self, call: Call) -> None:
        content = json.dumps(completion(call, Answer("{}"))).encode()
        self._head(200, {"Content-Length": str(len(content))})
        self.wfile.write(content[: len(content) // 2])

    def _slow_headers(self, _call: Call) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._drip()

    def _slow_body(self, _call: Call) -> None:
        self._head(200, {})  # no length: the body ends with the connection
        self._drip()

    def _drip(self) -> None:
        while not self.server.owner.closing.wait(_SLOW):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _oversized(self, _call: Call) -> None:
        self._head(200, {})
        for _ in range(1000):
            self.wfile.write(b" " * 65536)

    def _compressed(self, call: Call) -> None:
        content = gzip.compress(json.dumps(completion(call, Answer(" " * 2_000_000))).encode())
        self._head(200, {"Content-Length": str(len(content)), "Content-Encoding": "gzip"})
        self.wfile.write(content)

    def _redirect(self, _call: Call) -> None:
        self._head(307, {"Location": "http://203.0.113.1/v1/chat/completions", "Content-Length": "0"})


_PLAYED: dict[Fault | None, Callable[[_Handler, Call], object]] = {
    Fault.DROP: lambda *_: None,
    Fault.DROP_MIDWAY: _Handler._drop_midway,
    Fault.HANG: lambda handler, _: handler.server.owner.closing.wait(),
    Fault.SLOW_HEADERS: _Handler._slow_headers,
    Fault.SLOW_BODY: _Handler._slow_body,
    Fault.OVERSIZED: _Handler._oversized,
    Fault.COMPRESSED: _Handler._compressed,
    Fault.REDIRECT: _Handler._redirect,
    Fault.NOT_A_COMPLETION: lambda handler, _: handler._send(200, b"<html>Sign in to the guest network</html>"),
}


def completion(call: Call, answer: Answer) -> dict[str, Any]:
    """The body of an answer that is one, sound or not. The model, the id and the time are always the same."""
    text = {
        Fault.EMPTY: "",
        Fault.REFUSED: "",
        Fault.FILTERED: "",
        Fault.NOT_JSON: "Certainly! Here is what I found.",
        Fault.WRONG_SCHEMA: '{"unheard_of": 1}',
        Fault.TRUNCATED: '{"cut": "of',
    }.get(answer.fault or Fault.DROP, answer.text)
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if call.mode == "tool" and text:
        function = {"name": call.body["tools"][0]["function"]["name"], "arguments": text}
        message = {"role": "assistant", "content": None}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
    if answer.fault is Fault.REFUSED:
        message["refusal"] = "I cannot help with that."
    finish = {Fault.TRUNCATED: "length", Fault.FILTERED: "content_filter"}.get(answer.fault or Fault.DROP, "stop")
    body: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": "authored"}
    body["choices"] = [{"index": 0, "message": message, "finish_reason": finish}]
    if answer.fault is Fault.NO_CHOICES:
        body["choices"] = []
    if answer.counted:
        sent, received = len(json.dumps(call.body["messages"])) // 4, len(text) // 4
        body["usage"] = {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
    return body
