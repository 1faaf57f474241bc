"""X12 interchanges taken apart: transaction sets and their segments, with what is wrong with the envelope.

The segments are split and the envelope is counted by pyx12. It stops without a word at an empty segment and at one that
is longer than its buffer, and it wants a header of exact width, so what it is given is made regular first.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from pyx12.errors import EngineError, X12Error
from pyx12.x12file import X12Reader

from pipeline.errors import AppealwrightError
from schemas.case import Category

_WIDTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)  # of the header's elements but for the last
_VERSIONS: Final = ("00401", "00501")
_LONGEST: Final = 8_000  # characters of a segment: the reader's buffer
_READ: Final = ("835", "277")
_SPACE: Final = " \t\r\n"  # control characters may be delimiters
_MARK: Final = r"[^\w \t\r\n]"
_BEGINS: Final = re.compile(rf"ISA(?P<by>{_MARK})\d\d(?P=by)")
_BARE: Final = re.compile(
    rf"(?:GS(?P<g>{_MARK})(?:HP|HN)(?P=g)[^\r\n]{{5,150}}?)?"
    rf"ST(?P<by>{_MARK})(?:835|277)(?P=by)\w{{1,9}}(?:(?P=by)\w{{0,35}})?(?P<end>[^\w ])"
)
_WITHIN: Final = rf"(?:SVC{{by}}[A-Z0-9]{{{{2}}}}|STC{{by}}[A-Z0-9]{{{{1,3}}}})(?![{{by}}{{end}}])({_MARK})"
_COUNTS: Final = {("isa", "001"), ("isa", "021"), ("gs", "4"), ("gs", "5"), ("st", "3"), ("st", "4")}
_TRAILERS: Final = ("SE", "GE", "IEA")
_ENVELOPE: Final = ("ISA", "GS", "GE", "IEA")


class Fault(StrEnum):
    """What is wrong with an interchange that can be read all the same; the code of its warning."""

    BARE = "x12_no_envelope"
    COUNTS = "x12_counts"
    CUT = "x12_cut_short"
    REST = "x12_rest"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its name and its elements, each with its components."""

    name: str
    elements: tuple[tuple[str, ...], ...]

    def at(self, element: int, component: int = 1) -> str:
        """An element, or one of its components, both from 1; empty where there is none."""
        parts = self.elements[element - 1] if element <= len(self.elements) else ()
        return " ".join(parts[component - 1].split()) if component <= len(parts) else ""

    def whole(self, element: int, by: str = ":") -> str:
        """An element with all its components."""
        parts = self.elements[element - 1] if element <= len(self.elements) else ()
        return by.join(" ".join(part.split()) for part in parts).rstrip(by)

    def __str__(self) -> str:
        return "*".join((self.name, *(self.whole(n) for n in range(1, len(self.elements) + 1))))


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """What stands between ST and SE. `kind` is 835 or 277, `guide` the implementation guide ("005010X221A1").

    `cut`: it ends before its trailer, within whatever its last segment belongs to.
    """

    kind: str
    guide: str
    segments: tuple[Segment, ...]
    faults: frozenset[Fault]
    cut: bool


def is_x12(start: str) -> bool:
    """Whether a text that begins so is an X12 interchange, or a transaction set of one that we read."""
    return (_BEGINS.match(start) or _BARE.match(start)) is not None


def transaction_sets(place: str, text: str) -> list[TransactionSet]:
    """The remittances and claim status of a file, in order. AppealwrightError where it has none, or is damaged."""
    text = text.lstrip(f"\ufeff{_SPACE}").replace("\r\n", "\n")
    found: list[TransactionSet] = []
    while is_x12(text):
        read, text = _interchange(place, text)
        found += read
    if text.strip("\x1a\0 \n"):
        found = [replace(one, faults=one.faults | {Fault.REST}) for one in found]
    kept = [one for one in found if one.kind in _READ]
    if not kept:
        kinds = sorted({one.kind for one in found if re.fullmatch(r"\d{3}", one.kind)})
        named = f" ({', '.join(kinds)})" if kinds else ""
        message = f"the X12 interchange holds neither a remittance (835) nor claim status (277){named}"
        raise AppealwrightError(Category.UNSUPPORTED, place, message, "Supply the 835, or the notice on paper.")
    return kept


@dataclass(frozen=True, slots=True)
class _Marks:
    """What ends a segment, parts its elements, and parts the components of one."""

    end: str
    by: str
    within: str


def _interchange(place: str, text: str) -> tuple[list[TransactionSet], str]:
    """The transaction sets of the interchange that a text begins with, and the text after it."""
    head = _BEGINS.match(text)
    marks, rest, header = _enveloped(place, text) if head else _unenveloped(place, text)
    pieces, cut, after = _pieces(place, rest, marks)
    if not head:
        groups = sum(piece.startswith(f"GS{marks.by}") for piece in pieces)
        pieces.append(marks.by.join(("IEA", str(groups), "0" * 9)))
    faults = {Fault.BARE} if not head else set()
    sets = _sets(place, [header, *pieces], marks, faults, cut=cut)
    return sets, after


def _enveloped(place: str, text: str) -> tuple[_Marks, str, str]:
    """The marks that an ISA header declares, the text after it, and the header in its full width."""
    by = text[3]
    elements = text.split(by, 16)
    last = elements[16] if len(elements) > 16 else ""
    marks = _Marks(last[1:2], by, last[:1])
    if len(last) < 2 or any(one.isalnum() or one == " " for one in last[:2]) or len({by, *last[:2]}) < 3:
        raise AppealwrightError(Category.UNREADABLE, place, "the interchange's header (ISA) is damaged or cut short")
    if elements[12] not in _VERSIONS:
        raise AppealwrightError(Category.UNSUPPORTED, place, "the interchange is of a version that we do not read")
    padded = (f"{value:<{width}}"[:width] for value, width in zip(elements[1:16], _WIDTHS, strict=True))
    return marks, last[2:], by.join(("ISA", *padded, marks.within))


def _unenveloped(place: str, text: str) -> tuple[_Marks, str, str]:
    """The same of a transaction set that stands alone; the header is one that says nothing."""
    found = _BARE.match(text)
    if found is None:
        raise AppealwrightError(Category.UNREADABLE, place, "the interchange has no beginning")
    by, end = found["by"], found["end"]
    within = re.search(_WITHIN.format(by=re.escape(by), end=re.escape(end)), text)
    marks = _Marks(end, by, within[1] if within else next(mark for mark in ":>|" if mark not in (by, end)))
    values = ("00", "", "00", "", "ZZ", "", "ZZ", "", "", "", "^", "00501", "0" * 9, "0", "P")
    padded = (f"{value:<{width}}" for value, width in zip(values, _WIDTHS, strict=True))
    return marks, text, by.join(("ISA", *padded, marks.within))


def _pieces(place: str, text: str, marks: _Marks) -> tuple[list[str], bool, str]:
    """The segments up to the end of the interchange, whether the text ends within one, and the text after it."""
    pieces: list[str] = []
    at = 0
    while at < len(text):
        end = text.find(marks.end, at)
        piece = _one_line(text[at : end if end >= 0 else len(text)])
        if piece[:4] == f"ISA{marks.by}":
            return pieces, False, text[at:].lstrip(_SPACE)
        if end < 0:
            whole = piece.split(marks.by)[0] in _TRAILERS
            return pieces + [piece] * whole, bool(piece) and not whole, ""
        if len(piece) > _LONGEST:
            raise AppealwrightError(Category.UNREADABLE, place, "a segment of the interchange has no end")
        pieces += [piece] if piece.strip(marks.by) else []
        at = end + 1
        if piece[:4] == f"IEA{marks.by}":
            return pieces, False, text[at:].lstrip(_SPACE)
    return pieces, False, ""


def _one_line(piece: str) -> str:
    """A segment without the line breaks of a file that is wrapped, or has one after each segment."""
    return piece.replace("\n", "").replace("\r", "").strip(_SPACE)


def _sets(place: str, pieces: list[str], marks: _Marks, faults: set[Fault], *, cut: bool) -> list[TransactionSet]:
    """The transaction sets of one interchange, its segments read by pyx12."""
    reader = X12Reader(io.StringIO("".join(piece + marks.end for piece in pieces)))
    sets: list[_Set] = []
    guide = ""
    count = 0
    try:
        for raw in reader:
            count += 1
            segment = Segment(str(raw.seg_id), tuple(tuple(e.value for e in c.elements) for c in raw.elements))
            guide = segment.at(8) if segment.name == "GS" else guide
            _sort_in(segment, sets, guide)
            if any(error[:2] in _COUNTS for error in reader.pop_errors()):
                faults |= {Fault.COUNTS}
    except (X12Error, EngineError, IndexError) as error:  # IndexError: a trailer of what was never opened
        raise AppealwrightError(Category.UNREADABLE, place, "the interchange's envelopes do not nest") from error
    if count != len(pieces):
        raise AppealwrightError(Category.UNREADABLE, place, "the interchange was not read to its end")
    reader.cleanup()
    if cut or reader.pop_errors() or any(one.is_open for one in sets):
        faults |= {Fault.CUT}
    return [one.closed(faults) for one in sets]


class _Set:
    """A transaction set while it is read."""

    def __init__(self, kind: str, guide: str) -> None:
        self._kind, self._guide = kind, guide
        self._segments: list[Segment] = []
        self.is_open = True

    def add(self, segment: Segment) -> None:
        """Take in a segment, or the trailer that ends it."""
        if segment.name == "SE":
            self.is_open = False
        else:
            self._segments.append(segment)

    def closed(self, faults: set[Fault]) -> TransactionSet:
        """The set as it was read."""
        return TransactionSet(self._kind, self._guide, tuple(self._segments), frozenset(faults), self.is_open)


def _sort_in(segment: Segment, sets: list[_Set], guide: str) -> None:
    if segment.name == "ST":
        sets.append(_Set(segment.at(1), segment.at(3) or guide))
    elif sets and sets[-1].is_open and segment.name not in _ENVELOPE:
        sets[-1].add(segment)
