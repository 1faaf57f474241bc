"""Readers compared on authored pages: `python benchmarks/ocr.py [PAGES [DAMAGE...]]`. Prints a table.

Every reader has two cores, and reads all pages of one kind of damage as fast as it can. Columns, for each kind:
- tokens: the share of critical tokens (words with a digit) that are read exactly;
- CER: edits per character between the page's text and what was read, white space folded;
- seconds a page, of wall time; memory: the most that all its processes held together;
- silent errors, of this program alone since the others mark no doubt: tokens read wrongly whose word is not marked
  doubtful (confidence below 0.8), of all tokens; marked: tokens read exactly and marked all the same.

The others run as they come, with one exception that does them good: OMP_THREAD_LIMIT=1, without which Tesseract's
threads stand in each other's way. OCRmyPDF's text is its sidecar, with --deskew and --rotate-pages.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytesseract
from measuring import Peak
from ocr_pages import LEVELS, SEEDS, page
from PIL import Image
from rapidfuzz.distance import Levenshtein

from pipeline import ingest

CORES = 2
DOUBTFUL = 0.8


@dataclass
class Read:
    """A page as read: its text, and of each word whether it is marked doubtful."""

    text: str
    words: list[tuple[str, bool]] = field(default_factory=list)


def pytesseract_as_it_comes(paths: Sequence[Path]) -> list[Read]:
    """`image_to_string`, two pages at a time."""
    with ThreadPoolExecutor(CORES) as pool:
        return [Read(text) for text in pool.map(lambda path: pytesseract.image_to_string(Image.open(path)), paths)]


def _ocrmypdf(path: Path) -> Read:
    sidecar = path.with_suffix(".txt")
    options = ["--deskew", "--rotate-pages", "--output-type=pdf", "--jobs=1", "--quiet", f"--sidecar={sidecar}"]
    command = [Path(sys.executable).with_name("ocrmypdf"), *options, path, path.with_suffix(".pdf")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Read(sidecar.read_text(encoding="utf-8"))


def ocrmypdf(paths: Sequence[Path]) -> list[Read]:
    """Its command, two pages at a time."""
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(_ocrmypdf, paths))


def rapidocr_alone(paths: Sequence[Path]) -> list[Read]:
    """RapidOCR with its own detector, in two processes."""
    halves = [paths[start::CORES] for start in range(CORES)]
    script = Path(__file__).with_name("rapidocr_alone.py")
    running = [
        subprocess.Popen([sys.executable, script, *half], stdout=subprocess.PIPE, text=True) for half in halves if half
    ]
    texts = [process.communicate()[0].split("\f") for process in running]
    found = {
        path: text for half, its in zip(halves, texts, strict=False) for path, text in zip(half, its, strict=False)
    }
    return [Read(found[path]) for path in paths]


def this_program(paths: Sequence[Path]) -> list[Read]:
    """`pipeline.ingest` with two workers."""
    results = ingest.read_all(ingest.find_files(paths), ingest.Limits(), workers=CORES).results
    read = []
    for result in results:
        pages = result.document.pages if result.document else ()
        words = [(page.text[w.start : w.end], w.confidence < DOUBTFUL) for page in pages for w in page.words]
        read.append(Read("".join(page.text for page in pages), words))
    return read


READERS: dict[str, Callable[[Sequence[Path]], list[Read]]] = {
    "pytesseract": pytesseract_as_it_comes,
    "OCRmyPDF": ocrmypdf,
    "RapidOCR": rapidocr_alone,
    "appealwright": this_program,
}


def critical(words: Iterable[str]) -> Counter[str]:
    """Words with a digit, without the punctuation round them."""
    return Counter(bare for word in words if re.search(r"\d", bare := word.strip(".,;:()'\"|")))


def turned(image: Image.Image, dpi: tuple[float, float], turn: int) -> tuple[Image.Image, tuple[float, float]]:
    """A page that was put on the scanner the wrong way round."""
    return image.rotate(turn, expand=True), (dpi[1], dpi[0]) if turn % 180 else dpi


@dataclass
class Score:
    """Totals of one reader on one kind of damage."""

    right: int = 0
    silent: int = 0
    marked: int = 0
    errors: list[float] = field(default_factory=list)

    def add(self, read: Read, truth: Counter[str], text: str) -> None:
        """Count a page."""
        self.right += (critical(read.text.split()) & truth).total()
        said = " ".join(read.text.split())
        self.errors.append(Levenshtein.distance(said, text) / len(text))
        sure = critical(word for word, doubtful in read.words if not doubtful)
        self.silent += (sure - truth).total()
        self.marked += (critical(word for word, doubtful in read.words if doubtful) & (truth - sure)).total()


def measure(level: str, pages: Sequence[tuple[bytes, str]], folder: Path) -> None:
    """Print one row: a kind of damage."""
    damage = LEVELS.get(level) or partial(_turned_office, quarter=int(level.split()[-1]))
    seeds = SEEDS[: 1 if level.startswith(("clean", "turned")) else len(SEEDS)]
    paths, truths = [], []
    for number, (pdf, text) in enumerate(pages):
        for seed in seeds:
            image, dpi = damage(pdf, seed)
            paths.append(folder / f"{level.replace(' ', '-')}-{number}-{seed}.tif")
            image.save(paths[-1], dpi=dpi, compression="group4" if image.mode == "1" else None)
            truths.append((critical(text.split()), " ".join(text.split())))
    wanted = sum(tokens.total() for tokens, _ in truths)
    cells = []
    for read in READERS.values():
        score = Score()
        with Peak(os.getpid(), without=True) as peak:
            start = time.perf_counter()
            found = read(paths)
            seconds = (time.perf_counter() - start) / len(paths)
        for page_read, (tokens, text) in zip(found, truths, strict=True):
            score.add(page_read, tokens, text)
        cells += [f"{100 * score.right / wanted:.1f}", f"{100 * statistics.mean(score.errors):.1f}"]
        cells += [f"{seconds:.2f}", f"{peak.bytes / 1e6:.0f}"]
    cells += [f"{100 * score.silent / wanted:.2f}", f"{100 * score.marked / wanted:.1f}"]
    print(f"| {level} ({len(paths)}) | " + " | ".join(cells) + " |", flush=True)


def _turned_office(pdf: bytes, seed: int, quarter: int) -> tuple[Image.Image, tuple[float, float]]:
    return turned(*LEVELS["office scan"](pdf, seed), quarter)


def main() -> None:
    """Print the table."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    pages = [page(number) for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 8)]
    columns = [f"{name}: {what}" for name in READERS for what in ("tokens %", "CER %", "s", "MB")]
    print("| pages | " + " | ".join([*columns, "silent errors %", "marked %"]) + " |")
    print("|---" * (len(columns) + 3) + "|")
    this_program([])  # starts the server that workers come from, as a batch has it
    with tempfile.TemporaryDirectory() as folder:
        for level in sys.argv[2:] or (*LEVELS, "turned 90", "turned 180", "turned 270"):
            measure(level, pages, Path(folder))


if __name__ == "__main__":
    main()
