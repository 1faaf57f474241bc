"""Papers as files: PDF, Word, text, a web page, and scans of the PDF."""

import html
import random
import textwrap
import time
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

import cv2
import docx
import numpy as np
import pikepdf
import pypdfium2
from docx.enum.text import WD_BREAK
from docx.shared import Pt
from PIL import Image
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak

from benchmarks import ocr_pages
from benchmarks.inbox_files.papers import SYNTHETIC, Block, Paper
from samples.make import paper as press
from samples.make import scan

FACES = (
    press.Face("Helvetica", "Helvetica-Bold", "Helvetica-Bold"),
    press.Face("Times-Roman", "Times-Bold", "Helvetica-Bold", 11),
    press.Face("Times-Roman", "Times-Bold", "Times-Bold", 10.5),
    press.Face("Courier", "Courier-Bold", "Courier-Bold", 9.5),
)
ZIP_TIME = (2026, 11, 2, 12, 0, 0)
_DPI = 200
_WIDTH = 96  # characters of a line of text
_ESCAPED = html.escape


def pdf(paper: Paper, seed: str) -> bytes:
    """A paper as PDF with a text layer."""
    rng = random.Random(seed)
    face = rng.choice(FACES)
    writer = press.Writer(face)
    first = rng.uniform(0.7, 1.2)

    def draw(canvas: Canvas, page: int) -> None:
        press.footer(canvas, face, "" if page == 1 else f"Page {page}")
        if paper.stamp:
            canvas.setFont("Courier", 9)
            canvas.drawString(0.45 * inch, 10.72 * inch, f"{paper.stamp}  P.{paper.stamped_from + page:03}")

    sheet = press.Sheet(draw=draw, top=0.8, first_top=first, side=rng.uniform(0.8, 1.0))
    parts = [part for block in paper.blocks for part in _flowables(block, writer)]
    return press.set_letter(parts or [writer.gap()], sheet)


def _flowables(block: Block, writer: press.Writer) -> list[Flowable]:
    words = _ESCAPED(block.words, quote=False)
    made: dict[str, Callable[[], Flowable]] = {
        "title": lambda: writer.title(words),
        "head": lambda: writer.head(words),
        "text": lambda: writer.text(words),
        "small": lambda: writer.small(words),
        "item": lambda: writer.item(block.form, words),
        "lines": lambda: writer.lines(*(_ESCAPED(row[0], quote=False) for row in block.rows)),
        "pairs": lambda: _pairs(block, writer),
        "grid": lambda: writer.grid(list(block.rows), [6.6 / len(block.rows[0])] * len(block.rows[0])),
        "page": PageBreak,
    }
    return [made[block.kind](), writer.gap(4)]


def _pairs(block: Block, writer: press.Writer) -> Flowable:
    if block.form == "dotted":
        return writer.lines(*(_ESCAPED(f"{label:.<32} {value}", quote=False) for label, value in block.rows))
    wide = len(block.rows[0]) == 4
    rows = [tuple(_with_colons(row)) for row in block.rows]
    longest = max(len(cell) for row in rows for cell in row[1::2])
    if wide and longest > 30:
        flat = [pair for row in rows for pair in (row[:2], row[2:]) if pair[0]]
        return writer.pairs(flat, [1.7, 4.8], boxed=block.form == "boxed")
    widths = [1.35, 2.0, 1.35, 2.0] if wide else [1.9, 4.6]
    return writer.pairs(rows, widths, boxed=block.form == "boxed")


def _with_colons(row: Sequence[str]) -> list[str]:
    """A row of labels and values, each label with a colon unless it has one."""
    return [f"{cell}:" if at % 2 == 0 and cell and not cell.endswith(":") else cell for at, cell in enumerate(row)]


def pages_of(data: bytes) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def bound(parts: Sequence[bytes]) -> bytes:
    """Several PDFs as one."""
    with pikepdf.Pdf.new() as whole:
        for part in parts:
            with pikepdf.open(BytesIO(part)) as one:
                whole.pages.extend(one.pages)
        out = BytesIO()
        whole.save(out, static_id=True)
    return out.getvalue()


def text(paper: Paper, _: str = "") -> bytes:
    """A paper as plain text, its pages parted by form feeds."""
    lines: list[str] = []
    for block in paper.blocks:
        lines += _text_lines(block)
    page = "\n".join(lines).replace("\n\f\n", "\n\f")
    return f"{page}\n{SYNTHETIC}\n".encode()


def _text_lines(block: Block) -> list[str]:
    if block.kind == "page":
        return ["\f"]
    if block.kind == "title":
        return [block.words.center(_WIDTH).rstrip(), ""]
    if block.kind == "pairs":
        dots = block.form == "dotted"
        return [*(_text_row(row if dots else _with_colons(row), dots) for row in block.rows), ""]
    if block.kind == "grid":
        return [*("".join(f"{cell:<14}" for cell in row).rstrip() for row in block.rows), ""]
    if block.kind == "lines":
        return [*(row[0] for row in block.rows), ""]
    words = f"{block.form} {block.words}" if block.kind == "item" else block.words
    return [*textwrap.wrap(words, _WIDTH), *([] if block.kind == "head" else [""])]


def _text_row(row: Sequence[str], dots: bool) -> str:
    if dots:
        return f"{row[0]:.<32} {row[1]}"
    pairs = [f"{label} {value}" for label, value in zip(row[::2], row[1::2], strict=True) if label]
    return "".join(f"{pair:<48}" for pair in pairs).rstrip()


def web(paper: Paper, _: str = "") -> bytes:
    """A paper as a web page."""
    made = "\n".join(_element(block) for block in paper.blocks)
    foot = f"<p><small>{SYNTHETIC}</small></p>"
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{made}\n{foot}\n</body></html>\n'.encode()
    )


def _element(block: Block) -> str:
    words = _ESCAPED(block.words, quote=False)
    if block.kind in ("pairs", "grid"):
        rows = [_with_colons(row) if block.kind == "pairs" else row for row in block.rows]
        cells = ("".join(f"<td>{_ESCAPED(cell, quote=False)}</td>" for cell in row) for row in rows)
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"
    if block.kind == "lines":
        return "<p>" + "<br>".join(_ESCAPED(row[0], quote=False) for row in block.rows) + "</p>"
    if block.kind == "item":
        return f"<p>{block.form} {words}</p>"
    tag = {"title": "h2", "head": "h3", "page": "hr"}.get(block.kind, "p")
    return "<hr>" if tag == "hr" else f"<{tag}>{words}</{tag}>"


def word(paper: Paper, _: str = "") -> bytes:
    """A paper as a Word file whose bytes do not change."""
    made = docx.Document()
    made.styles["Normal"].font.size = Pt(11)
    made.sections[0].footer.paragraphs[0].text = SYNTHETIC
    for block in paper.blocks:
        _add(made, block)
    made.core_properties.author = "Synthetic sample"
    saved = BytesIO()
    made.save(saved)
    with zipfile.ZipFile(saved) as source:
        return zipped([(name, source.read(name)) for name in source.namelist()])


def _add(made: docx.document.Document, block: Block) -> None:
    if block.kind in ("pairs", "grid"):
        rows = [_with_colons(row) if block.kind == "pairs" else row for row in block.rows]
        ruled = made.add_table(rows=len(rows), cols=len(rows[0]))
        for cells, row in zip(ruled.rows, rows, strict=True):
            for cell, value in zip(cells.cells, row, strict=True):
                cell.text = value
        made.add_paragraph()
    elif block.kind == "lines":
        for row in block.rows:
            made.add_paragraph(row[0])
    elif block.kind == "page":
        made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    elif block.kind in ("title", "head"):
        made.add_heading(block.words, level=1 if block.kind == "title" else 2)
    else:
        made.add_paragraph(f"{block.form} {block.words}".strip())


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """An archive with fixed times."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for name, data in members:
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return out.getvalue()


def scanned(data: bytes, seed: int) -> list[Image.Image]:
    """The pages of a PDF as an office scanner makes them: crooked, unevenly lit, one bit a dot, dusty; by the seed."""
    pages = [_crooked(page, seed + number) for number, page in enumerate(scan.raster(data, _DPI))]
    return scan.fax(pages, seed)  # no blur: at so few dots to the inch it would take the slashes out of dates


def _crooked(page: scan.Grey, seed: int) -> scan.Grey:
    angle = random.Random(seed).uniform(-0.5, 0.5)
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=255), np.uint8)


def scan_pdf(data: bytes, seed: int) -> bytes:
    """A PDF of pictures."""
    first, *others = scanned(data, seed)
    out = BytesIO()
    when = time.struct_time((*ZIP_TIME, 0, 306, 0))
    first.save(
        out, format="PDF", save_all=True, append_images=others, resolution=_DPI, creationDate=when, modDate=when,
        producer=SYNTHETIC,
    )  # fmt: skip
    return out.getvalue()


def scan_tiff(data: bytes, seed: int) -> bytes:
    """A TIFF of one or several pages."""
    first, *others = scanned(data, seed)
    out = BytesIO()
    first.save(
        out, format="TIFF", save_all=True, append_images=others, compression="group4", dpi=(float(_DPI), float(_DPI))
    )
    return out.getvalue()


def scan_png(data: bytes, seed: int) -> bytes:
    """The first page as a PNG."""
    out = BytesIO()
    scanned(data, seed)[0].save(out, format="PNG", dpi=(_DPI, _DPI))
    return out.getvalue()


def photo_jpeg(data: bytes, seed: int) -> bytes:
    """The first page as a phone sees it."""
    picture, dpi = ocr_pages.photo(data, seed)
    out = BytesIO()
    picture.save(out, format="JPEG", quality=75, dpi=dpi)
    return out.getvalue()
