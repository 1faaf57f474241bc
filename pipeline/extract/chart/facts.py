"""The clinical part of the rules: one document's facts, as proposals."""

from collections.abc import Iterable, Iterator

from pipeline.extract.chart.chart import Chart
from pipeline.extract.chart.charted import Statement
from pipeline.extract.chart.complaints import complaints
from pipeline.extract.chart.courses import confirmed, courses
from pipeline.extract.chart.diagnoses import diagnoses
from pipeline.extract.chart.findings import ALLERGY, findings
from pipeline.extract.chart.grades import grades
from pipeline.extract.chart.limits import limits
from pipeline.extract.chart.measurements import Measured, measurements
from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.papers import papers
from pipeline.extract.chart.reasoning import reasoning
from pipeline.extract.chart.score_tables import tabled_measurements
from pipeline.extract.chart.stated import Stated
from pipeline.extract.chart.studies import report_of, studies
from pipeline.extract.chart.treatment_tables import by_notes, of_topic, tabled
from pipeline.extract.chart.treatments import mentions
from pipeline.extract.chart.unread import unread
from pipeline.extract.chart.visit_series import visit_series
from schemas.document import Document
from schemas.fact import Assertion, FactKind, Outcome
from schemas.proposal import FactProposal, Quote

_LOOKED_FOR = {"screened": FactKind.RISK, "sign": FactKind.FINDING}  # by class
_GRADE = "radiographic_grade"  # the class of scores that are read off an image


def propose_facts(document: Document) -> tuple[FactProposal, ...]:
    """What the clinical document states, each fact with the sentences and rows that state it."""
    chart = Chart(document)
    told = [*tabled(chart), *mentions(chart), *of_topic(chart), *by_notes(chart), *visit_series(chart)]
    treatments = courses(confirmed(told))
    measured = [*tabled_measurements(chart), *measurements(chart), *grades(chart)]
    missed = unread(chart, measured)
    seen = [*findings(chart), *complaints(chart), *diagnoses(chart), *limits(chart)]
    stated = [*seen, *studies(chart), *report_of(chart), *papers(chart), *reasoning(chart)]
    proposals = [
        *(_treatment(chart, mention) for mention in treatments),
        *(_measurement(chart, found) for found in measured),
        *(_unread(chart, found) for found in missed),
        *(_stated(chart, found) for found in stated),
    ]
    return tuple(_distinct(proposals))


def _distinct(proposals: Iterable[FactProposal]) -> Iterator[FactProposal]:
    """The proposals without repeats: a sentence may name a thing twice."""
    seen: set[FactProposal] = set()
    for proposal in proposals:
        if proposal not in seen:
            seen.add(proposal)
            yield proposal


def _treatment(chart: Chart, mention: Mention) -> FactProposal:
    """A course of treatment; it was written down on the day of its latest note."""
    day = mention.on or (mention.note.value if mention.note else None)
    by_note = mention.on is None or mention.resolved or (mention.note is not None and mention.on == mention.note.value)
    return FactProposal(
        kind=mention.term.kind or FactKind.TREATMENT,
        name=mention.term.name,
        classes=mention.term.classes,
        quotes=chart.quotes(sorted(mention.statements, key=lambda one: (one.page, one.start))),
        date_quotes=(*chart.dating(mention.note), *chart.dating(mention.ordered)) if by_note else (),
        side=mention.side,
        body_part=mention.body_part,
        date=str(day) if day else None,
        start=str(mention.start) if mention.start else None,
        end=str(mention.end) if mention.end else None,
        ongoing=mention.ongoing,
        duration=mention.duration,
        visits=mention.visits,
        dose=mention.dose,
        outcome=mention.outcome,
        outcome_reason=mention.reason,
        assertion=mention.assertion,
        resolved=mention.resolved,
    )


def _measurement(chart: Chart, found: Measured) -> FactProposal:
    """A value; its own date, its column's, or its note's."""
    note = None if found.on or found.undated else found.statement.dated
    day = found.on or (note.value if note else None)
    return FactProposal(
        kind=FactKind.IMAGING if _GRADE in found.term.classes else FactKind.MEASUREMENT,
        name=found.term.name,
        classes=found.term.classes,
        quotes=_quotes(chart, found.statement, found.head if found.side else None),
        date_quotes=_dating(chart, found),
        value=found.value.low,
        value_high=found.value.high,
        unit=found.value.unit,
        scale_max=found.value.scale,
        side=found.side,
        body_part=found.body_part,
        date=str(day) if day else None,
        resolved=found.resolved,
        assertion=found.assertion,
    )


def _unread(chart: Chart, found: Measured) -> FactProposal:
    """That a figure stands there which was not read: what it is, nobody knows."""
    empty = {"value": None, "value_high": None, "unit": None, "scale_max": None}
    return _measurement(chart, found).model_copy(update={**empty, "assertion": Assertion.POSSIBLE, "unread": True})


def _dating(chart: Chart, found: Measured) -> tuple[Quote, ...]:
    """What dates a measurement beside its own words: its heading, or its note, from which a day may be worked out."""
    if found.head and found.on:
        return chart.quotes([found.head])
    by_note = found.resolved or not (found.on or found.undated)
    return chart.dating(found.statement.dated) if by_note else ()


def _quotes(chart: Chart, statement: Statement, head: Statement | None) -> tuple[Quote, ...]:
    """The statement, with the head of its table where that says the side."""
    return (*chart.quotes([statement]), *(chart.quotes([head]) if head else ()))


def _stated(chart: Chart, found: Stated) -> FactProposal:
    """A finding, diagnosis, limit, study or document; observed on its own date or its note's."""
    note = None if found.on else found.statement.dated
    day = found.on or (note.value if note else None)
    barred = ALLERGY in found.term.classes and found.assertion.holds
    return FactProposal(
        kind=_kind(found),
        name=found.name or found.term.name,
        classes=found.term.classes,
        quotes=_quotes(chart, found.statement, found.head),
        date_quotes=chart.dating(found.statement.dated if found.resolved else note),
        start=str(found.start) if found.start else None,
        duration=found.duration,
        ongoing=found.ongoing,
        value=None if barred else found.value,
        outcome=Outcome.CONTRAINDICATED if barred else None,
        outcome_reason=found.value if barred else None,
        side=found.side,
        body_part=found.body_part,
        date=str(day) if day else None,
        end=str(found.end) if found.end else None,
        assertion=found.assertion,
        resolved=found.resolved,
    )


def _kind(found: Stated) -> FactKind:
    """A measure told as positive or negative is a finding; a disease looked for and not there is no diagnosis."""
    kind = found.term.kind or FactKind.FINDING
    if kind is FactKind.DIAGNOSIS and found.assertion is Assertion.ABSENT:
        return next((other for name, other in _LOOKED_FOR.items() if name in found.term.classes), kind)
    return FactKind.FINDING if kind is FactKind.MEASUREMENT else kind
