"""Small files for the ingest tests, and a Tesseract that can be told to misbehave."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest import Limits, ReadResult, find_files, read

LINES = ("Member ID: W123456789", "Date of Notice: March 14, 2026", "The request is denied.", "Call (503) 555-0142.")


@pytest.fixture
def read_bytes(tmp_path: Path) -> Callable[..., ReadResult]:
    """Writes a file and reads it."""

    def reading(data: bytes, name: str = "file", limits: Limits | None = None) -> ReadResult:
        path = tmp_path / name
        path.write_bytes(data)
        (source,) = find_files([path])
        return read(source, "D1", limits or Limits())

    return reading


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    """A PDF; each page is drawn by a function of the canvas."""

    def making(*pages: Callable[[Canvas], None], size: tuple[float, float] = (612, 792), **options: object) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=size, invariant=True, **options)
        for page in pages:
            page(canvas)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    return making


@pytest.fixture
def lines() -> Callable[[Canvas], None]:
    """Draws LINES at the top left of a page, 12 points."""

    def drawing(canvas: Canvas) -> None:
        for i, line in enumerate(LINES):
            canvas.drawString(72, 700 - 14 * i, line)

    return drawing


@pytest.fixture
def scan() -> Image.Image:
    """LINES as a scanner at 300 dpi sees them on a small sheet: 5 by 2.5 inches."""
    sheet = Image.new("L", (1500, 750), 255)
    font = ImageFont.load_default(46)
    for i, line in enumerate(LINES):
        ImageDraw.Draw(sheet).text((120, 120 + 130 * i), line, font=font, fill=0)
    return sheet


@pytest.fixture
def scan_file(scan: Image.Image) -> bytes:
    """The scan as a PNG that states its resolution."""
    out = io.BytesIO()
    scan.save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script first on the path, in the place of Tesseract."""

    def misbehaving(script: str) -> None:
        program = tmp_path / "bin" / "tesseract"
        program.parent.mkdir()
        version = 'test "$1" = --version && echo "tesseract 5.3.0" && exit 0'
        program.write_text(f"#!/bin/sh\n{version}\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    return misbehaving
