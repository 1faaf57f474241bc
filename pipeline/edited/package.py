"""A Word file as the parts it is made of: what is not changed is written back byte for byte."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from docx.oxml.ns import qn
from lxml import etree

from pipeline.errors import AppealwrightError
from schemas.case import Category

Element: TypeAlias = Any  # of lxml, which brings no types

_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_COMMENTS_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_OLD_WORD: Final = b"\xd0\xcf\x11\xe0"  # a .doc, or a .docx with a password
_SAVE_AS: Final = "Open it in Word and save it as a Word document (.docx), without a password."
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, NotImplementedError, RuntimeError,
    OSError,
)  # fmt: skip


def parse(data: bytes) -> Element:
    """XML as it stands, its white space kept. ValueError where it has a document type, which no Word file has."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:
        raise ValueError("a Word file declares no document type")
    return root


def _written(root: Element) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


@dataclass
class Package:
    """The members of a Word file; `changed` holds those to write anew, by name. `main` is the document's own part."""

    data: bytes
    members: Mapping[str, bytes]
    main: str
    changed: dict[str, bytes] = field(default_factory=dict)

    def related(self, kind: str) -> list[str]:
        """The parts that the document refers to as `kind` ("comments", "footnotes", "header"), in the file's order."""
        name = self._relations
        if name not in self.members:
            return []
        rows = [row for row in parse(self.members[name]).iter(_RELATION) if row.get("TargetMode") != "External"]
        found = [row.get("Target", "") for row in rows if row.get("Type", "") == f"{_OFFICE}/{kind}"]
        folder = posixpath.dirname(self.main)
        paths = [posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for target in found]
        return [path for path in paths if path in self.members]

    @property
    def _relations(self) -> str:
        folder, name = posixpath.split(self.main)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def put(self, name: str, root: Element) -> None:
        """Write a part anew."""
        self.changed[name] = _written(root)

    def add_comments(self) -> str:
        """The name of the part that holds comments, made and referred to where the file has none."""
        if found := self.related("comments"):
            return found[0]
        name = posixpath.join(posixpath.dirname(self.main), "comments.xml")
        types = parse(self.members["[Content_Types].xml"])
        row = etree.SubElement(types, f"{_TYPES}Override")
        row.set("PartName", f"/{name}")
        row.set("ContentType", _COMMENTS_TYPE)
        self.put("[Content_Types].xml", types)
        relations = parse(self.members[self._relations])
        taken = {row.get("Id") for row in relations.iter(_RELATION)}
        row = etree.SubElement(relations, _RELATION)
        row.set("Id", next(key for n in range(1, len(taken) + 2) if (key := f"rIdComments{n}") not in taken))
        row.set("Type", f"{_OFFICE}/comments")
        row.set("Target", "comments.xml")
        self.put(self._relations, relations)
        namespaces = {"w": qn("w:comments")[1:].partition("}")[0]}
        self.put(name, etree.Element(qn("w:comments"), nsmap=namespaces))
        return name

    def part(self, name: str) -> Element:
        """A part as it would be written."""
        return parse(self.changed.get(name) or self.members[name])

    def written(self) -> bytes:
        """The file: as it was where nothing was changed, else with the changed parts in place, new ones last."""
        if not self.changed:
            return self.data
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.data)) as source,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
        ):
            for member in source.infolist():
                target.writestr(member, self.changed.get(member.filename) or source.read(member))
            for name in self.changed.keys() - self.members.keys():
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the first moment that a zip archive can name
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
                target.writestr(entry, self.changed[name])
        return out.getvalue()


def open_package(path: Path, max_unpacked_bytes: int) -> Package:
    """The Word file at a path.

    AppealwrightError: not_found, unreadable, too_large or unsupported where it is none that can be read.
    """
    place = path.name
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise AppealwrightError(Category.NOT_FOUND, place, "it is not there") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AppealwrightError(Category.UNREADABLE, place, f"it cannot be read ({reason})") from None
    return package_of(place, data, max_unpacked_bytes)


def package_of(place: str, data: bytes, max_unpacked_bytes: int) -> Package:
    """The Word file of those bytes; errors, which name the place, as of `open_package`."""
    if data.startswith(_OLD_WORD):
        raise AppealwrightError(Category.UNSUPPORTED, place, "it is an old Word file, or has a password", _SAVE_AS)
    try:
        members = _members(place, data, max_unpacked_bytes)
        return Package(data, members, _main(members))
    except _DAMAGE as error:
        raise AppealwrightError(Category.UNREADABLE, place, "it is no Word file, or is damaged", _SAVE_AS) from error


def _members(place: str, data: bytes, limit: int) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > limit:
            message = f"unpacked it has more than {limit} bytes (max_unpacked_bytes)"
            raise AppealwrightError(Category.TOO_LARGE, place, message)
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def _main(members: Mapping[str, bytes]) -> str:
    """The document's own part. KeyError or ValueError where the file is no Word document."""
    rows = parse(members["_rels/.rels"]).iter(_RELATION)
    target = next((row.get("Target", "") for row in rows if row.get("Type") == f"{_OFFICE}/officeDocument"), "")
    name = target.lstrip("/")
    if parse(members[name]).tag != qn("w:document"):
        raise ValueError("the file holds no Word document")
    return name
