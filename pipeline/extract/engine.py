"""The protocol of an extraction engine, and the embedded engine, which works by rules."""

from collections.abc import Sequence
from typing import Protocol

from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.criteria.criteria import criteria, criteria_source
from pipeline.extract.letter.appeal import appeal
from pipeline.extract.letter.letter import read_letter
from pipeline.extract.letter.payer import payer
from pipeline.extract.letter.plan_type import plan_type
from pipeline.extract.letter.reason import reason
from pipeline.extract.letter.values import values
from schemas.denial import Denial
from schemas.document import Document
from schemas.proposal import DenialProposal, FactProposal


class Extractor(Protocol):
    """Reads documents and proposes. It cites nothing: grounding does."""

    name: str

    def propose_denial(self, letter: Document, policies: Sequence[Document]) -> DenialProposal:
        """What the denial letter states, and the criteria it or a policy gives."""
        ...

    def propose_facts(self, documents: Sequence[Document], denial: Denial, /) -> tuple[FactProposal, ...]:
        """What the patient's clinical documents state; an engine may look only for what the denial's criteria ask."""
        ...


class RulesExtractor:
    """Labels, layout, vocabulary and grammar. Needs no key and no network."""

    name = "rules"

    def propose_denial(self, letter: Document, policies: Sequence[Document]) -> DenialProposal:
        """Each field by its own reader; the criteria need the service and the reason."""
        paragraphs = read_letter(letter)
        stated = [*values(paragraphs), *appeal(paragraphs), *criteria_source(paragraphs)]
        stated += [found for found in (payer(paragraphs), plan_type(letter), reason(paragraphs)) if found]
        named = {value.field: value.value for value in reversed(stated)}
        wanted = criteria(
            paragraphs, [read_letter(policy) for policy in policies], named.get("service", ""), named.get("reason", "")
        )
        return DenialProposal(values=tuple(stated), criteria=wanted)

    def propose_facts(self, documents: Sequence[Document], _denial: Denial, /) -> tuple[FactProposal, ...]:
        """Treatments, measurements, findings and the rest, each from its sentence or table row; whatever is asked."""
        return tuple(proposal for document in documents for proposal in propose_facts(document))
