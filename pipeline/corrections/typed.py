"""Values as a person types them: each field of the denial by its reader, and the words and figures of a fact.

ValueError, with what is expected and without what was typed, where it does not parse. What no record states is refused
here, since it is figured with later: a day in the year 9999, a number of a thousand digits.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from pipeline import notation
from pipeline.folding import folded, on_one_line
from schemas.dates import PartialDate
from schemas.denial import AppealWindow, PlanType
from schemas.fact import Length, Quantity

_LONGEST: Final = 4000  # a reason over several paragraphs
_LONGEST_NAME: Final = 200
_YEARS: Final = range(1900, 2101)
_MOST_DAYS: Final = 36600  # a hundred years
_MOST_WINDOW: Final = 3660
_MOST_VISITS: Final = 10000
_DAYS: Final = {"days": 1, "weeks": 7, "months": 31, "years": 366}
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_FIGURE: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_NUMBER: Final = "a number is written as 44 or 10.2, with up to nine digits, and six behind the point"
_CODE: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9. -]{0,14}[A-Z0-9])?")
TRIGGERS: Final = {  # how it is typed from when a window runs; the first is how it is shown to be typed
    "unstated": ("",),
    "receipt": ("from receipt", "from the receipt"),
    "notice_date": ("from the notice", "from notice"),
}
_TRIGGERS: Final = {words: trigger for trigger, typed in TRIGGERS.items() for words in typed}


def words(typed: str, longest: int = _LONGEST) -> str:
    """The words on one line."""
    if len(typed) > longest:
        raise ValueError(f"it is longer than {longest} characters")
    if any(unicodedata.category(character) in _UNSEEN for character in typed if character not in "\t\r\n"):
        raise ValueError("it holds characters that cannot be seen")
    line = on_one_line(typed)
    if not line:
        raise ValueError("it is empty")
    return line


def name(typed: str) -> str:
    """A short line: a name, a number as printed, a unit."""
    return words(typed, _LONGEST_NAME)


def day(typed: str) -> date:
    """A day, as 2026-03-14."""
    try:
        read = date.fromisoformat(name(typed))
    except ValueError:
        raise ValueError("a date is written as 2026-03-14") from None
    _of_our_time(read.year)
    return read


def stated_date(stated: PartialDate) -> PartialDate:
    """A date of a fact."""
    _of_our_time(stated.earliest.year)
    return stated


def _of_our_time(year: int) -> None:
    if year not in _YEARS:
        raise ValueError(f"the year is not one of {_YEARS.start} to {_YEARS.stop - 1}")


def amount(typed: str) -> Decimal:
    """An amount of money, as 1234, 1,234.50 or $1,234.50."""
    written = f"${name(typed).removeprefix('$').strip()}"
    found = notation.amounts(written)
    if len(written) > 20 or not found or (found[0].start, found[0].end) != (0, len(written)):
        raise ValueError("an amount is written as 1,234.50")
    return found[0].value


def window(typed: str) -> AppealWindow:
    """A window to appeal, as "60 days", "60 days from receipt" or "60 days from the notice"."""
    line = folded(name(typed))
    found = notation.lengths(line)
    trigger = _TRIGGERS.get(line[found[0].end :].strip()) if found and found[0].start == 0 else None
    if trigger is None:
        raise ValueError('a window is written as "60 days", "60 days from receipt" or "60 days from the notice"')
    stated = length(found[0].value)
    if stated.n != int(stated.n) or not 0 < stated.n * _DAYS[stated.unit] <= _MOST_WINDOW:
        raise ValueError("a window is of whole days, weeks, months or years, and of ten years at most")
    return AppealWindow.model_validate({"n": int(stated.n), "unit": stated.unit, "trigger": trigger})


def plan_type(typed: str) -> PlanType:
    """A plan type by its name in PlanType."""
    try:
        return PlanType(typed)
    except ValueError:
        raise ValueError(f"a plan type is one of {', '.join(PlanType)}") from None


def code(typed: str) -> str:
    """A code, upper case as printed."""
    line = name(typed).upper()
    if not _CODE.fullmatch(line):
        raise ValueError("a code is of letters and digits, as 72148 or M54.16")
    return line


ONE: Final[Mapping[str, Callable[[str], object]]] = {
    "payer": name,
    "plan_type": plan_type,
    "patient_name": name,
    "birth_date": day,
    "member_id": name,
    "group_number": name,
    "claim_number": name,
    "reference_number": name,
    "letter_date": day,
    "received_date": day,
    "service": words,
    "provider": name,
    "denied_amount": amount,
    "reason": words,
    "criteria_source.name": words,
    "criteria_source.identifier": name,
    "criteria_source.version": name,
    "appeal.window": window,
    "appeal.deadline": day,
    "appeal.address": words,
    "appeal.fax": name,
    "appeal.phone": name,
    "appeal.peer_to_peer": words,
    "appeal.used_up": words,
}
MANY: Final[Mapping[str, Callable[[str], object]]] = {
    "procedure_codes": code,
    "diagnosis_codes": code,
    "service_dates": day,
    "reason_codes": code,
}


def figure(number: Decimal) -> Decimal:
    """A number that a record may state, written out."""
    if not _FIGURE.fullmatch(str(number)):
        raise ValueError(_NUMBER)
    return number


def fact_value(typed: str) -> str:
    """The value of a fact: a number that a record may state, or words."""
    line = name(typed)
    try:
        Decimal(line)
    except ArithmeticError:
        return line
    return fact_number(line)


def fact_number(typed: str) -> str:
    """A number that a record may state, in digits."""
    line = name(typed)
    if not _FIGURE.fullmatch(line):
        raise ValueError(_NUMBER)
    return line


def length(stated: Length) -> Length:
    """A length of time, of a hundred years at most."""
    if figure(stated.n) * _DAYS[stated.unit] > _MOST_DAYS:
        raise ValueError("a length of time is of a hundred years at most")
    return stated


def visits(count: int) -> int:
    """A number of visits."""
    if count > _MOST_VISITS:
        raise ValueError(f"there are {_MOST_VISITS} visits at most")
    return count


def dose(stated: Quantity) -> Quantity:
    """A dose: a number and its unit."""
    return Quantity(n=figure(stated.n), unit=name(stated.unit))
