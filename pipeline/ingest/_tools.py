"""What reading needs from outside: both readers, and whether they are there."""

from pipeline.ingest import _rapid, _tesseract
from pipeline.ingest._tesseract import ToolStatus


def tools() -> tuple[ToolStatus, ...]:
    """The first reader with its language data, and the second."""
    return (*_tesseract.tools(), _rapid.tool())
