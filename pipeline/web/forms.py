"""From the fields of a form to the edit that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from pydantic import ValidationError

from pipeline.errors import AppealwrightError
from pipeline.folding import folded
from pipeline.notation import lengths
from pipeline.web.views import typed
from schemas.case import Category
from schemas.edit import Signed
from schemas.fact import Fact, Length

_SET: Final = "set."
_PLACE: Final = "place."
_ABOUT: Final = ("seen", "tab", "page", "csrf", "reason")
_CHANGES: Final = "fact"
_LENGTH: Final = "duration"


def signed(form: Mapping[str, str], by: str, fact: Fact | None = None) -> Signed:
    """The edit of a form, in the name of who sent it. `fact` is the fact that it changes, where it changes one.

    AppealwrightError (refused) where a field is missing or is not what it should be.
    """
    edit: dict[str, Any] = {name: value for name, value in form.items() if _is_plain(name)}
    stated = dict(_stated(form, fact if edit.get("do") == _CHANGES else None))
    if edit.get("do") == _CHANGES:
        edit["changes"] = stated
    else:
        edit |= {name: value for name, value in stated.items() if value is not None}
    if place := {name.removeprefix(_PLACE): value for name, value in form.items() if name.startswith(_PLACE) and value}:
        edit["place"] = place
    return as_signed({"edit": edit, "by": by, "at": datetime.now(UTC), "reason": form.get("reason", "").strip()})


def as_signed(told: Mapping[str, object]) -> Signed:
    """The edit. AppealwrightError (refused), which names the fields, where it is none."""
    try:
        return Signed.model_validate(told)
    except ValidationError as error:
        wrong = [f"{_named(one['loc'])}: {one['msg']}" for one in error.errors(include_input=False, include_url=False)]
        raise AppealwrightError(
            Category.REFUSED, "the change", "; ".join(wrong[:5]), "Correct it and try again."
        ) from None


def day_of(typed: str) -> date:
    """A day. AppealwrightError (refused) where it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise AppealwrightError(Category.REFUSED, "the day", "it is no date", "Give it as YYYY-MM-DD.") from None


def _is_plain(name: str) -> bool:
    return name not in _ABOUT and not name.startswith((_SET, _PLACE))


def _stated(form: Mapping[str, str], fact: Fact | None) -> Iterator[tuple[str, str | Length | None]]:
    """What a form states of a fact: where it changes one, what is otherwise."""
    for field, value in form.items():
        name, value = field.removeprefix(_SET), value.strip()
        if field.startswith(_SET) and (fact is None or value != typed(getattr(fact, name, None))):
            yield name, _length(value) if name == _LENGTH and value else value or None


def _length(value: str) -> Length:
    found = lengths(folded(value))
    if not found or (found[0].start, found[0].end) != (0, len(value)):
        message = "it is not written as 12 weeks"
        raise AppealwrightError(Category.REFUSED, "the length", message, "Correct it and try again.")
    return found[0].value


def _named(loc: tuple[int | str, ...]) -> str:
    return str(loc[-1]) if loc else "it"
