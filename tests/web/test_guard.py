"""What no request gets past, and what every answer says."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.testclient import TestClient
from starlette.types import Message

from pipeline.web import prompt
from pipeline.web.guard import LARGEST, Guard, Patience
from pipeline.web.prompt import PromptProtocol

SECRET = "Ana Ruiz, born 1960"
PAGE = {"Accept": "text/html"}


def guarded(**how: object) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/")
    @app.get("/static/style.css")
    @app.get("/cases/c1/page.png")
    def shown() -> PlainTextResponse:
        return PlainTextResponse("here")

    @app.get("/broken")
    @app.get("/api/broken")
    def broken() -> None:
        raise ValueError(SECRET)

    @app.get("/half")
    def half() -> StreamingResponse:
        def parts() -> Iterator[str]:
            yield "half"
            raise ValueError(SECRET)

        return StreamingResponse(parts())

    @app.post("/take")
    @app.post("/api/uploads/u1")
    @app.post("/cases/c1/edited")
    async def take(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(Guard, **how)
    return app


def client(**how: object) -> TestClient:
    return TestClient(guarded(**how), base_url="http://127.0.0.1:8000")


def test_every_answer_says_what_browsers_must_not_do() -> None:
    for path in ("/", "/missing", "/broken"):
        headers = client().get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers


def test_over_tls_browsers_are_told_to_stay_there() -> None:
    assert "max-age=31536000" in client(secure=True).get("/").headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/static/style.css?v=3f2a", "public, max-age=31536000, immutable"),
        ("/static/style.css", "no-cache"),
        ("/static/missing.css?v=3f2a", "no-store"),
        ("/cases/c1/page.png?v=3f2a", "no-store"),
    ],
)
def test_only_what_is_the_same_for_all_is_kept(path: str, kept: str) -> None:
    assert client().get(path).headers["cache-control"] == kept


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "Desk.example"])
def test_the_names_of_the_desk_are_answered(host: str) -> None:
    assert client(hosts=("desk.example",)).get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_a_name_that_is_not_the_desks_is_refused(host: str) -> None:
    answer = client(hosts=("desk.example",)).get("/", headers={"Host": host})
    assert (answer.status_code, answer.headers["cache-control"]) == (400, "no-store")


def test_a_body_that_is_too_large_is_refused_before_it_is_read_where_it_says_so() -> None:
    answer = client().post("/take", content=b"x" * (LARGEST + 1))
    assert (answer.status_code, answer.json()) == (413, {"detail": "It is larger than 1 MB"})
    assert answer.headers["connection"] == "close"
    assert client().post("/take", content=b"x" * LARGEST).json() == LARGEST


def test_a_body_that_is_too_large_is_refused_where_it_does_not_say_so() -> None:
    parts = (b"x" * 100_000 for _ in range(11))
    assert client().post("/take", content=parts).status_code == 413


def test_a_body_whose_length_is_said_in_two_ways_is_refused_and_what_follows_is_not_read() -> None:
    inner = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    lengths = f"Content-Length: {len(inner) + 5}\r\nTransfer-Encoding: chunked"
    sent = f"POST /take HTTP/1.1\r\nHost: localhost\r\n{lengths}\r\n\r\n0\r\n\r\n".encode() + inner
    got = b""
    with served(guarded()) as port, socket.create_connection(("127.0.0.1", port), 5) as wire:
        wire.sendall(sent)
        while part := wire.recv(4096):
            got += part
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1") == 1
    assert b"here" not in got


def test_some_paths_take_more() -> None:
    larger = {"/api/uploads/*": 3_000_000, "/cases/*/edited": 2_000_000}
    told = client(larger=larger)
    assert told.post("/api/uploads/u1", content=b"x" * 3_000_000).status_code == 200
    assert told.post("/cases/c1/edited", content=b"x" * 2_000_001).status_code == 413
    assert told.post("/take", content=b"x" * 2_000_000).status_code == 413


def call(app: FastAPI, *body: tuple[bytes, float], then: float = 0.0) -> int:
    """The status of a request whose body comes in parts, each so many seconds after the one before."""
    status: list[int] = []
    parts = iter(body)

    async def receive() -> Message:
        part = next(parts, None)
        if part is None:
            await asyncio.sleep(then)
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.sleep(part[1])
        return {"type": "http.request", "body": part[0], "more_body": True}

    async def send(message: Message) -> None:
        status.extend([message["status"]] if message["type"] == "http.response.start" else [])

    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": "/take", "headers": headers, "query_string": b""}
    scope |= {"http_version": "1.1", "scheme": "http", "root_path": "", "client": ("127.0.0.1", 1), "app": app}
    asyncio.run(app(scope, receive, send))
    return status[0]


def test_a_body_that_comes_too_slowly_is_refused() -> None:
    patience = Patience(seconds=0.05, bytes_a_second=1000)
    assert call(guarded(patience=patience), then=5) == 408
    assert call(guarded(patience=patience), *[(b"x", 0.01)] * 100) == 408


def test_a_large_body_may_take_its_time() -> None:
    patience = Patience(seconds=0.05, bytes_a_second=1000)
    assert call(guarded(patience=patience), *[(b"x" * 100, 0.02)] * 5) == 200


def test_an_error_shows_a_number_and_nothing_of_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    told = client()
    with caplog.at_level(logging.DEBUG):
        answer = told.get("/api/broken")
        page = told.get("/broken", headers=PAGE)
    number = answer.json()["id"]
    assert answer.status_code == page.status_code == 500
    assert "<h1>Error 500</h1>" in page.text
    assert f"{number}: ValueError at " in caplog.text
    assert SECRET not in answer.text + page.text + caplog.text
    assert "Traceback" not in answer.text + page.text + caplog.text


def test_an_error_in_the_middle_of_an_answer_ends_it_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert client().get("/half").text == "half"
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """The app behind the server that the desk runs on; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, http=PromptProtocol, log_config=None, lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def test_who_does_not_say_what_they_want_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt, "HEAD_SECONDS", 0.3)
    with served(guarded()) as port, socket.create_connection(("127.0.0.1", port), 5) as silent:
        assert silent.recv(1) == b""
        with socket.create_connection(("127.0.0.1", port), 5) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            began = time.monotonic()
            assert slow.recv(1) == b""
            assert time.monotonic() - began < 3
        prompt_one = HTTPConnection("127.0.0.1", port, timeout=5)
        for _ in range(2):
            prompt_one.request("GET", "/", headers={"Host": "localhost"})
            assert prompt_one.getresponse().read() == b"here"
            time.sleep(0.4)
        prompt_one.close()
