"""The billing inbox at work: `python -m benchmarks.inbox [--files 1000] [--cases 200] [--seed 1] [--scans 0.15]`.

Invents an inbox (benchmarks/inbox_files), works it with the command in two deliveries, the second with what came late,
and holds the reports against the truth: every file accounted for once, as it should be, and no page of one person in
another's case. Then the time that the durable engine itself takes for each case. Prints Markdown; ends with 1 where a
file is missing or told twice, or a page is in the wrong case.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from unittest import mock

from benchmarks.inbox_files import LATE, Truth, make
from benchmarks.measuring import Peak
from pipeline.batch import stages
from tests.batch.papers import at_work, settings

COMMAND = Path(sys.executable).with_name("appealwright")
TODAY = "2026-11-22"
DURABLE = 200


@dataclass
class Score:
    """What came of it."""

    right: int = 0
    told: int = 0
    wrong: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    strange: list[tuple[str, str]] = field(default_factory=list)
    split: int = 0
    merged: int = 0


def run(inbox: Path, desk: Path, report: Path) -> tuple[float, int, list[dict[str, object]]]:
    """A round by the command: seconds, peak bytes of all its processes, and the rows of its report."""
    environment = {**os.environ, "APPEALWRIGHT_DESK": str(desk), "APPEALWRIGHT_CACHE_DIR": ""}
    began = time.perf_counter()
    command = [COMMAND, "inbox", inbox, "--report", report, "--today", TODAY]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Peak(process.pid) as peak:
        process.wait()
    if process.returncode not in (0, 1):
        raise SystemExit(f"the inbox ended with {process.returncode}")
    rows: list[dict[str, object]] = json.loads(report.read_text())
    return time.perf_counter() - began, peak.bytes, rows


def score(truth: Truth, rows: list[dict[str, object]], desk: Path) -> Score:
    """Hold the reports against the truth."""
    found = Score()
    told = Counter(str(row["file"]) for row in rows)
    entries = {entry.path: entry for entry in truth.files}
    found.missing = sorted(entries.keys() - told.keys())
    found.twice = sorted(name for name, count in told.items() if count > 1)
    groups = {entry.group for entry in truth.files if entry.group}
    for row in rows:
        entry = entries.get(str(row["file"]))
        if entry is None:
            found.wrong["not in the truth", str(row["file"]), str(row["outcome"])] += 1
            continue
        expected = {*entry.outcome, "duplicate"} if entry.group in groups else set(entry.outcome)
        found.told += 1
        if row["outcome"] in expected:
            found.right += 1
        else:
            found.wrong[entry.kind, entry.outcome[0], str(row["outcome"])] += 1
    _score_cases(truth, desk, found)
    return found


def _score_cases(truth: Truth, desk: Path, found: Score) -> None:
    """Whose pages are in whose cases; a case's own label is that of the letter that opened it."""
    pages = {
        (entry.sha256, number): page.person
        for entry in truth.in_all()
        for number, page in enumerate(entry.pages, start=1)
    }
    person = {case.label: case.person for case in truth.cases}
    label = {entry.sha256: entry.cases[0] for entry in truth.in_all() if len(entry.cases) == 1}
    cases_of: dict[str, set[str]] = {}
    for folder in sorted((desk / "cases").iterdir()):
        case = json.loads((folder / "case.json").read_text())
        letters = [d for d in case["documents"] if d["role"] in ("denial_letter", "remittance")]
        labels = {label[d["sha256"]] for d in letters if d["sha256"] in label}
        for one in labels:
            cases_of.setdefault(one, set()).add(folder.name)
        found.merged += len(labels) > 1
        owners = {person[one] for one in labels}
        for document in case["documents"]:
            for page in document["pages"]:
                whose = pages.get((document["sha256"], page["file_page"]))
                if whose is not None and owners and whose not in owners:
                    found.strange.append((folder.name, document["file"]))
    found.split = sum(len(names) > 1 for names in cases_of.values())


def durable(folder: Path) -> float:
    """Seconds that a case takes whose stages do nothing: what the durable engine and the register cost."""
    made = stages.Made(files={}, row=None, failed=stages.Failed(category="none", message="measured"))
    with at_work(settings(folder)) as flow, mock.patch.object(flow, "in_a_process", return_value=made):
        began = time.perf_counter()
        works = [f"case-{n}-x" for n in range(DURABLE)]
        for n, work in enumerate(works):
            flow.start_working(f"case-{n}", work, [], date(2026, 11, 22), None)
        flow.wait(works)
        return (time.perf_counter() - began) / DURABLE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox")
    for name, kind, default in (("files", int, 1000), ("cases", int, 200), ("seed", int, 1), ("scans", float, 0.15)):
        parser.add_argument(f"--{name}", type=kind, default=default)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox, desk, late = folder / "inbox", folder / "desk", folder / "late"
        truth = make(inbox, wanted.cases, wanted.files, wanted.seed, wanted.scans)
        if (inbox / LATE).exists():
            (inbox / LATE).rename(late)
        seconds, peak, rows = run(inbox, desk, folder / "one.json")
        if late.exists():
            late.rename(inbox / LATE)
            more, more_peak, late_rows = run(inbox, desk, folder / "two.json")
            seen = {(row["file"], row["sha256"]) for row in rows if row["outcome"] == "ignored"}
            rows += [row for row in late_rows if (row["file"], row["sha256"]) not in seen]  # litter stays, told again
            seconds, peak = seconds + more, max(peak, more_peak)
        found = score(truth, rows, desk)
        cost = durable(folder / "durable")
    print(f"| files | cases | seconds | files/s | peak MB | engine ms/case |\n|{'---|' * 6}")
    count = len(list(truth.cases))
    print(
        f"| {len(truth.files)} | {count} | {seconds:.0f} | {len(truth.files) / seconds:.2f} | {peak / 1e6:.0f} "
        f"| {cost * 1000:.1f} |\n"
    )
    print(f"outcome as expected: {found.right} of {found.told}")
    print(f"files not accounted for: {len(found.missing)}; told twice: {len(found.twice)}")
    print(f"denials in two cases: {found.split}; cases with letters of two denials: {found.merged}")
    print(f"pages in another person's case: {len(found.strange)}")
    for (kind, expected, outcome), number in found.wrong.most_common():
        print(f"- {number} x {kind}: {expected} expected, {outcome} told")
    for case, file in found.strange:
        print(f"- stranger: {file} in {case}")
    sys.exit(bool(found.missing or found.twice or found.strange))


if __name__ == "__main__":
    main()
