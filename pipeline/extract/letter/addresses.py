"""Postal addresses of a letter, in a block of lines or within a sentence, without the words that lead to them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extract.letter.labels import field_of
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import Line, Stretch
from pipeline.extract.tables import load
from pipeline.folding import on_one_line


@dataclass(frozen=True, slots=True)
class Address:
    """An address: its lines, or its place in a sentence, and the words that lead to it."""

    parts: tuple[Stretch, ...]
    lead: str

    @property
    def text(self) -> str:
        """On one line."""
        return " ".join(on_one_line(part.text) for part in self.parts)


_BLOCK_LINE = 80  # characters; a longer line is prose
_SHORT_LINE = 50
_MOST_LINES = 6
_LEADER = re.compile(r"[.\u2026]{4}")
_LONGEST = 180  # characters of an address in prose


@cache
def _zip() -> re.Pattern[str]:
    states = "|".join(name.replace(" ", r"\s+") for name in load("letter/appeal.yaml")["states"])
    return re.compile(rf"\b(?:[A-Z]{{2}}|{states})\.?,?\s+\d{{5}}(?:-\d{{4}})?\b(?![-\d])")


def is_block(paragraph: Paragraph) -> bool:
    """Whether a paragraph is lines each by itself, as an address or a list of labels, and not prose."""
    short = sum(len(line.cells) > 1 or len(line.text) < _SHORT_LINE for line in paragraph.lines)
    return len(paragraph.lines) > 1 and 2 * short > len(paragraph.lines)


def addresses(letter: Sequence[Paragraph]) -> Iterator[Address]:
    """Every address that ends in a state and a postal code, in reading order."""
    lines = [line for paragraph in letter for line in paragraph.lines]
    at = 0
    for paragraph in letter:
        inline = (
            []
            if is_block(paragraph)
            else [a for m in _zip().finditer(paragraph.text) if (a := _inline(paragraph, m.end()))]
        )
        yield from inline
        for offset, line in enumerate(paragraph.lines):
            for number, cell in enumerate(line.cells):
                for match in _zip().finditer(cell.text):
                    end = cell.start + match.end()
                    if not any(one.parts[-1].end == end for one in inline):
                        yield _address(lines, at + offset, number, end)
        at += len(paragraph.lines)


def _inline(paragraph: Paragraph, end: int) -> Address | None:
    """An address within prose, from the words that lead to it; None where none do."""
    start = _inline_start(paragraph.part(0, end))
    if not start or end - start > _LONGEST:
        return None
    return Address((paragraph.part(start, end),), paragraph.text[max(0, start - _LONGEST) : start])


_LEAD = re.compile(
    r"(?:\b(?i:to|at|is|are|write|address|mail(?!\s+(?:stop|code|route|drop|station|slot|zone|point|location|unit))|deliver|writing)\b(?:,\s+at)?:?\s+(?:(?i:the|our)\s+)?(?=[A-Z0-9])"
    r"|\b(?i:mail(?:ing)?|write|address|send|where|appeals?|to)\s?:\s+"
    r"|\b(?i:notice|letter|decision|denial|determination|days|months|writing|appeals?|filed?|reviews?|requests?|it)\s+"
    r"(?:with|c/o)\s+(?:(?i:the|our)\s+)?(?=[A-Z])|\b(?i:mail)\s\((?=[A-Z])"
    r"|[.;?]\s+(?=[A-Z])|(?<=[a-z)]):\s+(?=[A-Z])|\bto\s+our\s+(?=[A-Z]))"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Attn|Dept|St|Ave|Blvd|Rd|Ste|No|Inc|Co|N|S|E|W|NE|NW|SE|SW|Mt|Ft|Attention|MC)|P\.O)[.:]\s*$",
    re.IGNORECASE,
)


def _address(lines: Sequence[Line], at: int, number: int, end: int) -> Address:
    line = lines[at]
    last = Stretch(line.page, line.cells[number].start, end)
    if (start := _inline_start(last)) or (len(line.text) >= _BLOCK_LINE and not _starts_before(lines, at, last)):
        return Address((last.part(start, len(last.text)),), last.text[:start])
    parts = [last]
    above = at
    while above and len(parts) < _MOST_LINES and (cell := _above(lines[above - 1], lines[above], parts[0])) is not None:
        above -= 1
        start = _inline_start(cell)
        parts.insert(0, cell.part(start, len(cell.text)))
        if start or _label_cell(lines[above]) is not None:
            return Address(_joined(parts), f"{lines[above].text[: parts[0].start - lines[above].start]}")
    return Address(_joined(parts), " ".join(one.text for one in lines[max(0, above - 2) : above]))


def _joined(parts: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Parts with nothing but white space between them are one."""
    joined: list[Stretch] = []
    for part in parts:
        if joined and not part.page.text[joined[-1].end : part.start].strip():
            joined[-1] = Stretch(part.page, joined[-1].start, part.end)
        else:
            joined.append(part)
    return tuple(joined)


def _starts_before(lines: Sequence[Line], at: int, last: Stretch) -> bool:
    return bool(at) and _above(lines[at - 1], lines[at], last) is not None


def _inline_start(cell: Stretch) -> int:
    """Where an address begins after words of sending, as an offset; 0 where it takes the whole cell."""
    starts = [
        match.end() for match in _LEAD.finditer(cell.text) if not _ABBREVIATED.search(cell.text[: match.end()].rstrip())
    ]
    return starts[-1] if starts and starts[-1] < len(cell.text) - 5 else 0


def _label_cell(line: Line) -> Stretch | None:
    """The first cell of a line where it is a label: "Mail", "For a Standard Appeal:"."""
    first = line.cells[0]
    labels = first.text.endswith(":") or _LEADER.search(line.text) or (field_of(first.text) or "").startswith("appeal.")
    return first if len(line.cells) > 1 and labels else None


_REACHED = re.compile(r"\d{3}[-. ]\d{4}|@|www\.")  # a telephone number, a mail or web address
_WAY = re.compile(
    r"(?:(?:standard|fast|expedited|first[- ]level|internal|written|plan) )+(?:appeals?|reviews?)", re.IGNORECASE
)


def _above(line: Line, below: Line, part: Stretch) -> Stretch | None:
    """The cell of the line above that belongs to the same address; None where the address begins below."""
    if line.page is not below.page or line.page.text[line.end : below.start].count("\n") != 1:
        return None
    if _label_cell(below) is not None and part.start >= below.cells[1].start:
        return None
    cell = line.cells[0]
    if _label_cell(line) is not None:
        cell = next((one for one in line.cells[1:] if not one.text.endswith(":")), line.cells[1])
    ends = cell.text[-1] in ".:?!" and not _ABBREVIATED.search(cell.text)
    if ends or _WAY.fullmatch(cell.text) or _REACHED.search(cell.text) or _zip().search(cell.text):
        return None
    return cell if len(cell.text) < _BLOCK_LINE or _inline_start(cell) or len(below.text) >= _BLOCK_LINE else None
