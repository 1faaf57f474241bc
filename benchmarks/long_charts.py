"""Long charts: `python benchmarks/long_charts.py [TEXT_PAGES [SCANNED_PAGES]]`, 1,000 of each by default.

Pages a second with two workers, and the most memory that all processes held together (what they share counts for each),
for a PDF of text (about 500 words a page) and one of scanned pages of a few lines, read by both readers: memory grows
with pixels, not with words. pdfplumber reads words with boxes from the first pages of the same PDF in one process, for
comparison. A tenth of the pages is measured too: what is flat is alike for both.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import pdfplumber
from measuring import Peak
from ocr_pages import fine_fax, page
from PIL import Image
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from pipeline import ingest

WORKERS = 2
PEER_PAGES = 20
LINE = "On {day:02}/{month:02}/2025 the patient attended visit {n}; pain was {pain}/10 and flexion {angle} degrees."


def text_pdf(path: Path, count: int) -> None:
    """Pages of 42 lines; no two are alike."""
    canvas = Canvas(str(path), pagesize=letter, invariant=1)
    for number in range(count):
        canvas.setFont("Helvetica", 10)
        for line in range(42):
            n = 42 * number + line
            text = LINE.format(day=n % 28 + 1, month=n // 28 % 12 + 1, n=n, pain=n % 11, angle=n % 140)
            canvas.drawString(60, 750 - 16 * line, text)
        canvas.showPage()
    canvas.save()


def scanned_pdf(path: Path, count: int) -> None:
    """Fine faxes of a page's first lines; ten different ones in turn."""
    sheets = []
    for number in range(10):
        whole = fine_fax(page(number)[0], 1)[0]
        sheet = Image.new("1", whole.size, 1)
        sheet.paste(whole.crop((0, 0, whole.width, 420)), (0, 0))
        sheets.append(path.with_name(f"sheet-{number}.png"))
        sheet.save(sheets[-1])
    canvas = Canvas(str(path), pagesize=letter, invariant=1)
    for number in range(count):
        canvas.drawImage(str(sheets[number % 10]), 0, 0, *letter)
        canvas.showPage()
    canvas.save()


def measured(path: Path) -> tuple[int, float, int]:
    """Pages read, pages a second and peak bytes."""
    with Peak(os.getpid()) as peak:
        start = time.perf_counter()
        batch = ingest.read_all(ingest.find_files([path]), ingest.Limits(), workers=WORKERS)
        seconds = time.perf_counter() - start
    pages = sum(len(document.pages) for document in batch.documents)
    return pages, pages / seconds, peak.bytes


def plumbed(path: Path) -> float:
    """Pages a second of pdfplumber."""
    start = time.perf_counter()
    with pdfplumber.open(path) as pdf:
        for one in pdf.pages[:PEER_PAGES]:
            one.extract_words()
    return PEER_PAGES / (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    counts = [int(argument) for argument in sys.argv[1:]] + [1000, 1000][len(sys.argv) - 1 :]
    print("| chart | pages | pages/s | peak MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, make, most in (("text.pdf", text_pdf, counts[0]), ("scanned.pdf", scanned_pdf, counts[1])):
            for count in (most // 10, most):
                path = Path(folder) / f"{count}-{name}"
                make(path, count)
                pages, speed, peak = measured(path)
                print(f"| {name} | {pages} | {speed:.1f} | {peak / 1e6:.0f} |", flush=True)
            if make is text_pdf:
                print(f"| {name}, pdfplumber | {PEER_PAGES} | {plumbed(path):.1f} | |", flush=True)


if __name__ == "__main__":
    main()
