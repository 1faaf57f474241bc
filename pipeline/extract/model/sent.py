"""Documents as a model is shown them: data, in numbered lines that cannot end their block or pose as an instruction."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from pipeline.extract.machine_talk import machine_talk
from schemas.document import Document, MarkKind, Page


class LineNumber(NamedTuple):
    """A line of a document: its page, and its place among the lines of that page's text, both from 1."""

    page: int
    line: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines of a document that a model may see, in order, empty ones left out, and how much it may not.

    `addressing` counts the lines that address a machine, `unseen` the words that a reader of the page cannot see.
    """

    document: Document
    lines: dict[LineNumber, str]
    addressing: int
    unseen: int

    def rows(self, keep: Collection[LineNumber] | None = None) -> list[str]:
        """The lines, or those to `keep`, each with its number, and "..." where others stand between."""
        found: list[str] = []
        skipped = False
        for number in self.lines:
            if keep is not None and number not in keep:
                skipped = True
                continue
            found += ["...", self.row(number)] if skipped else [self.row(number)]
            skipped = False
        return [*found, "..."] if skipped else found

    def row(self, number: LineNumber) -> str:
        """A line with its number."""
        return f"{self.document.id} p{number.page} l{number.line}| {self.lines[number]}"


def numbered(document: Document, keep: Collection[LineNumber] | None = None) -> str:
    """The document as a block: whole, or the lines to `keep`, with "..." where others stand between.

    Every line inside begins with its number ("d1 p2 l7| "); the first and the last bear a mark that the text has not.
    The file's name is no part of it: whoever sent the file chose it. Quotes of it ground in the page, as white space
    and what cannot be seen are all that is changed.
    """
    return fenced(f"{document.id} {document.role}", shown(document).rows(keep))


def fenced(name: str, rows: Sequence[str]) -> str:
    """Rows between two marks that none of them holds."""
    inner = "\n".join(rows)
    mark = _unheard_of(inner)
    return f"[[{mark} {name} begins]]\n{inner}\n[[{mark} ends]]"


def _unheard_of(text: str) -> str:
    """A mark that the text does not hold, drawn from it: its author cannot write it down beforehand."""
    marks = (hashlib.sha256(f"{n}\n{text}".encode()).hexdigest()[:12] for n in count())
    return next(mark for mark in marks if mark not in text)


def shown(document: Document) -> Shown:
    """What a model may see of a document."""
    pages = {page.number: [_plain(line) for line in _seen(page).split("\n")] for page in document.pages}
    addressing = {number for page in document.pages for number in _addressing(page, pages[page.number])}
    lines = {
        number: text
        for page, texts in pages.items()
        for at, text in enumerate(texts, 1)
        if text and (number := LineNumber(page, at)) not in addressing
    }
    return Shown(document, lines, len(addressing), sum(_unseen(page) for page in document.pages))


_NOT_SEEN = (MarkKind.HIDDEN, MarkKind.COMMENT)


def _seen(page: Page) -> str:
    """A page's text, blank where a mark says that no reader sees it; of the same length."""
    text = page.text
    for mark in page.marks:
        if mark.kind in _NOT_SEEN:
            blank = re.sub(r"[^\n]", " ", text[mark.start : mark.end])
            text = text[: mark.start] + blank + text[mark.end :]
    return text


def _unseen(page: Page) -> int:
    """The words of a page, or kept beside it, that no reader sees."""
    marks = (mark for mark in page.marks if mark.kind in _NOT_SEEN)
    return sum(len((page.text[mark.start : mark.end] or mark.value).split()) for mark in marks)


_WIDE = re.compile(r"\s{4,}")
_SOFT_HYPHEN = "\u00ad"


def _plain(line: str) -> str:
    """A line without what breaks lines, turns them about or shows nothing; a wide gap as a gap of columns."""
    return _WIDE.sub("   ", "".join(map(_plain_character, line))).strip()


def _plain_character(character: str) -> str:
    if " " <= character <= "~" or character == _SOFT_HYPHEN:
        return character
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Cc" | "Zl" | "Zp" | "Cs":
            return "   " if character == "\t" else " "
        case _:
            return character


def _addressing(page: Page, lines: list[str]) -> Iterator[LineNumber]:
    """The lines that speak to a program, and those that carry on the sentence in which they do."""
    text = "\n".join(lines)
    plain = Page(document=page.document, number=page.number, file_page=page.file_page, origin=page.origin, text=text)
    for warning in machine_talk(Document(id=page.document, file="", sha256="", pages=(plain,))):
        for span in warning.spans:
            at, last = text.count("\n", 0, span.start), text.count("\n", 0, span.end)
            while last + 1 < len(lines) and lines[last][-1:] not in _ENDS and lines[last + 1][:1].islower():
                last += 1
            yield from (LineNumber(page.number, line + 1) for line in range(at, last + 1) if lines[line])


_ENDS = (".", "!", "?", ":")
