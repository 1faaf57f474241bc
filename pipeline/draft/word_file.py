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
from docx.shared import Length
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
_TEMPLATES_OWN = ("/metadata/thumbnail", "/extended-properties", "/stylesWithEffects", "/customXml")
_WORD_2013 = "15"  # below it Word opens the file in compatibility mode
_BREAKS = frozenset("\t\r\n")
_RUN, _RUN_PROPERTIES, _RUN_STYLE, _TEXT = (qn(name) for name in ("w:r", "w:rPr", "w:rStyle", "w:t"))
_VALUE, _SPACE = qn("w:val"), qn("xml:space")
_REVISED = etree.XPath("//*[@*[starts-with(local-name(), 'rsid')]]")


def add_run(paragraph: Paragraph, text: str, style: str | None = None) -> Run:
    """Append a run of text, as `Paragraph.add_run` does in many more steps; `style` is the id of a character style.

    A tab or a line break in the text is left to python-docx.
    """
    if not text or not _BREAKS.isdisjoint(text):
        return paragraph.add_run(text)
    element = etree.SubElement(paragraph._p, _RUN)
    if style:
        etree.SubElement(etree.SubElement(element, _RUN_PROPERTIES), _RUN_STYLE).set(_VALUE, style)
    words = etree.SubElement(element, _TEXT)
    words.text = text
    if text != text.strip():
        words.set(_SPACE, "preserve")
    return Run(element, paragraph)


def add_paragraph(document: Document, text: str = "", style: str | None = None) -> Paragraph:
    """Append a paragraph; `style` is the id of its style, where a name would be looked up among all styles."""
    paragraph = document.add_paragraph()
    if style:
        paragraph._p.style = style
    if text:
        add_run(paragraph, text)
    return paragraph


def paragraphs(table: Table) -> list[list[Paragraph]]:
    """The first paragraph of each cell, row by row, of a table without merged cells."""
    return [[Paragraph(cell.p_lst[0], table) for cell in row.tc_lst] for row in table._tbl.tr_lst]


def set_widths(table: Table, widths: Sequence[Length]) -> None:
    """Give each column its width, in every cell of it: Word goes by the cells."""
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = width
    for row in table._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = width


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
    rows = table._tbl.tr_lst
    rows[0].get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
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
    for element in _REVISED(root):
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
