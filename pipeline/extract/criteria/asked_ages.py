"""An age among other things that are asked: "a diagnosis of asthma and age 6 or older", "migraine in an adult"."""

import re
from collections.abc import Callable

from pipeline.extract.criteria.asked import all_of
from pipeline.extract.criteria.clauses import words
from pipeline.extract.criteria.unlisted import kind_of
from pipeline.extract.criteria.unread import is_read
from pipeline.extract.vocabulary import terms as find_terms
from schemas.requirement import Age, Attest, Requirement

_ADULT = 18
_WHO = r"(?:patients?|members?|persons?|people|individuals?|enrollees?|beneficiar(?:y|ies)|child(?:ren)?|adults?)"
_CLAUSE = re.compile(
    rf"\b(?:in (?:an? )?{_WHO} )?(?:who (?:is|are) )?(?:an? )?"
    r"(?:(?:age[ds]? )?(?:at least )?(?P<n>\d{1,2})(?: years?)?(?: of age| old)? (?:or|and) (?:older|over|above|up)\b"
    r"|age[ds]? (?:at least|of at least|>=|\u2265) ?(?P<m>\d{1,2})\b(?: years)?(?: of age| old)?)"
    r"|\b(?:in|for) (?:an )?adults?(?: patients?| members?)?(?=\W*$)",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:[\s,;]|\b(?:and|with|plus|who|is|are|be|must|has|have)\b)+$", re.IGNORECASE)
_AFTER = re.compile(r"^(?:[\s,;]|\b(?:and|with|plus|who|has|have)\b)+", re.IGNORECASE)
_OTHERWISE = re.compile(r"\bor\W*$|\b(?:if|when|unless|for|at|by|before|since|from|dose of)\W*$", re.IGNORECASE)


def aged(text: str, statement: Callable[[str], Requirement | None]) -> Requirement | None:
    """An age and what else is asked, each read apart. None of an age alone, or where it may be an alternative."""
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


def _is_an_age(found: re.Match[str]) -> bool:
    """Whether the figure is an age: "older" or "years" says so, or the word itself."""
    return found["n"] is None or bool(re.search(r"\b(?:age|older|old|years?)", found[0], re.IGNORECASE))
