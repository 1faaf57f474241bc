"""One edit of a reviewer, made on a case: what he changed carries his correction, and everything else is as it was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeVar

from pipeline import draft
from pipeline.corrections import typed
from pipeline.errors import AppealwrightError
from pipeline.extract.vocabulary import terms
from pipeline.recheck import Anew, Rechecked, again, differences
from pipeline.seals import unsigned
from schemas.base import Frozen
from schemas.case import Case, Category
from schemas.coverage import CriterionResult
from schemas.document import Document, Whose
from schemas.edit import (
    AcceptCriterion,
    AcceptFact,
    AddFact,
    ChangeFact,
    ConfirmValue,
    Dismiss,
    OfCriterion,
    OfFact,
    OfValue,
    Place,
    RejectCriterion,
    RejectFact,
    RejectValue,
    SaySo,
    SetValue,
    SetVerdict,
    Signed,
    UnsetVerdict,
)
from schemas.fact import Assertion, Fact
from schemas.letter import Letter, OwnSentence, Sentence, SentenceKind
from schemas.span import Cited, Correction, Span

M = TypeVar("M", bound=Frozen)
S = TypeVar("S")
V = TypeVar("V")
_LONGEST_PLACE: Final = 2000
_LOOK_AGAIN: Final = "Load the case again: it may have been worked anew."
_TYPE_AGAIN: Final = "Correct what was entered, and save again."
_STATED: Final[Mapping[str, Callable[[Any], object]]] = {
    "value": typed.fact_value,
    "value_high": typed.fact_number,
    "unit": typed.name,
    "body_part": typed.name,
    "date": typed.stated_date,
    "start": typed.stated_date,
    "end": typed.stated_date,
    "duration": typed.length,
    "visits": typed.visits,
    "dose": typed.dose,
}


@dataclass(frozen=True, slots=True)
class Corrected:
    """A case after an edit, checked and drafted again, with what is not as it was, a line each."""

    case: Case
    differences: tuple[str, ...]


def corrected(case: Case, documents: tuple[Document, ...], signed: Signed, today: date) -> Corrected:
    """Make an edit and conclude the case anew from it. AppealwrightError as of `apply`."""
    after = again(apply(case, documents, signed), documents, Anew(today))
    return Corrected(after, differences(Rechecked(case, after)))


def apply(case: Case, documents: Sequence[Document], signed: Signed) -> Case:
    """The case with one edit made on it, not yet checked again.

    AppealwrightError: not_found where it names what the case does not have; refused where a value does not parse, a
    place cannot be cited, or the edit is not signed with a reason and a time of its own. No message holds what was
    typed or read.
    """
    changed = _made(case, documents, signed)
    wrong = next(unsigned(changed), None)
    if wrong:
        raise AppealwrightError(Category.REFUSED, signed.edit.do, wrong, "Sign each change with its own time.")
    return changed


def _made(case: Case, documents: Sequence[Document], signed: Signed) -> Case:
    correction = signature(signed)
    match signed.edit:
        case SetValue() | RejectValue() | ConfirmValue() as edit:
            return _of_value(case, documents, edit, correction)
        case ChangeFact() | RejectFact() | AcceptFact() as edit:
            return _of_fact(case, edit, correction)
        case AddFact() as edit:
            return case.model_copy(update={"facts": (*case.facts, _added(case, documents, edit, correction))})
        case RejectCriterion() | AcceptCriterion() | SetVerdict() | UnsetVerdict() as edit:
            return _of_criterion(case, edit, correction)
        case Dismiss() as edit:
            return _dismissed(case, edit, correction)
        case SaySo() as edit:
            return saying(case, _own(case, documents, edit, correction))


def signature(signed: Signed) -> Correction:
    """The signature, which marks as rejected what the edit lets go."""
    rejects = isinstance(signed.edit, RejectValue | RejectFact | RejectCriterion | Dismiss)
    by = _read("the signature", typed.name, signed.by)
    reason = _read("the reason", typed.words, signed.reason)
    return Correction(by=by, at=signed.at, reason=reason, rejects=rejects)


def _read(place: str, reader: Callable[[S], V], stated: S) -> V:
    """What a reader makes of what was entered. AppealwrightError (refused) where that is nothing."""
    try:
        return reader(stated)
    except ValueError as error:
        raise AppealwrightError(Category.REFUSED, place, str(error), _TYPE_AGAIN) from None


def missing(place: str, what: str) -> AppealwrightError:
    """The error of an edit that names what the case does not have."""
    return AppealwrightError(Category.NOT_FOUND, place, f"there is no such {what}", _LOOK_AGAIN)


# Places.


def span_of(case: Case, documents: Sequence[Document], place: Place, about: str) -> Span:
    """The citation of a place that a reviewer marked. AppealwrightError (refused) where it cannot be cited."""
    pages = (page for document in documents if document.id == place.document for page in document.pages)
    found = next((page for page in pages if page.number == place.page), None)
    if found is None:
        raise AppealwrightError(Category.REFUSED, about, "the case has no such page", _LOOK_AGAIN)
    if not place.start < place.end <= len(found.text) or found.text[place.start : place.end].isspace():
        raise AppealwrightError(Category.REFUSED, about, "no words are marked on that page", "Mark the words again.")
    if place.end - place.start > _LONGEST_PLACE:
        message = f"more than {_LONGEST_PLACE} characters are marked"
        raise AppealwrightError(Category.REFUSED, about, message, "Mark the words that state it.")
    span = found.span(place.start, place.end)
    _are_of_our_patient(case, (span,), about)
    return span


def _are_of_our_patient(case: Case, spans: Iterable[Span], about: str) -> None:
    """Nothing that another patient's papers state, or may state, counts for this one, whoever signs it."""
    named = {span.document for span in spans}
    for record in case.documents:
        if record.id in named and (record.patient is Whose.OTHER or record.set_aside):
            message = f"{record.id} is about another patient, or may be"
            raise AppealwrightError(Category.REFUSED, about, message, "Cite a document of this patient.")


# Values of the denial.


def values_of(case: Case, edit: OfValue) -> tuple[Cited[Any], ...]:
    """The values of the field that an edit names. AppealwrightError (not found) where Denial has no such field."""
    if edit.field in typed.MANY:
        listed: tuple[Cited[Any], ...] = getattr(case.denial, edit.field)
        return listed
    if edit.field not in typed.ONE:
        raise missing("the denial", "field")
    single: Any = attrgetter(edit.field)(case.denial)
    return (single,) if single else ()


def _of_value(case: Case, documents: Sequence[Document], edit: OfValue, correction: Correction) -> Case:
    values = values_of(case, edit)
    many = edit.field in typed.MANY
    about = f"denial.{edit.field}.{edit.index}" if many else f"denial.{edit.field}"
    before, after = values[: edit.index], values[edit.index + 1 :]
    known = values[edit.index] if edit.index < len(values) else None
    if isinstance(edit, SetValue) and edit.index <= (len(values) if many else 0):
        stated = _typed(case, documents, edit, known, correction, about)
        if any(stated.value == other.value for other in (*before, *after)):
            message = "it stands in the list already"
            raise AppealwrightError(Category.REFUSED, about, message, "Confirm it there, or reject it.")
    elif known:
        stated = known.model_copy(update={"correction": correction})
    else:
        raise missing(about, "value")
    field = (*before, stated, *after) if many else stated
    return case.model_copy(update={"denial": _with(case.denial, edit.field, field)})


def _typed(
    case: Case, documents: Sequence[Document], edit: SetValue, known: Cited[Any] | None, signed: Correction, about: str
) -> Cited[Any]:
    """The value as typed, with the place it names; one that is not what was read does not keep the places of that."""
    value = _read(about, typed.ONE.get(edit.field) or typed.MANY[edit.field], edit.value)
    spans: tuple[Span, ...] = ()
    if edit.place:
        spans = (span_of(case, documents, edit.place, about),)
    elif known and known.value == value:
        spans = known.spans
    return Cited(value=value, spans=spans, correction=signed)


def _with(model: M, path: str, value: object) -> M:
    """The model with the field of that path set."""
    name, _, rest = path.partition(".")
    inner = _with(getattr(model, name), rest, value) if rest else value
    return type(model).model_validate({**dict(model), name: inner})


# Facts.


def _of_fact(case: Case, edit: OfFact, correction: Correction) -> Case:
    fact = next((fact for fact in case.facts if fact.id == edit.fact), None)
    if fact is None:
        raise missing("facts", "fact")
    about = f"facts.{fact.id}"
    if not correction.rejects:
        _are_of_our_patient(case, (*fact.spans, *fact.date_spans), about)
    changes = _changes(edit, fact, about) if isinstance(edit, ChangeFact) else {}
    changed = replace(fact, **changes, correction=correction)
    if {"start", "end", "value", "value_high"} & changes.keys():
        _holds_together(changed, about)
    facts = tuple(changed if one.id == fact.id else one for one in case.facts)
    return case.model_copy(update={"facts": facts})


def _changes(edit: ChangeFact, fact: Fact, about: str) -> dict[str, Any]:
    """What is to be otherwise of a fact, with what follows from it: a date that was typed is cited by no header."""
    changes = _stated(edit.changes.given, about)
    if any(changes.get(name, getattr(fact, name)) != getattr(fact, name) for name in ("date", "start", "end")):
        changes["date_resolved"] = False
    if changes.get("date", fact.date) != fact.date:
        changes["date_spans"] = ()
    if fact.unread and changes.get("value") is not None:  # a figure that was not read counts as possible
        changes = {"unread": False, "assertion": Assertion.PRESENT, **changes}
    return changes


def _stated(given: Mapping[str, Any], about: str) -> dict[str, Any]:
    """What was typed of a fact as it is kept; a name brings its classes."""
    stated: dict[str, Any] = {}
    for name, value in given.items():
        reader = _STATED.get(name)
        stated[name] = _read(f"{about}.{name}", reader, value) if reader and value is not None else value
    return stated | _named(given["name"], about) if "name" in given else stated


def _named(name: str, about: str) -> dict[str, object]:
    """The vocabulary's name for a thing, where it knows it, and the classes that it counts for."""
    line = _read(f"{about}.name", typed.name, name)
    for hit in terms(line):
        if (hit.start, hit.end) == (0, len(line)):
            return {"name": hit.term.name, "classes": hit.term.classes}
    return {"name": line, "classes": ()}


def _holds_together(fact: Fact, about: str) -> None:
    """AppealwrightError (refused) where what is stated of a fact cannot all be so."""
    if fact.start and fact.end and fact.start.earliest > fact.end.latest:
        raise AppealwrightError(Category.REFUSED, about, "it ends before it starts", _TYPE_AGAIN)
    if fact.value_high and (fact.number is None or fact.number > Decimal(fact.value_high)):
        raise AppealwrightError(
            Category.REFUSED, about, "its range does not run from a number to a higher", _TYPE_AGAIN
        )


def _added(case: Case, documents: Sequence[Document], edit: AddFact, correction: Correction) -> Fact:
    numbers = [int(fact.id[1:]) for fact in case.facts if fact.id[:1] == "f" and fact.id[1:].isdecimal()]
    number = max(numbers, default=0) + 1
    about = f"facts.f{number}"
    given = {name: value for name, value in edit if name not in ("do", "kind", "place")}
    span = span_of(case, documents, edit.place, about)
    stated = _stated(given, about)
    fact = Fact(id=f"f{number}", kind=edit.kind, **stated, spans=(span,), correction=correction)
    _holds_together(fact, about)
    return fact


# Criteria and verdicts.


def _of_criterion(case: Case, edit: OfCriterion, correction: Correction) -> Case:
    if not any(criterion.id == edit.criterion for criterion in case.denial.criteria):
        raise missing("denial.criteria", "criterion")
    match edit:
        case SetVerdict():
            return _answered(case, edit, correction)
        case UnsetVerdict():
            return _unanswered(case, edit.criterion)
        case AcceptCriterion():
            return _signed(case, edit.criterion, correction)
        case RejectCriterion():
            return _unanswered(_signed(case, edit.criterion, correction), edit.criterion)


def _signed(case: Case, name: str, correction: Correction) -> Case:
    criteria = tuple(
        one.model_copy(update={"text": one.text.model_copy(update={"correction": correction})})
        if one.id == name
        else one
        for one in case.denial.criteria
    )
    return case.model_copy(update={"denial": case.denial.model_copy(update={"criteria": criteria})})


def _answered(case: Case, edit: SetVerdict, correction: Correction) -> Case:
    result = next((result for result in case.coverage.criteria if result.criterion == edit.criterion), None)
    if result is None:  # it was rejected
        raise missing(f"criterion {edit.criterion}", "answer to give another for")
    checked = result.checked if result.correction else result.verdict
    return _with_result(
        case, result.model_copy(update={"verdict": edit.verdict, "checked": checked, "correction": correction})
    )


def _unanswered(case: Case, name: str) -> Case:
    """The case without its reviewer's own answer to the criterion."""
    own = next((result for result in case.coverage.criteria if result.criterion == name and result.correction), None)
    if own is None:
        return case
    verdict = own.checked or own.verdict
    return _with_result(case, own.model_copy(update={"verdict": verdict, "checked": None, "correction": None}))


def _with_result(case: Case, result: CriterionResult) -> Case:
    results = tuple(result if one.criterion == result.criterion else one for one in case.coverage.criteria)
    return case.model_copy(update={"coverage": case.coverage.model_copy(update={"criteria": results})})


# Refused proposals.


def _dismissed(case: Case, edit: Dismiss, correction: Correction) -> Case:
    if edit.index >= len(case.refused):
        raise missing("refused", "proposal")
    refused = tuple(
        one.model_copy(update={"correction": correction}) if n == edit.index else one
        for n, one in enumerate(case.refused)
    )
    return case.model_copy(update={"refused": refused})


# The reviewer's own sentences.


def saying(case: Case, own: OwnSentence) -> Case:
    """The case with a sentence of the reviewer's; what he said there before, and the drafted words, are none."""
    kept = tuple(one for one in case.own if (one.letter, one.was) != (own.letter, own.was))
    return case.model_copy(update={"own": kept if own.text == own.was.text else (*kept, own)})


def own_sentence(case: Case, edit: SaySo, correction: Correction) -> OwnSentence:
    """The sentence that an edit asks for, with the drafted one. AppealwrightError (not found) where there is none."""
    letters = (letter for letter in (case.letter, *case.companions) if letter.kind is edit.letter)
    found = (one for letter in letters for part in letter.sections for one in part.sentences if one.id == edit.sentence)
    place = _left_out(case, edit) or next(found, None)
    if place is None:
        raise missing("the letter", "sentence")
    own = [one for one in case.own if one.letter is edit.letter and one.text == place.text]
    before = min(own, key=lambda one: one.was.id != place.id).was if own else place
    text = _read("the sentence", typed.words, edit.text) if edit.text.strip() else ""
    return OwnSentence(letter=edit.letter, was=before, text=text, correction=correction)


def _left_out(case: Case, edit: SaySo) -> Sentence | None:
    """The drafted sentence that was left out, where the edit gives its words back."""
    out = (one.was for one in case.own if one.letter is edit.letter and not one.text)
    return next((was for was in out if (was.id, was.text) == (edit.sentence, edit.text)), None)


def _own(case: Case, documents: Sequence[Document], edit: SaySo, correction: Correction) -> OwnSentence:
    """The sentence, if the record carries it. AppealwrightError (refused), which says why, where it does not."""
    own = own_sentence(case, edit, correction)
    if own.text == own.was.text:
        return own  # the drafted words again, wherever they stand by then
    if own.text and own.was.kind not in (SentenceKind.FACT, SentenceKind.ASK):
        message = "only sentences of the record and requests can be reworded here"
        raise AppealwrightError(Category.REFUSED, "the sentence", message, "Leave it out, or write it in Word.")
    evidence = draft.evidence_of(case, documents)
    for letter in (case.letter, *case.companions):
        for _, reasons in draft.with_own(
            letter, (own.model_copy(update={"was": _standing(letter, edit, own)}),), evidence
        )[1]:
            raise AppealwrightError(
                Category.REFUSED, "the sentence", f"the record does not carry it: {' '.join(reasons)}"
            )
    return own


def _standing(letter: Letter, edit: SaySo, own: OwnSentence) -> Sentence:
    """The sentence as it stands in the letter now, which may be one of the reviewer's already."""
    sentences = (one for part in letter.sections for one in part.sentences)
    return next((one for one in sentences if one.id == edit.sentence), own.was)
