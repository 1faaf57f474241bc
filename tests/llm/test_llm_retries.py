"""When a request is sent again, when a case has had enough, and when a server is left alone."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pipeline.llm import Breaker, Client, Failed, FaultKind, Reply
from tests.llm.asked import FOUND, SOUND, Colours, Hours, ask, connected
from tests.loopback.answers import Answer, Fault, Script, fails
from tests.loopback.server import Server


def kinds(answers: tuple[Reply[Colours] | Failed, ...]) -> list[FaultKind | None]:
    return [answer.kind if isinstance(answer, Failed) else None for answer in answers]


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.OVERLOADED])
def test_a_server_that_names_a_time_is_not_asked_before_it(fault: Fault) -> None:
    hours = Hours()
    with Server(Script(fails(fault, retry_after="7"), SOUND)) as server:
        assert Client(connected(server), clock=hours.clock).ask([ask()]) == (FOUND,)
    (waited,) = hours.slept
    assert 7 <= waited <= 8


def test_the_time_may_be_a_date() -> None:
    hours = Hours()
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    with Server(Script(fails(Fault.RATE_LIMITED, retry_after=then), SOUND)) as server:
        Client(connected(server), clock=hours.clock).ask([ask()])
    assert 50 < hours.slept[0] < 62


@pytest.mark.parametrize("nonsense", ["soon", "nan", "-5", "inf", "Thu, 99 Foo 2026", ""])
def test_a_time_that_is_none_costs_no_more_than_the_usual_wait(nonsense: str) -> None:
    hours = Hours()
    with Server(Script(fails(Fault.RATE_LIMITED, retry_after=nonsense), SOUND)) as server:
        assert Client(connected(server), clock=hours.clock).ask([ask()]) == (FOUND,)
    assert hours.slept[0] <= 0.5


def test_a_server_that_wants_to_be_asked_tomorrow_is_given_up_today() -> None:
    hours = Hours()
    with Server(Script(fails(Fault.RATE_LIMITED, retry_after="86400"), SOUND)) as server:
        answers = Client(connected(server), clock=hours.clock).ask([ask()])
    assert kinds(answers) == [FaultKind.RATE_LIMITED]
    assert hours.slept == []


def test_waits_grow_and_are_not_all_alike() -> None:
    hours = Hours()
    with Server(Script(fails(Fault.SERVER_ERROR))) as server:
        Client(connected(server, attempts=9), Breaker(most=99, now=hours.clock.now), hours.clock).ask([ask()])
    assert len(hours.slept) == 8
    assert all(wait <= min(0.5 * 2**number, 20) for number, wait in enumerate(hours.slept))
    assert len(set(hours.slept)) > 1


def test_the_time_of_a_case_ends_its_asks() -> None:
    hours = Hours()
    with Server(Script(SOUND)) as server:
        client = Client(connected(server, case_seconds=60), clock=hours.clock)
        assert client.ask([ask()]) == (FOUND,)
        hours.time += 61
        (late,) = client.ask([ask()])
    assert late == Failed(FaultKind.BUDGET, "the time or the tokens of this case are used up (time)")
    assert len(server.calls) == 1


def test_the_tokens_of_a_case_go_to_its_first_asks() -> None:
    with Server(Script(SOUND)) as server:
        client = Client(connected(server, case_tokens=2_000, max_reply_tokens=500), clock=Hours().clock)
        answers = client.ask([ask()] * 5)
    assert kinds(answers) == [None, None, *[FaultKind.BUDGET] * 3]
    assert len(server.calls) == 2


def test_tokens_that_were_set_aside_and_not_used_are_there_for_the_next() -> None:
    with Server(Script(SOUND)) as server:
        client = Client(connected(server, case_tokens=2_000, max_reply_tokens=1_000), clock=Hours().clock)
        assert [kinds(client.ask([ask()]))[0] for _ in range(3)] == [None, None, None]
        assert client.usage.tokens_in + client.usage.tokens_out < 2_000


def test_no_case_uses_more_tokens_than_it_may_by_asking_again() -> None:
    with Server(Script(fails(Fault.TRUNCATED))) as server:
        client = Client(connected(server, case_tokens=900, max_reply_tokens=500), clock=Hours().clock)
        assert kinds(client.ask([ask()])) == [FaultKind.TRUNCATED]
    assert len(server.calls) == 1


def test_a_dead_server_is_left_alone_by_every_case_of_a_batch() -> None:
    hours = Hours()
    breaker = Breaker(most=3, rest=60, now=hours.clock.now)
    with Server(Script(fails(Fault.SERVER_ERROR))) as server:
        cases = [Client(connected(server, attempts=4), breaker, hours.clock) for _ in range(5)]
        found = [kinds(case.ask([ask()])) for case in cases]
    assert found == [[FaultKind.SERVER], *[[FaultKind.CIRCUIT_OPEN]] * 4]
    assert len(server.calls) == 3


def test_after_a_rest_one_request_sees_whether_the_server_is_back() -> None:
    hours = Hours()
    breaker = Breaker(most=2, rest=60, now=hours.clock.now)
    down = fails(Fault.SERVER_ERROR)
    with Server(Script(down, down, down, SOUND)) as server:
        client = Client(connected(server, case_seconds=999), breaker, hours.clock)
        assert kinds(client.ask([ask()])) == [FaultKind.SERVER]
        hours.time += 61
        assert kinds(client.ask([ask()])) == [FaultKind.SERVER]  # one request: it is still down
        assert kinds(client.ask([ask()])) == [FaultKind.CIRCUIT_OPEN]
        hours.time += 61
        assert client.ask([ask()]) == (FOUND,)
        assert client.ask([ask(), ask()]) == (FOUND, FOUND)
    assert len(server.calls) == 6


def test_a_server_that_is_merely_busy_is_not_taken_for_dead() -> None:
    hours = Hours()
    breaker = Breaker(most=2, rest=60, now=hours.clock.now)
    with Server(Script(*[fails(Fault.RATE_LIMITED)] * 4, SOUND)) as server:
        assert Client(connected(server, attempts=5), breaker, hours.clock).ask([ask()]) == (FOUND,)


def test_requests_of_a_case_go_out_side_by_side_and_no_more_than_allowed() -> None:
    at_once, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(3, timeout=20)

    def player(_call: object) -> Answer:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        together.wait()  # nobody goes on until three are here
        with lock:
            at_once -= 1
        return SOUND

    with Server(player) as server:
        answers = Client(connected(server, concurrency=3), clock=Hours().clock).ask([ask()] * 6)
    assert answers == (FOUND,) * 6
    assert most == 3
