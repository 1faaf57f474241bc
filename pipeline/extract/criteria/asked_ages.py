"""An age among other things that are asked: "a diagnosis of asthma and age 6 or older", "migraine in an adult"."""

import re
from collections.abc import Callable

from pipeline.extract.criteria.asked import all_of
from pipeline.extract.criteria.clauses import words
from pipeline.extract.criteria.unlisted import kind_of
from pipeline.extract.criteria.unread import is_read
from pipeline.extract.vocabulary import terms as find_terms
from schemas.requirement import Age, All, Attest, Op, Requirement

_ADULT = 18
_PEOPLE = r"patients?|members?|persons?|people|individuals?|enrollees?|beneficiar(?:y|ies)|child(?:ren)?|adults?"
_WHO = rf"(?:{_PEOPLE})"
_CLAUSE = re.compile(
    rf"\b(?:in (?:an? )?{_WHO} )?(?:who (?:is|are) )?(?:an? )?"
    r"(?:(?:age[ds]? )?(?:at least )?(?P<n>\d{1,2})(?: years?)?(?: of age| old)? (?:or|and) (?:older|over|above|up)\b"
    r"|age[ds]? (?:at least|of at least|>=|\u2265) ?(?P<m>\d{1,2})\b(?: years)?(?: of age| old)?)"
    r"|\b(?:in|for) (?:an )?adults?(?: patients?| members?)?(?=\W*$)",
    re.IGNORECASE,
)
_AN_ADULT = re.compile(rf"(?:the {_WHO} )?(?:(?:is|must be) )?an adult(?: {_WHO})?", re.IGNORECASE)
_BEFORE = re.compile(r"(?:[\s,;]|\b(?:and|with|plus|who|is|are|be|must|has|have)\b)+$", re.IGNORECASE)
_AFTER = re.compile(r"^(?:[\s,;]|\b(?:and|with|plus|who|has|have)\b)+", re.IGNORECASE)
_OTHERWISE = re.compile(r"\bor\W*$|\b(?:if|when|unless|for|at|by|before|since|from|dose of)\W*$", re.IGNORECASE)


def aged(text: str, statement: Callable[[str], Requirement | None]) -> Requirement | None:
    """An age and what else is asked, each read apart; a range of ages alone too.

    None of one age alone but "an adult", or where it may be an alternative.
    """
    if words("unless").search(text):
        return None
    if _AN_ADULT.fullmatch(text):
        return Age(years=_ADULT)
    if (ranged := _range(text)) is not None:
        (start, end), ages = ranged
        before, after = text[:start], text[end:]
        if not _JOINED.search(before) and not _OF_SOMEBODY.fullmatch(f"{before} "):
            return None  # "radiation to the chest between 10 and 30 years of age" tells when it was
        if _EVENT.search(before) or _OTHERWISE.search(before) or re.match(r"\W*or\b", after):
            return None
        others = [rest for one in (_BEFORE.sub("", before), _AFTER.sub("", after)) if not _is_nothing(rest := one)]
        return All(of=(*ages, *(statement(one) or kind_of(one) or Attest() for one in others)))
    found = _CLAUSE.search(text)
    if found is None or words("unless").search(text) or words("at_an_age").search(text):
        return None
    before, after = text[: found.start()], text[found.end() :]
    if _OTHERWISE.search(before) or re.match(r"\W*or\b", after) or not _is_an_age(found):
        return None
    others = [_BEFORE.sub("", before), _AFTER.sub("", after)]
    said = [one for one in others if one.strip() and (find_terms(one) or not is_read(one, Attest()))]
    if not said or not any(find_terms(one) for one in said):
        return None
    years = int(found["n"] or found["m"] or _ADULT)
    parts = [Age(years=years), *(statement(one) or kind_of(one) or Attest() for one in said)]
    return all_of(tuple(parts))


_YEARS = r"(?:[ -]?years?)?(?: of age|[ -]olds?)?"
_BELOW = r"(?:under|younger than|less than|below|<(?!=))"
_UP_TO = r"(?:no(?:t)? (?:more|older|greater) than|at most|up to|<=|\u2264)"
_RANGE = re.compile(
    rf"(?:\b(?:age range|ages?|aged)\b:? ?(?:(?:is|of|from|between|range) ){{0,2}}"
    rf"|\b(?:between|from) (?:the )?(?:ages? )?(?:of )?)?"
    rf"(?<![\w.,/-])(?P<low>\d{{1,2}}){_YEARS}(?P<to> ?(?:-|\u2013) ?| (?:to|through|thru|and) )"
    rf"(?P<less>(?:{_BELOW}) ?)?(?P<high>\d{{1,3}})(?![\w.,/%-]*\d){_YEARS}",
    re.IGNORECASE,
)
_BOUNDS = re.compile(
    rf"(?:\b(?:ages?|aged) (?:is |of )?)?"
    rf"(?P<least>at least|no(?:t)? (?:younger|less) than|(?:a )?minimum of|older than|over|>=?|\u2265)? ?"
    rf"(?<![\w.,/-])(?P<low>\d{{1,2}}){_YEARS}(?P<up> (?:or|and) (?:older|over|above|up))?,?"
    rf" (?:(?:and|but) )?(?:(?:is|be) )?(?P<most>{_BELOW}|{_UP_TO}) ?(?P<high>\d{{1,3}}){_YEARS}",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\b", re.IGNORECASE)
_OVER = ("older than", "over", ">")
_AN_AGE = re.compile(r"\b(?:age[sd]?|old|older|younger)\b", re.IGNORECASE)
_OF_SOMEBODY = re.compile(
    rf"\W*(?:(?:the|an?|this|your|must|be|is|are|aged?|for|in|who|you|at|time|of|request|currently|{_PEOPLE})\W+)*",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:diagnos\w+|onset|beg[au]n|start\w*|occur\w*|since|first|treated|history|had|developed|appear\w*)\b",
    re.IGNORECASE,
)


_JOINED = re.compile(rf"(?:[,;:]|\b(?:and|with|plus|who (?:is|are)|for|in|an?|{_PEOPLE})) ?$", re.IGNORECASE)


def _range(text: str) -> tuple[tuple[int, int], tuple[Age, Age]] | None:
    """Where a text gives two bounds of an age, and the two; None where they may be bounds of something else."""
    found = _BOUNDS.search(text)
    if found and (found["least"] or found["up"]):
        low = Op.MORE_THAN if (found["least"] or "").lower() in _OVER else Op.AT_LEAST
        high = Op.LESS_THAN if re.fullmatch(_BELOW, found["most"], re.IGNORECASE) else Op.AT_MOST
    else:
        found = _RANGE.search(text)
        if found is None or (found["to"].strip() == "and" and not _BETWEEN.search(found[0])):
            return None
        low, high = Op.AT_LEAST, Op.LESS_THAN if found["less"] else Op.AT_MOST
    years = re.search(r"\byears?\b", found[0], re.IGNORECASE) and _OF_SOMEBODY.fullmatch(f"{text[: found.start()]} ")
    if not (_AN_AGE.search(found[0]) or years) or int(found["low"]) >= int(found["high"]):
        return None
    return found.span(), (Age(op=low, years=int(found["low"])), Age(op=high, years=int(found["high"])))


def _is_nothing(text: str) -> bool:
    """Whether words beside an age ask nothing more."""
    return (
        not text.strip()
        or bool(_OF_SOMEBODY.fullmatch(f"{text} "))
        or (not find_terms(text) and is_read(text, Attest()))
    )


def _is_an_age(found: re.Match[str]) -> bool:
    """Whether the figure is an age: "older" or "years" says so, or the word itself."""
    return found["n"] is None or bool(re.search(r"\b(?:age|older|old|years?)", found[0], re.IGNORECASE))
