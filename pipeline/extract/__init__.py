"""Document -> Denial and facts: rules and model propose, grounding disposes."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.agree import agreed_denial, agreed_readings
from pipeline.extract.agree_facts import agreed_facts
from pipeline.extract.codes import code_warnings
from pipeline.extract.copies import one_source
from pipeline.extract.criteria.requirements import located, translate
from pipeline.extract.engine import Extractor, RulesExtractor
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_denial import GroundedDenial, ground_denial
from pipeline.extract.ground_facts import GroundedFacts, ground_facts
from pipeline.extract.guidelines import passages
from pipeline.extract.identity import Person, contradicting, person_in, same_name, tell_whose
from pipeline.extract.letter.service_names import place_of
from pipeline.extract.letter.several import claim_number, denies_nothing, several_denials
from pipeline.extract.machine_talk import machine_talk
from pipeline.extract.model.engine import ModelExtractor
from pipeline.extract.model.identifiers import identity_of
from pipeline.extract.model.reread import reread
from pipeline.extract.model.reread_denial import reread_denial
from pipeline.extract.roles import Sorted, denial_strength, sort_documents
from pipeline.extract.silenced import silenced
from schemas.denial import Denial
from schemas.document import Document

__all__ = [
    "Extractor",
    "GroundedDenial",
    "GroundedFacts",
    "ModelExtractor",
    "Person",
    "RulesExtractor",
    "Sorted",
    "claim_number",
    "code_warnings",
    "contradicting",
    "denial_strength",
    "denies_nothing",
    "extract_denial",
    "extract_facts",
    "identity_of",
    "machine_talk",
    "one_source",
    "passages",
    "person_in",
    "same_name",
    "sort_documents",
    "tell_whose",
]


def extract_denial(engine: Extractor, letter: Document, policies: Sequence[Document]) -> GroundedDenial:
    """The denial as the letter states it, each criterion asked of the side and part that the service names.

    With the model engine the rules read too: see `pipeline.extract.agree`.
    """
    heard, *rules_of = map(silenced, (letter, *policies))
    found = ground_denial(_rules(engine).propose_denial(heard, rules_of), Grounder([heard, *rules_of]), translate)
    if isinstance(engine, ModelExtractor):
        grounder = Grounder([letter, *policies])
        borne = reread_denial(engine.propose_denial(letter, policies), letter, policies)
        proposed = ground_denial(borne.proposal, grounder, translate)
        found = agreed_denial(found, replace(proposed, refused=(*borne.refused, *proposed.refused)))
        found = agreed_readings(found, engine.propose_readings(found.denial.criteria))
    denial = found.denial
    side, body_part = place_of(denial.service.value if denial.service else "")
    criteria = tuple(
        criterion.model_copy(update={"requirement": located(criterion.requirement, side, body_part)})
        if criterion.requirement
        else criterion
        for criterion in denial.criteria
    )
    warnings = (*found.warnings, *several_denials(letter))
    return GroundedDenial(denial.model_copy(update={"criteria": criteria}), found.refused, warnings, found.agreed)


def _rules(engine: Extractor) -> Extractor:
    """The engine that reads without a model: beside the model's, the rules."""
    return RulesExtractor() if isinstance(engine, ModelExtractor) else engine


def extract_facts(engine: Extractor, charts: Sequence[Document], denial: Denial) -> GroundedFacts:
    """The facts of the patient's clinical documents; with the model engine the rules' and the model's, made one."""
    heard = [silenced(chart) for chart in charts]
    found = ground_facts(_rules(engine).propose_facts(heard, denial), Grounder(heard))
    if not isinstance(engine, ModelExtractor):
        return found
    borne = reread(engine.propose_facts(charts, denial), charts, found.facts)
    proposed = ground_facts(borne.proposals, Grounder(charts))
    model = GroundedFacts(proposed.facts, (*borne.refused, *proposed.refused), borne.warnings)
    return agreed_facts(found, model, borne.repeated, borne.differing)
