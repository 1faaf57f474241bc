"""The engine that asks a language model. What it proposes is read again by code before it counts: see agree.py."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from pipeline.extract.machine_talk import machine_talk
from pipeline.extract.model import denial as denials
from pipeline.extract.model import facts
from pipeline.extract.model.criteria import ReadCriteria, ReadCriterion, shown_criteria
from pipeline.extract.model.retrieval import passages_for
from pipeline.extract.model.sent import numbered
from pipeline.llm import Ask, Failed, Model, Prompt, load
from schemas.denial import Criterion, Denial
from schemas.document import Document, Origin, Page
from schemas.proposal import DenialProposal, FactProposal

T = TypeVar("T", bound=BaseModel)

PROMPTS = ("extract_denial", "read_criteria", "find_facts")


class ModelExtractor:
    """Asks a model for values, readings of criteria and facts."""

    name = "model"

    def __init__(self, model: Model) -> None:
        self.model = model
        self._prompts = {name: load(name) for name in PROMPTS}

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """The prompts it asks with, for provenance."""
        return tuple(self._prompts.values())

    def propose_denial(self, letter: Document, policies: Sequence[Document]) -> DenialProposal:
        """What the letter states, and the criteria it or a policy gives; one question for each document."""
        documents = (letter, *policies)
        prompt = self._prompts["extract_denial"]
        replies = self._ask([Ask(prompt, numbered(one), denials.StatedDenial) for one in documents])
        found = [denials.proposal(reply, one) for reply, one in zip(replies, documents, strict=True) if reply]
        return DenialProposal(
            values=tuple(value for one in found for value in one.values),
            criteria=tuple(criterion for one in found for criterion in one.criteria),
        )

    def propose_readings(self, criteria: Sequence[Criterion]) -> tuple[ReadCriterion, ...]:
        """How the model reads each criterion; those that address a machine are not sent."""
        sent = [criterion for criterion in criteria if not _addresses_a_machine(criterion)]
        if not sent:
            return ()
        (reply,) = self._ask([Ask(self._prompts["read_criteria"], shown_criteria(sent), ReadCriteria)])
        return reply.criteria if reply else ()

    def propose_facts(self, documents: Sequence[Document], denial: Denial, /) -> tuple[FactProposal, ...]:
        """What the chart's passages that bear on each criterion state for it or against it."""
        criteria = {one.id: one for one in denial.criteria if not _addresses_a_machine(one)}
        service = denial.service.value if denial.service else ""
        passages = [one for one in passages_for(list(criteria.values()), documents, service=service) if one.lines]
        asks = [
            Ask(
                self._prompts["find_facts"],
                f"{shown_criteria([criteria[name] for name in one.criteria])}\n\n{one.text}",
                facts.FoundFacts,
            )
            for one in passages
        ]
        return tuple(found for reply in self._ask(asks) if reply for found in facts.proposals(reply))

    def _ask(self, asks: Sequence[Ask[T]]) -> list[T | None]:
        """The values of the replies; None for a question that failed: what the rules read then stands."""
        answers = self.model.ask(asks) if asks else ()
        return [None if isinstance(answer, Failed) else answer.value for answer in answers]


def _addresses_a_machine(criterion: Criterion) -> bool:
    page = Page(document="c", number=1, file_page=1, origin=Origin.TEXT, text=criterion.text.value)
    return any(machine_talk(Document(id="c", file="", sha256="", pages=(page,))))
