"""Values that sentences state, by the patterns of the label table: "your case number is 5508217743"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.extract.letter.labels import table
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import COLUMN_GAP, Stretch
from pipeline.extract.tables import pattern

_NO_NAME = r"(?!(?:Dx|DRG|DOB|NPI|ICD|CPT|HCPCS|TIN|PTAN|Tel|Fax|Phone|ID|MRN|Case|Claim)\b)"  # what begins a label
_REST = r"[\w-]*+(?:['\u2019](?!s\b)[\w-]*+)*(?!['\u2019](?!s\b))"  # of a word of a name: "Lopez's" is Lopez
CAPITAL = rf"(?:{_NO_NAME}[A-Z]{_REST}\.?|de|la|del|van|von|der|bin|al)"
PERSON = re.compile(
    rf"(?<![\w'\u2019-])(?:[A-Z][\w'\u2019-]++,\s{CAPITAL}(?:\s{CAPITAL}){{0,2}}|[A-Z][\w'\u2019-]*+\.?(?:\s{CAPITAL}){{1,4}}"
    rf"(?:\s\([A-Z][\w'\u2019-]++\)\s{CAPITAL}(?:\s{CAPITAL})?)?)"
)
_FORMS = {
    "{thing}": r"[A-Za-z0-9](?:[^.;:\n]|\.(?=\d)){1,90}?(?:\n(?:[^.;:\n]|\.(?=\d)){1,90}?)?",
    # the names of days and months are capitalised; what a request was "for" is found whatever its case
    "{date}": (
        r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d"
        r"|\d{1,2} [A-Z][a-z]{2,8}\.?,? \d{4})"
    ),
    "{id}": (
        r"(?-i:[A-Z]{1,4}\s\d{2,6}(?:[\s-]\d{2,6}){1,3}(?:\s[A-Z])?\b)"
        r"|(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9](?:[A-Za-z0-9/]|-(?=[A-Za-z0-9])){4,24}"
    ),
    "{name}": rf"(?-i:{PERSON.pattern})",
    "{clinician}": (
        rf"(?-i:Dr\.\s{CAPITAL}(?:\s{CAPITAL}){{0,3}}|(?<![\w'\u2019-])[A-Z][\w'\u2019-]*+\.?(?:\s{CAPITAL}){{1,4}},\s"
        r"(?:M\.?D|D\.?O|N\.?P|PA-C|PA|DPM|Ph\.?D|FNP|CRNP|A?RNP|APRN|CNP|CNM|DNP|DC|DPT|PT|DDS|DMD|OD|PsyD|LCSW|BCBA)\b\.?)"
    ),
    # what may stand between a request and its day, but no word that tells another day
    "{on}": (
        r"(?:(?!\b(?:done|performed|scheduled|given|service|admitted|from(?!\s(?:the|your|our|an?|Dr)\b)|for dates?)\b)"
        r"[^.;:]){0,80}?"
        r"\s(?:on|dated)\s(?:[A-Z][a-z]+day,\s)?"
    ),
    # the same over a longer way, which no other event may cross
    "{far}": (
        r"(?:(?!\b20\d\d\b|\d/\d|\b(?:den|decision|determin|appeal|letter|notice|until|not)\w*)(?:(?<=\bDr)\.|[^.;:])){0,160}?"
    ),
    "{on1}": r"(?:(?!\b20\d\d\b|\d/\d)[^.;:]){0,50}?",  # but for another day
}


@cache
def _patterns(field: str) -> tuple[re.Pattern[str], ...]:
    rows = table()["fields"][field].get("prose", ())
    for name, form in _FORMS.items():
        rows = [row.replace(name, form) for row in rows]
    return tuple(pattern(row) for row in rows)


_INDENT = re.compile(r"\n *")


def stated(field: str, letter: Sequence[Paragraph]) -> Iterator[tuple[Paragraph, Stretch]]:
    """Each place outside the rights section where prose states the field, by the best pattern first."""
    for words in _patterns(field):
        for paragraph in letter:
            if paragraph.in_rights:
                continue
            for match in words.finditer(paragraph.text):
                if COLUMN_GAP in _INDENT.sub("\n", match[0]) or _crosses_columns(paragraph.text, *match.span()):
                    continue
                yield paragraph, paragraph.part(*match.span("v"))


def _crosses_columns(text: str, start: int, end: int) -> bool:
    """Whether a match runs on over the end of a line that has columns, which make no sentence."""
    if "\n" not in text[start:end]:
        return False
    after = text.find("\n", end)
    whole = text[text.rfind("\n", 0, start) + 1 : after if after >= 0 else len(text)]
    return any(COLUMN_GAP in row.strip() for row in whole.split("\n"))
