"""Ended at any moment, the inbox loses nothing and does nothing twice; benchmarks/inbox_kills.py tries more."""

import signal
import time
from pathlib import Path

from tests.batch.killing import deliver, run, start


def test_what_is_done_after_kills_is_what_an_undisturbed_run_does(tmp_path: Path) -> None:
    calm = run(tmp_path / "calm", kills=0, longest=0)
    killed = run(tmp_path / "killed", kills=4, longest=8)
    assert len(calm.cases) == 3
    assert killed.cases == calm.cases
    assert killed.events == calm.events
    assert killed.log_is_whole


def test_a_run_that_is_asked_to_stop_stops_and_is_gone_on_with(tmp_path: Path) -> None:
    inbox, desk, report = tmp_path / "inbox", tmp_path / "desk", tmp_path / "report.json"
    deliver(inbox)
    process = start(inbox, desk, report)
    while not (desk / "desk.sqlite").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) in (0, 1, -signal.SIGTERM)
    assert start(inbox, desk, report).wait(timeout=300) in (0, 1)
    assert len(list((desk / "cases").iterdir())) == 3


def test_a_watch_takes_what_comes_until_it_is_told_to_stop(tmp_path: Path) -> None:
    inbox, desk = tmp_path / "inbox", tmp_path / "desk"
    inbox.mkdir()
    process = start(inbox, desk, tmp_path / "report.json", "--watch")
    deliver(inbox)
    until = time.monotonic() + 300
    while len(list((desk / "cases").glob("*/case.json"))) < 3:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0
