"""When a treatment ran, for how long, at what dose and how often, as the words about it state."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

from pipeline.extract.chart.charted import NoteDate
from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from pipeline.notation import MONTHS, dates, lengths, spelled
from schemas.base import Frozen
from schemas.dates import PartialDate
from schemas.fact import Length


class Table(Frozen):
    """treatments.yaml."""

    source: str
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    new_dose: tuple[str, ...]
    frequencies: dict[str, tuple[str, ...]]
    events: tuple[str, ...]
    ongoing: tuple[str, ...]
    stops_today: tuple[str, ...]
    orders: tuple[str, ...]
    continues: tuple[str, ...]
    changes: tuple[str, ...]
    halts: tuple[str, ...]
    anaphora: dict[str, str]
    columns: dict[str, tuple[str, ...]]
    visit_columns: tuple[str, ...]
    visit_words: tuple[str, ...]
    not_attended: tuple[str, ...]
    remarks: frozenset[str]
    not_had: tuple[str, ...]
    performed: tuple[str, ...]
    injected: tuple[str, ...]
    injection_name: str
    allergic: tuple[str, ...]

    @cached_property
    def titles(self) -> frozenset[str]:
        """Every title of a column of treatments or visits."""
        named = (title for titles in self.columns.values() for title in titles)
        return frozenset([*named, *self.visit_columns, *self.visit_words])


@cache
def table() -> Table:
    """How charts date, dose and count treatments."""
    return Table.model_validate(load("chart/treatments.yaml"))


@cache
def missed() -> re.Pattern[str]:
    """The words by which a visit was not attended."""
    return re.compile("|".join(re.escape(word) for word in table().not_attended), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """The table's phrases."""

    roles: Phrases[str]
    new_dose: Phrases[bool]
    frequencies: Phrases[str]
    ongoing: Phrases[bool]
    stops_today: Phrases[bool]
    orders: Phrases[bool]
    anaphora: Phrases[str]
    not_had: Phrases[bool]


@cache
def words() -> Words:
    """The phrases of the table, ready to be found."""
    rows = table()
    return Words(
        roles=Phrases([*((w, "start") for w in (*rows.starts, *rows.new_dose)), *((w, "end") for w in rows.ends)]),
        new_dose=Phrases((w, True) for w in rows.new_dose),
        frequencies=Phrases((w, unit) for unit, words in rows.frequencies.items() for w in words),
        ongoing=Phrases((w, True) for w in rows.ongoing),
        stops_today=Phrases((w, True) for w in rows.stops_today),
        orders=Phrases((w, True) for w in rows.orders),
        anaphora=Phrases(rows.anaphora.items()),
        not_had=Phrases((w, True) for w in rows.not_had),
    )


_RANGE = re.compile(
    r"\s*(?:(?:and\s)?(?:to|through|thru|until|till)|-|\u2013|\u2014|and)\s*(?:on\s|about\s|early\s|late\s|mid-?\s?)?",
    re.IGNORECASE,
)
_LED = re.compile(r"(?:^|[.;(]\s?|\n)\s*(?:on|in|as of|by)?\s*$", re.IGNORECASE)  # "On May 2, 2026 she began ..."
_TO_NOW = re.compile(
    r"\s*(?:to|-|\u2013|\u2014|until|through)\s*(?:the\s)?(?:present|current|now|date|today|ongoing)\b", re.IGNORECASE
)
_AGO = re.compile(r"\bago\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as a text states it; `resolved`: what it leaves out was taken from what stands beside it."""

    start: int
    end: int
    value: PartialDate
    resolved: bool = False


def moments(text: str, note: NoteDate | None) -> list[Moment]:
    """The dates of a text, bare years and months without a year among them ("January to March 2026", "since 2019")."""
    found = [Moment(one.start, one.end, one.value) for one in dates(text)]
    for read in (_about_months, _first_months, _days_of_month, _numbered_days, _years):
        masked = _masked(text, found)
        found = sorted([*found, *read(masked, found, note)], key=lambda one: one.start)
    return found


def _masked(text: str, found: list[Moment]) -> str:
    for one in found:
        text = text[: one.start] + "\0" * (one.end - one.start) + text[one.end :]
    return text


_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_ABOUT = re.compile(rf"\b(?:mid|early|late)-({_MONTH_NAMES})\b\.?,?\s((?:19|20)\d\d)\b", re.IGNORECASE)
_FIRST_MONTH = re.compile(
    rf"\b({_MONTH_NAMES})\b\.?\s?(?:to|through|thru|until|and|-|\u2013|\u2014)\s?(?:early\s|late\s|mid-?\s?)?\0",
    re.IGNORECASE,
)
_DAY_OF_MONTH = re.compile(rf"\b({_MONTH_NAMES})\b\.?\s(\d{{1,2}})(?:st|nd|rd|th)?(?![\d/%]|[.-]\d)", re.IGNORECASE)


def _about_months(text: str, _: list[Moment], __: NoteDate | None) -> Iterator[Moment]:
    """A month of which only a part is meant: "mid-March 2026"."""
    for match in _ABOUT.finditer(text):
        value = PartialDate(f"{match[2]}-{MONTHS[match[1].lower()]:02}")
        yield Moment(match.start(), match.end(), value, resolved=True)


def _first_months(text: str, found: list[Moment], _: NoteDate | None) -> Iterator[Moment]:
    """The first month of a range whose year stands at its second: "January to March 2026"."""
    for match in _FIRST_MONTH.finditer(text):
        last = next((one.value for one in found if one.start == match.end() - 1), None)
        if last is not None and last.precision != "year":
            month = MONTHS[match[1].lower()]
            year = last.earliest.year - (month > last.earliest.month)
            yield Moment(match.start(), match.end(1), PartialDate(f"{year:04}-{month:02}"), resolved=True)


def _days_of_month(text: str, _: list[Moment], note: NoteDate | None) -> Iterator[Moment]:
    """A day without its year is the last one not after the note: "on March 9"."""
    for match in _DAY_OF_MONTH.finditer(text) if note and note.value.day else ():
        if note and (day := _last_before(note, MONTHS[match[1].lower()], int(match[2]))):
            yield Moment(match.start(), match.end(), day, resolved=True)


_SOON = timedelta(days=60)


def _last_before(note: NoteDate, month: int, day: int) -> PartialDate | None:
    """The last such day not after a note; None where it is as likely one that is soon to come."""
    written = note.value.earliest
    try:
        own = date(written.year, month, day)
        if written < own <= written + _SOON:
            return None
        return PartialDate.of(own if own <= written else date(written.year - 1, month, day))
    except ValueError:
        return None  # there is no such day


_MD = r"(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9])(?![/\d%]|\.\d)"
_NUMBERED_DAY = re.compile(
    r"(?:\b(?:since|from|until|till|through|thru|began|begun|beginning|started|starting|start|stopped|restarted|resumed|dated|"
    r"discontinued|ended|completed|finished|done|held|set up|placed|given|injected|inserted|removed|performed|d/?c'?d?|"
    r"(?:off|finished|completed|stopped|done|healed|resolved|gone|discontinued)\sby|"
    r"(?:visit|note|labs?|x-?rays?|MRI|CT|CXR|radiographs?|films?|scan|biopsy|echo|echocardiogram|ultrasound|EMG|colonoscopy|"
    r"endoscopy|mammogram|study|report|exam|examination|consult|consultation|letter|call)s?\sof)"
    rf"\s(?P<day>{_MD})"
    rf"|\bon\s(?P<on>{_MD})(?!\s(?:of|tab|pill|cap|dose|strength|nights?|days|visits|sessions|trials|occasions|eyes|items|digits))"
    r"|\b(?:MRI|CT|CXR|XR|x-?rays?|EMG|ECG|EKG|echo)\s(?:of\s[a-z]+\s)?"
    rf"(?P<study>{_MD})(?=\s?[:,)]|\s(?:show|with|w/|neg|pos|normal|no\b)))",
    re.IGNORECASE,
)
_NUMBERED_RANGE = re.compile(
    rf"(?<![\w./])(?P<a>{_MD})\s?(?:-|\u2013|to|through|thru|until|till)\s?(?P<b>{_MD})", re.IGNORECASE
)


def _numbered_days(text: str, _: list[Moment], note: NoteDate | None) -> Iterator[Moment]:
    """A day in figures without its year is the last one not after the note: "daily since 5/11", "from 8/10 to 8/20"."""
    if note is None or not note.value.day:
        return
    spans = {match.span(match.lastgroup or 0) for match in _NUMBERED_DAY.finditer(text)}
    for match in _NUMBERED_RANGE.finditer(text):
        if match["a"].split("/")[1] != match["b"].split("/")[1]:  # "4/10 to 6/10" are figures out of ten
            spans |= {match.span("a"), match.span("b")}
    for start, end in sorted(spans):
        month, day = (int(part) for part in text[start:end].split("/"))
        if found := _last_before(note, month, day):
            yield Moment(start, end, found, resolved=True)


def _years(text: str, _: list[Moment], __: NoteDate | None) -> Iterator[Moment]:
    for match in _BARE_YEAR.finditer(text):
        yield Moment(match.start(1), match.end(1), PartialDate(match[1]))


def period(text: str, note: NoteDate | None) -> tuple[PartialDate | None, PartialDate | None, bool]:
    """First and last day as the words around the dates tell them, and whether one was worked out from the note's."""
    start: Moment | None = None
    end: Moment | None = None
    before, ranged = 0, False
    previous: Moment | None = None
    for found in moments(text, note):
        gap = text[before : found.start]
        role = "start" if _TO_NOW.match(text, found.end) else _role(gap)
        if role is None and _LED.search(gap) and not _begins_note(found, note):
            role = _role(text[found.end :], ahead=True)
        if previous is not None and _RANGE.fullmatch(gap) and not ranged:
            start, end, ranged = previous, found, True  # two days written as a range say most
        elif role == "start":
            start = start or found
        elif role == "end":
            end = end or found
        before, previous = found.end, found
    if start and end and start.value.earliest > end.value.latest:
        start = end = None
    if start is None and end is None and note and (told := list(relative(text, note))):
        first = next((day for day, role in told if role == "start"), None)
        last = next((day for day, role in told if role == "end"), None)
        if first or last:
            return first, last, True
    end = _own_end(text, note, end)
    if end is None and note and words().stops_today.find(text):
        return start.value if start else None, note.value, True
    resolved = any(one is not None and one.resolved for one in (start, end))
    return start.value if start else None, end.value if end else None, resolved


def _begins_note(found: Moment, note: NoteDate | None) -> bool:
    """Whether a day is the one that begins its note, and tells nothing of what the note goes on to say."""
    return found.start == 0 and note is not None and found.value == note.value


def _own_end(text: str, note: NoteDate | None, end: Moment | None) -> Moment | None:
    """The end of a treatment: not its last dose so far, and by "stopped that day" the day told before."""
    if end is not None and _LAST_OF_MANY.search(text) and _GOES_ON.search(text):
        return None
    same = _STOPPED_THAT_DAY.search(text) if end is None else None
    before = [one for one in moments(text, note) if same and one.end <= same.start() and one.value.day]
    return before[-1] if before else end


_STOPPED_THAT_DAY = re.compile(
    r"\b(?:stopped|discontinued|held|ended|withdrawn)\s(?:it\s|them\s)?(?:on\s)?(?:that|the same)\sday\b", re.IGNORECASE
)
# The last one so far is no end: "on ocrelizumab every six months, the last infusion on 1/22/2026".
_LAST_OF_MANY = re.compile(r"\b(?:last|latest|most recent)\s(?:infusion|injection|dose|fill|shot)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\b(?:is on|remains on|stays on|continues|ongoing|currently|next (?:infusion|injection|dose|fill|shot))\b",
    re.IGNORECASE,
)


def relative(text: str, note: NoteDate) -> Iterator[tuple[PartialDate, str | None]]:
    """The days that "3 weeks ago" and "in July" mean in a note, and what the words before make of each.

    Each has the precision of its unit; a month without a year is the last one not after the note.
    """
    if not note.value.day:
        return
    for found in lengths(text):
        if _AGO.match(text[found.end :].lstrip()) and (day := _before(note.value, found.value)):
            yield day, _role(text[: found.start]) or _role(text[found.end + 4 :], ahead=True)
    for match in _MONTH.finditer(text):
        month = MONTHS[match[1].lower()]
        year = note.value.earliest.year - (month > note.value.earliest.month)
        yield PartialDate(f"{year:04}-{month:02}"), _role(text[: match.end()])


def year_of(text: str) -> PartialDate | None:
    """The one bare year that a text states: "in 2019", "gastric bypass 2015"."""
    masked = text
    for found in dates(text):
        masked = masked[: found.start] + "_" * (found.end - found.start) + masked[found.end :]
    years = {match[1] for match in _BARE_YEAR.finditer(masked)}
    return PartialDate(years.pop()) if len(years) == 1 else None


_BARE_YEAR = re.compile(
    r"(?<![\w./$-])((?:19|20)\d\d)(?![\w/]|-(?!(?:19|20)\d\d)|\.\d|\s?(?:mg|mL|units?|IU|mcg|kcal|calories?|ft|feet|steps|hours)\b)"
)
_MONTH = re.compile(
    r"\b(?:in|since|until|through|during|by|late|early|mid|from)[\s-](?:early\s|late\s|mid[\s-])?("
    + "|".join(name for name in sorted(MONTHS, key=len, reverse=True) if len(name) > 3 or name == "may")
    + r")\b(?!\.?,?\s+(?:of\s)?\d)",
    re.IGNORECASE,
)


_CLAUSE = re.compile(r"(?:;|(?<!\b[DM]r)(?<!\bMs)(?<!\bMrs)\.)\s")
_PREPOSITIONS = ("from", "to", "through", "thru", "until", "till", "between", "since")


def _role(gap: str, *, ahead: bool = False) -> str | None:
    """What the words before a date make of it: the last cue, if it stands close; `ahead`, the first behind it."""
    cues = words().roles.find(gap)
    if ahead:
        between = gap[: cues[0].start] if cues else ";"
        return cues[0].value if len(between.split()) < 4 and not re.search(r"[;)]", between) else None
    near = 3 if cues and gap[cues[-1].start : cues[-1].end].lower() in _PREPOSITIONS else 9
    if not cues or len(gap[cues[-1].end :].split()) >= near or _CLAUSE.search(gap, cues[-1].end):
        return None
    return cues[-1].value


def _before(day: PartialDate, length: Length) -> PartialDate | None:
    if length.n != length.n.to_integral_value():
        return None
    n = int(length.n)
    if length.unit in ("days", "weeks"):
        return PartialDate.of(day.earliest - timedelta(days=n * (7 if length.unit == "weeks" else 1)))
    months = day.earliest.year * 12 + day.earliest.month - 1 - n * (12 if length.unit == "years" else 1)
    return PartialDate(f"{months // 12:04}-{months % 12 + 1:02}" if length.unit == "months" else f"{months // 12:04}")


_LENGTH_BEFORE = re.compile(
    r"(?:\bfor|\bx|\u00d7|\bover|\blasting|\blasted|\bcompleted|\bcomplete|\bof|\ba|\ban|\btotal|\bpast|\blast|\bfailed|\btried|"
    r"\bleast|\bthan|\battended|\bhad|\bunderwent|\btook|"
    r"\b(?:took|used|tried|wore|did|taking|using) (?:it|them|this)|"
    r"\bdid|\bfinished|\bduring|\bafter|\bdespite|\bthe|\bprior|^|\()\s*$",
    re.IGNORECASE,
)
_LENGTH_AFTER = re.compile(
    r"(?:[\s-]{1,2}(?:course|trial|program|of|duration|period|supervised|formal|total)\b|\s*\))", re.IGNORECASE
)
_LENGTH_ENDS = re.compile(r"\s*(?:[,.;)]|$)")
_NOT_A_LENGTH = re.compile(
    r"(?:less than|almost|nearly|under|every|in|within|per|next|another|up to|additional|by)\s*$", re.IGNORECASE
)
_NOT_A_LENGTH_AFTER = re.compile(
    r"\s*(?:/|per\b|an?\s(?:day|week|month)\b|each\b|every\b|out of\b|weekly\b|ago|old|later"
    r"|without(?=\s*(?:[.,;)]|$|them\b|it\b|any\b|one\b))"
    r"|from now|apart|prior|before|after|follow|post|earlier|history|of age)",
    re.IGNORECASE,
)


def duration(text: str, at: tuple[int, int]) -> str | None:
    """The length a text gives a treatment named at `at`: "8 weeks of", "for 8 weeks". None where it gives several."""
    told = []
    for found in lengths(text):
        before, after = text[: found.start], text[found.end :]
        if _NOT_A_LENGTH.search(before) or _NOT_A_LENGTH_AFTER.match(after):
            continue
        close = at[0] - found.end < 3 and "," not in text[found.end : at[0]]
        leads = found.end <= at[0] and (_LENGTH_AFTER.match(after) or close)
        listed = before.rstrip().endswith(",") and _LENGTH_ENDS.match(after)  # "naproxen, 6 weeks, no relief"
        follows = found.start >= at[1] and (listed or _LENGTH_BEFORE.search(before) or _LENGTH_AFTER.match(after))
        if leads or follows:
            told.append(f"{found.value.n:f} {found.value.unit}")
    return told[0] if len(set(told)) == 1 else None


_VISITS = re.compile(
    r"\b(?:visits|sessions|sess|appointments|appts|treatments|txs|injections)\b"
    r"(?!\s(?:per|a|each|weekly|remaining|authorized|were missed|missed)\b)",
    re.IGNORECASE,
)
_VISITS_AFTER = re.compile(
    r"\b(?:visits|sessions|treatments)(?:\s(?:attended|completed|given|received|to date))?\s?[:=]\s?"
    r"(?P<n>\d{1,3})(?!\d|/\d|\.\d)",
    re.IGNORECASE,
)
_NOT_ATTENDED = re.compile(
    r"\b(?:authorized|approved|requested|requesting|request|recommend(?:ed)?|plan(?:ned)?|up to|"
    r"additional|another|missed|cancelled|canceled|every|next|remaining|no|(?:scheduled|approved|authorized|certified|referred|ordered|prescribed|asking|asks|plan|request|order|appeal|return|is)\sfor)\s(?:\w+\s)?$",
    re.IGNORECASE,
)
_SO_MANY = re.compile(
    r"(?<![\w.$/-])(?P<n>\d{1,3}|[a-z]+)(?:\s?(?:/|of|out of)\s?\d{1,3})?(?:\s[a-z-]+){0,2}\s$", re.IGNORECASE
)


def visits(text: str) -> int | None:
    """How many visits a text says were attended; None where it says none or several numbers."""
    told = {int(match["n"]) for match in _VISITS_AFTER.finditer(text)}
    for noun in _VISITS.finditer(text):
        n, at = _so_many(text, noun.start())
        if n and not _NOT_ATTENDED.search(text[:at]):
            told.add(n)
    return told.pop() if len(told) == 1 else None


def _so_many(text: str, end: int) -> tuple[int | None, int]:
    """The number that the few words before `end` give, and where it stands: "13 of 14 scheduled", "twelve"."""
    at = max(0, end - 45)
    for match in re.finditer(r"(?<![\w.$/-])(?:\d{1,3}|[a-zA-Z]+)", text[at:end]):
        whole = _SO_MANY.match(text[at:end], match.start())
        n = int(match[0]) if match[0].isdigit() else spelled(match[0])
        if whole and whole["n"] == match[0] and n:
            return n, at + match.start()
    return None, end


DOSE = re.compile(
    r"(?<![\w./-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(mg/kg|mg|mcg|\u00b5g|g|mEq|mmol|units?|mL|IU)\b"
    r"(?:(?P<per>/(?:day|week|month))\b|(?!/))",
    re.IGNORECASE,
)


_HALF = re.compile(r"\b(?:half|one-half|1/2)\s(?:an?\s|of an?\s)?\Z|\u00bd\s?(?:an?\s)?\Z", re.IGNORECASE)
_TABLETS = re.compile(
    r"[\s,(:-]{1,3}(?:(?:tablets?|tabs?|capsules?|caps?|pills?)\b[\s,:-]{1,3})?(?:take\s|takes\s|taking\s|sig\s)?"
    r"(?:an?\s)?(?:half|one-half|1/2|\u00bd|1\.5|0\.5|2|two|3|three|4|four|one and a half)\s(?:(?:of\s)?an?\s)?"
    r"(?:tablets?|tabs?|capsules?|caps?|pills?)\b",
    re.IGNORECASE,
)


def dose(text: str, at: int) -> str | None:
    """The dose that follows a drug: "15 mg/week", "500 mg twice daily", or "500 mg" where no frequency is stated."""
    match = DOSE.search(text, at)
    if match is None or match.start() - at > 25 or re.search(r"[.;]\s", text[at : match.start()]):
        return None
    if _HALF.search(text[at : match.start()]) or _TABLETS.match(text, match.end()):
        return None  # what is taken is not what one tablet holds
    amount = f"{match[1].replace(',', '')} {match[2]}"
    frequencies = [hit for hit in words().frequencies.find(text[match.end() :]) if hit.start < 20]
    if match["per"]:
        return amount + match["per"].lower()
    needed = any(hit.value == " as needed" for hit in frequencies)
    told = next((hit.value for hit in frequencies if hit.value != " as needed"), "")
    return amount + told + (" as needed" if needed and not told.startswith("/") else "")
