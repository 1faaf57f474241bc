"""File -> Document: what was given, read page by page; what could not be read is said."""

from pipeline.ingest._cache import PageCache
from pipeline.ingest._tools import tools
from pipeline.ingest.read import Batch, ReadResult, page_image, read, read_all
from pipeline.ingest.scan.tesseract import ToolStatus
from pipeline.ingest.sources import Limits, SourceFile, find_files

__all__ = [
    "Batch",
    "Limits",
    "PageCache",
    "ReadResult",
    "SourceFile",
    "ToolStatus",
    "find_files",
    "page_image",
    "read",
    "read_all",
    "tools",
]
