"""Count requirements: so many treatments, classes of treatment, visits or events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.check import answer
from pipeline.check.answer import Answer
from pipeline.check.context import Context
from pipeline.check.eligible import Days, Eligible, eligible, placed, window_days, windowed
from pipeline.check.logic import OPS, UPPER_BOUNDS, compare
from pipeline.check.record import Record
from pipeline.check.suppliers import ask, named
from pipeline.check.timing import Asked, time_treatment
from pipeline.check.trials import Contrary, Doubt, by_name, dose_of, exempt, outcome_of
from schemas.coverage import Computed, Rejected, Verdict
from schemas.dates import PartialDate
from schemas.fact import Fact
from schemas.requirement import Count, Op


class Trial(NamedTuple):
    """One treatment: it counts where nothing is `against` it. `inside`: its facts that surely lie in the window."""

    name: str
    facts: tuple[Fact, ...]
    inside: tuple[Fact, ...]
    against: Doubt | Contrary | None

    @property
    def contrary(self) -> bool:
        """Whether the record shows that it does not count."""
        return isinstance(self.against, Contrary)


class Tally(NamedTuple):
    """How many count: `low` for sure, `high` at most; `doubts` make the difference."""

    low: int
    high: int
    what: str
    doubts: tuple[Doubt, ...] = ()


def count(need: Count, record: Record, context: Context) -> Answer:
    """Whether as many count as asked."""
    return counted(need, record, context)[0]


def counted(need: Count, record: Record, context: Context) -> tuple[Answer, int]:
    """Whether as many count as asked, and how many there may be at most."""
    found = eligible(need, record, context)
    days = window_days(need.within, context)
    sure, unplaced, outside = windowed(found.facts, days)
    trials = [_trial(name, group, need, days, context) for name, group in by_name((*sure, *unplaced)).items()]
    rejected = (*found.rejected, *outside, *_rejections(trials))
    if not trials:
        return _silent(need, found, days, rejected).rejecting(rejected), 0
    tally = _TALLIES[need.of]([trial for trial in trials if not trial.contrary], need)
    result = _answer(need, trials, tally).rejecting(rejected)
    return answer.unless_denied(result, (*sure, *unplaced), found.denials), tally.high


def _trial(name: str, facts: tuple[Fact, ...], need: Count, days: Days | None, context: Context) -> Trial:
    """One treatment against the window, the outcome, the dose and the length, in that order."""
    inside = facts if days is None else tuple(fact for fact in facts if placed(fact, days) == "inside")
    outcome = outcome_of(facts, need.outcomes)
    if isinstance(outcome, Contrary):
        return Trial(name, facts, inside, outcome)
    unplaced = None if inside or days is None else _unplaced(name, facts, days)
    against: list[Doubt | Contrary | None] = [unplaced, outcome]
    if not exempt(facts, need.outcomes):
        enough = facts if need.dose is None else tuple(fact for fact in facts if dose_of(fact, need.dose) is None)
        against.append(None if enough else _dose(facts, need))
        against.append(_length(name, enough or facts, need, days, context))
    speaking = [found for found in against if found]
    contrary = [found for found in speaking if isinstance(found, Contrary)]
    return Trial(name, facts, inside, next(iter([*contrary, *speaking]), None))


def _unplaced(name: str, facts: Sequence[Fact], days: Days) -> Doubt:
    """A treatment that the window cannot place."""
    if all(placed(fact, days) == "undated" for fact in facts):
        return Doubt(f"{name} is not dated", f"the dates of {name}", silent=True)
    return Doubt(f"the dates of {name} do not tell whether it lies in {days}", f"the exact dates of {name}")


def _dose(facts: Sequence[Fact], need: Count) -> Doubt | Contrary | None:
    """What speaks against the dose, where no fact has enough: a doubt before a dose too low."""
    found = [dose_of(fact, need.dose) for fact in facts]
    return next((against for against in found if isinstance(against, Doubt)), found[0])


def _length(
    name: str, facts: Sequence[Fact], need: Count, days: Days | None, context: Context
) -> Doubt | Contrary | None:
    """What speaks against the length of the trial."""
    if need.each is None:
        return None
    asked = Asked(Op.AT_LEAST, need.each, days, context.today)
    days_of = f"the exact first and last day of {name}"
    timed = time_treatment(facts, asked)
    if timed.verdict is Verdict.MET:
        return None
    if (best := timed.best) is None:
        return Doubt(f"how long {name} lasted is not stated", days_of, silent=True)
    if best.verdict is Verdict.NEEDS_REVIEW:
        return Doubt(f"whether {name} lasted {asked} is not clear ({best.computed.figure})", days_of)
    return Contrary(f"It lasted {best.computed.figure}; {asked} is asked.")


def _rejections(trials: Iterable[Trial]) -> list[Rejected]:
    return [
        Rejected(fact.id, trial.against.reason)
        for trial in trials
        for fact in trial.facts
        if isinstance(trial.against, Contrary)
    ]


def _agents(trials: Sequence[Trial], need: Count) -> Tally:
    """Distinct treatments by name."""
    doubts = _doubts(trials)
    listed = ", ".join(trial.name for trial in trials) or "none"
    return Tally(len(trials) - len(doubts), len(trials), f"{named(need.terms)}: {listed}", tuple(doubts))


def _classes(trials: Sequence[Trial], need: Count) -> Tally:
    """Distinct classes: each treatment's own, which is narrower than the terms, or one of several terms."""
    own = {trial.name: _own_class(trial, need.terms) for trial in trials}
    sure = {own[trial.name] for trial in trials if trial.against is None} - {None}
    unknown = [trial for trial in trials if own[trial.name] is None]
    doubts = _doubts(trials)
    doubts += [
        Doubt(f"the class of {trial.name} is not known", f"the class of {trial.name}")
        for trial in unknown
        if trial.against is None
    ]
    high = len(set(own.values()) - {None}) + len(unknown)
    listed = ", ".join(f"{trial.name} ({own[trial.name] or 'class not known'})" for trial in trials)
    return Tally(len(sure), high, f"classes of {named(need.terms)}: {listed or 'none'}", tuple(doubts))


def _own_class(trial: Trial, terms: Sequence[str]) -> str | None:
    """One of several terms, or the class before the one term: a vocabulary names the narrow class before the wide."""
    for fact in trial.facts:
        narrow = [name for name in fact.classes if name in terms] if len(terms) > 1 else fact.classes[:1]
        if narrow and (len(terms) > 1 or narrow[0] not in terms):
            return narrow[0]
    return None


def _visits(trials: Sequence[Trial], need: Count) -> Tally:
    """Attended visits: the most that one statement or the single days give; at most the sum of all statements."""
    low = high = 0
    doubts = _doubts(trials)
    for trial in trials:
        stated = [fact.visits for fact in trial.inside if fact.visits]
        days = {_when(fact) for fact in trial.inside if fact.visits == 1} - {None}
        low += max([len(days), *stated]) if trial.against is None else 0
        high += sum(fact.visits or 0 for fact in trial.facts)
        if not any(fact.visits for fact in trial.facts):
            doubts.append(_uncounted(trial))
            high += need.n
    if low != high and not doubts:
        doubts.append(Doubt("visits are counted more than once, and they may be the same", "the attendance record"))
    return Tally(low, high, f"visits of {named(need.terms)}", tuple(doubts))


def _uncounted(trial: Trial) -> Doubt:
    missing = f"the attendance record of {trial.name}"
    return Doubt(f"the visits of {trial.name} are not counted", missing, silent=True)


def _events(trials: Sequence[Trial], need: Count) -> Tally:
    """Events: those on days surely apart; at most all that are not told twice with one date."""
    low = sum(_apart(trial.inside) for trial in trials if trial.against is None)
    high = len({(trial.name, str(_when(fact) or fact.id)) for trial in trials for fact in trial.facts})
    doubts = _doubts(trials)
    if low != high and not doubts:
        doubts.append(Doubt("some events may be one event told twice", "the exact dates of the events"))
    return Tally(low, high, f"events of {named(need.terms)}", tuple(doubts))


def _when(fact: Fact) -> PartialDate | None:
    return fact.start or fact.end or fact.date


def _apart(facts: Sequence[Fact]) -> int:
    """The most facts whose dates cannot be one day; at least one where there is any."""
    last: date | None = None
    apart = 0
    for when in sorted(
        (when for fact in facts if (when := _when(fact))), key=lambda when: (when.latest, when.earliest)
    ):
        if last is None or when.earliest > last:
            apart, last = apart + 1, when.latest
    return max(apart, min(1, len(facts)))


def _doubts(trials: Iterable[Trial]) -> list[Doubt]:
    return [trial.against for trial in trials if isinstance(trial.against, Doubt)]


_TALLIES: dict[str, Callable[[Sequence[Trial], Count], Tally]] = {
    "agent": _agents,
    "class": _classes,
    "visits": _visits,
    "event": _events,
}


def _answer(need: Count, trials: Sequence[Trial], tally: Tally) -> Answer:
    verdict = compare(need.op, (tally.low, tally.high), (need.n, need.n))
    facts = [fact for trial in trials if not trial.contrary for fact in trial.facts]
    figure = str(tally.low) if verdict is not Verdict.NEEDS_REVIEW else f"{tally.low} to {tally.high}"
    computed = Computed(figure=figure, formula=tally.what, needed=f"{OPS[need.op]} {need.n}")
    text = f"The record shows {figure} ({tally.what}); the criterion asks for {computed.needed}."
    if verdict is Verdict.MET:
        return answer.met(text, [fact for trial in trials if not trial.against for fact in trial.facts], computed)
    if verdict is Verdict.NEEDS_REVIEW:
        return _undecided(need, text, facts, tally.doubts, computed)
    if need.op in UPPER_BOUNDS or tally.low + sum(trial.contrary for trial in trials) >= need.n:
        return answer.not_met(text, facts, computed=computed)
    gap = ask(f"the record of any further {named(need.terms)}", need.terms, facts)
    return answer.not_met(text, facts, gap, computed)._replace(gap_kind="documentation")


def _undecided(need: Count, text: str, facts: Sequence[Fact], doubts: Sequence[Doubt], computed: Computed) -> Answer:
    because = "; ".join(dict.fromkeys(doubt.because for doubt in doubts))
    gap = ask(" and ".join(dict.fromkeys(doubt.missing for doubt in doubts)), need.terms, facts) if doubts else ""
    text = f"{text} Open: {because}."
    if doubts and all(doubt.silent for doubt in doubts) and need.op not in UPPER_BOUNDS:
        return answer.not_documented(text, gap, facts, computed)
    return answer.needs_review(text, facts, gap, computed)


def _silent(need: Count, found: Eligible, days: Days | None, rejected: Sequence[Rejected]) -> Answer:
    subject = named(need.terms)
    denials = found.denial_of_all(need.terms, days)
    if denials:
        text = f"The record says that there was no {subject}."
        return (answer.met if need.op in UPPER_BOUNDS else answer.not_met)(text, denials)
    others = " What it holds on it cannot serve; the reasons are listed." if rejected else ""
    text = f"The record holds nothing that counts as {subject}.{others}"
    return answer.not_documented(text, ask(f"the record, with dates and outcome, of {subject}", need.terms))
