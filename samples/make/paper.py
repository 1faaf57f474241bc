"""Letters on paper: styles, blocks of labelled identifiers, and PDF bytes that do not change from run to run."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import reportlab
from reportlab.lib.colors import black
from reportlab.lib.fonts import addMapping
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

WIDTH, HEIGHT = letter
SYNTHETIC = "Synthetic sample - not a real patient, plan or provider"

# Outlines that reportlab ships: a scan drawn with them does not depend on the fonts of the machine.
_EMBEDDED = {
    "Serif": ("_er_____", "TimesNewRomanPSMT"),
    "Serif-Bold": ("_eb_____", "TimesNewRomanPS-BoldMT"),
    "Sans": ("_a______", "ArialMT"),
    "Sans-Bold": ("_ab_____", "Arial-BoldMT"),
    "Mono": ("com_____", "Courier"),
}


@dataclass(frozen=True)
class Face:
    """The font names of a letter: body, bold, and those of headings."""

    body: str
    bold: str
    heading: str
    size: float = 10.5


SERIF = Face("Serif", "Serif-Bold", "Sans-Bold")
SANS = Face("Sans", "Sans-Bold", "Sans-Bold")
BUILT_IN = Face("Times-Roman", "Times-Bold", "Helvetica-Bold")

PageDrawer = Callable[[Canvas, int], None]


def embed_fonts() -> None:
    """Register the outlines under the names that the faces use."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, (stem, face_name) in _EMBEDDED.items():
        face = pdfmetrics.EmbeddedType1Face(str(folder / f"{stem}.afm"), str(folder / f"{stem}.pfb"))
        pdfmetrics.registerTypeFace(face)
        pdfmetrics.registerFont(pdfmetrics.Font(name, face_name, "WinAnsiEncoding"))
    for family in ("Serif", "Sans", "Mono"):
        bold = f"{family}-Bold" if f"{family}-Bold" in _EMBEDDED else family
        for italic in (0, 1):
            addMapping(family, 0, italic, family)
            addMapping(family, 1, italic, bold)


class Writer:
    """Makes the parts of a letter in one face."""

    def __init__(self, face: Face) -> None:
        self.face = face
        leading = face.size * 1.24
        self._body = ParagraphStyle("body", fontName=face.body, fontSize=face.size, leading=leading, spaceAfter=6)
        numbered = {"bulletFontName": face.body, "bulletFontSize": face.size, "spaceAfter": 4}
        self._item = ParagraphStyle("item", parent=self._body, leftIndent=24, **numbered)
        self._deep = ParagraphStyle("deep", parent=self._body, leftIndent=46, bulletIndent=24, **numbered)
        self._small = ParagraphStyle("small", parent=self._body, fontSize=face.size - 2, leading=leading - 2.2)
        self._head = ParagraphStyle(
            "head",
            fontName=face.heading,
            fontSize=face.size + 0.5,
            leading=leading + 1,
            spaceBefore=5,
            spaceAfter=3,
            keepWithNext=1,
        )
        self._title = ParagraphStyle(
            "title", fontName=face.heading, fontSize=face.size + 4, leading=leading + 6, spaceAfter=6, alignment=1
        )

    def text(self, words: str) -> Flowable:
        """A paragraph."""
        return Paragraph(words, self._body)

    def small(self, words: str) -> Flowable:
        """A paragraph of small print."""
        return Paragraph(words, self._small)

    def head(self, words: str) -> Flowable:
        """A heading."""
        return Paragraph(words, self._head)

    def title(self, words: str) -> Flowable:
        """A centred title."""
        return Paragraph(words, self._title)

    def lines(self, *words: str) -> Flowable:
        """An address or the like, line by line."""
        return Paragraph("<br/>".join(words), self._body)

    def gap(self, points: float = 6) -> Flowable:
        """Empty space."""
        return Spacer(1, points)

    def item(self, number: str, words: str) -> Flowable:
        """A numbered item of a list."""
        return Paragraph(words, self._item, bulletText=number)

    def deep(self, number: str, words: str) -> Flowable:
        """An item of a list within a list."""
        return Paragraph(words, self._deep, bulletText=number)

    def pairs(self, rows: list[tuple[str, ...]], widths: list[float], boxed: bool = False) -> Flowable:
        """Labels and values in columns; the even columns hold labels."""
        table = Table([list(row) for row in rows], colWidths=[w * inch for w in widths], hAlign="LEFT")
        style = [
            ("FONT", (0, 0), (-1, -1), self.face.body, self.face.size - 0.5),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]
        style += [("FONT", (c, 0), (c, -1), self.face.bold, self.face.size - 0.5) for c in range(0, len(widths), 2)]
        if boxed:
            style.append(("BOX", (0, 0), (-1, -1), 0.8, black))
        table.setStyle(TableStyle(style))
        return table

    def grid(self, rows: list[tuple[str, ...]], widths: list[float]) -> Flowable:
        """A ruled table with a bold first row."""
        table = Table([list(row) for row in rows], colWidths=[w * inch for w in widths], hAlign="LEFT")
        table.setStyle(
            TableStyle(
                [
                    ("FONT", (0, 0), (-1, -1), self.face.body, self.face.size - 1),
                    ("FONT", (0, 0), (-1, 0), self.face.bold, self.face.size - 1),
                    ("GRID", (0, 0), (-1, -1), 0.6, black),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ]
            )
        )
        return table


@dataclass(frozen=True)
class Sheet:
    """What a letter is printed on: margins in inches, what each page carries, and how crooked and stretched it lies.

    `stamp` is printed straight by the machine that sends the page; all else lies at the angle of its page in `skew`.
    """

    draw: PageDrawer
    stamp: PageDrawer | None = None
    top: float = 1.0
    first_top: float = 1.6
    bottom: float = 0.8
    side: float = 1.0
    skew: tuple[float, ...] = ()
    stretch: float = 1.0


def set_letter(parts: list[Flowable], sheet: Sheet, title: str = "") -> bytes:
    """The letter as PDF. `stretch` scales the height, for rasters whose lines are coarser than their dots."""
    out = BytesIO()

    def begin(canvas: Canvas, _: BaseDocTemplate) -> None:
        page = canvas.getPageNumber()
        canvas.scale(1, sheet.stretch)
        if sheet.stamp:
            sheet.stamp(canvas, page)
        if sheet.skew:
            canvas.translate(WIDTH / 2, HEIGHT / 2)
            canvas.rotate(sheet.skew[(page - 1) % len(sheet.skew)])
            canvas.translate(-WIDTH / 2, -HEIGHT / 2)
        sheet.draw(canvas, page)

    doc = BaseDocTemplate(
        out,
        pagesize=(WIDTH, HEIGHT * sheet.stretch),
        invariant=1,
        pageCompression=0,
        title=title,
        author="Synthetic sample",
    )
    doc.addPageTemplates(
        [_template("first", sheet, sheet.first_top, begin), _template("later", sheet, sheet.top, begin)]
    )
    doc.build(parts)
    return out.getvalue()


def _template(name: str, sheet: Sheet, top: float, begin: Callable[[Canvas, BaseDocTemplate], None]) -> PageTemplate:
    frame = Frame(
        sheet.side * inch,
        sheet.bottom * inch,
        WIDTH - 2 * sheet.side * inch,
        HEIGHT - (top + sheet.bottom) * inch,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    return PageTemplate(id=name, frames=[frame], onPage=begin, autoNextPageTemplate="later")


def footer(canvas: Canvas, face: Face, words: str) -> None:
    """The last lines of a page: the given words, and that all of it is invented."""
    canvas.setFont(face.body, 8)
    canvas.drawCentredString(WIDTH / 2, 0.52 * inch, words)
    canvas.setFont(face.bold, 8)
    canvas.drawCentredString(WIDTH / 2, 0.36 * inch, SYNTHETIC)
