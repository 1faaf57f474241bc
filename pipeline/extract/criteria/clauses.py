"""What one statement of a criterion holds: terms, lengths, a window, a dose, and how its numbers compare."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
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
    end = "" if name == "unless" else r"(?!\w)"  # its rows look ahead to what is excepted
    return pattern(r"(?<!\w)(?:" + "|".join(load("criteria/requirements.yaml")[name]) + ")" + end)


@cache
def words_of(name: str) -> tuple[str, ...]:
    """The names that a row of requirements.yaml lists."""
    return tuple(load("criteria/requirements.yaml")[name])


@cache
def implied() -> dict[str, tuple[str, ...]]:
    """By a measure the things that it says by itself: pack-years are of tobacco."""
    rows: dict[str, list[str]] = load("criteria/requirements.yaml")["implied"]
    return {measure: tuple(things) for measure, things in rows.items()}


@cache
def _choices(name: str, wrap: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows: dict[str, list[str]] = load("criteria/requirements.yaml")[name]
    return tuple((key, pattern(wrap.format("|".join(words)))) for key, words in rows.items())


@cache
def comparisons() -> re.Pattern[str]:
    """Every word that compares a number."""
    rows = load("criteria/requirements.yaml")
    said = [word for name in ("before_number", "after_number") for group in rows[name].values() for word in group]
    return pattern(r"(?<!\w)(?:" + "|".join(said) + r")(?!\w)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one statement holds, each number with what it is."""

    text: str
    hits: tuple[TermHit, ...]
    lengths: tuple[notation.Found[Length], ...]
    window: Window | None
    dose: Quantity | None
    rest: str  # the text with lengths, window and dose blanked, so that other numbers can be read


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read a statement: window and dose first, since their numbers are no thresholds."""
    hits = tuple(
        hit
        for hit in find_terms(text)
        if not set(hit.term.classes) & set(_LOCATING) and hit.term.name not in words_of("outcome_terms")
    )
    rest, window, dose = text, None, None
    found = notation.lengths(text)
    if (own := _window(text, found)) is not None:
        window, start, end = own
        found = [length for length in found if not start <= length.start < end]
        rest = blank(rest, start, end)
    if (match := _DOSE.search(text)) is not None and not _is_volume(hits):
        dose = _quantity(match)
        rest = blank(rest, *match.span())
        found = [length for length in found if not match.start() <= length.start < match.end()]
    for length in found:
        rest = blank(rest, length.start, length.end)
    if found and treatments(hits):  # "stockings of 20-30 mmHg": the unit stays, so that a person sees to it
        rest = _STRENGTH.sub(lambda n: " " * len(n[0]), rest)
    for hit in hits:  # "PHQ-9" is a name, not a nine
        rest = blank(rest, hit.start, hit.end)
    rest = _NAMED.sub(lambda name: " " * len(name[0]), rest)
    return Reading(text, hits, tuple(found), window, dose, rest)


def _is_volume(hits: Sequence[TermHit]) -> bool:
    """Whether an amount is what a measure comes to, not the dose of a drug: "post-void residual below 150 mL"."""
    return not treatments(hits) and any(hit.term.kind is FactKind.MEASUREMENT for hit in hits)


_STRENGTH = re.compile(r"\b\d{1,3} ?(?:-|\u2013|to) ?\d{1,3}(?= ?mm ?Hg)")
_NAMED = re.compile(
    r"(?<=[A-Za-z])-\d{1,3}(?![\w%.])|\b\d{1,3}-hour\b|\btype \d\b"
)  # "DSM-5", "24-hour care", "neoplasia type 2"


def blank(text: str, start: int, end: int) -> str:
    """The text with a range made blank, so that offsets stay."""
    return text[:start] + " " * (end - start) + text[end:]


def _window(text: str, lengths: Sequence[notation.Found[Length]]) -> tuple[Window, int, int] | None:
    for length in lengths:
        lead = re.search(words("window").pattern + r"\s*$", text[: length.start], re.IGNORECASE)
        anchored = re.search(words("window_if_anchored").pattern + r"\s*$", text[: length.start], re.IGNORECASE)
        if lead is None and anchored is None:
            continue
        lead = lead or anchored
        for anchor, said in _choices("window_anchor", r"\s*(?:{})"):
            after = said.match(text, length.end)
            if lead and after and (after[0].strip() or lead is not anchored):
                window = Window.model_validate({"length": length.value, "before": anchor})
                return window, lead.start(), max(after.end(), length.end)
    return None


_DOSE = re.compile(
    r"(?:\b(?:at |to )?(?:a )?(?:target |stable )?(?:dose|dosage|doses)(?: of)? {0,2})?"
    r"(?:(?:of )?(?:at least|a minimum of|minimum of|>=|\u2265) {0,2}|\bof )?"
    r"(?P<n>\d+(?:\.\d+)?) ?(?P<unit>mg|mcg|g|units?|mL)\b(?! ?/ ?(?:d?L|mL|kg|m?g|m?mol|m2|hr?|min)\b)"
    r"(?: {0,2}(?:/|per |a |each |once ))? {0,2}"
    r"(?P<per>daily|day|weekly|week|monthly|month|d\b|wk\b)?",
    re.IGNORECASE,
)


def _quantity(match: re.Match[str]) -> Quantity:
    per = {"d": "day", "w": "week", "m": "month"}.get((match["per"] or " ")[0].lower())
    unit = match["unit"] if match["unit"] == "mL" else match["unit"].lower()
    return Quantity(n=Decimal(match["n"]), unit=f"{unit}/{per}" if per else unit)


_AFTER = r"\s*(?:%\s*)?(?:of (?:the )?(?:predicted|normal|expected)(?: value)? )?(?:/ ?\d{{1,3}} )?(?:{})(?!\w)"


def comparison(text: str, start: int, end: int) -> Op | None:
    """How a number at a place of the text compares: words before it, else words after it."""
    longest: tuple[int, Op] | None = None  # "no more than" holds "more than"
    for op, said in _choices(
        "before_number", r"(?<!\w)(?:{})(?: (?:a |an )?(?:score|level|value|total|grade|class|stage)? ?(?:of)?)?\s*$"
    ):
        if (found := said.search(text[:start])) and (longest is None or found.end() - found.start() > longest[0]):
            longest = found.end() - found.start(), Op(op)
    if longest:
        return longest[1]
    for op, said in _choices("after_number", _AFTER):
        if said.match(text, end):
            return Op(op)
    return None


def acuity_compares(text: str) -> Op | None:
    """How a text compares the acuity of an eye: by the one way that its words tell."""
    told = {Op(op) for op, said in _choices("acuity", r"(?<!\w)(?:{})(?!\w)") if said.search(text)}
    return told.pop() if len(told) == 1 else None


def outcome_places(text: str) -> list[tuple[int, int]]:
    """Where a text names outcomes."""
    return [m.span() for _, said in _choices("outcomes", r"(?<!\w)(?:{})(?!\w)") for m in said.finditer(text)]


def parted_by_outcome(reading: Reading) -> bool:
    """Whether an outcome stands between two treatments: it is then not known to be that of both."""
    places = treatments(reading.hits)
    if len({hit.term.name for hit in places}) < 2:
        return False
    return any(places[0].end <= start and end <= places[-1].start for start, end in outcome_places(reading.text))


def outcomes_in(text: str) -> tuple[Outcome, ...]:
    """The outcomes that a text names, failure first. An inadequate response may be a partial one."""
    for hit in find_terms(text):  # "heart failure" is the name of a disease
        text = blank(text, hit.start, hit.end) if hit.term.kind is FactKind.DIAGNOSIS else text
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


def groups(text: str, hits: Sequence[TermHit]) -> tuple[tuple[str, ...], ...] | None:
    """The terms that are asked apart: one group of alternatives, or each alone; None where both readings mix.

    "and", "with" and "plus" ask for each, and so do commas that nothing joins; "or", "and/or" and slashes do not.
    """
    terms = tuple(dict.fromkeys(hit.term.name for hit in hits))
    between = [text[a.end : b.start].lower() for a, b in pairwise(hits) if a.term.name != b.term.name]
    each = any(_EACH.search(_OR_WITH.sub("or", part.replace("and/or", "/"))) for part in between)
    either = any(_EITHER.search(part) for part in between)
    # "swelling, ulceration or a thing we do not know": of the known ones, too, any will do
    either = either or (len(terms) > 1 and not each and _AND_ONE_MORE.match(text[hits[-1].end :]) is not None)
    if each and either:
        return None
    listed = either or _ANY_LISTED.search(text[: hits[0].start]) is not None if hits else True
    return (terms,) if listed or len(terms) < 2 else tuple((term,) for term in terms)


_OR_WITH = re.compile(r"\bor (?:with|in|of|by|on|at|for|to)\b")
_EACH = re.compile(r"\b(?:and|with|plus|as well as|followed by)\b")
_EITHER = re.compile(r"\bor\b|/|\bversus\b")
_AND_ONE_MORE = re.compile(r",?\s+or\s+(?!without\b)", re.IGNORECASE)
_ANY_LISTED = re.compile(
    r"\b(?:any|one|either|some) (?:or more )?(?:of )?(?:\S+ ){0,3}$|\bone or more\b", re.IGNORECASE
)


def treatments(hits: Sequence[TermHit]) -> list[TermHit]:
    """The places that name treatments and drugs."""
    return [hit for hit in hits if hit.term.kind in TREATMENTS]
