"""Uploading over HTTP: in pieces, gone on with after an interruption, and nobody else's business."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from pipeline.batch.flow import Flow
from pipeline.ingest import Limits
from pipeline.web import intake as module
from pipeline.web import uploads
from pipeline.web.intake import Bounds, Intake
from tests.batch.papers import at_work, settings
from tests.web.serving import api, served
from tests.web.uploading import ANA, BEN, LETTER, intake_of, new_desk, settled, spreadsheet, until

LIMITS = Limits(max_file_bytes=9_000_000)


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    with at_work(settings(tmp_path_factory.mktemp("desk"))) as flow:
        yield flow


@pytest.fixture
def intake(flow: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Intake]:
    monkeypatch.setattr(module, "_PATIENCE", 60.0)
    with new_desk(flow, tmp_path), intake_of(flow, LIMITS, Bounds(uploads=3)) as intake:
        yield intake


@pytest.fixture
def ana(intake: Intake) -> TestClient:
    return TestClient(api(intake), headers={"X-User": ANA})


@pytest.fixture
def ben(intake: Intake) -> TestClient:
    return TestClient(api(intake), headers={"X-User": BEN})


def begin(client: TestClient, name: str = "letter.txt", size: int = len(LETTER)) -> str:
    answer = client.post("/api/uploads", json={"name": name, "size": size})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def send(client: TestClient, name: str, offset: int, piece: bytes) -> Any:
    return client.patch(f"/api/uploads/{name}", content=piece, headers={"Upload-Offset": str(offset)})


def test_a_letter_sent_in_pieces_becomes_a_case(ana: TestClient, intake: Intake) -> None:
    begun = ana.post("/api/uploads", json={"name": "letter.txt", "size": len(LETTER)})
    assert begun.status_code == 201
    assert begun.json() == {"id": begun.json()["id"], "offset": 0, "chunk": 8_000_000}
    name = begun.json()["id"]
    assert send(ana, name, 0, LETTER[:200]).json()["offset"] == 200
    whole = send(ana, name, 200, LETTER[200:]).json()
    assert (whole["offset"], whole["stage"]) == (len(LETTER), "received")
    settled(intake, name)
    told = ana.get(f"/api/uploads/{name}").json()
    assert (told["name"], told["stage"], told["outcome"]) == ("letter.txt", "done", "case")
    assert len(told["cases"]) == 1
    assert ana.get("/api/uploads").json() == [told]


def test_an_upload_that_broke_off_goes_on_from_what_has_come(intake: Intake) -> None:
    with served(api(intake)) as address, httpx2.Client(base_url=address, headers={"X-User": ANA}) as client:
        name = client.post("/api/uploads", json={"name": "letter.txt", "size": len(LETTER)}).json()["id"]
        where = urlsplit(address)
        with socket.create_connection((str(where.hostname), int(where.port or 0))) as line:
            head = f"PATCH /api/uploads/{name} HTTP/1.1\r\nHost: desk\r\nX-User: {ANA}\r\nUpload-Offset: 0\r\n"
            line.sendall(f"{head}Content-Length: {len(LETTER)}\r\n\r\n".encode() + LETTER[:250])
            time.sleep(0.5)
        come = until(lambda: intake.one(ANA, name), lambda one: one.offset > 0).offset
        assert come == 250
        rest = client.patch(f"/api/uploads/{name}", content=LETTER[come:], headers={"Upload-Offset": str(come)})
        assert rest.json()["stage"] == "received"
    assert settled(intake, name).outcome == "case"


def test_a_piece_at_the_wrong_offset_is_told_the_right_one(ana: TestClient) -> None:
    name = begin(ana)
    send(ana, name, 0, LETTER[:200])
    answer = send(ana, name, 0, LETTER[:200])
    assert (answer.status_code, answer.json()["offset"]) == (409, 200)


@pytest.mark.parametrize(("size", "status", "words"), [(0, 400, "holds nothing"), (9_000_001, 413, "more than 9 MB")])
def test_an_empty_or_too_large_file_is_refused_unsent(ana: TestClient, size: int, status: int, words: str) -> None:
    answer = ana.post("/api/uploads", json={"name": "a.pdf", "size": size})
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_more_bytes_than_announced_or_than_a_piece_may_have_are_refused(ana: TestClient) -> None:
    assert send(ana, begin(ana, size=10), 0, b"x" * 11).status_code == 413
    name = begin(ana, size=8_500_000)
    assert send(ana, name, 0, bytes(8_000_001)).status_code == 413
    assert ana.get(f"/api/uploads/{name}").json()["offset"] == 0


def test_a_file_of_no_kind_that_is_read_is_refused_with_what_to_do(ana: TestClient) -> None:
    content = spreadsheet()
    name = begin(ana, "sheet.pdf", len(content))
    answer = send(ana, name, 0, content)
    assert answer.status_code == 415
    assert "Supply it as PDF" in answer.json()["detail"]
    assert ana.get(f"/api/uploads/{name}").json()["outcome"] == "refused"


def test_no_more_than_so_many_uploads_are_under_way(ana: TestClient, ben: TestClient) -> None:
    names = [begin(ana) for _ in range(3)]
    answer = ana.post("/api/uploads", json={"name": "a.txt", "size": 5})
    assert (answer.status_code, answer.json()["detail"][:25]) == (409, "3 of your uploads are not")
    begin(ben)
    assert ana.delete(f"/api/uploads/{names[0]}").status_code == 204
    begin(ana)


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x", "..\\..\\x", "/etc/passwd", "a\x00.txt", "..", "done/x.txt"])
def test_a_name_leads_nowhere_but_into_the_folder_of_its_upload(ana: TestClient, flow: Flow, name: str) -> None:
    upload = begin(ana, name, 5)
    written = {path.relative_to(flow.desk.folder) for path in flow.desk.folder.rglob("*") if path.is_file()}
    ours = {path for path in written if path.parts[0] == "uploads"}
    (partial,) = (path for path in ours if path.parts[1] == "partial")
    assert partial.parts[:3] == ("uploads", "partial", upload)
    assert len(partial.parts) == 4
    assert ours == {partial, Path(f"uploads/records/{upload}.json")}


@pytest.mark.parametrize("name", ["..%2F..%2Frecords", "0" * 32, "inbox", "%00"])
def test_an_id_that_was_never_given_is_not_found(ana: TestClient, name: str) -> None:
    assert ana.get(f"/api/uploads/{name}").status_code == 404
    assert send(ana, name, 0, b"a").status_code == 404
    assert ana.delete(f"/api/uploads/{name}").status_code == 404


def test_a_name_that_is_no_text_is_refused(ana: TestClient) -> None:
    answer = ana.post("/api/uploads", content=b'{"name": "\\ud800.txt", "size": 5}')
    assert answer.status_code == 422


def test_the_upload_of_another_person_is_not_found(ana: TestClient, ben: TestClient) -> None:
    name = begin(ana)
    assert ben.get(f"/api/uploads/{name}").status_code == 404
    assert send(ben, name, 0, LETTER).status_code == 404
    assert ben.delete(f"/api/uploads/{name}").status_code == 404
    assert ben.get("/api/uploads").json() == []
    assert ana.get(f"/api/uploads/{name}").json()["offset"] == 0


def test_who_is_not_signed_in_gets_nowhere(intake: Intake) -> None:
    client = TestClient(api(intake))
    assert client.get("/api/uploads").status_code == 422  # what the stand-in answers
    assert client.post("/api/uploads", json={"name": "a", "size": 1}).status_code == 422
    assert client.get("/api/uploads/events").status_code == 422


def test_events_tell_how_each_upload_stands_and_whatever_changes_of_one_s_own(intake: Intake, flow: Flow) -> None:
    with served(api(intake)) as address, httpx2.Client(base_url=address, headers={"X-User": ANA}, timeout=90) as client:
        earlier = intake.begin(ANA, "earlier.txt", 10).id
        intake.begin(BEN, "other.txt", 10)
        told: list[tuple[str, dict[str, Any]]] = []
        with client.stream("GET", "/api/uploads/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            name = intake.begin(ANA, "letter.txt", len(LETTER)).id
            intake.add(ANA, name, 0, LETTER)
            for event, data in _events(stream):
                told.append((event, data))
                if data.get("outcome") == "case":
                    intake.end(ANA, earlier)
                if event == "removed":
                    flow.stopping.set()  # the stream ends with the server
    assert {data["id"] for _, data in told} == {earlier, name}
    assert told[0] == ("upload", intake_standing(told, earlier))
    assert told[-1] == ("removed", {"id": earlier})
    assert [data["outcome"] for _, data in told if data["id"] == name][-1] == "case"


def intake_standing(told: list[tuple[str, dict[str, Any]]], name: str) -> dict[str, Any]:
    return next(data for event, data in told if event == "upload" and data["id"] == name)


def _events(stream: httpx2.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    event = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield event, json.loads(line.removeprefix("data: "))


def test_a_stream_of_events_ends_after_a_while_so_that_who_reads_it_is_asked_again(
    ana: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_LONGEST", 0.2)
    name = begin(ana)
    answer = ana.get("/api/uploads/events")
    assert answer.text.startswith("event: upload\ndata: {")
    assert json.loads(answer.text.splitlines()[1].removeprefix("data: "))["id"] == name
