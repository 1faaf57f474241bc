"""Score and measure requirements: a figure on its scale, or in its unit, against a threshold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import eligible, sift, window_days, windowed
from pipeline.check.logic import OPS, agree, all_of, any_of, compare
from pipeline.check.record import Record
from pipeline.check.suppliers import ask, named
from pipeline.check.trials import by_name
from pipeline.check.units import Instrument, implied_unit, instrument, is_percent, same_unit, stale_days
from schemas.coverage import Computed, Rejected, Verdict
from schemas.fact import Assertion, Fact, FactKind
from schemas.requirement import SNELLEN, Measure, Op, Score

_PERCENT = Decimal(100)


class Reading(NamedTuple):
    """One figure against the threshold; `open` says what leaves it undecided."""

    fact: Fact
    verdict: Verdict
    figure: str
    open: str = ""
    formula: str = ""


def quantity(need: Score | Measure, record: Record, context: Context) -> Answer:
    """Whether the latest figure, or any, passes the threshold."""
    found = eligible(need, record, context)
    days = window_days(need.within, context)
    sure, unplaced, outside = windowed(_as_asked(found.facts, need), days)
    figures, wordy = sift((*sure, *unplaced), _not_a_figure)
    rejected = (*found.rejected, *outside, *wordy)
    if not figures:
        return _silent(need, found.facts, rejected).rejecting(rejected)
    placed = {fact.id for fact in sure}
    figures, aside = _of_the_unit(figures, need, placed)
    rejected = (*rejected, *aside)
    if not any(fact.id in placed for fact in figures):
        return _undated(need, figures).rejecting(rejected)
    readings: list[Reading] = []
    older: list[Rejected] = []
    for group in by_name(figures).values():
        latest, superseded = _latest(group) if need.use == "latest" else (group, ())
        is_old = need.use == "latest" and need.within is None and _is_old(latest, context)
        known = need.use == "latest" and any(fact.id in placed for fact in latest)
        readings += [_read(fact, need, placed=known or fact.id in placed, old=is_old) for fact in latest]
        older += superseded
    return _answer(need, readings).rejecting((*rejected, *older))


_ACUITY = re.compile(r"20\s?/\s?(\d{2,4})")


def _as_asked(facts: Sequence[Fact], need: Score | Measure) -> tuple[Fact, ...]:
    """The facts; acuities as denominators, with and without glasses as one: which of them counts must not matter."""
    if need.unit != SNELLEN:
        return tuple(facts)
    return tuple(
        replace(fact, value=read[1], unit=SNELLEN, name=need.terms[0])
        for fact in facts
        if (read := _ACUITY.fullmatch(fact.value or ""))
    )


def _not_a_figure(fact: Fact) -> str | None:
    if fact.number is None or (fact.value_high is not None and fact.number_high is None):
        return "It gives no figure."
    return None


def _of_the_unit(
    figures: tuple[Fact, ...], need: Score | Measure, placed: set[str]
) -> tuple[tuple[Fact, ...], tuple[Rejected, ...]]:
    """Without the figures that a figure in the unit asked for makes needless.

    One test may be told in litres and in per cent of predicted on one day. And a note tells the last result again,
    without its unit: where that figure stands in the window with its unit, it counts.
    """
    if isinstance(need, Score) or need.unit is None:
        return figures, ()
    asked = need.unit
    in_unit = [fact for fact in figures if fact.unit and fact.date and same_unit(fact.unit, asked)]
    if not in_unit:
        return figures, ()
    return sift(figures, lambda fact: _needless(fact, [one for one in in_unit if one.name == fact.name], placed))


def _needless(fact: Fact, in_unit: Sequence[Fact], placed: set[str]) -> str | None:
    if fact.date is None or not in_unit or fact in in_unit:
        return None
    shared = is_percent(in_unit[0].unit) != is_percent(fact.unit)
    if fact.unit and shared and any(one.date == fact.date for one in in_unit):
        return f"It is in {fact.unit}; the record gives it in {in_unit[0].unit} on the same day."
    before = [one for one in in_unit if one.date and one.date.latest <= fact.date.earliest]
    latest = [one for one in before if not any(_is_before(one, other) for other in before)]
    again = [one for one in latest if one.id in placed and _range(one) == _range(fact)]
    if fact.unit is None and implied_unit(fact.name) is None and again and len(again) == len(latest):
        return f"It tells the figure of {again[0].date} again, without its unit."
    return None


def _is_before(one: Fact, other: Fact) -> bool:
    return bool(one.date and other.date and one.date.latest < other.date.earliest)


def _latest(facts: Sequence[Fact]) -> tuple[tuple[Fact, ...], tuple[Rejected, ...]]:
    """The facts that may be the latest: an undated one may be."""
    newest = max((fact.date.earliest for fact in facts if fact.date), default=None)
    goes_on = any(not _is_past(fact) for fact in facts)
    later = f"A later figure, of {newest} or after, takes its place."

    def older(fact: Fact) -> str | None:
        if newest and fact.date and fact.date.latest < newest:
            return later
        return "The record tells it as the figure before another." if goes_on and _is_past(fact) else None

    return sift(facts, older)


def _is_past(fact: Fact) -> bool:
    """Whether it is told only as what a later figure came from: "A1c 7.2, from 9.1"."""
    return fact.date is None and fact.assertion is Assertion.HISTORICAL


def _range(fact: Fact) -> tuple[Decimal, Decimal]:
    low = fact.number or Decimal(0)
    high = low if fact.value_high is None else Decimal(fact.value_high)
    return min(low, high), max(low, high)


def _is_old(facts: Sequence[Fact], context: Context) -> bool:
    """Whether the latest of what changes from visit to visit was measured too long before the request."""
    day = context.request_date
    dates = [fact.date for fact in facts if fact.date and fact.kind is FactKind.MEASUREMENT]
    return bool(day and dates) and all((day - date.latest).days > stale_days() for date in dates if day)


def _read(fact: Fact, need: Score | Measure, *, placed: bool, old: bool) -> Reading:
    """The figure under every reading that its scale or unit leaves open."""
    reading = _score(fact, need) if isinstance(need, Score) else _measure(fact, need)
    if old and reading.verdict is Verdict.MET:
        return Reading(fact, Verdict.NEEDS_REVIEW, reading.figure, "it is too long before the request to be sure of")
    if placed:
        return reading
    return Reading(fact, Verdict.NEEDS_REVIEW, reading.figure, "its date does not tell whether it is in the window")


def _words(fact: Fact, unit: str = "") -> str:
    low, high = _range(fact)
    figure = f"{low:f}" if low == high else f"{low:f} to {high:f}"
    figure, unit = (f"20/{figure}", "") if fact.unit == SNELLEN else (figure, unit)
    return f"{fact.name} {figure}{unit}" + (f" on {fact.date}" if fact.date else "")


def _measure(fact: Fact, need: Measure) -> Reading:
    unit = fact.unit or implied_unit(fact.name)
    asked = need.unit or implied_unit(fact.name)
    figure = _words(fact, f" {unit}" if unit else "")
    if asked and not unit:
        return Reading(fact, Verdict.NEEDS_REVIEW, figure, f"its unit is not stated ({asked} is asked)")
    if asked and unit and not same_unit(asked, unit):
        return Reading(fact, Verdict.NEEDS_REVIEW, figure, f"its unit is {unit}, not {asked}")
    verdict = _passes(need, _range(fact), Decimal(1))
    return Reading(fact, verdict, figure, _straddle(verdict))


def _passes(need: Score | Measure, figures: tuple[Decimal, Decimal], factor: Decimal) -> Verdict:
    """The figures against the threshold, or against both ends of a range, each times the factor."""
    low = need.value * factor
    if need.value_high is None:
        return compare(need.op, figures, (low, low))
    high = need.value_high * factor
    return all_of([compare(Op.AT_LEAST, figures, (low, low)), compare(Op.AT_MOST, figures, (high, high))])


def _straddle(verdict: Verdict) -> str:
    return "the range lies on both sides of the threshold" if verdict is Verdict.NEEDS_REVIEW else ""


def _score(fact: Fact, need: Score) -> Reading:
    known = instrument(fact.name)
    scales, asked = _scales(fact, need, known), _asked_scales(fact, need, known)
    top = max((scale for scale in scales if scale), default=None)
    low, high = _range(fact)
    figure = _words(fact, "%" if is_percent(fact.unit) else f" of {top:f}" if len(scales) == 1 and top else "")
    if top is not None and high > top:
        return Reading(fact, Verdict.NEEDS_REVIEW, figure, f"the scale ends at {top:f}")
    verdicts = {
        _on_scales((low, high), scale, need, asked_scale)
        for scale, asked_scale in product(scales, asked)
        if scale is None or high <= scale
    }
    if len(verdicts) > 1:
        tops = " or ".join(f"{scale:f}" for scale in scales if scale)
        return Reading(fact, Verdict.NEEDS_REVIEW, figure, f"its scale is not stated, and may end at {tops}")
    verdict = verdicts.pop()
    if None in scales and None not in asked:
        return Reading(fact, verdict, figure, "its scale is not known, and the threshold is a percentage")
    return Reading(fact, verdict, figure, _straddle(verdict), _converted(fact, scales, asked))


def _converted(fact: Fact, scales: Sequence[Decimal | None], asked: Sequence[Decimal | None]) -> str:
    """The score on the threshold's scale, where that is another and both are known: "24 of 50 = 48%"."""
    top, other = (scales[0], asked[0]) if len(scales) == len(asked) == 1 else (None, None)
    if not top or not other or top == other:
        return ""
    ends = dict.fromkeys(_range(fact))
    unit = "%" if other == _PERCENT else f" of {other:f}"
    on_other = " to ".join(f"{(end * other / top).quantize(Decimal('0.1')).normalize():f}" for end in ends)
    return f"{' to '.join(f'{end:f}' for end in ends)} of {top:f} = {on_other}{unit}"


def _scales(fact: Fact, need: Score, known: Instrument | None) -> tuple[Decimal | None, ...]:
    """The tops of the scale that the score may be out of; None where nothing tells."""
    if is_percent(fact.unit):
        return (_PERCENT,)
    if fact.scale_max:
        return (fact.scale_max,)
    if known is None:
        return (None if is_percent(need.unit) else need.scale_max,)
    tops = [Decimal(scale) for scale in sorted(known.scales)]
    fitting = [top for top in tops if _range(fact)[1] <= top] or tops[-1:]
    return tuple(fitting if known.bare == "any" else fitting[:1])


def _asked_scales(fact: Fact, need: Score, known: Instrument | None) -> tuple[Decimal | None, ...]:
    """The tops of the scale that the threshold may be on."""
    if is_percent(need.unit):
        return (_PERCENT,)
    if need.scale_max:
        return (need.scale_max,)
    if known is None:
        return (None if is_percent(fact.unit) else fact.scale_max,)
    if known.threshold:
        return (Decimal(known.threshold),)
    tops = [Decimal(scale) for scale in sorted(known.scales)]
    fitting = [top for top in tops if need.value <= top] or tops[-1:]
    return tuple(fitting if known.bare == "any" else fitting[:1])


def _on_scales(figures: tuple[Decimal, Decimal], scale: Decimal | None, need: Score, asked: Decimal | None) -> Verdict:
    """The score against the threshold, each as a fraction of its scale; undecided where only one scale is known."""
    if scale is None and asked is None:
        return _passes(need, figures, Decimal(1))
    if scale is None or asked is None:
        return Verdict.NEEDS_REVIEW
    return _passes(need, (figures[0] * asked, figures[1] * asked), scale)


def _answer(need: Score | Measure, readings: Sequence[Reading]) -> Answer:
    """Several instruments are alternatives; figures of one that may each be the latest must agree."""
    groups: dict[str, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.fact.name, []).append(reading)
    combine = any_of if need.use == "any" else agree
    verdicts = {name: combine([reading.verdict for reading in group]) for name, group in groups.items()}
    verdict = any_of(list(verdicts.values()))
    used = [reading for name, group in groups.items() if verdicts[name] is verdict for reading in group]
    if need.use == "any" and verdict is Verdict.MET:
        used = [reading for reading in used if reading.verdict is Verdict.MET]
    figure = ", ".join(dict.fromkeys(reading.figure for reading in used))
    formula = ", ".join(dict.fromkeys(reading.formula for reading in used if reading.formula))
    computed = Computed(figure=figure, formula=formula, needed=_needed(need))
    facts = [reading.fact for reading in used]
    worked = f" ({formula})" if formula else ""
    text = f"The record gives {figure}{worked}; the criterion asks for {computed.needed}."
    if verdict is Verdict.MET:
        return answer.met(text, facts, computed)
    if verdict is Verdict.NOT_MET:
        return answer.not_met(text, facts, computed=computed)
    why = "; ".join(dict.fromkeys(reading.open for reading in used if reading.open))
    why = why or f"the record gives different figures, and {_DIFFERENT[need.use]}"
    gap = ask(f"the exact figure of {named(need.terms)}, with its date and scale", need.terms, facts)
    return answer.needs_review(f"{text} Open: {why}.", facts, gap, computed)


_DIFFERENT = {
    "latest": "which is the latest is not clear",
    "any": "which of them counts is not clear",
    "every": "not every one passes",
}


_ACUITIES = {
    Op.AT_LEAST: "{} or worse",
    Op.MORE_THAN: "worse than {}",
    Op.AT_MOST: "{} or better",
    Op.LESS_THAN: "better than {}",
    Op.EQUAL: "{}",
}


def _needed(need: Score | Measure) -> str:
    top = need.scale_max if isinstance(need, Score) else None
    if need.unit == SNELLEN:
        return _ACUITIES[need.op].format(f"20/{need.value:f}")
    scale = f" of {top:f}" if top else ""
    if need.value_high is not None:
        return f"{need.value:f} to {need.value_high:f}{scale}{f' {need.unit}' if need.unit else ''}"
    return f"{OPS[need.op]} {need.value:f}{scale}{f' {need.unit}' if need.unit else ''}"


def _silent(need: Score | Measure, facts: Sequence[Fact], rejected: Sequence[Rejected]) -> Answer:
    others = " What it holds on it cannot serve; the reasons are listed." if rejected else ""
    text = f"The record gives no figure of {named(need.terms)} that can be compared.{others}"
    return answer.not_documented(text, ask(f"a figure of {named(need.terms)}, with its date", need.terms, facts))


def _undated(need: Score | Measure, figures: Sequence[Fact]) -> Answer:
    """Figures that the window cannot place."""
    listed = ", ".join(_words(fact) for fact in figures)
    text = f"The record gives {listed}, but not when, so the window cannot be checked."
    gap = ask(f"the date of the figure of {named(need.terms)}", need.terms, figures)
    if any(fact.date for fact in figures):
        return answer.needs_review(text.replace("not when", "not to the day"), figures, gap)
    return answer.not_documented(text, gap, figures)
