"""A criterion's text becomes a requirement, by grammar. Text that does not parse whole gives none.

The grammar fails closed twice: a number in the text that no predicate took leaves the criterion untranslated, and a
word of judgement adds an `Attest`, so that arithmetic alone can never meet it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline import notation
from pipeline.extract.clauses import TREATMENTS, no_more_numbers, outcomes_in, read, treatment_terms, treatments, words
from pipeline.extract.predicates import all_of, of_each, predicate
from pipeline.extract.vocabulary import terms as find_terms
from schemas.fact import Outcome, Side
from schemas.requirement import Age, All, Any, AtLeast, Attest, Not, Present, Requirement, Tolerance


def translate(text: str) -> Requirement | None:
    """The requirement a criterion's text states, or None where the grammar does not read it whole."""
    lead, items = _items(text)
    if not items:
        return _statement(" ".join(lead.split()))
    parts = tuple(translate(item) or Attest() for item in items)
    combined = _combined(_how_many(lead, items), parts)
    own = _statement(lead) if any(hit.term.kind in TREATMENTS for hit in find_terms(lead)) else None
    return combined if own is None else All(of=(own, combined))


_MARK = re.compile(r"(?:^|\n)\s*(\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|[\u2022\u25cf\u25cb\u25aa*o-])\s+")


def _items(text: str) -> tuple[str, list[str]]:
    """A lead-in and the list below it; items of the same kind of mark as the first make the list, others nest."""
    marks = list(_MARK.finditer(text))
    if marks and not text[: marks[0].start()].strip():  # the criterion's own mark
        text = text[marks[0].end() :]
        marks = list(_MARK.finditer(text))
    if len(marks) < 2:
        return text, []
    shape = _shape(marks[0][1])
    tops = [m for m in marks if _shape(m[1]) == shape]
    ends = [m.start() for m in tops[1:]] + [len(text)]
    return " ".join(text[: tops[0].start()].split()), [text[m.end() : e] for m, e in zip(tops, ends, strict=True)]


def _shape(mark: str) -> str:
    return re.sub(r"[a-z]+", "a", re.sub(r"\d+", "1", mark))


def _how_many(lead: str, items: Sequence[str]) -> int | None:
    """How many of a list must hold; None for all of them."""
    match = words("at_least_of").search(lead)
    if match:
        word = (match["n"] or "any").lower().removeprefix("at least ").strip()
        return 1 if word in ("any", "either") else notation.spelled(word) or 1
    return 1 if any(re.search(r"[;,.]?\s+or\s*$", item, re.IGNORECASE) for item in items) else None


def _combined(n: int | None, parts: tuple[Requirement, ...]) -> Requirement:
    if n is None or n >= len(parts):
        return all_of(parts)
    return Any(of=parts) if n == 1 else AtLeast(n=n, of=parts)


@lru_cache(maxsize=1024)  # a statement of many parts asks for the same endings again and again
def _statement(text: str) -> Requirement | None:
    """One statement: its exception, its conjunction, or one predicate; guarded by words of judgement."""
    text = re.sub(r"[;,.]?\s*\b(?:and|or)\s*$|[;,.\s]+$", "", text.strip(), flags=re.IGNORECASE)
    if len(clauses := _APART.split(text)) > 1:
        return _clauses(clauses)
    if (members := _MEMBERS.search(text)) is not None and _AND_THEN.search(text, members.end()) is None:
        return _with_members(text[: members.start()], members[1] is not None, text[members.end() :])
    if exception := words("unless").search(text):
        return _with_exception(text[: exception.start()], text[exception.end() :])
    stated = _conjunction(text) or predicate(text)
    if stated is None:
        return None
    attest = Attest(terms=tuple(hit.term.name for hit in find_terms(text)))
    return All(of=(stated, attest)) if words("judgement").search(text) and not isinstance(stated, Attest) else stated


_APART = re.compile(r";\s+(?:and\s+)?|(?<=[a-z0-9)]{2})\.\s+(?=[A-Z])|,?\s+AND\s+", re.NOFLAG)


def _clauses(clauses: Sequence[str]) -> Requirement | None:
    """Statements set apart by semicolons, full stops or a capital AND: each is asked, an unread one of a person.

    One that begins with "or" is an alternative to what it is hard to tell: nothing is read.
    """
    if any(re.match(r"or\b", clause, re.IGNORECASE) for clause in clauses):
        return None
    read_ones = [_statement(clause) for clause in clauses if clause.strip()]
    if not any(read_ones):
        return None
    return all_of(tuple(one or Attest() for one in read_ones))


_MEMBERS = re.compile(
    r"[,(]?\s*\b(?:(including|to include|which must include)|such as|e\.g\.,?|for example,?|may include)\s+"
)


def _with_members(rule: str, asked: bool, members: str) -> Requirement | None:
    """A class with members named: "including X and Y" asks for each of them, "such as X" only explains.

    What follows the examples belongs to the rule: "two drugs, such as X or Y, for 8 weeks each".
    """
    reading = read(members)
    if not asked:
        after = max((hit.end for hit in reading.hits), default=0)
        return _statement(f"{rule} {members[after:].lstrip(' ,)')}") if after or no_more_numbers(members) else None
    stated = _statement(rule)
    if stated is None:
        return None
    return (
        All(of=(stated, of_each(reading, ()))) if treatments(reading.hits) and no_more_numbers(reading.rest) else None
    )


def _with_exception(rule: str, exception: str) -> Requirement | None:
    stated = _statement(rule)
    if stated is None:
        return None
    outcomes = outcomes_in(exception)
    terms = treatment_terms(find_terms(exception)) or treatment_terms(find_terms(rule))
    if terms and set(outcomes) & {Outcome.INTOLERANT, Outcome.CONTRAINDICATED}:
        return Any(of=(stated, Tolerance(terms=terms, outcomes=outcomes)))
    return Any(of=(stated, _statement(exception) or Attest()))


_AND_THEN = re.compile(r"[,;]\s+and\s+(?:an?|the|at least|documented|evidence|failure)\s", re.IGNORECASE)
_AND = re.compile(r",?\s+and\s+(?!/or)")


def _conjunction(text: str) -> Requirement | None:
    """Two statements joined by "and", where the first can stand alone; None where the text is one statement.

    A second half that says something else, and cannot be read, is left to a person.
    """
    for joint in _AND.finditer(text):
        rest = text[joint.end() :]
        head = text[: joint.start()]
        if (first := _statement(head) if _MEMBERS.search(head) else predicate(head)) is None:
            continue
        if (second := _statement(rest)) is not None:
            return All(of=(first, *(second.of if isinstance(second, All) else (second,))))
        if not find_terms(rest) and not outcomes_in(rest):
            return All(of=(first, Attest()))
    return None


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
