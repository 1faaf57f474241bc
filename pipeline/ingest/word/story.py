"""Word's paragraphs and tables as blocks of text: insertions kept, deletions left out, hidden text kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from docx.oxml.ns import nsmap, qn

from pipeline.ingest._charset import character
from pipeline.ingest._flow import PAGE_BREAK, Block, Seen, kept_apart, raised, row_of
from pipeline.ingest.word.lists import Lists
from pipeline.ingest.word.notes import COMMENT_REFERENCE, NOTE_REFERENCES, WordNotes
from pipeline.ingest.word.styles import Element, Styles
from schemas.document import MarkKind

_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML: Final = "{urn:schemas-microsoft-com:vml}"
_LARGE: Final = 2 * 914_400  # English metric units, 2 inches: a smaller picture is taken for a logo

_CHARTS: Final = ("/chart", "/diagram", "/chartex")  # ends of the addresses of what Word draws from figures
_COLUMNS: Final = 63  # Word's own limit

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

_PRINTED: Final = frozenset({qn("w:t"), *_GLYPHS})
_APART: Final = {Seen.HIDDEN: ("w:vanish",), Seen.STRUCK: ("w:strike", "w:dstrike")}


@dataclass
class _Inside:
    """What a paragraph was found to hold."""

    text: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    notes: list[tuple[str, Element]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    apart: dict[Seen, list[str]] = field(default_factory=dict)  # hidden and struck words
    seen: set[Seen] = field(default_factory=set)


class Walker:
    """Walks the elements of one document in the order of its text. `pictures` counts those that were passed."""

    def __init__(self, styles: Styles, lists: Lists, notes: WordNotes) -> None:
        self.pictures = 0
        self._notes = notes
        self._raised = False
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
        elif element.tag == qn("w:altChunk"):
            yield Block(seen=frozenset({Seen.EMBEDDED}))
        elif element.tag in _AROUND or element.tag in _KEPT:
            for child in element:
                yield from self.block(child)

    def rest(self) -> Iterator[Block]:
        """Footnotes, endnotes and comments that nothing in the text refers to."""
        notes, comments = self._notes.rest()
        for note in notes:
            yield from self.blocks(note)
        for comment in comments:
            yield Block(seen=frozenset({Seen.COMMENT}), marks=kept_apart(MarkKind.COMMENT, comment))

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
        marks = [mark for words in inside.apart.values() for mark in kept_apart(MarkKind.HIDDEN, "".join(words))]
        marks += [mark for comment in inside.comments for mark in kept_apart(MarkKind.COMMENT, comment)]
        after = tuple(block for label, note in inside.notes for block in self._note(label, note))
        yield Block(text, (), tight, frozenset(inside.seen), tuple(marks), after)
        for box in inside.boxes:
            yield from self.blocks(box)

    def _note(self, label: str, note: Element) -> Iterator[Block]:
        above = self._above
        for i, block in enumerate(self.blocks(note)):
            yield replace(block, text=f"{label} {block.text.strip()}") if label and not i else block
        self._above = above

    def _inline(self, parent: Element, paragraph: Element, inside: _Inside) -> None:
        for child in parent:
            tag = child.tag
            if tag == qn("w:r"):
                self._run(child, paragraph, inside)
            elif tag in _AROUND or tag in _KEPT:
                inside.seen |= {Seen.TRACKED} if tag in _KEPT else set()
                self._inline(child, paragraph, inside)
            elif tag in _LEFT_OUT:
                inside.seen.add(Seen.TRACKED)
            elif isinstance(tag, str) and tag.startswith(_MATH):
                inside.text += [piece.text or "" for piece in child.iter(f"{_MATH}t")]

    def _run(self, run: Element, paragraph: Element, inside: _Inside) -> None:
        for seen, names in _APART.items():
            if any(self._styles.is_set(run, paragraph, name) for name in names):
                words = "".join(_GLYPHS.get(piece.tag, piece.text or "") for piece in run if piece.tag in _PRINTED)
                if words.strip():
                    inside.seen.add(seen)
                inside.apart.setdefault(seen, []).append(words)
                return
        align = run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
        self._raised = align is not None and align.get(qn("w:val")) == "superscript"
        for child in run:
            self._piece(child, inside)

    def _piece(self, child: Element, inside: _Inside) -> None:
        tag = child.tag
        if tag == qn("w:t"):
            text = child.text or ""
            inside.text.append(raised(text) if self._raised else text)
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
        else:
            self._reference(child, inside)

    def _reference(self, child: Element, inside: _Inside) -> None:
        if child.tag in NOTE_REFERENCES:
            label, note = self._notes.note(child)
            inside.text.append(label)
            inside.notes += [] if note is None else [(label, note)]
        elif child.tag == COMMENT_REFERENCE:
            inside.comments.append(self._notes.comment(child))
            inside.seen.add(Seen.COMMENT)
        elif child.tag == qn("w:object"):
            inside.seen.add(Seen.EMBEDDED)

    def _drawing(self, drawing: Element, inside: _Inside) -> None:
        inside.boxes += drawing.iter(qn("w:txbxContent"))
        charts = [data for data in drawing.iter(qn("a:graphicData")) if data.get("uri", "").endswith(_CHARTS)]
        if not charts and next(drawing.iter(qn("a:blip"), f"{_VML}imagedata"), None) is None:
            return
        self.pictures += 1
        sizes = [(int(e.get("cx", 0)), int(e.get("cy", 0))) for e in drawing.iter(f"{{{nsmap['wp']}}}extent")]
        if charts or any(min(size) >= _LARGE for size in sizes):
            inside.seen.add(Seen.PICTURE)

    def _rows(self, table: Element) -> Iterator[Block]:
        tight = False
        for row in _within(table, qn("w:tr")):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                yield Block(seen=frozenset({Seen.TRACKED}))
                continue
            cells = [(self._span(cell), [*self.blocks(cell)]) for cell in _within(row, qn("w:tc"))]
            inserted = row.find(f"{qn('w:trPr')}/{qn('w:ins')}") is not None
            yield row_of(cells, tight, frozenset({Seen.TRACKED} if inserted else ()))
            tight = True

    def _span(self, cell: Element) -> int:
        """How many columns the cell takes."""
        found = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        value = "" if found is None else found.get(qn("w:val"), "")
        return min(int(value), _COLUMNS) if value.isdecimal() and int(value) > 0 else 1


def _within(parent: Element, tag: str) -> Iterator[Element]:
    """Children of that tag, also those in content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND or child.tag in _KEPT:
            yield from _within(child, tag)


def _symbol(code: str) -> str:
    try:
        return character(int(code, 16))
    except ValueError:
        return ""
