"""The labels Word prints before the paragraphs of a list; they stand in no run of the text."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from pipeline.ingest.word.styles import Element, Styles

_LEVELS: Final = 9
_FAR: Final = 1000  # labels beyond are written in figures
_DIGITS: Final = 9
_ROMAN: Final = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


class Lists:
    """The lists of one Word document, counted as their paragraphs are met."""

    def __init__(self, word: WordDocument, styles: Styles) -> None:
        self._styles = styles
        self._counts: dict[str, Counter[int]] = {}
        self._levels: dict[str, dict[int, Element]] = {}
        self._abstract: dict[str, str] = {}
        root: Element = next((part.element for part in word.part.package.iter_parts() if _is_numbering(part)), None)
        if root is None:
            return
        abstract = {item.get(qn("w:abstractNumId")): item for item in root.findall(qn("w:abstractNum"))}
        for item in root.findall(qn("w:num")):
            number = item.get(qn("w:numId"))
            its = item.find(qn("w:abstractNumId")).get(qn("w:val"))
            self._abstract[number] = its
            levels = abstract[its].findall(qn("w:lvl")) if its in abstract else []
            self._levels[number] = {int(level.get(qn("w:ilvl"))): level for level in levels}

    def label(self, paragraph: Element) -> str:
        """The label of this paragraph, to be asked in the order of the text; empty where it has none."""
        number, level = self._place(paragraph)
        levels = self._levels.get(number, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(self._abstract[number], Counter())
        counts[level] += 1
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)
        if _value(levels[level], "w:numFmt") == "bullet":
            return "○" if level else "•"
        text = _value(levels[level], "w:lvlText")
        for above in range(level + 1):
            if above in levels:
                text = text.replace(f"%{above + 1}", _numeral(counts[above] or 1, levels[above]))
        return text

    def _place(self, paragraph: Element) -> tuple[str, int]:
        """The list's number and the level, as the paragraph or its style sets them."""
        for properties in self._styles.paragraph_properties(paragraph):
            found = properties.find(qn("w:numPr"))
            if found is not None:
                level = _value(found, "w:ilvl")
                return _value(found, "w:numId"), int(level) if level.isdigit() else 0
        return "0", 0


def _is_numbering(part: Any) -> bool:
    return str(part.partname) == "/word/numbering.xml"


def _value(parent: Element, name: str) -> str:
    found = parent.find(qn(name))
    return "" if found is None else str(found.get(qn("w:val"), ""))


def _numeral(count: int, level: Element) -> str:
    """The count from the level's start, in its format: 3, c, C, iii, III."""
    start = _value(level, "w:start")
    return numeral(
        count + (int(start) - 1 if start.isdecimal() and len(start) < _DIGITS else 0), _value(level, "w:numFmt")
    )


def numeral(n: int, style: str) -> str:
    """The number in one of Word's formats: 3, c, C, iii, III; as figures where no list would count so far."""
    if style in ("lowerLetter", "upperLetter") and 0 < n < _FAR:
        letter = chr(ord("a") + (n - 1) % 26) * ((n - 1) // 26 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman") and 0 < n < _FAR:
        roman = _roman(n)
        return roman.lower() if style == "lowerRoman" else roman
    return str(n)


def _roman(n: int) -> str:
    out = ""
    for value, letters in _ROMAN:
        out += letters * (n // value)
        n %= value
    return out
