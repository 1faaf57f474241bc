"""XML read without trust: no document type, no entities, no network, no size without bounds."""

from __future__ import annotations

from typing import Any

from lxml import etree

from pipeline.errors import AppealwrightError
from schemas.case import Category

Element = Any  # lxml carries no types


def parse(place: str, data: bytes) -> Element:
    """The root element. AppealwrightError where the XML is damaged, has a document type, or is nested too deep."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        if any(entry.type_name in ("ERR_RESOURCE_LIMIT", "ERR_ENTITY_LOOP") for entry in parser.error_log):
            message = "the XML is nested too deep or has too large a piece"
            raise AppealwrightError(Category.TOO_LARGE, place, message) from error
        raise AppealwrightError(Category.UNREADABLE, place, "the XML is damaged or cut short") from error
    if root.getroottree().docinfo.doctype:
        raise AppealwrightError(Category.UNSUPPORTED, place, "the XML declares a document type of its own")
    return root
