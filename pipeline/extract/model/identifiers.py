"""Who a case is about, from labels and from how such things are written: what must not leave under its own name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from pipeline import notation
from pipeline.extract.letter.addresses import addresses
from pipeline.extract.letter.labels import labelled, table
from pipeline.extract.letter.letter import read_letter
from pipeline.extract.letter.prose import PERSON, stated
from pipeline.extract.letter.values import identity_values
from pipeline.extract.lines import lines
from pipeline.extract.tables import load, pattern
from pipeline.extract.vocabulary import terms
from pipeline.folding import on_one_line
from pipeline.llm.pseudonyms import Identifier, Identity, Kind
from schemas.base import Frozen
from schemas.denial import Denial
from schemas.document import Document

_LEAST_NUMBER = 5  # letters and figures; a shorter number is too often no identifier
_LEAST_NAME = 2  # letters
_LEAST_WORDS = 2  # of a name that has a first and a last one
_LEAST_HALF = 4  # letters of a half of a double name


class _Table(Frozen):
    """identifiers.yaml."""

    version: int
    phone: tuple[str, ...]
    email: tuple[str, ...]
    number: tuple[str, ...]
    address: tuple[str, ...]
    person: tuple[str, ...]
    perhaps: tuple[str, ...]
    titles: frozenset[str]
    people: tuple[str, ...]
    numbers: tuple[str, ...]


@cache
def _table() -> _Table:
    return _Table.model_validate(load("model/identifiers.yaml"))


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    rows = _table()
    if kind in ("person", "perhaps"):
        name = PERSON.pattern.replace(r"\s", r"[^\S\n]")  # on one line
        written = rows.person if kind == "person" else rows.perhaps
        return tuple(pattern(row.replace("{name}", name), re.MULTILINE) for row in written)
    of: dict[str, tuple[str, ...]] = {
        "phone": rows.phone,
        "email": rows.email,
        "number": rows.number,
        "address": rows.address,
    }
    return tuple(pattern(row, re.NOFLAG if kind == "address" else re.IGNORECASE) for row in of[kind])


def identity_of(documents: Sequence[Document], denial: Denial, case: str) -> Identity:
    """The people, places and numbers that the documents and the denial name, in the order found; `case` is its id.

    What a person is called by a title, a degree, a signature or a label is found, and from then on wherever it stands.
    A name that nothing tells apart from other words is not: this is a precaution, and no proof of de-identification.
    """
    texts = [page.text for document in documents for page in document.pages]
    called = list(dict.fromkeys(_names(documents, denial, texts)))
    names = dict.fromkeys(part for name in called for part in _parts(name))
    told = _told_of_others(denial)
    numbers = dict.fromkeys(one for one in _numbers(documents, denial, texts) if one not in told)
    found = [
        *_identifiers(Kind.NAME, _whole(called)),
        *(Identifier(Kind.NAME, _forms_of_name(name, texts)) for name in names),
        *(Identifier(Kind.NUMBER, _forms_of_number(number, texts)) for number in numbers),
        *_identifiers(Kind.PHONE, (*_written("phone", texts), *_channels(denial))),
        *_identifiers(Kind.EMAIL, _written("email", texts)),
        *_identifiers(Kind.ADDRESS, (*_addresses(documents, denial), *_written("address", texts))),
    ]
    births = [denial.birth_date.value] if denial.birth_date else []
    births += [day.value for one in _labelled(documents, ("birth_date",)) for day in notation.days(one)]
    return Identity.of(found, births, texts, case)


def _identifiers(kind: Kind, found: Iterable[str]) -> Iterator[Identifier]:
    """Each of them once, in the forms in which white space leaves it."""
    for one in dict.fromkeys(found):
        yield Identifier(kind, tuple(dict.fromkeys((one, on_one_line(one), *one.split("\n")))))


def _written(kind: str, texts: Sequence[str]) -> Iterator[str]:
    """What the patterns of a kind find."""
    return (match["v"] for text in texts for row in _patterns(kind) for match in row.finditer(text))


def _labelled(documents: Sequence[Document], fields: Sequence[str]) -> Iterator[str]:
    """The values of labels, wherever they stand."""
    for document in documents:
        for page in document.pages:
            yield from (one.value.text for one in labelled(lines(page)) if one.field in fields)


def _in_prose(documents: Sequence[Document], fields: Sequence[str]) -> Iterator[str]:
    for document in documents:
        letter = read_letter(document)
        yield from (place.text for name in fields for _, place in stated(name, letter))


def _names(documents: Sequence[Document], denial: Denial, texts: Sequence[str]) -> Iterator[str]:
    """Names of people as they are written."""
    if (patient := denial.patient_name) is not None:
        yield from (patient.value, *(span.quote for span in patient.spans))
    for document in documents:
        yield from (one.value for one in identity_values(read_letter(document)) if one.field == "patient_name")
    yield from _written("person", texts)
    people = _table().people
    values = (*_labelled(documents, people), *_in_prose(documents, people))
    perhaps = [match[0] for value in values for match in PERSON.finditer(value)]
    no_name = _words_of_others(denial, texts)
    for name in (*perhaps, *_written("perhaps", texts)):
        if not terms(name) and not no_name & {word.lower() for word in _NAME_WORD.findall(name)}:
            yield name


def _words_of_others(denial: Denial, texts: Sequence[str]) -> frozenset[str]:
    """Words that the documents write small somewhere, or that name the payer, the policy or the service."""
    named = (denial.payer, denial.service, denial.criteria_source.name)
    others = (word.lower() for cited in named if cited for word in _NAME_WORD.findall(cited.value))
    return frozenset(word for text in texts for word in _SMALL_WORD.findall(text)).union(others)


_SMALL_WORD = re.compile(r"(?<![\w'\u2019-])[a-z][a-z'\u2019-]+")

_NAME_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")


def _parts(name: str) -> Iterator[str]:
    """The words of a name that tell who it is; the halves of a double one too."""
    words = [word.strip("-'\u2019") for word in _NAME_WORD.findall(name)]
    if any(word.lower() in _no_person() or re.search(r"\d", word) for word in words):
        return
    for word in words:
        if len(word) >= _LEAST_NAME and word[0].isupper() and word.lower() not in _table().titles:
            yield word
            halves = re.split(r"[-'\u2019]", word)
            yield from (half for half in halves if len(halves) > 1 and len(half) >= _LEAST_HALF)


@cache
def _no_person() -> frozenset[str]:
    return frozenset(table()["no_person"])


def _whole(names: Iterable[str]) -> Iterator[str]:
    """Forms that the words of a name by themselves do not cover: with an initial for the first one, or all small."""
    for name in names:
        words = list(_parts(name.replace("-", "\u2010").replace("'", "\u02bc")))
        words = [word.replace("\u2010", "-").replace("\u02bc", "'") for word in words]
        if len(words) < _LEAST_WORDS:
            continue
        last, first = (words[0], words[1]) if "," in name else (words[-1], words[0])
        yield from (f"{first} {last}".lower(), f"{last}, {first}".lower())
        for family in (last, last.upper()):
            yield from (f"{first[0]}. {family}", f"{first[0]} {family}")
            yield from (f"{family}, {first[0]}.", f"{family}, {first[0]}")


def _forms_of_name(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """A name as written, in capitals and as a name, and as the documents have it; small it is too often a word."""
    written = {match[0] for text in texts for match in re.finditer(re.escape(name), text, re.IGNORECASE)}
    forms = (name, name.upper(), name.title(), name.capitalize(), *sorted(written))
    return tuple(dict.fromkeys(form for form in forms if not form.islower()))


def _told_of_others(denial: Denial) -> frozenset[str]:
    """Numbers that identify no person: of the policy, of what was asked for, and why."""
    policy = denial.criteria_source.identifier
    cited = (*denial.procedure_codes, *denial.diagnosis_codes, *denial.reason_codes, *([policy] if policy else []))
    return frozenset(one.value for one in cited)


def _numbers(documents: Sequence[Document], denial: Denial, texts: Sequence[str]) -> Iterator[str]:
    """Identifying numbers as they are written."""
    for cited in (denial.member_id, denial.group_number, denial.claim_number, denial.reference_number):
        if cited is not None:
            yield from (cited.value, *(span.quote for span in cited.spans))
    fields = _table().numbers
    for value in (*_labelled(documents, fields), *_in_prose(documents, fields)):
        whole = re.match(table()["identifier"], value)
        several = (match[0] for match in _NUMBER.finditer(value[:_LONGEST]))
        yield from (one.rstrip(" .,-/") for one in (*([whole[0]] if whole else []), *several) if _is_number(one))
    yield from filter(_is_number, _written("number", texts))


_NUMBER = re.compile(r"(?<!\w)[A-Z]{0,6}[-#]?\d[\w/-]*")
_LONGEST = 80  # characters of a value; what is longer is prose


def _is_number(text: str) -> bool:
    plain = re.sub(r"[\W_]", "", text)
    return len(plain) >= _LEAST_NUMBER and any(c.isdigit() for c in plain) and not notation.days(text)


def _forms_of_number(number: str, texts: Sequence[str]) -> tuple[str, ...]:
    """A number as written, and as the documents have it, spaces and hyphens aside."""
    plain = re.sub(r"[\W_]", "", number)
    loose = re.compile(r"[\s.-]?".join(map(re.escape, plain)), re.IGNORECASE)
    written = sorted({match[0] for text in texts for match in loose.finditer(text)})
    return tuple(dict.fromkeys((number, on_one_line(number), plain, *written, *map(on_one_line, written))))


def _channels(denial: Denial) -> Iterator[str]:
    yield from (cited.value for cited in (denial.appeal.fax, denial.appeal.phone) if cited is not None)


def _addresses(documents: Sequence[Document], denial: Denial) -> Iterator[str]:
    """The lines of addresses that hold a figure: a box, a street, a town with its postal code; no firm's name."""
    payer = denial.payer.value.lower() if denial.payer else ""
    for document in documents:
        for one in addresses(read_letter(document)):
            rows = [row.strip() for part in one.parts for row in part.text.split("\n")]
            yield from (_from_figures(row) for row in rows if re.search(r"\d", row) and row.lower() != payer)


def _from_figures(row: str) -> str:
    """A line of an address from its street or box on, where names stand before it: "Appeals, P.O. Box 1190, Tampa"."""
    parts = row.split(", ")
    while any(re.search(r"\d", part) for part in parts[1:-1]) and not re.search(r"\d", parts[0]):
        del parts[0]
    return ", ".join(parts)
