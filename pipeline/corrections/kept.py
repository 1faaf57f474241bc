"""Edits kept for when a case is worked anew: each is made again of what it was made of, or it is said why not.

Late records may give documents and facts other ids. What an edit is about is found by what was read there, and a
marked place by the hash of its file; whatever is read otherwise by then is left for a person to look at again.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pipeline.corrections import typed
from pipeline.corrections.edits import apply, missing, own_sentence, saying, signature, span_of, values_of
from pipeline.errors import AppealwrightError
from schemas.case import Case, Category
from schemas.document import Document
from schemas.edit import (
    AcceptCriterion,
    AcceptFact,
    AddFact,
    Anchor,
    ChangeFact,
    ConfirmValue,
    Dismiss,
    Edit,
    Kept,
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
from schemas.fact import FACT, Fact
from schemas.span import Span

_HEX_DIGITS: Final = 16
_NAMES: Final = ("index", "fact", "criterion")  # the fields by which an edit names what it is about
_NOT_READ: Final = {"id", "classes", "spans", "date_spans"}  # of a fact: given to it, or told by anchors
_DECIDE_AGAIN: Final = "Look at it again, and decide anew."


def keep(case: Case, documents: Sequence[Document], signed: Signed) -> Kept:
    """An edit with what it is made of: `case` is as it stands before the edit, which `apply` must take too.

    AppealwrightError where it names what the case does not have, or a place that cannot be cited.
    """
    edit, pages = signed.edit, _Pages(documents)
    if isinstance(edit, SaySo):
        return Kept(signed=signed, was="", own=own_sentence(case, edit, signature(signed)))
    place = edit.place if isinstance(edit, SetValue | AddFact) else None
    anchor = pages.anchor(span_of(case, documents, place, edit.do)) if place else None
    things = dict(_things(case, pages, edit))
    name = _name(edit)
    if name not in things:
        if isinstance(edit, SetValue | AddFact):
            return Kept(signed=signed, was="", place=anchor)
        raise missing(_about(edit), "thing")
    alike = [other for other, thing in things.items() if thing == things[name]]
    return Kept(signed=signed, was=things[name], nth=alike.index(name), place=anchor)


def replay(case: Case, documents: Sequence[Document], kept: Sequence[Kept]) -> tuple[Case, tuple[str, ...]]:
    """Make the edits again, in order, on a case that was worked anew.

    Also, for each edit, why it was not made, by place and without text of a document; empty where it was.
    """
    pages = _Pages(documents)
    unfit: list[str] = []
    for one in kept:
        try:
            if one.own is not None:  # its place is found, or missed, when the letter is drafted
                case = saying(case, one.own)
                unfit.append("")
                continue
            edit = _placed(_renamed(case, pages, one), pages, one)
            case = apply(case, documents, one.signed.model_copy(update={"edit": edit}))
            unfit.append("")
        except AppealwrightError as error:
            unfit.append(str(error))
    return case, tuple(unfit)


class _Pages:
    """The pages of a case by what its documents are called, and by the hashes of their files."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._pages = {(one.id, page.number): (one, page) for one in documents for page in one.pages}
        self.files = {document.id: document.sha256 for document in documents}

    def anchor(self, span: Span) -> Anchor:
        """The place of a citation, whatever its document is called."""
        sha256, file_page, start, end, quote = self._where(span)
        return Anchor(sha256=sha256, file_page=file_page, start=start, end=end, quote=quote)

    def _where(self, span: Span) -> tuple[str, int, int, int, str]:
        document, page = self._pages[span.document, span.page]
        return document.sha256, page.file_page, span.start, span.end, span.quote

    def place(self, anchor: Anchor) -> Place | None:
        """Where the words of an anchor are now; None where they no longer stand there."""
        for document, page in self._pages.values():
            same_page = (document.sha256, page.file_page) == (anchor.sha256, anchor.file_page)
            if same_page and page.text[anchor.start : anchor.end] == anchor.quote:
                return Place(document=document.id, page=page.number, start=anchor.start, end=anchor.end)
        return None

    def places(self, spans: Sequence[Span]) -> list[tuple[str, int, int, int, str]]:
        """Where citations stand, whatever their documents are called and however they are ordered."""
        return sorted(map(self._where, spans))


def _things(case: Case, pages: _Pages, edit: Edit) -> Iterator[tuple[int | str, str]]:
    """All that an edit could be about: what it would name it by, and the hash of what was read."""
    match edit:
        case SetValue() | RejectValue() | ConfirmValue():
            for n, value in enumerate(values_of(case, edit)):
                yield n, _hash(value.model_dump(mode="json", include={"value"}))
        case ChangeFact() | AcceptFact() | RejectFact():
            for fact in case.facts:
                yield fact.id, _of_fact(fact, pages)
        case RejectCriterion() | AcceptCriterion() | SetVerdict() | UnsetVerdict():
            for criterion in case.denial.criteria:
                yield criterion.id, _hash(criterion.text.value)
        case Dismiss():
            for n, refused in enumerate(case.refused):
                stated = refused.model_dump(mode="json", exclude={"document", "reason"})
                yield n, _hash(stated, pages.files.get(refused.document))


def _of_fact(fact: Fact, pages: _Pages) -> str:
    stated = FACT.dump_python(fact, mode="json", exclude=_NOT_READ)
    return _hash(stated, pages.places(fact.spans), pages.places(fact.date_spans))


def _hash(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_HEX_DIGITS]


def _key(edit: Edit) -> str:
    return next((name for name in _NAMES if name in type(edit).model_fields), "")


def _name(edit: Edit) -> int | str:
    """What an edit names its thing by; that of one that adds a fact names none."""
    name: int | str = getattr(edit, _key(edit), "")
    return name


def _about(edit: Edit) -> str:
    if isinstance(edit, SetValue | RejectValue | ConfirmValue):
        return f"denial.{edit.field}"
    return f"{edit.do} {_name(edit)}".rstrip()


def _renamed(case: Case, pages: _Pages, kept: Kept) -> Edit:
    """The edit by the name that the case has now for what it is about."""
    edit = kept.signed.edit
    if not kept.was:
        return _adding(case, edit)
    alike = [name for name, thing in _things(case, pages, edit) if thing == kept.was]
    if kept.nth >= len(alike):
        message = "what it was made of is not read so any more"
        raise AppealwrightError(Category.REFUSED, _about(edit), message, _DECIDE_AGAIN)
    return edit.model_copy(update={_key(edit): alike[kept.nth]})


def _adding(case: Case, edit: Edit) -> Edit:
    """An edit that adds something, at the end of its list. AppealwrightError where something is read there now."""
    if not isinstance(edit, SetValue):
        return edit
    known = values_of(case, edit)
    if known and edit.field in typed.ONE:
        raise AppealwrightError(Category.REFUSED, _about(edit), "a value is read there now", _DECIDE_AGAIN)
    return edit.model_copy(update={"index": len(known)})


def _placed(edit: Edit, pages: _Pages, kept: Kept) -> Edit:
    """The edit with its place by what its document is called now."""
    if kept.place is None:
        return edit
    place = pages.place(kept.place)
    if place is None:
        message = "the words that it cites are not in the documents any more"
        raise AppealwrightError(Category.REFUSED, _about(edit), message, _DECIDE_AGAIN)
    return edit.model_copy(update={"place": place})
