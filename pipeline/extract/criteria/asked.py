"""What predicates have in common: their parts joined, and what of a text is left to a person."""

from pipeline.extract.criteria.clauses import Reading
from pipeline.extract.vocabulary import terms as find_terms
from schemas.requirement import All, Any, AtLeast, Attest, Measure, Not, Requirement, Score


def subjects(reading: Reading) -> tuple[str, ...]:
    """The terms that a statement names, each once."""
    return tuple(dict.fromkeys(hit.term.name for hit in reading.hits))


def left(requirement: Requirement, terms: tuple[str, ...]) -> Requirement:
    """The requirement, with the rest of its text, on these terms, left to a person."""
    if isinstance(requirement, Attest):
        return requirement
    update: dict[str, object] = {"judged": tuple(dict.fromkeys((*(requirement.judged or ()), *terms)))}
    if isinstance(requirement, Score | Measure):  # "at presentation", "on room air": which figure counts is not known
        update["use"] = "any"
    return requirement.model_copy(update=update)


def with_person(requirement: Requirement, text: str) -> Requirement:
    """The requirement, and a person's judgement of what else its text says."""
    return left(requirement, tuple(hit.term.name for hit in find_terms(text)))


def all_of(parts: tuple[Requirement, ...]) -> Requirement:
    """Every part, or the only one."""
    return parts[0] if len(parts) == 1 else All(of=parts)


def is_partial(requirement: Requirement) -> bool:
    """Whether some of it is left to a person."""
    if isinstance(requirement, Attest) or requirement.judged is not None:
        return True
    if isinstance(requirement, All | Any | AtLeast):
        return any(is_partial(part) for part in requirement.of)
    return isinstance(requirement, Not) and is_partial(requirement.of)
