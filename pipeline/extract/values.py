"""The single values of a denial letter: identifiers, names, dates, codes, amounts and the service."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, pairwise

from pipeline import notation
from pipeline.extract.labels import Labelled, labelled, rank, table
from pipeline.extract.letter import Paragraph
from pipeline.extract.lines import Line, Stretch
from pipeline.extract.tables import pattern
from pipeline.extract.vocabulary import terms
from pipeline.folding import on_one_line
from schemas.fact import Side
from schemas.proposal import ProposedValue

_THING = r"[A-Za-z0-9][^.;:\n]{1,90}?(?:\n[^.;:\n]{1,90}?)?"
_DATE = (
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d"
    r"|\d{1,2} [A-Z][a-z]{2,8}\.?,? \d{4})"
)
_LOOSE_ID = r"(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9-]{6,20}"
_HEAD = 24  # lines of a letter in which its own date may stand without a label


def values(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """Every value that a label, the letterhead or the prose states, best evidence first."""
    found = _by_field(letter)
    yield from _dates(letter, found)
    ids = list(_proposed("member_id", found.get("member_id", ()), _identifier))
    yield from ids or list(_in_prose("member_id", letter, _identifier))[:1]
    for field in ("group_number", "claim_number", "reference_number"):
        yield from _proposed(field, found.get(field, ()), _identifier)
    yield from identity_values(letter)
    yield from _proposed("provider", found.get("provider", ()), _words)
    yield from _proposed("denied_amount", found.get("denied_amount", ()), _amount)
    yield from _service(letter, found)
    yield from _codes(letter, found)


def identity_values(document: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """Name and birth date of whom any document is about."""
    found = _by_field(document)
    for field, read in (("patient_name", _person), ("birth_date", _day)):
        labelled_values = list(_proposed(field, found.get(field, ()), read))
        yield from labelled_values or list(_in_prose(field, document, read))[:1]


def _by_field(letter: Sequence[Paragraph]) -> dict[str, list[Labelled]]:
    """Labelled values outside the rights section, each field's best label first."""
    found: dict[str, list[Labelled]] = {}
    for paragraph in letter:
        for value in labelled(paragraph.lines):
            if not paragraph.in_rights or value.field.startswith("criteria"):
                found.setdefault(value.field, []).append(value)
    return {field: sorted(group, key=lambda value: rank(value.label)) for field, group in found.items()}


Read = Callable[[Stretch], tuple[str, Stretch] | None]
"""The value in a labelled stretch and its exact place, or None where the stretch holds no such value."""


def _proposed(field: str, group: Iterable[Labelled], read: Read) -> Iterator[ProposedValue]:
    """What the best label states, everywhere that label stands."""
    best: int | None = None
    for one in group:
        if (value := read(one.value)) is None or best not in (None, rank(one.label)):
            continue
        best = rank(one.label)
        yield ProposedValue(field=field, value=value[0], quotes=(value[1].quote(one.context),))


@cache
def _identifier_pattern() -> re.Pattern[str]:
    return re.compile(table()["identifier"])


def _identifier(value: Stretch) -> tuple[str, Stretch] | None:
    match = _identifier_pattern().match(value.text)
    if match is None or not re.search(r"\d", match[0]) or notation.days(value.text[: match.end()]):
        return None
    place = value.part(0, len(match[0].rstrip(".,-/")))
    return place.text, place


_CAPITAL = r"(?:[A-Z][\w'\u2019-]*\.?|de|la|del|van|von|der|bin|al)"
_PERSON = re.compile(
    rf"[A-Z][\w'\u2019-]+,\s{_CAPITAL}(?:\s{_CAPITAL}){{0,2}}|[A-Z][\w'\u2019-]*\.?(?:\s{_CAPITAL}){{1,4}}"
)
_NO_PERSON = re.compile(
    r"\b(?:notice|denial|appeal|claim|request|plan|health|service|authorization|member|patient|determination|medical|"
    r"coverage|review|services|name|department|decision|adverse|benefit|prior|your|the|of|for)\b",
    re.IGNORECASE,
)


def _person(value: Stretch) -> tuple[str, Stretch] | None:
    match = _PERSON.match(value.text)
    if match is None or _NO_PERSON.search(match[0]):
        return None
    place = value.part(0, match.end())
    family, comma, given = place.text.partition(", ")
    return (f"{given} {family}" if comma else place.text), place


def _words(value: Stretch) -> tuple[str, Stretch] | None:
    place = value.part(0, len(value.text.rstrip(" ,;")))
    return (on_one_line(place.text), place) if len(place.text) > 2 else None


def _amount(value: Stretch) -> tuple[str, Stretch] | None:
    found = notation.amounts(value.text)
    return (str(found[0].value), value.part(found[0].start, found[0].end)) if found else None


def _day(value: Stretch) -> tuple[str, Stretch] | None:
    found = notation.days(value.text)
    if not found or found[0].start > 12:  # a weekday may stand before it, a sentence may not
        return None
    return found[0].value.isoformat(), value.part(found[0].start, found[0].end)


def _dates(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    own = list(_proposed("letter_date", found.get("letter_date", ()), _day))
    own = own or list(_unlabelled_date(letter)) or list(_proposed("letter_date", found.get("weak_date", ()), _day))
    yield from own or list(_in_prose("letter_date", letter, _day))[:1]
    yield from (
        list(_proposed("received_date", found.get("received_date", ()), _day))
        or list(_in_prose("received_date", letter, _day))[:1]
    )
    for one in found.get("service_dates", ()):
        for day in notation.days(one.value.text):
            quote = one.value.part(day.start, day.end).quote(one.context)
            yield ProposedValue(field="service_dates", value=day.value.isoformat(), quotes=(quote,))


def _unlabelled_date(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """A date alone on its line, or in its cell, near the top of the letter's first page."""
    head: list[Line] = [line for paragraph in letter for line in paragraph.lines if line.page is letter[0].page][:_HEAD]
    for line in head:
        for cell in line.cells:
            days = notation.days(cell.text)
            if (
                len(days) == 1
                and days[0].end - days[0].start >= len(cell.text.rstrip(".")) - 12
                and ":" not in cell.text
            ):
                place = cell.part(days[0].start, days[0].end)
                yield ProposedValue(field="letter_date", value=days[0].value.isoformat(), quotes=(place.quote(line),))
                return


@cache
def _prose(field: str) -> tuple[re.Pattern[str], ...]:
    rows = table()["fields"][field]["prose"]
    # the names of days and months are capitalised; what a request was "for" is found whatever its case
    forms = {"{date}": _DATE, "{thing}": _THING, "{name}": rf"(?-i:{_PERSON.pattern})", "{id}": _LOOSE_ID}
    for name, form in forms.items():
        rows = [row.replace(name, form) for row in rows]
    return tuple(pattern(row) for row in rows)


def _in_prose(field: str, letter: Sequence[Paragraph], read: Read) -> Iterator[ProposedValue]:
    for words in _prose(field):
        for paragraph in letter:
            for match in words.finditer(paragraph.text):
                place = paragraph.part(*match.span("v"))
                if (value := read(place)) is not None:
                    yield ProposedValue(field=field, value=value[0], quotes=(value[1].quote(paragraph),))


_GENERIC = re.compile(
    r"(?:(?:of|for|the|this|these|that|your|its|any|such|requested|above|following|further|additional|continued) ){0,3}"
    r"(?:services?|request|coverage|treatment|care|items?|procedure|drug|medication|it|benefits?|payment|claim|member|"
    r"authorization|prior authorization|this|that|patient|review|you)"
    r"(?: (?:named|listed|described|shown|identified))?(?: (?:above|below))?(?: (?:at this time|you requested|that))?",
    re.IGNORECASE,
)
_CODE_TAIL = re.compile(
    r"[\s,;-]*[(\[]?\s*(?:(?:CPT|HCPCS|NDC|ICD-10(?:-CM)?|procedure)(?:/HCPCS)?(?:\s+codes?)?[\s:#]*)?"
    r"(?:\d{4}[\dFTUM]|[A-V]\d{4})(?:[\s,;/&-]+(?:and\s+)?(?:\d{4}[\dFTUM]|[A-V]\d{4}))*\s*[)\]]?\s*$"
)
_CODE_HEAD = re.compile(r"(?:(?:CPT|HCPCS)\s*(?:code)?[\s:#]*)?(?:\d{4}[\dFTUM]|[A-V]\d{4})\s*(?:[-\u2013:(]+\s*)")


def _service(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    """The denied service without its codes; "the requested service" names none."""
    candidates = [(one.value, one.context) for one in found.get("service", ())]
    named = ((one.value, one.context) for one in found.get("patient_name", ()) if _is_subject(one))
    prose = (
        (paragraph.part(*match.span("v")), paragraph)
        for words in _prose("service")
        for paragraph in letter
        if not paragraph.in_rights
        for match in words.finditer(paragraph.text)
    )
    for value, context in chain(candidates, _after_lead(letter), named, prose):
        if (place := _named_service(value)) is not None:
            yield ProposedValue(field="service", value=on_one_line(place.text), quotes=(place.quote(context),))
            return


def _is_subject(one: Labelled) -> bool:
    """Whether "RE:" stands before a subject that is neither a person nor the notice itself."""
    about_itself = re.search(
        r"notice|denial|appeal|determination|claim|request|member|#|\d{4}", one.value.text, re.IGNORECASE
    )
    return one.label.upper().startswith(("RE", "REGARDING")) and about_itself is None and _person(one.value) is None


def _after_lead(letter: Sequence[Paragraph]) -> Iterator[tuple[Stretch, Stretch]]:
    """A line that follows words such as "we denied the services listed below:"."""
    leads = pattern("|".join(table()["fields"]["service"]["lead"]))
    for lead, following in pairwise(letter):
        if not following.in_rights and leads.search(lead.text.rstrip()):
            yield following.body, following


def _named_service(value: Stretch) -> Stretch | None:
    text = value.text
    head, tail = _CODE_HEAD.match(text), _CODE_TAIL.search(text)
    start, end = head.end() if head else 0, tail.start() if tail else len(text)
    article = re.match(r"(?:(?:for|of)\s+)?(?:(?:an?|the)\s+(?=[a-z]))?", text[start:])
    start += article.end() if article else 0
    end = len(text[:end].rstrip(" .,;:"))
    if end - start < 3 or not re.search(r"[A-Za-z]{3}", text[start:end]):
        return None
    place = value.part(start, end)
    return None if _GENERIC.fullmatch(" ".join(place.text.split())) else place


_CODE_CUE = re.compile(
    r"(?:CPT|HCPCS|procedure\s+codes?|service\s+codes?|codes?)\W{0,3}(?:\d{4}[\dFTUM]\W{1,6}(?:and\W{1,3})?){0,6}$",
    re.IGNORECASE,
)
_DIAGNOSIS_CUE = re.compile(r"diagnos|ICD|\bDx\b", re.IGNORECASE)
_REMITTANCE = re.compile(
    r"(?<![\w-])(?:(?:CO|PR|OA|PI|CR)[ -]?\d{1,3}[A-Z]?|(?:CARC|RARC)[ #:]{1,2}(?:[A-Z]{0,2}\d{1,3})"
    r"|MA\d{2,3}|[MN]\d{2,3})(?![\w-])"
)
_PAYER_CODE = re.compile(r"[A-Z]{1,4}-?\d{1,4}[A-Z]?(?![\w-])|\d{1,3}(?![\w%])")


def _codes(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    """Codes beside their labels, with the service, and in prose beside a word that says what they are."""
    for one in chain(found.get("procedure_codes", ()), found.get("service", ())):
        yield from _each("procedure_codes", one.value, notation.procedure_codes(one.value.text), one.context)
    for one in chain(found.get("diagnosis_codes", ()), found.get("service", ())):
        yield from _each("diagnosis_codes", one.value, _diagnoses(one.value.text), one.context)
    for one in found.get("reason_codes", ()):
        codes = [notation.Found(*m.span(), m[0]) for m in _REMITTANCE.finditer(one.value.text)]
        match = _PAYER_CODE.match(one.value.text)
        codes = codes or ([notation.Found(*match.span(), match[0])] if match else [])
        yield from _each("reason_codes", one.value, codes, one.context)
    for paragraph in letter:
        if not paragraph.in_rights:
            yield from _codes_in_prose(paragraph)


def _codes_in_prose(paragraph: Paragraph) -> Iterator[ProposedValue]:
    text = paragraph.text
    procedures = [
        code for code in notation.procedure_codes(text) if _CODE_CUE.search(text[max(0, code.start - 60) : code.start])
    ]
    yield from _each("procedure_codes", paragraph, procedures, paragraph)
    diagnoses = [code for code in _diagnoses(text) if "." in code.value or _DIAGNOSIS_CUE.search(text[: code.start])]
    yield from _each("diagnosis_codes", paragraph, diagnoses, paragraph)
    grouped = [m for m in _REMITTANCE.finditer(text) if re.match(r"(?:CO|PR|OA|PI|CR)[ -]|CARC|RARC", m[0])]
    yield from _each("reason_codes", paragraph, [notation.Found(*m.span(), m[0]) for m in grouped], paragraph)


def _diagnoses(text: str) -> list[notation.Found[str]]:
    return list(notation.diagnosis_codes(text))


def _each(
    field: str, stretch: Stretch, codes: Iterable[notation.Found[str]], context: Stretch
) -> Iterator[ProposedValue]:
    for code in codes:
        place = stretch.part(code.start, code.end)
        yield ProposedValue(field=field, value=code.value, quotes=(place.quote(context),))


def place_of(service: str) -> tuple[Side | None, str | None]:
    """The side and the part of the body that a service names, where it names exactly one of each."""
    sides = {_SIDES[word.lower()] for word in re.findall(r"\b(?:left|right|bilateral|LT|RT)\b", service, re.IGNORECASE)}
    parts = {hit.term.name for hit in terms(service) if "body_part" in hit.term.classes}
    return (sides.pop() if len(sides) == 1 else None), (parts.pop() if len(parts) == 1 else None)


_SIDES = {"left": Side.LEFT, "lt": Side.LEFT, "right": Side.RIGHT, "rt": Side.RIGHT, "bilateral": Side.BILATERAL}
