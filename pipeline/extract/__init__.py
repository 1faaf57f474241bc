"""Document -> Denial and facts: rules and model propose, grounding disposes."""

from collections.abc import Sequence

from pipeline.extract.codes import code_warnings
from pipeline.extract.copies import one_source
from pipeline.extract.criteria.requirements import located, translate
from pipeline.extract.engine import Extractor, RulesExtractor
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_denial import GroundedDenial, ground_denial
from pipeline.extract.ground_facts import GroundedFacts, ground_facts
from pipeline.extract.guidelines import passages
from pipeline.extract.identity import contradicting, tell_whose
from pipeline.extract.letter.several import several_denials
from pipeline.extract.letter.values import place_of
from pipeline.extract.machine_talk import machine_talk
from pipeline.extract.roles import Sorted, denial_strength, sort_documents
from schemas.document import Document

__all__ = [
    "Extractor",
    "GroundedDenial",
    "GroundedFacts",
    "RulesExtractor",
    "Sorted",
    "code_warnings",
    "contradicting",
    "denial_strength",
    "extract_denial",
    "extract_facts",
    "machine_talk",
    "one_source",
    "passages",
    "sort_documents",
    "tell_whose",
]


def extract_denial(engine: Extractor, letter: Document, policies: Sequence[Document]) -> GroundedDenial:
    """The denial as the letter states it, each criterion asked of the side and part that the service names."""
    grounder = Grounder([letter, *policies])
    grounded = ground_denial(engine.propose_denial(letter, policies), grounder, translate)
    denial = grounded.denial
    side, body_part = place_of(denial.service.value if denial.service else "")
    criteria = tuple(
        criterion.model_copy(update={"requirement": located(criterion.requirement, side, body_part)})
        if criterion.requirement
        else criterion
        for criterion in denial.criteria
    )
    warnings = (*grounded.warnings, *several_denials(letter))
    return GroundedDenial(denial.model_copy(update={"criteria": criteria}), grounded.refused, warnings)


def extract_facts(engine: Extractor, charts: Sequence[Document]) -> GroundedFacts:
    """The facts of the patient's clinical documents."""
    proposals = [proposal for chart in charts for proposal in engine.propose_facts(chart)]
    return ground_facts(proposals, Grounder(charts))
