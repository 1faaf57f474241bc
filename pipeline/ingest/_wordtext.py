"""Word's paragraphs and tables as blocks of text: insertions kept, deletions and hidden text left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from docx.oxml.ns import nsmap, qn

from pipeline.ingest._charset import character
from pipeline.ingest._lists import Lists
from pipeline.ingest._styles import Element, Styles
from pipeline.ingest._text import tidy
from pipeline.ingest.layout import COLUMN_GAP

PAGE_BREAK: Final = "\f"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML: Final = "{urn:schemas-microsoft-com:vml}"
_LARGE: Final = 2 * 914_400  # English metric units, 2 inches: a smaller picture is taken for a logo

_KEPT: Final = frozenset({qn("w:ins"), qn("w:moveTo")})
_LEFT_OUT: Final = frozenset({qn("w:del"), qn("w:moveFrom")})
_AROUND: Final = frozenset(
    qn(f"w:{name}") for name in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
)
_GLYPHS: Final = {
    qn("w:tab"): "\t",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:lastRenderedPageBreak"): PAGE_BREAK,
}


@dataclass(frozen=True)
class Block:
    """A paragraph or a table row. `tight`: it follows the block before it without space, as a line of the same."""

    text: str
    tracked: bool = False
    hidden: bool = False
    picture: bool = False
    tight: bool = False


@dataclass
class _Inside:
    """What a paragraph was found to hold."""

    text: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    tracked: bool = False
    hidden: bool = False
    picture: bool = False


class Walker:
    """Walks the elements of one document in the order of its text. `pictures` counts those that were passed."""

    def __init__(self, styles: Styles, lists: Lists) -> None:
        self.pictures = 0
        self._styles = styles
        self._lists = lists
        self._above: Element = None  # the paragraph before, where nothing stands between

    def blocks(self, container: Element) -> Iterator[Block]:
        """The paragraphs and table rows in a body, cell, header, note or text box."""
        self._above = None
        for child in container:
            yield from self.block(child)
        self._above = None

    def block(self, element: Element) -> Iterator[Block]:
        """The blocks of one child of a body."""
        if element.tag == qn("w:p"):
            yield from self._paragraph(element)
        elif element.tag == qn("w:tbl"):
            self._above = None
            yield from self._rows(element)
            self._above = None
        elif element.tag in _AROUND or element.tag in _KEPT:
            for child in element:
                yield from self.block(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        inside = _Inside()
        self._inline(paragraph, paragraph, inside)
        text = "".join(inside.text)
        if text.strip():
            label = self._lists.label(paragraph)
            text = f"{label} {text}" if label else text
            tight = self._above is not None and self._styles.is_tight(self._above, paragraph)
            self._above = paragraph
        else:
            tight = False
            self._above = None
        if self._styles.property(paragraph, "w:pageBreakBefore") not in (None, "0", "false", "off"):
            text = PAGE_BREAK + text
        yield Block(text, inside.tracked, inside.hidden, inside.picture, tight)
        for box in inside.boxes:
            yield from self.blocks(box)

    def _inline(self, parent: Element, paragraph: Element, inside: _Inside) -> None:
        for child in parent:
            tag = child.tag
            if tag == qn("w:r"):
                self._run(child, paragraph, inside)
            elif tag in _AROUND or tag in _KEPT:
                inside.tracked |= tag in _KEPT
                self._inline(child, paragraph, inside)
            elif tag in _LEFT_OUT:
                inside.tracked = True
            elif isinstance(tag, str) and tag.startswith(_MATH):
                inside.text += [piece.text or "" for piece in child.iter(f"{_MATH}t")]

    def _run(self, run: Element, paragraph: Element, inside: _Inside) -> None:
        if self._styles.is_hidden(run, paragraph):
            inside.hidden |= any((piece.text or "").strip() for piece in run.iter(qn("w:t")))
            return
        for child in run:
            self._piece(child, inside)

    def _piece(self, child: Element, inside: _Inside) -> None:
        tag = child.tag
        if tag == qn("w:t"):
            inside.text.append(child.text or "")
        elif tag in _GLYPHS:
            inside.text.append(_GLYPHS[tag])
        elif tag == qn("w:br"):
            inside.text.append(PAGE_BREAK if child.get(qn("w:type")) == "page" else "\n")
        elif tag == qn("w:sym"):
            inside.text.append(_symbol(child.get(qn("w:char"), "")))
        elif tag == f"{_MC}AlternateContent":
            choice = child.find(f"{_MC}Choice")
            for piece in () if choice is None else choice:
                self._piece(piece, inside)
        elif tag in (qn("w:drawing"), qn("w:pict")):
            self._drawing(child, inside)

    def _drawing(self, drawing: Element, inside: _Inside) -> None:
        inside.boxes += drawing.iter(qn("w:txbxContent"))
        if next(drawing.iter(qn("a:blip"), f"{_VML}imagedata"), None) is None:
            return
        self.pictures += 1
        sizes = [(int(e.get("cx", 0)), int(e.get("cy", 0))) for e in drawing.iter(f"{{{nsmap['wp']}}}extent")]
        inside.picture |= any(min(size) >= _LARGE for size in sizes)

    def _rows(self, table: Element) -> Iterator[Block]:
        tight = False
        for row in _within(table, qn("w:tr")):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                yield Block("", tracked=True)
                continue
            cells = [[*self.blocks(cell)] for cell in _within(row, qn("w:tc"))]
            every = [block for cell in cells for block in cell]
            text = _side_by_side(["\n".join(block.text for block in cell) for cell in cells])
            yield Block(
                text,
                row.find(f"{qn('w:trPr')}/{qn('w:ins')}") is not None or any(block.tracked for block in every),
                any(block.hidden for block in every),
                any(block.picture for block in every),
                tight,
            )
            tight = True


def _within(parent: Element, tag: str) -> Iterator[Element]:
    """Children of that tag, also those in content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND or child.tag in _KEPT:
            yield from _within(child, tag)


def _side_by_side(cells: list[str]) -> str:
    """A row's cells as on paper: the first lines beside each other, then the second."""
    broken = any(PAGE_BREAK in cell for cell in cells)
    columns = [[line for line in tidy(cell.replace(PAGE_BREAK, "\n")).split("\n") if line] for cell in cells]
    lines = (COLUMN_GAP.join(filter(None, line)) for line in zip_longest(*columns))
    return (PAGE_BREAK if broken else "") + "\n".join(lines)


def _symbol(code: str) -> str:
    try:
        return character(int(code, 16))
    except ValueError:
        return ""
