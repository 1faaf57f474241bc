"""One statement of a criterion: its exception, its alternatives, its conjunction, or one predicate."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import islice

from pipeline import notation
from pipeline.extract.criteria.asked import all_of, is_partial, with_person
from pipeline.extract.criteria.asked_ages import aged
from pipeline.extract.criteria.asked_codes import beside, joins_codes
from pipeline.extract.criteria.asked_degrees import of_degree
from pipeline.extract.criteria.asked_either import either
from pipeline.extract.criteria.asked_of_whom import of_some
from pipeline.extract.criteria.asked_together import FAILURES, mapped, of_classes_too, sharing, trials
from pipeline.extract.criteria.asked_trials import is_broad, of_each
from pipeline.extract.criteria.clauses import (
    TREATMENTS,
    no_more_numbers,
    outcomes_in,
    read,
    treatment_terms,
    treatments,
    words,
)
from pipeline.extract.criteria.predicates import predicate
from pipeline.extract.criteria.unlisted import kind_of
from pipeline.extract.criteria.unread import is_read
from pipeline.extract.criteria.whole import is_whole, no_such_kind, without_names
from pipeline.extract.vocabulary import TermHit, names_in_class
from pipeline.extract.vocabulary import terms as find_terms
from schemas.fact import FactKind
from schemas.requirement import (
    All,
    Any,
    Attest,
    Change,
    Count,
    Duration,
    Finding,
    Frequency,
    Measure,
    Not,
    Requirement,
    Score,
    Tolerance,
)


@lru_cache(maxsize=4096)  # a statement of many parts asks for the same endings again and again
def statement(text: str) -> Requirement | None:
    """What one statement asks: the first reading that takes every word, else the first that leaves some to a person."""
    text = re.sub(r"[;,.]?\s*\b(?:and|or|AND|OR)\s*$|[;,.\s]+$", "", text.strip())
    if not text:
        return None
    if len(clauses := _APART.split(text)) > 1:
        return _clauses(clauses)
    best: Requirement | None = None
    for reader in _READERS:
        found = reader(text)
        if found is not None and not is_partial(found):
            return found
        best = best or found
    return best


def refuted(requirement: Requirement) -> Requirement:
    """That the requirement be shown not to hold. What was left to a person stays so: its opposite is not known."""
    return Not(of=requirement, judged=() if is_partial(requirement) else None)


def _leaf(text: str) -> Requirement | None:
    """One predicate, guarded by words of judgement and by words that it does not take."""
    stated = predicate(text)
    if stated is None:
        return None
    if is_whole(text, stated):
        return stated
    return no_such_kind(text, stated) or either(text, _leaf) or with_person(stated, text)


def _plain(text: str) -> Requirement | None:
    """One predicate, where no examples are told, and no exception that it does not take."""
    if _MEMBERS.search(text) or words("exception").search(text):
        return None
    stated = _leaf(text)
    excepted = words("unless").search(text) is not None
    return None if stated is not None and excepted and is_partial(stated) else stated


_WITH = re.compile(r",? with (?!(?:an? )?(?:its|the|at least one|no)\b)", re.IGNORECASE)
_AT_LEAST_ONE = re.compile(
    r",? (?:with|and|plus|together with) (?=(?:at least one|one or more)\b[^,;\d]{4,80}$)", re.IGNORECASE
)


def _condition_with(text: str) -> Requirement | None:
    """A condition and what it comes with: "heart failure with an ejection fraction below 40%"."""
    if (joint := _AT_LEAST_ONE.search(text)) is not None:
        first, more = _leaf(text[: joint.start()]), text[joint.end() :]
        second = statement(more) or kind_of(more)
        return All(of=(first, second)) if isinstance(first, Score | Measure) and second is not None else None
    joint = _WITH.search(text)
    if joint is None or re.search(r"[;:]|\b(?:or|unless)\b", text[: joint.start()]):
        return None
    named, more = text[: joint.start()], text[joint.end() :]
    hits = find_terms(named)
    if {hit.term.kind for hit in hits} & _NO_CONDITION or read(named).lengths or notation.numbers(read(named).rest):
        return None
    second = statement(more)
    figure = isinstance(second, Score | Measure)
    if not figure and (not isinstance(second, Finding) or not hits or _ASIDE.match(more) or not find_terms(more)):
        return None
    first = (_leaf(named) if hits else None) or kind_of(named)
    return All(of=(first, second)) if second is not None and isinstance(first, Finding | All) else None


_NO_CONDITION = {FactKind.MEASUREMENT, FactKind.DOCUMENTATION, FactKind.IMAGING, *TREATMENTS}
_ASIDE = re.compile(r"(?:documented|evidence|objective|the|its|a score)\b", re.IGNORECASE)


def _of_a_code(text: str) -> Requirement | None:
    """What is asked, and a diagnosis by code set apart by commas: each is asked."""
    for start, end in beside(text):
        coded, rest = _leaf(text[start:end]), f"{text[:start].rstrip(' ,')} {text[end:].lstrip(' ,')}".strip()
        if (
            coded is None
            or not rest
            or re.match(r"or\b", text[end:].lstrip(" ,"))
            or re.search(r"\bor$", text[:start].rstrip(" ,"))
        ):
            return None
        return all_of((statement(rest) or kind_of(rest) or Attest(), coded))
    return None


def _of_some(text: str) -> Requirement | None:
    return of_some(text, statement) or of_degree(text, statement)


def _of_an_age(text: str) -> Requirement | None:
    return aged(text, statement)


_THAT = re.compile(
    r",? (?:that|which|and) (?=(?:also )?(?:limit|interfere|affect|impair|prevent|disrupt|restrict)s?\b)",
    re.IGNORECASE,
)


def _that_limits(text: str) -> Requirement | None:
    """A symptom of so long or so much, and what it keeps from: each is asked."""
    found = _THAT.search(text)
    if found is None:
        return None
    first = statement(text[: found.start()])
    if not isinstance(first, Duration | Score | Measure | Frequency):
        return None
    rest = text[found.end() :]
    named = tuple(hit.term.name for hit in find_terms(rest) if hit.term.kind is FactKind.FUNCTIONAL_LIMIT)
    limit = Finding(terms=named or ("functional_limitation",))
    return All(of=(first, with_person(limit, rest)))


_TOLD = re.compile(r",\s+(?:and )?(?=(?:each|both|done|performed|given|taken)\b)", re.IGNORECASE)


# how far apart they were is for a person
_SPACED = re.compile(
    r"(?:done|performed|given|taken|each) [^,\d]{0,30}\d{1,2} (?:days?|weeks?|months?) apart", re.IGNORECASE
)


def _told_apart(text: str) -> Requirement | None:
    """So many of a thing, with more figures told of it after commas: "two blocks, each with 80% relief"."""
    subject, *others = [part for part in _TOLD.split(text) if not _SPACED.fullmatch(part)]
    if not others or any(not (notation.numbers(one) or notation.lengths(one)) for one in others):
        return None
    first = statement(subject)
    parts = [part for one in others if (part := _leaf(f"{_named(subject)} {one}")) is not None]
    if not isinstance(first, Count) or first.each or len(parts) != len(others):
        return None
    if any(isinstance(part, Duration) for part in parts):
        return None
    return All(of=(with_person(first, text), *(with_person(part, text) for part in parts)))


def _of_classes_too(text: str) -> Requirement | None:
    return of_classes_too(text, statement)


def _named(subject: str) -> str:
    hits = find_terms(subject)
    return subject[hits[0].start : hits[-1].end] if hits else ""


def _in_part(text: str) -> Requirement | None:
    """What one predicate takes of a statement that no other reader took whole."""
    stated = _leaf(text)
    return None if stated is None else with_person(stated, text) if not is_partial(stated) else stated


_APART = re.compile(r";\s+(?:and\s+)?|(?<=[a-z0-9)]{2})\.\s+(?=[A-Z])|,?\s+AND\s+", re.NOFLAG)


def _clauses(clauses: Sequence[str]) -> Requirement | None:
    """Statements set apart by semicolons, full stops or a capital AND: each is asked, an unread one of a person.

    One that begins with "or" is an alternative to what it is hard to tell: nothing is read.
    """
    if any(re.match(r"or\b", clause, re.IGNORECASE) for clause in clauses):
        return None
    read_ones = [statement(clause) for clause in clauses if clause.strip()]
    if not any(read_ones):
        return None
    return all_of(tuple(one or Attest() for one in read_ones))


_LABEL = re.compile(r"^([^:;.\d]{2,60}):\s+(?=\S)")


def _labelled(text: str) -> Requirement | None:
    """A statement after its subject: "Epidural: pain for 4 weeks". The subject is no part of what is asked."""
    label = _LABEL.match(text)
    if (
        label is None
        or outcomes_in(label[1])
        or words("negated").search(label[1])
        or words("exclusion").search(label[1])
    ):
        return None
    own = [hit for hit in find_terms(text[label.end() :]) if hit.term.kind is not None]
    return statement(text[label.end() :]) if own else None


_MEMBERS = re.compile(
    r"[,(]?\s*\b(?:(including(?! but not limited)|to include|which (?:must|should|has to|needs to) (?:have )?included?)"
    r"|such as|e\.g\.,?|for example,?"
    r"|may include|including but not limited to)\s+",
    re.IGNORECASE,
)


def _with_members(text: str) -> Requirement | None:
    """A class with members named: "including X and Y" asks for each of them, "such as X" only explains.

    What follows the examples belongs to the rule: "two drugs, such as X or Y, for 8 weeks each". A finding that the
    payer gives as an example of a class counts as one, though we would not have it there.
    """
    found = _MEMBERS.search(text)
    if found is None or _AND_THEN.search(text, found.end()):
        return None
    rule, members = text[: found.start()], text[found.end() :]
    reading = read(members)
    if found[1] is None:
        after = max((hit.end for hit in reading.hits), default=0)
        if not after and not no_more_numbers(members):
            return None
        stated = statement(f"{rule} {members[after:].lstrip(' ,)')}" if after else rule)
        return _or_examples(stated, reading.hits)
    last = max((hit.end for hit in treatments(reading.hits)), default=0)
    if not last:
        return None
    if not no_more_numbers(reading.rest):
        stated, each = statement(rule), statement(members)
        return None if stated is None or each is None else All(of=(stated, with_person(each, members)))
    tail = members[last:].lstrip(" ,)")
    stated, each = statement(f"{rule} {tail}" if tail else rule), of_each(read(members[:last]), ())
    if stated is not None and each is None:  # which of them is asked is not clear
        return with_person(stated, members)
    return None if stated is None or each is None else All(of=(stated, each))


def _or_examples(stated: Requirement | None, hits: Sequence[TermHit]) -> Requirement | None:
    """A finding of a class, or one of the examples that the payer gives of it."""
    known = {name for term in stated.terms for name in names_in_class(term)} if isinstance(stated, Finding) else set()
    if not isinstance(stated, Finding) or stated.absent or not known:
        return stated
    given = (hit.term.name for hit in hits if hit.term.kind is FactKind.FINDING and hit.term.name not in known)
    return stated.model_copy(update={"terms": tuple(dict.fromkeys((*stated.terms, *given)))})


def _with_exception(text: str) -> Requirement | None:
    """A rule and its exception: one of them must hold."""
    found = words("unless").search(text)
    stated = statement(text[: found.start()]) if found else None
    if found is None or stated is None or words("untaken").fullmatch(text[: found.start()].strip()):
        return None
    exception = text[found.end() :]
    outcomes = tuple(outcome for outcome in outcomes_in(exception) if outcome not in FAILURES)
    own = treatment_terms(find_terms(exception))
    if not outcomes or not (own or any(True for _ in trials(stated))):
        either: Requirement = Any(of=(stated, statement(exception) or Attest()))
        return with_person(either, text) if isinstance(stated, All) else either
    whole = is_read(exception, Tolerance(terms=own or ("it",), outcomes=outcomes))

    def excused(trial: Requirement) -> Requirement:
        terms = own or getattr(trial, "terms", ())
        if isinstance(trial, Count) and trial.n > 1:  # each that could not be taken counts as one of them
            counted = trial.model_copy(update={"outcomes": (*trial.outcomes, *outcomes)})
            return counted if whole and trial.outcomes and not own else with_person(trial, exception)
        excuse = Tolerance(terms=terms, outcomes=outcomes)
        return Any(of=(trial, excuse if whole and not is_broad(terms) else with_person(excuse, exception)))

    if not own:
        return mapped(stated, excused)
    if isinstance(stated, All):  # what it excuses of several is not clear
        return with_person(Any(of=(stated, excused(stated.of[-1]))), text)
    return excused(stated)


_MOST_JOINTS = 8  # a statement with more is no statement; without an end to them, reading takes for ever
_DENIES = re.compile(
    r"(?:(?:the|patient|member|child|you|has|have|had|there|is|are|was|were|must)\s+)*(?:no|without)\s", re.IGNORECASE
)
_OWN_WORD = re.compile(r"(?:is|are|was|were|has|have|had|there|the|an?|documented|if|when|did|does)\b", re.IGNORECASE)
_OR = re.compile(
    r",?\s+or\s+(?!(?:more|greater|higher|longer|less|lower|fewer|shorter|above|below|over|under|older|younger|better|worse"
    r"|poorer|equal)\b(?! than| ?\d))(?:if\s+|when\s+)?",
    re.IGNORECASE,
)
_BARE_FIGURE = re.compile(
    r"(?:a |an )?(?:score |level |value )?(?:of )?(?:(?:at least|greater than|more than|over|above|less than|below"
    r"|>=?|<=?|[\u2264\u2265]|no less than|equal to or greater than"
    r"|greater than or equal to|less than or equal to) ?)?(?:a )?\d",
    re.IGNORECASE,
)


def _alternatives(text: str) -> Requirement | None:
    """Two statements joined by "or", both of which are read; a bare figure is one of the measure before it."""
    best: Requirement | None = None
    joints = list(_OR.finditer(text))
    for joint in joints if len(joints) <= _MOST_JOINTS else ():
        if re.search(r"\band/$", text[: joint.start() + 1]):
            continue
        left, right = text[: joint.start()], text[joint.end() :]
        if "," not in joint[0] and _DENIES.match(left) and not _OWN_WORD.match(right) and not re.search(r"\d", right):
            continue  # "no cough or fever" denies both
        measured = [hit for hit in find_terms(left) if hit.term.kind is FactKind.MEASUREMENT]
        if measured and _BARE_FIGURE.match(right):
            right = f"{left[measured[-1].start : measured[-1].end]} {right}"
        first, second = statement(left), statement(right)
        if first is None or second is None:
            continue
        parts = sharing((first, second))
        found: Requirement = Any(of=(*_flat(parts[0]), *_flat(parts[1])))
        if "," not in joint[0] and re.search(r"\band\b", without_names(right)):  # "A or B and C" has two readings
            found = with_person(found, text)
        if not is_partial(found):
            return found
        best = best or found
    return best


def _any_listed(text: str) -> Requirement | None:
    """Parts such as "A, B, or C", each of which can be read alone."""
    if not _OR.search(text) or re.search(r"\b(?:and|with|plus|unless|each)\b", text):
        return None
    first, *others = [part for part in re.split(r",\s*(?:or\s+)?|\s+or\s+", text) if part.strip()]
    if not 2 <= len(others) <= _MOST_JOINTS:
        return None
    parts = [statement(part) for part in (first, *others)]
    return Any(of=tuple(part for part in parts if part)) if all(parts) else None


def _flat(requirement: Requirement) -> tuple[Requirement, ...]:
    return requirement.of if isinstance(requirement, Any) else (requirement,)


_AND_THEN = re.compile(r"[,;]\s+and\s+(?:an?|the|at least|documented|evidence|failure)\s", re.IGNORECASE)
_AND = re.compile(
    r",?\s+(?:and|plus|with|as well as|along with|in addition to|accompanied by|combined with|together with)\s+(?!/or)"
    r"|,\s+(?=[a-zA-Z])",
    re.IGNORECASE,
)


def _conjunction(text: str) -> Requirement | None:
    """Two statements joined by "and", where the first can stand alone; None where the text is one statement.

    A second half that says something else, and cannot be read, is left to a person.
    """
    best: Requirement | None = None
    names = find_terms(text)
    for joint in islice(_AND.finditer(text), _MOST_JOINTS):
        if any(name.start < joint.start() and joint.end() < name.end for name in names):  # "Timed Up and Go"
            continue
        if joins_codes(text, *joint.span()):
            continue
        head, rest = text[: joint.start()], text[joint.end() :]
        if "and" not in joint[0].lower() and words("negated").search(head) and re.search(r"\bor\b", rest):
            continue  # "no cough, fever or weight loss" denies each
        first = statement(head) if _MEMBERS.search(head) else _leaf(head) or _exception_of(head)
        if first is None or re.match(r"or\b", rest, re.IGNORECASE):
            continue
        second = statement(rest)
        if second is None and "and" not in joint[0].lower():
            continue
        if second is None and (find_terms(rest) or outcomes_in(rest)):
            continue
        if (second is None and words("verb_first").match(rest)) or _moved_too(first, second):  # more of the same thing
            best = best or with_person(first, rest)
            continue
        parts = sharing((first, second or Attest()))
        found = All(of=(parts[0], *(parts[1].of if isinstance(parts[1], All) else (parts[1],))))
        if not is_partial(found):
            return found
        best = best or found
    return best


def _moved_too(first: Requirement, second: Requirement | None) -> bool:
    """Whether a score beside one that moved is asked to have moved as well: "a 30% improvement in TUG and Tinetti"."""
    return isinstance(first, Change) and isinstance(second, Finding) and bool(second.sources)


def _exception_of(head: str) -> Requirement | None:
    return _with_exception(head) if words("unless").search(head) else None


_TAIL = re.compile(r"\s(?:without|while|despite|so that|and did not|that did not|which did not)\s", re.IGNORECASE)


def _with_tail(text: str) -> Requirement | None:
    """What is read whole before a tail that is not: "for at least 90 days without bringing the urate to 6 mg/dL"."""
    tail = _TAIL.search(text)
    head = statement(text[: tail.start()]) if tail and not re.search(r"\bor\b|\bunless\b", text[tail.end() :]) else None
    whole = isinstance(head, Duration | Count | Score | Measure | Frequency) and not is_partial(head)
    return with_person(head, text) if head and whole else None


_READERS: tuple[Callable[[str], Requirement | None], ...] = (
    _of_some,
    _labelled,
    _of_a_code,
    _of_an_age,
    _told_apart,
    _of_classes_too,
    _that_limits,
    _condition_with,
    _plain,
    _with_members,
    _with_exception,
    _any_listed,
    _conjunction,
    _alternatives,
    _in_part,
    _with_tail,
)
