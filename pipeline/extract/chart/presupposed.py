"""What a sentence takes for granted: "no surgery for her back pain" denies the surgery and not the pain."""

import re

from pipeline.extract.chart.assertion import Judgement
from schemas.fact import Assertion

_HERS = re.compile(
    r"\b(?:for|regarding|about|concerning|because of|due to|in light of|given|with"
    r"|(?:to|and) (?:treat|manage|control|address|help)|(?:treatment|management|control|care) of)\s"
    r"(?:her|his|their|my|the patient's)\s"
    r"(?:(?!(?:possible|probable|suspected|presumed|risk|family|mother|father|sister|brother|son|daughter|husband|wife)\b)"
    r"[\w-]+\s){0,2}\Z",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:screen\w*|risk|prevent\w*|prophyla\w*|predispos\w*|test(?:ed|ing)?|rule[sd]?|if|whether|unless|worri\w*|concern\w*"
    r"|evidence|signs?|criteria|support|proof|indication|as needed|prn|vaccin\w*)\b",
    re.IGNORECASE,
)
_WITH = re.compile(r"\bwith\s(?:her|his|their|my|the patient's)\s(?:[\w-]+\s){0,2}\Z", re.IGNORECASE)


def judged_ailment(judgement: Judgement, text: str, start: int, end: int) -> Assertion:
    """What a sentence says of an ailment at a place; of one that it takes for granted, what its other cues say."""
    judged = judgement.of(start, end)
    before = text[:start]
    if judged not in (Assertion.HYPOTHETICAL, Assertion.ABSENT) or _UNSURE.search(before):
        return judged
    if _HERS.search(before) is None or (judged is Assertion.ABSENT and _WITH.search(before)):
        return judged  # "no problems with her asthma" may deny the asthma's doing
    said = Judgement(text).besides(judged, start, end)
    return said if said is not Assertion.HYPOTHETICAL else judged
