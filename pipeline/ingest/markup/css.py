"""How far a web page's styles are followed: what they keep from showing, where they break pages, what stands tight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

Element = Any  # lxml carries no types
Style = Mapping[str, str]
Colour = tuple[int, int, int]

_BRACE: Final = re.compile(r"[{}]")
_SELECTOR: Final = re.compile(r"([a-z][a-z0-9]*)?([.#][\w-]+)?")
_NUMBER: Final = re.compile(r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(px|pt|em|rem|in|cm|mm|%|ex|pc)?")
_RULES: Final = 20_000
_FAR: Final = 900  # whatever the unit: what stands so far to the left or above is off every screen
_TINY: Final = 1.0  # points or pixels of type that nobody can read
_TINY_RATIO: Final = 0.1  # the same in ems
_RELATIVE: Final = ("em", "%", "ex")
_ALIKE: Final = 16  # of 255 steps: colours no further apart cannot be told from each other
_BREAKS: Final = frozenset({"always", "page", "left", "right", "recto", "verso", "all"})
_PROPERTIES: Final = frozenset(
    {
        "display", "visibility", "opacity", "font-size", "mso-hide", "position", "left", "top", "text-indent", "clip",
        "color", "background", "background-color", "text-decoration", "text-decoration-line", "list-style",
        "list-style-type", "margin", "margin-top", "margin-bottom", "page-break-before", "page-break-after",
        "break-before", "break-after", "max-height", "height", "max-width", "width", "overflow", "white-space",
    }
)  # fmt: skip
_NAMED: Final = {"white": "ffffff", "black": "000000"}
_CLEAR: Final = frozenset({"", "transparent", "inherit", "none", "initial", "unset", "currentcolor"})
_RGB: Final = re.compile(r"rgba?\(\s*(\d{1,3})\s*,?\s*(\d{1,3})\s*,?\s*(\d{1,3})\s*(?:[,/]\s*([\d.]{1,9}))?\s*\)")


class Styles:
    """The styles of one page: those of its elements, and rules for a tag, a class or an id in its own sheets.

    Rules for some media only, and longer selectors, are passed over.
    """

    def __init__(self, sheets: Iterable[str] = ()) -> None:
        self._rules: dict[str, dict[str, str]] = {}
        for sheet in sheets:
            for selector, declarations in _rules(_without_comments(sheet)):
                if len(self._rules) < _RULES:
                    self._rules.setdefault(selector, {}).update(declarations)

    def of(self, element: Element, tag: str) -> Style:
        """What is set for the element, as far as it is followed."""
        style: dict[str, str] = {}
        if self._rules:
            classes = str(element.get("class", "")).lower().split()[:50]
            names = [f".{name}" for name in classes]
            names += [f"#{element.get('id', '')}".lower()]
            for name in (tag, *names, *(f"{tag}{name}" for name in names)):
                style.update(self._rules.get(name, {}))
        if inline := element.get("style"):
            style.update(_declarations(inline))
        return style


@dataclass(frozen=True)
class Looks:
    """What an element has from those around it: colours as three numbers, null where they are not known."""

    ink: Colour | None = (0, 0, 0)
    paper: Colour | None = (255, 255, 255)
    tiny: bool = False
    invisible: bool = False
    raised: bool = False
    kept: bool = False  # white space stands as it is

    def inside(self, style: Style, ink: str = "", paper: str = "") -> Looks:
        """What an element of that style has; `ink` and `paper` are the colours of its attributes."""
        if not (style or ink or paper):
            return self
        ink = style.get("color", ink)
        paper = style.get("background-color", style.get("background", paper))
        visibility = style.get("visibility", "hidden" if self.invisible else "")
        white_space = style.get("white-space")
        return replace(
            self,
            ink=self.ink if _is_clear(ink) else _colour(ink),
            paper=self.paper if _is_clear(paper) else _colour(paper),
            tiny=_is_tiny(style["font-size"], self.tiny) if "font-size" in style else self.tiny,
            invisible=visibility in ("hidden", "collapse"),
            kept=self.kept if white_space is None else white_space.startswith("pre"),
        )

    @property
    def unseen(self) -> bool:
        """Whether words that look so cannot be seen."""
        alike = self.ink and self.paper and max(abs(a - b) for a, b in zip(self.ink, self.paper, strict=True)) <= _ALIKE
        return self.tiny or self.invisible or bool(alike)


def hides(style: Style) -> bool:
    """Whether nothing inside what has the style can be seen."""
    return bool(style) and (
        style.get("display") == "none"
        or style.get("mso-hide") == "all"
        or _amount(style.get("opacity", "1"))[0] == 0
        or _is_off_screen(style)
        or _is_clipped(style)
    )


def strikes(style: Style) -> bool:
    """Whether a line runs through what has the style."""
    return "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", "")


def breaks_before(style: Style) -> bool:
    """Whether a new page begins before it."""
    return not _BREAKS.isdisjoint((style.get("page-break-before"), style.get("break-before")))


def breaks_after(style: Style) -> bool:
    """Whether a new page begins after it."""
    return not _BREAKS.isdisjoint((style.get("page-break-after"), style.get("break-after")))


def has_no_margin(style: Style) -> bool:
    """Whether it is set without space above and below."""
    around = style.get("margin", "").split()
    above = style.get("margin-top", around[0] if around else "")
    below = style.get("margin-bottom", around[2] if len(around) > 2 else around[0] if around else "")
    return all(side != "" and _amount(side)[0] == 0 for side in (above, below))


def _is_clear(value: str) -> bool:
    """Whether a colour is none, or that of what is around it."""
    found = _RGB.match(value)
    return value in _CLEAR or (found is not None and found[4] is not None and _amount(found[4])[0] == 0)


def _colour(value: str) -> Colour | None:
    if found := _RGB.match(value):
        return int(found[1]), int(found[2]), int(found[3])
    figures = _NAMED.get(value, value).removeprefix("#")
    if len(figures) not in (3, 6) or figures.strip("0123456789abcdef"):
        return None
    if len(figures) == 3:
        figures = "".join(2 * c for c in figures)
    return int(figures[:2], 16), int(figures[2:4], 16), int(figures[4:], 16)


def _is_tiny(size: str, around: bool) -> bool:
    number, unit = _amount(size)
    if number is None or (around and unit in _RELATIVE):
        return around and not size[:1].isalpha()
    return number <= (_TINY_RATIO if unit in _RELATIVE else _TINY)


def _is_off_screen(style: Style) -> bool:
    far = [_amount(style.get("text-indent", ""))[0]]
    if style.get("position") in ("absolute", "fixed"):
        far += [_amount(style.get(side, ""))[0] for side in ("left", "top")]
    return any(value is not None and value <= -_FAR for value in far)


def _is_clipped(style: Style) -> bool:
    """Boxes that are cut off to a dot: how pages hide words that are for screen readers."""
    if re.sub(r"[\s,]|px", "", style.get("clip", "")) in ("rect(0000)", "rect(1111)"):
        return True
    sizes = [_amount(style.get(name, "")) for name in ("height", "max-height", "width", "max-width")]
    return style.get("overflow") == "hidden" and any(
        size is not None and size <= 1 and unit != "%" for size, unit in sizes
    )


def _amount(value: str) -> tuple[float | None, str]:
    found = _NUMBER.fullmatch(value.strip())
    return (float(found[1]), found[2] or "") if found else (None, "")


def _declarations(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.lower().split(";"))
    return {
        name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if name.strip() in _PROPERTIES
    }


def _rules(sheet: str) -> Iterable[tuple[str, dict[str, str]]]:
    """Selectors with their declarations, outside of @-rules."""
    depth, start, selectors = 0, 0, ""
    for brace in _BRACE.finditer(sheet):
        if brace[0] == "{":
            if depth == 0:
                selectors = sheet[start : brace.start()].rpartition(";")[2].strip().lower()
                start = brace.end()
            depth += 1
            continue
        depth = max(depth - 1, 0)
        if depth == 0:
            if not selectors.startswith("@") and (declarations := _declarations(sheet[start : brace.start()])):
                for selector in (part.strip() for part in selectors.split(",")):
                    if selector and _SELECTOR.fullmatch(selector):
                        yield selector, declarations
            start, selectors = brace.end(), "@"


def _without_comments(sheet: str) -> str:
    first, *others = sheet.replace("<!--", " ").replace("-->", " ").split("/*")
    return first + "".join(part.partition("*/")[2] for part in others)
