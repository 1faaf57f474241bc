"""Marked-up text as blocks: web pages, and the narratives of C-CDA and FHIR, which are a kind of web page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from lxml import etree

from pipeline.errors import AppealwrightError
from pipeline.ingest._flow import PAGE_BREAK, Block, Seen, kept_apart, raised, row_of
from pipeline.ingest.markup.css import Looks, Style, Styles, breaks_after, breaks_before, has_no_margin, hides, strikes
from pipeline.ingest.word.lists import numeral
from schemas.case import Category
from schemas.document import MarkKind

Element = Any  # lxml carries no types


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DEPTH: Final = 150  # elements within elements; each costs four or five frames of Python's stack
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_COLUMNS: Final = 100
_ROWS: Final = 1000
_EMPTY_CELLS: Final = 100_000  # that spans may add to one document
_LARGE: Final = 192  # pixels, 2 inches: a smaller picture is taken for a logo
_LONG: Final = 80  # characters: a cell of several lines with one so long is prose, not to be read across

_CDA: Final = {  # the narrative block of CDA R2 (4.3.5) in the words of HTML
    "paragraph": "p", "item": "li", "content": "span", "linkhtml": "a", "rendermultimedia": "img",
}  # fmt: skip
_OUT: Final = _names("head script style title noscript meta link datalist colgroup col audio video canvas map svg")
_UNSHOWN: Final = frozenset({"template", "dialog"})
_STRUCK: Final = frozenset({"del", "s", "strike"})
_FRAMES: Final = frozenset({"iframe", "frame", "object", "embed"})
_LISTS: Final = frozenset({"ul", "ol", "menu", "dir"})
_SPACED: Final = _LISTS | _names("p h1 h2 h3 h4 h5 h6 dl blockquote pre hr figure fieldset listing xmp")
_TIGHT: Final = _names(
    "div section article header footer main nav aside address center li dt dd form summary details figcaption caption"
    " legend body html td th tr text"
)
_KEPT: Final = frozenset({"pre", "listing", "xmp", "textarea"})
_GROUPS: Final = ("thead", "tbody", "tfoot")
_TYPES: Final = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_TYPED_IN: Final = frozenset({"text", "date", "email", "tel", "number", "search", "url", "month", "time", "week"})
_TICKED: Final = {"checkbox": ("☐", "☑"), "radio": ("○", "◉")}


@dataclass
class _List:
    """A list being read: how its items are marked, and the number of the next."""

    style: str
    next: int = 1


class Narrative:
    """Reads one tree after another into `blocks`, in the order of the text. `pictures` and `empty_cells` are counts."""

    def __init__(self, place: str, styles: Styles | None = None) -> None:
        self.blocks: list[Block] = []
        self.pictures = 0
        self.empty_cells = 0
        self.place = place
        self._styles = styles or Styles()
        self._parts: list[str] = []
        self._label = ""
        self._seen: set[Seen] = set()
        self._apart: list[str] = []
        self._space = True  # whether space stands before what comes next
        self._break = ""  # a page break that waits for text
        self._lists: list[_List] = []

    def read(self, root: Element) -> None:
        """Appends the blocks inside the element. AppealwrightError (too large) where it is nested too deep."""
        check_depth(root, self.place)
        self._children(root, Looks())
        self.end()

    def line(self, text: str, spaced: bool = False, seen: frozenset[Seen] = frozenset()) -> None:
        """Appends a line of its own, or no more than what must be seen; `spaced`: with space before it."""
        self.end()
        self._space |= spaced
        self._seen |= seen
        self._parts.append(_SPACE.sub(" ", text))
        self.end()

    def end(self) -> None:
        """Ends the paragraph, if one is open."""
        raw = "".join(self._parts)
        text = "\n".join(line.strip(" ") for line in raw.split("\n"))
        self._parts.clear()
        blank = not text.strip()
        self._space |= text.startswith("\n") or (blank and "\xa0" in text)  # an empty line is space
        marks = kept_apart(MarkKind.HIDDEN, " ".join(self._apart))
        if blank and not (marks or self._seen):
            return
        text = "" if blank else text.strip("\n")
        if not blank:
            text, self._label = f"{self._break}{self._label}{' ' if self._label else ''}{text}", ""
            self._break = ""
        self.blocks.append(Block(text, (), not self._space, frozenset(self._seen), marks))
        self._seen.clear()
        self._apart.clear()
        self._space = (self._space and blank) or raw.rstrip(" ").endswith("\n\n")

    def _children(self, element: Element, looks: Looks) -> None:
        self._text(element.text, looks)
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, looks)
            self._text(child.tail, looks)

    def _text(self, text: str | None, looks: Looks) -> None:
        if not text:
            return
        if looks.unseen:
            self._keep_apart(text, Seen.HIDDEN)
            return
        if looks.kept:
            text = text.replace("\r\n", "\n").replace(PAGE_BREAK, "\n")
        else:
            text = _SPACE.sub(" ", text)
            if not self._parts or self._parts[-1][-1] in " \n\t":
                text = text.lstrip(" ")
        if text:
            self._parts.append(raised(text) if looks.raised else text)

    def _keep_apart(self, text: str, seen: Seen) -> None:
        if words := _SPACE.sub(" ", text).strip():
            self._seen.add(seen)
            self._apart.append(words)

    def _element(self, element: Element, looks: Looks) -> None:
        name = local_name(element)
        if name in _OUT:
            return
        style = self._styles.of(element, name)
        if self._is_apart(element, name, style):
            return
        looks = looks.inside(style, element.get("color", ""), element.get("bgcolor", ""))
        if name in _KEPT or name == "sup":
            looks = replace(looks, kept=name in _KEPT, raised=name == "sup")
        if breaks_before(style):
            self._page()
        self._shown(element, name, style, looks)
        if breaks_after(style):
            self._page()

    def _is_apart(self, element: Element, name: str, style: Style) -> bool:
        """Keeps apart what does not show, or is struck out."""
        hidden = element.get("hidden") is not None or hides(style)
        if hidden or (name in _UNSHOWN and element.get("open") is None):
            self._keep_apart(_words(element), Seen.HIDDEN)
            return True
        if name in _STRUCK or element.get("revised") == "delete" or strikes(style):
            self._keep_apart(_words(element), Seen.STRUCK)
            return True
        return False

    def _shown(self, element: Element, name: str, style: Style, looks: Looks) -> None:
        if name == "br":
            self._parts.append("\n")
        elif name == "img":
            self._picture(element)
        elif name == "table":
            self._table(element, looks)
        elif name in _FRAMES:
            self._seen |= {Seen.FRAME} if _size(element) > 1 else set()
        elif name in ("input", "select"):
            self._text(_chosen(element) if name == "select" else _typed_in(element), looks)
        elif name in _LISTS:
            self._list(element, name, style, looks)
        elif name in _TIGHT or name in _SPACED:
            self._block(element, name, style, looks)
        else:
            self._inline(element, name, looks)

    def _inline(self, element: Element, name: str, looks: Looks) -> None:
        self._seen |= {Seen.TRACKED} if element.get("revised") == "insert" else set()
        if name == "footnote":  # of CDA, which stands where it is referred to
            self._parts.append("[")
        self._children(element, looks)
        if name == "footnote":
            self._parts.append("]")

    def _block(self, element: Element, name: str, style: Style, looks: Looks) -> None:
        spaced = name in _SPACED and not has_no_margin(style) and "msonormal" not in element.get("class", "").lower()
        self.end()
        self._space |= spaced
        if name == "li":
            self._label = self._item(element, style)
        self._children(element, looks)
        self.end()
        self._space |= spaced
        if name == "li":
            self._label = ""

    def _list(self, element: Element, name: str, style: Style, looks: Looks) -> None:
        spaced = not self._lists
        self.end()
        self._space |= spaced
        kind = _TYPES.get(element.get("type", ""), "decimal") if name == "ol" else "bullet"
        if "none" in style.get("list-style", "") + style.get("list-style-type", ""):
            kind = ""
        self._lists.append(_List(kind, _whole(element.get("start"), 1)))
        self._children(element, looks)
        self.end()
        self._lists.pop()
        self._space |= spaced

    def _item(self, element: Element, style: Style) -> str:
        """The label of a list's item, which stands in no text."""
        its = self._lists[-1] if self._lists else _List("bullet")
        number = _whole(element.get("value"), its.next)
        its.next = number + 1
        if not its.style or "none" in style.get("list-style", "") + style.get("list-style-type", ""):
            return ""
        if its.style == "bullet":
            return "•" if sum(one.style == "bullet" for one in self._lists) < 2 else "○"
        return f"{numeral(number, its.style)}."

    def _picture(self, element: Element) -> None:
        self.pictures += 1
        if _size(element) >= _LARGE:
            self._seen.add(Seen.PICTURE)

    def _page(self) -> None:
        self.end()
        self._break = PAGE_BREAK

    def _table(self, table: Element, looks: Looks) -> None:
        self.end()
        self._space = True
        captions = [child for child in table if local_name(child) == "caption"]
        others = [child for child in table if local_name(child) != "caption"]
        self._text(table.text, looks)
        for child in captions:
            self._element(child, looks)
        self.end()
        _Rows(self).read(others, looks)
        for child in (*captions, *others):
            self._text(child.tail, looks)
        self.end()
        self._space = True

    def cell(self, cell: Element, looks: Looks) -> list[Block]:
        """The blocks of a table's cell, apart from the others."""
        self.end()
        before, self.blocks = self.blocks, []
        self._space = True
        self._element(cell, looks)
        self.end()
        found, self.blocks = self.blocks, before
        self._space = True
        return found

    def looks_of_row(self, row: Element, looks: Looks) -> Looks | None:
        """How a row or a group of rows looks; null, and kept apart, where it does not show."""
        style = self._styles.of(row, local_name(row))
        if self._is_apart(row, local_name(row), style):
            self.end()
            return None
        if breaks_before(style):
            self._page()
        return looks.inside(style, "", row.get("bgcolor", ""))

    def misplaced(self, element: Element, looks: Looks) -> None:
        """Reads what stands in a table outside of its cells."""
        self._element(element, looks)
        self.end()


class _Rows:
    """The rows of one table."""

    def __init__(self, narrative: Narrative) -> None:
        self._narrative = narrative
        self._tight = False
        self._filled: dict[int, int] = {}  # column: how many rows below a cell from above still fills

    def read(self, children: list[Element], looks: Looks) -> None:
        """Reads rows and groups of rows; the foot comes last, wherever it stands."""
        foot = [child for child in children if local_name(child) == "tfoot"]
        for child in (*(child for child in children if local_name(child) != "tfoot"), *foot):
            name = local_name(child)
            if name not in ("tr", *_GROUPS):
                self._narrative.misplaced(child, looks)
                continue
            inside = self._narrative.looks_of_row(child, looks)
            if inside is None:
                continue
            if name == "tr":
                self._row(child, inside)
            else:
                self.read(list(child), inside)

    def _row(self, row: Element, looks: Looks) -> None:
        cells: list[tuple[int, list[Block]]] = []
        column, nested = 0, False
        for cell in row:
            while self._filled.get(column, 0):
                self._filled[column] -= 1
                column += 1
                cells.append((1, []))
            span, below = self._spans(cell)
            if below:
                self._filled.update({column + i: below for i in range(span)})
            column += span
            nested |= next(cell.iter("{*}table"), None) is not None
            cells.append((span, self._narrative.cell(cell, looks)))
        if nested or _is_layout([blocks for _, blocks in cells if blocks]):
            for _, blocks in cells:
                self._narrative.blocks += blocks
            self._tight = False
        elif any(blocks for _, blocks in cells):
            self._narrative.blocks.append(row_of(cells, self._tight))
            self._tight = True

    def _spans(self, cell: Element) -> tuple[int, int]:
        """How many columns the cell takes, and how many rows below it; none where the page asks for absurdly many."""
        span = _between(1, _whole(cell.get("colspan"), 1), _COLUMNS)
        below = _between(1, _whole(cell.get("rowspan"), 1), _ROWS) - 1
        self._narrative.empty_cells += span * (below + 1) - 1
        return (span, below) if self._narrative.empty_cells <= _EMPTY_CELLS else (1, 0)


def check_depth(root: Element, place: str) -> None:
    """AppealwrightError (too large) where elements are nested deeper than we go."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEPTH:
            raise AppealwrightError(Category.TOO_LARGE, place, f"its elements are nested more than {_DEPTH} deep")


def local_name(element: Element) -> str:
    """The element's name in the words of HTML, without its namespace; empty for a comment."""
    if not isinstance(element.tag, str):
        return ""
    name = element.tag.rpartition("}")[2].lower()
    if name == "list":
        return "ol" if element.get("listType") == "ordered" else "ul"
    return _CDA.get(name, name)


def _is_layout(cells: list[list[Block]]) -> bool:
    """Whether the cells of a row hold columns of prose, and are to be read one after the other."""
    if len(cells) == 1:
        return len(cells[0]) > 1
    lines = [[line for block in cell for line in block.text.split("\n")] for cell in cells]
    return any(len(cell) > 1 and max(map(len, cell)) > _LONG for cell in lines)


def _words(element: Element) -> str:
    """The text below the element, shown or not."""
    return "".join(_texts(element))


def _texts(element: Element) -> Iterator[str]:
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            yield "" if local_name(inner) in _OUT else inner.text or ""
        elif inner is not element:
            yield inner.tail or ""
            yield " " if local_name(inner) in _TIGHT | _SPACED else ""


def _typed_in(element: Element) -> str:
    """What a field of a form shows."""
    kind = element.get("type", "text").lower()
    if kind in _TICKED:
        return _TICKED[kind][element.get("checked") is not None]
    return str(element.get("value", "")) if kind in _TYPED_IN else ""


def _chosen(element: Element) -> str:
    options = list(element.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None] or options[:1]
    return ", ".join(_words(option).strip() for option in chosen)


def _size(element: Element) -> int:
    """The lesser side in pixels, taken to be large where it is not said."""
    return min(_whole(element.get(side, "").removesuffix("px"), _LARGE) for side in ("width", "height"))


def _whole(value: str | None, otherwise: int) -> int:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else otherwise


def _between(least: int, value: int, most: int) -> int:
    return min(max(value, least), most)
