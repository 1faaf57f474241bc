"""One mention of a treatment: what a single statement says of it."""

from dataclasses import dataclass

from pipeline.extract.chart.charted import NoteDate, Statement
from pipeline.extract.vocabulary import Term
from schemas.dates import PartialDate
from schemas.fact import Assertion, Outcome, Side


@dataclass(frozen=True, slots=True)
class Mention:
    """A treatment with what one or more statements say of it.

    `on` is the day of something given once. `note` dates the latest statement. `resolved`: a date was worked out.
    `ordered` dates the note whose order began it.
    """

    term: Term
    statements: tuple[Statement, ...]
    assertion: Assertion = Assertion.PRESENT
    side: Side | None = None
    body_part: str | None = None
    on: PartialDate | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    ongoing: bool = False
    duration: str | None = None
    visits: int | None = None
    dose: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    resolved: bool = False
    note: NoteDate | None = None
    ordered: NoteDate | None = None

    @property
    def bare(self) -> bool:
        """Whether it says no more than that the treatment is or was."""
        told = (self.on, self.start, self.end, self.duration, self.visits, self.dose, self.outcome, self.side)
        return not any(value is not None for value in told) and not self.ongoing
