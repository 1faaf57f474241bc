"""A model's reading of a criterion, read again by code: it counts where the criterion's words bear it out. Pure.

Each part names the words that ask it. What those words do not hold is refused; what the whole text says beyond the
parts is left to a person, so that arithmetic alone can never meet it.
"""

import re
from collections import Counter as Tally
from collections.abc import Sequence
from decimal import Decimal

from pipeline import notation
from pipeline.extract.criteria.asked import with_person
from pipeline.extract.criteria.clauses import comparison, groups, outcome_places, outcomes_in, read, words
from pipeline.extract.criteria.unread import is_read
from pipeline.extract.criteria.wording import plain_wording
from pipeline.extract.ground import UngroundedError
from pipeline.extract.model.criteria import AskedPart, Read, ReadCriterion, requirement
from pipeline.extract.vocabulary import terms as find_terms
from pipeline.folding import folded
from schemas.requirement import Age, Op, Requirement


def reread_requirement(proposed: ReadCriterion, text: str) -> Requirement:
    """The requirement, where the criterion's text bears it out; UngroundedError where it does not."""
    plain = _plain(text)
    parts = tuple(part.model_copy(update={"words": _plain(part.words)}) for part in proposed.parts)
    found = requirement(proposed.model_copy(update={"parts": parts}))
    if words("exclusion").search(plain) or words("unless").search(plain):
        raise UngroundedError("what is excluded or excepted only the rules may read")
    places = _places(found, plain)
    for part, leaf in found.parts:
        _stands(part, leaf)
    _joined_as_said(found, plain, places)
    _no_figure_is_lost(found, plain)
    whole = found.requirement
    return whole if is_read(plain, whole) else with_person(whole, plain)


def _plain(text: str) -> str:
    """A text as the rules' grammar reads it, on one line and without the sign that ends it."""
    return " ".join(plain_wording(text).split()).rstrip(" .;")


def _places(found: Read, text: str) -> list[tuple[int, int]]:
    """Where the words of each part stand in the text, apart from those of the others."""
    places: list[tuple[int, int]] = []
    for part, _ in found.parts:
        wanted = re.escape(part.words)
        found_at = (m.span() for m in re.finditer(rf"(?<!\w){wanted}(?!\w)", text, re.IGNORECASE))
        at = next((place for place in found_at if _is_free(place, places)), None)
        if at is None:
            raise UngroundedError("the words of a part do not stand in the criterion")
        places.append(at)
    return places


def _is_free(place: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return all(place[1] <= start or end <= place[0] for start, end in taken)


def _stands(part: AskedPart, leaf: Requirement) -> None:
    """That one part's words name its terms, its figure and how that compares, its outcomes, window, dose and denial."""
    text = part.words
    reading = read(text)
    if any(getattr(part, name) and not getattr(leaf, name, None) for name in ("outcomes", "within", "dose")):
        raise UngroundedError("a part says what its kind cannot ask")
    named = {hit.term.name for hit in find_terms(text)}
    if any(term not in named and not _has_words(term, text) for term in part.terms):
        raise UngroundedError("a part asks for what its words do not name")
    asked = [hit for hit in find_terms(text) if hit.term.name in part.terms]
    if len(part.terms) > 1 and len(groups(text, asked) or ()) != 1:
        raise UngroundedError("things that are asked together are no alternatives")
    if set(part.outcomes) != set(outcomes_in(text)) and part.outcomes:
        raise UngroundedError("the outcomes are not those the words ask for")
    if getattr(leaf, "within", None) != reading.window:
        raise UngroundedError("the window is not the one the words give")
    if (part.dose is not None or reading.dose is not None) and getattr(leaf, "dose", None) != reading.dose:
        raise UngroundedError("the dose is not the one the words give")
    if words("negated").search(text) is None if part.negated else _denies(text):
        raise UngroundedError("the part is denied, or not, unlike its words")
    if part.n is not None:
        _compares(part, leaf, text)


def _has_words(term: str, text: str) -> bool:
    """Whether a thing of no vocabulary is named by its own words, and not by half of another's name."""
    apart = text
    for hit in find_terms(text):
        apart = apart[: hit.start] + "\0" * (hit.end - hit.start) + apart[hit.end :]
    return re.search(rf"(?<!\w){re.escape(folded(term))}(?!\w)", folded(apart)) is not None


_NOT = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|absen(?:t|ce)|free (?:of|from)|exclud\w*|ruled out)\b", re.IGNORECASE
)
_NO_BOUND = re.compile(
    r"\bnot? (?:more|less|fewer|greater|higher|lower|longer|shorter|older|later)\b|\bnot (?:go (?:over|above)|exceed)",
    re.IGNORECASE,
)


def _denies(text: str) -> bool:
    """Whether the words deny something beyond an outcome ("no improvement") or a bound ("no more than")."""
    for start, end in [*outcome_places(text), *(match.span() for match in _NO_BOUND.finditer(text))]:
        text = text[:start] + " " * (end - start) + text[end:]
    return _NOT.search(text) is not None


def _compares(part: AskedPart, leaf: Requirement, text: str) -> None:
    """That the figure stands in the words with its unit, and compares as they say."""
    figure = _figure(leaf)
    found = [(start, end) for start, end, value in _figures(text) if value == figure]
    if not found:
        raise UngroundedError("the figure is not in the words")
    if part.kind == "duration":
        found = [(one.start, one.end) for one in read(text).lengths if one.value == getattr(leaf, "length", None)]
    elif part.unit is not None and not any(_has_unit(part.unit, text[end:]) for _, end in found):
        raise UngroundedError("the unit is not in the words")
    said = {comparison(text, start, end) for start, end in found}
    if not found or said - {None} not in ({part.op}, set()) or (said == {None} and part.op is not Op.AT_LEAST):
        raise UngroundedError("the figure does not compare as the words say")


_VISIT = re.compile(r"\b(?:visit|session)s?\b", re.IGNORECASE)


def _has_unit(unit: str, after: str) -> bool:
    if unit == "visits":
        return _VISIT.search(after) is not None
    return folded(after.lstrip(" -)")).startswith(folded(unit))


def _figure(leaf: Requirement) -> Decimal:
    if isinstance(leaf, Age):
        return Decimal(leaf.years)
    length = getattr(leaf, "length", None)
    if length is not None:
        return Decimal(length.n)
    return Decimal(next(v for name in ("n", "value") if (v := getattr(leaf, name, None)) is not None))


_SPELLED = re.compile(notation.NUMBER_WORD, re.IGNORECASE)


def _figures(text: str) -> list[tuple[int, int, Decimal]]:
    """Every number of a text, in figures or spelled, with its place; those in names ("PHQ-9") are none."""
    reading = read(text)
    rest = reading.rest
    found = [(one.start, one.end, one.value) for one in notation.numbers(rest)]
    found += [(m.start(), m.end(), Decimal(notation.spelled(m[0]) or 0)) for m in _SPELLED.finditer(rest)]
    return found + [(one.start, one.end, one.value.n) for one in reading.lengths]


_OR = re.compile(r"\b(?:or|any|either|one of|one or more|at least one)\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|all|both|each|every|with|plus)\b", re.IGNORECASE)


def _joined_as_said(found: Read, text: str, places: Sequence[tuple[int, int]]) -> None:
    """That the words between the parts join them as the reading does."""
    if len(found.parts) == 1:
        return
    joints = text
    for start, end in places:
        joints = joints[:start] + " " * (end - start) + joints[end:]
    quantified = words("quantifier").search(text) or words("quantified").search(text)
    if found.combine == "at_least":
        said = (quantified["n"] or quantified["m"] or "").lower().split() if quantified else []
        figures = {int(word) if word.isdigit() else notation.spelled(word) for word in said}
        if found.at_least not in figures:
            raise UngroundedError("how many must hold is not what the words say")
        return
    either, each = _OR.search(joints), _AND.search(joints)
    if (found.combine == "any" and (not either or each)) or (found.combine == "all" and either):
        raise UngroundedError("the parts are not joined as the words join them")


def _no_figure_is_lost(found: Read, text: str) -> None:
    """That every number of the text is one that some part asks: a criterion without its threshold is easier."""
    rest = text
    quantified = words("quantifier").search(text) or words("quantified").search(text)
    if quantified and len(found.parts) > 1:
        rest = rest[: quantified.start()] + " " * (quantified.end() - quantified.start()) + rest[quantified.end() :]
    stated = Tally(value for _, _, value in _figures(rest))
    stated.subtract(_figure(leaf) for part, leaf in found.parts if part.n is not None)
    unasked = _RATIO.search(text) and all(part.n is None for part, _ in found.parts)
    if unasked or any(count > 0 for value, count in stated.items() if value != 1):
        raise UngroundedError("a figure of the criterion is in no part")


_RATIO = re.compile(r"(?<![\d/])\d{1,3}\s?/\s?\d{1,3}(?![\d/])")  # an acuity, or a blood pressure
