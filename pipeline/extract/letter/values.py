"""The single values of a denial letter: identifiers, names and dates, each with its kind."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from pipeline import notation
from pipeline.extract.letter import readers
from pipeline.extract.letter.claim_lines import table_lines
from pipeline.extract.letter.labels import Labelled, is_last, labelled, rank
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.letter.prose import stated
from pipeline.extract.letter.services import services
from pipeline.extract.lines import Line, Stretch
from pipeline.folding import on_one_line
from schemas.proposal import ProposedValue

_HEAD = 24  # lines of a letter in which its own date may stand without a label


def values(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """Every value that a label, the letterhead or the prose states, best evidence first."""
    tabled, everywhere = table_lines(letter), by_field(letter)
    found = {
        field: kept
        for field, group in everywhere.items()
        if (kept := [one for one in group if (one.line.page.number, one.line.start) not in tabled])
    }
    greeting = _greeting(letter)
    if greeting is not None:  # below the greeting a policy's number is that of a medical policy
        found["member_id"] = [one for one in found.get("member_id", ()) if not _is_policy_below(one, greeting[0])]
    references = found.get("reference_number", [])
    own = [one for one in references if _CERTIFICATE.match(one.label)]
    if own and len(own) < len(references) and not found.get("member_id"):
        found |= {"member_id": own, "reference_number": [one for one in references if one not in own]}
    yield from _dates(letter, found)
    for field in ("member_id", "claim_number", "reference_number"):
        yield from _stated(field, letter, found, readers.identifier)
    yield from _stated("group_number", letter, found, readers.group)
    yield from _identity(letter, everywhere)
    yield from _provider(letter, found)
    yield from services(letter, found)


_CERTIFICATE = re.compile(r"Cert\b", re.IGNORECASE)  # of insurance, where the letter has a reference beside it


def _is_policy_below(one: Labelled, greeting: Line) -> bool:
    below = (one.line.page.number, one.line.start) > (greeting.page.number, greeting.start)
    return below and "policy" in one.label.lower()


def identity_values(document: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """Name and birth date of whom any document is about."""
    return _identity(document, by_field(document))


def _identity(document: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    names = list(_proposed("patient_name", found.get("patient_name", ()), readers.person)) or list(
        _beside_own(document)
    )
    names = names or _in_prose("patient_name", document, readers.person) or list(_addressed(document))
    yield from names
    if not _of_subscriber(names, found):
        yield from _stated("birth_date", document, found, readers.birth_day)


def _of_subscriber(names: Sequence[ProposedValue], found: dict[str, list[Labelled]]) -> bool:
    """Whether the only day of birth is the subscriber's, and he is someone else than the patient."""
    if not found.get("birth_date") or not all(is_last(one.label) for one in found["birth_date"]):
        return False
    subscribers = [person[0] for one in found.get("subscriber_name", ()) if (person := readers.person(one.value))]
    patients = [set(name.value.lower().split()) for name in names]
    return bool(patients) and any(set(name.lower().split()) not in patients for name in subscribers)


def by_field(letter: Sequence[Paragraph]) -> dict[str, list[Labelled]]:
    """Labelled values outside the rights section, each field's best label first."""
    found: dict[str, list[Labelled]] = {}
    head = {(line.page.number, line.start) for line in _head(letter)}
    for block in _blocks(letter):
        for value in labelled([line for paragraph in block for line in paragraph.lines]):
            # a letterhead may be that of an appeals department
            in_rights = block[0].in_rights and (value.line.page.number, value.line.start) not in head
            if not in_rights or value.field.startswith("criteria"):
                found.setdefault(value.field, []).append(value)
    return {field: sorted(group, key=lambda value: rank(value.label)[0]) for field, group in found.items()}


def _blocks(letter: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    """Paragraphs without an empty line between them: the value below a label may look like a heading."""
    block: list[Paragraph] = []
    for paragraph in letter:
        if block and (
            paragraph.page is not block[-1].page
            or paragraph.in_rights is not block[-1].in_rights
            or paragraph.page.text[block[-1].end : paragraph.start].count("\n") != 1
        ):
            yield block
            block = []
        block.append(paragraph)
    if block:
        yield block


Read = Callable[[Stretch], tuple[str, Stretch] | None]
"""The value in a labelled stretch and its exact place, or None where the stretch holds no such value."""


def _stated(
    field: str, letter: Sequence[Paragraph], found: dict[str, list[Labelled]], read: Read
) -> list[ProposedValue]:
    """What the best label states, else what prose does."""
    return list(_proposed(field, found.get(field, ()), read)) or _in_prose(field, letter, read)


def _proposed(field: str, group: Iterable[Labelled], read: Read) -> Iterator[ProposedValue]:
    """What the best label states, everywhere that label stands."""
    best: tuple[int, str] | None = None
    for one in group:
        if (value := read(one.value)) is None or best not in (None, rank(one.label)):
            continue
        best = rank(one.label)
        yield ProposedValue(field=field, value=value[0], quotes=(value[1].quote(one.context),))


def _in_prose(field: str, letter: Sequence[Paragraph], read: Read) -> list[ProposedValue]:
    """The first value that prose states, by the best pattern."""
    for paragraph, place in stated(field, letter):
        if (value := read(place)) is not None:
            return [ProposedValue(field=field, value=value[0], quotes=(value[1].quote(paragraph),))]
    return []


def _dates(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    weak, possible = found.get("weak_date", ()), _possible(letter, found)

    def own(group: Iterable[ProposedValue]) -> list[ProposedValue]:
        return [value for value in group if possible(date.fromisoformat(value.value))]

    labels = found.get("letter_date", ())
    dated = own(_proposed("letter_date", labels, readers.day))
    if dated and all(is_last(one.label) for one in labels):
        dated = _or_written_before(dated, own(_alone(letter)))
    if _is_mail(letter):  # a mail may forward what was decided before
        dated = dated or own(_in_prose("letter_date", letter, readers.day))
    headed = own(_proposed("letter_date", _in_head(letter, weak), readers.day))
    dated = dated or (_or_written_before(headed, own(_alone(letter))) if _is_mail(letter) else headed)
    dated = dated or own(_unlabelled_date(letter)) or own(_proposed("letter_date", weak, readers.day))
    yield from dated or own(_in_prose("letter_date", letter, readers.day))
    yield from own(_stated("received_date", letter, found, readers.day))


_POSTED = 10  # days within which a letter is sent or posted


def _or_written_before(sent: list[ProposedValue], written: list[ProposedValue]) -> list[ProposedValue]:
    """The day a letter was sent or posted, or the one a few days before that stands alone in its head: its own."""
    if not sent or not written:
        return sent
    days = (date.fromisoformat(sent[0].value) - date.fromisoformat(written[0].value)).days
    return written if 0 < days <= _POSTED else sent


_OLDEST = 3 * 366  # days that a letter may be older than what it speaks of


def _possible(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Callable[[date], bool]:
    """Whether a day can be the letter's, or that of the request: no one's birth, nor years before the other dates."""
    born = {day.value for one in found.get("birth_date", ()) for day in notation.days(one.value.text)}
    said = sorted({day.value for paragraph in letter for day in notation.days(paragraph.text)} - born)
    newest = said[-_LATER] if len(said) >= _LATER else date.min
    return lambda day: day not in born and (newest - day).days <= _OLDEST


_LATER = 2  # dates that must be that much later: one may be mistaken, or say when a policy ends


_MAIL_HEADERS = {"from", "to", "subject", "date", "sent"}


def _is_mail(letter: Sequence[Paragraph]) -> bool:
    """Whether a letter begins as a mail does."""
    return len(_MAIL_HEADERS & {line.text.partition(":")[0].strip().lower() for line in _head(letter)}) > 2


def _in_head(letter: Sequence[Paragraph], group: Iterable[Labelled]) -> list[Labelled]:
    """What stands near the top of the first page: "Date:" there is the letter's own."""
    head = {line.start for line in _head(letter)}
    return [one for one in group if one.line.start in head and one.line.page is letter[0].page]


def _head(letter: Sequence[Paragraph]) -> list[Line]:
    return [line for paragraph in letter for line in paragraph.lines if line.page is letter[0].page][:_HEAD]


def _alone(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The first day that is all of a line near the top of the letter's first page."""
    for line in _head(letter):
        days = notation.days(line.text)
        if len(days) == 1 and len(line.text.strip(" .")) == days[0].end - days[0].start:
            quote = line.part(days[0].start, days[0].end).quote(line)
            yield ProposedValue(field="letter_date", value=days[0].value.isoformat(), quotes=(quote,))
            return


def _unlabelled_date(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """A date alone on its line, or in its cell, near the top of the letter's first page."""
    for line in _head(letter):
        cells = [cell for cell in line.cells if ":" not in cell.text]
        for cell in cells[:1] if line.cells and ":" in line.cells[0].text else cells:
            days = notation.days(cell.text)
            if len(days) == 1 and days[0].end - days[0].start >= len(cell.text.rstrip(".")) - 12:
                place = cell.part(days[0].start, days[0].end)
                if not _belongs_to_label(line, place):
                    yield ProposedValue(
                        field="letter_date", value=days[0].value.isoformat(), quotes=(place.quote(line),)
                    )
                    return


def _belongs_to_label(line: Line, day: Stretch) -> bool:
    """Whether the date is the value of a label on its line, of whatever kind."""
    return any(one.value.start <= day.start < one.value.end for one in labelled([line]))


_DEAR = re.compile(
    r"(?:Dear|Hello|Hi|To the (?:parents?|guardian|family)(?: or guardian)? of|To)\s+"
    r"(?:(?:Brother|Sister|Rev(?:erend)?|Father|Pastor|Capt(?:ain)?|Sgt|Sergeant|Hon|Prof|Friend)\b\.?\s+)?"
    r"(?P<title>Mr|Mrs|Ms|Miss|Mx|Dr)?\b\.?\s*"
    r"(?P<name>(?!Whom\b)[A-Z][\w'\u2019-]+(?:\s[A-Z][\w.'\u2019-]*){0,3})\s*[:,]?$"
)
_YOURS = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)
_NOT_YOURS = re.compile(r"\byour (?:patients?|office|practice)\b", re.IGNORECASE)


_OWN = ("birth_date", "member_id")
_BORN = re.compile(
    r"(?:,|\s\(|\s[-\u2013])\s?(?:born|DOB|D\.O\.B|date of birth|"
    r"(?:member |subscriber |(?-i:[A-Z])\w+ ){0,3}ID\b(?! \d{5}\b))",
    re.IGNORECASE,
)


def _beside_own(letter: Sequence[Paragraph]) -> list[ProposedValue]:
    """A name without a label that stands by a birth date or a member's number: on their line, or on the one above."""
    lines = [line for paragraph in letter if not paragraph.in_rights for line in paragraph.lines]
    for at, line in enumerate(lines):
        below = lines[at + 1 : at + 5]
        below = below if below and _STREET.match(below[0].text) else below[:1]  # the lines of an address
        for cell in (_after_to(cell) for cell in line.cells):
            if (person := readers.person(cell)) is None:
                continue
            alone = person[1].end >= cell.end - 1 or _ADDRESS.match(line.page.text, person[1].end) is not None
            near = [line, *(below if len(line.cells) == 1 else [])]
            if _BORN.match(line.page.text, person[1].end) or (alone and any(map(_names_own, near))):
                return [ProposedValue(field="patient_name", value=person[0], quotes=(person[1].quote(line),))]
    return []


_ADDRESS = re.compile(r",\s\d{1,6}\w?\s[A-Z]|,\sP\.?\s?O\.?\sBox\s")  # that goes on from a name on its line


def _after_to(cell: Stretch) -> Stretch:
    """What a message is sent to: "To: Ana Lopez (Harbor ID 77-120)"."""
    return cell.part(len("To:"), len(cell.text)) if re.match(r"To:\s", cell.text) else cell


_MAILBOX = re.compile(r"\s*<[^<>\s]+@[^<>\s]+>$")


def _mailed_to(cell: Stretch) -> Stretch:
    """Whom a mail's header names, without the mailbox: "To: Ana Lopez <ana@inbox.example>"."""
    mailbox = _MAILBOX.search(cell.text)
    return _after_to(cell.part(0, mailbox.start())) if mailbox else cell


def _names_own(line: Line) -> bool:
    return any(one.field in _OWN for one in labelled([line]))


def _addressed(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The patient whom the letter greets: by the line above that names him in full, else as he is greeted."""
    greeting = _greeting(letter)
    to_patient = any(_YOURS.search(p.text) for p in letter) and not any(_NOT_YOURS.search(p.text) for p in letter)
    if greeting is None or not to_patient:
        return
    line, match = greeting
    if match["title"] == "Dr" or readers.CLINICIAN.search(line.text) or readers.no_person().search(match["name"]):
        return
    family = match["name"].split()[-1].lower()
    full = [place for place in _persons_above(letter, line) if family in place.text.lower().split()]
    if full:
        yield ProposedValue(field="patient_name", value=on_one_line(full[0].text), quotes=(full[0].quote(),))
    elif " " in match["name"] or match["title"]:
        start = match.start("title") if match["title"] else match.start("name")
        place = line.part(start, match.end("name"))
        yield ProposedValue(field="patient_name", value=on_one_line(place.text), quotes=(place.quote(line),))


def _greeting(letter: Sequence[Paragraph]) -> tuple[Line, re.Match[str]] | None:
    head = [] if not letter else _head(letter)
    for paragraph in letter:
        for line in paragraph.lines:
            if (match := _DEAR.match(line.text)) is not None and (not paragraph.in_rights or line in head):
                return line, match
    return None


def _persons_above(letter: Sequence[Paragraph], greeting: Line) -> Iterator[Stretch]:
    for paragraph in letter:
        for line in paragraph.lines:
            if line.page is greeting.page and line.start < greeting.start:
                for cell in map(_mailed_to, line.cells):
                    if (person := readers.person(cell)) is not None and person[1].end >= cell.end - 1:
                        yield person[1]


def _provider(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    """Who asked for the service: by label, in prose, or the clinician to whom the letter goes."""
    named = _stated("provider", letter, found, readers.carer)
    labels = found.get("provider", ())
    if named and labels and all(is_last(one.label) for one in labels):
        named = list(_clinician_greeted(letter)) or named  # who asked, not where it was to be done
    if named:
        yield from named
        return
    if (addressee := _carer_addressed(letter, found)) is not None:
        yield addressee
        return
    yield from _clinician_greeted(letter)


def _clinician_greeted(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The clinician whom the letter greets, by the line above that names him with his degree."""
    greeting = _greeting(letter)
    if greeting is None:
        return
    line, match = greeting
    family = match["name"].split()[-1]
    for paragraph in letter:
        for above in paragraph.lines:
            for cell in map(_after_to, above.cells):
                if (
                    above.start < line.start
                    and above.page is line.page
                    and readers.CLINICIAN.search(cell.text)
                    and family in cell.text
                ):
                    yield ProposedValue(field="provider", value=on_one_line(cell.text), quotes=(cell.quote(above),))
                    return


_TO_CARER = re.compile(
    r"(?:Dear|Hello|To)\s(?:[\w/]+\s){0,3}?(?:Supplier|Provider|Prescriber|Doctor|Colleague|Staff|Facility|Physician|"
    r"Practitioner|Clinician|Hospital|Administrator)s?\b",
    re.IGNORECASE,
)
_STREET = re.compile(r"(?:\d+\w?\s|P\.?\s?O\.?\s?Box|Suite|Ste\b|Attn|Attention)|.*\b[A-Z]{2}\s+\d{5}\b", re.IGNORECASE)


def _is_carer(cell: Stretch) -> bool:
    """Whether a cell of an address names who gives care: a clinician by his degree, a facility by its words."""
    text = cell.text
    named = readers.CLINICIAN.search(text) or readers.care_words().search(text)
    return bool(named) and ":" not in text and not _STREET.match(text) and len(text.split()) <= _LONGEST_FIRM


_LONGEST_FIRM = 9  # words
_YOU_ASKED = re.compile(
    r"\b(?:you|your (?:staff|office|facility|hospital|agency|clinic|team))\s(?:have\s|had\s|recently\s)?"
    r"(?:requested|ask(?:ed)?|submitted|ordered|prescribed|billed|disputed)\b"
    r"|\byour\s(?:[\w-]+\s){0,3}(?:request|order|prescription|dispute|inquiry|reconsideration)\b"
    r"|\bthe facility billed\b",
    re.IGNORECASE,
)


def _carer_addressed(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> ProposedValue | None:
    """The clinician or facility that a letter goes to which greets it by its role alone, or greets nobody."""
    head = _head(letter)
    at = next((i for i, line in enumerate(head) if _TO_CARER.match(line.text)), None)
    if at is None and _greeting(letter) is not None:
        return None
    to = [one for one in found.get("other", ()) if one.label.strip(" :").lower() == "to" and one.line in head]
    for one in to:
        if _is_carer(one.value) and (value := readers.carer(one.value)) is not None:
            return ProposedValue(field="provider", value=value[0], quotes=(value[1].quote(one.context),))
    if not any(_YOU_ASKED.search(paragraph.text) for paragraph in letter if not paragraph.in_rights):
        return None
    for line, below in pairwise(head[: at or 0]):
        if _STREET.match(below.text) and _is_carer(line.cells[0]):
            place = line.cells[0]
            return ProposedValue(field="provider", value=on_one_line(place.text), quotes=(place.quote(line),))
    return None
