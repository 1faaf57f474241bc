"""What can be the name of a service, without its codes, its days and by whom it was asked for."""

import re
from functools import cache

from pipeline import notation
from pipeline.extract.letter.labels import field_of, table
from pipeline.extract.lines import Stretch, sentences
from pipeline.extract.tables import pattern
from pipeline.extract.vocabulary import terms
from schemas.fact import Side

LONGEST_SERVICE = 160  # characters


OPEN = re.compile(r"(?:[,(/&]|\b(?:and|or|of|with|for|the|to|in|by|without))\s*$|\([^()]*$", re.IGNORECASE)
_GENERIC = re.compile(
    r"(?:(?:of|for|the|this|these|that|your|its|any|such|requested|above|following|further|additional|continued|whole|"
    r"full|amount|some|all|both|more) ){0,4}"
    r"(?:services?|requests?|coverage|treatments?|care|items?|procedures?|drugs?|medications?|medicines?|it|benefits?|"
    r"payment|claim|member|authorization|prior authorization|prior approval|approval|this|that|patient|review|you|"
    r"study|operation|surgery|test|days?|visits?|amount|exception|lines? \d+)"
    r"(?: (?:named|listed|described|shown|identified))?(?: (?:above|below|that))?"
    r"(?: (?:at this time|you requested|that))?",
    re.IGNORECASE,
)
_CODE_TAIL = re.compile(
    r"[\s,;-]*+(?:[(\[]\s*)?(?:(?:CPT|HCPCS|NDC|ICD-10(?:-CM)?|procedure|billing)(?:/HCPCS)?(?:\s+codes?)?[\s:#]*)?"
    r"(?:\d{4}[\dFTUM]|[A-V]\d{4})(?:-[A-Z0-9]{2})?(?:[\s,;/&-]+(?:and\s+)?(?:\d{4}[\dFTUM]|[A-V]\d{4}))*\s*(?:[)\]]\s*)?$"
)
CODE_HEAD = re.compile(
    r"(?:(?:CPT|HCPCS)\s*(?:code)?[\s:#]*)?(?:\d{4}[\dFTUM]|[A-V]\d{4})"
    r"(?:[ -](?:[KGNRUE][A-Z]|LT|RT|TC|\d\d)\b){0,4}\s*(?:[-\u2013:,(]+\s*)?(?=\S)"
)


# "(HCPCS G2083), for F33.2": what it is for, after its codes or alone.
_FOR_CODES = re.compile(
    r"\s*(?:\(\s*)?(?:,\s*)?(?:for|dx:?|diagnos[ie]s:?|ICD-10:?)\s+(?:diagnos[ie]s\s+|ICD-10\s+)?[A-TV-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?"
    r"(?:(?:,|\sand)\s[A-TV-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?)*\s*\)?$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"(?:,?\s+(?:scheduled|planned|to\s(?:begin|start|be\sdone)))?"
    r",?\s+(?:(?:for\s+)?\d{1,3}\s(?:days?|visits?|units?)\s)?(?:from|on|starting|beginning|for|dated|between|of)\s"
    r"(?=\d{1,2}/\d{1,2}/|\d{4}-\d\d-|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s\d)"
)


_BY_WHOM = re.compile(
    r"\s+(?:that\s+(?:was|were)\s+)?(?:submitted|requested|ordered|prescribed)\s+(?:on|by|for)\s|[.;]\s++(?i:asked\sfor|requested|ordered|prescribed|submitted)\s+by\s"
    r"|,\s+request(?:ed|\s+(?:received|submitted|dated|of))\s+\S*\d"
)


@cache
def service_words(name: str) -> re.Pattern[str]:
    """The words of a row of the service, as one pattern."""
    return pattern("|".join(table()["fields"]["service"][name]))


def named_service(value: Stretch) -> Stretch | None:
    """The name of a service in a stretch; None where it can be none: a plan, a kind of service, "the request"."""
    text = value.text
    head = CODE_HEAD.match(text)
    start, end = head.end() if head else 0, len(text.rstrip(" .,;:-\u2013"))
    for tail_words in (_FOR_CODES, _WHEN, _BY_WHOM, service_words("for_whom")):
        if (found := tail_words.search(text, start, end)) is not None:
            end = len(text[: found.start()].rstrip(" .,;"))
    tail = _CODE_TAIL.search(text, start, end)
    if tail is not None and not re.search(
        r"\((?:(?:CPT|HCPCS)\s)?(?:\d{4}[\dFTUM]|[A-V]\d{4})\)", text[: tail.start()]
    ):
        end = tail.start()  # else each service of several with its code
    if (unclosed := re.search(r"\s*\([^()]*$", text[start:end])) is not None:
        end = start + unclosed.start()
    article = service_words("article").match(text[start:])
    start += article.end() if article else 0
    end = len(text[:end].rstrip(" .,;:-\u2013"))
    if end - start > LONGEST_SERVICE:  # more sentences than the one that names it
        end = start + len(next(sentences(value.part(start, end))).text.rstrip(" .,;:"))
    if end - start < 3 or end - start > LONGEST_SERVICE or not re.search(r"[A-Za-z]{3}", text[start:end]):
        return None
    place = value.part(start, end)
    plain = " ".join(place.text.split())
    if any(2 * (day.end - day.start) > len(place.text) for day in notation.days(place.text)) or OPEN.search(plain):
        return None
    if service_words("no_service").search(plain) or re.search(r"\d{3}-\d{4}", plain):
        return None
    if _PLAN_NAME.fullmatch(plain) or _CATEGORY.fullmatch(plain) or _MARKED.match(plain):
        return None
    return None if _GENERIC.fullmatch(plain) or field_of(plain) else place


_PLAN_NAME = re.compile(
    r"(?:[A-Z0-9&][\w.,&'\u2019-]*\s)+(?:Health|Medical|Benefits?|Welfare|Insurance|Group)(?:\s(?:and|&)\s[A-Z]\w+)?\s(?:Plan|Fund|Trust|Company)"
    r"(?:\s\([A-Z ]{2,8}\))?"
)
_CATEGORY = re.compile(  # what kind of service it was, and not which
    r"(?:(?:acute|elective|urgent|emergency|standard|routine|pre-?service|post-?service|concurrent|retrospective|other)"
    r"[ /-])*(?:(?:in-?patient|out-?patient|medical|surgical|pharmacy|behavioral health|mental health|dme|ambulatory|"
    r"professional|facility|specialty|office)(?:\s?/\s?|\s(?:and|or)\s|\s|$))+(?:services?|care|benefits?)?",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[-*\u2022\u2013]\s")


def place_of(service: str) -> tuple[Side | None, str | None]:
    """The side and the part of the body that a service names, where it names exactly one of each."""
    sides = {_SIDES[word.lower()] for word in re.findall(r"\b(?:left|right|bilateral|LT|RT)\b", service, re.IGNORECASE)}
    parts = {hit.term.name for hit in terms(service) if "body_part" in hit.term.classes}
    return (sides.pop() if len(sides) == 1 else None), (parts.pop() if len(parts) == 1 else None)


_SIDES = {"left": Side.LEFT, "lt": Side.LEFT, "right": Side.RIGHT, "rt": Side.RIGHT, "bilateral": Side.BILATERAL}
