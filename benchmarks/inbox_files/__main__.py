"""`python -m benchmarks.inbox_files FOLDER`: write an inbox and say what is in it."""

import argparse
from collections import Counter
from pathlib import Path

from benchmarks.inbox_files import make, truth_of


def main() -> None:
    """Write it, and count the kinds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox_files")
    parser.add_argument("folder", type=Path, help="where the files go: a new folder, or an empty one")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scans", type=float, default=0.15, help="the share of papers that are pictures")
    wanted = parser.parse_args()
    try:
        truth = make(wanted.folder, wanted.cases, wanted.files, wanted.seed, wanted.scans)
    except (FileExistsError, ValueError) as error:
        parser.error(str(error))
    for kind, number in sorted(Counter(entry.kind for entry in truth.files).items()):
        print(f"{number:5} {kind}")
    print(f"{len(truth.files):5} files, {len(truth.cases)} cases; the truth is in {truth_of(wanted.folder)}")


if __name__ == "__main__":
    main()
