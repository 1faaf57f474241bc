"""Two workers against one: `python -m benchmarks.inbox_workers [--files 60] [--cases 12]`, the register in Postgres.

Works an invented inbox of scans with `appealwright inbox` alone, and again beside one `appealwright work`, each with
one reading process. Prints seconds and their ratio, and whether any arrival was read, or case worked, twice.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.inbox_files import make
from pipeline.batch import audit
from pipeline.batch.register import Register
from tests.batch.postgres import postgres

COMMAND = Path(sys.executable).with_name("appealwright")


def run(folder: Path, files: int, cases: int, workers: int) -> tuple[float, int]:
    """Seconds from the first start to the end of the inbox, and how many events were entered twice."""
    inbox = folder / "inbox"
    make(inbox, cases, files, 3, 1.0)
    with postgres() as server:
        environment = {
            **os.environ,
            "APPEALWRIGHT_DESK": str(folder / "desk"),
            "APPEALWRIGHT_DATABASE_URL": server.url,
            "APPEALWRIGHT_CACHE_DIR": "",
            "APPEALWRIGHT_WORKERS": "1",
            "APPEALWRIGHT_CASES_AT_A_TIME": "1",
        }
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        began = time.perf_counter()
        others = [subprocess.Popen([COMMAND, "work"], env=environment, **quiet) for _ in range(workers - 1)]
        subprocess.run([COMMAND, "inbox", inbox, "--today", "2026-11-22"], env=environment, check=False, **quiet)
        seconds = time.perf_counter() - began
        for other in others:
            other.terminate()
            other.wait()
        register = Register(server.url.replace("postgresql://", "postgresql+psycopg://"))
        keys = Counter(entry.key for entry in audit.entries(register))
        register.close()
    return seconds, sum(count > 1 for count in keys.values())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox_workers")
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--cases", type=int, default=12)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        one, twice = run(Path(name) / "one", wanted.files, wanted.cases, 1)
        two, again = run(Path(name) / "two", wanted.files, wanted.cases, 2)
    print(f"one worker {one:.1f} s, two workers {two:.1f} s: {one / two:.2f} times as fast")
    print(f"events entered twice: {twice + again}")
    sys.exit(twice + again > 0)


if __name__ == "__main__":
    main()
