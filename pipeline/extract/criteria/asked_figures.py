"""A statement on a figure: an age, a score or a measure with its threshold."""

import re
from collections.abc import Sequence
from decimal import Decimal

from pipeline import notation
from pipeline.extract.criteria import over_time
from pipeline.extract.criteria.asked import all_of, left
from pipeline.extract.criteria.clauses import (
    Reading,
    acuity_compares,
    blank,
    comparison,
    groups,
    treatments,
    words,
    words_of,
)
from pipeline.extract.vocabulary import Term, TermHit
from schemas.fact import FactKind
from schemas.requirement import SNELLEN, Age, All, Any, Attest, Finding, Measure, Op, Requirement, Score


def age(reading: Reading) -> Requirement | None:
    """The patient's age."""
    years = [length for length in reading.lengths if length.value.unit == "years"]
    match = re.search(
        r"\b(?:age|aged)\s*(?:of )?(?:is )?(?:>=|\u2265|at least|over|under|below|of)?\s*(\d{1,3})\b",
        reading.text,
        re.IGNORECASE,
    )
    match = match or _OLDER.search(reading.text)
    older = _OLDER.search(reading.text)
    if any(hit.term.kind is FactKind.MEASUREMENT for hit in reading.hits) and not words("age").search(reading.text):
        return None  # "the body mass index is under 40"
    if (not years and match is None) or (reading.hits and older is None):
        return _in_months(reading)
    if not words("age").search(reading.text) and older is None:
        return None
    if words("at_an_age").search(reading.text) and not _IS_AGED.match(
        reading.text
    ):  # when it happened, not how old the patient is
        return Finding(terms=over_time.about(reading), judged=over_time.about(reading))
    if (between := _AGES.search(reading.text)) is not None:
        return All(of=(Age(years=int(between[1])), Age(op=Op.AT_MOST, years=int(between[2]))))
    if len(years) > 1 or len(notation.numbers(reading.rest)) > (0 if years else 1):
        return None
    group = match.lastindex or 0 if match else 0
    n = years[0].value.n if years else Decimal(match[group]) if match else Decimal(0)
    start, end = (years[0].start, years[0].end) if years else match.span(group) if match else (0, 0)
    return Age(op=comparison(reading.text, start, end) or Op.AT_LEAST, years=int(n))


def _in_months(reading: Reading) -> Requirement | None:
    """An age in months: the years are what is compared, and a person sees to the rest."""
    months = [length for length in reading.lengths if length.value.unit == "months"]
    if len(months) != 1 or reading.hits or not words("age").search(reading.text[months[0].end :][:12]):
        return None
    op = comparison(reading.text, months[0].start, months[0].end) or Op.AT_LEAST
    return Age(op=op, years=int(months[0].value.n) // 12, judged=("age",))


_OLDER = re.compile(
    r"\b(?:older|younger) than (\d{1,3})\b(?! ?(?:hours?|days?|weeks?|months?))|\b(?:is|be|child|adult|patient|member) "
    r"(?:at least |under |over )?(\d{1,3}) (?:or|and) (?:older|over|younger)\b"
    r"|\b(?:is|child|adult|patient|member) (?:under|over) (\d{1,3})\b(?! ?(?:%|[a-z/]))",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"(?:^|\s)[-\u2212\u2013]\d")  # "a change of -2 points": the sign is not compared
_SIGN = re.compile(r"(?:^|\s)[-\u2212\u2013]$")
_RANKED = re.compile(r"\d\spercentile\b", re.IGNORECASE)
_AGE_BESIDE = re.compile(
    r"\bage[ds]? (?:at least |over |under |of )?\d{1,2}\b|\b\d{1,2} (?:or|and) older\b", re.IGNORECASE
)
_IS_AGED = re.compile(
    r"(?:(?:the|an?|this|your|must|be|is|are|aged?|of|who|patient|member|enrollee|beneficiary|person|individual|child|adult|you)\s+)*"
    r"(?:between|from)\s+\d",
    re.IGNORECASE,
)
_AGES = re.compile(r"\b(\d{1,2})(?: years)? ?(?:to|through|-|\u2013|and) ?(\d{1,3})\b")

_SCALE = re.compile(
    r"(?:\b(?:on a scale (?:of|from) |scale |range )|\()?\b0 ?(?:to|-|\u2013) ?(\d{1,3})\)?"
    r"|(?<=\d) ?/ ?(\d{2,3})|(?:out|(?<=\d)) of (\d{2,3})\b(?! the)|\b(?:on )?(?:an?|the) (10|100)[ -]point\b"
)
_ALTERNATIVES = re.compile(
    r"(?<![\d.])(\d(?:\.\d)?|\b[IVX]{1,4}\b)(?:\s*(?:,|or|to|-|\u2013|and|/)\s*(?:\d(?:\.\d)?|\b[IVX]{1,4}\b))+(?![\d.]\d|\d)"
)
_BETWEEN = re.compile(r"\b(?P<low>\d{1,3}(?:\.\d)?)\s?%?\s?(?:to|through|-|\u2013|and)\s?(?P<high>\d{1,3}(?:\.\d)?)\b")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


def score(reading: Reading) -> Requirement | None:
    """A score or a measure with its threshold."""
    hits = _whose_share(reading.text, [hit for hit in reading.hits if hit.term.kind is FactKind.MEASUREMENT])
    if _RANKED.search(reading.text):  # "BMI at the 95th percentile" is no figure of BMI
        return None
    if not hits or treatments(reading.hits) or _AGE_BESIDE.search(reading.text):
        return None
    rest, scale_max = reading.rest, None
    if (scale := _SCALE.search(rest)) is not None:
        scale_max = Decimal(next(figure for figure in scale.groups() if figure))
        rest = blank(rest, *scale.span())
    rest = re.sub(r"kg\s?/\s?m\s?(?:2|\u00b2|\^2)|mm ?Hg", lambda m: " " * len(m[0]), rest)
    terms = tuple(dict.fromkeys(hit.term.name for hit in hits))
    signed = _can_be_negative(hits[0].term)
    ops = _thresholds(rest, hits[0].term.high, signed=signed)
    if not ops and scale_max is not None:  # "a status of 0 to 2" names no scale
        scale_max = None
        ops = _thresholds(reading.rest, None)
    if not ops and (graded := _graded(reading, rest)) is not None:  # "a level of care of 6": is more as good?
        found = _compared(reading, hits[0].term, terms, scale_max, graded)
        if isinstance(found, Measure) and "count" not in hits[0].term.classes:
            return None
        return Any(of=(found.model_copy(update={"op": Op.EQUAL}), left(found, terms)))
    if not ops:
        return None if reading.lengths or notation.numbers(rest) else _scored(reading, terms)
    parts = tuple(_compared(reading, hits[0].term, terms, scale_max, one) for one in ops)
    if len({hit.term.name for hit in hits}) > 1 and _of_several(hits, ops):
        return None
    if len(parts) > 2 or (len(parts) == 2 and {one[0] in _LOWER for one in ops} != {True, False}):
        return None  # several thresholds of one kind state more than one predicate can
    # how long or how often it was so is for a person
    joined = _ranged(parts) or all_of(parts)
    unsigned = _lost_its_sign(hits[0].term, ops) if signed else _NEGATIVE.search(rest)
    return left(joined, terms) if reading.lengths or unsigned else joined


_SNELLEN_FIGURE = re.compile(r"(?<![\d/])20\s?/\s?(\d{2,3})(?![\d/])")
_UNDER = re.compile(r"\b(?:glare|pinhole|contrast|brightness|BAT|near)\b", re.IGNORECASE)  # how else it was taken
_ACUITY = "visual acuity"  # the class of the acuities of an eye


def acuity(reading: Reading) -> Requirement | None:
    """An acuity of the eye against another: "best-corrected visual acuity of 20/50 or worse"."""
    hits = [hit for hit in reading.hits if _ACUITY in (hit.term.name, *hit.term.classes)]
    figures = _SNELLEN_FIGURE.findall(reading.text)
    op = acuity_compares(reading.text)
    if hits and figures and _UNDER.search(reading.text):
        return Attest(terms=tuple(dict.fromkeys(hit.term.name for hit in hits)))
    if not hits or len(hits) < len(reading.hits) or len(figures) != 1 or op is None or reading.lengths:
        return None
    terms = tuple(dict.fromkeys(hit.term.name for hit in hits))
    return Measure(terms=terms, op=op, value=Decimal(figures[0]), unit=SNELLEN, within=reading.window)


def _can_be_negative(term: Term) -> bool:
    """Whether its figures have signs that compare; a share such as strain is told with and without one."""
    return term.low is not None and term.low < 0 and term.unit != "%"


def _lost_its_sign(term: Term, ops: Sequence[tuple[Op, Decimal, int]]) -> bool:
    """Whether a ceiling above zero is set where most figures are below it: "a T-score of 2.5 or lower"."""
    mostly_below = term.low is not None and -term.low > (term.high or 0)
    return mostly_below and any(value > 0 and op not in _LOWER for op, value, _ in ops)


_SHARE = re.compile(r"%|percent\b", re.IGNORECASE)


def _whose_share(text: str, hits: Sequence[TermHit]) -> Sequence[TermHit]:
    """The measure whose own name begins with the sign of the figure before it: "a weight of 80% of median BMI"."""
    own = [hit for hit in hits if _SHARE.match(text, hit.start) and re.search(r"\d\s?$", text[: hit.start])]
    return own or hits


def _of_several(hits: Sequence[TermHit], ops: Sequence[tuple[Op, Decimal, int]]) -> bool:
    """Whether a second instrument has a figure of its own: "a Tinetti below 19 or a Timed Up and Go over 20"."""
    ends = [end for _, _, end in ops]
    return any(
        min(ends) < hit.start < max(ends) and hit.term.name != hits[0].term.name and hits[0].start < min(ends)
        for hit in hits
    )


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


def _thresholds(rest: str, highest: float | None, *, signed: bool = False) -> list[Threshold]:
    """The figures asked with how they compare; none where one of them is not compared.

    `signed`: what is asked can be below zero, so that the sign before a figure is its own ("a T-score of -2.5").
    """
    ops: list[Threshold] = []
    if (either := _ALTERNATIVES.search(rest)) is not None or (either := _BETWEEN.search(rest)) is not None:
        # "grade 3 or 4": the higher ones name the top of the scale, the lowest is the threshold
        figures = sorted(map(_figure, re.findall(r"\d+(?:\.\d)?|[IVX]+", either[0])))
        ops.append((Op.AT_LEAST, figures[0], either.end()))
        if highest is None or figures[-1] < highest:  # grades such as "class II or III": those above do not count
            ops.append((Op.AT_MOST, figures[-1], either.end()))
        rest = blank(rest, *either.span())
    for number in notation.numbers(rest):
        minus = _SIGN.search(rest[: number.start]) if signed else None
        start = number.start - 1 if minus else number.start
        if (op := comparison(rest, start, number.end)) is None:
            return []
        ops.append((op, -number.value if minus else number.value, number.end))
    return ops


def _graded(reading: Reading, rest: str) -> Threshold | None:
    """The one figure that a score is said to be, or that stands right before what is counted; none that is compared."""
    numbers, text = notation.numbers(rest), reading.text
    counted = any(len(numbers) == 1 and 0 <= hit.start - numbers[0].end < 2 for hit in reading.hits)
    said = len(numbers) == 1 and _IS.search(text[: numbers[0].start])
    return (Op.AT_LEAST, numbers[0].value, numbers[0].end) if counted or said else None


_IS = re.compile(r"(?:\bof|\bis|=|:|\bgrade|\bclass|\bstage)\s*$", re.IGNORECASE)


_STATED_UNIT = re.compile(
    r"\s*(?:or \w+ )?([a-zA-Z\u00b5]{1,6}/[\w\u00b2^]+(?:/1\.73m2)?|mm ?Hg|cm ?H2O|cm of water|mg|kg|cm|mm|ng|lbs?)\b"
)


def _compared(
    reading: Reading, term: Term, terms: tuple[str, ...], scale_max: Decimal | None, threshold: Threshold
) -> Requirement:
    op, value, end = threshold
    percent = re.match(r"\s*%|\s*percent", reading.rest[end:])
    unit = "%" if percent else None
    if set(term.classes) & {"function_scale", "pain_scale", "severity_score", "ra_activity", "radiographic_grade"}:
        return Score(terms=terms, op=op, value=value, scale_max=scale_max, unit=unit, within=reading.window)
    stated = _STATED_UNIT.match(reading.text, end)
    if term.unit == _THOUSANDS and (value >= _THOUSAND or _OF_CELLS.match(reading.text, end)):
        return Measure(terms=terms, op=op, value=value / _THOUSAND, unit=_THOUSANDS, within=reading.window)
    if stated and term.unit and term.unit.lower().startswith(stated[1].lower()):
        stated = None  # "mL/min" of what is told in mL/min/1.73m2
    return Measure(
        terms=terms,
        op=op,
        value=value,
        unit=unit or (stated[1] if stated else term.unit),
        within=reading.window,
        use="any" if reading.window and term.name in words_of("any_in_window") else "latest",
    )


_THOUSANDS, _THOUSAND = "K/uL", 1000  # "50,000" of what is counted in thousands is fifty
_OF_CELLS = re.compile(
    r"\s*(?:cells?\s?)?(?:/|per )\s?(?:mcL|uL|\u00b5L|mm3|mm\^3|microlit(?:er|re)|cubic millimet(?:er|re))",
    re.IGNORECASE,
)


_GRADE = re.compile(r"(?<![\w-])[IV]{1,3}(?![\w-])")  # a figure that no reader took: that any was taken is not enough


def _scored(reading: Reading, terms: tuple[str, ...]) -> Requirement | None:
    """That a score was taken, whatever it came to."""
    if words("negated").search(reading.text) or _GRADE.search(reading.rest):
        return None
    apart = groups(reading.text, [hit for hit in reading.hits if hit.term.name in terms])
    if apart is None:
        return None
    return all_of(tuple(Finding(terms=t, sources=(FactKind.MEASUREMENT,), within=reading.window) for t in apart))


def _figure(text: str) -> Decimal:
    return Decimal(_ROMAN[text]) if text in _ROMAN else Decimal(text)
