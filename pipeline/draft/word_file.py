"""What python-docx leaves to XML: fields, table headers, comment dates, and a file whose bytes can be made again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from docx.comments import Comment
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


def add_comment(document: Document, runs: Sequence[Run], text: str, author: str, initials: str, on: date) -> Comment:
    """Attach a comment that is dated by the case and not by the clock."""
    comment = document.add_comment(list(runs), text=text, author=author, initials=initials)
    element = comment.paragraphs[0]._p.getparent()
    if element is not None:
        element.set(qn("w:date"), f"{on.isoformat()}T00:00:00Z")
    return comment


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
