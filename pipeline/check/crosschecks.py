"""What does not agree: the letter with itself, with the chart, and the chart with its own arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from dateutil.relativedelta import relativedelta

from pipeline import notation
from pipeline.check.context import Context, names
from pipeline.check.lengths import agrees, elapsed_words, words
from pipeline.check.runs import Method, Run, runs_of
from pipeline.check.tables import table
from pipeline.check.trials import by_name
from pipeline.check.units import same_unit
from schemas.base import Frozen
from schemas.coverage import Warning
from schemas.denial import Denial
from schemas.fact import Fact, FactKind, Length, Side
from schemas.span import Cited, Span


class CodeRow(Frozen):
    """The region of the diagnoses whose code begins so, and from how many characters on the last tells the side."""

    begins: tuple[str, ...]
    region: str
    sided: int | None = None


class CrossChecks(Frozen):
    """crosschecks.yaml."""

    source: str
    codes: tuple[CodeRow, ...]
    beside: dict[str, tuple[str, ...]]
    names: dict[str, tuple[str, ...]]
    asks: tuple[str, ...]
    pounds_to_kg: Decimal
    units_of_height: dict[str, Decimal]
    bmi_slack: Decimal


@cache
def _rows() -> CrossChecks:
    return table("crosschecks", CrossChecks)


def cross_checks(denial: Denial, facts: Sequence[Fact], context: Context) -> Iterator[Warning]:
    """A warning, with the places of both sides, for each two statements that cannot both be so."""
    held = [fact for fact in facts if fact.assertion.holds]
    yield from _diagnoses(denial, held, context)
    yield from _misstated_figures(denial, held)
    yield from _misstated_lengths(denial, held)
    yield from _stated_elsewhere(held)
    yield from _ages(denial, held)
    yield from _bmi(held)


def _diagnoses(denial: Denial, facts: Sequence[Fact], context: Context) -> Iterator[Warning]:
    """The diagnoses of the letter, and of the chart, of which none is of the side or the part that was denied."""
    if denial.service is None:
        return
    coded = [fact for fact in facts if fact.kind is FactKind.DIAGNOSIS]
    charted = tuple(Cited[str](value=fact.value, spans=fact.spans) for fact in coded if fact.value)
    for whose, codes in (("letter", denial.diagnosis_codes), ("chart", charted)):
        placed = [(cited, row) for cited in codes if (row := _row(cited.value))]
        here = [(cited, row) for cited, row in placed if _serves(row.region, context.regions)]
        listed = ", ".join(dict.fromkeys(cited.value for cited, _ in placed))
        spans = (*denial.service.spans, *(span for cited, _ in placed for span in cited.spans))
        if whose == "letter" and placed and len(placed) == len(codes) and context.regions and not here:
            message = f"The letter's diagnosis {listed} is of another part of the body than the denied service."
            yield Warning(code="diagnosis_mismatch", message=message, spans=spans)
        sides = {told for cited, row in here if row.region in context.regions and (told := _side(cited.value, row))}
        if context.side in (Side.LEFT, Side.RIGHT) and sides and context.side not in sides:
            other = " and ".join(sorted(sides))
            message = (
                f"The {whose}'s diagnosis {listed} is of the {other}; the denied service is of the {context.side}."
            )
            yield Warning(code="diagnosis_side_mismatch", message=message, spans=spans)


def _row(code: str) -> CodeRow | None:
    bare = code.upper().replace(".", "")
    return next((row for row in _rows().codes if bare.startswith(row.begins)), None)


def _side(code: str, row: CodeRow) -> Side | None:
    bare = code.replace(".", "")
    if row.sided is None or len(bare) < row.sided:
        return None
    return {"1": Side.RIGHT, "2": Side.LEFT}.get(bare[-1])


def _serves(region: str, asked: frozenset[str]) -> bool:
    """Whether a diagnosis of one part may be what a service on another is for."""
    return region in asked or any(near in asked for near in _rows().beside.get(region, ()))


_CLAUSE = re.compile(r"[.;:](?=\s|$)|,?\s(?:but|while|whereas|which|when|because|although|and that)\s")
_FIGURE_AFTER = re.compile(
    r"\s?(?:score|grade|index|level|reading)?\s?(?:(?:is|was|of|at|as|:|=|only|recorded|just|equals?)\s?){0,3}"
    r"(?P<n>\d{1,3}(?:\.\d{1,2})?)(?![\d/.]?\d)\s?(?P<unit>%|percent|kg/m2|kg/m²)?"
)


def _clauses(denial: Denial) -> list[str]:
    """The clauses of the reason that state something of the chart, and not what is asked or was not shown."""
    if denial.reason is None:
        return []
    clauses = [clause.strip() for clause in _CLAUSE.split(denial.reason.value)]
    return [clause for clause in clauses if clause and not names(clause, _rows().asks)]


def _forms(name: str) -> tuple[str, ...]:
    return (name, *_rows().names.get(name, ()))


def _misstated_figures(denial: Denial, facts: Sequence[Fact]) -> Iterator[Warning]:
    """A score or a measure that the letter gives, and the chart gives otherwise at every time."""
    clauses = _clauses(denial)
    if not clauses or denial.reason is None:
        return
    figures = [
        fact for fact in facts if fact.number is not None and fact.kind in (FactKind.MEASUREMENT, FactKind.IMAGING)
    ]
    for name, group in by_name(figures).items():
        for said in filter(None, (_figure_in(clause, name) for clause in clauses)):
            if not any(_may_be(fact, said) for fact in group):
                charted = ", ".join(dict.fromkeys(_told(fact) for fact in group))
                message = f"The letter gives {name} as {said['n']}{said['unit'] or ''}; the chart gives {charted}."
                spans = (*denial.reason.spans, *(span for fact in group for span in fact.spans))
                yield Warning(code="letter_misstates_chart", message=message, spans=spans)


def _figure_in(clause: str, name: str) -> re.Match[str] | None:
    """The figure that stands right after a name."""
    for form in sorted(_forms(name), key=len, reverse=True):
        found = re.search(rf"(?<!\w){re.escape(form)}(?!\w)", clause, re.IGNORECASE)
        if found:
            return _FIGURE_AFTER.match(clause, found.end())
    return None


def _may_be(fact: Fact, said: re.Match[str]) -> bool:
    """Whether the letter's figure may be the chart's: rounded, or a share of its scale."""
    if said["unit"] and fact.unit and not same_unit(said["unit"], fact.unit):
        return True
    low = fact.number or Decimal(0)
    high = low if fact.value_high is None else Decimal(fact.value_high)
    figure = Decimal(said["n"])
    figures = (figure, figure * fact.scale_max / 100, figure * 100 / fact.scale_max) if fact.scale_max else (figure,)
    return any(min(low, high) - _ROUNDED <= one <= max(low, high) + _ROUNDED for one in figures)


_ROUNDED = Decimal("0.5")


def _told(fact: Fact) -> str:
    figure = f"{fact.value} to {fact.value_high}" if fact.value_high else f"{fact.value}"
    unit = f" {fact.unit}" if fact.unit else ""
    return f"{figure}{unit}" + (f" ({fact.date})" if fact.date else "")


def _misstated_lengths(denial: Denial, facts: Sequence[Fact]) -> Iterator[Warning]:
    """A length of treatment that the letter gives, and no dates or statement of the chart bear out."""
    clauses = _clauses(denial)
    if not clauses or denial.reason is None:
        return
    treated = [fact for fact in facts if fact.kind in (FactKind.TREATMENT, FactKind.MEDICATION)]
    for name, group in by_name(treated).items():
        found, vague = runs_of(group)
        dated = [run for run in found if run.method is Method.DATES]
        said = [one.value for clause in clauses if names(clause, _forms(name)) for one in notation.lengths(clause)]
        if len(said) != 1 or not dated or vague or len(found) > len(dated):
            continue
        if not any(_bears_out(run, said[0]) for run in dated):
            shown = "; ".join(_dates(run, said[0]) for run in dated)
            message = f"The letter speaks of {words(said[0])} of {name}; the chart gives {shown}."
            spans = (*denial.reason.spans, *(span for run in dated for span in _spans(run.facts)))
            yield Warning(code="letter_misstates_chart", message=message, spans=spans)


def _bears_out(run: Run, stated: Length) -> bool:
    return any(start <= end and agrees(start, end, stated) for start, end in run.readings) or stated in run.stated


def _dates(run: Run, stated: Length) -> str:
    start, end = run.readings[-1]
    return f"{start} to {end}, {elapsed_words(start, end, stated.unit)}"


def _spans(facts: Iterable[Fact]) -> tuple[Span, ...]:
    return tuple(span for fact in facts for span in (*fact.spans, *fact.date_spans))


def _stated_elsewhere(facts: Sequence[Fact]) -> Iterator[Warning]:
    """A length stated in one place of a treatment that another dates: "seven weeks of therapy", 4/1 to 5/15."""
    for name, group in by_name(
        fact for fact in facts if fact.kind in (FactKind.TREATMENT, FactKind.MEDICATION)
    ).items():
        found, _ = runs_of(group)
        dated = [run for run in found if run.method is Method.DATES]
        if len(dated) != 1 or len(dated[0].readings) != 1 or dated[0].disputed:
            continue
        (start, end), run = dated[0].readings[0], dated[0]
        for told in (run for run in found if run.method is Method.STATED and not run.readings):
            one = told.facts[0]
            over = one.date is None or one.date.earliest >= end
            if over and start <= end and not agrees(start, end, told.stated[0]):
                message = (
                    f"The record states {words(told.stated[0])} of {name}, but dates it {start} to {end}, which is "
                    f"{elapsed_words(start, end, told.stated[0].unit)}."
                )
                spans = (*_spans(told.facts), *_spans(run.facts))
                yield Warning(code="stated_duration_conflict", message=message, spans=spans)


_AGE = re.compile(
    r"\b(?P<n>\d{1,3})[ -]?(?:years?|yrs?|y)[ -]?(?:old|/?o)\b(?! (?:son|daughter|child|brother|sister|mother|father))",
    re.IGNORECASE,
)


def _ages(denial: Denial, facts: Sequence[Fact]) -> Iterator[Warning]:
    """An age that is stated, against the date of birth on the day of the statement."""
    born = denial.birth_date
    if born is None:
        return
    told = (
        [(denial.reason.value, denial.reason.spans, denial.letter_date.value)]
        if denial.reason and denial.letter_date
        else []
    )
    told += [
        (span.quote, (span,), day) for fact in facts if fact.date and (day := fact.date.day) for span in fact.spans
    ]
    for text, spans, day in dict.fromkeys(told):
        for said in _AGE.finditer(text):
            years = relativedelta(day, born.value).years
            if abs(int(said["n"]) - years) > 1:  # a stay or a request may begin before a birthday and be told after it
                message = f"An age of {said['n']} is stated on {day}; born on {born.value}, the patient was {years}."
                yield Warning(code="age_conflict", message=message, spans=(*spans, *born.spans))


def _bmi(facts: Sequence[Fact]) -> Iterator[Warning]:
    """A BMI that the height and the weight of the same day do not give."""
    days: dict[date, list[Fact]] = {}
    for fact in facts:
        if (
            fact.kind is FactKind.MEASUREMENT
            and fact.date
            and fact.date.day
            and fact.number
            and fact.value_high is None
        ):
            days.setdefault(fact.date.day, []).append(fact)
    heights = [height for group in days.values() for fact in group if (height := _metres(fact))]
    for day, group in days.items():
        weights = [(fact, kilograms) for fact in group if (kilograms := _kilograms(fact))]
        stated = [fact for fact in group if fact.name == "BMI"]
        own = [(fact, height) for fact in group if (height := _metres(fact))]
        if len(weights) != 1 or len(own) != 1 or not stated or len(set(heights)) != 1:
            continue
        (weight, kilograms), (tall, metres) = weights[0], own[0]
        worked = (kilograms / (metres * metres)).quantize(Decimal("0.1"))
        for fact in stated:
            if fact.number is not None and abs(fact.number - worked) > _rows().bmi_slack:
                message = (
                    f"The record gives a BMI of {fact.value} on {day}; {weight.value} {weight.unit} and {tall.value} "
                    f"{tall.unit} give {worked}."
                )
                yield Warning(code="bmi_conflict", message=message, spans=_spans((fact, weight, tall)))


def _kilograms(fact: Fact) -> Decimal | None:
    if fact.name != "weight" or fact.number is None or fact.unit is None:
        return None
    pounds = same_unit(fact.unit, "lb")
    return fact.number * _rows().pounds_to_kg if pounds else fact.number if same_unit(fact.unit, "kg") else None


def _metres(fact: Fact) -> Decimal | None:
    factor = _rows().units_of_height.get(fact.unit or "")
    return None if fact.name != "height" or fact.number is None or factor is None else fact.number * factor
