"""Replies that are kept: for their owner only, bounded, and never mistaken for the answer to another question."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.llm import Ask, Client, Example, Reply, clear_replies, connection
from pipeline.settings import Settings
from schemas.base import Frozen
from tests.llm.asked import FOUND, PROMPT, SENTENCE, SOUND, Colours, Hours, ask, connected
from tests.loopback.answers import Fault, Script, fails, says
from tests.loopback.server import Server

KEPT = Reply(FOUND.value, cached=True)


class Hues(Frozen):
    colours: tuple[str, ...]
    darkest: str | None = None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "replies"


def client(server: Server, folder: Path, **changes: Any) -> Client:
    return Client(connected(server, cache=folder, **changes), clock=Hours().clock)


def test_a_question_is_paid_for_once(folder: Path) -> None:
    with Server(Script(SOUND)) as server:
        assert client(server, folder).ask([ask()]) == (FOUND,)
        again = client(server, folder)
        assert again.ask([ask()]) == (KEPT,)
    assert len(server.calls) == 1
    assert (again.usage.calls, again.usage.cached, again.usage.tokens_in) == (0, 1, 0)


@pytest.mark.parametrize(
    ("other", "changes"),
    [
        (Ask(PROMPT, "Another sentence.", Colours), {}),
        (Ask(replace(PROMPT, system="Other words."), SENTENCE, Colours), {}),
        (Ask(replace(PROMPT, examples=(Example("a", "{}"),)), SENTENCE, Colours), {}),
        (Ask(PROMPT, SENTENCE, Hues), {}),
        (ask(), {"model": "another"}),
        (ask(), {"mode": "tool"}),
        (ask(), {"seed": 1}),
        (ask(), {"max_reply_tokens": 50}),
    ],
    ids=["data", "words", "examples", "form", "model", "mode", "seed", "length"],
)
def test_another_question_is_another_reply(folder: Path, other: Ask[Any], changes: dict[str, Any]) -> None:
    with Server(Script(SOUND)) as server:
        client(server, folder).ask([ask()])
        (answer,) = client(server, folder, **changes).ask([other])
    assert isinstance(answer, Reply)
    assert not answer.cached


def test_a_question_to_another_server_is_another_reply(folder: Path) -> None:
    with Server(Script(SOUND)) as server, Server(Script(SOUND)) as other:
        client(server, folder).ask([ask()])
        assert client(other, folder).ask([ask()]) == (FOUND,)


def test_a_reply_that_does_not_fit_is_not_kept(folder: Path) -> None:
    with Server(Script(fails(Fault.WRONG_SCHEMA))) as server:
        client(server, folder).ask([ask()])
    assert not folder.exists()


def test_what_is_kept_is_for_its_owner_only(folder: Path) -> None:
    with Server(Script(SOUND)) as server:
        client(server, folder).ask([ask()])
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.parametrize("damage", [b"", b"{", b'{"colours": 1}', b"\xff\xfe"])
def test_a_damaged_reply_is_asked_for_again(folder: Path, damage: bytes) -> None:
    with Server(Script(SOUND)) as server:
        client(server, folder).ask([ask()])
        (file,) = folder.iterdir()
        file.write_bytes(damage)
        assert client(server, folder).ask([ask()]) == (FOUND,)
        assert client(server, folder).ask([ask()]) == (KEPT,)


def test_a_folder_that_cannot_be_written_costs_the_keeping_only(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands in the way")
    with Server(Script(SOUND)) as server:
        assert client(server, tmp_path / "cache").ask([ask()]) == (FOUND,)


def test_replies_not_used_for_long_and_those_beyond_the_size_are_forgotten(folder: Path) -> None:
    folder.mkdir(parents=True)
    for days, name in ((0, "new"), (2, "older"), (40, "old")):
        (folder / f"{name}.json").write_bytes(bytes(600_000))
        os.utime(folder / f"{name}.json", (time.time() - days * 86400,) * 2)
    with Server(Script(SOUND)) as server:
        client(server, folder, cache_mb=9, cache_days=30)
        assert sorted(path.stem for path in folder.iterdir()) == ["new", "older"]
        client(server, folder, cache_mb=1, cache_days=30)
    assert [path.stem for path in folder.iterdir()] == ["new"]


def test_clearing_forgets_every_reply_and_no_scanned_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEALWRIGHT_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("APPEALWRIGHT_MODEL", "tiny")
    (tmp_path / "page.json").write_text("{}")
    with Server(Script(says({"colours": []}))) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        configured = connection(Settings())
        assert configured is not None
        Client(configured).ask([ask()])
    assert clear_replies(Settings()) == 1
    assert clear_replies(Settings()) == 0
    assert (tmp_path / "page.json").exists()
