"""What an edited Word file says: its paragraphs with tracked changes accepted, and the comments of its editors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from docx.oxml.ns import qn

from pipeline.edited.package import Element, Package

_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_KEPT: Final = frozenset({qn("w:ins"), qn("w:moveTo")})
_LEFT_OUT: Final = frozenset({qn("w:del"), qn("w:moveFrom")})
_AROUND: Final = frozenset(
    qn(f"w:{name}") for name in ("hyperlink", "smartTag", "sdtContent", "customXml", "dir", "bdo", "ruby", "rubyBase")
)
_GLYPHS: Final = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_UNREAD: Final = frozenset({qn("w:object"), qn("w:drawing"), qn("w:pict")})
_NOTES: Final = {qn("w:footnoteReference"): "footnotes", qn("w:endnoteReference"): "endnotes"}
_PAGE_FIELDS: Final = ("PAGE", "NUMPAGES", "SECTIONPAGES")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text of one origin: the tag of its content control, and who inserted it as a tracked change; "" where none."""

    text: str
    tag: str
    author: str
    element: Element


@dataclass(frozen=True, slots=True)
class Struck:
    """Text that a tracked change deletes, or moves away; `at` is the offset in its paragraph where it stood."""

    text: str
    tag: str
    author: str
    at: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: whose, what it says, and at which offset of its paragraph it begins and ends."""

    author: str
    initials: str
    text: str
    start: int
    end: int


@dataclass
class Paragraph:
    """One paragraph as it is printed, text boxes and notes each as paragraphs of their own.

    `anchor` is the element of the document's own part that a comment can go around where the text stands in another
    part (a note's reference mark).
    """

    stretches: list[Stretch] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    anchor: Element | None = None

    @cached_property
    def text(self) -> str:
        """Its characters, as `tags` and `authors` count them."""
        return "".join(stretch.text for stretch in self.stretches)

    def within(self, start: int, end: int) -> Iterator[tuple[Stretch, int]]:
        """The stretches that hold characters of `text[start:end]`, each with how many of them."""
        at = 0
        for stretch in self.stretches:
            shared = min(end, at + len(stretch.text)) - max(start, at)
            if shared > 0:
                yield stretch, shared
            at += len(stretch.text)


@dataclass(frozen=True, slots=True)
class Edited:
    """An edited letter: its paragraphs in the order of reading, and how much of it is no text."""

    package: Package
    root: Element
    paragraphs: tuple[Paragraph, ...]
    unread: int


def read_edited(package: Package) -> Edited:
    """Everything that the letter says, in its body, notes, headers and footers."""
    root = package.part(package.main)
    walker = _Walker(package)
    body = root.find(qn("w:body"))
    if body is not None:
        walker.blocks(body)
    walker.flush()
    outside = _Walker(package)
    outside.anchor = next(root.iter(qn("w:r")), None)
    for kind in ("header", "footer"):
        for name in package.related(kind):
            outside.blocks(package.part(name))
            outside.flush()
    paragraphs = (*walker.done, *outside.done)
    return Edited(package, root, tuple(p for p in paragraphs if p.text.strip() or p.struck), walker.unread)


class _Walker:
    """Walks the elements of one story in the order of its text."""

    def __init__(self, package: Package) -> None:
        self.done: list[Paragraph] = []
        self.unread = 0
        self.anchor: Element | None = None
        self._package = package
        self._at = Paragraph()
        self._fields: list[str] = []
        self._open: dict[str, int] = {}
        self._boxes: list[Element] = []
        self._notes: list[tuple[str, str, Element]] = []
        self._comments = _comments(package)

    def blocks(self, container: Element) -> None:
        """The paragraphs of a body, cell, note or text box."""
        for child in container:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tr") and child.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                self._struck_row(child)
            elif child.tag == qn("w:altChunk"):
                self.unread += 1
            elif child.tag == qn("w:sdt"):
                self._block_control(child)
            elif child.tag in _KEPT or child.tag in _BLOCKS:
                self.blocks(child)

    def flush(self) -> None:
        """End the paragraph, and read the text boxes and notes that hang from it."""
        self._at.anchor = self.anchor
        self.done.append(self._at)
        self._at = Paragraph()
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box)
        notes, self._notes = self._notes, []
        for kind, number, mark in notes:
            if (note := self._note(kind, number)) is not None:
                above, self.anchor = self.anchor, mark
                self.blocks(note)
                self.anchor = above

    def _note(self, kind: str, number: str) -> Element | None:
        for name in self._package.related(kind):
            for note in self._package.part(name):
                if note.get(qn("w:id")) == number:
                    return note
        return None

    def _block_control(self, control: Element) -> None:
        tag = _tag(control)
        content = control.find(qn("w:sdtContent"))
        before = len(self.done)
        if content is not None:
            self.blocks(content)
        for paragraph in self.done[before:] if tag else ():
            paragraph.stretches = [
                Stretch(stretch.text, stretch.tag or tag, stretch.author, stretch.element)
                for stretch in paragraph.stretches
            ]

    def _struck_row(self, row: Element) -> None:
        mark = row.find(f"{qn('w:trPr')}/{qn('w:del')}")
        author = "" if mark is None else mark.get(qn("w:author"), "")
        for control in row.iter(qn("w:sdt")):
            self._at.struck.append(Struck(_all_text(control), _tag(control), author, 0))
        self._at.struck.append(Struck(_all_text(row), "", author, 0))
        self.flush()

    def _paragraph(self, paragraph: Element) -> None:
        self._inline(paragraph, "", "")
        mark = f"{qn('w:pPr')}/{qn('w:rPr')}/"
        if paragraph.find(mark + qn("w:del")) is None and paragraph.find(mark + qn("w:moveFrom")) is None:
            self.flush()  # else its end is deleted: the next paragraph goes on

    def _inline(self, parent: Element, tag: str, author: str) -> None:
        for child in parent:
            if child.tag == qn("w:r"):
                self._run(child, tag, author)
            elif child.tag in _LEFT_OUT:
                self._strike(child, tag)
            elif child.tag in _KEPT:
                self._inline(child, tag, child.get(qn("w:author"), "") or author)
            elif child.tag == qn("w:sdt"):
                self._control(child, tag, author)
            elif child.tag == qn("w:fldSimple"):
                if not _is_page_field(child.get(qn("w:instr"), "")):
                    self._inline(child, tag, author)
            elif child.tag in _AROUND:
                self._inline(child, tag, author)
            elif child.tag == f"{_MC}AlternateContent":
                self._choice(child, tag, author)
            else:
                self._mark(child)

    def _control(self, control: Element, tag: str, author: str) -> None:
        content = control.find(qn("w:sdtContent"))
        if content is not None:
            self._inline(content, _tag(control) or tag, author)

    def _choice(self, alternate: Element, tag: str, author: str) -> None:
        choice = alternate.find(f"{_MC}Choice")
        if choice is not None:
            self._inline(choice, tag, author)

    def _strike(self, deleted: Element, tag: str) -> None:
        author = deleted.get(qn("w:author"), "")
        controls = [control for control in deleted.iter(qn("w:sdt")) if _tag(control)]
        for control in controls:
            self._at.struck.append(Struck(_all_text(control), _tag(control), author, self._length))
        if not controls and (text := _all_text(deleted)):
            self._at.struck.append(Struck(text, tag, author, self._length))

    def _mark(self, child: Element) -> None:
        """Where a comment begins and ends; formulas."""
        number = child.get(qn("w:id"), "") if isinstance(child.tag, str) else ""
        if child.tag == qn("w:commentRangeStart"):
            self._open[number] = self._length
        elif child.tag == qn("w:commentRangeEnd"):
            self._remark(number)
        elif isinstance(child.tag, str) and (text := "".join(piece.text or "" for piece in child.iter(_MATH))):
            self._at.stretches.append(Stretch(text, "", "", child))

    @property
    def _length(self) -> int:
        return sum(len(stretch.text) for stretch in self._at.stretches)

    def _remark(self, number: str) -> None:
        if comment := self._comments.pop(number, None):
            author, initials, text = comment
            start = min(self._open.get(number, 0), self._length)  # it may have begun in a paragraph before
            self._at.remarks.append(Remark(author, initials, text, start, self._length))

    def _run(self, run: Element, tag: str, author: str) -> None:
        text = "".join(self._piece(child, run) for child in run)
        if text:
            self._at.stretches.append(Stretch(text, tag, author, run))

    def _piece(self, child: Element, run: Element) -> str:
        name = child.tag
        if name == qn("w:fldChar"):
            self._field(child.get(qn("w:fldCharType"), ""))
        elif name == qn("w:instrText") and self._fields:
            self._fields[-1] += child.text or ""
        elif any(map(_is_page_field, self._fields)):
            return ""
        elif name == qn("w:t"):
            return child.text or ""
        elif name in _GLYPHS:
            return _GLYPHS[name]
        elif name in _NOTES:
            self._notes.append((_NOTES[name], child.get(qn("w:id"), ""), run))
        elif name == qn("w:commentReference"):
            self._remark(child.get(qn("w:id"), ""))
        else:
            self._embedded(child)
        return ""

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append("")
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _embedded(self, child: Element) -> None:
        if child.tag == f"{_MC}AlternateContent":
            choice = child.find(f"{_MC}Choice")
            for piece in () if choice is None else choice:
                self._embedded(piece)
        elif child.tag in _UNREAD:
            boxes = list(child.iter(qn("w:txbxContent")))
            self._boxes += boxes
            self.unread += not boxes


_BLOCKS: Final = frozenset(
    {*_AROUND, *(qn(f"w:{name}") for name in ("tbl", "tr", "tc"))}
)  # tables are read cell by cell, row by row


def _tag(control: Element) -> str:
    mark = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    return "" if mark is None else mark.get(qn("w:val"), "")


def _all_text(element: Element) -> str:
    return "".join(piece.text or "" for piece in element.iter(qn("w:t"), qn("w:delText")))


def _is_page_field(instruction: str) -> bool:
    return instruction.split()[:1] in ([name] for name in _PAGE_FIELDS)


def _comments(package: Package) -> dict[str, tuple[str, str, str]]:
    """Author, initials and words of each comment by its id."""
    found: dict[str, tuple[str, str, str]] = {}
    for name in package.related("comments"):
        for comment in package.part(name).iter(qn("w:comment")):
            lines = ("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in comment.iter(qn("w:p")))
            author, initials = comment.get(qn("w:author"), ""), comment.get(qn("w:initials"), "")
            found[comment.get(qn("w:id"), "")] = (author, initials, "\n".join(lines))
    return found


def by_tag(paragraphs: tuple[Paragraph, ...]) -> Mapping[str, str]:
    """The words of each content control."""
    found: dict[str, str] = {}
    for paragraph in paragraphs:
        for stretch in paragraph.stretches:
            if stretch.tag:
                found[stretch.tag] = found.get(stretch.tag, "") + stretch.text
    return found
