"""How and until when to appeal, bound to the plan-level appeal and to nothing else in the rights section."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from pipeline import notation
from pipeline.extract.letter.addresses import Address, addresses, is_block
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.letter.purposes import purpose_of
from pipeline.extract.lines import Line, Stretch, sentences
from pipeline.extract.tables import load, pattern
from schemas.proposal import ProposedValue


@cache
def _table() -> dict[str, Any]:
    return load("letter/appeal.yaml")


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
    heading, topic, office = "", None, ""
    for number, paragraph in enumerate(letter):
        if paragraph.text == paragraph.heading and found and _words("leads_to").search(found[-1].text):
            office = paragraph.heading  # the first line of an address
        headed = None if paragraph.heading == office else _lasting(action(paragraph.heading), paragraph)
        if paragraph.heading != heading:
            heading = paragraph.heading
            same = (
                heading == office
                or _words("same_way").search(heading)
                or (not purpose_of(heading) and paragraph.in_rights)
            )
            topic = headed or (topic if same else None)
        elif not paragraph.goes_on and not (found and found[-1].text.endswith((":", ","))):
            topic = headed or topic
        head: str | None = None
        for stretch in _parts(paragraph):
            led = bool(found) and len(stretch.text) < _LABEL and _words("leads_to").search(found[-1].text)
            own = (found[-1].about if led else None) or action(stretch.text)
            own = None if own == "records" and _ENCLOSES.match(stretch.text) else own
            if (named := _HEAD.match(stretch.text)) is not None:
                head = action(named[0]) or head
            if own == "internal" and head in _table()["apart"] and not _words("named_appeal").search(stretch.text):
                own = head  # "PROVIDER RECONSIDERATION. You may ask for reconsideration on your own behalf."
            topic = _lasting(own, paragraph) or (None if _turns(stretch.text) else topic)
            before = found[-1] if found and found[-1].number == number else None
            cut = before is not None and ";" in stretch.page.text[before.end : stretch.start]
            about = own or (before.about if before is not None and cut else topic)
            found.append(Clause(stretch.page, stretch.start, stretch.end, about, own is not None, number))
    return found


def _turns(text: str) -> bool:
    """Whether a question leaves the way named above: "When will you know?", and not "How do you ask?"."""
    return text.endswith("?") and not _words("same_way").search(text)


def _lasting(about: str | None, paragraph: Paragraph) -> str | None:
    """What the clauses that follow are about too: prose says a word on fast appeals in passing, a block does not."""
    passing = about in _table()["passing"] or (about == "expedited" and not is_block(paragraph))
    return None if passing else about


_LABELLED = re.compile(r"(?:fax|facsimile|phone|telephone|tel|mail|e-?mail|tty|address|online)\b\W", re.IGNORECASE)
_LONG = 80  # characters: a longer line of a block holds sentences
_ENCLOSES = re.compile(r"(?:Please )?(?:Include|Enclose|Attach)\b")  # says what goes with the appeal
_HEAD = re.compile(r"[A-Z][A-Z &/,'\u2019-]{3,45}[.:](?=\s|$)|[A-Z][\w &/'\u2019-]{3,45}:(?=\s|$)")
_LABEL = 40  # characters: what is no longer may be a heading
_LEAST_ROWS = 3
_CUT = re.compile(
    r";\s|,?\s+(?:and|or|but)\s+(?=(?:you|he|she|they|the\s+\w+|your\s+\w+)\s+(?:also\s+)?(?:may|can|have|has|must)\b)"
    r"|,?\s+(?:and|or)\s+(?=(?:may|can)\s+(?:also\s+)?(?:request|ask|file|seek)\b)",
    re.IGNORECASE,
)


def _parts(paragraph: Paragraph) -> Iterator[Stretch]:
    """Sentences, cut where they turn to another way; the lines of a block, and labelled ones, each by itself.

    Of two columns that each begin with a way of their own, first the one and then the other.
    """
    if columns := _columns(paragraph):
        yield from columns
        return
    block = is_block(paragraph)
    prose: list[Line] = []
    for line in _joined(paragraph.lines) if block else paragraph.lines:
        if (block and len(line.text) < _LONG) or (_LABELLED.match(line.text) and len(line.text) < _LONG // 2):
            yield from _in_prose(prose)
            yield line
            prose = []
        else:
            prose.append(line)
    yield from _in_prose(prose)


def _joined(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of a block, and as one those that a narrow column broke: "180 days from the notice" / "date."."""
    whole: list[Line] = []
    for line in lines:
        if whole and line.text[0].islower() and whole[-1].text[-1] not in ".:;,":
            last = whole.pop()
            line = Line(last.page, last.start, line.end, (Stretch(last.page, last.start, line.end),))
        whole.append(line)
    yield from whole


def _columns(paragraph: Paragraph) -> list[Stretch]:
    """The cells of two columns, of which each is about something, one column after the other; else nothing."""
    rows = [line.cells for line in paragraph.lines]
    if len(rows) < _LEAST_ROWS or len(rows[0]) != len(("left", "right")) or not all(action(c.text) for c in rows[0]):
        return []
    if rows[0][0].text.endswith(":") and not rows[0][1].text.endswith(":"):
        return []  # labels and what belongs to each
    whole = [_label_with_value(row) for row in rows]
    return [row[0] for row in whole] + [row[1] for row in whole if len(row) > 1]


def _label_with_value(row: Sequence[Stretch]) -> list[Stretch]:
    """The cells of a row, a label that stands apart from its number joined to it: "Fax:   555-0145"."""
    cells: list[Stretch] = []
    for cell in row:
        if cells and cells[-1].text.endswith(":"):
            cell = Stretch(cell.page, cells.pop().start, cell.end)
        cells.append(cell)
    return cells


def _in_prose(prose: Sequence[Line]) -> Iterator[Stretch]:
    if not prose:
        return
    label: Stretch | None = None
    for sentence in sentences(Stretch(prose[0].page, prose[0].start, prose[-1].end)):
        if label is not None:
            sentence = Stretch(sentence.page, label.start, sentence.end)
        label = sentence if _ENDS_AS_LABEL.search(sentence.text) else None
        if label is not None:
            continue
        start = 0
        for match in _CUT.finditer(sentence.text):
            yield sentence.part(start, match.start())
            start = match.end()
        yield sentence.part(start, len(sentence.text))
    if label is not None:
        yield label


_ENDS_AS_LABEL = re.compile(r"^(?:Phone|Fax|Tel(?:ephone)?|Mail|Call)\s?:$", re.IGNORECASE)  # its number is below


def appeal(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """Window, last day, address, fax and phone of the plan-level appeal, an offer to talk, the plan's last word."""
    stated = clauses(letter)
    ways = tuple(_ways(letter))
    with_window = (way for way in ways if any(_windows(stated, way)))
    with_last_day = (way for way in (*ways, _is_external) if any(_deadlines(stated, way)))
    way = next(chain(with_window, with_last_day), _is_internal)
    yield from _windows(stated, way)
    yield from _deadlines(stated, way)
    yield from _address(letter, stated, way)
    yield from _numbers(stated, way)
    yield from _talk(letter, stated)
    yield from _last_word(letter)


def _talk(letter: Sequence[Paragraph], stated: Sequence[Clause]) -> Iterator[ProposedValue]:
    """The sentences that offer a talk with a reviewer, of the first paragraph that gives a number or window for it."""
    paragraphs: dict[tuple[int, int], list[Clause]] = {}
    for clause in stated:
        if clause.about == "peer_to_peer" and not _words("no_offer").search(clause.text):
            paragraphs.setdefault((clause.number, clause.page.number), []).append(clause)
    offers = [
        Stretch(clauses[0].page, clauses[0].start, clauses[-1].end)
        for clauses in paragraphs.values()
        if (any(clause.own for clause in clauses) or action(letter[clauses[0].number].heading) == "peer_to_peer")
        and not _words("no_decider").search(letter[clauses[0].number].text)
    ]
    telling = [offer for offer in offers if notation.phones(offer.text) or notation.lengths(offer.text)]
    for offer in (telling or [offer for offer in offers if len(offer.text) > _LABEL])[:1]:
        yield ProposedValue(field="appeal.peer_to_peer", value=offer.text, quotes=(offer.quote(),))


def _last_word(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The words that say that appeals to the plan are used up."""
    for paragraph in _closing(letter)[:1]:
        found = _words("used_up").search(paragraph.text)
        if found is not None:
            words = paragraph.part(*found.span())
            yield ProposedValue(field="appeal.used_up", value=words.text, quotes=(words.quote(paragraph),))


def _closing(letter: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs by which appeals to the plan are used up, and not to be some day."""
    return [p for p in letter if _words("used_up").search(p.text) and not _words("condition").search(p.text)]


Way = Callable[[Clause], bool]


def _is_internal(clause: Clause) -> bool:
    return clause.about == "internal"


def _is_second(clause: Clause) -> bool:
    return clause.about == "second_level" and not _words("second_decided").search(clause.text)


def _is_dispute(clause: Clause) -> bool:
    return clause.about == "dispute"


def _is_external(clause: Clause) -> bool:
    return clause.about == "external"


_LATER_WAYS: dict[Way, str] = {_is_external: "external", _is_second: "second_level"}


def _ways(letter: Sequence[Paragraph]) -> Iterator[Way]:
    """What the letter may open: the plan's appeal, else its dispute; a review outside where appeals are used up."""
    if _closing(letter):
        yield _is_external
    else:
        if any(_words("first_decided").search(paragraph.text) for paragraph in letter):
            yield _is_second
        yield from (_is_internal, _is_dispute)
        if not any(action(paragraph.text) in _OWN_WAYS for paragraph in letter):
            yield _is_external  # the only way there is: an independent review of a determination for an insurer
        if any(_words("upheld").search(paragraph.text) for paragraph in letter if not paragraph.in_rights):
            yield _is_second


_OWN_WAYS = ("internal", "dispute", "second_level")
_FILING = pattern(
    "within|\\bha(?:ve|s)\\b|\\bfil(?:e|ed|ing)\\b|no later than|not later than|no more than|must be|deadline|up to|"
    "calendar days|timely|before the end of|"
    "reach us|allows?\\b|counted from|days (?:from|after|that follow)|or less"
)
_LATER = pattern("(?:copy|records?|information|documents?)\\b.{0,40}within|extension|extend|\\bold\\b")
_RUNNING = pattern("\\bunresolved\\b|\\bremain|days old\\b|months old\\b|days (?:after|from|of) the dates? of service")
_COUNTED = pattern("\\b(?:receiv|receipt|get|got|notice|letter|decision|determination|denial|date|mailed)")


def _windows(stated: Sequence[Clause], way: Way) -> Iterator[ProposedValue]:
    """The windows that stand with words of filing; where clauses name the appeal themselves, theirs alone.

    One that does not name it must say from when it counts: others are of records, visits and claims.
    """
    found = [
        (clause, lengths[0])
        for clause in stated
        if way(clause)
        and _FILING.search(clause.text)
        and not _RUNNING.search(clause.text)
        and (clause.own or (_COUNTED.search(clause.text) and not _LATER.search(clause.text)))
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
    r"(?:deadline|last day|last date|due date)\b[^.;]{0,80}?(?:is|of|:))\s+"
    r"(?:(?:noon|midnight|close\s+of\s+business|\d{1,2}(?::\d\d)?\s+[ap]\.?m\.?)\s+(?:on|of)\s+)?(?:\w+,\s+)?$",
    re.IGNORECASE,
)


def _deadlines(stated: Sequence[Clause], way: Way) -> Iterator[ProposedValue]:
    for at, clause in enumerate(stated):
        lead = clause.text
        above = stated[at - 1] if at else None
        for day in notation.days(clause.text):
            before = lead[: day.start]
            if not before.strip() and above is not None and above.text.endswith((":", "by")):
                before = f"{above.text} "
            if way(clause) and _BY_DATE.search(before):
                quote = clause.part(day.start, day.end).quote(clause)
                yield ProposedValue(field="appeal.deadline", value=day.value.isoformat(), quotes=(quote,))


def _address(letter: Sequence[Paragraph], stated: Sequence[Clause], way: Way) -> Iterator[ProposedValue]:
    """The first address that an appeal is sent to: by the office it names, by what leads to it, by its section.

    Where only the second level or a review outside is left: the first that a clause on that leads to.
    """
    later = _LATER_WAYS.get(way)
    ranked: list[tuple[int, bool, int, Address]] = []
    for place in addresses(letter):
        clause, lead = _clause_at(stated, place.parts[0]), _last_sentence(place.lead)
        office = bool(_words("appeal_office").search(place.text))
        barred = _words("not_appeal_address").search(f"{lead} {place.text}") is not None or bool(
            _SIGNED.match(place.text)
        )
        sent = _words("address_cues").search(f"{lead} {clause.text if clause else ''}") is not None
        told = clause.about if clause else None
        about = action(lead) or (told if _words("leads_to").search(lead) else None) or action(place.text) or told
        dispute = _words("dispute_office").search(f"{lead} {place.text}") is not None
        appealed = about in ("internal", "expedited", None) and (office or (sent and about == "internal"))
        if later:
            appealed, barred, dispute = (sent or office) and about == later, False, False
        if (appealed and not barred) or dispute:
            ranked.append((dispute + (not office), about != "internal", len(ranked), place))
    if ranked:
        place = min(ranked, key=lambda row: row[:3])[3]
        quotes = tuple(part.quote() for part in place.parts)
        yield ProposedValue(field="appeal.address", value=place.text, quotes=quotes)


_SIGNED = re.compile(r"(?:sincerely|respectfully|regards|yours|thank|dear)\b", re.IGNORECASE)


def _last_sentence(lead: str) -> str:
    """The sentence that leads to an address, whether it ends before it or runs into it."""
    return "" if lead.rstrip().endswith((".", "?")) else re.split(r"(?<=[.;?])\s+(?=[A-Z])", lead.strip())[-1]


def _clause_at(stated: Sequence[Clause], place: Stretch) -> Clause | None:
    return next((c for c in stated if c.page is place.page and c.start <= place.start < c.end), None)


_MARK = re.compile(
    r"\b(fax(?:ed|es)?|facsimile)\b|\b(call(?:ing)?|phone|telephone|tel|voice|dial|speak|talk|line|number is)\b|"
    r"\b(tty|tdd)\b|\b(questions?|help|fraud|language|interpreter|nurse|ombuds\w*|courtesy|online|portal|addressee|confidential)\b",
    re.IGNORECASE,
)


def _numbers(stated: Sequence[Clause], way: Way) -> Iterator[ProposedValue]:
    """The first fax and phone number of the appeal; those of a fast appeal where the appeal itself has neither."""
    ways: tuple[Way, ...] = (way, lambda clause: clause.about == "expedited", _is_dispute)
    yield from next((found for other in ways if (found := list(_first_numbers(stated, other)))), ())


def _first_numbers(stated: Sequence[Clause], way: Way) -> Iterator[ProposedValue]:
    for field in ("appeal.fax", "appeal.phone"):
        for clause in stated:
            stands = way(clause) and not _words("copied").match(clause.text)
            numbers = notation.phones(clause.text) if stands else ()
            found = next((number for number in numbers if _kind_of(clause, number) == field), None)
            if found is not None:
                quote = clause.part(found.start, found.end).quote(clause)
                yield ProposedValue(field=field, value=found.value, quotes=(quote,))
                break


def _kind_of(clause: Clause, number: notation.Found[str]) -> str | None:
    """Fax or phone, by the last word for either before the number; a number for help or TTY is neither."""
    before = clause.text[: number.start]
    last = max((other.end for other in notation.phones(before)), default=0)
    marks = [mark for mark in _MARK.finditer(before) if mark.start() >= last or not mark[4]]
    behind = clause.text[number.end :].lstrip(" (")
    after = _MARK.match(behind)
    if after is not None and behind[after.end() :][:1] in (")", ",", ";", ""):
        return "appeal.fax" if after[1] else "appeal.phone" if after[2] else None  # "800-555-0100 (fax)"
    if not marks or marks[-1][3] or (any(mark[4] for mark in marks) and not clause.own):
        return None
    return "appeal.fax" if marks[-1][1] else "appeal.phone"
