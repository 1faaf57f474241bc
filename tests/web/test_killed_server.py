"""The server ended at any moment, by SIGKILL: what was sent stays, and what was being worked is worked on."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.web.uploading import LETTER

_PROGRAM = "from pipeline.cli import main; main()"


def _program(folder: Path, *words: str) -> list[str]:
    return ["env", f"APPEALWRIGHT_DESK={folder}", sys.executable, "-c", _PROGRAM, *words]


def _token(folder: Path) -> str:
    """That of a reviewer of a new desk."""
    add = _program(folder, "users", "add", "ruth", "--role", "reviewer", "--password-stdin")
    subprocess.run(add, input=b"a long enough password", check=True)
    return subprocess.check_output(_program(folder, "users", "token", "ruth", "--note", "a test"), text=True).strip()


@contextmanager
def _serving(folder: Path, token: str, port: int) -> Iterator[httpx2.Client]:
    """The desk of a folder, served by a process of its own that is killed at the end."""
    serve = _program(folder, "serve", "--port", str(port), "--today", "2026-11-22")
    process = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx2.Client(
            base_url=f"http://127.0.0.1:{port}/api", headers={"Authorization": f"Bearer {token}"}
        ) as client:
            _until(lambda: _answers(client))
            yield client
    finally:
        process.kill()
        process.wait()


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/uploads").status_code == 200
    except httpx2.TransportError:
        return False


def _until(fits: Callable[[], bool]) -> None:
    last = time.monotonic() + 120
    while not fits():
        assert time.monotonic() < last
        time.sleep(0.05)


def _send(client: httpx2.Client, upload: str, start: int, end: int) -> None:
    client.patch(
        f"/uploads/{upload}",
        content=LETTER[start:end],
        headers={"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"},
    ).raise_for_status()


def test_a_server_that_is_killed_twice_loses_no_upload_and_works_the_case_once(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    half, desk = len(LETTER) // 2, tmp_path / "desk"
    token = _token(desk)
    with _serving(desk, token, port) as client:
        upload = client.post("/uploads", json={"name": "letter.txt", "size": len(LETTER)}).json()["id"]
        _send(client, upload, 0, half)
    with _serving(desk, token, port) as client:
        assert client.get(f"/uploads/{upload}").json()["offset"] == half
        _send(client, upload, half, len(LETTER))
    with _serving(desk, token, port) as client:
        _until(lambda: client.get(f"/uploads/{upload}").json()["stage"] == "done")
        assert len(client.get(f"/uploads/{upload}").json()["cases"]) == 1
    assert len(list((desk / "cases").iterdir())) == 1
