"""Which engine works a case: the rules alone, or a language model with the rules beside it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pydantic import BaseModel

from pipeline import draft, extract
from pipeline.llm import (
    Ask,
    Breaker,
    Client,
    Connection,
    Failed,
    FaultKind,
    Model,
    Prompt,
    Pseudonymized,
    Reply,
    shared_breaker,
)
from schemas.coverage import Warning
from schemas.document import Document
from schemas.usage import Usage

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """A model that a case is to be worked with.

    `pseudonyms`: whether what tells who the case is about is replaced before it is sent, and with it whether dates
    `keep` or `shift`; None sends all as it stands. `breaker` is the circuit breaker; None is the one that all cases of
    this process share for the server, so an order can be made anew for each, or sent to another process.
    """

    connection: Connection
    pseudonyms: Literal["keep", "shift"] | None = None
    breaker: Breaker | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """What reads and writes one case. `writer` is None where the templates write."""

    reader: extract.Extractor
    writer: draft.Writer | None = None
    model: Model | None = None
    prompts: tuple[Prompt, ...] = ()
    failures: Counter[tuple[str, FaultKind]] = field(default_factory=Counter)

    @property
    def name(self) -> Literal["rules", "model"]:
        """As case.json has it."""
        return "rules" if self.model is None else "model"

    @property
    def usage(self) -> Usage | None:
        """What the model cost so far."""
        return self.model.usage if self.model is not None else None

    def warnings(self) -> tuple[Warning, ...]:
        """What the model failed: the task, the kind and the count, and no text."""
        return tuple(
            Warning(
                code="model_failed",
                message=f"The model gave no usable answer to {task} ({kind}, {count} of its questions). "
                "What the rules read and the templates say stands.",
            )
            for (task, kind), count in sorted(self.failures.items())
        )


def engine_of(
    order: ModelOrder | None, documents: Sequence[Document], letter: Document, policies: Sequence[Document], case: str
) -> Engine:
    """The engine of a case, by its id; whom its documents are about the rules find out before anything is sent."""
    if order is None:
        return Engine(extract.RulesExtractor())
    failures: Counter[tuple[str, FaultKind]] = Counter()
    model: Model = Client(order.connection, order.breaker or shared_breaker(order.connection.base_url))
    if order.pseudonyms is not None:
        denial = extract.extract_denial(extract.RulesExtractor(), letter, policies).denial
        model = Pseudonymized(model, extract.identity_of(documents, denial, case), order.pseudonyms)
    counted = _Counted(model, failures)
    reader, writer = extract.ModelExtractor(counted), draft.ModelWriter(counted)
    return Engine(reader, writer, model, (*reader.prompts, writer.prompt), failures)


class _Counted:
    """A model whose failures are counted by task."""

    def __init__(self, model: Model, failures: Counter[tuple[str, FaultKind]]) -> None:
        self.name = model.name
        self._model = model
        self._failures = failures

    @property
    def usage(self) -> Usage:
        return self._model.usage

    def ask(self, asks: Sequence[Ask[T]]) -> tuple[Reply[T] | Failed, ...]:
        answers = self._model.ask(asks)
        for ask, answer in zip(asks, answers, strict=True):
            if isinstance(answer, Failed):
                self._failures[ask.prompt.name, answer.kind] += 1
        return answers
