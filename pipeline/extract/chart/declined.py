"""What a patient declined: the treatment, or only more of one that is taken, or something else of the sentence."""

import re

from pipeline.extract.chart.outcomes import Told
from pipeline.extract.vocabulary import TermHit

_IF = re.compile(r"(?:\A|[.;]\s)(?:if|should|unless)\b[^.;]*\Z", re.IGNORECASE)
_MORE = re.compile(
    r"\s*(?:to\s)?(?:increas\w+|rais\w+|go(?:ing)? up|titrat\w+|escalat\w+|chang\w+|adjust\w+|switch\w*"
    r"|lower\w*|reduc\w+|decreas\w+|us(?:e|ing) up|run(?:ning)? out|los\w+)\b"
    r"|\s*(?:(?:an?|any|the)\s)?(?:(?:dose|further|higher)\s)?(?:increases?|dose changes?|higher doses?|refills?)\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\s*(?:to\s)?(?:stop|discontinue|quit|give up|come off|get off|wean|taper|be weaned|be without)\w*\b",
    re.IGNORECASE,
)
_TAKES = re.compile(
    r"\b(?:takes|is taking|has been taking|uses|is using|has been using|is on|has been on|remains on|stays on"
    r"|continues on|continues (?:to take|taking|to use|using|with)|does have|currently has|has at home)\s"
    r"(?:(?:a|an|the|his|her|their|daily|home|some|only|still|prescribed|oral)\s)*\Z",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r"[^.;]{0,60}?\b(?:which|that)\s(?:he|she|they|the patient)\s(?:(?:currently|still|now|already|also)\s)?"
    r"(?:takes?|uses?|(?:is|are) (?:taking|using|on)|has been (?:taking|using|on))\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?:[\w/-]+(?:\s\d+\s?m?c?g)?(?:,\s|,?\s(?:and|or|plus)\s)){0,4}\Z", re.IGNORECASE)
_APART = re.compile(r"\b(?:but|because|and|so|though|although|however)\b|[,;]", re.IGNORECASE)


def is_declined(text: str, treatment: TermHit, told: Told, at: int) -> bool:
    """Whether what is told of declining, in the part of a sentence that begins `at`, is of that treatment.

    Not in a condition ("if she is refused"), nor where it is the end of it that is declined; and not of a drug that
    the sentence says is taken, where another clause declines, or only more: "takes gabapentin but declines a raise".
    """
    start, end = at + told.start, at + told.end
    if _IF.search(text[:start]) or _STOP.match(text, end):
        return False
    apart = start > treatment.end and _APART.search(text, treatment.end, start) is not None
    return not (_is_taken(text, treatment) and (apart or _MORE.match(text, end)))


def _is_taken(text: str, treatment: TermHit) -> bool:
    before = text[: treatment.start]
    listed = _LISTED.search(before)
    led = _TAKES.search(before) or (listed and _TAKES.search(before[: listed.start()]))
    return bool(led or _TAKEN.match(text, treatment.end))
