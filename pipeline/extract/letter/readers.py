"""What a labelled stretch holds of one kind: an identifier, a person, who gives care, a day, and its exact place."""

import re
from functools import cache

from pipeline import notation
from pipeline.extract.letter.compact import compact_days
from pipeline.extract.letter.labels import field_of, table
from pipeline.extract.letter.prose import PERSON
from pipeline.extract.lines import Stretch
from pipeline.extract.tables import pattern
from pipeline.extract.vocabulary import terms
from pipeline.folding import on_one_line

CLINICIAN = re.compile(r",?\s(?:M\.?D|D\.?O|N\.?P|PA-C|DPM|CRNP|A?RNP|APRN|CNP|CNM|DNP|DC|DPT)\b")


@cache
def _identifier_pattern() -> re.Pattern[str]:
    return re.compile(table()["identifier"])


def identifier(value: Stretch) -> tuple[str, Stretch] | None:
    """An identifier that begins the stretch, as printed: with a figure, and no date."""
    match = _identifier_pattern().match(value.text)
    if match is None or not re.search(r"\d", match[0]) or notation.days(value.text[: match.end()]):
        return None
    place = value.part(0, len(match[0].rstrip(".,-/")))
    return (place.text, place) if len(place.text) > 2 else None


_BESIDE_GROUP = re.compile(
    r"(?:\((?:group |no\. ?|number |#)?|#|\s[-\u2013\u2014/]\s|,\s(?:no\. ?|#)?)(\w[A-Z0-9-]{2,19})(?:\)|$)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[A-Z]{3,12}")
_OF_PHARMACY = re.compile(r"\bRx\s?(?:GRP|group)\b[^\w\n]*$", re.IGNORECASE)
_RX_LABEL = 40  # characters before a value in which its label ends


def group(value: Stretch) -> tuple[str, Stretch] | None:
    """A group's number, which may stand in brackets after its name."""
    bracket = _BESIDE_GROUP.search(value.text)
    before = value.page.text[max(value.start - _RX_LABEL, 0) : value.start]
    if (letters := _LETTERS.fullmatch(value.text)) and _OF_PHARMACY.search(before):
        return letters[0], value
    own = identifier(value)
    return own if own or bracket is None else identifier(value.part(*bracket.span(1)))


@cache
def no_person() -> re.Pattern[str]:
    """Words that stand in no person's name."""
    return pattern(rf"\b(?:{'|'.join(table()['no_person'])})\b")


_TITLE = re.compile(r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Capt|Sgt|Col|Maj|Lt|Rev|Hon)\b\.?,?\s+(?:\(Ret\.\)\s+)?)+")
# What goes on so is a firm, or a service: "Coronary CT angiography (75574)".
_NO_NAME = re.compile(r"\s*&|,?\s(?:Inc|LLC|L\.L\.C|LLP|Corp|Co|Ltd|P\.?C)\b|\s[a-z]{5,}\s\(")
_CREDENTIAL = 6  # characters after a name in which one may stand


def person(value: Stretch) -> tuple[str, Stretch] | None:
    """The name of someone who is no clinician, the given name first: "LOPEZ, ANA" is "ANA LOPEZ"."""
    title = _TITLE.match(value.text)
    start = title.end() if title else 0
    match = PERSON.match(value.text, start)
    if match is None or match[0].startswith("Dr. ") or no_person().search(match[0]) or re.search(r"\d", match[0]):
        return None
    if CLINICIAN.search(value.text, start, match.end() + _CREDENTIAL) or _NO_NAME.match(value.text, match.end()):
        return None
    if any(" " in match[0][hit.start : hit.end] for hit in terms(match[0])):  # a treatment: "Applied Behavior Analysis"
        return None
    place = value.part(start, match.end())
    if field_of(place.text) is not None:
        return None
    family, comma, given = place.text.partition(", ")
    return (on_one_line(f"{given} {family}" if comma else place.text), place)


_SENTENCE = re.compile(r"(?:I|we|you|your|our|this|that|it|if|please|as|on|not|see|was|has|is|to)\b", re.IGNORECASE)
_SAID_OF_NAME = re.compile(
    r"\s*<|,?\s(?:on|dated|by fax|via|since)\s(?=\w)|\s{3,}"
    r"|,?\s+\(?(?:NPI|TIN|PTAN|CCN|Tax ID|Provider (?:No|ID|#)|Fax|Phone|Tel)\b"
)
_TOWN = re.compile(r",\s(?!.*\b(?:MD|PA|NP|RN)$)[A-Z][A-Za-z. ]{2,30},?\s[A-Z]{2}(?:\s\d{5}(?:-\d{4})?)?$")
_LONGEST_NAME = 120  # characters
_BEGINS_NAME = re.compile(r"\W?[^\W_]*[A-Za-z]")  # no telephone number


def carer(value: Stretch) -> tuple[str, Stretch] | None:
    """A name of a clinician or a facility, without what is said of it: "(not in our network)", "on May 3, 2026"."""
    text = re.sub(r"\s\([^()]*\)$", "", _SAID_OF_NAME.split(value.text, maxsplit=1)[0].rstrip(" ,;"))
    if (town := _TOWN.search(text)) is not None and care_words().search(text[: town.start()]):
        text = text[: town.start()]
    place = value.part(0, len(re.sub(r"(?<=\b[A-Z][A-Z])\.$", "", text)))  # "Ana Lopez, MD." ends a sentence
    named = _BEGINS_NAME.match(place.text) and re.search(r"[A-Za-z]{3}", place.text)
    if (
        not named
        or _SENTENCE.match(place.text)
        or no_carer().search(place.text)
        or field_of(place.text) is not None
        or notation.days(place.text)
        or re.search(r"\d{3}|\b[Ww]ho\b", place.text)
        or len(place.text) > _LONGEST_NAME
    ):
        return None
    return on_one_line(place.text), place


def day(value: Stretch) -> tuple[str, Stretch] | None:
    """The day that begins the stretch, ISO 8601."""
    found = notation.days(value.text) or [day for day in compact_days(value.text) if not day.start]
    if not found or found[0].start > 12:  # a weekday may stand before it, a sentence may not
        return None
    return found[0].value.isoformat(), value.part(found[0].start, found[0].end)


_OF_ANOTHER = re.compile(
    r"\b(?:sponsor|guarantor|guardian|parent|mother|father|spouse|donor|representative|provider|physician)(?:['\u2019]s)?,?\s"
    r"(?:DOB|D\.O\.B\.?|(?:date\sof\s)?birth(?:\s?date|day)?|born)\b[^\w\n]*(?:is|was|on)?[^\w\n]*$",
    re.IGNORECASE,
)
_BEFORE_DAY = 60  # characters


def birth_day(value: Stretch) -> tuple[str, Stretch] | None:
    """The day of birth that begins the stretch; none where the words before it say that it is someone else's."""
    before = value.page.text[max(value.start - _BEFORE_DAY, 0) : value.start]
    return None if _OF_ANOTHER.search(before) else day(value)


@cache
def no_carer() -> re.Pattern[str]:
    """Words that stand in the name of nobody who gives care."""
    return pattern(rf"\b(?:{'|'.join(table()['no_carer'])})\b")


@cache
def care_words() -> re.Pattern[str]:
    """Words by which the name of a hospital or practice is known."""
    return pattern(rf"\b(?:{'|'.join(table()['care_words'])})\b")
