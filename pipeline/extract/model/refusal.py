"""What a model proposed and the words do not bear out, as the reviewer is shown it."""

from schemas.case import Refused
from schemas.proposal import FactProposal, ProposedCriterion, ProposedValue


def refused_fact(proposal: FactProposal, reason: str) -> Refused:
    """A fact that does not count, with why."""
    value = proposal.name if proposal.value is None else f"{proposal.name} {proposal.value}"
    quote = " ".join(quote.text for quote in proposal.quotes)
    return Refused(what=proposal.kind, value=value, quote=quote, document=proposal.quotes[0].document, reason=reason)


def refused_value(proposal: ProposedValue, reason: str) -> Refused:
    """A value of the denial that does not count, with why."""
    quote = " ".join(quote.text for quote in proposal.quotes)
    document = proposal.quotes[0].document
    return Refused(what=proposal.field, value=proposal.value, quote=quote, document=document, reason=reason)


def refused_criterion(proposal: ProposedCriterion, reason: str) -> Refused:
    """A criterion that does not count, with why."""
    text = " ".join(quote.text for quote in proposal.quotes)
    return Refused(what="criterion", value=text, quote=text, document=proposal.quotes[0].document, reason=reason)
