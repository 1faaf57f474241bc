"""Claim status and acknowledgments (277, 277CA): what is said of each claim; a heading says that one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.errors import AppealwrightError
from pipeline.ingest._flow import Block
from pipeline.ingest._opened import Reading
from pipeline.ingest.x12.interchange import Segment, TransactionSet
from pipeline.ingest.x12.pages import others_as_sent, page
from pipeline.ingest.x12.parties import day, labelled, member_id, period, person, shown, table
from pipeline.ingest.x12.remittance import Bag, amount
from schemas.case import Category

_OF_A_PATIENT = ("22", "23", "PT")  # HL: subscriber, dependent, patient
_STATUSES = (1, 10, 11)  # elements of STC that hold a status
_KNOWN = ("TRN", "STC", "REF", "DTP", "SVC", "QTY", "AMT", "NM1", "HL", "DMG", "PER")


@dataclass
class _Level:
    """A level of the hierarchy: what stands above it, whom it names, and its claims, each from its trace number on."""

    kind: str
    above: _Level | None
    names: list[Segment] = field(default_factory=list)
    claims: list[list[Segment]] = field(default_factory=list)

    def named(self, *kinds: str) -> Segment:
        """The first name of one of the kinds, here or above; an empty one where there is none."""
        found = next((one for one in self.names if one.at(1) in kinds), None)
        if found is None and self.above is not None:
            return self.above.named(*kinds)
        return found or Segment("NM1", ())


def status_pages(place: str, transaction: TransactionSet) -> Iterator[Reading | AppealwrightError]:
    """A page for each claim of which a patient's level tells."""
    levels = [level for level in _levels(transaction) if level.kind in _OF_A_PATIENT]
    found = [(level, claim) for level in levels for claim in level.claims]
    notes: list[str] = sorted(transaction.faults)
    for n, (level, claim) in enumerate(found, start=1):
        if transaction.cut and n == len(found):
            message = "the interchange ends within this claim"
            yield AppealwrightError(Category.UNREADABLE, place, message, "Ask for a whole copy.")
        elif sum(one.at(1) == "QC" for one in level.names) > 1:
            message = "two patients stand in one claim: the beginning of another is lost"
            yield AppealwrightError(Category.UNREADABLE, place, message, "Ask for a whole copy.")
        else:
            yield _page(transaction.guide, level, claim, notes)
        notes = []


def _levels(transaction: TransactionSet) -> list[_Level]:
    levels: list[_Level] = []
    numbers: dict[str, _Level] = {}
    current = _Level("", None)
    for segment in transaction.segments:
        if segment.name == "HL":
            current = numbers[segment.at(1)] = _Level(segment.at(3), numbers.get(segment.at(2)))
            levels.append(current)
        elif segment.name == "NM1":
            current.names.append(segment)
        elif segment.name == "TRN":
            current.claims.append([segment])
        elif current.claims:
            current.claims[-1].append(segment)
    return levels


def _page(guide: str, level: _Level, claim: list[Segment], notes: list[str]) -> Reading:
    bag = Bag(claim)
    statuses = [(one.at(n, 1), one.whole(n)) for one in bag.take("STC") for n in _STATUSES if one.at(n)]
    rows = table()["status"]
    refused = next((rows["refused"][category] for category, _ in statuses if category in rows["refused"]), "")
    heading = rows["headings"].get(guide[:10], rows["headings"]["other"])
    lines = [*_identity(level, bag), *_said(claim, statuses)]
    blocks = [Block(f"{heading}: {refused.upper()}" if refused else heading)]
    blocks += [Block(line, tight=n > 0) for n, line in enumerate(filter(None, lines))]
    blocks += [Block(line) for line in others_as_sent(bag.rest)]
    if any(one.name not in _KNOWN for one in bag.rest):
        notes = [*notes, "x12_unknown"]
    return page(blocks, notes)


def _identity(level: _Level, bag: Bag) -> Iterator[str]:
    patient, payer = level.named("QC", "IL"), level.named("PR")
    member = member_id(patient) or (member_id(level.named("IL")) if level.kind == "23" else "")
    yield labelled("Payer name", payer.at(3))
    yield labelled("Provider", person(level.named("1P", "85")))
    yield labelled("Claim number", bag.first("REF", "1K").at(2))
    yield labelled("Patient account number", bag.first("REF", "EJ").at(2) or bag.first("TRN", "2").at(2))
    yield labelled("Patient name", person(patient))
    yield labelled("Member ID", member)
    yield labelled("Service dates", period(bag.first("DTP", "472").at(3)))


def _said(claim: list[Segment], statuses: list[tuple[str, str]]) -> Iterator[str]:
    first = next((one for one in claim if one.name == "STC"), Segment("STC", ()))
    yield labelled("Electronic claim status", ", ".join(dict.fromkeys(code for _, code in statuses)))
    yield labelled("Status date", day(first.at(2)))
    yield labelled("Charge", shown(amount(first.at(4))))
    yield labelled("Message", first.at(12))
