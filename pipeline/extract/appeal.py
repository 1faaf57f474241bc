"""How and until when to appeal, bound to the plan-level appeal and to nothing else in the rights section."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline import notation
from pipeline.extract.addresses import Address, addresses, is_block
from pipeline.extract.letter import Paragraph
from pipeline.extract.lines import Line, Stretch, sentences
from pipeline.extract.purposes import purpose_of
from pipeline.extract.tables import load, pattern
from schemas.proposal import ProposedValue


@cache
def _table() -> dict[str, Any]:
    return load("appeal.yaml")


@cache
def _actions() -> list[tuple[str, re.Pattern[str]]]:
    return [(row["name"], pattern("|".join(row["words"]))) for row in _table()["actions"]]


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern("|".join(_table()[name]))


def action(text: str) -> str | None:
    """What a clause is about; None where it names no action."""
    return next((name for name, words in _actions() if words.search(text)), None)


@dataclass(frozen=True, slots=True)
class Clause(Stretch):
    """A sentence, or a line of a block, with the action it is for. `own`: its own words name that action."""

    about: str | None = None
    own: bool = False
    number: int = 0  # of its paragraph


def clauses(letter: Sequence[Paragraph]) -> list[Clause]:
    """The letter in clauses. One that names no action is for that of the clause before, else of its heading."""
    found: list[Clause] = []
    heading, topic = "", None
    for number, paragraph in enumerate(letter):
        headed = _lasting(action(paragraph.heading), paragraph)
        if paragraph.heading != heading:
            heading = paragraph.heading
            topic = headed or (None if purpose_of(heading) or not paragraph.in_rights else topic)
        elif not paragraph.goes_on and not (found and found[-1].text.endswith((":", ","))):
            topic = headed or topic
        for stretch in _parts(paragraph):
            own = action(stretch.text)
            topic = _lasting(own, paragraph) or (None if stretch.text.endswith("?") else topic)
            before = found[-1] if found and found[-1].number == number else None
            cut = before is not None and ";" in stretch.page.text[before.end : stretch.start]
            about = own or (before.about if before is not None and cut else topic)
            found.append(Clause(stretch.page, stretch.start, stretch.end, about, own is not None, number))
    return found


def _lasting(about: str | None, paragraph: Paragraph) -> str | None:
    """What the clauses that follow are about too: prose says a word on fast appeals in passing, a block does not."""
    passing = about in _table()["passing"] or (about == "expedited" and not is_block(paragraph))
    return None if passing else about


_LABELLED = re.compile(r"(?:fax|facsimile|phone|telephone|tel|mail|e-?mail|tty|address|online)\b\W", re.IGNORECASE)
_LONG = 80  # characters: a longer line of a block holds sentences


def _parts(paragraph: Paragraph) -> Iterator[Stretch]:
    """Sentences, cut further at semicolons; the lines of a block, and labelled ones, each by itself."""
    block = is_block(paragraph)
    prose: list[Line] = []
    for line in paragraph.lines:
        if (block and len(line.text) < _LONG) or (_LABELLED.match(line.text) and len(line.text) < _LONG // 2):
            yield from _in_prose(prose)
            yield line
            prose = []
        else:
            prose.append(line)
    yield from _in_prose(prose)


def _in_prose(prose: Sequence[Line]) -> Iterator[Stretch]:
    if not prose:
        return
    for sentence in sentences(Stretch(prose[0].page, prose[0].start, prose[-1].end)):
        start = 0
        for match in re.finditer(r";\s", sentence.text):
            yield sentence.part(start, match.start())
            start = match.end()
        yield sentence.part(start, len(sentence.text))


def appeal(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """Window, last day, address, fax and phone of the plan-level appeal."""
    stated = clauses(letter)
    yield from _windows(stated)
    yield from _deadlines(stated)
    yield from _address(letter, stated)
    yield from _numbers(stated)


_FILING = pattern(
    "within|\\bhave\\b|no later than|not later than|no more than|must be|deadline|up to|calendar days|"
    "timely|before the end of|"
    "reach us|allows?\\b|counted from|days (?:from|after|that follow)|or less"
)
_LATER = pattern("(?:copy|records?|information|documents?)\\b.{0,40}within|extension|extend")


def _windows(stated: Sequence[Clause]) -> Iterator[ProposedValue]:
    """The windows that stand with words of filing; where clauses name the appeal themselves, theirs alone."""
    found = [
        (clause, lengths[0])
        for clause in stated
        if clause.about == "internal"
        and _FILING.search(clause.text)
        and (clause.own or not _LATER.search(clause.text))
        and (lengths := notation.lengths(clause.text))
    ]
    own = [pair for pair in found if pair[0].own] or found
    for clause, length in own:
        start = max(clause.text.rfind("within", 0, length.start), 0) or length.start
        value = f"{length.value.n} {length.value.unit}"
        quote = clause.part(start, len(clause.text)).quote(clause)
        yield ProposedValue(field="appeal.window", value=value, quotes=(quote,))


_BY_DATE = re.compile(
    r"\b(?:by:?|before|no later than|not later than|on or before|until|that (?:day|date) is|"
    r"(?:deadline|last day|last date|due date)\b[^.;]{0,80}?(?:is|of|:))\s+(?:\w+,\s+)?$",
    re.IGNORECASE,
)


def _deadlines(stated: Sequence[Clause]) -> Iterator[ProposedValue]:
    for at, clause in enumerate(stated):
        lead = clause.text
        above = stated[at - 1] if at else None
        for day in notation.days(clause.text):
            before = lead[: day.start]
            if not before.strip() and above is not None and above.text.endswith((":", "by")):
                before = f"{above.text} "
            if clause.about == "internal" and _BY_DATE.search(before):
                quote = clause.part(day.start, day.end).quote(clause)
                yield ProposedValue(field="appeal.deadline", value=day.value.isoformat(), quotes=(quote,))


def _address(letter: Sequence[Paragraph], stated: Sequence[Clause]) -> Iterator[ProposedValue]:
    """The first address that an appeal is sent to: by the office it names, by what leads to it, by its section."""
    ranked: list[tuple[int, bool, int, Address]] = []
    for place in addresses(letter):
        clause, lead = _clause_at(stated, place.parts[0]), _last_sentence(place.lead)
        office = bool(_words("appeal_office").search(place.text))
        barred = _words("not_appeal_address").search(f"{lead} {place.text}") is not None
        sent = _words("address_cues").search(f"{lead} {clause.text if clause else ''}") is not None
        about = action(lead) or action(place.text) or (clause.about if clause else None)
        dispute = _words("dispute_office").search(f"{lead} {place.text}") is not None
        appealed = about in ("internal", "expedited", None) and (office or (sent and about == "internal"))
        if not barred and (appealed or dispute):
            ranked.append((dispute + (not office), about != "internal", len(ranked), place))
    if ranked:
        place = min(ranked, key=lambda row: row[:3])[3]
        quotes = tuple(part.quote() for part in place.parts)
        yield ProposedValue(field="appeal.address", value=place.text, quotes=quotes)


def _last_sentence(lead: str) -> str:
    """The sentence that leads to an address, whether it ends before it or runs into it."""
    return "" if lead.rstrip().endswith((".", "?")) else re.split(r"(?<=[.;?])\s+(?=[A-Z])", lead.strip())[-1]


def _clause_at(stated: Sequence[Clause], place: Stretch) -> Clause | None:
    return next((c for c in stated if c.page is place.page and c.start <= place.start < c.end), None)


_PHONE = re.compile(r"(?<![\d-])(?:1[-. ])?(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)")
_MARK = re.compile(
    r"\b(fax(?:ed|es)?|facsimile)\b|\b(call(?:ing)?|phone|telephone|tel|voice|dial|speak|talk|line|number is)\b|"
    r"\b(tty|tdd)\b|\b(questions?|help|fraud|language|interpreter|nurse|ombuds\w*|courtesy|online|portal)\b",
    re.IGNORECASE,
)


def _numbers(stated: Sequence[Clause]) -> Iterator[ProposedValue]:
    """The first fax and the first phone number of the appeal; those of a fast appeal alone are not its own."""
    for field in ("appeal.fax", "appeal.phone"):
        for clause in stated:
            numbers = _PHONE.finditer(clause.text) if clause.about == "internal" else ()
            found = next((match for match in numbers if _kind_of(clause, match) == field), None)
            if found is not None:
                quote = clause.part(*found.span()).quote(clause)
                yield ProposedValue(field=field, value=found[0], quotes=(quote,))
                break


def _kind_of(clause: Clause, number: re.Match[str]) -> str | None:
    """Fax or phone, by the last word for either before the number; a number for help or TTY is neither."""
    last = max((match.end() for match in _PHONE.finditer(clause.text[: number.start()])), default=0)
    marks = [mark for mark in _MARK.finditer(clause.text[: number.start()]) if mark.start() >= last or not mark[4]]
    after = _MARK.match(clause.text[number.end() :].lstrip(" ("))
    if after is not None and clause.text[number.end() :].lstrip(" (")[after.end() :][:1] in (")", ",", ";", ""):
        return "appeal.fax" if after[1] else "appeal.phone" if after[2] else None  # "800-555-0100 (fax)"
    if not marks or marks[-1][3] or (any(mark[4] for mark in marks) and not clause.own):
        return None
    return "appeal.fax" if marks[-1][1] else "appeal.phone"
