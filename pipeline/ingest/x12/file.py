"""X12 files: remittances (835) and claim status (277), a page for each claim, each page a document of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.errors import AppealwrightError
from pipeline.ingest._joined import Joined, Refused
from pipeline.ingest._opened import Opened, Reading, Sections
from pipeline.ingest._text import decode
from pipeline.ingest.sources import Limits
from pipeline.ingest.x12.interchange import Fault, TransactionSet, transaction_sets
from pipeline.ingest.x12.pages import claim_page
from pipeline.ingest.x12.remittance import Claim, claims
from pipeline.ingest.x12.status import status_pages
from schemas.case import Category

_ASK = "Ask for a whole copy of the remittance."


def open_x12(place: str, data: bytes, limits: Limits) -> Opened:
    """The claims of the file. A claim that is not whole, or may be of two patients, is a page that fails.

    AppealwrightError where the interchange is damaged, of another kind, or holds no claim.
    """
    text = decode(data) or data.decode("cp1252", "replace")  # of many control characters: they may be delimiters
    found: list[Reading | AppealwrightError] = []
    for transaction in transaction_sets(place, text):
        pages = _claim_pages if transaction.kind == "835" else status_pages
        for page in pages(place, transaction):
            found.append(page)
            if len(found) > limits.max_pages:
                message = f"it has more than {limits.max_pages} claims (APPEALWRIGHT_MAX_PAGES)"
                raise AppealwrightError(Category.TOO_LARGE, place, message)
    if not found:
        raise AppealwrightError(Category.EMPTY, place, "the interchange holds no claim")
    readings = [page for page in found if isinstance(page, Reading)]
    return Sections(place, tuple(readings)) if len(readings) == len(found) else Joined(place, _parts(place, found))


def _parts(place: str, pages: Sequence[Reading | AppealwrightError]) -> list[Opened]:
    return [Sections(place, (page,)) if isinstance(page, Reading) else Refused(page) for page in pages]


def _claim_pages(place: str, transaction: TransactionSet) -> Iterator[Reading | AppealwrightError]:
    """The pages of a remittance; what is wrong with all of it is told of its first."""
    faults: Sequence[Fault] = sorted(transaction.faults)
    more = ["x12_provider_adjustment"] if any(one.name == "PLB" for one in transaction.segments) else []
    for claim in claims(transaction):
        refused = _refused(claim, counts=Fault.COUNTS not in transaction.faults)
        if refused:
            yield AppealwrightError(Category.UNREADABLE, place, refused, _ASK)
            continue
        yield claim_page(claim, faults, more)
        faults, more = (), []


def _refused(claim: Claim, *, counts: bool) -> str:
    """Why a claim is not shown: what it lacks, or holds, could not be told."""
    if not claim.whole:
        return "the interchange ends within this claim"
    if claim.patients > 1:
        return "two patients stand in one claim: the beginning of another is lost"
    if not counts and not claim.balances:
        return "the interchange has lost segments, and the amounts of this claim do not add up"
    return ""
