"""What a model proposed of a denial, looked at again before it is grounded: its place, its form, its words. Pure.

Grounding asks whether a quote stands and re-reads to its value. A model can also quote the wrong thing: half of an
identifier, half of a sentence, a date that another label names, the window of another way to appeal.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import notation
from pipeline.extract.ground import Grounder, UngroundedError
from pipeline.extract.ground_denial import MANY, ground_denial
from pipeline.extract.letter.appeal import Clause, clauses
from pipeline.extract.letter.letter import read_letter
from pipeline.extract.model.places import was_sent
from pipeline.extract.model.refusal import refused_criterion, refused_value
from pipeline.extract.model.sent import shown
from pipeline.folding import folded
from schemas.case import Refused
from schemas.document import Document
from schemas.proposal import DenialProposal, ProposedCriterion, ProposedValue
from schemas.span import Span

_IDENTIFIERS = frozenset({"member_id", "group_number", "claim_number", "reference_number"})
_SENTENCES = frozenset({"reason", "appeal.peer_to_peer"})
_LEAST_WORDS = 3  # of a criterion: fewer ask for nothing


@dataclass(frozen=True, slots=True)
class BorneDenial:
    """The proposal without what cannot be so, and that with its reasons."""

    proposal: DenialProposal
    refused: tuple[Refused, ...]


def reread_denial(proposal: DenialProposal, letter: Document, policies: Sequence[Document]) -> BorneDenial:
    """Values may cite the letter alone, criteria the letter and the policies that were supplied."""
    reading = _Reading(letter, policies)
    values: list[ProposedValue] = []
    criteria: list[ProposedCriterion] = []
    refused: list[Refused] = []
    for value in dict.fromkeys(proposal.values):
        try:
            reading.value(value)
        except UngroundedError as error:
            refused.append(refused_value(value, error.reason))
            continue
        alone = ground_denial(DenialProposal(values=(value,)), reading.grounder, _untranslated)
        values += [] if alone.refused else [value]
        refused += alone.refused
    several = _stated_in_several_ways(values)
    refused += [refused_value(one, "the model states it in several ways") for one in several]
    values = [one for one in values if one not in several]
    for criterion in dict.fromkeys(proposal.criteria):
        try:
            reading.criterion(criterion)
            criteria.append(criterion)
        except UngroundedError as error:
            refused.append(refused_criterion(criterion, error.reason))
    return BorneDenial(DenialProposal(values=tuple(values), criteria=tuple(criteria)), tuple(refused))


def _untranslated(_: str) -> None:
    """No requirement: only values are grounded here."""


def _stated_in_several_ways(values: Sequence[ProposedValue]) -> list[ProposedValue]:
    """The values of fields that hold one, where there are several: then none of them is to be believed."""
    told: dict[str, set[str]] = {}
    for one in values:
        told.setdefault(one.field, set()).add(folded(one.value))
    return [one for one in values if one.field not in MANY and len(told[one.field]) > 1]


class _Reading:
    def __init__(self, letter: Document, policies: Sequence[Document]) -> None:
        self._documents = {document.id: document for document in (letter, *policies)}
        self._letter = letter
        self.grounder = Grounder([letter, *policies])
        self._sent = {document.id: shown(document).lines for document in self._documents.values()}
        self._clauses: list[Clause] | None = None

    def value(self, proposed: ProposedValue) -> None:
        """UngroundedError where the value cannot be what its words say."""
        if any(quote.document != self._letter.id for quote in proposed.quotes):
            raise UngroundedError("only the denial letter states what was denied")
        spans = self._spans(proposed)
        _has_the_form(proposed, spans)
        if proposed.field in _SENTENCES and not all(self._are_sentences(span) for span in spans):
            raise UngroundedError("the quote is a part of a sentence")
        if proposed.field.startswith("appeal.") and not any(self._is_of_the_way(proposed.field, s) for s in spans):
            raise UngroundedError("the words are about another way than the plan's appeal")

    def criterion(self, proposed: ProposedCriterion) -> None:
        """UngroundedError where the words are a part of a sentence, or ask for nothing."""
        spans = self._spans(proposed)
        if any(len(span.quote.split()) < _LEAST_WORDS for span in spans):
            raise UngroundedError("so few words are no criterion")
        if not all(self._are_sentences(span) for span in (spans[0], spans[-1])):
            raise UngroundedError("the quote is a part of a sentence")
        if any(self._is_of_rights(span) for span in spans):
            raise UngroundedError("the words are about an appeal, and no criterion")

    def _spans(self, proposed: ProposedValue | ProposedCriterion) -> list[Span]:
        spans = [span for quote in proposed.quotes for span in self.grounder.spans(quote)]
        for span in spans:
            text = self._documents[span.document].page(span.page).text
            if _is_cut(text, span.start, span.end):
                raise UngroundedError("the quote is cut out of a longer word or number")
            if not was_sent(self._documents[span.document], self._sent[span.document], span):
                raise UngroundedError("the quote is of a line that was not sent")
        return spans

    def _are_sentences(self, span: Span) -> bool:
        """Whether the citation begins and ends where sentences do."""
        return self._begins_well(span) and self._ends_well(span)

    def _begins_well(self, span: Span) -> bool:
        text = self._documents[span.document].page(span.page).text
        before = text[: span.start].rstrip(" \t")
        return before == "" or before[-1] in "\n.!?:;" or bool(re.search(r"(?:^|\n)\W*\w{0,3}[.)]?$", before))

    def _ends_well(self, span: Span) -> bool:
        text = self._documents[span.document].page(span.page).text
        after = text[span.end :]
        return after.strip() == "" or span.quote[-1] in ".!?;:" or after.lstrip(" \t")[:1] in "\n.;!?"

    def _is_of_the_way(self, field: str, span: Span) -> bool:
        about = self._about(span)
        if field == "appeal.peer_to_peer":
            return about == "peer_to_peer"
        return about in (None, "internal", "expedited")

    def _is_of_rights(self, span: Span) -> bool:
        """Whether the words themselves name a way to appeal; that they stand among such words says nothing."""
        return span.document == self._letter.id and any(clause.own for clause in self._touched(span))

    def _about(self, span: Span) -> str | None:
        return next((clause.about for clause in self._touched(span) if clause.about), None)

    def _touched(self, span: Span) -> list[Clause]:
        if self._clauses is None:
            self._clauses = clauses(read_letter(self._letter))
        return [c for c in self._clauses if c.page.number == span.page and c.start < span.end and span.start < c.end]


_JOINED = re.compile(r"\w[-./&'\u2019]\w")


def _is_cut(text: str, start: int, end: int) -> bool:
    """Whether a range begins or ends inside what a sign joins: "2026-201887" in "CLM-2026-201887"."""
    edges = (at for at in (start, end) if 0 < at < len(text))
    return any(_JOINED.fullmatch(text, at - 1, at + 2) or _JOINED.fullmatch(text, at - 2, at + 1) for at in edges)


_PHONE = re.compile(r"(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]{0,2}\d{3}[\s.-]?\d{4}(?:,?\s?(?:x|ext\.?)\s?\d{1,5})?")
_REASON_CODE = re.compile(r"(?:(?:CO|PR|OA|PI|CR)[- ]?)?(?:[A-Z]{0,2}\d{1,3}[A-Z]?)", re.IGNORECASE)


def _has_the_form(proposed: ProposedValue, spans: Sequence[Span]) -> None:
    """That a value has the form of what it is said to be."""
    wrong = {span.quote for span in spans if not _fits(proposed.field, " ".join(span.quote.split()))}
    if wrong or not _is_well_said(proposed.field, proposed.value):
        raise UngroundedError("the words have not the form of such a value")


_AMOUNT = re.compile(r"\d{1,9}(?:\.\d\d)?")


def _is_well_said(field: str, value: str) -> bool:
    """Whether a value is written as it was asked for."""
    if field == "denied_amount":
        return _AMOUNT.fullmatch(value) is not None
    lengths = notation.lengths(value)
    whole = len(lengths) == 1 and lengths[0].value.n > 0 and lengths[0].value.n == int(lengths[0].value.n)
    return field != "appeal.window" or whole


def _fits(field: str, quote: str) -> bool:
    if field in _IDENTIFIERS:
        other = notation.dates(quote) or notation.amounts(quote) or _PHONE.fullmatch(quote)
        return any(c.isdigit() for c in quote) and not other and len(quote.split()) < 4
    if field in ("appeal.fax", "appeal.phone"):
        return _PHONE.fullmatch(quote) is not None
    if field == "procedure_codes":
        return [found.value for found in notation.procedure_codes(quote)] == [quote]
    if field == "diagnosis_codes":
        return [found.value for found in notation.diagnosis_codes(quote)] == [quote]
    if field == "reason_codes":
        return _REASON_CODE.fullmatch(quote) is not None
    if field in ("payer", "service", "provider", "patient_name"):
        return any(c.isalpha() for c in quote)
    return True
