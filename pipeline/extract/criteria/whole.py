"""Whether a requirement is all of a statement; and of what must not be there, whether all of it may be told absent."""

from pipeline.extract.criteria.asked import left
from pipeline.extract.criteria.clauses import blank, outcome_places, words
from pipeline.extract.criteria.unread import is_read
from pipeline.extract.vocabulary import terms as find_terms
from schemas.requirement import Finding, Not, Requirement


def is_whole(text: str, stated: Requirement) -> bool:
    """Whether the requirement says all that the text says, and nobody has to judge it."""
    return not words("judgement").search(_without_outcomes(without_names(text))) and is_read(text, stated)


def no_such_kind(text: str, stated: Requirement) -> Requirement | None:
    """That there be none of some kind, where all of it may be told absent: who has no infection has no active one.

    Whether what is there is of that kind, a person must see.
    """
    if not isinstance(stated, Not) or not isinstance(stated.of, Finding) or stated.of.absent:
        return None
    plain = words("kind_of_it").sub(" ", text)
    whole = plain != text and is_whole(plain, stated)
    return stated.model_copy(update={"of": left(stated.of, stated.of.terms)}) if whole else None


def without_names(text: str) -> str:
    """The text with the names of things blanked: "Timed Up and Go" joins nothing."""
    for hit in find_terms(text):
        text = blank(text, hit.start, hit.end)
    return text


def _without_outcomes(text: str) -> str:
    for start, end in outcome_places(text):  # "without sufficient relief" is an outcome, and all of it is asked
        text = blank(text, start, end)
    return text
