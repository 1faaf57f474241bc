"""Readers compared on authored pages: `python benchmarks/ocr.py [PAGES]`. Prints a Markdown table.

For each kind of damage: the share of critical tokens (words with a digit) read exactly, the share that this program
reads wrongly without marking the word doubtful (confidence below 0.8), and seconds of wall time a page on one worker.
RapidOCR and pytesseract run as they come, on one thread.
"""

import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytesseract
from ocr_pages import LEVELS, SEEDS, page
from PIL import Image

from pipeline import ingest

DOUBTFUL = 0.8
Words = list[tuple[str, float]]
"""Words as read, each with its confidence."""


def critical(words: Iterable[tuple[str, float]]) -> Words:
    """Words with a digit, without the punctuation round them."""
    stripped = ((word.strip(".,;:()'\"|"), confidence) for word, confidence in words)
    return [(word, confidence) for word, confidence in stripped if re.search(r"\d", word)]


def pytesseract_as_it_comes(path: Path) -> Words:
    """Plain pytesseract, one thread."""
    return [(word, 1.0) for word in pytesseract.image_to_string(Image.open(path)).split()]


def rapidocr_alone(path: Path) -> Words:
    """RapidOCR with its own detector."""
    from rapidocr import RapidOCR

    if not _RAPID:
        one = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
        _RAPID.append(RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False, **one}))
    found = _RAPID[0](Image.open(path).convert("RGB"))
    return [(word, 1.0) for line in found.txts or () for word in line.split()]


_RAPID: list[Callable[..., object]] = []


def this_program(path: Path) -> Words:
    """`pipeline.ingest` on one worker."""
    (source,) = ingest.find_files([path])
    result = ingest.read_all([source], ingest.Limits(), workers=1)[0]
    pages = result.document.pages if result.document else ()
    return [(page.text[word.start : word.end], word.confidence) for page in pages for word in page.words]


READERS = {"pytesseract": pytesseract_as_it_comes, "RapidOCR": rapidocr_alone, "appealwright": this_program}


def main() -> None:
    """Print the table."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    pages = [page(number) for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 8)]
    print("| | " + " | ".join(f"{name}: exact %, s" for name in READERS) + " | silent errors % |")
    print("|---" * (len(READERS) + 2) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for level, damage in LEVELS.items():
            totals = {name: [0, 0.0] for name in READERS}
            wanted = silent = count = 0
            for pdf, tokens in pages:
                for seed in SEEDS[: 1 if level.startswith("clean") else len(SEEDS)]:
                    image, dpi = damage(pdf, seed)
                    path = Path(folder) / "page.tif"
                    image.save(path, dpi=dpi, compression="group4" if image.mode == "1" else None)
                    truth = Counter(tokens)
                    wanted, count = wanted + truth.total(), count + 1
                    for name, read in READERS.items():
                        start = time.perf_counter()
                        words = critical(read(path))
                        totals[name][1] += time.perf_counter() - start
                        totals[name][0] += (truth & Counter(word for word, _ in words)).total()
                        if name == "appealwright":
                            wrong = Counter(word for word, confidence in words if confidence >= DOUBTFUL) - truth
                            silent += wrong.total()
            cells = " | ".join(
                f"{100 * right / wanted:.1f}, {seconds / count:.1f}" for right, seconds in totals.values()
            )
            print(f"| {level} | {cells} | {100 * silent / wanted:.1f} |", flush=True)


if __name__ == "__main__":
    main()
