"""A model's facts, read again by code: one counts only where its own sentence, whole, bears it out. Pure.

Nothing is mended in a proposal's favour: what the words do not say is refused with its reason, and an outcome that
they do not tell is left out with a warning. What stands cites whole sentences, so that no half of one is printed.
See docs/decisions/0012.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.ground import Grounder, UngroundedError
from pipeline.extract.model.known import Differing, differing, repeated
from pipeline.extract.model.places import TREATED, Place, Record, canonical, known_term, named, others_between
from pipeline.extract.model.refusal import refused_fact
from pipeline.extract.model.values import Bearing, assertions, borne
from schemas.case import Refused
from schemas.coverage import Warning
from schemas.document import Document, Whose
from schemas.fact import Assertion, Fact, FactKind
from schemas.proposal import FactProposal
from schemas.span import Span

_MOST_PLACES = 8  # a quote that stands oftener is no quote of one thing
_NEAR = 3  # lines: a sentence that goes on about a treatment stands as near behind the one that names it


@dataclass(frozen=True, slots=True)
class Borne:
    """The proposals as the words bear them out, those refused, and what was left out of those that stand.

    Of the rules' facts `repeated` are those, by id, that a proposal only repeats; `differing` tells what one reads
    otherwise.
    """

    proposals: tuple[FactProposal, ...]
    refused: tuple[Refused, ...]
    warnings: tuple[Warning, ...]
    repeated: tuple[str, ...] = ()
    differing: tuple[Differing, ...] = ()


def reread(proposals: Sequence[FactProposal], documents: Sequence[Document], known: Sequence[Fact] = ()) -> Borne:
    """Read each proposal again from the documents it may cite; one about another patient may not be cited.

    What only repeats a fact that is `known`, the rules', is agreement: it adds nothing. What is refused, and says of
    such a fact's own words something else than it does, is told beside it.
    """
    reading = _Reading([document for document in documents if document.patient is not Whose.OTHER], known)
    for proposed in dict.fromkeys(proposals):
        reading.read(proposed)
    return Borne(
        tuple(reading.kept),
        tuple(reading.refused),
        tuple(reading.warnings),
        tuple(dict.fromkeys(reading.repeated)),
        tuple(reading.differing),
    )


def _left_out(proposal: FactProposal, reading: "_Reading") -> Warning:
    message = f"A model gave {proposal.name} an outcome that the words of the record do not tell. It was left out."
    return Warning(code="outcome_not_read", message=message, spans=reading.places(proposal))


class _Reading:
    def __init__(self, documents: Sequence[Document], known: Sequence[Fact]) -> None:
        self._known = known
        self._documents = {document.id: document for document in documents}
        self._grounder = Grounder(documents)
        self._records: dict[str, Record] = {}
        self.kept: list[FactProposal] = []
        self.refused: list[Refused] = []
        self.warnings: list[Warning] = []
        self.repeated: list[str] = []
        self.differing: list[Differing] = []

    def read(self, proposed: FactProposal) -> None:
        """Keep a proposal or refuse it."""
        proposal = proposed.model_copy(update={"name": canonical(proposed.name)})
        try:
            cited = self.cited(proposal)
        except UngroundedError as error:
            self.refused.append(refused_fact(proposed, error.reason))
            return
        if fact := repeated(proposal, [span for spans in cited for span in spans], self._known):
            self.repeated.append(fact.id)
            return
        try:
            found = self.borne(proposal, cited)
        except UngroundedError as error:
            self.refused.append(refused_fact(proposed, error.reason))
            self._held_against_the_rules(proposal, cited)
            return
        self.kept.append(found.proposal)
        if found.outcome_left_out:
            self.warnings.append(_left_out(found.proposal, self))
            self._held_against_the_rules(proposal, cited)

    def _held_against_the_rules(self, proposal: FactProposal, cited: Sequence[Sequence[Span]]) -> None:
        """What the proposal, in its first quote's words, says otherwise than the rules."""
        if told := differing(proposal, cited[0], self._known):
            self.differing.append(told)

    def _record(self, document: str) -> Record:
        if document not in self._records:
            self._records[document] = Record(self._documents[document], self._known)
        return self._records[document]

    def places(self, proposal: FactProposal) -> tuple[Span, ...]:
        """Where the quotes of a proposal that stands are."""
        return tuple(self._grounder.spans(quote)[0] for quote in proposal.quotes)

    def cited(self, proposal: FactProposal) -> list[tuple[Span, ...]]:
        """The places of each quote; UngroundedError where one stands nowhere, or may not be cited."""
        cited = [self._grounder.spans(quote) for quote in proposal.quotes]
        if len({quote.document for quote in (*proposal.quotes, *proposal.date_quotes)}) > 1:
            raise UngroundedError("the quotes are of different documents")
        record = self._record(proposal.quotes[0].document)
        for spans in cited:
            _may_be_cited(record, spans)
        return cited

    def borne(self, proposal: FactProposal, cited: Sequence[tuple[Span, ...]]) -> Bearing:
        """The proposal as its words bear it out; UngroundedError where they do not."""
        kind = _kind(proposal)
        record = self._record(proposal.quotes[0].document)
        places = [place for spans in cited for place in _naming(record, spans, proposal.name)]
        if not places:
            raise UngroundedError("no quote names the thing in a sentence that states something")
        said = [one for place in places for one in assertions(proposal, kind, record, place)]
        settled = proposal.model_copy(update={"assertion": _settled(proposal.assertion, said)})
        rest = [spans for spans in cited if not any(_naming(record, spans, proposal.name))]
        return _first_that_bears(settled, kind, record, places, rest)


def _first_that_bears(
    proposal: FactProposal, kind: FactKind, record: Record, places: Sequence[Place], rest: Sequence[Sequence[Span]]
) -> Bearing:
    """What the first place gives that gives all that is proposed; UngroundedError, as of the first, where none does."""
    refusals: list[UngroundedError] = []
    for place in places:
        try:
            behind = [line for spans in rest for line in _goes_on(record, spans, place, proposal.name)]
            return borne(proposal, kind, record, place, behind if kind in TREATED else ())
        except UngroundedError as error:
            refusals.append(error)
    raise refusals[0]


def _kind(proposal: FactProposal) -> FactKind:
    """The kind of thing: the vocabulary's where it has the name, save that a figure read off a film is imaging."""
    term = known_term(proposal.name)
    if term is None:
        if proposal.kind is FactKind.DOCUMENTATION:
            raise UngroundedError("a paper is told by its title or its signature")
        return proposal.kind
    if term.kind is None:
        raise UngroundedError("the name is of a group of things")
    if term.kind is FactKind.DOCUMENTATION:
        raise UngroundedError("a paper is told by its title or its signature")
    if term.kind is FactKind.MEASUREMENT and "radiographic_grade" in term.classes:
        return FactKind.IMAGING
    return term.kind


def _may_be_cited(record: Record, spans: Sequence[Span]) -> None:
    if len(spans) > _MOST_PLACES:
        raise UngroundedError("the quote stands in too many places")
    if not all(record.was_sent(span) for span in spans):
        raise UngroundedError("the quote is of a line that was not sent")


def _naming(record: Record, spans: Sequence[Span], name: str) -> Iterator[Place]:
    """The places in the whole sentences of a quote, within the quote, that name the thing."""
    for span in spans:
        touched = [one for one in record.lines_at(span) if record.states(one[0])]
        for line, start, end in touched:
            yield from named(line, start, end, name)


def _goes_on(record: Record, spans: Sequence[Span], place: Place, name: str) -> Iterator[Place]:
    """The sentences of a further quote: right behind the one that names the thing, and of no other treatment."""
    if len(spans) != 1:
        raise UngroundedError("a further quote stands in several places")
    first = record.position(place.line)
    for line, _, _ in record.lines_at(spans[0]):
        at = record.position(line)
        near = first < at <= first + _NEAR and line.statement.note == place.line.statement.note
        if not near or not record.states(line) or others_between(record.chart.lines[first + 1 : at + 1], name):
            raise UngroundedError("a further quote does not go on about the thing")
        yield Place(line, 0, len(line.text), None)


# What can meet nothing. A model's doubt is the stricter reading, and stands.
_MEETS_NOTHING = (Assertion.OTHER_PATIENT, Assertion.FAMILY, Assertion.HYPOTHETICAL, Assertion.POSSIBLE)


def _settled(proposed: Assertion, judged: Sequence[Assertion]) -> Assertion:
    """The stricter of what was proposed and what every place that was quoted says.

    That a thing is so, and that it is not, the words must say themselves: a criterion may ask for either.
    """
    if proposed in _MEETS_NOTHING:
        return proposed
    if proposed is Assertion.ABSENT:
        if any(one is not Assertion.ABSENT for one in judged):
            raise UngroundedError("the sentence does not deny it")
        return proposed
    if not all(one.holds for one in judged):
        raise UngroundedError("the sentence does not say that it is, or was, so")
    return Assertion.HISTORICAL if Assertion.HISTORICAL in (proposed, *judged) else proposed
