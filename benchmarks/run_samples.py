"""Wall time and peak memory of the command on the samples: `python benchmarks/run_samples.py`. Prints a Markdown table.

Memory is the largest sum of resident memory over the command and the programs it starts, read 20 times a second from
/proc (Linux). Each figure is the median of three runs after one that is not counted.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import Peak

ROOT = Path(__file__).parent.parent
COMMAND = Path(sys.executable).with_name("appealwright")
CASES = ("knee-replacement", "lumbar-mri", "biologic")
RUNS = 3


def measured(*arguments: str | Path) -> tuple[float, int]:
    """Seconds and peak bytes of one run of the command."""
    start = time.perf_counter()
    with subprocess.Popen([COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        with Peak(process.pid) as peak:
            process.wait()
        seconds = time.perf_counter() - start
    if process.returncode not in (0, 1):
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    return seconds, peak.bytes


def row(name: str, pages: str, *arguments: str | Path) -> str:
    """A line of the table."""
    runs = [measured(*arguments) for _ in range(RUNS + 1)][1:]
    seconds, peak = (statistics.median(column) for column in zip(*runs, strict=True))
    return f"| {name} | {pages} | {seconds:.2f} | {peak / 1e6:.0f} |"


def main() -> None:
    """Print the table."""
    os.environ["APPEALWRIGHT_CACHE_DIR"] = ""  # every run reads its scans
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores\n")
    print("| command | pages by OCR / all | seconds | peak MB |\n|---|---|---|---|")
    print(row("`--help`", "", "--help"))
    for case, pages in zip(CASES, ("2 / 5", "3 / 5", "0 / 6"), strict=True):
        with tempfile.TemporaryDirectory() as out:
            line = row(f"`run samples/{case}`", pages, "run", ROOT / "samples" / case, "-o", Path(out) / "case")
            print(line, flush=True)


if __name__ == "__main__":
    main()
