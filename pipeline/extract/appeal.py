"""How and until when to appeal, bound to the plan-level appeal and to nothing else in the rights section."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from pipeline import notation
from pipeline.extract.letter import Paragraph
from pipeline.extract.lines import Line, Stretch, sentences
from pipeline.extract.tables import load, pattern
from pipeline.folding import on_one_line
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


def appeal(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """Window, last day, address, fax and phone of the plan-level appeal."""
    yield from _windows(letter)
    yield from _address(letter)
    yield from _numbers(letter)


_BY_DATE = re.compile(
    r"\b(?:by|before|no later than|not later than|on or before|until|deadline(?: to appeal| for appeal)? (?:is|of))"
    r"\s+(?:\w+,\s+)?$",
    re.IGNORECASE,
)
_FILING = pattern(
    "within|\\bhave\\b|no later than|not later than|must be|deadline|up to|calendar days|timely|before the end of"
)


def _windows(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    for paragraph in letter:
        for clause in _clauses(paragraph):
            if not _asks_for_appeal(clause.text, paragraph.heading):
                continue
            stated = notation.lengths(clause.text) if _FILING.search(clause.text) else []
            for length in stated[:1]:
                start = max(clause.text.rfind("within", 0, length.start), 0) or length.start
                value = f"{length.value.n} {length.value.unit}"
                quote = clause.part(start, len(clause.text)).quote(clause)
                yield ProposedValue(field="appeal.window", value=value, quotes=(quote,))
            for day in notation.days(clause.text):
                if _BY_DATE.search(clause.text[: day.start]):
                    quote = clause.part(day.start, day.end).quote(clause)
                    yield ProposedValue(field="appeal.deadline", value=day.value.isoformat(), quotes=(quote,))


def _asks_for_appeal(clause: str, heading: str) -> bool:
    """Whether a clause is about filing the plan-level appeal, itself or under a heading that is."""
    about = action(clause)
    return about == "internal" or (about is None and action(heading) == "internal" and bool(_YOU_FILE.search(clause)))


_YOU_FILE = pattern(
    "\\byou\\b.{0,80}\\b(?:file|submit|send|request|ask|have|write|respond)|must be (?:received|filed|sent|postmarked)"
)


def _clauses(paragraph: Paragraph) -> Iterator[Stretch]:
    """Sentences, cut further at semicolons: each states one window for one action."""
    for sentence in sentences(paragraph.body):
        start = 0
        for match in re.finditer(r";\s", sentence.text):
            yield sentence.part(start, match.start())
            start = match.end()
        yield sentence.part(start, len(sentence.text))


_ZIP = re.compile(r"\b[A-Z]{2}\.?,?\s+\d{5}(?:-\d{4})?\b")
_INLINE = re.compile(r"\b(?:to|at|address is|address|mail):?\s+(?:the\s+)?(?=[A-Z0-9])")
_BLOCK_LINE = 60  # characters; a longer line is prose


def _address(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The address that stands after words of sending an appeal, inline or as a block of lines."""
    placed = [(line, paragraph) for paragraph in letter for line in paragraph.lines]
    for at, (line, paragraph) in enumerate(placed):
        for match in _ZIP.finditer(line.text):
            first = at
            while first and _belongs_above(placed[first - 1][0], placed[first][0]):
                first -= 1
            lead = _text_before([one for one, _ in placed[:first]])
            block = Stretch(line.page, placed[first][0].start, line.start + match.end())
            inline = list(_INLINE.finditer(block.text))
            start = inline[-1].end() if inline else 0
            if _is_for_appeals(f"{lead} {block.text[:start]}", paragraph.heading):
                address = block.part(start, len(block.text))
                value = on_one_line(address.text)
                yield ProposedValue(field="appeal.address", value=value, quotes=(address.quote(),))
                return


def _belongs_above(above: Line, line: Line) -> bool:
    """Whether a line and the one above it are of one address: no sentence or label ends between them."""
    if above.page is not line.page or above.page.text[above.end : line.start].count("\n") != 1:
        return False
    prose = len(line.text) >= _BLOCK_LINE and not _INLINE.search(line.text)
    return above.text[-1] not in ".:?!" and (prose or len(above.text) < _BLOCK_LINE or bool(_INLINE.search(above.text)))


def _text_before(above: Sequence[Line]) -> str:
    """The few lines that lead to an address."""
    return " ".join(line.text for line in above[-3:])


def _is_for_appeals(lead: str, heading: str) -> bool:
    last = " ".join(re.split(r"(?<=[.;?])\s", lead)[-2:])
    if _words("not_appeal_address").search(last) or not _words("address_cues").search(last + heading):
        return False
    named = [about for clause in re.split(r"(?<=[.;:?])\s", last) if (about := action(clause))]
    return (named[-1] if named else action(heading)) == "internal"


_PHONE = re.compile(r"(?<![\d-])(?:1[-. ])?(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)")


def _numbers(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The first fax and the first phone number bound to the appeal."""
    missing = {"appeal.fax", "appeal.phone"}
    for at, paragraph in enumerate(letter):
        for match in _PHONE.finditer(paragraph.text):
            near = re.split(r"[.;\n]\s", paragraph.text[: match.start()])[-1]
            field = _number_field(near)
            above = letter[at - 1].text if at else ""
            about = action(near) or action(paragraph.heading) or action(f"{above} {paragraph.text[: match.start()]}")
            if field in missing and about == "internal":
                missing.remove(field)
                quote = paragraph.part(*match.span()).quote(paragraph)
                yield ProposedValue(field=field, value=match[0], quotes=(quote,))


def _number_field(near: str) -> str | None:
    """Fax or phone, by the last word for either before the number; TTY numbers are neither."""
    marks = list(
        re.finditer(r"\b(fax(?:ed|es)?|facsimile)\b|\b(call|phone|telephone|tel)\b|\b(tty|tdd)\b", near, re.IGNORECASE)
    )
    if not marks or marks[-1][3]:
        return None
    return "appeal.fax" if marks[-1][1] else "appeal.phone"
