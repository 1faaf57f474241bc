"""The page of a claim: what a transaction says of it, plainly labelled, so that it reads as a notice on paper does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.ingest._flow import Block, readings
from pipeline.ingest._opened import Note, Reading
from pipeline.ingest.layout.page import COLUMN_GAP
from pipeline.ingest.x12.interchange import Fault, Segment
from pipeline.ingest.x12.parties import (
    address,
    contact,
    day,
    glossed,
    labelled,
    member_id,
    period,
    person,
    shown,
    table,
)
from pipeline.ingest.x12.remittance import Adjustment, Bag, Claim, adjustments, amount, remarks
from schemas.document import PageEvent

_SERVICE: Final = ("472", "150", "151")  # DTM: the day, the first and the last day of a line
_AMOUNTS: Final = ("Billed", "Allowed", "Paid")
_NOTHING: Final = {"Billed": "-", "Paid": "-"}  # in a cell without an amount, so that the next is not taken for it


def page(blocks: Iterable[Block], notes: Iterable[str]) -> Reading:
    """A page that begins a document, with its warnings by their codes."""
    (read,) = readings(blocks)
    told = tuple(Note(code, table()["warnings"][code]) for code in dict.fromkeys(notes))
    return replace(read, notes=told, events=(PageEvent.DOCUMENT_START,))


def claim_page(claim: Claim, faults: Iterable[Fault], more: Iterable[str]) -> Reading:
    """A claim of a remittance; `more` are the codes of further warnings."""
    own = Bag(claim.own)
    lines = [Bag(line) for line in claim.lines]
    made = _ClaimPage(claim, own, lines)
    blocks = [Block(table()["remittance"]["heading"]), *_spaced(_payment(claim.heading)), *_spaced(made.identity())]
    blocks += [*made.table(), *_spaced(made.sums())]
    others = [segment for bag in (own, *lines) for segment in bag.rest]
    blocks += list(_spaced(others_as_sent(others)))
    notes = [*faults, *more, *made.doubts()]
    if any(segment.name not in table()["known"] for segment in others):
        notes.append("x12_unknown")
    return page(blocks, notes)


def others_as_sent(segments: Sequence[Segment]) -> list[str]:
    """The segments that no line tells, but for social security numbers."""
    private = set(table()["private"])
    kept = [str(one) for one in segments if not private & {one.at(1), one.at(8)}]
    return [f"Also sent: {'; '.join(kept)}"] if kept else []


def _spaced(lines: Iterable[str]) -> Iterator[Block]:
    """The lines that hold anything, as a paragraph of their own."""
    for n, line in enumerate(filter(None, lines)):
        yield Block(line, tight=n > 0)


def _payment(heading: Sequence[Segment]) -> list[str]:
    """Who paid whom, when and by which payment; bank accounts are not shown."""
    payer, payee = _party(heading, "PR"), _party(heading, "PE")
    bag = Bag(heading)
    paid_by, paid_to = payer.first("N1"), payee.first("N1")
    npi = paid_to.at(4) if paid_to.at(3) == "XX" else ""
    return [
        labelled("Payer name", paid_by.at(2)),
        labelled("Payer address", address(payer)),
        *(labelled("Payer contact", contact(one)) for one in payer.take("PER", "CX", "BL")),
        COLUMN_GAP.join(filter(None, (labelled("Payee", paid_to.at(2)), labelled("NPI", npi)))),
        labelled("Check/EFT number", bag.first("TRN", "1").at(2)),
        labelled("Remittance date", day(bag.first("DTM", "405").at(2))),
        labelled("Payment date", day(bag.first("BPR").at(16))),
    ]


def _party(heading: Sequence[Segment], qualifier: str) -> Bag:
    """The segments of the payer (PR) or the payee (PE)."""
    starts = [n for n, one in enumerate(heading) if one.name == "N1"]
    start = next((n for n in starts if heading[n].at(1) == qualifier), len(heading))
    return Bag(heading[start : next((n for n in starts if n > start), len(heading))])


class _ClaimPage:
    """What the parts of a claim's page say."""

    def __init__(self, claim: Claim, own: Bag, lines: Sequence[Bag]) -> None:
        self._claim, self._own, self._lines = claim, own, lines
        self._head = own.first("CLP")
        self._missing = False

    def identity(self) -> list[str]:
        """Which claim, of whom, and what became of it."""
        patient, insured = self._own.first("NM1", "QC"), self._own.first("NM1", "IL")
        corrected = self._own.first("NM1", "74")
        dates = {kind: self._own.first("DTM", kind).at(2) for kind in ("232", "233", "050")}
        return [
            labelled("Claim number", self._head.at(7)),
            labelled("Patient account number", self._head.at(1)),
            labelled("Patient name", person(patient)),
            labelled("Member ID", member_id(patient) or member_id(insured)),
            labelled("Subscriber name", person(insured)),
            labelled("Name as the payer corrected it", person(corrected)),
            labelled("Rendering provider", person(self._own.first("NM1", "82"))),
            labelled("Service dates", period(dates["232"], dates["233"])),
            labelled("Claim received", day(dates["050"])),
            labelled("Claim status", glossed(self._head.at(2), "claim_status")),
            labelled("Claim filing indicator", glossed(self._head.at(6), "filing")),
        ]

    def table(self) -> list[Block]:
        """The lines with their amounts and codes; of a claim without lines, the claim."""
        rows = [self._line(bag) for bag in self._lines] or [self._as_a_whole()]
        titles = [title for title in rows[0][0] if title in _AMOUNTS or any(cells[title] for cells, _ in rows)]
        if not all(cells.get("Allowed") for cells, _ in rows):
            titles = [title for title in titles if title != "Allowed"]
        blocks = [Block(cells=tuple(titles))]
        for cells, codes in rows:
            told = [f"amount allowed {cells['Allowed']}"] if cells.get("Allowed") and "Allowed" not in titles else []
            blocks.append(Block(cells=tuple(cells[title] or _NOTHING.get(title, "") for title in titles), tight=True))
            blocks += [Block(cells=("This line", *codes, *told), tight=True)] if codes or told else []
        self._missing |= any(not cells[title] for cells, _ in rows for title in _NOTHING)
        sums = [shown(amount(self._head.at(n))) for n in (3, 4)]
        self._missing |= "" in sums
        return [*blocks, Block(COLUMN_GAP.join(("Claim total", *filter(None, sums))), tight=True)]

    def sums(self) -> list[str]:
        """The codes of the whole claim and what falls to the patient."""
        codes = _codes(adjustments(self._claim.own)) if self._lines else []
        self._own.take("CAS")
        for name in ("MOA", "MIA"):
            self._own.take(name)
        return [
            labelled("Claim adjustment codes", ", ".join(codes)),
            labelled("Remark codes", ", ".join(remarks(self._claim.own))),
            labelled("Patient responsibility", shown(amount(self._head.at(5)))),
        ]

    def doubts(self) -> Iterator[str]:
        """The codes of the warnings that its amounts give, once the table is made."""
        if self._missing or any(one.amount is None for one in adjustments(self._claim.segments)):
            yield "x12_amount"
        if not self._claim.balances:
            yield "x12_unbalanced"

    def _line(self, bag: Bag) -> tuple[dict[str, str], list[str]]:
        service = bag.first("SVC")
        days = [one.at(2) for one in bag.take("DTM", *_SERVICE)]
        allowed = amount(bag.first("AMT", "B6").at(2))
        cells = {
            "Service date": period(*days[:2]) if days else "",
            "Procedure code": _procedure(service, 1),
            "Modifiers": " ".join(filter(None, (service.at(1, n) for n in range(3, 7)))),
            "Description": service.at(1, 7).rstrip(" ,-/&"),
            "Units": service.at(5),
            "Billed": shown(amount(service.at(2))),
            "Allowed": shown(allowed),
            "Paid": shown(amount(service.at(3))),
        }
        segments = [*bag.take("CAS"), *bag.take("LQ")]
        codes = [*_codes(adjustments(segments)), *remarks(segments)]
        codes += [f"reject code {one.at(2)}" for one in segments if one.name == "LQ" and one.at(1) != "HE"]
        before = [f"submitted as {_procedure(service, 6)}"] if service.at(6, 2) else []
        revenue = [f"revenue code {service.at(4)}"] if service.at(4) else []
        return cells, [*codes, *before, *revenue]

    def _as_a_whole(self) -> tuple[dict[str, str], list[str]]:
        group = self._head.at(11)
        cells = {
            "Service": f"DRG {group}" if group else f"Claim {self._head.at(7) or self._head.at(1)}",
            "Billed": shown(amount(self._head.at(3))),
            "Paid": shown(amount(self._head.at(4))),
        }
        return cells, _codes(adjustments(self._claim.own))


def _procedure(service: Segment, element: int) -> str:
    """The code of a procedure, with what it is a code of where it is no HCPCS code."""
    kind, code = service.at(element, 1), service.at(element, 2)
    return f"{table()['procedures'].get(kind, kind)} {code}".strip() if code else ""


def _codes(found: Iterable[Adjustment]) -> list[str]:
    """Adjustments as CO-50 125.00."""
    return [f"{one.group}-{one.code} {shown(one.amount)}".strip() for one in found]
