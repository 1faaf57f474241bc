"""What one statement of a criterion holds: terms, lengths, a window, a dose, and how its numbers compare."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise

from pipeline import notation
from pipeline.extract.tables import load, pattern
from pipeline.extract.vocabulary import TermHit
from pipeline.extract.vocabulary import terms as find_terms
from schemas.fact import FactKind, Length, Outcome, Quantity
from schemas.requirement import Op, Window

TREATMENTS = (FactKind.TREATMENT, FactKind.MEDICATION)
FINDINGS = (FactKind.FINDING, FactKind.IMAGING, FactKind.RISK, FactKind.FUNCTIONAL_LIMIT, FactKind.DIAGNOSIS)
_LOCATING = ("body_part", "spine", "side")


@cache
def words(name: str) -> re.Pattern[str]:
    """The words of a row of requirements.yaml, as one pattern on word boundaries."""
    return pattern(r"(?<!\w)(?:" + "|".join(load("requirements.yaml")[name]) + r")(?!\w)")


@cache
def _choices(name: str, wrap: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows: dict[str, list[str]] = load("requirements.yaml")[name]
    return tuple((key, pattern(wrap.format("|".join(words)))) for key, words in rows.items())


@dataclass(frozen=True, slots=True)
class Reading:
    """What one statement holds, each number with what it is."""

    text: str
    hits: tuple[TermHit, ...]
    lengths: tuple[notation.Found[Length], ...]
    window: Window | None
    dose: Quantity | None
    rest: str  # the text with lengths, window and dose blanked, so that other numbers can be read


def read(text: str) -> Reading:
    """Read a statement: window and dose first, since their numbers are no thresholds."""
    hits = tuple(hit for hit in find_terms(text) if not set(hit.term.classes) & set(_LOCATING))
    rest, window, dose = text, None, None
    found = notation.lengths(text)
    if (own := _window(text, found)) is not None:
        window, start, end = own
        found = [length for length in found if not start <= length.start < end]
        rest = blank(rest, start, end)
    if (match := _DOSE.search(text)) is not None:
        dose = _quantity(match)
        rest = blank(rest, *match.span())
        found = [length for length in found if not match.start() <= length.start < match.end()]
    for length in found:
        rest = blank(rest, length.start, length.end)
    for hit in hits:  # "PHQ-9" is a name, not a nine
        rest = blank(rest, hit.start, hit.end)
    return Reading(text, hits, tuple(found), window, dose, rest)


def blank(text: str, start: int, end: int) -> str:
    """The text with a range made blank, so that offsets stay."""
    return text[:start] + " " * (end - start) + text[end:]


def _window(text: str, lengths: Sequence[notation.Found[Length]]) -> tuple[Window, int, int] | None:
    for length in lengths:
        lead = re.search(words("window").pattern + r"\s*$", text[: length.start], re.IGNORECASE)
        if lead is None:
            continue
        for anchor, said in _choices("window_anchor", r"\s*(?:{})"):
            if (after := said.match(text, length.end)) is not None:
                window = Window.model_validate({"length": length.value, "before": anchor})
                return window, lead.start(), max(after.end(), length.end)
    return None


_DOSE = re.compile(
    r"(?:\b(?:at |to )?(?:a )?(?:target |stable )?(?:dose|dosage|doses)(?: of)? {0,2})?"
    r"(?:(?:of )?(?:at least|a minimum of|minimum of|>=|\u2265) {0,2}|\bof )?"
    r"(?P<n>\d+(?:\.\d+)?) ?(?P<unit>mg|mcg|g|units?|mL)\b(?: {0,2}(?:/|per |a |each |once ))? {0,2}"
    r"(?P<per>daily|day|weekly|week|monthly|month|d\b|wk\b)?",
    re.IGNORECASE,
)


def _quantity(match: re.Match[str]) -> Quantity:
    per = {"d": "day", "w": "week", "m": "month"}.get((match["per"] or " ")[0].lower())
    unit = match["unit"] if match["unit"] == "mL" else match["unit"].lower()
    return Quantity(n=Decimal(match["n"]), unit=f"{unit}/{per}" if per else unit)


def comparison(text: str, start: int, end: int) -> Op | None:
    """How a number at a place of the text compares: words before it, else words after it."""
    for op, said in _choices("before_number", r"(?:{})(?: (?:a |an )?(?:score|level|value|total)? ?(?:of)?)?\s*$"):
        if said.search(text[:start]):
            return Op(op)
    for op, said in _choices("after_number", r"\s*%?\s*(?:{})(?!\w)"):
        if said.match(text, end):
            return Op(op)
    return None


def outcomes_in(text: str) -> tuple[Outcome, ...]:
    """The outcomes that a text names, failure first. An inadequate response may be a partial one."""
    named = {key for key, said in _choices("outcomes", r"(?<!\w)(?:{})(?!\w)") if said.search(text)}
    outcomes = []
    if named & {"failed", "inadequate"}:
        outcomes.append(Outcome.FAILED)
    if "inadequate" in named:
        outcomes.append(Outcome.PARTIAL)
    return (*outcomes, *(Outcome(name) for name in ("intolerant", "contraindicated") if name in named))


def treatment_terms(hits: Sequence[TermHit]) -> tuple[str, ...]:
    """The treatments and drugs named, each once."""
    return tuple(
        dict.fromkeys(hit.term.name for hit in hits if hit.term.kind in TREATMENTS or hit.term.name == "active")
    )


def no_more_numbers(rest: str) -> bool:
    """Whether every number of a statement was taken: one that was not makes it unread."""
    return not notation.numbers(rest)


def joined_by_and(text: str, hits: Sequence[TermHit]) -> bool:
    """Whether the terms are joined by "and": each is asked. "and/or" and commas with "or" are alternatives."""
    between = [text[a.end : b.start].lower() for a, b in pairwise(hits)]
    return any(re.search(r"\band\b(?!/or)", part) for part in between) and not any(" or " in f" {p} " for p in between)


def groups(text: str, hits: Sequence[TermHit]) -> tuple[tuple[str, ...], ...]:
    """The terms that are asked apart: one group of alternatives, or each alone where "and" joins them."""
    terms = tuple(dict.fromkeys(hit.term.name for hit in hits))
    return tuple((term,) for term in terms) if joined_by_and(text, hits) else (terms,)


def treatments(hits: Sequence[TermHit]) -> list[TermHit]:
    """The places that name treatments and drugs."""
    return [hit for hit in hits if hit.term.kind in TREATMENTS]
