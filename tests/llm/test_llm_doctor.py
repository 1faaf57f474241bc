"""What `appealwright doctor` says of the model server."""

import pytest

from pipeline import doctor
from tests.loopback.answers import Fault, Player, Script, fails, says
from tests.loopback.server import Server


def row(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("APPEALWRIGHT_MODEL", "tiny")
    doctor.report()
    told = capsys.readouterr().out
    assert "sk-secret" not in told
    return next(" ".join(line.split()) for line in told.splitlines() if "engine: model" in line)


@pytest.mark.parametrize(
    ("player", "modes", "told"),
    [
        (Script(says({"tally": 6})), ["json_schema", "tool"], "ok engine: model answers takes json_schema, tool"),
        (
            Script(says({"tally": 6})),
            ["prompt"],
            "none engine: model would not run APPEALWRIGHT_MODEL_MODE=json_schema, but it takes prompt; not",
        ),
        (Script(fails(Fault.NOT_AUTHORIZED)), ["prompt"], "none engine: model would not run"),
        (
            Script(fails(Fault.DROP)),
            ["json_schema"],
            "none engine: model not reached json_schema (the model server could not be reached, or broke off",
        ),
    ],
    ids=["answers", "another mode", "wrong key", "not there"],
)
def test_the_doctor_says_whether_the_model_server_would_do(
    player: Player, modes: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Server(player, modes=modes) as server:
        assert row(server, monkeypatch, capsys).startswith(told)


def test_the_doctor_says_that_no_model_server_is_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    doctor.report()
    assert "not set up" in capsys.readouterr().out
