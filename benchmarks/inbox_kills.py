"""The inbox ended by SIGKILL at random moments: `python -m benchmarks.inbox_kills [--kills 50] [--seed 1]`.

Five kills to an inbox of nine files and three cases: the parent, one of its processes, or all. Prints whether the cases
and their bytes are those of an undisturbed run, and whether any event was entered twice. Ends with 1 where not.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.batch.killing import run

EACH = 5


def main() -> None:
    """Kill, compare and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox_kills")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        calm = run(folder / "calm", kills=0, longest=0)
        seconds = time.perf_counter() - began
        alike = events = whole = 0
        rounds = wanted.kills // EACH
        for number in range(rounds):
            killed = run(folder / str(number), kills=EACH, longest=seconds, seed=wanted.seed + number)
            alike += killed.cases == calm.cases
            events += killed.events == calm.events
            whole += killed.log_is_whole
    print(f"{rounds * EACH} kills within {seconds:.1f} s of a start, {rounds} inboxes of three cases.")
    print(f"cases and bytes as undisturbed: {alike} of {rounds}")
    print(f"events as undisturbed, each once: {events} of {rounds}; audit log unbroken: {whole} of {rounds}")
    sys.exit(not alike == events == whole == rounds)


if __name__ == "__main__":
    main()
