"""What python-docx leaves to XML: fields, content controls, links, table headers, comments, reproducible bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
_TEMPLATES_OWN = ("/metadata/thumbnail", "/extended-properties", "/stylesWithEffects", "/customXml")
_WORD_2013 = "15"  # below it Word opens the file in compatibility mode


def add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """Append a field (`PAGE`, `NUMPAGES`) that Word computes; `shown` stands until it does."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = shown
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def head_row(table: Table, caption: str) -> None:
    """Make the first row the table's header, repeated on each page and read out as such; name the table."""
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    name = OxmlElement("w:tblCaption")
    name.set(qn("w:val"), caption)
    table._tbl.tblPr.append(name)


def control(run: Run, tag: str, number: int) -> None:
    """Put the run in a content control of its own, so that an editor's changes can be traced by its tag.

    `number` must be the only one of its kind in the file. Word reads tags of up to 64 characters.
    """
    box, properties, content = (OxmlElement(name) for name in ("w:sdt", "w:sdtPr", "w:sdtContent"))
    for name, value in (("w:tag", tag), ("w:id", str(number))):
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        properties.append(element)
    box.append(properties)
    box.append(content)
    run._r.addprevious(box)
    content.append(run._r)


def bookmark(run: Run, name: str, number: int) -> None:
    """Name the place of the run, for links to it; `number` must be the only one of its kind in the file."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    run._r.addprevious(start)
    run._r.addnext(end)


def link(run: Run, name: str) -> None:
    """Make the run a link to a bookmark of the same file."""
    element = OxmlElement("w:hyperlink")
    element.set(qn("w:anchor"), name)
    run._r.addprevious(element)
    element.append(run._r)


def _outermost(run: Run) -> BaseOxmlElement:
    """The content control or link that a run stands in, or the run: what a comment goes around."""
    element: BaseOxmlElement = run._r
    while (parent := element.getparent()) is not None and parent.tag != qn("w:p"):
        element = parent
    return element


def add_comment(document: Document, runs: Sequence[Run], text: str, author: str, initials: str, on: date) -> None:
    """Attach a comment around the runs; it is dated by the case and not by the clock."""
    comment = document.comments.add_comment(text=text, author=author, initials=initials)
    comment._comment_elm.set(qn("w:date"), f"{on.isoformat()}T00:00:00Z")
    start, end, reference = (OxmlElement(f"w:comment{name}") for name in ("RangeStart", "RangeEnd", "Reference"))
    for element in (start, end, reference):
        element.set(qn("w:id"), str(comment.comment_id))
    mark = OxmlElement("w:r")
    mark.append(reference)
    _outermost(runs[0]).addprevious(start)
    last = _outermost(runs[-1])
    last.addnext(mark)
    last.addnext(end)


def describe(document: Document, title: str, author: str, on: date) -> None:
    """Set the properties of the file; dates are those of the case."""
    moment = datetime.combine(on, time(), tzinfo=UTC)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.created = properties.modified = moment
    properties.language, properties.comments, properties.revision = "en-US", "", 1


def settle(document: Document) -> None:
    """Drop what the template leaves of its own making (revision ids, thumbnail, statistics); name the Word for it."""
    settings = document.settings.element
    for name in ("w:rsids", "w:savePreviewPicture", "w:proofState"):
        for element in settings.findall(qn(name)):
            settings.remove(element)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), _WORD_2013)
    for root in (document.element, document.styles.element):
        _drop_revision_ids(root)
    for relations in (document.part.package.rels, document.part.rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(_TEMPLATES_OWN)]:
            del relations[key]


def _drop_revision_ids(root: BaseOxmlElement) -> None:
    for element in list(root.iter(qn("w:rsid"))):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in root.iter():
        for name in [name for name in element.attrib if str(name).startswith(qn("w:rsid"))]:
            del element.attrib[name]


def file_bytes(document: Document) -> bytes:
    """The document as a file: members in order of writing, their dates fixed."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for member in source.infolist():
            entry = zipfile.ZipInfo(member.filename, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, source.read(member))
    return out.getvalue()
