"""Two workers against one: `python benchmarks/inbox_workers.py [--files 12] [--pages 6]`, the register in Postgres.

Works scans of the OCR benchmark's pages, which are nearly all reading, with `appealwright inbox` alone, and again
beside one `appealwright work`, each with one reading process. Prints seconds and their ratio, and what was done twice.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ocr_pages import office, page

from pipeline.batch import audit
from pipeline.batch.register import Register
from tests.batch.postgres import postgres

COMMAND = Path(sys.executable).with_name("appealwright")


def deliver(inbox: Path, files: int, pages: int) -> None:
    """Files of scanned pages, no two of a page alike."""
    inbox.mkdir(parents=True)
    for number in range(files):
        first, *others = (office(page(n % 8)[0], number * pages + n)[0] for n in range(pages))
        first.save(inbox / f"scan-{number:02}.tif", save_all=True, append_images=others, dpi=(300, 300))


def run(folder: Path, files: int, pages: int, workers: int) -> tuple[float, int]:
    """Seconds from the first start to the end of the inbox, and how many events were entered twice."""
    inbox = folder / "inbox"
    deliver(inbox, files, pages)
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
    parser = argparse.ArgumentParser(prog="python benchmarks/inbox_workers.py")
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--pages", type=int, default=6)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        one, twice = run(Path(name) / "one", wanted.files, wanted.pages, 1)
        two, again = run(Path(name) / "two", wanted.files, wanted.pages, 2)
    print(f"one worker {one:.1f} s, two workers {two:.1f} s: {one / two:.2f} times as fast")
    print(f"events entered twice: {twice + again}")
    sys.exit(twice + again > 0)


if __name__ == "__main__":
    main()
