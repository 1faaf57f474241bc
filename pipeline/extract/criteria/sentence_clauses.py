"""The clauses of a sentence that tells a rule: "when A is so, has B and had C, and whose D was so" asks four things."""

import re

from pipeline.extract.criteria.criteria_leads import asks
from pipeline.extract.criteria.criteria_lists import one_row
from pipeline.extract.criteria.criteria_within import is_outside, parted, rule_in
from pipeline.extract.lines import Stretch
from schemas.proposal import ProposedCriterion

_VERB = (
    r"(?:is|are|was|were|has|have|had|must|does|do|did|can|cannot|could|may|will|shows?|remains?|exceeds?|last(?:s|ed)"
    r"|gave|gives?|reports?|needs?|carries|takes?|took|received|failed|improve[sd]?|persists?|confirms?|used)\b"
)
_WORD = r"[\w'\u2019/%.()-]+"
_NO_NOUN = r"(?!(?:or|and|to|by|of|in|for|with|without|not|at|on|than|each|it|then|before|until|including|such)\b)"
_SUBJECT = (
    rf"{_NO_NOUN}{_WORD}\s+(?:(?!(?:and|who|whose|which|that|when|if|not|could|can)\b){_WORD}\s+){{0,8}}?"
    r"(?<!\sor\s)(?<!\sand\s)(?<!\sto\s)"
)
_JOINT = re.compile(
    r"(?P<comma>[,;])\s+(?:and\s+)?|\s+and\s+|\s+(?=who(?:se)?\s)|\s+(?=after\s+at\s+least\s+\d)"
    r"|(?:(?<=adult)|(?<=patient)|(?<=member)|(?<=person))\s+(?=with\s)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?:only\s+)?(?:when|if|where|that|who(?:se)?|after|with)\s+(?=\w)", re.IGNORECASE)
_CLAUSE = re.compile(rf"(?:it\s+|they\s+|s?he\s+)?{_VERB}|{_SUBJECT}{_VERB}|no\s\w", re.IGNORECASE)  # after a comma
_AND_CLAUSE = re.compile(rf"(?:the|an?|your|there|[A-Z][\w-]+)\s+(?:(?!and\b){_WORD}\s+){{0,6}}?{_VERB}")  # after "and"
_ELIDED = re.compile(r"(?:either\s+)?(?:has|have|had|is|needs|takes|cannot)\b")
_OF_A_PERSON = re.compile(
    r"\b(?:who|you|he|she|they|(?:member|patient|participant|child|beneficiary|enrollee|adult|person)s?)\s+(?:either\s+)?"
    r"(?:is|are|was|has|have|had|needs?|takes?)\b[^,;]*$",
    re.IGNORECASE,
)


def clauses_within(sentence: Stretch, start: int) -> tuple[ProposedCriterion, ...]:
    """The clauses of a sentence from where its asking begins, each a criterion; none where it asks one thing.

    What is told of one person (", has tried X, and whose score is Y") is a clause without a subject of its own.
    """
    sentence = rule_in(sentence)
    text = sentence.text
    joints = [one for one in _JOINT.finditer(text, start) if is_outside(text, one.start()) and _parts(text, one)]
    if not joints or (joints[-1]["comma"] and not _ends_series(text, joints[-1])):
        return ()
    parts = parted(sentence, start, joints)
    if _THAT.match(text, joints[0].end()):  # "only if it is reasonable to expect that A, that B"
        own = _THAT.search(parts[0].text)
        parts[:1] = [parts[0].part(own.start(), len(parts[0].text))] if own else []
    parts = [_bare(part) for part in parts]
    must = [_MUST.search(part.text) is not None for part in parts]
    if start == 0:  # the whole sentence asks, so each of its clauses does, but for one that only leads to them
        lead = 1 if not must[0] and _LEADING.match(text) else 0
        return tuple(one_row([part]) for part in parts[lead:]) if all(must[lead:]) and len(parts) > lead + 1 else ()
    asked = sum(said or asks(part.text) for said, part in zip(must, parts, strict=True))
    return tuple(one_row([part]) for part in parts) if 2 * asked > len(parts) else ()


def _ends_series(text: str, joint: re.Match[str]) -> bool:
    """Whether the last joint says so: "A, B, and C", or "A, when B"; two adjectives have a comma between them too."""
    return "and" in joint[0] or _LEAD.match(text, joint.end()) is not None


def things_within(sentence: Stretch, start: int) -> tuple[ProposedCriterion, ...]:
    """The things of "requires a score of 20 or more, two visits, and a cardiac clearance", each a criterion; else none.

    Three or more, each with an article, a number or what it is of. Where they were to fail, or to be tried, that is
    said of all of them, and they stay together.
    """
    sentence = rule_in(sentence)
    text = sentence.text
    joints = [one for one in _COMMA.finditer(text, start) if is_outside(text, one.start())]
    if len(joints) < 2 or "and" not in joints[-1][0]:
        return ()
    parts = [_bare(part) for part in parted(sentence, start, joints)]
    told = all(_A_THING.match(part.text) for part in parts[1:]) and 2 * sum(asks(part.text) for part in parts) > len(
        parts
    )
    return tuple(one_row([part]) for part in parts) if told and not _TRIED.search(parts[0].text) else ()


_COMMA = re.compile(r",\s+(?:and\s+)?")
_A_THING = re.compile(
    r"(?:an?|the|at\s+least|no|documented|documentation|evidence|proof|confirmation|\d+|two|three|four|six|age)\s|\w+\s+(?:by|from|of)\s",
    re.IGNORECASE,
)
_TRIED = re.compile(r"\b(?:fail|trial|tried|inadequate|intoleran|contraindicat|either\b|any\b|one of\b)", re.IGNORECASE)
_LEADING = re.compile(r"(?:before|for|to|under|according|in|if|when)\s", re.IGNORECASE)
_MUST = re.compile(r"\b(?:must|has to|have to|may not)\b")
_THAT = re.compile(r"\bthat\s", re.IGNORECASE)


def _parts(text: str, joint: re.Match[str]) -> bool:
    """Whether a clause begins after a joint."""
    if (lead := _LEAD.match(text, joint.end())) is not None:
        return lead[0].lower() != "with " or not _MUST.search(text)  # "a patient with A must have B" is one
    if joint["comma"]:
        return _CLAUSE.match(text, joint.end()) is not None
    if _ELIDED.match(text, joint.end()):
        return _OF_A_PERSON.search(text[: joint.start()]) is not None
    return _AND_CLAUSE.match(text, joint.end()) is not None


def _bare(part: Stretch) -> Stretch:
    """Without the word that leads to it, and the stop after it."""
    lead = re.match(r"(?:(?:only\s+)?(?:when|if|where|that|who(?:se)?|with)\s+)?", part.text, re.IGNORECASE)
    begin = lead.end() if lead else 0
    return part.part(begin, len(part.text.rstrip(" ;,.\n")))
