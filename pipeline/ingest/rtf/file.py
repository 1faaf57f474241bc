"""RTF files: the text as it stands once tracked changes are accepted, with what is set apart from it.

Read here and not by a library: striprtf drops headers, footers, notes and text boxes and keeps hidden and deleted
words, all in silence. The control words are those of the Rich Text Format Specification 1.9.1.
"""

from __future__ import annotations

import codecs
import copy
import re
from dataclasses import dataclass
from typing import Final

from pipeline.errors import AppealwrightError
from pipeline.ingest._flow import PAGE_BREAK, Block, Seen, raised, readings
from pipeline.ingest._opened import Sections
from pipeline.ingest.rtf.story import Story
from pipeline.ingest.rtf.words import CHARSETS, DESTINATIONS, DOCUMENT, SPECIAL, STORIES, SYMBOLS, Into
from pipeline.ingest.sources import Limits
from schemas.case import Category

_TOKEN: Final = re.compile(
    r"\\([a-zA-Z]{1,40})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
_DEPTH: Final = 1000
_LARGE: Final = 2 * 1440  # twips, 2 inches: a smaller picture is taken for a logo
_TINY: Final = 2  # half points of type that nobody can read
_CHECKBOX, _LIST, _UNSET = 1, 2, 25  # of \fftype; and of \ffres, where the default stands
_SWITCHES: Final = {
    "v": "hidden", "webhidden": "hidden", "strike": "struck", "striked": "struck", "deleted": "deleted",
    "revised": "revised", "super": "raised",
}  # fmt: skip
_WRITTEN: Final = frozenset({Into.TEXT, Into.LABEL, *STORIES})


def open_rtf(place: str, data: bytes, limits: Limits) -> Sections:
    """The file's pages, parted at its own breaks. AppealwrightError where it is nested too deep or holds no text."""
    reader = _Reader(place)
    reader.read(data.decode("latin-1"))
    pages = readings(reader.end())
    if not pages:
        if reader.pictures:
            raise AppealwrightError(Category.UNSUPPORTED, place, "the RTF file holds pictures and no text")
        raise AppealwrightError(Category.EMPTY, place, "the RTF file holds no text")
    if len(pages) > limits.max_pages:
        message = f"it has more than {limits.max_pages} pages (APPEALWRIGHT_MAX_PAGES)"
        raise AppealwrightError(Category.TOO_LARGE, place, message)
    return Sections(place, pages)


@dataclass
class _State:
    """What a group inherits from the one around it."""

    story: Story
    into: Into = Into.TEXT
    hidden: bool = False
    tiny: bool = False
    struck: bool = False
    deleted: bool = False
    revised: bool = False
    raised: bool = False
    font: int = -1
    skipped: int = 1  # characters after \u that say the same to old readers
    level: int = 0  # of tables
    above: int = 0
    below: int = 0

    def plain(self, font: int) -> None:
        self.hidden = self.tiny = self.struck = self.deleted = self.revised = self.raised = False
        self.font = font

    def paragraph(self) -> None:
        self.level = self.above = self.below = 0


class _Reader:
    """Reads one file, token by token."""

    def __init__(self, place: str) -> None:
        self.pictures = 0
        self._place = place
        self._body = Story()
        self._state = _State(self._body)
        self._groups: list[_State] = []
        self._footers: list[Story] = []
        self._starred = False
        self._skip = 0
        self._bytes = bytearray()
        self._high = 0  # the first half of a character beyond U+FFFF
        self._page = "cp1252"
        self._fonts: dict[int, int] = {}  # number: character set
        self._font, self._first_font = -1, -1
        self._notes = 0
        self._next_page = False  # a section has ended
        self._field: dict[str, int] = {}
        self._choices: list[str] = []
        self._size: dict[str, int] = {}

    def read(self, text: str) -> None:
        """Reads all of it, up to the end of the outermost group."""
        at = text.find("{")
        while found := _TOKEN.match(text, at):
            word, number, code, symbol, brace, plain = found.groups()
            at = found.end() + (max(int(number or 0), 0) if word == "bin" else 0)
            if plain is not None:
                self._plain(plain)
            elif code is not None:
                self._byte(int(code, 16))
            elif brace:
                self._brace(brace)
                if not self._groups:
                    return
            elif word or symbol:
                self._flush()
                self._skip = 0
                self._control(word, symbol, None if number is None else int(number))
        self._flush()
        self._body.see(Seen.CUT)

    def end(self) -> list[Block]:
        """The blocks of the whole file."""
        while self._groups:
            self._close()
        self._end_section()
        return self._body.end()

    def _control(self, word: str | None, symbol: str, number: int | None) -> None:
        if word:
            self._word(word, number)
        else:
            self._symbol(symbol)

    def _brace(self, brace: str) -> None:
        self._flush()
        self._skip = 0
        if brace == "{":
            self._open()
        else:
            self._close()

    def _open(self) -> None:
        if len(self._groups) >= _DEPTH:
            message = f"its groups are nested more than {_DEPTH} deep"
            raise AppealwrightError(Category.TOO_LARGE, self._place, message)
        self._groups.append(self._state)
        self._state = copy.copy(self._state)

    def _close(self) -> None:
        self._starred = False
        inner = self._state
        outer = self._state = self._groups.pop() if self._groups else inner
        if inner.story is not outer.story:
            self._deliver(inner, outer.story)
        elif inner.into is not outer.into:
            if inner.into is Into.LABEL:
                outer.story.add(" ", outer.level)
            elif inner.into is Into.PICTURE:
                self._picture(outer.story)
            elif inner.into is Into.FIELD:
                self._form_field(outer)

    def _deliver(self, inner: _State, story: Story) -> None:
        """Gives what a group of its own holds to the story around it."""
        if inner.into is Into.NOTE:
            story.note(inner.story.end())
        elif inner.into is Into.COMMENT:
            story.comment(inner.story.end())
        elif inner.into is Into.BOX:
            story.box(inner.story.end())
        elif inner.into is Into.HEADER:
            self._begin_page()
            self._body.blocks += inner.story.end()
        else:
            self._footers.append(inner.story)

    def _end_section(self) -> None:
        self._body.finish()
        for footer in self._footers:
            self._body.blocks += footer.end()
        self._footers.clear()

    def _begin_page(self) -> None:
        if self._next_page:
            self._next_page = False
            self._body.blocks.append(Block(PAGE_BREAK))

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        state = self._state
        if into := DESTINATIONS.get(word):
            self._enter(into)
        elif starred:
            state.into = Into.NOWHERE
        elif state.into is Into.FONTS:
            self._font_table(word, number)
        elif state.into is Into.FIELD:
            self._field.setdefault(word, number or 0)
        elif state.into is Into.PICTURE:
            self._size[word] = number or 0
        elif word in ("ansicpg", *DOCUMENT):
            self._page = DOCUMENT.get(word, f"cp{number}")
        elif word == "deff":
            self._first_font = state.font = number or 0
        elif not self._format(word, number):
            self._write(word, number)

    def _enter(self, into: Into) -> None:
        state = self._state
        allowed = {
            Into.SHAPE: (Into.BOX, Into.TEXT, Into.SHAPE, Into.NOWHERE, Into.PICTURE),
            Into.INSTRUCTION: (Into.FIELD, Into.NOWHERE, Into.INSTRUCTION),
            Into.FIELD: (Into.CHOICE, Into.NOWHERE),
        }.get(state.into)
        if state.into is Into.NOWHERE:
            into = Into.PICTURE if into is Into.PICTURE else Into.NOWHERE
        elif allowed is not None and into not in allowed:
            into = Into.NOWHERE
        state.into = into
        if into in STORIES:
            state.story = Story()
            state.plain(self._first_font)
            state.paragraph()
        elif into is Into.FIELD:
            self._field, self._choices = {}, []
        elif into is Into.CHOICE:
            self._choices.append("")
        elif into is Into.PICTURE:
            self._size = {}

    def _format(self, word: str, number: int | None) -> bool:
        """Takes what says how text looks; whether the word does."""
        state, on = self._state, number != 0
        if word in _SWITCHES:
            setattr(state, _SWITCHES[word], on)
        elif word == "nosupersub":
            state.raised = False
        elif word == "fs":
            state.tiny = number is not None and number <= _TINY
        elif word == "plain":
            state.plain(self._first_font)
        elif word == "f":
            state.font = number or 0
        elif word == "uc":
            state.skipped = min(max(number or 0, 0), 100)
        else:
            return self._paragraph_format(word, number)
        return True

    def _paragraph_format(self, word: str, number: int | None) -> bool:
        state = self._state
        if word == "pard":
            state.paragraph()
        elif word == "intbl":
            state.level = max(state.level, 1)
        elif word == "itap":
            state.level = max(number or 0, 0)
        elif word == "sb":
            state.above = number or 0
        elif word == "sa":
            state.below = number or 0
        else:
            return False
        return True

    def _write(self, word: str, number: int | None) -> None:
        """Takes what is text, or ends a piece of it."""
        state = self._state
        if word == "u" and number is not None:
            self._unicode(number % 0x10000)
            self._skip = state.skipped
        elif word in ("nestrow", "row") and state.into in (*_WRITTEN, Into.INSTRUCTION):
            state.story.row(max(state.level, 2) if word == "nestrow" else 1)
        elif state.into not in _WRITTEN:
            return
        elif word in ("sect", "sbknone"):
            self._section(word)
        elif word in ("par", "cell", "nestcell"):
            self._piece(word)
        elif word == "page" or (word == "pagebb" and number != 0):
            state.story.add(PAGE_BREAK, state.level)
        elif word == "chftn":
            self._note_mark()
        elif word in SPECIAL:
            self._put("" if word == "tab" and state.into is Into.LABEL else SPECIAL[word])

    def _section(self, word: str) -> None:
        """A section ends; the one that follows begins a page unless it says that it does not."""
        if word == "sect":
            self._end_section()
        self._next_page = word == "sect"

    def _piece(self, word: str) -> None:
        """A paragraph or a cell ends."""
        state = self._state
        if word == "par":
            state.story.paragraph(state.level, state.above, state.below)
        else:
            state.story.cell(max(state.level, 2) if word == "nestcell" else 1)

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._starred = True
        elif symbol in "\r\n":
            self._word("par", None)
        elif symbol in SPECIAL and self._state.into in (*_WRITTEN, Into.CHOICE):
            self._put(SPECIAL[symbol])

    def _note_mark(self) -> None:
        """The number of a footnote: in the text it counts, in the note it repeats."""
        if self._state.story is self._body:
            self._notes += 1
        self._put(raised(str(max(self._notes, 1))))

    def _plain(self, text: str) -> None:
        if self._skip:
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            text = text[skipped:]
        if self._state.into in (*_WRITTEN, Into.CHOICE):
            self._bytes += text.encode("latin-1")

    def _byte(self, code: int) -> None:
        if self._skip:
            self._skip -= 1
        elif self._state.into in (*_WRITTEN, Into.CHOICE):
            self._bytes.append(code)

    def _unicode(self, code: int) -> None:
        if self._state.into not in (*_WRITTEN, Into.CHOICE):
            return
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00 if self._high else 0xFFFD
        self._high = 0
        self._put(chr(code))

    def _flush(self) -> None:
        """Puts the bytes that wait, in the character set of their font."""
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            charset = self._fonts.get(self._state.font, 0)
            if charset == SYMBOLS:
                self._put("".join(" " if b == 0x20 else chr(0xF000 + b) for b in data))
                return
            self._put(_decoded(data, CHARSETS.get(charset, self._page)))

    def _put(self, text: str) -> None:
        """Text where the state says."""
        state = self._state
        if state.into is Into.CHOICE:
            self._choices[-1] += text
            return
        if "\ufffd" in text:
            state.story.see(Seen.UNKNOWN)
        if state.deleted or state.revised:
            state.story.see(Seen.TRACKED)
        if state.deleted:
            return
        if state.hidden or state.tiny:
            state.story.keep_apart(text, Seen.HIDDEN)
        elif state.struck:
            state.story.keep_apart(text, Seen.STRUCK)
        else:
            if state.story is self._body:
                self._begin_page()
            state.story.add(raised(text) if state.raised else text, state.level)

    def _font_table(self, word: str, number: int | None) -> None:
        if word == "f":
            self._font = number or 0
        elif word == "fcharset":
            self._fonts[self._font] = number or 0

    def _picture(self, story: Story) -> None:
        self.pictures += 1
        if min(self._size.get(side, _LARGE) for side in ("picwgoal", "pichgoal")) >= _LARGE:
            story.see(Seen.PICTURE)

    def _form_field(self, outer: _State) -> None:
        """What a box to tick or a list to choose from shows; a field of text has its text as any field."""
        kind = self._field.get("fftype")
        chosen = self._field.get("ffres", _UNSET)
        chosen = self._field.get("ffdefres", 0) if chosen == _UNSET else chosen
        if kind == _CHECKBOX:
            outer.story.add("☑" if chosen else "☐", outer.level)
        elif kind == _LIST and 0 <= chosen < len(self._choices):
            outer.story.add(self._choices[chosen], outer.level)


def _decoded(data: bytes, page: str) -> str:
    try:
        codecs.lookup(page)
        return data.decode(page, "replace")
    except (LookupError, ValueError):
        return data.decode("cp1252", "replace")
