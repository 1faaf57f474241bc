"""Word files whose bytes do not change: fixed times inside, entries stored uncompressed in a fixed order."""

import datetime
import zipfile
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt

from make.paper import SYNTHETIC

_WRITTEN = datetime.datetime(2026, 11, 2, 12, 0, tzinfo=datetime.UTC)
_ZIP_TIME = (2026, 11, 2, 12, 0, 0)


def new_note(heading: str, subheading: str) -> Document:
    """An empty note with a letterhead of two lines and the footer that says it is invented."""
    note = docx.Document()
    note.styles["Normal"].font.name = "Calibri"
    note.styles["Normal"].font.size = Pt(11)
    note.styles["Normal"].paragraph_format.space_after = Pt(6)
    note.add_heading(heading, level=1)
    note.add_paragraph(subheading)
    note.sections[0].footer.paragraphs[0].text = SYNTHETIC
    return note


def add_table(note: Document, rows: list[tuple[str, ...]]) -> None:
    """A ruled table, its first row a heading."""
    table = note.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    note.add_paragraph()


def _drop_what_is_unused(note: Document) -> None:
    """Leave out the template's picture and its hundred table styles, most of the size of a short note."""
    for relations in (note.part.rels, note.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail")):
                del relations[key]
    for style in list(note.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()


def write_note(note: Document, path: Path) -> None:
    """Save with fixed times. Stored, not deflated: compressors differ between builds of Python."""
    _drop_what_is_unused(note)
    properties = note.core_properties
    properties.author = properties.last_modified_by = "Synthetic sample"
    properties.created = properties.modified = _WRITTEN
    properties.revision = 1
    saved = BytesIO()
    note.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.create_system = 0  # else the operating system is written into the file
            target.writestr(entry, source.read(name))
