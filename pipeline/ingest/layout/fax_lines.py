"""Fax headers and stamps in the text of a page: the dates and numbers in them are not the author's."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol

from pipeline import tables
from schemas.document import Box, Mark, MarkKind, Word

_LINE = re.compile(r"\S[^\n]*")
_PIECE = re.compile(r"\S+(?: {1,2}\S+)*")  # between wide gaps: see COLUMN_GAP in page.py
_NEAR = 1.5  # heights of a stamp's line: the next line of the stamp is no further


class Printed(Protocol):
    """A page or a reading: its text and the words with their boxes, if it has paper."""

    @property
    def text(self) -> str:
        """The text, line by line."""
        ...

    @property
    def words(self) -> tuple[Word, ...]:
        """The words in the order of the text."""
        ...


@dataclass(frozen=True)
class _Part:
    """A piece of the text: a line, or what stands in it between wide gaps."""

    text: str
    start: int
    boxes: _Boxes
    parts: int = 1
    rest: str = ""  # the other pieces of its line

    @cached_property
    def box(self) -> Box | None:
        """Its box where it is on paper; few parts are asked for theirs."""
        return self.boxes.of(self.start, self.start + len(self.text))


def fax_lines(page: Printed) -> tuple[Mark, ...]:
    """The fax headers and stamps of a page in the order of its text."""
    boxes = _Boxes(page.words)
    lines = [_Part(match[0].rstrip(), match.start(), boxes) for match in _LINE.finditer(page.text)]
    headers = [
        line for i, line in enumerate(lines) if _is_header(line.text) and _at_edge(line, min(i, len(lines) - 1 - i))
    ]
    parts = [part for line in lines if line not in headers for part in _parts(line)]
    found = [_mark(MarkKind.FAX_HEADER, line) for line in headers]
    found += [_mark(MarkKind.STAMP, part) for part in _stamps(parts)]
    return tuple(sorted(found, key=lambda mark: mark.start))


def _mark(kind: MarkKind, part: _Part) -> Mark:
    return Mark(kind=kind, start=part.start, end=part.start + len(part.text), box=part.box)


class _Boxes:
    """The boxes of ranges of a text."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = [word for word in words if word.box is not None]
        self._starts = [word.start for word in self._words]

    def of(self, start: int, end: int) -> Box | None:
        """The box round the words that begin in the range; null where none has a box."""
        within = self._words[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        boxes = [word.box for word in within if word.box is not None]
        return _round(boxes) if boxes else None


def _round(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _parts(line: _Part) -> Iterator[_Part]:
    """The pieces of a line between wide gaps."""
    pieces = list(_PIECE.finditer(line.text))
    for piece in pieces:
        rest = line.text[: piece.start()] + line.text[piece.end() :]
        yield _Part(piece[0], line.start + piece.start(), line.boxes, len(pieces), rest)


def _at_edge(line: _Part, beyond: int) -> bool:
    """Whether a line is at the very top or bottom: by its box, or by the lines beyond it where there is no paper."""
    table = _table()["fax_header"]
    if line.box is None:
        return beyond < int(table["lines_without_paper"])
    middle = (line.box.top + line.box.bottom) / 2
    return min(middle, 1 - middle) <= float(table["strip"])


def _is_header(line: str) -> bool:
    """Whether a line at the edge is what a fax machine prints there."""
    table = _table()["fax_header"]
    if len(line) > table["longest"]:
        return False
    if any(_pattern(words).fullmatch(line) for words in table["whole"]):
        return True
    if any(_pattern(words).search(line) for words in table["never"]):
        return False
    signs = {name for name, sign in table["signs"].items() if _pattern(sign["pattern"]).search(line)}
    weight = sum(int(table["signs"][name]["weight"]) for name in signs)
    return weight >= table["enough"] and all(signs & set(names) for names in table["needs"])


def _stamps(parts: Sequence[_Part]) -> list[_Part]:
    """The parts that are stamps, with the other lines of a stamp above or below the one that says what it is."""
    table = _table()["stamp"]
    alone = [part for part in parts if part.parts <= table["most_parts"] and _is_one_of(part, table["whole"])]
    beside = [part for part in parts if _is_one_of(part, [table["beside"]])]
    found = [part for part in parts if _is_bates(part)]
    for stamp in alone:
        if not _is_one_of(stamp, [table["bearing"]]):
            found.append(stamp)
            continue
        lines = _lines_of(stamp, beside)
        is_label = len(lines) == 1 and _has_date(stamp.rest)
        is_head = sum(_has_date(line.text) for line in lines) > 1  # of a column of dates
        if not is_label and not is_head:
            found += [line for line in lines if line not in found]
    return found


def _lines_of(stamp: _Part, beside: Sequence[_Part]) -> list[_Part]:
    """The stamp with the lines above and below it, and those above and below these."""
    lines = [stamp]
    for line in lines:
        lines += [part for part in beside if part not in lines and _is_over_or_under(line, part)]
    return lines


def _has_date(text: str) -> bool:
    return _pattern("{date}").search(text) is not None


def _is_one_of(part: _Part, patterns: Sequence[str]) -> bool:
    short = len(part.text) <= _table()["stamp"]["longest"]
    return short and any(_pattern(words, re.NOFLAG).fullmatch(part.text) for words in patterns)


def _is_over_or_under(stamp: _Part, part: _Part) -> bool:
    """Whether the part is another line of the stamp: right above or below it, in the same place."""
    one, other = stamp.box, part.box
    if one is None or other is None:
        return False
    gap = max(other.top - one.bottom, one.top - other.bottom)
    common = min(one.right, other.right) - max(one.left, other.left)
    narrower = min(one.right - one.left, other.right - other.left)
    return gap <= _NEAR * (one.bottom - one.top) and common >= 0.5 * narrower


def _is_bates(part: _Part) -> bool:
    """Whether it is a Bates number: by itself at the bottom of the page."""
    table = _table()["stamp"]["bates"]
    if part.box is None or 1 - (part.box.top + part.box.bottom) / 2 > table["strip"]:
        return False
    return _is_one_of(part, [table["pattern"]]) and not _is_one_of(part, [table["never"]])


def _table() -> dict[str, Any]:
    return tables.load("ingest.layout", "fax_lines.yaml")


@cache
def _pattern(words: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """A pattern of the table, its named parts put in."""
    parts: dict[str, str] = _table()["parts"]
    for _ in range(2):  # a part may hold another
        for name, part in parts.items():
            words = words.replace(f"{{{name}}}", part)
    return re.compile(words.replace(" ?", r"\s*+").replace(" ", r"\s++"), flags)
