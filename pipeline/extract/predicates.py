"""One statement of a criterion becomes one predicate, or none: each kind of predicate has its reader here."""

import re
from decimal import Decimal
from typing import Literal

from pipeline import notation
from pipeline.extract import over_time, unlisted
from pipeline.extract.clauses import (
    FINDINGS,
    TREATMENTS,
    Reading,
    blank,
    comparison,
    groups,
    no_more_numbers,
    outcomes_in,
    parted_by_outcome,
    read,
    treatment_terms,
    treatments,
    words,
    words_of,
)
from pipeline.extract.vocabulary import Term, by_name, names_in_class
from pipeline.extract.vocabulary import terms as find_terms
from schemas.fact import FactKind, Length, Outcome
from schemas.requirement import (
    Age,
    All,
    Attest,
    Count,
    Duration,
    Finding,
    Measure,
    Not,
    Op,
    Present,
    Requirement,
    Score,
    Tolerance,
)


def predicate(text: str) -> Requirement | None:
    """The first reader that takes the statement's numbers; None where none does. What it leaves, `unread` tells."""
    reading = read(text)
    for parse in _PARSERS:
        if (requirement := parse(reading)) is not None:
            negated = words("negated").search(text) and parse in (_finding, _tolerance, _document)
            whole = Not(of=requirement) if negated else requirement
            # whether a course had no gap, the length does not tell
            return left(whole, _subjects(reading)) if reading.lengths and words("unbroken").search(text) else whole
    return None


def _subjects(reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.term.name for hit in reading.hits))


def _age(reading: Reading) -> Requirement | None:
    years = [length for length in reading.lengths if length.value.unit == "years"]
    match = re.search(
        r"\b(?:age|aged)\s*(?:of )?(?:is )?(?:>=|\u2265|at least|over|of)?\s*(\d{1,3})\b", reading.text, re.IGNORECASE
    )
    match = match or _OLDER.search(reading.text)
    if (not years and match is None) or reading.hits:
        return None
    if not words("age").search(reading.text) and not _OLDER.search(reading.text):
        return None
    if (between := _AGES.search(reading.text)) is not None:
        return All(of=(Age(years=int(between[1])), Age(op=Op.AT_MOST, years=int(between[2]))))
    if len(years) > 1 or len(notation.numbers(reading.rest)) > (0 if years else 1):
        return None
    group = match.lastindex or 0 if match else 0
    n = years[0].value.n if years else Decimal(match[group]) if match else Decimal(0)
    start, end = (years[0].start, years[0].end) if years else match.span(group) if match else (0, 0)
    return Age(op=comparison(reading.text, start, end) or Op.AT_LEAST, years=int(n))


_OLDER = re.compile(
    r"\b(?:older|younger) than (\d{1,3})\b|\b(?:is|be|child|adult|patient|member) "
    r"(?:at least |under |over )?(\d{1,3}) (?:or|and) (?:older|over|younger)\b"
    r"|\b(?:is|child|adult|patient|member) (?:under|over) (\d{1,3})\b(?! ?(?:%|[a-z/]))",
    re.IGNORECASE,
)
_AGES = re.compile(r"\b(\d{1,2})(?: years)? ?(?:to|through|-|\u2013|and) ?(\d{1,3})\b")

_SCALE = re.compile(
    r"(?:\b(?:on a scale (?:of|from) |scale |range )|\()?\b0 ?(?:to|-|\u2013) ?(\d{1,3})\)?"
    r"|(?<=\d) ?/ ?(\d{2,3})|(?:out|(?<=\d)) of (\d{2,3})\b(?! the)"
)
_ALTERNATIVES = re.compile(
    r"(?<![\d.])(\d(?:\.\d)?|\b[IVX]{1,4}\b)(?:\s*(?:,|or|to|-|\u2013|and|/)\s*(?:\d(?:\.\d)?|\b[IVX]{1,4}\b))+(?![\d.]\d|\d)"
)
_BETWEEN = re.compile(r"\b(?P<low>\d{1,3}(?:\.\d)?)\s?(?:to|through|-|\u2013|and)\s?(?P<high>\d{1,3}(?:\.\d)?)\b")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


def _score(reading: Reading) -> Requirement | None:
    """A score or a measure with its threshold."""
    hits = [hit for hit in reading.hits if hit.term.kind is FactKind.MEASUREMENT]
    if not hits or treatments(reading.hits):
        return None
    rest, scale_max = reading.rest, None
    if (scale := _SCALE.search(rest)) is not None:
        scale_max = Decimal(scale[1] or scale[2] or scale[3])
        rest = blank(rest, *scale.span())
    rest = re.sub(r"kg\s?/\s?m\s?(?:2|\u00b2|\^2)|mm ?Hg", lambda m: " " * len(m[0]), rest)
    terms = tuple(dict.fromkeys(hit.term.name for hit in hits))
    ops = _thresholds(rest, hits[0].term.high)
    if not ops and scale_max is not None:  # "a status of 0 to 2" names no scale
        scale_max = None
        ops = _thresholds(reading.rest, None)
    if not ops and (graded := _graded(rest)) is not None:  # "a level of care of 6": whether more will do is not said
        found = _compared(reading, hits[0].term, terms, scale_max, graded)
        return left(found, terms) if isinstance(found, Score) else None
    if not ops:
        return None if reading.lengths or notation.numbers(rest) else _scored(reading, terms)
    parts = tuple(_compared(reading, hits[0].term, terms, scale_max, one) for one in ops)
    if len(parts) > 2 or (len(parts) == 2 and {one[0] in _LOWER for one in ops} != {True, False}):
        return None  # several thresholds of one kind state more than one predicate can
    # how long or how often it was so is for a person
    joined = _ranged(parts) or all_of(parts)
    return left(joined, terms) if reading.lengths else joined


def _ranged(parts: tuple[Requirement, ...]) -> Requirement | None:
    """Two ends of one range as one predicate: "class II or III"."""
    if len(parts) != 2:
        return None
    low, high = parts
    if not isinstance(low, Score | Measure) or not isinstance(high, Score | Measure):
        return None
    if (low.op, high.op) != (Op.AT_LEAST, Op.AT_MOST):
        return None
    return low.model_copy(update={"value_high": high.value})


_LOWER = (Op.AT_LEAST, Op.MORE_THAN)
Threshold = tuple[Op, Decimal, int]


def _thresholds(rest: str, highest: float | None) -> list[Threshold]:
    """The figures asked with how they compare; none where one of them is not compared."""
    ops: list[Threshold] = []
    if (either := _ALTERNATIVES.search(rest)) is not None or (either := _BETWEEN.search(rest)) is not None:
        # "grade 3 or 4": the higher ones name the top of the scale, the lowest is the threshold
        figures = sorted(map(_figure, re.findall(r"\d+(?:\.\d)?|[IVX]+", either[0])))
        ops.append((Op.AT_LEAST, figures[0], either.end()))
        if highest is None or figures[-1] < highest:  # grades such as "class II or III": those above do not count
            ops.append((Op.AT_MOST, figures[-1], either.end()))
        rest = blank(rest, *either.span())
    for number in notation.numbers(rest):
        if (op := comparison(rest, number.start, number.end)) is None:
            return []
        ops.append((op, number.value, number.end))
    return ops


def _graded(rest: str) -> Threshold | None:
    """The one figure that a score is said to be, where nothing compares it."""
    numbers = notation.numbers(rest)
    said = len(numbers) == 1 and re.search(r"(?:\bof|\bis|=|:)\s*$", rest[: numbers[0].start])
    return (Op.AT_LEAST, numbers[0].value, numbers[0].end) if said else None


_STATED_UNIT = re.compile(r"\s*(?:or \w+ )?([a-zA-Z\u00b5]{1,6}/[\w\u00b2^]+|mm ?Hg|mg|kg|cm|mm|ng|lbs?)\b")


def _compared(
    reading: Reading, term: Term, terms: tuple[str, ...], scale_max: Decimal | None, threshold: Threshold
) -> Requirement:
    op, value, end = threshold
    percent = re.match(r"\s*%|\s*percent", reading.rest[end:])
    unit = "%" if percent else None
    if set(term.classes) & {"function_scale", "pain_scale", "severity_score", "ra_activity", "radiographic_grade"}:
        return Score(terms=terms, op=op, value=value, scale_max=scale_max, unit=unit, within=reading.window)
    stated = _STATED_UNIT.match(reading.text, end)
    return Measure(
        terms=terms, op=op, value=value, unit=unit or (stated[1] if stated else term.unit), within=reading.window
    )


def _scored(reading: Reading, terms: tuple[str, ...]) -> Requirement | None:
    """That a score was taken, whatever it came to."""
    if words("negated").search(reading.text):
        return None
    apart = groups(reading.text, [hit for hit in reading.hits if hit.term.name in terms])
    if apart is None:
        return None
    return all_of(tuple(Finding(terms=t, sources=(FactKind.MEASUREMENT,), within=reading.window) for t in apart))


def _figure(text: str) -> Decimal:
    return Decimal(_ROMAN[text]) if text in _ROMAN else Decimal(text)


_COUNTED = re.compile(
    rf"(?P<n>(?<![\w.,/|!}}\]-])\d{{1,3}}|{notation.NUMBER_WORD})(?: \(\d+\))?"
    r"(?: (?:or more|supervised|documented|attended|formal|separate|prior|previous))* (?:[a-z-]+ ){0,3}?"
    r"(?P<what>(?:sessions?|visits?|trials?|agents?|drugs?|medications?|medicines?|class(?:es)?|treatments?|injections?|courses?"
    r"|episodes?|attempts?|therapies|modalit(?:y|ies)|emergency|hospitali[sz]ations?|admissions?|exacerbations?)\b"
    r"|NSAIDs?\b|DMARDs?\b|preventives?\b|antidepressants?\b|of\b|non-?steroidal|conventional|different|distinct|preferred"
    r"|formulary|oral|preventive|generic)",
    re.IGNORECASE,
)


def _counted(reading: Reading) -> Requirement | None:
    """So many treatments, agents, classes, visits or events, each perhaps for a length."""
    terms = treatment_terms(reading.hits)
    terms = terms or tuple(dict.fromkeys(h.term.name for h in reading.hits if h.term.kind is FactKind.RISK))
    found = [_COUNTED.search(reading.rest), _COUNTED.search(_without_lengths(reading))]
    match = next((m for m in found if m and not _counts_only_some(reading, m.start())), None)
    if not terms or match is None or len(reading.lengths) > 1 or parted_by_outcome(reading):
        return None
    n = int(match["n"]) if match["n"].isdigit() else notation.spelled(match["n"])
    if n is None or not no_more_numbers(blank(reading.rest, *match.span())):
        return None
    each = reading.lengths[0].value if reading.lengths else None
    of = _what_is_counted(reading, match)
    outcomes = outcomes_in(reading.text)
    if each is not None and (of == "visits" or _is_exempt(outcomes)):
        return None
    op = comparison(reading.text, *match.span("n")) or Op.AT_LEAST
    counted = Count(
        terms=terms,
        op=op,
        n=n,
        of=of,
        outcomes=outcomes,
        each=each,
        dose=reading.dose,
        within=reading.window,
    )
    if op in (Op.AT_LEAST, Op.MORE_THAN):
        return counted
    return left(counted, terms)  # that no other record holds more, a person must find out


def _what_is_counted(reading: Reading, match: re.Match[str]) -> Literal["visits", "event", "class", "agent"]:
    what = match["what"].lower()
    if not treatments(reading.hits) and "active" not in _subjects(reading):
        return "event"
    if what.startswith(("session", "visit")):
        return "visits"
    if re.search(
        r"(?:different|distinct|separate)(?: \w+){0,2} class|from different|classes", reading.text, re.IGNORECASE
    ):
        return "class"
    return "event" if words("event").search(what) else "agent"


def _counts_only_some(reading: Reading, number: int) -> bool:
    """Whether the number is not that of all treatments named: "physical therapy and at least one NSAID"."""
    places = treatments(reading.hits)
    if places and places[0].end <= number and not re.search(r"[(:]", reading.text[places[0].end : number]):
        return True
    listed = re.search(r"\bof (?:the )?(?:following|these)|:|\(|such as|including", reading.text[number:])
    apart = groups(reading.text, places) if places else ()
    return listed is None and (apart is None or len(apart) > 1)


def _is_exempt(outcomes: tuple[Outcome, ...]) -> bool:
    """Whether only those who could not take it are spoken of: "6 weeks of it, or a contraindication"."""
    return bool({Outcome.INTOLERANT, Outcome.CONTRAINDICATED} & set(outcomes)) and Outcome.FAILED not in outcomes


def _without_lengths(reading: Reading) -> str:
    """The text with its lengths blanked and its terms kept: "two NSAIDs" is a count."""
    text = reading.text
    for length in reading.lengths:
        text = blank(text, length.start, length.end)
    return text


def _trial(reading: Reading) -> Requirement | None:
    """A treatment, or symptom, that lasted so long; or a treatment that ended as the text says."""
    terms = treatment_terms(reading.hits)
    if len(reading.lengths) > 1 or not no_more_numbers(reading.rest) or words("despite").search(reading.text):
        return None
    if parted_by_outcome(reading):
        return None
    outcomes = outcomes_in(reading.text)
    if reading.lengths:
        length = reading.lengths[0]
        op = comparison(reading.text, length.start, length.end) or Op.AT_LEAST
        if op not in (Op.AT_LEAST, Op.MORE_THAN):
            return None
        return _lasting(reading, terms, op, length.value, outcomes)
    ended = {Outcome.FAILED} & set(outcomes)
    if terms and ended:
        return of_each(reading, outcomes)
    return None


def _lasting(
    reading: Reading, terms: tuple[str, ...], op: Op, length: Length, outcomes: tuple[Outcome, ...]
) -> Requirement | None:
    active = "active" in terms or bool(re.search(r"\bactive (?:modalit|component|treatment|therap)", reading.text))
    terms = tuple(term for term in terms if term != "active") or (("active",) if active else ())
    if not terms:
        symptoms = tuple(dict.fromkeys(hit.term.name for hit in reading.hits if hit.term.kind in FINDINGS))
        return Duration(terms=symptoms, op=op, length=length, within=reading.window) if symptoms else None
    exempt = bool({Outcome.INTOLERANT, Outcome.CONTRAINDICATED} & set(outcomes))
    within, dose = reading.window, reading.dose
    apart = groups(reading.text, treatments(reading.hits)) if len(terms) > 1 else (terms,)
    if apart is None or _is_exempt(outcomes):
        return None
    if exempt:  # who could not take it is exempt from the length
        return all_of(
            tuple(Count(terms=t, n=1, outcomes=outcomes, each=length, dose=dose, within=within) for t in apart)
        )
    return all_of(
        tuple(
            Duration(terms=t, op=op, length=length, active=active, outcomes=outcomes, dose=dose, within=within)
            for t in apart
        )
    )


def of_each(reading: Reading, outcomes: tuple[Outcome, ...]) -> Requirement | None:
    """Each treatment tried once, with one of the outcomes; alternatives where they are joined by "or"."""
    apart = groups(reading.text, treatments(reading.hits))
    if apart is None:
        return None
    return all_of(
        tuple(Count(terms=t, n=1, outcomes=outcomes, dose=reading.dose, within=reading.window) for t in apart)
    )


def _tolerance(reading: Reading) -> Requirement | None:
    hits, outcomes = treatments(reading.hits), outcomes_in(reading.text)
    if not hits or not outcomes or not no_more_numbers(reading.rest) or reading.lengths or parted_by_outcome(reading):
        return None
    apart = groups(reading.text, hits)
    if apart is None or Outcome.FAILED in outcomes:
        return None
    parts = tuple(Tolerance(terms=t, outcomes=outcomes, within=reading.window) for t in apart)
    return left(all_of(parts), apart[0]) if is_broad(treatment_terms(hits)) else all_of(parts)


def is_broad(terms: tuple[str, ...]) -> bool:
    """Whether one of the terms is so wide a class of treatments that one member not tolerated excuses none other."""
    return over_time.unknown(terms) or any(
        by_name(term).kind is not FactKind.MEDICATION and names_in_class(term) for term in terms
    )


def _document(reading: Reading) -> Requirement | None:
    """A document, a report or a specialist's hand that the record must show."""
    hits = [h for h in reading.hits if h.term.kind is FactKind.DOCUMENTATION]
    by = [h for h in hits if "author_specialty" in h.term.classes]
    other = [hit for hit in reading.hits if hit.term.kind in (*TREATMENTS, FactKind.MEASUREMENT, FactKind.FINDING)]
    if not hits or other or reading.lengths or not no_more_numbers(reading.rest):
        return None
    if not by:  # "a plan of care signed by the physician, with goals": the plan is asked, the rest said of it
        head = words("after_head").search(reading.text, hits[0].end)
        hits = [h for h in hits if head is None or h.end <= head.start()]
    # "in consultation with a rheumatologist", "ordered by a psychiatrist": the hand is what is asked
    hits = [h for h in hits if not by or h in by or not set(words_of("by_whom")) & {h.term.name}]
    apart = groups(reading.text, hits)
    return None if apart is None else all_of(tuple(Present(terms=t, within=reading.window) for t in apart))


def _finding(reading: Reading) -> Requirement | None:
    """Findings, imaging, risks, limits or diagnoses that must be stated."""
    hits = [hit for hit in reading.hits if hit.term.kind in FINDINGS or hit.term.kind is None]
    hits = [hit for hit in hits if hit.term.name not in ("active", "inactive")]
    if not hits or treatments(reading.hits) or reading.lengths or not no_more_numbers(reading.rest):
        return None
    # "radiographs before the MRI request" asks for the radiographs
    until = re.search(r"\b(?:before|prior to|preceding)\b", reading.text)
    hits = [hit for hit in hits if until is None or hit.start < until.start()] or hits
    specific = [hit for hit in hits if hit.term.kind is not FactKind.IMAGING] or hits
    apart = groups(reading.text, specific)
    if apart is None:
        return None
    lead = words("filler").sub(" ", reading.text[: specific[0].start])
    # "radiographs of the knee": that they were made, whatever they showed
    studies = all(hit.term.kind is FactKind.IMAGING for hit in specific) and not re.search(r"[a-z]", lead)
    if studies:
        return all_of(tuple(Present(terms=t, within=reading.window) for t in apart))
    absent = words("came_negative").search(reading.text) is not None
    return all_of(tuple(Finding(terms=t, within=reading.window, absent=absent) for t in apart))


def _untried(reading: Reading) -> Requirement | None:
    """A treatment that must not have been given: "no prior use of adalimumab"."""
    hits = treatments(reading.hits)
    if not hits or reading.lengths or not no_more_numbers(reading.rest) or outcomes_in(reading.text):
        return None
    if not words("negated").search(reading.text):
        return None
    tried = Count(terms=treatment_terms(hits), n=1, within=reading.window)
    return left(Not(of=tried), tried.terms)


def _tried(reading: Reading) -> Requirement | None:
    """A treatment that was given, whatever came of it."""
    if not treatments(reading.hits) or reading.lengths or not no_more_numbers(reading.rest):
        return None
    if outcomes_in(reading.text) or not words("tried").search(reading.text):
        return None
    return Attest(terms=_subjects(reading)) if words("concurrent").search(reading.text) else of_each(reading, ())


def left(requirement: Requirement, terms: tuple[str, ...]) -> Requirement:
    """The requirement, with the rest of its text, on these terms, left to a person."""
    if isinstance(requirement, Attest):
        return requirement
    update: dict[str, object] = {"judged": tuple(dict.fromkeys((*(requirement.judged or ()), *terms)))}
    if isinstance(requirement, Score | Measure):  # "at presentation", "on room air": which figure counts is not known
        update["use"] = "any"
    return requirement.model_copy(update=update)


def with_person(requirement: Requirement, text: str) -> Requirement:
    """The requirement, and a person's judgement of what else its text says."""
    return left(requirement, tuple(hit.term.name for hit in find_terms(text)))


def all_of(parts: tuple[Requirement, ...]) -> Requirement:
    """Every part, or the only one."""
    return parts[0] if len(parts) == 1 else All(of=parts)


_PARSERS = (
    over_time.change,
    _age,
    over_time.limit,
    over_time.elapsed,
    over_time.frequency,
    over_time.concordant,
    _score,
    _counted,
    _trial,
    _tolerance,
    _document,
    _finding,
    _untried,
    _tried,
    unlisted.tried,
    unlisted.hours,
    unlisted.untaken,
    unlisted.figure,
    unlisted.lasted,
)
