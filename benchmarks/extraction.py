"""Time and memory of extraction on long charts: `python benchmarks/extraction.py [NOTES]`. Prints a Markdown table.

A chart of 100 and one of 1,000 text pages, each page a note of about 350 words under a header with its own visit
date, are made from the notes of NOTES (a folder with aci_bench_train.csv and mts_dialog_train.csv, by default
../shared/data/clinical_notes), else from tests/corpus/charts; the notes come round again with other dates. Two things
are timed, in processor seconds of a process of its own, which works on one core: `extract_facts`, and
`pipeline.case.work` less the reading of the files, which other processes do. Memory is the peak of that process. No
peer runs beside it: no library at hand does the whole of this, and benchmarks/context_agreement.py times the one part
that one does.
"""

import csv
import itertools
import multiprocessing
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path

from pipeline import extract, ingest
from pipeline.case import Order, work
from schemas.denial import Denial
from schemas.document import Document, Origin, Page, Role

ROOT = Path(__file__).parent.parent
NOTES = ROOT.parent / "shared" / "data" / "clinical_notes"
SHORT, LONG = 100, 1000  # pages
WORDS = 350  # on a page
FIRST, TODAY = date(2021, 1, 4), date(2026, 11, 21)
LETTER = """Meadow Health Plan
Date of notice: November 2, 2026
Member: Jordan Example    Member ID: MHP0099123

Re: Denial of magnetic resonance imaging of the lumbar spine (CPT 72148)

We denied the request because the records do not show that these criteria are met:
1. At least 6 weeks of physical therapy within the last 6 months.
2. Pain of at least 6 on a scale of 0 to 10.

You may appeal within 180 days of the date you receive this notice.
"""


def notes(folder: Path) -> list[str]:
    """The notes to build from, the dialogues left out."""
    found: list[str] = []
    for name, column in (("aci_bench_train.csv", "note"), ("mts_dialog_train.csv", "section_text")):
        if (folder / name).exists():
            with (folder / name).open(encoding="utf-8", newline="") as rows:
                found += [row[column] for row in csv.DictReader(rows)]
    charts = sorted((ROOT / "tests" / "corpus" / "charts").glob("*/*.txt"))
    return found or [path.read_text(encoding="utf-8") for path in charts if path.name != "denial-letter.txt"]


def pages(texts: list[str], count: int) -> Iterator[str]:
    """So many pages of about WORDS words, each a visit."""
    lines = itertools.cycle([line.strip() for text in texts for line in re.split(r"\n", text)])
    for number in range(count):
        day = FIRST + timedelta(days=2 * number)
        held = [f"Date of visit: {day:%m/%d/%Y}", "Patient: Jordan Example    DOB: 04/05/1971", ""]
        words = 0
        while words < WORDS:
            line = next(lines)
            held.append(line)
            words += len(line.split())
        yield "\n".join(held)


def chart(texts: list[str]) -> Document:
    """The pages as a clinical document."""
    held = [
        Page(document="d1", number=n, file_page=n, origin=Origin.TEXT, text=text) for n, text in enumerate(texts, 1)
    ]
    return Document(id="d1", file="chart.txt", sha256="0" * 64, role=Role.CLINICAL_NOTE, pages=tuple(held))


def of_facts(texts: list[str]) -> float:
    """Seconds of chart extraction."""
    document = chart(texts)
    start = time.process_time()
    extract.extract_facts(extract.RulesExtractor(), [document], Denial())
    return time.process_time() - start


def of_work(texts: list[str]) -> float:
    """Seconds of a whole case in this process; its workers, which read the files, are not counted."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "chart.txt").write_text("\f".join(texts), encoding="utf-8")
        (Path(folder) / "letter.txt").write_text(LETTER, encoding="utf-8")
        sources = ingest.find_files([Path(folder)])
        start = time.process_time()
        work(sources, Order(today=TODAY, workers=1))
        return time.process_time() - start


def measured(what: Callable[[list[str]], float], texts: list[str]) -> tuple[float, int]:
    """Seconds, and peak bytes of a process that does nothing else; one page is worked before, to load the tables."""
    what(texts[:1])
    return what(texts), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Print the table."""
    texts = list(pages(notes(Path(sys.argv[1]) if sys.argv[1:] else NOTES), LONG))
    print(f"Python {sys.version.split()[0]}, one core\n")
    print(f"| task | seconds, {SHORT} pages | seconds, {LONG} pages | ratio | pages/s | peak MB |")
    print("|---|---|---|---|---|---|")
    for name, what in (("`extract_facts`", of_facts), ("`case.work`, less reading", of_work)):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
            (short, _), (long, peak) = (pool.submit(measured, what, texts[:count]).result() for count in (SHORT, LONG))
        row = f"| {name} | {short:.2f} | {long:.2f} | {long / short:.1f} | {LONG / long:.0f} | {peak / 1e6:.0f} |"
        print(row, flush=True)


if __name__ == "__main__":
    main()
