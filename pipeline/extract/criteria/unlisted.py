"""What a statement asks of things the vocabulary does not know: its kind by grammar, the answer for a person."""

import re
from decimal import Decimal

from pipeline import notation
from pipeline.extract.criteria.clauses import (
    Reading,
    blank,
    comparison,
    no_more_numbers,
    outcomes_in,
    read,
    treatments,
    words,
)
from pipeline.extract.criteria.over_time import about, topic
from schemas.fact import FactKind, Length, Outcome
from schemas.requirement import (
    Attest,
    Count,
    Duration,
    ElapsedSince,
    Finding,
    Measure,
    Not,
    Op,
    Present,
    Requirement,
    Score,
    Tolerance,
)

_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|so that)\b", re.IGNORECASE)
_UNIT = re.compile(
    r"\s?(?P<unit>%|percent\b|per cent\b"
    r"|[a-zA-Z\u00b5\u00b0]{1,12}(?:\s?/\s?\w{1,5})?(?: per (?!night|week|month)\w+)?)"
)


def untaken(reading: Reading) -> Requirement | None:
    """That things the vocabulary does not know could not be taken."""
    outcomes = tuple(outcome for outcome in outcomes_in(reading.text) if outcome in _UNTAKEN)
    terms = about(reading)
    if not terms or not outcomes or len(outcomes) != len(outcomes_in(reading.text)) or reading.lengths:
        return None
    if not no_more_numbers(reading.rest) or not words("untaken").match(reading.text):
        return None
    return Tolerance(terms=terms, outcomes=outcomes, within=reading.window, judged=terms)


def never_had(reading: Reading) -> Requirement | None:
    """That a treatment the vocabulary does not know was never given: "not treated before with ..."."""
    found = words("never_given").search(reading.text)
    terms = topic(reading.text[found.end() :]) if found else ()
    if not terms or reading.lengths:
        return None
    return Not(of=Count(terms=terms, n=1, judged=terms), judged=terms)


def given(reading: Reading) -> Requirement | None:
    """A trial of things the vocabulary does not know, with what came of it: "a trial of a neuropathic pain drug"."""
    terms = about(reading)
    if not terms or reading.lengths or not no_more_numbers(reading.rest) or words("negated").search(reading.text):
        return None
    if not words("trial_of").match(reading.text):
        return None
    return Count(terms=terms, n=1, outcomes=outcomes_in(reading.text), within=reading.window, judged=terms)


_UNTAKEN = (Outcome.INTOLERANT, Outcome.CONTRAINDICATED)


def figure(reading: Reading) -> Requirement | None:
    """One compared figure of a thing the vocabulary does not know: a score where it is scored, else a measure."""
    numbers = notation.numbers(reading.rest)
    scored = words("scored").search(reading.text)
    if scored and (scale := _SCALE.search(reading.rest)) is not None:
        numbers = [n for n in numbers if not scale.start() <= n.start < scale.end()]
    if len(numbers) != 1 or any(hit.term.kind is FactKind.MEASUREMENT for hit in reading.hits):
        return None
    n = numbers[0]
    op = comparison(reading.rest, n.start, n.end)
    unit = _UNIT.match(reading.rest, n.end)
    terms = about(reading)
    if not terms or (op is None and not scored) or outcomes_in(reading.text):
        return None
    if scored:
        return Score(terms=terms, op=op or Op.AT_LEAST, value=n.value, within=reading.window, judged=terms)
    measured = unit is not None and words("measured_in").fullmatch(unit["unit"].strip())
    if not measured and not words("measured").search(reading.text):
        return None
    return Measure(
        terms=terms,
        op=op or Op.AT_LEAST,
        value=n.value,
        unit=unit["unit"].strip() if unit and measured else None,
        within=reading.window,
        judged=terms,
    )


_SCALE = re.compile(r"\b(?:on |out )?(?:an? |of |the )?(?:0[ -](?:to[ -])?)?\d{1,3}[ -]point\b")


_SO_MANY = re.compile(
    rf"(?P<n>(?<![\w.,/-])\d{{1,2}}|{notation.NUMBER_WORD})(?: \(\d\))?(?: or more)? (?:[a-z-]+ ){{0,3}}?"
    r"(?:drugs|agents|medications|medicines|products|therapies|treatments|classes|trials|courses|alternatives|options|formulations)\b",
    re.IGNORECASE,
)


def tried(reading: Reading) -> Requirement | None:
    """So many drugs or treatments that are only called by what they are for: "two preventive drugs"."""
    match = _SO_MANY.search(reading.rest)
    if match is None or len(reading.lengths) > 1 or treatments(reading.hits):
        return None
    n = int(match["n"]) if match["n"].isdigit() else notation.spelled(match["n"])
    terms = about(reading) or (match[0].split()[-1].lower(),)
    if not n or not terms or not no_more_numbers(blank(reading.rest, *match.span())):
        return None
    return Count(
        terms=terms,
        op=comparison(reading.text, *match.span("n")) or Op.AT_LEAST,
        n=n,
        of="class" if words("of_classes").search(reading.text) else "agent",
        outcomes=outcomes_in(reading.text),
        each=reading.lengths[0].value if reading.lengths else None,
        within=reading.window,
        judged=terms,
    )


_EVENTS = re.compile(
    rf"^(?:(?:the |a )?(?:patient|member|child|you|history|documented|documentation|has|have|had"
    r"|of|at least|a minimum of|more than|over) ?)*"
    rf"(?P<n>\d{{1,2}}|{notation.NUMBER_WORD})(?: \(\d+\))?(?: or more)? (?=[a-z])",
    re.IGNORECASE,
)


def events(reading: Reading) -> Requirement | None:
    """So many of what happens, within a time: "7 or more sore throats in the past year". A person must count them."""
    found = _EVENTS.match(reading.text)
    terms = about(reading)
    if found is None or reading.window is None or not terms or reading.lengths or treatments(reading.hits):
        return None
    n = int(found["n"]) if found["n"].isdigit() else notation.spelled(found["n"])
    if not n or not no_more_numbers(blank(reading.rest, *found.span())):
        return None
    if any(hit.term.kind is FactKind.MEASUREMENT for hit in reading.hits):
        return None
    op = comparison(reading.text, *found.span("n")) or Op.AT_LEAST
    return Count(terms=terms, op=op, n=n, of="event", within=reading.window, judged=terms)


_HOURS = re.compile(
    r"\b(?P<n>\d{1,3}|two|three|four)(?: \(\d\))? (?P<unit>hours|midnights|nights)\b"
    r"(?!,? (?:or (?:more|less) )?(?:per|a|each|every) (?:night|day|week)\b)",
    re.IGNORECASE,
)


def hours(reading: Reading) -> Requirement | None:
    """A length in hours or nights, in days: a person must compare it."""
    found = _HOURS.search(reading.text)
    terms = about(reading)
    if found is None or not terms or not words("for_length").search(reading.text[: found.start()]):
        return None
    n = Decimal(found["n"]) if found["n"].isdigit() else Decimal(notation.spelled(found["n"]) or 0)
    length = Length(n=n / 24 if found["unit"].lower() == "hours" else n, unit="days")
    return Duration(terms=terms, length=length, judged=terms)


_MEASURED = re.compile(r"\b\d{1,3}(?:[ -]\d{1,3})? ?(?:mm ?Hg|mg|mcg|cm|mm|kg|lbs?)\b")


def lasted(reading: Reading) -> Requirement | None:
    """A length of something the vocabulary does not know: "pain for 4 weeks"."""
    terms = about(reading)
    rest = _MEASURED.sub(lambda figures: " " * len(figures[0]), reading.rest)  # "stockings of 20-30 mmHg"
    if len(reading.lengths) != 1 or not terms or not no_more_numbers(rest) or treatments(reading.hits):
        return None
    length = reading.lengths[0]
    op = comparison(reading.text, length.start, length.end) or Op.AT_LEAST
    if op not in (Op.AT_LEAST, Op.MORE_THAN) or words("elapsed_near").search(reading.text[length.end :][:12]):
        return None
    return Duration(terms=terms, op=op, length=length.value, within=reading.window, judged=terms)


def kind_of(text: str) -> Requirement | None:
    """What a whole criterion asks that no reader took: a document, a judgement, or a thing that must be so.

    None where it holds figures that were not read, or names a treatment without saying what of it.
    """
    reading = read(text)
    terms = about(reading) or topic(text)
    main = _RELATIVE.split(text, maxsplit=1)[0]
    if is_document(main) and not words("foretold").search(main):
        head = _head(main)
        return Present(terms=terms or (head.lower(),), within=reading.window, judged=terms)
    if not terms:
        return None
    said = _unable(text, reading, terms)
    if said is None and is_judgement(text):
        return Attest(terms=terms)
    if (said := said or _when(text, reading, terms)) is not None:
        return said
    if words("far_off").search(text):
        return Attest(terms=terms)
    if re.search(r"\d", reading.rest) or reading.lengths:
        return None
    if any(hit.start < len(main) for hit in treatments(reading.hits)):
        return _of_treatment(main, terms)
    if not reading.hits and words("no_finding").search(main):
        return None
    shown = Finding(terms=terms, within=reading.window, judged=terms)
    return Not(of=shown, judged=terms) if words("negated").search(main) else shown


def _unable(text: str, reading: Reading, terms: tuple[str, ...]) -> Requirement | None:
    """What a patient cannot do, or a test cannot tell; or that two things must not be used together."""
    if words("unable").search(text):
        return Finding(terms=terms, within=reading.window, judged=terms)
    return Not(of=Finding(terms=terms, judged=terms), judged=terms) if words("not_together").search(text) else None


_DAYS = re.compile(r"\b(?:between|from) day (\d{1,3}) (?:and|to|through) (?:day )?\d{1,3}\b", re.IGNORECASE)


def _when(text: str, reading: Reading, terms: tuple[str, ...]) -> Requirement | None:
    """When a thing the vocabulary does not know was done: within so long of another, or between two days."""
    if (days := _DAYS.search(text)) is not None:
        return ElapsedSince(terms=terms, length=Length(n=Decimal(days[1]), unit="days"), judged=terms)
    if reading.window is None or treatments(reading.hits) or not words("happened").search(text):
        return None
    window = reading.window
    return ElapsedSince(terms=terms, op=Op.AT_MOST, length=window.length, before=window.before, judged=terms)


def _of_treatment(main: str, terms: tuple[str, ...]) -> Requirement | None:
    """A treatment that is named alone, which must be there; or of which something is said that a person judges."""
    if words("negated").search(main) or outcomes_in(main):
        return None
    hits = read(main).hits
    rest = main
    for hit in hits:
        rest = blank(rest, hit.start, hit.end)
    if len(terms) == 1 and not re.search(r"\w", rest):
        return Finding(terms=terms)
    if len(terms) == 1 and _FIRST.fullmatch(main[: hits[0].start]) and _WITH_MORE.match(main, hits[0].end):
        return Count(terms=terms, n=1, judged=terms)
    return Attest(terms=terms)


_FIRST = re.compile(r"(?:(?:an?|the|one|at least one|documented|prior|previous|completed) )*", re.IGNORECASE)
_WITH_MORE = re.compile(  # "a steroid injection of that wrist, with its result": no verb says anything else of it
    r" (?:of|to|into|in|on|at|with|under)\b"
    r"(?!.*\b(?:is|are|was|were|be|been|will|has|have|had|must|should|may|can|does)\b)",
    re.IGNORECASE,
)


def is_document(main: str) -> bool:
    """Whether what must be there is a paper or an assessment: the noun before its first preposition or verb."""
    return bool(words("document_at_end").search(_head(main)) or words("on_file").search(main))


def _head(main: str) -> str:
    """The noun a statement begins with."""
    main = _THERE_IS.sub("", main)
    return words("after_head").split(main, maxsplit=1)[0].strip(" ,.:;")


_THERE_IS = re.compile(
    r"^(?:documentation of|documented|there (?:is|are)|the record (?:has|contains)"
    r"|(?:the |your )?(?:patient|member|beneficiary|individual|enrollee|child|parent|you) reports?(?: that)?)\s+",
    re.IGNORECASE,
)


def is_judgement(text: str) -> bool:
    """Whether the statement itself, not what is said beside it, is one that a person judges."""
    main = _RELATIVE.split(text, maxsplit=1)[0]
    return bool(words("modal").search(main)) or bool(words("modal").search(text) and len(main.split()) < 3)
