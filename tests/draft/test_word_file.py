"""What is written to Word by a shorter way than python-docx's is what python-docx writes."""

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Inches
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.draft import word_file
from pipeline.draft.letter_styles import BULLET_ID, CITATION, CITATION_ID, HEADING_IDS, set_styles

EMPTY = docx.Document()
TEXTS = st.text(st.sampled_from("ab \u00a0\u2003\u201c.5\t\n\r<&"), max_size=12)


def xml(paragraph: Paragraph) -> bytes:
    return etree.tostring(paragraph._p)


@given(TEXTS, st.booleans())
def test_a_run_is_written_as_python_docx_writes_it(text: str, styled: bool) -> None:
    ours, theirs = EMPTY.add_paragraph(), EMPTY.add_paragraph()
    run = word_file.add_run(ours, text, "Strong" if styled and text.strip("\t\n\r") == text else None)
    other = theirs.add_run(text)
    if run.style.style_id == "Strong":
        other.style = "Strong"
    assert run.text == other.text
    assert xml(ours) == xml(theirs)


def styled() -> Document:
    document = docx.Document()
    set_styles(document)
    return document


def test_a_paragraph_of_a_style_is_written_as_python_docx_writes_it() -> None:
    document = styled()
    names = {"Title": "Title", "Quote": "Quote", "List Bullet": BULLET_ID}
    names |= {f"Heading {n}": name for n, name in enumerate(HEADING_IDS, start=1)}
    for name, known in names.items():
        assert xml(word_file.add_paragraph(document, "a", known)) == xml(document.add_paragraph("a", style=name))
    assert document.styles[CITATION].style_id == CITATION_ID


def test_columns_and_cells_are_those_of_python_docx() -> None:
    document = styled()
    ours, theirs = (document.add_table(rows=3, cols=2) for _ in range(2))
    widths = [Inches(1), Inches(2.5)]
    word_file.set_widths(ours, widths)
    for column, width in zip(theirs.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    assert etree.tostring(ours._tbl) == etree.tostring(theirs._tbl)
    cells = [[cell.paragraphs[0]._p for cell in row.cells] for row in ours.rows]
    assert [[paragraph._p for paragraph in row] for row in word_file.paragraphs(ours)] == cells


def test_no_revision_id_is_left_and_nothing_else_is_taken() -> None:
    document = styled()
    paragraph = document.add_paragraph("a")
    before = xml(paragraph)
    for name in ("w:rsidR", "w:rsidRDefault"):
        paragraph._p.set(qn(name), "00A1")
    word_file.settle(document)
    assert xml(paragraph) == before
