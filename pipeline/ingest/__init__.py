"""File -> Document: what was given, read page by page; what could not be read is said."""

from pipeline.ingest._cache import PageCache
from pipeline.ingest._kind import open_file
from pipeline.ingest._opened import Opened, Scan
from pipeline.ingest._tools import tools
from pipeline.ingest._workers import Workers
from pipeline.ingest.mail.members import is_litter
from pipeline.ingest.read import Batch, ReadResult, page_image, read, read_all, read_with
from pipeline.ingest.scan.tesseract import ToolStatus
from pipeline.ingest.sources import Limits, SourceFile, find_files, read_bytes
from pipeline.ingest.unpack import merged, unpack

__all__ = [
    "Batch",
    "Limits",
    "Opened",
    "PageCache",
    "ReadResult",
    "Scan",
    "SourceFile",
    "ToolStatus",
    "Workers",
    "find_files",
    "is_litter",
    "merged",
    "open_file",
    "page_image",
    "read",
    "read_all",
    "read_bytes",
    "read_with",
    "tools",
    "unpack",
]
