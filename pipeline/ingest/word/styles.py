"""What a Word paragraph's style says of it: the space around it, and whether its text is hidden or struck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from docx.document import Document as WordDocument
from docx.oxml.ns import qn

Element = Any  # lxml carries no types

_TIGHT: Final = 60  # twentieths of a point: less space than this between two paragraphs makes them lines of one
_OFF: Final = ("0", "false", "off")


class Styles:
    """The styles of one Word document, resolved along `basedOn` to the defaults."""

    def __init__(self, word: WordDocument) -> None:
        root: Element = word.styles.element
        self._styles = {style.get(qn("w:styleId")): style for style in root.findall(qn("w:style"))}
        self._default = next(
            (
                style.get(qn("w:styleId"))
                for style in root.findall(qn("w:style"))
                if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true")
            ),
            None,
        )
        self._defaults = root.find(qn("w:docDefaults"))

    def style_of(self, paragraph: Element) -> str | None:
        """The id of the paragraph's style."""
        found = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._default if found is None else found.get(qn("w:val"))

    def property(self, paragraph: Element, name: str, attribute: str = "w:val") -> str | None:
        """A property of the paragraph, its own or its style's; "" where it is set without the attribute."""
        for properties in self.paragraph_properties(paragraph):
            found = properties.find(qn(name))
            if (
                found is not None
                and (value := found.get(qn(attribute), "" if attribute == "w:val" else None)) is not None
            ):
                return str(value)
        return None

    def paragraph_properties(self, paragraph: Element) -> Iterator[Element]:
        """The paragraph's own properties, then those of its styles, then the defaults."""
        own = paragraph.find(qn("w:pPr"))
        if own is not None:
            yield own
        for style in self._based(self.style_of(paragraph)):
            found = style.find(qn("w:pPr"))
            if found is not None:
                yield found
        if self._defaults is not None:
            yield from self._defaults.iterfind(f"{qn('w:pPrDefault')}/{qn('w:pPr')}")

    def _based(self, style_id: str | None) -> Iterator[Element]:
        passed: set[str] = set()
        while style_id is not None and style_id in self._styles and style_id not in passed:
            passed.add(style_id)
            style = self._styles[style_id]
            yield style
            parent = style.find(qn("w:basedOn"))
            style_id = None if parent is None else parent.get(qn("w:val"))

    def is_set(self, run: Element, paragraph: Element, name: str) -> bool:
        """Whether the run has that format (`w:vanish` is hidden text), by itself or by its styles."""
        own = run.find(qn("w:rPr"))
        named = None if own is None else own.find(qn("w:rStyle"))
        styles = [
            *self._based(None if named is None else named.get(qn("w:val"))),
            *self._based(self.style_of(paragraph)),
        ]
        for properties in (own, *(style.find(qn("w:rPr")) for style in styles)):
            found = None if properties is None else properties.find(qn(name))
            if found is not None:
                return found.get(qn("w:val")) not in _OFF
        return False

    def is_tight(self, above: Element, below: Element) -> bool:
        """Whether so little space stands between two paragraphs that they read as lines of one."""
        if self.style_of(above) == self.style_of(below) and all(
            self.property(p, "w:contextualSpacing") not in (None, *_OFF) for p in (above, below)
        ):
            return True
        return self._space(above, "w:after") + self._space(below, "w:before") < _TIGHT

    def _space(self, paragraph: Element, side: str) -> int:
        value = self.property(paragraph, "w:spacing", side)
        return int(value) if value is not None and value.lstrip("-").isdigit() else 0
