"""What a sentence takes for granted: "no surgery for her back pain" denies the surgery and not the pain."""

import re

from pipeline.extract.chart.assertion import Judgement
from pipeline.extract.chart.stated import table
from pipeline.extract.vocabulary import terms
from schemas.fact import Assertion

_HERS = re.compile(
    r"\b(?:for|regarding|about|concerning|because of|due to|in light of|given|with"
    r"|(?:to|and) (?:treat|manage|control|address|help)|(?:treatment|management|control|care) of)\s"
    r"(?:her|his|their|my|this|these|the patient's)\s"
    r"(?:(?!(?:possible|probable|suspected|presumed|risk|family|mother|father|sister|brother|son|daughter|husband|wife)\b)"
    r"[\w-]+\s){0,2}\Z",
    re.IGNORECASE,
)
_LINKED = re.compile(
    r"\bnot\s(?:\w+\s){0,2}(?:associated with|related to|linked to|caused by|due to|explained by)\s"
    r"(?:the|these|her|his|their|my)\s(?:(?!(?:possible|probable|suspected|risk|presence|use)\b)[\w-]+\s)?\Z",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:screen\w*|risk|prevent\w*|prophyla\w*|predispos\w*|test(?:ed|ing)?|rule[sd]?|if|whether|unless|worri\w*|concern\w*"
    r"|evidence|signs?|criteria|support|proof|indication|as needed|prn|vaccin\w*)\b",
    re.IGNORECASE,
)
_WITH = re.compile(r"\bwith\s(?:her|his|their|my|the patient's)\s(?:[\w-]+\s){0,2}\Z", re.IGNORECASE)


_WAS_HAD = re.compile(
    r"\b(?:had|did have|sustained|suffered|developed|experienced|found to have)\s(?:(?:an?|the|another|one)\s)?"
    r"(?:[\w-]+\s){0,2}\Z",
    re.IGNORECASE,
)
_RESOLVED = re.compile(r"[^.;]*?\bresolved\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|never|denie[sd]|without|nor|if)\b|n't\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bMs)\.\s+")


def judge_ailment(text: str, start: int, end: int) -> Assertion:
    """What a text says of an ailment that stands in it."""
    return judged_ailment(Judgement(text), text, start, end)


def judged_ailment(judgement: Judgement, text: str, start: int, end: int) -> Assertion:
    """What a sentence says of an ailment at a place; of one that it takes for granted, what its other cues say.

    An event that was had and has resolved is history, and is not denied.
    """
    judged = judgement.of(start, end)
    before = _SENTENCE.split(text[:start])[-1]
    if judged is Assertion.ABSENT and _is_over(text, before, start, end):
        return Assertion.HISTORICAL
    if judged not in (Assertion.HYPOTHETICAL, Assertion.ABSENT) or _UNSURE.search(before):
        return judged
    denied_with = judged is Assertion.ABSENT and _WITH.search(before)  # "no problems with her asthma"
    if not _LINKED.search(before) and (denied_with or not _HERS.search(before)):
        return judged
    said = Judgement(text).besides(judged, start, end)
    return said if said is not Assertion.HYPOTHETICAL else judged


def _is_over(text: str, before: str, start: int, end: int) -> bool:
    """Whether an event is told to have been had and to be over: "did have a DVT that has since been resolved"."""
    if not any(hit.term.name in table().events for hit in terms(text[start:end])):
        return False
    return bool(_WAS_HAD.search(before) and _RESOLVED.match(text, end)) and not _DENIED.search(before)
