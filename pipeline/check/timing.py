"""The runs of treatments against a length: which run decides, and the arithmetic in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.check.eligible import Days
from pipeline.check.lengths import counted, days_words, elapsed_words, in_days, words
from pipeline.check.logic import OPS, UPPER_BOUNDS, compare
from pipeline.check.runs import Method, Reading, Run, distinct, runs_of
from pipeline.check.trials import by_name
from schemas.coverage import Computed, Rejected, Verdict
from schemas.fact import Fact, Length
from schemas.requirement import Op

_RANK = (Verdict.NOT_MET, Verdict.NEEDS_REVIEW, Verdict.MET)
_RANK_OF_UPPER_BOUNDS = _RANK[::-1]
_STRENGTH = (Method.STATED, Method.VISITS, Method.ONGOING, Method.DATES)


@dataclass(frozen=True, slots=True)
class Asked:
    """A length to be compared, and the window and day that bound what is counted."""

    op: Op
    length: Length
    days: Days | None
    today: date

    def __str__(self) -> str:
        return f"{OPS[self.op]} {words(self.length)}"


class Timing(NamedTuple):
    """One way to time treatments: its verdict and arithmetic, what to know of it, and what would settle it."""

    verdict: Verdict
    facts: tuple[Fact, ...]
    subject: str
    computed: Computed
    days: int
    method: Method
    note: str = ""
    missing: str = ""


class _Way(NamedTuple):
    """A run by which a treatment may be timed: put into words once it is known to decide.

    `dated` is a run of the same treatment whose dates say less than this one's stated length.
    """

    verdict: Verdict
    run: Run
    dated: Run | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self.run.facts if self.dated is None else (*self.run.facts, *self.dated.facts)

    @property
    def days(self) -> int:
        return self.run.days[1]

    @property
    def method(self) -> Method:
        return self.run.method

    def told(self, asked: Asked) -> Timing:
        """The way in words."""
        figure, formula = _arithmetic(self.run, asked.length.unit)
        computed = Computed(figure=figure, formula=formula, needed=str(asked))
        own = self.verdict if self.dated is None else Verdict.MET  # as it was before the dates spoke against it
        note, missing = _remarks(self.run, own, asked)
        if self.dated is not None:
            less, between = _arithmetic(self.dated, asked.length.unit)
            note = f"Elsewhere the record dates it {between}, {less}; the two do not agree."
        return Timing(self.verdict, self.facts, self.run.name, computed, self.days, self.method, note, missing)


class Timed(NamedTuple):
    """What facts come to against a length: the way that decides, the facts that give none, and those outside."""

    asked: Asked
    way: _Way | Timing | None
    vague: tuple[Fact, ...]
    rejected: tuple[Rejected, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict of the way that decides; None where nothing gives a length."""
        return self.way.verdict if self.way else None

    @property
    def best(self) -> Timing | None:
        """The way that decides, in words."""
        return self.way.told(self.asked) if isinstance(self.way, _Way) else self.way


def time_treatments(facts: Iterable[Fact], asked: Asked, *, together: bool) -> Timed:
    """The facts timed. Each treatment stands by its longest run.

    `together`: distinct treatments are also counted as the days that any of them covers.
    """
    ways: list[_Way | Timing] = []
    longest: list[Run] = []
    vague: list[Fact] = []
    rejected: list[Rejected] = []
    for group in by_name(facts).values():
        found, parts, untimed, outside = _ways(group, asked)
        ways += found
        vague += untimed
        rejected += outside
        if together:
            longest += sorted((part for part in parts if part.readings), key=lambda run: run.days)[-1:]
    if len(longest) > 1:
        ways.append(_union(longest, asked))
    return Timed(asked, _decisive(ways, asked.op), tuple(vague), tuple(rejected))


def time_treatment(facts: Sequence[Fact], asked: Asked) -> Timed:
    """The facts of one treatment timed: it stands by its longest run."""
    ways, _, vague, rejected = _ways(facts, asked)
    return Timed(asked, _decisive(ways, asked.op), tuple(vague), tuple(rejected))


def _ways(facts: Sequence[Fact], asked: Asked) -> tuple[list[_Way], list[Run], list[Fact], list[Rejected]]:
    """The ways to time one treatment, the parts of runs they rest on, the facts that give none, and those outside."""
    runs, untimed = runs_of(facts)
    parts, unplaced, outside = _placed(runs, asked)
    return _unless_contradicted(_foremost(parts, asked)), parts, [*untimed, *unplaced], outside


def _placed(runs: Iterable[Run], asked: Asked) -> tuple[list[Run], list[Fact], list[Rejected]]:
    """The parts of runs that count, the facts that a window cannot place, and the facts outside it."""
    parts: list[Run] = []
    unplaced: list[Fact] = []
    rejected: list[Rejected] = []
    first, last = (asked.days.first, asked.days.last) if asked.days else (None, asked.today)
    for run in runs:
        part = run.within(first, last)
        if part:
            parts.append(part)
        elif run.readings:
            reason = f"It is outside {asked.days}." if asked.days else "It lies after today."
            rejected += [Rejected(fact.id, reason) for fact in run.facts]
        elif asked.days:
            unplaced += run.facts
        else:
            parts.append(run)
    return parts, unplaced, rejected


def _foremost(runs: Iterable[Run], asked: Asked) -> list[_Way]:
    """Of the runs of one treatment known by one method, the one that `_decisive` would take."""
    ranked = _ranked(asked.op)
    best: dict[Method, _Way] = {}
    for run in sorted(runs, key=lambda run: run.days[1], reverse=True):
        known = best.get(run.method)
        if known is None or known.verdict is not ranked[-1]:
            way = _Way(run.verdict(asked.op, asked.length), run)
            if known is None or ranked.index(way.verdict) > ranked.index(known.verdict):
                best[run.method] = way
    return [*best.values()]


def _ranked(op: Op) -> tuple[Verdict, ...]:
    """The verdicts, that of the run that decides last."""
    return _RANK_OF_UPPER_BOUNDS if op in UPPER_BOUNDS else _RANK


def _arithmetic(run: Run, unit: str) -> tuple[str, str]:
    if run.by_length:
        return words(run.stated[0]), "as the record states it"
    (start, end), (long_start, long_end) = run.readings[0], run.readings[-1]
    if len(run.readings) == 1:
        return elapsed_words(start, end, unit), f"{start} to {end}"
    low, high = run.days
    figure = counted(high, "days") if low == high else f"{low} to {counted(high, 'days')}"
    return figure, f"{start} to {end} at the shortest, {long_start} to {long_end} at the longest"


def _remarks(run: Run, verdict: Verdict, asked: Asked) -> tuple[str, str]:
    """What a reader must know of the way it was timed, and what would settle it where it is not settled."""
    notes: list[str] = []
    missing: list[str] = []
    exact = f"the first and last day of {run.name}"
    if run.by_length:
        notes.append("This is the length as stated; the dates are not given.")
        missing.append(exact)
    elif run.stated and not run.clipped and verdict is Verdict.NEEDS_REVIEW:
        stated = " and ".join(sorted({words(length) for length in run.stated}))
        notes.append(f"The record states its length as {stated} and its dates as these; they do not agree.")
        missing.append(f"the attendance record of {run.name}")
    if run.method is Method.VISITS:
        notes.append(f"Counted from the first to the last of {len(run.facts)} visits.")
    if run.method is Method.ONGOING:
        notes.append("It was still going on when last recorded.")
        missing.append(f"the record of {run.name} after that day")
    if run.clipped:
        notes.append(f"Only the part {f'inside {asked.days}' if asked.days else 'up to today'} counts.")
    if run.disputed:
        notes.append("The record gives it two different beginnings or ends.")
    if not run.by_length and len(run.readings) > 1:
        missing.insert(0, exact)
    settled = verdict is Verdict.MET and not run.by_length
    return " ".join(notes), "" if settled else next(iter(missing), "")


def _unless_contradicted(ways: list[_Way]) -> list[_Way]:
    """A length that is only stated does not stand against dates of the same treatment that say less."""
    dated = next((way for way in ways if way.method is Method.DATES), None)
    if dated is None or dated.verdict is Verdict.MET:
        return ways
    return [
        _Way(Verdict.NEEDS_REVIEW, way.run, dated.run)
        if way.method is Method.STATED and way.verdict is Verdict.MET
        else way
        for way in ways
    ]


def _union(runs: Sequence[Run], asked: Asked) -> Timing:
    """The days that any of the treatments covers, gaps between them left out."""
    shortest, longest = (_cover(run.readings[reading] for run in runs) for reading in (0, -1))
    facts = tuple(fact for run in runs for fact in run.facts)
    subject = " and ".join(run.name for run in runs) + " together"
    method = min((run.method for run in runs), key=_STRENGTH.index)
    if len(shortest) == len(longest) == 1:
        run = Run(facts, Method.DATES, distinct(shortest[0], longest[0]))
        figure, formula = _arithmetic(run, asked.length.unit)
        verdict, days = run.verdict(asked.op, asked.length), run.days[1]
    else:
        low, days = _total(shortest), _total(longest)
        verdict = compare(asked.op, (low, days), in_days(asked.length))
        figure = days_words(days, asked.length.unit) if low == days else f"{low} to {counted(days, 'days')}"
        formula = ", ".join(f"{start} to {end}" for start, end in longest)
    note = "Distinct treatments are counted by the days that any of them covers."
    missing = "" if verdict is Verdict.MET else "the first and last day of each treatment"
    computed = Computed(figure=figure, formula=formula, needed=str(asked))
    return Timing(verdict, facts, subject, computed, days, method, note, missing)


def _cover(readings: Iterable[Reading]) -> list[Reading]:
    """The readings with those that overlap or follow on the next day made one; impossible ones left out."""
    cover: list[Reading] = []
    for start, end in sorted(reading for reading in readings if reading[0] <= reading[1]):
        if cover and start <= cover[-1][1] + timedelta(days=1):
            cover[-1] = (cover[-1][0], max(cover[-1][1], end))
        else:
            cover.append((start, end))
    return cover


def _total(cover: Iterable[Reading]) -> int:
    return sum((end - start).days for start, end in cover)


def _decisive(ways: Sequence[_Way | Timing], op: Op) -> _Way | Timing | None:
    """The way that serves the requirement best: the longest; for an upper bound the one that speaks most against."""
    if len(ways) < 2:
        return ways[0] if ways else None
    ranked = _ranked(op)
    return max(
        ways,
        key=lambda way: (
            ranked.index(way.verdict),
            -len({fact.name for fact in way.facts}) if way.verdict is Verdict.MET else 0,
            _STRENGTH.index(way.method) if way.verdict is Verdict.MET else 0,
            way.days,
        ),
    )
