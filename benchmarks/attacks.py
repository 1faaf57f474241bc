"""What an attacker would try on the desk in a browser: `python -m benchmarks.attacks [--quick] [WORD...]`.

Serves a desk of its own on this machine, as `appealwright serve` does, and prints a table of how it held. With words,
only the attempts that have one of them in their name. Ends with 1 where an attack succeeded.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.attack_kit import content, passwords, places, sessions, traces, traffic
from benchmarks.attack_kit.attempt import ALL
from benchmarks.attack_kit.target import served

_TRIED: Final = (places, sessions, content, traffic, passwords, traces)


def main() -> None:
    """Serve, attack and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attacks")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--quick", action="store_true", help="without those that wait or unpack much")
    wanted = parser.parse_args()
    tried = [one for module in _TRIED for one in ALL if one.run.__module__ == module.__name__]
    tried = [one for one in tried if not (one.slow and wanted.quick)]
    if wanted.words:
        tried = [one for one in tried if any(word in f"{one.kind} {one.what}" for word in wanted.words)]
    succeeded, began = 0, time.monotonic()
    sys.stdout.write("| | attempt | outcome |\n|---|---|---|\n")
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as target:
        for one in tried:
            held, outcome = one.outcome(target)
            succeeded += not held
            sys.stdout.write(f"| {one.kind} | {one.what} | {'' if held else '**SUCCEEDED** '}{outcome} |\n")
            sys.stdout.flush()
    seconds = time.monotonic() - began
    sys.stdout.write(f"\n{len(tried)} kinds of attempts in {seconds:.0f} s, {succeeded} succeeded.\n")
    sys.exit(bool(succeeded))


if __name__ == "__main__":
    main()
