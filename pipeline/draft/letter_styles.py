"""The styles of the letter, and the margins of its pages."""

from __future__ import annotations

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

CITATION = "Exhibit Citation"
CITATION_ID = CITATION.replace(" ", "")  # as Word and python-docx form it
HEADING_IDS, BULLET_ID = ("Heading1", "Heading2"), "ListBullet"
TEXT_WIDTH = 6.5  # inches, between the margins
_FONT = "Arial"
_SMALL = 9  # points, of everything but the title on one page
_INK = RGBColor(0x1F, 0x2A, 0x44)


def set_styles(document: Document, compact: bool = False) -> None:
    """Set the page, and give each style of the letter its face, size and spaces; `compact` is for one page."""
    layout = document.sections[0]
    layout.page_width, layout.page_height = Inches(8.5), Inches(11)
    layout.left_margin = layout.right_margin = Inches(1)
    layout.top_margin = layout.bottom_margin = Inches(0.6 if compact else 1)
    if compact:
        layout.header_distance = layout.footer_distance = Inches(0.3)
    for name, size, before, after in (
        ("Normal", 10.5, 0, 6),
        ("Title", 15, 12, 8),
        ("Heading 1", 13, 14, 4),
        ("Heading 2", 11, 8, 2),
        ("Quote", 10.5, 0, 4),
        ("List Bullet", 10.5, 0, 4),
        ("Header", 9, 0, 0),
    ):
        style = document.styles[name]
        if compact:
            size, before, after = (12 if name == "Title" else min(size, _SMALL)), min(before, 5), min(after, 2)
        style.font.name, style.font.size = _FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = name in ("Title", "Heading 1", "Heading 2", "Quote")
        if name in ("Title", "Heading 1", "Heading 2"):
            style.font.bold, style.font.color.rgb = True, _INK
    document.styles["Quote"].paragraph_format.left_indent = Inches(0.25)
    document.styles["Quote"].font.color.rgb = RGBColor(0, 0, 0)
    for name in ("Title", "Header"):  # the template's rule under the title, and its tab stops for three columns
        for part in ("w:pBdr", "w:tabs"):
            for element in document.styles[name].element.get_or_add_pPr().findall(qn(part)):
                element.getparent().remove(element)
    citation = document.styles.add_style(CITATION, WD_STYLE_TYPE.CHARACTER)
    citation.font.color.rgb, citation.font.italic = _INK, False
