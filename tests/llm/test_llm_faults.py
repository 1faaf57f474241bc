"""Each fault of a model server, by name, and what becomes of the ask. docs/MODEL.md has the same as a table."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.llm import Client, Failed, FaultKind, Reply
from pipeline.llm.faults import AttemptError
from pipeline.llm.structured import text_of, tokens, value_of
from tests.llm.asked import FOUND, SOUND, Colours, Hours, answer_of, ask, connected
from tests.loopback.answers import Answer, Fault, Script, fails, says
from tests.loopback.server import Server

MANUAL = Path(__file__).parents[2] / "docs" / "MODEL.md"

# The fault as played, what it is called, and how many requests were made of two attempts.
OUTCOMES = [
    (Fault.RATE_LIMITED, FaultKind.RATE_LIMITED, 2),
    (Fault.NO_QUOTA, FaultKind.REJECTED, 1),
    (Fault.SERVER_ERROR, FaultKind.SERVER, 2),
    (Fault.OVERLOADED, FaultKind.SERVER, 2),
    (Fault.NOT_AUTHORIZED, FaultKind.REJECTED, 1),
    (Fault.NOT_FOUND, FaultKind.REJECTED, 1),
    (Fault.UNSUPPORTED_FORM, FaultKind.REJECTED, 1),
    (Fault.REDIRECT, FaultKind.REJECTED, 1),
    (Fault.DROP, FaultKind.CONNECTION, 2),
    (Fault.DROP_MIDWAY, FaultKind.CONNECTION, 2),
    (Fault.OVERSIZED, FaultKind.TOO_LARGE, 1),
    (Fault.COMPRESSED, FaultKind.NOT_JSON, 1),
    (Fault.TRUNCATED, FaultKind.TRUNCATED, 2),
    (Fault.REFUSED, FaultKind.REFUSED, 2),
    (Fault.FILTERED, FaultKind.REFUSED, 2),
    (Fault.EMPTY, FaultKind.EMPTY, 2),
    (Fault.NO_CHOICES, FaultKind.EMPTY, 2),
    (Fault.NOT_JSON, FaultKind.NOT_JSON, 2),
    (Fault.NOT_A_COMPLETION, FaultKind.NOT_JSON, 2),
    (Fault.WRONG_SCHEMA, FaultKind.WRONG_SCHEMA, 2),
]
SLOW = [Fault.HANG, Fault.SLOW_HEADERS, Fault.SLOW_BODY]
PASSING = [fault for fault, _, calls in OUTCOMES if calls == 2]


@pytest.mark.parametrize(("fault", "kind", "calls"), OUTCOMES)
def test_a_fault_that_stays_is_given_up_by_its_name(fault: Fault, kind: FaultKind, calls: int) -> None:
    with Server(Script(fails(fault))) as server:
        answer = answer_of(server)
    assert isinstance(answer, Failed)
    assert (answer.kind, len(server.calls)) == (kind, calls)


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_costs_one_more_request(fault: Fault) -> None:
    with Server(Script(fails(fault), SOUND)) as server:
        assert answer_of(server) == FOUND
    assert len(server.calls) == 2


@pytest.mark.parametrize("fault", SLOW)
def test_a_server_that_never_comes_to_an_end_is_cut_off(fault: Fault) -> None:
    with Server(Script(fails(fault))) as server:
        answer = answer_of(server, timeout=0.1, attempts=1)
    assert isinstance(answer, Failed)
    assert answer.kind is FaultKind.TIMEOUT


def test_every_fault_that_can_be_played_has_an_outcome() -> None:
    assert {fault for fault, _, _ in OUTCOMES} | set(SLOW) == set(Fault)


def test_a_server_that_is_not_there_is_a_fault_of_the_connection() -> None:
    with Server(Script(SOUND)) as server:
        pass
    answer = answer_of(server)
    assert isinstance(answer, Failed)
    assert answer.kind is FaultKind.CONNECTION


@pytest.mark.parametrize("status", [201, 299, 302, 400, 422, 429, 500, 599])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b'"seed"', b"\xff\x00", b'{"error": "seed"}', b'{"error": {"param": ["seed"]}}'),
        b'{"error": {"param": {"a": 1}, "code": {}, "message": 5, "type": []}}',
        b'{"choices": {"0": {}}, "usage": {"prompt_tokens": -1, "completion_tokens": 1e99}}',
        b'{"choices": [{"message": null}], "usage": "many"}',
        b'{"choices": [{"message": {"content": [], "tool_calls": {}}, "finish_reason": 7}]}',
    ],
)
def test_no_answer_of_whatever_form_and_status_is_more_than_a_named_fault(status: int, body: bytes) -> None:
    with Server(Script(Answer(raw=(status, body)))) as server:
        assert isinstance(answer_of(server), Failed)


def test_a_key_that_cannot_be_sent_is_not_told() -> None:
    with Server(Script(SOUND)) as server:
        answer = answer_of(server, api_key="schlüssel")
    assert answer == Failed(
        FaultKind.REJECTED, "the model server does not take the request (a key that cannot be sent)"
    )


def test_a_faulty_reply_is_asked_for_again_with_the_places_and_types_of_its_errors_only() -> None:
    private = says({"colours": ["green", 7], "Maria Gonzalez": "DOB 1961-03-04"})
    with Server(Script(private, SOUND)) as server:
        assert answer_of(server) == FOUND
    first, second = (call.system for call in server.calls)
    told = second.removeprefix(first)
    assert "colours.1 string_type, ? extra_forbidden" in told
    assert "Gonzalez" not in told


def test_what_is_given_up_holds_no_word_of_the_reply() -> None:
    with Server(Script(says({"colours": ["green"], "Maria Gonzalez": 1}))) as server:
        answer = answer_of(server)
    assert answer == Failed(FaultKind.WRONG_SCHEMA, "the reply did not have the form asked for (? extra_forbidden)")


def test_a_reply_that_was_put_right_is_put_right_once_only() -> None:
    with Server(Script(fails(Fault.EMPTY), fails(Fault.NOT_JSON), SOUND)) as server:
        answer = answer_of(server, attempts=4)
    assert isinstance(answer, Failed)
    assert (answer.kind, len(server.calls)) == (FaultKind.NOT_JSON, 2)


def test_one_ask_that_fails_costs_no_other_and_the_order_stays() -> None:
    def player(call: object) -> Answer:
        data = getattr(call, "data", "")
        return fails(Fault.NOT_AUTHORIZED) if "3" in data else says({"colours": [data]})

    with Server(player) as server:
        client = Client(connected(server), clock=Hours().clock)
        answers = client.ask([ask(str(number)) for number in range(8)])
    assert [answer.value.colours[0] if isinstance(answer, Reply) else answer.kind for answer in answers] == [
        *("0", "1", "2", FaultKind.REJECTED, "4", "5", "6", "7")
    ]
    assert client.usage.failed == {"rejected": 1}


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_no_bytes_of_a_server_do_more_harm_than_a_named_fault(body: bytes) -> None:
    assert tokens(body) is None
    with pytest.raises(AttemptError):
        text_of(body)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_words_of_a_model_do_more_harm_than_a_named_fault(text: str) -> None:
    with pytest.raises(AttemptError) as caught:
        value_of(text, Colours)
    assert caught.value.kind in (FaultKind.NOT_JSON, FaultKind.WRONG_SCHEMA)


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"colours":' * 100_000, '{"colours": [' + "9" * 100_000])
def test_json_without_bottom_is_a_named_fault(deep: str) -> None:
    with pytest.raises(AttemptError):
        value_of(deep, Colours)


def test_the_manual_says_what_becomes_of_every_fault() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert [row for row in rows if row in set(FaultKind)] == [kind.value for kind in FaultKind]
