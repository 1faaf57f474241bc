"""One statement of a criterion becomes one predicate, or none: each kind of predicate has its reader here."""

import re
from decimal import Decimal
from typing import Literal

from pipeline import notation
from pipeline.extract.clauses import (
    FINDINGS,
    TREATMENTS,
    Reading,
    blank,
    comparison,
    groups,
    no_more_numbers,
    outcomes_in,
    read,
    treatment_terms,
    treatments,
    words,
)
from schemas.fact import FactKind, Length, Outcome
from schemas.requirement import (
    Age,
    All,
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
    Window,
)


def predicate(text: str) -> Requirement | None:
    """The first reader that takes the whole statement; None where none does."""
    reading = read(text)
    for parse in (_age, _score, _counted, _trial, _tolerance, _document, _finding):
        if (requirement := parse(reading)) is not None:
            negated = words("negated").search(text) and parse is _finding
            return Not(of=requirement) if negated else requirement
    return None


def _age(reading: Reading) -> Requirement | None:
    years = [length for length in reading.lengths if length.value.unit == "years"]
    match = re.search(
        r"\b(?:age|aged)\s*(?:of )?(?:is )?(?:>=|\u2265|at least|over|of)?\s*(\d{1,3})\b", reading.text, re.IGNORECASE
    )
    if (not years and match is None) or not words("age").search(reading.text) or reading.hits:
        return None
    n = years[0].value.n if years else Decimal(match[1]) if match else Decimal(0)
    start, end = (years[0].start, years[0].end) if years else match.span(1) if match else (0, 0)
    return Age(op=comparison(reading.text, start, end) or Op.AT_LEAST, years=int(n))


_SCALE = re.compile(
    r"(?:\b(?:on a scale (?:of|from) |scale |range )|\()?\b0 ?(?:to|-|\u2013) ?(\d{1,3})\)?"
    r"|(?<=\d) ?/ ?(\d{2,3})|out of (\d{2,3})"
)
_ALTERNATIVES = re.compile(
    r"(\d(?:\.\d)?|\b[IVX]{1,4}\b)(?:\s*(?:,|or|to|-|\u2013|and|/)\s*(?:\d(?:\.\d)?|\b[IVX]{1,4}\b))+"
)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


def _score(reading: Reading) -> Requirement | None:
    """A score or a measure with its threshold."""
    hits = [hit for hit in reading.hits if hit.term.kind is FactKind.MEASUREMENT]
    if not hits:
        return None
    rest, scale_max = reading.rest, None
    if (scale := _SCALE.search(rest)) is not None:
        scale_max = Decimal(scale[1] or scale[2] or scale[3])
        rest = blank(rest, *scale.span())
    rest = re.sub(r"kg\s?/\s?m\s?(?:2|\u00b2|\^2)|mm ?Hg", lambda m: " " * len(m[0]), rest)
    ops: list[tuple[Op, Decimal, int]] = []
    if (either := _ALTERNATIVES.search(rest)) is not None:
        # "grade 3 or 4": the higher ones name the top of the scale, the lowest is the threshold
        ops.append((Op.AT_LEAST, _figure(either[1]), either.end()))
        rest = blank(rest, *either.span())
    for number in notation.numbers(rest):
        if (op := comparison(rest, number.start, number.end)) is None:
            return None
        ops.append((op, number.value, number.end))
    terms = tuple(dict.fromkeys(hit.term.name for hit in hits))
    # several thresholds, or lengths beside a score, state more than one predicate can
    if len(ops) != 1 or reading.lengths:
        return None
    op, value, end = ops[0]
    if either is not None and (top := max(map(_figure, re.findall(r"[\d.]+|[IVX]+", either[0])))) < (
        hits[0].term.high or 0
    ):
        return _between(terms, value, top, reading.window)
    percent = re.match(r"\s*%|\s*percent", reading.rest[end:])
    if set(hits[0].term.classes) & {"function_scale", "pain_scale", "severity_score", "ra_activity"}:
        return Score(
            terms=terms, op=op, value=value, scale_max=scale_max, unit="%" if percent else None, within=reading.window
        )
    return Measure(terms=terms, op=op, value=value, unit="%" if percent else hits[0].term.unit, within=reading.window)


def _between(terms: tuple[str, ...], low: Decimal, high: Decimal, window: Window | None) -> Requirement:
    """Grades such as "class II or III": those above do not count."""
    return All(
        of=(
            Score(terms=terms, op=Op.AT_LEAST, value=low, within=window),
            Score(terms=terms, op=Op.AT_MOST, value=high, within=window),
        )
    )


def _figure(text: str) -> Decimal:
    return Decimal(_ROMAN[text]) if text in _ROMAN else Decimal(text)


_COUNTED = re.compile(
    rf"(?P<n>(?<![\w.,/|!}}\]-])\d{{1,3}}|{notation.NUMBER_WORD})(?: \(\d+\))?"
    r"(?: (?:or more|supervised|documented|attended|formal|separate|prior|previous))* (?:[a-z-]+ ){0,3}?"
    r"(?P<what>(?:sessions?|visits?|trials?|agents?|drugs?|medications?|class(?:es)?|treatments?|injections?|courses?)\b"
    r"|NSAIDs?\b|DMARDs?\b|preventives?\b|antidepressants?\b|of\b|non-?steroidal|conventional|different|distinct|preferred"
    r"|formulary|oral|preventive|generic)",
    re.IGNORECASE,
)


def _counted(reading: Reading) -> Requirement | None:
    """So many treatments, agents, classes or visits, each perhaps for a length."""
    terms = treatment_terms(reading.hits)
    match = _COUNTED.search(reading.rest) or _COUNTED.search(_without_lengths(reading))
    if not terms or match is None or len(reading.lengths) > 1:
        return None
    n = int(match["n"]) if match["n"].isdigit() else notation.spelled(match["n"])
    if n is None or not no_more_numbers(blank(reading.rest, *match.span())):
        return None
    visits = match["what"].lower().startswith(("session", "visit"))
    by_class = re.search(
        r"different class|distinct class|separate class|from different|classes", reading.text, re.IGNORECASE
    )
    each = reading.lengths[0].value if reading.lengths else None
    if visits and each is not None:
        return None
    of: Literal["visits", "class", "agent"] = "visits" if visits else "class" if by_class else "agent"
    return Count(
        terms=terms, n=n, of=of, outcomes=outcomes_in(reading.text), each=each, dose=reading.dose, within=reading.window
    )


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


def of_each(reading: Reading, outcomes: tuple[Outcome, ...]) -> Requirement:
    """Each treatment tried once, with one of the outcomes; alternatives where they are joined by "or"."""
    apart = groups(reading.text, treatments(reading.hits))
    return all_of(
        tuple(Count(terms=t, n=1, outcomes=outcomes, dose=reading.dose, within=reading.window) for t in apart)
    )


def _tolerance(reading: Reading) -> Requirement | None:
    hits, outcomes = treatments(reading.hits), outcomes_in(reading.text)
    if not hits or not outcomes or not no_more_numbers(reading.rest) or reading.lengths:
        return None
    return all_of(tuple(Tolerance(terms=t, outcomes=outcomes) for t in groups(reading.text, hits)))


def _document(reading: Reading) -> Requirement | None:
    """A document, a report or a specialist's hand that the record must show."""
    terms = tuple(dict.fromkeys(h.term.name for h in reading.hits if h.term.kind is FactKind.DOCUMENTATION))
    other = [hit for hit in reading.hits if hit.term.kind in (*TREATMENTS, FactKind.MEASUREMENT, FactKind.FINDING)]
    if not terms or other or reading.lengths or not no_more_numbers(reading.rest):
        return None
    return Present(terms=terms, within=reading.window)


def _finding(reading: Reading) -> Requirement | None:
    """Findings, imaging, risks, limits or diagnoses that must be stated."""
    hits = [hit for hit in reading.hits if hit.term.kind in (*FINDINGS, None)]
    if not hits or reading.lengths or not no_more_numbers(reading.rest):
        return None
    asks = words("stated").search(reading.text) or words("negated").search(reading.text)
    if not asks and not (reading.window and any(hit.term.kind is FactKind.IMAGING for hit in hits)):
        return None
    # "radiographs before the MRI request" asks for the radiographs
    until = re.search(r"\b(?:before|prior to|preceding)\b", reading.text)
    hits = [hit for hit in hits if until is None or hit.start < until.start()] or hits
    specific = [hit for hit in hits if hit.term.kind is not FactKind.IMAGING] or hits
    return all_of(tuple(Finding(terms=t, within=reading.window) for t in groups(reading.text, specific)))


def all_of(parts: tuple[Requirement, ...]) -> Requirement:
    """Every part, or the only one."""
    return parts[0] if len(parts) == 1 else All(of=parts)
