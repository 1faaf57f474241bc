"""The model writer: sentences that a language model proposes for the points that tell facts of the record.

The model is given the plan and never a document: of each point its template sentence and its facts by id, as values.
What states the law, asks for something, repeats the notice, quotes the record or waits for a person stays a template.
Each sentence is judged like any other writer's (`letter.reasons_against`); a refused one is asked for once more, with
the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from pipeline.draft.answers import figure_range
from pipeline.draft.evidence import Evidence
from pipeline.draft.letter import reasons_against
from pipeline.draft.phrases import Told, figure
from pipeline.draft.points import LetterPlan, PartPlan, Point
from pipeline.draft.scope import Scope
from pipeline.draft.verify_words import own_words, parts, plain_words
from pipeline.draft.writer import from_template
from pipeline.llm import Ask, Model, Reply, load
from schemas.base import Frozen
from schemas.coverage import Verdict
from schemas.fact import FactKind, Outcome
from schemas.letter import Appellant, Part, Sentence, SentenceKind

PROMPT = "draft_sentences"
_MOST_FACTS = 12  # of a point; what tells more is a list, and stays one
_LONGEST_ID = 64
_LONGEST_TEXT = 1000  # characters, of what is read at all


class FactData(Frozen):
    """A fact as values, each as the letter prints it; "" where the places that state the fact do not give it."""

    id: str
    kind: FactKind
    name: str
    value: str = Field(default="", description="With its unit or its scale.")
    dose: str = ""
    site: str = Field(default="", description="Where on the body, with the side.")
    side: str = ""
    start: str = ""
    end: str = ""
    recorded: str = ""
    length: str = ""
    visits: str = ""
    outcome: Outcome | None = None
    reason: str = ""
    denied: bool = False


class Asked(Frozen):
    """What a criterion asks for in figures, and what the checker counted."""

    criterion: str
    needed: str
    figure: str


class RefusedData(Frozen):
    """What was proposed for a point before, and why it was refused."""

    sentence: str
    reasons: tuple[str, ...]


class PointData(Frozen):
    """A point to tell in one sentence."""

    point: str
    template: str
    facts: tuple[FactData, ...]
    asked: Asked | None = None
    refused: RefusedData | None = None


class PartData(Frozen):
    """The part that points stand in, and in whose voice they are told."""

    part: Part
    voice: Appellant


class Proposed(Frozen):
    """A sentence for a point."""

    point: str = Field(max_length=_LONGEST_ID)
    sentence: str = Field(min_length=1, max_length=_LONGEST_TEXT)


class DraftedSentences(Frozen):
    """The reply: a sentence for each point, or for some of them."""

    sentences: tuple[Proposed, ...]


@dataclass(frozen=True)
class _Telling:
    """A point that is asked for, with its template and what is said of it to the model."""

    point: Point
    template: Sentence
    data: PointData


class ModelWriter:
    """A writer that asks a model: once for each part, at the same time, and once again for what was refused."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.prompt = load(PROMPT)

    def write(self, plan: LetterPlan, evidence: Evidence) -> tuple[Sentence, ...]:
        """The sentences the model proposes, those of its second try after those of its first; none where it failed."""
        asked = [(part, telling) for part in plan.parts if (telling := tuple(_tellings(part, evidence)))]
        first = self._proposed(asked, evidence)
        again = [
            (part, retold)
            for (part, tellings), sentences in zip(asked, first, strict=True)
            if (retold := tuple(_refused(tellings, sentences, evidence)))
        ]
        return tuple(
            sentence for tried in (first, self._proposed(again, evidence)) for part in tried for sentence in part
        )

    def _proposed(
        self, asked: Sequence[tuple[PartPlan, tuple[_Telling, ...]]], evidence: Evidence
    ) -> list[tuple[Sentence, ...]]:
        """What the model says of each part, in their order."""
        if not asked:
            return []
        asks = [
            Ask(self.prompt, _data(part, [telling.data for telling in tellings], evidence), DraftedSentences)
            for part, tellings in asked
        ]
        answers = self._model.ask(asks)
        return [
            tuple(_sentences(answer.value, tellings)) if isinstance(answer, Reply) else ()
            for (_, tellings), answer in zip(asked, answers, strict=True)
        ]


def _tellings(part: PartPlan, evidence: Evidence) -> Iterator[_Telling]:
    """The points of a part that a model may tell: they state facts, in other words than those of a document."""
    for point in part.points:
        if point.kind is not SentenceKind.FACT or not 0 < len(point.facts) <= _MOST_FACTS or point.fields:
            continue
        template = from_template(point, evidence)
        facts = tuple(_fact_data(name, evidence) for name in point.facts)
        quoted = set(parts(template.text).quoted)
        if quoted <= {fact.reason for fact in facts} and _names_something(template) and not _set_aside(point, evidence):
            data = PointData(point=point.id, template=template.text, facts=facts, asked=_asked(point, evidence))
            yield _Telling(point, template, data)


def _names_something(template: Sentence) -> bool:
    """Whether it says anything of its facts to be said otherwise; "The record meets this criterion" does not."""
    return not plain_words().issuperset(own_words(parts(template.text).own))


def _set_aside(point: Point, evidence: Evidence) -> bool:
    result = evidence.results.get(point.criterion or "")
    return result is not None and not {entry.fact for entry in result.rejected}.isdisjoint(point.facts)


def _fact_data(name: str, evidence: Evidence) -> FactData:
    fact = evidence.facts[name]
    told = Told(fact, Scope.of(evidence).against)
    return FactData(
        id=fact.id,
        kind=fact.kind,
        name=told.name,
        value=told.value,
        dose=told.dose,
        site=told.site,
        side=told.side,
        start=told.start,
        end=told.end,
        recorded=told.recorded,
        length=told.length,
        visits=told.visits,
        outcome=fact.outcome,
        reason=told.reason,
        denied=told.denies,
    )


def _asked(point: Point, evidence: Evidence) -> Asked | None:
    """The checker's arithmetic for the criterion that a point answers, where it is met by any."""
    result = evidence.results.get(point.criterion or "")
    if result is None or result.computed is None or result.verdict is not Verdict.MET:
        return None
    counted = figure(result.computed.figure) if figure_range(result.computed) else ""
    return Asked(criterion=result.criterion, needed=result.computed.needed, figure=counted)


def _data(part: PartPlan, points: Iterable[PointData], evidence: Evidence) -> str:
    """A line of JSON for the part, then one for each point: whatever a value holds, it stays within its quotes."""
    lines: tuple[Frozen, ...] = (PartData(part=part.part, voice=evidence.appellant), *points)
    return "\n".join(line.model_dump_json(exclude_defaults=True) for line in lines)


def _sentences(reply: DraftedSentences, tellings: Iterable[_Telling]) -> Iterator[Sentence]:
    """What was proposed, on the facts and places of its points; for what was not asked it rests on nothing."""
    templates = {telling.point.id: telling.template for telling in tellings}
    for said in reply.sentences:
        text = " ".join(said.sentence.split())
        template = templates.get(said.point)
        yield (
            template.model_copy(update={"text": text})
            if template
            else Sentence(id=said.point, kind=SentenceKind.FACT, text=text)
        )


def _refused(tellings: Iterable[_Telling], sentences: Sequence[Sentence], evidence: Evidence) -> Iterator[_Telling]:
    """The points for which nothing that was proposed can stand, with the last that was and the reasons against it."""
    for telling in tellings:
        tried = [sentence for sentence in sentences if sentence.id == telling.point.id]
        reasons = [reasons_against(sentence, telling.point, telling.template, evidence) for sentence in tried]
        if tried and all(reasons):
            refused = RefusedData(sentence=tried[-1].text, reasons=reasons[-1])
            yield _Telling(telling.point, telling.template, telling.data.model_copy(update={"refused": refused}))
