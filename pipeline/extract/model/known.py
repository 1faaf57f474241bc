"""A model's fact held against what the rules read in the same words: what is the same, and what differs. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pipeline.extract.ground import UngroundedError
from pipeline.extract.model.courses import canonical_dose, canonical_length
from pipeline.folding import folded
from schemas.fact import Assertion, Fact
from schemas.proposal import FactProposal
from schemas.span import Span

ASSERTION = "assertion"


@dataclass(frozen=True, slots=True)
class Differing:
    """What a model reads otherwise of one of the rules' facts, by its id, and where it read that.

    `particulars` are names of a fact's fields; `assertion` is the model's.
    """

    fact: str
    particulars: tuple[str, ...]
    assertion: Assertion
    spans: tuple[Span, ...]


def repeated(proposal: FactProposal, spans: Sequence[Span], facts: Sequence[Fact]) -> Fact | None:
    """The fact of that name that stands in all these words and says all that the proposal does: nothing is added."""
    return next(
        (
            fact
            for fact in facts
            if fact.name == proposal.name
            and all(any(span.meets(own) for own in fact.spans) for span in spans)
            and fact.assertion is proposal.assertion
            and not any(_others(proposal, fact))
        ),
        None,
    )


def differing(proposal: FactProposal, spans: Sequence[Span], facts: Sequence[Fact]) -> Differing | None:
    """What the proposal says otherwise of the thing than the rules' fact in the same words that it comes nearest to.

    A particular that the rules did not read there is no difference.
    """
    here = [fact for fact in facts if fact.name == proposal.name and any(a.meets(b) for a in fact.spans for b in spans)]
    if not here:
        return None
    fact = min(here, key=lambda one: len(tuple(_said_otherwise(proposal, one))))
    told = _said_otherwise(proposal, fact)
    names = tuple(name for name in told if name == ASSERTION or getattr(fact, name) is not None)
    cited = tuple(span for span in spans if any(span.meets(own) for own in fact.spans))
    return Differing(fact.id, names, proposal.assertion, cited) if names else None


def _said_otherwise(proposal: FactProposal, fact: Fact) -> Iterator[str]:
    yield from _others(proposal, fact)
    if not proposal.assertion.agrees(fact.assertion):
        yield ASSERTION


def _others(proposal: FactProposal, fact: Fact) -> Iterator[str]:
    """The particulars that the proposal states and the fact does not state so."""
    told = {
        "value": (_figure(proposal.value), _figure(fact.value)),
        "value_high": (_figure(proposal.value_high), _figure(fact.value_high)),
        "unit": (_folded(proposal.unit), folded(fact.unit or "")),
        "side": (proposal.side, fact.side),
        "body_part": (_folded(proposal.body_part), folded(fact.body_part or "")),
        "date": (proposal.date, str(fact.date)),
        "start": (proposal.start, str(fact.start)),
        "end": (proposal.end, str(fact.end)),
        "visits": (proposal.visits, fact.visits),
        "outcome": (proposal.outcome, fact.outcome),
    }
    yield from (name for name, (theirs, ours) in told.items() if theirs is not None and theirs != ours)
    length = f"{fact.duration.n:f} {fact.duration.unit}" if fact.duration else None
    dose = f"{fact.dose.n} {fact.dose.unit}" if fact.dose else None
    if not _is_length(proposal.duration, length):
        yield "duration"
    if not _is_dose(proposal.dose, dose):
        yield "dose"


def _is_length(proposed: str | None, own: str | None) -> bool:
    try:
        return canonical_length(proposed) in (None, own)
    except UngroundedError:
        return False


def _is_dose(proposed: str | None, own: str | None) -> bool:
    try:
        return canonical_dose(proposed) in (None, own)
    except UngroundedError:
        return False


def _folded(words: str | None) -> str | None:
    return None if words is None else folded(words)


def _figure(value: str | None) -> Decimal | str | None:
    try:
        return None if value is None else Decimal(value)
    except InvalidOperation:
        return folded(value or "")
