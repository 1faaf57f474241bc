"""A rule that only some patients must meet: "an A1c below 8, for members with diabetes"."""

import re
from collections.abc import Callable

from pipeline.extract.criteria.asked import with_person
from schemas.requirement import Age, Any, Finding, Not, Requirement

_PEOPLE = r"(?:the |any |an? )?(?:members?|patients?|individuals?|enrollees?|beneficiar(?:y|ies)|persons?|people|those)"
_WHOM = rf"(?:for|in|if|when|where) {_PEOPLE} (?:who (?:have|has|are|is) |has |have |is |are |with |aged? )+"
_FIRST = re.compile(rf"(?P<lead>{_WHOM})(?P<whom>[^,;:]{{3,60}}),\s+(?P<rule>\S[^:]*)", re.IGNORECASE)
_LAST = re.compile(rf"(?P<rule>[^:]*\S),\s+(?P<lead>{_WHOM})(?P<whom>[^,;:]{{3,60}})", re.IGNORECASE)
_AGED = re.compile(r"\baged? $", re.IGNORECASE)


def of_some(text: str, statement: Callable[[str], Requirement | None]) -> Requirement | None:
    """The rule, or that the patient is none of those it is for, which a person must see to; else None.

    Whoever meets the rule meets it, whether it is for him or not. Whoever does not is only short of it where the
    record shows that it is for him.
    """
    found = _FIRST.fullmatch(text) or _LAST.fullmatch(text)
    if found is None:
        return None
    whom = statement(f"age {found['whom']}" if _AGED.search(found["lead"]) else found["whom"])
    rule = statement(found["rule"])
    if rule is None or not isinstance(whom, Finding | Age) or whom.judged is not None:
        return None
    return Any(of=(rule, with_person(Not(of=whom), found["whom"])))
