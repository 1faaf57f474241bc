"""From proposals to facts: quotes found, numbers and dates re-read from them, assertion judged again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from pipeline import notation
from pipeline.extract.chart.assertion import judge, judge_measured
from pipeline.extract.chart.barred import spoken_of, stands
from pipeline.extract.chart.orders import order_of_taken
from pipeline.extract.chart.presupposed import judge_ailment
from pipeline.extract.ground import Grounder, UngroundedError
from pipeline.extract.vocabulary import terms
from pipeline.folding import fold, folded
from schemas.case import Refused
from schemas.coverage import Warning
from schemas.dates import PartialDate
from schemas.fact import Assertion, Fact, FactKind, Length, Outcome, Quantity, Side
from schemas.proposal import FactProposal
from schemas.span import Span


@dataclass(frozen=True, slots=True)
class GroundedFacts:
    """The facts, numbered in the order of their first citation, what was refused, and what a reviewer must see.

    `agreed` are ids of facts that two engines read alike.
    """

    facts: tuple[Fact, ...]
    refused: tuple[Refused, ...]
    warnings: tuple[Warning, ...] = ()
    agreed: tuple[str, ...] = ()


def ground_facts(proposals: Sequence[FactProposal], grounder: Grounder) -> GroundedFacts:
    """Ground each proposal whole, or refuse it whole. The same fact proposed twice is one."""
    facts: list[Fact] = []
    refused: list[Refused] = []
    for proposal in proposals:
        try:
            facts.append(_fact(proposal, grounder))
        except UngroundedError as error:
            refused.append(_refusal(proposal, error))
    distinct = dict.fromkeys(sorted(_without_superseded(facts), key=lambda fact: (fact.spans[0].place, fact.name)))
    return GroundedFacts(tuple(replace(fact, id=f"f{n}") for n, fact in enumerate(distinct, start=1)), tuple(refused))


def _without_superseded(facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts without unread figures of no account: none was read, or on each side one of that day or later."""
    read: dict[str, dict[Side | None, date]] = {}
    for fact in facts:
        if fact.number is not None and fact.assertion.holds:
            last = read.setdefault(fact.name, {})
            last[fact.side] = max(last.get(fact.side, date.min), fact.date.earliest if fact.date else date.min)
    for fact in facts:
        days = read.get(fact.name, {}).values()
        if not fact.unread or (days and (fact.date is None or fact.date.latest > min(days))):
            yield fact


def _fact(proposal: FactProposal, grounder: Grounder) -> Fact:
    # one place per quote: a fact is stated where its context stands, not wherever its words recur
    spans = tuple(grounder.spans(quote)[0] for quote in proposal.quotes)
    date_spans = tuple(grounder.spans(quote)[0] for quote in proposal.date_quotes)
    text = "\n".join(span.quote for span in spans)
    for number in (proposal.value, proposal.value_high, proposal.scale_max):
        _carries_number(text, number)
    day = _date(proposal.date, (*spans, *date_spans), resolved=proposal.resolved)
    assertion = _assertion(proposal, spans)
    _carries_bar(proposal, assertion, spans)
    return Fact(
        id="f0",
        kind=proposal.kind,
        name=proposal.name,
        classes=proposal.classes,
        value=proposal.value,
        value_high=proposal.value_high,
        unit=proposal.unit,
        scale_max=None if proposal.scale_max is None else Decimal(proposal.scale_max),
        side=proposal.side,
        body_part=proposal.body_part,
        date=day,
        start=_date(proposal.start, (*spans, *date_spans), resolved=proposal.resolved),
        end=_date(proposal.end, (*spans, *date_spans), resolved=proposal.resolved),
        ongoing=proposal.ongoing,
        duration=_length(proposal.duration, text),
        visits=proposal.visits,
        dose=_dose(proposal.dose, text),
        outcome=proposal.outcome,
        outcome_reason=_words(proposal.outcome_reason, text),
        assertion=assertion,
        date_resolved=proposal.resolved,
        unread=proposal.unread,
        spans=spans,
        date_spans=date_spans,
    )


_NUMERIC = re.compile(r"-?\d+(?:\.\d+)?")


def _carries_number(text: str, value: str | None) -> None:
    """A value that is a number must stand in the quotes as one; words must stand there as words."""
    if value is None:
        return
    if _NUMERIC.fullmatch(value):
        stated = {_decimal(found) for found in _NUMERIC.findall(text.replace(",", ""))}
        if abs(_decimal(value)) not in stated | {abs(n) for n in stated} and _decimal(value) not in _roman(text):
            raise UngroundedError("the number is not in the quote")
    elif folded(value) not in folded(text):
        raise UngroundedError("the value is not in the quote")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise UngroundedError("the value is not a number") from None


_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}


def _roman(text: str) -> set[Decimal]:
    """Grades written as Roman numerals: "NYHA class III"."""
    return {Decimal(_ROMAN[word]) for word in re.findall(r"\b(?:IV|VI|V|I{1,3})\b", text)}


def _date(value: str | None, spans: Sequence[Span], *, resolved: bool) -> PartialDate | None:
    """A date that some quote states; one worked out from a relative date needs only a quote to count from."""
    if value is None:
        return None
    try:
        day = PartialDate(value)
    except ValueError:
        raise UngroundedError("the value is not a date") from None
    stated = [found.value for span in spans for found in notation.dates(span.quote)]
    if day in stated or (resolved and stated) or _is_year_stated(day, spans):
        return day
    raise UngroundedError("the date is not in the quote")


def _is_year_stated(day: PartialDate, spans: Sequence[Span]) -> bool:
    return day.precision == "year" and any(re.search(rf"\b{day.iso}\b", span.quote) for span in spans)


def _length(value: str | None, text: str) -> Length | None:
    if value is None:
        return None
    asked = notation.lengths(value)
    if not asked or asked[0].value not in [found.value for found in notation.lengths(text)]:
        raise UngroundedError("the length of time is not in the quote")
    return asked[0].value


_DOSE = re.compile(r"(\d+(?:\.\d+)?) (\S.*)")


def _dose(value: str | None, text: str) -> Quantity | None:
    """A figure with its unit, as "15 mg/week"; the figure must stand in the quotes."""
    if value is None:
        return None
    match = _DOSE.fullmatch(value)
    if match is None:
        raise UngroundedError("the dose is not a figure with a unit")
    _carries_number(text, match[1])
    return Quantity(n=Decimal(match[1]), unit=match[2])


def _words(value: str | None, text: str) -> str | None:
    if value is not None and folded(value) not in folded(text):
        kept = fold(text, keep_line_hyphen=True).text
        if folded(value) not in kept:
            raise UngroundedError("the reason is not in the quote")
    return value


_AILMENTS = (FactKind.DIAGNOSIS, FactKind.FINDING, FactKind.RISK)


def _assertion(proposal: FactProposal, spans: Sequence[Span]) -> Assertion:
    """What the sentence says of the thing, where that is stricter than what was proposed."""
    if not proposal.assertion.holds:
        return proposal.assertion
    measured = proposal.value is not None and proposal.kind in (FactKind.MEASUREMENT, FactKind.IMAGING)
    read = judge_measured if measured else judge_ailment if proposal.kind in _AILMENTS else judge
    judged = [
        read(_up_to_value(span.quote, hit.end, proposal.value if measured else None), hit.start, hit.end)
        for span in spans
        for hit in terms(span.quote)
        if hit.term.name == proposal.name and not hit.neutral  # "strength" alone says nothing; its grade does
        if not (
            proposal.kind is FactKind.MEDICATION and order_of_taken(span.quote, hit.start)
        )  # "stop atorvastatin" plans nothing to take
    ]
    if measured:  # what has a figure or a result was measured or done
        judged = [one for one in judged if one not in (Assertion.POSSIBLE, Assertion.ABSENT)]
    if proposal.kind is FactKind.FUNCTIONAL_LIMIT:  # "not safe to bathe" affirms the limit
        judged = [one for one in judged if one is not Assertion.ABSENT]
    if judged and not any(assertion.holds for assertion in judged):
        return judged[0]
    return proposal.assertion


def _carries_bar(proposal: FactProposal, assertion: Assertion, spans: Sequence[Span]) -> None:
    """That a treatment was not had for a contraindication: the quotes must state that, and take none of it back."""
    if proposal.kind not in (FactKind.TREATMENT, FactKind.MEDICATION):
        return
    if proposal.outcome is Outcome.CONTRAINDICATED and assertion is Assertion.ABSENT:
        told = [stands(span.quote) for span in spans if spoken_of(span.quote)]
        if not told or not all(told):
            raise UngroundedError("the quote does not say that it is contraindicated")


def _up_to_value(quote: str, at: int, value: str | None) -> str:
    """The quote as far as the value behind `at`: what follows says nothing of it ("3.5, and I would now say 4")."""
    found = quote.find(value, at) if value else -1
    return quote if value is None or found < 0 else quote[: found + len(value)]


def _refusal(proposal: FactProposal, error: UngroundedError) -> Refused:
    return Refused(
        what=proposal.kind,
        value=proposal.name if proposal.value is None else f"{proposal.name} {proposal.value}",
        quote=" ".join(quote.text for quote in proposal.quotes),
        document=proposal.quotes[0].document,
        reason=error.reason,
    )
