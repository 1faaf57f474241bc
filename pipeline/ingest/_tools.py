"""What reading needs from outside: both readers, and whether they are there."""

from pipeline.ingest.scan import rapid, tesseract
from pipeline.ingest.scan.tesseract import ToolStatus


def tools() -> tuple[ToolStatus, ...]:
    """The first reader with its language data, and the second."""
    return (*tesseract.tools(), rapid.tool())
