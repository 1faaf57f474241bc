"""File -> Document: what was given, read page by page; what could not be read is said."""

from pipeline.ingest._tesseract import ToolStatus
from pipeline.ingest._tools import tools
from pipeline.ingest.read import ReadResult, page_image, read, read_all
from pipeline.ingest.sources import Limits, SourceFile, find_files

__all__ = ["Limits", "ReadResult", "SourceFile", "ToolStatus", "find_files", "page_image", "read", "read_all", "tools"]
