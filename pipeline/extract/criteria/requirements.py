"""A criterion's text becomes a requirement, by grammar. Text that does not parse gives none.

The grammar fails closed three times: a number that no predicate took leaves a statement unread, and a word of
judgement, or any word that no reader took, adds an `Attest`, so that arithmetic alone can never meet it.
"""

import re
from collections.abc import Sequence
from typing import Literal

from pipeline import notation
from pipeline.extract.criteria.asked import all_of, is_partial, with_person
from pipeline.extract.criteria.asked_codes import codes
from pipeline.extract.criteria.clauses import (
    comparisons,
    no_more_numbers,
    outcomes_in,
    read,
    treatment_terms,
    treatments,
    words,
)
from pipeline.extract.criteria.itemized import Itemized, inline, nested
from pipeline.extract.criteria.over_time import unknown
from pipeline.extract.criteria.statements import refuted, statement
from pipeline.extract.criteria.unlisted import is_document, is_judgement, kind_of
from pipeline.extract.criteria.unread import is_read
from pipeline.extract.criteria.wording import plain_wording
from pipeline.extract.vocabulary import terms as find_terms
from schemas.fact import Side
from schemas.requirement import (
    Age,
    All,
    Any,
    AtLeast,
    Attest,
    Count,
    Duration,
    Finding,
    Not,
    Present,
    Requirement,
    Tolerance,
)


def translate(text: str) -> Requirement | None:
    """The requirement a criterion's text states, or None where the grammar does not read it."""
    plain = plain_wording(text)
    found = _translated(plain)
    if nested(plain).items or (found is not None and not is_partial(found)):
        return found
    line = " ".join(plain.split()).strip(" .;")
    if found is None or found.kind not in ("any", "all", "count", "attest"):
        found = _alternative(line) or found
    found = _read(line, found) or kind_of(" ".join(text.split()))
    return Any(of=(found, Attest())) if found is not None and _is_one_of_two(line, found) else found


def _is_one_of_two(line: str, found: Requirement) -> bool:
    """Whether what was read is one alternative, and the other was not: to fall short of this one decides nothing."""
    terms = getattr(found, "terms", ())
    return len(terms) == 1 and is_partial(found) and _OTHERWISE.search(comparisons().sub(" ", line)) is not None


_OTHERWISE = re.compile(r"(?:,\s*or|\bOR|;\s*or)\s+(?!\w+ly\b|within\b|before\b|after\b)\S+(?:\s+\S+){2}", re.NOFLAG)


def _read(line: str, found: Requirement | None = None) -> Requirement | None:
    """One statement: as a reader took it, else by its kind."""
    found = found or statement(line)
    return found if found is not None and not _is_judged_whole(found, line) else kind_of(line) or found


def _is_judged_whole(requirement: Requirement, text: str) -> bool:
    """Whether a person judges the statement, of which a reader took only what it names."""
    if isinstance(requirement, All) and requirement.judged is not None and all(map(_is_finding, requirement.of)):
        return is_document(text)
    if isinstance(requirement, Finding) and requirement.absent:
        return False
    if (
        isinstance(requirement, Finding)
        and is_document(text)
        and (requirement.judged is not None or requirement.sources)
    ):
        return True
    if isinstance(requirement, Duration) and not unknown(requirement.terms):
        return False
    if isinstance(requirement, Present) and not words("foretold").search(text):
        return False
    return (
        isinstance(requirement, Finding | Count | Duration | Present)
        and requirement.judged is not None
        and is_judgement(text)
    )


def _is_finding(part: Requirement) -> bool:
    return isinstance(part, Finding)


def _alternative(text: str) -> Requirement | None:
    """Two alternatives set apart by ", or ", one of which no reader took: that one is for a person."""
    left, joint, right = text.partition(", or ")
    if not joint or "," in left or ", or " in right or _SHARED.match(right) or _OPEN_END.search(left):
        return None
    parts = [_read(part) for part in (left, right)]
    if any(part is None for part in parts) or isinstance(parts[0], Attest):
        return None
    either: Requirement = Any(of=tuple(part for part in parts if part))
    return with_person(either, text) if _SHARED_END.search(right) else either


_SHARED = re.compile(r"(?:more|less|greater|higher|fewer|longer|an?other|both|has |have |is |if |when )", re.IGNORECASE)
_OPEN_END = re.compile(
    r"\b(?:before|prior to|after|following|during|within)$", re.IGNORECASE
)  # of what, the other half tells
_SHARED_END = re.compile(
    r",|\b(?:and|for|within|after|during|before|despite|with|in the|while|at rest|each)\b", re.IGNORECASE
)


def _translated(text: str) -> Requirement | None:
    found = nested(text)
    if (coded := _coded(" ".join(text.split()).strip(" .;:,"))) is not None:
        return coded
    if not found.items:
        found = inline(" ".join(found.lead.split()))
    lead = " ".join(found.lead.split())
    if not found.items:
        return _excluded(lead) or statement(lead)
    return _listed(Itemized(lead, found.items))


def _coded(line: str) -> Requirement | None:
    """A list of codes and nothing else, which is one question: "any of these codes: M17.0, M17.11 or M17.12"."""
    asked = codes(read(line))
    return asked if asked is not None and not words("negated").search(line) and is_read(line, asked) else None


def _excluded(text: str) -> Requirement | None:
    """What must not be so: "not medically necessary when ..."."""
    exclusion = words("exclusion").search(text)
    if exclusion is None:
        return None
    asked = statement(text[exclusion.end() :].lstrip(" :,"))
    return Attest() if asked is None else refuted(asked)


def _listed(listed: Itemized) -> Requirement | None:
    """A lead and its list: how many must hold, and what the lead itself asks of each or beside them."""
    exclusion = words("exclusion").search(listed.lead)
    lead = listed.lead[exclusion.end() :] if exclusion else listed.lead
    how, stem = quantity(lead, listed.items, default="any" if exclusion else "all")
    stem = _without_the_lists_name(stem)
    each = _asks_of_each(stem)
    parts = tuple(_item(item, stem if each else "") for item in listed.items)
    combined = _combined(how, parts)
    if not each and (own := _own(stem)) is not None:
        combined = All(of=(own, combined))
    return refuted(combined) if exclusion else combined


def _without_the_lists_name(stem: str) -> str:
    """A lead without the treatments that only name its list: "failure of all of these conservative treatments"."""
    before, place, after = stem.partition(_PLACE)
    if not place:
        return stem
    for hit in reversed(treatments(find_terms(after))):
        after = f"{after[: hit.start]} {after[hit.end :]}"
    named = treatments(find_terms(before))
    if named and _MADE_OF.fullmatch(before, named[-1].end):
        before = before[: named[-1].start]
    return f"{before}{place}{after}"


_MADE_OF = re.compile(
    r",? (?:including|consisting of|comprised of|composed of|made up of|to include|which includes?|that includes?)\s*",
    re.IGNORECASE,
)
_PLACE = "\u241f"  # stands in a lead where its items belong


def _asks_of_each(stem: str) -> bool:
    """Whether a lead says something of each item, and of nothing named in it: "failure of", "6 weeks of"."""
    reading = read(stem)
    if _known(stem.replace(_PLACE, " ")) is not None:
        return False
    says = bool(reading.lengths or outcomes_in(stem) or reading.window or reading.dose or words("negated").search(stem))
    return says and not treatments(reading.hits)


def _known(stem: str) -> Requirement | None:
    """What a lead asks of things that the vocabulary knows: its own words ("documentation of") are no subject."""
    asked = statement(stem.strip(" ,:;"))
    return None if asked is None or any(unknown(terms) for terms in _subjects(asked)) else asked


def _subjects(asked: Requirement) -> list[tuple[str, ...]]:
    inner = asked.of if isinstance(asked, All | Any | AtLeast) else (asked.of,) if isinstance(asked, Not) else ()
    own = getattr(asked, "terms", ())
    return [*([own] if own else []), *(terms for part in inner for terms in _subjects(part))]


def _own(stem: str) -> Requirement | None:
    """What a lead asks beside its list, or a person's judgement of what it says."""
    before, place, after = stem.partition(_PLACE)
    if place and isinstance(_known(after), Finding):  # "any of the following red flags" names its list
        stem = before
    stem = re.sub(_DANGLING, "", stem.replace(_PLACE, " ").strip(" ,:;")).strip(" ,")
    if not stem or (asked := _known(stem)) is not None:
        return asked if stem else None
    return None if is_read(stem, Attest()) else Attest(terms=treatment_terms(find_terms(stem)))


_DANGLING = re.compile(r"\b(?:including|consisting of|such as|with|and|by|of|to|as shown by)\s*$", re.IGNORECASE)


def _item(item: str, stem: str) -> Requirement:
    """One item, with what its lead says of each. A treatment alone asks that it was tried."""
    item = re.sub(r"[;,.]?\s*\b(?:and|or|AND|OR)\s*$|[;,.\s]+$", "", item.strip())
    apart = nested(item)
    if stem and not apart.items:
        whole = stem.replace(_PLACE, item, 1) if _PLACE in stem else f"{stem} {item}"
        found = statement(" ".join(whole.replace(_PLACE, " ").split()).rstrip(" :"))
        return found or Attest(terms=treatment_terms(find_terms(item)))
    found = _translated(item)
    if found is None and not stem:
        found = _tried(" ".join(item.split()))
    found = found or kind_of(item) or Attest(terms=tuple(hit.term.name for hit in find_terms(item)))
    return with_person(found, stem) if stem else found


def _tried(item: str) -> Requirement | None:
    terms = treatment_terms(find_terms(item))
    if not terms or read(item).lengths:
        return None
    tried = Count(terms=terms, n=1)
    return tried if is_read(item, tried) else with_person(tried, item)


def quantity(lead: str, items: Sequence[str], default: str = "all") -> tuple[str | int, str]:
    """How many of a list must hold ("all", "none" or so many), and the lead without the words that say it."""
    match = words("quantifier").search(lead) or words("quantified").search(lead)
    marked = f"{lead[: match.start()]}{_PLACE}{lead[match.end() :]}" if match else lead
    stem = words("following").sub(" " if match else _PLACE, marked)
    if match:
        word = (match["n"] or match["m"]).lower().removeprefix("at least ")
        if word in ("all", "both", "each", "every"):
            return "all", stem
        if word in ("none", "neither"):
            return "none", stem
        return (
            1
            if word in ("any", "either", "one or more")
            else int(word)
            if word.isdigit()
            else notation.spelled(word) or 1
        ), stem
    if any(re.search(r"[;,.]?\s+or\s*$", item, re.IGNORECASE) for item in items[:-1]):
        return 1, stem
    if any(re.search(r"[;,.]?\s+and\s*$", item, re.IGNORECASE) for item in items[:-1]):
        return "all", stem
    if words("negated").search(lead) or re.search(r"\bno evidence of\s*$|\babsence of\s*$", stem):
        return "all", stem
    return (1 if default == "any" else "all"), stem


def _combined(how: str | int, parts: tuple[Requirement, ...]) -> Requirement:
    if how == "none":
        return refuted(parts[0] if len(parts) == 1 else Any(of=parts))
    if how == "all" or (isinstance(how, int) and how >= len(parts)):
        return all_of(parts)
    return Any(of=parts) if how == 1 else AtLeast(n=int(how), of=parts)


def how_many_apart(lead: str, items: Sequence[str]) -> Literal["all", "any"] | None:
    """Whether the items of a list can be answered apart, and whether all or any are asked; None where they cannot.

    They cannot where the lead asks something of them, where so many of them are asked, where an item only names a
    treatment, and where alternatives are about one treatment: the rule and its exception are one question.
    """
    lead = " ".join(plain_wording(lead).split())
    how, stem = quantity(lead, items)
    if words("exclusion").search(lead) or how not in ("all", 1) or not _is_label(stem.replace(_PLACE, " ")):
        return None
    if any(_translated(plain_wording(item)) is None and treatments(find_terms(item)) for item in items):
        return None
    about = [frozenset(treatment_terms(find_terms(item))) for item in items]
    if how == 1 and about[0] and len(set(about)) == 1:
        return None
    return "all" if how == "all" else "any"


def _is_label(stem: str) -> bool:
    """Whether a lead asks nothing of its own."""
    reading = read(stem)
    says = reading.lengths or reading.window or reading.dose or outcomes_in(stem) or words("negated").search(stem)
    return not says and no_more_numbers(reading.rest) and _known(stem) is None


def located(requirement: Requirement, side: Side | None, body_part: str | None) -> Requirement:
    """The requirement asked of the side and part of the body that the denied service names."""
    if isinstance(requirement, All | Any | AtLeast):
        return requirement.model_copy(update={"of": tuple(located(part, side, body_part) for part in requirement.of)})
    if isinstance(requirement, Not):
        return requirement.model_copy(update={"of": located(requirement.of, side, body_part)})
    if isinstance(requirement, Age | Attest | Present | Tolerance):
        return requirement
    return requirement.model_copy(
        update={"side": requirement.side or side, "body_part": requirement.body_part or body_part}
    )
