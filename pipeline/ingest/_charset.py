"""Which characters reach the text of a page, and what stands for those that have no letter of their own."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Symbol fonts put their glyphs in the private use area, U+F000 plus the code in the font. These are the ones forms and
# lists use: Symbol's bullet; of Wingdings the square, the arrow, the ticks and the boxes.
_SYMBOLS = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0FE: "☑", 0xF0A8: "☐", 0xF078: "☒", 0xF0FD: "☒"}
# U+0002 and U+FFFE are PDFium's marks for a hyphen at the end of a line; U+00AD is how WinAnsi fonts print a hyphen.
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn"})

LINE_END_HYPHENS = frozenset({0x02, 0xFFFE})


@lru_cache(4096)
def character(code: int) -> str:
    """What a code point becomes: itself, a space for any white space, or nothing for what does not print."""
    if 0x20 < code < 0x7F:
        return chr(code)
    if found := _SYMBOLS.get(code) or _HYPHENS.get(code):
        return found
    plain = chr(code)
    if plain.isspace():
        return " "
    return "" if unicodedata.category(plain) in _DROPPED else plain


def is_meaningless(code: int) -> bool:
    """Whether a glyph's code says nothing of what it shows: none, a control, private use, a replacement."""
    if code in _SYMBOLS or code in _HYPHENS:
        return False
    return code == 0xFFFD or unicodedata.category(chr(code)) in {"Co", "Cc", "Cn"}


def clean(text: str) -> str:
    """The text with every character as `character` gives it; white space of any kind becomes a space."""
    return "".join(character(ord(c)) for c in text)
