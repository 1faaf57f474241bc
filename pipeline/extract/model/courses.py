"""What sentences tell of a course of treatment, as the chart's own readers read them. Pure."""

from dataclasses import dataclass

from pipeline import notation
from pipeline.extract.chart.chart import Line
from pipeline.extract.chart.outcomes import read
from pipeline.extract.chart.regimens import dose, duration, period, visits, words
from pipeline.extract.ground import UngroundedError
from pipeline.extract.model.places import TREATED, Place, Record
from schemas.dates import PartialDate
from schemas.fact import Assertion, Outcome, Side


@dataclass(frozen=True, slots=True)
class Told:
    """What one sentence tells of a treatment; `on` is its own day, else that of its note."""

    on: PartialDate | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    duration: str | None = None
    visits: int | None = None
    dose: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    ongoing: bool = False
    resolved: bool = False
    side: Side | None = None
    body_part: str | None = None


def told_in(record: Record, place: Place) -> list[Told]:
    """What the sentence that names the treatment tells of it."""
    note = place.line.statement.dated
    if place.term is not None:
        return [
            Told(
                on=one.on or (note.value if note else None),
                start=one.start,
                end=one.end,
                duration=one.duration,
                visits=one.visits,
                dose=one.dose,
                outcome=one.outcome,
                reason=one.reason,
                ongoing=one.ongoing,
                resolved=one.resolved,
                side=one.side,
                body_part=one.body_part,
            )
            for one in record.mentions_of(place.term, place.line)
        ]
    if any(hit.term.kind in TREATED for hit in place.line.hits):
        return [Told(on=note.value if note else None)]  # of which treatment the rest is told cannot be read
    return [_told(place.line, (place.start, place.end))]


def told_behind(place: Place) -> Told:
    """What a sentence tells that goes on about the treatment named before. UngroundedError where it only may be so."""
    if place.line.judgement.of(0, 1) is not Assertion.PRESENT:
        raise UngroundedError("a further quote tells nothing that was so")
    return _told(place.line, (0, 0))


def _told(line: Line, at: tuple[int, int]) -> Told:
    text, note = line.text, line.statement.dated
    start, end, resolved = period(text, note)
    outcome = read(text)
    ended = outcome if outcome and outcome.outcome is not Outcome.ONGOING else None
    return Told(
        start=start,
        end=end,
        resolved=resolved,
        duration=duration(text, at),
        visits=visits(text),
        dose=dose(text, at[1]),
        outcome=ended.outcome if ended else None,
        reason=ended.reason if ended else None,
        ongoing=end is None and bool(words().ongoing.find(text)),
        on=note.value if note else None,
    )


def canonical_length(text: str | None) -> str | None:
    """A length as the chart's readers write it: "eight weeks" is "8 weeks". UngroundedError where it is none."""
    if text is None:
        return None
    found = notation.lengths(text)
    if len(found) != 1:
        raise UngroundedError("the duration is no length of time")
    return f"{found[0].value.n:f} {found[0].value.unit}"


def canonical_dose(text: str | None) -> str | None:
    """A dose as the chart's readers write it: "15 mg weekly" is "15 mg/week". UngroundedError where it is none."""
    if text is None:
        return None
    if (found := dose(text, 0)) is None:
        raise UngroundedError("the dose is not a figure with a unit")
    return found
