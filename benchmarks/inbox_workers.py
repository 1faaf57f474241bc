"""Two workers against one: `python benchmarks/inbox_workers.py [--files 12] [--pages 6]`, the register in Postgres.

Works scans of the OCR benchmark's pages, which are nearly all reading, with `appealwright inbox` alone, and again
beside one `appealwright work`, each with one reading process; and, for what the machine itself can give, at two desks
that share nothing, with half of the files each, at the same time. Prints seconds, ratios, and what was done twice.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from ocr_pages import office, page

from pipeline.batch import audit
from pipeline.batch.register import Register
from tests.batch.postgres import postgres

COMMAND = Path(sys.executable).with_name("appealwright")


def deliver(inbox: Path, numbers: range, pages: int) -> None:
    """Files of scanned pages, no two of a page alike."""
    inbox.mkdir(parents=True)
    for number in numbers:
        first, *others = (office(page(n % 8)[0], number * pages + n)[0] for n in range(pages))
        first.save(inbox / f"scan-{number:02}.tif", save_all=True, append_images=others, dpi=(300, 300))


def run(folder: Path, shares: list[range], pages: int, workers: int) -> tuple[float, int]:
    """Seconds until each share of the files is worked at a desk of its own, and how many events were entered twice."""
    for n, share in enumerate(shares):
        deliver(folder / f"inbox-{n}", share, pages)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ExitStack() as running:
        urls = [running.enter_context(postgres()).url for _ in shares]
        settings = [
            {
                **os.environ,
                "APPEALWRIGHT_DESK": str(folder / f"desk-{n}"),
                "APPEALWRIGHT_DATABASE_URL": url,
                "APPEALWRIGHT_CACHE_DIR": "",
                "APPEALWRIGHT_WORKERS": "1",
                "APPEALWRIGHT_CASES_AT_A_TIME": "1",
            }
            for n, url in enumerate(urls)
        ]
        began = time.perf_counter()
        others = [subprocess.Popen([COMMAND, "work"], env=settings[0], **quiet) for _ in range(workers - 1)]
        intake = [
            subprocess.Popen([COMMAND, "inbox", folder / f"inbox-{n}", "--today", "2026-11-22"], env=own, **quiet)
            for n, own in enumerate(settings)
        ]
        for process in intake:
            process.wait()
        seconds = time.perf_counter() - began
        for other in others:
            other.terminate()
            other.wait()
        return seconds, sum(map(_twice, urls))


def _twice(url: str) -> int:
    register = Register(url.replace("postgresql://", "postgresql+psycopg://"))
    keys = Counter(entry.key for entry in audit.entries(register))
    register.close()
    return sum(count > 1 for count in keys.values())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python benchmarks/inbox_workers.py")
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--pages", type=int, default=6)
    wanted = parser.parse_args()
    every, half = range(wanted.files), wanted.files // 2
    with tempfile.TemporaryDirectory() as name:
        one, twice = run(Path(name) / "one", [every], wanted.pages, 1)
        two, again = run(Path(name) / "two", [every], wanted.pages, 2)
        apart, _ = run(Path(name) / "apart", [every[:half], every[half:]], wanted.pages, 1)
    print(f"one worker {one:.1f} s, two workers {two:.1f} s: {one / two:.2f} times as fast")
    print(f"two desks that share nothing {apart:.1f} s: {one / apart:.2f} times, the most this machine gives")
    print(f"events entered twice: {twice + again}")
    sys.exit(twice + again > 0)


if __name__ == "__main__":
    main()
