"""The server of the demonstration: authored replies by prompt and content, on a port of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.llm import Client, Connection, Failed, FaultKind, Reply
from tests.llm.asked import FOUND, PROMPTS, Hours, ask, connected
from tests.loopback.authored import Authored
from tests.loopback.server import Server

ROOT = Path(__file__).parents[2]
REPLIES = """
- holds: [door, Blue]
  reply: {colours: [green, blue]}
- holds: [storm]
  fault: server_error
- holds: [cloak]
  reply: 'Surely: {"colours": ["grey"]}'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "colours.yaml").write_text(REPLIES, encoding="utf-8")
    return tmp_path


def test_the_reply_is_the_first_whose_words_stand_in_the_data(folder: Path) -> None:
    with Server(Authored(folder, PROMPTS)) as server:
        client = Client(connected(server), clock=Hours().clock)
        answers = client.ask([ask(), ask("A storm."), ask("A cloak."), ask("Nothing foreseen.")])
    assert [answer.value.colours if isinstance(answer, Reply) else answer.kind for answer in answers] == [
        *(("green", "blue"), FaultKind.SERVER, ("grey",), FaultKind.REJECTED)
    ]


def test_words_of_the_examples_are_not_taken_for_the_data(folder: Path) -> None:
    (folder / "colours.yaml").write_text("- {holds: [cat], reply: {colours: []}}", encoding="utf-8")
    with Server(Authored(folder, PROMPTS)) as server:
        (answer,) = Client(connected(server), clock=Hours().clock).ask([ask()])
    assert isinstance(answer, Failed)


def test_it_can_be_started_by_itself(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.loopback", "--port", "0", "--replies", folder, "--prompts", PROMPTS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            name, _, base_url = process.stdout.readline().strip().partition("=")
            (answer,) = Client(Connection(base_url, "tiny")).ask([ask()])
        finally:
            process.terminate()
    assert (name, answer) == ("OPENAI_BASE_URL", FOUND)
