"""Comparisons that may be undecided, and how verdicts combine.

Verdicts combine as in Kleene's logic with two kinds of unknown: `needs_review` (something is there and a person must
read it) outranks `not_documented` (nothing is there). By parts, in order of the first that applies:

    all        any not_met: not_met.  any needs_review: needs_review.  any not_documented: not_documented.  else met
    any        any met: met.  any needs_review: needs_review.  any not_documented: not_documented.  else not_met
    at least n n met: met.  fewer than n not not_met: not_met.  any needs_review: needs_review.  else not_documented
    not        met and not_met change places; the two unknowns stay
"""

from collections.abc import Sequence
from decimal import Decimal

from schemas.coverage import Verdict
from schemas.requirement import Op

OPS: dict[Op, str] = {
    Op.AT_LEAST: "at least",
    Op.MORE_THAN: "more than",
    Op.AT_MOST: "at most",
    Op.LESS_THAN: "less than",
    Op.EQUAL: "exactly",
}

UPPER_BOUNDS = frozenset({Op.AT_MOST, Op.LESS_THAN})

Range = tuple[Decimal | int, Decimal | int]


def compare(op: Op, figure: Range, needed: Range) -> Verdict:
    """`figure op needed` where both are known to a range (low, high): undecided unless every reading agrees."""
    (low, high), (need_low, need_high) = figure, needed
    match op:
        case Op.AT_LEAST:
            always, never = low >= need_high, high < need_low
        case Op.MORE_THAN:
            always, never = low > need_high, high <= need_low
        case Op.AT_MOST:
            always, never = high <= need_low, low > need_high
        case Op.LESS_THAN:
            always, never = high < need_low, low >= need_high
        case Op.EQUAL:
            always, never = low == high == need_low == need_high, high < need_low or low > need_high
    return Verdict.MET if always else Verdict.NOT_MET if never else Verdict.NEEDS_REVIEW


def agree(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of all readings, or `needs_review` where they differ."""
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.NEEDS_REVIEW


def at_least(n: int, verdicts: Sequence[Verdict]) -> Verdict:
    """Whether `n` parts hold."""
    if verdicts.count(Verdict.MET) >= n:
        return Verdict.MET
    if len(verdicts) - verdicts.count(Verdict.NOT_MET) < n:
        return Verdict.NOT_MET
    return Verdict.NEEDS_REVIEW if Verdict.NEEDS_REVIEW in verdicts else Verdict.NOT_DOCUMENTED


def all_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Whether every part holds."""
    return at_least(len(verdicts), verdicts)


def any_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Whether one part holds."""
    return at_least(1, verdicts)


def negate(verdict: Verdict) -> Verdict:
    """Whether the part is shown not to hold."""
    return {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET}.get(verdict, verdict)
