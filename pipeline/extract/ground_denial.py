"""From a proposal to the denial: every value is found in the documents and re-read from its quote, or refused.

An engine never decides how its value is checked: each field has its reader here.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline import notation
from pipeline.extract.ground import Grounder, UngroundedError
from pipeline.extract.letter.compact import compact_days
from pipeline.extract.letter.plan_type import shown_by
from pipeline.folding import fold, folded, on_one_line
from schemas.case import Refused
from schemas.coverage import Warning
from schemas.denial import AppealChannel, AppealWindow, CriteriaSource, Criterion, Denial, PlanType
from schemas.proposal import DenialProposal, ProposedCriterion, ProposedValue
from schemas.requirement import Requirement
from schemas.span import Cited, Span


@dataclass(frozen=True, slots=True)
class GroundedDenial:
    """The denial, what grounding refused of the proposal, and where two values contend for one field.

    `agreed` are the fields, by path (`member_id`, `procedure_codes.0`), that two engines read alike.
    """

    denial: Denial
    refused: tuple[Refused, ...]
    warnings: tuple[Warning, ...]
    agreed: tuple[str, ...] = ()


Reader = Callable[[str, str], Any]
"""(value, quote) -> the value as the quote states it; UngroundedError where it does not."""


def _text(value: str, quote: str) -> str:
    if folded(value) not in (folded(quote), fold(quote, keep_line_hyphen=True).text):
        raise UngroundedError("the value is not what the quote says")
    return on_one_line(quote)


def _name(value: str, quote: str) -> str:
    """A name may be turned round: "LOPEZ, ANA" is "ANA LOPEZ"."""
    if sorted(re.findall(r"\w+", folded(value))) != sorted(re.findall(r"\w+", folded(quote))):
        raise UngroundedError("the name is not what the quote says")
    return value


def _identifier(value: str, quote: str) -> str:
    """As printed, but for white space: identifiers are broken over lines."""
    if "".join(value.split()).upper() != "".join(quote.split()).upper():
        raise UngroundedError("the identifier is not what the quote says")
    return value


def _code(value: str, quote: str) -> str:
    """A code, which may stand with its modifier: "31255-50"."""
    return _identifier(value.upper(), quote[:5] if notation.MODIFIER.fullmatch(quote, 5) else quote)


def _day(value: str, quote: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise UngroundedError("the value is not a date") from None
    if day not in [found.value for found in (*notation.days(quote), *compact_days(quote))]:
        raise UngroundedError("the date is not the one the quote states")
    return day


def _amount(value: str, quote: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise UngroundedError("the value is not an amount") from None
    if amount not in [found.value for found in notation.amounts(quote)]:
        raise UngroundedError("the amount is not the one the quote states")
    return amount


_FROM_RECEIPT = re.compile(
    r"\b(?:receipt|receiv(?:e|ed|ing)|getting|gets|you (?:get|got)|(?:comes|came) into your hands|reach(?:es|ed) you)\b"
)
_FROM_NOTICE = re.compile(
    r"\bdate (?:of|on|listed|shown|printed|this)\b.{0,40}(?:notice|letter|top|denial|determination|decision)"
    r"|\b(?:of|from|after) (?:the )?(?:date|this (?:notice|letter|denial|determination|decision))\b"
    r"|\b(?:notice|letter|denial|determination|decision|mail(?:ing)?|process(?:ing)?|statement|payment|issue) date\b"
    r"|\b(?:remit(?:tance)?|eo[bp]) date\b"
    r"|\b(?:was|were) (?:mailed|sent)\b"
)


def _window(value: str, quote: str) -> AppealWindow:
    asked = notation.lengths(value)
    stated = [found.value for found in notation.lengths(quote)]
    if not asked or asked[0].value not in stated:
        raise UngroundedError("the window is not the one the quote states")
    length, words = asked[0].value, folded(quote)
    trigger = "receipt" if _FROM_RECEIPT.search(words) else "notice_date" if _FROM_NOTICE.search(words) else "unstated"
    return AppealWindow.model_validate({"n": int(length.n), "unit": length.unit, "trigger": trigger})


def _plan_type(value: str, quote: str) -> PlanType:
    """A name of ours, carried by words that the table counts as evidence of it."""
    if value not in shown_by(quote):
        raise UngroundedError("the quote does not show that plan type")
    return PlanType(value)


_ONE: dict[str, Reader] = {
    "payer": _text,
    "plan_type": _plan_type,
    "patient_name": _name,
    "birth_date": _day,
    "member_id": _identifier,
    "group_number": _identifier,
    "claim_number": _identifier,
    "reference_number": _identifier,
    "letter_date": _day,
    "received_date": _day,
    "service": _text,
    "provider": _text,
    "denied_amount": _amount,
    "reason": _text,
    "criteria_source.name": _text,
    "criteria_source.identifier": _text,
    "criteria_source.version": _text,
    "appeal.window": _window,
    "appeal.deadline": _day,
    "appeal.address": _text,
    "appeal.fax": _text,
    "appeal.phone": _text,
    "appeal.peer_to_peer": _text,
    "appeal.used_up": _text,
}
MANY: dict[str, Reader] = {
    "procedure_codes": _code,
    "diagnosis_codes": _code,
    "service_dates": _day,
    "reason_codes": _code,
}


@dataclass
class _Values:
    """Grounded values per field, in the order they were proposed; equal values share their spans."""

    cited: dict[str, list[Cited[Any]]] = field(default_factory=dict)

    def add(self, name: str, value: object, spans: tuple[Span, ...]) -> None:
        values = self.cited.setdefault(name, [])
        for at, known in enumerate(values):
            if known.value == value:
                values[at] = Cited(value=value, spans=tuple(dict.fromkeys((*known.spans, *spans))))
                return
        values.append(Cited(value=value, spans=spans))

    def one(self, name: str) -> Cited[Any] | None:
        return next(iter(self.cited.get(name, ())), None)

    def group(self, prefix: str) -> dict[str, Cited[Any] | None]:
        return {name.removeprefix(prefix): self.one(name) for name in _ONE if name.startswith(prefix)}

    def conflicts(self) -> Iterable[Warning]:
        """A field of one value for which the documents state several: the first stands, a person decides."""
        for name in _ONE:
            values = self.cited.get(name, [])
            if len(values) > 1:
                spans = tuple(span for cited in values for span in cited.spans[:1])
                yield Warning(code="conflicting_values", message=f"The letter states {name} in two ways.", spans=spans)


def ground_denial(
    proposal: DenialProposal, grounder: Grounder, translate: Callable[[str], Requirement | None]
) -> GroundedDenial:
    """Ground every proposed value. `translate` puts a criterion's text into a requirement, or gives None."""
    values, refused = _Values(), list[Refused]()
    for proposed in proposal.values:
        try:
            value, spans = _grounded(proposed, grounder)
        except UngroundedError as error:
            refused.append(_refusal(proposed, error))
        else:
            values.add(proposed.field, value, spans)
    criteria, refused_criteria = _criteria(proposal.criteria, grounder, translate)
    denial = Denial(
        **{name: values.one(name) for name in _ONE if "." not in name},
        **{name: tuple(values.cited.get(name, ())) for name in MANY},
        criteria_source=CriteriaSource(**values.group("criteria_source.")),
        appeal=AppealChannel(**values.group("appeal.")),
        criteria=criteria,
    )
    return GroundedDenial(denial, (*refused, *refused_criteria), tuple(values.conflicts()))


def _grounded(proposed: ProposedValue, grounder: Grounder) -> tuple[object, tuple[Span, ...]]:
    read = _ONE.get(proposed.field) or MANY.get(proposed.field)
    if read is None:
        raise UngroundedError("there is no such field")
    found = [grounder.spans(quote) for quote in proposed.quotes]
    # A value in several quotes (a reason over a page break) is read from them joined.
    joined = " ".join(spans[0].quote for spans in found)
    return read(proposed.value, joined), tuple(span for spans in found for span in spans)


def _refusal(proposed: ProposedValue, error: UngroundedError) -> Refused:
    return Refused(
        what=proposed.field,
        value=proposed.value,
        quote=" ".join(quote.text for quote in proposed.quotes),
        document=proposed.quotes[0].document,
        reason=error.reason,
    )


def _criteria(
    proposed: Sequence[ProposedCriterion], grounder: Grounder, translate: Callable[[str], Requirement | None]
) -> tuple[tuple[Criterion, ...], list[Refused]]:
    criteria: list[Criterion] = []
    refused: list[Refused] = []
    for one in proposed:
        try:
            spans = tuple(span for quote in one.quotes for span in grounder.spans(quote)[:1])
        except UngroundedError as error:
            text = " ".join(quote.text for quote in one.quotes)
            refused.append(
                Refused(what="criterion", value=text, quote=text, document=one.quotes[0].document, reason=error.reason)
            )
            continue
        text = " ".join(on_one_line(span.quote) for span in spans)
        criteria.append(
            Criterion(
                id=f"c{len(criteria) + 1}",
                text=Cited(value=text, spans=spans),
                requirement=translate("\n".join(span.quote for span in spans)),
                group=one.group,
                combine=one.combine,
                at_least=one.at_least,
            )
        )
    return tuple(criteria), refused
