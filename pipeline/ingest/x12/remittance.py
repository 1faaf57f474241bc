"""Remittances (835): the claims that they decide, each apart from the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pipeline.ingest.x12.interchange import Segment, TransactionSet

_AMOUNT: Final = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{1,4})?|\.[0-9]{1,4})")
_PARTS_OF_CAS: Final = range(2, 18, 3)
_ENDS: Final = ("CLP", "LX", "TS2", "TS3", "PLB")  # what a claim's segments end at
_REMARKS: Final = {"MOA": range(3, 8), "MIA": (5, 20, 21, 22, 23)}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why an amount was not paid: group, reason code and the amount; none where it is no number."""

    group: str
    code: str
    amount: Decimal | None


class Bag:
    """Segments of which some are asked for; the rest can be told."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._segments = list(segments)
        self._taken: set[int] = set()

    def take(self, name: str, *qualifiers: str) -> list[Segment]:
        """The segments of a name, and of one of the qualifiers where any is given."""
        found = [
            (n, segment)
            for n, segment in enumerate(self._segments)
            if segment.name == name and (not qualifiers or segment.at(1) in qualifiers)
        ]
        self._taken |= {n for n, _ in found}
        return [segment for _, segment in found]

    def first(self, name: str, *qualifiers: str) -> Segment:
        """The first of them; an empty one where there is none."""
        return next(iter(self.take(name, *qualifiers)), Segment(name, ()))

    @property
    def rest(self) -> list[Segment]:
        """What was not asked for."""
        return [segment for n, segment in enumerate(self._segments) if n not in self._taken]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a remittance: the segments of its own and of each of its lines, and of what is about all claims.

    `whole`: its segments do not end with those of a file that was cut short.
    """

    heading: tuple[Segment, ...]
    own: tuple[Segment, ...]
    lines: tuple[tuple[Segment, ...], ...]
    whole: bool

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All of it."""
        return (*self.own, *(segment for line in self.lines for segment in line))

    @property
    def patients(self) -> int:
        """How many patients it names: with two, the beginning of another claim is lost."""
        return sum(segment.name == "NM1" and segment.at(1) == "QC" for segment in self.segments)

    @property
    def balances(self) -> bool:
        """Whether what was billed less the adjustments is what was paid, of the claim, of each line and of the lines.

        An amount that is missing is no reason to doubt the others.
        """
        head = self.own[0]
        parts = [(head.at(3), self.segments, head.at(4))]
        parts += [(line[0].at(2), line, line[0].at(3)) for line in self.lines]
        billed = [amount(line[0].at(2)) for line in self.lines]
        told = [one for one in billed if one is not None]
        all_lines = not told or len(told) < len(billed) or sum(told) == (amount(head.at(3)) or sum(told))
        return all_lines and all(_adds_up(*part) for part in parts)


def amount(text: str) -> Decimal | None:
    """The number that an element gives; None where it is none."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def adjustments(segments: Iterable[Segment]) -> list[Adjustment]:
    """The adjustments of a claim or a line, in order."""
    return [
        Adjustment(segment.at(1), segment.at(n), amount(segment.at(n + 1)))
        for segment in segments
        if segment.name == "CAS"
        for n in _PARTS_OF_CAS
        if segment.at(n)
    ]


def remarks(segments: Iterable[Segment]) -> list[str]:
    """The remark codes of a claim or a line, in order, each once."""
    found: list[str] = []
    for segment in segments:
        if segment.name == "LQ" and segment.at(1) == "HE":
            found.append(segment.at(2))
        found += [segment.at(n) for n in _REMARKS.get(segment.name, ())]
    return list(dict.fromkeys(filter(None, found)))


def claims(transaction: TransactionSet) -> Iterator[Claim]:
    """The claims of a remittance in order."""
    segments = transaction.segments
    starts = [n for n, segment in enumerate(segments) if segment.name == "CLP"]
    heading = tuple(segments[: next((n for n, one in enumerate(segments) if one.name in _ENDS), len(segments))])
    for start in starts:
        end = next((n for n in range(start + 1, len(segments)) if segments[n].name in _ENDS), len(segments))
        own, *lines = _lines(segments[start:end])
        yield Claim(heading, own, tuple(lines), whole=not (transaction.cut and end == len(segments)))


def _lines(segments: Sequence[Segment]) -> list[tuple[Segment, ...]]:
    """The claim's own segments, then those of each line."""
    parts: list[list[Segment]] = [[]]
    for segment in segments:
        if segment.name == "SVC":
            parts.append([])
        parts[-1].append(segment)
    return [tuple(part) for part in parts]


def _adds_up(billed: str, segments: Iterable[Segment], paid: str) -> bool:
    charge, given = amount(billed), amount(paid)
    taken = [one.amount for one in adjustments(segments)]
    if charge is None or given is None or None in taken:
        return True
    return charge - sum(one for one in taken if one is not None) == given
