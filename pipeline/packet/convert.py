"""LibreOffice, asked to make a PDF of a Word file: with a profile of its own, and no longer than it may take."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from pipeline.errors import AppealwrightError
from schemas.case import Category

SECONDS: Final = 180.0  # its first start makes the profile, and takes the longest
_PROGRAMS: Final = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_SAVE_IT: Final = "Save the letter as PDF in Word and pass it with --letter LETTER.pdf"


def program() -> str | None:
    """Where LibreOffice is, or None."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def to_pdf(place: str, docx: bytes, seconds: float = SECONDS) -> bytes:
    """The Word file as PDF.

    AppealwrightError: missing_tool where LibreOffice is not there, timeout where it takes longer than `seconds`,
    unreadable where it makes no PDF.
    """
    office = program()
    if office is None:
        message = "LibreOffice, which makes the PDF of the letter, is not installed"
        raise AppealwrightError(Category.MISSING_TOOL, place, message, f"{_SAVE_IT}, or install LibreOffice.")
    with tempfile.TemporaryDirectory(prefix="appealwright-") as name:
        folder = Path(name)
        (folder / "letter.docx").write_bytes(docx)
        command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "pdf:writer_pdf_Export", "--outdir", name, str(folder / "letter.docx")]
        if not _run(command, seconds):
            message = f"LibreOffice did not make the PDF within {seconds:g} seconds"
            raise AppealwrightError(Category.TIMEOUT, place, message, f"{_SAVE_IT}.")
        made = folder / "letter.pdf"
        if not made.is_file():
            raise AppealwrightError(Category.UNREADABLE, place, "LibreOffice made no PDF of it", f"{_SAVE_IT}.")
        return made.read_bytes()


def _run(command: list[str], seconds: float) -> bool:
    """Whether the program ended in time. It starts others, which end with it."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False
    return True
