"""The inbox, ended by SIGKILL at random moments: parent, one of its processes, or all of them."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipeline.batch import audit
from pipeline.batch.register import Register, sqlite_url
from tests.batch.papers import letter, note

PEOPLE = (("Ana Ruiz", "01/02/1960"), ("Benjamin Ode", "05/06/1971"), ("Cyrus Ito", "09/09/1990"))


@dataclass(frozen=True, slots=True)
class Result:
    """What stands at the end: each case's files by hash, each file's outcome, and the events, each with its count."""

    cases: dict[str, dict[str, str]]
    files: dict[str, str]
    events: Counter[tuple[str, str]]
    log_is_whole: bool


def deliver(inbox: Path) -> None:
    """A letter and two notes for each of three people."""
    for number, (name, born) in enumerate(PEOPLE, start=1):
        folder = inbox / str(number)
        folder.mkdir(parents=True)
        (folder / "letter.txt").write_text(letter(name, f"CLM-20{number}", born, f"W10207477{number}"))
        (folder / "note.txt").write_text(note(name, born))
        (folder / "later.txt").write_text(note(name, born, on="01/27/2026"))


def start(inbox: Path, desk: Path, report: Path, *more: str) -> subprocess.Popen[bytes]:
    """The command, in a group of processes of its own."""
    program = Path(sys.executable).with_name("appealwright")
    command = [program, "inbox", inbox, "--report", report, "--today", "2026-03-02", *more]
    environment = {
        **os.environ,
        "APPEALWRIGHT_DESK": str(desk),
        "APPEALWRIGHT_SETTLE": "0",
        "APPEALWRIGHT_CACHE_DIR": "",
        "APPEALWRIGHT_WORKERS": "1",
        "APPEALWRIGHT_CASES_AT_A_TIME": "1",
    }
    return subprocess.Popen(
        list(map(str, command)),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes], chance: random.Random) -> None:
    """End the parent, all of its processes, or one of them, without a word."""
    how = chance.choice(("parent", "all", "one"))
    if how == "all":
        os.killpg(process.pid, signal.SIGKILL)
    elif how == "one" and (others := _group(process.pid)):
        os.kill(chance.choice(others), signal.SIGKILL)
        return
    else:
        process.kill()
    process.wait()


def _group(leader: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != leader:
            try:
                if os.getpgid(int(entry.name)) == leader:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


def run(folder: Path, kills: int, longest: float, seed: int = 1) -> Result:
    """Deliver, work with so many kills, each within `longest` seconds of a start, and then to the end undisturbed."""
    inbox, desk, report = folder / "inbox", folder / "desk", folder / "report.json"
    deliver(inbox)
    chance = random.Random(seed)
    for _ in range(kills):
        process = start(inbox, desk, report)
        time.sleep(chance.uniform(0, longest))
        if process.poll() is None:
            kill(process, chance)
        if process.poll() is None:
            process.wait(timeout=300)
    assert start(inbox, desk, report).wait(timeout=300) in (0, 1)
    register = Register(sqlite_url(desk / "desk.sqlite"))
    entries = list(audit.entries(register))
    whole = audit.verify(register).broken is None
    register.close()
    return Result(
        cases={case.name: _hashes(case) for case in sorted((desk / "cases").iterdir())},
        files={row["file"]: row["outcome"] for row in json.loads(report.read_text())} if not kills else {},
        events=Counter((entry.what, entry.subject) for entry in entries),
        log_is_whole=whole,
    )


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
