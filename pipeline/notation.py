"""How dates, lengths of time, amounts and numbers are written, and what they say.

Every reader gives what it found with its place in the text, in order, without overlap. A form that could mean two
things is not read: a date without a year, an amount without a currency sign or cents.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from schemas.dates import PartialDate
from schemas.fact import Length

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value and the half-open range of the text that states it."""

    start: int
    end: int
    value: T


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "(?P<{}>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19|20)\d\d"
_TO = r"(?:to|through|thru|until|and|-|\u2013|\u2014)"

_DATE = re.compile(
    r"(?<![\w./])(?:(?<!-)|(?<=/\d-)|(?<=/\d\d-)|(?<=/\d{4}-)|(?<=\s-))(?:"  # a hyphen may only be a range's
    rf"(?P<iso_y>{_YEAR})-(?P<iso_m>\d\d)-(?P<iso_d>\d\d)"
    rf"|(?P<a>\d{{1,2}})(?P<sep>[/.-])(?P<b>\d{{1,2}})(?P=sep)(?P<y>{_YEAR}|\d\d)"
    rf"|{_MONTH.format('m1')}\s{{1,3}}(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s?,?\s{{0,3}}(?P<y1>{_YEAR})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?[\s-](?:of\s)?{_MONTH.format('m2')}[\s,-]{{1,2}}(?P<y2>{_YEAR})"
    rf"|{_MONTH.format('m3')}(?:\sof)?[\s,]{{1,2}}(?P<y3>{_YEAR})"
    rf"|(?P<m4>\d{{1,2}})/(?P<y4>{_YEAR})"
    rf"|(?P<m5>(?:0[1-9]|1[0-2]))-(?P<y5>{_YEAR})(?!-)"
    rf"|(?P<iso_y5>{_YEAR})-(?P<iso_m5>\d\d)(?!-?\d)"
    # the first end of a range whose year stands at its second end: "April 1 to May 15, 2026"
    rf"|{_MONTH.format('m6')}\s{{1,3}}(?P<d6>\d{{1,2}})(?:st|nd|rd|th)?(?=\s{{0,3}}{_TO}\s{{0,3}}"
    rf"(?:(?P<m7>{'|'.join(MONTHS)})\.?\s{{1,3}})?(?P<d7>\d{{1,2}})(?:st|nd|rd|th)?\s?,?\s{{0,3}}(?P<y6>{_YEAR}))"
    rf"|(?P<m8>\d{{1,2}})/(?P<d8>\d{{1,2}})(?=\s{{0,3}}{_TO}\s{{0,3}}"
    rf"(?P<m9>\d{{1,2}})/(?P<d9>\d{{1,2}})/(?P<y8>{_YEAR}|\d\d))"
    rf")(?![\w/]|\.\d)(?!-\d(?!\d?(?:/\d|,?\s{{0,3}}{_YEAR})))",
    re.IGNORECASE,
)


def _full_year(text: str) -> int:
    """A year of two digits is read as 1931 to 2030, which suits births and treatments alike."""
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year <= 30 else 1900 + year


def _month(text: str) -> int:
    return int(text) if text.isdigit() else MONTHS[text.lower()]


def _read_date(match: re.Match[str]) -> str | None:
    g = match.groupdict()
    if g["iso_y"]:
        return f"{g['iso_y']}-{g['iso_m']}-{g['iso_d']}"
    if g["y"]:
        month, day = int(g["a"]), int(g["b"])
        if month > 12:  # only the day can be over twelve
            month, day = day, month
        return f"{_full_year(g['y']):04}-{month:02}-{day:02}"
    for month_key, day_key, year_key in (("m1", "d1", "y1"), ("m2", "d2", "y2")):
        if g[year_key]:
            return f"{g[year_key]}-{_month(g[month_key]):02}-{int(g[day_key]):02}"
    for month_key, year_key in (("m3", "y3"), ("m4", "y4"), ("m5", "y5"), ("iso_m5", "iso_y5")):
        if g[year_key]:
            return f"{g[year_key]}-{_month(g[month_key]):02}"
    return _read_first_end(g)


def _read_first_end(g: dict[str, str]) -> str:
    """The first end of a range takes the year of the second, or the one before where the months run backwards."""
    if g["y6"]:
        first, second, day, year = _month(g["m6"]), _month(g["m7"] or g["m6"]), int(g["d6"]), int(g["y6"])
    else:
        first, second, day, year = int(g["m8"]), int(g["m9"]), int(g["d8"]), _full_year(g["y8"])
    return f"{year - (first > second):04}-{first:02}-{day:02}"


def dates(text: str) -> list[Found[PartialDate]]:
    """The dates in a text, month before day unless the day is over twelve. Impossible dates are not dates."""
    found = []
    for match in _DATE.finditer(text):
        value = _read_date(match)
        try:
            found.append(Found(match.start(), match.end(), PartialDate(value or "")))
        except ValueError:
            continue
    return found


def days(text: str) -> list[Found[date]]:
    """The dates stated to the day."""
    return [Found(found.start, found.end, found.value.earliest) for found in dates(text) if found.value.day]


_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: n for n, word in enumerate(_UNITS)} | {word: n for n, word in enumerate(_TENS, start=2)}
NUMBER_WORD = r"\b(?:" + "|".join([*_UNITS, *_TENS, "hundred"]) + r")\b"
_SPELLED = rf"{NUMBER_WORD}(?:[\s-](?:and\s)?{NUMBER_WORD}){{0,4}}"
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"


def spelled(text: str) -> int | None:
    """The value of a number in words below one thousand ("one hundred eighty"), or None."""
    total = 0
    for word in re.split(r"[\s-]+", text.lower().strip()):
        if word == "hundred":
            total = (total or 1) * 100
        elif word in _TENS:
            total += _WORDS[word] * 10
        elif word in _UNITS:
            total += _WORDS[word]
        elif word != "and":
            return None
    return total


_LENGTH = re.compile(
    rf"(?<![\w.,/|!}}\]-])(?:(?P<words>{_SPELLED})(?:\s?\(\s?(?P<repeat>\d+)\s?\))?|(?P<figure>{_FIGURE})(?:\s?\(\d+\))?)"
    r"[\s-]{0,3}\+?\s?(?:(?:full|consecutive|calendar|continuous|complete|straight)[\s-]{1,3}){0,2}"
    r"(?P<unit>days?|weeks?|wks?|months?|mos?|years?|yrs?)\b\.?",
    re.IGNORECASE,
)


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_BUSINESS_DAYS = re.compile(
    rf"(?<![\w.,-])(?:(?P<words>{_SPELLED})(?:\s?\(\s?(?P<repeat>\d+)\s?\))?|(?P<figure>\d{{1,3}})(?:\s?\(\d+\))?"
    rf"|(?P<ordinal>{'|'.join(_ORDINALS)}))[\s-]{{1,3}}(?:full\s)?(?:business|working)[\s-]{{1,3}}days?\b",
    re.IGNORECASE,
)


def business_days(text: str) -> list[Found[int]]:
    """Numbers of business days: "5 business days", "ten (10) working days", "the second business day"."""
    found = []
    for match in _BUSINESS_DAYS.finditer(text):
        words, repeat, ordinal = match["words"], match["repeat"], match["ordinal"]
        n = _ORDINALS.index(ordinal.lower()) + 1 if ordinal else spelled(words) if words else int(match["figure"])
        if n and not (repeat and int(repeat) != n):
            found.append(Found(match.start(), match.end(), n))
    return found


def lengths(text: str) -> list[Found[Length]]:
    """Lengths of time: "6 weeks", "six (6) weeks", "180 calendar days", "3-month". Business days are not days."""
    found = []
    for match in _LENGTH.finditer(text):
        words, repeat = match["words"], match["repeat"]
        n = spelled(words) if words else Decimal(match["figure"].replace(",", ""))
        if n is None or (repeat and int(repeat) != n):
            continue
        unit = {"d": "days", "w": "weeks", "m": "months", "y": "years"}[match["unit"][0].lower()]
        found.append(Found(match.start(), match.end(), Length.model_validate({"n": n, "unit": unit})))
    return found


_AMOUNT = re.compile(
    r"\$\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d\d)?(?!\d|[.,]\d)"
    r"|(?<![\w.,$-])(\d{1,3}(?:,\d{3})*|\d+)(\.\d\d)(?![\w.])"
)


_PHONE = re.compile(r"(?<![\d-])(?:1[-. ])?(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)")


def phones(text: str) -> list[Found[str]]:
    """Numbers of telephones and faxes, as printed."""
    return [Found(match.start(), match.end(), match[0]) for match in _PHONE.finditer(text)]


def amounts(text: str) -> list[Found[Decimal]]:
    """Amounts of money: with a dollar sign, or with two decimals."""
    return [
        Found(
            match.start(), match.end(), Decimal((match[1] or match[3]).replace(",", "") + (match[2] or match[4] or ""))
        )
        for match in _AMOUNT.finditer(text)
    ]


_NUMBER = re.compile(rf"(?<![\w./|!}}\]]){_FIGURE}(?!\w|[.,/]\d)|(?<![\w./|!}}\]]){_FIGURE}(?=[a-zA-Z%])")


def numbers(text: str) -> list[Found[Decimal]]:
    """Plain figures, a unit glued to them or not. Parts of dates, codes and ratios are not plain figures."""
    return [Found(m.start(), m.end(), Decimal(m[0].replace(",", ""))) for m in _NUMBER.finditer(text)]


_ICD10 = re.compile(
    r"(?<![\w.-])[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![\w-]|\.\w)|(?<![\w.-])U0[79](?:\.\d{1,2})?(?!\w)"
)
_HCPCS = re.compile(r"(?<![\w.-])[A-EGHJ-MP-V]\d{4}(?!\w|\.\d|-\d{3})")
_CPT = re.compile(r"(?<![\w.,$/#-])\d{4}[\dFTUM](?![\w/]|[.,]\d|-\d{3})")


def diagnosis_codes(text: str) -> Iterator[Found[str]]:
    """Words shaped like ICD-10-CM codes, upper case as printed. The shape proves nothing: context must."""
    return (Found(m.start(), m.end(), m[0]) for m in _ICD10.finditer(text))


MODIFIER = re.compile(r"(?<=\w{5})-\d\d(?![\w-])")  # right behind a procedure code: "31255-50"


def procedure_codes(text: str) -> Iterator[Found[str]]:
    """Words shaped like CPT or HCPCS level II codes. ZIP codes and box numbers have the same shape."""
    found = [Found(m.start(), m.end(), m[0]) for pattern in (_CPT, _HCPCS) for m in pattern.finditer(text)]
    return iter(sorted(found, key=lambda code: code.start))
