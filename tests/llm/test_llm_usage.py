"""What a case cost, and what of it is told."""

import logging
import os
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.llm import Client, Connection, Failed, connection
from pipeline.settings import Settings
from schemas.usage import Usage
from tests.llm.asked import SENTENCE, SOUND, Hours, ask, connected
from tests.loopback.answers import Fault, Script, fails, says
from tests.loopback.server import Server


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "APPEALWRIGHT_MODEL"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # no .env of the developer's


def used(server: Server, **changes: object) -> Usage:
    client = Client(connected(server, **changes), clock=Hours().clock)
    client.ask([ask()])
    return client.usage


def test_tokens_are_those_that_the_server_counts() -> None:
    with Server(Script(SOUND)) as server:
        usage = used(server)
    (call,) = server.calls
    assert usage.tokens_out == len(SOUND.text) // 4
    assert 100 < usage.tokens_in < 200
    assert (usage.calls, usage.retries, usage.cached, usage.failed, usage.cost) == (1, 0, 0, {}, None)
    assert call.data == SENTENCE


def test_tokens_that_nobody_counts_are_estimated_and_rather_too_high() -> None:
    with Server(Script(SOUND)) as server:
        counted = used(server)
    with Server(Script(says(SOUND.text, counted=False))) as server:
        estimated = used(server)
    assert counted.tokens_in < estimated.tokens_in < 4 * counted.tokens_in


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.EMPTY])
def test_a_request_sent_again_is_counted_as_such(fault: Fault) -> None:
    with Server(Script(fails(fault), SOUND)) as server:
        usage = used(server)
    assert (usage.calls, usage.retries) == (2, 1)


def test_what_is_given_up_is_counted_by_its_kind() -> None:
    with Server(Script(fails(Fault.REFUSED))) as server:
        assert used(server).failed == {"refused": 1}


def test_the_cost_is_by_the_prices_of_the_model() -> None:
    with Server(Script(SOUND)) as server:
        usage = used(server, prices=(Decimal("0.50"), Decimal(2)), currency="EUR")
    assert usage.cost == Decimal("0.0000005") * usage.tokens_in + Decimal("0.000002") * usage.tokens_out
    assert usage.currency == "EUR"
    assert Usage.model_validate_json(usage.model_dump_json()) == usage


def test_the_settings_make_a_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("APPEALWRIGHT_MODEL", "tiny")
    monkeypatch.setenv("APPEALWRIGHT_MODEL_PRICES", '{"tiny": ["0.50", "2"]}')
    monkeypatch.setenv("APPEALWRIGHT_MODEL_SEED", "")
    monkeypatch.setenv("APPEALWRIGHT_CACHE_DIR", str(tmp_path))
    assert connection(Settings()) == Connection(
        base_url="http://127.0.0.1:1/v1",
        model="tiny",
        api_key="sk-secret",
        seed=None,
        cache=tmp_path / "replies",
        prices=(Decimal("0.50"), Decimal(2)),
    )


def test_what_is_not_set_of_a_connection_is_as_the_settings_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("APPEALWRIGHT_MODEL", "tiny")
    assert connection(Settings()) == Connection(base_url="http://127.0.0.1:1/v1", model="tiny")


@pytest.mark.parametrize("missing", ["OPENAI_BASE_URL", "APPEALWRIGHT_MODEL"])
def test_without_a_server_or_a_model_there_is_no_connection(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("APPEALWRIGHT_MODEL", "tiny")
    monkeypatch.delenv(missing)
    assert connection(Settings()) is None


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "ftp://host/v1", "http:///v1", "http://a b"])
def test_an_address_that_is_none_is_told_at_once(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    with pytest.raises(ValidationError, match="OPENAI_BASE_URL"):
        Settings()


def test_the_key_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(Settings()) + str(Settings().model_dump())
    assert "sk-secret" not in repr(Connection("http://127.0.0.1:1/v1", "tiny", api_key="sk-secret"))


def test_no_log_has_a_word_of_what_is_sent_or_replied(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Server(Script(fails(Fault.SERVER_ERROR), says({"colours": ["viridian"], "x": 1}))) as server:
        (answer,) = Client(connected(server), clock=Hours().clock).ask([ask("Maria Gonzalez sees a red door.")])
    assert isinstance(answer, Failed)
    assert not any(word in caplog.text for word in ("Gonzalez", "viridian", "sk-secret"))
