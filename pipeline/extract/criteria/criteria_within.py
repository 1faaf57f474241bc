"""Criteria within a sentence: what its marks, semicolons, repeated "that" or "either ... or" part."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from pipeline.extract.criteria.clauses import words as grammar
from pipeline.extract.criteria.criteria_leads import asks, leads_to_criteria, words
from pipeline.extract.criteria.criteria_lists import one_row
from pipeline.extract.criteria.itemized import begins, follows, shape_of
from pipeline.extract.criteria.requirements import how_many_apart, quantity
from pipeline.extract.lines import COLUMN_GAP, Stretch
from pipeline.extract.vocabulary import terms
from schemas.proposal import ProposedCriterion


def rows_within(sentence: Stretch) -> tuple[ProposedCriterion, ...]:
    """The rows of a list within a sentence: "calls for: (i) ...; (ii) ...; and (iii) ..."; none where there is none."""
    text = sentence.text
    first, places = _places_within(text)
    lead = " ".join(text[: first + (4 if text.startswith("that", first) else 0)].split())
    if not places or words("not_criteria").search(lead):
        return ()
    parts = [_trimmed(sentence.part(*place)) for place in places]
    texts = [part.text for part in parts]
    how: Literal["all", "any"] | None = None
    if words("inline_lead").search(lead):
        how = how_many_apart(f"{lead}:", texts) or _plainly(lead, parts)
    if how is None and text[first : first + 1] == ":":
        how = _all_told(f"{lead}:", texts)
    if how is None:
        return ()
    group = "any1" if how == "any" else None
    return tuple(one_row([part], group) for part in parts)


def _all_told(lead: str, parts: Sequence[str]) -> Literal["all"] | None:
    """All, of three parts or more that each ask, where their lead would lead to a list of criteria."""
    asked, _ = quantity(lead, parts)
    plain = asked == "all" and not _narrows(lead)
    return "all" if plain and len(parts) > 2 and all(map(asks, parts)) and leads_to_criteria(lead, "", parts) else None


def _places_within(text: str) -> tuple[int, list[tuple[int, int]]]:
    """Where the lead of a list within a sentence ends, and its parts: by marks, by semicolons, or by "that"."""
    marks = [] if COLUMN_GAP in text else _outermost(list(_MARK.finditer(text)))
    if marks and not (begins(marks[0][0]) and all(follows(b[0], a[0]) for a, b in pairwise(marks))):
        marks = []
    joints = list(re.finditer(r";\s", text))
    colon = re.search(r":\s", text)
    clauses = list(_THAT.finditer(text))
    if len(marks) < 2 and colon and joints and colon.end() <= joints[0].start():
        marks = [colon, *joints]
    elif len(marks) < 2:
        marks = clauses if len(clauses) > 2 and all(";" in clause[0] for clause in clauses[1:]) else []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    places = [(mark.end(), end) for mark, end in zip(marks, ends, strict=False)]
    return (marks[0].start() if marks else 0), places


def _outermost(marks: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The marks of the first one's kind: "(1) A; (2) either (a) B or (b) C; and (3) D" has three parts."""
    kind = shape_of(marks[0][0]) if marks else ""
    return [mark for mark in marks if shape_of(mark[0]) == kind]


_THAT = re.compile(r"(?:;\s+(?:and\s+)?)?\bthat\s+(?:the|an?|your|this)\s+\w+\s+")


_NEAR = 60  # characters of a lead that speak of what follows


def _plainly(lead: str, parts: Sequence[Stretch]) -> Literal["all", "any"] | None:
    """Any of "one of four things"; all, where a lead in words alone ends in what asks: "further visits call for"."""
    if _ANY.search(lead):
        return None if _narrows(lead) else "any"
    how, _ = quantity(f"{lead}:", [part.text for part in parts])
    asks = re.search(r"\b(?:for|requires?|needs?|show|have|that|when|if|of)\W*$", lead)
    return "all" if how == "all" and asks and not _narrows(lead) else None


_ANY = re.compile(r"\b(?:one|any|either)\s(?:or\smore\s)?of\s(?:\w+\s){0,3}\w+\W*$", re.IGNORECASE)
_NARROWS = re.compile(r"\d|\b(?:fail|trial|tried|unless|no|not|without)")
_RULE_NUMBER = re.compile(
    r"\b(?:rule|policy|guideline|section|article|part|chapter|bulletin|criteria|standard|program|protocol|list|CPB|LCD|NCD)\s"
    r"(?:(?:no\.|number|#)\s?)?(?=[\w.-]*\d)[\w.-]+",
    re.IGNORECASE,
)


def _narrows(lead: str) -> bool:
    """Whether the end of a lead asks something of what follows, its policy's number apart."""
    return _NARROWS.search(_RULE_NUMBER.sub("", lead)[-_NEAR:]) is not None


def alternatives_within(sentence: Stretch, start: int) -> tuple[ProposedCriterion, ...]:
    """The parts of "you need a score of 20 or more, and either A or B", from where its asking begins; else none."""
    text, found = sentence.text, _EITHER.search(sentence.text, start)
    joint = _OR.search(text, found.end()) if found else None
    if found is None or joint is None:
        return ()
    places = ((found.end(), joint.start()), (joint.end(), len(text)))
    if not all(terms(text[a:b]) or re.search(r"\d|fail", text[a:b]) for a, b in places):
        return ()
    parts = [_trimmed(sentence.part(*place)) for place in places]
    first = _trimmed(sentence.part(start, found.start()))
    article = re.match(r"(?:an?|the)\s+", first.text)
    first = first.part(article.end() if article else 0, len(first.text))
    return (*([one_row([first])] if first.text else []), *(one_row([part], "any1") for part in parts))


def conditions_within(sentence: Stretch, start: int) -> tuple[ProposedCriterion, ...]:
    """The parts of "covered when A, when B, and C is so", from where the first condition begins; else none."""
    sentence = rule_in(sentence)
    text = sentence.text
    joints = [one for one in _WHEN.finditer(text, start) if is_outside(text, one.start())]
    if not joints:
        joints = [one for one in _SEMICOLON.finditer(text, start) if is_outside(text, one.start())]
        joints = [] if any(re.search(r"\bor\s", one[0]) for one in joints[-1:]) or _MARK.search(text) else joints
    if not joints:
        return ()
    if (last := _AND_CLAUSE.search(text, joints[-1].end())) is not None and is_outside(text, last.start()):
        joints.append(last)
    parts = parted(sentence, start, joints)
    return tuple(one_row([part]) for part in parts) if sum(asks(part.text) for part in parts) * 2 > len(parts) else ()


_WHEN = re.compile(
    r"(?:[,;]\s+(?:and\s+)?(?:only\s+)?(?:when|if)|,?\s+and\s+(?:only\s+)?after)\s+(?=\w+\s+\w+)", re.IGNORECASE
)
_SEMICOLON = re.compile(r";\s+(?:(?:and|or)\s+)?(?:(?:that|when|if)\s+)?(?=\w)", re.IGNORECASE)
_AND_CLAUSE = re.compile(
    r",\s+and\s+(?=(?:the|your|an?|this|that)\s+(?:[\w-]+\s+){1,4}?(?:is|are|was|were|has|have|must|does|do|can)\b)"
)


def series_within(sentence: Stretch, start: int) -> tuple[ProposedCriterion, ...]:
    """The parts of "covered when A is so, B is so, or C is so": three or more, each a clause that asks; else none."""
    text = sentence.text
    joints = [one for one in _CLAUSES.finditer(text, start) if is_outside(text, one.start())]
    if len(joints) < 2 or not joints[-1]["how"]:
        return ()
    parts = parted(sentence, start, joints)
    group = "any1" if joints[-1]["how"].lower() == "or" else None
    return tuple(one_row([part], group) for part in parts) if all(asks(part.text) for part in parts) else ()


_CLAUSES = re.compile(
    r",\s+(?:(?P<how>and|or)\s+)?(?:(?:that|when|if|where)\s+)?"
    r"(?=(?:(?:the|your|an?|this|his|her|their|its)\s+(?:[\w'\u2019-]+\s+){1,5}?|there\s|who\s|whose\s(?:[\w'\u2019-]+\s+){1,4}?"
    r"|(?:he|she|they|you)\s)(?:is|are|was|were|has|have|had|must|does|do|can|shows?|remains?|exceeds?|lasts?|lasted)\b)",
    re.IGNORECASE,
)


def barred_within(sentence: Stretch) -> tuple[ProposedCriterion, ...]:
    """What excludes the service, each with the words that say so; as one row where the grammar does not read those."""
    first, places = _places_within(sentence.text)
    lead = sentence.part(0, first)
    if not places or not grammar("exclusion").search(lead.text):
        return (one_row([sentence]),)
    return tuple(one_row([lead, _trimmed(sentence.part(*place))]) for place in places)


def verbs_within(sentence: Stretch, start: int) -> tuple[ProposedCriterion, ...]:
    """The parts of "you must need A, be able to do B and C, and have D": three or more, each with a verb of its own."""
    text = sentence.text
    must = [found for found in _MUST.finditer(text) if found.start() <= start]
    if not must:
        return ()
    begin = must[0].end() if "that" in must[0][0] else must[0].start()
    joints = [one for one in _SERIES.finditer(text, must[0].end()) if is_outside(text, one.start())]
    if len(joints) < 2 or not re.search(r"\band\b", joints[-1][0]) or not _VERB.match(text, must[0].end()):
        return ()
    return tuple(one_row([part]) for part in parted(sentence, begin, joints))


def withs_within(sentence: Stretch, start: int) -> tuple[ProposedCriterion, ...]:
    """The parts of "wants an adult with a score of 4 or more, with pain, and with A": three or more, each that asks."""
    text = sentence.text
    joints = [one for one in _WITHS.finditer(text, start) if is_outside(text, one.start())]
    if sum("," in one[0] for one in joints) < 2:
        return ()
    parts = parted(sentence, start, joints)
    return tuple(one_row([part]) for part in parts) if all(asks(part.text) for part in parts) else ()


_WITHS = re.compile(r",?\s+(?:and\s+)?with\s+")


def parted(sentence: Stretch, start: int, joints: Sequence[re.Match[str]]) -> list[Stretch]:
    """What stands from `start` to the end of a sentence, between its joints."""
    starts, ends = [start, *(one.end() for one in joints)], [*(one.start() for one in joints), len(sentence.text)]
    return [_trimmed(sentence.part(*place)) for place in zip(starts, ends, strict=True)]


def is_outside(text: str, at: int) -> bool:
    """Whether a place is in no brackets."""
    return text.count("(", 0, at) == text.count(")", 0, at)


_BASES = (
    "be have need show tolerate get take try use complete meet live fail receive require want agree participate not"
)
_BASE = f"(?:{'|'.join(_BASES.split())})"
_VERB = re.compile(rf"{_BASE}\b", re.IGNORECASE)
_MUST = re.compile(
    r"\b(?:\w+\s)?(?:must|shall|has to|have to|needs? to|requires?\s+that\s+(?:the|an?)\s+\w+)\s+", re.IGNORECASE
)
_SERIES = re.compile(rf",\s+(?:and\s+)?(?={_BASE}\b)")


_EITHER = re.compile(r",?\sand\seither\s")
_OR = re.compile(r"\sor\s")


_MARK = re.compile(r"(?<![\w.(])\(?(?:\d{1,2}|[A-Za-z]|[ivx]{2,4})[.)]\s+")


_FOUND_WANTING = re.compile(
    r",?\s+(?:and|but)\s+(?:your|the|our|these|those|this|his|her)\s+(?:[\w'\u2019-]+\s+){0,4}?"
    r"(?:records?|notes?|chart|documentation|file|information)\s+(?:do|does|did|show|shows|showed|has|have|is|are|was|were)\b[^;]*$",
    re.IGNORECASE,
)


def rule_in(sentence: Stretch) -> Stretch:
    """A sentence without what it says at its end of the records: "..., and your provider's records show neither"."""
    said = _FOUND_WANTING.search(sentence.text)
    return sentence.part(0, said.start()) if said else sentence


def _trimmed(part: Stretch) -> Stretch:
    """Without the joint before it, or the mark of what follows it."""
    joint = re.match(r"(?:and|or)\s+", part.text)
    part = part.part(joint.end() if joint else 0, len(part.text))
    after = re.search(r"[\s;,]*+(?:\b(?:and|or)\s*)?\((?:\d|[a-h]|[iv]{1,4})\)\s*$|[\s;,.]+$", part.text)
    return part.part(0, after.start()) if after else part
