"""One statement of a criterion becomes one predicate, or none: the readers in their order."""

import re

from pipeline.extract.criteria import over_time, unlisted
from pipeline.extract.criteria.asked import left, subjects
from pipeline.extract.criteria.asked_codes import codes
from pipeline.extract.criteria.asked_figures import acuity, age, score
from pipeline.extract.criteria.asked_findings import document, finding
from pipeline.extract.criteria.asked_pressure import pressure
from pipeline.extract.criteria.asked_trials import counted, tolerance, trial, tried, untried
from pipeline.extract.criteria.clauses import read, words
from schemas.requirement import Attest, Not, Requirement

_SAID_BEHIND = re.compile(
    r"(?:has|have|is|are|was|were|been) (?:been )?(?:\w+ (?:for )?(?:and )?)?(?:ruled out|excluded|absent)\b",
    re.IGNORECASE,
)


def predicate(text: str) -> Requirement | None:
    """The first reader that takes the statement's numbers; None where none does. What it leaves, `unread` tells."""
    reading = read(text)
    denied = words("negated").search(text)
    by = [h for h in reading.hits if h.start >= denied.start()] if denied and _SAID_BEHIND.match(denied[0]) else []
    if by and len(by) == len(reading.hits):
        return Attest(terms=subjects(reading))  # "resective surgery was ruled out by the epilepsy surgery conference"
    for parse in _READERS:
        if (requirement := parse(reading)) is not None:
            negated = denied if parse in (codes, finding, tolerance, document) else None
            if negated and by:
                return Attest(terms=subjects(reading))  # "surgery was ruled out by the epilepsy team"
            whole = Not(of=requirement) if negated else requirement
            # whether a course had no gap, the length does not tell
            return left(whole, subjects(reading)) if reading.lengths and words("unbroken").search(text) else whole
    return None


_READERS = (
    codes,
    over_time.change,
    age,
    over_time.limit,
    over_time.elapsed,
    over_time.frequency,
    over_time.concordant,
    acuity,
    pressure,
    score,
    counted,
    trial,
    tolerance,
    document,
    unlisted.events,
    finding,
    untried,
    tried,
    unlisted.tried,
    unlisted.hours,
    unlisted.untaken,
    unlisted.never_had,
    unlisted.given,
    unlisted.figure,
    unlisted.lasted,
)
