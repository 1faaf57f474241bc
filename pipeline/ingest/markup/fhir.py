"""FHIR resources, JSON or XML: who the patient is, the narratives, and the files attached; codes are not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from lxml import etree

from pipeline.errors import AppealwrightError
from pipeline.ingest._flow import Seen, readings
from pipeline.ingest._joined import Joined, Opener, or_refused, unpacked
from pipeline.ingest._opened import Opened, Sections
from pipeline.ingest.markup.clinical import listed, shown_time
from pipeline.ingest.markup.html import html_root, open_html
from pipeline.ingest.markup.narrative import Narrative, check_depth
from pipeline.ingest.markup.xml import Element, parse
from pipeline.ingest.sources import Limits
from schemas.case import Category

NAMESPACE: Final = "{http://hl7.org/fhir}"
_DIV: Final = "{http://www.w3.org/1999/xhtml}div"
_ATTACHMENTS: Final = frozenset(  # the elements of type Attachment in R4 whose file is part of the record
    {"attachment", "presentedForm", "contentAttachment", "valueAttachment", "sourceAttachment"}
)
_CODED: Final = frozenset({Seen.CODED})
_PORTRAIT: Final = "photo"
_SUPPLY: Final = "Supply the file that it refers to."
_DEPTH: Final = 120  # objects within objects
_PARTS: Final = 2000  # attachments of one file

Node = dict[str, Any]  # an object; a member may be one or a list, for XML does not tell


def open_fhir(place: str, data: bytes, limits: Limits, inner: Opener) -> Opened:
    """The resource, Bundle or series: a page of its narratives, then the pages of each attachment, opened by `inner`.

    AppealwrightError where it is damaged, nested too deep, or holds neither narrative nor attachment.
    """
    resources = list(_resources(_nodes(place, data)))
    narrative = Narrative(place)
    for resource in resources:
        _read(resource, narrative)
    pages = readings(narrative.blocks)
    parts: list[Opened] = [Sections(place, pages)] if pages else []
    for number, item in enumerate(_needed(resources), start=1):
        if number > _PARTS:
            raise AppealwrightError(Category.TOO_LARGE, place, f"it has more than {_PARTS} attachments")
        parts.append(or_refused(partial(_attachment, f"{place}/attachment {number}", item, limits, inner)))
    if not parts:
        message = "the FHIR resource holds codes, and neither narrative nor attachment"
        raise AppealwrightError(Category.UNSUPPORTED, place, message)
    return Joined(place, parts)


def _attachment(place: str, item: Node, limits: Limits, inner: Opener) -> Opened:
    content = _first(item, "data")
    if not content:
        message = "the attachment is named, and is not in the file"
        raise AppealwrightError(Category.UNSUPPORTED, place, message, _SUPPLY)
    data = unpacked(place, content)
    kind, _, parameters = _first(item, "contentType").partition(";")
    if kind.strip().lower() == "text/html":
        return open_html(place, data, parameters.partition("charset=")[2].strip(" \"'"))
    return inner(place, data, limits)


def _read(resource: Node, narrative: Narrative) -> None:
    """Reads what one resource says in words, and says where that is nothing."""
    kind = _first(resource, "resourceType")
    before = len(narrative.blocks)
    narrative.line("", spaced=True)
    if kind == "Patient":
        for line in _patient(resource):
            narrative.line(line)
    if kind == "Composition":
        narrative.line(_first(resource, "title"))
        narrative.line(_labelled("Document Date", shown_time(_first(resource, "date"))))
    _div(resource, narrative)
    _sections(resource, narrative)
    if len(narrative.blocks) == before and not _files(resource):
        narrative.line("", seen=_CODED)


def _sections(resource: Node, narrative: Narrative) -> None:
    for section in _objects(resource, "section"):
        empty = not any(_first(text, "div").strip() for text in _objects(section, "text"))
        coded = empty and bool(_objects(section, "entry"))
        narrative.line(_first(section, "title"), spaced=True, seen=_CODED if coded else frozenset())
        _div(section, narrative)
        _sections(section, narrative)


def _div(node: Node, narrative: Narrative) -> None:
    """Reads the node's narrative, if it has one."""
    div = next((_first(text, "div") for text in _objects(node, "text")), "")
    root = html_root(narrative.place, div) if div.strip() else None
    if root is not None:
        narrative.line("", spaced=True)
        narrative.read(root)


def _patient(patient: Node) -> Iterator[str]:
    for name in _objects(patient, "name")[:1]:
        parts = [part for kind in ("prefix", "given", "family", "suffix") for part in _texts(name, kind)]
        yield _labelled("Patient", listed(parts, " ") or _first(name, "text"))
    yield _labelled("Date of Birth", shown_time(_first(patient, "birthDate")))
    yield _labelled("Sex", _first(patient, "gender"))
    yield _labelled("Patient ID", listed(_first(item, "value") for item in _objects(patient, "identifier")))


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _needed(resources: list[Node]) -> Iterator[Node]:
    """The attachments, but none that is in the file as a Binary, or whose neighbour is the same in another format."""
    present = {_first(resource, "id") for resource in resources if _first(resource, "resourceType") == "Binary"}
    for resource in resources:
        files = _files(resource)
        here = any(_first(item, "data") for item in files)
        for item in files:
            url = _first(item, "url")
            if _first(item, "data") or not (here or url.startswith("#") or url.rpartition("/")[2] in present):
                yield item


def _files(resource: Node) -> list[Node]:
    """The files in a resource, and those that it names."""
    found: list[Node] = []
    waiting: list[tuple[str, Any]] = [("", resource)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, list):
            waiting += [(key, item) for item in reversed(value)]
        elif isinstance(value, dict):
            if (_first(value, "data") and _first(value, "contentType")) or (
                key in _ATTACHMENTS and (_first(value, "url") or _first(value, "data"))
            ):
                found.append(value)
            waiting += [(name, item) for name, item in reversed(value.items()) if name != _PORTRAIT]
    return found


def _resources(nodes: list[Any]) -> Iterator[Node]:
    """The resources in order, those of a Bundle in its place."""
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        if _first(node, "resourceType") == "Bundle":
            waiting += [item for entry in reversed(_objects(node, "entry")) for item in _objects(entry, "resource")]
        elif _first(node, "resourceType"):
            yield node


def _nodes(place: str, data: bytes) -> list[Any]:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        root = parse(place, data)
        check_depth(root, place)
        return [_resource(root)]
    try:
        found = _json(data)
    except (ValueError, RecursionError) as error:
        raise AppealwrightError(Category.UNREADABLE, place, "the FHIR resource is damaged or cut short") from error
    _check_depth(place, found)
    return found


def _json(data: bytes) -> list[Any]:
    """One resource, an array of them, or one on each line."""
    try:
        found = json.loads(data)
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Extra data"):
            raise
        return [json.loads(line) for line in data.splitlines() if line.strip()]
    return found if isinstance(found, list) else [found]


def _check_depth(place: str, found: list[Any]) -> None:
    level: list[Any] = found
    for _ in range(_DEPTH):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise AppealwrightError(Category.TOO_LARGE, place, f"its objects are nested more than {_DEPTH} deep")


def _resource(element: Element) -> Node:
    """A resource of XML as JSON has it, every member a list."""
    return {"resourceType": element.tag.rpartition("}")[2], **_members(element)}


def _members(element: Element) -> Node:
    node: Node = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        if child.tag == _DIV:
            value: list[Any] = [etree.tostring(child, encoding="unicode", with_tail=False)]
        elif name in ("resource", "contained"):
            value = [_resource(inside) for inside in child]
        else:
            value = [child.get("value") if child.get("value") is not None else _members(child)]
        node.setdefault(name, []).extend(value)
    return node


def _each(node: Node, name: str) -> list[Any]:
    value = node.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _objects(node: Node, name: str) -> list[Node]:
    return [value for value in _each(node, name) if isinstance(value, dict)]


def _texts(node: Node, name: str) -> list[str]:
    return [value for value in _each(node, name) if isinstance(value, str)]


def _first(node: Node, name: str) -> str:
    """The member's text; empty where it has none."""
    return next(iter(_texts(node, name)), "")
