"""Recorded exchanges played back; and the same questions put to a configured server with `-m live`."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException

from pipeline.llm import Client, Connection, Failed, FaultKind, Reply, connection, probe
from pipeline.llm.structured import request
from pipeline.settings import Settings
from tests.llm.asked import Colours, Hours, ask
from tests.llm.exchanges import CASSETTES, EXCHANGES, Exchange, cassette

RECORDED = Connection("http://127.0.0.1:9/v1", "tiny", api_key="sk-other", attempts=2, timeout=1)
REPORT = Path("out/live-report.json")
TRUTH = Path(__file__).parents[2] / "samples" / "truth"


def outcome(answer: Reply[Colours] | Failed) -> tuple[str, ...] | FaultKind:
    return answer.kind if isinstance(answer, Failed) else answer.value.colours


@pytest.mark.parametrize("exchange", EXCHANGES, ids=str)
def test_a_recorded_exchange_ends_as_it_did(exchange: Exchange) -> None:
    with cassette(exchange.name) as tape:
        client = Client(replace(RECORDED, mode=exchange.mode), clock=Hours().clock)
        (answer,) = client.ask([ask(exchange.data)])
    assert outcome(answer) == exchange.outcome
    assert client.usage.calls == exchange.calls
    assert tape.all_played


@pytest.mark.parametrize("exchange", EXCHANGES, ids=str)
def test_what_was_recorded_is_what_is_sent(exchange: Exchange) -> None:
    sent = [json.loads(row["request"]["body"]) for row in tape(exchange.name)]
    assert len(sent) == exchange.calls
    assert sent[0] == request(ask(exchange.data), replace(RECORDED, mode=exchange.mode))


def test_a_request_that_was_not_recorded_is_not_answered() -> None:
    with cassette("json_schema"), pytest.raises(CannotOverwriteExistingCassetteException):
        Client(RECORDED, clock=Hours().clock).ask([ask("Another sentence.")])


def test_a_recorded_answer_is_given_once() -> None:
    with cassette("json_schema"), pytest.raises(CannotOverwriteExistingCassetteException):
        Client(RECORDED, clock=Hours().clock).ask([ask(), ask()])


def test_there_is_a_cassette_for_each_exchange_and_no_other() -> None:
    assert {path.stem for path in CASSETTES.glob("*.yaml")} == {exchange.name for exchange in EXCHANGES}


def test_no_cassette_holds_a_key_an_address_or_an_identifier() -> None:
    forbidden = [
        *(r"authorization", r"sk-\w", r"bearer", r"user-agent", r"x-stainless", r"127\.0\.0\.1", r"localhost"),
        *(r"\b\d{3}-\d{2}-\d{4}\b", r"\b\d{3}[-. ]\d{3}[-. ]\d{4}\b", r"\b\d{4}-\d{2}-\d{2}\b", r"\b\d{7,}\b"),
        r"\b[\w.]+@[\w.]+\b",
        *(re.escape(name) for name in sample_identifiers()),
    ]
    everything = "\n".join(path.read_text(encoding="utf-8") for path in CASSETTES.glob("*.yaml"))
    assert [pattern for pattern in forbidden if re.search(pattern, everything, re.IGNORECASE)] == []


def test_the_replies_are_not_passed_off_as_a_model_s() -> None:
    assert "written by people" in (CASSETTES / "README.md").read_text(encoding="utf-8")
    answered = [json.loads(row["response"]["body"]["string"]) for exchange in EXCHANGES for row in tape(exchange.name)]
    assert {body["model"] for body in answered if "model" in body} == {"authored"}


@pytest.mark.live
@pytest.mark.enable_socket
def test_a_configured_server_gives_the_same_values_as_were_recorded() -> None:
    """Writes out/live-report.json: for each mode that the server takes, the questions answered rightly."""
    configured = connection(Settings())
    assert configured is not None, "set OPENAI_BASE_URL and APPEALWRIGHT_MODEL"
    configured = replace(configured, cache=None)
    wanted = {exchange.data: exchange.outcome for exchange in EXCHANGES if not isinstance(exchange.outcome, FaultKind)}
    scores = {mode: scored(replace(configured, mode=mode), wanted) for mode in probe(configured).taken}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps({"model": configured.model, "modes": scores}, indent=2) + "\n", encoding="utf-8")
    assert configured.mode in scores, f"the server takes {sorted(scores) or 'no mode'}, not {configured.mode}"
    assert all(right for right in scores[configured.mode].values()), scores


def scored(chosen: Connection, wanted: dict[str, tuple[str, ...]]) -> dict[str, bool]:
    answers = Client(chosen).ask([ask(data) for data in wanted])
    return {data: outcome(answer) == wanted[data] for data, answer in zip(wanted, answers, strict=True)}


def tape(name: str) -> list[dict[str, dict[str, dict[str, str]]]]:
    rows: list[dict[str, dict[str, dict[str, str]]]] = yaml.safe_load((CASSETTES / f"{name}.yaml").read_text())[
        "interactions"
    ]
    return rows


def sample_identifiers() -> set[str]:
    """Names and numbers of the people of the samples."""
    names = ("patient_name", "member_id", "claim_number", "reference_number")
    denials = [json.loads(path.read_text(encoding="utf-8"))["denial"] for path in TRUTH.glob("*.json")]
    found = {str(denial[name]) for denial in denials for name in names if denial.get(name)}
    assert found
    return found
