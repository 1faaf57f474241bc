"""The four ways to ask for a form: what is sent, what is read, and how a server's own way is found out."""

import json

import pytest
from pydantic import Field

from pipeline.llm import MODES, Ask, Client, Connection, Failed, FaultKind, Mode, probe
from pipeline.llm.structured import request
from schemas.base import Frozen
from tests.llm.asked import FOUND, PROMPT, SENTENCE, SOUND, Hours, answer_of, ask, connected
from tests.loopback.answers import Answer, Call, Fault, Script, fails, says
from tests.loopback.server import Server

SCHEMA = {
    "title": "Colours",
    "type": "object",
    "properties": {"colours": {"title": "Colours", "type": "array", "items": {"type": "string"}}},
    "required": ["colours"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_gives_the_same_value(mode: Mode) -> None:
    with Server(Script(SOUND), modes=[mode]) as server:
        assert answer_of(server, mode=mode) == FOUND


def test_a_request_holds_the_prompt_its_examples_and_the_data_and_nothing_else() -> None:
    with Server(Script(SOUND)) as server:
        answer_of(server, max_reply_tokens=99, seed=5)
    (call,) = server.calls
    assert call.path == "/v1/chat/completions"
    assert call.headers["authorization"] == "Bearer sk-secret"
    assert call.body == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": PROMPT.system},
            {"role": "user", "content": "The cat is grey and its bowl is Red."},
            {"role": "assistant", "content": '{"colours": ["grey", "red"]}'},
            {"role": "user", "content": "The cat is asleep."},
            {"role": "assistant", "content": '{"colours": []}'},
            {"role": "user", "content": SENTENCE},
        ],
        "temperature": 0,
        "seed": 5,
        "max_tokens": 99,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "colours", "schema": SCHEMA, "strict": True},
        },
    }


@pytest.mark.parametrize(("mode", "told"), [("json_object", True), ("prompt", True), ("tool", False)])
def test_the_schema_is_in_the_words_only_where_nothing_else_carries_it(mode: Mode, told: bool) -> None:
    with Server(Script(SOUND)) as server:
        answer_of(server, mode=mode)
    assert ('"additionalProperties": false' in server.calls[0].system) is told


def test_a_tool_is_called_by_name() -> None:
    with Server(Script(SOUND)) as server:
        answer_of(server, mode="tool")
    body = server.calls[0].body
    assert body["tools"][0]["function"] == {"name": "colours", "strict": True, "parameters": SCHEMA}
    assert body["tool_choice"] == {"type": "function", "function": {"name": "colours"}}


def test_a_strict_schema_asks_for_every_field_and_has_no_word_that_strict_servers_refuse() -> None:
    class Part(Frozen):
        default: str = "a field that is called so"

    class Whole(Frozen):
        parts: tuple[Part, ...] = ()
        other: Part | None = None
        name: str = Field(min_length=1)

    body = request(Ask(PROMPT, SENTENCE, Whole), Connection("http://127.0.0.1:1/v1", "tiny"))
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["parts", "other", "name"]
    assert schema["$defs"]["Part"]["required"] == ["default"]
    assert schema["properties"]["name"] == {"title": "Name", "type": "string"}
    assert '"default":' not in json.dumps([schema["properties"], schema["$defs"]["Part"]["properties"]["default"]])


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"colours": ["green", "blue"]}\n```',
        'Here it is:\n\n```\n{"colours": ["green", "blue"]}\n```\nAnything else?',
        'The colours are {"colours": ["green", "blue"]}.',
        '<think>{"colours": ["red"]} or ```blue```?</think>\n{"colours": ["green", "blue"]}',
    ],
)
def test_json_is_found_among_what_a_model_writes_around_it(text: str) -> None:
    with Server(Script(says(text))) as server:
        assert answer_of(server, mode="prompt") == FOUND


def test_half_a_surrogate_pair_in_a_damaged_file_can_be_sent() -> None:
    with Server(Script(SOUND)) as server:
        answers = Client(connected(server), clock=Hours().clock).ask([ask("a \ud800 door")])
    assert answers == (FOUND,)
    assert server.calls[0].data == "a ? door"


@pytest.mark.parametrize("refused", [["temperature"], ["seed"], ["temperature", "seed", "max_tokens"]])
def test_a_setting_that_the_server_does_not_take_is_left_out_for_the_rest_of_the_case(refused: list[str]) -> None:
    with Server(Script(SOUND), refuses=refused) as server:
        client = Client(connected(server), clock=Hours().clock)
        assert client.ask([ask(), ask()]) == (FOUND, FOUND)
        asked = len(server.calls)
        assert client.ask([ask()]) == (FOUND,)
    assert len(server.calls) == asked + 1
    assert not set(refused) & set(server.calls[-1].body)
    assert server.calls[-1].body.get("max_completion_tokens" if "max_tokens" in refused else "max_tokens") == 4096


def test_a_setting_of_no_ours_that_is_refused_ends_the_ask() -> None:
    with Server(Script(SOUND), refuses=["messages"]) as server:
        answer = answer_of(server)
    assert isinstance(answer, Failed)
    assert (answer.kind, len(server.calls)) == (FaultKind.REJECTED, 1)


@pytest.mark.parametrize(
    "taken", [MODES, ("json_schema",), ("json_object", "prompt"), ("tool", "prompt"), ("prompt",), ()]
)
def test_the_probe_tells_which_modes_a_server_takes(taken: tuple[Mode, ...]) -> None:
    with Server(Script(says({"tally": 6})), modes=taken) as server:
        probed = probe(connected(server), Hours().clock)
    assert probed.reachable
    assert probed.taken == taken


def test_a_server_that_passes_over_the_form_is_not_taken_for_one_that_holds_to_it() -> None:
    def unheeding(call: Call) -> Answer:
        return says({"tally": 6} if "tally" in call.system else {"number_of_letters": 6})

    with Server(unheeding) as server:
        assert probe(connected(server), Hours().clock).taken == ("json_object", "prompt")


def test_the_probe_says_that_a_server_is_not_there() -> None:
    with Server(Script(fails(Fault.DROP))) as server:
        probed = probe(connected(server), Hours().clock)
    assert not probed.reachable
    assert len(server.calls) == 1
