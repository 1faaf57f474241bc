"""Facts and fields in words: dates, names with their article, doses, sides; only what the record itself carries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from pipeline.draft.evidence import Support, support_of
from pipeline.draft.tables import tables
from pipeline.draft.verify_figures import Carried
from pipeline.draft.verify_words import parts, quote_reasons, sides_in
from schemas.dates import PartialDate
from schemas.fact import Assertion, Fact, FactKind, Outcome, Side
from schemas.letter import Appellant

TREATMENTS = (FactKind.TREATMENT, FactKind.MEDICATION)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LONGEST_QUOTE = 320
_FEWEST_WORDS = 3
_COLUMNS = "   "  # between the cells of a row, which reads badly as a quotation


def day(value: PartialDate | date) -> str:
    """A date in prose, as exact as it is stated: "April 1, 2026", "April 2026", "2026"."""
    known = value if isinstance(value, PartialDate) else PartialDate.of(value)
    first = known.earliest
    month = _MONTHS[first.month - 1]
    return {"day": f"{month} {first.day}, {first.year}", "month": f"{month} {first.year}", "year": str(first.year)}[
        known.precision
    ]


def series(items: Sequence[str]) -> str:
    """Items as a sentence lists them: "a, b and c"; with semicolons where one of three or more has a comma."""
    if len(items) < 2:
        return "".join(items)
    apart = len(items) > 2 and any("," in item for item in items)
    return f"{('; ' if apart else ', ').join(items[:-1])}{'; and ' if apart else ' and '}{items[-1]}"


def with_article(name: str) -> str:
    """A name with "a" or "an" where English asks for one: "a corticosteroid injection", "physical therapy"."""
    if name.split()[-1] not in tables().counted:
        return name
    return f"{'an' if _sounds_open(name) else 'a'} {name}"


def _sounds_open(name: str) -> bool:
    """Whether a name begins with a vowel as spoken: "an injection", "an MRI"."""
    return name[0].lower() in "aeiou" or re.match(r"[FHLMNRSX][A-Z]", name) is not None


def number(value: Decimal) -> str:
    """A number as it is read: no trailing zeros, no exponent."""
    text = f"{value.normalize():f}"
    return text if text != "-0" else "0"


def figure(text: str) -> str:
    """The checker's figure in prose: "44 days = 6 weeks 2 days" becomes "44 days, or 6 weeks 2 days"."""
    return text.replace(" = ", ", or ")


def lower_first(text: str) -> str:
    """Text to stand inside a sentence: its first letter small unless its first word is an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def tidy(text: str) -> str:
    """Words as they can be quoted: white space folded, list marks and loose punctuation at the ends dropped."""
    text = re.sub(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*\n\s*(?=[a-z])", "", text)
    text = " ".join(text.split())
    text = re.sub(r"^[\s\u2022*\u25cf\u25aa,;:.)-]+", "", text)
    text = re.sub(r"[\s,;:-]+$", "", text)
    return text.replace("\u201c", "'").replace("\u201d", "'").replace('"', "'")


def voiced(outcome: str, appellant: Appellant) -> str:
    """How a treatment ended, in the voice of who appeals: "I could not tolerate it"."""
    known = tables().voices
    return outcome.replace(known[Appellant.PROVIDER]["who_inside"], known[appellant]["who_inside"], 1)


@dataclass(frozen=True)
class Told:
    """One fact in the words a sentence may use. Whatever its places do not carry is empty."""

    fact: Fact
    against: frozenset[Side] = frozenset()

    @cached_property
    def _support(self) -> Support:
        return support_of(self.fact)

    @cached_property
    def _carried(self) -> Carried:
        return Carried.by(self._support)

    @property
    def name(self) -> str:
        """Its name; a scale with what its numbers are called."""
        scale = tables().scales.get(self.fact.name)
        return f"{self.fact.name} {scale}" if scale else self.fact.name

    @property
    def a_name(self) -> str:
        """Its name with an article where it takes one."""
        return with_article(self.fact.name)

    @property
    def side(self) -> str:
        """Left or right; both sides are left to quotations."""
        return str(self.fact.side or "") if self.fact.side is not Side.BILATERAL else ""

    @property
    def site(self) -> str:
        """Where on the body: "the right knee"."""
        if not self.fact.body_part or self.fact.body_part in self.fact.name:
            return ""
        return " ".join(filter(None, ("the", self.side, self.fact.body_part)))

    def _day(self, value: PartialDate | None) -> str:
        return day(value) if value and self._carried.date(value) else ""

    @property
    def start(self) -> str:
        """When it began."""
        return self._day(self.fact.start)

    @property
    def end(self) -> str:
        """When it ended."""
        return self._day(self.fact.end)

    @property
    def recorded(self) -> str:
        """When it was observed or written down."""
        return self._day(self.fact.date)

    @property
    def own_date(self) -> str:
        """Its date, where the words that state the fact themselves give it and not only the note's heading."""
        spans = self.fact.spans
        alone = Carried.by(Support(facts=(self.fact,), texts=tuple(span.quote for span in spans)))
        return self.recorded if self.fact.date and alone.date(self.fact.date) else ""

    @property
    def when(self) -> str:
        """When it took place, as an adverbial; empty where the record gives no date."""
        start, end = self.start, self.end
        if start and end:
            return _on(self.fact.start, start) if start == end else f"from {start} to {end}"
        if start and self.fact.ongoing:
            return (
                f"from {start}, and it was continuing {_on(self.fact.date, self.recorded)}"
                if self.recorded
                else f"from {start}"
            )
        if start or end:
            return f"from {start}" if start else f"until {end}"
        if self.length:
            return f"for {self.length}"
        return _on(self.fact.date, self.own_date)

    @property
    def length(self) -> str:
        """How long it lasted: "6 weeks"."""
        length = self.fact.duration
        if length is None or not self._carried.length(length):
            return ""
        unit = length.unit if length.n != 1 else length.unit.removesuffix("s")
        return f"{number(length.n)} {unit}"

    @property
    def measured_when(self) -> str:
        """The day of a measurement, as an adverbial."""
        return _on(self.fact.date, self.recorded)

    @property
    def visits(self) -> str:
        """How many visits: "11 visits"."""
        n = self.fact.visits
        if not n or not self._carried.number(Decimal(n), "visits"):
            return ""
        return "1 visit" if n == 1 else f"{n} visits"

    @property
    def dose(self) -> str:
        """Its dose: "15 mg/week"."""
        dose = self.fact.dose
        return f"{number(dose.n)} {dose.unit}" if dose and self._carried.number(dose.n) else ""

    @property
    def value(self) -> str:
        """A number with its unit or scale, or a range: "48%", "58 out of 96", "2 to 3"; empty where it is no number."""
        n = self.fact.number
        if n is None or not self._carried.number(n):
            return ""
        if self.fact.value_high:
            return f"{number(n)} to {self.fact.value_high}"
        if self.fact.scale_max and self._carried.ratio(n, self.fact.scale_max):
            return f"{number(n)} out of {number(self.fact.scale_max)}"
        unit = self.fact.unit or ""
        return f"{number(n)}%" if unit == "%" else f"{number(n)} {unit}".strip()

    @property
    def outcome(self) -> str:
        """How a treatment ended, with the record's own words where the fact gives them."""
        words = tables().outcomes.get(self.fact.outcome) if self.fact.outcome else None
        return f"{words} (\u201c{self.reason}\u201d)" if words and self.reason else words or ""

    @property
    def reason(self) -> str:
        """The stated reason of the outcome, where it stands in the record in those words."""
        return self.quotable(self.fact.outcome_reason)

    @property
    def quote(self) -> str:
        """The record's own words: the passage that shows it, else its value where that says enough by itself."""
        shown = (self.quotable(span.quote) for span in self.fact.spans if _COLUMNS not in span.quote)
        value = self.fact.value or ""
        enough = len(value.split()) >= _FEWEST_WORDS
        return next((words for words in shown if words), "") or (self.quotable(value) if enough else "")

    def quotable(self, text: str | None) -> str:
        """The words, if they can be quoted: short, whole, carried, and not about a side that is not in question."""
        words = tidy(text or "")
        if not words or len(words) > _LONGEST_QUOTE or sides_in(words) & self._other_sides:
            return ""
        if parts(f"\u201c{words}\u201d").quoted != (words,):
            return ""
        return "" if any(quote_reasons((words,), self._support)) else words

    @property
    def _other_sides(self) -> frozenset[Side]:
        """The sides that a quotation of this fact must not bring up."""
        other = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
        return self.against | ({other[self.fact.side]} if self.fact.side in other else frozenset())

    @property
    def denies(self) -> bool:
        """Whether the record says that it is absent, and not that it must not be given."""
        return self.fact.assertion is Assertion.ABSENT and not self.fact.barred

    @property
    def contraindicated(self) -> bool:
        """Whether the record says that it must not be given."""
        return self.fact.outcome is Outcome.CONTRAINDICATED

    @property
    def verb(self) -> str:
        """The verb that introduces its quotation."""
        return tables().verbs.get(self.fact.kind, "states")

    @property
    def short(self) -> str:
        """It as an item of a list, or empty where only a quotation does it justice."""
        if self.fact.kind in (FactKind.MEASUREMENT, FactKind.IMAGING) and self.value:
            return f"{'an' if _sounds_open(self.name) else 'a'} {self.name} of {self.value}"
        return self.a_name if self.fact.kind in TREATMENTS and not self.contraindicated else ""


def _on(value: PartialDate | None, text: str) -> str:
    if not text or value is None:
        return ""
    return f"on {text}" if value.precision == "day" else f"in {text}"
