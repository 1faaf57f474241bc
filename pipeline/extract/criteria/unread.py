"""Whether a predicate says all that a statement says: a word that no reader took leaves it to a person."""

import re

from pipeline import notation
from pipeline.extract.criteria.asked_codes import without_codes
from pipeline.extract.criteria.clauses import (
    FINDINGS,
    blank,
    comparisons,
    implied,
    outcome_places,
    outcomes_in,
    read,
    words,
    words_of,
)
from pipeline.extract.vocabulary import TermHit
from pipeline.extract.vocabulary import terms as find_terms
from schemas.fact import FactKind
from schemas.requirement import (
    All,
    Any,
    AtLeast,
    Attest,
    Code,
    Count,
    Duration,
    Finding,
    Not,
    Requirement,
    Score,
    Tolerance,
    leaves,
)

_WORD = re.compile(r"[^\W\d_][\w'\u2019]*")


def is_read(text: str, requirement: Requirement) -> bool:
    """Whether every word of the statement is in the requirement, or adds nothing to it."""
    parts = list(leaves(requirement))
    return not (_lost_terms(text, parts) or _lost_conditions(text, parts) or _lost_words(text, requirement))


def _lost_terms(text: str, parts: list[Requirement]) -> bool:
    """Whether a thing is named that no part asks for, and that only tells what for, where or by whom."""
    asked = {term for part in parts for term in getattr(part, "terms", ())}
    if any(isinstance(part, Attest) for part in parts):
        return False
    shown = all(isinstance(part, Finding | Score) or part.kind in ("measure", "document") for part in parts)
    hits = [hit for hit in find_terms(text) if hit.term.name not in words_of("outcome_terms")]
    said = {name for term in asked for name in implied().get(term, ())}
    return any(
        hit.term.name not in {*asked, *said} and not _is_aside(text, hit, shown=shown)
        for hit in hits
        if not {"body_part", "spine"} & {*hit.term.classes, hit.term.name} and hit.term.name != "active"
    )


def _is_aside(text: str, hit: TermHit, *, shown: bool) -> bool:
    if hit.term.kind is FactKind.DOCUMENTATION and hit.term.name in words_of("records"):
        return True
    if shown and hit.term.name in words_of("seen_on"):
        return True
    if shown and (words("shown_by").match(text[hit.end :]) or _is_graded(text, hit)):
        return True
    if hit.term.kind not in (*FINDINGS, FactKind.TREATMENT):
        return False
    before = re.search(r"((?:\S+\s+){0,4})$", text[: hit.start])
    return bool(before and words("context").search(before[1]))


def _is_graded(text: str, hit: TermHit) -> bool:
    """Whether a diagnosis only says of what a grade is: "grade 3 or 4 osteoarthritis"."""
    graded = _GRADED.search(text[max(0, hit.start - 30) : hit.start])
    return hit.term.kind is FactKind.DIAGNOSIS and graded is not None


_GRADED = re.compile(r"\b(?:grade|class|stage) [\dIV]{1,3}(?: (?:or|to|and) [\dIV]{1,3})? $")


def _lost_conditions(text: str, parts: list[Requirement]) -> bool:
    """Whether an outcome, a window or a dose is stated that no part has."""
    reading = read(text)
    if any(isinstance(part, Attest) for part in parts):
        return False
    outcomes = {outcome for part in parts for outcome in getattr(part, "outcomes", ())}
    lost_outcome = bool(set(outcomes_in(text)) - outcomes)
    lost_window = reading.window is not None and any(getattr(part, "within", None) is None for part in parts)
    takes_dose = [part for part in parts if isinstance(part, Count | Duration)]
    lost_dose = reading.dose is not None and any(getattr(part, "dose", None) is None for part in takes_dose or parts)
    return lost_outcome or lost_window or lost_dose


def _lost_words(text: str, requirement: Requirement) -> bool:
    rest = read(text).rest
    for hit in find_terms(text):
        rest = blank(rest, hit.start, hit.end)
    if any(isinstance(part, Count | Duration | Tolerance) for part in leaves(requirement)):
        rest = _without_outcomes(rest)
    if not isinstance(requirement, Attest) and _has_not(requirement):
        rest = words("negated").sub(" ", rest)
    rest = comparisons().sub(" ", rest)
    parts = list(leaves(requirement))
    if any(isinstance(part, Finding) and part.absent for part in parts):
        rest = words("came_negative").sub(" ", rest)
    if any(isinstance(part, Code) for part in parts):
        rest = without_codes(rest)
    for part in parts:
        for row in _TAKEN.get(part.kind, ()):
            rest = words(row).sub(" ", rest)
    if any(part.kind in ("score", "measure") or getattr(part, "sources", ()) for part in parts):
        rest = words("filler_of_scores").sub(" ", rest)
    rest = words("filler").sub(" ", rest)
    counted = {part.n for part in parts if isinstance(part, Count)} | {1}
    rest = _SPELLED.sub(lambda m: " " if notation.spelled(m[0]) in counted else m[0], rest)
    return _WORD.search(rest) is not None or bool(notation.numbers(rest) and isinstance(requirement, Attest))


_TAKEN = {  # rows whose words a predicate says by its kind
    "change": ("change", "filler_of_scores"),
    "elapsed_since": ("elapsed_before", "elapsed_after", "negated"),
    "frequency": ("filler_of_scores",),
}
_SPELLED = re.compile(notation.NUMBER_WORD, re.IGNORECASE)


def _without_outcomes(text: str) -> str:
    for start, end in outcome_places(text):
        text = blank(text, start, end)
    return text


def _has_not(requirement: Requirement) -> bool:
    if isinstance(requirement, Not):
        return True
    return isinstance(requirement, All | Any | AtLeast) and any(_has_not(part) for part in requirement.of)
